//! Alice with her daemon behind a gate; bob and carol, whose daemons reach the service without one.
//! Never tests anything but what must hold after every kind of trouble.

use std::cell::{RefCell, RefMut};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::rc::Rc;

use imo2sproxy_core::config::{DialectKind, Upstream, WireKind};
use imo2sproxy_core::event::{EventKind, Level};
use imo2sproxy_core::io::{ListenerId, Origin};
use imo2sproxy_core::proxy::Proxy;
use imo2sproxy_sim::{Faults, Person, World};

use crate::town::{SECONDS, befriend, config, host, sit_down, town};
use imo2sproxy_sim::gate::{Gate, Plan};

/// How soon everything must be well again once the answers are honest, in seconds.
const RECOVERY: u64 = 120;

/// The street.
pub(crate) struct Street {
    pub(crate) world: World,
    plan: Rc<RefCell<Plan>>,
    texts: u32,
    /// How many events of alice's daemon have been looked at.
    events_seen: usize,
}

impl Street {
    /// Everybody is online, and alice knows bob and carol.
    pub(crate) fn new() -> Self {
        let mut world = town(1, Faults::none(), &["bob", "carol"]);
        let plan = Rc::new(RefCell::new(Plan::default()));
        world.host(
            "gate",
            Gate::planned(crate::town::upstream().origin, Rc::clone(&plan)),
        );
        world.listen("gate", ListenerId(0), "gate.example", 443, true);
        let upstream = Upstream {
            origin: Origin::Net {
                host: "gate.example".into(),
                port: 443,
                tls: true,
            },
            path: "/".into(),
            dialect: DialectKind::V1,
        };
        let name = host("alice");
        let seed = world.seed_for(&name);
        let daemon = Proxy::new(config("alice", "secret", upstream), seed);
        world.host(&name, daemon);
        world.listen(&name, ListenerId(0), &name, 1401, false);
        for name in ["alice", "bob", "carol"] {
            sit_down(&mut world, name);
        }
        befriend(&mut world, "alice", "bob");
        befriend(&mut world, "carol", "alice");
        Self {
            world,
            plan,
            texts: 0,
            events_seen: 0,
        }
    }

    /// The same, with somebody who sits at a second client of alice, which no gate stands before.
    pub(crate) fn with_second_alice() -> Self {
        let mut street = Self::new();
        let world = &mut street.world;
        let seed = world.seed_for("second alice");
        let upstream = crate::town::upstream();
        world.host(
            "second-daemon",
            Proxy::new(config("alice", "secret", upstream), seed),
        );
        world.listen("second-daemon", ListenerId(0), "second-daemon", 1401, false);
        let person = Person::new(WireKind::SkypeProxy, None, "second-daemon", 1401);
        world.join("second alice", person).say("PROTOCOL 7");
        world.expect("second alice", "CONNSTATUS ONLINE", SECONDS(60));
        street
    }

    /// A second client of `owner`'s daemon, on the same machine: only such a one may name files. There is a folder for them.
    pub(crate) fn at_home(&mut self, owner: &str) {
        let (name, world) = (format!("{owner} at home"), &mut self.world);
        world.give_folder(&host(owner));
        let person = Person::new(WireKind::SkypeProxy, None, &host(owner), 1401);
        world.join(&name, person).say("PROTOCOL 7");
        world.set_address(&name, Ipv4Addr::LOCALHOST.into());
        world.expect(&name, "CONNSTATUS ONLINE", SECONDS(5));
    }

    pub(crate) fn plan(&self) -> RefMut<'_, Plan> {
        self.plan.borrow_mut()
    }

    pub(crate) fn say(&self, name: &str, line: &str) {
        self.world.person(name).say(line);
    }

    /// Lets time pass until an answer has been spoiled.
    #[track_caller]
    pub(crate) fn until_spoiled(&mut self, what: &str) {
        let plan = Rc::clone(&self.plan);
        let spoiled = |_: &World| plan.borrow().spoiled > 0;
        assert!(
            self.world.reaches(spoiled, SECONDS(60)),
            "{what}: nothing was spoiled"
        );
    }

    /// From now on all answers are honest; within a bounded time a message goes both ways, and nobody has died or left.
    #[track_caller]
    pub(crate) fn recovers(&mut self, what: &str) {
        self.plan().be_honest();
        self.texts += 1;
        let (to_alice, to_bob) = (format!("in {}", self.texts), format!("out {}", self.texts));
        self.say("bob", &format!("MESSAGE alice {to_alice}"));
        self.say("alice", &format!("MESSAGE bob {to_bob}"));
        let until = self.world.now().mono + SECONDS(RECOVERY);
        for (name, text) in [("alice", to_alice), ("bob", to_bob)] {
            let left = until.since(self.world.now().mono);
            let person = self.world.person(name).clone();
            let got = self.world.reaches(|_| gets(&person, &text), left);
            assert!(
                got,
                "{what}: {name} does not get {text:?}; the log: {:?}",
                self.log()
            );
        }
        assert!(
            self.world.is_up(&host("alice")),
            "{what}: the daemon is down"
        );
        let client = self.world.person("alice");
        assert_eq!(client.gone(), None, "{what}: the client was cut off");
    }

    /// What alice's daemon has told the log of trouble since the last call, each text once. Fails where a text comes twice.
    #[track_caller]
    pub(crate) fn told_once(&mut self, what: &str) -> Vec<String> {
        let log = self.log();
        self.events_seen = self.world.events(&host("alice")).len();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for line in log {
            *counts.entry(line).or_default() += 1;
        }
        for (line, count) in &counts {
            assert_eq!(*count, 1, "{what}: {line:?} is told {count} times");
        }
        counts.into_keys().collect()
    }

    /// What the log has been told of trouble since it was last looked at.
    fn log(&self) -> Vec<String> {
        let events = &self.world.events(&host("alice"))[self.events_seen..];
        let trouble = events.iter().filter(|(_, event)| {
            assert_ne!(event.kind, EventKind::LoginRefused, "{event}");
            event.kind.level() >= Level::Warn
        });
        trouble.map(|(_, event)| event.to_string()).collect()
    }
}

/// True if somebody has got a message with this text: looks at all lines that have come, and asks for the texts of those messages
/// that have.
fn gets(person: &Person, text: &str) -> bool {
    while let Some(line) = person.take("*") {
        let number = line.strip_prefix("CHATMESSAGE ");
        if let Some(number) = number.and_then(|rest| rest.strip_suffix(" STATUS RECEIVED")) {
            person.say(&format!("#t GET CHATMESSAGE {number} BODY"));
        }
        if line.starts_with("#t ") && line.ends_with(&format!(" BODY {text}")) {
            return true;
        }
    }
    false
}
