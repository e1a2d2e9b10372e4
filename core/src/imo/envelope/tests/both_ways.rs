//! Envelopes full of calls, as forms carry them, and answers full of notices, in every dialect.
//! Never about a single call or notice: those are tested where they are.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::http::form;
use crate::imo::call::tests::any::call;
use crate::imo::call::{Call, Caller};
use crate::imo::dialect::Dialect;
use crate::imo::notice::Notice;
use crate::imo::notice::tests::any::notice;
use crate::imo::tests::text;

const CALLER: Caller<'_> = Caller {
    ssid: "ownSession1",
    uid: "alice",
};

/// The session as an envelope of that dialect names it before the service has given one.
fn own(dialect: &Dialect) -> Ssid<'static> {
    if dialect.own_ssid {
        CALLER.ssid.into()
    } else {
        Ssid::Unassigned
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_envelope_of_calls_arrives_through_a_form_in_every_dialect(
        calls in vec((call(), option::of(0_u64..1 << 31)), 0..4),
        (ack, first) in (any::<u64>(), 0..u64::MAX - 4),
    ) {
        for dialect in Dialect::ALL {
            let data: Vec<_> = calls.iter()
                .map(|(call, request)| call.encode(dialect, CALLER, *request))
                .collect();
            let messages = data.iter().zip(&calls).zip(first..).map(|((data, (call, _)), seq)| Message {
                data,
                to: Address::system(call.system(dialect)),
                from: Address::client_of(own(dialect)),
                seq,
            });
            let envelope: Envelope<'_> = Envelope { ack, ssid: own(dialect), messages: messages.collect() };
            let mut body = Vec::new();
            form::append(&mut body, "method", "rest_rpc");
            form::append(&mut body, "data", &serde_json::to_string(&envelope).unwrap());

            let pairs: Vec<_> = form::pairs(&body).collect::<Result<_, _>>().unwrap();
            let read: Envelope<'_> = serde_json::from_str(&pairs[1].1).unwrap();
            prop_assert_eq!((read.ack, read.ssid), (ack, own(dialect)));
            prop_assert_eq!(read.messages.len(), calls.len());
            for ((message, (call, _)), seq) in read.messages.iter().zip(&calls).zip(first..) {
                prop_assert_eq!(message.seq, seq);
                prop_assert_eq!(&message.from, &Address::client_of(own(dialect)));
                let heard = Call::decode(&message.to.system, message.data).unwrap();
                prop_assert_eq!(&heard.call, call);
            }
        }
    }

    #[test]
    fn an_answer_full_of_notices_arrives_whatever_they_say(
        notices in vec(notice(), 0..4),
        (method, ack, ssid) in (text(), option::of(any::<u64>()), option::of("[A-Za-z0-9]{1,17}")),
        first in 0..u64::MAX - 4,
    ) {
        let encoded: Vec<_> = notices.iter().map(|notice| notice.encode(CALLER.uid)).collect();
        let messages = encoded.iter().zip(first..).map(|(encoded, seq)| Message {
            data: &encoded.data,
            to: Address::client(CALLER.ssid),
            from: Address::system(encoded.system),
            seq,
        });
        let data: AnswerData<'_> = AnswerData {
            ack,
            ssid: ssid.as_deref().map(Cow::Borrowed),
            messages: messages.collect(),
        };
        let body = serde_json::to_vec(&Answer { method: Cow::Borrowed(&method), data }).unwrap();

        let read: Answer<'_> = serde_json::from_slice(&body).unwrap();
        prop_assert_eq!(&*read.method, &*method);
        prop_assert_eq!((read.data.ack, read.data.ssid.as_deref()), (ack, ssid.as_deref()));
        let heard: Vec<_> = read.data.messages.iter()
            .map(|message| Notice::decode(&message.from.system, message.data))
            .collect::<Result<_, _>>()
            .unwrap();
        prop_assert_eq!(heard, notices);
        let numbers: Vec<u64> = read.data.messages.iter().map(|message| message.seq).collect();
        prop_assert_eq!(numbers, (first..).take(read.data.messages.len()).collect::<Vec<_>>());
    }

    #[test]
    fn an_envelope_that_is_cut_off_is_none(
        calls in vec(call(), 0..3),
        at in any::<prop::sample::Index>(),
    ) {
        let data: Vec<Box<_>> = calls.iter()
            .map(|call| call.encode(Dialect::ALL[1], CALLER, None))
            .collect();
        let messages = data.iter().map(|data| Message {
            data,
            to: Address::system("im"),
            from: Address::client(CALLER.ssid),
            seq: 0,
        });
        let ssid = CALLER.ssid.into();
        let envelope: Envelope<'_> = Envelope { ack: 0, ssid, messages: messages.collect() };
        let whole: String = serde_json::to_string(&envelope).unwrap();
        let cut = &whole.as_bytes()[..at.index(whole.len())];
        prop_assert!(serde_json::from_slice::<Envelope<'_>>(cut).is_err());
    }
}
