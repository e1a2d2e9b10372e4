//! Replies as lines, in every protocol version.
//! Never about commands.

use alloc::string::{String, ToString};
use alloc::vec;

use super::line;
use crate::skype::{
    ChatMemberProperty, ChatProperty, ChatStatus, ChatType, ConnStatus, ErrorReply, Id,
    MessageObject, MessageProperty, MessageStatus, MessageType, MyStatus, ProfileProperty, Reply,
    Role, Status, UserProperty, Value, parse, status_line,
};

/// A property of message 7 under the name of protocol 3 and later.
fn message(property: MessageProperty, value: Value<'static>) -> Reply<'static> {
    Reply::Message {
        object: MessageObject::ChatMessage,
        id: Id::from(7),
        property,
        value,
    }
}

fn user(property: UserProperty, value: Value<'static>) -> Reply<'static> {
    Reply::User {
        handle: "NoRa".into(),
        property,
        value,
    }
}

fn chat(property: ChatProperty, value: Value<'static>) -> Reply<'static> {
    Reply::Chat {
        chat: "#A/$b".into(),
        property,
        value,
    }
}

#[test]
fn each_reply_has_its_line() {
    let cases = [
        (Reply::Ok, "OK"),
        (Reply::Pong, "PONG"),
        (Reply::Protocol(7), "PROTOCOL 7"),
        (Reply::UserStatus(Status::DoNotDisturb), "USERSTATUS DND"),
        (
            Reply::ConnStatus(ConnStatus::Connecting),
            "CONNSTATUS CONNECTING",
        ),
        (
            Reply::ConnStatusAsked(Status::NotAvailable),
            "CONNSTATUS NA",
        ),
        (
            Reply::CurrentUserHandle("nora".into()),
            "CURRENTUSERHANDLE nora",
        ),
        (
            Reply::Users(vec!["no,ra".into(), "pavel".into()]),
            "USERS no,ra, pavel",
        ),
        (
            Reply::Chats(vec!["#a/$b".into(), "#c/$d".into()]),
            "CHATS #a/$b, #c/$d",
        ),
        (Reply::Groups(vec![1, 22]), "GROUPS 1, 22"),
        (
            user(UserProperty::OnlineStatus, Status::Away.into()),
            "USER NoRa ONLINESTATUS AWAY",
        ),
        (
            user(UserProperty::About, "one\ntwo".into()),
            "USER NoRa ABOUT one\ntwo",
        ),
        (
            Reply::Profile {
                property: ProfileProperty::FullName,
                value: "Nora N".into(),
            },
            "PROFILE FULLNAME Nora N",
        ),
        (
            chat(ChatProperty::Bookmarked, true.into()),
            "CHAT #A/$b BOOKMARKED TRUE",
        ),
        (
            chat(ChatProperty::Status, ChatStatus::Dialog.into()),
            "CHAT #A/$b STATUS DIALOG",
        ),
        (
            chat(ChatProperty::Type, ChatType::MultiChat.into()),
            "CHAT #A/$b TYPE MULTICHAT",
        ),
        (
            chat(ChatProperty::MyStatus, MyStatus::Kicked.into()),
            "CHAT #A/$b MYSTATUS KICKED",
        ),
        (
            Reply::ChatMember {
                member: Id::from(3),
                property: ChatMemberProperty::Role,
                value: Role::Master.into(),
            },
            "CHATMEMBER 3 ROLE MASTER",
        ),
        (
            message(MessageProperty::Timestamp, 1_400_000_000_u64.into()),
            "CHATMESSAGE 7 TIMESTAMP 1400000000",
        ),
        (Reply::Calls(vec![]), "CALLS "),
        (
            ErrorReply::UNKNOWN_COMMAND.into(),
            "ERROR 2 no such command",
        ),
    ];
    for (reply, expect) in cases {
        assert_eq!(line(7, &reply), expect);
    }
}

#[test]
fn lists_within_a_property_have_the_separator_of_the_property() {
    let members = ChatProperty::Members.list(["nora", "pavel"]);
    assert_eq!(
        line(7, &chat(ChatProperty::Members, members)),
        "CHAT #A/$b MEMBERS nora pavel"
    );
    let objects = ChatProperty::MemberObjects.list([1, 2]);
    assert_eq!(
        line(7, &chat(ChatProperty::MemberObjects, objects)),
        "CHAT #A/$b MEMBEROBJECTS 1, 2"
    );
    let users = MessageProperty::Users.list(["nora", "pavel"]);
    assert_eq!(
        line(7, &message(MessageProperty::Users, users)),
        "CHATMESSAGE 7 USERS nora pavel"
    );
}

#[test]
fn the_first_two_protocols_know_messages_under_another_name() {
    for protocol in 1..=2 {
        let sent = status_line(MessageObject::ChatMessage, 7.into(), MessageStatus::Sent);
        assert_eq!(line(protocol, &sent), "MESSAGE 7 STATUS SENT");
        let from = message(MessageProperty::FromHandle, "nora".into());
        assert_eq!(line(protocol, &from), "MESSAGE 7 PARTNER_HANDLE nora");
        let name = message(MessageProperty::FromDispname, "Nora".into());
        assert_eq!(line(protocol, &name), "MESSAGE 7 PARTNER_DISPNAME Nora");
        let missed = Reply::Messages {
            object: MessageObject::ChatMessage,
            ids: vec![7, 8],
        };
        assert_eq!(line(protocol, &missed), "MESSAGES 7, 8");
    }
}

#[test]
fn later_protocols_keep_the_name_that_the_client_used() {
    for protocol in 3..=8 {
        let seen = status_line(MessageObject::Message, 7.into(), MessageStatus::Read);
        assert_eq!(line(protocol, &seen), "MESSAGE 7 STATUS READ");
        let sending = status_line(MessageObject::ChatMessage, 7.into(), MessageStatus::Sending);
        assert_eq!(line(protocol, &sending), "CHATMESSAGE 7 STATUS SENDING");
        let partner = message(MessageProperty::PartnerHandle, "nora".into());
        assert_eq!(
            line(protocol, &partner),
            "CHATMESSAGE 7 PARTNER_HANDLE nora"
        );
        let found = Reply::Messages {
            object: MessageObject::Message,
            ids: vec![7],
        };
        assert_eq!(line(protocol, &found), "MESSAGES 7");
    }
    assert_eq!(
        MessageProperty::PartnerHandle.canonical(),
        MessageProperty::FromHandle
    );
    assert_eq!(MessageProperty::Body.canonical(), MessageProperty::Body);
}

#[test]
fn the_type_of_a_message_is_said_in_the_words_of_the_protocol() {
    for (kind, protocol, word) in [
        (MessageType::Said, 1, "TEXT"),
        (MessageType::Emoted, 2, "TEXT"),
        (MessageType::Left, 2, "UNKNOWN"),
        (MessageType::Kicked, 2, "UNKNOWN"),
        (MessageType::Said, 3, "SAID"),
        (MessageType::Emoted, 5, "EMOTED"),
        (MessageType::Left, 5, "LEFT"),
        (MessageType::PostedContacts, 6, "UNKNOWN"),
        (MessageType::Kicked, 6, "UNKNOWN"),
        (MessageType::Kicked, 7, "KICKED"),
        (MessageType::JoinedAsApplicant, 8, "JOINEDASAPPLICANT"),
    ] {
        let shown = line(protocol, &message(MessageProperty::Type, kind.into()));
        assert_eq!(shown.rsplit(' ').next(), Some(word), "{kind} in {protocol}");
    }
}

#[test]
fn the_first_protocol_shows_a_contact_that_wants_to_be_called_as_online() {
    let shown = user(UserProperty::OnlineStatus, Status::SkypeMe.into());
    assert_eq!(line(1, &shown), "USER NoRa ONLINESTATUS ONLINE");
    assert_eq!(line(2, &shown), "USER NoRa ONLINESTATUS SKYPEME");
    let own = Reply::UserStatus(Status::SkypeMe);
    assert_eq!(
        line(1, &own),
        "USERSTATUS SKYPEME",
        "the word that was asked for"
    );
}

#[test]
fn languages_and_countries_have_a_code_from_protocol_4_on() {
    let country = user(UserProperty::Country, "ee Estonia".into());
    assert_eq!(line(3, &country), "USER NoRa COUNTRY Estonia");
    assert_eq!(line(4, &country), "USER NoRa COUNTRY ee Estonia");
    let plain = user(UserProperty::Country, "New Zealand".into());
    assert_eq!(line(3, &plain), "USER NoRa COUNTRY New Zealand");
    let city = user(UserProperty::City, "New York".into());
    assert_eq!(line(3, &city), "USER NoRa CITY New York");
}

#[test]
fn a_tag_goes_in_front_of_whatever_is_said() {
    let asked = parse("#G4 GET CALL x STATUS");
    let mut out = String::from("before|");
    let error = asked.body.unwrap_err();
    Reply::from(error).write_line(5, asked.tag.as_ref(), &mut out);
    assert_eq!(out, "before|#G4 ERROR 11 not a call number");
    let kept = asked.tag.unwrap().into_owned();
    assert_eq!(kept.to_string(), "#G4");
}

#[test]
fn an_empty_list_keeps_its_space() {
    let object = MessageObject::ChatMessage;
    assert_eq!(line(5, &Reply::Users(vec![])), "USERS ");
    assert_eq!(line(5, &Reply::Chats(vec![])), "CHATS ");
    assert_eq!(line(5, &Reply::Groups(vec![])), "GROUPS ");
    assert_eq!(
        line(
            5,
            &Reply::Messages {
                object,
                ids: vec![]
            }
        ),
        "CHATMESSAGES "
    );
    assert_eq!(
        line(
            2,
            &Reply::Messages {
                object,
                ids: vec![]
            }
        ),
        "MESSAGES "
    );
}

#[test]
fn a_nul_is_never_said() {
    let reply = user(UserProperty::FullName, "No\0ra\0".into());
    let mut out = String::from("\0");
    reply.write_line(5, None, &mut out);
    assert_eq!(
        out, "\0USER NoRa FULLNAME Nora",
        "what stood before is not ours"
    );
}
