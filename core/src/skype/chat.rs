//! Chats and their members: properties, and the words for their states.
//! Never knows a chat; what can be done to one is in `alter_chat`.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Chats".

use core::fmt::Display;

use super::command::Command;
use super::error::ErrorReply;
use super::handle::Targets;
use super::lex::{Cursor, lookup};
use super::value::{Id, Value, join};
use super::verbs::{Parsed, Parser};
use super::words::Source::{Constant, Served};
use super::words::{properties, words};

properties! {
    /// What can be asked about a chat.
    ChatProperty {
        /// The chat id.
        Name = "NAME", 3, Text, Served("");
        /// When it was made, in seconds of Unix time.
        Timestamp = "TIMESTAMP", 3, Number, Served("0");
        /// Who brought the own user in; may be empty.
        Adder = "ADDER", 3, Text, Served("");
        /// A word of [`ChatStatus`].
        Status = "STATUS", 3, Text, Served("");
        /// Handles of who wrote.
        Posters = "POSTERS", 3, Text, Served("");
        /// All handles, the own one included.
        Members = "MEMBERS", 3, Text, Served("");
        /// The handles of who is there, the own one included.
        ActiveMembers = "ACTIVEMEMBERS", 3, Text, Served("");
        /// The topic.
        Topic = "TOPIC", 3, Text, Served("");
        /// The topic with tags in it.
        TopicXml = "TOPICXML", 7, Text, Constant("");
        /// What a window of the chat is called; never empty.
        FriendlyName = "FRIENDLYNAME", 3, Text, Served("");
        /// The numbers of all its messages.
        ChatMessages = "CHATMESSAGES", 3, Text, Served("");
        /// The numbers of its last messages.
        RecentChatMessages = "RECENTCHATMESSAGES", 5, Text, Served("");
        /// A flag.
        Bookmarked = "BOOKMARKED", 6, Flag, Served("FALSE");
        /// The numbers of its members.
        MemberObjects = "MEMBEROBJECTS", 7, Text, Served("");
        /// Text.
        PasswordHint = "PASSWORDHINT", 7, Text, Constant("");
        /// Text.
        Guidelines = "GUIDELINES", 7, Text, Constant("");
        /// Text.
        Description = "DESCRIPTION", 7, Text, Constant("");
        /// What others could join by.
        Blob = "BLOB", 7, Text, Constant("");
        /// A number made of flags: 1 for a chat of several, 0 for a dialog.
        Options = "OPTIONS", 7, Number, Served("0");
        /// The other one of a dialog.
        DialogPartner = "DIALOG_PARTNER", 7, Text, Served("");
        /// When something was last written, in seconds of Unix time.
        ActivityTimestamp = "ACTIVITY_TIMESTAMP", 7, Number, Served("0");
        /// A word of [`ChatType`].
        Type = "TYPE", 7, Text, Served("");
        /// A word of [`MyStatus`].
        MyStatus = "MYSTATUS", 7, Text, Served("UNSUBSCRIBED");
        /// A word of [`Role`].
        MyRole = "MYROLE", 7, Text, Served("USER");
        /// Handles of who wants in.
        Applicants = "APPLICANTS", 7, Text, Constant("");
    }
}

impl ChatProperty {
    /// The list of `items` as this property writes it: handles with a space between each two, numbers with a
    /// comma and a space.
    #[must_use]
    pub fn list<T: Display>(self, items: impl IntoIterator<Item = T>) -> Value<'static> {
        let numbers = [
            Self::ChatMessages,
            Self::RecentChatMessages,
            Self::MemberObjects,
        ];
        let separator = if numbers.contains(&self) { ", " } else { " " };
        join(items, separator).into()
    }
}

words! {
    /// What a chat is to the own user.
    ChatStatus {
        /// A conversation of two, of an old client.
        LegacyDialog = "LEGACY_DIALOG",
        /// A conversation of two.
        Dialog = "DIALOG",
        /// A chat of several; the own user is in it.
        MultiSubscribed = "MULTI_SUBSCRIBED",
        /// A chat that the own user has left.
        Unsubscribed = "UNSUBSCRIBED",
    }
}

