//! A client's messages as the service takes them: in whatever order they come, each once.
//! Never waits for a number that is missing.
//!
//! See `core/docs/imo-protocol.md`, "Delivery" and "Dialects".

use alloc::collections::{BTreeSet, VecDeque};

use super::dialect::Dialect;
use crate::rng::fnv1a;

/// How many missing numbers are remembered; older ones count as taken.
const MISSING_MAX: u64 = 64;
/// Of how many messages number and content are remembered where the number alone says too little. A client repeats
/// no more than its last request, which has at most `Limits::request_calls`.
const LATEST_MAX: usize = 512;

/// Which messages of a session have been taken.
///
/// Old clients count a message whose request failed and never send it again, and their two connections can
/// overtake each other; so a missing number is remembered but never waited for.
#[derive(Debug)]
pub struct Arrivals {
    next: u64,
    known: Known,
}

/// By what a repeated message is known.
#[derive(Debug)]
enum Known {
    /// Its number: all below the next one were taken, but for these.
    Number(BTreeSet<u64>),
    /// Its number and its content, of the latest ones: two connections may count each for itself.
    Content(VecDeque<(u64, u64)>),
}

impl Arrivals {
    /// Arrivals of a session in `dialect` whose first message has the number `first`.
    #[must_use]
    pub const fn starting_at(first: u64, dialect: &Dialect) -> Self {
        let known = if dialect.one_count {
            Known::Number(BTreeSet::new())
        } else {
            Known::Content(VecDeque::new())
        };
        Self { next: first, known }
    }

    /// Whether the message numbered `seq` with this content has not been taken.
    #[must_use]
    pub fn is_new(&self, seq: u64, content: &str) -> bool {
        match &self.known {
            Known::Number(missing) => seq >= self.next || missing.contains(&seq),
            Known::Content(latest) => !latest.contains(&(seq, fnv1a(content.as_bytes()))),
        }
    }

    /// The message numbered `seq` is taken, if it is new.
    pub fn take(&mut self, seq: u64, content: &str) {
        match &mut self.known {
            Known::Number(missing) if seq < self.next => {
                missing.remove(&seq);
            }
            Known::Number(missing) => {
                missing.extend(seq.saturating_sub(MISSING_MAX).max(self.next)..seq);
                while missing.len() as u64 > MISSING_MAX {
                    missing.pop_first();
                }
            }
            Known::Content(latest) => {
                if latest.len() == LATEST_MAX {
                    latest.pop_front();
                }
                latest.push_back((seq, fnv1a(content.as_bytes())));
            }
        }
        self.next = self.next.max(seq.saturating_add(1));
    }

    /// The highest number taken, plus one.
    #[must_use]
    pub const fn ack(&self) -> u64 {
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imo::dialect::{V0, V1};

    /// Whether a message was new; then it is taken.
    fn take(arrivals: &mut Arrivals, seq: u64, content: &str) -> bool {
        let is_new = arrivals.is_new(seq, content);
        if is_new {
            arrivals.take(seq, content);
        }
        is_new
    }

    #[test]
    fn each_number_is_taken_once_in_any_order() {
        let mut arrivals = Arrivals::starting_at(0, &V1);
        let mut take = |seq| take(&mut arrivals, seq, "");
        assert!(take(0) && take(3) && take(1));
        assert!(!take(3) && !take(1) && !take(0));
        assert!(take(u64::MAX - 1), "a huge number costs no memory");
        assert!(!take(2), "too long ago to be told from a repeated one");
        assert!(take(u64::MAX - 10));
        assert_eq!(arrivals.ack(), u64::MAX);
    }

    #[test]
    fn where_each_connection_counts_a_number_comes_twice_and_a_message_does_not() {
        let mut arrivals = Arrivals::starting_at(5, &V0);
        let mut take = |seq, content: &str| take(&mut arrivals, seq, content);
        assert!(take(5, "password") && take(0, "activity"));
        assert!(!take(5, "password") && !take(0, "activity"));
        assert!(take(5, "activity"), "of the other connection");
        for number in 0..1000 {
            assert!(take(number, "hello"), "however far the other one is ahead");
            assert!(!take(number, "hello"));
        }
        assert_eq!(arrivals.ack(), 1000);
    }
}
