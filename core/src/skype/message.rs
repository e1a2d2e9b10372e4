//! Messages: the two objects that show them, their properties and states, and sending one.
//! Never knows a message.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Messages".

use core::fmt::Display;

use super::command::Command;
use super::error::ErrorReply;
use super::lex::Cursor;
use super::reply::Reply;
use super::value::{Id, Value, join};
use super::verbs::Parsed;
use super::words::Source::{Constant, Served};
use super::words::{properties, words};
use crate::handle::is_handle;

words! {
    /// Under which name a message is spoken of.
    MessageObject {
        /// The name of protocols 1 and 2, still understood later.
        Message = "MESSAGE",
        /// The name from protocol 3 on.
        ChatMessage = "CHATMESSAGE",
    }
}

impl MessageObject {
    /// The name to use towards a client that used `self`, in a protocol version.
    #[must_use]
    pub const fn in_protocol(self, protocol: u8) -> Self {
        if protocol < 3 { Self::Message } else { self }
    }
}

properties! {
    /// What can be asked about a message.
    MessageProperty {
        /// When it was written, in seconds of Unix time; never 0, since a client waits until it is not.
        Timestamp = "TIMESTAMP", 1, Number, Served("1");
        /// The handle of who wrote it.
        FromHandle = "FROM_HANDLE", 3, Text, Served("");
        /// The name of who wrote it.
        FromDispname = "FROM_DISPNAME", 3, Text, Served("");
        /// [`MessageProperty::FromHandle`] under its name of protocols 1 and 2.
        PartnerHandle = "PARTNER_HANDLE", 1, Text, Served("");
        /// [`MessageProperty::FromDispname`] under its name of protocols 1 and 2.
        PartnerDispname = "PARTNER_DISPNAME", 1, Text, Served("");
        /// A [`MessageType`].
        Type = "TYPE", 1, Kind, Served("UNKNOWN");
        /// A [`MessageStatus`].
        Status = "STATUS", 1, Text, Served("READ");
        /// Why somebody left; mostly empty.
        LeaveReason = "LEAVEREASON", 3, Text, Served("");
        /// The id of the chat it belongs to.
        ChatName = "CHATNAME", 3, Text, Served("");
        /// The handles of whom it is about.
        Users = "USERS", 3, Text, Served("");
        /// The text.
        Body = "BODY", 1, Text, Served("");
        /// A flag.
        IsEditable = "IS_EDITABLE", 7, Flag, Constant("FALSE");
        /// Who changed it.
        EditedBy = "EDITED_BY", 7, Text, Constant("");
        /// When it was changed, in seconds of Unix time, or 0.
        EditedTimestamp = "EDITED_TIMESTAMP", 7, Number, Constant("0");
        /// Flags of a chat.
        Options = "OPTIONS", 7, Number, Constant("0");
        /// A role that was given.
        Role = "ROLE", 7, Text, Constant("UNKNOWN");
        /// A number without use.
        ConfId = "CONF_ID", 1, Number, Constant("0");
        /// A number: why it was not sent.
        FailureReason = "FAILUREREASON", 1, Number, Constant("0");
    }
}

impl MessageProperty {
    /// The property by its name of protocol 3 and later, whichever way it was asked for.
    #[must_use]
    pub fn canonical(self) -> Self {
        let renamed = RENAMED.iter().find(|(old, _)| *old == self);
        renamed.map_or(self, |(_, new)| *new)
    }

    /// The name to use in a protocol version.
    #[must_use]
    pub fn in_protocol(self, protocol: u8) -> Self {
        if protocol >= 3 {
            return self;
        }
        let renamed = RENAMED.iter().find(|(_, new)| *new == self);
        renamed.map_or(self, |(old, _)| *old)
    }

    /// The list of `items` as this property writes it: with a space between each two.
    #[must_use]
    pub fn list<T: Display>(self, items: impl IntoIterator<Item = T>) -> Value<'static> {
        join(items, " ").into()
    }
}

/// The properties that have one name in protocols 1 and 2 and another one later.
const RENAMED: &[(MessageProperty, MessageProperty)] = &[
    (MessageProperty::PartnerHandle, MessageProperty::FromHandle),
    (
        MessageProperty::PartnerDispname,
        MessageProperty::FromDispname,
    ),
];

