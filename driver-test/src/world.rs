//! A world: machines on hosts, their virtual network, disks and clock, and everything out of one seed.
//! Never does anything that the seed, the faults and the test have not decided.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use imo2sproxy_core::event::Event;
use imo2sproxy_core::io::{Control, ListenerId, Output, Outputs};
use imo2sproxy_core::rng::{Rng, Seed};
use imo2sproxy_core::time::{Instant, Now, UnixTime};

use crate::agenda::Agenda;
use crate::faults::{Conditions, Fault, Faults};
use crate::host::{Answer, FileRequest, Host, Life};
use crate::net::{ConnKey, Connection, NetJob};
use crate::person::Person;
use crate::record::Recorder;
use crate::sweep::Knobs;
use crate::tape::Resident;
use imo2sproxy_core::store::MemoryStore;

mod breaks;
mod clocks;
mod deaths;
mod disk;
pub use disk::hash_of;
mod ending;
mod fades;
mod files;
mod heirs;
mod lives;
mod network;
mod perform;
mod report;
mod turn;

use breaks::Watch;
pub use breaks::{Break, BreakKind};
pub(crate) use clocks::Alarm;
pub use deaths::Death;
use deaths::Fate;

/// The wall clock at the start of every world: 2012-07-11, when the protocol was in use.
const WALL_START_MILLIS: u64 = 1_341_999_000_000;

/// What is going to happen in a world.
#[derive(Debug)]
enum Job {
    Host(Life, HostJob),
    Net(ConnKey, NetJob),
    /// Another machine takes the place of one that has died.
    Inherit(usize),
    /// The heir of a host that has died by chance starts.
    Succeed(Life),
    WallJump,
}

/// What is going to happen to a machine, if it still lives then.
#[derive(Debug)]
enum HostJob {
    Start,
    Control(Control),
    EarlyTick,
    Disk,
    File(FileRequest),
    Answer(Answer),
}

/// Where a name and a port lead to.
#[derive(Clone, Copy, Debug)]
struct Door {
    host: usize,
    listener: ListenerId,
    tls: bool,
}

/// Machines, a network between them and a clock, all driven by one seed.
///
/// It holds every machine to the contract of [`Machine`](imo2sproxy_core::io::Machine) and panics when one breaks it. When a test that
/// owns a world panics, the world prints the seed and the latest records and leaves a file with more.
pub struct World {
    seed: u64,
    root: Rng,
    tie_rng: Rng,
    /// What may go wrong, at hand; the same as in `conditions`.
    faults: Faults,
    conditions: Conditions,
    now: Instant,
    wall_shift: i64,
    wall_rng: Rng,
    wall_jump_is_planned: bool,
    agenda: Agenda<Job>,
    hosts: Vec<Host>,
    persons: BTreeMap<String, Person>,
    doors: BTreeMap<(String, u16), Door>,
    connections: BTreeMap<ConnKey, Connection>,
    connections_made: u64,
    watch: Option<Watch>,
    fate: Option<Fate>,
    outputs: Outputs,
    recorder: Recorder,
    inputs: u64,
    inputs_max: u64,
    quiet: bool,
    second: (u64, u64),
}

impl World {
    /// A world at the beginning of time, without hosts.
    #[must_use]
    pub fn new(seed: u64, faults: Faults) -> Self {
        let root = Rng::new(Seed::from_number(seed));
        let wall_rng = root.derive("wall clock");
        let mut world = Self {
            seed,
            tie_rng: root.derive("ties"),
            root,
            conditions: Conditions::new(faults.clone()),
            faults,
            now: Instant::ZERO,
            wall_shift: 0,
            wall_rng,
            wall_jump_is_planned: false,
            agenda: Agenda::new(),
            hosts: Vec::new(),
            persons: BTreeMap::new(),
            doors: BTreeMap::new(),
            connections: BTreeMap::new(),
            connections_made: 0,
            watch: None,
            fate: None,
            outputs: Outputs::new(),
            recorder: Recorder::default(),
            inputs: 0,
            inputs_max: Knobs::from_env().steps,
            quiet: false,
            second: (0, 0),
        };
        world.plan_wall_jump();
        world
    }

    /// A generator for `label`, apart from all others of this world.
    #[must_use]
    pub fn rng(&self, label: &str) -> Rng {
        self.root.derive(&format!("test:{label}"))
    }

    /// A seed for a machine, by `label`.
    #[must_use]
    pub fn seed_for(&self, label: &str) -> Seed {
        let mut rng = self.root.derive(&format!("seed:{label}"));
        let bytes = [(); 32].map(|()| u8::try_from(rng.below(256)).expect("below 256"));
        Seed::from_bytes(bytes)
    }

    /// Both clocks.
    #[must_use]
    pub fn now(&self) -> Now {
        let wall = WALL_START_MILLIS + self.now.as_micros() / 1000;
        Now {
            mono: self.now,
            wall: UnixTime::from_millis(wall.saturating_add_signed(self.wall_shift)),
        }
    }

    /// Sets the wall clock forward, or back, by `millis` milliseconds.
    pub fn shift_wall_clock(&mut self, millis: i64) {
        self.wall_shift += millis;
    }

    /// Puts a machine on a new host; it gets its start at once.
    ///
    /// # Panics
    /// If there is a host of that name already.
    pub fn host(&mut self, name: &str, machine: impl Into<Resident>) {
        assert!(
            self.hosts.iter().all(|host| host.name != name),
            "there is a host {name} already"
        );
        let index = self.hosts.len();
        let low = u8::try_from(index % 250).expect("below 250") + 1;
        let high = u8::try_from(index / 250).expect("at most 64,000 hosts");
        let address = Ipv4Addr::new(10, 0, high, low).into();
        let rng = self.root.derive(&format!("host:{name}"));
        self.hosts.push(Host::new(name, index, address, rng));
        self.boot(index, machine.into());
    }

