//! Rows of calls: placed, taken up, ended, and what cannot be done to one.
//! Never about the properties of one.

use crate::scenes::{all_refused, call, look, talk, word};
use crate::stage::Stage;

/// Checks that a command about a call is refused: by one number if there is no such call, by another if it goes on.
fn refused(stage: &mut Stage, commands: &[(&str, u16, u16)]) {
    let (own, _) = talk(stage);
    for (command, of_none, of_one) in commands {
        stage.refused(&command.replacen('N', "1999999999", 1), *of_none);
        stage.refused(&command.replacen('N', &own, 1), *of_one);
        let spoilt = command.replacen('N', "x", 1).replacen("CALL", "call", 1);
        let code = match command.split(' ').next() {
            Some("GET") => 11,
            Some("SET") => 19,
            _ => 556,
        };
        stage.refused(&spoilt, code);
    }
    look(
        stage,
        "alice",
        &format!("CALL {own}"),
        &[("STATUS", "INPROGRESS")],
    );
}

rows! {
    a_call_rings_at_the_other_end plays ["CALL"] |stage| {
        let (own, theirs) = call(stage);
        look(stage, "alice", &format!("CALL {own}"), &[("STATUS", "RINGING")]);
        look(stage, "bob", &format!("CALL {theirs}"), &[("STATUS", "RINGING")]);
        all_refused(stage, &[
            ("CALL", 34),
            ("CALL ", 34),
            ("call b/b", 34),
            ("CALL +4930123456", 92),
            ("CALL alice", 94),
            ("CALL bob", 101),
        ]);
        let failed = stage.asks("call  Nobody ", "CALL * STATUS UNPLACED");
        let number = word(&failed, 1);
        stage.hears("alice", &format!("CALL {number} FAILUREREASON 2"));
        stage.hears("alice", &format!("CALL {number} STATUS FAILED"));
    };

    a_call_is_taken_up_and_ended plays ["ALTER CALL ANSWER", "ALTER CALL HANGUP"] |stage| {
        let (own, theirs) = call(stage);
        stage.refused(&format!("ALTER CALL {own} ANSWER"), 559);
        let line = format!("ALTER CALL 0{theirs} ANSWER");
        stage.asks_as("bob", &format!("{} ", line.to_lowercase()), &line);
        stage.hears("alice", &format!("CALL {own} STATUS INPROGRESS"));
        stage.hears("bob", &format!("CALL {theirs} STATUS INPROGRESS"));
        let line = format!("ALTER CALL {own} HANGUP");
        stage.asks(&format!(" {}", line.to_lowercase()), &line);
        stage.hears("bob", &format!("CALL {theirs} STATUS FINISHED"));
        look(stage, "alice", &format!("CALL {own}"), &[("STATUS", "FINISHED")]);
        all_refused(stage, &[
            (&line, 559),
            ("ALTER CALL 1999999999 ANSWER", 556),
            ("ALTER CALL x HANGUP", 556),
            ("ALTER CALL", 555),
            (&format!("ALTER CALL {own}"), 557),
            (&format!("ALTER CALL {own} DANCE"), 560),
        ]);
    };

    a_call_is_taken_up_and_ended_by_its_status plays ["SET CALL STATUS"] |stage| {
        let (own, theirs) = call(stage);
        stage.refused(&format!("SET CALL {own} STATUS INPROGRESS"), 23);
        let taken = format!("CALL {theirs} STATUS INPROGRESS");
        stage.asks_as("bob", &format!("set call {theirs} status inprogress "), &taken);
        stage.hears("bob", &taken);
        stage.hears("alice", &format!("CALL {own} STATUS INPROGRESS"));
        stage.refused(&format!("SET CALL {own} STATUS ONHOLD"), 22);
        stage.refused(&format!("SET CALL {own} STATUS MISSED"), 21);
        let over = format!("CALL {own} STATUS FINISHED");
        stage.asks(&format!("SET {over}"), &over);
        stage.hears("bob", &format!("CALL {theirs} STATUS FINISHED"));
        all_refused(stage, &[
            (&format!("SET {over}"), 24),
            (&format!("SET CALL {own} STATUS NONSENSE"), 21),
            (&format!("SET CALL {own} NONSENSE 1"), 25),
            ("SET CALL 1999999999 STATUS FINISHED", 20),
            ("SET CALL x STATUS FINISHED", 19),
        ]);
    };

    a_missed_call_is_seen plays ["SET CALL SEEN", "CALL SEEN"] |stage| {
        let (own, theirs) = call(stage);
        let line = format!("ALTER CALL {own} HANGUP");
        stage.asks(&line, &line);
        stage.hears("bob", &format!("CALL {theirs} STATUS MISSED"));
        let object = format!("CALL {theirs}");
        look(stage, "bob", &object, &[("SEEN", "FALSE")]);
        stage.asks_as("bob", &format!("set call 0{theirs} seen "), &format!("CALL 0{theirs} SEEN TRUE"));
        stage.hears("bob", &format!("{object} SEEN TRUE"));
        look(stage, "bob", &object, &[("SEEN", "TRUE")]);
        stage.asks_as("bob", "SEARCH MISSEDCALLS", "CALLS ");
        // A client says so without waiting for the answer, maybe of a call of long ago.
        stage.asks_as("bob", "SET CALL 1999999999 SEEN", "CALL 1999999999 SEEN TRUE");
        stage.asks_as("bob", "SET CALL x SEEN", "ERROR 19 *");
    };

    what_was_a_call_is_asked_about plays ["GET CALL"] |stage| {
        let (own, _) = call(stage);
        stage.asks(&format!("get call  0{own} status "), &format!("CALL 0{own} STATUS RINGING"));
        all_refused(stage, &[
            ("GET CALL x STATUS", 11),
            ("GET CALL", 11),
            ("GET CALL 1999999999 STATUS", 12),
            (&format!("GET CALL {own} NONSENSE"), 13),
            (&format!("GET CALL {own}"), 13),
        ]);
    };

    there_is_nobody_else_in_a_call plays [
        "GET CALL CONF_PARTICIPANT", "GET CALL CAN_TRANSFER", "CALL CONF_PARTICIPANT",
        "CALL CAN_TRANSFER",
    ] |stage| {
        refused(stage, &[("GET CALL N CONF_PARTICIPANT 1", 12, 12)]);
        stage.refused("GET CALL 1999999999 CAN_TRANSFER carol", 12);
        stage.refused("GET CALL x CAN_TRANSFER carol", 11);
        let own = word(&stage.asks("SEARCH ACTIVECALLS", "CALLS *"), 1);
        stage.asks(
            &format!("get call {own}  can_transfer Carol "),
            &format!("CALL {own} CAN_TRANSFER Carol FALSE"),
        );
    };

    a_call_is_neither_joined_nor_dialled_into plays [
        "SET CALL JOIN_CONFERENCE", "SET CALL DTMF",
    ] |stage| {
        refused(stage, &[("SET CALL N JOIN_CONFERENCE 7", 20, 20), ("SET CALL N DTMF 5", 20, 20)]);
        let own = word(&stage.asks("SEARCH ACTIVECALLS", "CALLS *"), 1);
        stage.refused(&format!("SET CALL {own} DTMF x"), 42);
    };

    what_needs_a_voice_fails plays [
        "ALTER CALL HOLD", "ALTER CALL RESUME", "ALTER CALL END REDIRECT_TO_VOICEMAIL",
        "ALTER CALL END FORWARD_CALL", "ALTER CALL DTMF", "ALTER CALL TRANSFER",
        "ALTER CALL JOIN_CONFERENCE", "ALTER CALL START_VIDEO_SEND", "ALTER CALL STOP_VIDEO_SEND",
        "ALTER CALL START_VIDEO_RECEIVE", "ALTER CALL STOP_VIDEO_RECEIVE", "ALTER CALL SET_INPUT",
        "ALTER CALL SET_OUTPUT", "ALTER CALL SET_CAPTURE_MIC",
    ] |stage| {
        refused(stage, &[
            ("ALTER CALL N HOLD", 556, 556),
            ("ALTER CALL N RESUME", 556, 556),
            ("ALTER CALL N END REDIRECT_TO_VOICEMAIL", 556, 556),
            ("ALTER CALL N END FORWARD_CALL", 556, 556),
            ("ALTER CALL N DTMF 5", 556, 556),
            ("ALTER CALL N TRANSFER carol", 556, 556),
            ("ALTER CALL N JOIN_CONFERENCE 7", 556, 556),
            ("ALTER CALL N START_VIDEO_SEND", 556, 556),
            ("ALTER CALL N STOP_VIDEO_SEND", 556, 556),
            ("ALTER CALL N START_VIDEO_RECEIVE", 556, 556),
            ("ALTER CALL N STOP_VIDEO_RECEIVE", 556, 556),
            ("ALTER CALL N SET_INPUT SOUNDCARD=\"default\"", 556, 556),
            ("ALTER CALL N SET_OUTPUT FILE=\"x.wav\"", 556, 556),
            ("ALTER CALL N SET_CAPTURE_MIC PORT=\"1\"", 556, 556),
        ]);
        let own = word(&stage.asks("SEARCH ACTIVECALLS", "CALLS *"), 1);
        for action in ["END", "END DANCE", "DTMF", "DTMF x", "TRANSFER", "JOIN_CONFERENCE"] {
            stage.refused(&format!("ALTER CALL {own} {action}"), 558);
        }
    };

    a_call_is_ended_in_the_longer_way_too plays ["ALTER CALL END HANGUP"] |stage| {
        let (own, theirs) = call(stage);
        stage.refused("ALTER CALL 1999999999 END HANGUP", 556);
        let line = format!("ALTER CALL {theirs} END HANGUP");
        stage.asks_as("bob", &format!("{} ", line.to_lowercase()), &line);
        stage.hears("alice", &format!("CALL {own} STATUS REFUSED"));
        look(stage, "bob", &format!("CALL {theirs}"), &[("STATUS", "REFUSED")]);
    };

    keys_are_nodded_at plays ["BTN_PRESSED", "BTN_RELEASED"] |stage| {
        let letters = ('A'..='Z').chain('0'..='9').map(String::from);
        let others = ["#", "*", "+", "UP", "DOWN", "YES", "NO", "SKYPE", "PAGEUP", "PAGEDOWN"];
        let keys: Vec<String> = letters.chain(others.map(String::from)).collect();
        for verb in ["BTN_PRESSED", "BTN_RELEASED"] {
            for key in &keys {
                stage.asks(&format!("{verb} {key}"), &format!("{verb} {key}"));
            }
            stage.asks(&format!("{}  pageup ", verb.to_lowercase()), &format!("{verb} PAGEUP"));
            all_refused(stage, &[(verb, 74), (&format!("{verb} LEFT"), 74)]);
        }
    };
}
