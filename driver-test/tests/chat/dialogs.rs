//! Dialogs: their first lines, what is kept of them, and how one becomes a room.

use imo2sproxy_sim::{Faults, World};

use crate::town::{SECONDS, befriend, come_back, daemon, friends, host, sit_down, town};
use crate::transcript::{Transcript, ask, check, next_message, value};

/// Alice has bob and carol as contacts.
fn three(seed: u64) -> World {
    let mut world = town(seed, Faults::none(), &["alice", "bob", "carol"]);
    for name in ["alice", "bob", "carol"] {
        sit_down(&mut world, name);
    }
    befriend(&mut world, "alice", "bob");
    befriend(&mut world, "alice", "carol");
    world
}

/// The id of the dialog of one with another.
fn dialog(world: &mut World, name: &str, other: &str) -> String {
    let reply = ask(world, name, &format!("CHAT CREATE {other}"));
    let words: Vec<&str> = reply.split(' ').collect();
    assert_eq!(words[2..], ["STATUS", "DIALOG"], "{reply}");
    words[1].to_owned()
}

fn restart(world: &mut World, name: &str) {
    world.kill(&host(name));
    let seed = world.seed_for(&format!("{name} again"));
    world.restart(&host(name), daemon(name, seed));
    come_back(world, name);
}

#[test]
fn a_dialog_is_told_of_before_its_first_message() {
    let mut world = friends(1, Faults::none());
    let (alice, bob) = (
        Transcript::of(&world, "alice"),
        Transcript::of(&world, "bob"),
    );
    world.person("alice").say("MESSAGE bob hello");
    let line = world.expect("bob", "CHAT * NAME *", SECONDS(5));
    let chat = line.split(' ').nth(1).unwrap();
    let introduction = |own: &str, other: &str| {
        [
            "CHAT C NAME C".to_owned(),
            "CHAT C STATUS DIALOG".to_owned(),
            "CHAT C MYROLE USER".to_owned(),
            format!("CHAT C MEMBERS {own} {other}"),
            format!("CHAT C FRIENDLYNAME {other}"),
            format!("CHAT C ACTIVEMEMBERS {own} {other}"),
            "CHAT C TIMESTAMP N".to_owned(),
            format!("CHAT C DIALOG_PARTNER {other}"),
            "CHAT C TOPIC ".to_owned(),
            "CHAT C STATUS DIALOG".to_owned(),
        ]
    };
    let mut wanted = introduction("bob", "alice").to_vec();
    wanted.push("CHATMESSAGE N STATUS RECEIVED".to_owned());
    world.run_for(SECONDS(5));
    assert_eq!(bob.lines(&world, chat), wanted);
    let chat = dialog(&mut world, "alice", "bob");
    let mut wanted = ["CHATMESSAGE N STATUS SENDING".to_owned()].to_vec();
    wanted.extend(introduction("alice", "bob"));
    wanted.push("CHATMESSAGE N STATUS SENT".to_owned());
    wanted.push("#9 CHAT C STATUS DIALOG".to_owned());
    assert_eq!(alice.lines(&world, &chat), wanted);
    // It is told of once.
    let alice = Transcript::of(&world, "alice");
    world.person("alice").say("MESSAGE bob again");
    let wanted = ["CHATMESSAGE N STATUS SENDING", "CHATMESSAGE N STATUS SENT"];
    alice.expect(&mut world, &chat, &wanted);
}

#[test]
fn a_dialog_is_the_same_for_ever_with_its_mark_and_its_members() {
    let mut world = friends(1, Faults::none());
    let chat = dialog(&mut world, "alice", "Bob");
    let object = format!("CHAT {chat}");
    assert!(chat.starts_with("#alice/$bob;"), "{chat}");
    let marked = ask(&mut world, "alice", &format!("ALTER CHAT {chat} BOOKMARK"));
    assert_eq!(marked, format!("ALTER CHAT {chat} BOOKMARKED TRUE"));
    let members = value(&mut world, "alice", &object, "MEMBEROBJECTS");
    let made = value(&mut world, "alice", &object, "TIMESTAMP");
    world.run_for(SECONDS(100));
    restart(&mut world, "alice");
    assert_eq!(dialog(&mut world, "alice", "bob"), chat);
    let about = [
        ("BOOKMARKED", "TRUE"),
        ("MEMBEROBJECTS", &*members),
        ("TIMESTAMP", &made),
    ];
    check(&mut world, "alice", &object, &about);
    for (number, handle) in members.split(", ").zip(["alice", "bob"]) {
        let about = [("IDENTITY", handle), ("CHATNAME", &*chat), ("ROLE", "USER")];
        check(&mut world, "alice", &format!("CHATMEMBER {number}"), &about);
    }
    assert_eq!(
        ask(&mut world, "alice", "SEARCH BOOKMARKEDCHATS"),
        format!("CHATS {chat}")
    );
    let marked = ask(
        &mut world,
        "alice",
        &format!("ALTER CHAT {chat} UNBOOKMARK"),
    );
    assert_eq!(marked, format!("ALTER CHAT {chat} BOOKMARKED FALSE"));
    world.expect(
        "alice",
        &format!("CHAT {chat} BOOKMARKED FALSE"),
        SECONDS(5),
    );
    assert_eq!(ask(&mut world, "alice", "SEARCH BOOKMARKEDCHATS"), "CHATS ");
}

