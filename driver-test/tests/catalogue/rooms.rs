//! Rows of who comes into a chat and who goes out, and of the members one by one.
//! Never about what is said there.

use crate::scenes::{all_refused, dialog, forget, look, next, room, value};
use crate::town::SECONDS;

rows! {
    people_are_brought_into_a_chat plays ["ALTER CHAT ADDMEMBERS"] |stage| {
        stage.add_carol();
        let room = dialog(stage, "alice", "bob");
        let line = format!("alter chat {room}  addmembers  Carol ");
        stage.asks(&line, "ALTER CHAT ADDMEMBERS");
        stage.hears("alice", &format!("CHAT {room} STATUS MULTI_SUBSCRIBED"));
        stage.hears("carol", "CHAT * MEMBERS carol alice bob");
        let message = format!("CHATMESSAGE {}", next(stage, "carol"));
        look(stage, "carol", &message, &[("TYPE", "ADDEDMEMBERS"), ("FROM_HANDLE", "alice")]);
        let about = [("MEMBERS", "alice bob carol"), ("STATUS", "MULTI_SUBSCRIBED")];
        look(stage, "alice", &format!("CHAT {room}"), &about);
        all_refused(stage, &[
            (&format!("ALTER CHAT {room} ADDMEMBERS"), 506),
            (&format!("ALTER CHAT {room} ADDMEMBERS b/b"), 506),
            (&format!("ALTER CHAT {room} ADDMEMBERS nobody"), 504),
            ("ALTER CHAT #no/$0123456789abcdef ADDMEMBERS bob", 501),
        ]);
    };

    whoever_leaves_is_out plays ["ALTER CHAT LEAVE"] |stage| {
        let room = room(stage);
        let object = format!("CHAT {room}");
        let line = format!("ALTER CHAT {room} LEAVE");
        stage.asks_as("bob", &format!("{line} now"), "ERROR 505 *");
        stage.asks_as("bob", &line, "ALTER CHAT LEAVE");
        stage.hears("carol", &format!("{object} MEMBERS carol alice"));
        look(stage, "alice", &object, &[("MEMBERS", "alice carol"), ("STATUS", "MULTI_SUBSCRIBED")]);
        let out = [("MEMBERS", "alice carol"), ("STATUS", "UNSUBSCRIBED"), ("MYSTATUS", "UNSUBSCRIBED")];
        look(stage, "bob", &object, &out);
        stage.asks_as("bob", &format!("CHATMESSAGE {room} hello?"), "ERROR 511 *");
        let dialog = dialog(stage, "alice", "bob");
        all_refused(stage, &[
            (&format!("ALTER CHAT {dialog} LEAVE"), 504),
            ("ALTER CHAT #no/$0123456789abcdef LEAVE", 501),
        ]);
    };

    a_room_is_joined_only_by_who_is_in plays ["ALTER CHAT JOIN", "ALTER CHAT ACCEPTADD"] |stage| {
        let room = room(stage);
        let dialog = dialog(stage, "alice", "bob");
        for verb in ["JOIN", "ACCEPTADD"] {
            let line = format!("alter chat {room} {} ", verb.to_lowercase());
            stage.asks_as("bob", &line, &format!("ALTER CHAT {verb}"));
            stage.refused(&format!("ALTER CHAT {dialog} {verb}"), 504);
            stage.refused(&format!("ALTER CHAT #no/$0123456789abcdef {verb}"), 501);
        }
        look(stage, "bob", &format!("CHAT {room}"), &[("MYSTATUS", "SUBSCRIBED")]);
        stage.asks_as("bob", &format!("ALTER CHAT {room} LEAVE"), "ALTER CHAT LEAVE");
        for verb in ["JOIN", "ACCEPTADD"] {
            stage.asks_as("bob", &format!("ALTER CHAT {room} {verb}"), "ERROR 504 *");
        }
    };

    people_are_thrown_out plays ["ALTER CHAT KICK", "ALTER CHAT KICKBAN"] |stage| {
        for verb in ["KICK", "KICKBAN"] {
            let room = room(stage);
            let object = format!("CHAT {room}");
            // Only who has made it may.
            stage.asks_as("bob", &format!("ALTER CHAT {room} {verb} carol"), "ERROR 504 *");
            stage.refused(&format!("ALTER CHAT {room} {verb}"), 504);
            stage.refused(&format!("ALTER CHAT #no/$0123456789abcdef {verb} bob"), 501);
            let line = format!("alter chat {room} {} Carol ", verb.to_lowercase());
            stage.asks(&line, &format!("ALTER CHAT {verb}"));
            let message = format!("CHATMESSAGE {}", next(stage, "bob"));
            let kicked = [("TYPE", "KICKED"), ("FROM_HANDLE", "alice"), ("USERS", "carol")];
            look(stage, "bob", &message, &kicked);
            stage.hears("carol", &format!("{object} MYSTATUS KICKED"));
            look(stage, "carol", &object, &[("STATUS", "UNSUBSCRIBED"), ("MYSTATUS", "KICKED")]);
            look(stage, "bob", &object, &[("MEMBERS", "bob alice")]);
            stage.asks_as("carol", &format!("CHATMESSAGE {room} hello?"), "ERROR 511 *");
        }
    };

    members_are_asked_about_one_by_one plays [
        "GET CHATMEMBER", "CHAT MEMBEROBJECTS", "CHATMEMBER CHATNAME", "CHATMEMBER IDENTITY",
        "CHATMEMBER ROLE", "CHATMEMBER IS_ACTIVE",
    ] |stage| {
        let room = room(stage);
        let dialog = dialog(stage, "alice", "bob");
        for (chat, members, own_role) in [
            (&room, &["alice", "bob", "carol"][..], "CREATOR"),
            (&dialog, &["alice", "bob"], "USER"),
        ] {
            let list = value(stage, "alice", &format!("CHAT {chat}"), "MEMBEROBJECTS");
            let numbers: Vec<&str> = list.split(", ").collect();
            assert_eq!(numbers.len(), members.len(), "{list}");
            for (number, handle) in numbers.iter().zip(members) {
                let role = if *handle == "alice" { own_role } else { "USER" };
                look(stage, "alice", &format!("CHATMEMBER {number}"), &[
                    ("CHATNAME", chat), ("IDENTITY", handle), ("ROLE", role), ("IS_ACTIVE", "TRUE"),
                ]);
            }
            let first = numbers[0];
            stage.asks(
                &format!("get  chatmember 0{first} identity "),
                &format!("CHATMEMBER 0{first} IDENTITY alice"),
            );
            stage.refused(&format!("GET CHATMEMBER {first} NONSENSE"), 106);
            let again = value(stage, "alice", &format!("CHAT {chat}"), "MEMBEROBJECTS");
            assert_eq!(again, list, "they keep their numbers");
        }
        all_refused(stage, &[
            ("GET CHATMEMBER 1999999999 ROLE", 14),
            ("GET CHATMEMBER x ROLE", 14),
            ("GET CHATMEMBER", 14),
        ]);
    };

    roles_stay_as_they_are plays [
        "ALTER CHATMEMBER SETROLETO", "ALTER CHATMEMBER CANSETROLETO",
    ] |stage| {
        let room = room(stage);
        let list = value(stage, "alice", &format!("CHAT {room}"), "MEMBEROBJECTS");
        let bob = list.split(", ").nth(1).unwrap().to_owned();
        for role in ["MASTER", "helper", "User", "LISTENER"] {
            stage.refused(&format!("ALTER CHATMEMBER {bob} SETROLETO {role}"), 504);
            stage.asks(
                &format!("alter chatmember {bob} cansetroleto {role} "),
                "ALTER CHATMEMBER CANSETROLETO FALSE",
            );
        }
        look(stage, "alice", &format!("CHATMEMBER {bob}"), &[("ROLE", "USER")]);
        all_refused(stage, &[
            (&format!("ALTER CHATMEMBER {bob} SETROLETO BOSS"), 609),
            (&format!("ALTER CHATMEMBER {bob} CANSETROLETO BOSS"), 609),
            ("ALTER CHATMEMBER x SETROLETO USER", 14),
        ]);
        assert!(!stage.heard("bob", "CHAT * MYROLE MASTER"));
    };

    who_is_out_hears_no_more plays ["ALTER CHAT LEAVE", "ALTER CHAT KICK"] |stage| {
        let room = room(stage);
        stage.asks_as("bob", &format!("ALTER CHAT {room} LEAVE"), "ALTER CHAT LEAVE");
        stage.asks(&format!("ALTER CHAT {room} KICK carol"), "ALTER CHAT KICK");
        stage.hears("carol", &format!("CHAT {room} MYSTATUS KICKED"));
        for name in ["bob", "carol"] {
            forget(stage, name);
        }
        stage.asks(&format!("CHATMESSAGE {room} all alone"), "CHATMESSAGE * STATUS SENDING");
        stage.world.run_for(SECONDS(5));
        for name in ["bob", "carol"] {
            let heard = stage.world.person(name).take("*CHATMESSAGE*");
            assert_eq!(heard, None, "{name}");
        }
    };
}
