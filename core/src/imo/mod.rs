//! The imo.im web protocol, both halves: calls and notices in envelopes over HTTP.
//! Never hears of the Skype API: whoever translates between the two is the account.
//!
//! The protocol is written down in `core/docs/imo-protocol.md`.

pub mod arrivals;
pub mod buid;
pub mod call;
pub mod dialect;
pub mod envelope;
pub mod icon;
pub mod link;
pub mod mids;
pub mod notice;
pub mod service;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

/// The only network that the service serves; events of another are ignored.
pub const PROTO: &str = "prpl-skype";

/// How available somebody is (`core/docs/imo-protocol.md`, "Presence").
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Primitive {
    /// There and willing.
    Available,
    /// Not at the keyboard.
    Away,
    /// Not to be disturbed.
    Busy,
    /// There, shown to others as offline.
    Invisible,
    /// Not there.
    #[default]
    Offline,
}

impl Primitive {
    /// What others get to see.
    #[must_use]
    pub const fn shown(self) -> Self {
        match self {
            Self::Invisible => Self::Offline,
            Self::Available | Self::Away | Self::Busy | Self::Offline => self,
        }
    }
}

/// What somebody does at the keyboard.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypingState {
    /// Types.
    Typing,
    /// Has typed, and paused.
    Typed,
    /// Does not type.
    NotTyping,
}
