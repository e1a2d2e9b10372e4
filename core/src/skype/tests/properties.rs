//! What holds for every line and every property, whatever they are.
//! Never about one of them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::line;
use crate::skype::{
    ChatMemberProperty, ChatProperty, Command, ErrorReply, Id, MessageObject, MessageProperty,
    NEWEST_PROTOCOL, ProfileProperty, Reply, UserProperty, Value, parse, standing_answer,
};
use proptest::prelude::*;

/// Codes that the API gives a meaning to.
fn is_known_code(code: u16) -> bool {
    matches!(
        code,
        1..=43 | 50..=53 | 66..=74 | 91..=101 | 103..=117 | 121 | 122 | 124 | 500..=532 | 534..=553
            | 555..=564 | 569..=572 | 609 | 611 | 615 | 9901
    )
}

/// Lines that look like commands more often than chance would have it.
pub(super) fn any_line() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "#1",
        "#",
        "GET",
        "SET",
        "SEARCH",
        "ALTER",
        "CREATE",
        "DELETE",
        "OPEN",
        "CLEAR",
        "CHAT",
        "MESSAGE",
        "CHATMESSAGE",
        "CHATMEMBER",
        "USER",
        "PROFILE",
        "GROUP",
        "APPLICATION",
        "CALL",
        "VOICEMAIL",
        "SMS",
        "AVATAR",
        "RINGTONE",
        "PRIVILEGE",
        "MENU_ITEM",
        "NAME",
        "PROTOCOL",
        "PING",
        "BODY",
        "SEEN",
        "STATUS",
        "FULLNAME",
        "BUDDYSTATUS",
        "KICK",
        "LEAVE",
        "ADDMEMBERS",
        "CONNECT",
        "DATAGRAM",
        "nora",
        "nora,",
        "NoRa:1",
        "+372555",
        "#a/$b;0123",
        "1",
        "0",
        "7",
        "99999999999",
        "ON",
        "TRUE",
        "",
        "\0",
        "\n",
        "ö",
    ];
    let words = prop::collection::vec(prop::sample::select(WORDS), 0..7);
    prop_oneof![any::<String>(), words.prop_map(|words| words.join(" ")),]
}

proptest! {
    #[test]
    fn every_line_has_one_answer_and_every_error_a_known_code(line in any_line()) {
        if let Err(error) = parse(&line).body {
            prop_assert!(is_known_code(error.code), "{}", error);
        }
    }

    #[test]
    fn a_tag_is_never_lost_and_changes_nothing_else(tag in "[A-Za-z0-9]{0,8}", line in any_line()) {
        prop_assume!(!line.trim_start_matches(' ').starts_with('#'));
        let tagged = format!("#{tag} {line}");
        let asked = parse(&tagged);
        prop_assert_eq!(format!("{}", asked.tag.unwrap()), format!("#{tag}"));
        prop_assert_eq!(asked.body, parse(&line).body);
    }

    #[test]
    fn what_is_answered_at_once_holds_no_nul_and_no_tag(line in any_line()) {
        let command = parse(&line).body;
        if let Some(answer) = command.ok().and_then(|command| standing_answer(&command)) {
            let answer = self::line(7, &answer);
            prop_assert!(!answer.contains('\0'));
            prop_assert!(!answer.starts_with('#'));
            prop_assert!(answer.chars().next().is_some_and(|c| c.is_ascii_uppercase()));
        }
    }

    #[test]
    fn a_text_arrives_as_it_was_written(text in "[^\0]{1,40}") {
        let line = format!("MESSAGE nora {text}");
        prop_assert_eq!(parse(&line).body, Ok(Command::Message { to: "nora", body: &text }));
        let line = format!("CHATMESSAGE #a/$b {text}");
        prop_assert_eq!(parse(&line).body, Ok(Command::ChatMessage { chat: "#a/$b", body: &text }));
    }

    #[test]
    fn an_echo_keeps_the_spelling_of_names_and_texts(
        handle in "[A-Za-z][A-Za-z0-9._-]{0,30}",
        text in "[^\0 ][^\0]{0,20}",
    ) {
        for line in [
            format!("OPEN IM {handle} {text}"),
            format!("ALTER APPLICATION {handle} CONNECT {handle}"),
            format!("ALTER GROUP 5 ADDUSER {handle}"),
            format!("CREATE GROUP {text}"),
        ] {
            let echo = parse(&line).body.map(|command| self::line(7, &command.echo()));
            prop_assert_eq!(echo, Ok(line));
        }
    }

    #[test]
    fn no_reply_holds_a_nul(text in any::<String>(), protocol in 1..=NEWEST_PROTOCOL) {
        for reply in valued(&Value::from(&*text)) {
            prop_assert!(!line(protocol, &reply).contains('\0'));
        }
    }
}

/// A reply for each property of each object, all with this value.
fn valued<'a>(value: &Value<'a>) -> Vec<Reply<'a>> {
    let users = UserProperty::ALL.iter().map(|&property| Reply::User {
        handle: "nora".into(),
        property,
        value: value.clone(),
    });
    let profile = ProfileProperty::ALL.iter().map(|&property| Reply::Profile {
        property,
        value: value.clone(),
    });
    let chats = ChatProperty::ALL.iter().map(|&property| Reply::Chat {
        chat: "#a/$b".into(),
        property,
        value: value.clone(),
    });
    let members = ChatMemberProperty::ALL
        .iter()
        .map(|&property| Reply::ChatMember {
            member: Id::from(5),
            property,
            value: value.clone(),
        });
    let messages = MessageProperty::ALL.iter().map(|&property| Reply::Message {
        object: MessageObject::ChatMessage,
        id: Id::from(7),
        property,
        value: value.clone(),
    });
    users
        .chain(profile)
        .chain(chats)
        .chain(members)
        .chain(messages)
        .collect()
}

