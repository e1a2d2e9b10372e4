//! Notices: everything the service can tell a client, encoded by the service and decoded by the link.
//! Never acts on one.
//!
//! See `core/docs/imo-protocol.md`, "Notices".

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Primitive, TypingState};

mod decode;
mod encode;
#[cfg(test)]
pub(super) mod tests;

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
        /// Handle of whom it is for, or the buid of a group.
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
    /// People have other pictures.
    Icons(Vec<Icon>),
    /// Somebody was thrown out of a group chat: said before they are taken off it.
    Kicked {
        /// The member's buid.
        member: String,
        /// Handle of who did it.
        by: String,
    },
    /// A call rings.
    Ringing {
        /// Handle of the other one.
        buddy: String,
        /// The own account calls.
        outgoing: bool,
    },
    /// A call was taken up.
    Answered {
        /// Handle of the other one.
        buddy: String,
    },
    /// The call with somebody is over.
    CallEnded {
        /// Handle of the other one.
        buddy: String,
        /// Why, if the service says.
        reason: Option<EndReason>,
    },
    /// A contact is at the keyboard.
    Typing {
        /// Handle of who; in a group chat the member's buid.
        buddy: String,
        /// What they do.
        state: TypingState,
    },
    /// A call that carried a request id has been done, or refused.
    Result {
        /// The number the client gave it.
        request_id: u64,
        /// What came of it, or why it was not done.
        result: Result<Outcome, Refusal>,
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

/// What came of a call.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// When it was done, in Unix seconds; zero if the service does not say.
    #[serde(default)]
    pub timestamp: u64,
    /// Handles of the people a search has found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<String>>,
}

impl Outcome {
    /// It was done at a time, in Unix seconds; zero if that is not known.
    #[must_use]
    pub const fn at(timestamp: u64) -> Self {
        Self {
            timestamp,
            users: None,
        }
    }
}

/// Why a call is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// One of the two has ended it.
    HungUp,
    /// It was not wanted.
    Refused,
    /// Nobody has taken it up in time.
    NoAnswer,
    /// It was taken up in another session of the account.
    Elsewhere,
    /// One of the two is not there any more.
    Gone,
}

/// Somebody's picture.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Icon {
    /// Handle of whose.
    pub buid: String,
    /// What to fetch it by; empty for none.
    pub icon: String,
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
    /// Handle of the sender; in a group chat the buid of the group or of the member.
    pub buid: CompactString,
    /// Display name of the sender; the same as the text where that is a topic.
    pub alias: CompactString,
    /// The text, plain.
    pub msg: String,
    /// When it was sent, in Unix seconds.
    pub timestamp: u64,
    /// The message's identity; absent where the service or the sender knows none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mid: Option<CompactString>,
    /// Handle of the sender, in a group chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<CompactString>,
    /// Whether the text is another topic of the group chat, if the service says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<bool>,
}

/// A contact, a group chat or a member of one, as far as a notice tells.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Buddy {
    /// Handle, or a buid of a group chat (`core/docs/imo-protocol.md`, "Group chats").
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
    /// The name a person gave himself; absent where the service does not tell it from `alias`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The topic of a group chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// Handle of who brought a member into the group chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inviter: Option<String>,
    /// Whether a member has made the group chat; absent means it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator: Option<bool>,
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
