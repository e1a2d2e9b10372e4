//! The order in which a machine's changes become durable: one transaction under way, the next one gathering.
//! Never decides what waits for a change: it hands out tickets and says up to which one all is durable.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use serde::Serialize;

use crate::event::{Event, EventKind};
use crate::io::{Output, Outputs, StoreId};
use crate::json;
use crate::store::{Key, StoreError, StoreOp};
use crate::time::{Instant, Now};

/// How long a failed transaction rests before it is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How long the JSON of a record is at most, as a rule.
const VALUE_BYTES: usize = 256;

/// For so many values memory is kept while there are none.
const SPARE_VALUES: usize = 64;

/// For how many changes memory is kept while there are none.
const GATHERING_KEPT: usize = 256;

/// Stands for one change: what depends on it may happen once [`Journal::is_durable`] says so.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Ticket(u64);

/// Gathers changes and sends them to the store, one transaction at a time.
///
/// While one is being made durable the next gathers, so that load makes transactions larger, not more
/// (group commit). A failed transaction is tried again, in order, until it succeeds: nothing that waits
/// for it is ever let go before.
#[derive(Debug, Default)]
pub struct Journal {
    gathering: Vec<StoreOp>,
    /// An empty list and what it is shared in, kept for their memory.
    spare: Option<Arc<Vec<StoreOp>>>,
    /// Empty values, kept for theirs.
    spare_values: Vec<Vec<u8>>,
    latest: Ticket,
    bytes: u64,
    under_way: Option<Transaction>,
    durable: Ticket,
    next_id: u64,
    failed: bool,
}

#[derive(Debug)]
struct Transaction {
    id: StoreId,
    changes: Arc<Vec<StoreOp>>,
    last: Ticket,
    retry_at: Option<Instant>,
}

impl Journal {
    /// A journal with nothing to do.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record to write, its value as JSON.
    pub fn put<T: Serialize>(&mut self, key: impl Into<Key>, value: &T) -> Ticket {
        let spare = self.spare_values.pop();
        let mut json = spare.unwrap_or_else(|| Vec::with_capacity(VALUE_BYTES));
        json::write(value, &mut json);
        let (key, value) = (key.into(), json);
        self.bytes += u64::try_from(value.len()).unwrap_or(u64::MAX);
        self.add(StoreOp::Put { key, value })
    }

    /// Adds a record to take away.
    pub fn remove(&mut self, key: impl Into<Key>) -> Ticket {
        let key = key.into();
        self.add(StoreOp::Remove { key })
    }

    /// Adds all records whose keys begin with `prefix` to take away.
    pub fn remove_all(&mut self, prefix: String) -> Ticket {
        self.add(StoreOp::RemoveAll { prefix })
    }

    fn add(&mut self, change: StoreOp) -> Ticket {
        self.gathering.push(change);
        self.latest.0 += 1;
        self.latest
    }

    /// Everything added so far is durable once this ticket is.
    #[must_use]
    pub const fn latest(&self) -> Ticket {
        self.latest
    }

    /// Bytes of all values added so far.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// True if the change of `ticket`, and all before it, cannot be lost any more.
    #[must_use]
    pub fn is_durable(&self, ticket: Ticket) -> bool {
        ticket <= self.durable
    }

    /// The last change that cannot be lost any more.
    #[must_use]
    pub const fn durable(&self) -> Ticket {
        self.durable
    }

