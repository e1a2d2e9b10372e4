//! What an account does about its own records: reading them at the start, and acting on what has become durable.
//! Never tells a client of a message that could still be lost.

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use compact_str::CompactString;

use super::chats::{ChatId, Chats, News};
use super::cursors::Cursors;
use super::records::{StateOut, StateRecord};
use super::{Account, AccountOutput, HistoryEntry, Scene, Topic, Wake};
use crate::event::EventKind;
use crate::imo::call::Call;
use crate::imo::link::Taken;
use crate::imo::mids::Mids;
use crate::journal::Ticket;
use crate::skype::MessageStatus;
use crate::store::{Query, Record, StoreError, last_part, read};

use super::messages::Messages;
use super::records::MessageRecord;

/// How long to wait before the account's own records are asked for again.
const RELOAD_AFTER: Duration = Duration::from_secs(1);
/// How often a load that clients wait for is tried, before they are told that what they want is not there: some take
/// that for a message that never was.
const LOAD_TRIES: u8 = 5;

/// Room for so many that is not given back.
const HELD_KEPT: usize = 16;

/// What happens once it cannot be lost any more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Held {
    /// A message is announced.
    Received(u32),
    /// An own message is reported as sent.
    Sent(u32),
    /// An own message is reported as failed.
    Failed(u32),
    /// Something is new about a chat.
    Chat(ChatId, News),
    /// A command waits for it.
    Wake,
    /// The service may forget what it has told.
    Took(Taken),
    /// Message numbers may be given.
    Ready,
    /// What the account keeps is read.
    Load,
}

impl Account {
    /// Takes the answer to a load.
    pub(crate) fn loaded(
        &mut self,
        scene: &mut Scene<'_>,
        topic: Topic,
        result: Result<Vec<Record>, StoreError>,
    ) {
        self.loading.remove(&topic);
        let records = match result {
            Ok(records) => {
                self.load_tries = 0;
                records
            }
            Err(_) if self.loads_again(scene, topic) => return,
            Err(error) => {
                self.event(scene, EventKind::StoreFailed, error.explain().to_string());
                if matches!(topic, Topic::State | Topic::Unsent) {
                    // Without it a message number could be given twice: nothing goes on before it is read.
                    self.timers
                        .set(Wake::Reload, Some(scene.now.mono + RELOAD_AFTER));
                    return;
                }
                Vec::new()
            }
        };
        match topic {
            Topic::State => self.restore(scene, &records),
            Topic::Unsent => self.resend(scene, &records),
            Topic::Message(number) => {
                self.fetched = Some((number, records.first().and_then(read)));
                scene.out.push(AccountOutput::Wake);
            }
            Topic::Oldest => {
                let announced = self.state.announced;
                if self.messages.prune(&records, announced, scene.journal) {
                    self.take_again(scene);
                }
            }
            Topic::History => {
                let entry = |record: &Record| {
                    let message: MessageRecord = read(record)?;
                    let number = last_part(&record.key).parse().ok()?;
                    Some(HistoryEntry::new(number, &message))
                };
                let mut history: Vec<HistoryEntry> =
                    records.iter().rev().filter_map(entry).collect();
                let newest = history.last().map_or(0, |entry| entry.number);
                // What has come since the store was asked, or is not durable, is in memory.
                history.extend(self.messages.newer_than(newest));
                self.history = Some(history);
                scene.out.push(AccountOutput::Wake);
            }
        }
    }

    /// Tries a load that has failed again, if clients wait for it and it was not tried too often.
    fn loads_again(&mut self, scene: &mut Scene<'_>, topic: Topic) -> bool {
        self.load_tries = self.load_tries.saturating_add(1);
        if self.load_tries >= LOAD_TRIES {
            return false;
        }
        match topic {
            Topic::Message(number) => self.fetch(scene, number),
            Topic::History => self.fetch_history(scene),
            Topic::State | Topic::Unsent | Topic::Oldest => return false,
        }
        true
    }

