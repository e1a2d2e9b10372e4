//! Who gets in, as whom, and who is kept out.
//! Never about what clients do once they are in.

use imo2sproxy_core::config::{Access, Listener, Passthrough, WireKind};
use imo2sproxy_core::io::{Control, Output};
use imo2sproxy_sim::town::{SECONDS, upstream};
use imo2sproxy_sim::{Faults, Person, Span, World};

use crate::house::{
    ALICES, ANYBODYS, HOUSE, account, config, connect, hash, house, house_of, is_in, is_out, log,
};

const HERE: &str = "127.0.0.1";
const THERE: &str = "192.0.2.1";

fn three() -> World {
    house(vec![
        account("alice", None),
        account("bob", Some(Access::from("bobs-access"))),
        account("carol", Some(hash("carols-access"))),
    ])
}

fn handle(world: &mut World, who: &str) -> String {
    world.person(who).say("#2 GET CURRENTUSERHANDLE");
    world.expect(who, "#2 *", SECONDS(5))
}

#[test]
fn who_names_nobody_is_the_client_of_the_listeners_account() {
    let mut world = three();
    let here = connect(&mut world, "w1", (ALICES, None), HERE);
    assert!(is_in(&here));
    assert_eq!(handle(&mut world, "w1"), "#2 CURRENTUSERHANDLE alice");
}

#[test]
fn who_names_an_account_with_its_password_is_its_client() {
    let cases = [
        (ALICES, "bob:bobs-access", "bob"),
        (ALICES, "carol:carols-access", "carol"),
        (ANYBODYS, "bob:bobs-access", "bob"),
        (ANYBODYS, "carol:carols-access", "carol"),
        (ANYBODYS, "alice:secret", "alice"),
        (ANYBODYS, "ALICE:secret", "alice"),
    ];
    for (port, password, expected) in cases {
        let mut world = three();
        let guest = connect(&mut world, "w1", (port, Some(password)), THERE);
        assert!(is_in(&guest), "{password}");
        let own = handle(&mut world, "w1");
        assert_eq!(own, format!("#2 CURRENTUSERHANDLE {expected}"));
    }
}

#[test]
fn without_the_right_password_nobody_gets_in() {
    let cases = [
        (
            ANYBODYS,
            Some("bob:secret"),
            THERE,
            "his own where an access password is set",
        ),
        (ANYBODYS, Some("bob:"), THERE, "none"),
        (
            ANYBODYS,
            Some("carol:carols-acces"),
            THERE,
            "one that is too short",
        ),
        (ANYBODYS, Some("carol:bobs-access"), THERE, "another one's"),
        (ANYBODYS, Some("dave:secret"), THERE, "nobody's"),
        (
            ANYBODYS,
            Some("secret"),
            HERE,
            "without a name, where nobody is meant",
        ),
        (ALICES, Some("wrong"), THERE, "a wrong one"),
    ];
    for (port, password, from, why) in cases {
        let mut world = three();
        let guest = connect(&mut world, "w1", (port, password), from);
        assert!(!is_in(&guest) && is_out(&guest), "{why}");
        let log = log(&world);
        assert!(log.contains("wrong name or password"), "{why}: {log}");
        assert!(!log.contains("access"), "{log}");
    }
}

#[test]
fn a_client_elsewhere_has_to_give_a_password_where_one_on_this_machine_need_not() {
    let mut world = three();
    let there = connect(&mut world, "w1", (ALICES, None), THERE);
    assert!(!is_in(&there));
    let mut told = config(vec![account("alice", None)]);
    told.listeners[0].open = true;
    let mut world = house_of(told);
    let there = connect(&mut world, "w1", (ALICES, None), THERE);
    assert!(is_in(&there), "the operator knows that it is open");
    let mut told = config(vec![account("alice", None)]);
    let nobodys = Listener {
        account: Some("dave".into()),
        ..told.listeners[0].clone()
    };
    told.listeners[0] = nobodys;
    let mut world = house_of(told);
    let here = connect(&mut world, "w1", (ALICES, None), HERE);
    assert!(!is_in(&here), "an account that is not there has no clients");
}

#[test]
fn brute_force_is_stopped_and_the_owner_elsewhere_still_gets_in() {
    for (name, right) in [
        ("alice", "secret"),
        ("bob", "bobs-access"),
        ("carol", "carols-access"),
    ] {
        let mut world = three();
        for attempt in 0..5 {
            let guess = format!("{name}:guess-{attempt}");
            let who = format!("thief{attempt}");
            let thief = connect(&mut world, &who, (ANYBODYS, Some(&guess)), THERE);
            assert!(!is_in(&thief));
        }
        let password = format!("{name}:{right}");
        let lucky = connect(&mut world, "lucky", (ANYBODYS, Some(&password)), THERE);
        assert!(!is_in(&lucky), "the right one is refused as well");
        assert!(log(&world).contains("locked out"), "{}", log(&world));
        let owner = connect(
            &mut world,
            "owner",
            (ANYBODYS, Some(&password)),
            "192.0.2.2",
        );
        assert!(is_in(&owner));
        world.run_for(SECONDS(31));
        let later = connect(&mut world, "later", (ANYBODYS, Some(&password)), THERE);
        assert!(is_in(&later), "half a minute later it is heard again");
    }
}

