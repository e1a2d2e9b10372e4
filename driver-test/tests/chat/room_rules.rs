//! What can be asked about rooms and done to them, and what cannot.
//! Never looks inside a machine: all that is checked is what clients hear.

use imo2sproxy_sim::Faults;

use crate::room::{make_room, room_of_three, three};
use crate::town::{SECONDS, come_back, everybody_online, friends};
use crate::transcript::{ask, check, next_message, value};

#[test]
fn a_room_can_be_asked_about_in_every_way() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    let object = format!("CHAT {room}");
    check(
        &mut world,
        "carol",
        &object,
        &[
            ("NAME", &room),
            ("STATUS", "MULTI_SUBSCRIBED"),
            ("TYPE", "MULTICHAT"),
            ("MYSTATUS", "SUBSCRIBED"),
            ("MYROLE", "USER"),
            ("MEMBERS", "carol alice bob"),
            ("ACTIVEMEMBERS", "carol alice bob"),
            ("FRIENDLYNAME", "alice, bob"),
            ("OPTIONS", "1"),
            ("ADDER", "alice"),
            ("TOPIC", ""),
            ("POSTERS", ""),
            ("DIALOG_PARTNER", ""),
            ("BOOKMARKED", "FALSE"),
            ("BLOB", ""),
        ],
    );
    let about = [("MYROLE", "CREATOR"), ("ADDER", "")];
    check(&mut world, "alice", &object, &about);
    let number = value(&mut world, "carol", &object, "CHATMESSAGES");
    let about = [("CHATMESSAGES", &*number), ("RECENTCHATMESSAGES", &number)];
    check(&mut world, "carol", &object, &about);
    // Alice has said nothing there, and it is found all the same.
    for list in ["CHATS", "RECENTCHATS", "ACTIVECHATS"] {
        assert_eq!(
            ask(&mut world, "alice", &format!("SEARCH {list}")),
            format!("CHATS {room}")
        );
    }
    let missed = ask(&mut world, "carol", "SEARCH MISSEDCHATS");
    assert_eq!(missed, format!("CHATS {room}"));
    ask(
        &mut world,
        "carol",
        &format!("SET CHATMESSAGE {number} SEEN"),
    );
    assert_eq!(ask(&mut world, "carol", "SEARCH MISSEDCHATS"), "CHATS ");
    for action in [
        "JOIN",
        "ACCEPTADD",
        "CLEARRECENTMESSAGES",
        "SETALERTSTRING =x",
    ] {
        let verb = action.split(' ').next().unwrap();
        let reply = ask(&mut world, "carol", &format!("ALTER CHAT {room} {action}"));
        assert_eq!(reply, format!("ALTER CHAT {verb}"));
    }
}

#[test]
fn an_empty_room_is_filled_later() {
    let mut world = friends(1, Faults::none());
    let room = make_room(&mut world, "alice", "");
    world.expect(
        "alice",
        &format!("CHAT {room} FRIENDLYNAME alice"),
        SECONDS(5),
    );
    ask(
        &mut world,
        "alice",
        &format!("ALTER CHAT {room} ADDMEMBERS bob"),
    );
    world.expect("bob", &format!("CHAT {room} NAME {room}"), SECONDS(5));
    world.expect(
        "alice",
        &format!("CHAT {room} MEMBERS alice bob"),
        SECONDS(5),
    );
}

#[test]
fn what_cannot_be_done_to_a_room_is_refused_once() {
    let mut world = everybody_online(&["alice", "bob"]);
    let room = make_room(&mut world, "alice", "");
    for (line, code) in [
        ("CHAT CREATE b ad!".to_owned(), 507),
        ("CHAT CREATE alice".to_owned(), 507),
        (format!("ALTER CHAT {room} ADDMEMBERS bob"), 504),
        (format!("ALTER CHAT {room} ADDMEMBERS nobody"), 504),
        (format!("ALTER CHAT {room} KICK bob"), 504),
        (format!("ALTER CHAT {room} DISBAND"), 504),
        (format!("ALTER CHAT {room}x LEAVE"), 501),
        (format!("ALTER CHAT {room} LEAVE now"), 505),
        (format!("GET CHAT {room}x TOPIC"), 105),
        (format!("CHATMESSAGE {room}x hello"), 510),
    ] {
        let reply = ask(&mut world, "alice", &line);
        assert!(
            reply.starts_with(&format!("ERROR {code} ")),
            "{line}: {reply}"
        );
    }
    world.run_for(SECONDS(10));
    assert_eq!(
        world.person("alice").count("#9 *"),
        11,
        "each was answered once"
    );
}

#[test]
fn whoever_is_offline_is_told_at_once_that_no_room_can_be_made() {
    let mut world = friends(1, Faults::none());
    let alice = world.person("alice").clone();
    alice.say("SET USERSTATUS OFFLINE");
    alice.say("#1 CHAT CREATE");
    world.expect("alice", "#1 ERROR 508 *", SECONDS(1));
}

#[test]
fn a_service_that_is_gone_holds_nobody_up_for_long() {
    let mut world = three(1);
    let room = room_of_three(&mut world);
    world.kill("imo");
    let alice = world.person("alice").clone();
    alice.say(&format!("#1 ALTER CHAT {room} SETTOPIC later"));
    world.expect("alice", "#1 ALTER CHAT SETTOPIC", SECONDS(2));
    alice.say("#2 CHAT CREATE bob, carol");
    world.expect("alice", "#2 ERROR 508 *", SECONDS(9));
    let seed = world.seed_for("imo again");
    world.restart("imo", crate::town::service(seed));
    world.expect("bob", &format!("CHAT {room} TOPIC later"), SECONDS(120));
    world.run_for(SECONDS(90));
    let chats = ask(&mut world, "bob", "SEARCH CHATS");
    assert_eq!(
        chats,
        format!("CHATS {room}"),
        "a room that came too late is not kept"
    );
}

#[test]
fn each_client_is_told_of_a_room_in_the_words_of_its_protocol() {
    for (protocol, kicked) in [(3, "UNKNOWN"), (5, "UNKNOWN"), (7, "KICKED")] {
        let mut world = three(protocol);
        ask(&mut world, "bob", &format!("PROTOCOL {protocol}"));
        let room = room_of_three(&mut world);
        world
            .person("alice")
            .say(&format!("CHATMESSAGE {room} hello"));
        let message = next_message(&mut world, "bob", "RECEIVED");
        check(&mut world, "bob", &message, &[("TYPE", "SAID")]);
        ask(
            &mut world,
            "alice",
            &format!("ALTER CHAT {room} KICK carol"),
        );
        let message = next_message(&mut world, "bob", "RECEIVED");
        check(
            &mut world,
            "bob",
            &message,
            &[("TYPE", kicked), ("USERS", "carol")],
        );
    }
}

#[test]
fn a_client_that_leaves_while_its_room_is_made_is_answered_by_nobody() {
    let mut world = three(1);
    let alice = world.person("alice").clone();
    alice.say("CHAT CREATE bob, carol");
    alice.leave();
    let line = world.expect("bob", "CHAT * NAME *", SECONDS(10));
    let room = line.split(' ').nth(1).unwrap().to_owned();
    world.run_for(SECONDS(5));
    come_back(&mut world, "alice");
    let about = [
        ("STATUS", "MULTI_SUBSCRIBED"),
        ("MEMBERS", "alice bob carol"),
    ];
    check(&mut world, "alice", &format!("CHAT {room}"), &about);
}
