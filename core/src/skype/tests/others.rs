//! Groups, applications, calls, windows, and what has no use here.
//! Never about chats and messages.

use super::{check, check_confirmed, check_echo, check_error};
use crate::skype::{ApplicationProperty, CallProperty, Command, parse};

#[test]
fn groups() {
    check_confirmed(
        "SET GROUP 5 DISPLAYNAME Old friends",
        "GROUP 5 DISPLAYNAME Old friends",
    );
    check_echo(&[
        "CREATE GROUP Old friends",
        "DELETE GROUP 5",
        "ALTER GROUP 5 ADDUSER nora",
        "ALTER GROUP 5 REMOVEUSER nora",
    ]);
    check_error(
        527,
        &[
            "ALTER GROUP 5 SHARE x",
            "ALTER GROUP 5 ACCEPT",
            "ALTER GROUP 5 DECLINE",
            "ALTER GROUP 5 FOO",
        ],
    );
    check_error(8, &["ALTER GROUP 5 ADDUSER", "ALTER GROUP 5 ADDUSER a:b"]);
    check_error(
        562,
        &[
            "GET GROUP",
            "GET GROUP x USERS",
            "SET GROUP x DISPLAYNAME y",
            "DELETE GROUP",
            "ALTER GROUP x ADDUSER nora",
        ],
    );
    check_error(
        564,
        &["GET GROUP 5", "GET GROUP 5 FOO", "SET GROUP 5 USERS nora"],
    );
    check_error(537, &["CREATE GROUP", "CREATE GROUP  "]);
}

#[test]
fn applications() {
    check_echo(&[
        "CREATE APPLICATION libpurple_typing",
        "DELETE APPLICATION libpurple_typing",
        "ALTER APPLICATION a CONNECT nora",
        "ALTER APPLICATION a DISCONNECT nora:1",
    ]);
    check_confirmed(
        "ALTER APPLICATION a WRITE nora:1 some  text",
        "ALTER APPLICATION a WRITE nora:1",
    );
    check_confirmed(
        "ALTER APPLICATION a DATAGRAM nora:1 PURPLE_TYPING now",
        "ALTER APPLICATION a DATAGRAM nora:1",
    );
    for &property in ApplicationProperty::ALL {
        let asked = alloc::format!("GET APPLICATION a {property}");
        let name = "a";
        assert_eq!(
            parse(&asked).body,
            Ok(Command::GetApplication { name, property })
        );
    }
    check_error(
        540,
        &[
            "CREATE APPLICATION",
            "CREATE APPLICATION a23456789012345678901234567890123",
        ],
    );
    check_error(542, &["DELETE APPLICATION"]);
    check_error(543, &["GET APPLICATION"]);
    check_error(544, &["GET APPLICATION a", "GET APPLICATION a FOO"]);
    check_error(545, &["ALTER APPLICATION"]);
    check_error(546, &["ALTER APPLICATION a", "ALTER APPLICATION a FOO"]);
    check_error(
        547,
        &[
            "ALTER APPLICATION a CONNECT",
            "ALTER APPLICATION a CONNECT a:b",
        ],
    );
    check_error(548, &["ALTER APPLICATION a DISCONNECT nora"]);
    check_error(549, &["ALTER APPLICATION a WRITE nora text"]);
    check_error(550, &["ALTER APPLICATION a READ nora"]);
    check_error(
        551,
        &[
            "ALTER APPLICATION a DATAGRAM nora text",
            "ALTER APPLICATION a DATAGRAM nora:x text",
            "ALTER APPLICATION a DATAGRAM nora:01 text",
        ],
    );
}

