//! Calls: everything a client can ask the service, encoded by the link and decoded by the service.
//! Never decides whether a call is allowed.
//!
//! See `core/docs/imo-protocol.md`, "Calls".

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use compact_str::CompactString;
use serde::Serialize;
use serde_json::value::RawValue;

use super::dialect::Dialect;
use super::{Primitive, TypingState};
use crate::secret::{self, Secret};

mod decode;
mod encode;
#[cfg(test)]
pub(super) mod tests;

/// Something a client asks of the service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Call {
    /// Open a session; the own id is a random one that the answer replaces.
    OpenSession,
    /// Go on with the session of this id, or open it. Only in dialects that log in so.
    CookieLogin,
    /// Sign an account on.
    Login {
        /// The account's password.
        password: Secret,
    },
    /// End this session.
    SignOff,
    /// The user is there.
    Activity,
    /// Send what waits, and whatever comes.
    Unread,
    /// Asked once after login; the answer is not used.
    Alpha,
    /// Be seen so.
    SetStatus {
        /// How available.
        primitive: Primitive,
        /// The mood text.
        mood: String,
    },
    /// Send a text.
    SendMessage {
        /// Handle of whom it is for, or the buid of a group.
        to: CompactString,
        /// The text, plain.
        body: Arc<str>,
        /// The message's identity: the same at every attempt to send it. Old clients have none.
        mid: Option<CompactString>,
    },
    /// Tell a contact what the user does at the keyboard.
    Typing {
        /// Handle of whom to tell, or the buid of a group.
        to: String,
        /// What.
        state: TypingState,
    },
    /// Ask to have somebody as a contact.
    AddBuddy {
        /// Handle of whom.
        buddy: String,
        /// What to tell them.
        text: String,
    },
    /// Remove a contact.
    RemoveBuddy {
        /// Handle of whom.
        buddy: String,
    },
    /// Hear nothing from somebody any more, or again.
    Block {
        /// Handle of whom.
        buddy: String,
        /// Whether to block.
        on: bool,
    },
    /// Give a contact a name of one's own.
    Rename {
        /// Handle of whom.
        buddy: String,
        /// The name; empty for none.
        alias: String,
    },
    /// Answer a contact request.
    Answer {
        /// Handle of who asked.
        buddy: String,
        /// The answer.
        verdict: Verdict,
    },
    /// Set a preference; taken and not used.
    Preference,
    /// Make a group chat with nobody else in it. Who asks twice for the same name has one group.
    CreateGroup {
        /// What the client will know it by; it makes it unique.
        name: String,
    },
    /// Bring somebody into a group chat.
    Invite {
        /// The group's bare id.
        group: String,
        /// Handle of whom.
        buddy: String,
    },
    /// Throw somebody out of a group chat.
    Kick {
        /// The group's bare id.
        group: String,
        /// Handle of whom.
        member: String,
    },
    /// Give a group chat another topic.
    SetTopic {
        /// The group's bare id.
        group: String,
        /// The topic; empty takes it away.
        topic: String,
    },
    /// Go out of a group chat.
    LeaveGroup {
        /// The group's bare id.
        group: String,
    },
    /// Ring at a contact.
    StartCall {
        /// Handle of whom.
        buddy: String,
    },
    /// Take up a contact's call.
    AnswerCall {
        /// Handle of whom.
        buddy: String,
    },
    /// End the call with a contact, or refuse it.
    EndCall {
        /// Handle of whom.
        buddy: String,
    },
    /// Give oneself a name that the contacts get to see.
    SetName {
        /// The name; empty for none.
        name: String,
    },
    /// Give oneself a picture that the contacts get to see.
    SetIcon {
        /// The picture, a whole image file; empty for none.
        image: Vec<u8>,
    },
    /// Look for people whose handle or name begins with a text. The result lists them.
    SearchUsers {
        /// The text.
        text: String,
    },
}

/// What a call takes with the names in it and the notes of who waits for it, in bytes.
const CALL_BYTES: usize = 512;

/// The answer to a contact request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Welcome.
    Accept,
    /// No.
    Deny,
    /// No, and never again.
    Block,
}

/// Who calls: fields that nearly every call carries.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The session.
    pub ssid: &'a str,
    /// The account's handle.
    pub uid: &'a str,
}

/// Why a call cannot be understood.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadCall {
    /// No method of this name goes to this system.
    UnknownMethod,
    /// A field is missing or of another type.
    BadField,
}

impl BadCall {
    /// The fault in words, for whoever sent the call.
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::UnknownMethod => "no such method",
            Self::BadField => "a field is missing or has the wrong type",
        }
    }
}

