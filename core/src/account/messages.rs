//! An account's messages: numbers, the latest ones in memory, and which are unread or unsent.
//! Never sends anything and never reads the store: it says which record to write, and takes what was read.

mod invariants;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use compact_str::CompactString;

use super::numbers::Numbers;
use super::records::{BLOCK, Keys, MessageRecord};
use crate::config::Limits;
use crate::journal::{Journal, Ticket};
use crate::skype::MessageStatus;
use crate::store::{Record, last_part, read};
use crate::weighed::{Weight, in_tree};

/// How many of the oldest messages are looked at together when too many are kept.
const PRUNE_AT_ONCE: usize = 128;

/// Most bytes that the numbers of unread messages may take.
const NUMBERS_BYTES: usize = 64 * 1024;

/// A message as the history lists it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct HistoryEntry {
    /// Its number.
    pub(super) number: u32,
    /// The other one of the dialog, or the buid of the group chat.
    pub(super) partner: CompactString,
    /// How many dialogs with that one there were before.
    pub(super) generation: u32,
}

impl HistoryEntry {
    /// The message of this number.
    pub(super) fn new(number: u32, record: &MessageRecord) -> Self {
        Self {
            number,
            partner: record.partner.clone(),
            generation: record.generation,
        }
    }
}

/// An account's messages.
#[derive(Debug)]
pub(super) struct Messages {
    keys: Keys,
    next: u32,
    /// Numbers below this one are reserved in the store.
    reserved: u32,
    cached: BTreeMap<u32, (MessageRecord, Ticket)>,
    /// What those take, in bytes, but for the bodies of own ones that are on their way: the link has these anyway.
    cached_bytes: usize,
    unread: Numbers,
    /// Received messages that one client has marked as read: they are news for another one all the same.
    seen_lately: Numbers,
    unsent: BTreeSet<u32>,
    /// Own messages that are sent or refused, which nobody has been told because it could be lost, with what they are
    /// until then.
    untold: BTreeMap<u32, MessageStatus>,
    /// How many messages the store keeps.
    kept: usize,
    kept_max: usize,
    cached_max: usize,
}

impl Messages {
    /// The messages of an account whose numbers below `reserved` may have been given.
    pub(super) fn new(keys: Keys, reserved: u32, limits: &Limits) -> Self {
        Self {
            keys,
            next: reserved,
            reserved,
            cached: BTreeMap::new(),
            cached_bytes: 0,
            unread: Numbers::default(),
            seen_lately: Numbers::default(),
            unsent: BTreeSet::new(),
            untold: BTreeMap::new(),
            kept: 0,
            kept_max: limits.messages_kept,
            cached_max: limits.messages_cached,
        }
    }

