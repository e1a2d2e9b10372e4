//! What the daemon promises about itself between inputs: who belongs to whom, who waits for what.
//! Never changes anything, and never runs where users are served.

use alloc::collections::{BTreeMap, BTreeSet};

use super::{AccountId, Proxy, Wake};
use crate::account::{Account, Topic};
use crate::invariant::at_most;
use crate::io::ConnId;

impl Proxy {
    /// Panics if it has broken a promise about itself. To be called between inputs.
    pub(super) fn check(&self) {
        self.journal.check_invariants();
        self.timers.check_invariants();
        for account in &self.accounts {
            account.check_invariants(&self.journal);
        }
        assert!(self.dirty.is_empty(), "what is to be said is said at once");
        self.check_clients();
        self.check_upstreams();
        self.check_questions();
        self.check_timers();
        self.check_awaiting();
        let max = ("logins", self.limits.logins);
        at_most(self.starting.len(), max, "accounts that log in at once");
    }

    fn check_clients(&self) {
        let mut attached = alloc::vec![BTreeSet::new(); self.accounts.len()];
        let mut listeners = alloc::vec![0; self.accounts.len()];
        for (conn, (id, client)) in &self.clients {
            client.check_invariants(&self.limits);
            assert!(
                client.ready || !client.open,
                "who is told notices can take lines"
            );
            if client.ready {
                attached[*id].insert(*conn);
            }
            listeners[*id] += usize::from(client.open && !client.closing);
        }
        assert_eq!(attached, self.attached, "who has logged in is attached");
        let audience = attached.iter().map(BTreeSet::len).zip(listeners);
        assert!(
            audience.eq(self.accounts.iter().map(Account::audience)),
            "an account knows how many clients it has"
        );
        let strangers = self.clients.values().filter(|(_, client)| !client.ready);
        assert_eq!(
            strangers.count(),
            self.strangers,
            "who has not logged in is counted"
        );
        let max = ("unauthenticated", self.limits.unauthenticated);
        at_most(self.strangers, max, "clients that have not logged in");
    }

    fn check_upstreams(&self) {
        for (lane, conn) in &self.lanes {
            assert_eq!(
                self.upstreams.get(conn),
                Some(lane),
                "the connection of a lane is that lane's"
            );
        }
        let lanes: BTreeSet<_> = self.upstreams.values().collect();
        assert_eq!(
            lanes.len(),
            self.upstreams.len(),
            "a lane has at most one connection, the one that is being closed included"
        );
    }

    /// What accounts wait for was asked for.
    fn check_questions(&self) {
        let mut loads: BTreeMap<(AccountId, Topic), usize> = BTreeMap::new();
        for question in self.loads.values() {
            *loads.entry(*question).or_default() += 1;
        }
        for (id, account) in self.accounts.iter().enumerate() {
            for topic in account.loading() {
                assert_eq!(
                    loads.get(&(id, topic)),
                    Some(&1),
                    "what an account wants to read is asked for once"
                );
            }
            let jobs = self.jobs.values().filter(|(owner, _)| *owner == id);
            assert_eq!(
                jobs.count(),
                account.files_asked(),
                "each file that an account wants is a job"
            );
        }
    }

    fn check_timers(&self) {
        for (id, account) in self.accounts.iter().enumerate() {
            assert_eq!(
                self.timers.get(&Wake::Account(id)),
                account.deadline(),
                "an account is woken when it wants to be"
            );
        }
        assert_eq!(
            self.timers.get(&Wake::Store),
            self.journal.deadline(),
            "a failed transaction is tried again in time"
        );
        let is_served = |conn: &ConnId| {
            let client = self.clients.get(conn);
            client.is_some_and(|(_, client)| !client.closing)
        };
        for (wake, _) in self.timers.iter() {
            match wake {
                Wake::Client(conn, _) => {
                    assert!(is_served(conn), "only who is served is watched: {wake:?}");
                }
                Wake::Drain => assert!(self.draining, "only a drain has an end"),
                Wake::Account(_) | Wake::Store => {}
            }
        }
    }

    fn check_awaiting(&self) {
        let first = self.awaiting.keys().next();
        assert!(
            first.is_none_or(|ticket| !self.journal.is_durable(*ticket)),
            "whoever waits for a change hears of it"
        );
        for (id, account) in self.accounts.iter().enumerate() {
            if let Some(ticket) = account.awaits() {
                let waiting = self.awaiting.get(&ticket);
                assert!(
                    waiting.is_some_and(|accounts| accounts.contains(&id)),
                    "an account that holds something back will hear of the change"
                );
            }
        }
        let stopped = |id: &AccountId| self.accounts.get(*id).is_none_or(Account::is_stopped);
        assert!(
            !self.leaving.iter().any(stopped),
            "nobody waits for an account that has said goodbye"
        );
    }
}
