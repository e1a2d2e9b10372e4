//! Envelopes: the JSON around calls and notices, with the numbers that make each of them arrive once.
//! Never looks into the calls and notices themselves.
//!
//! See `core/docs/imo-protocol.md`, "Requests" and "Responses".

use alloc::borrow::Cow;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The id of a session as it stands in an envelope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ssid<'a> {
    /// None yet: the number 0. Any other number is read as this, too.
    Unassigned,
    /// This one.
    Assigned(Cow<'a, str>),
}

impl Ssid<'_> {
    /// The id; empty for none.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Unassigned => "",
            Self::Assigned(id) => id,
        }
    }
}

impl<'a> From<&'a str> for Ssid<'a> {
    fn from(id: &'a str) -> Self {
        Self::Assigned(Cow::Borrowed(id))
    }
}

impl Serialize for Ssid<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unassigned => serializer.serialize_u8(0),
            Self::Assigned(id) => serializer.serialize_str(id),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Ssid<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Ssid<'de>;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("a session id or a number")
            }

            fn visit_borrowed_str<E: de::Error>(self, id: &'de str) -> Result<Self::Value, E> {
                Ok(id.into())
            }

            fn visit_str<E: de::Error>(self, id: &str) -> Result<Self::Value, E> {
                Ok(Ssid::Assigned(Cow::Owned(id.into())))
            }

            fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Ssid::Unassigned)
            }

            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Ssid::Unassigned)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// Who sends or takes a message inside an envelope.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Address<'a> {
    /// `client`, or the part of the service: `im`, `session`, `av`, `alpha`, `preference`, `internal`, `reset`.
    #[serde(borrow)]
    pub system: Cow<'a, str>,
    /// The session, where the system is `client`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub ssid: Option<Ssid<'a>>,
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
        Self::client_of(Ssid::Assigned(Cow::Borrowed(ssid)))
    }

    /// A client, with a session or without one.
    #[must_use]
    pub const fn client_of(ssid: Ssid<'a>) -> Self {
        Self {
            system: Cow::Borrowed("client"),
            ssid: Some(ssid),
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

/// What a client puts into the `data` field of a request. `M` is a list of messages: whoever sends one has it elsewhere.
#[derive(Debug, Serialize, Deserialize)]
pub struct Envelope<'a, M = Vec<Message<'a>>> {
    /// The number of the service's messages taken so far.
    pub ack: u64,
    /// The session.
    #[serde(borrow)]
    pub ssid: Ssid<'a>,
    /// The messages; none makes it a poll.
    pub messages: M,
}

/// What the service answers. `M` is a list of messages, as in an [`Envelope`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "M: Deserialize<'de> + Default"))]
pub struct Answer<'a, M = Vec<Message<'a>>> {
    /// `forward_to_client`, or the name of the request's own method.
    #[serde(borrow)]
    pub method: Cow<'a, str>,
    /// The rest.
    #[serde(borrow)]
    pub data: AnswerData<'a, M>,
}

/// The inner part of an [`Answer`].
#[derive(Debug, Serialize, Deserialize)]
pub struct AnswerData<'a, M = Vec<Message<'a>>> {
    /// The number of the client's messages taken so far; zero: the session is lost.
    #[serde(default)]
    pub ack: Option<u64>,
    /// The session.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub ssid: Option<Cow<'a, str>>,
    /// The service's messages.
    #[serde(default)]
    pub messages: M,
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
        if self.kept.capacity() == 0 {
            // One message at a time is what most ends have.
            self.kept.reserve_exact(1);
        }
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

    /// What has never been sent, oldest first.
    pub fn unsent(&self) -> impl Iterator<Item = &(u64, T)> {
        let sent = self.kept.partition_point(|(seq, _)| *seq < self.sent);
        self.kept.range(sent..)
    }

    /// The one numbered `seq`, if it is not acknowledged.
    pub fn get_mut(&mut self, seq: u64) -> Option<&mut T> {
        let at = self.kept.binary_search_by_key(&seq, |(own, _)| *own).ok()?;
        self.kept.get_mut(at).map(|(_, message)| message)
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

    /// Panics if its numbers have a gap, or it counts as sent what does not exist.
    pub(crate) fn check_invariants(&self) {
        let first = self.first().unwrap_or(self.next);
        let numbers = self.kept.iter().map(|(seq, _)| *seq);
        assert!(
            numbers.eq(first..self.next),
            "messages that are not acknowledged have all numbers up to the next one"
        );
        assert!(
            (first..=self.next).contains(&self.sent),
            "what is acknowledged was sent, and what was sent exists"
        );
    }

    /// Takes out all that is kept, and counts from 0 again: the session is another one.
    pub fn restart(&mut self) -> impl Iterator<Item = T> + use<T> {
        (self.next, self.sent) = (0, 0);
        core::mem::take(&mut self.kept)
            .into_iter()
            .map(|(_, message)| message)
    }

    /// Counts from `first`, for a session that takes over from one that is forgotten. Nothing has been sent.
    pub fn resume_at(&mut self, first: u64) {
        (self.next, self.sent) = (first, first);
        for (seq, _) in &mut self.kept {
            *seq = self.next;
            self.next += 1;
        }
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

    /// Panics if it acknowledges what it has not taken.
    pub(crate) fn check_invariants(&self) {
        assert!(
            self.confirmed <= self.next,
            "only what was taken is acknowledged"
        );
    }

    /// What to tell the service as `ack`.
    #[must_use]
    pub const fn ack(&self) -> u64 {
        self.confirmed
    }
}

#[cfg(test)]
mod tests;
