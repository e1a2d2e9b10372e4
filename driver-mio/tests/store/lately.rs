//! What was changed lately: whether a record stands in the log or in its place, who asks gets the same.
//! Never looks at where that is.

use imo2sproxy::store::SqliteStore;
use imo2sproxy_core::store::{MemoryStore, Query, Record, Store, StoreOp};
use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::Connection;

use super::{as_left, number};

/// One thing that happens to a store.
#[derive(Clone, Debug)]
enum Event {
    Apply(Vec<StoreOp>),
    Ask(Query),
    /// Some of this fails in the file, or all.
    Fail(&'static str, Vec<StoreOp>),
    /// The process ends in good order; another one opens the file.
    Close,
    /// The process is killed; another one opens the file.
    Kill,
}

fn key() -> impl Strategy<Value = String> {
    // Few, and some that begin as others do.
    ("[abc]", 0_u8..12).prop_map(|(kind, number)| format!("{kind}/{number}"))
}

fn prefix() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[abcd]/", "[abc]/1"]
}

fn change() -> impl Strategy<Value = StoreOp> {
    // Large enough that the log is full again and again.
    let value = (0_usize..60_000, any::<u8>()).prop_map(|(length, byte)| vec![byte; length]);
    prop_oneof![
        20 => (key(), value).prop_map(|(key, value)| StoreOp::Put { key: key.into(), value }),
        10 => key().prop_map(|key| StoreOp::Remove { key: key.into() }),
        1 => "[abc]/1?".prop_map(|prefix| StoreOp::RemoveAll { prefix }),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    let range = (
        prefix(),
        prop::option::of(key()),
        0_usize..20,
        any::<bool>(),
    );
    prop_oneof![
        key().prop_map(|key| Query::Get { key }),
        prefix().prop_map(|prefix| Query::Count { prefix }),
        range.prop_map(|(prefix, after, limit, newest_first)| Query::Range {
            prefix,
            after,
            limit,
            newest_first
        }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        40 => vec(change(), 1..8).prop_map(Event::Apply),
        40 => query().prop_map(Event::Ask),
        4 => (failure(), vec(change(), 1..8)).prop_map(|(at, changes)| Event::Fail(at, changes)),
        1 => Just(Event::Close),
        2 => Just(Event::Kill),
    ]
}

/// What a failing write is made to fail at.
fn failure() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("BEFORE INSERT ON recent BEGIN SELECT RAISE(ABORT, 'a test')"),
        Just("BEFORE INSERT ON record BEGIN SELECT RAISE(ROLLBACK, 'a test')"),
        Just("BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'a test')"),
        Just("AFTER DELETE ON recent BEGIN SELECT RAISE(ABORT, 'a test')"),
    ]
}

fn ask(store: &mut dyn Store, query: &Query) -> Vec<Record> {
    let mut records = Vec::new();
    store.query(query, &mut records).unwrap();
    records
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_store_in_a_file_answers_as_one_in_memory_does_whenever_it_is_closed_or_killed(
        events in vec(event(), 1..250)
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut path = folder.path().join("0.db");
        let mut store = SqliteStore::open(&path).unwrap();
        let mut expected = MemoryStore::new();
        for (at, event) in events.iter().enumerate() {
            match event {
                Event::Apply(changes) => {
                    store.apply(changes).unwrap();
                    expected.apply(changes).unwrap();
                }
                Event::Fail(at, changes) => {
                    let hand = Connection::open(&path).unwrap();
                    hand.execute_batch(&format!("CREATE TRIGGER fault {at}; END")).unwrap();
                    let result = store.apply(changes);
                    hand.execute_batch("DROP TRIGGER fault").unwrap();
                    if result.is_ok() {
                        expected.apply(changes).unwrap();
                    }
                }
                Event::Ask(query) => {
                    prop_assert_eq!(ask(&mut store, query), ask(&mut expected, query), "{:?}", query);
                }
                Event::Close => {
                    drop(store);
                    store = SqliteStore::open(&path).unwrap();
                }
                Event::Kill => {
                    path = as_left(&path, folder.path().join(format!("{}.db", at + 1)));
                    store = SqliteStore::open(&path).unwrap();
                }
            }
        }
        let all = Query::all(String::new(), usize::MAX);
        prop_assert_eq!(ask(&mut store, &all), ask(&mut expected, &all));
    }
}

#[test]
fn the_log_stays_small_while_a_store_is_open_whatever_changes() {
    const MIB: i64 = 1024 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut store = SqliteStore::open(&path).unwrap();
    let put = |number: usize, length: usize| StoreOp::Put {
        key: format!("key/{:02}/{number:05}", number % 100).into(),
        value: vec![b'x'; length],
    };
    let mut write = |changes: &[StoreOp]| {
        store.apply(changes).unwrap();
        let logged = number(&path, "SELECT ifnull(sum(length(changes)), 0) FROM recent");
        assert!(logged < 4 * MIB);
    };
    let small: Vec<_> = (0..40_000).map(|number| put(number, 100)).collect();
    for some in small.chunks(1000) {
        write(some);
    }
    for number in 0..200 {
        write(&[put(number, 60_000)]);
    }
    // One change each, and many records.
    for group in 0..100 {
        let prefix = format!("key/{group:02}/");
        write(&[StoreOp::RemoveAll { prefix }]);
    }
}
