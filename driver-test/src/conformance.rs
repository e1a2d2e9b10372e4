//! What every implementation of [`Store`] has to do, whatever it keeps its records in.
//! Never looks behind the trait.
#![expect(
    clippy::unwrap_used,
    reason = "a panic here is what a failing store gets"
)]

use imo2sproxy_core::store::{Query, Record, Store, StoreOp};

/// Holds an empty store to the whole contract; leaves records behind.
///
/// # Panics
/// If the store breaks it.
pub fn check_store(store: &mut dyn Store) {
    a_put_is_read_back_and_replaced(store);
    a_transaction_is_done_in_order(store);
    all_below_a_prefix_can_be_removed_at_once(store);
    a_range_follows_the_bytes_of_the_keys(store);
    a_range_goes_on_beyond_after_in_both_directions(store);
    a_prefix_holds_every_key_that_begins_with_it(store);
    a_count_tells_how_many_keys_begin_with_a_prefix(store);
}

fn put(store: &mut dyn Store, key: &str, value: &[u8]) {
    let (key, value) = (key.into(), value.into());
    store.apply(&[StoreOp::Put { key, value }]).unwrap();
}

fn get(store: &mut dyn Store, key: &str) -> Option<Vec<u8>> {
    let mut records = Vec::new();
    let key = String::from(key);
    store.query(&Query::Get { key }, &mut records).unwrap();
    assert!(records.len() < 2);
    records.pop().map(|record| record.value)
}

fn range(
    store: &mut dyn Store,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
    newest_first: bool,
) -> Vec<String> {
    let query = Query::Range {
        prefix: prefix.into(),
        after: after.map(String::from),
        limit,
        newest_first,
    };
    // Answers are appended to what is there.
    let mut records = vec![Record {
        key: "earlier".into(),
        value: Vec::new(),
    }];
    store.query(&query, &mut records).unwrap();
    let keys: Vec<_> = records.into_iter().map(|record| record.key).collect();
    assert_eq!(keys[0], "earlier");
    keys[1..].to_vec()
}

fn a_put_is_read_back_and_replaced(store: &mut dyn Store) {
    assert_eq!(get(store, "a"), None);
    put(store, "a", b"one");
    assert_eq!(get(store, "a").unwrap(), b"one");
    put(store, "a", b"");
    assert_eq!(get(store, "a").unwrap(), b"");
    store.apply(&[StoreOp::Remove { key: "a".into() }]).unwrap();
    assert_eq!(get(store, "a"), None);
    store
        .apply(&[StoreOp::Remove { key: "a".into() }])
        .expect("removing what is not there is no error");
    store.apply(&[]).expect("nothing can always be done");
}

fn a_transaction_is_done_in_order(store: &mut dyn Store) {
    let put = |value: &[u8]| StoreOp::Put {
        key: "order".into(),
        value: value.into(),
    };
    let remove = || StoreOp::Remove {
        key: "order".into(),
    };
    store
        .apply(&[put(b"1"), put(b"2"), remove(), put(b"3")])
        .unwrap();
    assert_eq!(get(store, "order").unwrap(), b"3");
    store.apply(&[put(b"4"), remove()]).unwrap();
    assert_eq!(get(store, "order"), None);
}

fn all_below_a_prefix_can_be_removed_at_once(store: &mut dyn Store) {
    let keys = ["p/", "p/1", "p/2", "p/\u{10ffff}"];
    for key in keys.iter().chain(&["p", "p0", "o/9"]) {
        put(store, key, b"");
    }
    let remove = StoreOp::RemoveAll {
        prefix: "p/".into(),
    };
    let again = StoreOp::Put {
        key: "p/3".into(),
        value: Vec::new(),
    };
    store.apply(&[remove, again]).unwrap();
    assert_eq!(range(store, "p", None, 99, false), ["p", "p/3", "p0"]);
    assert!(get(store, "o/9").is_some());
}

