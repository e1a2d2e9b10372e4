//! What is remembered of rooms: over restarts, and for whoever was away.
//! Never looks inside a machine: all that is checked is what clients hear.

use imo2sproxy_core::io::Control;

use crate::room::{restart, room_of_three, three};
use crate::town::{SECONDS, come_back, host};
use crate::transcript::{Transcript, ask, check, next_message, value};

#[test]
fn a_room_is_as_it_was_after_a_restart_and_nobody_is_told_of_it_again() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    let object = format!("CHAT {room}");
    ask(&mut world, "bob", &format!("ALTER CHAT {room} BOOKMARK"));
    ask(
        &mut world,
        "alice",
        &format!("ALTER CHAT {room} SETTOPIC tea"),
    );
    let members = value(&mut world, "bob", &object, "MEMBEROBJECTS");
    assert_eq!(members.split(", ").count(), 3);
    world.run_for(SECONDS(5));
    restart(&mut world, "bob");
    come_back(&mut world, "bob");
    let bob = Transcript::of(&world, "bob");
    world.run_for(SECONDS(90));
    assert_eq!(bob.lines(&world, &room), [""; 0], "nothing has changed");
    check(
        &mut world,
        "bob",
        &object,
        &[
            ("MEMBEROBJECTS", &members),
            ("BOOKMARKED", "TRUE"),
            ("TOPIC", "tea"),
            ("MEMBERS", "bob alice carol"),
            ("STATUS", "MULTI_SUBSCRIBED"),
            ("ADDER", "alice"),
        ],
    );
    for (number, handle) in members.split(", ").zip(["bob", "alice", "carol"]) {
        let role = if handle == "alice" { "CREATOR" } else { "USER" };
        let about = [
            ("IDENTITY", handle),
            ("ROLE", role),
            ("CHATNAME", &*room),
            ("IS_ACTIVE", "TRUE"),
        ];
        check(&mut world, "bob", &format!("CHATMEMBER {number}"), &about);
    }
    assert_eq!(
        ask(&mut world, "bob", "SEARCH BOOKMARKEDCHATS"),
        format!("CHATS {room}")
    );
}

#[test]
fn whoever_was_away_hears_what_was_said_and_who_is_gone() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    world.control(&host("bob"), Control::Drain);
    world.run_for(SECONDS(15));
    let alice = world.person("alice").clone();
    alice.say(&format!("CHATMESSAGE {room} one"));
    world
        .person("carol")
        .say(&format!("CHATMESSAGE {room} two"));
    next_message(&mut world, "alice", "SENT");
    next_message(&mut world, "carol", "SENT");
    alice.say(&format!("ALTER CHAT {room} SETTOPIC three"));
    world.run_for(SECONDS(5));
    world
        .person("carol")
        .say(&format!("ALTER CHAT {room} LEAVE"));
    world.run_for(SECONDS(5));
    restart(&mut world, "bob");
    come_back(&mut world, "bob");
    let messages: Vec<String> = (0..4)
        .map(|_| next_message(&mut world, "bob", "RECEIVED"))
        .collect();
    for (message, about) in messages.iter().zip([
        [("TYPE", "SAID"), ("FROM_HANDLE", "alice"), ("BODY", "one")],
        [("TYPE", "SAID"), ("FROM_HANDLE", "carol"), ("BODY", "two")],
        [
            ("TYPE", "SETTOPIC"),
            ("FROM_HANDLE", "alice"),
            ("BODY", "three"),
        ],
        [("TYPE", "LEFT"), ("FROM_HANDLE", "carol"), ("BODY", "")],
    ]) {
        check(&mut world, "bob", message, &about);
    }
    let about = [("MEMBERS", "bob alice"), ("TOPIC", "three")];
    check(&mut world, "bob", &format!("CHAT {room}"), &about);
}

#[test]
fn whoever_was_thrown_out_while_away_finds_out() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    world.control(&host("bob"), Control::Drain);
    world.run_for(SECONDS(15));
    ask(&mut world, "alice", &format!("ALTER CHAT {room} KICK bob"));
    restart(&mut world, "bob");
    come_back(&mut world, "bob");
    world.expect(
        "bob",
        &format!("CHAT {room} STATUS UNSUBSCRIBED"),
        SECONDS(90),
    );
    let about = [("MYSTATUS", "UNSUBSCRIBED"), ("MEMBERS", "alice carol")];
    check(&mut world, "bob", &format!("CHAT {room}"), &about);
    restart(&mut world, "bob");
    come_back(&mut world, "bob");
    let about = [("STATUS", "UNSUBSCRIBED"), ("FRIENDLYNAME", "alice, carol")];
    check(&mut world, "bob", &format!("CHAT {room}"), &about);
}
