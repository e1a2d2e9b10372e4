//! Which accounts there are: made, given another password, taken away, listed.
//! Never checks who asks: the face does.
//!
//! See `core/docs/imo-protocol.md`, "Accounts".

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::directory::index_key;
use super::memory::Topic;
use super::records::{
    ACCOUNTS, AccountRecord, Contact, account_key, contact_key, contact_prefix, icon_key,
    image_key, mail_prefix, membership_prefix, mid_prefix, name_key, request_prefix,
};
use super::resident::Resident;
use super::{Effect, House, Place, Wait, tell};
use crate::handle::ECHO;
use crate::imo::buid::member_buid;
use crate::imo::notice::Notice;
use crate::imo::service::SessionId;
use crate::io::{Outputs, UserPage};
use crate::store::{Query, Record, last_part, read};

/// How many handles are listed at once.
const PAGE: usize = 1000;

impl House {
    /// Makes an account. It begins with the echo contact on its roster.
    pub(in crate::imo::service) fn create(&mut self, name: &str, hash: String) {
        let record = AccountRecord::new(hash);
        self.journal.put(account_key(name), &record);
        let echo = Contact {
            listed: true,
            granted: true,
            sees_me: true,
            ..Contact::default()
        };
        let changed = self.journal.put(contact_key(name, ECHO), &echo);
        let mut resident = Resident::new(record.hash);
        resident.contacts.insert(ECHO.into(), echo);
        resident.changed = changed;
        self.places
            .insert(name.into(), Place::Here(Box::new(resident)));
    }

    /// True if an account of that name was taken away, so that nobody may register it. It has to have been looked
    /// for.
    pub(in crate::imo::service) fn is_withheld(&self, name: &str) -> bool {
        matches!(self.places.get(name), Some(Place::Removed(_)))
    }

    /// An account that nobody has signed on may leave memory again.
    pub(in crate::imo::service) fn leave(&mut self, name: &str) {
        self.rest(name.to_owned());
    }

    /// Gives an account in memory another password.
    pub(in crate::imo::service) fn set_hash(&mut self, name: &str, hash: String) {
        let record = AccountRecord::new(hash);
        let changed = self.journal.put(account_key(name), &record);
        if let Some(resident) = self.resident(name) {
            resident.hash = record.hash;
            resident.changed = changed;
        }
    }

    /// Brings all into memory that the removal of an account in memory touches.
    pub(in crate::imo::service) fn gather_removal(
        &mut self,
        name: &str,
        asker: SessionId,
        out: &mut Outputs,
    ) -> Result<(), Wait> {
        let groups = self.groups_of(name);
        self.find_groups(groups.iter().map(String::as_str), asker, out)?;
        let others = self.acquaintances(name);
        self.find_all(others.iter().map(String::as_str), asker, out)
    }

    /// Takes an account away, after [`House::gather_removal`] and once its sessions have ended: what it had, its place
    /// in group chats, and what others hold of it. All of that is one change.
    pub(in crate::imo::service) fn remove(&mut self, name: &str, effects: &mut Vec<Effect>) {
        for group in self.groups_of(name) {
            self.part(name, &group);
            for member in self.members(&group) {
                let gone = Notice::BuddyRemoved([member_buid(&group, name)].into());
                effects.push(tell(&member, gone));
            }
        }
        for other in self.acquaintances(name) {
            self.strike(&other, name, effects);
        }
        let Some(Place::Here(resident)) = self.places.remove(name) else {
            return;
        };
        if !resident.icon.is_empty() {
            self.journal.remove(image_key(&resident.icon));
            self.journal.remove(icon_key(name));
        }
        if !resident.name.is_empty() {
            self.journal.remove(index_key(&resident.name, name));
            self.journal.remove(name_key(name));
        }
        for prefix in [
            contact_prefix(name),
            request_prefix(name),
            membership_prefix(name),
            mail_prefix(name),
            mid_prefix(name),
        ] {
            self.journal.remove_all(prefix);
        }
        let removed = self
            .journal
            .put(account_key(name), &AccountRecord::removed());
        self.places.insert(name.to_owned(), Place::Removed(removed));
        self.leave(name);
    }

    /// Takes what `other`, an account in memory, holds of `name`, who is no more.
    fn strike(&mut self, other: &str, name: &str, effects: &mut Vec<Effect>) {
        self.drop_request(other, name);
        let Some(resident) = self.resident(other) else {
            return;
        };
        let Some(contact) = resident.contacts.remove(name) else {
            return;
        };
        let changed = self.journal.remove(contact_key(other, name));
        if let Some(resident) = self.resident(other) {
            resident.changed = changed;
        }
        if contact.listed {
            effects.push(tell(other, Notice::BuddyRemoved([name.to_owned()].into())));
        }
    }

    fn groups_of(&self, name: &str) -> Vec<String> {
        let groups = self.peek(name).map(|resident| resident.groups.keys());
        groups.into_iter().flatten().cloned().collect()
    }

    /// Of whom an account holds something, and who asks to be its contact.
    fn acquaintances(&self, name: &str) -> BTreeSet<String> {
        let Some(resident) = self.peek(name) else {
            return BTreeSet::new();
        };
        let known = resident.contacts.keys().chain(resident.requests.keys());
        known.filter(|handle| *handle != ECHO).cloned().collect()
    }

    /// Asks for the handles of accounts behind `after`; they come with [`House::loaded`].
    pub(in crate::imo::service) fn ask_handles(
        &mut self,
        after: &str,
        asker: SessionId,
        out: &mut Outputs,
    ) {
        let query = Query::Range {
            prefix: ACCOUNTS.into(),
            after: (!after.is_empty()).then(|| account_key(after)),
            limit: PAGE,
            newest_first: false,
        };
        self.ask(Topic::Handles(asker), [query].into(), None, out);
    }
}

/// The handles that the records of a page of accounts tell of.
pub(super) fn page(records: &[Record]) -> UserPage {
    let kept = records.iter().filter(|record| !is_removed(record));
    let next = records.last().filter(|_| records.len() >= PAGE);
    UserPage {
        names: kept.map(|record| last_part(&record.key).into()).collect(),
        next: next.map(|record| last_part(&record.key).into()),
    }
}

/// True if among `records` is what is left of an account that was taken away.
pub(super) fn was_removed(records: &[Record]) -> bool {
    records.iter().any(is_removed)
}

/// True for what is left of an account that was taken away.
pub(super) fn is_removed(record: &Record) -> bool {
    record.key.starts_with(ACCOUNTS) && read::<AccountRecord>(record).is_some_and(|own| own.removed)
}