words! {
    /// What a message is: text, or something that happened in its chat.
    MessageType {
        /// A text.
        Said = "SAID",
        /// A text that tells what its writer does.
        Emoted = "EMOTED",
        /// Another topic, which is the text.
        SetTopic = "SETTOPIC",
        /// Somebody brought others in.
        AddedMembers = "ADDEDMEMBERS",
        /// Somebody was seen.
        SawMembers = "SAWMEMBERS",
        /// A chat was made.
        CreatedChatWith = "CREATEDCHATWITH",
        /// Somebody left.
        Left = "LEFT",
        /// Something else.
        Unknown = "UNKNOWN",
        /// Contacts were sent; since protocol 7, like all that follow.
        PostedContacts = "POSTEDCONTACTS",
        /// Something is missing.
        GapInChat = "GAP_IN_CHAT",
        /// Somebody's role is another one.
        SetRole = "SETROLE",
        /// Somebody was thrown out.
        Kicked = "KICKED",
        /// Somebody was thrown out for good.
        KickBanned = "KICKBANNED",
        /// The options are others.
        SetOptions = "SETOPTIONS",
        /// The picture is another one.
        SetPicture = "SETPICTURE",
        /// The guidelines are others.
        SetGuidelines = "SETGUIDELINES",
        /// Somebody wants in.
        JoinedAsApplicant = "JOINEDASAPPLICANT",
    }
}

impl MessageType {
    /// The word in a protocol version: the first two know texts only, and what came with 7 is unknown before.
    #[must_use]
    pub fn name_in(self, protocol: u8) -> &'static str {
        let is_text = matches!(self, Self::Said | Self::Emoted);
        match protocol {
            0..=2 if is_text => "TEXT",
            0..=2 => Self::Unknown.name(),
            3..=6 if self >= Self::PostedContacts => Self::Unknown.name(),
            _ => self.name(),
        }
    }
}

words! {
    /// How far a message is.
    MessageStatus {
        /// On its way out.
        Sending = "SENDING",
        /// Out.
        Sent = "SENT",
        /// In, and not read yet.
        Received = "RECEIVED",
        /// In, and read.
        Read = "READ",
        /// Refused; of little use, since clients show it as sent.
        Failed = "FAILED",
    }
}

/// What says how far a message is: a reply to whoever sent or read it, a notice to the others.
#[must_use]
pub fn status_line<'a>(object: MessageObject, id: Id<'a>, status: MessageStatus) -> Reply<'a> {
    Reply::Message {
        object,
        id,
        property: MessageProperty::Status,
        value: status.into(),
    }
}

/// `GET MESSAGE <number> <property>` and `GET CHATMESSAGE ...`.
pub(super) fn get(object: MessageObject, mut line: Cursor<'_>) -> Parsed<'_> {
    let id = Id::parse(
        line.word(),
        ErrorReply::GET_MESSAGE_ID,
        ErrorReply::GET_MESSAGE_UNKNOWN,
    )?;
    let property = MessageProperty::from_name(line.word()).ok_or(ErrorReply::MESSAGE_PROPERTY)?;
    Ok(Command::GetMessage {
        object,
        id,
        property,
    })
}

/// `SET MESSAGE <number> SEEN`, `SET MESSAGE <number> BODY <text>` and `SET CHATMESSAGE ...`.
pub(super) fn set(object: MessageObject, mut line: Cursor<'_>) -> Parsed<'_> {
    let id = Id::parse(
        line.word(),
        ErrorReply::SET_MESSAGE_ID,
        ErrorReply::SET_MESSAGE_UNKNOWN,
    )?;
    let word = line.word();
    if word.eq_ignore_ascii_case("SEEN") {
        Ok(Command::SetMessageSeen { object, id })
    } else if word.eq_ignore_ascii_case("BODY") {
        let body = line.text();
        Ok(Command::SetMessageBody { object, id, body })
    } else {
        Err(ErrorReply::SET_MESSAGE_PROPERTY)
    }
}

/// `MESSAGE <handle> <text>`.
pub(super) fn send_to_user(mut line: Cursor<'_>) -> Parsed<'_> {
    let to = line.word();
    if !is_handle(to) {
        return Err(ErrorReply::MESSAGE_HANDLE);
    }
    let body = body(line)?;
    Ok(Command::Message { to, body })
}

/// `CHATMESSAGE <chat> <text>`.
pub(super) fn send_to_chat(mut line: Cursor<'_>) -> Parsed<'_> {
    let chat = line.word();
    if chat.is_empty() {
        return Err(ErrorReply::CHATMESSAGE_NO_CHAT);
    }
    let body = body(line)?;
    Ok(Command::ChatMessage { chat, body })
}

fn body(line: Cursor<'_>) -> Result<&str, ErrorReply> {
    match line.text() {
        "" => Err(ErrorReply::EMPTY_MESSAGE),
        text => Ok(text),
    }
}