    /// True if nothing is waiting to become durable.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.durable == self.latest
    }

    /// When a failed transaction is due again.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.under_way
            .as_ref()
            .and_then(|transaction| transaction.retry_at)
    }

    /// To be called at the end of every input: sends what has gathered, if nothing is under way, and what
    /// had failed, if its time has come.
    pub fn flush(&mut self, now: Now, out: &mut Outputs) {
        if let Some(transaction) = &mut self.under_way {
            if transaction.retry_at.is_some_and(|at| at <= now.mono) {
                transaction.retry_at = None;
                let changes = Arc::clone(&transaction.changes);
                out.push(Output::Store {
                    op: transaction.id,
                    changes,
                });
            }
        } else if !self.gathering.is_empty() {
            let id = StoreId(self.next_id);
            self.next_id += 1;
            let changes = self.share();
            out.push(Output::Store {
                op: id,
                changes: Arc::clone(&changes),
            });
            self.under_way = Some(Transaction {
                id,
                changes,
                last: self.latest,
                retry_at: None,
            });
        }
    }

    /// Panics if the changes do not add up. To be called between inputs, when [`Journal::flush`] has been.
    pub(crate) fn check_invariants(&self) {
        let under_way = self.under_way.as_ref();
        let sent = under_way.map_or(self.durable, |transaction| transaction.last);
        let count = |from: Ticket, to: Ticket| usize::try_from(to.0 - from.0).unwrap_or(usize::MAX);
        assert!(
            self.durable <= sent && sent <= self.latest,
            "changes become durable in the order in which they are made"
        );
        assert_eq!(
            under_way.map_or(0, |transaction| transaction.changes.len()),
            count(self.durable, sent),
            "a transaction holds all changes since the one before"
        );
        assert_eq!(
            self.gathering.len(),
            count(sent, self.latest),
            "what is not under way gathers"
        );
        assert!(
            under_way.is_some() || self.gathering.is_empty(),
            "changes wait only for a transaction that is under way"
        );
    }

    /// Everything that has gathered, to be shared with the store.
    fn share(&mut self) -> Arc<Vec<StoreOp>> {
        let mut shared = self.spare.take().unwrap_or_default();
        match Arc::get_mut(&mut shared) {
            Some(empty) => core::mem::swap(empty, &mut self.gathering),
            None => shared = Arc::new(core::mem::take(&mut self.gathering)),
        }
        shared
    }

    /// Keeps the memory of changes that are done for those to come, unless they were many or the store still looks at them.
    fn keep_memory_of(&mut self, mut changes: Arc<Vec<StoreOp>>) {
        if let Some(done) = Arc::get_mut(&mut changes)
            && done.capacity() <= GATHERING_KEPT
        {
            for change in done.drain(..) {
                if let StoreOp::Put { mut value, .. } = change
                    && value.capacity() <= 4 * VALUE_BYTES
                    && self.spare_values.len() < SPARE_VALUES
                {
                    value.clear();
                    self.spare_values.push(value);
                }
            }
            self.spare = Some(changes);
        }
    }

    /// Takes the store's answer. After it, [`Journal::durable`] may have moved.
    pub fn stored(
        &mut self,
        now: Now,
        op: StoreId,
        result: Result<(), StoreError>,
        out: &mut Outputs,
    ) {
        let Some(transaction) = self.under_way.as_mut().filter(|t| t.id == op) else {
            debug_assert!(false, "an answer to a transaction that is not under way");
            out.event(Event::process(
                EventKind::Misuse,
                "answer to an unknown transaction",
            ));
            return;
        };
        match result {
            Ok(()) => {
                self.durable = transaction.last;
                if let Some(done) = self.under_way.take() {
                    self.keep_memory_of(done.changes);
                }
                if core::mem::take(&mut self.failed) {
                    out.event(Event::process(
                        EventKind::StoreRecovered,
                        "the store works again",
                    ));
                }
            }
            Err(error) => {
                transaction.retry_at = Some(now.mono + RETRY_AFTER);
                if !core::mem::replace(&mut self.failed, true) {
                    out.event(Event::process(EventKind::StoreFailed, error.explain()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn at(secs: u64) -> Now {
        Now {
            mono: Instant::from_micros(secs * 1_000_000),
            ..Now::default()
        }
    }

    fn stores(out: &mut Outputs) -> Vec<(u64, usize)> {
        out.drain()
            .filter_map(|output| {
                if let Output::Store { op, changes } = output {
                    Some((op.0, changes.len()))
                } else {
                    None
                }
            })
            .collect()
    }

    #[test]
    fn changes_gather_while_a_transaction_is_under_way() {
        let (mut journal, mut out) = (Journal::new(), Outputs::new());
        let first = journal.put("a", &1);
        journal.flush(at(0), &mut out);
        let second = journal.put("b", &2);
        let third = journal.remove("a");
        journal.flush(at(0), &mut out);
        assert_eq!(stores(&mut out), vec![(0, 1)]);
        journal.stored(at(1), StoreId(0), Ok(()), &mut out);
        assert!(journal.is_durable(first) && !journal.is_durable(second));
        journal.flush(at(1), &mut out);
        assert_eq!(stores(&mut out), vec![(1, 2)]);
        journal.stored(at(1), StoreId(1), Ok(()), &mut out);
        assert!(journal.is_durable(third) && journal.is_idle());
    }

    #[test]
    fn a_failed_transaction_is_tried_again_before_anything_newer() {
        let (mut journal, mut out) = (Journal::new(), Outputs::new());
        let first = journal.put("a", &1);
        journal.flush(at(0), &mut out);
        out.drain();
        journal.stored(at(0), StoreId(0), Err(StoreError::Full), &mut out);
        journal.put("b", &2);
        journal.flush(at(0), &mut out);
        assert_eq!(stores(&mut out), vec![]);
        assert_eq!(journal.deadline(), Some(at(1).mono));
        journal.flush(at(1), &mut out);
        assert_eq!(stores(&mut out), vec![(0, 1)]);
        assert_eq!(journal.deadline(), None);
        journal.stored(at(1), StoreId(0), Ok(()), &mut out);
        assert!(journal.is_durable(first) && !journal.is_idle());
    }
}
