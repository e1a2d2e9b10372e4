//! The searches: which there are, and which can find nothing here.
//! Never searches.
//!
//! The searches are listed in `core/docs/skype-api.md`, "Searches".

use alloc::vec::Vec;
use core::fmt;

use super::command::Command;
use super::error::ErrorReply;
use super::handle::is_contact;
use super::lex::{Behind, Cursor, lookup};
use super::message::MessageObject;
use super::reply::Reply;
use super::verbs::{Parsed, Parser};
use super::words::words;
use crate::handle::is_handle;

/// What is looked for. The answer is a list, which may be empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Search<'a> {
    /// The contacts.
    Friends,
    /// Who waits to be authorised by the own user.
    UsersWaitingMyAuthorization,
    /// Users that fit a text; never empty, but maybe of spaces and more.
    Users(&'a str),
    /// Chats of one kind.
    Chats(ChatList),
    /// Messages, all or those exchanged with one user; to be listed under the object's name.
    Messages {
        /// The name the client used.
        object: MessageObject,
        /// With whom.
        with: Option<&'a str>,
    },
    /// Messages that came in and were not read; to be listed under the object's name.
    MissedMessages(MessageObject),
    /// Groups of contacts.
    Groups(GroupKind),
    /// Calls, all or those with one user.
    Calls {
        /// With whom; a telephone number is possible.
        with: Option<&'a str>,
    },
    /// Calls that are going on.
    ActiveCalls,
    /// Calls that nobody took.
    MissedCalls,
    /// Something that there is nothing of here.
    Nothing(NothingList),
    /// What somebody's voicemail says first.
    Greeting(&'a str),
}

words! {
    /// What there is nothing of here.
    NothingList {
        /// Voicemails.
        Voicemails = "VOICEMAILS",
        /// Voicemails that were not heard yet.
        MissedVoicemails = "MISSEDVOICEMAILS",
        /// Messages to and from telephones.
        Smss = "SMSS",
        /// Messages from telephones that were not read yet.
        MissedSmss = "MISSEDSMSS",
        /// Files that were sent.
        FileTransfers = "FILETRANSFERS",
        /// Files that are being sent.
        ActiveFileTransfers = "ACTIVEFILETRANSFERS",
    }
}

impl NothingList {
    /// The empty list to answer with.
    #[must_use]
    pub const fn answer<'a>(self) -> Reply<'a> {
        match self {
            Self::Voicemails | Self::MissedVoicemails => Reply::Voicemails(Vec::new()),
            Self::Smss | Self::MissedSmss => Reply::Smss(Vec::new()),
            Self::FileTransfers | Self::ActiveFileTransfers => Reply::FileTransfers(Vec::new()),
        }
    }
}

impl fmt::Display for Search<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Friends => f.write_str("FRIENDS"),
            Self::UsersWaitingMyAuthorization => f.write_str("USERSWAITINGMYAUTHORIZATION"),
            Self::Users(text) => write!(f, "USERS {text}"),
            Self::Chats(list) => write!(f, "{list}"),
            Self::Messages { object, with } => {
                write!(f, "{object}S{}", Behind(with.unwrap_or_default()))
            }
            Self::MissedMessages(object) => write!(f, "MISSED{object}S"),
            Self::Groups(kind) => write!(f, "GROUPS {kind}"),
            Self::Calls { with } => write!(f, "CALLS{}", Behind(with.unwrap_or_default())),
            Self::ActiveCalls => f.write_str("ACTIVECALLS"),
            Self::MissedCalls => f.write_str("MISSEDCALLS"),
            Self::Nothing(list) => write!(f, "{list}"),
            Self::Greeting(handle) => write!(f, "GREETING {handle}"),
        }
    }
}

words! {
    /// Which chats are looked for.
    ChatList {
        /// All.
        All = "CHATS",
        /// Those with a window open.
        Active = "ACTIVECHATS",
        /// Those with messages not read yet.
        Missed = "MISSEDCHATS",
        /// Those written in lately.
        Recent = "RECENTCHATS",
        /// Those with a mark.
        Bookmarked = "BOOKMARKEDCHATS",
    }
}

words! {
    /// Which groups of contacts are looked for.
    GroupKind {
        /// All.
        All = "ALL",
        /// Those the user made.
        Custom = "CUSTOM",
        /// Those that are always there.
        Hardwired = "HARDWIRED",
    }
}

