//! Texts between people: once, in order, intact, also to those who are away.

use imo2sproxy_core::io::Control;
use imo2sproxy_sim::{Faults, Person, World};

use crate::town::{SECONDS, come_back, daemon, everybody_online, friends, host};

/// The number of the next message that `name` is told of.
fn next_number(world: &mut World, name: &str) -> String {
    let line = world.expect(name, "CHATMESSAGE * STATUS RECEIVED", SECONDS(90));
    line.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// The body of the message of this number.
fn body(world: &mut World, name: &str, number: &str) -> String {
    world
        .person(name)
        .say(&format!("GET CHATMESSAGE {number} BODY"));
    let reply = world.expect(name, &format!("CHATMESSAGE {number} BODY *"), SECONDS(30));
    reply.splitn(4, ' ').nth(3).unwrap_or_default().to_owned()
}

/// The body of the next message that `name` is told of.
fn next_body(world: &mut World, name: &str) -> String {
    let number = next_number(world, name);
    body(world, name, &number)
}

/// Checks that the next messages that `name` is told of are these.
fn expect_messages(world: &mut World, name: &str, texts: &[&str]) {
    let numbers: Vec<_> = texts.iter().map(|_| next_number(world, name)).collect();
    for (number, text) in numbers.iter().zip(texts) {
        assert_eq!(body(world, name, number), *text);
    }
}

#[test]
fn texts_of_every_awkward_kind_arrive_as_they_are() {
    let mut world = friends(1, Faults::none());
    let texts = [
        "x",
        " leading and trailing ",
        "\u{1F600} \u{e4}\u{20ac} \u{1F468}\u{200d}\u{1F469}",
        "%s%n%x",
        "\"quoted\" 'and' \\back\\slashed",
        "two\nlines\r\nand a third",
        "a&b=c+d;e$f#g",
        "</script>{\"json\":null}",
        &"long ".repeat(2000),
    ];
    for text in texts {
        world.person("alice").say(&format!("MESSAGE bob {text}"));
        assert_eq!(next_body(&mut world, "bob"), text);
    }
}

#[test]
fn a_message_is_sent_and_received_under_the_names_that_clients_ask_for() {
    let mut world = friends(1, Faults::none());
    world.person("alice").say("#M1 MESSAGE bob hello");
    let sending = world.expect("alice", "#M1 CHATMESSAGE * STATUS SENDING", SECONDS(1));
    let number = sending.split(' ').nth(2).unwrap().to_owned();
    world.expect(
        "alice",
        &format!("CHATMESSAGE {number} STATUS SENT"),
        SECONDS(5),
    );
    let line = world.expect("bob", "CHATMESSAGE * STATUS RECEIVED", SECONDS(5));
    let number = line.split(' ').nth(1).unwrap().to_owned();
    let bob = world.person("bob").clone();
    for (property, value) in [
        ("FROM_HANDLE", "alice"),
        ("FROM_DISPNAME", "alice"),
        ("PARTNER_HANDLE", "alice"),
        ("TYPE", "SAID"),
        ("STATUS", "RECEIVED"),
        ("CHATNAME", "#bob/$alice;*"),
        ("BODY", "hello"),
        ("LEAVEREASON", ""),
        ("EDITED_TIMESTAMP", "0"),
    ] {
        bob.say(&format!("GET CHATMESSAGE {number} {property}"));
        world.expect(
            "bob",
            &format!("CHATMESSAGE {number} {property} {value}"),
            SECONDS(1),
        );
    }
    bob.say("SEARCH MISSEDCHATMESSAGES");
    world.expect("bob", &format!("CHATMESSAGES {number}"), SECONDS(1));
    bob.say(&format!("#3 SET CHATMESSAGE {number} SEEN"));
    world.expect(
        "bob",
        &format!("#3 CHATMESSAGE {number} STATUS READ"),
        SECONDS(1),
    );
    bob.say("SEARCH MISSEDCHATMESSAGES");
    world.expect("bob", "CHATMESSAGES ", SECONDS(1));
}

#[test]
fn a_chat_can_be_asked_about_and_answered_in() {
    let mut world = friends(1, Faults::none());
    world.person("alice").say("MESSAGE bob hello");
    let line = world.expect("bob", "CHAT * NAME *", SECONDS(5));
    let chat = line.split(' ').nth(1).unwrap().to_owned();
    let bob = world.person("bob").clone();
    for (property, value) in [
        ("STATUS", "DIALOG"),
        ("TYPE", "DIALOG"),
        ("MEMBERS", "bob alice"),
        ("ACTIVEMEMBERS", "bob alice"),
        ("FRIENDLYNAME", "alice"),
        ("TOPIC", ""),
        ("DIALOG_PARTNER", "alice"),
    ] {
        bob.say(&format!("GET CHAT {chat} {property}"));
        world.expect(
            "bob",
            &format!("CHAT {chat} {property} {value}"),
            SECONDS(1),
        );
    }
    bob.say(&format!("GET CHAT {chat} MEMBEROBJECTS"));
    let line = world.expect(
        "bob",
        &format!("CHAT {chat} MEMBEROBJECTS *, *"),
        SECONDS(1),
    );
    let member = line.rsplit(' ').next().unwrap().to_owned();
    bob.say(&format!("GET CHATMEMBER {member} IDENTITY"));
    world.expect(
        "bob",
        &format!("CHATMEMBER {member} IDENTITY alice"),
        SECONDS(1),
    );
    bob.say(&format!("CHATMESSAGE {chat} hello yourself"));
    assert_eq!(next_body(&mut world, "alice"), "hello yourself");
    bob.say(&format!("GET CHAT {chat} RECENTCHATMESSAGES"));
    let line = world.expect(
        "bob",
        &format!("CHAT {chat} RECENTCHATMESSAGES *"),
        SECONDS(1),
    );
    assert_eq!(line.split(", ").count(), 2);
}

#[test]
fn a_message_to_somebody_who_is_away_arrives_when_they_come() {
    let mut world = friends(1, Faults::none());
    world.control(&host("bob"), Control::Drain);
    world.expect("alice", "USER bob ONLINESTATUS OFFLINE", SECONDS(10));
    world.kill(&host("bob"));
    for text in ["one", "two", "three"] {
        world.person("alice").say(&format!("MESSAGE bob {text}"));
        world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(5));
    }
    let seed = world.seed_for("bob again");
    world.restart(&host("bob"), daemon("bob", seed));
    come_back(&mut world, "bob");
    expect_messages(&mut world, "bob", &["one", "two", "three"]);
}

