//! What the daemon promises about itself between inputs: who belongs to whom, who waits for what.
//! Never changes anything, and never runs where users are served.

use alloc::collections::{BTreeMap, BTreeSet};

use super::{AccountId, Member, Proxy, Wake};
use crate::account::Topic;
use crate::invariant::at_most;
use crate::io::ConnId;

impl Proxy {
    /// Panics if it has broken a promise about itself. To be called between inputs.
    pub(super) fn check(&self) {
        self.journal.check_invariants();
        self.timers.check_invariants();
        self.own_timers.check_invariants();
        for member in self.members.values() {
            member.account.check_invariants(&self.journal);
        }
        assert!(self.dirty.is_empty(), "what is to be said is said at once");
        self.check_clients();
        self.check_upstreams();
        self.check_questions();
        self.check_timers();
        self.check_awaiting();
        self.check_probe();
        let max = ("logins", self.terms.limits.logins);
        at_most(self.starting.len(), max, "accounts that start at once");
        let logs_in = |id| {
            let member = self.members.get(&id);
            member.is_some_and(|member| member.account.logs_in())
        };
        self.entries
            .check_invariants(self.terms.limits.logins, logs_in);
    }

    fn check_clients(&self) {
        let mut attached: BTreeMap<AccountId, BTreeSet<ConnId>> = BTreeMap::new();
        let mut listeners: BTreeMap<AccountId, usize> = BTreeMap::new();
        for (conn, (id, client)) in &self.clients {
            client.check_invariants(&self.terms.limits);
            assert!(
                client.ready || !client.open,
                "who is told notices can take lines"
            );
            let Some(id) = *id else {
                assert!(!client.ready, "who has logged in has an account");
                continue;
            };
            if client.ready {
                attached.entry(id).or_default().insert(*conn);
            }
            *listeners.entry(id).or_default() += usize::from(client.open && !client.closing);
        }
        for (id, member) in &self.members {
            assert!(
                !member.is_gone(),
                "who is about to go goes once nothing holds it"
            );
            let clients = attached.remove(id).unwrap_or_default();
            assert_eq!(clients, member.clients, "who has logged in is attached");
            let listeners = listeners.remove(id).unwrap_or_default();
            assert_eq!(
                member.account.audience(),
                (clients.len(), listeners),
                "an account knows how many clients it has"
            );
        }
        assert!(attached.is_empty(), "a client's account is there");
        self.door.check_invariants(&self.strangers());
        if let Some(guests) = &self.guests {
            guests.check_invariants(&self.members);
        }
        assert!(
            self.moved.is_empty(),
            "what is to be done about an account is done at once"
        );
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
        for (id, Member { account, .. }) in &self.members {
            for topic in account.loading() {
                assert_eq!(
                    loads.get(&(*id, topic)),
                    Some(&1),
                    "what an account wants to read is asked for once"
                );
            }
            let jobs = self.jobs.values().filter(|(owner, _)| owner == id);
            assert_eq!(
                jobs.count(),
                account.files_asked(),
                "each file that an account wants is a job"
            );
        }
    }

    fn check_timers(&self) {
        for (id, Member { account, .. }) in &self.members {
            assert_eq!(
                self.timers.get(&Wake::Account(*id)),
                account.deadline(),
                "an account is woken when it wants to be"
            );
        }
        assert_eq!(
            self.own_timers.get(&Wake::Store),
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
                Wake::Account(_) => {}
                Wake::Drain | Wake::Store | Wake::Probe => {
                    panic!("{wake:?} is none of an account or client")
                }
            }
        }
        let ends = self.own_timers.get(&Wake::Drain).is_some();
        assert!(self.draining || !ends, "only a drain has an end");
    }

    fn check_awaiting(&self) {
        let first = self.awaiting.keys().next();
        assert!(
            first.is_none_or(|ticket| !self.journal.is_durable(*ticket)),
            "whoever waits for a change hears of it"
        );
        for (id, Member { account, .. }) in &self.members {
            if let Some(ticket) = account.awaits() {
                let waiting = self.awaiting.get(&ticket);
                assert!(
                    waiting.is_some_and(|accounts| accounts.contains(id)),
                    "an account that holds something back will hear of the change"
                );
            }
        }
        let stopped = |id: &AccountId| {
            let member = self.members.get(id);
            member.is_none_or(|member| member.account.is_stopped())
        };
        assert!(
            !self.leaving.iter().any(stopped),
            "nobody waits for an account that has said goodbye"
        );
    }
}
