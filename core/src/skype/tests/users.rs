//! Users, contacts and the own profile.
//! Never about chats.

use alloc::format;

use super::{check, check_confirmed, check_error, line};
use crate::skype::{Command, ProfileProperty, UserChange, UserProperty, parse};

#[test]
fn every_property_of_a_user_can_be_asked_for_by_its_name() {
    for &property in UserProperty::ALL {
        let asked = format!("get user Nora {}", property.name().to_ascii_lowercase());
        let handle = "Nora";
        assert_eq!(
            parse(&asked).body,
            Ok(Command::GetUser { handle, property })
        );
    }
    check(
        "GET USER +3725551 ONLINESTATUS",
        r#"GetUser { handle: "+3725551", property: OnlineStatus }"#,
    );
}

#[test]
fn a_user_that_cannot_be_is_refused() {
    check_error(
        8,
        &[
            "GET USER",
            "GET USER 5nora FULLNAME",
            "GET USER n:a FULLNAME",
            "GET USER €x FULLNAME",
        ],
    );
    check_error(8, &["SET USER", "SET USER a/b BUDDYSTATUS 2"]);
    check_error(
        10,
        &[
            "GET USER nora",
            "GET USER nora FOO",
            "SET USER nora",
            "SET USER nora FULLNAME x",
        ],
    );
}

#[test]
fn there_is_one_picture_of_everybody() {
    check(
        "GET USER NoRa avatar 1 /tmp/a b.jpg",
        r#"GetUserAvatar { handle: "NoRa", file: "/tmp/a b.jpg" }"#,
    );
    check_error(
        114,
        &["GET USER nora AVATAR", "GET USER nora AVATAR 2 /tmp/a.jpg"],
    );
}

#[test]
fn contacts_are_changed_and_the_change_confirmed_under_the_spelling_of_the_client() {
    for (set, change, confirmation) in [
        ("BUDDYSTATUS 1", UserChange::Remove, "BUDDYSTATUS 1"),
        (
            "BUDDYSTATUS 2",
            UserChange::Add { text: "" },
            "BUDDYSTATUS 2",
        ),
        (
            "BUDDYSTATUS 2 Please  do",
            UserChange::Add { text: "Please  do" },
            "BUDDYSTATUS 2",
        ),
        (
            "ISAUTHORIZED true",
            UserChange::Authorize(true),
            "ISAUTHORIZED TRUE",
        ),
        (
            "isauthorized FALSE",
            UserChange::Authorize(false),
            "ISAUTHORIZED FALSE",
        ),
        ("ISBLOCKED TRUE", UserChange::Block(true), "ISBLOCKED TRUE"),
        (
            "DISPLAYNAME No Ra",
            UserChange::Rename("No Ra"),
            "DISPLAYNAME No Ra",
        ),
        ("DISPLAYNAME", UserChange::Rename(""), "DISPLAYNAME "),
    ] {
        let asked = format!("SET USER NoRa {set}");
        let handle = "NoRa";
        assert_eq!(parse(&asked).body, Ok(Command::SetUser { handle, change }));
        assert_eq!(
            line(5, &change.confirmation(handle)),
            format!("USER NoRa {confirmation}")
        );
    }
    check_confirmed("SET USER nora SPEEDDIAL 5", "USER nora SPEEDDIAL 5");
}

#[test]
fn contacts_refuse_what_they_cannot_be() {
    check_error(
        518,
        &[
            "SET USER nora BUDDYSTATUS",
            "SET USER nora BUDDYSTATUS 3",
            "SET USER nora BUDDYSTATUS x",
        ],
    );
    check_error(
        516,
        &["SET USER nora ISAUTHORIZED", "SET USER nora ISBLOCKED 1"],
    );
}

#[test]
fn every_property_of_the_profile_can_be_asked_for_and_those_that_are_kept_set() {
    for &property in ProfileProperty::ALL {
        let asked = format!("GET PROFILE {property}");
        assert_eq!(parse(&asked).body, Ok(Command::GetProfile { property }));
        if property.constant().is_none() {
            let set = format!("SET PROFILE {property} some text");
            let value = "some text";
            assert_eq!(
                parse(&set).body,
                Ok(Command::SetProfile { property, value })
            );
        }
    }
    check(
        "SET PROFILE MOOD_TEXT",
        r#"SetProfile { property: MoodText, value: "" }"#,
    );
}

#[test]
fn the_profile_of_calls_is_nodded_at() {
    check(
        "SET PROFILE CALL_APPLY_CF TRUE",
        "PROFILE CALL_APPLY_CF TRUE",
    );
    check(
        "SET PROFILE CALL_NOANSWER_TIMEOUT 20",
        "PROFILE CALL_NOANSWER_TIMEOUT 20",
    );
    check(
        "SET PROFILE CALL_FORWARD_RULES ",
        "PROFILE CALL_FORWARD_RULES ",
    );
    check(
        "SET PROFILE CALL_SEND_TO_VM FALSE",
        "PROFILE CALL_SEND_TO_VM FALSE",
    );
    check_error(553, &["SET PROFILE CALL_SEND_TO_VM TRUE"]);
}

#[test]
fn a_profile_refuses_what_it_has_not() {
    check_error(7, &["GET PROFILE"]);
    check_error(10, &["GET PROFILE FOO"]);
    check_error(
        552,
        &[
            "SET PROFILE",
            "SET PROFILE FOO x",
            "SET PROFILE PSTN_BALANCE 5",
            "SET PROFILE PSTN_BALANCE_CURRENCY USD",
            "SET PROFILE IPCOUNTRY us",
            "SET PROFILE SMS_VALIDATED_NUMBERS +1",
        ],
    );
}