#[test]
fn messages_that_came_while_no_client_was_there_are_told_to_the_next_one() {
    let mut world = friends(1, Faults::none());
    world.person("bob").leave();
    world.run_for(SECONDS(1));
    for text in ["one", "two"] {
        world.person("alice").say(&format!("MESSAGE bob {text}"));
        world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(5));
    }
    world.run_for(SECONDS(1));
    world.kill(&host("bob"));
    let seed = world.seed_for("bob again");
    world.restart(&host("bob"), daemon("bob", seed));
    come_back(&mut world, "bob");
    expect_messages(&mut world, "bob", &["one", "two"]);
    let told = world.person("bob").count("CHATMESSAGE * STATUS RECEIVED");
    world.person("bob").leave();
    world.run_for(SECONDS(1));
    come_back(&mut world, "bob");
    world.run_for(SECONDS(5));
    let told_again = world.person("bob").count("CHATMESSAGE * STATUS RECEIVED");
    assert_eq!(told_again, told, "what was told once is not told again");
}

#[test]
fn a_message_that_was_kept_long_ago_can_still_be_asked_for() {
    let mut world = friends(1, Faults::none());
    for number in 0..100 {
        world
            .person("alice")
            .say(&format!("MESSAGE bob text {number}"));
        world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(5));
    }
    world.person("bob").say("SEARCH CHATMESSAGES alice");
    let line = world.expect("bob", "CHATMESSAGES *", SECONDS(5));
    let numbers: Vec<_> = line["CHATMESSAGES ".len()..]
        .split(", ")
        .map(str::to_owned)
        .collect();
    assert_eq!(numbers.len(), 100);
    let oldest = numbers.last().unwrap();
    world
        .person("bob")
        .say(&format!("GET CHATMESSAGE {oldest} BODY"));
    world.expect(
        "bob",
        &format!("CHATMESSAGE {oldest} BODY text 0"),
        SECONDS(5),
    );
}

