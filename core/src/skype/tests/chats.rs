//! Chats, their members, messages.
//! Never about users.

use alloc::format;
use alloc::vec::Vec;

use super::{check, check_error, line};
use crate::skype::{
    ChatAction, ChatMemberProperty, ChatProperty, Command, MessageObject, MessageProperty, parse,
    plain_text,
};

#[test]
fn every_property_can_be_asked_for_by_its_name() {
    for &property in ChatProperty::ALL {
        let asked = format!("GET CHAT #A/$b {property}");
        let chat = "#A/$b";
        assert_eq!(parse(&asked).body, Ok(Command::GetChat { chat, property }));
    }
    for &property in ChatMemberProperty::ALL {
        let asked = format!("GET CHATMEMBER 5 {property}");
        let found = parse(&asked).body;
        assert!(matches!(found, Ok(Command::GetChatMember { property: p, .. }) if p == property));
    }
    for &object in MessageObject::ALL {
        for &property in MessageProperty::ALL {
            let asked = format!("GET {object} 5 {property}");
            let Ok(Command::GetMessage {
                object: o,
                id,
                property: p,
            }) = parse(&asked).body
            else {
                panic!("{asked}");
            };
            assert_eq!((o, id.number(), p), (object, 5, property));
        }
    }
}

#[test]
fn chats_and_members_refuse_what_they_have_not() {
    check_error(105, &["GET CHAT", "SET CHAT"]);
    check_error(
        106,
        &[
            "GET CHAT #a/$b",
            "GET CHAT #a/$b FOO",
            "SET CHAT #a/$b DESCRIPTION x",
            "SET CHAT #a/$b TOPIC x",
            "GET CHATMEMBER 5",
            "GET CHATMEMBER 5 FOO",
        ],
    );
    check_error(14, &["GET CHATMEMBER", "GET CHATMEMBER x ROLE"]);
}

#[test]
fn messages_refuse_what_they_have_not() {
    check_error(
        14,
        &[
            "GET CHATMESSAGE",
            "GET CHATMESSAGE x BODY",
            "GET MESSAGE -5 BODY",
        ],
    );
    check_error(15, &["GET CHATMESSAGE 99999999999 BODY"]);
    check_error(
        16,
        &[
            "GET CHATMESSAGE 5",
            "GET CHATMESSAGE 5 SEEN",
            "GET MESSAGE 5 FOO",
        ],
    );
    check_error(
        30,
        &[
            "SET CHATMESSAGE",
            "SET CHATMESSAGE x SEEN",
            "SET MESSAGE x SEEN",
        ],
    );
    check_error(31, &["SET CHATMESSAGE 99999999999 SEEN"]);
    check_error(
        32,
        &[
            "SET CHATMESSAGE 5",
            "SET CHATMESSAGE 5 BODY other",
            "SET MESSAGE 5 STATUS READ",
        ],
    );
}

#[test]
fn texts_go_to_users_and_to_chats() {
    check(
        "MESSAGE Nora hello",
        r#"Message { to: "Nora", body: "hello" }"#,
    );
    check(
        "CHATMESSAGE #a/$b;c /me waves",
        r##"ChatMessage { chat: "#a/$b;c", body: "/me waves" }"##,
    );
    check_error(
        26,
        &[
            "MESSAGE",
            "MESSAGE 5 hello",
            "MESSAGE +37255 hello",
            "MESSAGE :nora hello",
        ],
    );
    check_error(
        43,
        &[
            "MESSAGE nora",
            "MESSAGE nora ",
            "CHATMESSAGE #a/$b",
            "CHATMESSAGE #a/$b ",
        ],
    );
    check_error(509, &["CHATMESSAGE", "CHATMESSAGE  "]);
}

#[test]
fn to_have_seen_a_message_is_said_under_either_name() {
    check(
        "SET CHATMESSAGE 5 SEEN",
        r#"SetMessageSeen { object: ChatMessage, id: Id { number: 5, written: None } }"#,
    );
    check(
        "SET MESSAGE 5 seen",
        r#"SetMessageSeen { object: Message, id: Id { number: 5, written: None } }"#,
    );
}

