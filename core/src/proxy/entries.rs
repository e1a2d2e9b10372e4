//! Accounts that log in to their services: so many at once to each, the others in the order in which they asked.
//! Never lets one in that does not ask.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};

use super::AccountId;
use crate::invariant::at_most;
use crate::io::Origin;

/// Those who log in to one service, and those who wait for that.
#[derive(Debug, Default)]
struct Entry {
    inside: usize,
    /// Some may have gone, or have been let in, since they asked.
    waiting: VecDeque<AccountId>,
    /// The same of guests, whose clients do not wait for long.
    guests: VecDeque<AccountId>,
    /// A guest was let in last: if there are others, it is one of theirs next.
    guest_was_last: bool,
}

impl Entry {
    fn pop(&mut self) -> Option<AccountId> {
        let takes_guest = !self.guest_was_last || self.waiting.is_empty();
        let guest = takes_guest.then(|| self.guests.pop_front()).flatten();
        self.guest_was_last = guest.is_some();
        guest.or_else(|| self.waiting.pop_front())
    }

    fn is_empty(&self) -> bool {
        self.inside == 0 && self.waiting.is_empty() && self.guests.is_empty()
    }
}

/// All logins.
#[derive(Debug, Default)]
pub(super) struct Entries {
    services: BTreeMap<Origin, Entry>,
    inside: BTreeMap<AccountId, Origin>,
    /// Services at which somebody may go in.
    open: BTreeSet<Origin>,
}

impl Entries {
    /// An account, or a guest, asks to log in.
    pub(super) fn ask(&mut self, id: AccountId, origin: &Origin, is_guest: bool) {
        let entry = self.services.entry(origin.clone()).or_default();
        if is_guest {
            entry.guests.push_back(id);
        } else {
            entry.waiting.push_back(id);
        }
        self.open.insert(origin.clone());
    }

    /// The next one that may log in, where `max` may at once.
    pub(super) fn next(&mut self, max: usize) -> Option<AccountId> {
        while let Some(origin) = self.open.first().cloned() {
            let Some(entry) = self.services.get_mut(&origin) else {
                self.open.pop_first();
                continue;
            };
            if entry.inside < max
                && let Some(id) = entry.pop()
            {
                // One that stopped and asked again may stand there twice.
                if self.inside.contains_key(&id) {
                    continue;
                }
                entry.inside += 1;
                self.inside.insert(id, origin);
                return Some(id);
            }
            if entry.is_empty() {
                self.services.remove(&origin);
            }
            self.open.pop_first();
        }
        None
    }

    /// Whether an account is logging in.
    pub(super) fn is_inside(&self, id: AccountId) -> bool {
        self.inside.contains_key(&id)
    }

    /// An account is logged in, or has failed, or is gone.
    pub(super) fn leave(&mut self, id: AccountId) {
        if let Some(origin) = self.inside.remove(&id) {
            if let Some(entry) = self.services.get_mut(&origin) {
                entry.inside = entry.inside.saturating_sub(1);
            }
            self.open.insert(origin);
        }
    }

    /// Panics if more log in than may, or if somebody waits who could go in. `logs_in` says whether an account does.
    pub(super) fn check_invariants(&self, max: usize, logs_in: impl Fn(AccountId) -> bool) {
        let limit = ("logins", max);
        for entry in self.services.values() {
            at_most(entry.inside, limit, "accounts that log in at once");
        }
        let counted: usize = self.services.values().map(|entry| entry.inside).sum();
        assert_eq!(counted, self.inside.len(), "those who log in are counted");
        for id in self.inside.keys() {
            assert!(logs_in(*id), "{id:?} has a place and does not log in");
        }
        assert!(self.open.is_empty(), "whoever may go in has gone in");
    }
}
