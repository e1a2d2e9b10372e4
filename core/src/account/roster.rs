//! The people an account knows: contacts, their presence, and who asks to become one.
//! Never sends anything: it says what has changed.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::presence;
use crate::config::Limits;
use crate::handle::canonical;
use crate::imo::Primitive;
use crate::imo::notice::{Auth, Buddy};
use crate::invariant::at_most;
use crate::skype::Status;

/// One contact.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Contact {
    /// The name it gave itself; the handle where there is none.
    pub(super) full_name: String,
    /// The name the user gave it; mostly empty.
    pub(super) display_name: String,
    /// How available.
    pub(super) primitive: Primitive,
    /// Mood text.
    pub(super) mood: String,
    /// Whether it has agreed.
    pub(super) agreed: bool,
    /// Whether the present session of the service has told of it.
    confirmed: bool,
}

/// Somebody who asks to become a contact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Request {
    /// What they say; never empty, since one client takes no notice of an empty request.
    pub(super) text: String,
    /// How many had come when it had.
    pub(super) number: u64,
}

/// What is different about a contact.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Change {
    /// It is new, or has agreed.
    pub(super) buddy: bool,
    /// Its presence.
    pub(super) presence: bool,
    /// Its mood.
    pub(super) mood: bool,
    /// The name it gave itself.
    pub(super) full_name: bool,
    /// The name the user gave it.
    pub(super) display_name: bool,
}

/// What the service tells of a contact's names: the one of its own, and the one the user gave it. A service that
/// does not tell them apart has one for both.
fn names(buddy: &Buddy) -> (Option<&str>, Option<&str>) {
    let alias = buddy.alias.as_deref().filter(|alias| !alias.is_empty());
    let name = buddy.name.as_deref().filter(|name| !name.is_empty());
    match (name, alias) {
        (Some(name), Some(alias)) if name != alias => (Some(name), Some(alias)),
        (Some(name), Some(_)) => (Some(name), Some("")),
        (None, alias) => (alias, None),
        (name, None) => (name, None),
    }
}

/// The people an account knows.
#[derive(Debug, Default)]
pub(super) struct Roster {
    /// Contacts, by handle in lower case.
    pub(super) contacts: BTreeMap<String, Contact>,
    /// Requests, by handle in lower case.
    pub(super) requests: BTreeMap<String, Request>,
    /// How many have come, the answered ones included.
    pub(super) asked: u64,
    /// Handles of whom the user has blocked.
    pub(super) blocked: BTreeSet<String>,
    /// Handles of whom the user does not let see whether he is there.
    pub(super) denied: BTreeSet<String>,
    /// Handles of whom the user has let in, and who are not on the list yet.
    pub(super) let_in: BTreeSet<String>,
    /// Handles of who was taken off the list and is not on it again.
    pub(super) removed: BTreeSet<String>,
    /// Some of the list has come, and more of it may follow at once.
    pub(super) coming: bool,
    /// Whether the service has sent the contact list since the account was signed on.
    pub(super) known: bool,
    /// Whether it has sent one ever: contacts that come with the first one are no news.
    pub(super) was_known: bool,
    /// Clients have asked for the list before it came: to them whoever is on it is news.
    pub(super) answered_early: bool,
}

impl Roster {
    /// The requests that have come since there had been so many, by their handles, oldest first.
    pub(super) fn requests_since(&self, number: u64) -> Vec<(&String, &Request)> {
        let news = self.requests.iter();
        let mut news: Vec<_> = news.filter(|(_, one)| one.number > number).collect();
        news.sort_by_key(|(_, request)| request.number);
        news
    }

    /// A new session begins: what it does not tell of is gone.
    pub(super) fn begin(&mut self) {
        self.was_known |= self.known;
        self.known = false;
        for contact in self.contacts.values_mut() {
            contact.confirmed = false;
        }
    }

    /// The session is over: whoever is there when the next one begins is told of by that one.
    pub(super) fn forget_presence(&mut self) {
        for contact in self.contacts.values_mut() {
            contact.primitive = Primitive::Offline;
        }
    }

    /// Takes what the service tells of a contact, and says what is different. `shown` says whether clients
    /// see presence at the moment.
    pub(super) fn update(&mut self, buddy: &Buddy, shown: bool) -> Change {
        let handle = canonical(&buddy.buid);
        let is_new = !self.contacts.contains_key(&*handle);
        let contact = self
            .contacts
            .entry(handle.into_owned())
            .or_insert_with(|| Contact {
                full_name: buddy.buid.clone(),
                ..Contact::default()
            });
        let before = contact.clone();
        contact.confirmed = true;
        self.let_in.remove(&*canonical(&buddy.buid));
        contact.agreed = buddy.auth != Some(Auth::Pending);
        let (full_name, display_name) = names(buddy);
        if let Some(name) = full_name {
            name.clone_into(&mut contact.full_name);
        }
        if let Some(name) = display_name {
            name.clone_into(&mut contact.display_name);
        }
        if let Some(primitive) = buddy.primitive {
            contact.primitive = primitive;
        }
        if let Some(mood) = &buddy.status {
            contact.mood.clone_from(mood);
        }
        Change {
            buddy: is_new || before.agreed != contact.agreed,
            presence: shown && before.primitive != contact.primitive,
            mood: before.mood != contact.mood,
            full_name: !is_new && before.full_name != contact.full_name,
            display_name: !is_new && before.display_name != contact.display_name,
        }
    }

