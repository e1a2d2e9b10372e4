//! How an account is seen that several clients use, each with a wish of its own.
//! Never about messages.

use imo2sproxy_core::config::Config;
use imo2sproxy_sim::World;
use imo2sproxy_sim::town::SECONDS;

use crate::house::{alice_and_bob, come, config, friends_of};

/// Alice and bob are friends; bob looks on.
fn friends(change: impl FnOnce(&mut Config)) -> World {
    let mut told = config(alice_and_bob());
    change(&mut told);
    friends_of(told)
}

fn ask(world: &mut World, who: &str, question: &str) -> String {
    world.run_for(SECONDS(2));
    let mark = format!("#q{}", world.now().mono.as_micros());
    world.person(who).say(&format!("{mark} {question}"));
    let reply = world.expect(who, &format!("{mark} *"), SECONDS(5));
    reply.split_once(' ').unwrap().1.to_owned()
}

#[track_caller]
fn sees(world: &mut World, status: &str) {
    let seen = ask(world, "bob", "GET USER alice ONLINESTATUS");
    assert_eq!(seen, format!("USER alice ONLINESTATUS {status}"));
}

#[track_caller]
fn wants(world: &mut World, who: &str, status: &str) {
    let said = ask(world, who, &format!("SET USERSTATUS {status}"));
    assert_eq!(said, format!("USERSTATUS {status}"));
}

#[test]
fn the_most_available_wish_is_shown_and_each_client_keeps_its_own() {
    let mut world = friends(|_| ());
    come(&mut world, "phone", "alice");
    wants(&mut world, "alice", "DND");
    sees(&mut world, "DND");
    wants(&mut world, "phone", "AWAY");
    sees(&mut world, "AWAY");
    assert_eq!(ask(&mut world, "alice", "GET USERSTATUS"), "USERSTATUS DND");
    assert_eq!(
        ask(&mut world, "phone", "GET USERSTATUS"),
        "USERSTATUS AWAY"
    );
    wants(&mut world, "alice", "ONLINE");
    sees(&mut world, "ONLINE");
    wants(&mut world, "phone", "INVISIBLE");
    sees(&mut world, "ONLINE");
    world.person("alice").leave();
    sees(&mut world, "OFFLINE");
    assert_eq!(
        ask(&mut world, "phone", "GET USERSTATUS"),
        "USERSTATUS INVISIBLE"
    );
}

#[test]
fn a_client_that_goes_offline_does_so_alone() {
    let mut world = friends(|_| ());
    let phone = come(&mut world, "phone", "alice");
    wants(&mut world, "phone", "OFFLINE");
    assert!(phone.heard("CONNSTATUS OFFLINE"));
    assert_eq!(
        ask(&mut world, "phone", "GET CONNSTATUS"),
        "CONNSTATUS OFFLINE"
    );
    assert_eq!(
        ask(&mut world, "alice", "GET CONNSTATUS"),
        "CONNSTATUS ONLINE"
    );
    assert!(!world.person("alice").heard("USERSTATUS OFFLINE"));
    sees(&mut world, "ONLINE");
    wants(&mut world, "phone", "ONLINE");
    assert_eq!(
        ask(&mut world, "phone", "GET CONNSTATUS"),
        "CONNSTATUS ONLINE"
    );
}

#[test]
fn an_account_of_a_configuration_stays_and_is_away_while_nobody_is_there() {
    let mut world = friends(|_| ());
    sees(&mut world, "ONLINE");
    world.person("alice").leave();
    sees(&mut world, "AWAY");
    come(&mut world, "phone", "alice");
    sees(&mut world, "ONLINE");
    wants(&mut world, "phone", "OFFLINE");
    sees(&mut world, "AWAY");
    world.person("phone").leave();
    world.run_for(SECONDS(3600));
    sees(&mut world, "AWAY");
}

#[test]
fn an_account_of_a_configuration_can_stay_as_it_was() {
    let mut world = friends(|told| told.away_when_detached = false);
    world.person("alice").leave();
    sees(&mut world, "ONLINE");
}

#[test]
fn the_only_account_of_a_daemon_signs_off_when_the_last_client_wants_that() {
    let mut world = friends(|told| {
        told.always_on = false;
        told.away_when_detached = false;
    });
    come(&mut world, "phone", "alice");
    wants(&mut world, "phone", "OFFLINE");
    sees(&mut world, "ONLINE");
    wants(&mut world, "alice", "OFFLINE");
    sees(&mut world, "OFFLINE");
    assert_eq!(
        ask(&mut world, "alice", "GET CONNSTATUS"),
        "CONNSTATUS OFFLINE"
    );
    wants(&mut world, "phone", "AWAY");
    sees(&mut world, "AWAY");
    assert_eq!(
        ask(&mut world, "alice", "GET CONNSTATUS"),
        "CONNSTATUS OFFLINE"
    );
}
