//! Any call, with any text wherever one can stand.
//! Never one that its own encoding could not tell from another: handles, ids and identities are such.

use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::super::{Call, Verdict};
use crate::imo::tests::{primitive, text, typing};
use crate::secret::Secret;

fn handle() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9.,_-]{0,31}"
}

fn group() -> impl Strategy<Value = String> {
    "[a-z0-9]{1,16}"
}

fn verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![
        Just(Verdict::Accept),
        Just(Verdict::Deny),
        Just(Verdict::Block)
    ]
}

/// Calls without fields.
fn bare() -> impl Strategy<Value = Call> {
    prop_oneof![
        Just(Call::OpenSession),
        Just(Call::CookieLogin),
        Just(Call::SignOff),
        Just(Call::Activity),
        Just(Call::Unread),
        Just(Call::Alpha),
        Just(Call::Preference),
    ]
}

fn about_somebody() -> impl Strategy<Value = Call> {
    prop_oneof![
        (text(), text(), proptest::option::of("[A-Za-z0-9]{16}")).prop_map(|(to, body, mid)| {
            Call::SendMessage {
                to: to.into(),
                body: body.into(),
                mid: mid.map(Into::into),
            }
        }),
        (text(), typing()).prop_map(|(to, state)| Call::Typing { to, state }),
        (text(), text()).prop_map(|(buddy, text)| Call::AddBuddy { buddy, text }),
        text().prop_map(|buddy| Call::RemoveBuddy { buddy }),
        (text(), any::<bool>()).prop_map(|(buddy, on)| Call::Block { buddy, on }),
        (text(), text()).prop_map(|(buddy, alias)| Call::Rename { buddy, alias }),
        (text(), verdict()).prop_map(|(buddy, verdict)| Call::Answer { buddy, verdict }),
        text().prop_map(|buddy| Call::StartCall { buddy }),
        text().prop_map(|buddy| Call::AnswerCall { buddy }),
        text().prop_map(|buddy| Call::EndCall { buddy }),
    ]
}

fn about_oneself() -> impl Strategy<Value = Call> {
    prop_oneof![
        text().prop_map(|password| Call::Login {
            password: Secret::new(password)
        }),
        (primitive(), text()).prop_map(|(primitive, mood)| Call::SetStatus { primitive, mood }),
        text().prop_map(|name| Call::SetName { name }),
        any::<Vec<u8>>().prop_map(|image| Call::SetIcon { image }),
        text().prop_map(|text| Call::SearchUsers { text }),
    ]
}

fn about_a_group() -> impl Strategy<Value = Call> {
    prop_oneof![
        text().prop_map(|name| Call::CreateGroup { name }),
        (text(), text()).prop_map(|(group, buddy)| Call::Invite { group, buddy }),
        (group(), handle()).prop_map(|(group, member)| Call::Kick { group, member }),
        (text(), text()).prop_map(|(group, topic)| Call::SetTopic { group, topic }),
        text().prop_map(|group| Call::LeaveGroup { group }),
    ]
}

pub(in crate::imo) fn call() -> impl Strategy<Value = Call> {
    prop_oneof![bare(), about_somebody(), about_oneself(), about_a_group()]
}
