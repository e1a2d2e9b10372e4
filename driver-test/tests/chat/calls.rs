//! Calls that ring at clients, from one daemon to another.
//! Never about how the service tells of them.

use imo2sproxy_sim::{Faults, HandledCall, World};

use crate::town::{SECONDS, befriend, everybody_online, friends, host};

/// Says a line and expects another one.
#[track_caller]
fn ask(world: &mut World, name: &str, line: &str, expected: &str) -> String {
    world.person(name).say(line);
    world.expect(name, expected, SECONDS(5))
}

/// The number of the call that a line is about.
fn number(line: &str) -> String {
    let mut words = line.split(' ').skip_while(|word| *word != "CALL");
    words.nth(1).expect("a call's number").to_owned()
}

/// One calls the other: the numbers under which both know the call.
#[track_caller]
fn call(world: &mut World, caller: &str, callee: &str) -> (String, String) {
    let placed = ask(
        world,
        caller,
        &format!("CALL {callee}"),
        "CALL * STATUS UNPLACED",
    );
    let own = number(&placed);
    world.expect(caller, &format!("CALL {own} STATUS ROUTING"), SECONDS(1));
    world.expect(caller, &format!("CALL {own} STATUS RINGING"), SECONDS(5));
    let rings = world.expect(callee, "CALL * STATUS RINGING", SECONDS(5));
    (own, number(&rings))
}

#[track_caller]
fn both_hear(world: &mut World, own: &str, other: &str, status: &str) {
    for (name, number) in [("alice", own), ("bob", other)] {
        world.expect(name, &format!("CALL {number} STATUS {status}"), SECONDS(5));
    }
}

#[test]
fn a_call_rings_is_taken_up_and_hung_up() {
    let mut world = friends(1, Faults::none());
    let (own, theirs) = call(&mut world, "alice", "bob");
    for (property, value) in [
        ("PARTNER_HANDLE", "alice"),
        ("PARTNER_DISPNAME", "alice"),
        ("TYPE", "INCOMING_P2P"),
        ("STATUS", "RINGING"),
        ("DURATION", "0"),
        ("FAILUREREASON", "0"),
        ("CONF_ID", "0"),
        ("VIDEO_STATUS", "VIDEO_NONE"),
        ("TIMESTAMP", "1*"),
    ] {
        ask(
            &mut world,
            "bob",
            &format!("GET CALL {theirs} {property}"),
            &format!("CALL {theirs} {property} {value}"),
        );
    }
    ask(
        &mut world,
        "bob",
        &format!("#7 SET CALL {theirs} STATUS INPROGRESS"),
        &format!("#7 CALL {theirs} STATUS INPROGRESS"),
    );
    both_hear(&mut world, &own, &theirs, "INPROGRESS");
    let running = format!("CALLS {own}");
    ask(&mut world, "alice", "SEARCH ACTIVECALLS", &running);
    world.run_for(SECONDS(65));
    let duration = format!("GET CALL {own} DURATION");
    let line = ask(&mut world, "alice", &duration, "CALL * DURATION *");
    let seconds: u64 = line.rsplit(' ').next().unwrap().parse().unwrap();
    assert!((64..70).contains(&seconds), "{seconds}");
    ask(
        &mut world,
        "alice",
        &format!("SET CALL {own} STATUS FINISHED"),
        &format!("CALL {own} STATUS FINISHED"),
    );
    world.expect("bob", &format!("CALL {theirs} DURATION *"), SECONDS(5));
    world.expect("bob", &format!("CALL {theirs} STATUS FINISHED"), SECONDS(5));
    ask(&mut world, "alice", "SEARCH ACTIVECALLS", "CALLS ");
    ask(
        &mut world,
        "bob",
        "SEARCH CALLS alice",
        &format!("CALLS {theirs}"),
    );
    ask(&mut world, "bob", "SEARCH CALLS carol", "CALLS ");
    ask(&mut world, "bob", "SEARCH MISSEDCALLS", "CALLS ");
    let incoming = |peer: &str, call: &str, incoming| HandledCall {
        peer: peer.into(),
        call: call.parse().unwrap(),
        incoming,
    };
    assert_eq!(
        world.handled_calls(&host("alice")),
        [incoming("bob", &own, false)]
    );
    assert_eq!(
        world.handled_calls(&host("bob")),
        [incoming("alice", &theirs, true)]
    );
}

