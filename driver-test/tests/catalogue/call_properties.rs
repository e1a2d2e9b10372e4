//! Rows of what can be asked about a call, at both ends of one.
//! Never about what can be done to it.

use crate::scenes::{is_now, look, talk, value, word};
use crate::town::SECONDS;

/// What is the same of every call.
const ALWAYS: &[(&str, &str)] = &[
    ("TARGET_IDENTITY", ""),
    ("CONF_ID", "0"),
    ("VIDEO_STATUS", "VIDEO_NONE"),
    ("VIDEO_SEND_STATUS", "NOT_AVAILABLE"),
    ("VIDEO_RECEIVE_STATUS", "NOT_AVAILABLE"),
    ("SUBJECT", ""),
    ("PSTN_NUMBER", ""),
    ("PSTN_STATUS", ""),
    ("CONF_PARTICIPANTS_COUNT", "0"),
    ("VM_DURATION", "0"),
    ("VM_ALLOWED_DURATION", "0"),
    ("RATE", "0"),
    ("RATE_CURRENCY", ""),
    ("RATE_PRECISION", "0"),
    ("INPUT", ""),
    ("OUTPUT", ""),
    ("CAPTURE_MIC", ""),
    ("VAA_INPUT_STATUS", "FALSE"),
    ("FORWARDED_BY", ""),
    ("TRANSFER_ACTIVE", "FALSE"),
    ("TRANSFER_STATUS", ""),
    ("TRANSFERRED_BY", ""),
    ("TRANSFERRED_TO", ""),
];

rows! {
    a_call_can_be_asked_about_in_every_way plays [
        "CALL TIMESTAMP", "CALL PARTNER_HANDLE", "CALL PARTNER_DISPNAME", "CALL TYPE",
        "CALL STATUS", "CALL FAILUREREASON", "CALL DURATION", "CALL SEEN", "CALL TARGET_IDENTITY",
        "CALL CONF_ID", "CALL VIDEO_STATUS", "CALL VIDEO_SEND_STATUS", "CALL VIDEO_RECEIVE_STATUS",
        "CALL SUBJECT", "CALL PSTN_NUMBER", "CALL PSTN_STATUS", "CALL CONF_PARTICIPANTS_COUNT",
        "CALL VM_DURATION", "CALL VM_ALLOWED_DURATION", "CALL RATE", "CALL RATE_CURRENCY",
        "CALL RATE_PRECISION", "CALL INPUT", "CALL OUTPUT", "CALL CAPTURE_MIC",
        "CALL VAA_INPUT_STATUS", "CALL FORWARDED_BY", "CALL TRANSFER_ACTIVE",
        "CALL TRANSFER_STATUS", "CALL TRANSFERRED_BY", "CALL TRANSFERRED_TO",
    ] |stage| {
        stage.asks("SET USER bob DISPLAYNAME Bob B", "USER bob DISPLAYNAME Bob B");
        let (own, theirs) = talk(stage);
        for (who, number, partner, name, kind) in [
            ("alice", &own, "bob", "Bob B", "OUTGOING_P2P"),
            ("bob", &theirs, "alice", "alice", "INCOMING_P2P"),
        ] {
            let object = format!("CALL {number}");
            is_now(stage, who, &object, "TIMESTAMP");
            look(stage, who, &object, &[
                ("PARTNER_HANDLE", partner), ("PARTNER_DISPNAME", name), ("TYPE", kind),
                ("STATUS", "INPROGRESS"), ("FAILUREREASON", "0"), ("SEEN", "TRUE"),
            ]);
            look(stage, who, &object, ALWAYS);
        }
        stage.world.run_for(SECONDS(20));
        let line = format!("ALTER CALL {own} HANGUP");
        stage.asks(&line, &line);
        stage.hears("bob", &format!("CALL {theirs} STATUS FINISHED"));
        for (who, number) in [("alice", &own), ("bob", &theirs)] {
            let object = format!("CALL {number}");
            let lasted: u64 = value(stage, who, &object, "DURATION").parse().unwrap();
            assert!((20..25).contains(&lasted), "{lasted}");
            look(stage, who, &object, &[("STATUS", "FINISHED"), ("FAILUREREASON", "0")]);
            look(stage, who, &object, ALWAYS);
        }
    };

    a_failed_call_says_why plays ["CALL FAILUREREASON", "CALL STATUS", "CALL DURATION"] |stage| {
        let number = word(&stage.asks("CALL nobody", "CALL * STATUS UNPLACED"), 1);
        stage.hears("alice", &format!("CALL {number} STATUS FAILED"));
        look(stage, "alice", &format!("CALL {number}"), &[
            ("STATUS", "FAILED"), ("FAILUREREASON", "2"), ("DURATION", "0"),
            ("PARTNER_HANDLE", "nobody"), ("PARTNER_DISPNAME", "nobody"),
        ]);
    };
}
