//! What a world tells about itself: faults that happened, recorded sessions, and a report when its test fails.
//! Never prints anything while all is well.

use std::thread;

use super::World;
use crate::faults::{Conditions, Fault, Fired};
use crate::sweep;
use crate::tape::Tape;

/// Records shown with a failure; the file has more.
const RECORDS_SHOWN: usize = 30;

impl World {
    /// Whether it says nothing when its test fails: for runs that are expected to.
    pub const fn set_quiet(&mut self, quiet: bool) {
        self.quiet = quiet;
    }

    /// How often each kind of fault has really happened so far.
    #[must_use]
    pub fn fired(&self) -> Fired {
        self.conditions.fired()
    }

    /// What may go wrong here and what has, for machines that are part of the trouble.
    #[must_use]
    pub fn conditions(&self) -> Conditions {
        self.conditions.clone()
    }

    pub(super) fn count(&self, fault: Fault) {
        self.conditions.count(fault);
    }

    /// The recorded session of `name` since its machine was started last, if it is known what that was made from
    /// ([`Resident::of`](crate::Resident::of)).
    #[must_use]
    pub fn trace(&self, name: &str) -> Option<String> {
        self.hosts[self.index(name)].tape.as_ref().map(Tape::trace)
    }
}

impl Drop for World {
    /// In a failing test, tells what had happened before.
    fn drop(&mut self) {
        if self.quiet || !thread::panicking() {
            return;
        }
        eprintln!(
            "the world of seed {} stood at {:?}, step {}",
            self.seed, self.now, self.inputs
        );
        eprintln!("these faults had happened: {:?}", self.fired());
        eprint!("{}", self.recorder.tail(RECORDS_SHOWN));
        match sweep::write_report(self.seed, "txt", &self.recorder.all()) {
            Ok(path) => eprintln!("more records are in {}", path.display()),
            Err(error) => eprintln!("the records cannot be written to a file: {error}"),
        }
        let tapes = self
            .hosts
            .iter()
            .filter_map(|host| Some((&host.name, host.tape.as_ref()?)));
        for (name, tape) in tapes {
            match sweep::write_report(self.seed, &format!("{name}.jsonl"), &tape.trace()) {
                Ok(path) => eprintln!("imo2sproxy replay {}", path.display()),
                Err(error) => eprintln!("the trace of {name} cannot be written: {error}"),
            }
        }
    }
}
