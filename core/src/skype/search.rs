//! The searches: which there are, and the empty answers of those that can find nothing here.
//! Never searches.
//!
//! The searches are listed in `core/docs/skype-api.md`, "Searches".

use super::command::{Command, Parsed, Parser};
use super::error::ErrorReply;
use super::handle::is_contact;
use super::lex::{Cursor, lookup};
use super::message::MessageObject;
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
        none(line, "CALLS ", ErrorReply::SEARCH_UNKNOWN)
    }),
    ("MISSEDCALLS", |line| {
        none(line, "CALLS ", ErrorReply::MISSED_CALLS_TARGET)
    }),
    ("VOICEMAILS", |line| {
        none(line, "VOICEMAILS ", ErrorReply::SEARCH_TARGET)
    }),
    ("MISSEDVOICEMAILS", |line| {
        none(line, "VOICEMAILS ", ErrorReply::SEARCH_TARGET)
    }),
    ("SMSS", |_| Ok(Command::Fixed("SMSS ".into()))),
    ("MISSEDSMSS", |_| Ok(Command::Fixed("SMSS ".into()))),
    ("FILETRANSFERS", |_| {
        Ok(Command::Fixed("FILETRANSFERS ".into()))
    }),
    ("ACTIVEFILETRANSFERS", |_| {
        Ok(Command::Fixed("FILETRANSFERS ".into()))
    }),
    ("GREETING", greeting),
];

/// `SEARCH <what> ...`.
pub(super) fn parse(mut line: Cursor<'_>) -> Parsed<'_> {
    let (_, search) = lookup(SEARCHES, line.word()).ok_or(ErrorReply::SEARCH_UNKNOWN)?;
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

/// A search that takes no name and finds nothing here.
fn none<'a>(line: Cursor<'a>, empty: &'static str, error: ErrorReply) -> Parsed<'a> {
    if line.is_done() {
        Ok(Command::Fixed(empty.into()))
    } else {
        Err(error)
    }
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
    let with = match line.trimmed() {
        "" => None,
        handle if is_contact(handle) => Some(handle),
        _ => return Err(error),
    };
    Ok(Command::Search(Search::Messages { object, with }))
}

fn calls(line: Cursor<'_>) -> Parsed<'_> {
    match line.trimmed() {
        with if with.is_empty() || is_contact(with) => Ok(Command::Fixed("CALLS ".into())),
        _ => Err(ErrorReply::SEARCH_BAD_TARGET),
    }
}

fn greeting(line: Cursor<'_>) -> Parsed<'_> {
    Err(if is_handle(line.trimmed()) {
        ErrorReply::NO_GREETING
    } else {
        ErrorReply::GREETING_HANDLE
    })
}
