use super::*;
use crate::imo::dialect::{Dialect, V0, V1};
use alloc::borrow::ToOwned;
use proptest::prelude::*;
use serde_json::json;

pub(in crate::imo) mod any;

proptest! {
    #[test]
    fn every_call_survives_the_wire_in_every_dialect(
        call in any::call(), ssid in "[A-Za-z0-9]{16,17}", uid in crate::imo::tests::text(),
        request_id in proptest::option::of(0_u64..1 << 31),
    ) {
        for dialect in Dialect::ALL {
            let caller = Caller { ssid: &ssid, uid: &uid };
            let data = call.encode(dialect, caller, request_id);
            let system = call.system(dialect);
            let incoming = Call::decode(system, &data).unwrap();
            prop_assert_eq!(&incoming.method, call.method(dialect));
            let names_account = ["im", "av", "alpha"].contains(&system);
            prop_assert_eq!(incoming.uid, names_account.then(|| uid.as_str().into()));
            // There is no result to be had of a preference.
            let wanted = request_id.filter(|_| call != Call::Preference);
            prop_assert_eq!(incoming.request_id, wanted);
            prop_assert_eq!(&incoming.call, &call);
        }
    }
}

/// What a call comes to in a dialect.
fn written(call: &Call, dialect: &Dialect) -> serde_json::Value {
    let caller = Caller {
        ssid: "S",
        uid: "alice",
    };
    serde_json::from_str(call.encode(dialect, caller, None).get()).unwrap()
}

#[test]
fn a_session_is_opened_in_the_form_of_the_dialect() {
    let open = Call::OpenSession;
    assert_eq!(
        (open.system(&V0), written(&open, &V0)),
        ("ssid", json!({"method": "get_ssid", "data": {"ssid": "S"}}))
    );
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        (open.system(&V1), written(&open, &V1)),
        (
            "session",
            json!({"method": "get_cookie_and_ssid", "data": {"ssid": "S", "kind": "reui", "version": version}})
        )
    );
    assert_eq!(
        written(&Call::CookieLogin, &V0),
        json!({"method": "cookie_login", "data": {"ssid": "S"}})
    );
}

fn decode(system: &str, text: &str) -> Result<Call, BadCall> {
    let raw = RawValue::from_string(text.to_owned()).unwrap();
    Call::decode(system, &raw).map(|incoming| incoming.call)
}

#[test]
fn the_forms_of_older_clients_are_understood() {
    assert_eq!(
        decode(
            "im",
            r#"{"method":"im_typing","data":{"buid":"bob","status":"typed"}}"#
        ),
        Ok(Call::Typing {
            to: "bob".into(),
            state: TypingState::Typed
        })
    );
    assert_eq!(
        decode(
            "im",
            r#"{"method":"im_typing","data":{"buid":"bob","status":"dancing"}}"#
        ),
        Err(BadCall::BadField)
    );
    assert_eq!(
        decode(
            "im",
            r#"{"method":"set_status","data":{"uid":"a","proto":"prpl-skype","ssid":"S","primitive":"busy","status":"x"}}"#
        ),
        Ok(Call::SetStatus {
            primitive: Primitive::Busy,
            mood: "x".into()
        })
    );
    assert_eq!(
        decode(
            "im",
            r#"{"method":"account_login","data":{"uid":"a","passwd":"b"}}"#
        ),
        Ok(Call::Login {
            password: Secret::from("b")
        })
    );
    for (system, method) in [("session", "get_ssid"), ("ssid", "get_cookie_and_ssid")] {
        let text = alloc::format!(r#"{{"method":"{method}","data":{{}}}}"#);
        assert_eq!(decode(system, &text), Err(BadCall::UnknownMethod));
    }
}

#[test]
fn unknown_methods_and_mistyped_fields_are_told_apart() {
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