#[test]
fn a_deed_is_told_as_one_and_travels_as_it_was_written() {
    let mut world = friends(1, Faults::none());
    world.person("alice").say("MESSAGE bob /me waves");
    let message = next_message(&mut world, "bob", "RECEIVED");
    check(
        &mut world,
        "bob",
        &message,
        &[("TYPE", "EMOTED"), ("BODY", "waves")],
    );
    world.person("alice").say("MESSAGE bob /meow");
    let message = next_message(&mut world, "bob", "RECEIVED");
    check(
        &mut world,
        "bob",
        &message,
        &[("TYPE", "SAID"), ("BODY", "/meow")],
    );
}

#[test]
fn what_a_dialog_cannot_do_is_refused() {
    let mut world = friends(1, Faults::none());
    let chat = dialog(&mut world, "alice", "bob");
    for action in ["SETTOPIC tea", "LEAVE", "KICK bob", "JOIN", "ACCEPTADD"] {
        let reply = ask(&mut world, "alice", &format!("ALTER CHAT {chat} {action}"));
        assert!(reply.starts_with("ERROR 504 "), "{action}: {reply}");
    }
    for action in ["ADDMEMBERS bob", "CLEARRECENTMESSAGES"] {
        let verb = action.split(' ').next().unwrap();
        let reply = ask(&mut world, "alice", &format!("ALTER CHAT {chat} {action}"));
        assert_eq!(reply, format!("ALTER CHAT {verb}"));
    }
}

#[test]
fn a_dialog_that_is_widened_keeps_its_id_and_the_next_one_has_another() {
    let mut world = three(1);
    world.person("alice").say("MESSAGE bob before");
    next_message(&mut world, "bob", "RECEIVED");
    let chat = dialog(&mut world, "alice", "bob");
    let object = format!("CHAT {chat}");
    let before = value(&mut world, "alice", &object, "CHATMESSAGES");
    let (alice, bob) = (
        Transcript::of(&world, "alice"),
        Transcript::of(&world, "bob"),
    );
    let reply = ask(
        &mut world,
        "alice",
        &format!("ALTER CHAT {chat} ADDMEMBERS carol"),
    );
    assert_eq!(reply, "ALTER CHAT ADDMEMBERS");
    alice.expect(
        &mut world,
        &chat,
        &[
            "#9 ALTER CHAT ADDMEMBERS",
            "CHAT C STATUS MULTI_SUBSCRIBED",
            "CHAT C MEMBERS alice bob carol",
            "CHAT C FRIENDLYNAME bob, carol",
        ],
    );
    // For bob it is a room like any other.
    let room = bob.lines(&world, "").iter().find_map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        (words.get(2) == Some(&"NAME")).then(|| words[1].to_owned())
    });
    let room = room.expect("bob is told of a room");
    assert_ne!(room, chat);
    let about = [
        ("STATUS", "MULTI_SUBSCRIBED"),
        ("MEMBERS", "bob alice carol"),
    ];
    check(&mut world, "bob", &format!("CHAT {room}"), &about);
    next_message(&mut world, "carol", "RECEIVED");
    let said = ask(&mut world, "alice", &format!("CHATMESSAGE {chat} to both"));
    let own = said.split(' ').nth(1).unwrap().to_owned();
    let message = next_message(&mut world, "carol", "RECEIVED");
    check(
        &mut world,
        "carol",
        &message,
        &[("BODY", "to both"), ("CHATNAME", &room)],
    );
    world
        .person("carol")
        .say(&format!("CHATMESSAGE {room} back"));
    let message = next_message(&mut world, "alice", "RECEIVED");
    check(
        &mut world,
        "alice",
        &message,
        &[("BODY", "back"), ("CHATNAME", &chat)],
    );
    // What was said before stays in it; what is said to bob alone is in a dialog of its own.
    world.person("alice").say("MESSAGE bob after");
    let next = dialog(&mut world, "alice", "bob");
    assert_ne!(next, chat);
    world.run_for(SECONDS(5));
    restart(&mut world, "alice");
    assert_eq!(dialog(&mut world, "alice", "bob"), next);
    let number = message.split(' ').nth(1).unwrap();
    let all = format!("{number}, {own}, {before}");
    let about = [
        ("CHATMESSAGES", &*all),
        ("STATUS", "MULTI_SUBSCRIBED"),
        ("MYROLE", "CREATOR"),
    ];
    check(&mut world, "alice", &object, &about);
    check(
        &mut world,
        "alice",
        &format!("CHATMESSAGE {before}"),
        &[("CHATNAME", &chat)],
    );
    check(
        &mut world,
        "alice",
        &format!("CHAT {next}"),
        &[("STATUS", "DIALOG"), ("DIALOG_PARTNER", "bob")],
    );
    let with_bob = ask(&mut world, "alice", "SEARCH CHATMESSAGES bob");
    assert_eq!(
        with_bob.split(", ").count(),
        2,
        "before and after: {with_bob}"
    );
}
