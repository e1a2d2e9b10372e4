//! What the house promises about itself between inputs: accounts keep their limits, and agree about each other.
//! Never changes anything, and never runs where users are served.

use super::memory::Topic;
use super::records::Contact;
use super::resident::Resident;
use super::{House, Place};
use crate::config::Limits;
use crate::handle::ECHO;
use crate::imo::service::SessionId;
use crate::invariant::at_most;
use crate::io::ConnId;

impl House {
    /// Panics if it has broken a promise about itself. To be called between inputs.
    pub(in crate::imo::service) fn check_invariants(&self) {
        self.journal.check_invariants();
        self.calls.check_invariants(&self.limits);
        self.check_groups();
        for (name, place) in &self.places {
            match place {
                Place::Asked(load) => {
                    let about = self.questions.get(load).map(|question| &question.about);
                    assert!(
                        matches!(about, Some(Topic::Account(asked)) if asked == name),
                        "an account that is awaited was asked for"
                    );
                }
                Place::Here(resident) => {
                    resident.check_invariants(&self.limits);
                    self.check_acquaintances(name, resident);
                }
                Place::Absent | Place::Removed(_) => {}
            }
        }
    }

    /// Whoever may see somebody is let in by them, as far as both are in memory.
    fn check_acquaintances(&self, name: &str, resident: &Resident) {
        let granted = resident.contacts.iter().filter(|(_, one)| one.granted);
        for (handle, _) in granted.filter(|(handle, _)| *handle != ECHO) {
            if let Some(other) = self.peek(handle) {
                let lets_in = |contact: &Contact| contact.sees_me;
                assert!(
                    other.contacts.get(name).is_some_and(lets_in),
                    "{name} sees {handle}, who has allowed it"
                );
            }
        }
        for group in resident.groups.keys() {
            if let Some(record) = self.group(group) {
                assert!(
                    record.members.contains_key(name),
                    "who is in a group chat is one of its members"
                );
            }
        }
    }

    /// Accounts in memory with sessions that have signed them on.
    pub(in crate::imo::service) fn signed_on(&self) -> impl Iterator<Item = (&str, &[SessionId])> {
        self.places.iter().filter_map(|(name, place)| match place {
            Place::Here(resident) if !resident.sessions.is_empty() => {
                Some((&**name, resident.sessions.as_slice()))
            }
            Place::Here(_) | Place::Asked(_) | Place::Absent | Place::Removed(_) => None,
        })
    }

    /// Whose calls have something gathered for them.
    pub(in crate::imo::service) fn askers(&self) -> impl Iterator<Item = &SessionId> {
        self.errands.keys()
    }

    /// The connections that wait for a picture.
    pub(in crate::imo::service) fn pictures(&self) -> impl Iterator<Item = ConnId> {
        let questions = self.questions.values();
        questions.filter_map(|question| match question.about {
            Topic::Picture(conn) => Some(conn),
            Topic::Account(_)
            | Topic::Mids(_)
            | Topic::Mail(_)
            | Topic::Icons(_)
            | Topic::Groups(_)
            | Topic::Names(..)
            | Topic::Search(..)
            | Topic::Handles(_) => None,
        })
    }
}

impl Resident {
    /// Panics if it holds more than `limits` allow.
    fn check_invariants(&self, limits: &Limits) {
        for (count, what) in [
            (self.contacts.len(), "contacts"),
            (self.requests.len(), "contact requests"),
        ] {
            at_most(count, ("contacts", limits.contacts), what);
        }
        let max = ("groups", limits.groups);
        at_most(self.groups.len(), max, "group chats of an account");
        let max = ("sessions", limits.sessions);
        at_most(self.sessions.len(), max, "sessions of an account");
        for (text, what) in [(&self.mood, "a mood text"), (&self.name, "a name")] {
            at_most(text.len(), ("text_bytes", limits.text_bytes), what);
        }
        if let Some(mids) = &self.mids {
            mids.check_invariants(limits);
        }
        assert!(
            self.mail_oldest <= self.mail_next && self.mail_durable < self.mail_next,
            "mail has a number before it waits or is durable"
        );
        let waiting = usize::try_from(self.mails_waiting()).unwrap_or(usize::MAX);
        let max = ("unread_messages", limits.unread_messages);
        at_most(waiting, max, "mails that wait for an account");
    }
}
