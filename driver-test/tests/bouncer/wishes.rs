//! How an account is seen that several clients use, each with a wish of its own.
//! Never about messages.

use imo2sproxy_core::config::Config;
use imo2sproxy_sim::World;
use imo2sproxy_sim::town::SECONDS;

use crate::house::{account, come, config, house_of};

/// Alice and bob are friends; bob looks on.
fn friends(change: impl FnOnce(&mut Config)) -> World {
    let mut told = config(vec![account("alice", None), account("bob", None)]);
    change(&mut told);
    let mut world = house_of(told);
    let alice = come(&mut world, "desk", "alice");
    let bob = come(&mut world, "bob", "bob");
    alice.say("SET USER bob BUDDYSTATUS 2 it is me");
    world.expect("bob", "USER alice RECEIVEDAUTHREQUEST it is me", SECONDS(5));
    bob.say("SET USER alice ISAUTHORIZED TRUE");
    world.expect("desk", "USER bob BUDDYSTATUS 3", SECONDS(5));
    world.run_for(SECONDS(2));
    world
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
    wants(&mut world, "desk", "DND");
    sees(&mut world, "DND");
    wants(&mut world, "phone", "AWAY");
    sees(&mut world, "AWAY");
    assert_eq!(ask(&mut world, "desk", "GET USERSTATUS"), "USERSTATUS DND");
    assert_eq!(
        ask(&mut world, "phone", "GET USERSTATUS"),
        "USERSTATUS AWAY"
    );
    wants(&mut world, "desk", "ONLINE");
    sees(&mut world, "ONLINE");
    wants(&mut world, "phone", "INVISIBLE");
    sees(&mut world, "ONLINE");
    world.person("desk").leave();
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
        ask(&mut world, "desk", "GET CONNSTATUS"),
        "CONNSTATUS ONLINE"
    );
    assert!(!world.person("desk").heard("USERSTATUS OFFLINE"));
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
    world.person("desk").leave();
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
    world.person("desk").leave();
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
    wants(&mut world, "desk", "OFFLINE");
    sees(&mut world, "OFFLINE");
    assert_eq!(
        ask(&mut world, "desk", "GET CONNSTATUS"),
        "CONNSTATUS OFFLINE"
    );
    wants(&mut world, "phone", "AWAY");
    sees(&mut world, "AWAY");
    assert_eq!(
        ask(&mut world, "desk", "GET CONNSTATUS"),
        "CONNSTATUS OFFLINE"
    );
}
