//! A store in memory: what a simulated disk holds.
//! Never loses anything by itself; the world decides what reaches it.

use std::collections::BTreeMap;
use std::ops::Bound;

use imo2sproxy_core::store::{Query, Record, Store, StoreError, StoreOp};

/// Records in a map. Survives the death of the machine that wrote them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryStore {
    records: BTreeMap<String, Vec<u8>>,
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
    pub fn keys<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.records(prefix).map(|(key, _)| key)
    }

    /// All records whose keys begin with `prefix`, in order.
    pub fn records<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.records
            .range::<str, _>((Bound::Included(prefix), Bound::Unbounded))
            .map(|(key, value)| (key.as_str(), value.as_slice()))
            .take_while(move |(key, _)| key.starts_with(prefix))
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
}

impl Store for MemoryStore {
    fn apply(&mut self, changes: &[StoreOp]) -> Result<(), StoreError> {
        for change in changes {
            match change {
                StoreOp::Put { key, value } => {
                    self.records.insert(key.clone(), value.clone());
                }
                StoreOp::Remove { key } => {
                    self.records.remove(key);
                }
                StoreOp::RemoveAll { prefix } => {
                    self.records.retain(|key, _| !key.starts_with(prefix));
                }
            }
        }
        Ok(())
    }

    fn query(&mut self, query: &Query, records: &mut Vec<Record>) -> Result<(), StoreError> {
        let record = |key: &str, value: &[u8]| Record {
            key: key.to_owned(),
            value: value.to_owned(),
        };
        match query {
            Query::Get { key } => records.extend(self.get(key).map(|value| record(key, value))),
            Query::Count { prefix } => {
                let count = self.keys(prefix).count();
                records.push(record(prefix, count.to_string().as_bytes()));
            }
            Query::Range {
                prefix,
                after,
                limit,
                newest_first,
            } => {
                let beyond = |key: &str| {
                    after.as_deref().is_none_or(|after| {
                        if *newest_first {
                            key < after
                        } else {
                            key > after
                        }
                    })
                };
                let mut keys: Vec<&str> = self.keys(prefix).filter(|key| beyond(key)).collect();
                if *newest_first {
                    keys.reverse();
                }
                records.extend(
                    keys.into_iter()
                        .take(*limit)
                        .map(|key| record(key, &self.records[key])),
                );
            }
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
    fn it_keeps_the_whole_contract_of_a_store() {
        crate::conformance::check_store(&mut MemoryStore::new());
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
