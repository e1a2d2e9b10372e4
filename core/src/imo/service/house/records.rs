//! What the service keeps of its accounts, as stored records and the keys they stand under.
//! Never decides what to keep.
//!
//! See `core/docs/storage.md`, "The service".

use alloc::collections::BTreeMap;
use alloc::string::String;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::store::{Key, Record, last_part, numbered};

/// An account's own record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AccountRecord {
    /// The password's hash, a PHC string.
    pub(super) hash: String,
    /// The account was taken away, and its name is not to be registered by anybody who comes along: others may still
    /// trust it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(super) removed: bool,
}

impl AccountRecord {
    /// An account with that hash.
    pub(super) const fn new(hash: String) -> Self {
        Self {
            hash,
            removed: false,
        }
    }

    /// What is left of an account that was taken away.
    pub(super) const fn removed() -> Self {
        Self {
            hash: String::new(),
            removed: true,
        }
    }
}

/// What an account holds of another one.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Contact {
    /// On the roster.
    pub(super) listed: bool,
    /// The other one lets this account see its presence.
    pub(super) granted: bool,
    /// This account lets the other one see its presence.
    pub(super) sees_me: bool,
    /// This account hears nothing from the other one.
    pub(super) blocked: bool,
    /// The name this account gave it; empty for none.
    pub(super) alias: String,
}

impl Contact {
    /// True if there is nothing to keep.
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// A contact request that waits for its answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct RequestRecord {
    /// What the asker says.
    pub(super) text: String,
}

/// A message that no session of its addressee has acknowledged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct MailRecord {
    /// Handle of the sender.
    pub(super) from: CompactString,
    /// The text.
    pub(super) body: String,
    /// When it was sent, in Unix seconds.
    pub(super) timestamp: u64,
    /// Its identity, where the sender gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mid: Option<CompactString>,
    /// The sender's own name at that time, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) alias: Option<CompactString>,
    /// The group chat it was sent to, by bare id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<String>,
    /// Whether it is the topic of that group chat.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(super) topic: bool,
}

/// A group chat.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct GroupRecord {
    /// The name it was made under.
    pub(super) name: String,
    /// What it is about; empty for nothing.
    pub(super) topic: String,
    /// Handle of who made it, there or gone.
    pub(super) creator: String,
    /// Handles of those who are in it, each with that of who brought him; empty for nobody.
    pub(super) members: BTreeMap<String, String>,
}

/// That an account is in a group chat.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct MembershipRecord {
    /// The name under which this account has made it, if it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) made_as: Option<String>,
}

/// The name an account has given itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct NameRecord {
    /// The name; never empty.
    pub(super) name: String,
}

/// What an account's picture is known by.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct IconRecord {
    /// Its id.
    pub(super) icon: String,
}

/// A picture.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct ImageRecord {
    /// The file, in Base64.
    pub(super) image: String,
}

/// What the keys of all accounts begin with.
pub(super) const ACCOUNTS: &str = "s/a/";

pub(super) fn account_key(name: &str) -> String {
    ["s/a/", name].concat()
}

pub(super) fn icon_key(name: &str) -> String {
    ["s/p/", name].concat()
}

pub(super) fn image_key(icon: &str) -> String {
    ["s/b/", icon].concat()
}

pub(super) fn contact_prefix(name: &str) -> String {
    ["s/r/", name, "/"].concat()
}

pub(super) fn contact_key(name: &str, buddy: &str) -> String {
    ["s/r/", name, "/", buddy].concat()
}

pub(super) fn request_prefix(name: &str) -> String {
    ["s/q/", name, "/"].concat()
}

pub(super) fn request_key(name: &str, from: &str) -> String {
    ["s/q/", name, "/", from].concat()
}

pub(super) fn mail_prefix(name: &str) -> String {
    ["s/m/", name, "/"].concat()
}

pub(super) fn mail_key(name: &str, id: u64) -> Key {
    numbered(&["s/m/", name, "/"], id, 16)
}

pub(super) fn mid_prefix(name: &str) -> String {
    ["s/d/", name, "/"].concat()
}

pub(super) fn mid_key(name: &str, slot: u64) -> Key {
    numbered(&["s/d/", name, "/"], slot, 4)
}

pub(super) fn group_key(group: &str) -> String {
    ["s/g/", group].concat()
}

pub(super) fn membership_prefix(name: &str) -> String {
    ["s/h/", name, "/"].concat()
}

pub(super) fn membership_key(name: &str, group: &str) -> String {
    ["s/h/", name, "/", group].concat()
}

pub(super) fn name_key(name: &str) -> String {
    ["s/n/", name].concat()
}

/// The number of a mail record, from its key.
pub(super) fn mail_id(record: &Record) -> Option<u64> {
    last_part(&record.key).parse().ok()
}