#[test]
fn a_call_is_taken_up_and_ended_by_alter_too() {
    let mut world = friends(1, Faults::none());
    let (own, theirs) = call(&mut world, "alice", "bob");
    let line = format!("ALTER CALL {theirs} ANSWER");
    ask(&mut world, "bob", &line, &line);
    both_hear(&mut world, &own, &theirs, "INPROGRESS");
    ask(&mut world, "bob", &line, "ERROR 559 *");
    let line = format!("ALTER CALL {theirs} END HANGUP");
    ask(&mut world, "bob", &line, &line);
    both_hear(&mut world, &own, &theirs, "FINISHED");
    ask(&mut world, "bob", &line, "ERROR 559 *");
}

#[test]
fn a_refused_call_is_refused_at_both_ends() {
    let mut world = friends(1, Faults::none());
    let (own, theirs) = call(&mut world, "alice", "bob");
    world
        .person("bob")
        .say(&format!("SET CALL {theirs} STATUS FINISHED"));
    both_hear(&mut world, &own, &theirs, "REFUSED");
    let (again, _) = call(&mut world, "alice", "bob");
    assert_ne!(own, again);
}

#[test]
fn a_call_that_is_given_up_is_cancelled_here_and_missed_there() {
    let mut world = friends(1, Faults::none());
    let (own, theirs) = call(&mut world, "alice", "bob");
    world
        .person("alice")
        .say(&format!("ALTER CALL {own} HANGUP"));
    world.expect("alice", &format!("CALL {own} STATUS CANCELLED"), SECONDS(5));
    world.expect("bob", &format!("CALL {theirs} STATUS MISSED"), SECONDS(5));
    ask(
        &mut world,
        "bob",
        "SEARCH MISSEDCALLS",
        &format!("CALLS {theirs}"),
    );
    ask(
        &mut world,
        "bob",
        &format!("SET CALL {theirs} SEEN"),
        &format!("CALL {theirs} SEEN TRUE"),
    );
    ask(&mut world, "bob", "SEARCH MISSEDCALLS", "CALLS ");
    assert!(!world.person("alice").heard("CALL * STATUS MISSED"));
}

#[test]
fn a_call_that_nobody_takes_ends_by_itself() {
    let mut world = friends(1, Faults::none());
    let (own, theirs) = call(&mut world, "alice", "bob");
    world.run_for(SECONDS(62));
    world.expect("alice", &format!("CALL {own} STATUS CANCELLED"), SECONDS(5));
    world.expect("bob", &format!("CALL {theirs} STATUS MISSED"), SECONDS(5));
}

#[test]
fn an_old_client_hears_only_words_that_it_knows() {
    let mut world = friends(1, Faults::none());
    ask(&mut world, "alice", "PROTOCOL 1", "PROTOCOL 1");
    let (own, _) = call(&mut world, "alice", "bob");
    world
        .person("alice")
        .say(&format!("SET CALL {own} STATUS FINISHED"));
    world.expect("alice", &format!("CALL {own} STATUS FINISHED"), SECONDS(5));
    world.run_for(SECONDS(5));
    assert!(!world.person("alice").heard("CALL * STATUS CANCELLED"));
}

