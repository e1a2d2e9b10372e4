//! A store in memory: what a simulated disk holds, and a daemon that is to keep nothing.
//! Never outlives its process.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Bound;

use compact_str::CompactString;

use super::{Query, Record, Store, StoreError, StoreOp};

/// Records in a map. Survives the death of the machine that wrote them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryStore {
    /// Most keys are short enough to stand in the map itself: it need not look elsewhere to compare them.
    records: BTreeMap<CompactString, Vec<u8>>,
}

/// The first text behind all keys that begin with `prefix`; `None` if there is none.
fn successor(prefix: &str) -> Option<String> {
    let mut text = String::from(prefix);
    while let Some(last) = text.pop() {
        // The range steps over numbers that are no characters.
        if let Some(next) = (last..=char::MAX).nth(1) {
            text.push(next);
            return Some(text);
        }
    }
    None
}

fn behind(successor: Option<&str>) -> Bound<&str> {
    successor.map_or(Bound::Unbounded, Bound::Excluded)
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            records: BTreeMap::new(),
        }
    }

    /// What stands at `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&[u8]> {
        self.records.get(key).map(Vec::as_slice)
    }

    /// All keys that begin with `prefix`, in order.
    pub fn keys(&self, prefix: &str) -> impl DoubleEndedIterator<Item = &str> + use<'_> {
        self.records(prefix).map(|(key, _)| key)
    }

    /// All records whose keys begin with `prefix`, in order.
    pub fn records<'s>(
        &'s self,
        prefix: &str,
    ) -> impl DoubleEndedIterator<Item = (&'s str, &'s [u8])> + use<'s> {
        let successor = successor(prefix);
        self.between(Bound::Included(prefix), behind(successor.as_deref()))
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// True if there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    fn between<'s>(
        &'s self,
        from: Bound<&str>,
        to: Bound<&str>,
    ) -> impl DoubleEndedIterator<Item = (&'s str, &'s [u8])> + use<'s> {
        let records = self.records.range::<str, _>((from, to));
        records.map(|(key, value)| (key.as_str(), value.as_slice()))
    }

    fn range(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        newest_first: bool,
        records: &mut Vec<Record>,
    ) {
        let successor = successor(prefix);
        let successor = successor.as_deref();
        let record = |(key, value): (&str, &[u8])| Record {
            key: key.to_owned(),
            value: value.to_owned(),
        };
        if newest_first {
            let is_within = |after: &&str| successor.is_none_or(|end| *after < end);
            let to = after.filter(is_within).or(successor);
            if to.is_none_or(|to| to > prefix) {
                let found = self.between(Bound::Included(prefix), behind(to));
                records.extend(found.rev().take(limit).map(record));
            }
        } else {
            let from = match after {
                Some(after) if after >= prefix => Bound::Excluded(after),
                Some(_) | None => Bound::Included(prefix),
            };
            let is_beyond = |after| successor.is_some_and(|end| after >= end);
            if !after.is_some_and(is_beyond) {
                let found = self.between(from, behind(successor));
                records.extend(found.take(limit).map(record));
            }
        }
    }
}

impl Store for MemoryStore {
    fn is_instant(&self) -> bool {
        true
    }

    fn apply_all(&mut self, lists: &[&[StoreOp]]) -> Result<(), StoreError> {
        for change in lists.iter().copied().flatten() {
            match change {
                StoreOp::Put { key, value } => match self.records.get_mut(key.as_str()) {
                    Some(known) => known.clone_from(value),
                    None => {
                        self.records.insert(key.clone(), value.clone());
                    }
                },
                StoreOp::Remove { key } => {
                    self.records.remove(key.as_str());
                }
                StoreOp::RemoveAll { prefix } => {
                    let keys: Vec<String> = self.keys(prefix).map(String::from).collect();
                    for key in keys {
                        self.records.remove(key.as_str());
                    }
                }
            }
        }
        Ok(())
    }

    fn query(&mut self, query: &Query, records: &mut Vec<Record>) -> Result<(), StoreError> {
        match query {
            Query::Get { key } => records.extend(self.get(key).map(|value| Record {
                key: key.clone(),
                value: value.to_owned(),
            })),
            Query::Count { prefix } => {
                let count = self.keys(prefix).count();
                records.push(Record {
                    key: prefix.clone(),
                    value: count.to_string().into_bytes(),
                });
            }
            Query::Range {
                prefix,
                after,
                limit,
                newest_first,
            } => self.range(prefix, after.as_deref(), *limit, *newest_first, records),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> MemoryStore {
        let mut store = MemoryStore::new();
        let put = |key: &str| StoreOp::Put {
            key: key.into(),
            value: key.into(),
        };
        let changes: Vec<_> = ["m/1", "m/2", "m/3", "n/1"].map(put).into();
        store.apply(&changes).unwrap();
        store
    }

    fn range(after: Option<&str>, limit: usize, newest_first: bool) -> Vec<String> {
        let mut records = Vec::new();
        let query = Query::Range {
            prefix: "m/".into(),
            after: after.map(Into::into),
            limit,
            newest_first,
        };
        filled().query(&query, &mut records).unwrap();
        records.into_iter().map(|record| record.key).collect()
    }

    #[test]
    fn a_range_keeps_to_its_prefix_its_start_its_limit_and_its_direction() {
        assert_eq!(range(None, 9, false), ["m/1", "m/2", "m/3"]);
        assert_eq!(range(None, 2, true), ["m/3", "m/2"]);
        assert_eq!(range(Some("m/1"), 9, false), ["m/2", "m/3"]);
        assert_eq!(range(Some("m/3"), 1, true), ["m/2"]);
        assert_eq!(range(Some("m/9"), 9, true), ["m/3", "m/2", "m/1"]);
        assert_eq!(range(Some("m/3"), 9, false), [""; 0]);
    }

    #[test]
    fn what_is_removed_is_gone_and_the_rest_stays() {
        let mut store = filled();
        store
            .apply(&[StoreOp::Remove { key: "m/2".into() }])
            .unwrap();
        let mut records = Vec::new();
        for key in ["m/2", "m/3"] {
            let query = Query::Get { key: key.into() };
            store.query(&query, &mut records).unwrap();
        }
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].value, b"m/3");
    }
}
