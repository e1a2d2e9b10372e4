//! Accounts of one daemon have nothing of each other: no client of one reads or changes what is another's.
//! Never about who may be whose client.

use imo2sproxy_sim::World;
use imo2sproxy_sim::town::{SECONDS, befriend};

use crate::house::{account, come, house};

const SECRET: &str = "the treasure lies under the third oak";
const TOPIC: &str = "where the treasure lies";

/// Alice, bob and carol in one house. Bob and carol are friends, have written to each other, and have a room.
fn bob_and_carol_have_secrets() -> World {
    let accounts = ["alice", "bob", "carol"].map(|name| account(name, None));
    let mut world = house(accounts.into());
    for name in ["alice", "bob", "carol"] {
        come(&mut world, name, name);
    }
    befriend(&mut world, "bob", "carol");
    let bob = world.person("bob").clone();
    bob.say(&format!("MESSAGE carol {SECRET}"));
    world.expect("carol", "CHATMESSAGE * STATUS RECEIVED", SECONDS(5));
    bob.say("#room CHAT CREATE carol, echo123");
    world.expect("bob", "#room CHAT *", SECONDS(5));
    bob.say("SET PROFILE ABOUT a man of the woods");
    bob.say("CREATE GROUP confidants");
    let line = world.expect("bob", "GROUP * DISPLAYNAME confidants", SECONDS(5));
    let group = line.split(' ').nth(1).unwrap().to_owned();
    bob.say(&format!("ALTER GROUP {group} ADDUSER carol"));
    world.run_for(SECONDS(5));
    world
}

fn ask(world: &mut World, who: &str, line: &str) -> String {
    let person = world.person(who).clone();
    person.say(&format!("#ask {line}"));
    world.expect(who, "#ask *", SECONDS(10))
}

/// The chats and messages that somebody's client can ask about.
fn things(world: &mut World, who: &str) -> (Vec<String>, Vec<String>) {
    let list = |reply: String, word: &str| {
        let rest = reply.split_once(word).map(|(_, rest)| rest.to_owned());
        let rest = rest.unwrap_or_else(|| panic!("{reply}"));
        let items = rest.split(", ").map(|item| item.trim().to_owned());
        items.filter(|item| !item.is_empty()).collect::<Vec<_>>()
    };
    let chats = list(ask(world, who, "SEARCH CHATS"), "CHATS");
    let mut messages = Vec::new();
    for chat in &chats {
        let reply = ask(world, who, &format!("GET CHAT {chat} CHATMESSAGES"));
        messages.extend(list(reply, "CHATMESSAGES"));
    }
    assert!(
        chats.len() >= 2 && !messages.is_empty(),
        "{chats:?} {messages:?}"
    );
    (chats, messages)
}

/// What somebody's client hears who asks all about these.
fn everything(world: &mut World, who: &str, chats: &[String], messages: &[String]) -> Vec<String> {
    let mut questions = Vec::new();
    for message in messages {
        for property in ["BODY", "FROM_HANDLE", "CHATNAME", "STATUS", "USERS", "TYPE"] {
            questions.push(format!("GET CHATMESSAGE {message} {property}"));
        }
    }
    for chat in chats {
        for property in ["MEMBERS", "TOPIC", "STATUS", "FRIENDLYNAME", "CHATMESSAGES"] {
            questions.push(format!("GET CHAT {chat} {property}"));
        }
    }
    for question in [
        "SEARCH GROUPS CUSTOM",
        "SEARCH FRIENDS",
        "GET PROFILE ABOUT",
    ] {
        questions.push(question.into());
    }
    for property in ["BUDDYSTATUS", "ISAUTHORIZED", "ONLINESTATUS"] {
        questions.push(format!("GET USER carol {property}"));
    }
    let answer = |question: &String| ask(world, who, question);
    questions.iter().map(answer).collect()
}

#[test]
fn no_id_of_another_account_tells_anything_about_it() {
    let mut world = bob_and_carol_have_secrets();
    let (chats, messages) = things(&mut world, "bob");
    let known = everything(&mut world, "bob", &chats, &messages).join("\n");
    for secret in [SECRET, "a man of the woods", "BUDDYSTATUS 3", "bob carol"] {
        assert!(known.contains(secret), "bob knows: {known}");
    }
    let seen = everything(&mut world, "alice", &chats, &messages).join("\n");
    for secret in [SECRET, "a man of the woods", "BUDDYSTATUS 3", "bob carol"] {
        assert!(!seen.contains(secret), "alice knows: {seen}");
    }
    for line in ["SEARCH CHATMESSAGES", "SEARCH MESSAGES", "SEARCH CHATS"] {
        let reply = ask(&mut world, "alice", line);
        assert!(
            !reply.contains(&messages[0]) && !reply.contains(&chats[0]),
            "{reply}"
        );
    }
    let told = world.person("alice").replies().join("\n");
    assert!(!told.contains(SECRET), "{told}");
}

#[test]
fn no_id_of_another_account_changes_anything_of_it() {
    let mut world = bob_and_carol_have_secrets();
    let (chats, messages) = things(&mut world, "bob");
    let (their_chats, their_messages) = things(&mut world, "carol");
    let before = (
        everything(&mut world, "bob", &chats, &messages),
        everything(&mut world, "carol", &their_chats, &their_messages),
    );
    let mut tries = Vec::new();
    for chat in chats.iter().chain(&their_chats) {
        for action in [
            format!("SETTOPIC {TOPIC}"),
            "ADDMEMBERS alice".into(),
            "LEAVE".into(),
            "KICK carol".into(),
            "DISBAND".into(),
            "BOOKMARK".into(),
        ] {
            tries.push(format!("ALTER CHAT {chat} {action}"));
        }
        tries.push(format!("CHATMESSAGE {chat} let me in"));
    }
    for message in messages.iter().chain(&their_messages) {
        tries.push(format!("SET CHATMESSAGE {message} SEEN"));
        tries.push(format!("SET CHATMESSAGE {message} BODY forged"));
        tries.push(format!("SET MESSAGE {message} SEEN"));
    }
    let groups = ask(&mut world, "bob", "SEARCH GROUPS CUSTOM");
    let group = groups.rsplit(' ').next().unwrap();
    tries.push(format!("ALTER GROUP {group} REMOVEUSER carol"));
    tries.push(format!("SET GROUP {group} DISPLAYNAME forged"));
    tries.push(format!("DELETE GROUP {group}"));
    for line in &tries {
        ask(&mut world, "alice", line);
    }
    world.run_for(SECONDS(30));
    let after = (
        everything(&mut world, "bob", &chats, &messages),
        everything(&mut world, "carol", &their_chats, &their_messages),
    );
    assert_eq!(after, before);
}