#[test]
fn who_cannot_be_called_fails_with_the_reason() {
    let mut world = everybody_online(&["alice", "bob", "carol", "dave"]);
    befriend(&mut world, "alice", "bob");
    befriend(&mut world, "alice", "carol");
    world.person("bob").say("SET USER alice ISBLOCKED TRUE");
    world.person("carol").say("SET USERSTATUS INVISIBLE");
    world.run_for(SECONDS(2));
    for (callee, reason) in [("nobody", 2), ("carol", 3), ("bob", 9), ("dave", 10)] {
        let placed = ask(
            &mut world,
            "alice",
            &format!("#1 CALL {callee}"),
            "#1 CALL * STATUS UNPLACED",
        );
        let own = number(&placed);
        for line in [
            "STATUS ROUTING",
            &format!("FAILUREREASON {reason}"),
            "STATUS FAILED",
        ] {
            world.expect("alice", &format!("CALL {own} {line}"), SECONDS(5));
        }
        ask(
            &mut world,
            "alice",
            &format!("GET CALL {own} FAILUREREASON"),
            &format!("CALL {own} FAILUREREASON {reason}"),
        );
    }
    for name in ["bob", "carol", "dave"] {
        assert!(!world.person(name).heard("CALL *"), "{name}");
    }
}

#[test]
fn what_cannot_be_done_is_refused_with_its_number() {
    let mut world = friends(1, Faults::none());
    for (line, expected) in [
        ("CALL", "ERROR 34 *"),
        ("CALL alice", "ERROR 94 *"),
        ("CALL +493012345", "ERROR 92 *"),
        ("CALL bob, echo123", "ERROR 72 *"),
        ("GET CALL 1 STATUS", "ERROR 12 *"),
        ("GET CALL x STATUS", "ERROR 11 *"),
        ("SET CALL 1 STATUS FINISHED", "ERROR 20 *"),
        ("ALTER CALL 1 HANGUP", "ERROR 556 *"),
        ("SET CALL 1 SEEN", "CALL 1 SEEN TRUE"),
    ] {
        ask(&mut world, "alice", line, expected);
    }
    let (own, theirs) = call(&mut world, "alice", "bob");
    for (who, line, expected) in [
        ("alice", "CALL bob".into(), "ERROR 101 *"),
        ("alice", format!("GET CALL {own} NONSENSE"), "ERROR 13 *"),
        (
            "alice",
            format!("SET CALL {own} STATUS INPROGRESS"),
            "ERROR 23 *",
        ),
        (
            "alice",
            format!("SET CALL {own} STATUS ONHOLD"),
            "ERROR 22 *",
        ),
        (
            "alice",
            format!("SET CALL {own} STATUS MISSED"),
            "ERROR 21 *",
        ),
        ("alice", format!("SET CALL {own} DTMF 5"), "ERROR 20 *"),
        ("alice", format!("ALTER CALL {own} ANSWER"), "ERROR 559 *"),
        ("bob", format!("ALTER CALL {theirs} HOLD"), "ERROR 556 *"),
        ("bob", format!("ALTER CALL {theirs} DANCE"), "ERROR 560 *"),
        ("bob", format!("ALTER CALL {theirs}"), "ERROR 557 *"),
        (
            "bob",
            format!("GET CALL {theirs} CAN_TRANSFER carol"),
            "CALL * CAN_TRANSFER carol FALSE",
        ),
    ] {
        ask(&mut world, who, &line, expected);
    }
    world
        .person("bob")
        .say(&format!("SET CALL {theirs} STATUS FINISHED"));
    both_hear(&mut world, &own, &theirs, "REFUSED");
    let over = format!("SET CALL {own} STATUS FINISHED");
    ask(&mut world, "alice", &over, "ERROR 24 *");
    ask(
        &mut world,
        "alice",
        "SET USERSTATUS OFFLINE",
        "USERSTATUS OFFLINE",
    );
    ask(&mut world, "alice", "CALL bob", "ERROR 36 *");
}

#[test]
fn two_who_call_each_other_talk() {
    let mut world = friends(1, Faults::none());
    world.person("alice").say("CALL bob");
    world.person("bob").say("CALL alice");
    for name in ["alice", "bob"] {
        world.expect(name, "CALL * STATUS INPROGRESS", SECONDS(5));
        ask(&mut world, name, "SEARCH CALLS", "CALLS *");
        let lines = world.person(name).replies();
        assert!(!lines.iter().any(|line| line.contains(", ")), "{lines:?}");
    }
}

