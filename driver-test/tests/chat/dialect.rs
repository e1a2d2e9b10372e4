//! People whose daemons speak the older dialect of imo, among others whose daemons do not.
//! Never about what is the same for all: the other tests say that.

use imo2sproxy_core::config::DialectKind::{V0, V1};
use imo2sproxy_core::io::ListenerId;
use imo2sproxy_sim::{Faults, Span, World};

use crate::town::{SECONDS, befriend, host, pair_in, sit_down, town_in};

/// Alice speaks the older dialect and knows bob, who does not.
fn mixed_friends() -> World {
    let people = [("alice", V0), ("bob", V1)];
    let mut world = town_in(1, Faults::none(), &people);
    for (name, _) in people {
        sit_down(&mut world, name);
    }
    befriend(&mut world, "alice", "bob");
    world
}

/// Alice makes a room and brings bob into it.
fn room_with_bob(world: &mut World) -> String {
    let alice = world.person("alice").clone();
    alice.say("#1 CHAT CREATE");
    let reply = world.expect("alice", "#1 CHAT * STATUS MULTI_SUBSCRIBED", SECONDS(5));
    let room = reply.split(' ').nth(2).unwrap_or_default().to_owned();
    alice.say(&format!("#2 ALTER CHAT {room} ADDMEMBERS bob"));
    world.expect("alice", "#2 ALTER CHAT ADDMEMBERS", SECONDS(5));
    world.expect("bob", &format!("CHAT {room} MEMBERS * *"), SECONDS(5));
    room
}

#[test]
fn the_older_dialect_is_good_for_a_whole_evening() {
    let mut world = mixed_friends();
    let (alice, bob) = (world.person("alice").clone(), world.person("bob").clone());
    alice.say("MESSAGE bob good evening \u{1F600}");
    world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(2));
    world.expect("bob", "CHATMESSAGE * STATUS RECEIVED", SECONDS(2));
    bob.say("MESSAGE alice hello");
    world.expect("alice", "CHATMESSAGE * STATUS RECEIVED", SECONDS(2));
    alice.say("SET USERSTATUS AWAY");
    world.expect("bob", "USER alice ONLINESTATUS AWAY", SECONDS(2));
    alice.say("SET PROFILE MOOD_TEXT at the sea");
    world.expect("bob", "USER alice MOOD_TEXT at the sea", SECONDS(2));

    let room = room_with_bob(&mut world);
    alice.say(&format!("CHATMESSAGE {room} tea is ready"));
    world.expect("bob", "CHATMESSAGE * STATUS RECEIVED", SECONDS(5));
    bob.say(&format!("#1 ALTER CHAT {room} SETTOPIC tea"));
    world.expect("alice", &format!("CHAT {room} TOPIC tea"), SECONDS(5));

    alice.say("SET USERSTATUS OFFLINE");
    world.expect("bob", "USER alice ONLINESTATUS OFFLINE", SECONDS(5));
    bob.say("MESSAGE alice still there?");
    world.run_for(SECONDS(2));
    alice.say("SET USERSTATUS ONLINE");
    world.expect("bob", "USER alice ONLINESTATUS ONLINE", SECONDS(5));
    world.expect("alice", "CHATMESSAGE * STATUS RECEIVED", SECONDS(5));
}

#[test]
fn what_is_refused_is_told_so_in_the_older_dialect_too() {
    let mut world = mixed_friends();
    let alice = world.person("alice").clone();
    alice.say("MESSAGE nobody hello?");
    world.expect("alice", "CHATMESSAGE * STATUS FAILED", SECONDS(2));
    assert_eq!(alice.count("CHATMESSAGE * STATUS SENT"), 0);
    alice.say("SET USER nobody BUDDYSTATUS 2");
    world.expect("alice", "USER nobody BUDDYSTATUS 1", SECONDS(5));
    let room = room_with_bob(&mut world);
    alice.say(&format!("#3 ALTER CHAT {room} ADDMEMBERS nobody"));
    world.expect("alice", "#3 ERROR *", SECONDS(5));
    alice.say(&format!("#4 GET CHAT {room} MEMBERS"));
    world.expect(
        "alice",
        &format!("#4 CHAT {room} MEMBERS alice bob"),
        SECONDS(5),
    );
}

/// The way is so long that some refusals come when the texts count as sent already.
#[test]
fn a_text_that_is_refused_after_it_was_sent_has_failed() {
    let mut world = mixed_friends();
    world.person("bob").say("SET USER alice ISBLOCKED TRUE");
    world.run_for(SECONDS(2));
    world.set_faults(Faults {
        latency: Span::millis(1, 4_000),
        ..Faults::none()
    });
    let alice = world.person("alice").clone();
    let before = alice.count("CHATMESSAGE * STATUS SENT");
    for _ in 0..20 {
        alice.say("MESSAGE bob hello");
        world.run_for(SECONDS(3));
    }
    world.run_for(SECONDS(60));
    assert_eq!(alice.count("CHATMESSAGE * STATUS FAILED"), 20);
    let sent = alice.count("CHATMESSAGE * STATUS SENT") - before;
    assert!((1..20).contains(&sent), "{sent} were taken back");
    world.heal();
    for line in alice.everything() {
        let words: Vec<&str> = line.line.split(' ').collect();
        if let ["CHATMESSAGE", number, "STATUS", "FAILED"] = words.as_slice() {
            alice.say(&format!("#9 GET CHATMESSAGE {number} STATUS"));
            let answer = format!("#9 CHATMESSAGE {number} STATUS FAILED");
            world.expect("alice", &answer, SECONDS(5));
        }
    }
}

#[test]
fn the_daemon_with_its_service_inside_speaks_the_older_dialect_to_itself() {
    let mut world = World::new(1, Faults::none());
    let seeds = ["proxy", "service"].map(|half| world.seed_for(half));
    world.host(&host("alice"), pair_in(V0, "alice", "secret", seeds));
    world.listen(&host("alice"), ListenerId(0), &host("alice"), 1401, false);
    let alice = sit_down(&mut world, "alice");
    alice.say("MESSAGE echo123 hello");
    world.expect("alice", "CHATMESSAGE * STATUS RECEIVED", SECONDS(5));
    world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(5));
}

/// In the older dialect a daemon hears of its success only by hearing nothing, half a second later: too late to say
/// what the topic is.
#[test]
fn a_topic_that_was_given_in_the_older_dialect_does_not_come_back_over_a_later_one() {
    let mut world = mixed_friends();
    let room = room_with_bob(&mut world);
    for (name, topic) in [("alice", "hers"), ("bob", "his")] {
        let person = world.person(name).clone();
        person.say(&format!("ALTER CHAT {room} SETTOPIC {topic}"));
        for name in ["alice", "bob"] {
            world.expect(name, &format!("CHAT {room} TOPIC {topic}"), SECONDS(1));
        }
    }
    world.run_for(SECONDS(5));
    for name in ["alice", "bob"] {
        for topic in ["hers", "his"] {
            let told = world
                .person(name)
                .count(&format!("CHAT {room} TOPIC {topic}"));
            assert_eq!(
                told, 1,
                "how often {name} is told that the topic is {topic}"
            );
        }
    }
}
