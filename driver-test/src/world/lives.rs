//! Whether the machines of a world live: started, killed, started again, come to their end.
//! Never decides when one dies: tests and faults do.

use imo2sproxy_core::io::ConnId;
use imo2sproxy_core::time::Instant;

use super::World;
use super::ending::Ending;
use crate::faults::Fault;
use crate::tape::Resident;

impl World {
    /// Lets the machine of `name` die at once, as `kill -9` does. What had reached its store stays there.
    pub fn kill(&mut self, name: &str) {
        let index = self.index(name);
        self.recorder.deed(self.now, name, "killed");
        self.count(Fault::Killed);
        self.shut(index, Ending::Broken);
    }

    /// Starts `machine` on a host that is down, with the store that the last one left.
    ///
    /// # Panics
    /// If the host is up.
    pub fn restart(&mut self, name: &str, machine: impl Into<Resident>) {
        let index = self.index(name);
        assert!(!self.is_up(name), "{name} is up; kill it first");
        self.recorder.deed(self.now, name, "started again");
        self.boot(index, machine.into());
    }

    /// True if a machine runs there: not killed, and not stopped by itself.
    #[must_use]
    pub fn is_up(&self, name: &str) -> bool {
        self.hosts[self.index(name)].machine.is_some()
    }

    /// True if `name` has a connection that somebody opened to it.
    #[must_use]
    pub fn has_clients(&self, name: &str) -> bool {
        let first = self.hosts[self.index(name)].conns.first_key_value();
        first.is_some_and(|(conn, _)| matches!(conn, ConnId::Client(_)))
    }

    /// How often a machine of `name` has come to its end.
    #[must_use]
    pub fn ends(&self, name: &str) -> u32 {
        self.hosts[self.index(name)].life.number
    }

    /// When the machine of `name` said that it had stopped, if it did.
    #[must_use]
    pub fn stopped(&self, name: &str) -> Option<Instant> {
        self.hosts[self.index(name)].stopped
    }
}
