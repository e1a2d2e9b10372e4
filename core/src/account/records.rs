//! What an account of the daemon keeps over restarts, as stored records and the keys they stand under.
//! Never decides what to keep.
//!
//! See `core/docs/storage.md`, "The daemon".

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

/// How many message numbers are reserved at a time: a number that was given once is never given again, even
/// if the process dies before the message itself is stored.
pub(super) const BLOCK: u32 = 1_000;

/// The first message number: all numbers of an account have eight digits for a long time, since one client
/// takes a number for another one that it is a prefix of.
pub(super) const FIRST_NUMBER: u32 = 10_000_001;

/// The account's own record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct StateRecord {
    /// Numbers below this one may have been given.
    pub(super) reserved: u32,
    /// Unread messages up to this number have been announced to a client.
    pub(super) announced: u32,
    /// The mood text.
    pub(super) mood: String,
    /// The name the user gave himself.
    pub(super) full_name: String,
    /// Handles of whom the user has blocked.
    pub(super) blocked: Vec<String>,
    /// Handles of whom the user does not let see whether he is there.
    pub(super) denied: Vec<String>,
    /// Further values of the own profile, by their names in the Skype API.
    pub(super) profile: BTreeMap<String, String>,
}

impl Default for StateRecord {
    fn default() -> Self {
        Self {
            reserved: FIRST_NUMBER,
            announced: 0,
            mood: String::new(),
            full_name: String::new(),
            blocked: Vec::new(),
            denied: Vec::new(),
            profile: BTreeMap::new(),
        }
    }
}

/// A message, but for its number and its status: those stand in its keys.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct MessageRecord {
    /// The other one of the dialog.
    pub(super) partner: String,
    /// Whether the account has sent it.
    pub(super) own: bool,
    /// The text.
    pub(super) body: String,
    /// When it was sent, in Unix seconds.
    pub(super) timestamp: u64,
    /// Its identity, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mid: Option<String>,
    /// The service has refused it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(super) failed: bool,
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
    pub(super) fn state(&self) -> String {
        format!("{}s", self.prefix)
    }

    /// All messages.
    pub(super) fn messages(&self) -> String {
        format!("{}m/", self.prefix)
    }

    pub(super) fn message(&self, number: u32) -> String {
        format!("{}m/{number:010}", self.prefix)
    }

    /// The numbers of received messages that were not read.
    pub(super) fn unread(&self) -> String {
        format!("{}u/", self.prefix)
    }

    pub(super) fn unread_one(&self, number: u32) -> String {
        format!("{}u/{number:010}", self.prefix)
    }

    /// The numbers of own messages that the service has not taken.
    pub(super) fn unsent(&self) -> String {
        format!("{}o/", self.prefix)
    }

    pub(super) fn unsent_one(&self, number: u32) -> String {
        format!("{}o/{number:010}", self.prefix)
    }

    /// The identities of messages that came.
    pub(super) fn mids(&self) -> String {
        format!("{}d/", self.prefix)
    }
}
