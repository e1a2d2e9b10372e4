//! Deaths that the seed decides: a host with an heir dies around one of its transactions, and the heir takes its place.
//! Never touches a host that a test has killed, or started again, meanwhile.

use imo2sproxy_core::rng::Seed;

use super::ending::Ending;
use super::{Job, World};
use crate::faults::Fault;
use crate::host::Life;
use crate::tape::Resident;

impl World {
    /// Lets `name` die of [`Faults::crash_before_store`](crate::Faults::crash_before_store) and
    /// [`Faults::crash_after_store`](crate::Faults::crash_after_store), and says how the machine that takes its place
    /// each time is made, from a seed of its own. A host without an heir never dies of these.
    pub fn set_heir(&mut self, name: &str, heir: impl FnMut(Seed) -> Resident + 'static) {
        let index = self.index(name);
        self.hosts[index].heir = Some(Box::new(heir));
    }

    /// Draws whether a host dies of `fault`, which has this chance.
    pub(super) fn crashes(&mut self, life: Life, fault: Fault, percent: u64) -> bool {
        let host = &mut self.hosts[life.host];
        if host.heir.is_none() || !host.rng.chance(percent) {
            return false;
        }
        let pause = self.faults.heir_after.draw(&mut host.rng);
        let name = host.name.clone();
        self.count(fault);
        self.recorder.deed(self.now, &name, fault.name());
        self.shut(life.host, Ending::Broken);
        let dead = self.hosts[life.host].life;
        self.schedule(self.now + pause, Job::Succeed(dead));
        true
    }

    /// The heir of a host starts, if nothing has happened to it since it died.
    pub(super) fn succeed(&mut self, dead: Life) {
        let host = &self.hosts[dead.host];
        if host.life != dead || host.machine.is_some() {
            return;
        }
        let label = format!("heir:{}:{}", host.name, dead.number);
        let seed = self.seed_for(&label);
        if let Some(heir) = &mut self.hosts[dead.host].heir {
            let resident = heir(seed);
            self.boot(dead.host, resident);
        }
    }
}
