//! Any notice, with any text wherever one can stand.
//! Never a field that its type does not allow.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::super::{Auth, Buddy, EndReason, Icon, Incoming, Notice, Outcome, Refusal};
use crate::imo::tests::{primitive, text, typing};

fn maybe() -> impl Strategy<Value = Option<String>> {
    option::of(text())
}

fn reason() -> impl Strategy<Value = EndReason> {
    prop_oneof![
        Just(EndReason::HungUp),
        Just(EndReason::Refused),
        Just(EndReason::NoAnswer),
        Just(EndReason::Elsewhere),
        Just(EndReason::Gone),
    ]
}

fn buddy() -> impl Strategy<Value = Buddy> {
    let auth = prop_oneof![Just(Auth::Pending), Just(Auth::Granted)];
    let person = (text(), maybe(), maybe(), option::of(primitive()), maybe());
    let rest = (
        maybe(),
        option::of(auth),
        maybe(),
        maybe(),
        maybe(),
        option::of(any::<bool>()),
    );
    (person, rest).prop_map(|(person, rest)| {
        let (buid, alias, group, primitive, status) = person;
        let (kind, auth, name, display, inviter, creator) = rest;
        Buddy {
            buid,
            alias,
            group,
            primitive,
            status,
            kind,
            auth,
            name,
            display,
            inviter,
            creator,
        }
    })
}

fn buddies() -> impl Strategy<Value = Vec<Buddy>> {
    vec(buddy(), 0..4)
}

fn message() -> impl Strategy<Value = Incoming> {
    let parts = (text(), text(), text(), any::<u64>());
    (parts, maybe(), maybe(), option::of(any::<bool>())).prop_map(|(parts, mid, author, topic)| {
        let (buid, alias, msg, timestamp) = parts;
        Incoming {
            buid: buid.into(),
            alias: alias.into(),
            msg,
            timestamp,
            mid: mid.map(Into::into),
            author: author.map(Into::into),
            topic,
        }
    })
}

fn refusal() -> impl Strategy<Value = Refusal> {
    (text(), text()).prop_map(|(code, msg)| Refusal {
        code: Cow::Owned(code),
        msg: Cow::Owned(msg),
    })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    (any::<u64>(), option::of(vec(text(), 0..4)))
        .prop_map(|(timestamp, users)| Outcome { timestamp, users })
}

fn result() -> impl Strategy<Value = Result<Outcome, Refusal>> {
    prop_oneof![outcome().prop_map(Ok), refusal().prop_map(Err)]
}

/// About the session and its calls.
fn of_the_session() -> impl Strategy<Value = Notice> {
    prop_oneof![
        text().prop_map(|alias| Notice::SignedOn { alias }),
        text().prop_map(|reason| Notice::Disconnected { reason }),
        Just(Notice::Expired),
        Just(Notice::Reset),
        Just(Notice::AutoAway),
        Just(Notice::Unknown),
        (any::<u64>(), result())
            .prop_map(|(request_id, result)| Notice::Result { request_id, result }),
        (text(), any::<u64>(), refusal()).prop_map(|(method, seq, refusal)| Notice::Refused {
            method,
            seq,
            refusal
        }),
    ]
}

/// About contacts and group chats.
fn of_the_roster() -> impl Strategy<Value = Notice> {
    let icon = (text(), text()).prop_map(|(buid, icon)| Icon { buid, icon });
    prop_oneof![
        buddies().prop_map(Notice::BuddyAdded),
        buddies().prop_map(Notice::BuddyStatus),
        vec(text(), 0..4).prop_map(Notice::BuddyRemoved),
        (text(), text()).prop_map(|(buddy, text)| Notice::BuddyRequest { buddy, text }),
        vec(icon, 0..4).prop_map(Notice::Icons),
        (text(), text()).prop_map(|(member, by)| Notice::Kicked { member, by }),
        (primitive(), text())
            .prop_map(|(primitive, mood)| Notice::StatusElsewhere { primitive, mood }),
    ]
}

/// About what people say and do.
fn of_people() -> impl Strategy<Value = Notice> {
    let sent = (text(), text(), any::<u64>(), maybe());
    prop_oneof![
        message().prop_map(Notice::Message),
        sent.prop_map(|(to, body, timestamp, mid)| Notice::SentElsewhere {
            to,
            body,
            timestamp,
            mid
        }),
        (text(), typing()).prop_map(|(buddy, state)| Notice::Typing { buddy, state }),
        (text(), any::<bool>()).prop_map(|(buddy, outgoing)| Notice::Ringing { buddy, outgoing }),
        text().prop_map(|buddy| Notice::Answered { buddy }),
        (text(), option::of(reason()))
            .prop_map(|(buddy, reason)| Notice::CallEnded { buddy, reason }),
    ]
}

pub(in crate::imo) fn notice() -> impl Strategy<Value = Notice> {
    prop_oneof![of_the_session(), of_the_roster(), of_people()]
}
