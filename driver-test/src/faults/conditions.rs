//! What may go wrong in a world at this moment, and what has: known to the world and to those in it that make trouble.
//! Never decides anything: it is read and counted in.

use std::cell::{Cell, Ref, RefCell};
use std::fmt;
use std::rc::Rc;

use super::{Fault, Faults, Fired};

/// The faults of a world and the table of those that happened. A clone is the same one.
///
/// Machines that are part of the trouble (a gate, a hostile client) are made with it, so that they know when all is to
/// be well, and what they do is counted with everything else.
#[derive(Clone)]
pub struct Conditions(Rc<Shared>);

struct Shared {
    faults: RefCell<Faults>,
    fired: [Cell<u64>; Fault::ALL.len()],
}

impl Conditions {
    /// The conditions of a world in which `faults` may happen.
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self(Rc::new(Shared {
            faults: RefCell::new(faults),
            fired: [const { Cell::new(0) }; Fault::ALL.len()],
        }))
    }

    /// What may go wrong.
    #[must_use]
    pub fn faults(&self) -> Ref<'_, Faults> {
        self.0.faults.borrow()
    }

    pub(crate) fn set(&self, faults: Faults) {
        self.0.faults.replace(faults);
    }

    /// Counts a fault that has just happened.
    pub fn count(&self, fault: Fault) {
        let count = &self.0.fired[fault as usize];
        count.set(count.get() + 1);
    }

    /// How often each has happened so far.
    #[must_use]
    pub fn fired(&self) -> Fired {
        Fired::from_counts(self.0.fired.each_ref().map(Cell::get))
    }
}

impl fmt::Debug for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Conditions({:?})", self.fired())
    }
}
