//! Rows of files, which are not sent here, and of the commands that no manual has.
//! Never sends a file.

use crate::scenes::{all_refused, say};

rows! {
    no_file_can_be_asked_about plays [
        "GET FILETRANSFER", "GET FILETRANSFER CHATMESSAGE", "FILETRANSFER TYPE",
        "FILETRANSFER STATUS", "FILETRANSFER FAILUREREASON", "FILETRANSFER PARTNER_HANDLE",
        "FILETRANSFER PARTNER_DISPNAME", "FILETRANSFER STARTTIME", "FILETRANSFER FINISHTIME",
        "FILETRANSFER FILEPATH", "FILETRANSFER FILENAME", "FILETRANSFER FILESIZE",
        "FILETRANSFER BYTESPERSECOND", "FILETRANSFER BYTESTRANSFERRED",
    ] |stage| {
        for property in [
            "TYPE", "STATUS", "FAILUREREASON", "PARTNER_HANDLE", "PARTNER_DISPNAME", "STARTTIME",
            "FINISHTIME", "FILEPATH", "FILENAME", "FILESIZE", "BYTESPERSECOND", "BYTESTRANSFERRED",
            "CHATMESSAGE",
        ] {
            stage.refused(&format!("GET FILETRANSFER 7 {property}"), 7);
            stage.refused(&format!("get filetransfer  7 {} ", property.to_lowercase()), 7);
        }
        all_refused(stage, &[("GET FILETRANSFER 7", 7), ("GET FILETRANSFER x TYPE", 7)]);
    };

    no_file_can_be_taken plays ["ALTER FILETRANSFER ACCEPT", "ALTER FILETRANSFER CANCEL"] |stage| {
        all_refused(stage, &[
            ("ALTER FILETRANSFER 7 ACCEPT /home/alice", 527),
            ("alter filetransfer 7 cancel", 527),
            ("ALTER", 526),
        ]);
    };

    no_message_brings_a_file plays ["GET CHATMESSAGE FILETRANSFERS"] |stage| {
        let (own, theirs) = say(stage, "alice", "bob", "hello");
        stage.refused(&format!("GET CHATMESSAGE {own} FILETRANSFERS"), 16);
        stage.asks_as("bob", &format!("GET CHATMESSAGE {theirs} filetransfers"), "ERROR 16 *");
    };

    a_window_for_files_is_nodded_at plays ["OPEN FILETRANSFER"] |stage| {
        stage.add_carol();
        for line in [
            "OPEN FILETRANSFER bob", "OPEN FILETRANSFER Bob, carol",
            "OPEN FILETRANSFER bob IN C:\\My Files",
        ] {
            stage.asks(line, line);
        }
        stage.asks("open  filetransfer bob", "OPEN FILETRANSFER bob");
        stage.refused("OPEN FILETRANSFER nobody", 108);
        stage.refused("OPEN FILETRANSFER bob, nobody", 108);
        // A client that cannot send files must not be led to believe so by a window that opens at the other end.
        assert!(!stage.heard("bob", "*FILETRANSFER*"));
    };

    files_are_not_sent_by_a_command plays ["FILE", "CHATFILE"] |stage| {
        all_refused(stage, &[
            // One client takes 510 here for an offer to send files.
            ("FILE", 2),
            ("file", 2),
            ("FILE bob \"/home/alice/cake.txt\"", 2),
            ("CHATFILE", 2),
            ("CHATFILE #alice/$bob;0123456789abcdef \"/home/alice/cake.txt\"", 2),
        ]);
    };

    what_no_manual_has_is_answered plays ["GET AUTH_CONTACTS_PROFILES", "SET CONNSTATUS"] |stage| {
        all_refused(stage, &[("GET AUTH_CONTACTS_PROFILES", 7), ("get auth_contacts_profiles ", 7)]);
        stage.asks("SET CONNSTATUS AWAY", "CONNSTATUS AWAY");
        stage.hears("bob", "USER alice ONLINESTATUS AWAY");
    };

    whoever_types_is_seen_to plays [
        "application libpurple_typing", "CREATE APPLICATION", "ALTER APPLICATION CONNECT",
        "ALTER APPLICATION DATAGRAM",
    ] |stage| {
        for name in ["alice", "bob"] {
            for _ in 0..2 {
                let line = "CREATE APPLICATION libpurple_typing";
                stage.asks_as(name, line, line);
            }
        }
        let line = "ALTER APPLICATION libpurple_typing CONNECT bob";
        stage.asks(line, line);
        let streams = stage.hears("alice", "APPLICATION libpurple_typing STREAMS bob:*");
        let stream = streams.rsplit(' ').next().unwrap().to_owned();
        let echo = format!("ALTER APPLICATION libpurple_typing DATAGRAM {stream}");
        for text in ["PURPLE_TYPING", "PURPLE_NOT_TYPING"] {
            stage.asks(&format!("{echo} {text}"), &echo);
            stage.hears("bob", &format!("APPLICATION libpurple_typing DATAGRAM alice:* {text}"));
        }
    };

    what_nobody_knows_is_refused plays [
        "anything else", "QUIT", "READY", "HOOK", "CLOSE", "TRANSFER",
    ] |stage| {
        for line in ["QUIT", "READY", "HOOK", "CLOSE", "TRANSFER", "DANCE", "dance with me"] {
            stage.refused(line, 2);
        }
        stage.asks("PING", "PONG");
    };
}