#[test]
fn nothing_is_sent_to_nobody_and_nothing_too_long() {
    let mut world = everybody_online(&["alice"]);
    let alice = world.person("alice").clone();
    for (line, reply) in [
        ("#1 MESSAGE", "#1 ERROR 26 *"),
        ("#2 MESSAGE bob", "#2 ERROR 43 *"),
        ("#3 MESSAGE alice to myself", "#3 ERROR 26 *"),
        ("#4 CHATMESSAGE #no/$chat hello", "#4 ERROR 510 *"),
        ("#5 GET CHATMESSAGE 4711 BODY", "#5 ERROR 15 *"),
        ("#6 SET CHATMESSAGE 4711 SEEN", "#6 ERROR 31 *"),
        ("#7 GET CHAT #no/$chat TOPIC", "#7 ERROR 105 *"),
        (
            &format!("#8 MESSAGE echo123 {}", "x".repeat(33_000)),
            "#8 ERROR 43 *",
        ),
    ] {
        alice.say(line);
        world.expect("alice", reply, SECONDS(5));
    }
    alice.say("MESSAGE nobody hello?");
    world.expect("alice", "CHATMESSAGE * STATUS FAILED", SECONDS(5));
}

#[test]
fn an_old_client_is_spoken_to_in_its_own_words() {
    let mut world = friends(1, Faults::none());
    world.person("bob").say("PROTOCOL 2");
    world.expect("bob", "PROTOCOL 2", SECONDS(1));
    world.person("alice").say("MESSAGE bob hello");
    let line = world.expect("bob", "MESSAGE * STATUS RECEIVED", SECONDS(5));
    let number = line.split(' ').nth(1).unwrap().to_owned();
    world
        .person("bob")
        .say(&format!("GET MESSAGE {number} PARTNER_HANDLE"));
    world.expect(
        "bob",
        &format!("MESSAGE {number} PARTNER_HANDLE alice"),
        SECONDS(1),
    );
    world.person("bob").say("SEARCH MISSEDMESSAGES");
    world.expect("bob", &format!("MESSAGES {number}"), SECONDS(1));
}

#[test]
fn a_message_that_comes_to_a_client_that_does_not_listen_yet_is_told_when_it_does() {
    let mut world = friends(1, Faults::none());
    let (alice, bob) = (world.person("alice").clone(), world.person("bob").clone());
    bob.leave();
    world.run_for(SECONDS(1));
    bob.connect();
    bob.say("NAME quiet");
    world.expect("bob", "OK", SECONDS(1));
    alice.say("MESSAGE bob early");
    world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(2));
    assert!(!bob.heard("CHATMESSAGE * STATUS RECEIVED"), "not yet");
    bob.say("PROTOCOL 7");
    world.expect("bob", "CHATMESSAGE * STATUS RECEIVED", SECONDS(1));
}

#[test]
fn a_message_that_others_are_told_of_is_told_to_a_client_that_has_just_come() {
    let mut world = friends(1, Faults::none());
    let kind = imo2sproxy_core::config::WireKind::SkypeProxy;
    let late = world.join("late", Person::new(kind, None, &host("bob"), 1401));
    world.run_for(SECONDS(1));
    world.person("alice").say("MESSAGE bob hello");
    world.expect("bob", "CHATMESSAGE * STATUS RECEIVED", SECONDS(1));
    late.say("PROTOCOL 7");
    world.expect("late", "CHATMESSAGE * STATUS RECEIVED", SECONDS(1));
    world.run_for(SECONDS(5));
    assert_eq!(late.count("CHATMESSAGE * STATUS RECEIVED"), 1);
    assert_eq!(
        world.person("bob").count("CHATMESSAGE * STATUS RECEIVED"),
        1
    );
}