/// The handles a chat is made with.
fn created_with(line: &str) -> Vec<&str> {
    match parse(line).body {
        Ok(Command::ChatCreate { targets }) => targets.iter().collect(),
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn a_chat_is_made_with_any_number_of_users() {
    assert!(created_with("CHAT CREATE").is_empty());
    assert_eq!(created_with("CHAT CREATE Nora"), ["Nora"]);
    assert_eq!(created_with("CHAT CREATE nora, pavel"), ["nora", "pavel"]);
    assert_eq!(created_with("CHAT CREATE nora,pavel"), ["nora", "pavel"]);
    assert_eq!(created_with("CHAT CREATE  nora  pavel "), ["nora", "pavel"]);
    assert_eq!(created_with("CHAT CREATE no,ra, pavel"), ["no,ra", "pavel"]);
    check_error(507, &["CHAT CREATE 5", "CHAT CREATE nora, a:b"]);
    check_error(502, &["CHAT"]);
    check_error(503, &["CHAT FOO"]);
    check_error(611, &["CHAT CREATEUSINGBLOB x"]);
    check_error(501, &["CHAT FINDUSINGBLOB x"]);
}

#[test]
fn what_is_done_to_a_chat_is_confirmed_without_the_chat_but_for_the_mark() {
    for (asked, confirmation) in [
        ("SETTOPIC New  topic", "ALTER CHAT SETTOPIC"),
        ("SETTOPIC", "ALTER CHAT SETTOPIC"),
        ("SETTOPICXML <b>x</b>", "ALTER CHAT SETTOPICXML"),
        ("ADDMEMBERS nora, pavel", "ALTER CHAT ADDMEMBERS"),
        ("leave", "ALTER CHAT LEAVE"),
        ("BOOKMARK", "ALTER CHAT #A/$b BOOKMARKED TRUE"),
        ("UNBOOKMARK", "ALTER CHAT #A/$b BOOKMARKED FALSE"),
        ("JOIN", "ALTER CHAT JOIN"),
        ("KICK nora", "ALTER CHAT KICK"),
        ("KICKBAN nora", "ALTER CHAT KICKBAN"),
        ("ACCEPTADD", "ALTER CHAT ACCEPTADD"),
        ("CLEARRECENTMESSAGES", "ALTER CHAT CLEARRECENTMESSAGES"),
        ("SETALERTSTRING \"=x\"", "ALTER CHAT SETALERTSTRING"),
    ] {
        let asked = format!("ALTER CHAT #A/$b {asked}");
        let Ok(Command::AlterChat { chat, action }) = parse(&asked).body else {
            panic!("{asked}");
        };
        assert_eq!(line(7, &action.confirmation(chat)), confirmation);
    }
}

#[test]
fn topics_and_members_are_taken_as_they_are_spelt() {
    check(
        "ALTER CHAT #a/$b SETTOPIC  New  topic ",
        r##"AlterChat { chat: "#a/$b", action: SetTopic(" New  topic ") }"##,
    );
    let Ok(Command::AlterChat {
        action: ChatAction::Kick(targets),
        ..
    }) = parse("ALTER CHAT #a/$b KICK Nora, pavel").body
    else {
        panic!("KICK takes a list");
    };
    assert_eq!(targets.iter().collect::<Vec<_>>(), ["Nora", "pavel"]);
    assert_eq!(targets.text(), "Nora, pavel");
}

#[test]
fn chats_refuse_what_cannot_be_done_to_them() {
    check_error(500, &["ALTER CHAT"]);
    check_error(502, &["ALTER CHAT #a/$b", "ALTER CHATMEMBER 5"]);
    check_error(503, &["ALTER CHAT #a/$b FOO", "ALTER CHATMEMBER 5 FOO"]);
    check_error(
        504,
        &[
            "ALTER CHAT #a/$b DISBAND",
            "ALTER CHAT #a/$b SETPASSWORD pw hint",
            "ALTER CHAT #a/$b SETPASSWORD",
            "ALTER CHAT #a/$b ENTERPASSWORD pw",
            "ALTER CHAT #a/$b ENTERPASSWORD",
            "ALTER CHAT #a/$b SETOPTIONS 1",
            "ALTER CHAT #a/$b SETGUIDELINES x",
            "ALTER CHAT #a/$b SETDESCRIPTION x",
            "ALTER CHAT #a/$b KICK",
            "ALTER CHAT #a/$b KICKBAN a:b",
            "ALTER CHATMEMBER 5 SETROLETO MASTER",
        ],
    );
    check_error(505, &["ALTER CHAT #a/$b LEAVE now"]);
    check_error(
        506,
        &[
            "ALTER CHAT #a/$b ADDMEMBERS",
            "ALTER CHAT #a/$b ADDMEMBERS 5",
        ],
    );
    check_error(
        609,
        &[
            "ALTER CHATMEMBER 5 SETROLETO KING",
            "ALTER CHATMEMBER 5 CANSETROLETO",
        ],
    );
    check_error(14, &["ALTER CHATMEMBER x SETROLETO USER"]);
    check(
        "ALTER CHATMEMBER 5 CANSETROLETO helper",
        "ALTER CHATMEMBER CANSETROLETO FALSE",
    );
}

#[test]
fn tags_are_taken_out_of_a_topic() {
    for (tagged, plain) in [
        ("plain", "plain"),
        ("<b>bold</b> and <i>not</i>", "bold and not"),
        ("1 < 2", "1 < 2"),
        ("a<b>c<d", "ac<d"),
        ("", ""),
    ] {
        assert_eq!(plain_text(tagged), plain);
    }
}
