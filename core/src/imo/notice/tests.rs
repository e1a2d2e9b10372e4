use super::*;
use alloc::borrow::ToOwned;
use alloc::vec;
use alloc::vec::Vec;

fn notices() -> Vec<Notice> {
    let buddy = || Buddy {
        buid: "bob".into(),
        alias: Some("Bob \u{1F600}".into()),
        group: Some("Skype".into()),
        primitive: Some(Primitive::Away),
        status: Some("so so".into()),
        kind: None,
        auth: Some(Auth::Pending),
        name: Some("Robert".into()),
        ..Buddy::default()
    };
    let refusal = || Refusal {
        code: "blocked".into(),
        msg: "no".into(),
    };
    let message = |mid: Option<&str>| {
        Notice::Message(Incoming {
            buid: "bob".into(),
            alias: "Bob".into(),
            msg: "%s%n \"q\"\nnew line".into(),
            timestamp: 1_400_000_000,
            mid: mid.map(Into::into),
            author: None,
            topic: None,
        })
    };
    vec![
        Notice::SignedOn {
            alias: "Alice".into(),
        },
        Notice::Disconnected {
            reason: "uidpassword".into(),
        },
        Notice::Expired,
        Notice::Reset,
        Notice::BuddyAdded(vec![buddy()]),
        Notice::BuddyStatus(vec![buddy(), buddy()]),
        Notice::BuddyRemoved(vec!["bob".into()]),
        Notice::BuddyRemoved(vec!["bob".into(), "carol".into()]),
        Notice::BuddyRequest {
            buddy: "bob".into(),
            text: String::new(),
        },
        message(None),
        message(Some("0123456789abcdef")),
        Notice::SentElsewhere {
            to: "bob".into(),
            body: "x".into(),
            timestamp: 1,
            mid: Some("m".into()),
        },
        Notice::StatusElsewhere {
            primitive: Primitive::Busy,
            mood: "m".into(),
        },
        Notice::Typing {
            buddy: "bob".into(),
            state: TypingState::Typed,
        },
        Notice::Result {
            request_id: 3,
            result: Ok(Outcome {
                timestamp: 1_400_000_000,
                users: None,
            }),
        },
        Notice::Result {
            request_id: 3,
            result: Err(refusal()),
        },
        Notice::Refused {
            method: "add_buddy".into(),
            seq: 9,
            refusal: refusal(),
        },
        Notice::AutoAway,
        Notice::Result {
            request_id: 4,
            result: Ok(Outcome {
                timestamp: 1,
                users: Some(vec!["bob".into(), "carol".into()]),
            }),
        },
        Notice::Message(Incoming {
            buid: "g1;".into(),
            alias: "a topic".into(),
            msg: "a topic".into(),
            timestamp: 1,
            mid: None,
            author: Some("bob".into()),
            topic: Some(true),
        }),
        Notice::BuddyAdded(vec![
            Buddy {
                buid: "g1;".into(),
                kind: Some("group".into()),
                display: Some("a topic".into()),
                ..Buddy::default()
            },
            Buddy {
                buid: "g1;bob;prpl-skype".into(),
                group: Some("g1".into()),
                inviter: Some("alice".into()),
                creator: Some(false),
                ..Buddy::default()
            },
        ]),
        Notice::Icons(vec![Icon {
            buid: "bob".into(),
            icon: String::new(),
        }]),
        Notice::Kicked {
            member: "g1;bob;prpl-skype".into(),
            by: "alice".into(),
        },
        Notice::Ringing {
            buddy: "bob".into(),
            outgoing: true,
        },
        Notice::Answered {
            buddy: "bob".into(),
        },
        Notice::CallEnded {
            buddy: "bob".into(),
            reason: None,
        },
        Notice::CallEnded {
            buddy: "bob".into(),
            reason: Some(EndReason::NoAnswer),
        },
    ]
}

#[test]
fn every_notice_survives_the_wire() {
    for notice in notices() {
        let encoded = notice.encode("alice");
        assert_eq!(Notice::decode(encoded.system, &encoded.data), Ok(notice));
    }
}

#[test]
fn what_is_absent_is_left_out() {
    for notice in notices() {
        let text = notice.encode("alice").data.get().to_owned();
        assert!(!text.contains("null"), "{text}");
        assert!(text.starts_with('{'), "{text}");
    }
}

fn decode(system: &str, text: &str) -> Result<Notice, BadNotice> {
    Notice::decode(system, &RawValue::from_string(text.into()).unwrap())
}

#[test]
fn a_mistyped_field_names_the_notice_it_spoils() {
    let bad = |name: &str| Err(BadNotice { name: name.into() });
    assert_eq!(
        decode("im", r#"{"name":"recv_im","edata":{"buid":null}}"#),
        bad("recv_im")
    );
    assert_eq!(
        decode("im", r#"{"name":"buddy_added","edata":{}}"#),
        bad("buddy_added")
    );
    assert_eq!(decode("im", r#"{"name":"signed_on"}"#), bad("signed_on"));
    assert_eq!(decode("im", "[]"), bad(""));
    assert_eq!(decode("internal", "{}"), bad("internal"));
}

#[test]
fn what_is_not_for_us_is_unknown() {
    for (system, text) in [
        (
            "im",
            r#"{"name":"recv_im","proto":"prpl-jabber","edata":7}"#,
        ),
        ("im", r#"{"name":"dance","edata":7}"#),
        ("weather", "{}"),
        (
            "preference",
            r#"{"preferences":[{"pref":"auto_away","value":false}]}"#,
        ),
    ] {
        assert_eq!(decode(system, text), Ok(Notice::Unknown));
    }
}

#[test]
fn groups_and_their_members_are_not_people() {
    let buddy = |buid: &str, group: Option<&str>, kind: Option<&str>| Buddy {
        buid: buid.into(),
        group: group.map(Into::into),
        kind: kind.map(Into::into),
        ..Buddy::default()
    };
    assert!(buddy("bob", Some("Offline"), None).is_person());
    assert!(buddy("bob", None, None).is_person());
    assert!(!buddy("17;", Some("Skype"), Some("group")).is_person());
    assert!(!buddy("17;bob;prpl-skype", Some("17"), None).is_person());
}