    fn boot(&mut self, index: usize, resident: Resident) {
        let host = &mut self.hosts[index];
        host.begin(resident);
        let life = host.life;
        self.schedule(self.now, Job::Host(life, HostJob::Start));
    }

    /// Makes a machine reachable: what is sent to `host` and `port` comes in at its `listener`.
    pub fn listen(&mut self, name: &str, listener: ListenerId, host: &str, port: u16, tls: bool) {
        let door = Door {
            host: self.index(name),
            listener,
            tls,
        };
        self.doors.insert((host.to_owned(), port), door);
    }

    /// Says where others see `name` coming from; without it every host has an address of 10.0.0.0/16.
    pub fn set_address(&mut self, name: &str, address: IpAddr) {
        let index = self.index(name);
        self.hosts[index].address = address;
    }

    /// Lets a person take part; it connects at once.
    pub fn join(&mut self, name: &str, person: Person) -> Person {
        let rng = self.root.derive(&format!("person:{name}"));
        person.take_part(self.conditions(), rng);
        self.host(name, person.clone());
        self.persons.insert(name.to_owned(), person.clone());
        person
    }

    /// The person of that name.
    ///
    /// # Panics
    /// If none has joined.
    #[must_use]
    pub fn person(&self, name: &str) -> &Person {
        let person = self.persons.get(name);
        person.unwrap_or_else(|| panic!("nobody is called {name}"))
    }

    /// Asks something of the machine of `name`, as an operator would.
    pub fn control(&mut self, name: &str, control: Control) {
        let life = self.hosts[self.index(name)].life;
        match control {
            Control::Drain => self.count(Fault::Drained),
            Control::Reload(_) => self.count(Fault::Reloaded),
            Control::Status
            | Control::Probe { .. }
            | Control::Users { .. }
            | Control::Lift { .. } => {}
        }
        self.schedule(self.now, Job::Host(life, HostJob::Control(control)));
    }

    /// What the machines of `name` have answered to [`World::control`], in order.
    #[must_use]
    pub fn operator_answers(&self, name: &str) -> &[Output] {
        &self.hosts[self.index(name)].operator
    }

    /// All that the machines of `name` have told logs, with the time.
    #[must_use]
    pub fn events(&self, name: &str) -> &[(Instant, Event)] {
        &self.hosts[self.index(name)].events
    }

    /// The store of `name`: what is durable there.
    #[must_use]
    pub fn store(&self, name: &str) -> &MemoryStore {
        &self.hosts[self.index(name)].store
    }

    /// The store of `name`, to put something into it or to damage it.
    pub fn store_mut(&mut self, name: &str) -> &mut MemoryStore {
        let index = self.index(name);
        &mut self.hosts[index].store
    }

    /// How many connections `name` has, those being opened included.
    #[must_use]
    pub fn live_connections(&self, name: &str) -> usize {
        self.hosts[self.index(name)].conns.len()
    }

    /// How many inputs all machines have had.
    #[must_use]
    pub const fn inputs(&self) -> u64 {
        self.inputs
    }

    /// A number that stands for everything that has happened: the same for two runs of one seed.
    #[must_use]
    pub const fn trace_hash(&self) -> u64 {
        self.recorder.hash()
    }

    /// Lets time pass until `done`.
    ///
    /// # Panics
    /// If that takes longer than `limit`.
    #[track_caller]
    pub fn run_until(&mut self, done: impl Fn(&Self) -> bool, limit: Duration) {
        if !self.reaches(done, limit) {
            self.fail(&format!("what was waited for did not come in {limit:?}"));
        }
    }

    /// Lets time pass until `done`, at most for `limit`; says whether it came to that.
    pub fn reaches(&mut self, done: impl Fn(&Self) -> bool, limit: Duration) -> bool {
        let until = self.now + limit;
        loop {
            if done(self) {
                return true;
            }
            if !self.step(until) {
                return false;
            }
        }
    }

    /// Lets time pass.
    pub fn run_for(&mut self, time: Duration) {
        self.reaches(|_| false, time);
    }

    /// Lets time pass until the person `name` hears a line that fits `pattern`, later than what it has
    /// heard out so far; gives the line. For patterns see [`Person::heard`].
    ///
    /// # Panics
    /// If that takes longer than `within`.
    #[track_caller]
    pub fn expect(&mut self, name: &str, pattern: &str, within: Duration) -> String {
        let person = self.person(name).clone();
        let until = self.now + within;
        loop {
            if let Some(line) = person.take(pattern) {
                return line;
            }
            if !self.step(until) {
                self.fail(&format!(
                    "{name} did not hear {pattern:?} in {within:?}; the last it heard: {:?}",
                    person.last_lines(5)
                ));
            }
        }
    }

    fn schedule(&mut self, at: Instant, job: Job) {
        let tie = if self.faults.shuffle_ties {
            self.tie_rng.below(u64::MAX)
        } else {
            0
        };
        self.agenda.add(at, tie, job);
    }

    fn lives(&self, life: Life) -> bool {
        let host = &self.hosts[life.host];
        host.life == life && host.machine.is_some()
    }

    fn index(&self, name: &str) -> usize {
        let index = self.hosts.iter().position(|host| host.name == name);
        index.unwrap_or_else(|| panic!("there is no host {name}"))
    }

    #[track_caller]
    fn fail(&self, why: &str) -> ! {
        panic!(
            "{why} (seed {}, step {}, at {:?})",
            self.seed, self.inputs, self.now
        );
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "World(seed {}, at {:?})", self.seed, self.now)
    }
}
