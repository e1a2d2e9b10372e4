//! That persons say what they are told to and remember what they hear.
//! Never uses a shipped transport: those have tests of their own.

use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::io::{CloseCause, Origin};
use imo2sproxy_sim::sweep::for_each_seed;
use imo2sproxy_sim::{Faults, Person, Step, World};

use crate::toys::*;

const SECOND: Duration = Duration::from_secs(1);

fn person() -> Person {
    let origin = Origin::Net {
        host: "server".into(),
        port: 80,
        tls: false,
    };
    Person::with_wire(origin, LineWire::boxed)
}

fn world_with_parrot(faults: Faults) -> World {
    world_with_server(1, faults, parrot("welcome"))
}

#[test]
fn a_person_waits_for_the_handshake_then_speaks_and_hears() {
    let mut world = world_with_parrot(Faults::none());
    let alice = world.join("alice", person());
    alice.say("hi");
    assert!(!alice.is_ready());
    world.run_until(|world| world.person("alice").heard("you said hi"), SECOND);
    assert!(alice.is_ready());
    world.person("alice").say("hi again");
    world.run_until(|world| world.person("alice").heard("* again"), SECOND);
    assert_eq!(alice.replies(), ["you said hi", "you said hi again"]);
    assert!(alice.everything()[1].at > alice.everything()[0].at);
}

#[test]
fn expecting_goes_forward_through_what_was_heard() {
    let mut world = world_with_parrot(Faults::none());
    let alice = world.join("alice", person());
    for line in ["one", "two", "one"] {
        alice.say(line);
    }
    assert_eq!(world.expect("alice", "* two", SECOND), "you said two");
    assert_eq!(world.expect("alice", "you said *", SECOND), "you said one");
    assert_eq!(alice.take("*"), None);
    assert_eq!(alice.count("you said one"), 2);
}

#[test]
#[should_panic(expected = "alice did not hear \"you said no\" in 1s")]
fn expecting_in_vain_is_a_failure() {
    let mut world = world_with_parrot(Faults::none());
    world.join("alice", person()).say("yes");
    world.expect("alice", "you said no", SECOND);
}

#[test]
fn a_script_is_followed_step_by_step() {
    let say = |line: &str| Step::Say(line.into());
    let hear = |line: &str| Step::Hear(line.into(), MINUTE);
    let script = [
        say("one"),
        hear("* one"),
        Step::Pause(MINUTE),
        Step::Leave,
        Step::Pause(SECOND),
        Step::Connect,
        say("two"),
        hear("* two"),
    ];
    let mut world = world_with_parrot(Faults::none());
    let alice = world.join("alice", person().with_script(script));
    world.run_until(|_| alice.has_finished(), MINUTE * 3);
    let heard = alice.everything();
    assert_eq!(alice.replies(), ["you said one", "you said two"]);
    assert_eq!((heard[0].visit, heard[1].visit), (0, 1));
    assert!(heard[1].at - heard[0].at > MINUTE);
}

#[test]
#[should_panic(expected = "\"never\" was not heard")]
fn a_script_that_waits_in_vain_is_a_failure() {
    let mut world = world_with_parrot(Faults::none());
    let script = [Step::Hear("never".into(), MINUTE)];
    world.join("alice", person().with_script(script));
    world.run_for(HOUR);
}

#[test]
fn a_person_who_is_not_let_in_says_nothing() {
    let mut world = world_with_server(1, Faults::none(), parrot("no"));
    let alice = world.join("alice", person());
    alice.say("let me in");
    world.run_for(MINUTE);
    assert!(alice.is_refused());
    assert_eq!(alice.replies(), [""; 0]);
}

#[test]
fn a_person_who_returns_outlives_a_crash_of_the_server() {
    let mut world = world_with_parrot(Faults::none());
    let alice = world.join("alice", person().returning(SECOND));
    let bob = world.join("bob", person());
    world.run_until(|_| alice.is_ready() && bob.is_ready(), SECOND);
    world.kill("server");
    world.run_until(|_| alice.gone().is_some(), SECOND);
    alice.say("are you back?");
    world.run_for(MINUTE);
    world.restart("server", parrot("welcome"));
    world.expect("alice", "you said are you back?", MINUTE);
    assert_eq!(bob.gone(), Some(CloseCause::Reset));
}

