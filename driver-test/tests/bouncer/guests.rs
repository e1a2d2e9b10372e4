//! Users who are none of the daemon's accounts, and come with their own name and password at the service.
//! Never about accounts that stand in the configuration.

use imo2sproxy_core::config::{Config, Passthrough};
use imo2sproxy_core::store::{Query, Store as _};
use imo2sproxy_sim::World;
use imo2sproxy_sim::town::{SECONDS, upstream};

use crate::house::{
    ALICES, ANYBODYS, HOUSE, account, config, connect, house_of, is_in, is_out, log, standing,
};

const THERE: &str = "192.0.2.1";

fn open_house(change: impl FnOnce(&mut Config)) -> World {
    let mut told = config(vec![account("alice", None)]);
    told.passthrough = Some(Passthrough {
        upstream: upstream(),
        register: true,
    });
    change(&mut told);
    house_of(told)
}

fn comes(world: &mut World, who: &str, password: &str) -> bool {
    let guest = connect(world, who, (ANYBODYS, Some(password)), THERE);
    is_in(&guest)
}

fn accounts(world: &mut World) -> Vec<String> {
    standing(world).into_iter().map(|one| one.name).collect()
}

fn is_stored(world: &mut World, key: &str) -> bool {
    let mut found = Vec::new();
    let query = Query::Get { key: key.into() };
    world.store_mut(HOUSE).query(&query, &mut found).unwrap();
    !found.is_empty()
}

#[test]
fn a_guest_is_let_in_when_the_service_has_and_writes_like_anybody() {
    let mut world = open_house(|_| ());
    assert!(comes(&mut world, "carol", "Carol:secret"));
    let carol = world.person("carol").clone();
    carol.say("#h GET CURRENTUSERHANDLE");
    world.expect("carol", "#h CURRENTUSERHANDLE carol", SECONDS(5));
    carol.say("#m MESSAGE echo123 hello");
    world.expect("carol", "MESSAGE * STATUS RECEIVED", SECONDS(5));
    assert_eq!(accounts(&mut world), ["alice", "carol"]);
}

#[test]
fn without_leave_there_are_no_guests() {
    let mut world = open_house(|told| told.passthrough = None);
    assert!(!comes(&mut world, "carol", "carol:secret"));
    assert_eq!(accounts(&mut world), ["alice"]);
}

#[test]
fn a_guest_whom_the_service_refuses_is_refused_and_leaves_nothing() {
    let mut world = open_house(|_| ());
    assert!(comes(&mut world, "w1", "carol:secret"));
    world.person("w1").leave();
    // The account lives on for a while, and then is no more.
    world.run_for(SECONDS(700));
    assert_eq!(accounts(&mut world), ["alice"]);
    assert!(
        is_stored(&mut world, "p/carol/s"),
        "what is kept of a guest stays"
    );
    assert!(comes(&mut world, "w2", "dave:secret"));
    world.person("w2").leave();
    world.run_for(SECONDS(700));
    let store = world.store_mut(HOUSE);
    let forget = imo2sproxy_core::store::StoreOp::Remove {
        key: "p/dave/s".into(),
    };
    store.apply(&[forget]).unwrap();
    assert!(!comes(&mut world, "w3", "dave:wrong"));
    world.run_for(SECONDS(2));
    assert!(!is_stored(&mut world, "p/dave/s"), "nobody was let in");
    assert!(is_out(world.person("w3")));
    assert_eq!(accounts(&mut world), ["alice"]);
    assert!(log(&world).contains("wrong name or password"));
    assert!(comes(&mut world, "w4", "dave:secret"));
}

#[test]
fn later_clients_of_a_guest_are_compared_with_what_the_service_has_taken() {
    let mut world = open_house(|_| ());
    assert!(comes(&mut world, "w1", "carol:secret"));
    world.unplug("imo");
    assert!(comes(&mut world, "w2", "carol:secret"));
    assert!(!comes(&mut world, "w3", "carol:wrong"));
}

#[test]
fn a_guest_does_not_wait_for_a_silent_service_without_end() {
    let mut world = open_house(|_| ());
    world.kill("imo");
    assert!(!comes(&mut world, "w1", "carol:secret"));
    assert!(!is_out(world.person("w1")), "it waits");
    world.run_for(SECONDS(8));
    assert!(is_out(world.person("w1")));
    assert!(log(&world).contains("has not said in time"));
    assert_eq!(accounts(&mut world), ["alice"]);
}

#[test]
fn a_name_of_the_configuration_is_never_a_guests() {
    let mut world = open_house(|_| ());
    assert!(!comes(&mut world, "w1", "alice:another"));
    assert!(comes(&mut world, "w2", "alice:secret"));
    assert_eq!(accounts(&mut world), ["alice"]);
    let strange = connect(&mut world, "w3", (ALICES, Some("carol:secret")), THERE);
    assert!(!is_in(&strange), "there it is a password of alice");
}

#[test]
fn no_more_guests_than_there_may_be() {
    let mut world = open_house(|told| told.limits.guests = 2);
    assert!(comes(&mut world, "w1", "carol:secret"));
    assert!(comes(&mut world, "w2", "dave:secret"));
    assert!(!comes(&mut world, "w3", "erin:secret"));
    assert!(log(&world).contains("too many users"));
}

#[test]
fn who_guesses_the_passwords_of_guests_is_locked_out() {
    let mut world = open_house(|_| ());
    assert!(comes(&mut world, "w0", "carol:secret"));
    for attempt in 0..5 {
        let password = format!("carol:guess-{attempt}");
        assert!(!comes(&mut world, &format!("thief{attempt}"), &password));
    }
    assert!(!comes(&mut world, "lucky", "carol:secret"));
    assert!(log(&world).contains("locked out"));
}
