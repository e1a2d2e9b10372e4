//! What an account takes in memory when a service or a client gives it all it can: never more than it may, and what was there
//! first stays.
//! Never asks the machine what it takes: the allocator is asked.

#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

use std::alloc::System;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use imo2sproxy_core::config::{Limits, WireKind};
use imo2sproxy_core::io::{Input, ListenerId, Machine, Outputs};
use imo2sproxy_core::proxy::Proxy;
use imo2sproxy_core::time::{Instant, Now};
use imo2sproxy_sim::{Faults, Person, World, town};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

mod flood;
mod service;

use service::{Script, Service};

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many bytes are allocated at the moment.
fn allocated() -> usize {
    let stats = HEAP.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

/// A daemon that is weighed when it ends.
struct Scales {
    daemon: Option<Proxy>,
    heap: Rc<Cell<usize>>,
}

impl fmt::Debug for Scales {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scales")
    }
}

impl Machine for Scales {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        self.daemon.as_mut().unwrap().handle(now, input, out);
    }

    fn deadline(&self) -> Option<Instant> {
        self.daemon.as_ref().unwrap().deadline()
    }

    fn check_invariants(&self) {
        self.daemon.as_ref().unwrap().check_invariants();
    }
}

impl Drop for Scales {
    fn drop(&mut self) {
        let before = allocated();
        drop(self.daemon.take());
        self.heap.set(before - allocated());
    }
}

/// All tests share one heap.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Alice with a client, and a service that says what the test wants.
struct Room {
    world: World,
    script: Rc<RefCell<Script>>,
    heap: Rc<Cell<usize>>,
    _alone: MutexGuard<'static, ()>,
}

impl Room {
    fn new() -> Self {
        let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let mut world = World::new(1, Faults::none());
        let script = Rc::new(RefCell::new(Script::default()));
        world.host("imo", Service::new(Rc::clone(&script)));
        world.listen("imo", ListenerId(0), "imo.example", 443, true);
        let seed = world.seed_for("daemon");
        let config = town::config("alice", "secret", town::upstream());
        let heap = Rc::new(Cell::new(0));
        let scales = Scales {
            daemon: Some(Proxy::new(config, seed)),
            heap: Rc::clone(&heap),
        };
        world.host("daemon", scales);
        world.listen("daemon", ListenerId(0), "daemon", 1401, false);
        let person = Person::new(WireKind::SkypeProxy, None, "daemon", 1401);
        world.join("alice", person).say("PROTOCOL 7");
        world.expect("alice", "CONNSTATUS ONLINE", Duration::from_secs(60));
        Self {
            world,
            script,
            heap,
            _alone: alone,
        }
    }

    /// Lets the service tell this, one answer after the other, and the client hear of it.
    fn told(&mut self, notices: impl IntoIterator<Item = serde_json::Value>) {
        for batch in service::batches(notices) {
            self.script.borrow_mut().tell(batch);
            let script = Rc::clone(&self.script);
            self.world
                .run_until(move |_| script.borrow().is_told(), Duration::from_secs(600));
        }
        self.world.run_for(Duration::from_secs(5));
    }

    /// What the client hears when it asks.
    fn ask(&mut self, command: &str, answer: &str) -> String {
        self.world.person("alice").say(command);
        self.world.expect("alice", answer, Duration::from_secs(60))
    }

    /// Ends the daemon, and says how many bytes of heap it had.
    fn weigh(mut self) -> usize {
        self.world.person("alice").leave();
        self.world.run_for(Duration::from_secs(5));
        self.world.kill("daemon");
        self.heap.get()
    }
}

/// What an account takes that nothing has happened to, and that it may take beside.
fn allowance() -> usize {
    Room::new().weigh() + Limits::default().account_bytes
}
