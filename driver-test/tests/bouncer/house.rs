//! One daemon for several accounts, a service, and clients that come to it from anywhere.
//! Never tests anything itself.

use std::net::IpAddr;
use std::time::Duration;

use imo2sproxy_core::config::{Access, AccountConfig, Config, Listener, WireKind};
use imo2sproxy_core::io::{AccountSnapshot, CloseCause, Control, ListenerId, Output, Snapshot};
use imo2sproxy_core::rng::Seed;
use imo2sproxy_core::trace::Plan;
use imo2sproxy_sim::town::{SECONDS, befriend, service, upstream};
use imo2sproxy_sim::{Faults, Person, Resident, World};

/// The host of the daemon.
pub(crate) const HOUSE: &str = "house";
/// The port of its listener whose clients are alice's if they name nobody.
pub(crate) const ALICES: u16 = 1401;
/// The port of its listener whose clients have to say who they are.
pub(crate) const ANYBODYS: u16 = 1402;

/// An account whose password upstream is `secret`.
pub(crate) fn account(name: &str, access: Option<Access>) -> AccountConfig {
    AccountConfig {
        name: name.into(),
        username: name.into(),
        password: "secret".into(),
        access,
        upstream: upstream(),
    }
}

/// A hash as the simulated hasher makes it.
pub(crate) fn hash(password: &str) -> Access {
    Access::Hash(imo2sproxy_sim::hash_of(password))
}

/// What the daemon is told.
pub(crate) fn config(accounts: Vec<AccountConfig>) -> Config {
    let listener = |account: Option<&str>| Listener {
        kind: WireKind::SkypeProxy,
        account: account.map(str::to_owned),
        open: false,
    };
    Config {
        listeners: vec![listener(Some("alice")), listener(None)],
        accounts,
        always_on: true,
        away_when_detached: true,
        ..Config::default()
    }
}

/// The daemon in its world, with all accounts online.
pub(crate) fn house(accounts: Vec<AccountConfig>) -> World {
    house_of(config(accounts))
}

pub(crate) fn house_of(config: Config) -> World {
    let mut world = World::new(1, Faults::none());
    let seed = world.seed_for("imo");
    world.host("imo", service(seed));
    world.listen("imo", ListenerId(0), "imo.example", 443, true);
    let seed = world.seed_for(HOUSE);
    world.host(HOUSE, daemon(config, seed));
    world.listen(HOUSE, ListenerId(0), HOUSE, ALICES, false);
    world.listen(HOUSE, ListenerId(1), HOUSE, ANYBODYS, false);
    world.run_for(SECONDS(5));
    world
}

fn daemon(config: Config, seed: Seed) -> Resident {
    Resident::of(Plan::Proxy(config, seed))
}

/// Alice and bob, who are friends, each with a client of that name.
pub(crate) fn friends_of(config: Config) -> World {
    let mut world = house_of(config);
    for name in ["alice", "bob"] {
        come(&mut world, name, name);
    }
    befriend(&mut world, "alice", "bob");
    world.run_for(SECONDS(2));
    world
}

/// The daemon of alice and bob comes back from a kill with what was durable; `life` tells this life from others.
pub(crate) fn start_again(world: &mut World, life: &str) {
    let seed = world.seed_for(life);
    world.restart(HOUSE, daemon(config(alice_and_bob()), seed));
}

pub(crate) fn alice_and_bob() -> Vec<AccountConfig> {
    vec![account("alice", None), account("bob", None)]
}

/// Somebody called `who` connects with a password, from an address.
pub(crate) fn connect(
    world: &mut World,
    who: &str,
    (port, password): (u16, Option<&str>),
    address: &str,
) -> Person {
    let person = Person::new(WireKind::SkypeProxy, password, HOUSE, port);
    let address: IpAddr = address.parse().unwrap();
    let person = world.join(who, person);
    world.set_address(who, address);
    person.say("#1 PING");
    world.run_for(SECONDS(1));
    person
}

/// Somebody at this machine.
pub(crate) fn come(world: &mut World, who: &str, account: &str) -> Person {
    let password = format!("{account}:secret");
    let person = connect(world, who, (ANYBODYS, Some(&password)), "127.0.0.1");
    person.say("PROTOCOL 7");
    world.run_for(Duration::from_millis(200));
    person
}

/// Whether somebody has been let in.
pub(crate) fn is_in(person: &Person) -> bool {
    person.heard("#1 PONG")
}

/// Whether somebody was turned away.
pub(crate) fn is_out(person: &Person) -> bool {
    person.is_refused()
        || person
            .gone()
            .is_some_and(|cause| cause != CloseCause::Local)
}

/// What the daemon's log has said of clients.
pub(crate) fn log(world: &World) -> String {
    let lines = world.events(HOUSE).iter();
    lines
        .map(|(_, event)| format!("{}\n", event.detail))
        .collect()
}

/// How things stand with the accounts of the daemon.
pub(crate) fn standing(world: &mut World) -> Vec<AccountSnapshot> {
    world.control(HOUSE, Control::Status);
    world.run_for(SECONDS(1));
    let answer = world.operator_answers(HOUSE).last().unwrap();
    let Output::Status(Snapshot::Proxy { accounts, .. }) = answer else {
        panic!("{answer:?}");
    };
    accounts.clone()
}
