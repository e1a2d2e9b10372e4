//! An account for which more has come than it may keep: what is behind stays at the service, and what is too long is cut.
//! Never about what the service keeps itself.

use std::time::Duration;

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::io::ListenerId;
use imo2sproxy_core::proxy::Proxy;
use imo2sproxy_sim::{Faults, Person, World, town};

/// How many messages may wait to be read here: more than are kept when clients have been told of them.
const UNREAD_MAX: usize = 100;
/// How many come: more than one answer of the service brings beside those.
const TEXTS: usize = 400;

/// A town of alice, whose daemon keeps few messages, and bob.
fn street() -> World {
    let mut world = town::town(1, Faults::none(), &["bob"]);
    let name = town::host("alice");
    let mut config = town::config("alice", "secret", town::upstream());
    config.limits.unread_messages = UNREAD_MAX;
    config.limits.messages_kept = 10;
    let daemon = Proxy::new(config, world.seed_for(&name));
    world.host(&name, daemon);
    world.listen(&name, ListenerId(0), &name, 1401, false);
    town::sit_down(&mut world, "alice");
    town::sit_down(&mut world, "bob");
    town::befriend(&mut world, "alice", "bob");
    world
}

fn unread(world: &World) -> usize {
    let store = world.store(&town::host("alice"));
    store.keys("p/alice/u/").count()
}

#[test]
fn with_too_many_unread_messages_no_more_are_taken_until_a_client_has_been_told_of_them() {
    let mut world = street();
    world.person("alice").leave();
    world.run_for(Duration::from_secs(5));
    let bob = world.person("bob").clone();
    for number in 0..TEXTS {
        bob.say(&format!("MESSAGE alice text {number}"));
        world.run_for(Duration::from_millis(500));
    }
    world.run_for(Duration::from_secs(300));
    // What one answer has brought beyond it is kept, and not acknowledged: it comes again, and no more.
    let most = UNREAD_MAX + Limits::default().session_events;
    let is_few = (UNREAD_MAX..=most).contains(&unread(&world));
    assert!(is_few, "{} of {TEXTS}", unread(&world));

    let alice = world.person("alice").clone();
    let before = announced(&alice).len();
    town::come_back(&mut world, "alice");
    world.run_for(Duration::from_secs(300));
    let numbers = announced(&alice).split_off(before);
    assert_eq!(numbers.len(), TEXTS, "each was announced once");
    assert!(numbers.is_sorted(), "{numbers:?}");
    let last = numbers[TEXTS - 1];
    alice.say(&format!("GET CHATMESSAGE {last} BODY"));
    let body = format!("CHATMESSAGE {last} BODY text {}", TEXTS - 1);
    world.expect("alice", &body, Duration::from_secs(60));
}

/// The numbers of the messages that somebody was told of, in that order.
fn announced(person: &Person) -> Vec<u32> {
    let heard = person.hearing();
    let numbers = heard.iter().filter_map(|heard| {
        let line = heard.line.strip_prefix("CHATMESSAGE ")?;
        line.strip_suffix(" STATUS RECEIVED")?.parse().ok()
    });
    numbers.collect()
}
