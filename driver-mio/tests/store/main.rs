//! The SQLite store: the common contract, and what is a file's own.
//! Never runs an event loop: `tests/engine` does.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may unwrap like the tests themselves"
)]

use imo2sproxy_sim::conformance;

use std::fs;
use std::path::Path;

use imo2sproxy::store::{OpenError, SqliteStore};
use imo2sproxy_core::store::{Query, Store, StoreOp};
use rusqlite::Connection;

fn put(key: &str) -> StoreOp {
    StoreOp::Put {
        key: key.into(),
        value: b"{}".into(),
    }
}

fn count(store: &mut SqliteStore) -> usize {
    let mut records = Vec::new();
    let all = Query::Range {
        prefix: String::new(),
        after: None,
        limit: 99,
        newest_first: false,
    };
    store.query(&all, &mut records).unwrap();
    records.len()
}

/// The error of opening `path`; the file must be as it was.
fn refusal(path: &Path) -> OpenError {
    let before = fs::read(path).unwrap();
    let error = SqliteStore::open(path).unwrap_err();
    assert_eq!(fs::read(path).unwrap(), before);
    error
}

#[test]
fn a_store_in_memory_keeps_the_contract() {
    conformance::check_store(&mut SqliteStore::in_memory().unwrap());
}

#[test]
fn a_store_in_a_file_keeps_the_contract_and_its_records() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut store = SqliteStore::open(&path).unwrap();
    conformance::check_store(&mut store);
    let before = count(&mut store);
    assert!(before > 10);
    drop(store);
    assert_eq!(count(&mut SqliteStore::open(&path).unwrap()), before);
}

#[test]
fn what_apply_has_done_is_there_even_if_the_store_is_never_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut store = SqliteStore::open(&path).unwrap();
    store.apply(&[put("a"), put("b")]).unwrap();
    // As after kill -9: the write-ahead log is not merged, no lock is left behind.
    let copy = folder.path().join("copy");
    fs::copy(&path, &copy).unwrap();
    fs::copy(
        folder.path().join("store-wal"),
        folder.path().join("copy-wal"),
    )
    .unwrap();
    assert_eq!(count(&mut SqliteStore::open(&copy).unwrap()), 2);
}

#[test]
fn files_that_are_no_store_of_ours_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);

    fs::write(
        path("text"),
        "these are not the records you are looking for\n".repeat(99),
    )
    .unwrap();
    assert_eq!(refusal(&path("text")), OpenError::Damaged);

    let foreign = Connection::open(path("foreign")).unwrap();
    foreign.execute_batch("CREATE TABLE t(x)").unwrap();
    drop(foreign);
    assert_eq!(refusal(&path("foreign")), OpenError::Foreign);

    let marked = Connection::open(path("marked")).unwrap();
    marked.execute_batch("PRAGMA application_id = 7").unwrap();
    drop(marked);
    assert_eq!(refusal(&path("marked")), OpenError::Foreign);

    drop(SqliteStore::open(&path("newer")).unwrap());
    let newer = Connection::open(path("newer")).unwrap();
    newer.execute_batch("PRAGMA user_version = 2").unwrap();
    drop(newer);
    assert_eq!(refusal(&path("newer")), OpenError::Newer { version: 2 });

    let nowhere = path("none").join("store");
    assert_eq!(
        SqliteStore::open(&nowhere).unwrap_err(),
        OpenError::Unreadable
    );
}

#[test]
fn a_store_cut_in_half_is_refused_or_reports_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut store = SqliteStore::open(&path).unwrap();
    let many: Vec<_> = (0..2000).map(|n| put(&format!("key/{n:05}"))).collect();
    store.apply(&many).unwrap();
    drop(store);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    match SqliteStore::open(&path) {
        Err(error) => assert_eq!(error, OpenError::Damaged),
        Ok(mut store) => {
            let mut records = Vec::new();
            let all = Query::Range {
                prefix: "key/".into(),
                after: None,
                limit: usize::MAX,
                newest_first: false,
            };
            let result = store.query(&all, &mut records);
            assert_eq!(result, Err(imo2sproxy_core::store::StoreError::Damaged));
        }
    }
}