fn a_range_follows_the_bytes_of_the_keys(store: &mut dyn Store) {
    let keys = [
        "r/",
        "r/1",
        "r/10",
        "r/2",
        "r/A",
        "r/a",
        "r/\u{e9}",
        "r/\u{10ffff}",
    ];
    for key in keys.iter().rev() {
        put(store, key, key.as_bytes());
    }
    put(store, "q/9", b"");
    put(store, "r0", b"");
    put(store, "r", b"");
    assert_eq!(range(store, "r/", None, 99, false), keys);
    let mut backwards = keys;
    backwards.reverse();
    assert_eq!(range(store, "r/", None, 99, true), backwards);
    assert_eq!(range(store, "r/", None, 2, false), keys[..2]);
    assert_eq!(range(store, "r/", None, 2, true), backwards[..2]);
    assert_eq!(range(store, "r/", None, 0, false), [""; 0]);
    assert_eq!(
        range(store, "r/", None, usize::MAX, false).len(),
        keys.len()
    );
    assert_eq!(range(store, "nothing/", None, 9, false), [""; 0]);
}

fn a_range_goes_on_beyond_after_in_both_directions(store: &mut dyn Store) {
    for key in ["p/1", "p/2", "p/3", "p/4"] {
        put(store, key, b"");
    }
    assert_eq!(range(store, "p/", Some("p/2"), 9, false), ["p/3", "p/4"]);
    assert_eq!(range(store, "p/", Some("p/2"), 9, true), ["p/1"]);
    assert_eq!(range(store, "p/", Some("p/4"), 9, false), [""; 0]);
    assert_eq!(range(store, "p/", Some("p/1"), 9, true), [""; 0]);
    // It need not be there itself, nor lie in the range.
    assert_eq!(range(store, "p/", Some("p/25"), 1, false), ["p/3"]);
    assert_eq!(range(store, "p/", Some("p/25"), 1, true), ["p/2"]);
    assert_eq!(range(store, "p/", Some("a"), 9, false).len(), 4);
    assert_eq!(range(store, "p/", Some("a"), 9, true), [""; 0]);
    assert_eq!(range(store, "p/", Some("z"), 9, false), [""; 0]);
    assert_eq!(range(store, "p/", Some("z"), 9, true).len(), 4);
}

fn a_prefix_holds_every_key_that_begins_with_it(store: &mut dyn Store) {
    // The last character of UTF-8 ends in bytes that a careless successor would run over.
    let keys = [
        "x\u{7f}",
        "x\u{7f}b",
        "x\u{80}",
        "x\u{10ffff}",
        "x\u{10ffff}\u{10ffff}",
    ];
    for key in keys {
        put(store, key, b"");
    }
    assert_eq!(range(store, "x\u{7f}", None, 9, false), keys[..2]);
    assert_eq!(range(store, "x\u{10ffff}", None, 9, false), keys[3..]);
    let all = range(store, "", None, usize::MAX, false);
    assert!(keys.iter().all(|key| all.iter().any(|found| found == key)));
    let mut backwards = range(store, "", None, usize::MAX, true);
    backwards.reverse();
    assert_eq!(all, backwards);
}

fn a_count_tells_how_many_keys_begin_with_a_prefix(store: &mut dyn Store) {
    for key in ["count/1", "count/2", "count", "counter"] {
        put(store, key, b"x");
    }
    let mut records = Vec::new();
    let prefix = String::from("count/");
    store.query(&Query::Count { prefix }, &mut records).unwrap();
    assert_eq!(
        records,
        [Record {
            key: "count/".into(),
            value: b"2".into()
        }]
    );
}

#[cfg(test)]
mod tests {
    use imo2sproxy_core::store::MemoryStore;

    #[test]
    fn the_map_in_memory_keeps_the_whole_contract_of_a_store() {
        super::check_store(&mut MemoryStore::new());
    }
}
