//! The way of records from the log to their places: in the order of their keys, so that neighbours meet the page that is at
//! hand, and a few at a time, so that nobody waits long for it.
//! Never commits, and takes nothing for moved before its caller says that it is.

use std::cmp::Reverse;

use rusqlite::Transaction;

use super::batch::{Batch, Change};
use super::reading::Bounds;

/// All that stands in the log up to one of its rows.
#[derive(Debug)]
pub(super) struct Round {
    /// The log's last row that belongs to it.
    row: i64,
    log: Batch,
    /// Where in it the last change of each key is, in the order of the keys.
    places: Vec<usize>,
    /// How many stand in their places.
    moved: usize,
}

impl Round {
    /// A round with what the log says up to `row`.
    pub(super) fn new(row: i64, log: Batch) -> Self {
        let mut changes: Vec<(&[u8], usize)> = log
            .changes()
            .map(|(place, (key, _))| (key, place))
            .collect();
        // Of those with one key the last comes first then, and stays.
        changes.sort_unstable_by_key(|(key, place)| (*key, Reverse(*place)));
        changes.dedup_by_key(|(key, _)| *key);
        Self {
            row,
            places: changes.into_iter().map(|(_, place)| place).collect(),
            log,
            moved: 0,
        }
    }

    /// How many records it has, moved or not.
    pub(super) const fn len(&self) -> usize {
        self.places.len()
    }

    /// What it has within `bounds`, moved or not.
    pub(super) fn between(&self, bounds: &Bounds) -> impl Iterator<Item = Change<'_>> {
        let begin = self
            .places
            .partition_point(|place| self.log.at(*place).0 < &*bounds.from);
        let found = self.places[begin..].iter();
        found
            .map(|place| self.log.at(*place))
            .take_while(|(key, _)| *key < &*bounds.below)
    }

    /// What it knows of a key.
    pub(super) fn get(&self, key: &[u8]) -> Option<Option<&[u8]>> {
        let found = self
            .places
            .binary_search_by_key(&key, |place| self.log.at(*place).0);
        let (_, value) = self.log.at(self.places[found.ok()?]);
        Some(value)
    }

    /// Brings up to `count` records to their places, and empties the log after the last. Gives how many.
    pub(super) fn go_on(
        &self,
        transaction: &Transaction<'_>,
        count: usize,
    ) -> rusqlite::Result<usize> {
        let left = &self.places[self.moved..];
        let count = count.min(left.len());
        let mut put = transaction.prepare_cached(
            "INSERT INTO record VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?;
        let mut remove = transaction.prepare_cached("DELETE FROM record WHERE key = ?1")?;
        for place in &left[..count] {
            let (key, value) = self.log.at(*place);
            match value {
                Some(value) => put.execute((key, value))?,
                None => remove.execute((key,))?,
            };
        }
        if count == left.len() {
            transaction
                .prepare_cached("DELETE FROM recent WHERE number <= ?1")?
                .execute((self.row,))?;
        }
        Ok(count)
    }

    /// So many more are durable in their places. True if those were the last.
    pub(super) fn have_moved(&mut self, count: usize) -> bool {
        self.moved += count;
        self.moved == self.places.len()
    }
}
