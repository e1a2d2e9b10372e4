//! How far each client program has been told of messages, over its connections and over restarts; and of contact requests,
//! which the service tells again in every session.
//! Never holds a message, and never knows who a client is: it goes by a key that the proxy gives.
//!
//! See `core/docs/skype-api.md`, "Several clients".

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::records::Keys;
use crate::invariant::at_most;
use crate::journal::Journal;
use crate::store::{Record, last_part, read};
use crate::time::UnixTime;

/// A cursor as it is stored; its key is the last part of its key there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct CursorRecord {
    /// Up to which message; absent while a client of this key is told what is announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told: Option<u32>,
    /// When such a client came or went last, in Unix seconds.
    used: u64,
}

#[derive(Debug)]
struct Cursor {
    key: String,
    record: CursorRecord,
    /// Clients of this key that are told what is announced.
    clients: usize,
    /// How many contact requests had come when the last of them left; `u64::MAX` while one is there.
    requests: u64,
    /// How far they had been told when the last of them came.
    began: Told,
}

/// How far the clients of a key had been told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Told {
    /// Up to which message, if that is known; `u32::MAX` if one of them is there.
    pub(super) message: Option<u32>,
    /// Up to which contact request; `u64::MAX` if one of them is there.
    pub(super) request: u64,
}

impl Told {
    /// Of a key that was never seen.
    const UNKNOWN: Self = Self {
        message: None,
        request: 0,
    };
}

/// The cursors of an account, those used longest ago first.
#[derive(Debug)]
pub(super) struct Cursors {
    keys: Keys,
    max: usize,
    all: Vec<Cursor>,
}

impl Cursors {
    /// None yet; at most `max`, but for clients that are there.
    pub(super) const fn new(keys: Keys, max: usize) -> Self {
        Self {
            keys,
            max,
            all: Vec::new(),
        }
    }

    /// Takes a stored cursor.
    pub(super) fn restore(&mut self, record: &Record) {
        if let Some(cursor) = read::<CursorRecord>(record) {
            self.all.push(Cursor {
                key: last_part(&record.key).into(),
                record: cursor,
                clients: 0,
                requests: 0,
                began: Told::UNKNOWN,
            });
        }
    }

    /// All that were stored have been taken: those whose clients were there when the last process ended stand where that
    /// one stood. True if there were such.
    pub(super) fn settle(&mut self, announced: u32, journal: &mut Journal) -> bool {
        self.all.sort_by_key(|cursor| cursor.record.used);
        let mut any = false;
        for cursor in &mut self.all {
            if cursor.record.told.is_none() {
                cursor.record.told = Some(announced);
                journal.put(self.keys.cursor(&cursor.key), &cursor.record);
                any = true;
            }
        }
        any
    }

    /// A client of this key is told from now on what is announced. Gives how far those of its key were told before.
    pub(super) fn come(&mut self, key: &str, wall: UnixTime, journal: &mut Journal) -> Told {
        let used = wall.as_seconds();
        let record = CursorRecord { told: None, used };
        let at = self.all.iter().position(|cursor| cursor.key == key);
        let known = at.map(|at| self.all.remove(at));
        let known = known.as_ref();
        let told = Told {
            message: known.map(|known| known.record.told.unwrap_or(u32::MAX)),
            request: known.map_or(0, |known| known.requests),
        };
        journal.put(self.keys.cursor(key), &record);
        self.all.push(Cursor {
            key: key.into(),
            record,
            clients: known.map_or(0, |known| known.clients) + 1,
            requests: u64::MAX,
            began: told,
        });
        self.forget_oldest(journal);
        told
    }

    /// How far the clients of this key had been told when the last of them came.
    pub(super) fn began(&self, key: &str) -> Told {
        let cursor = self.all.iter().find(|cursor| cursor.key == key);
        cursor.map_or(Told::UNKNOWN, |cursor| cursor.began)
    }

    /// A client of this key, which has been told so far, is not told any more.
    pub(super) fn go(
        &mut self,
        key: &str,
        (message, requests): (u32, u64),
        wall: UnixTime,
        journal: &mut Journal,
    ) {
        let Some(cursor) = self.all.iter_mut().find(|cursor| cursor.key == key) else {
            return;
        };
        cursor.clients = cursor.clients.saturating_sub(1);
        if cursor.clients == 0 {
            let used = wall.as_seconds();
            let told = Some(message);
            cursor.requests = requests;
            cursor.record = CursorRecord { told, used };
            journal.put(self.keys.cursor(key), &cursor.record);
            self.forget_oldest(journal);
        }
    }

    fn forget_oldest(&mut self, journal: &mut Journal) {
        if self.all.len() <= self.max {
            return;
        }
        if let Some(at) = self.all.iter().position(|cursor| cursor.clients == 0) {
            let cursor = self.all.remove(at);
            journal.remove(self.keys.cursor(&cursor.key));
        }
    }

    /// Panics if it keeps more than it may, or not its own books.
    pub(super) fn check_invariants(&self, listeners: usize) {
        let clients: usize = self.all.iter().map(|cursor| cursor.clients).sum();
        assert!(
            clients <= listeners,
            "who has a cursor is told what is announced"
        );
        at_most(
            self.all.len(),
            ("cursors", self.max.max(listeners)),
            "client programs that are remembered",
        );
    }
}
