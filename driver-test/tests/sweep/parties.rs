//! The same, with somebody between and beside honest people: a gate that spoils answers, hostile clients, hosts that die
//! around any of their transactions.
//! Never counts otherwise: what must be true does not depend on who else is there.

use std::cell::RefCell;

use imo2sproxy_core::config::DialectKind::{self, V0, V1};
use imo2sproxy_core::config::{Upstream, WireKind};
use imo2sproxy_core::io::{ListenerId, Origin};
use imo2sproxy_core::rng::Seed;
use imo2sproxy_core::trace::Plan;
use imo2sproxy_sim::gate::Gate;
use imo2sproxy_sim::hostile::Hostile;
use imo2sproxy_sim::sweep::{Knobs, for_each_seed};
use imo2sproxy_sim::{Fault, Faults, Fired, Person, Resident, World};

use super::town::{SECONDS, config, host, service, upstream};
use super::{NAMES, PAIRS, check, check_reports, talk};

/// Seeds from which on each kind of fault is to have happened.
const SEEDS_FOR_ALL: u64 = 50;

/// The daemon of `name`, which finds the service behind the gate.
fn daemon_behind_gate(name: &str, dialect: DialectKind, seed: Seed) -> Resident {
    let upstream = Upstream {
        origin: origin("gate.example", 443, true),
        dialect,
        ..upstream()
    };
    Resident::of(Plan::Proxy(config(name, "secret", upstream), seed))
}

fn origin(host: &str, port: u16, tls: bool) -> Origin {
    let host = host.into();
    Origin::Net { host, port, tls }
}

/// Two people with daemons behind a gate. Once both have been online everything goes wrong that can, and hostile
/// clients come to all three listeners.
fn hard_town(seed: u64, dialect: DialectKind) -> World {
    let mut world = World::new(seed, Faults::none());
    let service_seed = world.seed_for("imo");
    world.host("imo", service(service_seed));
    world.listen("imo", ListenerId(0), "imo.example", 443, true);
    world.set_heir("imo", service);
    let gate = Gate::drawn(upstream().origin, world.conditions(), world.rng("gate"));
    world.host("gate", gate);
    world.listen("gate", ListenerId(0), "gate.example", 443, true);
    for name in NAMES {
        let place = host(name);
        let daemon_seed = world.seed_for(&place);
        world.host(&place, daemon_behind_gate(name, dialect, daemon_seed));
        world.listen(&place, ListenerId(0), &place, 1401, false);
        world.set_heir(&place, move |seed| daemon_behind_gate(name, dialect, seed));
        let client = Person::new(WireKind::SkypeProxy, None, &place, 1401);
        world
            .join(name, client.returning(SECONDS(2)))
            .say("PROTOCOL 7");
        world.expect(name, "CONNSTATUS ONLINE", SECONDS(10));
    }
    world.set_faults(Faults::rough());
    for name in NAMES {
        let foe = format!("foe of {name}");
        let (conditions, rng) = (world.conditions(), world.rng(&foe));
        let port = origin(&host(name), 1401, false);
        let hostile = Hostile::to_clients_port(port, WireKind::SkypeProxy, None, conditions, rng);
        world.host(&foe, hostile);
    }
    let (conditions, rng) = (world.conditions(), world.rng("foe of imo"));
    let hostile = Hostile::to_service(upstream().origin, &NAMES, conditions, rng);
    world.host("foe of imo", hostile);
    world
}

/// What happened in the worlds of all seeds, when in each of them nothing was lost and nothing doubled.
fn in_hard_towns(dialect: DialectKind) -> Fired {
    let all = RefCell::new(Fired::default());
    for_each_seed(|seed| {
        let mut world = hard_town(seed, dialect);
        let mut rng = world.rng("talk");
        talk(&mut world, &mut rng, |_, _| {});
        world.heal();
        world.run_for(SECONDS(400));
        for (me, other) in PAIRS {
            check(&mut world, me, other);
            check_reports(&mut world, me);
        }
        all.borrow_mut().merge(&world.fired());
    });
    all.into_inner()
}

#[test]
fn a_gate_hostile_clients_and_sudden_deaths_lose_and_double_nothing() {
    let fired = in_hard_towns(V1);
    println!("{fired:?}");
    let knobs = Knobs::from_env();
    if knobs.seed.is_some() || knobs.seeds < SEEDS_FOR_ALL {
        return;
    }
    // Nobody here names files, and a test has to kill and unplug by itself.
    let others = [Fault::FileFails, Fault::Killed, Fault::Unplugged];
    let missing: Vec<_> = fired
        .iter()
        .filter(|(fault, count)| *count == 0 && !others.contains(fault))
        .map(|(fault, _)| fault.name())
        .collect();
    assert_eq!(missing, [""; 0], "these never happened");
}

#[test]
fn a_gate_hostile_clients_and_sudden_deaths_lose_and_double_nothing_in_the_older_dialect() {
    in_hard_towns(V0);
}
