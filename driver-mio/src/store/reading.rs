//! Answers to queries: what was changed lately, and else what stands in its place.
//! Never changes anything.

use std::collections::BTreeSet;

use imo2sproxy_core::store::{Query, Record};
use rusqlite::{Connection, OptionalExtension as _, Rows};

use super::batch::Change;
use super::layout;
use super::recent::Recent;

/// Stands behind every key: keys are UTF-8, which knows no such byte.
const BEHIND_ALL: [u8; 1] = [0xff];

/// All records, wherever they are.
pub(super) struct Reading<'a> {
    pub(super) connection: &'a Connection,
    /// As far as the log goes: [`Recent::read`] was called.
    pub(super) recent: &'a Recent,
}

impl Reading<'_> {
    /// Appends the answer to `query` to `records`.
    pub(super) fn answer(self, query: &Query, records: &mut Vec<Record>) -> rusqlite::Result<()> {
        match query {
            Query::Get { key } => {
                let key = key.clone();
                let found = self.get(key.as_bytes())?.map(|value| Record { key, value });
                records.extend(found);
                Ok(())
            }
            Query::Count { prefix } => {
                let count = self.count(&Bounds::new(prefix, None, false))?;
                let (key, value) = (prefix.clone(), count.to_string().into_bytes());
                records.push(Record { key, value });
                Ok(())
            }
            Query::Range {
                prefix,
                after,
                limit,
                newest_first,
            } => {
                let bounds = Bounds::new(prefix, after.as_deref(), *newest_first);
                self.range(&bounds, *limit, *newest_first, records)
            }
        }
    }

    fn get(&self, key: &[u8]) -> rusqlite::Result<Option<Vec<u8>>> {
        if let Some(value) = self.recent.get(key) {
            return Ok(value.map(<[u8]>::to_vec));
        }
        self.connection
            .prepare_cached("SELECT value FROM record WHERE key = ?1")?
            .query_row((key,), |row| row.get(0))
            .optional()
    }

    fn count(&self, bounds: &Bounds) -> rusqlite::Result<i64> {
        let mut count = self
            .connection
            .prepare_cached("SELECT count(*) FROM record WHERE key >= ?1 AND key < ?2")?
            .query_row((&bounds.from, &bounds.below), |row| row.get(0))?;
        let mut placed = self
            .connection
            .prepare_cached("SELECT 1 FROM record WHERE key = ?1")?;
        for (key, value) in self.recent.between(bounds) {
            count += i64::from(value.is_some());
            count -= i64::from(placed.exists((key,))?);
        }
        Ok(count)
    }

    /// The keys of a range.
    pub(super) fn keys(&self, bounds: &Bounds) -> rusqlite::Result<BTreeSet<Vec<u8>>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT key FROM record WHERE key >= ?1 AND key < ?2")?;
        let placed = statement.query_map((&bounds.from, &bounds.below), |row| row.get(0))?;
        let mut keys = placed.collect::<rusqlite::Result<_>>()?;
        for change in self.recent.between(bounds) {
            note(change, &mut keys);
        }
        Ok(keys)
    }

    /// Appends up to `limit` records of a range.
    fn range(
        &self,
        bounds: &Bounds,
        limit: usize,
        newest_first: bool,
        records: &mut Vec<Record>,
    ) -> rusqlite::Result<()> {
        const UPWARDS: &str =
            "SELECT key, value FROM record WHERE key >= ?1 AND key < ?2 ORDER BY key";
        const DOWNWARDS: &str =
            "SELECT key, value FROM record WHERE key >= ?1 AND key < ?2 ORDER BY key DESC";
        let mut statement =
            self.connection
                .prepare_cached(if newest_first { DOWNWARDS } else { UPWARDS })?;
        let rows = statement.query((&bounds.from, &bounds.below))?;
        let recent = self.recent.between(bounds).into_iter();
        let end = records.len().saturating_add(limit);
        if newest_first {
            merge(rows, recent.rev(), |one, other| one > other, end, records)
        } else {
            merge(rows, recent, |one, other| one < other, end, records)
        }
    }
}

/// Keeps account of which keys there are.
pub(super) fn note((key, value): Change<'_>, keys: &mut BTreeSet<Vec<u8>>) {
    if value.is_some() {
        keys.insert(key.into());
    } else {
        keys.remove(key);
    }
}

/// Appends records until there are `end` of them or no more: what is recent, and of the rows those that nothing recent is
/// known of, in the order that `is_before` tells.
fn merge<'r>(
    mut rows: Rows<'_>,
    recent: impl Iterator<Item = Change<'r>>,
    is_before: fn(&[u8], &[u8]) -> bool,
    end: usize,
    records: &mut Vec<Record>,
) -> rusqlite::Result<()> {
    let mut recent = recent.peekable();
    while records.len() < end
        && let Some(row) = rows.next()?
    {
        let key = row.get_ref(0)?.as_blob()?;
        while records.len() < end
            && let Some(newer) = recent.next_if(|(other, _)| is_before(other, key))
        {
            keep(newer, records)?;
        }
        if records.len() == end {
            return Ok(());
        }
        match recent.next_if(|(other, _)| *other == key) {
            Some(newer) => keep(newer, records)?,
            None => keep((key, Some(row.get_ref(1)?.as_blob()?)), records)?,
        }
    }
    while records.len() < end
        && let Some(newer) = recent.next()
    {
        keep(newer, records)?;
    }
    Ok(())
}

/// Appends what stands at a key, if anything.
fn keep((key, value): Change<'_>, records: &mut Vec<Record>) -> rusqlite::Result<()> {
    if let Some(value) = value {
        let key = String::from_utf8(key.into()).map_err(layout::damage)?;
        let value = value.into();
        records.push(Record { key, value });
    }
    Ok(())
}

/// The keys of a range: from `from` on, below `below`, compared as bytes.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Bounds {
    pub(super) from: Vec<u8>,
    pub(super) below: Vec<u8>,
}

impl Bounds {
    pub(super) fn new(prefix: &str, after: Option<&str>, newest_first: bool) -> Self {
        let mut from = prefix.as_bytes().to_vec();
        let mut below = successor(prefix.as_bytes());
        match after {
            Some(after) if newest_first => below = below.min(after.as_bytes().to_vec()),
            Some(after) => {
                // The least key beyond `after` is `after` and a zero byte.
                let mut beyond = after.as_bytes().to_vec();
                beyond.push(0);
                from = from.max(beyond);
            }
            None => {}
        }
        Self { from, below }
    }
}

/// The least key behind all keys that begin with `prefix`.
fn successor(prefix: &[u8]) -> Vec<u8> {
    let mut key = prefix.to_vec();
    while let Some(last) = key.pop() {
        if last < 0xff {
            key.push(last + 1);
            return key;
        }
    }
    BEHIND_ALL.to_vec()
}

#[cfg(test)]
mod tests;
