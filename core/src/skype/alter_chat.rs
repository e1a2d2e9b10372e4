//! What can be done to a chat, and to its members.
//! Never does it.
//!
//! The actions are listed in `core/docs/skype-api.md`, "Chats".

use alloc::borrow::Cow;
use alloc::string::String;

use super::chat::Role;
use super::command::{Command, Parsed};
use super::error::ErrorReply;
use super::handle::Targets;
use super::lex::{Cursor, is_number, lookup};
use super::reply::Reply;
use super::words::words;

/// What `ALTER CHAT` asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChatAction<'a> {
    /// Another topic; empty takes it away.
    SetTopic(&'a str),
    /// Another topic, with tags: [`plain_text`] is what to keep.
    SetTopicXml(&'a str),
    /// Bring these in; at least one.
    AddMembers(Targets<'a>),
    /// Go out.
    Leave,
    /// Set or take away the mark.
    Bookmark(bool),
    /// Come in again.
    Join,
    /// Throw these out; at least one.
    Kick(Targets<'a>),
    /// Throw these out and keep them out; at least one.
    KickBan(Targets<'a>),
    /// Agree to having been brought in.
    AcceptAdd,
    /// Forget what was written lately: nothing to do.
    ClearRecentMessages,
    /// Tell the user when a word comes up: nothing to do.
    SetAlertString,
}

words! {
    /// The keyword of a [`ChatAction`].
    ChatVerb {
        /// See [`ChatAction::SetTopic`].
        SetTopic = "SETTOPIC",
        /// See [`ChatAction::SetTopicXml`].
        SetTopicXml = "SETTOPICXML",
        /// See [`ChatAction::AddMembers`].
        AddMembers = "ADDMEMBERS",
        /// See [`ChatAction::Leave`].
        Leave = "LEAVE",
        /// See [`ChatAction::Bookmark`].
        Bookmark = "BOOKMARK",
        /// See [`ChatAction::Bookmark`].
        Unbookmark = "UNBOOKMARK",
        /// See [`ChatAction::Join`].
        Join = "JOIN",
        /// See [`ChatAction::Kick`].
        Kick = "KICK",
        /// See [`ChatAction::KickBan`].
        KickBan = "KICKBAN",
        /// See [`ChatAction::AcceptAdd`].
        AcceptAdd = "ACCEPTADD",
        /// See [`ChatAction::ClearRecentMessages`].
        ClearRecentMessages = "CLEARRECENTMESSAGES",
        /// See [`ChatAction::SetAlertString`].
        SetAlertString = "SETALERTSTRING",
        /// No such thing here.
        Disband = "DISBAND",
        /// No such thing here.
        SetPassword = "SETPASSWORD",
        /// No such thing here.
        EnterPassword = "ENTERPASSWORD",
        /// No such thing here.
        SetOptions = "SETOPTIONS",
        /// No such thing here.
        SetGuidelines = "SETGUIDELINES",
        /// No such thing here.
        SetDescription = "SETDESCRIPTION",
    }
}

impl ChatVerb {
    /// What the mark of the chat is then, as a word, if the verb is about the mark: only such a reply says more
    /// than the verb.
    pub(super) fn mark(self) -> Option<&'static str> {
        const MARKS: &[(ChatVerb, &str)] = &[
            (ChatVerb::Bookmark, "TRUE"),
            (ChatVerb::Unbookmark, "FALSE"),
        ];
        let row = MARKS.iter().find(|(verb, _)| *verb == self)?;
        Some(row.1)
    }
}

impl<'a> ChatAction<'a> {
    /// The keyword it is asked for by.
    #[must_use]
    pub const fn verb(self) -> ChatVerb {
        match self {
            Self::SetTopic(_) => ChatVerb::SetTopic,
            Self::SetTopicXml(_) => ChatVerb::SetTopicXml,
            Self::AddMembers(_) => ChatVerb::AddMembers,
            Self::Leave => ChatVerb::Leave,
            Self::Bookmark(true) => ChatVerb::Bookmark,
            Self::Bookmark(false) => ChatVerb::Unbookmark,
            Self::Join => ChatVerb::Join,
            Self::Kick(_) => ChatVerb::Kick,
            Self::KickBan(_) => ChatVerb::KickBan,
            Self::AcceptAdd => ChatVerb::AcceptAdd,
            Self::ClearRecentMessages => ChatVerb::ClearRecentMessages,
            Self::SetAlertString => ChatVerb::SetAlertString,
        }
    }

    /// What confirms the action; `chat` as the client spelt it.
    #[must_use]
    pub fn confirmation(self, chat: &'a str) -> Reply<'a> {
        Reply::AlterChat {
            chat: chat.into(),
            verb: self.verb(),
        }
    }

    fn parse(verb: ChatVerb, line: Cursor<'a>) -> Result<Self, ErrorReply> {
        let targets = |error| {
            Targets::parse(line.trimmed())
                .filter(|targets| !targets.is_empty())
                .ok_or(error)
        };
        Ok(match verb {
            ChatVerb::SetTopic => Self::SetTopic(line.text()),
            ChatVerb::SetTopicXml => Self::SetTopicXml(line.text()),
            ChatVerb::AddMembers => Self::AddMembers(targets(ErrorReply::CHAT_MEMBERS)?),
            ChatVerb::Leave if line.is_done() => Self::Leave,
            ChatVerb::Leave => return Err(ErrorReply::CHAT_LEAVE_ARGUMENTS),
            ChatVerb::Bookmark => Self::Bookmark(true),
            ChatVerb::Unbookmark => Self::Bookmark(false),
            ChatVerb::Join => Self::Join,
            ChatVerb::Kick => Self::Kick(targets(ErrorReply::CHAT_FAILED)?),
            ChatVerb::KickBan => Self::KickBan(targets(ErrorReply::CHAT_FAILED)?),
            ChatVerb::AcceptAdd => Self::AcceptAdd,
            ChatVerb::ClearRecentMessages => Self::ClearRecentMessages,
            ChatVerb::SetAlertString => Self::SetAlertString,
            ChatVerb::Disband
            | ChatVerb::SetPassword
            | ChatVerb::EnterPassword
            | ChatVerb::SetOptions
            | ChatVerb::SetGuidelines
            | ChatVerb::SetDescription => return Err(ErrorReply::CHAT_FAILED),
        })
    }
}

/// `ALTER CHAT <chat> <action> ...`.
pub(super) fn parse(mut line: Cursor<'_>) -> Parsed<'_> {
    let chat = line.word();
    if chat.is_empty() {
        return Err(ErrorReply::CHAT_NAME);
    }
    let word = line.word();
    if word.is_empty() {
        return Err(ErrorReply::CHAT_NO_ACTION);
    }
    let verb = ChatVerb::from_name(word).ok_or(ErrorReply::CHAT_BAD_ACTION)?;
    let action = ChatAction::parse(verb, line)?;
    Ok(Command::AlterChat { chat, action })
}

/// `ALTER CHATMEMBER <number> <action> <role>`: roles cannot be changed, and that can be asked.
pub(super) fn parse_member(mut line: Cursor<'_>) -> Parsed<'_> {
    const ACTIONS: &[(&str, Result<&str, ErrorReply>)] = &[
        ("SETROLETO", Err(ErrorReply::CHAT_FAILED)),
        ("CANSETROLETO", Ok("ALTER CHATMEMBER CANSETROLETO FALSE")),
    ];
    if !is_number(line.word()) {
        return Err(ErrorReply::GET_MESSAGE_ID);
    }
    let word = line.word();
    if word.is_empty() {
        return Err(ErrorReply::CHAT_NO_ACTION);
    }
    let (_, answer) = lookup(ACTIONS, word).ok_or(ErrorReply::CHAT_BAD_ACTION)?;
    Role::from_name(line.word()).ok_or(ErrorReply::BAD_ROLE)?;
    Ok(Command::Fixed(answer?.into()))
}

/// What is left of a text without the tags in it. A `<` that no `>` follows is no tag.
#[must_use]
pub fn plain_text(tagged: &str) -> Cow<'_, str> {
    if !tagged.contains('<') {
        return Cow::Borrowed(tagged);
    }
    let mut plain = String::with_capacity(tagged.len());
    let mut rest = tagged;
    while let Some((before, after)) = rest.split_once('<') {
        let Some((_, behind)) = after.split_once('>') else {
            break;
        };
        plain.push_str(before);
        rest = behind;
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}
