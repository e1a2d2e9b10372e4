//! Rows of messages: sent, asked about, read; under the name of our days and under the old one.
//! Never about the lines that tell of them unasked.

use crate::scenes::{all_refused, dialog, forget, is_now, look, next, room, say, value, word};
use crate::town::SECONDS;

rows! {
    a_text_is_sent_to_somebody plays ["MESSAGE"] |stage| {
        for (line, text) in [
            ("MESSAGE bob hello", "hello"),
            ("message  BOB  two  spaces ", " two  spaces "),
            ("Message bob /me", "/me"),
        ] {
            let sending = stage.asks(line, "CHATMESSAGE * STATUS SENDING");
            stage.hears("alice", &format!("CHATMESSAGE {} STATUS SENT", word(&sending, 1)));
            let message = format!("CHATMESSAGE {}", next(stage, "bob"));
            look(stage, "bob", &message, &[("BODY", text), ("FROM_HANDLE", "alice")]);
        }
        all_refused(stage, &[
            ("MESSAGE", 26),
            ("MESSAGE b/b hello", 26),
            ("MESSAGE bob", 43),
            ("MESSAGE bob ", 43),
        ]);
        stage.asks("SET USER bob ISBLOCKED TRUE", "USER bob ISBLOCKED TRUE");
        stage.hears("alice", "USER bob ISBLOCKED TRUE");
        stage.refused("MESSAGE bob hello", 39);
    };

    a_text_is_sent_into_a_chat plays ["CHATMESSAGE"] |stage| {
        let room = room(stage);
        let dialog = dialog(stage, "alice", "bob");
        for (chat, readers) in [(&room, &["bob", "carol"][..]), (&dialog, &["bob"])] {
            let line = format!("chatmessage {}  to you ", chat.to_uppercase());
            let sending = stage.asks(&line, "CHATMESSAGE * STATUS SENDING");
            stage.hears("alice", &format!("CHATMESSAGE {} STATUS SENT", word(&sending, 1)));
            for name in readers {
                let message = format!("CHATMESSAGE {}", next(stage, name));
                look(stage, name, &message, &[("BODY", " to you "), ("FROM_HANDLE", "alice")]);
            }
        }
        all_refused(stage, &[
            ("CHATMESSAGE", 509),
            ("CHATMESSAGE #no/$0123456789abcdef hello", 510),
            ("CHATMESSAGE nonsense hello", 510),
            (&format!("CHATMESSAGE {room}"), 43),
            (&format!("CHATMESSAGE {room} "), 43),
        ]);
        stage.asks(&format!("ALTER CHAT {room} LEAVE"), "ALTER CHAT LEAVE");
        stage.refused(&format!("CHATMESSAGE {room} hello"), 511);
    };

    a_message_is_asked_about_by_its_number plays ["GET CHATMESSAGE", "GET MESSAGE"] |stage| {
        let (own, theirs) = say(stage, "alice", "bob", "hello");
        stage.asks(&format!("get chatmessage {own} body "), &format!("CHATMESSAGE {own} BODY hello"));
        // The number stands in the reply as it was written, and the object is called as it was.
        let line = format!("GET CHATMESSAGE 00{theirs} Body");
        stage.asks_as("bob", &line, &format!("CHATMESSAGE 00{theirs} BODY hello"));
        let line = format!("GET  MESSAGE {theirs}  BODY");
        stage.asks_as("bob", &line, &format!("MESSAGE {theirs} BODY hello"));
        for object in ["CHATMESSAGE", "MESSAGE"] {
            all_refused(stage, &[
                (&format!("GET {object} x BODY"), 14),
                (&format!("GET {object}"), 14),
                (&format!("GET {object} 1999999999 BODY"), 15),
                (&format!("GET {object} {own} NONSENSE"), 16),
                (&format!("GET {object} {own}"), 16),
            ]);
        }
    };

    a_message_is_read_once_and_for_all plays [
        "SET CHATMESSAGE SEEN", "SET MESSAGE SEEN", "CHATMESSAGE SEEN", "MESSAGE SEEN",
    ] |stage| {
        for object in ["CHATMESSAGE", "MESSAGE"] {
            let (_, theirs) = say(stage, "alice", "bob", "hello");
            let message = format!("{object} {theirs}");
            look(stage, "bob", &message, &[("STATUS", "RECEIVED")]);
            let read = format!("{message} STATUS READ");
            stage.asks_as("bob", &format!("set {message} seen "), &read);
            stage.hears("bob", &format!("CHATMESSAGE {theirs} STATUS READ"));
            look(stage, "bob", &message, &[("STATUS", "READ")]);
            stage.asks_as("bob", "SEARCH MISSEDCHATMESSAGES", "CHATMESSAGES ");
            forget(stage, "bob");
            stage.asks_as("bob", &format!("SET {message} SEEN"), &read);
            stage.world.run_for(SECONDS(2));
            let told = stage.world.person("bob").take("CHATMESSAGE *");
            assert_eq!(told, None, "that is nothing new");
            all_refused(stage, &[
                (&format!("SET {object} x SEEN"), 30),
                (&format!("SET {object} 1999999999 SEEN"), 31),
                (&format!("SET {message} NONSENSE"), 32),
            ]);
        }
    };

    a_text_stays_as_it_was_sent plays ["SET CHATMESSAGE BODY", "SET MESSAGE BODY"] |stage| {
        let (own, theirs) = say(stage, "alice", "bob", "hello");
        for object in ["CHATMESSAGE", "MESSAGE"] {
            stage.refused(&format!("SET {object} {own} BODY goodbye"), 32);
            stage.asks_as("bob", &format!("SET {object} {theirs} BODY goodbye"), "ERROR 32 *");
            look(stage, "alice", &format!("{object} {own}"), &[("BODY", "hello")]);
        }
        look(stage, "bob", &format!("CHATMESSAGE {theirs}"), &[("BODY", "hello")]);
    };

    a_message_can_be_asked_about_in_every_way plays [
        "CHATMESSAGE TIMESTAMP", "CHATMESSAGE FROM_HANDLE", "CHATMESSAGE FROM_DISPNAME",
        "CHATMESSAGE PARTNER_HANDLE", "CHATMESSAGE PARTNER_DISPNAME", "CHATMESSAGE TYPE",
        "CHATMESSAGE STATUS", "CHATMESSAGE LEAVEREASON", "CHATMESSAGE CHATNAME",
        "CHATMESSAGE USERS", "CHATMESSAGE BODY", "CHATMESSAGE IS_EDITABLE",
        "CHATMESSAGE EDITED_BY", "CHATMESSAGE EDITED_TIMESTAMP", "CHATMESSAGE OPTIONS",
        "CHATMESSAGE ROLE",
    ] |stage| {
        let line = "SET USER alice DISPLAYNAME Alice A";
        stage.asks_as("bob", line, "USER alice DISPLAYNAME Alice A");
        let (own, theirs) = say(stage, "alice", "bob", "/me waves");
        for (who, number, name, status, partner) in [
            ("alice", own, "alice", "SENT", "bob"),
            ("bob", theirs, "Alice A", "RECEIVED", "alice"),
        ] {
            let chat = dialog(stage, who, partner);
            let message = format!("CHATMESSAGE {number}");
            is_now(stage, who, &message, "TIMESTAMP");
            look(stage, who, &message, &[
                ("FROM_HANDLE", "alice"), ("FROM_DISPNAME", name), ("PARTNER_HANDLE", "alice"),
                ("PARTNER_DISPNAME", name), ("TYPE", "EMOTED"), ("STATUS", status),
                ("CHATNAME", &chat), ("BODY", "waves"), ("LEAVEREASON", ""), ("USERS", ""),
                ("IS_EDITABLE", "FALSE"), ("EDITED_BY", ""), ("EDITED_TIMESTAMP", "0"),
                ("OPTIONS", "0"), ("ROLE", "UNKNOWN"),
            ]);
        }
        let (own, _) = say(stage, "alice", "bob", "hello");
        look(stage, "alice", &format!("CHATMESSAGE {own}"), &[("TYPE", "SAID")]);
    };

    what_happens_in_a_room_is_a_message_too plays [
        "CHATMESSAGE TYPE", "CHATMESSAGE USERS", "CHATMESSAGE LEAVEREASON", "CHATMESSAGE BODY",
    ] |stage| {
        let room = room(stage);
        let added = value(stage, "carol", &format!("CHAT {room}"), "RECENTCHATMESSAGES");
        look(stage, "carol", &format!("CHATMESSAGE {added}"), &[
            ("TYPE", "ADDEDMEMBERS"), ("USERS", "carol"), ("BODY", ""), ("LEAVEREASON", ""),
            ("FROM_HANDLE", "alice"),
        ]);
        for (who, action, about) in [
            ("alice", "SETTOPIC tea", [("TYPE", "SETTOPIC"), ("BODY", "tea"), ("USERS", ""), ("LEAVEREASON", "")]),
            ("bob", "LEAVE", [("TYPE", "LEFT"), ("BODY", ""), ("USERS", ""), ("LEAVEREASON", "UNSUBSCRIBE")]),
            ("alice", "KICK carol", [("TYPE", "KICKED"), ("BODY", ""), ("USERS", "carol"), ("LEAVEREASON", "")]),
        ] {
            stage.asks_as(who, &format!("ALTER CHAT {room} {action}"), "ALTER CHAT *");
            let message = format!("CHATMESSAGE {}", next(stage, "carol"));
            look(stage, "carol", &message, &about);
            look(stage, "carol", &message, &[("FROM_HANDLE", who), ("CHATNAME", &room)]);
        }
    };

    types_that_came_late_are_unknown_to_an_older_client plays ["CHATMESSAGE TYPE"] |stage| {
        let room = room(stage);
        stage.asks_as("bob", "PROTOCOL 6", "PROTOCOL 6");
        stage.asks(&format!("ALTER CHAT {room} KICK carol"), "ALTER CHAT KICK");
        let message = format!("CHATMESSAGE {}", next(stage, "bob"));
        look(stage, "bob", &message, &[("TYPE", "UNKNOWN")]);
        stage.asks_as("bob", "PROTOCOL 7", "PROTOCOL 7");
        look(stage, "bob", &message, &[("TYPE", "KICKED")]);
    };
}
