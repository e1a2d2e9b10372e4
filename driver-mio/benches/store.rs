//! What the store costs: a message read, and changes made durable, few and many in one transaction.
//! Never measures the thread that it runs on in the program, nor how fast a disk is elsewhere: syncing is this disk's.

use std::cell::RefCell;
use std::time::Duration;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use imo2sproxy::store::SqliteStore;
use imo2sproxy_core::store::{MemoryStore, Query, Record, Store, StoreOp};
use tempfile::TempDir;

/// How many messages there are.
const MESSAGES: u64 = 10_000;
fn main() {
    let divan = divan::Divan::default().max_time(Duration::from_secs(2));
    divan.config_with_args().main();
}

fn key(number: u64) -> String {
    format!("proxy/alice/message/{:010}", number % MESSAGES)
}

/// About what an account keeps of a message. No two are the same: what stands there already is not written again.
fn value(number: u64) -> Vec<u8> {
    let value = format!(
        r#"{{"chat":"bob","from":"bob","name":"Bob","at":{:010},"body":"Shall we meet at eight, in the usual place?"}}"#,
        1_400_000_000 + number
    );
    value.into_bytes()
}

fn put(number: u64) -> StoreOp {
    StoreOp::Put {
        key: key(number).into(),
        value: value(number),
    }
}

/// A store with all messages, in a folder that goes with it.
fn filled() -> (TempDir, SqliteStore) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let mut store = SqliteStore::open(&folder.path().join("store")).expect("a store");
    let changes: Vec<StoreOp> = (0..MESSAGES).map(put).collect();
    store.apply(&changes).expect("room for them");
    (folder, store)
}

#[divan::bench]
fn read_message(bencher: Bencher<'_, '_>) {
    let (_folder, mut store) = filled();
    let mut number = 0;
    let mut read = || -> Vec<Record> {
        // Not the neighbour of the one before.
        number = (number + 4_999) % MESSAGES;
        let mut records = Vec::new();
        let query = Query::Get { key: key(number) };
        store
            .query(black_box(&query), &mut records)
            .expect("it can be read");
        records
    };
    assert_eq!(read()[0].value, value(4_999));
    bencher.bench_local(read);
}

/// The latest messages, as many as an account keeps in memory.
#[divan::bench]
fn read_latest_messages(bencher: Bencher<'_, '_>) {
    const COUNT: usize = 32;
    let (_folder, mut store) = filled();
    let query = Query::Range {
        prefix: "proxy/alice/message/".into(),
        after: None,
        limit: COUNT,
        newest_first: true,
    };
    let mut read = || {
        let mut records = Vec::new();
        store
            .query(black_box(&query), &mut records)
            .expect("they can be read");
        records
    };
    assert_eq!(read().len(), COUNT);
    bencher.counter(ItemsCount::new(COUNT)).bench_local(read);
}

/// A group commit of so many messages.
#[divan::bench(args = [1, 10, 100], sample_size = 1, sample_count = 300)]
fn write_messages(bencher: Bencher<'_, '_>, count: u64) {
    let (_folder, store) = filled();
    write(bencher, (store, MESSAGES), count, |number| {
        vec![put(number)]
    });
}

/// What a text changes that goes from one account to its neighbour, at both machines: as much as lies far from each other.
fn text(number: u64) -> Vec<StoreOp> {
    const ACCOUNTS: u64 = 256;
    let (from, to) = (number % ACCOUNTS, (number + 1) % ACCOUNTS);
    let count = number / ACCOUNTS;
    let id = 10_000_000 + 2 * count;
    let identity = format!(r#"{{"n":{count},"hash":{}}}"#, u64::MAX - number);
    let text = format!(
        r#"{{"partner":"u{to}","own":true,"body":"text {number:08} of thirty bytes.","timestamp":1796059135}}"#
    );
    let state = format!(
        r#"{{"reserved":10001001,"announced":{id},"left":0,"mood":"","full_name":"","blocked":[],"profile":{{}}}}"#
    );
    let put = |key: String, value: &str| StoreOp::Put {
        key: key.into(),
        value: value.into(),
    };
    let remove = |key: String| StoreOp::Remove { key: key.into() };
    let slot = count % 64;
    vec![
        put(format!("p/u{from}/m/{id:010}"), &text),
        put(format!("p/u{from}/o/{id:010}"), "null"),
        put(format!("s/m/u{to}/{count:016}"), &text),
        put(format!("s/d/u{from}/{slot:04}"), &identity),
        put(format!("p/u{to}/m/{:010}", id + 1), &text),
        put(format!("p/u{to}/u/{:010}", id + 1), "null"),
        put(format!("p/u{to}/d/{slot:04}"), &identity),
        put(format!("p/u{to}/s"), &state),
        remove(format!("s/m/u{to}/{count:016}")),
        remove(format!("p/u{from}/o/{id:010}")),
    ]
}

/// A group commit of so many texts between accounts.
#[divan::bench(args = [1, 6, 50], sample_size = 1, sample_count = 2000)]
fn write_texts(bencher: Bencher<'_, '_>, count: u64) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let store = SqliteStore::open(&folder.path().join("store")).expect("a store");
    write(bencher, (store, 0), count, text);
}

/// The same in the map that keeps records where nothing is to be kept.
#[divan::bench(args = [1, 10, 100], sample_size = 1, sample_count = 300)]
fn write_messages_in_memory(bencher: Bencher<'_, '_>, count: u64) {
    let mut store = MemoryStore::new();
    let all: Vec<StoreOp> = (0..MESSAGES).map(put).collect();
    store.apply(&all).expect("memory");
    write(bencher, (store, MESSAGES), count, |number| {
        vec![put(number)]
    });
}

/// Writes what `count` numbers stand for at a time, from the one beside the store on.
fn write(
    bencher: Bencher<'_, '_>,
    begin: (impl Store, u64),
    count: u64,
    changes: fn(u64) -> Vec<StoreOp>,
) {
    let store = RefCell::new(begin);
    bencher
        .counter(ItemsCount::new(count))
        .with_inputs(|| -> Vec<StoreOp> {
            let (_, number) = &mut *store.borrow_mut();
            *number += count;
            (*number - count..*number).flat_map(changes).collect()
        })
        .bench_local_refs(|changes| {
            let (store, _) = &mut *store.borrow_mut();
            store.apply(changes).expect("room for them");
        });
}
