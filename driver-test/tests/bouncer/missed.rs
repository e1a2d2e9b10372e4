//! What clients of one account have missed: each hears it once, whoever else is there and whatever restarts.
//! Never about how the account is seen meanwhile.

use std::collections::BTreeMap;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::io::Control;
use imo2sproxy_sim::town::SECONDS;
use imo2sproxy_sim::{Faults, Person, Span, World};

use crate::house::{ALICES, HOUSE, account, alice_and_bob, come, config, friends_of, start_again};

/// A house in which alice and bob are friends, and nobody is at a keyboard.
fn friends() -> World {
    let mut world = friends_of(config(alice_and_bob()));
    for name in ["alice", "bob"] {
        world.person(name).leave();
    }
    world.run_for(SECONDS(2));
    world
}

fn write(world: &mut World, texts: impl Iterator<Item = u32>) {
    let bob = world.person("bob").clone();
    bob.connect();
    bob.say("PROTOCOL 7");
    for number in texts {
        bob.say(&format!("#t{number} MESSAGE alice text {number}"));
        world.run_for(SECONDS(1));
    }
    bob.leave();
    world.run_for(SECONDS(2));
}

/// A client of alice that calls itself so.
fn program(world: &mut World, who: &str, name: &str) -> Person {
    let client = Person::new(WireKind::SkypeProxy, None, HOUSE, ALICES);
    let client = world.join(who, client);
    world.set_address(who, "127.0.0.1".parse().unwrap());
    introduce(world, &client, name);
    client
}

/// A client that has left comes back and calls itself as before.
fn come_back(world: &mut World, client: &Person, name: &str) {
    client.connect();
    introduce(world, client, name);
}

fn introduce(world: &mut World, client: &Person, name: &str) {
    client.say(&format!("NAME {name}"));
    client.say("PROTOCOL 7");
    world.run_for(SECONDS(3));
}

/// How often each message was announced to somebody.
fn announced(client: &Person) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for heard in client.hearing().iter() {
        let mut words = heard.line.split(' ');
        if let (Some("CHATMESSAGE" | "MESSAGE"), Some(number), Some("STATUS"), Some("RECEIVED")) =
            (words.next(), words.next(), words.next(), words.next())
        {
            *all.entry(number.to_owned()).or_default() += 1;
        }
    }
    all
}

#[track_caller]
fn each_once(client: &Person, count: usize) {
    let all = announced(client);
    assert!(all.values().all(|times| *times == 1), "{all:?}");
    assert_eq!(all.len(), count, "{all:?}");
}

#[test]
fn two_programs_that_come_after_a_kill_hear_of_each_of_a_hundred_messages_once() {
    let mut world = friends();
    write(&mut world, 0..100);
    world.kill(HOUSE);
    world.run_for(SECONDS(1));
    start_again(&mut world, "house again");
    world.run_for(SECONDS(5));
    let desk = program(&mut world, "desk", "Miranda");
    desk.say("SEARCH MISSEDCHATMESSAGES");
    let phone = program(&mut world, "phone", "Pidgin");
    world.run_for(SECONDS(5));
    each_once(&desk, 100);
    each_once(&phone, 100);
}

#[test]
fn what_one_program_has_marked_as_read_is_news_for_the_other_all_the_same() {
    let mut world = friends();
    write(&mut world, 0..5);
    let desk = program(&mut world, "desk", "Miranda");
    for number in announced(&desk).keys() {
        desk.say(&format!("SET CHATMESSAGE {number} SEEN"));
    }
    world.run_for(SECONDS(2));
    let phone = program(&mut world, "phone", "Pidgin");
    each_once(&phone, 5);
}

#[test]
fn a_program_that_was_told_is_not_told_again_and_hears_what_came_while_it_alone_was_away() {
    let mut world = friends();
    let desk = program(&mut world, "desk", "Miranda");
    let phone = program(&mut world, "phone", "Pidgin");
    write(&mut world, 0..3);
    each_once(&desk, 3);
    each_once(&phone, 3);
    phone.leave();
    world.run_for(SECONDS(2));
    write(&mut world, 3..5);
    come_back(&mut world, &phone, "Pidgin");
    each_once(&desk, 5);
    each_once(&phone, 5);
}

#[test]
fn what_a_program_was_told_is_remembered_over_a_kill_while_it_is_there() {
    let mut world = friends();
    let desk = program(&mut world, "desk", "Miranda");
    write(&mut world, 0..3);
    each_once(&desk, 3);
    world.kill(HOUSE);
    world.run_for(SECONDS(1));
    start_again(&mut world, "house again");
    world.run_for(SECONDS(5));
    come_back(&mut world, &desk, "Miranda");
    each_once(&desk, 3);
    write(&mut world, 3..4);
    each_once(&desk, 4);
}

