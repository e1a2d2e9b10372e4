//! Making rooms, coming into them, and talking there.
//! Never looks inside a machine: all that is checked is what clients hear.

use crate::room::{forget, make_room, room_of_three, room_of_two, three};
use crate::town::SECONDS;
use crate::transcript::{Transcript, ask, check, next_message, value};

#[test]
fn whoever_makes_a_room_hears_of_it_step_by_step() {
    let mut world = three(1);
    let alice = Transcript::of(&world, "alice");
    let room = make_room(&mut world, "alice", "bob, carol");
    alice.expect(
        &mut world,
        &room,
        &[
            "#9 CHAT C STATUS MULTI_SUBSCRIBED",
            "CHAT C NAME C",
            "CHAT C ACTIVITY_TIMESTAMP 0",
            "CHAT C STATUS MULTI_SUBSCRIBED",
            "CHAT C TYPE MULTICHAT",
            "CHATMEMBER N ROLE CREATOR",
            "CHAT C MYROLE CREATOR",
            "CHAT C MEMBERS alice",
            "CHAT C ACTIVEMEMBERS alice",
            "CHAT C MYSTATUS SUBSCRIBED",
            "CHAT C OPTIONS 1",
            "CHAT C STATUS MULTI_SUBSCRIBED",
            "CHAT C TIMESTAMP N",
            "CHAT C MEMBERS alice bob carol",
            "CHAT C FRIENDLYNAME bob, carol",
        ],
    );
    assert!(room.starts_with("#alice/$"), "{room}");
}

#[test]
fn whoever_is_brought_into_a_room_hears_what_it_is_before_the_message() {
    let mut world = three(1);
    let bob = Transcript::of(&world, "bob");
    let room = room_of_two(&mut world, "alice", "bob");
    bob.expect(
        &mut world,
        &room,
        &[
            "CHAT C NAME C",
            "CHAT C STATUS MULTI_SUBSCRIBED",
            "CHATMEMBER N ROLE USER",
            "CHAT C MYROLE USER",
            "CHAT C MEMBERS bob alice",
            "CHAT C FRIENDLYNAME alice",
            "CHAT C ACTIVEMEMBERS bob alice",
            "CHAT C TIMESTAMP N",
            "CHAT C ADDER alice",
            "CHAT C OPTIONS 1",
            "CHAT C TOPIC ",
            "CHAT C STATUS MULTI_SUBSCRIBED",
            "CHATMESSAGE N STATUS RECEIVED",
        ],
    );
    let message = next_message(&mut world, "bob", "RECEIVED");
    check(
        &mut world,
        "bob",
        &message,
        &[
            ("TYPE", "ADDEDMEMBERS"),
            ("FROM_HANDLE", "alice"),
            ("USERS", "bob"),
            ("BODY", ""),
            ("CHATNAME", &room),
        ],
    );
}

#[test]
fn somebody_who_is_brought_in_later_is_news_to_those_who_are_there() {
    let mut world = three(1);
    let room = room_of_two(&mut world, "alice", "bob");
    world.run_for(SECONDS(5));
    forget(&world, "alice");
    let (alice, bob) = (
        Transcript::of(&world, "alice"),
        Transcript::of(&world, "bob"),
    );
    let reply = ask(
        &mut world,
        "bob",
        &format!("ALTER CHAT {room} ADDMEMBERS carol"),
    );
    assert_eq!(reply, "ALTER CHAT ADDMEMBERS");
    let members = "CHAT C MEMBERS alice bob carol";
    alice.expect(
        &mut world,
        &room,
        &[
            "CHATMESSAGE N STATUS RECEIVED",
            members,
            "CHAT C ACTIVEMEMBERS alice bob carol",
            "CHAT C FRIENDLYNAME bob, carol",
        ],
    );
    let heard = bob.lines(&world, &room);
    let mut heard: Vec<&str> = heard.iter().map(String::as_str).collect();
    heard.retain(|line| !line.starts_with("#9"));
    assert_eq!(
        heard,
        [
            "CHATMESSAGE N STATUS SENT",
            "CHAT C MEMBERS bob alice carol",
            "CHAT C ACTIVEMEMBERS bob alice carol",
            "CHAT C FRIENDLYNAME alice, carol",
        ]
    );
    let message = next_message(&mut world, "alice", "RECEIVED");
    let about = [
        ("TYPE", "ADDEDMEMBERS"),
        ("FROM_HANDLE", "bob"),
        ("USERS", "carol"),
    ];
    check(&mut world, "alice", &message, &about);
    check(
        &mut world,
        "carol",
        &format!("CHAT {room}"),
        &[("ADDER", "bob")],
    );
}

#[test]
fn what_one_says_in_a_room_all_others_hear_as_it_is() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    for text in [
        "hello",
        " leading and trailing ",
        "\u{1F600} \u{e4}\u{20ac}",
        "two\nlines\r\nand a third",
        "a;b/c$d#e, f",
        "/me",
        &"long ".repeat(2000),
    ] {
        let reply = ask(&mut world, "bob", &format!("CHATMESSAGE {room} {text}"));
        assert!(reply.ends_with("STATUS SENDING"), "{reply}");
        next_message(&mut world, "bob", "SENT");
        for name in ["alice", "carol"] {
            let message = next_message(&mut world, name, "RECEIVED");
            check(
                &mut world,
                name,
                &message,
                &[
                    ("BODY", text),
                    ("FROM_HANDLE", "bob"),
                    ("TYPE", "SAID"),
                    ("CHATNAME", &room),
                ],
            );
        }
    }
    let posters = value(&mut world, "alice", &format!("CHAT {room}"), "POSTERS");
    assert_eq!(posters, "bob");
}

#[test]
fn what_one_does_in_a_room_is_told_as_a_deed() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    let said = ask(
        &mut world,
        "alice",
        &format!("CHATMESSAGE {room} /me waves"),
    );
    let own = said.replace(" STATUS SENDING", "");
    let message = next_message(&mut world, "bob", "RECEIVED");
    for (name, message) in [("alice", own), ("bob", message)] {
        check(
            &mut world,
            name,
            &message,
            &[("TYPE", "EMOTED"), ("BODY", "waves")],
        );
    }
}