    /// How many own texts the service has not taken.
    pub(super) fn unsent_count(&self) -> usize {
        self.unsent.len()
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

    /// Takes the number of messages that the store keeps.
    pub(super) fn restore_count(&mut self, record: &Record) {
        self.kept = read(record).unwrap_or_default();
    }

    /// How many of the oldest messages are to be looked at, since more are kept than should be.
    pub(super) fn surplus(&self) -> usize {
        let surplus = self.kept.saturating_sub(self.kept_max);
        if surplus < PRUNE_AT_ONCE / 2 {
            0
        } else {
            PRUNE_AT_ONCE
        }
    }

    /// Drops of the oldest messages those that were read, and if that is not enough those that were announced
    /// (some clients never say that they have read one), down to the number to be kept. True if some went.
    pub(super) fn prune(
        &mut self,
        oldest: &[Record],
        announced: u32,
        journal: &mut Journal,
    ) -> bool {
        let before = self.kept;
        for was_read in [true, false] {
            for record in oldest {
                let Ok(number) = last_part(&record.key).parse::<u32>() else {
                    continue;
                };
                let unread = self.unread.contains(number);
                let may_go = if was_read {
                    !unread
                } else {
                    unread && number <= announced
                };
                if self.kept <= self.kept_max || !may_go || self.unsent.contains(&number) {
                    continue;
                }
                if self.unread.remove(number) {
                    journal.remove(self.keys.unread_one(number));
                }
                journal.remove(record.key.clone());
                self.uncache(number);
                self.kept -= 1;
            }
        }
        self.kept < before
    }

    /// Forgets a message, unless nobody has read it or it is not sent.
    pub(super) fn forget(&mut self, number: u32, journal: &mut Journal) {
        if self.unread.contains(number) || self.unsent.contains(&number) {
            return;
        }
        journal.remove(self.keys.message(number));
        self.uncache(number);
        self.kept = self.kept.saturating_sub(1);
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

    /// Takes an own message that an earlier life of the process had kept and not brought out.
    pub(super) fn recall(&mut self, number: u32, record: MessageRecord) {
        self.cache(number, record, Ticket::default());
    }

    fn keep(&mut self, number: u32, record: MessageRecord, journal: &mut Journal) {
        let ticket = journal.put(self.keys.message(number), &record);
        self.kept += 1;
        self.cache(number, record, ticket);
        self.fit(usize::MAX, journal);
    }

    /// Lets go of messages until those in memory are as few as they should be and all takes at most so many bytes, or none can
    /// be read from the store again.
    pub(super) fn fit(&mut self, bytes_max: usize, journal: &Journal) {
        while (self.cached.len() > self.cached_max || self.bytes() > bytes_max)
            && self.uncache_oldest(journal)
        {}
    }

    /// Lets go of the oldest message in memory. False if it is needed there: what the store does not hold yet cannot be
    /// read from it, and what is on its way may yet be refused, which is written into it.
    fn uncache_oldest(&mut self, journal: &Journal) -> bool {
        let mut oldest = self.cached.iter();
        let Some((number, (_, ticket))) = oldest.next() else {
            return false;
        };
        let number = *number;
        if !journal.is_durable(*ticket) || self.unsent.contains(&number) {
            return false;
        }
        self.uncache(number);
        true
    }

    fn cache(&mut self, number: u32, record: MessageRecord, ticket: Ticket) {
        self.uncache(number);
        self.cached.insert(number, (record, ticket));
        self.cached_bytes += self.bytes_of(number);
    }

    fn uncache(&mut self, number: u32) {
        self.cached_bytes -= self.bytes_of(number);
        self.cached.remove(&number);
    }

    /// What a message in memory takes.
    fn bytes_of(&self, number: u32) -> usize {
        let Some((record, _)) = self.cached.get(&number) else {
            return 0;
        };
        let body = if self.unsent.contains(&number) {
            0
        } else {
            record.body.outside()
        };
        in_tree::<(u32, (MessageRecord, Ticket))>() + record.outside() + body
    }

    /// About how many bytes it all takes.
    pub(super) fn bytes(&self) -> usize {
        let numbers = [&self.unread, &self.seen_lately].map(Numbers::bytes);
        let lists = self.unsent.len() * in_tree::<u32>()
            + self.untold.len() * in_tree::<(u32, MessageStatus)>();
        self.cached_bytes + numbers.iter().sum::<usize>() + lists
    }

    /// True if there are so many unread ones that no more should come: `max`, or numbers too far apart to be kept.
    pub(super) fn is_full(&self, max: usize) -> bool {
        self.unread.len() >= max || self.unread.bytes() >= NUMBERS_BYTES
    }

    /// The service has taken an own message, or has refused it. Clients are told once that is durable.
    pub(super) fn settle(&mut self, number: u32, failed: bool, journal: &mut Journal) -> Ticket {
        self.cached_bytes -= self.bytes_of(number);
        let before = if self.unsent.remove(&number) {
            MessageStatus::Sending
        } else {
            MessageStatus::Sent
        };
        self.cached_bytes += self.bytes_of(number);
        self.untold.insert(number, before);
        if failed && let Some((record, ticket)) = self.cached.get_mut(&number) {
            record.failed = true;
            *ticket = journal.put(self.keys.message(number), record);
        }
        journal.remove(self.keys.unsent_one(number))
    }

    /// What became of an own message is told now.
    pub(super) fn told(&mut self, number: u32) {
        self.untold.remove(&number);
    }

    /// A message has been read. False if it had been before, or there is none.
    pub(super) fn seen(&mut self, number: u32, journal: &mut Journal) -> bool {
        let was_unread = self.unread.remove(number);
        if was_unread {
            journal.remove(self.keys.unread_one(number));
            self.seen_lately.insert(number);
            if self.seen_lately.len() > self.kept_max {
                self.seen_lately.pop_first();
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
            let unread = self.unread.contains(number);
            return if unread {
                MessageStatus::Received
            } else {
                MessageStatus::Read
            };
        }
        if let Some(before) = self.untold.get(&number) {
            *before
        } else if record.failed {
            MessageStatus::Failed
        } else if self.unsent.contains(&number) {
            MessageStatus::Sending
        } else {
            MessageStatus::Sent
        }
    }

    /// True if this is a received message that was not read.
    pub(super) fn is_unread(&self, number: u32) -> bool {
        self.unread.contains(number)
    }

    /// The numbers of received messages that were not read, oldest first.
    pub(super) fn received_since(&self, told: u32) -> BTreeSet<u32> {
        let from = told.saturating_add(1);
        let seen = self.seen_lately.from(from);
        self.unread.from(from).chain(seen).collect()
    }

    /// Those that no client has marked as read, oldest first.
    pub(super) fn unread(&self) -> impl DoubleEndedIterator<Item = u32> {
        self.unread.iter()
    }

    /// The numbers of own messages that the service has not taken, oldest first.
    pub(super) fn unsent(&self) -> impl Iterator<Item = u32> {
        self.unsent.iter().copied()
    }

    /// True if an own message of this identity is in memory.
    pub(super) fn has_own(&self, mid: &str) -> bool {
        let mut own = self.cached.values().filter(|(record, _)| record.own);
        own.any(|(record, _)| record.mid.as_deref() == Some(mid))
    }

    /// The messages in memory beyond `number`, oldest first.
    pub(super) fn newer_than(&self, number: u32) -> impl Iterator<Item = HistoryEntry> {
        let newer = self.cached.range(number.saturating_add(1)..);
        newer.map(|(number, (record, _))| HistoryEntry::new(*number, record))
    }

    /// The key of a message's record.
    pub(super) fn key(&self, number: u32) -> String {
        self.keys.message(number).into()
    }
}

#[cfg(test)]
mod tests;
