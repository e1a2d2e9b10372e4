//! What changes about a room while people are in it: topic and members.
//! Never looks inside a machine: all that is checked is what clients hear.

use imo2sproxy_sim::{Faults, Span};

use crate::room::{room_of_three, three};
use crate::town::{SECONDS, come_back, daemon, host};
use crate::transcript::{Transcript, ask, check, next_message};

#[test]
fn a_topic_is_told_to_all_whoever_gives_it() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    let (alice, bob) = (
        Transcript::of(&world, "alice"),
        Transcript::of(&world, "bob"),
    );
    let reply = ask(
        &mut world,
        "alice",
        &format!("ALTER CHAT {room} SETTOPIC tea & cake"),
    );
    assert_eq!(reply, "ALTER CHAT SETTOPIC");
    bob.expect(
        &mut world,
        &room,
        &[
            "CHAT C TOPIC tea & cake",
            "CHAT C FRIENDLYNAME tea & cake",
            "CHATMESSAGE N STATUS RECEIVED",
        ],
    );
    let heard = alice.lines(&world, &room);
    let told = [
        "CHATMESSAGE N STATUS SENT",
        "CHAT C TOPIC tea & cake",
        "CHAT C FRIENDLYNAME tea & cake",
    ];
    let mut heard: Vec<&str> = heard.iter().map(String::as_str).collect();
    heard.retain(|line| !line.starts_with("#9"));
    assert_eq!(heard, told);
    let message = next_message(&mut world, "bob", "RECEIVED");
    let about = [
        ("TYPE", "SETTOPIC"),
        ("FROM_HANDLE", "alice"),
        ("BODY", "tea & cake"),
    ];
    check(&mut world, "bob", &message, &about);
    let reply = ask(
        &mut world,
        "bob",
        &format!("ALTER CHAT {room} SETTOPICXML <b>coffee</b>"),
    );
    assert_eq!(reply, "ALTER CHAT SETTOPICXML");
    let message = next_message(&mut world, "alice", "RECEIVED");
    let about = [
        ("TYPE", "SETTOPIC"),
        ("FROM_HANDLE", "bob"),
        ("BODY", "coffee"),
    ];
    check(&mut world, "alice", &message, &about);
    for name in ["alice", "bob", "carol"] {
        let wanted = [("TOPIC", "coffee"), ("FRIENDLYNAME", "coffee")];
        check(&mut world, name, &format!("CHAT {room}"), &wanted);
    }
}

#[test]
fn whoever_leaves_a_room_is_out_and_the_others_hear_it() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    let marked = ask(&mut world, "bob", &format!("ALTER CHAT {room} BOOKMARK"));
    assert_eq!(marked, format!("ALTER CHAT {room} BOOKMARKED TRUE"));
    world.run_for(SECONDS(2));
    let (alice, bob) = (
        Transcript::of(&world, "alice"),
        Transcript::of(&world, "bob"),
    );
    let reply = ask(&mut world, "bob", &format!("ALTER CHAT {room} LEAVE"));
    assert_eq!(reply, "ALTER CHAT LEAVE");
    alice.expect(
        &mut world,
        &room,
        &[
            "CHATMESSAGE N STATUS RECEIVED",
            "CHAT C MEMBERS alice carol",
            "CHAT C ACTIVEMEMBERS alice carol",
            "CHAT C FRIENDLYNAME carol",
        ],
    );
    let mut heard = bob.lines(&world, &room);
    heard.retain(|line| !line.starts_with("#9"));
    assert_eq!(
        heard,
        [
            "CHAT C MEMBERS alice carol",
            "CHAT C ACTIVEMEMBERS alice carol",
            "CHAT C MYSTATUS UNSUBSCRIBED",
            "CHAT C STATUS UNSUBSCRIBED",
            "CHAT C BOOKMARKED FALSE",
        ]
    );
    let message = next_message(&mut world, "carol", "RECEIVED");
    let about = [
        ("TYPE", "LEFT"),
        ("FROM_HANDLE", "bob"),
        ("LEAVEREASON", "UNSUBSCRIBE"),
        ("BODY", ""),
    ];
    check(&mut world, "carol", &message, &about);
    for (line, reply) in [
        (format!("CHATMESSAGE {room} still there?"), "ERROR 511"),
        (format!("ALTER CHAT {room} JOIN"), "ERROR 504"),
        (format!("ALTER CHAT {room} LEAVE"), "ALTER CHAT LEAVE"),
        (format!("ALTER CHAT {room} SETTOPIC x"), "ERROR 504"),
    ] {
        let said = ask(&mut world, "bob", &line);
        assert!(said.starts_with(reply), "{line}: {said}");
    }
    // What is said now, bob does not hear; brought in again, he does.
    let alice = world.person("alice").clone();
    alice.say(&format!("CHATMESSAGE {room} he is gone"));
    alice.say(&format!("ALTER CHAT {room} ADDMEMBERS bob"));
    let message = next_message(&mut world, "bob", "RECEIVED");
    let about = [
        ("TYPE", "ADDEDMEMBERS"),
        ("USERS", "bob"),
        ("CHATNAME", &*room),
    ];
    check(&mut world, "bob", &message, &about);
    let about = [("STATUS", "MULTI_SUBSCRIBED"), ("MYSTATUS", "SUBSCRIBED")];
    check(&mut world, "bob", &format!("CHAT {room}"), &about);
    alice.say(&format!("CHATMESSAGE {room} welcome"));
    let message = next_message(&mut world, "bob", "RECEIVED");
    check(&mut world, "bob", &message, &[("BODY", "welcome")]);
}