    /// The history that was read for waiting commands has been used.
    pub(crate) fn forget_history(&mut self) {
        self.history = None;
        // What could not be read is asked for again by the next who wants it.
        if self.load_tries >= LOAD_TRIES {
            self.load_tries = 0;
            self.fetched = None;
        }
    }

    fn restore(&mut self, scene: &mut Scene<'_>, records: &[Record]) {
        if self.ready {
            return;
        }
        let state_key = self.keys.state();
        let own = records.iter().find(|record| record.key == state_key);
        self.is_new = own.is_none();
        self.state = own.and_then(read).unwrap_or_else(StateRecord::default);
        self.count_own_bytes();
        let people = |list: &mut Vec<String>| core::mem::take(list).iter().collect();
        self.roster.blocked = people(&mut self.state.blocked);
        self.roster.denied = people(&mut self.state.denied);
        self.roster.removed = people(&mut self.state.removed);
        self.messages = Messages::new(self.keys.clone(), self.state.reserved, &self.limits);
        // A start that has failed half way begins anew.
        self.chats = Chats::new(self.handle.clone(), self.keys.clone(), &self.limits);
        self.cursors = Cursors::new(self.keys.clone(), self.limits.cursors);
        let mids_prefix = self.keys.mids();
        let (mids, lists): (Vec<Record>, Vec<Record>) = records
            .iter()
            .cloned()
            .partition(|record| record.key.starts_with(&mids_prefix));
        self.mids = Mids::from_records(&mids);
        let (chats_prefix, groups_prefix) = (self.keys.chats(), self.keys.groups());
        let cursors_prefix = self.keys.cursors();
        for record in &lists {
            if record.key.starts_with(&chats_prefix) {
                self.chats.restore(record);
            } else if record.key.starts_with(&groups_prefix) {
                self.groups.restore(record);
            } else if record.key.starts_with(&cursors_prefix) {
                self.cursors.restore(record);
            } else {
                self.messages.restore(record);
            }
        }
        let announced = self.state.announced;
        if self.cursors.settle(announced, scene.journal) {
            // They left with the process that they were clients of.
            self.state.left = announced;
        }
        let messages_prefix = self.keys.messages();
        if let Some(count) = lists.iter().find(|record| record.key == messages_prefix) {
            self.messages.restore_count(count);
        }
        self.reserve(scene);
        let get = |number| Query::Get {
            key: self.messages.key(number),
        };
        let queries: Vec<Query> = self.messages.unsent().map(get).collect();
        if queries.is_empty() {
            self.resend(scene, &[]);
        } else {
            scene.out.push(AccountOutput::Load(Topic::Unsent, queries));
        }
    }

    /// Sends the own messages that an earlier life of the process had not brought out. Only then may clients add
    /// to them: the order is to be kept.
    fn resend(&mut self, scene: &mut Scene<'_>, records: &[Record]) {
        let numbers: Vec<u32> = self.messages.unsent().collect();
        for number in numbers {
            let key = self.messages.key(number);
            let record = records.iter().find(|record| record.key == key);
            match record.and_then(read::<MessageRecord>) {
                Some(message) => {
                    self.messages.recall(number, message.clone());
                    self.send(scene, number, (message.partner, message.body, message.mid));
                }
                None => {
                    self.messages.settle(number, false, scene.journal);
                }
            }
        }
        let ticket = scene.journal.latest();
        self.hold(scene, ticket, Held::Ready);
    }

    /// Keeps the account's own record.
    pub(super) fn keep_state(&mut self, scene: &mut Scene<'_>) -> Ticket {
        self.state.reserved = self.messages.reserved();
        self.count_own_bytes();
        let record = StateOut::new(&self.state, &self.roster);
        scene.journal.put(self.keys.state(), &record)
    }

    /// Sees to it that message numbers are reserved.
    pub(super) fn reserve(&mut self, scene: &mut Scene<'_>) -> Option<Ticket> {
        self.prune(scene);
        self.messages.reserve().map(|_| self.keep_state(scene))
    }

