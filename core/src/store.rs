//! What outlives a restart, as plain data: ordered records under text keys.
//! Never opens a file: a driver keeps the records, and all meaning of keys and values is the core's.
//!
//! The layout of the keys is written down in `core/docs/storage.md`.

use alloc::string::String;
use alloc::vec::Vec;

mod key;
mod memory;

pub(crate) use key::numbered;
pub use memory::MemoryStore;

use serde::Deserialize;

/// Where a record stands. Most keys are short enough to take no memory of their own.
pub type Key = compact_str::CompactString;

/// One stored record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Where it stands. Records are ordered by the bytes of their keys.
    pub key: String,
    /// What stands there: JSON, for whoever looks at a store by hand.
    pub value: Vec<u8>,
}

/// One change of the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StoreOp {
    /// Write `value` at `key`, whether or not something stands there.
    Put {
        /// Where.
        key: Key,
        /// What.
        value: Vec<u8>,
    },
    /// Take away what stands at `key`, if anything.
    Remove {
        /// Where.
        key: Key,
    },
    /// Take away all records whose keys begin with `prefix`, however many there are.
    RemoveAll {
        /// What the keys begin with.
        prefix: String,
    },
}

/// One question to the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Query {
    /// The record at `key`, if there is one.
    Get {
        /// Where.
        key: String,
    },
    /// Up to `limit` records whose keys begin with `prefix`, in the order of their keys.
    Range {
        /// What the keys begin with.
        prefix: String,
        /// Only keys strictly beyond this one, in the direction asked for.
        after: Option<String>,
        /// How many at most.
        limit: usize,
        /// From the last key downwards instead of the first upwards.
        newest_first: bool,
    },
    /// How many records there are whose keys begin with `prefix`: one record, whose key is the prefix and whose
    /// value is the number in decimal digits.
    Count {
        /// What the keys begin with.
        prefix: String,
    },
}

impl Query {
    /// The first `limit` records whose keys begin with `prefix`.
    #[must_use]
    pub const fn all(prefix: String, limit: usize) -> Self {
        Self::Range {
            prefix,
            after: None,
            limit,
            newest_first: false,
        }
    }
}

/// The part of a key behind its last `/`.
#[must_use]
pub fn last_part(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

/// A record's value; `None` if it is not what it should be.
#[must_use]
pub fn read<'a, T: Deserialize<'a>>(record: &'a Record) -> Option<T> {
    serde_json::from_slice(&record.value).ok()
}

/// Why the store could not do something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StoreError {
    /// No space left.
    Full,
    /// The disk or the file system reports an error.
    Io,
    /// The file is not what it should be.
    Damaged,
}

impl StoreError {
    /// The error in words, with what to do about it.
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::Full => "no space left in the data folder; free some, it is tried again",
            Self::Io => "the data folder cannot be read or written; it is tried again",
            Self::Damaged => "the store in the data folder is damaged; restore it from a backup",
        }
    }
}

/// What keeps records: implemented by each driver, used by none of the machines.
///
/// It stands here so that all implementations can be held to one set of tests.
pub trait Store {
    /// Does all changes in order and makes them durable, or does none of them.
    ///
    /// # Errors
    /// If nothing was done.
    fn apply(&mut self, changes: &[StoreOp]) -> Result<(), StoreError> {
        self.apply_all(&[changes])
    }

    /// Does the changes of all lists, one list after the other, as [`Store::apply`] does.
    ///
    /// # Errors
    /// If nothing was done.
    fn apply_all(&mut self, lists: &[&[StoreOp]]) -> Result<(), StoreError>;

    /// True if nothing that it does takes so long that it needs a thread of its own.
    fn is_instant(&self) -> bool {
        false
    }

    /// Appends the answer to `query` to `records`.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn query(&mut self, query: &Query, records: &mut Vec<Record>) -> Result<(), StoreError>;
}
