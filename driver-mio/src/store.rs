//! The core's records in one SQLite file: durable when `apply` returns, whatever happens to the machine.
//! Never looks into a key or a value; what they mean is the core's (`core/docs/storage.md`).

use std::path::Path;
use std::time::Duration;

use imo2sproxy_core::store::{Query, Record, Store, StoreError, StoreOp};
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

mod batch;
mod keeper;
mod layout;
mod reading;
mod recent;
mod round;
mod thread;
use batch::Batch;
pub(crate) use keeper::Keeper;
pub use layout::OpenError;
use reading::{Bounds, Reading};
use recent::Recent;
pub(crate) use thread::Job;

/// How long another process (an administration command, a backup) may keep the file from us.
const BUSY_MAX: Duration = Duration::from_secs(5);
/// How many pages the write-ahead log has before they go to their places. The same pages are written again and again while
/// many write: each goes once then, however often it was written.
const LOG_PAGES: i32 = 4_000;

/// Records in a SQLite file, which nothing else may write to while it is open.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    recent: Recent,
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
        let recent = layout::check(&mut connection, look)?;
        // The answer (`wal`) is of no interest.
        connection
            .query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
            .and_then(|()| connection.execute_batch("PRAGMA synchronous = FULL"))
            .and_then(|()| connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES))
            .map_err(layout::open_error)?;
        Ok(Self { connection, recent })
    }

    fn write(&mut self, lists: &[&[StoreOp]]) -> rusqlite::Result<()> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        if self.recent.is_full() {
            self.recent.begin_round(&transaction)?;
        }
        let mut batch = Batch::default();
        for change in lists.iter().copied().flatten() {
            match change {
                StoreOp::Put { key, value } => batch.push((key.as_bytes(), Some(value))),
                StoreOp::Remove { key } => batch.push((key.as_bytes(), None)),
                StoreOp::RemoveAll { prefix } => {
                    remove_all(&transaction, &mut self.recent, &mut batch, prefix)?;
                }
            }
        }
        if batch.bytes().is_empty() {
            return Ok(());
        }
        let due = self.recent.due(batch.bytes().len());
        let moved = self.recent.move_some(&transaction, due)?;
        self.recent.log(&transaction, &batch)?;
        transaction.commit()?;
        self.recent.have_moved(moved);
        self.recent.have_logged(batch.bytes().len());
        Ok(())
    }

    /// Brings all that was changed lately to its place, so that who looks into the file finds it there.
    fn settle(&mut self) -> rusqlite::Result<()> {
        self.end_round()?;
        self.recent.begin_round(&self.connection)?;
        self.end_round()
    }

    /// Brings to its place what is left of what moves.
    fn end_round(&mut self) -> rusqlite::Result<()> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let moved = self.recent.move_some(&transaction, usize::MAX)?;
        transaction.commit()?;
        self.recent.have_moved(moved);
        Ok(())
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // If it fails, nothing is lost: whoever opens the file next finds the log.
        let _ = self.settle();
    }
}

/// Takes away each record whose key begins with `prefix`, whether it is in the file or only in the batch so far.
fn remove_all(
    transaction: &Transaction<'_>,
    recent: &mut Recent,
    batch: &mut Batch,
    prefix: &str,
) -> rusqlite::Result<()> {
    recent.read(transaction)?;
    let reading = Reading {
        connection: transaction,
        recent,
    };
    let mut keys = reading.keys(&Bounds::new(prefix, None, false))?;
    for (_, change) in batch.changes() {
        if change.0.starts_with(prefix.as_bytes()) {
            reading::note(change, &mut keys);
        }
    }
    for key in keys {
        batch.push((&key, None));
    }
    Ok(())
}

impl Store for SqliteStore {
    fn apply_all(&mut self, lists: &[&[StoreOp]]) -> Result<(), StoreError> {
        self.write(lists).map_err(store_error)
    }

    fn query(&mut self, query: &Query, records: &mut Vec<Record>) -> Result<(), StoreError> {
        self.recent.read(&self.connection).map_err(store_error)?;
        let reading = Reading {
            connection: &self.connection,
            recent: &self.recent,
        };
        reading.answer(query, records).map_err(store_error)
    }
}

fn store_error(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        _ if layout::is_damage(&error) => StoreError::Damaged,
        _ => StoreError::Io,
    }
}
