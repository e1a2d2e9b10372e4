//! The people an account knows: contacts, their presence, and who asks to become one.
//! Never sends anything: it says what has changed.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::presence;
use crate::config::Limits;
use crate::handle::canonical;
use crate::imo::Primitive;
use crate::imo::notice::{Auth, Buddy};
use crate::invariant::at_most;
use crate::skype::Status;
use crate::weighed::{WeighedMap, WeighedSet, Weight};

/// One contact.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Contact {
    /// The name it gave itself; the handle where there is none.
    pub(super) full_name: Box<str>,
    /// The name the user gave it; mostly empty.
    pub(super) display_name: Box<str>,
    /// How available.
    pub(super) primitive: Primitive,
    /// Mood text.
    pub(super) mood: Box<str>,
    /// Whether it has agreed.
    pub(super) agreed: bool,
    /// Whether the present session of the service has told of it.
    confirmed: bool,
}

/// Somebody who asks to become a contact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Request {
    /// What they say; never empty, since one client takes no notice of an empty request.
    pub(super) text: Box<str>,
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

impl Weight for Contact {
    fn outside(&self) -> usize {
        self.full_name.outside() + self.display_name.outside() + self.mood.outside()
    }
}

impl Weight for Request {
    fn outside(&self) -> usize {
        self.text.outside()
    }
}

impl Contact {
    /// Takes what the service tells of it, texts only as far as so many further bytes hold, and says what is different.
    fn take(&mut self, buddy: &Buddy, left: usize) -> Change {
        let before = (self.agreed, self.primitive);
        self.confirmed = true;
        self.agreed = buddy.auth != Some(Auth::Pending);
        self.primitive = buddy.primitive.unwrap_or(self.primitive);
        let bytes_max = self.outside() + left;
        let (full_name, display_name) = names(buddy);
        let mood = buddy.status.as_deref();
        let mut take = |own: fn(&mut Self) -> &mut Box<str>, told: Option<&str>| {
            let Some(told) = told.filter(|told| **told != **own(self)) else {
                return false;
            };
            let before = own(self).outside();
            let fits = self.outside() - before + told.outside() <= bytes_max;
            if fits {
                *own(self) = told.into();
            }
            fits
        };
        let full_name = take(|contact| &mut contact.full_name, full_name);
        let display_name = take(|contact| &mut contact.display_name, display_name);
        let mood = take(|contact| &mut contact.mood, mood);
        Change {
            buddy: before.0 != self.agreed,
            presence: before.1 != self.primitive,
            mood,
            full_name,
            display_name,
        }
    }
}

/// How many people there may be, and how many bytes they may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// So many on the list.
    pub(super) people: usize,
    /// So many bytes for all that is known of people here.
    pub(super) bytes: usize,
}

/// The people an account knows.
#[derive(Debug, Default)]
pub(super) struct Roster {
    /// Contacts, by handle in lower case.
    pub(super) contacts: WeighedMap<Contact>,
    /// Requests, by handle in lower case.
    pub(super) requests: WeighedMap<Request>,
    /// How many have come, the answered ones included.
    pub(super) asked: u64,
    /// Handles of whom the user has blocked.
    pub(super) blocked: WeighedSet,
    /// Handles of whom the user does not let see whether he is there.
    pub(super) denied: WeighedSet,
    /// Handles of whom the user has let in, and who are not on the list yet.
    pub(super) let_in: WeighedSet,
    /// Handles of who was taken off the list and is not on it again.
    pub(super) removed: WeighedSet,
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
    pub(super) fn requests_since(&self, number: u64) -> Vec<(&str, &Request)> {
        let news = self.requests.iter().map(|(handle, one)| (&**handle, one));
        let mut news: Vec<_> = news.filter(|(_, one)| one.number > number).collect();
        news.sort_by_key(|(_, request)| request.number);
        news
    }

    /// A new session begins: what it does not tell of is gone.
    pub(super) fn begin(&mut self) {
        self.was_known |= self.known;
        self.known = false;
        self.contacts.each(|contact| contact.confirmed = false);
    }

    /// The session is over: whoever is there when the next one begins is told of by that one.
    pub(super) fn forget_presence(&mut self) {
        self.contacts
            .each(|contact| contact.primitive = Primitive::Offline);
    }

    /// Takes what the service tells of a contact, and says what is different. `shown` says whether clients
    /// see presence at the moment. `None` if there is no room for somebody new; of somebody who is known the texts stay
    /// as they were for which there is none.
    pub(super) fn update(&mut self, buddy: &Buddy, shown: bool, room: Room) -> Option<Change> {
        let handle = canonical(&buddy.buid);
        let left = room.bytes.saturating_sub(self.bytes());
        let is_new = !self.contacts.contains_key(&*handle);
        if is_new {
            let contact = Contact {
                full_name: buddy.buid.as_str().into(),
                ..Contact::default()
            };
            let bytes = self.contacts.entry_bytes(&*handle, &contact);
            if bytes > left || self.contacts.len() >= room.people {
                return None;
            }
            self.contacts.insert(&*handle, contact);
        }
        self.let_in.remove(&handle);
        let left = room.bytes.saturating_sub(self.bytes());
        let change = |contact: &mut Contact| contact.take(buddy, left);
        let change = self.contacts.change(&*handle, change)?;
        Some(Change {
            buddy: is_new || change.buddy,
            presence: shown && change.presence,
            mood: change.mood,
            full_name: !is_new && change.full_name,
            display_name: !is_new && change.display_name,
        })
    }

    /// The contacts of earlier sessions that the present one has not told of.
    pub(super) fn unconfirmed(&self) -> impl Iterator<Item = &str> {
        self.contacts
            .iter()
            .filter(|(_, contact)| !contact.confirmed)
            .map(|(handle, _)| &**handle)
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
            self.removed.insert(handle);
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

    /// About how many bytes all of it takes.
    pub(super) const fn bytes(&self) -> usize {
        self.contacts.bytes()
            + self.requests.bytes()
            + self.blocked.bytes()
            + self.denied.bytes()
            + self.let_in.bytes()
            + self.removed.bytes()
    }

    /// Panics if there are more people than `limits` allow.
    pub(super) fn check_invariants(&self, limits: &Limits) {
        self.contacts.check_invariants();
        self.requests.check_invariants();
        for set in [&self.blocked, &self.denied, &self.let_in, &self.removed] {
            set.check_invariants();
        }
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

    const ROOM: Room = Room {
        people: 10,
        bytes: 10_000,
    };

    #[test]
    fn an_update_says_exactly_what_is_different() {
        let mut roster = Roster::default();
        let mut buddy = Buddy {
            buid: "Bob".into(),
            ..Buddy::default()
        };
        let change = roster.update(&buddy, true, ROOM).unwrap();
        assert_eq!(
            change,
            Change {
                buddy: true,
                ..Change::default()
            }
        );
        assert_eq!(
            roster.update(&buddy, true, ROOM).unwrap(),
            Change::default()
        );
        buddy.primitive = Some(Primitive::Away);
        assert_eq!(
            roster.update(&buddy, true, ROOM).unwrap(),
            Change {
                presence: true,
                ..Change::default()
            }
        );
        buddy.auth = Some(Auth::Pending);
        assert_eq!(
            roster.update(&buddy, true, ROOM).unwrap(),
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
            roster.update(&buddy, true, ROOM).unwrap();
            assert!(roster.remove(handle, 2));
        }
        assert!(!roster.remove("dave", 2), "he never was on the list");
        let status = ["a", "b", "c", "dave"].map(|handle| roster.buddy_status(handle));
        assert_eq!(status, [0, 1, 1, 0]);
    }
}
