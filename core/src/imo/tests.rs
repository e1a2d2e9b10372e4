//! What the tests of calls and of notices draw at random alike.
//! Never tests anything itself.

use alloc::string::String;

use proptest::prelude::*;

use super::{Primitive, TypingState};

pub(super) fn text() -> impl Strategy<Value = String> {
    any::<String>()
}

pub(super) fn primitive() -> impl Strategy<Value = Primitive> {
    prop_oneof![
        Just(Primitive::Available),
        Just(Primitive::Away),
        Just(Primitive::Busy),
        Just(Primitive::Invisible),
        Just(Primitive::Offline),
    ]
}

pub(super) fn typing() -> impl Strategy<Value = TypingState> {
    prop_oneof![
        Just(TypingState::Typing),
        Just(TypingState::Typed),
        Just(TypingState::NotTyping),
    ]
}
