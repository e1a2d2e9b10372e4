//! Whatever a rough world does to its machines can be replayed, machine by machine.
//! Never looks at what they do.

use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_sim::{Faults, Person, World};

use crate::check_same;
use crate::town::{SECONDS, embedded, host, town};

/// Worlds that are played; each is short.
const SEEDS: u64 = 20;

fn check_all(world: &World, hosts: &[&str]) {
    for name in hosts {
        let text = world.trace(name).unwrap();
        check_same(&format!("{name} of {world:?}"), &text);
    }
}

#[test]
fn daemons_and_their_service_are_replayed_whatever_the_network_does() {
    for seed in 1..=SEEDS {
        let mut world = town(seed, Faults::rough(), &["alice", "bob"]);
        let mut rng = world.rng("talk");
        for name in ["alice", "bob"] {
            let client = Person::new(WireKind::SkypeProxy, None, &host(name), 1401);
            world
                .join(name, client.returning(SECONDS(2)))
                .say("PROTOCOL 7");
        }
        for number in 0..6 {
            world.person("alice").say(&format!("MESSAGE bob {number}"));
            world.person("bob").say(&format!("MESSAGE alice {number}"));
            world.run_for(Duration::from_millis(rng.below(20_000)));
        }
        world.shift_wall_clock(-3_600_000);
        world.run_for(SECONDS(20));
        check_all(&world, &["imo", &host("alice"), &host("bob")]);
        assert!(world.trace("alice").is_none(), "a person has no plan");
    }
}

#[test]
fn a_run_that_fails_leaves_traces_that_can_be_replayed() {
    let name = "a-run-that-fails";
    let failing = std::thread::Builder::new().name(name.into());
    let running = failing.spawn(|| {
        let mut world = embedded(77, Faults::none());
        let person = Person::new(WireKind::SkypeProxy, None, &host("alice"), 1401);
        world.join("alice", person).say("PROTOCOL 7");
        world.expect("alice", "what nobody says", SECONDS(5));
    });
    assert!(running.unwrap().join().is_err(), "it was to fail");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || concat!(env!("CARGO_MANIFEST_DIR"), "/../target").into(),
        std::path::PathBuf::from,
    );
    let file = format!("sim/{name}-77.{}.jsonl", host("alice"));
    let text = std::fs::read_to_string(target.join(file)).unwrap();
    assert!(text.contains("PROTOCOL 7"));
    check_same("what was left", &text);
}

#[test]
fn the_daemon_with_its_service_inside_is_replayed_whatever_network_and_disk_do() {
    for seed in 1..=SEEDS {
        let mut world = embedded(seed, Faults::rough());
        let client = Person::new(WireKind::SkypeProxy, None, &host("alice"), 1401);
        let alice = world.join("alice", client.returning(SECONDS(2)));
        for number in 0..8 {
            alice.say(&format!("MESSAGE echo123 echo {number}"));
            world.run_for(SECONDS(3));
        }
        check_all(&world, &[&host("alice")]);
    }
}
