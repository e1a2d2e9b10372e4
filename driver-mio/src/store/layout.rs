//! The layout of the store's file: whose it is, which version it has, how older ones become this one.
//! Never changes a record: those are of one form in all versions.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::Path;

use rusqlite::types::Type;
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, Transaction, TransactionBehavior};

use super::recent::Recent;

/// Marks the file as ours ("imo2" in ASCII).
const APPLICATION_ID: i32 = 0x696d_6f32;
/// The first version: the records.
const FIRST: &str = "CREATE TABLE record(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;";
/// What makes each version of the one before it, the second version first.
const STEPS: [&str; 2] = [
    // Who has written the file: to be named where another version cannot read it.
    "CREATE TABLE about(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;",
    // What was changed lately and does not stand in its place yet.
    "CREATE TABLE recent(number INTEGER PRIMARY KEY, changes BLOB NOT NULL);",
];
/// The version that this program reads and writes.
const VERSION: i32 = 3;
/// A file up to this size, in bytes, is looked through before it is used: that takes some milliseconds. Damage in a larger
/// one shows when its place is read.
const LOOK_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Why a store cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
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
        /// Which, where the file says so.
        by: Option<String>,
    },
}

impl OpenError {
    /// The error in words, with what to do about it; fits behind "cannot open FILE: ".
    #[must_use]
    pub fn explain(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Unreadable => {
                "it cannot be read and written; check that the folder exists and belongs to this user"
            }
            Self::Busy => "another process keeps it; end that one, or use another --data-dir",
            Self::Full => "no space left in the data folder; free some",
            Self::Damaged => {
                "it is damaged or no store at all; restore it from a backup, save what can be read with 'sqlite3 FILE \
                 .recover', or move it away (with its -wal and -shm) to begin anew"
            }
            Self::Foreign => "it belongs to another program; use another --data-dir",
            Self::Newer { by: None } => {
                "a newer version of imo2sproxy wrote it; use that one, or another --data-dir"
            }
            Self::Newer { by: Some(by) } => {
                return Cow::Owned(format!(
                    "imo2sproxy {by}, which is newer, wrote it; use that one, or another --data-dir"
                ));
            }
        })
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.explain())
    }
}

impl Error for OpenError {}

/// True if the file at `path` is small enough to be looked through.
pub(super) fn is_small(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| about.len() <= LOOK_BYTES_MAX)
}

/// Makes sure that the file is ours before anything is written, and whole if it is to be looked through; a new one is made
/// ours, an older one is brought to this version. All of that is one transaction. Gives what was changed lately.
///
/// # Errors
/// If it is not ours or cannot be used; then it is as it was.
pub(super) fn check(connection: &mut Connection, look: bool) -> Result<Recent, OpenError> {
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
        (APPLICATION_ID, version) if version > VERSION => {
            return Err(OpenError::Newer {
                by: writer(&transaction),
            });
        }
        (APPLICATION_ID, 1..=VERSION) => {
            if look {
                look_through(&transaction)?;
            }
            migrate(&transaction, version)?;
        }
        (APPLICATION_ID, _) => return Err(OpenError::Damaged),
        (0, 0) if tables == 0 => {
            let make = format!("{FIRST} PRAGMA application_id = {APPLICATION_ID};");
            transaction.execute_batch(&make).map_err(open_error)?;
            migrate(&transaction, 1)?;
        }
        _ => return Err(OpenError::Foreign),
    }
    let recent = Recent::open(&transaction).map_err(open_error)?;
    sign(&transaction)?;
    transaction.commit().map_err(open_error)?;
    Ok(recent)
}

/// Brings a file of `version` to the present one.
fn migrate(transaction: &Transaction<'_>, version: i32) -> Result<(), OpenError> {
    let done = usize::try_from(version - 1).expect("versions begin at 1, as the caller has seen");
    if done == STEPS.len() {
        return Ok(());
    }
    for step in &STEPS[done..] {
        transaction.execute_batch(step).map_err(open_error)?;
    }
    let number = format!("PRAGMA user_version = {VERSION}");
    transaction.execute_batch(&number).map_err(open_error)
}

/// Which version of the program has written the file last.
fn writer(transaction: &Transaction<'_>) -> Option<String> {
    let sql = "SELECT value FROM about WHERE name = 'written by'";
    let known: Option<String> = transaction
        .query_row(sql, [], |row| row.get(0))
        .optional()
        .ok()?;
    known.filter(|by| by.len() <= 32)
}

/// Writes down that this program writes the file, unless it says so.
fn sign(transaction: &Transaction<'_>) -> Result<(), OpenError> {
    let own = env!("CARGO_PKG_VERSION");
    if writer(transaction).as_deref() == Some(own) {
        return Ok(());
    }
    let sql = "INSERT OR REPLACE INTO about VALUES ('written by', ?1)";
    transaction
        .execute(sql, [own])
        .map(drop)
        .map_err(open_error)
}

/// Looks for damage; stops at the first.
fn look_through(transaction: &Transaction<'_>) -> Result<(), OpenError> {
    let found: String = transaction
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(open_error)?;
    if found == "ok" {
        Ok(())
    } else {
        Err(OpenError::Damaged)
    }
}

/// What stands in the first column is not what we have written.
pub(super) fn damage(error: impl Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, Box::new(error))
}

/// True if the file is not what it should be: to SQLite, or to us who know what we have written.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{FromSqlConversionFailure, InvalidColumnType};
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    ) || matches!(error, FromSqlConversionFailure(..) | InvalidColumnType(..))
}

pub(super) fn open_error(error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => OpenError::Full,
        _ if is_damage(&error) => OpenError::Damaged,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Busy,
        _ => OpenError::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_step_for_each_version_but_the_first() {
        assert_eq!(STEPS.len() + 1, usize::try_from(VERSION).unwrap());
    }
}
