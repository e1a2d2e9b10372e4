//! Rows of histories that are forgotten.
//! Never about how they come about.

rows! {
    what_was_written_is_forgotten plays ["CLEAR CHATHISTORY", "notice IMHISTORYCHANGED"] |stage| {
        let other = stage.second_client("alice");
        stage.asks("MESSAGE bob hello", "CHATMESSAGE * STATUS SENDING");
        stage.hears("alice", "CHATMESSAGE * STATUS SENT");
        let message = stage.asks("SEARCH CHATMESSAGES bob", "CHATMESSAGES *");
        assert_ne!(message, "CHATMESSAGES ");
        stage.world.run_for(crate::town::SECONDS(2));
        stage.asks("clear chathistory ", "CLEAR CHATHISTORY");
        stage.hears("alice", "IMHISTORYCHANGED");
        stage.hears(&other, "IMHISTORYCHANGED");
        stage.asks("SEARCH CHATMESSAGES bob", "CHATMESSAGES ");
        // That is alice's history alone.
        let message = stage.asks_as("bob", "SEARCH CHATMESSAGES alice", "CHATMESSAGES *");
        assert_ne!(message, "CHATMESSAGES ");
        stage.never_heard(&["bob"], &["IMHISTORYCHANGED"]);
        stage.starts_again("alice");
        stage.asks("SEARCH CHATMESSAGES bob", "CHATMESSAGES ");
    };

    calls_are_forgotten_by_what_became_of_them plays [
        "CLEAR CALLHISTORY ALL", "CLEAR CALLHISTORY MISSED", "CLEAR CALLHISTORY INCOMING",
        "CLEAR CALLHISTORY OUTGOING", "notice CALLHISTORYCHANGED",
    ] |stage| {
        let other = stage.second_client("alice");
        // One call each way, both given up.
        let out = stage.asks("CALL bob", "CALL * STATUS *");
        let out = out.split(' ').nth(1).unwrap().to_owned();
        stage.hears("bob", "CALL * STATUS RINGING");
        stage.asks(&format!("ALTER CALL {out} HANGUP"), "ALTER CALL *");
        stage.world.run_for(crate::town::SECONDS(2));
        let given_up = stage.asks_as("bob", "CALL alice", "CALL * STATUS *");
        let given_up = given_up.split(' ').nth(1).unwrap().to_owned();
        let missed = stage.hears("alice", "CALL * STATUS RINGING");
        let missed = missed.split(' ').nth(1).unwrap().to_owned();
        stage.asks_as("bob", &format!("ALTER CALL {given_up} HANGUP"), "ALTER CALL *");
        stage.hears("alice", &format!("CALL {missed} STATUS MISSED"));
        let list = stage.asks("SEARCH CALLS", "CALLS *");
        assert!(list.contains(&out) && list.contains(&missed), "{list}");
        for (line, left) in [
            ("CLEAR CALLHISTORY OUTGOING carol", list.as_str()),
            ("CLEAR CALLHISTORY OUTGOING Bob", &format!("CALLS {missed}")),
            ("CLEAR CALLHISTORY MISSED carol", &format!("CALLS {missed}")),
            ("CLEAR CALLHISTORY MISSED", "CALLS "),
            ("CLEAR CALLHISTORY INCOMING", "CALLS "),
            ("CLEAR CALLHISTORY ALL", "CALLS "),
        ] {
            stage.asks(line, line);
            stage.hears("alice", "CALLHISTORYCHANGED");
            stage.hears(&other, "CALLHISTORYCHANGED");
            stage.asks("SEARCH CALLS", left);
        }
        stage.asks("clear  callhistory all ", "CLEAR CALLHISTORY ALL");
        let list = stage.asks_as("bob", "SEARCH CALLS", "CALLS *");
        assert_ne!(list, "CALLS ", "bob's are his own");
        stage.asks_as("bob", "CLEAR CALLHISTORY INCOMING", "CLEAR CALLHISTORY INCOMING");
        stage.asks_as("bob", "SEARCH CALLS", &format!("CALLS {given_up}"));
    };

    there_are_no_voicemails_to_forget plays ["CLEAR VOICEMAILHISTORY"] |stage| {
        stage.asks("CLEAR VOICEMAILHISTORY", "CLEAR VOICEMAILHISTORY");
        stage.asks("clear voicemailhistory ", "CLEAR VOICEMAILHISTORY");
        stage.asks("SEARCH VOICEMAILS", "VOICEMAILS ");
    };

    what_cannot_be_forgotten_has_its_number plays [
        "CLEAR CHATHISTORY", "CLEAR VOICEMAILHISTORY", "CLEAR CALLHISTORY ALL",
    ] |stage| {
        for (line, code) in [
            ("CLEAR", 520),
            ("CLEAR SKY", 521),
            ("CLEAR CHATHISTORY bob", 522),
            ("CLEAR VOICEMAILHISTORY bob", 523),
            ("CLEAR CALLHISTORY", 524),
            ("CLEAR CALLHISTORY SOME", 521),
            ("CLEAR CALLHISTORY ALL b:b", 525),
        ] {
            stage.refused(line, code);
        }
        stage.never_heard(&["alice"], &["IMHISTORYCHANGED", "CALLHISTORYCHANGED"]);
    };
}
