//! Reading from connections that are up: whose turn it is, and one read at a time, for whoever hands the bytes on.
//! Never reads from a connection that the machine does not want to hear, and never lets bulk delay what is interactive.
//!
//! A person's lines, requests and answers are short: one read takes all that has come, and those come first. Who has more
//! to say than one read takes is bulk, for as long as that lasts and a moment longer; so is a flood. Bulk gets the turns in
//! which nothing else has happened, and one in each millisecond at least: long ones by itself, short ones while others
//! have been heard lately.

use std::collections::VecDeque;
use std::time::Duration;

use imo2sproxy_core::io::{CloseCause, ConnId};
use imo2sproxy_core::time::Instant;

use super::CLOSE_WAIT;
use super::conn::Stage;
use super::reactor::{Reactor, Timer};
use crate::socket::{Buffers, Fill, READ_SIZE};

/// Whose turn it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Turn {
    /// Those of whom one read takes all.
    Interactive,
    /// Those who have more to say.
    Bulk,
}

/// What is read of one kind of connections in a turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Share {
    /// The most bytes of one read.
    pub(super) bytes: usize,
    /// When no further read begins.
    pub(super) time: Duration,
}

/// What who has little to say gets in a turn.
pub(super) const INTERACTIVE: Share = Share {
    bytes: 2 * 1024,
    time: Duration::from_millis(1),
};
/// What bulk gets in a turn by itself.
const BULK: Share = Share {
    bytes: READ_SIZE,
    time: Duration::from_micros(250),
};
/// What bulk gets in a turn while others are heard.
const BULK_SHARED: Share = Share {
    bytes: 1024,
    time: Duration::from_micros(100),
};
/// How long others count as heard, and how long what comes in counts as bulk.
const MEMORY: Duration = Duration::from_millis(10);
/// The longest that bulk waits for a turn in which nothing else has happened.
const BULK_WAIT: Duration = Duration::from_millis(1);

/// Connections that may have something to read, in the order of their turns.
#[derive(Default)]
pub(super) struct Ready {
    interactive: VecDeque<usize>,
    bulk: VecDeque<usize>,
    /// When something came last that was not bulk.
    interactive_at: Option<Instant>,
    /// When bulk had its last turn.
    bulk_at: Option<Instant>,
}

impl Ready {
    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.interactive.is_empty() && self.bulk.is_empty()
    }
}

/// What one read has brought.
pub(super) enum Step<'b> {
    /// Bytes for the machine.
    Data(ConnId, &'b [u8]),
    /// Nothing for the machine, but there may be more.
    Again,
    /// There is nothing more to read now.
    Done,
}

impl Reactor {
    /// Puts a connection on the list of those to be read, if there is something to be read and it is wanted.
    pub(super) fn mark_ready(&mut self, key: usize) {
        if let Some(conn) = self.conns.get_mut(key)
            && conn.wants_read()
            && !conn.listed_ready
        {
            conn.listed_ready = true;
            if conn.bulk_until > self.now.mono {
                self.ready.bulk.push_back(key);
            } else {
                self.ready.interactive.push_back(key);
            }
        }
    }

    /// What is to be read of bulk in this turn. `quiet`: nothing else has happened in it.
    pub(super) fn bulk_share(&mut self, quiet: bool) -> Option<Share> {
        let (now, ready) = (self.now.mono, &mut self.ready);
        let within = |at: Option<Instant>, time| at.is_some_and(|at| now < at + time);
        if ready.bulk.is_empty() || !quiet && within(ready.bulk_at, BULK_WAIT) {
            return None;
        }
        ready.bulk_at = Some(now);
        Some(if within(ready.interactive_at, MEMORY) {
            BULK_SHARED
        } else {
            BULK
        })
    }

    /// Takes the next connection of a kind from the list of those to be read.
    pub(super) fn next_ready(&mut self, turn: Turn) -> Option<usize> {
        let key = match turn {
            Turn::Interactive => self.ready.interactive.pop_front(),
            Turn::Bulk => self.ready.bulk.pop_front(),
        }?;
        if let Some(conn) = self.conns.get_mut(key) {
            conn.listed_ready = false;
        }
        Some(key)
    }

    /// Reads once from a connection, at most `max` bytes.
    pub(super) fn fill<'b>(
        &mut self,
        key: usize,
        buffers: &'b mut Buffers,
        max: usize,
    ) -> Step<'b> {
        let Some(conn) = self.conns.get_mut(key) else {
            return Step::Done;
        };
        let broken = conn.broken;
        if let (Some(cause), false) = (broken, conn.reading) {
            self.end(key, cause);
            return Step::Done;
        }
        let (true, Stage::Open(socket)) = (conn.wants_read(), &mut conn.stage) else {
            return Step::Done;
        };
        let fill = socket.fill(buffers, max);
        let drained = socket.is_drained();
        let owes = !socket.is_flushed();
        match fill {
            Fill::Blocked => {
                conn.readable = false;
                if let Some(cause) = broken {
                    self.end(key, cause);
                }
                return Step::Done;
            }
            Fill::Ended(cause) => {
                self.ended(key, cause);
                return Step::Done;
            }
            Fill::Failed(cause) => {
                self.end(key, broken.unwrap_or(cause));
                return Step::Done;
            }
            Fill::Data(_) | Fill::Nothing if drained => {
                // The poll tells when more comes, but of the end it has told.
                conn.readable = conn.is_at_end;
                if conn.bulk_until <= self.now.mono {
                    self.ready.interactive_at = Some(self.now.mono);
                }
            }
            Fill::Data(_) | Fill::Nothing => conn.bulk_until = self.now.mono + MEMORY,
        }
        let (id, lingering) = (conn.id, conn.lingering);
        if owes {
            self.mark_dirty(key);
        }
        match (fill, id, lingering) {
            (Fill::Data(bytes), Some(id), None) => Step::Data(id, bytes),
            (Fill::Data(bytes), _, Some(budget)) => self.drop_bytes(key, budget, bytes.len()),
            _ => Step::Again,
        }
    }

    /// Nothing more comes. What is queued is still written, for the peer may have closed its half only.
    fn ended(&mut self, key: usize, cause: CloseCause) {
        let conn = &mut self.conns[key];
        let cause = conn.broken.unwrap_or(cause);
        let over = conn.broken.is_some() || conn.lingering.is_some();
        let (Stage::Open(socket), false) = (&mut conn.stage, over) else {
            return self.end(key, cause);
        };
        socket.end_writing();
        conn.readable = false;
        conn.closing = Some(cause);
        let until = self.now.mono + CLOSE_WAIT;
        self.timers.set(Timer::Conn(key), Some(until));
        self.mark_dirty(key);
    }

    fn drop_bytes(&mut self, key: usize, budget: usize, count: usize) -> Step<'static> {
        match budget.checked_sub(count) {
            Some(left) => {
                self.conns[key].lingering = Some(left);
                Step::Again
            }
            None => {
                self.end(key, CloseCause::Local);
                Step::Done
            }
        }
    }
}
