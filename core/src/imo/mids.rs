//! Identities of messages: enough of the latest ones to know a repeated message, on either side.
//! Never keeps the identities themselves: a 64-bit hash of each is enough, since only its own sender could forge one.
//!
//! See `core/docs/imo-protocol.md`, "Message identity".

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::config::Limits;
use crate::invariant::at_most;
use crate::rng::fnv1a;
use crate::store::{Record, read};

/// The identity of one message, as it is stored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MidRecord {
    /// Counts the identities; tells which one is the oldest.
    pub n: u64,
    /// Its hash.
    pub hash: u64,
}

/// The latest identities, oldest first.
#[derive(Debug, Default)]
pub struct Mids {
    hashes: VecDeque<u64>,
    next: u64,
}

/// True for an identity of the protocol: 16 letters and digits.
#[must_use]
pub fn is_mid(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The hash of an identity.
#[must_use]
pub fn hash(mid: &str) -> u64 {
    fnv1a(mid.as_bytes())
}

impl Mids {
    /// The identities that `records` tell of.
    #[must_use]
    pub fn from_records(records: &[Record]) -> Self {
        let mut found: Vec<MidRecord> = records.iter().filter_map(read).collect();
        found.sort_by_key(|mid| mid.n);
        let next = found.last().map_or(0, |mid| mid.n + 1);
        Self {
            hashes: found.into_iter().map(|mid| mid.hash).collect(),
            next,
        }
    }

    /// True if the identity of this hash is among them.
    #[must_use]
    pub fn knows(&self, hash: u64) -> bool {
        self.hashes.contains(&hash)
    }

    /// Panics if there are more than `limits` allow.
    pub(crate) fn check_invariants(&self, limits: &Limits) {
        let max = limits.mids.max(1);
        at_most(self.hashes.len(), ("mids", max), "identities of messages");
    }

    /// Adds one and forgets the oldest beyond `max`. Gives the record to store, and the last part of its key:
    /// that of the one forgotten, so that the records stay as few.
    pub fn add(&mut self, hash: u64, max: usize) -> (u64, MidRecord) {
        let max = max.max(1);
        while self.hashes.len() >= max {
            self.hashes.pop_front();
        }
        self.hashes.push_back(hash);
        let n = self.next;
        self.next += 1;
        let slot = n % u64::try_from(max).unwrap_or(u64::MAX);
        (slot, MidRecord { n, hash })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_identities_are_known_also_after_a_restart() {
        let mut mids = Mids::default();
        let mut records: alloc::collections::BTreeMap<u64, MidRecord> = Default::default();
        for number in 0..10 {
            let (key, record) = mids.add(number, 4);
            records.insert(key, record);
        }
        let stored: Vec<Record> = records
            .into_iter()
            .map(|(key, value)| Record {
                key: alloc::format!("{key}"),
                value: serde_json::to_vec(&value).unwrap(),
            })
            .collect();
        assert_eq!(stored.len(), 4);
        let mut again = Mids::from_records(&stored);
        for mids in [&mids, &again] {
            assert!(!mids.knows(5) && mids.knows(6) && mids.knows(9));
        }
        assert_eq!(again.add(99, 4), mids.add(99, 4), "both count on alike");
    }
}
