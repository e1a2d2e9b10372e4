//! The setting of a scenario: hosts, people who know each other, a room. Nothing goes wrong until it is complete.
//! Never checks more than that it comes about.

use std::net::Ipv4Addr;
use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::io::ListenerId;

use super::Play;
use super::terms::{door, doors, machine, port_of};
use crate::gate::Gate;
use crate::hostile::Hostile;
use crate::model::{Model, SERVICE};
use crate::scenario::{Place, Seat};
use crate::{Person, town};

/// How long anything takes at most while nothing goes wrong.
const SOON: Duration = Duration::from_secs(20);
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
        for host in self.scenario.hosts() {
            let seed = self.world.seed_for(&host);
            let machine = machine(self.scenario, &self.terms.borrow(), &host, seed);
            self.world.host(&host, machine);
            self.world.give_folder(&host);
            self.world.folder(&host).put("own.jpg", PICTURE);
            for (wire, (_, port)) in (0..).zip(doors(self.scenario)) {
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
        let mut met = Vec::new();
        for (person, host) in self.scenario.daemons() {
            if met.contains(&host) {
                continue;
            }
            // Some know the password: even they must not get at what is another's.
            let terms = self.terms.borrow().clone();
            met.push(host.clone());
            for (kind, port) in doors(self.scenario) {
                // They are few where there are many doors: they have many times the events of honest clients.
                if self.scenario.broad && !matches!(kind, WireKind::SkypeProxy | WireKind::Auto) {
                    continue;
                }
                let (_, knows) = terms.credentials(self.scenario, (person, &host), kind);
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
        for host in self.scenario.hosts() {
            let (scenario, terms, own) = (self.scenario.clone(), self.terms.clone(), host.clone());
            // It is told what its operator has said last.
            self.world.set_heir(&host, move |seed| {
                machine(&scenario, &terms.borrow(), &own, seed)
            });
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
            machine(self.scenario, &self.terms.borrow(), name, seed)
        };
        self.world.restart(name, machine);
    }

    fn sit_down(&mut self, seat: usize) {
        let name = Model::client(seat);
        let own = &self.scenario.seats[seat];
        let mut client = self
            .somebody(own, &self.scenario.daemon_of(seat))
            .returning(RETURN);
        if self.scenario.broad {
            client = client.persistent();
        }
        if own.named {
            client = client.greeting(&format!("NAME {name}"));
        }
        self.world.join(&name, client.greeting("PROTOCOL 7"));
        // Files are for clients on the same machine.
        self.world.set_address(&name, Ipv4Addr::LOCALHOST.into());
        self.world.expect(&name, "CONNSTATUS ONLINE", SOON);
    }

    /// A client that knows at any time what it has to give.
    fn somebody(&self, own: &Seat, host: &str) -> Person {
        let kind = if own.auto { WireKind::Auto } else { own.wire };
        let port = port_of(self.scenario, kind);
        let port = port.expect("a scenario seats nobody where there is no door");
        let (scenario, terms) = (self.scenario.clone(), self.terms.clone());
        let (wire, person, host) = (own.wire, own.person, host.to_owned());
        Person::with_wire(door(&host, port, false), move || {
            let (name, password) = terms.borrow().credentials(&scenario, (person, &host), wire);
            let password = password.as_deref().map(Into::into);
            wire.connect_as(&name, password)
        })
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
