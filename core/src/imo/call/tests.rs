use super::*;
use alloc::vec;

fn calls() -> alloc::vec::Vec<Call> {
    let buddy = || String::from("bob");
    let mut calls = vec![
        Call::OpenSession,
        Call::Login {
            password: Secret::from("p\"w"),
        },
        Call::SignOff,
        Call::Activity,
        Call::Unread,
        Call::Alpha,
        Call::SetStatus {
            primitive: Primitive::Busy,
            mood: "at \u{1F3B8}".into(),
        },
        Call::SendMessage {
            to: buddy(),
            body: "a\n\"b\" %s%n".into(),
            mid: None,
        },
        Call::SendMessage {
            to: buddy(),
            body: "x".into(),
            mid: Some("0123456789abcdef".into()),
        },
        Call::Typing {
            to: buddy(),
            state: TypingState::NotTyping,
        },
        Call::AddBuddy {
            buddy: buddy(),
            text: "please".into(),
        },
        Call::RemoveBuddy { buddy: buddy() },
        Call::Block {
            buddy: buddy(),
            on: true,
        },
        Call::Block {
            buddy: buddy(),
            on: false,
        },
        Call::Rename {
            buddy: buddy(),
            alias: "Bobby".into(),
        },
        Call::Preference,
        Call::CreateGroup {
            name: "0123456789abcdef".into(),
        },
        Call::Invite {
            group: "g1".into(),
            buddy: buddy(),
        },
        Call::Kick {
            group: "g1".into(),
            member: buddy(),
        },
        Call::SetTopic {
            group: "g1".into(),
            topic: String::new(),
        },
        Call::LeaveGroup { group: "g1".into() },
        Call::StartCall { buddy: buddy() },
        Call::AnswerCall { buddy: buddy() },
        Call::EndCall { buddy: buddy() },
        Call::SetName {
            name: "Ali; ce $#".into(),
        },
        Call::SetIcon {
            image: vec![0, 255, 7],
        },
        Call::SetIcon { image: Vec::new() },
        Call::SearchUsers { text: "b".into() },
    ];
    for verdict in [Verdict::Accept, Verdict::Deny, Verdict::Block] {
        calls.push(Call::Answer {
            buddy: buddy(),
            verdict,
        });
    }
    calls
}

#[test]
fn every_call_survives_the_wire() {
    for call in calls() {
        let text = call.encode(
            Caller {
                ssid: "S",
                uid: "alice",
            },
            Some(7),
        );
        let incoming = Call::decode(call.system(), &text).unwrap();
        assert_eq!(incoming.call, call);
        assert_eq!(incoming.method, call.method());
    }
}

#[test]
fn unknown_methods_and_mistyped_fields_are_told_apart() {
    let decode = |system: &str, text: &str| {
        let raw = RawValue::from_string(text.into()).unwrap();
        Call::decode(system, &raw).map(|incoming| incoming.call)
    };
    let fault = Err(BadCall::UnknownMethod);
    assert_eq!(decode("im", r#"{"method":"dance","data":{}}"#), fault);
    assert_eq!(decode("av", r#"{"method":"signoff_all","data":{}}"#), fault);
    let fault = Err(BadCall::BadField);
    assert_eq!(
        decode("im", r#"{"method":"set_icon","data":{"image":"*"}}"#),
        fault
    );
    assert_eq!(
        decode("im", r#"{"method":"kick_member","data":{"buid":"bob"}}"#),
        fault
    );
    assert_eq!(
        decode("im", r#"{"method":"send_im","data":{"buid":7,"msg":"x"}}"#),
        fault
    );
    assert_eq!(
        decode("im", r#"{"method":"send_im","data":{"buid":"bob"}}"#),
        fault
    );
    assert_eq!(decode("im", r#"{"method":"send_im"}"#), fault);
    assert_eq!(
        decode(
            "session",
            r#"{"method":"signoff_all","data":{"ssid":"x","new":[1]}}"#
        ),
        Ok(Call::SignOff)
    );
}
