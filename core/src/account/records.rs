//! What an account of the daemon keeps over restarts, as stored records and the keys they stand under.
//! Never decides what to keep.
//!
//! See `core/docs/storage.md`, "The daemon".

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use compact_str::{CompactString, format_compact};
use serde::{Deserialize, Serialize};

use super::roster::Roster;
use crate::store::{Key, numbered};
use crate::weighed::Weight;

/// How many message numbers are reserved at a time: a number that was given once is never given again, even
/// if the process dies before the message itself is stored.
pub(super) const BLOCK: u32 = 1_000;

/// The first message number: all numbers of an account have eight digits for a long time, since one client
/// takes a number for another one that it is a prefix of.
pub(super) const FIRST_NUMBER: u32 = 10_000_001;

/// The account's own record.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(default)]
pub(super) struct StateRecord {
    /// Numbers below this one may have been given.
    pub(super) reserved: u32,
    /// Messages up to this number have been announced to a client.
    pub(super) announced: u32,
    /// What that was when the last client left: where one that was never seen begins.
    pub(super) left: u32,
    /// The mood text.
    pub(super) mood: String,
    /// The name the user gave himself.
    pub(super) full_name: String,
    /// Handles of whom the user has blocked; these three are the roster's once they are read.
    pub(super) blocked: Vec<String>,
    /// Handles of whom the user does not let see whether he is there.
    pub(super) denied: Vec<String>,
    /// Handles of whom the user, or the service for him, took off the list.
    pub(super) removed: Vec<String>,
    /// Further values of the own profile, by their names in the Skype API.
    pub(super) profile: BTreeMap<String, String>,
    /// Parameters that clients have set, by name.
    pub(super) parameters: BTreeMap<String, String>,
    /// Short numbers, by handle in lower case.
    pub(super) speed_dials: BTreeMap<String, String>,
}

/// The account's own record as it is written, with the people that the roster has.
#[derive(Serialize)]
pub(super) struct StateOut<'a> {
    reserved: u32,
    announced: u32,
    left: u32,
    mood: &'a str,
    full_name: &'a str,
    blocked: &'a BTreeSet<String>,
    denied: &'a BTreeSet<String>,
    removed: &'a BTreeSet<String>,
    profile: &'a BTreeMap<String, String>,
    parameters: &'a BTreeMap<String, String>,
    speed_dials: &'a BTreeMap<String, String>,
}

impl<'a> StateOut<'a> {
    pub(super) fn new(state: &'a StateRecord, roster: &'a Roster) -> Self {
        Self {
            reserved: state.reserved,
            announced: state.announced,
            left: state.left,
            mood: &state.mood,
            full_name: &state.full_name,
            blocked: &roster.blocked,
            denied: &roster.denied,
            removed: &roster.removed,
            profile: &state.profile,
            parameters: &state.parameters,
            speed_dials: &state.speed_dials,
        }
    }
}

impl Default for StateRecord {
    fn default() -> Self {
        Self {
            reserved: FIRST_NUMBER,
            announced: 0,
            left: 0,
            mood: String::new(),
            full_name: String::new(),
            blocked: Vec::new(),
            denied: Vec::new(),
            removed: Vec::new(),
            profile: BTreeMap::new(),
            parameters: BTreeMap::new(),
            speed_dials: BTreeMap::new(),
        }
    }
}

/// A message, but for its number and its status: those stand in its keys.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct MessageRecord {
    /// The other one of the dialog, or the buid of the group chat.
    pub(super) partner: CompactString,
    /// How many dialogs with that one have become group chats before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) generation: u32,
    /// Whether the account has sent it.
    pub(super) own: bool,
    /// The text: the same one that the link sends.
    pub(super) body: Arc<str>,
    /// When it was sent, in Unix seconds.
    pub(super) timestamp: u64,
    /// Its identity, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mid: Option<CompactString>,
    /// The service has refused it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(super) failed: bool,
    /// Who wrote it, in a group chat, if it is not an own one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) author: Option<CompactString>,
    /// What it is.
    #[serde(default, skip_serializing_if = "MessageKind::is_text")]
    pub(super) kind: MessageKind,
    /// Whom it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) users: Vec<String>,
}