#[test]
fn a_person_who_stops_reading_hears_the_rest_later() {
    let mut world = world_with_parrot(Faults::none());
    let alice = world.join("alice", person());
    world.run_until(|_| alice.is_ready(), SECOND);
    alice.stop_reading();
    alice.say("hi");
    world.run_for(MINUTE);
    assert!(!alice.heard("*"));
    alice.read_on();
    world.expect("alice", "you said hi", SECOND);
}

#[test]
fn a_person_who_leaves_is_gone_in_good_order() {
    let mut world = world_with_parrot(Faults::none());
    let alice = world.join("alice", person());
    world.run_until(|_| alice.is_ready(), SECOND);
    alice.leave();
    world.run_for(SECOND);
    assert_eq!(alice.gone(), Some(CloseCause::Local));
    assert_eq!(world.live_connections("server"), 0);
    alice.connect();
    alice.say("hi");
    world.expect("alice", "you said hi", SECOND);
}

#[test]
fn persons_speak_the_shipped_transports_through_a_rough_network() {
    let faults = Faults {
        hanging: 0,
        half_open: 0,
        acceptor_gone: 0,
        ..Faults::rough()
    };
    for_each_seed(|seed| {
        for (kind, password) in [
            (WireKind::SkypeProxy, None),
            (WireKind::SkypeProxy, Some("pw1")),
            (WireKind::Len8, None),
            (WireKind::Skypenet, Some("pw1")),
            (WireKind::Skyped, Some("pw1")),
            (WireKind::Auto, Some("pw1")),
        ] {
            let mut world = world_with_server(seed, faults.clone(), parrot_on(kind, password));
            let alice = Person::new(kind, password, "server", 80).returning(SECOND);
            world.join("alice", alice.clone());
            for _ in 0..20 {
                alice.say("bonjour à tous");
                world.reaches(|_| alice.take("you said bonjour à tous").is_some(), HOUR);
            }
            world.heal();
            alice.say("still there?");
            world.expect("alice", "you said still there?", MINUTE * 4);
        }
    });
}

#[test]
fn a_person_with_a_wrong_password_is_refused_by_the_shipped_transport() {
    for kind in [
        WireKind::SkypeProxy,
        WireKind::Skypenet,
        WireKind::Skyped,
        WireKind::Auto,
    ] {
        let mut world = world_with_server(1, Faults::none(), parrot_on(kind, Some("pw1")));
        let alice = world.join("alice", Person::new(kind, Some("pw2"), "server", 80));
        alice.say("hello");
        world.run_for(MINUTE);
        assert!(alice.is_refused());
        assert_eq!(alice.replies(), [""; 0]);
    }
}

#[test]
fn a_person_takes_files_through_a_rough_network() {
    for_each_seed(|seed| {
        let faults = Faults {
            reset: 0,
            half_open: 0,
            acceptor_gone: 0,
            refused: 0,
            hanging: 0,
            unreachable: 0,
            no_such_host: 0,
            tls_fails: 0,
            ..Faults::rough()
        };
        let server = parrot_on(WireKind::SkypeProxy, Some("pw1"));
        let mut world = world_with_server(seed, faults, server);
        let taker = Person::taking_files(WireKind::SkypeProxy, Some("pw1"), "server", 80);
        let taker = world.join("taker", taker);
        for name in ["a.jpg", "b.jpg"] {
            taker.say("here I am");
            taker.say(&format!("give me {name}"));
            world.expect("taker", "taken: true", HOUR);
        }
        let file = |name: &str| (name.to_owned(), name.as_bytes().to_vec());
        assert_eq!(taker.files(), [file("a.jpg"), file("b.jpg")]);
    });
}