#[test]
fn the_echo_contact_takes_a_call_up() {
    let mut world = everybody_online(&["alice"]);
    let placed = ask(
        &mut world,
        "alice",
        "CALL echo123",
        "CALL * STATUS UNPLACED",
    );
    let own = number(&placed);
    for status in ["ROUTING", "RINGING", "INPROGRESS"] {
        world.expect("alice", &format!("CALL {own} STATUS {status}"), SECONDS(5));
    }
}

#[test]
fn all_clients_of_an_account_hear_of_its_calls() {
    let mut world = friends(1, Faults::none());
    let second = imo2sproxy_sim::Person::new(
        imo2sproxy_core::config::WireKind::SkypeProxy,
        None,
        &host("bob"),
        1401,
    );
    world.join("bobs-phone", second);
    ask(&mut world, "bobs-phone", "PROTOCOL 7", "PROTOCOL 7");
    let (_, theirs) = call(&mut world, "alice", "bob");
    world.expect(
        "bobs-phone",
        &format!("CALL {theirs} STATUS RINGING"),
        SECONDS(5),
    );
    world
        .person("bobs-phone")
        .say(&format!("ALTER CALL {theirs} ANSWER"));
    world.expect(
        "bob",
        &format!("CALL {theirs} STATUS INPROGRESS"),
        SECONDS(5),
    );
}

#[test]
fn a_client_that_comes_late_hears_that_it_rings() {
    let mut world = friends(1, Faults::none());
    world.person("bob").leave();
    world.run_for(SECONDS(1));
    let placed = ask(&mut world, "alice", "CALL bob", "CALL * STATUS UNPLACED");
    let own = number(&placed);
    world.expect("alice", &format!("CALL {own} STATUS RINGING"), SECONDS(5));
    world.person("bob").connect();
    let rings = ask(&mut world, "bob", "PROTOCOL 7", "CALL * STATUS RINGING");
    let theirs = number(&rings);
    ask(
        &mut world,
        "bob",
        &format!("GET CALL {theirs} PARTNER_HANDLE"),
        &format!("CALL {theirs} PARTNER_HANDLE alice"),
    );
}

#[test]
fn calls_end_with_the_connection_to_the_service() {
    let mut world = friends(1, Faults::none());
    let (own, theirs) = call(&mut world, "alice", "bob");
    ask(
        &mut world,
        "bob",
        &format!("ALTER CALL {theirs} ANSWER"),
        "ALTER CALL * ANSWER",
    );
    both_hear(&mut world, &own, &theirs, "INPROGRESS");
    let placed = ask(
        &mut world,
        "alice",
        "CALL echo123",
        "CALL * STATUS UNPLACED",
    );
    let second = number(&placed);
    world.kill("imo");
    world.expect("alice", &format!("CALL {own} STATUS FINISHED"), SECONDS(60));
    world.run_for(SECONDS(1));
    let lines = world.person("alice").replies();
    let failed = format!("CALL {second} STATUS F");
    assert!(
        lines.iter().any(|line| line.starts_with(&failed)),
        "{lines:?}"
    );
    ask(&mut world, "alice", "SEARCH ACTIVECALLS", "CALLS ");
    ask(&mut world, "alice", "CALL bob", "ERROR 35 *");
}

#[test]
fn a_call_ends_when_the_other_daemon_goes() {
    let mut world = friends(1, Faults::none());
    let (own, _) = call(&mut world, "alice", "bob");
    world.person("bob").say("SET USERSTATUS OFFLINE");
    world.expect("alice", &format!("CALL {own} FAILUREREASON 3"), SECONDS(5));
    world.expect("alice", &format!("CALL {own} STATUS FAILED"), SECONDS(5));
    let bob = world.person("bob").clone();
    assert!(bob.heard("CALL * STATUS MISSED"));
    bob.say("SET USERSTATUS ONLINE");
    world.expect("alice", "USER bob ONLINESTATUS ONLINE", SECONDS(30));
    call(&mut world, "alice", "bob");
}
