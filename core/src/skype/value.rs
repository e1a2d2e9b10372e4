//! What stands behind a property in a reply, and the numbers of objects.
//! Never holds a list as such: a list is text, put together by its property, which knows the separator.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt::{self, Display, Write as _};

use super::calls::{CallStatus, CallType};
use super::chat::{ChatStatus, ChatType, MyStatus, Role};
use super::error::ErrorReply;
use super::group::GroupType;
use super::lex::{canonical_number, is_number};
use super::message::{MessageStatus, MessageType};
use super::status::Status;
use super::user::UserProperty;
use super::words::Domain;

/// The value of a property. Some words depend on the protocol version in which they are said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value<'a> {
    /// Text, lists and words that are the same in every version; may be empty or hold newlines.
    Text(Cow<'a, str>),
    /// A number or a time in seconds of Unix time.
    Number(u64),
    /// `TRUE` or `FALSE`.
    Flag(bool),
    /// Whether somebody is there.
    Status(Status),
    /// What a message is.
    Type(MessageType),
    /// How far a call is.
    CallStatus(CallStatus),
}

impl Value<'_> {
    /// No value: said as nothing behind the space.
    pub const EMPTY: Value<'static> = Value::Text(Cow::Borrowed(""));
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Status> for Value<'_> {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

impl From<MessageType> for Value<'_> {
    fn from(kind: MessageType) -> Self {
        Self::Type(kind)
    }
}

impl From<CallStatus> for Value<'_> {
    fn from(status: CallStatus) -> Self {
        Self::CallStatus(status)
    }
}

impl From<CallType> for Value<'_> {
    fn from(kind: CallType) -> Self {
        kind.name().into()
    }
}

impl From<GroupType> for Value<'_> {
    fn from(kind: GroupType) -> Self {
        kind.name().into()
    }
}

impl From<MessageStatus> for Value<'_> {
    fn from(status: MessageStatus) -> Self {
        status.name().into()
    }
}

impl From<ChatStatus> for Value<'_> {
    fn from(status: ChatStatus) -> Self {
        status.name().into()
    }
}

impl From<ChatType> for Value<'_> {
    fn from(kind: ChatType) -> Self {
        kind.name().into()
    }
}

impl From<MyStatus> for Value<'_> {
    fn from(status: MyStatus) -> Self {
        status.name().into()
    }
}

impl From<Role> for Value<'_> {
    fn from(role: Role) -> Self {
        role.name().into()
    }
}

/// The number of a message, a chat member, a group or a call, with the spelling of the client that named it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Id<'a> {
    number: u32,
    /// The spelling, where it has zeros in front.
    written: Option<&'a str>,
}

impl<'a> Id<'a> {
    /// The number itself.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.number
    }

    /// Reads an id.
    ///
    /// # Errors
    /// `not_a_number`, or `unknown` if it is greater than any id there is.
    pub(super) fn parse(
        word: &'a str,
        not_a_number: ErrorReply,
        unknown: ErrorReply,
    ) -> Result<Self, ErrorReply> {
        if !is_number(word) {
            return Err(not_a_number);
        }
        let number = word.parse().map_err(|_| unknown)?;
        let is_spelt_otherwise = word.len() > 1 && word.starts_with('0');
        let written = is_spelt_otherwise.then_some(word);
        Ok(Self { number, written })
    }
}

impl From<u32> for Id<'_> {
    fn from(number: u32) -> Self {
        let written = None;
        Self { number, written }
    }
}

impl Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.written {
            Some(text) => f.write_str(text),
            None => write!(f, "{}", self.number),
        }
    }
}

/// `items` with `separator` between each two.
pub(super) fn join<T: Display>(items: impl IntoIterator<Item = T>, separator: &str) -> String {
    let mut text = String::new();
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            text.push_str(separator);
        }
        write!(text, "{item}").expect("writing to a String cannot fail");
    }
    text
}

impl<'a> Value<'a> {
    /// The value of a property, from what a server says to a client of a protocol version. Text if it is not of the
    /// kind that the property has.
    pub(super) fn read(domain: Domain, text: &'a str, protocol: u8) -> Self {
        let read = match domain {
            Domain::Text => None,
            Domain::Number => canonical_number(text).map(Self::Number),
            Domain::Flag if text == "TRUE" => Some(Self::Flag(true)),
            Domain::Flag if text == "FALSE" => Some(Self::Flag(false)),
            Domain::Flag => None,
            Domain::Presence => Status::from_name(text).map(Self::Status),
            Domain::Kind if protocol < 3 && text == "TEXT" => Some(Self::Type(MessageType::Said)),
            Domain::Kind => MessageType::from_name(text).map(Self::Type),
            Domain::CallStatus => CallStatus::from_name(text).map(Self::CallStatus),
        };
        read.unwrap_or(Self::Text(Cow::Borrowed(text)))
    }
}

/// A value in the words of a protocol version.
pub(super) struct Said<'v> {
    value: &'v Value<'v>,
    protocol: u8,
    /// The value begins with a code that the protocol version does not know.
    coded: bool,
}

impl Value<'_> {
    /// The value in the words of a protocol version.
    pub(super) const fn said_in(&self, protocol: u8) -> Said<'_> {
        let coded = false;
        Said {
            value: self,
            protocol,
            coded,
        }
    }

    /// The same of a user's property: the first protocols have no code in front of a language or a country.
    pub(super) const fn of_user(&self, property: UserProperty, protocol: u8) -> Said<'_> {
        let has_code = matches!(property, UserProperty::Language | UserProperty::Country);
        let coded = has_code && protocol < 4;
        Said {
            value: self,
            protocol,
            coded,
        }
    }
}

/// The name of a language or a country without the two letters in front, if it has them.
fn without_code(text: &str) -> &str {
    let is_code = |code: &str| code.len() == 2 && code.bytes().all(|c| c.is_ascii_lowercase());
    match text.split_once(' ') {
        Some((code, name)) if is_code(code) => name,
        Some(_) | None => text,
    }
}

impl Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Value::Text(text) if self.coded => f.write_str(without_code(text)),
            Value::Text(text) => f.write_str(text),
            Value::Number(number) => write!(f, "{number}"),
            Value::Flag(true) => f.write_str("TRUE"),
            Value::Flag(false) => f.write_str("FALSE"),
            Value::Status(status) => f.write_str(status.name_in(self.protocol)),
            Value::Type(kind) => f.write_str(kind.name_in(self.protocol)),
            Value::CallStatus(status) => f.write_str(status.name_in(self.protocol)),
        }
    }
}
