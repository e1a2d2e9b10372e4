//! People with daemons at the independent service: contacts, texts, pictures, calls, group chats.
//! Never a fault or an ending: those are in `faults` and `endings`.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::client::{Client, PATIENCE};
use crate::place::{Place, see, two};

/// Texts that are easily spoiled on their way.
const AWKWARD: [&str; 9] = [
    "plain",
    "\u{1f600} and \u{10ffff}, \u{e9}, \u{4e2d}, e\u{301}",
    "quotes \" and ' and \\ and \\\" and \\u0041 and \\ud83d",
    "lines\nand\r\nmore\ttabs",
    "100% + 50%25 & a=b &amp; <b>bold</b> ?q#f;x",
    "  spaces in front",
    "{\"ssid\":\"nothing\"} [null]",
    "null",
    "\u{2028}\u{7f}",
];

/// Waits for a text in a chat and demands that it is this one.
fn hear_in(client: &mut Client, chat: &str, author: &str, text: &str) {
    let number = client.hear_kind("SAID");
    let mut get = |property: &str| client.get(&format!("CHATMESSAGE {number} {property}"));
    assert_eq!(get("BODY"), text);
    assert_eq!(get("FROM_HANDLE"), author);
    assert_eq!(get("CHATNAME"), chat);
}

/// Waits until the service has been asked this so often.
fn await_asked(place: &mut Place, what: &str, times: u32) {
    let expected = format!("asked {times}");
    let until = Instant::now() + PATIENCE;
    while place.tell(&format!("asked {what}")) != expected {
        assert!(Instant::now() < until, "{what}, {times} times");
        sleep(Duration::from_millis(20));
    }
}

/// Waits until bob's picture is the one that the service has under this name.
fn await_picture(client: &mut Client, place: &Place, icon: &str) {
    let until = Instant::now() + PATIENCE;
    for attempt in 0.. {
        let file = place.town.path(&format!("{icon}-{attempt}"));
        let picture = format!("USER bob AVATAR 1 {file}");
        client.await_answer(&format!("GET {picture}"), &picture);
        let found = fs::read(&file).unwrap();
        if found.ends_with(format!(": {icon}").as_bytes()) {
            return;
        }
        assert!(Instant::now() < until, "{icon}: {found:?}");
        sleep(Duration::from_millis(20));
    }
}

fn people_talk(dialect: &str, more: &[&str]) {
    let mut place = Place::new(dialect, more);
    let (daemons, [mut alice, mut bob]) = two(&place);
    assert_eq!(alice.ask("SEARCH FRIENDS"), "USERS bob, carol");
    see(&mut alice, "carol", "OFFLINE");
    assert_eq!(alice.get("USER carol BUDDYSTATUS"), "3");
    let long = "\u{fc}\u{1f600}".repeat(5_000);
    for text in AWKWARD.into_iter().chain([&*long]) {
        alice.send("bob", text);
        assert_eq!(bob.hear_text(), text);
        bob.send("alice", text);
        assert_eq!(alice.hear_text(), text);
    }
    let numbers: Vec<String> = (0..50)
        .map(|at| alice.begin("bob", &format!("{at}")))
        .collect();
    for at in 0..50 {
        assert_eq!(bob.hear_text(), at.to_string());
    }
    for number in numbers {
        alice.await_answer(
            &format!("GET CHATMESSAGE {number} STATUS"),
            &format!("CHATMESSAGE {number} STATUS SENT"),
        );
    }

    bob.ask("SET PROFILE MOOD_TEXT tea & \u{1f600}");
    alice.hear("USER bob MOOD_TEXT tea & \u{1f600}");
    let statuses = [
        ("AWAY", "AWAY"),
        ("DND", "DND"),
        ("INVISIBLE", "OFFLINE"),
        ("NA", "DND"),
        ("SKYPEME", "ONLINE"),
        ("AWAY", "AWAY"),
        ("ONLINE", "ONLINE"),
    ];
    for (set, seen) in statuses {
        bob.ask(&format!("SET USERSTATUS {set}"));
        see(&mut alice, "bob", seen);
        assert_eq!(alice.get("USER bob MOOD_TEXT"), "tea & \u{1f600}");
    }
    alice.ask("SET USER bob DISPLAYNAME Bobby");
    alice.await_answer("GET USER bob DISPLAYNAME", "USER bob DISPLAYNAME Bobby");
    see(&mut alice, "bob", "ONLINE");

    // The service had set them away by itself, and was told not to.
    assert_eq!(place.tell("asked alice set"), "asked 1");
    assert_eq!(place.tell("asked bob set"), "asked 1");
    drop((alice, bob));
    place.end(daemons);
}