#[test]
fn whoever_is_thrown_out_of_a_room_hears_by_whom() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    let refused = ask(&mut world, "bob", &format!("ALTER CHAT {room} KICK carol"));
    assert!(
        refused.starts_with("ERROR 504"),
        "only who has made it may: {refused}"
    );
    let transcripts = ["alice", "bob", "carol"].map(|name| Transcript::of(&world, name));
    let reply = ask(
        &mut world,
        "alice",
        &format!("ALTER CHAT {room} KICK carol, nobody"),
    );
    assert_eq!(reply, "ALTER CHAT KICK");
    let [alice, bob, carol] = transcripts;
    carol.expect(
        &mut world,
        &room,
        &[
            "CHATMESSAGE N STATUS RECEIVED",
            "CHAT C MEMBERS alice bob",
            "CHAT C ACTIVEMEMBERS alice bob",
            "CHAT C MYSTATUS KICKED",
            "CHAT C STATUS UNSUBSCRIBED",
        ],
    );
    let news = |own: &str, other: &str, status: &str| {
        [
            format!("CHATMESSAGE N STATUS {status}"),
            format!("CHAT C MEMBERS {own} {other}"),
            format!("CHAT C ACTIVEMEMBERS {own} {other}"),
            format!("CHAT C FRIENDLYNAME {other}"),
        ]
    };
    let mut heard = alice.lines(&world, &room);
    heard.retain(|line| !line.starts_with("#9"));
    assert_eq!(heard, news("alice", "bob", "SENT"));
    assert_eq!(bob.lines(&world, &room), news("bob", "alice", "RECEIVED"));
    for name in ["bob", "carol"] {
        let message = next_message(&mut world, name, "RECEIVED");
        let about = [
            ("TYPE", "KICKED"),
            ("FROM_HANDLE", "alice"),
            ("USERS", "carol"),
        ];
        check(&mut world, name, &message, &about);
    }
}

/// Texts wait until somebody has taken them; what the roster says of a group does not.
#[test]
fn a_topic_that_is_heard_of_late_does_not_come_back_over_a_later_one() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    world.set_faults(Faults {
        disk_delay: Span::millis(5_000, 5_000),
        ..Faults::none()
    });
    let topic = |topic: &str| format!("ALTER CHAT {room} SETTOPIC {topic}");
    world.person("carol").say(&topic("first"));
    world.run_for(SECONDS(6));
    world.person("alice").say(&topic("second"));
    world.run_for(SECONDS(3));
    // The first has come, but is not kept yet.
    world.kill(&host("alice"));
    world.run_for(SECONDS(10));
    world.set_faults(Faults::none());
    let seed = world.seed_for("alice again");
    world.restart(&host("alice"), daemon("alice", seed));
    come_back(&mut world, "alice");
    let message = next_message(&mut world, "alice", "RECEIVED");
    let about = [
        ("TYPE", "SETTOPIC"),
        ("FROM_HANDLE", "carol"),
        ("BODY", "first"),
    ];
    check(&mut world, "alice", &message, &about);
    world.run_for(SECONDS(10));
    for name in ["alice", "bob", "carol"] {
        let topic = ask(&mut world, name, &format!("GET CHAT {room} TOPIC"));
        assert_eq!(topic, format!("CHAT {room} TOPIC second"), "to {name}");
    }
}