const SEARCHES: &[(&str, Parser)] = &[
    ("FRIENDS", |line| {
        bare(line, Search::Friends, ErrorReply::FRIENDS_TARGET)
    }),
    ("USERS", users),
    ("USERSWAITINGMYAUTHORIZATION", |line| {
        bare(
            line,
            Search::UsersWaitingMyAuthorization,
            ErrorReply::SEARCH_TARGET,
        )
    }),
    ("GROUPS", groups),
    ("CHATS", |line| {
        bare(line, Search::Chats(ChatList::All), ErrorReply::CHATS_TARGET)
    }),
    ("ACTIVECHATS", |line| chats(line, ChatList::Active)),
    ("MISSEDCHATS", |line| chats(line, ChatList::Missed)),
    ("RECENTCHATS", |line| chats(line, ChatList::Recent)),
    ("BOOKMARKEDCHATS", |line| chats(line, ChatList::Bookmarked)),
    ("CHATMESSAGES", |line| {
        messages(line, MessageObject::ChatMessage, ErrorReply::BAD_HANDLE)
    }),
    ("MESSAGES", |line| {
        messages(line, MessageObject::Message, ErrorReply::SEARCH_BAD_TARGET)
    }),
    ("MISSEDCHATMESSAGES", |line| {
        missed(line, MessageObject::ChatMessage)
    }),
    ("MISSEDMESSAGES", |line| {
        missed(line, MessageObject::Message)
    }),
    ("CALLS", calls),
    ("ACTIVECALLS", |line| {
        bare(line, Search::ActiveCalls, ErrorReply::SEARCH_UNKNOWN)
    }),
    ("MISSEDCALLS", |line| {
        bare(line, Search::MissedCalls, ErrorReply::MISSED_CALLS_TARGET)
    }),
    ("VOICEMAILS", |line| {
        voicemails(line, NothingList::Voicemails)
    }),
    ("MISSEDVOICEMAILS", |line| {
        voicemails(line, NothingList::MissedVoicemails)
    }),
    ("SMSS", |_| nothing(NothingList::Smss)),
    ("MISSEDSMSS", |_| nothing(NothingList::MissedSmss)),
    ("FILETRANSFERS", |_| nothing(NothingList::FileTransfers)),
    ("ACTIVEFILETRANSFERS", |_| {
        nothing(NothingList::ActiveFileTransfers)
    }),
    ("GREETING", greeting),
];

/// `SEARCH <what> ...`.
pub(super) fn parse(mut line: Cursor<'_>) -> Parsed<'_> {
    let search = lookup(SEARCHES, line.word()).ok_or(ErrorReply::SEARCH_UNKNOWN)?;
    search(line)
}

/// A search that takes no name.
fn bare<'a>(line: Cursor<'a>, search: Search<'a>, error: ErrorReply) -> Parsed<'a> {
    if line.is_done() {
        Ok(Command::Search(search))
    } else {
        Err(error)
    }
}

fn chats(line: Cursor<'_>, list: ChatList) -> Parsed<'_> {
    bare(line, Search::Chats(list), ErrorReply::SEARCH_TARGET)
}

fn missed(line: Cursor<'_>, object: MessageObject) -> Parsed<'_> {
    bare(
        line,
        Search::MissedMessages(object),
        ErrorReply::SEARCH_TARGET,
    )
}

fn voicemails(line: Cursor<'_>, list: NothingList) -> Parsed<'_> {
    bare(line, Search::Nothing(list), ErrorReply::SEARCH_TARGET)
}

const fn nothing<'a>(list: NothingList) -> Parsed<'a> {
    Ok(Command::Search(Search::Nothing(list)))
}

fn users(line: Cursor<'_>) -> Parsed<'_> {
    if line.is_done() {
        return Err(ErrorReply::EMPTY_TARGET);
    }
    Ok(Command::Search(Search::Users(line.text())))
}

fn groups(mut line: Cursor<'_>) -> Parsed<'_> {
    let kind = match line.word() {
        "" => GroupKind::All,
        word => GroupKind::from_name(word).ok_or(ErrorReply::GROUPS_TARGET)?,
    };
    Ok(Command::Search(Search::Groups(kind)))
}

fn messages(line: Cursor<'_>, object: MessageObject, error: ErrorReply) -> Parsed<'_> {
    let with = with(line, error)?;
    Ok(Command::Search(Search::Messages { object, with }))
}

fn calls(line: Cursor<'_>) -> Parsed<'_> {
    let with = with(line, ErrorReply::SEARCH_BAD_TARGET)?;
    Ok(Command::Search(Search::Calls { with }))
}

/// Somebody, or nobody.
fn with(line: Cursor<'_>, error: ErrorReply) -> Result<Option<&str>, ErrorReply> {
    match line.trimmed() {
        "" => Ok(None),
        handle if is_contact(handle) => Ok(Some(handle)),
        _ => Err(error),
    }
}

fn greeting(line: Cursor<'_>) -> Parsed<'_> {
    match line.trimmed() {
        handle if is_handle(handle) => Ok(Command::Search(Search::Greeting(handle))),
        _ => Err(ErrorReply::GREETING_HANDLE),
    }
}