    /// Lets `held` happen when all up to `ticket` is durable, and not before what is held already.
    pub(super) fn hold(&mut self, scene: &mut Scene<'_>, ticket: Ticket, held: Held) {
        if self.held.is_empty() && scene.journal.is_durable(ticket) {
            self.let_happen(scene, held);
        } else {
            let last = self.held.back().map_or(ticket, |(last, _)| *last);
            let ticket = ticket.max(last);
            self.held.push_back((ticket, held));
            scene.out.push(AccountOutput::Await(ticket));
        }
    }

    /// More has become durable.
    pub(crate) fn durable(&mut self, scene: &mut Scene<'_>) {
        let was_congested = self.congested;
        while let Some((_, held)) = self
            .held
            .pop_front_if(|(ticket, _)| scene.journal.is_durable(*ticket))
        {
            self.let_happen(scene, held);
        }
        if self.held.is_empty() {
            self.held.shrink_to(HELD_KEPT);
        }
        self.watch_congestion();
        self.fit(scene.journal);
        if was_congested && !self.congested {
            scene.out.push(AccountOutput::Wake);
        }
    }

    fn let_happen(&mut self, scene: &mut Scene<'_>, held: Held) {
        match held {
            Held::Received(number) => self.announce(scene, number),
            Held::Sent(number) => {
                self.messages.told(number);
                self.introduce_to(scene, number);
                scene.notice(Self::status_notice(number, MessageStatus::Sent));
            }
            Held::Failed(number) => {
                self.messages.told(number);
                scene.notice(Self::status_notice(number, MessageStatus::Failed));
            }
            Held::Chat(id, news) => self.tell_chat(scene, &id, news),
            Held::Wake => scene.out.push(AccountOutput::Wake),
            Held::Took(taken) => {
                self.untaken = Some(taken);
                self.take_again(scene);
            }
            Held::Load => self.load_state(scene),
            Held::Ready => {
                self.ready = true;
                // Clients that were told how things are before the store could say have to hear of these.
                if self.listeners > 0 {
                    scene.out.push(AccountOutput::CatchUp);
                }
                self.bring_up(scene);
                scene.out.push(AccountOutput::Wake);
            }
        }
    }

    /// Asks for a message that is not in memory.
    pub(super) fn fetch(&mut self, scene: &mut Scene<'_>, number: u32) {
        self.load(
            scene,
            Topic::Message(number),
            Query::Get {
                key: self.messages.key(number),
            },
        );
    }

    /// Asks for the list of all messages that are kept.
    pub(super) fn fetch_history(&mut self, scene: &mut Scene<'_>) {
        let query = Query::Range {
            prefix: self.keys.messages(),
            after: None,
            limit: self.limits.messages_kept.saturating_mul(2),
            newest_first: true,
        };
        self.load(scene, Topic::History, query);
    }

    /// Sees to it that no more messages are kept than should be.
    pub(super) fn prune(&mut self, scene: &mut Scene<'_>) {
        let surplus = self.messages.surplus();
        if surplus > 0 {
            let query = Query::all(self.keys.messages(), surplus);
            self.load(scene, Topic::Oldest, query);
        }
    }

    /// Asks the store, unless the same is asked already.
    fn load(&mut self, scene: &mut Scene<'_>, topic: Topic, query: Query) {
        if self.loading.insert(topic) {
            scene.out.push(AccountOutput::Load(topic, [query].into()));
        }
    }

    /// Hands an own message to the link.
    pub(super) fn send(
        &mut self,
        scene: &mut Scene<'_>,
        number: u32,
        (to, body, mid): (CompactString, Arc<str>, Option<CompactString>),
    ) {
        let call = Call::SendMessage { to, body, mid };
        // A call is never done before it is made: its number can be noted afterwards.
        let id = self.with_link(scene, |link, now, out| link.call(now, call, out));
        self.sending.insert(id, number);
        self.watch_congestion();
    }
}
