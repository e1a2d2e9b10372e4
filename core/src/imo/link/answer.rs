//! The answers of a service to calls and polls, as far as their outer form goes.
//! Never looks into a message that is in one.

use alloc::vec::Vec;

use serde::Deserialize;
use serde_json::value::RawValue;
use smallvec::SmallVec;

use crate::imo::envelope::Message;

/// The messages of an answer.
#[expect(
    clippy::large_enum_variant,
    reason = "it stands on the stack for as long as it is read"
)]
pub(super) enum Messages<'a> {
    /// All of them can be read.
    Good(SmallVec<[Message<'a>; 2]>),
    /// Each is looked at by itself, so that a bad one spoils no other.
    Mixed(Vec<&'a RawValue>),
}

/// An answer, as far as its outer form goes.
pub(super) struct LooseAnswer<'a> {
    /// Absent also if it is no number.
    pub(super) ack: Option<u64>,
    pub(super) messages: Messages<'a>,
}

impl<'a> LooseAnswer<'a> {
    /// Reads an answer; `None` if it is none.
    pub(super) fn read(body: &'a [u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Outer<T> {
            data: T,
        }
        #[derive(Deserialize)]
        struct Good<'a> {
            #[serde(default)]
            ack: Option<u64>,
            #[serde(borrow, default)]
            messages: Option<SmallVec<[Message<'a>; 2]>>,
        }
        #[derive(Deserialize)]
        struct Loose<'a> {
            #[serde(borrow, default)]
            ack: Option<&'a RawValue>,
            #[serde(borrow, default)]
            messages: Option<Vec<&'a RawValue>>,
        }
        let good = core::str::from_utf8(body).ok();
        let good = good.and_then(|body| serde_json::from_str::<Outer<Good<'_>>>(body).ok());
        if let Some(Outer { data }) = good {
            return Some(Self {
                ack: data.ack,
                messages: Messages::Good(data.messages.unwrap_or_default()),
            });
        }
        let Outer { data } = serde_json::from_slice::<Outer<Loose<'_>>>(body).ok()?;
        Some(Self {
            ack: data.ack.and_then(|ack| ack.get().parse().ok()),
            messages: Messages::Mixed(data.messages.unwrap_or_default()),
        })
    }
}

impl Messages<'_> {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Good(messages) => messages.is_empty(),
            Self::Mixed(messages) => messages.is_empty(),
        }
    }
}
