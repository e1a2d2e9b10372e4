//! A probe: whether a machine still does its work, found out by doing a little of it.
//! Never leaves anything behind but one small record of its own.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::io::{AskId, Output, Outputs, ProbeFault};
use crate::journal::{Journal, Ticket};
use crate::time::{Instant, Now};

/// How long what is tried may take.
const WAIT: Duration = Duration::from_secs(5);
/// How many may wait for the same verdict; who comes beyond that is answered at once.
const ASKS_MAX: usize = 16;

/// A probe that is under way: a record that is to become durable, and who waits for the verdict.
#[derive(Debug)]
pub(crate) struct Probe {
    asks: Vec<AskId>,
    ticket: Ticket,
    until: Instant,
}

impl Probe {
    /// Writes the record, at `key`.
    pub(crate) fn begin(now: Now, ask: AskId, key: &str, journal: &mut Journal) -> Self {
        Self {
            asks: [ask].into(),
            ticket: journal.put(String::from(key), &now.wall.as_millis()),
            until: now.mono + WAIT,
        }
    }

    /// One more wants to hear the verdict.
    pub(crate) fn join(&mut self, ask: AskId, out: &mut Outputs) {
        if self.asks.len() < ASKS_MAX {
            self.asks.push(ask);
        } else {
            answer(ask, Err(ProbeFault::Busy), out);
        }
    }

    /// When there has to be a verdict.
    pub(crate) const fn until(&self) -> Instant {
        self.until
    }

    /// Whether the record is durable.
    pub(crate) fn is_kept(&self, journal: &Journal) -> bool {
        journal.is_durable(self.ticket)
    }

    /// Tells all who wait.
    pub(crate) fn end(self, result: Result<(), ProbeFault>, out: &mut Outputs) {
        for ask in self.asks {
            answer(ask, result, out);
        }
    }

    /// Panics if nobody waits, or more do than may.
    pub(crate) fn check_invariants(&self) {
        assert!(
            (1..=ASKS_MAX).contains(&self.asks.len()),
            "a probe is under way for those who have asked"
        );
    }
}

/// Tells one who has asked.
pub(crate) fn answer(ask: AskId, result: Result<(), ProbeFault>, out: &mut Outputs) {
    out.push(Output::Probed { ask, result });
}
