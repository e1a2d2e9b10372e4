//! Coming online, and what a client is told when it comes.

use imo2sproxy_core::io::Control;
use imo2sproxy_sim::{Faults, Person};

use imo2sproxy_core::config::WireKind;

use crate::town::{SECONDS, embedded, everybody_online, host, pair, sit_down};

#[test]
fn the_daemon_with_its_service_inside_is_of_use_by_itself() {
    let mut world = embedded(1, Faults::none());
    let alice = sit_down(&mut world, "alice");
    alice.say("SEARCH FRIENDS");
    world.expect("alice", "USERS echo123", SECONDS(5));
    alice.say("MESSAGE echo123 hello \u{1F600}\n\"%s%n\" ");
    let sending = world.expect("alice", "CHATMESSAGE * STATUS SENDING", SECONDS(1));
    let sent = world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(5));
    assert_eq!(
        sending.split(' ').nth(1),
        sent.split(' ').nth(1),
        "the same number"
    );
    let received = world.expect("alice", "CHATMESSAGE * STATUS RECEIVED", SECONDS(5));
    let number = received.split(' ').nth(1).unwrap();
    alice.say(&format!("GET CHATMESSAGE {number} BODY"));
    let body = world.expect("alice", "CHATMESSAGE * BODY *", SECONDS(1));
    assert_eq!(
        body,
        format!("CHATMESSAGE {number} BODY hello \u{1F600}\n\"%s%n\" ")
    );
}

#[test]
fn a_client_is_told_its_state_after_its_first_reply_and_not_before() {
    let mut world = everybody_online(&["alice"]);
    world.person("alice").leave();
    let person = Person::new(WireKind::SkypeProxy, None, &host("alice"), 1401);
    let late = world.join("late", person);
    late.say("#0 NAME Demo");
    late.say("#1 PROTOCOL 7");
    world.expect("late", "USERSTATUS ONLINE", SECONDS(5));
    assert_eq!(
        late.replies(),
        [
            "#0 OK",
            "#1 PROTOCOL 7",
            "CONNSTATUS ONLINE",
            "CURRENTUSERHANDLE alice",
            "USERSTATUS ONLINE"
        ]
    );
}

#[test]
fn a_client_that_says_nothing_more_is_told_its_state_after_five_seconds() {
    let mut world = everybody_online(&["alice"]);
    let quiet = world.join(
        "quiet",
        Person::new(WireKind::SkypeProxy, None, &host("alice"), 1401),
    );
    quiet.say("NAME quiet");
    world.run_for(SECONDS(4));
    assert_eq!(quiet.replies(), ["OK"]);
    world.expect("quiet", "CONNSTATUS ONLINE", SECONDS(2));
}

#[test]
fn contacts_asked_for_before_the_list_has_come_are_waited_for() {
    let mut world = crate::town::town(1, Faults::none(), &["alice"]);
    let alice = world.join(
        "alice",
        Person::new(WireKind::SkypeProxy, None, &host("alice"), 1401),
    );
    alice.say("SEARCH FRIENDS");
    alice.say("#9 PING");
    world.expect("alice", "USERS echo123", SECONDS(4));
    world.expect("alice", "#9 PONG", SECONDS(1));
}

#[test]
fn contacts_asked_for_while_the_service_is_away_are_answered_after_three_seconds() {
    let mut world = crate::town::town(1, Faults::none(), &["alice"]);
    world.kill("imo");
    let alice = world.join(
        "alice",
        Person::new(WireKind::SkypeProxy, None, &host("alice"), 1401),
    );
    alice.say("SEARCH FRIENDS");
    world.run_for(SECONDS(2));
    assert!(!alice.heard("USERS *"));
    world.expect("alice", "USERS ", SECONDS(2));
}

#[test]
fn a_change_of_status_gives_the_reply_and_the_same_line_as_notice() {
    let mut world = everybody_online(&["alice"]);
    let alice = world.person("alice").clone();
    for word in ["AWAY", "NA", "DND", "SKYPEME", "INVISIBLE", "ONLINE"] {
        alice.say(&format!("#7 SET USERSTATUS {word}"));
        world.expect("alice", &format!("#7 USERSTATUS {word}"), SECONDS(1));
        world.expect("alice", &format!("USERSTATUS {word}"), SECONDS(1));
    }
    alice.say("SET USERSTATUS OFFLINE");
    world.expect("alice", "CONNSTATUS OFFLINE", SECONDS(5));
    alice.say("GET USERSTATUS");
    world.expect("alice", "USERSTATUS OFFLINE", SECONDS(1));
    alice.say("SET USERSTATUS ONLINE");
    world.expect("alice", "CONNSTATUS ONLINE", SECONDS(10));
}

#[test]
fn a_wrong_password_is_told_once_and_not_tried_again_before_a_client_asks() {
    let mut world = embedded(1, Faults::none());
    sit_down(&mut world, "alice");
    world.kill(&host("alice"));
    let seeds = (world.seed_for("proxy 2"), world.seed_for("service 2"));
    world.restart(&host("alice"), pair("alice", "wrong", seeds.0, seeds.1));
    world.run_for(SECONDS(120));
    let refusals = |world: &imo2sproxy_sim::World| {
        let events = world.events(&host("alice")).iter();
        events
            .filter(|(_, event)| event.kind == imo2sproxy_core::event::EventKind::LoginRefused)
            .count()
    };
    assert_eq!(refusals(&world), 1);
    let alice = world.join(
        "again",
        Person::new(WireKind::SkypeProxy, None, &host("alice"), 1401),
    );
    alice.say("PROTOCOL 7");
    world.expect("again", "CONNSTATUS OFFLINE", SECONDS(5));
    world.run_for(SECONDS(60));
    assert_eq!(
        refusals(&world),
        1,
        "a client alone is no reason to try again"
    );
    alice.say("SET USERSTATUS ONLINE");
    world.run_for(SECONDS(20));
    assert_eq!(refusals(&world), 2);
}

#[test]
fn a_drain_says_goodbye_to_clients_and_service() {
    let mut world = crate::town::friends(1, Faults::none());
    world.control(&host("alice"), Control::Drain);
    world.expect("alice", "CONNSTATUS LOGGEDOUT", SECONDS(5));
    world.expect("bob", "USER alice ONLINESTATUS OFFLINE", SECONDS(5));
    world.run_for(SECONDS(1));
    assert!(world.stopped(&host("alice")).is_some());
}

#[test]
fn whoever_goes_offline_and_online_in_one_breath_is_online() {
    let mut world = everybody_online(&["alice"]);
    let alice = world.person("alice").clone();
    alice.say("SET USERSTATUS OFFLINE");
    alice.say("SET USERSTATUS AWAY");
    world.expect("alice", "CONNSTATUS OFFLINE", SECONDS(1));
    world.expect("alice", "CONNSTATUS ONLINE", SECONDS(5));
    alice.say("GET USERSTATUS");
    world.expect("alice", "USERSTATUS AWAY", SECONDS(1));
}
