//! Deaths that are planned to the output: a host dies with one of its inputs, before it or amid what follows from it.
//! Never draws anything: a plan happens where it says, or not at all.

use std::fmt;
use std::time::Duration;

use super::ending::Ending;
use super::{Job, World};
use crate::faults::Fault;
use crate::tape::Resident;

/// The machine that takes the place of a dead one.
type Heir = Box<dyn FnOnce() -> Resident>;

/// What is planned for a host, and what it has done since.
pub(crate) struct Fate {
    host: usize,
    /// How many outputs followed from each input.
    outputs: Vec<usize>,
    death: Option<Death>,
    heir: Option<Heir>,
    pause: Duration,
    has_died: bool,
}

/// The moment when a host dies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Death {
    /// With which of its inputs, counted from 0.
    pub input: usize,
    /// How many of the outputs that follow from it are performed; `None`: it dies before it hears of it.
    pub outputs: Option<usize>,
}

impl fmt::Debug for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fate({:?})", self.death)
    }
}

impl World {
    /// Counts what `name` hears and does from now on. If it is to die, `heir` is started in its place after `pause`,
    /// with the store that it has left.
    pub fn foresee(
        &mut self,
        name: &str,
        death: Option<Death>,
        pause: Duration,
        heir: impl FnOnce() -> Resident + 'static,
    ) {
        self.fate = Some(Fate {
            host: self.index(name),
            outputs: Vec::new(),
            death,
            heir: Some(Box::new(heir)),
            pause,
            has_died: false,
        });
    }

    /// How many outputs followed from each input that the foreseen host has had.
    #[must_use]
    pub fn outputs_by_input(&self) -> &[usize] {
        self.fate.as_ref().map_or(&[], |fate| &fate.outputs)
    }

    /// Whether the planned death has come.
    #[must_use]
    pub fn has_died(&self) -> bool {
        self.fate.as_ref().is_some_and(|fate| fate.has_died)
    }

    /// The death of a host, if it comes with the input that it gets now.
    pub(super) fn death_of(&self, host: usize) -> Option<Death> {
        let fate = self.fate.as_ref().filter(|fate| fate.host == host)?;
        fate.death
            .filter(|death| !fate.has_died && death.input == fate.outputs.len())
    }

    /// Takes note of what followed from an input.
    pub(super) fn note_outputs(&mut self, host: usize, count: usize) {
        if let Some(fate) = self.fate.as_mut().filter(|fate| fate.host == host) {
            fate.outputs.push(count);
        }
    }

    /// A host dies; its heir comes later.
    pub(super) fn die(&mut self, host: usize) {
        let name = self.hosts[host].name.clone();
        self.recorder.deed(self.now, &name, "dies");
        self.count(Fault::Killed);
        self.shut(host, Ending::Broken);
        if let Some(fate) = &mut self.fate {
            fate.has_died = true;
            let at = self.now + fate.pause;
            self.schedule(at, Job::Inherit(host));
        }
    }

    pub(super) fn inherit(&mut self, host: usize) {
        let heir = self.fate.as_mut().and_then(|fate| fate.heir.take());
        if let Some(heir) = heir {
            self.boot(host, heir());
        }
    }
}
