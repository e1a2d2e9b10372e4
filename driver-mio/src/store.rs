//! The core's records in one SQLite file: durable when `apply` returns, whatever happens to the machine.
//! Never looks into a key or a value; what they mean is the core's (`core/docs/storage.md`).

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use imo2sproxy_core::store::{Query, Record, Store, StoreError, StoreOp};
use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params,
};

mod keeper;
mod layout;
mod thread;
pub(crate) use keeper::Keeper;
pub use layout::OpenError;
pub(crate) use thread::Job;

/// How long another process (an administration command, a backup) may keep the file from us.
const BUSY_MAX: Duration = Duration::from_secs(5);
/// How many pages the write-ahead log has before they go to their places. The same pages are written again and again while
/// many write: each goes once then, however often it was written.
const LOG_PAGES: i32 = 4_000;
/// Stands behind every key: keys are UTF-8, which knows no such byte.
const BEHIND_ALL: [u8; 1] = [0xff];

/// Records in a SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
}

impl SqliteStore {
    /// Opens the store at `path`, and makes it if there is none.
    ///
    /// # Errors
    /// If the file cannot be used; nothing in it has been changed then.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let look = layout::is_small(path);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(layout::open_error)?;
        Self::prepare(connection, look)
    }

    fn prepare(mut connection: Connection, look: bool) -> Result<Self, OpenError> {
        connection
            .busy_timeout(BUSY_MAX)
            .map_err(layout::open_error)?;
        layout::check(&mut connection, look)?;
        // The answer (`wal`) is of no interest.
        connection
            .query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
            .and_then(|()| connection.execute_batch("PRAGMA synchronous = FULL"))
            .and_then(|()| connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES))
            .map_err(layout::open_error)?;
        Ok(Self { connection })
    }

    fn write(&mut self, changes: &[StoreOp]) -> rusqlite::Result<()> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut last = BTreeMap::new();
        for change in changes {
            match change {
                StoreOp::Put { key, value } => drop(last.insert(key.as_str(), Some(value))),
                StoreOp::Remove { key } => drop(last.insert(key.as_str(), None)),
                StoreOp::RemoveAll { prefix } => {
                    write_each(&transaction, std::mem::take(&mut last))?;
                    let bounds = Bounds::new(prefix, None, false);
                    transaction
                        .prepare_cached("DELETE FROM record WHERE key >= ?1 AND key < ?2")?
                        .execute(params![bounds.from, bounds.below])?;
                }
            }
        }
        write_each(&transaction, last)?;
        transaction.commit()
    }

    fn get(&self, key: &str) -> rusqlite::Result<Option<Vec<u8>>> {
        self.connection
            .prepare_cached("SELECT value FROM record WHERE key = ?1")?
            .query_row([key.as_bytes()], |row| row.get(0))
            .optional()
    }

    fn count(&self, bounds: &Bounds) -> rusqlite::Result<i64> {
        self.connection
            .prepare_cached("SELECT count(*) FROM record WHERE key >= ?1 AND key < ?2")?
            .query_row(params![bounds.from, bounds.below], |row| row.get(0))
    }

    fn range(
        &self,
        bounds: &Bounds,
        limit: usize,
        newest_first: bool,
        records: &mut Vec<Record>,
    ) -> Result<(), StoreError> {
        const UPWARDS: &str = "SELECT key, value FROM record
            WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3";
        const DOWNWARDS: &str = "SELECT key, value FROM record
            WHERE key >= ?1 AND key < ?2 ORDER BY key DESC LIMIT ?3";
        let sql = if newest_first { DOWNWARDS } else { UPWARDS };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement = self.connection.prepare_cached(sql).map_err(store_error)?;
        let mut rows = statement
            .query(params![bounds.from, bounds.below, limit])
            .map_err(store_error)?;
        while let Some(row) = rows.next().map_err(store_error)? {
            let key = row.get(0).map_err(store_error)?;
            records.push(Record {
                key: String::from_utf8(key).map_err(|_| StoreError::Damaged)?,
                value: row.get(1).map_err(store_error)?,
            });
        }
        Ok(())
    }
}

/// Writes what stands at each key in the end, or takes it away where nothing does. In the order of the keys, neighbours meet
/// the page that is at hand.
fn write_each(
    transaction: &Transaction<'_>,
    last: BTreeMap<&str, Option<&Vec<u8>>>,
) -> rusqlite::Result<()> {
    let mut put = transaction.prepare_cached(
        "INSERT INTO record VALUES (?1, ?2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?;
    let mut remove = transaction.prepare_cached("DELETE FROM record WHERE key = ?1")?;
    for (key, value) in last {
        match value {
            Some(value) => put.execute(params![key.as_bytes(), value])?,
            None => remove.execute([key.as_bytes()])?,
        };
    }
    Ok(())
}

impl Store for SqliteStore {
    fn apply(&mut self, changes: &[StoreOp]) -> Result<(), StoreError> {
        self.write(changes).map_err(store_error)
    }

    fn query(&mut self, query: &Query, records: &mut Vec<Record>) -> Result<(), StoreError> {
        match query {
            Query::Get { key } => {
                if let Some(value) = self.get(key).map_err(store_error)? {
                    let key = key.clone();
                    records.push(Record { key, value });
                }
                Ok(())
            }
            Query::Count { prefix } => {
                let count = self
                    .count(&Bounds::new(prefix, None, false))
                    .map_err(store_error)?;
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
}

/// The keys of a range: from `from` on, below `below`, compared as bytes.
#[derive(PartialEq, Eq, Debug)]
struct Bounds {
    from: Vec<u8>,
    below: Vec<u8>,
}

impl Bounds {
    fn new(prefix: &str, after: Option<&str>, newest_first: bool) -> Self {
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

fn store_error(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged,
        _ => StoreError::Io,
    }
}

#[cfg(test)]
mod tests;
