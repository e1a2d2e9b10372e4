//! The SQLite store: the common contract, and what is a file's own.
//! Never runs an event loop: `tests/engine` does.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may unwrap like the tests themselves"
)]

mod lately;

use imo2sproxy_sim::conformance;

use std::fs;
use std::path::{Path, PathBuf};

use imo2sproxy::store::{OpenError, SqliteStore};
use imo2sproxy_core::store::{Query, Store, StoreError, StoreOp};
use rusqlite::Connection;

fn put(key: &str) -> StoreOp {
    StoreOp::Put {
        key: key.into(),
        value: b"{}".into(),
    }
}

fn count(store: &mut SqliteStore) -> usize {
    let mut records = Vec::new();
    let all = Query::all(String::new(), 99);
    store.query(&all, &mut records).unwrap();
    records.len()
}

/// What `sql` gives, asked by hand.
fn number(path: &Path, sql: &str) -> i64 {
    let file = Connection::open(path).unwrap();
    file.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// The files as the death of a process leaves them, under another name.
fn as_left(path: &Path, to: PathBuf) -> PathBuf {
    let log = |path: &Path| {
        let mut name = path.to_owned().into_os_string();
        name.push("-wal");
        PathBuf::from(name)
    };
    fs::copy(path, &to).unwrap();
    // There is none before the first change.
    if log(path).exists() {
        fs::copy(log(path), log(&to)).unwrap();
    }
    to
}

/// The error of opening `path`; the file must be as it was.
fn refusal(path: &Path) -> OpenError {
    let before = fs::read(path).unwrap();
    let error = SqliteStore::open(path).unwrap_err();
    assert_eq!(fs::read(path).unwrap(), before);
    error
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
    let copy = as_left(&path, folder.path().join("copy"));
    assert_eq!(count(&mut SqliteStore::open(&copy).unwrap()), 2);
}

#[test]
fn after_an_end_in_good_order_every_record_stands_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut store = SqliteStore::open(&path).unwrap();
    store.apply(&[put("a"), put("b")]).unwrap();
    store.apply(&[put("c")]).unwrap();
    drop(store);
    let count = |table: &str| number(&path, &format!("SELECT count(*) FROM {table}"));
    assert_eq!([count("recent"), count("record")], [0, 3]);
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

    let nowhere = path("none").join("store");
    assert_eq!(
        SqliteStore::open(&nowhere).unwrap_err(),
        OpenError::Unreadable
    );
}

/// A store of another version, made by hand.
fn by_hand(path: &Path, sql: &str) {
    let store = Connection::open(path).unwrap();
    store.execute_batch(sql).unwrap();
}

/// As the first version of the layout was.
const FIRST: &str = "CREATE TABLE record(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    INSERT INTO record VALUES (CAST('a' AS BLOB), CAST('{}' AS BLOB));
    PRAGMA application_id = 1768779570;
    PRAGMA user_version = 1;";

/// What made the second version.
const SECOND: &str = "CREATE TABLE about(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    PRAGMA user_version = 2;";

#[test]
fn a_store_of_an_older_version_is_brought_to_this_one_with_its_records() {
    for version in [FIRST.to_owned(), format!("{FIRST} {SECOND}")] {
        is_brought_to_this_version(&version);
    }
}

fn is_brought_to_this_version(before: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    by_hand(&path, before);
    for _ in 0..2 {
        let mut store = SqliteStore::open(&path).unwrap();
        assert_eq!(count(&mut store), 1);
    }
    assert_eq!(number(&path, "PRAGMA user_version"), 3);
}

#[test]
fn a_store_that_cannot_be_brought_to_this_version_is_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    // Something stands in the way of the new table.
    by_hand(&path, &format!("{FIRST} CREATE TABLE about(x);"));
    SqliteStore::open(&path).unwrap_err();
    assert_eq!(number(&path, "PRAGMA user_version"), 1);
}