/// One is told notices before it is known what it has missed; the other waits for its first answer until then.
#[test]
fn programs_that_come_before_the_disk_has_spoken_hear_of_each_message_once() {
    let mut world = friends();
    write(&mut world, 0..5);
    world.kill(HOUSE);
    world.set_faults(Faults {
        disk_delay: Span::millis(10_000, 10_000),
        ..Faults::none()
    });
    start_again(&mut world, "house again");
    let desk = Person::new(WireKind::SkypeProxy, None, HOUSE, ALICES);
    let desk = world.join("desk", desk);
    world.set_address("desk", "127.0.0.1".parse().unwrap());
    desk.say("NAME Miranda");
    world.run_for(SECONDS(17));
    let phone = program(&mut world, "phone", "Pidgin");
    world.set_faults(Faults::none());
    world.run_for(SECONDS(60));
    each_once(&desk, 5);
    each_once(&phone, 5);
    phone.leave();
    desk.leave();
    world.run_for(SECONDS(2));
}

/// With texts to send, a start asks the disk twice; what fails in between begins anew.
#[test]
fn a_start_that_the_disk_spoils_now_and_then_forgets_nothing_of_who_was_told_what() {
    for spoiled in (0..100).step_by(4) {
        let mut world = friends();
        write(&mut world, 0..2);
        let desk = program(&mut world, "desk", "Miranda");
        each_once(&desk, 2);
        world.kill("imo");
        desk.say("MESSAGE bob not sent yet");
        world.run_for(SECONDS(1));
        world.kill(HOUSE);
        world.set_faults(Faults {
            load_fails: spoiled,
            ..Faults::none()
        });
        start_again(&mut world, &format!("house again {spoiled}"));
        world.run_for(SECONDS(20));
        world.set_faults(Faults::none());
        world.run_for(SECONDS(10));
        for _ in 0..2 {
            come_back(&mut world, &desk, "Miranda");
            each_once(&desk, 2);
            desk.leave();
            world.run_for(SECONDS(2));
        }
    }
}

#[test]
fn a_program_that_was_never_seen_hears_what_came_since_the_last_one_left() {
    let mut world = friends();
    let desk = program(&mut world, "desk", "Miranda");
    write(&mut world, 0..2);
    each_once(&desk, 2);
    desk.leave();
    world.run_for(SECONDS(2));
    write(&mut world, 2..4);
    let phone = program(&mut world, "phone", "Pidgin");
    each_once(&phone, 2);
}

#[test]
fn what_one_client_writes_is_seen_by_the_others_of_the_account() {
    let mut world = friends();
    let desk = program(&mut world, "desk", "Miranda");
    let phone = program(&mut world, "phone", "Pidgin");
    desk.say("#m MESSAGE bob hello from the desk");
    world.expect("desk", "#m *", SECONDS(5));
    let line = world.expect("phone", "CHATMESSAGE * STATUS SENT", SECONDS(5));
    let number = line.split(' ').nth(1).unwrap().to_owned();
    phone.say(&format!("#b GET CHATMESSAGE {number} BODY"));
    let body = world.expect("phone", "#b *", SECONDS(5));
    assert_eq!(
        body,
        format!("#b CHATMESSAGE {number} BODY hello from the desk")
    );
    assert_eq!(phone.count(&line), 1);
}

#[test]
fn a_contact_request_is_told_once_to_each_program_whenever_it_comes() {
    let mut world = friends();
    let mut accounts = alice_and_bob();
    accounts.push(account("carol", None));
    world.control(HOUSE, Control::Reload(config(accounts).into()));
    world.run_for(SECONDS(5));
    let carol = come(&mut world, "carol", "carol");
    carol.say("#a SET USER alice BUDDYSTATUS 2 it is carol");
    world.run_for(SECONDS(2));
    let asked = "USER carol RECEIVEDAUTHREQUEST it is carol";
    let desk = program(&mut world, "w1", "Desk");
    assert_eq!(desk.count(asked), 1);
    let phone = program(&mut world, "w2", "Phone");
    assert_eq!((desk.count(asked), phone.count(asked)), (1, 1));
    desk.leave();
    world.run_for(SECONDS(2));
    come_back(&mut world, &desk, "Desk");
    assert_eq!(desk.count(asked), 1, "it knows");
    phone.say("#l SET USER carol ISAUTHORIZED TRUE");
    world.run_for(SECONDS(2));
    let answered = "USER carol RECEIVEDAUTHREQUEST ";
    assert_eq!((desk.count(answered), phone.count(answered)), (1, 1));
    assert_eq!(program(&mut world, "w3", "Attic").count(asked), 0);
}
