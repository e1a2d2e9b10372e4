//! Envelopes: the JSON around calls and notices, with the numbers that make each of them arrive once.
//! Never looks into the calls and notices themselves.
//!
//! See `core/docs/imo-protocol.md`, "Requests" and "Responses".

use alloc::borrow::Cow;
use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Who sends or takes a message inside an envelope.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Address<'a> {
    /// `client`, or the part of the service: `im`, `session`, `av`, `alpha`, `preference`, `internal`, `reset`.
    #[serde(borrow)]
    pub system: Cow<'a, str>,
    /// The session, where the system is `client`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub ssid: Option<Cow<'a, str>>,
}

impl<'a> Address<'a> {
    /// A part of the service.
    #[must_use]
    pub const fn system(name: &'a str) -> Self {
        Self {
            system: Cow::Borrowed(name),
            ssid: None,
        }
    }

    /// The client of a session.
    #[must_use]
    pub const fn client(ssid: &'a str) -> Self {
        Self {
            system: Cow::Borrowed("client"),
            ssid: Some(Cow::Borrowed(ssid)),
        }
    }
}

/// One numbered message, in either direction.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Message<'a> {
    /// The call or the notice.
    #[serde(borrow)]
    pub data: &'a RawValue,
    /// Whom it is for.
    pub to: Address<'a>,
    /// Whom it is from.
    pub from: Address<'a>,
    /// Its number: counts the sender's messages from 0 in one session.
    pub seq: u64,
}

/// What a client puts into the `data` field of a request.
#[derive(Debug, Serialize, Deserialize)]
pub struct Envelope<'a> {
    /// The number of the service's messages taken so far.
    pub ack: u64,
    /// The session.
    #[serde(borrow)]
    pub ssid: Cow<'a, str>,
    /// The messages; none makes it a poll.
    #[serde(borrow)]
    pub messages: Vec<Message<'a>>,
}

/// What the service answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer<'a> {
    /// `forward_to_client`, or the name of the request's own method.
    #[serde(borrow)]
    pub method: Cow<'a, str>,
    /// The rest.
    #[serde(borrow)]
    pub data: AnswerData<'a>,
}

/// The inner part of an [`Answer`].
#[derive(Debug, Serialize, Deserialize)]
pub struct AnswerData<'a> {
    /// The number of the client's messages taken so far; zero: the session is lost.
    #[serde(default)]
    pub ack: Option<u64>,
    /// The session.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub ssid: Option<Cow<'a, str>>,
    /// The service's messages.
    #[serde(borrow, default)]
    pub messages: Vec<Message<'a>>,
}

/// Finds the session id in the answer to the first request of a session: the service may nest it at any depth.
#[must_use]
pub fn find_ssid(body: &[u8]) -> Option<String> {
    const KEY: &[u8] = b"ssid\":";
    let at = memchr::memmem::find(body, KEY)?;
    let rest = &body[at + KEY.len()..];
    let rest = rest
        .strip_prefix(b" ")
        .unwrap_or(rest)
        .strip_prefix(b"\"")?;
    let ssid = &rest[..memchr::memchr(b'"', rest)?];
    is_ssid(ssid).then(|| ssid.iter().map(|byte| char::from(*byte)).collect())
}

/// True if the answer to the first request of a session says that the service knows a repeated message by its
/// identity (`core/docs/imo-protocol.md`, "Message identity").
#[must_use]
pub fn says_mid(body: &[u8]) -> bool {
    memchr::memmem::find(body, br#""mid":true"#).is_some()
}

/// True for a session id of the protocol: 1 to 17 letters and digits.
#[must_use]
pub fn is_ssid(text: &[u8]) -> bool {
    (1..=17).contains(&text.len()) && text.iter().all(u8::is_ascii_alphanumeric)
}

/// One end's own messages: numbers them and keeps each until the other end has acknowledged it.
#[derive(Debug)]
pub struct Outbox<T> {
    next: u64,
    /// Those below this number have been sent at least once.
    sent: u64,
    kept: VecDeque<(u64, T)>,
}

impl<T> Default for Outbox<T> {
    fn default() -> Self {
        Self {
            next: 0,
            sent: 0,
            kept: VecDeque::new(),
        }
    }
}

impl<T> Outbox<T> {
    /// Numbers a message and keeps it.
    pub fn push(&mut self, message: T) -> u64 {
        let seq = self.next;
        self.next += 1;
        self.kept.push_back((seq, message));
        seq
    }

    /// The oldest `count` that are kept are being sent: an acknowledgement may cover them from now on.
    pub fn mark_sent(&mut self, count: usize) {
        let oldest = self.first().unwrap_or(self.next);
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.sent = self.sent.max(oldest.saturating_add(count)).min(self.next);
    }

    /// Drops what an acknowledgement covers, handing each to `taken`. An acknowledgement beyond what was
    /// ever sent covers what was sent.
    pub fn acknowledge(&mut self, ack: u64, mut taken: impl FnMut(u64, T)) {
        let ack = ack.min(self.sent);
        while self.kept.front().is_some_and(|(seq, _)| *seq < ack) {
            if let Some((seq, message)) = self.kept.pop_front() {
                taken(seq, message);
            }
        }
    }

    /// The number of the oldest one that is not acknowledged.
    #[must_use]
    pub fn first(&self) -> Option<u64> {
        self.kept.front().map(|(seq, _)| *seq)
    }

    /// What is not acknowledged, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &(u64, T)> {
        self.kept.iter()
    }

    /// What is not acknowledged, oldest first, to be changed in place.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.kept.iter_mut().map(|(_, message)| message)
    }

    /// How many are not acknowledged.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// True if all is acknowledged.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The number that the next message will have.
    #[must_use]
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// Takes out all that is kept, and counts from 0 again: the session is another one.
    pub fn restart(&mut self) -> impl Iterator<Item = T> + use<T> {
        (self.next, self.sent) = (0, 0);
        core::mem::take(&mut self.kept)
            .into_iter()
            .map(|(_, message)| message)
    }

    /// Counts on from `next`, for a session that takes over from one that is forgotten.
    pub fn resume_at(&mut self, next: u64) {
        debug_assert!(self.kept.is_empty(), "only a new outbox takes over");
        (self.next, self.sent) = (next, next);
    }
}

