//! Connections as two byte streams, each of which keeps the order of its bytes whatever happens to it.
//! Never talks to a machine: the world does, with what it finds here.

use std::collections::VecDeque;

use imo2sproxy_core::io::{CloseCause, ConnId, ListenerId};
use imo2sproxy_core::rng::Rng;
use imo2sproxy_core::time::Instant;

use crate::host::Life;

/// Bytes on their way.
#[derive(Debug)]
struct Segment {
    at: Instant,
    bytes: VecDeque<u8>,
}

/// One direction of a connection: bytes under way or arrived but not read, then perhaps its end.
#[derive(Debug, Default)]
pub(crate) struct Pipe {
    segments: VecDeque<Segment>,
    len: usize,
    not_before: Instant,
    end: Option<(Instant, CloseCause)>,
}

impl Pipe {
    /// A pipe through which nothing comes before `not_before`.
    pub(crate) fn new(not_before: Instant) -> Self {
        Self {
            not_before,
            ..Self::default()
        }
    }

    /// Lets nothing more arrive before `at`.
    pub(crate) fn hold_until(&mut self, at: Instant) {
        self.not_before = self.not_before.max(at);
    }

    /// How many bytes are in it.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Puts bytes in that arrive at `at`, or when the bytes before them do if that is later; says when.
    pub(crate) fn push(&mut self, at: Instant, bytes: Vec<u8>) -> Instant {
        let at = at.max(self.not_before);
        if self.end.is_none() && !bytes.is_empty() {
            self.not_before = at;
            self.len += bytes.len();
            self.segments.push_back(Segment {
                at,
                bytes: bytes.into(),
            });
        }
        at
    }

    /// Ends the stream behind the bytes that are in it; says when that arrives. A break overrules a good end.
    pub(crate) fn finish(&mut self, at: Instant, cause: CloseCause) -> Instant {
        let at = at.max(self.not_before);
        if self.end.is_none() || cause == CloseCause::Reset {
            self.end = Some((at, cause));
        }
        at
    }

    /// Loses all but the first `keep` bytes, as only a break can.
    pub(crate) fn cut(&mut self, keep: usize) {
        let mut left = keep;
        for segment in &mut self.segments {
            segment.bytes.truncate(left);
            left -= segment.bytes.len();
        }
        self.segments.retain(|segment| !segment.bytes.is_empty());
        self.len = self.segments.iter().map(|s| s.bytes.len()).sum();
    }

    /// How many bytes can be read at `now`.
    pub(crate) fn arrived(&self, now: Instant) -> usize {
        let arrived = self.segments.iter().take_while(|s| s.at <= now);
        arrived.map(|segment| segment.bytes.len()).sum()
    }

    /// Reads up to `limit` of the bytes that have arrived.
    pub(crate) fn take(&mut self, now: Instant, limit: usize) -> Vec<u8> {
        let mut taken = Vec::new();
        while let Some(first) = self.segments.front_mut().filter(|s| s.at <= now) {
            let count = first.bytes.len().min(limit - taken.len());
            taken.extend(first.bytes.drain(..count));
            if !first.bytes.is_empty() {
                break;
            }
            self.segments.pop_front();
        }
        self.len -= taken.len();
        taken
    }

    /// How the stream has ended, for a reader that has read all of it.
    pub(crate) fn ended(&self, now: Instant) -> Option<CloseCause> {
        let (at, cause) = self.end?;
        (self.len == 0 && at <= now).then_some(cause)
    }

    /// True once the news that the stream is broken has arrived, read or not.
    pub(crate) fn is_broken(&self, now: Instant) -> bool {
        self.end
            .is_some_and(|(at, cause)| cause == CloseCause::Reset && at <= now)
    }
}

/// Names a connection of the world.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct ConnKey(pub(crate) u64);

/// The two ends of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Opener,
    Acceptor,
}

impl Side {
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Opener => Self::Acceptor,
            Self::Acceptor => Self::Opener,
        }
    }
}

/// How far an end is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// The opener waits for an answer.
    Opening,
    /// Both directions work.
    Open,
    /// Its machine has closed it; what is unsent still goes out.
    Closing,
    /// Its machine has aborted it; `Closed` is all that is left to say.
    Aborted,
}

