//! What a service sends that does not fit the protocol, told to the log once for each kind and session.
//! Never judges anything: it only remembers what has been told.

use alloc::collections::BTreeSet;
use alloc::string::String;

use super::{Account, Scene};
use crate::event::EventKind;

/// Most kinds of fault that are told in one session: the service may make up names for them without end.
const KINDS_MAX: usize = 32;

/// The faults of a session that have been told.
#[derive(Debug, Default)]
pub(super) struct Faults(BTreeSet<String>);

impl Faults {
    /// A new session begins: what was told in another one is told again.
    pub(super) fn begin(&mut self) {
        self.0.clear();
    }

    /// Panics if it remembers too much.
    pub(super) fn check_invariants(&self) {
        assert!(self.0.len() <= KINDS_MAX, "further kinds are not told");
    }

    /// Whether this is to be told; from now on it is not any more.
    fn is_news(&mut self, what: &str) -> bool {
        self.0.len() < KINDS_MAX && self.0.insert(what.into())
    }
}

impl Account {
    /// The service has sent something that does not fit the protocol.
    pub(super) fn fault(&mut self, scene: &mut Scene<'_>, what: String) {
        if self.faults.is_news(&what) {
            self.event(scene, EventKind::UpstreamFault, what);
        }
    }
}
