//! Rows of what is never said unasked, whatever happens among people; and of calls, which are told.
//! Never about chats that are told.

use crate::scenes::{call, dialog, look, next, room, say, talk};
use crate::stage::Stage;
use crate::town::SECONDS;

/// alice, bob and carol do all that can be done about chats, messages and calls.
fn busy(stage: &mut Stage) {
    let room = room(stage);
    let (own, theirs) = say(stage, "alice", "bob", "hello");
    stage.refused(&format!("SET CHATMESSAGE {own} BODY goodbye"), 32);
    let line = format!("SET CHATMESSAGE {theirs} SEEN");
    stage.asks_as("bob", &line, "CHATMESSAGE * STATUS READ");
    let dialog = dialog(stage, "alice", "bob");
    for line in [
        format!("OPEN CHAT {dialog}"),
        "OPEN FILETRANSFER bob".to_owned(),
    ] {
        stage.asks(&line, &line);
    }
    stage.asks_as(
        "bob",
        &format!("CHATMESSAGE {room} hello"),
        "CHATMESSAGE * STATUS SENDING",
    );
    next(stage, "alice");
    stage.asks(
        &format!("ALTER CHAT {room} SETTOPIC tea"),
        "ALTER CHAT SETTOPIC",
    );
    let (call, _) = talk(stage);
    let line = format!("ALTER CALL {call} HANGUP");
    stage.asks(&line, &line);
    stage.refused("CREATE SMS OUTGOING +4930123456", 537);
    stage.asks("SET SMS 7 SEEN", "SMS 7 SEEN TRUE");
    stage.refused("CALLVOICEMAIL bob", 110);
    stage.asks(&format!("ALTER CHAT {room} KICK carol"), "ALTER CHAT KICK");
    stage.asks_as(
        "bob",
        &format!("ALTER CHAT {room} LEAVE"),
        "ALTER CHAT LEAVE",
    );
    stage.world.run_for(SECONDS(60));
}

rows! {
    what_does_not_exist_is_never_told plays [
        "notice CHATMESSAGE BODY", "notice CHATMESSAGE EDITED_TIMESTAMP",
        "notice CHATMESSAGE EDITED_BY", "notice CHAT OPENED", "notice CHAT CLOSED",
        "notice CHATMEMBER IS_ACTIVE", "notice FILETRANSFER", "notice VOICEMAIL", "notice SMS",
    ] |stage| {
        busy(stage);
        for name in ["alice", "bob", "carol"] {
            for line in [
                "CHATMESSAGE * BODY*", "CHATMESSAGE * EDITED_*", "CHAT * OPENED*", "CHAT * CLOSED*",
                "CHATMEMBER * IS_ACTIVE*", "FILETRANSFER*", "VOICEMAIL*", "SMS*",
            ] {
                assert!(!stage.heard(name, line), "{name}: {line}");
            }
        }
    };

    an_older_client_is_told_of_calls_in_words_it_knows plays ["notice CALL", "CALL STATUS"] |stage| {
        for (protocol, over) in [("PROTOCOL 1", "FINISHED"), ("PROTOCOL 2", "CANCELLED")] {
            stage.asks(protocol, protocol);
            let (own, theirs) = call(stage);
            let line = format!("ALTER CALL {own} HANGUP");
            stage.asks(&line, &line);
            stage.hears("bob", &format!("CALL {theirs} STATUS MISSED"));
            assert!(stage.heard("alice", &format!("CALL {own} STATUS {over}")), "{protocol}");
            look(stage, "alice", &format!("CALL {own}"), &[("STATUS", over)]);
        }
    };

    calls_are_told_at_both_ends plays ["notice CALL"] |stage| {
        let (own, theirs) = talk(stage);
        let line = format!("ALTER CALL {own} HANGUP");
        stage.asks(&line, &line);
        stage.hears("bob", &format!("CALL {theirs} STATUS FINISHED"));
        stage.world.run_for(SECONDS(2));
        for (who, number, first) in [("alice", own, "ROUTING"), ("bob", theirs, "RINGING")] {
            let start = format!("CALL {number} STATUS ");
            let mut heard = stage.world.person(who).replies();
            heard.retain(|line| line.starts_with(&start));
            let mut wanted = vec!["ROUTING", "RINGING", "INPROGRESS", "FINISHED"];
            wanted.retain(|status| who == "alice" || *status != "ROUTING");
            assert_eq!(wanted[0], first);
            let statuses: Vec<&str> = heard.iter().map(|line| &line[start.len()..]).collect();
            assert_eq!(statuses, wanted, "{who}");
            assert!(stage.heard(who, &format!("CALL {number} DURATION *")), "{who}");
        }
    };
}
