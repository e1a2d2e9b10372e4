//! Rows of what can be asked about a chat: a dialog, and a room.
//! Never about its members one by one and what was said in it.

use crate::scenes::{dialog, is_now, look, room, say};
use crate::town::SECONDS;

rows! {
    a_dialog_can_be_asked_about_in_every_way plays [
        "CHAT NAME", "CHAT TIMESTAMP", "CHAT ADDER", "CHAT STATUS", "CHAT POSTERS", "CHAT MEMBERS",
        "CHAT ACTIVEMEMBERS", "CHAT TOPIC", "CHAT TOPICXML", "CHAT FRIENDLYNAME",
        "CHAT PASSWORDHINT", "CHAT GUIDELINES", "CHAT DESCRIPTION", "CHAT BLOB", "CHAT OPTIONS",
        "CHAT DIALOG_PARTNER", "CHAT ACTIVITY_TIMESTAMP", "CHAT TYPE", "CHAT MYSTATUS",
        "CHAT MYROLE", "CHAT APPLICANTS",
    ] |stage| {
        stage.asks("SET USER bob DISPLAYNAME Bob B", "USER bob DISPLAYNAME Bob B");
        for (who, other, name) in [("alice", "bob", "Bob B"), ("bob", "alice", "alice")] {
            let chat = dialog(stage, who, other);
            let object = format!("CHAT {chat}");
            let both = format!("{who} {other}");
            is_now(stage, who, &object, "TIMESTAMP");
            look(stage, who, &object, &[
                ("NAME", &chat), ("ADDER", ""), ("STATUS", "DIALOG"), ("POSTERS", ""),
                ("MEMBERS", &both), ("ACTIVEMEMBERS", &both), ("TOPIC", ""), ("TOPICXML", ""),
                ("FRIENDLYNAME", name), ("PASSWORDHINT", ""), ("GUIDELINES", ""),
                ("DESCRIPTION", ""), ("BLOB", ""), ("OPTIONS", "0"), ("DIALOG_PARTNER", other),
                ("TYPE", "DIALOG"), ("MYSTATUS", "SUBSCRIBED"), ("MYROLE", "USER"),
                ("APPLICANTS", ""), ("ACTIVITY_TIMESTAMP", "0"),
            ]);
        }
        stage.world.run_for(SECONDS(3));
        say(stage, "bob", "alice", "hello");
        for (who, other) in [("alice", "bob"), ("bob", "alice")] {
            let object = format!("CHAT {}", dialog(stage, who, other));
            look(stage, who, &object, &[("POSTERS", "bob")]);
            is_now(stage, who, &object, "ACTIVITY_TIMESTAMP");
        }
        say(stage, "alice", "bob", "hello");
        let object = format!("CHAT {}", dialog(stage, "alice", "bob"));
        look(stage, "alice", &object, &[("POSTERS", "alice bob")]);
    };

    a_room_can_be_asked_about_in_every_way plays [
        "CHAT NAME", "CHAT TIMESTAMP", "CHAT ADDER", "CHAT STATUS", "CHAT POSTERS", "CHAT MEMBERS",
        "CHAT ACTIVEMEMBERS", "CHAT TOPIC", "CHAT TOPICXML", "CHAT FRIENDLYNAME",
        "CHAT PASSWORDHINT", "CHAT GUIDELINES", "CHAT DESCRIPTION", "CHAT BLOB", "CHAT OPTIONS",
        "CHAT DIALOG_PARTNER", "CHAT ACTIVITY_TIMESTAMP", "CHAT TYPE", "CHAT MYSTATUS",
        "CHAT MYROLE", "CHAT APPLICANTS",
    ] |stage| {
        let room = room(stage);
        let object = format!("CHAT {room}");
        for (who, others, adder, role) in [
            ("alice", ["bob", "carol"], "", "CREATOR"),
            ("bob", ["alice", "carol"], "alice", "USER"),
        ] {
            let all = format!("{who} {}", others.join(" "));
            is_now(stage, who, &object, "TIMESTAMP");
            look(stage, who, &object, &[
                ("NAME", &room), ("ADDER", adder), ("STATUS", "MULTI_SUBSCRIBED"), ("POSTERS", ""),
                ("MEMBERS", &all), ("ACTIVEMEMBERS", &all), ("TOPIC", ""), ("TOPICXML", ""),
                ("FRIENDLYNAME", &others.join(", ")), ("PASSWORDHINT", ""), ("GUIDELINES", ""),
                ("DESCRIPTION", ""), ("BLOB", ""), ("OPTIONS", "1"), ("DIALOG_PARTNER", ""),
                ("TYPE", "MULTICHAT"), ("MYSTATUS", "SUBSCRIBED"), ("MYROLE", role),
                ("APPLICANTS", ""),
            ]);
        }
        for (who, posters) in [("bob", "bob"), ("carol", "bob carol")] {
            let line = format!("CHATMESSAGE {room} hello");
            stage.asks_as(who, &line, "CHATMESSAGE * STATUS SENDING");
            stage.hears("alice", "CHATMESSAGE * STATUS RECEIVED");
            look(stage, "alice", &object, &[("POSTERS", posters)]);
        }
        is_now(stage, "alice", &object, "ACTIVITY_TIMESTAMP");
    };
}
