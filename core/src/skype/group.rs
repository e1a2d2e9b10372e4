//! Groups of contacts: properties, and what can be done to a group.
//! Never has to do with chats of several.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Groups".

use core::fmt::{self, Display};

use super::command::Command;
use super::error::ErrorReply;
use super::handle::is_contact;
use super::lex::Cursor;
use super::value::{Id, Value, join};
use super::verbs::Parsed;
use super::words::Source::{Constant, Served};
use super::words::{properties, words};

properties! {
    /// What can be asked about a group of contacts.
    GroupProperty {
        /// A word of [`GroupType`].
        Type = "TYPE", 5, Text, Served("");
        /// The name. A client deletes groups without one: those are better not listed.
        DisplayName = "DISPLAYNAME", 5, Text, Served("");
        /// The handles of who is in it.
        Users = "USERS", 5, Text, Served("");
        /// How many are in it.
        UserCount = "NROFUSERS", 5, Number, Served("0");
        /// How many of those are there. No client is told when it changes.
        OnlineCount = "NROFUSERS_ONLINE", 5, Number, Served("0");
        /// Text.
        CustomId = "CUSTOM_GROUP_ID", 5, Text, Constant("");
        /// A flag.
        Visible = "VISIBLE", 5, Flag, Constant("TRUE");
        /// A flag.
        Expanded = "EXPANDED", 5, Flag, Constant("TRUE");
    }
}

impl GroupProperty {
    /// The list of `items` as this property writes it: with a comma and a space between each two.
    #[must_use]
    pub fn list<T: Display>(self, items: impl IntoIterator<Item = T>) -> Value<'static> {
        join(items, ", ").into()
    }
}

words! {
    /// What makes up a group of contacts.
    GroupType {
        /// Whom the user put in.
        Custom = "CUSTOM_GROUP",
        /// Everybody who is known.
        AllUsers = "ALL_USERS",
        /// All contacts.
        AllFriends = "ALL_FRIENDS",
        /// Contacts that are users.
        SkypeFriends = "SKYPE_FRIENDS",
        /// Contacts that are telephones.
        SkypeOutFriends = "SKYPEOUT_FRIENDS",
        /// Contacts that are there.
        OnlineFriends = "ONLINE_FRIENDS",
        /// Contacts that have been asked and have not answered.
        PendingFriends = "UNKNOWN_OR_PENDINGAUTH_FRIENDS",
        /// Who was written to or called lately.
        RecentlyContacted = "RECENTLY_CONTACTED_USERS",
        /// Who waits to be authorised.
        WaitingMyAuthorization = "USERS_WAITING_MY_AUTHORIZATION",
        /// Who was authorised.
        AuthorizedByMe = "USERS_AUTHORIZED_BY_ME",
        /// Who was blocked.
        BlockedByMe = "USERS_BLOCKED_BY_ME",
        /// Contacts that the user put into no group.
        UngroupedFriends = "UNGROUPED_FRIENDS",
        /// A group that several users have in common.
        Shared = "SHARED_GROUP",
        /// The same before the own user agreed to it.
        ProposedShared = "PROPOSED_SHARED_GROUP",
    }
}

/// What `ALTER GROUP` asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupAction<'a> {
    /// Put somebody in; a telephone number is possible.
    AddUser(&'a str),
    /// Take somebody out; a telephone number is possible.
    RemoveUser(&'a str),
}

impl Display for GroupAction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddUser(user) => write!(f, "ADDUSER {user}"),
            Self::RemoveUser(user) => write!(f, "REMOVEUSER {user}"),
        }
    }
}

/// `GET GROUP <number> <property>`.
pub(super) fn get(mut line: Cursor<'_>) -> Parsed<'_> {
    let group = number(&mut line)?;
    let property = GroupProperty::from_name(line.word()).ok_or(ErrorReply::GROUP_PROPERTY)?;
    Ok(Command::GetGroup { group, property })
}

/// `SET GROUP <number> DISPLAYNAME <text>`.
pub(super) fn set(mut line: Cursor<'_>) -> Parsed<'_> {
    let group = number(&mut line)?;
    if !line.word().eq_ignore_ascii_case("DISPLAYNAME") {
        return Err(ErrorReply::GROUP_PROPERTY);
    }
    let name = line.text();
    Ok(Command::SetGroupName { group, name })
}

/// `CREATE GROUP <text>`.
pub(super) fn create(line: Cursor<'_>) -> Parsed<'_> {
    if line.is_done() {
        return Err(ErrorReply::CREATE_UNKNOWN);
    }
    let name = line.text();
    Ok(Command::CreateGroup { name })
}

/// `DELETE GROUP <number>`.
pub(super) fn delete(mut line: Cursor<'_>) -> Parsed<'_> {
    let group = number(&mut line)?;
    Ok(Command::DeleteGroup { group })
}

/// `ALTER GROUP <number> <action> <handle>`. Groups cannot be shared, so there is no action for that.
pub(super) fn alter(mut line: Cursor<'_>) -> Parsed<'_> {
    let group = number(&mut line)?;
    let word = line.word();
    let user = line.trimmed();
    let action = if word.eq_ignore_ascii_case("ADDUSER") {
        GroupAction::AddUser(user)
    } else if word.eq_ignore_ascii_case("REMOVEUSER") {
        GroupAction::RemoveUser(user)
    } else {
        return Err(ErrorReply::ALTER_UNKNOWN);
    };
    if !is_contact(user) {
        return Err(ErrorReply::BAD_HANDLE);
    }
    Ok(Command::AlterGroup { group, action })
}

fn number<'a>(line: &mut Cursor<'a>) -> Result<Id<'a>, ErrorReply> {
    Id::parse(line.word(), ErrorReply::GROUP_ID, ErrorReply::GROUP_ID)
}
