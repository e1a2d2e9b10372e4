//! What a machine asks of the store, as it stands in a trace: changes and questions.
//! Never decides anything: each change and each question has one form.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::bytes::Bytes;
use crate::store::{Query, StoreOp};

/// One change of the store.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Change {
    /// A record is written.
    Put {
        /// Where.
        put: String,
        /// What.
        #[serde(flatten)]
        value: Bytes,
    },
    /// A record is taken away.
    Remove {
        /// Where.
        remove: String,
    },
    /// All records are taken away whose keys begin so.
    RemoveAll {
        /// What they begin with.
        remove_all: String,
    },
}

/// One question to the store.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Asks {
    /// One record.
    Get {
        /// Where.
        get: String,
    },
    /// Records one after the other.
    Range {
        /// What their keys begin with.
        range: String,
        /// Only keys beyond this one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
        /// How many at most.
        limit: usize,
        /// From the last downwards.
        newest_first: bool,
    },
    /// How many records there are.
    Count {
        /// What their keys begin with.
        count: String,
    },
}

impl From<&StoreOp> for Change {
    fn from(change: &StoreOp) -> Self {
        match change {
            StoreOp::Put { key, value } => Self::Put {
                put: String::from(key.as_str()),
                value: Bytes(value.clone()),
            },
            StoreOp::Remove { key } => Self::Remove {
                remove: String::from(key.as_str()),
            },
            StoreOp::RemoveAll { prefix } => Self::RemoveAll {
                remove_all: prefix.clone(),
            },
        }
    }
}

impl From<Change> for StoreOp {
    fn from(change: Change) -> Self {
        match change {
            Change::Put { put, value } => Self::Put {
                key: put.into(),
                value: value.0,
            },
            Change::Remove { remove } => Self::Remove { key: remove.into() },
            Change::RemoveAll { remove_all } => Self::RemoveAll { prefix: remove_all },
        }
    }
}

impl From<&Query> for Asks {
    fn from(query: &Query) -> Self {
        match query {
            Query::Get { key } => Self::Get { get: key.clone() },
            Query::Range {
                prefix,
                after,
                limit,
                newest_first,
            } => Self::Range {
                range: prefix.clone(),
                after: after.clone(),
                limit: *limit,
                newest_first: *newest_first,
            },
            Query::Count { prefix } => Self::Count {
                count: prefix.clone(),
            },
        }
    }
}

impl From<Asks> for Query {
    fn from(asks: Asks) -> Self {
        match asks {
            Asks::Get { get } => Self::Get { key: get },
            Asks::Range {
                range,
                after,
                limit,
                newest_first,
            } => Self::Range {
                prefix: range,
                after,
                limit,
                newest_first,
            },
            Asks::Count { count } => Self::Count { prefix: count },
        }
    }
}
