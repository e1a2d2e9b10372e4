//! The setting of a scenario: hosts, people who know each other, a room. Nothing goes wrong until it is complete.
//! Never checks more than that it comes about.

use std::net::Ipv4Addr;
use std::time::Duration;

use imo2sproxy_core::config::{
    Access, AccountConfig, Config, Registration, ServiceConfig, Upstream, WireKind,
};
use imo2sproxy_core::io::{ListenerId, Origin};
use imo2sproxy_core::rng::Seed;
use imo2sproxy_core::trace::Plan;

use super::Play;
use crate::gate::Gate;
use crate::hostile::Hostile;
use crate::model::{CANARY, Model, SERVICE};
use crate::scenario::{Inhabitant, Place, Scenario};
use crate::{Person, Resident, town};

/// How long anything takes at most while nothing goes wrong.
const SOON: Duration = Duration::from_secs(20);
/// The port of the first of a daemon's listeners; the other one is the next.
const PORT: u16 = 1401;
/// What each daemon listens for, in the order of its listeners.
const WIRES: [WireKind; 2] = [WireKind::SkypeProxy, WireKind::Len8];
/// A picture that clients may show.
const PICTURE: &[u8] = b"\xff\xd8\xff\xe0 a very small picture \xff\xd9";
/// How many connections each of those opens who mean harm.
const ATTACKS: u32 = 30;
/// How long a client that was cut off waits before it comes again.
const RETURN: Duration = Duration::from_secs(2);

impl Play<'_> {
    pub(super) fn set_the_scene(&mut self) {
        if self.scenario.place == Place::Town {
            let service = town::service(self.world.seed_for(SERVICE));
            self.world.host(SERVICE, service);
            self.world
                .listen(SERVICE, ListenerId(0), "imo.example", 443, true);
            let (conditions, rng) = (self.world.conditions(), self.world.rng("gate"));
            let gate = Gate::drawn(town::upstream().origin, conditions, rng);
            self.world.host("gate", gate);
            self.world
                .listen("gate", ListenerId(0), "gate.example", 443, true);
        }
        for (person, host) in self.scenario.daemons() {
            let machine = machine(self.scenario, person, self.world.seed_for(&host));
            self.world.host(&host, machine);
            self.world.give_folder(&host);
            self.world.folder(&host).put("own.jpg", PICTURE);
            for (wire, port) in (0..).zip(PORT..).take(WIRES.len()) {
                self.world
                    .listen(&host, ListenerId(wire), &host, port, false);
            }
        }
        for seat in 0..self.scenario.seats.len() {
            self.sit_down(seat);
        }
        self.introduce_all();
        self.name_heirs();
        self.pass(SOON);
        self.world.set_faults(self.scenario.faults.clone());
        if self.scenario.hostile {
            self.let_foes_in();
        }
    }

    /// Somebody who means harm comes to each door.
    fn let_foes_in(&mut self) {
        let mut foes = 0..;
        let mut foe = || format!("foe-{}", foes.next().unwrap_or(0));
        for (person, host) in self.scenario.daemons() {
            let inhabitant = &self.scenario.people[person];
            // Some know the password: even they must not get at what is another's.
            let knows = inhabitant.guarded.then(|| access(inhabitant.name));
            for (kind, port) in WIRES.into_iter().zip(PORT..) {
                let name = foe();
                let (conditions, rng) = (self.world.conditions(), self.world.rng(&name));
                let door = door(&host, port, false);
                let foe = Hostile::to_clients_port(door, kind, knows.as_deref(), conditions, rng);
                self.world.host(&name, foe.at_most(ATTACKS));
            }
        }
        if self.scenario.place == Place::Town {
            let name = foe();
            let (conditions, rng) = (self.world.conditions(), self.world.rng(&name));
            let handles: Vec<_> = self
                .scenario
                .people
                .iter()
                .map(|person| person.name)
                .collect();
            let foe = Hostile::to_service(town::upstream().origin, &handles, conditions, rng);
            self.world.host(&name, foe.at_most(ATTACKS));
        }
    }

    /// Says who takes the place of machines that die by themselves.
    fn name_heirs(&mut self) {
        if self.scenario.place == Place::Town {
            self.world.set_heir(SERVICE, town::service);
        }
        for (person, host) in self.scenario.daemons() {
            let scenario = self.scenario.clone();
            self.world
                .set_heir(&host, move |seed| machine(&scenario, person, seed));
        }
    }

    /// Starts the machine of a host that is down, with a seed of its own.
    pub(super) fn start_again(&mut self, name: &str) {
        if self.world.is_up(name) {
            return;
        }
        self.started += 1;
        let seed = self.world.seed_for(&format!("{name} {}", self.started));
        let machine = if name == SERVICE {
            town::service(seed)
        } else {
            let mut daemons = self.scenario.daemons();
            let (person, _) = daemons
                .find(|(_, host)| host == name)
                .expect("a host of the scenario");
            machine(self.scenario, person, seed)
        };
        self.world.restart(name, machine);
    }

    fn sit_down(&mut self, seat: usize) {
        let own = &self.scenario.seats[seat];
        let wire = WIRES.iter().position(|kind| *kind == own.wire);
        let port = PORT + u16::from(wire != Some(0));
        let inhabitant = &self.scenario.people[own.person];
        let access = inhabitant.guarded.then(|| access(inhabitant.name));
        let host = self.scenario.daemon_of(seat);
        let client = Person::new(own.wire, access.as_deref(), &host, port);
        let name = Model::client(seat);
        self.world
            .join(&name, client.returning(RETURN).greeting("PROTOCOL 7"));
        // Files are for clients on the same machine.
        self.world.set_address(&name, Ipv4Addr::LOCALHOST.into());
        self.world.expect(&name, "CONNSTATUS ONLINE", SOON);
    }

    /// Makes everybody a contact of everybody else, and brings all into one room if there is to be one.
    fn introduce_all(&mut self) {
        let firsts: Vec<usize> = (0..self.scenario.people.len())
            .map(|person| {
                let seat = self
                    .scenario
                    .seats
                    .iter()
                    .position(|seat| seat.person == person);
                seat.expect("everybody has a client")
            })
            .collect();
        for (place, one) in firsts.iter().enumerate() {
            for other in &firsts[place + 1..] {
                self.introduce(*one, *other);
            }
        }
        if self.scenario.room {
            let others: Vec<_> = firsts[1..]
                .iter()
                .map(|seat| self.scenario.name_of(*seat))
                .collect();
            let others = others.join(", ");
            let reply = self.ask(firsts[0], &format!("CHAT CREATE {others}"), SOON);
            let room = reply.split(' ').nth(1).unwrap_or_default();
            self.room = Some(room.to_owned());
        }
    }

    fn introduce(&mut self, one: usize, other: usize) {
        let [name, other_name] = [one, other].map(|seat| self.scenario.name_of(seat));
        let [client, other_client] = [one, other].map(Model::client);
        self.say(
            one,
            &format!("SET USER {other_name} BUDDYSTATUS 2 it is me"),
        );
        let asked = format!("USER {name} RECEIVEDAUTHREQUEST it is me");
        self.world.expect(&other_client, &asked, SOON);
        self.say(other, &format!("SET USER {name} ISAUTHORIZED TRUE"));
        let granted = format!("USER {other_name} BUDDYSTATUS 3");
        self.world.expect(&client, &granted, SOON);
    }
}