/// The service's messages as a client takes them: strictly in order, each once.
#[derive(Debug, Default)]
pub struct Inbox {
    next: u64,
    confirmed: u64,
}

impl Inbox {
    /// Whether the message numbered `seq` is the next one; then it counts as taken. A repeated one and one
    /// behind a gap are not.
    pub fn take(&mut self, seq: u64) -> bool {
        let is_next = seq == self.next;
        if is_next {
            self.next += 1;
        }
        is_next
    }

    /// The number taken so far, confirmed or not.
    #[must_use]
    pub const fn taken(&self) -> u64 {
        self.next
    }

    /// All messages up to `taken` may be acknowledged now.
    pub fn confirm(&mut self, taken: u64) {
        self.confirmed = self.confirmed.max(taken.min(self.next));
    }

    /// What to tell the service as `ack`.
    #[must_use]
    pub const fn ack(&self) -> u64 {
        self.confirmed
    }
}

/// A client's messages as the service takes them: in whatever order they come, each once.
///
/// Old clients count a message whose request failed and never send it again, and their two connections can
/// overtake each other; so a missing number is remembered but never waited for.
#[derive(Debug, Default)]
pub struct Arrivals {
    next: u64,
    missing: BTreeSet<u64>,
}

/// How many missing numbers are remembered; older ones count as taken.
const MISSING_MAX: u64 = 64;

impl Arrivals {
    /// Arrivals of a session whose first message has the number `first`.
    #[must_use]
    pub const fn starting_at(first: u64) -> Self {
        Self {
            next: first,
            missing: BTreeSet::new(),
        }
    }

    /// Whether the message numbered `seq` has not been taken.
    #[must_use]
    pub fn is_new(&self, seq: u64) -> bool {
        seq >= self.next || self.missing.contains(&seq)
    }

    /// Whether the message numbered `seq` is new; then it counts as taken.
    pub fn take(&mut self, seq: u64) -> bool {
        if seq < self.next {
            return self.missing.remove(&seq);
        }
        self.missing
            .extend(seq.saturating_sub(MISSING_MAX).max(self.next)..seq);
        while self.missing.len() as u64 > MISSING_MAX {
            self.missing.pop_first();
        }
        self.next = seq.saturating_add(1);
        true
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
    use alloc::vec;

    #[test]
    fn the_session_id_is_found_at_any_depth() {
        let found = |body: &str| find_ssid(body.as_bytes());
        assert_eq!(
            found(r#"{"data":{"a":[{"ssid":"Qm3x"}]}}"#).as_deref(),
            Some("Qm3x")
        );
        assert_eq!(found(r#"{"ssid": "Qm3x"}"#).as_deref(), Some("Qm3x"));
        assert_eq!(found(r#"{"ssid":"has blank"}"#), None);
        assert_eq!(found(r#"{"ssid":"123456789012345678"}"#), None);
        assert_eq!(found(r#"{"ssid":"cut"#), None);
        assert_eq!(found("<html>"), None);
    }

    #[test]
    fn an_outbox_keeps_messages_until_they_are_acknowledged() {
        let mut outbox = Outbox::default();
        assert_eq!(
            (outbox.push('a'), outbox.push('b'), outbox.push('c')),
            (0, 1, 2)
        );
        let mut taken = vec![];
        outbox.acknowledge(9, |_, _| panic!("nothing was sent"));
        outbox.mark_sent(2);
        outbox.acknowledge(9, |seq, message| taken.push((seq, message)));
        assert_eq!(taken, [(0, 'a'), (1, 'b')]);
        assert_eq!(outbox.iter().collect::<Vec<_>>(), [&(2, 'c')]);
        assert_eq!(outbox.restart().collect::<Vec<_>>(), ['c']);
        assert_eq!(outbox.push('d'), 0);
    }

    #[test]
    fn an_inbox_takes_each_message_once_and_stops_at_a_gap() {
        let mut inbox = Inbox::default();
        assert!(inbox.take(0));
        assert!(!inbox.take(0), "repeated");
        assert!(!inbox.take(2), "behind a gap");
        assert!(inbox.take(1));
        assert_eq!((inbox.taken(), inbox.ack()), (2, 0));
        inbox.confirm(1);
        assert_eq!(inbox.ack(), 1);
        inbox.confirm(9);
        assert_eq!(inbox.ack(), 2, "never beyond what was taken");
    }

    #[test]
    fn arrivals_take_each_number_once_in_any_order() {
        let mut arrivals = Arrivals::default();
        assert!(arrivals.take(0) && arrivals.take(3) && arrivals.take(1));
        assert!(!arrivals.take(3) && !arrivals.take(1) && !arrivals.take(0));
        assert_eq!(arrivals.ack(), 4);
        assert!(arrivals.take(u64::MAX - 1), "a huge number costs no memory");
        assert!(
            !arrivals.take(2),
            "too long ago to be told from a repeated one"
        );
        assert!(arrivals.take(u64::MAX - 10));
    }
}