impl Weight for MessageRecord {
    /// All but the body.
    fn outside(&self) -> usize {
        let users = self.users.capacity() * size_of::<String>();
        let names = self.users.iter().map(Weight::outside).sum::<usize>();
        self.partner.outside() + self.mid.outside() + self.author.outside() + users + names
    }
}

/// What a message is: a text, or something that has happened in its chat.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum MessageKind {
    /// A text.
    #[default]
    Text,
    /// Another topic, which is the body.
    Topic,
    /// Somebody brought others in.
    Added,
    /// Somebody left.
    Left,
    /// Somebody threw another one out.
    Kicked,
}

impl MessageKind {
    fn is_text(&self) -> bool {
        *self == Self::Text
    }
}

/// A chat.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct ChatRecord {
    /// Its id, for clients.
    pub(super) id: String,
    /// The other one, if it is a dialog or was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) partner: Option<String>,
    /// How many dialogs with that one there were before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) generation: u32,
    /// The rest, if it is a group chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<GroupRecord>,
    /// When it was made, in Unix seconds.
    pub(super) created: u64,
    /// When something was last written in it, in Unix seconds; up to a day old.
    #[serde(default)]
    pub(super) written: u64,
    /// Whether it has a mark.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(super) bookmarked: bool,
    /// Its members, former ones included; of a dialog only if somebody has asked for their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) members: Vec<MemberRecord>,
}

/// What a group chat has beside.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct GroupRecord {
    /// What the service calls it.
    pub(super) gid: String,
    /// Who has made it, as far as that is known.
    pub(super) creator: String,
    /// Who brought the account in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) adder: Option<String>,
    /// The topic.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) topic: String,
    /// How the account stands in it.
    pub(super) standing: Standing,
}

/// How the account stands in a group chat.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Standing {
    /// It is in it.
    #[default]
    In,
    /// It has left.
    Out,
    /// It was thrown out.
    Kicked,
}

/// A member of a chat.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct MemberRecord {
    /// The handle, in lower case.
    pub(super) handle: String,
    /// Its number; 0 if nobody has asked for it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) number: u32,
    /// It is one no more.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(super) gone: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The keys of one account.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    prefix: String,
}

impl Keys {
    pub(super) fn new(account: &str) -> Self {
        Self {
            prefix: format!("p/{account}/"),
        }
    }

    /// The account's own record.
    pub(super) fn state(&self) -> Key {
        format_compact!("{}s", self.prefix)
    }

    /// All messages.
    pub(super) fn messages(&self) -> String {
        self.under("m/", "")
    }

    pub(super) fn message(&self, number: u32) -> Key {
        self.numbered("m/", number)
    }

    /// The numbers of received messages that were not read.
    pub(super) fn unread(&self) -> String {
        self.under("u/", "")
    }

    pub(super) fn unread_one(&self, number: u32) -> Key {
        self.numbered("u/", number)
    }

    /// The numbers of own messages that the service has not taken.
    pub(super) fn unsent(&self) -> String {
        self.under("o/", "")
    }

    pub(super) fn unsent_one(&self, number: u32) -> Key {
        self.numbered("o/", number)
    }

    /// The chats.
    pub(super) fn chats(&self) -> String {
        self.under("c/", "")
    }

    /// A chat, by its id, of which the digits at the end are enough.
    pub(super) fn chat(&self, id: &str) -> String {
        let digits = id.rsplit(['$', ';']).next().unwrap_or_default();
        self.under("c/", digits)
    }

    /// The groups of contacts that the user has made.
    pub(super) fn groups(&self) -> String {
        self.under("g/", "")
    }

    pub(super) fn group(&self, number: u32) -> Key {
        self.numbered("g/", number)
    }

    /// How far client programs have been told of messages.
    pub(super) fn cursors(&self) -> String {
        self.under("r/", "")
    }

    pub(super) fn cursor(&self, key: &str) -> String {
        self.under("r/", key)
    }

    /// The identities of messages that came.
    pub(super) fn mids(&self) -> String {
        self.under("d/", "")
    }

    pub(super) fn mid(&self, slot: u64) -> Key {
        numbered(&[&self.prefix, "d/"], slot, 4)
    }

    fn under(&self, kind: &str, rest: &str) -> String {
        [&self.prefix, kind, rest].concat()
    }

    fn numbered(&self, kind: &str, number: u32) -> Key {
        numbered(&[&self.prefix, kind], number.into(), 10)
    }
}
