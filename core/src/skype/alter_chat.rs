//! What can be done to a chat, and to its members.
//! Never does it.
//!
//! The actions are listed in `core/docs/skype-api.md`, "Chats".

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use super::chat::Role;
use super::command::Command;
use super::error::ErrorReply;
use super::handle::Targets;
use super::lex::{Cursor, canonical_number};
use super::reply::Reply;
use super::value::Id;
use super::verbs::Parsed;
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
    /// Tell the user when a word comes up, written as `"=word"`: nothing to do.
    SetAlertString(&'a str),
    /// Close it for everybody.
    Disband,
    /// Let in only who knows a word.
    SetPassword {
        /// The word; never empty.
        password: &'a str,
        /// A text that helps to remember it; may be empty.
        hint: &'a str,
    },
    /// Come in by a word.
    EnterPassword(&'a str),
    /// Other flags.
    SetOptions(u32),
    /// What those who come in should know.
    SetGuidelines(&'a str),
    /// What it is about.
    SetDescription(&'a str),
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
        /// See [`ChatAction::Disband`].
        Disband = "DISBAND",
        /// See [`ChatAction::SetPassword`].
        SetPassword = "SETPASSWORD",
        /// See [`ChatAction::EnterPassword`].
        EnterPassword = "ENTERPASSWORD",
        /// See [`ChatAction::SetOptions`].
        SetOptions = "SETOPTIONS",
        /// See [`ChatAction::SetGuidelines`].
        SetGuidelines = "SETGUIDELINES",
        /// See [`ChatAction::SetDescription`].
        SetDescription = "SETDESCRIPTION",
    }
}

impl fmt::Display for ChatAction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = self.verb();
        match *self {
            Self::SetTopic(text)
            | Self::SetTopicXml(text)
            | Self::SetAlertString(text)
            | Self::EnterPassword(text)
            | Self::SetGuidelines(text)
            | Self::SetDescription(text) => write!(f, "{verb} {text}"),
            Self::AddMembers(targets) | Self::Kick(targets) | Self::KickBan(targets) => {
                write!(f, "{verb} {}", targets.text())
            }
            Self::SetPassword { password, hint } => write!(f, "{verb} {password} {hint}"),
            Self::SetOptions(options) => write!(f, "{verb} {options}"),
            Self::Leave
            | Self::Bookmark(_)
            | Self::Join
            | Self::AcceptAdd
            | Self::ClearRecentMessages
            | Self::Disband => write!(f, "{verb}"),
        }
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
            Self::SetAlertString(_) => ChatVerb::SetAlertString,
            Self::Disband => ChatVerb::Disband,
            Self::SetPassword { .. } => ChatVerb::SetPassword,
            Self::EnterPassword(_) => ChatVerb::EnterPassword,
            Self::SetOptions(_) => ChatVerb::SetOptions,
            Self::SetGuidelines(_) => ChatVerb::SetGuidelines,
            Self::SetDescription(_) => ChatVerb::SetDescription,
        }
    }

    /// What confirms the action; `chat` as the client spelt it. Only about the mark more is said than the verb.
    #[must_use]
    pub fn confirmation(self, chat: &'a str) -> Reply<'a> {
        match self {
            Self::Bookmark(marked) => Reply::ChatBookmarked {
                chat: chat.into(),
                marked,
            },
            Self::SetTopic(_)
            | Self::SetTopicXml(_)
            | Self::AddMembers(_)
            | Self::Leave
            | Self::Join
            | Self::Kick(_)
            | Self::KickBan(_)
            | Self::AcceptAdd
            | Self::ClearRecentMessages
            | Self::SetAlertString(_)
            | Self::Disband
            | Self::SetPassword { .. }
            | Self::EnterPassword(_)
            | Self::SetOptions(_)
            | Self::SetGuidelines(_)
            | Self::SetDescription(_) => Reply::AlteredChat(self.verb()),
        }
    }

    /// Why it cannot be done to any chat, if so.
    #[must_use]
    pub const fn refusal(self) -> Option<ErrorReply> {
        match self {
            Self::Disband
            | Self::SetPassword { .. }
            | Self::EnterPassword(_)
            | Self::SetOptions(_)
            | Self::SetGuidelines(_)
            | Self::SetDescription(_) => Some(ErrorReply::CHAT_FAILED),
            Self::SetTopic(_)
            | Self::SetTopicXml(_)
            | Self::AddMembers(_)
            | Self::Leave
            | Self::Bookmark(_)
            | Self::Join
            | Self::Kick(_)
            | Self::KickBan(_)
            | Self::AcceptAdd
            | Self::ClearRecentMessages
            | Self::SetAlertString(_) => None,
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
            ChatVerb::SetAlertString => Self::SetAlertString(line.text()),
            ChatVerb::Disband => Self::Disband,
            ChatVerb::SetPassword => {
                let mut line = line;
                let password = some(line.word())?;
                let hint = line.text();
                Self::SetPassword { password, hint }
            }
            ChatVerb::EnterPassword => Self::EnterPassword(some(line.text())?),
            ChatVerb::SetOptions => {
                let options = canonical_number(line.trimmed());
                Self::SetOptions(options.ok_or(ErrorReply::CHAT_FAILED)?)
            }
            ChatVerb::SetGuidelines => Self::SetGuidelines(line.text()),
            ChatVerb::SetDescription => Self::SetDescription(line.text()),
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

fn some(text: &str) -> Result<&str, ErrorReply> {
    if text.is_empty() {
        Err(ErrorReply::CHAT_FAILED)
    } else {
        Ok(text)
    }
}

/// What `ALTER CHATMEMBER` asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemberAction {
    /// Give the member a role.
    SetRoleTo(Role),
    /// Tell whether the member could be given a role.
    CanSetRoleTo(Role),
}

impl fmt::Display for MemberAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetRoleTo(role) => write!(f, "SETROLETO {role}"),
            Self::CanSetRoleTo(role) => write!(f, "CANSETROLETO {role}"),
        }
    }
}

impl MemberAction {
    /// What confirms the action. Nobody can be given a role.
    pub(super) const fn confirmation<'a>(self) -> Reply<'a> {
        match self {
            Self::SetRoleTo(_) => Reply::AlteredMember,
            Self::CanSetRoleTo(_) => Reply::CanSetRole(false),
        }
    }

    /// The answer, since roles cannot be changed, and that can be asked.
    pub(super) const fn answer<'a>(self) -> Reply<'a> {
        match self {
            Self::SetRoleTo(_) => Reply::Error(ErrorReply::CHAT_FAILED),
            Self::CanSetRoleTo(_) => Reply::CanSetRole(false),
        }
    }
}

/// `ALTER CHATMEMBER <number> <action> <role>`.
pub(super) fn parse_member(mut line: Cursor<'_>) -> Parsed<'_> {
    let not_a_number = ErrorReply::GET_MESSAGE_ID;
    let member = Id::parse(line.word(), not_a_number, not_a_number)?;
    let word = line.word();
    if word.is_empty() {
        return Err(ErrorReply::CHAT_NO_ACTION);
    }
    let role = Role::from_name(line.word()).ok_or(ErrorReply::BAD_ROLE);
    let action = if word.eq_ignore_ascii_case("SETROLETO") {
        MemberAction::SetRoleTo(role?)
    } else if word.eq_ignore_ascii_case("CANSETROLETO") {
        MemberAction::CanSetRoleTo(role?)
    } else {
        return Err(ErrorReply::CHAT_BAD_ACTION);
    };
    Ok(Command::AlterChatMember { member, action })
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
