//! A small town: one service, a daemon and a client for each inhabitant.
//! Never tests anything itself.

use std::time::Duration;

use imo2sproxy_core::config::{
    AccountConfig, Config, DialectKind, Limits, Listener, Registration, ServiceConfig, Upstream,
    WireKind,
};
use imo2sproxy_core::imo::service::Service;
use imo2sproxy_core::io::{ListenerId, Origin};
use imo2sproxy_core::pair::Pair;
use imo2sproxy_core::proxy::Proxy;
use imo2sproxy_core::rng::Seed;
use imo2sproxy_core::secret::Secret;
use imo2sproxy_sim::{Faults, Person, World};

pub(crate) const SECONDS: fn(u64) -> Duration = Duration::from_secs;

/// The daemon of `name` and what it is told.
pub(crate) fn config(name: &str, password: &str, upstream: Upstream) -> Config {
    Config {
        listeners: vec![Listener {
            kind: WireKind::SkypeProxy,
            account: name.into(),
        }],
        accounts: vec![AccountConfig {
            name: name.into(),
            username: name.into(),
            password: Secret::from(password),
            access: None,
            upstream,
        }],
        verbose: false,
        local_time: false,
        linger: None,
        limits: Limits::default(),
    }
}

pub(crate) fn upstream() -> Upstream {
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

pub(crate) fn service(seed: Seed) -> Service {
    let config = ServiceConfig {
        registration: Registration::Open,
        ..ServiceConfig::default()
    };
    Service::new(config, seed)
}

pub(crate) fn daemon(name: &str, seed: Seed) -> Proxy {
    daemon_in(DialectKind::V1, name, seed)
}

/// The same in the dialect of that kind.
pub(crate) fn daemon_in(dialect: DialectKind, name: &str, seed: Seed) -> Proxy {
    let upstream = Upstream {
        dialect,
        ..upstream()
    };
    Proxy::new(config(name, "secret", upstream), seed)
}

/// Puts a service and a daemon for each of `names` into a world; nobody is at a keyboard yet.
pub(crate) fn town(seed: u64, faults: Faults, names: &[&str]) -> World {
    let people: Vec<_> = names.iter().map(|name| (*name, DialectKind::V1)).collect();
    town_in(seed, faults, &people)
}

/// The same with a daemon for each of `people` in a dialect of its own.
pub(crate) fn town_in(seed: u64, faults: Faults, people: &[(&str, DialectKind)]) -> World {
    let mut world = World::new(seed, faults);
    let service_seed = world.seed_for("imo");
    world.host("imo", service(service_seed));
    world.listen("imo", ListenerId(0), "imo.example", 443, true);
    for (name, dialect) in people {
        let host = host(name);
        let daemon_seed = world.seed_for(&host);
        world.host(&host, daemon_in(*dialect, name, daemon_seed));
        world.listen(&host, ListenerId(0), &host, 1401, false);
    }
    world
}

/// The name of the host on which the daemon of `name` runs.
pub(crate) fn host(name: &str) -> String {
    format!("{name}s-daemon")
}

/// Somebody sits down at the client of `name` and waits until the daemon is online.
pub(crate) fn sit_down(world: &mut World, name: &str) -> Person {
    let person = world.join(
        name,
        Person::new(WireKind::SkypeProxy, None, &host(name), 1401),
    );
    person.say("PROTOCOL 7");
    world.expect(name, "CONNSTATUS ONLINE", SECONDS(60));
    person
}

/// The client of `name`, who has left or has been cut off, comes back.
pub(crate) fn come_back(world: &mut World, name: &str) {
    let person = world.person(name).clone();
    // It may not have noticed yet that it was cut off.
    world.run_for(SECONDS(1));
    person.connect();
    person.say("PROTOCOL 7");
    world.expect(name, "CONNSTATUS ONLINE", SECONDS(60));
}

/// A town in which everybody of `names` sits at a client and is online.
pub(crate) fn everybody_online(names: &[&str]) -> World {
    let mut world = town(1, Faults::none(), names);
    for name in names {
        sit_down(&mut world, name);
    }
    world
}

/// A town in which alice and bob are contacts of each other.
pub(crate) fn friends(seed: u64, faults: Faults) -> World {
    let mut world = town(seed, faults, &["alice", "bob"]);
    sit_down(&mut world, "alice");
    sit_down(&mut world, "bob");
    befriend(&mut world, "alice", "bob");
    world
}

/// One asks the other, who agrees.
pub(crate) fn befriend(world: &mut World, one: &str, other: &str) {
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
pub(crate) fn embedded(seed: u64, faults: Faults) -> World {
    let mut world = World::new(seed, faults);
    let (proxy_seed, service_seed) = (world.seed_for("proxy"), world.seed_for("service"));
    world.host(
        &host("alice"),
        pair("alice", "secret", proxy_seed, service_seed),
    );
    world.listen(&host("alice"), ListenerId(0), &host("alice"), 1401, false);
    world
}

pub(crate) fn pair(name: &str, password: &str, proxy: Seed, service: Seed) -> Pair {
    pair_in(DialectKind::V1, name, password, [proxy, service])
}

/// The same in the dialect of that kind.
pub(crate) fn pair_in(
    dialect: DialectKind,
    name: &str,
    password: &str,
    [proxy, service]: [Seed; 2],
) -> Pair {
    let registration = Registration::Embedded;
    let service_config = ServiceConfig {
        registration,
        ..ServiceConfig::default()
    };
    let upstream = Upstream {
        dialect,
        ..Upstream::embedded()
    };
    let proxy = Proxy::new(config(name, password, upstream), proxy);
    Pair::new(proxy, Service::new(service_config, service))
}
