//! What a client can ask, as one type.
//! Never answers what depends on any state: those commands are for the account.
//!
//! All commands are listed in `core/docs/skype-api.md`.

use alloc::borrow::Cow;

use super::alter_chat::ChatAction;
use super::chat::{ChatMemberProperty, ChatProperty};
use super::error::ErrorReply;
use super::handle::Targets;
use super::lex::Cursor;
use super::message::{MessageObject, MessageProperty};
use super::profile::ProfileProperty;
use super::search::Search;
use super::status::Status;
use super::user::{UserChange, UserProperty};
use super::value::Id;

/// A well-formed command. Handles, chat ids and numbers keep the client's spelling, for the reply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command<'a> {
    /// The client's name, up to the first space; may be empty.
    Name(&'a str),
    /// The protocol version the client wants: at least 1.
    Protocol(u32),
    /// Is anybody there?
    Ping,
    /// The own status.
    GetUserStatus,
    /// Another own status; the reply repeats the word whatever the service makes of it.
    SetUserStatus(Status),
    /// The state of the link.
    GetConnStatus,
    /// The same as [`Command::SetUserStatus`], but for the first word of the reply.
    SetConnStatus(Status),
    /// The own handle.
    GetCurrentUserHandle,
    /// A search.
    Search(Search<'a>),
    /// A property of a user, known or not.
    GetUser {
        /// Whose; a telephone number is possible.
        handle: &'a str,
        /// Which.
        property: UserProperty,
    },
    /// A change about a contact.
    SetUser {
        /// Whom; a telephone number is possible.
        handle: &'a str,
        /// What.
        change: UserChange<'a>,
    },
    /// A property of the own profile.
    GetProfile {
        /// Which.
        property: ProfileProperty,
    },
    /// Another value of a property of the own profile; never one that has a constant.
    SetProfile {
        /// Which.
        property: ProfileProperty,
        /// The value; empty takes it away.
        value: &'a str,
    },
    /// A property of a chat.
    GetChat {
        /// Which chat; any text.
        chat: &'a str,
        /// Which property.
        property: ChatProperty,
    },
    /// A property of a member of a chat.
    GetChatMember {
        /// Which member.
        member: Id<'a>,
        /// Which property.
        property: ChatMemberProperty,
    },
    /// A property of a message.
    GetMessage {
        /// The name the client used.
        object: MessageObject,
        /// Which message.
        id: Id<'a>,
        /// Which property.
        property: MessageProperty,
    },
    /// The message was read. To be answered the same way when it had been read before.
    SetMessageSeen {
        /// The name the client used.
        object: MessageObject,
        /// Which message.
        id: Id<'a>,
    },
    /// A text to a user.
    Message {
        /// Whom.
        to: &'a str,
        /// The text; never empty.
        body: &'a str,
    },
    /// A text to a chat.
    ChatMessage {
        /// Which chat; any text.
        chat: &'a str,
        /// The text; never empty.
        body: &'a str,
    },
    /// A chat with these: one makes a dialog, more a chat of several, none an empty one.
    ChatCreate {
        /// With whom.
        targets: Targets<'a>,
    },
    /// Something to be done to a chat.
    AlterChat {
        /// Which chat; any text.
        chat: &'a str,
        /// What.
        action: ChatAction<'a>,
    },
    /// Something whose answer depends on nothing: this is the answer.
    Fixed(Cow<'a, str>),
}

/// What reading a command comes to.
pub(super) type Parsed<'a> = Result<Command<'a>, ErrorReply>;

/// Reads what stands behind a keyword.
pub(super) type Parser = for<'a> fn(Cursor<'a>) -> Parsed<'a>;
