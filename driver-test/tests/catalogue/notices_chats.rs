//! Rows of what clients are told of chats and messages unasked, each once and in time.
//! Never about answers.

use crate::scenes::{dialog, next, room, say, word};
use crate::stage::Stage;
use crate::town::SECONDS;

/// The untagged lines that somebody has heard and that begin so.
fn told(stage: &Stage, who: &str, start: &str) -> Vec<String> {
    let mut lines = stage.world.person(who).replies();
    lines.retain(|line| line.starts_with(start));
    lines
}

rows! {
    a_message_is_told_step_by_step plays ["notice CHATMESSAGE STATUS"] |stage| {
        let (own, theirs) = say(stage, "alice", "bob", "hello");
        let read = format!("CHATMESSAGE {theirs} STATUS READ");
        stage.asks_as("bob", &format!("SET CHATMESSAGE {theirs} SEEN"), &read);
        stage.hears("bob", &read);
        stage.world.run_for(SECONDS(5));
        let lines = [format!("CHATMESSAGE {own} STATUS SENT")];
        assert_eq!(told(stage, "alice", "CHATMESSAGE "), lines);
        let lines = [format!("CHATMESSAGE {theirs} STATUS RECEIVED"), read];
        assert_eq!(told(stage, "bob", "CHATMESSAGE "), lines);
        // What does not come to anybody is told too.
        let line = stage.asks("MESSAGE nobody hello", "CHATMESSAGE * STATUS SENDING");
        stage.hears("alice", &format!("CHATMESSAGE {} STATUS FAILED", word(&line, 1)));
    };

    a_new_dialog_is_told_before_its_message plays [
        "notice CHAT NAME", "notice CHAT STATUS", "notice CHAT MEMBERS",
        "notice CHAT ACTIVEMEMBERS", "notice CHAT TOPIC", "notice CHAT FRIENDLYNAME",
        "notice CHAT MYROLE", "notice CHAT TIMESTAMP", "notice CHAT DIALOG_PARTNER",
    ] |stage| {
        let (_, number) = say(stage, "alice", "bob", "hello");
        let lines = stage.world.person("bob").replies();
        let received = format!("CHATMESSAGE {number} STATUS RECEIVED");
        let at = lines.iter().position(|line| *line == received).unwrap();
        let chat = dialog(stage, "bob", "alice");
        for (property, value) in [
            ("NAME", &*chat), ("STATUS", "DIALOG"), ("MEMBERS", "bob alice"),
            ("ACTIVEMEMBERS", "bob alice"), ("TOPIC", ""), ("FRIENDLYNAME", "alice"),
            ("MYROLE", "USER"), ("DIALOG_PARTNER", "alice"),
        ] {
            let line = format!("CHAT {chat} {property} {value}");
            assert!(lines[..at].contains(&line), "{line}");
        }
        let time = format!("CHAT {chat} TIMESTAMP 1341");
        assert!(lines[..at].iter().any(|line| line.starts_with(&time)), "{lines:?}");
        let known = told(stage, "bob", "CHAT ");
        say(stage, "alice", "bob", "again");
        let news = &told(stage, "bob", "CHAT ")[known.len()..];
        assert!(!news.iter().any(|line| line.contains(" NAME ")), "it is told once: {news:?}");
    };

    a_new_room_is_told plays [
        "notice CHAT NAME", "notice CHAT STATUS", "notice CHAT TYPE", "notice CHAT MEMBERS",
        "notice CHAT ACTIVEMEMBERS", "notice CHAT TOPIC", "notice CHAT FRIENDLYNAME",
        "notice CHAT ACTIVITY_TIMESTAMP", "notice CHAT MYSTATUS", "notice CHAT MYROLE",
        "notice CHAT TIMESTAMP", "notice CHAT ADDER", "notice CHAT OPTIONS",
        "notice CHATMEMBER ROLE",
    ] |stage| {
        let room = room(stage);
        for (who, lines) in [
            ("alice", &[
                "STATUS MULTI_SUBSCRIBED", "TYPE MULTICHAT", "MEMBERS alice",
                "MEMBERS alice bob carol", "ACTIVEMEMBERS alice", "FRIENDLYNAME bob, carol",
                "ACTIVITY_TIMESTAMP 0", "MYSTATUS SUBSCRIBED", "MYROLE CREATOR", "OPTIONS 1",
            ][..]),
            ("bob", &[
                "STATUS MULTI_SUBSCRIBED", "MEMBERS bob alice carol",
                "ACTIVEMEMBERS bob alice carol", "FRIENDLYNAME alice, carol", "MYROLE USER",
                "ADDER alice", "TOPIC ", "OPTIONS 1",
            ]),
        ] {
            for line in lines {
                let line = format!("CHAT {room} {line}");
                assert!(stage.heard(who, &line), "{who}: {line}");
            }
            assert!(stage.heard(who, &format!("CHAT {room} NAME {room}")), "{who}");
            assert!(stage.heard(who, &format!("CHAT {room} TIMESTAMP 1341*")), "{who}");
            let role = if who == "alice" { "CREATOR" } else { "USER" };
            assert!(stage.heard(who, &format!("CHATMEMBER * ROLE {role}")), "{who}");
        }
    };

    what_changes_in_a_room_is_told plays [
        "notice CHAT TOPIC", "notice CHAT FRIENDLYNAME", "notice CHAT POSTERS",
        "notice CHAT MEMBERS", "notice CHAT ACTIVEMEMBERS", "notice CHAT STATUS",
        "notice CHAT MYSTATUS",
    ] |stage| {
        let room = room(stage);
        for (who, posters, own) in [("bob", "bob", "bob"), ("carol", "bob carol", "carol bob")] {
            for text in ["hello", "again"] {
                let line = format!("CHATMESSAGE {room} {text}");
                stage.asks_as(who, &line, "CHATMESSAGE * STATUS SENDING");
                next(stage, "alice");
            }
            stage.world.run_for(SECONDS(2));
            for (name, posters) in [("alice", posters), (who, own)] {
                let line = format!("CHAT {room} POSTERS {posters}");
                let count = stage.world.person(name).count(&line);
                assert_eq!(count, 1, "{name}: {line}");
            }
        }
        stage.asks(&format!("ALTER CHAT {room} SETTOPIC tea"), "ALTER CHAT SETTOPIC");
        stage.hears("bob", &format!("CHAT {room} TOPIC tea"));
        stage.hears("bob", &format!("CHAT {room} FRIENDLYNAME tea"));
        stage.asks(&format!("ALTER CHAT {room} KICK carol"), "ALTER CHAT KICK");
        stage.hears("bob", &format!("CHAT {room} MEMBERS bob alice"));
        stage.hears("bob", &format!("CHAT {room} ACTIVEMEMBERS bob alice"));
        stage.hears("carol", &format!("CHAT {room} MYSTATUS KICKED"));
        stage.hears("carol", &format!("CHAT {room} STATUS UNSUBSCRIBED"));
    };

    an_older_client_is_told_of_messages_in_its_own_word plays ["notice CHATMESSAGE STATUS"] |stage| {
        for (protocol, object) in [(1, "MESSAGE"), (2, "MESSAGE"), (3, "CHATMESSAGE")] {
            let line = format!("PROTOCOL {protocol}");
            stage.asks_as("bob", &line, &line);
            stage.asks("MESSAGE bob hello", "CHATMESSAGE * STATUS SENDING");
            stage.hears("bob", &format!("{object} * STATUS RECEIVED"));
        }
    };
}
