//! What is said to a client: replies and notices, which share their grammar, as lines.
//! Never decides what to say; it only knows how each protocol version wants it said.
//!
//! The differences are listed in `core/docs/skype-api.md`, "Protocol versions".

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Display, Write as _};

use super::Tag;
use super::alter_chat::ChatVerb;
use super::chat::{ChatMemberProperty, ChatProperty};
use super::error::ErrorReply;
use super::message::{MessageObject, MessageProperty};
use super::profile::ProfileProperty;
use super::status::{ConnStatus, Status};
use super::user::UserProperty;
use super::value::{Id, Value};

/// A line to a client. With a tag it is a reply, without one a reply or a notice: clients cannot tell, nor can we.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply<'a> {
    /// To `NAME`.
    Ok,
    /// To `PING`.
    Pong,
    /// The protocol version from now on.
    Protocol(u8),
    /// The own status.
    UserStatus(Status),
    /// The state of the link.
    ConnStatus(ConnStatus),
    /// To `SET CONNSTATUS`: the word that was asked for.
    ConnStatusAsked(Status),
    /// The own handle.
    CurrentUserHandle(Cow<'a, str>),
    /// Handles.
    Users(Vec<Cow<'a, str>>),
    /// Chat ids.
    Chats(Vec<Cow<'a, str>>),
    /// Numbers of messages.
    Messages {
        /// The name the client used; from protocol 3 on it is kept.
        object: MessageObject,
        /// The numbers.
        ids: Vec<u32>,
    },
    /// Numbers of groups of contacts.
    Groups(Vec<u32>),
    /// A property of a user.
    User {
        /// Whose, as the client spelt it.
        handle: Cow<'a, str>,
        /// Which.
        property: UserProperty,
        /// What it is.
        value: Value<'a>,
    },
    /// A property of the own profile.
    Profile {
        /// Which.
        property: ProfileProperty,
        /// What it is.
        value: Value<'a>,
    },
    /// A property of a chat.
    Chat {
        /// The chat id, as the client spelt it.
        chat: Cow<'a, str>,
        /// Which.
        property: ChatProperty,
        /// What it is.
        value: Value<'a>,
    },
    /// A property of a member of a chat.
    ChatMember {
        /// Which member.
        member: Id<'a>,
        /// Which property.
        property: ChatMemberProperty,
        /// What it is.
        value: Value<'a>,
    },
    /// A property of a message.
    Message {
        /// The name the client used, [`MessageObject::ChatMessage`] in notices.
        object: MessageObject,
        /// Which message.
        id: Id<'a>,
        /// Which property.
        property: MessageProperty,
        /// What it is.
        value: Value<'a>,
    },
    /// Something was done to a chat.
    AlterChat {
        /// The chat id, as the client spelt it.
        chat: Cow<'a, str>,
        /// What.
        verb: ChatVerb,
    },
    /// A line that is the same in every version.
    Fixed(Cow<'a, str>),
    /// A refusal.
    Error(ErrorReply),
}

impl From<ErrorReply> for Reply<'_> {
    fn from(error: ErrorReply) -> Self {
        Self::Error(error)
    }
}

impl Reply<'_> {
    /// Appends the line to `out`, in the words of a protocol version and behind `tag` if there is one.
    ///
    /// No terminator is written, and no NUL, which no line may hold; newlines within values stay.
    pub fn write_line(&self, protocol: u8, tag: Option<&Tag<'_>>, out: &mut String) {
        let start = out.len();
        if let Some(tag) = tag {
            put(out, format_args!("{tag} "));
        }
        self.write_body(protocol, out);
        if out.as_bytes()[start..].contains(&0) {
            let line = out.split_off(start);
            out.extend(line.chars().filter(|&c| c != '\0'));
        }
    }

    fn write_body(&self, protocol: u8, out: &mut String) {
        match self {
            Self::Ok => out.push_str("OK"),
            Self::Pong => out.push_str("PONG"),
            Self::Protocol(version) => put(out, format_args!("PROTOCOL {version}")),
            Self::UserStatus(status) => put(out, format_args!("USERSTATUS {status}")),
            Self::ConnStatus(status) => put(out, format_args!("CONNSTATUS {status}")),
            Self::ConnStatusAsked(status) => put(out, format_args!("CONNSTATUS {status}")),
            Self::CurrentUserHandle(handle) => put(out, format_args!("CURRENTUSERHANDLE {handle}")),
            Self::Users(handles) => list(out, "USERS", handles),
            Self::Chats(chats) => list(out, "CHATS", chats),
            Self::Messages { object, ids } => match object.in_protocol(protocol) {
                MessageObject::Message => list(out, "MESSAGES", ids),
                MessageObject::ChatMessage => list(out, "CHATMESSAGES", ids),
            },
            Self::Groups(ids) => list(out, "GROUPS", ids),
            Self::User {
                handle,
                property,
                value,
            } => {
                put(out, format_args!("USER {handle} {property} "));
                value.write_of_user(*property, protocol, out);
            }
            Self::Profile { property, value } => {
                value.write_behind(format_args!("PROFILE {property} "), protocol, out);
            }
            Self::Chat {
                chat,
                property,
                value,
            } => value.write_behind(format_args!("CHAT {chat} {property} "), protocol, out),
            Self::ChatMember {
                member,
                property,
                value,
            } => value.write_behind(
                format_args!("CHATMEMBER {member} {property} "),
                protocol,
                out,
            ),
            Self::Message {
                object,
                id,
                property,
                value,
            } => {
                let object = object.in_protocol(protocol);
                let property = property.in_protocol(protocol);
                value.write_behind(format_args!("{object} {id} {property} "), protocol, out);
            }
            Self::AlterChat { chat, verb } => match verb.mark() {
                Some(mark) => put(out, format_args!("ALTER CHAT {chat} BOOKMARKED {mark}")),
                None => put(out, format_args!("ALTER CHAT {verb}")),
            },
            Self::Fixed(line) => out.push_str(line),
            Self::Error(error) => put(out, format_args!("{error}")),
        }
    }
}

impl Value<'_> {
    /// The value of a user's property: the first protocols have no code in front of a language or a country.
    fn write_of_user(&self, property: UserProperty, protocol: u8, out: &mut String) {
        let coded = matches!(property, UserProperty::Language | UserProperty::Country);
        if coded
            && protocol < 4
            && let Self::Text(text) = self
        {
            out.push_str(text.split_once(' ').map_or(&**text, |(_, name)| name));
        } else {
            self.write(protocol, out);
        }
    }

    fn write_behind(&self, start: fmt::Arguments<'_>, protocol: u8, out: &mut String) {
        put(out, start);
        self.write(protocol, out);
    }

    fn write(&self, protocol: u8, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Number(number) => put(out, format_args!("{number}")),
            Self::Flag(true) => out.push_str("TRUE"),
            Self::Flag(false) => out.push_str("FALSE"),
            Self::Status(status) => out.push_str(status.name_in(protocol)),
            Self::Type(kind) => out.push_str(kind.name_in(protocol)),
        }
    }
}

fn list<T: Display>(out: &mut String, name: &str, items: &[T]) {
    put(out, format_args!("{name} "));
    for (index, item) in items.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        put(out, format_args!("{separator}{item}"));
    }
}

fn put(out: &mut String, text: fmt::Arguments<'_>) {
    out.write_fmt(text)
        .expect("writing to a String cannot fail");
}
