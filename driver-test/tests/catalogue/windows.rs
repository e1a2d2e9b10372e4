//! Rows of windows, keys, menus and histories: of what is nodded at, since there is no screen.
//! Never about what a chat holds.

use crate::town::SECONDS;

/// Windows as they are asked for, each with one argument at most that makes sense.
const WINDOWS: &[&str] = &[
    "ADDAFRIEND",
    "ADDAFRIEND bob",
    "IM bob",
    "IM bob hello  there, Bob",
    "PROFILE",
    "USERINFO Bob",
    "CONFERENCE",
    "CONFERENCE bob, carol",
    "SEARCH",
    "OPTIONS",
    "OPTIONS privacy",
    "CALLHISTORY",
    "CONTACTS",
    "DIALPAD",
    "SENDCONTACTS bob carol",
    "BLOCKEDUSERS",
    "IMPORTCONTACTS",
    "GETTINGSTARTED",
    "AUTHORIZATION carol",
    "LIVETAB",
    "VIDEOTEST",
];

rows! {
    every_window_is_confirmed_and_nobody_is_disturbed plays [
        "OPEN ADDAFRIEND", "OPEN IM", "OPEN PROFILE", "OPEN USERINFO", "OPEN CONFERENCE", "OPEN SEARCH",
        "OPEN OPTIONS", "OPEN CALLHISTORY", "OPEN CONTACTS", "OPEN DIALPAD", "OPEN SENDCONTACTS",
        "OPEN BLOCKEDUSERS", "OPEN IMPORTCONTACTS", "OPEN GETTINGSTARTED", "OPEN AUTHORIZATION", "OPEN LIVETAB",
        "OPEN VIDEOTEST",
    ] |stage| {
        let heard = stage.world.person("bob").replies().len();
        for window in WINDOWS {
            stage.asks(&format!("OPEN {window}"), &format!("OPEN {window}"));
            let (name, rest) = window.split_once(' ').unwrap_or((window, ""));
            let sloppy = format!("open  {}  {rest}", name.to_lowercase());
            stage.asks(&sloppy, &format!("OPEN {window}"));
        }
        stage.world.run_for(SECONDS(5));
        assert_eq!(stage.world.person("bob").replies().len(), heard, "nothing has been sent");
    };

    windows_that_are_none_are_refused plays ["OPEN anything else", "OPEN IM", "OPEN SENDCONTACTS"] |stage| {
        for (line, code) in [
            ("OPEN", 69),
            ("OPEN SESAME", 69),
            ("OPEN 1", 69),
            ("OPEN IM", 70),
            ("OPEN IM b:b hello", 70),
            ("OPEN SENDCONTACTS", 4),
            ("OPEN SENDCONTACTS ", 4),
        ] {
            stage.refused(line, code);
        }
    };

    keys_are_confirmed plays ["BTN_PRESSED", "BTN_RELEASED"] |stage| {
        for key in ["0", "9", "A", "Z", "#", "*", "+", "UP", "DOWN", "YES", "NO", "SKYPE", "PAGEUP", "PAGEDOWN"] {
            for verb in ["BTN_PRESSED", "BTN_RELEASED"] {
                let reply = stage.asks(&format!("{verb} {key}"), &format!("{verb} *"));
                assert_eq!(reply, format!("{verb} {key}"));
                let sloppy = format!("{verb}  {key} ").to_lowercase();
                let reply = stage.asks(&sloppy, &format!("{verb} *"));
                assert_eq!(reply, format!("{verb} {key}"));
            }
        }
        for wrong in ["BTN_PRESSED", "BTN_PRESSED 10", "BTN_RELEASED LEFT", "BTN_RELEASED \u{e4}"] {
            stage.refused(wrong, 74);
        }
    };

    menu_items_and_events_are_taken_and_never_clicked plays [
        "CREATE MENU_ITEM", "SET MENU_ITEM CAPTION", "SET MENU_ITEM HINT", "SET MENU_ITEM ENABLED",
        "DELETE MENU_ITEM", "CREATE EVENT", "DELETE EVENT", "notice MENU_ITEM CLICKED", "notice EVENT CLICKED",
    ] |stage| {
        let other = stage.second_client("alice");
        let details = "CONTEXT contact CAPTION \"Greet\" HINT \"Say \"\"hello\"\"\" ENABLED true";
        stage.asks(&format!("CREATE MENU_ITEM greet1 {details}"), "MENU_ITEM greet1 CREATED");
        stage.asks("create menu_item Greet2 context CHAT caption x ", "MENU_ITEM Greet2 CREATED");
        for (set, line) in [
            ("CAPTION \"Greet them\"", "CAPTION \"Greet them\""),
            ("hint \"a hint\"", "HINT \"a hint\""),
            ("ENABLED false", "ENABLED false"),
        ] {
            stage.asks(&format!("SET MENU_ITEM greet1 {set}"), &format!("MENU_ITEM greet1 {line}"));
        }
        stage.asks("CREATE EVENT ring1 CAPTION \"It rings\" HINT \"Listen\"", "EVENT ring1 CREATED");
        // What would make somebody click: a text, a contact, a call.
        stage.asks_as("bob", "MESSAGE alice click me", "CHATMESSAGE * STATUS SENDING");
        stage.hears("alice", "CHATMESSAGE * STATUS RECEIVED");
        stage.asks("OPEN CONTACTS", "OPEN CONTACTS");
        stage.asks("FOCUS", "FOCUS");
        stage.asks("delete menu_item greet1 ", "DELETE MENU_ITEM greet1");
        stage.asks("DELETE MENU_ITEM Greet2", "DELETE MENU_ITEM Greet2");
        stage.asks("DELETE EVENT ring1", "DELETE EVENT ring1");
        let unsaid = ["MENU_ITEM *CLICKED*", "EVENT *CLICKED*", "MENU_ITEM * CREATED"];
        stage.never_heard(&["alice", &other, "bob"], &unsaid);
    };

    menu_items_without_a_proper_name_are_refused plays [
        "CREATE MENU_ITEM", "SET MENU_ITEM CAPTION", "DELETE MENU_ITEM", "CREATE EVENT", "DELETE EVENT",
    ] |stage| {
        for (line, code) in [
            ("CREATE MENU_ITEM", 537),
            ("CREATE MENU_ITEM 1st CONTEXT chat", 537),
            ("CREATE EVENT", 537),
            ("CREATE EVENT a-b CAPTION x", 537),
            ("SET MENU_ITEM", 18),
            ("SET MENU_ITEM greet COLOUR red", 18),
            ("DELETE MENU_ITEM", 539),
            ("DELETE EVENT 1", 539),
            ("CREATE", 536),
            ("CREATE WORLD", 537),
            ("DELETE", 538),
            ("DELETE WORLD 1", 539),
            ("ALTER", 526),
            ("ALTER WORLD 1", 527),
        ] {
            stage.refused(line, code);
        }
    };

    a_program_without_windows_never_says_which_contact_is_pointed_at plays ["notice CONTACTS FOCUSED"] |stage| {
        for line in ["FOCUS", "OPEN CONTACTS", "OPEN USERINFO bob", "OPEN IM bob", "MINIMIZE"] {
            stage.asks(line, line);
        }
        stage.asks("GET CONTACTS_FOCUSED", "CONTACTS FOCUSED ");
        stage.never_heard(&["alice", "bob"], &["CONTACTS FOCUSED*"]);
    };
}
