//! An account's messages: numbers, the latest ones in memory, and which are unread or unsent.
//! Never sends anything and never reads the store: it says which record to write, and takes what was read.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use super::records::{BLOCK, Keys, MessageRecord};
use crate::journal::{Journal, Ticket};
use crate::skype::MessageStatus;
use crate::store::{Record, last_part};

/// An account's messages.
#[derive(Debug)]
pub(super) struct Messages {
    keys: Keys,
    next: u32,
    /// Numbers below this one are reserved in the store.
    reserved: u32,
    cached: BTreeMap<u32, (MessageRecord, Ticket)>,
    unread: BTreeSet<u32>,
    unsent: BTreeSet<u32>,
    kept_max: u32,
    cached_max: usize,
}

impl Messages {
    /// The messages of an account whose numbers below `reserved` may have been given.
    pub(super) fn new(keys: Keys, reserved: u32, kept_max: usize, cached_max: usize) -> Self {
        Self {
            keys,
            next: reserved,
            reserved,
            cached: BTreeMap::new(),
            unread: BTreeSet::new(),
            unsent: BTreeSet::new(),
            kept_max: u32::try_from(kept_max).unwrap_or(u32::MAX),
            cached_max,
        }
    }

    /// Takes a record of the lists of unread and unsent messages.
    pub(super) fn restore(&mut self, record: &Record) {
        let Ok(number) = last_part(&record.key).parse() else {
            return;
        };
        if record.key.starts_with(&self.keys.unread()) {
            self.unread.insert(number);
        } else if record.key.starts_with(&self.keys.unsent()) {
            self.unsent.insert(number);
        }
    }

    /// Drops the message of a record if it is too old to be kept. Most are dropped when a newer one comes; but numbers
    /// that were reserved and not given when a process ended have no newer one.
    pub(super) fn drop_outdated(&self, record: &Record, journal: &mut Journal) {
        let Ok(number) = last_part(&record.key).parse::<u32>() else {
            return;
        };
        let oldest = self.next.saturating_sub(self.kept_max.saturating_mul(2));
        let waits = self.unread.contains(&number) || self.unsent.contains(&number);
        if number < oldest && !waits {
            journal.remove(self.keys.message(number));
        }
    }

    /// The bound to reserve numbers up to, if few of the reserved ones are left.
    pub(super) fn reserve(&mut self) -> Option<u32> {
        if self.reserved.saturating_sub(self.next) > BLOCK / 2 {
            return None;
        }
        self.reserved = self.next.saturating_add(BLOCK);
        Some(self.reserved)
    }

    /// The bound up to which numbers are reserved.
    pub(super) const fn reserved(&self) -> u32 {
        self.reserved
    }

    /// A number that was never given before.
    pub(super) fn number(&mut self) -> u32 {
        let number = self.next;
        self.next = self.next.saturating_add(1);
        number
    }

    /// Keeps an own message that is to be sent.
    pub(super) fn add_own(&mut self, record: MessageRecord, journal: &mut Journal) -> u32 {
        let number = self.number();
        self.unsent.insert(number);
        journal.put(self.keys.unsent_one(number), &());
        self.keep(number, record, journal);
        number
    }

    /// Keeps an own message that another session has sent.
    pub(super) fn add_sent(&mut self, record: MessageRecord, journal: &mut Journal) -> u32 {
        let number = self.number();
        self.keep(number, record, journal);
        number
    }

    /// Keeps a message that came.
    pub(super) fn add_received(&mut self, record: MessageRecord, journal: &mut Journal) -> u32 {
        let number = self.number();
        self.unread.insert(number);
        journal.put(self.keys.unread_one(number), &());
        self.keep(number, record, journal);
        number
    }

    fn keep(&mut self, number: u32, record: MessageRecord, journal: &mut Journal) {
        let mut ticket = journal.put(self.keys.message(number), &record);
        if let Some(old) = number.checked_sub(self.kept_max)
            && !self.unread.contains(&old)
            && !self.unsent.contains(&old)
        {
            ticket = journal.remove(self.keys.message(old));
        }
        self.cached.insert(number, (record, ticket));
        while self.cached.len() > self.cached_max {
            // What the store does not hold yet cannot be read from it.
            let Some(entry) = self.cached.first_entry() else {
                break;
            };
            if !journal.is_durable(entry.get().1) {
                break;
            }
            entry.remove();
        }
    }