#[test]
fn a_store_of_a_newer_version_is_refused_by_the_name_of_its_writer() {
    let folder = tempfile::tempdir().unwrap();
    let named = folder.path().join("named");
    drop(SqliteStore::open(&named).unwrap());
    by_hand(
        &named,
        "PRAGMA user_version = 4; UPDATE about SET value = '9.1.0'",
    );
    let error = refusal(&named);
    assert_eq!(
        error,
        OpenError::Newer {
            by: Some("9.1.0".into())
        }
    );
    assert!(error.to_string().contains("imo2sproxy 9.1.0"));
    let nameless = folder.path().join("nameless");
    by_hand(
        &nameless,
        &FIRST.replace("user_version = 1", "user_version = 7"),
    );
    assert_eq!(refusal(&nameless), OpenError::Newer { by: None });
}

/// A store with so many records that it has many pages.
fn large(path: &Path) {
    let mut store = SqliteStore::open(path).unwrap();
    let many: Vec<_> = (0..2000).map(|n| put(&format!("key/{n:05}"))).collect();
    store.apply(&many).unwrap();
}

#[test]
fn a_damaged_store_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    large(&path);
    let whole = fs::read(&path).unwrap();
    let damaged = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole.clone();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
        assert_eq!(refusal(&path), OpenError::Damaged);
    };
    damaged(&|bytes| bytes.truncate(bytes.len() / 2));
    damaged(&|bytes| bytes[..100].fill(0x5a));
    damaged(&|bytes| {
        // The records' places are in the second half: the log that they were in before is free.
        let inside = bytes.len() * 3 / 4 / 4096 * 4096;
        bytes[inside..inside + 4096].fill(0x5a);
    });
    fs::write(&path, whole).unwrap();
    assert_eq!(count(&mut SqliteStore::open(&path).unwrap()), 99);
}

#[test]
fn a_log_or_a_key_that_is_not_what_it_should_be_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (name, changes) in [("cut", "x'313a61'"), ("text", "'1:a,~'")] {
        drop(SqliteStore::open(&path(name)).unwrap());
        by_hand(
            &path(name),
            &format!("INSERT INTO recent VALUES (1, {changes}); UPDATE about SET value = '0.0.1'"),
        );
        assert_eq!(refusal(&path(name)), OpenError::Damaged, "{name}");
    }
    drop(SqliteStore::open(&path("key")).unwrap());
    by_hand(
        &path("key"),
        "INSERT INTO record VALUES (x'61ff', CAST('{}' AS BLOB))",
    );
    let mut store = SqliteStore::open(&path("key")).unwrap();
    let all = Query::all("a".into(), 9);
    assert_eq!(store.query(&all, &mut Vec::new()), Err(StoreError::Damaged));
}

#[test]
fn damage_that_comes_while_the_store_is_open_is_reported() {
    use std::os::unix::fs::FileExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut store = SqliteStore::open(&path).unwrap();
    // Far more than is kept in memory.
    let many: Vec<_> = (0..4000)
        .map(|n| StoreOp::Put {
            key: format!("key/{n:05}").into(),
            value: vec![b'x'; 3000],
        })
        .collect();
    store.apply(&many).unwrap();
    drop(store);
    let mut store = SqliteStore::open(&path).unwrap();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    let half = file.metadata().unwrap().len() / 2;
    let rubbish = vec![0x5a; usize::try_from(half).unwrap()];
    file.write_all_at(&rubbish, half).unwrap();
    let mut records = Vec::new();
    let all = Query::all("key/".into(), usize::MAX);
    let result = store.query(&all, &mut records);
    assert_eq!(result, Err(StoreError::Damaged));
    assert!(StoreError::Damaged.explain().contains("backup"));
}

#[test]
fn the_write_ahead_log_stays_small_and_is_gone_after_a_clean_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let log = folder.path().join("store-wal");
    let mut store = SqliteStore::open(&path).unwrap();
    // Twice what the log may grow to.
    for number in 0..800 {
        let key = format!("{number:04}");
        let value = vec![b'x'; 40_000];
        store
            .apply(&[StoreOp::Put {
                key: key.into(),
                value,
            }])
            .unwrap();
    }
    let length = fs::metadata(&log).unwrap().len();
    assert!(length < 18 * 1024 * 1024, "{length} bytes");
    drop(store);
    assert!(fs::metadata(&log).is_err());
}
