//! What both machines say of a probe, made one verdict.
//! Never waits for anything else: each of them answers each probe once.

use alloc::collections::BTreeMap;

use crate::io::{AskId, Output, Outputs, ProbeFault};

/// What one of the two has said so far, by probe.
#[derive(Debug, Default)]
pub(super) struct Verdicts(BTreeMap<AskId, Result<(), ProbeFault>>);

impl Verdicts {
    /// One of the two has said this. Once both have, that is told: a fault of either is one of both.
    pub(super) fn take(&mut self, ask: AskId, said: Result<(), ProbeFault>, out: &mut Outputs) {
        match self.0.remove(&ask) {
            Some(other) => out.push(Output::Probed {
                ask,
                result: other.and(said),
            }),
            None => {
                self.0.insert(ask, said);
            }
        }
    }
}