/// A call as it came in.
#[derive(Debug)]
pub struct Incoming {
    /// The call.
    pub call: Call,
    /// The account it is for, where it names one.
    pub uid: Option<CompactString>,
    /// The client's number for it, if it wants a result.
    pub request_id: Option<u64>,
    /// Its name, for error events.
    pub method: CompactString,
}

impl Call {
    /// About how many bytes it takes in memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let texts = match self {
            Self::OpenSession
            | Self::CookieLogin
            | Self::Login { .. }
            | Self::SignOff
            | Self::Activity
            | Self::Unread
            | Self::Alpha
            | Self::Preference
            | Self::Typing { .. }
            | Self::RemoveBuddy { .. }
            | Self::Block { .. }
            | Self::Answer { .. }
            | Self::Invite { .. }
            | Self::Kick { .. }
            | Self::LeaveGroup { .. }
            | Self::StartCall { .. }
            | Self::AnswerCall { .. }
            | Self::EndCall { .. } => 0,
            Self::SendMessage { body, .. } => body.len(),
            Self::SetStatus { mood: text, .. }
            | Self::AddBuddy { text, .. }
            | Self::Rename { alias: text, .. }
            | Self::CreateGroup { name: text }
            | Self::SetName { name: text }
            | Self::SearchUsers { text } => text.len(),
            // What was wished for is kept beside it.
            Self::SetTopic { topic, .. } => 2 * topic.len(),
            Self::SetIcon { image } => image.len(),
        };
        CALL_BYTES + texts
    }

    /// The part of the service that takes this call.
    #[must_use]
    pub const fn system(&self, dialect: &Dialect) -> &'static str {
        match self {
            Self::OpenSession => dialect.open_system,
            Self::CookieLogin | Self::SignOff | Self::Activity | Self::SetStatus { .. } => {
                "session"
            }
            Self::Alpha => "alpha",
            Self::Preference => "preference",
            Self::StartCall { .. } | Self::AnswerCall { .. } | Self::EndCall { .. } => "av",
            Self::Login { .. }
            | Self::Unread
            | Self::SendMessage { .. }
            | Self::Typing { .. }
            | Self::AddBuddy { .. }
            | Self::RemoveBuddy { .. }
            | Self::Block { .. }
            | Self::Rename { .. }
            | Self::Answer { .. }
            | Self::CreateGroup { .. }
            | Self::Invite { .. }
            | Self::Kick { .. }
            | Self::SetTopic { .. }
            | Self::LeaveGroup { .. }
            | Self::SetName { .. }
            | Self::SetIcon { .. }
            | Self::SearchUsers { .. } => "im",
        }
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn method(&self, dialect: &Dialect) -> &'static str {
        match self {
            Self::OpenSession => dialect.open_method,
            Self::CookieLogin => "cookie_login",
            Self::Login { .. } => "account_login",
            Self::SignOff => "signoff_all",
            Self::Activity => "observed_user_activity",
            Self::Unread => "get_unread_msgs",
            Self::Alpha => "get_alpha_for_user",
            Self::SetStatus { .. } => "set_status",
            Self::SendMessage { .. } => "send_im",
            Self::Typing { .. } => "im_typing",
            Self::AddBuddy { .. } => "add_buddy",
            Self::RemoveBuddy { .. } => "del_buddy",
            Self::Block { on: true, .. } => "block_buddy",
            Self::Block { on: false, .. } => "unblock_buddy",
            Self::Rename { .. } => "change_buddy_alias",
            Self::Answer {
                verdict: Verdict::Accept,
                ..
            } => "auth_add",
            Self::Answer {
                verdict: Verdict::Deny,
                ..
            } => "auth_deny",
            Self::Answer {
                verdict: Verdict::Block,
                ..
            } => "auth_block",
            Self::Preference => "set",
            Self::CreateGroup { .. } => "create_shared_group",
            Self::Invite { .. } => "invite_to_group",
            Self::Kick { .. } => "kick_member",
            Self::SetTopic { .. } => "set_group_topic",
            Self::LeaveGroup { .. } => "leave_group",
            Self::StartCall { .. } => "start_audio_chat",
            Self::AnswerCall { .. } => "answer_audio_chat",
            Self::EndCall { .. } => "end_audio_chat",
            Self::SetName { .. } => "set_name",
            Self::SetIcon { .. } => "set_icon",
            Self::SearchUsers { .. } => "search_users",
        }
    }
}

/// The JSON of our own plain data.
pub(super) fn json<T: Serialize>(value: &T) -> Box<RawValue> {
    serde_json::value::to_raw_value(value)
        .expect("plain structs with text keys and no maps of other keys always serialise")
}

/// Zeroes the JSON of a call: it may hold a password.
pub(super) fn wipe(data: Box<RawValue>) {
    secret::wipe(Box::<str>::from(data).into_boxed_bytes().into_vec());
}
