//! How long an account stays signed on without clients.
//! Never about accounts that are always on.

use std::time::Duration;

use imo2sproxy_core::io::ListenerId;
use imo2sproxy_core::trace::Plan;
use imo2sproxy_sim::town::{
    SECONDS, befriend, come_back, config, host, service, sit_down, upstream,
};
use imo2sproxy_sim::{Faults, Resident, World};

/// As it is in the one-account form.
const LINGER: Duration = Duration::from_secs(600);

/// Alice and bob, who are friends, with daemons that sign off when they are left alone for long.
fn friends_who_sign_off() -> World {
    let mut world = World::new(1, Faults::none());
    let seed = world.seed_for("imo");
    world.host("imo", service(seed));
    world.listen("imo", ListenerId(0), "imo.example", 443, true);
    for name in ["alice", "bob"] {
        let mut config = config(name, "secret", upstream());
        config.linger = Some(LINGER);
        let (host, seed) = (host(name), world.seed_for(name));
        world.host(&host, Resident::of(Plan::Proxy(config, seed)));
        world.listen(&host, ListenerId(0), &host, 1401, false);
        sit_down(&mut world, name);
    }
    befriend(&mut world, "alice", "bob");
    world.run_for(SECONDS(5));
    world
}

fn seen_offline(world: &World) -> usize {
    world.person("bob").count("USER alice ONLINESTATUS OFFLINE")
}

#[test]
fn an_account_signs_off_ten_minutes_after_its_last_client_and_not_before() {
    let mut world = friends_who_sign_off();
    alice_leaves_and_signs_off_in_time(&mut world);
}

/// She does so ten minutes after that, and not before.
fn alice_leaves_and_signs_off_in_time(world: &mut World) {
    let before = seen_offline(world);
    world.person("alice").leave();
    world.run_for(LINGER - SECONDS(1));
    assert_eq!(seen_offline(world), before);
    world.run_for(SECONDS(3));
    assert_eq!(seen_offline(world), before + 1);
}

#[test]
fn a_client_that_comes_in_between_begins_the_ten_minutes_anew() {
    let mut world = friends_who_sign_off();
    let before = seen_offline(&world);
    world.person("alice").leave();
    world.run_for(LINGER - SECONDS(10));
    come_back(&mut world, "alice");
    world.run_for(LINGER * 3);
    assert_eq!(seen_offline(&world), before, "with a client it stays");
    alice_leaves_and_signs_off_in_time(&mut world);
}

#[test]
fn who_comes_after_the_account_has_signed_off_brings_it_back() {
    let mut world = friends_who_sign_off();
    world.person("alice").leave();
    world.run_for(LINGER + SECONDS(5));
    let online = world.person("bob").count("USER alice ONLINESTATUS ONLINE");
    come_back(&mut world, "alice");
    world.run_for(SECONDS(5));
    assert_eq!(
        world.person("bob").count("USER alice ONLINESTATUS ONLINE"),
        online + 1
    );
}
