//! Notices: everything the service can tell a client, encoded by the service and decoded by the link.
//! Never acts on one.
//!
//! See `core/docs/imo-protocol.md`, "Notices".

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Primitive, TypingState};

mod decode;
mod encode;
#[cfg(test)]
mod tests;

/// Something the service tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Notice {
    /// The login succeeded.
    SignedOn {
        /// The account's display name.
        alias: String,
    },
    /// The service has signed the account off.
    Disconnected {
        /// `uidpassword`: wrong user or password; other texts are for people.
        reason: String,
    },
    /// The session is over.
    Expired,
    /// The service asks to start over.
    Reset,
    /// Contacts are on the roster.
    BuddyAdded(Vec<Buddy>),
    /// Something about contacts is different.
    BuddyStatus(Vec<Buddy>),
    /// Contacts are not on the roster any more.
    BuddyRemoved(Vec<String>),
    /// Somebody wants to be a contact.
    BuddyRequest {
        /// Handle of who.
        buddy: String,
        /// What they say.
        text: String,
    },
    /// A text has come.
    Message(Incoming),
    /// The same account has sent a text in another session.
    SentElsewhere {
        /// Handle of whom it is for.
        to: String,
        /// The text.
        body: String,
        /// When, in Unix seconds.
        timestamp: u64,
        /// The message's identity.
        mid: Option<String>,
    },
    /// The same account has changed its status in another session.
    StatusElsewhere {
        /// How available.
        primitive: Primitive,
        /// The mood text.
        mood: String,
    },
    /// A contact is at the keyboard.
    Typing {
        /// Handle of who.
        buddy: String,
        /// What they do.
        state: TypingState,
    },
    /// A call that carried a request id has been done, or refused.
    Result {
        /// The number the client gave it.
        request_id: u64,
        /// When it was done, in Unix seconds, or why it was not.
        result: Result<u64, Refusal>,
    },
    /// A call without request id has been refused.
    Refused {
        /// Its name.
        method: String,
        /// Its number.
        seq: u64,
        /// Why.
        refusal: Refusal,
    },
    /// The service would set the account away by itself.
    AutoAway,
    /// Something this program has no use for.
    Unknown,
}

/// Why the service refused a call.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refusal {
    /// One of the codes of `core/docs/imo-protocol.md`, "Refusals".
    pub code: Cow<'static, str>,
    /// The reason for people.
    pub msg: Cow<'static, str>,
}

/// A text that has come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Incoming {
    /// Handle of the sender.
    pub buid: String,
    /// Display name of the sender.
    pub alias: String,
    /// The text, plain.
    pub msg: String,
    /// When it was sent, in Unix seconds.
    pub timestamp: u64,
    /// The message's identity; absent where the service or the sender knows none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mid: Option<String>,
}

/// A contact, as far as a notice tells.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Buddy {
    /// Handle.
    pub buid: String,
    /// Display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// `Skype`, `Buddies` or `Offline` for people; anything else belongs to a group chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// How available; absent also for a name that we do not know.
    #[serde(
        default,
        deserialize_with = "decode::known",
        skip_serializing_if = "Option::is_none"
    )]
    pub primitive: Option<Primitive>,
    /// Mood text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Present only for group chats.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether the contact has agreed; absent means it has.
    #[serde(
        default,
        deserialize_with = "decode::known",
        skip_serializing_if = "Option::is_none"
    )]
    pub auth: Option<Auth>,
}

impl Buddy {
    /// True for people, false for a group chat and its members.
    #[must_use]
    pub fn is_person(&self) -> bool {
        let group = self.group.as_deref();
        self.kind.is_none()
            && !self.buid.contains(';')
            && group.is_none_or(|group| matches!(group, "Skype" | "Buddies" | "Offline"))
    }
}

/// Whether a contact has agreed to be one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// Not yet.
    Pending,
    /// Yes.
    Granted,
}

/// Why a notice cannot be understood: the name of what it tried to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadNotice {
    /// The name it carries, cut to 32 characters; empty if there is none.
    pub name: String,
}

/// A notice as it goes into a message.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// The part of the service it comes from.
    pub system: &'static str,
    /// Its JSON.
    pub data: Box<RawValue>,
}
