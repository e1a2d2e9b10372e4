//! Tests of numbers, statuses, and of what leaves when too many are kept.

use super::*;

/// No messages of alice's, whose numbers below `reserved` may have been given, and of which `kept` are kept.
fn messages(reserved: u32, kept: usize) -> Messages {
    let limits = Limits {
        messages_kept: kept,
        ..Limits::default()
    };
    Messages::new(Keys::new("alice"), reserved, &limits)
}

fn record(own: bool) -> MessageRecord {
    MessageRecord {
        partner: "bob".into(),
        own,
        body: "hi".into(),
        timestamp: 1,
        ..MessageRecord::default()
    }
}

#[test]
fn a_number_is_reserved_before_it_is_given() {
    let mut messages = messages(500, 2000);
    assert_eq!(messages.reserve(), Some(1500));
    assert_eq!(messages.reserve(), None);
    for _ in 0..500 {
        messages.number();
    }
    assert_eq!(messages.reserve(), Some(2000));
    assert!(messages.number() < messages.reserved());
}

#[test]
fn a_status_follows_from_what_happened() {
    let mut journal = Journal::new();
    let mut messages = messages(1, 2000);
    let own = messages.add_own(record(true), &mut journal);
    let came = messages.add_received(record(false), &mut journal);
    let status = |messages: &Messages, n| messages.status(n, messages.get(n).unwrap());
    assert_eq!(status(&messages, own), MessageStatus::Sending);
    assert_eq!(status(&messages, came), MessageStatus::Received);
    messages.settle(own, false, &mut journal);
    assert_eq!(status(&messages, own), MessageStatus::Sending, "not told");
    messages.told(own);
    assert!(messages.seen(came, &mut journal));
    assert!(!messages.seen(came, &mut journal), "read before");
    assert_eq!(status(&messages, own), MessageStatus::Sent);
    assert_eq!(status(&messages, came), MessageStatus::Read);
    let refused = messages.add_own(record(true), &mut journal);
    messages.settle(refused, true, &mut journal);
    messages.told(refused);
    assert_eq!(status(&messages, refused), MessageStatus::Failed);
}

fn stored(numbers: core::ops::RangeInclusive<u32>) -> alloc::vec::Vec<Record> {
    let record = |number| Record {
        key: Keys::new("alice").message(number).into(),
        value: Default::default(),
    };
    numbers.map(record).collect()
}

#[test]
fn at_most_two_thousand_are_kept_and_none_leaves_that_no_client_was_told_of() {
    let mut journal = Journal::new();
    let mut messages = messages(1, Limits::default().messages_kept);
    for _ in 0..2000 {
        messages.add_received(record(false), &mut journal);
    }
    messages.prune(&stored(1..=128), 128, &mut journal);
    assert_eq!(messages.kept, 2000, "as many as may be kept");
    for _ in 0..64 {
        messages.add_received(record(false), &mut journal);
    }
    let oldest = u32::try_from(messages.surplus()).unwrap();
    messages.prune(&stored(1..=oldest), 0, &mut journal);
    assert_eq!(messages.kept, 2064, "nobody was told of any");
    messages.prune(&stored(1..=oldest), oldest, &mut journal);
    assert_eq!(messages.kept, 2000);
    assert!(!messages.unread.contains(64) && messages.unread.contains(65));
}

#[test]
fn what_was_read_leaves_before_what_was_only_announced() {
    let mut journal = Journal::new();
    let mut messages = messages(1, 2);
    for _ in 0..5 {
        messages.add_received(record(false), &mut journal);
    }
    messages.seen(3, &mut journal);
    messages.prune(&stored(1..=3), 1, &mut journal);
    let left: alloc::vec::Vec<u32> = messages.cached.keys().copied().collect();
    assert_eq!(
        left,
        [2, 4, 5],
        "3 was read, 1 was announced, 2 was neither"
    );
}