#[test]
fn calls() {
    check_echo(&[
        "CALL nora, +372555, 112",
        "ALTER CALL 5 ANSWER",
        "ALTER CALL 5 HOLD",
        "ALTER CALL 5 RESUME",
        "ALTER CALL 5 HANGUP",
        "ALTER CALL 5 END HANGUP",
        "ALTER CALL 5 END REDIRECT_TO_VOICEMAIL",
        "ALTER CALL 5 END FORWARD_CALL",
        "ALTER CALL 5 DTMF 12#",
        "ALTER CALL 5 TRANSFER nora, pavel",
        "ALTER CALL 5 JOIN_CONFERENCE 6",
        "ALTER CALL 5 START_VIDEO_SEND",
        "ALTER CALL 5 SET_INPUT FILE=\"x y\"",
    ]);
    check_confirmed("SET CALL 5 STATUS inprogress", "CALL 5 STATUS INPROGRESS");
    check_confirmed("SET CALL 5 SEEN", "CALL 5 SEEN TRUE");
    for &property in CallProperty::ALL {
        let has_argument = [CallProperty::Participant, CallProperty::CanTransfer];
        if !has_argument.contains(&property) {
            let asked = alloc::format!("GET CALL 5 {property}");
            let call = 5.into();
            assert_eq!(parse(&asked).body, Ok(Command::GetCall { call, property }));
        }
    }
    let (call, participant) = (5.into(), 1.into());
    assert_eq!(
        parse("GET CALL 5 CONF_PARTICIPANT 1").body,
        Ok(Command::GetCallParticipant { call, participant })
    );
    assert_eq!(
        parse("GET CALL 5 CAN_TRANSFER nora").body,
        Ok(Command::GetCanTransfer { call, to: "nora" })
    );
}

#[test]
fn calls_refuse_what_cannot_be_done_to_them() {
    check_error(34, &["CALL", "CALL ?", "CALL nora, ?"]);
    check_error(11, &["GET CALL", "GET CALL x STATUS"]);
    check_error(12, &["GET CALL 99999999999 STATUS"]);
    check_error(
        13,
        &["GET CALL 5", "GET CALL 5 FOO", "GET CALL 5 CAN_TRANSFER"],
    );
    check_error(71, &["GET CALL 5 CONF_PARTICIPANT x"]);
    check_error(19, &["SET CALL", "SET CALL x STATUS FINISHED"]);
    check_error(21, &["SET CALL 5 STATUS", "SET CALL 5 STATUS OVER"]);
    check_error(25, &["SET CALL 5", "SET CALL 5 FOO"]);
    check_error(42, &["SET CALL 5 DTMF", "SET CALL 5 DTMF x"]);
    check_error(555, &["ALTER CALL"]);
    check_error(556, &["ALTER CALL x ANSWER"]);
    check_error(557, &["ALTER CALL 5"]);
    check_error(
        558,
        &[
            "ALTER CALL 5 END",
            "ALTER CALL 5 DTMF x",
            "ALTER CALL 5 TRANSFER",
            "ALTER CALL 5 JOIN_CONFERENCE",
        ],
    );
    check_error(560, &["ALTER CALL 5 FOO"]);
}

#[test]
fn to_have_seen_what_does_not_exist_is_no_error() {
    check("SET SMS 5 SEEN", "SMS 5 SEEN TRUE");
}

#[test]
fn voicemail_and_sms() {
    check_error(110, &["VOICEMAIL nora", "CALLVOICEMAIL nora"]);
    check_error(512, &["OPEN VOICEMAIL 5"]);
    check_error(513, &["GET VOICEMAIL", "GET VOICEMAIL 5 TYPE"]);
    check_error(514, &["GET VOICEMAIL 5"]);
    check_error(528, &["ALTER VOICEMAIL"]);
    check_error(
        529,
        &[
            "ALTER VOICEMAIL 5 STARTPLAYBACK",
            "ALTER VOICEMAIL x DELETE",
        ],
    );
    check_error(530, &["ALTER VOICEMAIL 5"]);
    check_error(532, &["ALTER VOICEMAIL 5 DANCE"]);
    check_error(537, &["CREATE SMS OUTGOING +372555"]);
    check_error(18, &["SET SMS 5 REPLY_TO_NUMBER +1", "SET SMS x SEEN"]);
    check_error(527, &["ALTER SMS 5 SEND", "ALTER SMS 5 DANCE", "ALTER SMS"]);
    check_error(7, &["GET SMS 5 CHUNKING", "GET SMS 5 CHUNK 0"]);
    check_error(539, &["DELETE SMS 5"]);
}