#[test]
fn people_talk_over_an_independent_service() {
    people_talk("v1", &[]);
}

#[test]
fn people_talk_over_an_independent_service_of_the_older_dialect() {
    people_talk("v0", &[]);
}

#[test]
fn people_talk_over_an_independent_service_that_answers_requests_with_events() {
    people_talk("v1", &["--replies-carry-events"]);
}

#[test]
fn people_meet_and_part_over_an_independent_service() {
    people_meet("v1");
}

#[test]
fn people_meet_and_part_in_the_older_dialect() {
    people_meet("v0");
}

fn people_meet(dialect: &str) {
    let mut place = Place::new(dialect, &[]);
    let (daemons, [mut alice, mut bob]) = two(&place);
    let daves = place.daemon("dave");
    let mut dave = daves.client();
    let reply = alice.ask("SET USER dave BUDDYSTATUS 2 It is me.");
    assert_eq!(reply, "USER dave BUDDYSTATUS 2");
    dave.hear_between("USER alice RECEIVEDAUTHREQUEST ", "?");
    let reply = dave.ask("SET USER alice ISAUTHORIZED TRUE");
    assert_eq!(reply, "USER alice ISAUTHORIZED TRUE");
    dave.hear("USER alice BUDDYSTATUS 3");
    see(&mut alice, "dave", "ONLINE");
    see(&mut dave, "alice", "ONLINE");
    dave.send("alice", "hello");
    assert_eq!(alice.hear_text(), "hello");
    assert_eq!(
        alice.ask("SET USER dave BUDDYSTATUS 1"),
        "USER dave BUDDYSTATUS 1"
    );
    alice.await_answer("SEARCH FRIENDS", "USERS bob, carol");

    // Who asks may be refused, and who is known may be shut out.
    for answer in ["ISAUTHORIZED FALSE", "ISBLOCKED TRUE"] {
        bob.ask("SET USER dave BUDDYSTATUS 2 And me?");
        dave.hear_between("USER bob RECEIVEDAUTHREQUEST ", "?");
        let answer = format!("USER bob {answer}");
        assert_eq!(dave.ask(&format!("SET {answer}")), answer);
        let gone = "USER dave BUDDYSTATUS 1";
        assert_eq!(bob.ask(&format!("SET {gone}")), gone);
    }
    for blocked in ["TRUE", "FALSE"] {
        let answer = format!("USER bob ISBLOCKED {blocked}");
        assert_eq!(alice.ask(&format!("SET {answer}")), answer);
    }
    let asked = [
        ("dave auth_add", 1),
        ("dave auth_deny", 1),
        ("dave auth_block", 1),
        ("bob del_buddy", 2),
        ("alice block_buddy", 1),
        ("alice unblock_buddy", 1),
    ];
    for (what, times) in asked {
        await_asked(&mut place, what, times);
    }

    drop((alice, bob, dave));
    place.end(daemons.into_iter().chain([daves]));
}

#[test]
fn people_see_pictures_type_and_call_over_an_independent_service() {
    people_see("v1");
}

#[test]
fn people_see_pictures_type_and_call_in_the_older_dialect() {
    people_see("v0");
}