/// What one machine and its driver know of a connection.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) life: Life,
    pub(crate) conn: ConnId,
    pub(crate) phase: Phase,
    pub(crate) reading: bool,
    pub(crate) unsent: VecDeque<u8>,
    pub(crate) sent: u64,
    /// Bytes that went nowhere; the system keeps them, since nobody acknowledges them.
    pub(crate) swallowed: usize,
    /// The system has begun to send again what is not acknowledged, and will give up.
    pub(crate) gives_up: bool,
    pub(crate) incoming: Pipe,
}

impl End {
    pub(crate) fn new(life: Life, conn: ConnId, phase: Phase, not_before: Instant) -> Self {
        Self {
            life,
            conn,
            phase,
            reading: true,
            unsent: VecDeque::new(),
            sent: 0,
            swallowed: 0,
            gives_up: false,
            incoming: Pipe::new(not_before),
        }
    }
}

/// How a connection is going to be broken off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Doom {
    /// When this many bytes have gone out from that side.
    AfterBytes(Side, u64),
    /// When its time has come.
    Timed,
}

/// How a connection is going to die without a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fade {
    /// What these send is swallowed.
    Swallow(&'static [Side]),
    /// The acceptor is told that the connection is broken, the opener nothing.
    AcceptorGone,
}

/// A connection. An end that is `None` is not there yet or not any more.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) opener: Option<End>,
    pub(crate) acceptor: Option<End>,
    pub(crate) target: Option<(usize, ListenerId)>,
    pub(crate) window: usize,
    pub(crate) doom: Option<Doom>,
    pub(crate) fade: Option<Fade>,
    /// Those whose bytes, and news that there will be no more, go nowhere.
    pub(crate) swallows: &'static [Side],
    pub(crate) rng: Rng,
}

impl Connection {
    pub(crate) const fn end(&mut self, side: Side) -> &mut Option<End> {
        match side {
            Side::Opener => &mut self.opener,
            Side::Acceptor => &mut self.acceptor,
        }
    }

    /// Both ends as `side` sees them, and the connection's generator.
    pub(crate) const fn seen_from(
        &mut self,
        side: Side,
    ) -> (&mut Option<End>, &mut Option<End>, &mut Rng) {
        let (own, peer) = match side {
            Side::Opener => (&mut self.opener, &mut self.acceptor),
            Side::Acceptor => (&mut self.acceptor, &mut self.opener),
        };
        (own, peer, &mut self.rng)
    }
}

/// What is going to happen to a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NetJob {
    /// The attempt reaches the other host.
    Accept,
    /// The answer comes back.
    Connected,
    /// The attempt has failed.
    Fail(CloseCause),
    /// The system takes bytes of this side.
    Flush(Side),
    /// Something may have arrived for this side.
    Deliver(Side),
    /// This side, aborted, is told that it is closed.
    Closed(Side),
    /// This side has had its time to send the rest.
    GiveUp(Side),
    /// The network breaks it off.
    Break,
    /// It dies without a word.
    Fade,
    /// The system of this side gives up sending again what nobody acknowledges.
    Unheard(Side),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: u64) -> Instant {
        Instant::from_micros(micros)
    }

    #[test]
    fn bytes_keep_their_order_even_if_later_ones_travel_faster() {
        let mut pipe = Pipe::default();
        assert_eq!(pipe.push(at(50), b"slow".to_vec()), at(50));
        assert_eq!(pipe.push(at(10), b"fast".to_vec()), at(50));
        assert_eq!(pipe.take(at(49), 99), b"");
        assert_eq!(pipe.take(at(50), 3), b"slo");
        assert_eq!(pipe.take(at(50), 99), b"wfast");
    }

    #[test]
    fn the_end_comes_behind_the_bytes_and_a_break_may_lose_the_last_of_them() {
        let mut pipe = Pipe::default();
        pipe.push(at(5), b"abc".to_vec());
        pipe.push(at(9), b"def".to_vec());
        pipe.finish(at(1), CloseCause::Peer);
        assert_eq!(pipe.ended(at(9)), None);
        pipe.cut(4);
        pipe.finish(at(20), CloseCause::Reset);
        assert_eq!(pipe.take(at(9), 99), b"abcd");
        assert_eq!(pipe.ended(at(19)), None);
        assert_eq!(pipe.ended(at(20)), Some(CloseCause::Reset));
        pipe.push(at(30), b"too late".to_vec());
        assert_eq!(pipe.len(), 0);
    }
}
