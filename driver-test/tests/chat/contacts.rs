//! Contact requests, and the presence that contacts see.

use imo2sproxy_sim::Faults;

use crate::town::{SECONDS, befriend, come_back, everybody_online, friends, host};

#[test]
fn two_people_become_contacts_and_see_each_other() {
    let mut world = friends(1, Faults::none());
    for (one, other) in [("alice", "bob"), ("bob", "alice")] {
        let person = world.person(one).clone();
        world.expect(
            one,
            &format!("USER {other} ONLINESTATUS ONLINE"),
            SECONDS(5),
        );
        person.say("SEARCH FRIENDS");
        world.expect(one, &format!("USERS {other}, echo123"), SECONDS(5));
    }
}

#[test]
fn presence_and_mood_of_a_contact_are_seen_and_only_when_they_change() {
    let mut world = friends(1, Faults::none());
    world.run_for(SECONDS(2));
    let (alice, bob) = (world.person("alice").clone(), world.person("bob").clone());
    for (word, seen) in [
        ("AWAY", "AWAY"),
        ("DND", "DND"),
        ("INVISIBLE", "OFFLINE"),
        ("ONLINE", "ONLINE"),
    ] {
        alice.say(&format!("SET USERSTATUS {word}"));
        world.expect(
            "bob",
            &format!("USER alice ONLINESTATUS {seen}"),
            SECONDS(5),
        );
    }
    alice.say("SET PROFILE MOOD_TEXT on air; don't knock");
    world.expect(
        "bob",
        "USER alice MOOD_TEXT on air; don't knock",
        SECONDS(5),
    );
    let before = bob.count("USER alice *");
    alice.say("SET USERSTATUS ONLINE");
    world.run_for(SECONDS(10));
    assert_eq!(bob.count("USER alice *"), before, "nothing has changed");
}

#[test]
fn whoever_asks_sees_no_presence_before_the_other_agrees() {
    let mut world = everybody_online(&["alice", "bob"]);
    let (alice, bob) = (world.person("alice").clone(), world.person("bob").clone());
    alice.say("SET USER Bob BUDDYSTATUS 2");
    world.expect("alice", "USER Bob BUDDYSTATUS 2", SECONDS(1));
    world.expect("bob", "USER alice RECEIVEDAUTHREQUEST *", SECONDS(5));
    bob.say("#UWA SEARCH USERSWAITINGMYAUTHORIZATION");
    world.expect("bob", "#UWA USERS alice", SECONDS(1));
    alice.say("GET USER bob ONLINESTATUS");
    world.expect("alice", "USER bob ONLINESTATUS OFFLINE", SECONDS(1));
    bob.say("SET USER alice ISAUTHORIZED FALSE");
    world.expect("bob", "USER alice ISAUTHORIZED FALSE", SECONDS(1));
    world.run_for(SECONDS(5));
    assert!(!bob.heard("USER alice RECEIVEDAUTHREQUEST "));
    bob.say("#9 GET USER alice RECEIVEDAUTHREQUEST");
    world.expect("bob", "#9 USER alice RECEIVEDAUTHREQUEST ", SECONDS(1));
    alice.say("GET USER bob BUDDYSTATUS");
    world.expect("alice", "USER bob BUDDYSTATUS 2", SECONDS(1));
}

#[test]
fn two_who_ask_each_other_need_no_further_answer() {
    let mut world = everybody_online(&["alice", "bob"]);
    world.person("alice").say("SET USER bob BUDDYSTATUS 2 hi");
    world.expect("bob", "USER alice RECEIVEDAUTHREQUEST hi", SECONDS(5));
    world.person("bob").say("SET USER alice BUDDYSTATUS 2 hi");
    world.expect("bob", "USER alice BUDDYSTATUS 3", SECONDS(5));
    world.expect("alice", "USER bob BUDDYSTATUS 3", SECONDS(5));
}

#[test]
fn a_request_to_nobody_is_taken_back() {
    let mut world = everybody_online(&["alice"]);
    world
        .person("alice")
        .say("SET USER nobody BUDDYSTATUS 2 hello?");
    world.expect("alice", "USER nobody BUDDYSTATUS 2", SECONDS(1));
    world.expect("alice", "USER nobody BUDDYSTATUS 1", SECONDS(5));
}

#[test]
fn a_removed_contact_is_gone_and_sees_nothing_any_more() {
    let mut world = friends(1, Faults::none());
    world.person("alice").say("SET USER bob BUDDYSTATUS 1");
    world.expect("alice", "USER bob BUDDYSTATUS 1", SECONDS(5));
    world.expect("bob", "USER alice ONLINESTATUS OFFLINE", SECONDS(5));
    world.person("alice").say("SEARCH FRIENDS");
    world.expect("alice", "USERS echo123", SECONDS(5));
}

#[test]
fn a_blocked_contact_sees_nothing_and_cannot_write() {
    let mut world = friends(1, Faults::none());
    world.person("alice").say("SET USER bob ISBLOCKED TRUE");
    world.expect("bob", "USER alice ONLINESTATUS OFFLINE", SECONDS(5));
    world.person("bob").say("MESSAGE alice hello?");
    world.expect("bob", "CHATMESSAGE * STATUS FAILED", SECONDS(5));
    assert!(!world.person("alice").heard("CHATMESSAGE * STATUS RECEIVED"));
    world.person("alice").say("SET USER bob ISBLOCKED FALSE");
    world.expect("bob", "USER alice ONLINESTATUS ONLINE", SECONDS(5));
}

