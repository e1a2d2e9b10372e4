//! The numbers of messages: what each end makes of them, against a model that remembers everything.
//! Never looks into a message.

use std::collections::{BTreeSet, VecDeque};

use imo2sproxy_core::imo::arrivals::Arrivals;
use imo2sproxy_core::imo::dialect::{Dialect, V0, V1};
use imo2sproxy_core::imo::envelope::{Inbox, Outbox};

/// How far back a missing number may lie and still be taken.
const MISSING_MAX: u64 = 64;
/// Of how many messages the content is remembered.
const LATEST_MAX: usize = 512;
/// The numbers that a session begins with are below this.
const FIRST_MAX: u64 = 4;

/// Gives the numbers and contents of `messages` to both ends, and `ack` and the numbers as acknowledgements.
///
/// # Panics
/// If an end takes a message twice, or out of order where there is one, or does not take a new one; if an
/// acknowledgement goes back, or beyond what was taken or sent.
pub(super) fn check(ack: u64, messages: &[(u64, &str)]) {
    check_inbox(messages);
    check_outbox(ack, messages);
    for dialect in [&V0, &V1] {
        check_arrivals(ack % FIRST_MAX, dialect, messages);
    }
}

/// A client takes the service's messages strictly in order.
fn check_inbox(messages: &[(u64, &str)]) {
    let mut inbox = Inbox::default();
    let mut expected = 0;
    for (seq, _) in messages {
        assert_eq!(inbox.take(*seq), *seq == expected, "{seq}");
        expected += u64::from(*seq == expected);
        assert_eq!(inbox.taken(), expected);
        let before = inbox.ack();
        inbox.confirm(*seq);
        assert!(
            (before..=expected).contains(&inbox.ack()),
            "{}",
            inbox.ack()
        );
        assert!(inbox.ack() >= (*seq).min(expected));
    }
}

/// What is put into an outbox comes out in order, each once, and only what was sent.
fn check_outbox(ack: u64, messages: &[(u64, &str)]) {
    let mut outbox = Outbox::default();
    let mut kept: VecDeque<usize> = VecDeque::new();
    let mut sent = 0;
    for (message, (number, _)) in messages.iter().enumerate() {
        let first = outbox.next();
        assert_eq!(outbox.push(message), first);
        kept.push_back(message);
        if number % 2 == 0 {
            let count = usize::try_from(number / 2).unwrap_or(usize::MAX);
            outbox.mark_sent(count);
            sent = sent.max(count.min(kept.len()));
        }
        if number % 7 == 0 {
            let all: Vec<usize> = outbox.restart().collect();
            assert!(kept.iter().eq(&all), "a restart loses something");
            for message in all {
                outbox.push(message);
            }
            sent = 0;
        }
        if number % 11 == 0 {
            // Sessions that go on begin below 2^53.
            outbox.resume_at(number >> 11);
            sent = 0;
        }
        for ack in [ack, *number] {
            let oldest = outbox.first().unwrap_or_else(|| outbox.next());
            let mut taken = 0;
            outbox.acknowledge(ack, |seq, message| {
                assert_eq!(Some(message), kept.pop_front(), "out of order");
                assert!(seq < ack, "not acknowledged");
                taken += 1;
            });
            let covered = usize::try_from(ack.saturating_sub(oldest)).unwrap_or(usize::MAX);
            assert_eq!(taken, covered.min(sent), "of {sent} that were sent");
            sent -= taken;
        }
        assert!(outbox.iter().map(|(_, message)| message).eq(&kept));
        assert_eq!(outbox.len(), kept.len());
    }
}

/// The service takes a client's messages in whatever order they come.
fn check_arrivals(first: u64, dialect: &Dialect, messages: &[(u64, &str)]) {
    let mut arrivals = Arrivals::starting_at(first, dialect);
    let mut taken: BTreeSet<u64> = BTreeSet::new();
    let mut contents: BTreeSet<(u64, &str)> = BTreeSet::new();
    // The greatest number has none behind it.
    let messages = messages.iter().filter(|(seq, _)| *seq < u64::MAX);
    for (seq, content) in messages.take(LATEST_MAX) {
        let before = arrivals.ack();
        let is_new = arrivals.is_new(*seq, content);
        if !dialect.one_count {
            let known = contents.contains(&(*seq, *content));
            assert_eq!(is_new, !known, "{seq} {content}");
        } else if taken.contains(seq) || *seq < first {
            assert!(!is_new, "{seq} is taken twice");
        } else if *seq >= before {
            assert!(is_new, "{seq} is not taken");
        } else if before - seq <= MISSING_MAX {
            assert!(is_new, "{seq} was missing and is not taken");
        }
        if is_new {
            arrivals.take(*seq, content);
            taken.insert(*seq);
            contents.insert((*seq, *content));
            assert_eq!(arrivals.ack(), before.max(seq + 1));
        }
        assert!(!arrivals.is_new(*seq, content), "{seq} can be taken again");
        assert!(arrivals.ack() >= before, "an acknowledgement goes back");
    }
}