fn people_see(dialect: &str) {
    let mut place = Place::new(dialect, &[]);
    let (daemons, [mut alice, mut bob]) = two(&place);
    await_picture(&mut alice, &place, "b-o_b.png");
    assert_eq!(place.tell("icon alice bob another"), "done");
    await_picture(&mut alice, &place, "another");

    // Who types is told over an application that old clients know.
    let typing = "APPLICATION libpurple_typing";
    for client in [&mut alice, &mut bob] {
        client.ask(&format!("CREATE {typing}"));
    }
    alice.ask(&format!("ALTER {typing} CONNECT bob"));
    alice.hear(&format!("{typing} STREAMS bob:1"));
    alice.ask(&format!("ALTER {typing} DATAGRAM bob:1 PURPLE_TYPING"));
    bob.hear(&format!("{typing} DATAGRAM alice:1 PURPLE_TYPING"));

    let placed = alice.ask("CALL bob");
    let own = placed.split(' ').nth(1).unwrap().to_owned();
    let theirs = bob.hear_between("CALL ", " STATUS RINGING");
    alice.hear(&format!("CALL {own} STATUS RINGING"));
    assert_eq!(bob.get(&format!("CALL {theirs} PARTNER_HANDLE")), "alice");

    drop((alice, bob));
    place.end(daemons);
}

#[test]
fn three_people_share_a_room_of_an_independent_service() {
    three_people("v1");
}

#[test]
fn three_people_share_a_room_in_the_older_dialect() {
    three_people("v0");
}

fn three_people(dialect: &str) {
    let place = Place::new(dialect, &[]);
    let (daemons, [mut alice, mut bob]) = two(&place);
    let carols = place.daemon("carol");
    let mut carol = carols.client();
    see(&mut alice, "carol", "ONLINE");
    let chat = &*alice.make_room("bob, carol");
    let mut theirs = Vec::new();
    for other in [&mut bob, &mut carol] {
        let number = other.hear_kind("ADDEDMEMBERS");
        theirs.push(other.get(&format!("CHATMESSAGE {number} CHATNAME")));
        assert_eq!(
            other.get(&format!("CHATMESSAGE {number} FROM_HANDLE")),
            "alice"
        );
    }
    let [bobs, hers] = &theirs[..] else {
        panic!("{theirs:?}")
    };
    alice.await_members(chat, &["alice", "bob", "carol"]);
    bob.await_members(bobs, &["alice", "bob", "carol"]);
    carol.await_members(hers, &["alice", "bob", "carol"]);

    for text in AWKWARD {
        alice.say(&format!("CHATMESSAGE {chat} {text}"));
        hear_in(&mut bob, bobs, "alice", text);
        hear_in(&mut carol, hers, "alice", text);
        bob.say(&format!("CHATMESSAGE {bobs} {text}"));
        hear_in(&mut alice, chat, "bob", text);
        hear_in(&mut carol, hers, "bob", text);
    }

    let reply = bob.ask(&format!("ALTER CHAT {bobs} SETTOPIC Tea; at $5"));
    assert_eq!(reply, "ALTER CHAT SETTOPIC");
    for (other, chat) in [(&mut alice, chat), (&mut carol, &**hers)] {
        let number = other.hear_kind("SETTOPIC");
        assert_eq!(
            other.get(&format!("CHATMESSAGE {number} FROM_HANDLE")),
            "bob"
        );
        assert_eq!(
            other.get(&format!("CHATMESSAGE {number} BODY")),
            "Tea; at $5"
        );
        assert_eq!(other.get(&format!("CHAT {chat} TOPIC")), "Tea; at $5");
    }

    assert_eq!(
        alice.ask(&format!("ALTER CHAT {chat} KICK carol")),
        "ALTER CHAT KICK"
    );
    bob.await_members(bobs, &["alice", "bob"]);
    alice.await_members(chat, &["alice", "bob"]);
    carol.await_answer(
        &format!("GET CHAT {hers} STATUS"),
        &format!("CHAT {hers} STATUS UNSUBSCRIBED"),
    );
    assert_eq!(
        bob.ask(&format!("ALTER CHAT {bobs} LEAVE")),
        "ALTER CHAT LEAVE"
    );
    alice.await_members(chat, &["alice"]);
    drop((alice, bob, carol));
    place.end(daemons.into_iter().chain([carols]));
}
