//! Three people in a room, each with a daemon, on one service, over real sockets.
//! Never ends a process but in the ordinary way.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};

use crate::client::Client;
use crate::program::{program, text};
use crate::town::{Daemon, Town, acquaint_with};

/// The next text, whatever else happens before it.
fn hear_said(client: &mut Client) -> String {
    let number = client.hear_kind("SAID");
    client.get(&format!("CHATMESSAGE {number} BODY"))
}

/// alice, bob and carol, of whom alice knows the others.
fn three() -> (Town, [Daemon; 3], [Client; 3], crate::running::Running) {
    let (town, service) = Town::with_service();
    let daemons = ["alice", "bob", "carol"].map(|name| town.daemon(name));
    let [mut alice, mut bob, mut carol] = [0, 1, 2].map(|at| daemons[at].client());
    acquaint_with(("alice", &mut alice), ("bob", &mut bob));
    acquaint_with(("alice", &mut alice), ("carol", &mut carol));
    (town, daemons, [alice, bob, carol], service)
}

/// The room that alice makes with both others; everybody has heard of it.
fn room(people: &mut [Client; 3]) -> String {
    let [alice, bob, carol] = people;
    let chat = alice.make_room("bob, carol");
    for other in [&mut *bob, &mut *carol] {
        let number = other.hear_kind("ADDEDMEMBERS");
        assert_eq!(other.get(&format!("CHATMESSAGE {number} CHATNAME")), chat);
        assert_eq!(
            other.get(&format!("CHATMESSAGE {number} FROM_HANDLE")),
            "alice"
        );
    }
    chat
}

#[test]
fn three_people_talk_in_a_room_that_gets_a_topic_and_loses_two_of_them() {
    let (_town, _daemons, mut people, _service) = three();
    let chat = room(&mut people);
    let [alice, bob, carol] = &mut people;
    for client in [&mut *alice, &mut *bob, &mut *carol] {
        client.await_members(&chat, &["alice", "bob", "carol"]);
        assert_eq!(
            client.get(&format!("CHAT {chat} STATUS")),
            "MULTI_SUBSCRIBED"
        );
    }

    alice.say(&format!("CHATMESSAGE {chat} hello \u{1f600};\nboth"));
    assert_eq!(hear_said(bob), "hello \u{1f600};\nboth");
    assert_eq!(hear_said(carol), "hello \u{1f600};\nboth");
    bob.say(&format!("CHATMESSAGE {chat} hi"));
    assert_eq!(hear_said(alice), "hi");
    assert_eq!(hear_said(carol), "hi");

    let reply = bob.ask(&format!("ALTER CHAT {chat} SETTOPIC Tea; at $5"));
    assert_eq!(reply, "ALTER CHAT SETTOPIC");
    for other in [&mut *alice, &mut *carol] {
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
        bob.ask(&format!("ALTER CHAT {chat} KICK carol")),
        "ERROR 504 that cannot be done to this chat"
    );
    assert_eq!(
        alice.ask(&format!("ALTER CHAT {chat} KICK carol")),
        "ALTER CHAT KICK"
    );
    for other in [&mut *bob, &mut *carol] {
        let number = other.hear_kind("KICKED");
        assert_eq!(
            other.get(&format!("CHATMESSAGE {number} FROM_HANDLE")),
            "alice"
        );
        assert_eq!(other.get(&format!("CHATMESSAGE {number} USERS")), "carol");
    }
    assert_eq!(carol.get(&format!("CHAT {chat} MYSTATUS")), "KICKED");
    bob.await_members(&chat, &["alice", "bob"]);

    assert_eq!(
        bob.ask(&format!("ALTER CHAT {chat} LEAVE")),
        "ALTER CHAT LEAVE"
    );
    let number = alice.hear_kind("LEFT");
    assert_eq!(
        alice.get(&format!("CHATMESSAGE {number} FROM_HANDLE")),
        "bob"
    );
    assert_eq!(
        alice.get(&format!("CHATMESSAGE {number} LEAVEREASON")),
        "UNSUBSCRIBE"
    );
    alice.await_members(&chat, &["alice"]);
    assert_eq!(bob.get(&format!("CHAT {chat} STATUS")), "UNSUBSCRIBED");
}

#[test]
fn a_room_outlives_the_daemons_and_the_service() {
    let (town, [alices, bobs, carols], mut people, mut service) = three();
    let chat = room(&mut people);
    let [alice, mut bob, carol] = people;
    drop((alice, carol));
    alices.stop();
    carols.stop();
    bob.say(&format!("CHATMESSAGE {chat} nobody there?"));
    bob.hear_between("CHATMESSAGE ", " STATUS SENT");
    let (code, said) = service.stop();
    assert_eq!(code, Some(0), "{said}");
    let _service = town.service_again();
    let alices = town.daemon("alice");
    let mut alice = alices.client();
    assert_eq!(hear_said(&mut alice), "nobody there?");
    alice.await_members(&chat, &["alice", "bob", "carol"]);
    alice.say(&format!("CHATMESSAGE {chat} I am back"));
    assert_eq!(hear_said(&mut bob), "I am back");
    drop(bobs);
}

#[test]
fn two_consoles_make_a_room_and_talk_in_it() {
    let (town, _service) = Town::with_service();
    let (alices, bobs) = (town.daemon("alice"), town.daemon("bob"));
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    acquaint_with(("alice", &mut alice), ("bob", &mut bob));
    let home = tempfile::tempdir().unwrap();
    let console = |port: u16, linger: &str| {
        let address = format!("127.0.0.1:{port}");
        let args = ["console", "--connect", &address, "--linger", linger];
        program(home.path(), &args).spawn().unwrap()
    };
    let mut his = console(bobs.port, "2");
    let mut says = his.stdin.take().unwrap();
    says.write_all(b"PROTOCOL 7\n").unwrap();
    // What happens before it is there is no news for it: another client of bob's has heard of that.
    let mut hears = BufReader::new(his.stdout.take().unwrap());
    let mut heard = String::new();
    while !heard.contains("USERSTATUS ONLINE\n") {
        assert!(hears.read_line(&mut heard).unwrap() > 0, "{heard}");
    }
    let mut hers = console(alices.port, "5");
    hers.stdin
        .take()
        .unwrap()
        .write_all(b"PROTOCOL 7\nCHAT CREATE bob, echo123\n")
        .unwrap();
    let number = bob.hear_kind("ADDEDMEMBERS");
    let chat = bob.get(&format!("CHATMESSAGE {number} CHATNAME"));
    alice.say(&format!("CHATMESSAGE {chat} to the room"));
    assert_eq!(hear_said(&mut bob), "to the room");
    let shown = text(&hers.wait_with_output().unwrap().stdout).to_owned();
    assert!(
        shown.contains(&format!("CHAT {chat} STATUS MULTI_SUBSCRIBED")),
        "{shown}"
    );
    drop(says);
    hears.read_to_string(&mut heard).unwrap();
    assert!(his.wait().unwrap().success());
    assert!(
        heard.contains(&format!("CHAT {chat} NAME {chat}")),
        "{heard}"
    );
    assert!(heard.contains("STATUS RECEIVED"), "{heard}");
}