words! {
    /// What kind a chat is. Agrees with [`ChatStatus`]: clients take whichever comes last.
    ChatType {
        /// A conversation of two.
        Dialog = "DIALOG",
        /// A chat of several.
        MultiChat = "MULTICHAT",
    }
}

words! {
    /// How the own user stands in a chat.
    MyStatus {
        /// In it.
        Subscribed = "SUBSCRIBED",
        /// Out of it.
        Unsubscribed = "UNSUBSCRIBED",
        /// Thrown out.
        Kicked = "KICKED",
    }
}

words! {
    /// What a member may do.
    Role {
        /// Made the chat.
        Creator = "CREATOR",
        /// May do all else.
        Master = "MASTER",
        /// May throw others out.
        Helper = "HELPER",
        /// May write.
        User = "USER",
        /// May read.
        Listener = "LISTENER",
        /// Wants in.
        Applicant = "APPLICANT",
    }
}

properties! {
    /// What can be asked about a member of a chat.
    ChatMemberProperty {
        /// The chat id.
        ChatName = "CHATNAME", 7, Text, Served("");
        /// The handle.
        Identity = "IDENTITY", 7, Text, Served("");
        /// A word of [`Role`].
        Role = "ROLE", 7, Text, Served("USER");
        /// A flag: has joined.
        IsActive = "IS_ACTIVE", 7, Flag, Constant("TRUE");
    }
}

/// `GET CHAT <chat> <property>`.
pub(super) fn get(mut line: Cursor<'_>) -> Parsed<'_> {
    let chat = line.word();
    if chat.is_empty() {
        return Err(ErrorReply::GET_CHAT_UNKNOWN);
    }
    let property = ChatProperty::from_name(line.word()).ok_or(ErrorReply::CHAT_PROPERTY)?;
    Ok(Command::GetChat { chat, property })
}

/// `SET CHAT <chat> DESCRIPTION <text>`.
pub(super) fn set(mut line: Cursor<'_>) -> Parsed<'_> {
    let chat = line.word();
    if chat.is_empty() {
        return Err(ErrorReply::GET_CHAT_UNKNOWN);
    }
    if !line.word().eq_ignore_ascii_case("DESCRIPTION") {
        return Err(ErrorReply::CHAT_PROPERTY);
    }
    let text = line.text();
    Ok(Command::SetChatDescription { chat, text })
}

/// `GET CHATMEMBER <number> <property>`.
pub(super) fn get_member(mut line: Cursor<'_>) -> Parsed<'_> {
    let not_a_number = ErrorReply::GET_MESSAGE_ID;
    let member = Id::parse(line.word(), not_a_number, not_a_number)?;
    let property = ChatMemberProperty::from_name(line.word()).ok_or(ErrorReply::CHAT_PROPERTY)?;
    Ok(Command::GetChatMember { member, property })
}

/// `CHAT CREATE ...` and its kin.
pub(super) fn create(mut line: Cursor<'_>) -> Parsed<'_> {
    const VERBS: &[(&str, Parser)] = &[
        ("CREATE", |line| {
            let targets = Targets::parse(line.trimmed()).ok_or(ErrorReply::CHAT_CREATE_MEMBERS)?;
            Ok(Command::ChatCreate { targets })
        }),
        ("CREATEUSINGBLOB", |line| {
            Ok(Command::ChatCreateUsingBlob(line.trimmed()))
        }),
        ("FINDUSINGBLOB", |line| {
            Ok(Command::ChatFindUsingBlob(line.trimmed()))
        }),
    ];
    let word = line.word();
    if word.is_empty() {
        return Err(ErrorReply::CHAT_NO_ACTION);
    }
    lookup(VERBS, word).ok_or(ErrorReply::CHAT_BAD_ACTION)?(line)
}