    /// The contacts of earlier sessions that the present one has not told of.
    pub(super) fn unconfirmed(&self) -> impl Iterator<Item = &String> {
        self.contacts
            .iter()
            .filter(|(_, contact)| !contact.confirmed)
            .map(|(handle, _)| handle)
    }

    /// `BUDDYSTATUS`: 3 on the list, 2 asked, 1 taken off it, 0 a stranger.
    pub(super) fn buddy_status(&self, handle: &str) -> u32 {
        match self.contacts.get(handle) {
            Some(contact) if contact.agreed => 3,
            Some(_) => 2,
            None => self.removed.contains(handle).into(),
        }
    }

    /// Takes a contact off the list; false if it was not on it. Of those taken off, `removed_max` are remembered.
    pub(super) fn remove(&mut self, handle: &str, removed_max: usize) -> bool {
        let was = self.contacts.remove(handle).is_some();
        if was {
            while self.removed.len() >= removed_max && self.removed.pop_first().is_some() {}
            self.removed.insert(handle.to_owned());
        }
        was
    }

    /// Whether the list has come, in this session or an earlier one.
    pub(super) const fn has_come(&self) -> bool {
        self.was_known || self.known
    }

    /// Whether clients that have asked for the list do not know of who is put on it now.
    pub(super) const fn is_news(&self) -> bool {
        self.has_come() || self.answered_early
    }

    /// `ISAUTHORIZED`: whoever is on the list may see the user, unless the user has said otherwise.
    pub(super) fn is_authorized(&self, handle: &str) -> bool {
        let listed = self.contacts.contains_key(handle) || self.let_in.contains(handle);
        listed && !self.denied.contains(handle)
    }

    /// The contact list has come. True if that is news in this session.
    pub(super) const fn complete(&mut self) -> bool {
        self.was_known = true;
        self.answered_early = false;
        !core::mem::replace(&mut self.known, true)
    }

    /// Panics if there are more people than `limits` allow.
    pub(super) fn check_invariants(&self, limits: &Limits) {
        for (count, what) in [
            (self.contacts.len(), "contacts"),
            (self.requests.len(), "contact requests"),
            (self.blocked.len(), "people who are blocked"),
            (self.removed.len(), "people who were taken off the list"),
        ] {
            at_most(count, ("contacts", limits.contacts), what);
        }
    }

    /// `ONLINESTATUS`, as long as the account is signed on.
    pub(super) fn status(&self, handle: &str) -> Status {
        let primitive = self
            .contacts
            .get(handle)
            .map_or(Primitive::Offline, |c| c.primitive);
        presence::shown(presence::status(primitive))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_says_exactly_what_is_different() {
        let mut roster = Roster::default();
        let mut buddy = Buddy {
            buid: "Bob".into(),
            ..Buddy::default()
        };
        let change = roster.update(&buddy, true);
        assert_eq!(
            change,
            Change {
                buddy: true,
                ..Change::default()
            }
        );
        assert_eq!(roster.update(&buddy, true), Change::default());
        buddy.primitive = Some(Primitive::Away);
        assert_eq!(
            roster.update(&buddy, true),
            Change {
                presence: true,
                ..Change::default()
            }
        );
        buddy.auth = Some(Auth::Pending);
        assert_eq!(
            roster.update(&buddy, true),
            Change {
                buddy: true,
                ..Change::default()
            }
        );
        assert_eq!(roster.buddy_status("bob"), 2);
        assert_eq!(roster.status("bob"), Status::Away);
    }

    #[test]
    fn the_last_who_were_taken_off_are_told_from_strangers() {
        let mut roster = Roster::default();
        for handle in ["a", "b", "c"] {
            let buddy = Buddy {
                buid: handle.into(),
                ..Buddy::default()
            };
            roster.update(&buddy, true);
            assert!(roster.remove(handle, 2));
        }
        assert!(!roster.remove("dave", 2), "he never was on the list");
        let status = ["a", "b", "c", "dave"].map(|handle| roster.buddy_status(handle));
        assert_eq!(status, [0, 1, 1, 0]);
    }
}