#[test]
fn windows() {
    check_echo(&[
        "OPEN ADDAFRIEND",
        "OPEN ADDAFRIEND nora",
        "OPEN IM nora",
        "OPEN IM nora some text",
        "OPEN CHAT #a/$b;c",
        "OPEN FILETRANSFER nora, pavel IN C:\\x y",
        "OPEN PROFILE",
        "OPEN USERINFO nora",
        "OPEN CONFERENCE",
        "OPEN SEARCH",
        "OPEN OPTIONS",
        "OPEN OPTIONS privacy",
        "OPEN CALLHISTORY",
        "OPEN CONTACTS",
        "OPEN DIALPAD",
        "OPEN SENDCONTACTS nora pavel",
        "OPEN BLOCKEDUSERS",
        "OPEN IMPORTCONTACTS",
        "OPEN GETTINGSTARTED",
        "OPEN AUTHORIZATION nora",
        "OPEN LIVETAB",
        "OPEN VIDEOTEST",
    ]);
    check_error(69, &["OPEN", "OPEN FOO"]);
    check_error(70, &["OPEN IM", "OPEN IM a:b hello"]);
    check_error(4, &["OPEN SENDCONTACTS", "OPEN FILETRANSFER"]);
    check_error(105, &["OPEN CHAT"]);
}

#[test]
fn histories() {
    check_echo(&[
        "CLEAR CHATHISTORY",
        "CLEAR VOICEMAILHISTORY",
        "CLEAR CALLHISTORY ALL",
        "CLEAR CALLHISTORY MISSED",
        "CLEAR CALLHISTORY INCOMING",
        "CLEAR CALLHISTORY OUTGOING nora",
    ]);
    check_error(520, &["CLEAR"]);
    check_error(521, &["CLEAR FOO", "CLEAR CALLHISTORY FOO"]);
    check_error(522, &["CLEAR CHATHISTORY nora"]);
    check_error(523, &["CLEAR VOICEMAILHISTORY nora"]);
    check_error(524, &["CLEAR CALLHISTORY"]);
    check_error(525, &["CLEAR CALLHISTORY ALL a:b"]);
}

#[test]
fn keys() {
    for key in [
        "0", "9", "A", "Z", "#", "*", "+", "UP", "DOWN", "YES", "NO", "SKYPE", "PAGEUP", "PAGEDOWN",
    ] {
        check_echo(&[
            &alloc::format!("BTN_PRESSED {key}"),
            &alloc::format!("BTN_RELEASED {key}"),
        ]);
    }
    check_error(
        74,
        &[
            "BTN_PRESSED",
            "BTN_PRESSED LEFT",
            "BTN_RELEASED !",
            "BTN_RELEASED ö",
        ],
    );
}

#[test]
fn menu_items_and_events() {
    check(
        "CREATE MENU_ITEM mine1 CONTEXT chat CAPTION \"Do it\" ENABLED true",
        "MENU_ITEM mine1 CREATED",
    );
    check(
        "SET MENU_ITEM mine1 caption \"Do not\"",
        "MENU_ITEM mine1 CAPTION \"Do not\"",
    );
    check("SET MENU_ITEM mine1 HINT x", "MENU_ITEM mine1 HINT x");
    check(
        "SET MENU_ITEM mine1 ENABLED false",
        "MENU_ITEM mine1 ENABLED false",
    );
    check("CREATE EVENT e1 CAPTION x HINT y", "EVENT e1 CREATED");
    check_echo(&["DELETE MENU_ITEM mine1", "DELETE EVENT e1"]);
    check_error(537, &["CREATE MENU_ITEM", "CREATE EVENT 1e"]);
    check_error(539, &["DELETE MENU_ITEM", "DELETE EVENT"]);
    check_error(18, &["SET MENU_ITEM mine1 FOO x", "SET MENU_ITEM"]);
}

#[test]
fn objects_that_are_missing_or_unknown() {
    check_error(526, &["ALTER"]);
    check_error(527, &["ALTER FOO 1", "ALTER FILETRANSFER 5 CANCEL"]);
    check_error(536, &["CREATE"]);
    check_error(537, &["CREATE FOO x"]);
    check_error(538, &["DELETE"]);
    check_error(539, &["DELETE FOO x"]);
}
