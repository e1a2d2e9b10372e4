//! A small town: one service, a daemon and a client for each inhabitant.
//! Never tests anything itself.

use std::time::Duration;

use crate::{Faults, Person, Resident, World};
use imo2sproxy_core::config::{
    AccountConfig, Config, DialectKind, Listener, Registration, ServiceConfig, Upstream, WireKind,
};
use imo2sproxy_core::io::{ListenerId, Origin};
use imo2sproxy_core::rng::Seed;
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::trace::Plan;

/// A number of seconds as a duration.
pub const SECONDS: fn(u64) -> Duration = Duration::from_secs;

/// What each daemon of a town listens for, in the order of its listeners, and where.
const PORTS: [(WireKind, u16); 3] = [
    (WireKind::SkypeProxy, 1401),
    (WireKind::Skypenet, 5000),
    (WireKind::Skyped, 2727),
];

/// The daemon of `name` and what it is told.
pub fn config(name: &str, password: &str, upstream: Upstream) -> Config {
    Config {
        listeners: vec![Listener {
            kind: WireKind::SkypeProxy,
            account: Some(name.into()),
            open: true,
        }],
        accounts: vec![AccountConfig {
            name: name.into(),
            username: name.into(),
            password: Secret::from(password),
            access: None,
            upstream,
        }],
        ..Config::default()
    }
}

/// The service of the town, at `imo.example`, spoken to in the newer dialect.
#[must_use]
pub fn upstream() -> Upstream {
    let host = "imo.example".into();
    Upstream {
        origin: Origin::Net {
            host,
            port: 443,
            tls: true,
        },
        path: "/".into(),
        dialect: DialectKind::V1,
    }
}

/// The service of the town, where anybody may register.
#[must_use]
pub fn service(seed: Seed) -> Resident {
    let config = ServiceConfig {
        registration: Registration::Open,
        ..ServiceConfig::default()
    };
    Resident::of(Plan::Service(config, seed))
}

/// The daemon of `name`, whose password is `secret`.
#[must_use]
pub fn daemon(name: &str, seed: Seed) -> Resident {
    daemon_in(DialectKind::V1, name, seed)
}

/// The same in the dialect of that kind.
pub fn daemon_in(dialect: DialectKind, name: &str, seed: Seed) -> Resident {
    let upstream = Upstream {
        dialect,
        ..upstream()
    };
    let mut config = config(name, "secret", upstream);
    let others = PORTS.iter().skip(1).map(|(kind, _)| Listener {
        kind: *kind,
        account: Some(name.into()),
        open: true,
    });
    config.listeners.extend(others);
    Resident::of(Plan::Proxy(config, seed))
}

/// Puts a service and a daemon for each of `names` into a world; nobody is at a keyboard yet.
pub fn town(seed: u64, faults: Faults, names: &[&str]) -> World {
    let people: Vec<_> = names.iter().map(|name| (*name, DialectKind::V1)).collect();
    town_in(seed, faults, &people)
}

/// The same with a daemon for each of `people` in a dialect of its own.
pub fn town_in(seed: u64, faults: Faults, people: &[(&str, DialectKind)]) -> World {
    let mut world = World::new(seed, faults);
    let service_seed = world.seed_for("imo");
    world.host("imo", service(service_seed));
    world.listen("imo", ListenerId(0), "imo.example", 443, true);
    for (name, dialect) in people {
        let host = host(name);
        let daemon_seed = world.seed_for(&host);
        world.host(&host, daemon_in(*dialect, name, daemon_seed));
        for (listener, (_, port)) in (0..).zip(PORTS) {
            world.listen(&host, ListenerId(listener), &host, port, false);
        }
    }
    world
}

/// The name of the host on which the daemon of `name` runs.
pub fn host(name: &str) -> String {
    format!("{name}s-daemon")
}

/// Somebody sits down at the client of `name` and waits until the daemon is online.
pub fn sit_down(world: &mut World, name: &str) -> Person {
    let person = world.join(
        name,
        Person::new(WireKind::SkypeProxy, None, &host(name), 1401),
    );
    person.say("PROTOCOL 7");
    world.expect(name, "CONNSTATUS ONLINE", SECONDS(60));
    person
}

/// The client of `name`, who has left or has been cut off, comes back.
pub fn come_back(world: &mut World, name: &str) {
    let person = world.person(name).clone();
    // It may not have noticed yet that it was cut off.
    world.run_for(SECONDS(1));
    person.connect();
    person.say("PROTOCOL 7");
    world.expect(name, "CONNSTATUS ONLINE", SECONDS(60));
}

/// A town in which everybody of `names` sits at a client and is online.
pub fn everybody_online(names: &[&str]) -> World {
    let mut world = town(1, Faults::none(), names);
    for name in names {
        sit_down(&mut world, name);
    }
    world
}

/// A town in which alice and bob are contacts of each other.
pub fn friends(seed: u64, faults: Faults) -> World {
    let mut world = town(seed, faults, &["alice", "bob"]);
    sit_down(&mut world, "alice");
    sit_down(&mut world, "bob");
    befriend(&mut world, "alice", "bob");
    world
}

/// One asks the other, who agrees.
pub fn befriend(world: &mut World, one: &str, other: &str) {
    world
        .person(one)
        .say(&format!("SET USER {other} BUDDYSTATUS 2 it is me"));
    world.expect(
        other,
        &format!("USER {one} RECEIVEDAUTHREQUEST it is me"),
        SECONDS(90),
    );
    world
        .person(other)
        .say(&format!("SET USER {one} ISAUTHORIZED TRUE"));
    world.expect(one, &format!("USER {other} BUDDYSTATUS 3"), SECONDS(90));
    world.expect(other, &format!("USER {one} BUDDYSTATUS 3"), SECONDS(90));
}

/// The daemon of alice with the service inside.
pub fn embedded(seed: u64, faults: Faults) -> World {
    let mut world = World::new(seed, faults);
    let (proxy_seed, service_seed) = (world.seed_for("proxy"), world.seed_for("service"));
    world.host(
        &host("alice"),
        pair("alice", "secret", proxy_seed, service_seed),
    );
    world.listen(&host("alice"), ListenerId(0), &host("alice"), 1401, false);
    world
}

/// The daemon of `name` with the service inside; each half has its own seed.
#[must_use]
pub fn pair(name: &str, password: &str, proxy: Seed, service: Seed) -> Resident {
    pair_in(DialectKind::V1, name, password, [proxy, service])
}

/// The same in the dialect of that kind.
pub fn pair_in(
    dialect: DialectKind,
    name: &str,
    password: &str,
    [proxy, service]: [Seed; 2],
) -> Resident {
    let upstream = Upstream {
        dialect,
        ..Upstream::embedded()
    };
    let config = config(name, password, upstream);
    let service_config = ServiceConfig {
        registration: Registration::Embedded,
        ..ServiceConfig::embedded(&config)
    };
    Resident::of(Plan::Pair(config, proxy, service_config, service))
}
