//! What the tests of calls and of notices draw at random alike.
//! Never tests anything itself.

use alloc::string::String;
use alloc::vec::Vec;

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

/// A part of the service, ours or not.
pub(super) fn system() -> impl Strategy<Value = &'static str> {
    let systems = [
        "im",
        "session",
        "ssid",
        "av",
        "alpha",
        "preference",
        "internal",
        "reset",
        "client",
        "",
    ];
    prop::sample::select(systems.to_vec())
}

/// A text in which some bytes of `text` have been replaced: often JSON still, seldom what it was.
pub(super) fn spoiled(text: String) -> impl Strategy<Value = String> {
    let puts = [
        "", "\"", "null", "7", "-1", "1e99", "{}", "[]", ",", ":", "}", "\\", "\\u0000", "\u{e4}",
        "x",
    ];
    let change = (
        any::<prop::sample::Index>(),
        0..6_usize,
        prop::sample::select(puts.to_vec()),
    );
    prop::collection::vec(change, 0..3).prop_map(move |changes| {
        let mut text = text.clone();
        for (at, length, put) in changes {
            let places: Vec<usize> = text
                .char_indices()
                .map(|(place, _)| place)
                .chain([text.len()])
                .collect();
            let start = at.index(places.len());
            let end = (start + length).min(places.len() - 1);
            text.replace_range(places[start]..places[end], put);
        }
        text
    })
}

pub(super) fn typing() -> impl Strategy<Value = TypingState> {
    prop_oneof![
        Just(TypingState::Typing),
        Just(TypingState::Typed),
        Just(TypingState::NotTyping),
    ]
}
