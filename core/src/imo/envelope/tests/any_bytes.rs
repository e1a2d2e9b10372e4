//! What is made of envelopes, answers, calls and notices that are spoiled, or none at all.
//! Never says which of them are refused: only that none panics, grows, or means two things.

use alloc::string::String;

use proptest::prelude::*;

use super::*;
use crate::imo::call::tests::any::call;
use crate::imo::call::{Call, Caller};
use crate::imo::dialect::Dialect;
use crate::imo::notice::Notice;
use crate::imo::notice::tests::any::notice;
use crate::imo::tests::{spoiled, system};

const CALLER: Caller<'_> = Caller {
    ssid: "ownSession1",
    uid: "alice",
};

/// A call in JSON, more or less.
fn calls() -> impl Strategy<Value = String> {
    (call(), 0..Dialect::ALL.len(), any::<bool>()).prop_flat_map(|(call, dialect, wanted)| {
        let data = call.encode(Dialect::ALL[dialect], CALLER, wanted.then_some(7));
        spoiled(data.get().into())
    })
}

/// A notice in JSON, more or less.
fn notices() -> impl Strategy<Value = String> {
    notice().prop_flat_map(|notice| spoiled(notice.encode(CALLER.uid).data.get().into()))
}

/// An envelope or an answer around it, more or less.
fn around(message: String) -> impl Strategy<Value = String> {
    let message = alloc::format!(
        r#"{{"data":{message},"to":{{"system":"im","ssid":"S"}},"from":{{"system":"im"}},"seq":0}}"#
    );
    let envelope = alloc::format!(r#"{{"ack":0,"ssid":"S","messages":[{message}]}}"#);
    let answer = alloc::format!(r#"{{"method":"m","data":{envelope}}}"#);
    prop_oneof![spoiled(envelope), spoiled(answer)]
}

proptest! {
    #[test]
    fn a_spoiled_call_is_refused_or_means_the_same_when_it_is_said_again(
        text in calls(), system in system(),
    ) {
        let Ok(data) = RawValue::from_string(text) else {
            return Ok(());
        };
        let Ok(heard) = Call::decode(system, &data) else {
            return Ok(());
        };
        for dialect in Dialect::ALL {
            let again = heard.call.encode(dialect, CALLER, heard.request_id);
            let again = Call::decode(heard.call.system(dialect), &again).map(|again| again.call);
            prop_assert_eq!(again.as_ref(), Ok(&heard.call));
        }
    }

    #[test]
    fn a_spoiled_notice_is_refused_or_means_the_same_when_it_is_said_again(
        text in notices(), system in system(),
    ) {
        let Ok(data) = RawValue::from_string(text) else {
            return Ok(());
        };
        match Notice::decode(system, &data) {
            Ok(heard) => {
                let again = heard.encode(CALLER.uid);
                prop_assert_eq!(Notice::decode(again.system, &again.data), Ok(heard));
            }
            Err(fault) => prop_assert!(fault.name.chars().count() <= 32),
        }
    }

    #[test]
    fn what_is_read_of_a_spoiled_envelope_is_no_longer_than_the_envelope(
        text in prop_oneof![calls(), notices()].prop_flat_map(around),
    ) {
        let bytes = text.as_bytes();
        let mut messages = Vec::new();
        if let Ok(envelope) = serde_json::from_slice::<Envelope<'_>>(bytes) {
            prop_assert!(envelope.ssid.as_str().len() <= bytes.len());
            messages = envelope.messages;
        } else if let Ok(answer) = serde_json::from_slice::<Answer<'_>>(bytes) {
            prop_assert!(answer.method.len() <= bytes.len());
            messages = answer.data.messages;
        }
        let read: usize = messages.iter().map(|message| message.data.get().len()).sum();
        prop_assert!(read <= bytes.len());
    }

    #[test]
    fn a_session_id_that_is_found_stands_there_and_is_one(
        text in prop_oneof![
            "\\PC{0,60}",
            "[{\\[\" ]{0,4}ssid\" ?: ?\"[A-Za-z0-9 _]{0,20}\"?[}\\]]{0,3}",
        ],
    ) {
        if let Some(ssid) = find_ssid(text.as_bytes()) {
            prop_assert!(is_ssid(ssid.as_bytes()));
            let quoted = alloc::format!("\"{ssid}\"");
            prop_assert!(text.contains(&quoted));
        }
        prop_assert_eq!(says_mid(text.as_bytes()), text.contains("\"mid\":true"));
    }
}
