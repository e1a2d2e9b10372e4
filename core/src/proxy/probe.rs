//! Whether a message would get through now: a record that becomes durable, and an answer from each service.
//! Never changes anything that clients or services could see.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::{AccountId, Proxy, Wake};
use crate::account::Account;
use crate::io::{AskId, Outputs, ProbeFault};
use crate::probe::{Probe, answer};
use crate::time::Now;

/// How many services are asked, each through one of the accounts there.
const SERVICES_MAX: usize = 8;
/// Where the record of a probe stands.
const KEY: &str = "probe/daemon";

/// What is being found out.
pub(super) struct Inquiry {
    probe: Probe,
    /// Accounts whose services have not answered.
    awaited: BTreeSet<AccountId>,
}

impl Proxy {
    /// Finds out whether a message would get through now.
    pub(super) fn begin_probe(&mut self, now: Now, ask: AskId, out: &mut Outputs) {
        if self.draining {
            return answer(ask, Err(ProbeFault::Ending), out);
        }
        if let Some(Inquiry { probe, .. }) = &mut self.inquiry {
            return probe.join(ask, out);
        }
        let probe = Probe::begin(now, ask, KEY, &mut self.journal);
        self.own_timers.set(Wake::Probe, Some(probe.until()));
        let awaited = self.one_of_each_service();
        let asked = awaited.clone();
        self.inquiry = Some(Inquiry { probe, awaited });
        for id in asked {
            self.with_account(now, id, out, Account::ask_service);
        }
    }

    /// One account that is online for each service.
    fn one_of_each_service(&self) -> BTreeSet<AccountId> {
        let mut services = Vec::new();
        let mut chosen = BTreeSet::new();
        for (id, member) in &self.members {
            let service = member.account.service();
            if member.account.is_online() && !services.contains(&service) {
                services.push(service);
                chosen.insert(*id);
            }
            if chosen.len() == SERVICES_MAX {
                break;
            }
        }
        chosen
    }

    /// The service of an account has answered, or does not.
    pub(super) fn service_answered(&mut self, id: AccountId, ok: bool, out: &mut Outputs) {
        let inquiry = self.inquiry.as_mut();
        let was_awaited = inquiry.is_some_and(|inquiry| inquiry.awaited.remove(&id));
        if was_awaited && !ok {
            self.end_probe(Err(ProbeFault::Service), out);
        }
    }

    /// Gives the verdict if nothing is awaited any more.
    pub(super) fn look_at_probe(&mut self, out: &mut Outputs) {
        let Some(Inquiry { probe, awaited }) = &mut self.inquiry else {
            return;
        };
        // Nobody answers for an account that is gone.
        awaited.retain(|id| self.members.contains_key(id));
        if awaited.is_empty() && probe.is_kept(&self.journal) {
            self.end_probe(Ok(()), out);
        }
    }

    /// It has taken too long.
    pub(super) fn probe_overdue(&mut self, out: &mut Outputs) {
        let Some(Inquiry { probe, .. }) = &self.inquiry else {
            return;
        };
        let fault = if probe.is_kept(&self.journal) {
            ProbeFault::Service
        } else {
            ProbeFault::Store
        };
        self.end_probe(Err(fault), out);
    }

    /// Gives the verdict.
    pub(super) fn end_probe(&mut self, result: Result<(), ProbeFault>, out: &mut Outputs) {
        self.own_timers.set(Wake::Probe, None);
        if let Some(Inquiry { probe, .. }) = self.inquiry.take() {
            probe.end(result, out);
        }
    }

    /// Panics if a probe is not as it should be between inputs.
    pub(super) fn check_probe(&self) {
        let until = self.inquiry.as_ref().map(|inquiry| inquiry.probe.until());
        assert_eq!(
            self.own_timers.get(&Wake::Probe),
            until,
            "there will be a verdict"
        );
        let Some(Inquiry { probe, awaited }) = &self.inquiry else {
            return;
        };
        probe.check_invariants();
        assert!(
            !awaited.is_empty() || !probe.is_kept(&self.journal),
            "a verdict is given once nothing is awaited"
        );
        assert!(
            awaited
                .iter()
                .all(|id| self.members[id].account.asks_service()),
            "who is awaited has asked"
        );
    }
}
