//! How much of what it has not asked for a client may leave untaken, and what becomes of it.
//! Never about replies: those are bounded by what a client asks.

use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_sim::town::{SECONDS, friends, host};
use imo2sproxy_sim::{Faults, Person, World};

/// What the system keeps for one direction of a connection.
const WINDOW: usize = 1024;
/// What the daemon keeps beside.
const BOUND: usize = 256 * 1024;
/// What stands before each line.
const LENGTH_BYTES: usize = 4;
/// How long a mood is.
const MOOD_BYTES: usize = 3_000;

/// Alice and bob, who has a second client that has stopped to read, and the number of bytes that each of his clients
/// had been told before that.
fn bob_has_a_client_that_does_not_read() -> (World, Person, usize) {
    let narrow = Faults {
        window: (WINDOW as u64, WINDOW as u64),
        ..Faults::none()
    };
    let mut world = friends(1, narrow);
    let slow = world.join(
        "slow",
        Person::new(WireKind::SkypeProxy, None, &host("bob"), 1401),
    );
    slow.say("NAME slow");
    slow.say("PROTOCOL 7");
    world.expect("slow", "CONNSTATUS ONLINE", SECONDS(10));
    world.run_for(SECONDS(1));
    slow.stop_reading();
    world.run_for(SECONDS(1));
    let told = bytes(world.person("bob"));
    (world, slow, told)
}

/// The bytes that have come to somebody.
fn bytes(person: &Person) -> usize {
    let heard = person.hearing();
    heard.iter().map(|h| LENGTH_BYTES + h.line.len()).sum()
}

/// Alice shows a mood as long as this.
fn show_mood(world: &mut World, number: usize, length: usize) {
    let mood = format!("{number} ");
    let mood = format!("{mood}{}", "m".repeat(length - mood.len()));
    world
        .person("alice")
        .say(&format!("SET PROFILE MOOD_TEXT {mood}"));
    world.run_for(Duration::from_millis(300));
}

/// Alice changes her mood until bob's reading client has heard so much since it had been told `before`.
fn fill(world: &mut World, before: usize, until: usize) {
    for number in 0.. {
        let heard = bytes(world.person("bob")) - before;
        // The line has a few words around the mood.
        let Some(room) = until.checked_sub(heard + 100) else {
            return;
        };
        show_mood(world, number, room.clamp(100, MOOD_BYTES));
        assert!(number < 500, "moods do not arrive");
    }
}

#[test]
fn a_client_that_does_not_read_may_owe_256_kib_of_notices_and_not_more() {
    let (mut world, slow, before) = bob_has_a_client_that_does_not_read();
    fill(&mut world, before, BOUND);
    assert_eq!(slow.gone(), None, "so much may wait");
    let owed = bytes(world.person("bob")) - before;
    assert!((BOUND - 300..=BOUND).contains(&owed), "{owed}");
    fill(&mut world, before, BOUND + WINDOW + MOOD_BYTES);
    assert!(slow.gone().is_some(), "it is not waited for");
    let why = "it takes its notices too slowly";
    let events = world.events(&host("bob"));
    assert!(events.iter().any(|(_, event)| event.detail == why));
}

/// The same, and five texts that have been announced to it and stand behind what the system keeps.
fn five_texts_wait_for_a_client_that_does_not_read() -> (World, Person, usize) {
    let (mut world, slow, before) = bob_has_a_client_that_does_not_read();
    fill(&mut world, before, 8 * WINDOW);
    for number in 0..5 {
        world
            .person("alice")
            .say(&format!("MESSAGE bob text {number}"));
    }
    world.run_for(SECONDS(2));
    (world, slow, before)
}

#[test]
fn no_text_leaves_the_account_with_a_client_that_was_closed() {
    let (mut world, slow, before) = five_texts_wait_for_a_client_that_does_not_read();
    fill(&mut world, before, BOUND + WINDOW + MOOD_BYTES);
    assert!(slow.gone().is_some());
    assert_eq!(slow.count("CHATMESSAGE * STATUS RECEIVED"), 0);
    slow.read_on();
    slow.connect();
    slow.say("PROTOCOL 7");
    slow.say("#m SEARCH MISSEDCHATMESSAGES");
    let line = world.expect("slow", "#m CHATMESSAGES *", SECONDS(10));
    let numbers: Vec<&str> = line["#m CHATMESSAGES ".len()..].split(", ").collect();
    assert_eq!(numbers.len(), 5, "{line}");
    // The newest stands first.
    for (at, number) in numbers.iter().rev().enumerate() {
        slow.say(&format!("#b GET CHATMESSAGE {number} BODY"));
        let body = world.expect("slow", "#b *", SECONDS(5));
        assert_eq!(body, format!("#b CHATMESSAGE {number} BODY text {at}"));
    }
}

#[test]
fn texts_that_a_closed_client_never_took_are_told_when_it_comes_again() {
    let (mut world, slow, before) = five_texts_wait_for_a_client_that_does_not_read();
    let bob = world.person("bob").clone();
    assert_eq!(bob.count("CHATMESSAGE * STATUS RECEIVED"), 5);
    fill(&mut world, before, BOUND + WINDOW + MOOD_BYTES);
    assert!(slow.gone().is_some());
    assert_eq!(slow.count("CHATMESSAGE * STATUS RECEIVED"), 0);
    slow.read_on();
    slow.connect();
    slow.say("NAME slow");
    slow.say("PROTOCOL 7");
    world.run_for(SECONDS(10));
    assert_eq!(slow.count("CHATMESSAGE * STATUS RECEIVED"), 5);
    assert_eq!(bob.count("CHATMESSAGE * STATUS RECEIVED"), 5, "once each");
}
