//! Rows of how chats are made, opened, named and marked.
//! Never about who comes into one and who goes out.

use crate::scenes::{all_refused, dialog, forget, look, next, room, word};
use crate::stage::Stage;

/// What alice says in a chat, bob hears.
fn bob_hears_of(stage: &mut Stage, chat: &str) {
    stage.asks(
        &format!("CHATMESSAGE {chat} hello"),
        "CHATMESSAGE * STATUS SENDING",
    );
    loop {
        let message = format!("CHATMESSAGE {}", next(stage, "bob"));
        let body = stage.asks_as(
            "bob",
            &format!("GET {message} BODY"),
            "CHATMESSAGE * BODY *",
        );
        if body == format!("{message} BODY hello") {
            break;
        }
    }
}

rows! {
    a_dialog_is_the_same_whenever_it_is_made plays ["CHAT CREATE u"] |stage| {
        let chat = dialog(stage, "alice", "bob");
        let number = chat.strip_prefix("#alice/$bob;").unwrap_or_default();
        let is_hex = number.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(is_hex && number.len() == 16, "{chat}");
        for line in ["CHAT CREATE bob", "chat  create  BOB ", "CHAT CREATE bob,"] {
            stage.asks(line, &format!("CHAT {chat} STATUS DIALOG"));
        }
        bob_hears_of(stage, &chat);
        stage.asks("CHAT CREATE bob", &format!("CHAT {chat} STATUS DIALOG"));
        all_refused(stage, &[
            ("CHAT CREATE b/b", 507),
            ("CHAT CREATE alice", 507),
            ("CHAT", 502),
            ("CHAT DANCE", 503),
        ]);
    };

    a_room_is_made_of_several plays ["CHAT CREATE u, u"] |stage| {
        stage.add_carol();
        let mut rooms = Vec::new();
        for names in ["bob, carol", "bob,carol", "Bob carol "] {
            let made = stage.asks(&format!("CHAT CREATE {names}"), "CHAT * STATUS MULTI_SUBSCRIBED");
            let room = word(&made, 1);
            let number = room.strip_prefix("#alice/$").unwrap_or_default();
            let is_hex = number.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_hex && number.len() == 16, "{room}");
            for (name, others) in [("bob", "alice carol"), ("carol", "alice bob")] {
                stage.hears(name, &format!("CHAT {room} NAME {room}"));
                stage.hears(name, &format!("CHAT {room} MEMBERS {name} {others}"));
            }
            assert!(!rooms.contains(&room), "each is another one");
            rooms.push(room);
        }
        bob_hears_of(stage, &rooms[0].clone());
        stage.refused("CHAT CREATE bob, ca/rol", 507);
    };

    a_room_is_made_of_nobody_and_filled_later plays ["CHAT CREATE"] |stage| {
        for line in ["CHAT CREATE", "CHAT CREATE "] {
            let made = stage.asks(line, "CHAT #alice/$* STATUS MULTI_SUBSCRIBED");
            let chat = word(&made, 1);
            look(stage, "alice", &format!("CHAT {chat}"), &[("MEMBERS", "alice")]);
            stage.asks(&format!("ALTER CHAT {chat} ADDMEMBERS bob"), "ALTER CHAT ADDMEMBERS");
            stage.hears("bob", &format!("CHAT {chat} NAME {chat}"));
            bob_hears_of(stage, &chat);
        }
    };

    there_are_no_public_chats plays ["CHAT CREATEUSINGBLOB", "CHAT FINDUSINGBLOB"] |stage| {
        all_refused(stage, &[
            ("CHAT CREATEUSINGBLOB SxvRkVH3Db01", 611),
            ("chat createusingblob", 611),
            ("CHAT FINDUSINGBLOB SxvRkVH3Db01", 501),
        ]);
    };

    a_window_of_a_chat_is_nodded_at plays ["OPEN CHAT"] |stage| {
        let chat = dialog(stage, "alice", "bob");
        stage.asks(&format!("open  chat   {chat}"), &format!("OPEN CHAT {chat}"));
        let shouted = chat.to_uppercase();
        stage.asks(&format!("OPEN CHAT {shouted}"), &format!("OPEN CHAT {shouted}"));
        all_refused(stage, &[("OPEN CHAT", 105), ("OPEN CHAT #no/$0123456789abcdef", 105)]);
        assert!(!stage.heard("alice", "CHAT * OPENED*"));
    };

    a_chat_is_asked_about plays ["GET CHAT", "SET CHAT DESCRIPTION"] |stage| {
        let chat = dialog(stage, "alice", "bob");
        let shouted = chat.to_uppercase();
        for id in [&chat, &shouted] {
            stage.asks(&format!("get chat  {id} topic "), &format!("CHAT {id} TOPIC "));
            stage.asks(&format!("GET CHAT {id} Name"), &format!("CHAT {id} NAME {chat}"));
        }
        stage.refused(&format!("SET CHAT {chat} DESCRIPTION of tea"), 106);
        look(stage, "alice", &format!("CHAT {chat}"), &[("DESCRIPTION", "")]);
        all_refused(stage, &[
            (&format!("GET CHAT {chat} NONSENSE"), 106),
            (&format!("GET CHAT {chat}"), 106),
            ("GET CHAT #no/$0123456789abcdef TOPIC", 105),
            ("GET CHAT nonsense TOPIC", 105),
            ("GET CHAT", 105),
        ]);
    };

    a_room_is_given_a_topic plays ["ALTER CHAT SETTOPIC", "ALTER CHAT SETTOPICXML"] |stage| {
        let room = room(stage);
        let object = format!("CHAT {room}");
        for (action, topic, verb) in [
            ("SETTOPIC tea & cake", "tea & cake", "SETTOPIC"),
            ("settopic  two  spaces ", " two  spaces ", "SETTOPIC"),
            ("SETTOPICXML <b>hot</b> <i a=\"b\">coffee</i>", "hot coffee", "SETTOPICXML"),
            ("SETTOPIC", "", "SETTOPIC"),
        ] {
            stage.asks(&format!("ALTER CHAT {room} {action}"), &format!("ALTER CHAT {verb}"));
            for name in ["bob", "carol"] {
                stage.hears(name, &format!("{object} TOPIC {topic}"));
                look(stage, name, &object, &[("TOPIC", topic), ("TOPICXML", "")]);
            }
            look(stage, "alice", &object, &[("TOPIC", topic)]);
        }
        stage.asks_as("bob", &format!("ALTER CHAT {room} SETTOPIC mine"), "ALTER CHAT SETTOPIC");
        stage.hears("alice", &format!("{object} TOPIC mine"));
        let dialog = dialog(stage, "alice", "bob");
        all_refused(stage, &[
            (&format!("ALTER CHAT {dialog} SETTOPIC tea"), 504),
            (&format!("ALTER CHAT {dialog} SETTOPICXML tea"), 504),
            ("ALTER CHAT #no/$0123456789abcdef SETTOPIC tea", 501),
        ]);
    };

    a_chat_is_marked plays [
        "ALTER CHAT BOOKMARK", "ALTER CHAT UNBOOKMARK", "SEARCH BOOKMARKEDCHATS", "CHAT BOOKMARKED",
        "notice CHAT BOOKMARKED",
    ] |stage| {
        stage.asks("SEARCH BOOKMARKEDCHATS", "CHATS ");
        let room = room(stage);
        let dialog = dialog(stage, "alice", "bob");
        for chat in [&dialog, &room] {
            let object = format!("CHAT {chat}");
            look(stage, "alice", &object, &[("BOOKMARKED", "FALSE")]);
            let shouted = chat.to_uppercase();
            stage.asks(
                &format!("alter chat {shouted} bookmark "),
                &format!("ALTER CHAT {shouted} BOOKMARKED TRUE"),
            );
            stage.hears("alice", &format!("CHAT {chat} BOOKMARKED TRUE"));
            look(stage, "alice", &object, &[("BOOKMARKED", "TRUE")]);
            stage.asks("SEARCH BOOKMARKEDCHATS", &format!("CHATS {chat}"));
            stage.asks_as("bob", "SEARCH BOOKMARKEDCHATS", "CHATS ");
            let reply = format!("ALTER CHAT {chat} BOOKMARKED FALSE");
            stage.asks(&format!("ALTER CHAT {chat} UNBOOKMARK"), &reply);
            stage.hears("alice", &format!("CHAT {chat} BOOKMARKED FALSE"));
            look(stage, "alice", &object, &[("BOOKMARKED", "FALSE")]);
            stage.asks("SEARCH BOOKMARKEDCHATS", "CHATS ");
        }
        stage.refused("SEARCH BOOKMARKEDCHATS bob", 29);
        stage.refused("ALTER CHAT #no/$0123456789abcdef BOOKMARK", 501);
    };

    what_does_nothing_is_nodded_at plays [
        "ALTER CHAT CLEARRECENTMESSAGES", "ALTER CHAT SETALERTSTRING",
    ] |stage| {
        let room = room(stage);
        let dialog = dialog(stage, "alice", "bob");
        for chat in [&room, &dialog] {
            forget(stage, "bob");
            let line = format!("ALTER CHAT {chat} CLEARRECENTMESSAGES");
            stage.asks(&line, "ALTER CHAT CLEARRECENTMESSAGES");
            let line = format!("alter chat {chat} setalertstring \"=tea time\"");
            stage.asks(&line, "ALTER CHAT SETALERTSTRING");
            bob_hears_of(stage, chat);
        }
    };

    what_cannot_be_done_to_a_chat_is_refused plays [
        "ALTER CHAT DISBAND", "ALTER CHAT SETPASSWORD", "ALTER CHAT ENTERPASSWORD",
        "ALTER CHAT SETOPTIONS", "ALTER CHAT SETGUIDELINES", "ALTER CHAT SETDESCRIPTION",
        "ALTER CHAT anything else",
    ] |stage| {
        let room = room(stage);
        let dialog = dialog(stage, "alice", "bob");
        for chat in [&room, &dialog] {
            for action in [
                "DISBAND", "disband ", "SETPASSWORD word what it is", "ENTERPASSWORD word",
                "SETOPTIONS 1", "SETGUIDELINES be kind", "SETDESCRIPTION of tea",
            ] {
                stage.refused(&format!("ALTER CHAT {chat} {action}"), 504);
            }
            stage.refused(&format!("ALTER CHAT {chat} DANCE"), 503);
            stage.refused(&format!("ALTER CHAT {chat}"), 502);
            look(stage, "alice", &format!("CHAT {chat}"), &[
                ("PASSWORDHINT", ""), ("GUIDELINES", ""), ("DESCRIPTION", ""),
            ]);
        }
        stage.refused("ALTER CHAT", 500);
        stage.asks_as("bob", &format!("GET CHAT {room} MYSTATUS"), "CHAT * MYSTATUS SUBSCRIBED");
    };
}
