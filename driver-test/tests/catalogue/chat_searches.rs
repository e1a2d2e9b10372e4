//! Rows of searches for chats and for what was said in them.
//! Never about the old names of messages.

use crate::scenes::{dialog, next, room, say, value, word};
use crate::stage::Stage;
use crate::town::SECONDS;

/// Checks which chats somebody finds by each of these searches.
fn finds(stage: &mut Stage, who: &str, lists: &[&str], chats: &[&str]) {
    let reply = format!("CHATS {}", chats.join(", "));
    for list in lists {
        stage.asks_as(who, &format!("SEARCH {list}"), &reply);
    }
}

rows! {
    chats_are_found_the_latest_first plays [
        "SEARCH CHATS", "SEARCH ACTIVECHATS", "SEARCH RECENTCHATS",
    ] |stage| {
        const LISTS: &[&str] = &["CHATS", "ACTIVECHATS", "RECENTCHATS", "recentchats "];
        finds(stage, "alice", LISTS, &[]);
        let room = room(stage);
        finds(stage, "alice", LISTS, &[&room]);
        stage.world.run_for(SECONDS(5));
        say(stage, "alice", "bob", "hello");
        let with_bob = dialog(stage, "alice", "bob");
        finds(stage, "alice", LISTS, &[&with_bob, &room]);
        stage.world.run_for(SECONDS(5));
        stage.asks(&format!("CHATMESSAGE {room} hello"), "CHATMESSAGE * STATUS SENDING");
        finds(stage, "alice", LISTS, &[&room, &with_bob]);
        finds(stage, "carol", LISTS, &[&room]);
        stage.refused("SEARCH CHATS bob", 107);
        stage.refused("SEARCH ACTIVECHATS bob", 29);
        stage.refused("SEARCH RECENTCHATS bob", 29);
    };

    chats_with_unread_messages_are_found plays ["SEARCH MISSEDCHATS"] |stage| {
        finds(stage, "bob", &["MISSEDCHATS", "missedchats "], &[]);
        let (_, number) = say(stage, "alice", "bob", "hello");
        let chat = dialog(stage, "bob", "alice");
        finds(stage, "bob", &["MISSEDCHATS"], &[&chat]);
        finds(stage, "alice", &["MISSEDCHATS"], &[]);
        let read = format!("CHATMESSAGE {number} STATUS READ");
        stage.asks_as("bob", &format!("SET CHATMESSAGE {number} SEEN"), &read);
        finds(stage, "bob", &["MISSEDCHATS"], &[]);
        stage.refused("SEARCH MISSEDCHATS bob", 29);
    };

    messages_are_found plays [
        "SEARCH CHATMESSAGES", "SEARCH MISSEDCHATMESSAGES", "CHAT CHATMESSAGES",
        "CHAT RECENTCHATMESSAGES",
    ] |stage| {
        stage.add_carol();
        for search in ["CHATMESSAGES", "CHATMESSAGES bob", "MISSEDCHATMESSAGES"] {
            stage.asks(&format!("SEARCH {search}"), "CHATMESSAGES ");
        }
        let chat = dialog(stage, "alice", "bob");
        let object = format!("CHAT {chat}");
        assert_eq!(value(stage, "alice", &object, "CHATMESSAGES"), "");
        assert_eq!(value(stage, "alice", &object, "RECENTCHATMESSAGES"), "");
        let (first, _) = say(stage, "alice", "bob", "one");
        let (_, second) = say(stage, "bob", "alice", "two");
        let (_, third) = say(stage, "carol", "alice", "three");
        let with_bob = format!("{second}, {first}");
        for (search, found) in [
            ("CHATMESSAGES", format!("{third}, {with_bob}")),
            ("CHATMESSAGES bob", with_bob.clone()),
            ("chatmessages  Bob ", with_bob.clone()),
            ("CHATMESSAGES carol", third.clone()),
            ("CHATMESSAGES nobody", String::new()),
            ("MISSEDCHATMESSAGES", format!("{third}, {second}")),
            ("missedchatmessages ", format!("{third}, {second}")),
        ] {
            stage.asks(&format!("SEARCH {search}"), &format!("CHATMESSAGES {found}"));
        }
        assert_eq!(value(stage, "alice", &object, "CHATMESSAGES"), with_bob);
        assert_eq!(value(stage, "alice", &object, "RECENTCHATMESSAGES"), with_bob);
        let read = format!("CHATMESSAGE {second} STATUS READ");
        stage.asks(&format!("SET CHATMESSAGE {second} SEEN"), &read);
        stage.asks("SEARCH MISSEDCHATMESSAGES", &format!("CHATMESSAGES {third}"));
        stage.refused("SEARCH CHATMESSAGES b/b", 8);
        stage.refused("SEARCH MISSEDCHATMESSAGES bob", 29);
    };

    messages_of_a_room_are_found_in_it plays ["CHAT CHATMESSAGES", "CHAT RECENTCHATMESSAGES"] |stage| {
        let room = room(stage);
        let object = format!("CHAT {room}");
        // bob was brought in, then carol.
        let added = value(stage, "bob", &object, "CHATMESSAGES");
        assert_eq!(added.split(", ").count(), 2, "{added}");
        stage.asks(&format!("CHATMESSAGE {room} hello"), "CHATMESSAGE * STATUS SENDING");
        let heard = next(stage, "bob");
        let own = stage.asks_as("bob", &format!("CHATMESSAGE {room} hi"), "CHATMESSAGE * STATUS SENDING");
        let all = format!("{}, {heard}, {added}", word(&own, 1));
        assert_eq!(value(stage, "bob", &object, "CHATMESSAGES"), all);
        assert_eq!(value(stage, "bob", &object, "RECENTCHATMESSAGES"), all);
    };
}