/// The password of an account upstream.
fn password(name: &str) -> String {
    format!("{CANARY}-{name}")
}

/// What clients of an account have to give.
fn access(name: &str) -> String {
    format!("{CANARY}-access-{name}")
}

fn door(host: &str, port: u16, tls: bool) -> Origin {
    let host = host.into();
    Origin::Net { host, port, tls }
}

/// The daemon of a person.
fn machine(scenario: &Scenario, person: usize, seed: Seed) -> Resident {
    let config = config(scenario, &scenario.people[person]);
    Resident::of(match scenario.place {
        Place::Town => Plan::Proxy(config, seed),
        Place::Alone => {
            let inside = ServiceConfig {
                registration: Registration::Embedded,
                ..ServiceConfig::default()
            };
            // Each half draws by labels of its own.
            Plan::Pair(config, seed.clone(), inside, seed)
        }
    })
}

fn config(scenario: &Scenario, inhabitant: &Inhabitant) -> Config {
    let upstream = Upstream {
        dialect: inhabitant.dialect,
        ..match scenario.place {
            Place::Town => Upstream {
                origin: door("gate.example", 443, true),
                ..town::upstream()
            },
            Place::Alone => Upstream::embedded(),
        }
    };
    let name = inhabitant.name;
    let mut config = town::config(name, &password(name), upstream);
    let first = config.listeners[0].clone();
    // Clients of a transport without words for a password are heard only where none is wanted.
    config.listeners = WIRES
        .map(|kind| {
            let mut listener = first.clone();
            listener.kind = kind;
            listener
        })
        .into();
    config.accounts = vec![AccountConfig {
        access: inhabitant
            .guarded
            .then(|| Access::from(access(name).as_str())),
        ..config.accounts.remove(0)
    }];
    config
}
