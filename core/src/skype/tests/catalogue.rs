//! The catalogue says what the codec does, and leaves nothing out.
//! Never about what an account does.

use alloc::format;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::samples::{Words, commands};
use crate::skype::catalogue::{CATALOGUE, Mark, Row};
use crate::skype::{
    ApplicationProperty, CallProperty, ChatMemberProperty, ChatProperty, Constant, ErrorReply,
    FileTransferProperty, GroupProperty, MessageProperty, Parameter, ProfileProperty, Reply,
    SmsProperty, UserProperty, VoicemailProperty, parse, standing_answer,
};

#[track_caller]
fn row(name: &str) -> Row {
    let found = CATALOGUE.iter().find(|row| row.name == name);
    *found.unwrap_or_else(|| panic!("{name} is missing"))
}

/// The row of a property agrees with its table; what is refused has no objects and so no values.
#[track_caller]
fn check(object: &str, name: &str, since: u8, constant: Option<&str>) {
    let row = row(&format!("{object} {name}"));
    assert_eq!(row.since, since, "{}", row.name);
    match (row.mark, constant) {
        (Mark::Constant(value), found) => assert_eq!(Some(value), found, "{}", row.name),
        (Mark::Empty, found) => assert_eq!(Some(""), found, "{}", row.name),
        (Mark::Real | Mark::Local | Mark::Refused(_), found) => {
            assert_eq!(None, found, "{}", row.name);
        }
        (Mark::Nothing, _) => panic!("{} is a property", row.name),
    }
}

#[test]
fn every_name_stands_there_once_and_every_refusal_has_a_known_number() {
    for (index, row) in CATALOGUE.iter().enumerate() {
        let mut before = CATALOGUE[..index].iter();
        assert!(before.all(|other| other.name != row.name), "{}", row.name);
        assert!((1..=8).contains(&row.since), "{}", row.name);
        if let Mark::Refused(code) = row.mark {
            let known = ErrorReply::ALL.iter().any(|error| error.code == code);
            assert!(known, "{}", row.name);
        }
    }
}

#[test]
fn every_property_stands_there_as_in_its_table() {
    for p in UserProperty::ALL {
        check("USER", p.name(), p.since(), p.constant());
    }
    for p in ProfileProperty::ALL {
        check("PROFILE", p.name(), p.since(), p.constant());
    }
    for p in ChatProperty::ALL {
        check("CHAT", p.name(), p.since(), p.constant());
    }
    for p in ChatMemberProperty::ALL {
        check("CHATMEMBER", p.name(), p.since(), p.constant());
    }
    for p in GroupProperty::ALL {
        check("GROUP", p.name(), p.since(), p.constant());
    }
    for p in ApplicationProperty::ALL {
        check("APPLICATION", p.name(), p.since(), p.constant());
    }
    for p in CallProperty::ALL {
        check("CALL", p.name(), p.since(), p.constant());
    }
    for p in VoicemailProperty::ALL {
        check("VOICEMAIL", p.name(), p.since(), p.constant());
    }
    for p in SmsProperty::ALL {
        check("SMS", p.name(), p.since(), p.constant());
    }
    for p in FileTransferProperty::ALL {
        check("FILETRANSFER", p.name(), p.since(), p.constant());
    }
}

#[test]
fn the_properties_of_a_message_stand_under_the_object_that_brought_them() {
    let has = |name: &str| CATALOGUE.iter().any(|row| row.name == name);
    for p in MessageProperty::ALL {
        if p.since() < 3 {
            check("MESSAGE", p.name(), p.since(), p.constant());
        }
        if has(&format!("CHATMESSAGE {p}")) {
            check("CHATMESSAGE", p.name(), p.since().max(3), p.constant());
        }
        assert!(p.since() < 3 || has(&format!("CHATMESSAGE {p}")), "{p}");
    }
}

#[test]
fn every_parameter_stands_there_with_what_it_is() {
    for parameter in Parameter::ALL {
        assert_eq!(row(&format!("GET {parameter}")).mark, Mark::Local);
        assert_eq!(row(&format!("SET {parameter}")).mark, Mark::Local);
        let notice = format!("notice {parameter}");
        let is_told = CATALOGUE.iter().any(|row| row.name == notice);
        assert_eq!(is_told, parameter.is_notified(), "{parameter}");
    }
    for constant in Constant::ALL {
        let mark = match constant.value() {
            "" => Mark::Empty,
            value => Mark::Constant(value),
        };
        assert_eq!(row(&format!("GET {constant}")).mark, mark);
    }
}

/// The rows whose keywords stand in a line in their order, the first one in front.
fn fitting(line: &str) -> impl Iterator<Item = &'static Row> {
    CATALOGUE.iter().filter(move |row| {
        let mut words = line.split(' ');
        let starts = row.name.split(' ').next() == line.split(' ').next();
        starts
            && row
                .name
                .split(' ')
                .all(|keyword| words.any(|word| word == keyword))
    })
}

#[test]
fn every_command_stands_there_and_is_answered_as_it_says() {
    let words = Words::example();
    for command in commands(&words) {
        let line = command.to_string();
        let row = fitting(&line).max_by_key(|row| row.name.split(' ').count());
        let row = row.unwrap_or_else(|| panic!("{line} is missing"));
        match (standing_answer(&command), row.mark) {
            (Some(Reply::Error(error)), mark) => {
                assert_eq!(mark, Mark::Refused(error.code), "{line}");
            }
            (Some(_), mark) => {
                let is_refused = matches!(mark, Mark::Refused(_) | Mark::Nothing);
                assert!(!is_refused, "{line}");
            }
            (None, mark) => assert_ne!(mark, Mark::Nothing, "{line}"),
        }
    }
}

#[test]
fn what_does_not_exist_is_refused_as_it_says() {
    let unknown = [
        "QUIT", "FILE", "CHATFILE", "READY", "HOOK", "CLOSE", "TRANSFER",
    ];
    let refused: Vec<_> = CATALOGUE
        .iter()
        .filter(|row| row.name.starts_with("ALTER FILETRANSFER") || unknown.contains(&row.name))
        .collect();
    assert_eq!(refused.len(), unknown.len() + 2);
    for row in refused {
        let error = parse(row.name).body.unwrap_err();
        assert_eq!(row.mark, Mark::Refused(error.code), "{}", row.name);
    }
}
