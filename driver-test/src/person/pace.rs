//! A client that does not read for a while, since its machine is busy with something else.
//! Never stops for ever: that is for tests to say.

use imo2sproxy_core::rng::Rng;
use imo2sproxy_core::time::Instant;

use crate::faults::{Conditions, Fault};

/// How evenly a client reads.
pub(super) struct Pace {
    conditions: Conditions,
    rng: Rng,
    reads_on_at: Option<Instant>,
}

impl Pace {
    pub(super) const fn new(conditions: Conditions, rng: Rng) -> Self {
        Self {
            conditions,
            rng,
            reads_on_at: None,
        }
    }

    /// Draws, when something has come, whether the client stops reading now.
    pub(super) fn stops(&mut self, now: Instant) -> bool {
        let faults = self.conditions.faults();
        if self.reads_on_at.is_some() || !self.rng.chance(faults.slow_reader) {
            return false;
        }
        self.reads_on_at = Some(now + faults.slow_for.draw(&mut self.rng));
        self.conditions.count(Fault::SlowReader);
        true
    }

    /// Whether the client reads on now; it does so once.
    pub(super) fn reads_on(&mut self, now: Instant) -> bool {
        self.reads_on_at.take_if(|at| *at <= now).is_some()
    }

    /// Whatever it was busy with, it is not any more.
    pub(super) fn forget(&mut self) {
        self.reads_on_at = None;
    }

    pub(super) const fn deadline(&self) -> Option<Instant> {
        self.reads_on_at
    }
}
