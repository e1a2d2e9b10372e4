//! Rows of messages as the first two protocols have them: the MESSAGE object.
//! Never about chats, which those do not know.

use crate::scenes::{is_now, look, word};

rows! {
    an_old_client_reads_messages plays [
        "GET MESSAGE", "MESSAGE TIMESTAMP", "MESSAGE PARTNER_HANDLE", "MESSAGE PARTNER_DISPNAME",
        "MESSAGE TYPE", "MESSAGE STATUS", "MESSAGE BODY", "MESSAGE CONF_ID",
        "MESSAGE FAILUREREASON", "SEARCH MESSAGES", "SEARCH MISSEDMESSAGES", "SET MESSAGE SEEN",
        "MESSAGE SEEN",
    ] |stage| {
        for protocol in ["PROTOCOL 1", "PROTOCOL 2"] {
            stage.asks_as("bob", protocol, protocol);
            for search in ["SEARCH MISSEDMESSAGES", "SEARCH MISSEDCHATMESSAGES", "search missedmessages "] {
                stage.asks_as("bob", search, "MESSAGES ");
            }
            stage.asks("MESSAGE bob hello", "CHATMESSAGE * STATUS SENDING");
            let number = word(&stage.hears("bob", "MESSAGE * STATUS RECEIVED"), 1);
            let message = format!("MESSAGE {number}");
            is_now(stage, "bob", &message, "TIMESTAMP");
            look(stage, "bob", &message, &[
                ("PARTNER_HANDLE", "alice"), ("PARTNER_DISPNAME", "alice"), ("TYPE", "TEXT"),
                ("STATUS", "RECEIVED"), ("BODY", "hello"), ("CONF_ID", "0"),
                ("FAILUREREASON", "0"),
            ]);
            for (property, old) in [("FROM_HANDLE", "PARTNER_HANDLE"), ("FROM_DISPNAME", "PARTNER_DISPNAME")] {
                let line = format!("GET CHATMESSAGE {number} {property}");
                stage.asks_as("bob", &line, &format!("{message} {old} alice"));
            }
            let found = format!("MESSAGES {number}");
            for search in ["SEARCH MISSEDMESSAGES", "SEARCH MISSEDCHATMESSAGES"] {
                stage.asks_as("bob", search, &found);
            }
            for search in ["SEARCH MESSAGES", "SEARCH MESSAGES alice", "SEARCH CHATMESSAGES"] {
                let list = stage.asks_as("bob", search, "MESSAGES *");
                assert!(list.starts_with(&found), "{search}: {list}");
            }
            stage.asks_as("bob", "SEARCH MESSAGES carol", "MESSAGES ");
            stage.asks_as("bob", "SEARCH MESSAGES b/b", "ERROR 5 *");
            stage.asks_as("bob", "SEARCH MISSEDMESSAGES alice", "ERROR 29 *");
            let read = format!("{message} STATUS READ");
            stage.asks_as("bob", &format!("SET {message} SEEN"), &read);
            stage.hears("bob", &read);
            look(stage, "bob", &message, &[("STATUS", "READ")]);
        }
        assert!(!stage.heard("bob", "*CHATMESSAGE*"), "it does not know that word");
    };

    an_old_client_writes_messages plays ["MESSAGE"] |stage| {
        stage.asks_as("bob", "PROTOCOL 2", "PROTOCOL 2");
        let sending = stage.asks_as("bob", "MESSAGE alice hello", "MESSAGE * STATUS SENDING");
        let message = format!("MESSAGE {}", word(&sending, 1));
        stage.hears("bob", &format!("{message} STATUS SENT"));
        stage.hears("alice", "CHATMESSAGE * STATUS RECEIVED");
        look(stage, "bob", &message, &[("STATUS", "SENT"), ("BODY", "hello")]);
    };

    a_newer_client_is_answered_in_the_word_it_used plays [
        "SEARCH MESSAGES", "SEARCH MISSEDMESSAGES", "MESSAGE CONF_ID", "MESSAGE FAILUREREASON",
    ] |stage| {
        for protocol in ["PROTOCOL 3", "PROTOCOL 7"] {
            stage.asks_as("bob", protocol, protocol);
            stage.asks_as("bob", "SEARCH MISSEDMESSAGES", "MESSAGES ");
            stage.asks("MESSAGE bob hello", "CHATMESSAGE * STATUS SENDING");
            let number = word(&stage.hears("bob", "CHATMESSAGE * STATUS RECEIVED"), 1);
            stage.asks_as("bob", "SEARCH MISSEDMESSAGES", &format!("MESSAGES {number}"));
            let list = stage.asks_as("bob", "SEARCH MESSAGES alice", "MESSAGES *");
            assert!(list.starts_with(&format!("MESSAGES {number}")), "{list}");
            look(stage, "bob", &format!("MESSAGE {number}"), &[
                ("PARTNER_HANDLE", "alice"), ("BODY", "hello"), ("CONF_ID", "0"),
                ("FAILUREREASON", "0"), ("TYPE", "SAID"),
            ]);
            let read = format!("CHATMESSAGE {number} STATUS READ");
            stage.asks_as("bob", &format!("SET CHATMESSAGE {number} SEEN"), &read);
        }
    };
}
