//! The core's records in one SQLite file: durable when `apply` returns, whatever happens to the machine.
//! Never looks into a key or a value; what they mean is the core's (`core/docs/storage.md`).

use std::fmt;
use std::path::Path;
use std::time::Duration;

use imo2sproxy_core::store::{Query, Record, Store, StoreError, StoreOp};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, TransactionBehavior, params};

mod thread;
pub(crate) use thread::{Job, StoreThread};

/// Marks the file as ours ("imo2" in ASCII).
const APPLICATION_ID: i32 = 0x696d_6f32;
/// The layout of the file.
const VERSION: i32 = 1;
/// How long another process (an administration command, a backup) may keep the file from us.
const BUSY_MAX: Duration = Duration::from_secs(5);
/// Stands behind every key: keys are UTF-8, which knows no such byte.
const BEHIND_ALL: [u8; 1] = [0xff];

/// Why a store cannot be opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenError {
    /// The file cannot be made, read or written.
    Unreadable,
    /// Another process keeps it.
    Busy,
    /// No space left.
    Full,
    /// It is no SQLite file, or a damaged one.
    Damaged,
    /// It is a SQLite file of another program.
    Foreign,
    /// It was written by a newer version of this program.
    Newer {
        /// The layout it has.
        version: i32,
    },
}

impl OpenError {
    /// The error in words, with what to do about it; fits behind "cannot open FILE: ".
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::Unreadable => {
                "it cannot be read and written; check that the folder exists and belongs to this user"
            }
            Self::Busy => "another process keeps it; end that one, or use another --data-dir",
            Self::Full => "no space left in the data folder; free some",
            Self::Damaged => {
                "it is damaged or no store at all; restore it from a backup, or move it away to begin anew"
            }
            Self::Foreign => "it belongs to another program; use another --data-dir",
            Self::Newer { .. } => {
                "a newer version of imo2sproxy wrote it; use that one, or another --data-dir"
            }
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.explain())
    }
}

impl std::error::Error for OpenError {}

/// Records in a SQLite file, or in memory.
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
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(open_error)?;
        Self::prepare(connection)
    }

    /// A store that lives as long as this value.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn in_memory() -> Result<Self, OpenError> {
        Self::prepare(Connection::open_in_memory().map_err(open_error)?)
    }

    fn prepare(mut connection: Connection) -> Result<Self, OpenError> {
        connection.busy_timeout(BUSY_MAX).map_err(open_error)?;
        Self::check(&mut connection)?;
        // The answers (`wal`, or `memory` for a store without a file) are of no interest.
        connection
            .query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
            .and_then(|()| connection.execute_batch("PRAGMA synchronous = FULL"))
            .map_err(open_error)?;
        Ok(Self { connection })
    }

    /// Makes sure that the file is ours before anything is written; a new one is made ours.
    fn check(connection: &mut Connection) -> Result<(), OpenError> {
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(open_error)?;
        let number = |sql: &str| -> Result<i32, OpenError> {
            transaction
                .query_row(sql, [], |row| row.get(0))
                .map_err(open_error)
        };
        let application = number("PRAGMA application_id")?;
        let version = number("PRAGMA user_version")?;
        let tables = number("SELECT count(*) FROM sqlite_schema")?;
        match (application, version) {
            (APPLICATION_ID, VERSION) => Ok(()),
            (APPLICATION_ID, version) if version > VERSION => Err(OpenError::Newer { version }),
            (APPLICATION_ID, _) => Err(OpenError::Damaged),
            (0, 0) if tables == 0 => transaction
                .execute_batch(&format!(
                    "CREATE TABLE record(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
                     PRAGMA application_id = {APPLICATION_ID};
                     PRAGMA user_version = {VERSION};"
                ))
                .and_then(|()| transaction.commit())
                .map_err(open_error),
            _ => Err(OpenError::Foreign),
        }
    }

    fn write(&mut self, changes: &[StoreOp]) -> rusqlite::Result<()> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        for change in changes {
            match change {
                StoreOp::Put { key, value } => transaction
                    .prepare_cached(
                        "INSERT INTO record VALUES (?1, ?2)
                         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    )?
                    .execute(params![key.as_bytes(), value])?,
                StoreOp::Remove { key } => transaction
                    .prepare_cached("DELETE FROM record WHERE key = ?1")?
                    .execute([key.as_bytes()])?,
                StoreOp::RemoveAll { prefix } => {
                    let bounds = Bounds::new(prefix, None, false);
                    transaction
                        .prepare_cached("DELETE FROM record WHERE key >= ?1 AND key < ?2")?
                        .execute(params![bounds.from, bounds.below])?
                }
            };
        }
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

fn open_error(error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => OpenError::Full,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => OpenError::Damaged,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Busy,
        _ => OpenError::Unreadable,
    }
}

#[cfg(test)]
mod tests;