#[test]
fn a_request_waits_for_whoever_is_away() {
    let mut world = everybody_online(&["alice", "bob"]);
    world.kill(&host("bob"));
    world
        .person("alice")
        .say("SET USER bob BUDDYSTATUS 2 it is me");
    world.run_for(SECONDS(200));
    let seed = world.seed_for("bob again");
    world.restart(&host("bob"), crate::town::daemon("bob", seed));
    come_back(&mut world, "bob");
    world.expect(
        "bob",
        "USER alice RECEIVEDAUTHREQUEST it is me",
        SECONDS(10),
    );
}

#[test]
fn contacts_survive_a_restart_of_the_service() {
    let mut world = everybody_online(&["alice", "bob"]);
    befriend(&mut world, "alice", "bob");
    world.run_for(SECONDS(1));
    world.kill("imo");
    world.expect("alice", "CONNSTATUS OFFLINE", SECONDS(30));
    world.expect("alice", "USER bob ONLINESTATUS OFFLINE", SECONDS(5));
    let seed = world.seed_for("imo again");
    world.restart("imo", crate::town::service(seed));
    world.expect("alice", "CONNSTATUS ONLINE", SECONDS(60));
    world.expect("alice", "USER bob ONLINESTATUS ONLINE", SECONDS(60));
}

#[test]
fn whoever_comes_invisibly_is_never_seen() {
    let mut world = friends(1, Faults::none());
    let (alice, bob) = (world.person("alice").clone(), world.person("bob").clone());
    alice.say("SET USERSTATUS OFFLINE");
    world.expect("bob", "USER alice ONLINESTATUS OFFLINE", SECONDS(5));
    let before = bob.count("USER alice ONLINESTATUS *");
    alice.say("SET USERSTATUS INVISIBLE");
    world.expect("alice", "USERSTATUS INVISIBLE", SECONDS(1));
    world.run_for(SECONDS(5));
    alice.say("GET CONNSTATUS");
    world.expect("alice", "CONNSTATUS ONLINE", SECONDS(1));
    assert_eq!(bob.count("USER alice ONLINESTATUS *"), before);
}

#[test]
fn each_step_of_adding_somebody_has_its_lines() {
    let mut world = everybody_online(&["alice", "bob"]);
    let alice = world.person("alice").clone();
    alice.say("#1 SET USER bob BUDDYSTATUS 2 hi");
    world.run_for(SECONDS(5));
    let lines: Vec<String> = about(&alice, "bob");
    assert_eq!(
        lines,
        [
            "#1 USER bob BUDDYSTATUS 2",
            "USER bob ISAUTHORIZED TRUE",
            "USER bob ISBLOCKED FALSE",
            "USER bob BUDDYSTATUS 2",
            "USER bob ONLINESTATUS OFFLINE",
        ]
    );
    world.person("bob").say("SET USER alice ISAUTHORIZED TRUE");
    world.run_for(SECONDS(5));
    assert_eq!(
        about(&alice, "bob")[lines.len()..],
        ["USER bob BUDDYSTATUS 3", "USER bob ONLINESTATUS ONLINE"]
    );
    let bob = world.person("bob").clone();
    assert_eq!(
        about(&bob, "alice"),
        [
            "USER alice RECEIVEDAUTHREQUEST hi",
            "USER alice ISAUTHORIZED TRUE",
            "USER alice RECEIVEDAUTHREQUEST ",
            "USER alice ISAUTHORIZED TRUE",
            "USER alice ISBLOCKED FALSE",
            "USER alice BUDDYSTATUS 3",
            "USER alice ONLINESTATUS ONLINE",
        ]
    );
}

/// All lines about a user.
fn about(person: &imo2sproxy_sim::Person, handle: &str) -> Vec<String> {
    let mark = format!("USER {handle} ");
    let lines = person.replies().into_iter();
    lines
        .filter(|line| line.contains(&mark))
        .map(|line| line.to_string())
        .collect()
}

#[test]
fn a_name_given_to_a_contact_is_its_display_name_and_not_its_own() {
    let mut world = friends(1, Faults::none());
    let alice = world.person("alice").clone();
    alice.say("SET USER bob DISPLAYNAME Bobby; $ \u{1F600}");
    world.expect(
        "alice",
        "USER bob DISPLAYNAME Bobby; $ \u{1F600}",
        SECONDS(1),
    );
    alice.say("#1 GET USER bob DISPLAYNAME");
    world.expect(
        "alice",
        "#1 USER bob DISPLAYNAME Bobby; $ \u{1F600}",
        SECONDS(1),
    );
    alice.say("SET USER bob DISPLAYNAME ");
    alice.say("#2 GET USER bob DISPLAYNAME");
    world.expect("alice", "#2 USER bob DISPLAYNAME ", SECONDS(1));
}

#[test]
fn blocking_is_told_once_and_answered_each_time() {
    let mut world = friends(1, Faults::none());
    let alice = world.person("alice").clone();
    alice.say("#1 SET USER bob ISBLOCKED TRUE");
    alice.say("#2 SET USER bob ISBLOCKED TRUE");
    world.expect("alice", "#2 USER bob ISBLOCKED TRUE", SECONDS(1));
    assert_eq!(alice.count("USER bob ISBLOCKED TRUE"), 1);
}
