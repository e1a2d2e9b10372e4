//! What the operator of the service is told, held to what there is.
//! Never asks anything: the data does.

use imo2sproxy_core::io::{AskId, Snapshot, UserError, UserPage};

use super::{ACCOUNTS, Run};

impl Run {
    pub(super) fn operator_hears(&mut self, ask: AskId, result: &Result<UserPage, UserError>) {
        let made = self.asks.remove(&ask).expect("an answer to nothing");
        if let Some(name) = made.filter(|_| result.is_ok()) {
            let is_there = self.bench.store().get(&format!("s/a/{name}")).is_some();
            assert!(
                is_there,
                "the operator is told of an account that can be lost"
            );
        }
    }

    pub(super) fn check_snapshot(&self, snapshot: &Snapshot) {
        let Snapshot::Service {
            connections,
            sessions,
            strangers,
        } = snapshot
        else {
            panic!("a service says how a daemon stands");
        };
        let limits = &self.config.limits;
        assert!(
            *strangers <= limits.unauthenticated,
            "{strangers} strangers"
        );
        assert!(
            *sessions <= strangers + limits.sessions * ACCOUNTS.len(),
            "{sessions} sessions"
        );
        assert!(
            *connections <= self.bench.ends().len(),
            "{connections} connections"
        );
    }
}