    /// The service has taken an own message, or has refused it.
    pub(super) fn settle(&mut self, number: u32, failed: bool, journal: &mut Journal) -> Ticket {
        self.unsent.remove(&number);
        if failed && let Some((record, ticket)) = self.cached.get_mut(&number) {
            record.failed = true;
            *ticket = journal.put(self.keys.message(number), record);
        }
        journal.remove(self.keys.unsent_one(number))
    }

    /// A message has been read. False if it had been before, or there is none.
    pub(super) fn seen(&mut self, number: u32, journal: &mut Journal) -> bool {
        let was_unread = self.unread.remove(&number);
        if was_unread {
            journal.remove(self.keys.unread_one(number));
            if number < self.next.saturating_sub(self.kept_max) {
                journal.remove(self.keys.message(number));
            }
        }
        was_unread
    }

    /// A message that is in memory.
    pub(super) fn get(&self, number: u32) -> Option<&MessageRecord> {
        self.cached.get(&number).map(|(record, _)| record)
    }

    /// True if a message of this number may be in the store.
    pub(super) const fn may_exist(&self, number: u32) -> bool {
        number < self.next
    }

    /// The status of a message.
    pub(super) fn status(&self, number: u32, record: &MessageRecord) -> MessageStatus {
        if !record.own {
            let unread = self.unread.contains(&number);
            return if unread {
                MessageStatus::Received
            } else {
                MessageStatus::Read
            };
        }
        if record.failed {
            MessageStatus::Failed
        } else if self.unsent.contains(&number) {
            MessageStatus::Sending
        } else {
            MessageStatus::Sent
        }
    }

    /// The numbers of received messages that were not read, oldest first.
    pub(super) fn unread(&self) -> impl DoubleEndedIterator<Item = u32> {
        self.unread.iter().copied()
    }

    /// The numbers of own messages that the service has not taken, oldest first.
    pub(super) fn unsent(&self) -> impl Iterator<Item = u32> {
        self.unsent.iter().copied()
    }

    /// Numbers and partners of the messages in memory beyond `number`, oldest first.
    pub(super) fn newer_than(&self, number: u32) -> impl Iterator<Item = (u32, String)> {
        let newer = self.cached.range(number.saturating_add(1)..);
        newer.map(|(number, (record, _))| (*number, record.partner.clone()))
    }

    /// True if the service has not taken this own message.
    pub(super) fn is_unsent(&self, number: u32) -> bool {
        self.unsent.contains(&number)
    }

    /// The key of a message's record.
    pub(super) fn key(&self, number: u32) -> String {
        self.keys.message(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(own: bool) -> MessageRecord {
        MessageRecord {
            partner: "bob".into(),
            own,
            body: "hi".into(),
            timestamp: 1,
            mid: None,
            failed: false,
        }
    }

    #[test]
    fn a_number_is_reserved_before_it_is_given() {
        let mut messages = Messages::new(Keys::new("alice"), 500, 2000, 32);
        assert_eq!(messages.reserve(), Some(1500));
        assert_eq!(messages.reserve(), None);
        for _ in 0..500 {
            messages.number();
        }
        assert_eq!(messages.reserve(), Some(2000));
        assert!(messages.number() < messages.reserved());
    }

    #[test]
    fn a_status_follows_from_what_happened() {
        let mut journal = Journal::new();
        let mut messages = Messages::new(Keys::new("alice"), 1, 2000, 32);
        let own = messages.add_own(record(true), &mut journal);
        let came = messages.add_received(record(false), &mut journal);
        let status = |messages: &Messages, n| messages.status(n, messages.get(n).unwrap());
        assert_eq!(status(&messages, own), MessageStatus::Sending);
        assert_eq!(status(&messages, came), MessageStatus::Received);
        messages.settle(own, false, &mut journal);
        assert!(messages.seen(came, &mut journal));
        assert!(!messages.seen(came, &mut journal), "read before");
        assert_eq!(status(&messages, own), MessageStatus::Sent);
        assert_eq!(status(&messages, came), MessageStatus::Read);
        let refused = messages.add_own(record(true), &mut journal);
        messages.settle(refused, true, &mut journal);
        assert_eq!(status(&messages, refused), MessageStatus::Failed);
    }
}