#[test]
fn a_property_without_value_keeps_the_space_behind_its_name() {
    for protocol in 1..=NEWEST_PROTOCOL {
        for reply in valued(&Value::EMPTY) {
            let line = line(protocol, &reply);
            let name = line.strip_suffix(' ').expect("a space at the end");
            assert!(!name.ends_with(' '), "{line:?}");
            let words = if matches!(reply, Reply::Profile { .. }) {
                2
            } else {
                3
            };
            assert_eq!(name.split(' ').count(), words, "{line:?}");
        }
    }
}

#[test]
fn numbers_that_clients_read_are_never_empty() {
    for name in [
        "LASTONLINETIMESTAMP",
        "BUDDYSTATUS",
        "NROF_AUTHED_BUDDIES",
        "TIMEZONE",
        "BIRTHDAY",
    ] {
        let neutral = UserProperty::from_name(name).unwrap().neutral();
        assert!(neutral.parse::<u32>().is_ok(), "{name} {neutral}");
    }
    for name in ["TIMESTAMP", "EDITED_TIMESTAMP", "OPTIONS"] {
        let neutral = MessageProperty::from_name(name).unwrap().neutral();
        assert!(neutral.parse::<u32>().is_ok(), "{name} {neutral}");
    }
    for name in ["TIMESTAMP", "ACTIVITY_TIMESTAMP", "OPTIONS"] {
        let neutral = ChatProperty::from_name(name).unwrap().neutral();
        assert!(neutral.parse::<u32>().is_ok(), "{name} {neutral}");
    }
    for name in ["TIMEZONE", "PSTN_BALANCE", "CALL_NOANSWER_TIMEOUT"] {
        let neutral = ProfileProperty::from_name(name).unwrap().neutral();
        assert!(neutral.parse::<u32>().is_ok(), "{name} {neutral}");
    }
}

#[test]
fn constants_are_what_the_tables_say() {
    for (property, value) in [
        (UserProperty::HasCallEquipment, "TRUE"),
        (UserProperty::IsVideoCapable, "FALSE"),
        (UserProperty::Sex, "UNKNOWN"),
        (UserProperty::City, ""),
    ] {
        assert_eq!(property.constant(), Some(value));
    }
    assert_eq!(UserProperty::FullName.constant(), None);
    assert_eq!(UserProperty::RichMoodText.since(), 7);
    assert_eq!(MessageProperty::IsEditable.constant(), Some("FALSE"));
    assert_eq!(ChatMemberProperty::IsActive.constant(), Some("TRUE"));
    assert_eq!(ProfileProperty::PstnCurrency.constant(), Some("EUR"));
}

#[test]
fn every_error_has_a_known_code_a_text_and_an_explanation() {
    for error in ErrorReply::ALL {
        assert!(is_known_code(error.code), "{error}");
        assert!(!error.text.is_empty(), "{error}");
        assert!(error.explain().ends_with('.'), "{error}");
        assert_eq!(
            format!("{error}"),
            format!("ERROR {} {}", error.code, error.text)
        );
    }
    assert!(
        ErrorReply::ALL
            .windows(2)
            .all(|pair| pair[0].code <= pair[1].code)
    );
}

#[test]
fn commands_that_clients_send_without_waiting_are_no_errors() {
    for line in [
        "GET PRIVILEGE SKYPEOUT",
        "GET CURRENTUSERHANDLE",
        "GET USERSTATUS",
        "GET USER nora BUDDYSTATUS",
        "GET CHAT #a/$b MEMBERS",
        "GET CHAT #a/$b MEMBEROBJECTS",
        "GET CHAT #a/$b MYROLE",
        "GET CHATMEMBER 5 IDENTITY",
        "GET CHATMESSAGE 7 LEAVEREASON",
        "SEARCH FRIENDS",
        "SEARCH CHATMESSAGES nora",
        "SEARCH MISSEDCHATMESSAGES",
        "SEARCH USERSWAITINGMYAUTHORIZATION",
        "SEARCH RECENTCHATS",
        "SET CHATMESSAGE 7 SEEN",
        "SET MESSAGE 7 SEEN",
        "SET CALL 5 SEEN",
        "SET SMS 5 SEEN",
        "SET PROFILE MOOD_TEXT",
        "SET USERSTATUS INVISIBLE",
        "SET USER nora BUDDYSTATUS 2",
        "SET USER nora ISAUTHORIZED TRUE",
        "SET USER nora ISBLOCKED FALSE",
        "SET SILENT_MODE ON",
        "SET AUTOAWAY OFF",
        "SET AVATAR 1",
        "ALTER CHAT #a/$b LEAVE",
        "ALTER CHAT #a/$b ADDMEMBERS nora",
        "CREATE APPLICATION libpurple_typing",
        "ALTER APPLICATION libpurple_typing DATAGRAM nora:1 PURPLE_TYPING",
        "DELETE GROUP 5",
        "MINIMIZE",
        "RESETIDLETIMER",
        "OPEN CHAT #a/$b",
    ] {
        assert!(parse(line).body.is_ok(), "{line}");
    }
}