/// Guesses at the password of `name` until that is refused unseen, from `THERE`.
fn guess(world: &mut World, name: &str) {
    // The first guess at a user whom the service does not know makes that one an account.
    for attempt in 0..6 {
        let guess = format!("{name}:guess-{attempt}");
        let thief = format!("thief of {name} {attempt}");
        connect(world, &thief, (ANYBODYS, Some(&guess)), THERE);
    }
}

/// How many addresses the operator lets in again.
fn lift(world: &mut World, account: &str) -> usize {
    let account = account.into();
    world.control(HOUSE, Control::Lift { account });
    world.run_for(SECONDS(1));
    match world.operator_answers(HOUSE).last() {
        Some(Output::Lifted { addresses }) => *addresses,
        other => panic!("no answer: {other:?}"),
    }
}

#[test]
fn the_operator_lets_in_again_who_is_locked_out_of_that_account_and_of_no_other() {
    let mut told = config(vec![
        account("bob", Some(Access::from("bobs-access"))),
        account("carol", Some(hash("carols-access"))),
    ]);
    told.passthrough = Some(Passthrough {
        upstream: upstream(),
        register: true,
    });
    let mut world = house_of(told);
    for name in ["bob", "carol", "dave"] {
        guess(&mut world, name);
    }
    let bobs = (ANYBODYS, Some("bob:bobs-access"));
    assert!(!is_in(&connect(&mut world, "locked out", bobs, THERE)));
    assert_eq!(lift(&mut world, ""), 0);
    assert_eq!(lift(&mut world, "erin"), 0);
    assert_eq!(lift(&mut world, "BOB"), 1, "spelled as at the door");
    assert!(is_in(&connect(&mut world, "let in", bobs, THERE)));
    assert_eq!(lift(&mut world, "bob"), 0, "nobody is locked out any more");
    let carols = (ANYBODYS, Some("carol:carols-access"));
    assert!(!is_in(&connect(&mut world, "another", carols, THERE)));
    assert_eq!(lift(&mut world, "Dave"), 1, "a user of the service, too");
}

#[test]
fn a_password_that_was_right_is_not_hashed_again_in_the_same_life() {
    let mut world = three();
    let password = Some("carol:carols-access");
    let first = connect(&mut world, "w1", (ANYBODYS, password), THERE);
    assert!(is_in(&first));
    let checks = world.checks(HOUSE);
    assert_eq!(checks, 1);
    let second = connect(&mut world, "w2", (ANYBODYS, password), "192.0.2.7");
    assert!(is_in(&second));
    let wrong = connect(&mut world, "w3", (ANYBODYS, Some("carol:wrong")), THERE);
    assert!(!is_in(&wrong));
    assert_eq!(world.checks(HOUSE), 2, "a wrong one costs what it costs");
    let nobody = connect(&mut world, "w4", (ANYBODYS, Some("dave:wrong")), THERE);
    assert!(!is_in(&nobody));
    assert_eq!(world.checks(HOUSE), 3, "a name that is none costs the same");
}

#[test]
fn a_password_that_takes_too_long_to_check_lets_nobody_in() {
    for delay in [29, 30, 31, 40] {
        let mut world = three();
        world.set_faults(Faults {
            hash_delay: Span::millis(delay * 1_000, delay * 1_000),
            ..Faults::none()
        });
        let password = Some("carol:carols-access");
        let guest = connect(&mut world, "w1", (ANYBODYS, password), THERE);
        world.run_for(SECONDS(60));
        assert_eq!(is_in(&guest), delay < 30, "after {delay} s");
        assert_eq!(is_out(&guest), delay >= 30, "after {delay} s");
    }
}

/// So many connect from an address and say nothing. Gives how many are turned away.
fn turned_away(world: &mut World, count: usize, address: &str) -> usize {
    let names: Vec<String> = (0..count).map(|number| format!("s{number}")).collect();
    for who in &names {
        let silent = Person::new(WireKind::Len8, None, HOUSE, ANYBODYS);
        world.join(who, silent);
        world.set_address(who, address.parse().unwrap());
    }
    world.run_for(SECONDS(2));
    let out = names.iter().filter(|who| is_out(world.person(who)));
    out.count()
}

#[test]
fn strangers_on_this_machine_are_not_counted_by_their_address() {
    for address in [HERE, "::1"] {
        let mut world = three();
        assert_eq!(turned_away(&mut world, 100, address), 0, "{address}");
        let other = connect(&mut world, "bob", (ANYBODYS, Some("bob:bobs-access")), HERE);
        assert!(is_in(&other));
    }
}

#[test]
fn ten_strangers_of_one_address_and_no_more_wait_at_the_door() {
    let mut world = three();
    assert_eq!(turned_away(&mut world, 12, THERE), 2);
    let other = connect(
        &mut world,
        "bob",
        (ANYBODYS, Some("bob:bobs-access")),
        "192.0.2.9",
    );
    assert!(is_in(&other));
    world.run_for(SECONDS(31));
    let late = connect(
        &mut world,
        "late",
        (ANYBODYS, Some("bob:bobs-access")),
        THERE,
    );
    assert!(is_in(&late), "who says nothing leaves after half a minute");
}
