//! How soon people see each other as they are once the network is back.
//! Never about texts.

use std::time::Duration;

use imo2sproxy_sim::town::{SECONDS, friends, host};
use imo2sproxy_sim::{Faults, World};

/// By when everything is right again.
const SOON: Duration = Duration::from_secs(120);
/// From too short to be noticed to a night.
const OUTAGES: [u64; 7] = [3, 20, 45, 61, 100, 600, 36_000];

/// Whom somebody's client sees how.
fn sees(world: &mut World, who: &str, whom: &str) -> String {
    let person = world.person(who).clone();
    person.say(&format!("#see GET USER {whom} ONLINESTATUS"));
    let line = world.expect(who, "#see USER * ONLINESTATUS *", SECONDS(1));
    line.rsplit(' ').next().unwrap().to_owned()
}

/// Bob changes his status while somebody's network is away.
fn outage(seed: u64, of: &str, seconds: u64) {
    let mut world = friends(seed, Faults::none());
    world.run_for(SECONDS(seed * 7));
    world.unplug(of);
    world.run_for(SECONDS(seconds) / 2);
    world.person("bob").say("SET USERSTATUS AWAY");
    world.person("alice").say("SET USERSTATUS DND");
    world.run_for(SECONDS(seconds) / 2);
    world.plug(of);
    world.run_for(SOON - SECONDS(2));
    let seen = (
        sees(&mut world, "alice", "bob"),
        sees(&mut world, "bob", "alice"),
    );
    let meant = ("AWAY".to_owned(), "DND".to_owned());
    assert_eq!(seen, meant, "{of} was away for {seconds} s, seed {seed}");
}

#[test]
fn presence_is_right_two_minutes_after_the_network_of_a_daemon_is_back() {
    for seconds in OUTAGES {
        for seed in 1..=5 {
            outage(seed, &host("alice"), seconds);
            outage(seed, &host("bob"), seconds);
        }
    }
}

#[test]
fn presence_is_right_two_minutes_after_the_network_of_the_service_is_back() {
    for seconds in OUTAGES {
        for seed in 1..=5 {
            outage(seed, "imo", seconds);
        }
    }
}
