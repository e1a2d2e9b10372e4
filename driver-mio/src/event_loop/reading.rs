//! Reading from connections that are up: one read at a time, for whoever hands the bytes on.
//! Never reads from a connection that the machine does not want to hear.

use imo2sproxy_core::io::{CloseCause, ConnId};

use super::CLOSE_WAIT;
use super::conn::Stage;
use super::reactor::{Reactor, Timer};
use crate::socket::{Buffers, Fill};

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
    /// Takes the next connection from the list of those to be read.
    pub(super) fn next_ready(&mut self) -> Option<usize> {
        let key = self.ready.pop_front()?;
        if let Some(conn) = self.conns.get_mut(key) {
            conn.listed_ready = false;
        }
        Some(key)
    }

    /// Reads once from a connection.
    pub(super) fn fill<'b>(&mut self, key: usize, buffers: &'b mut Buffers) -> Step<'b> {
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
        let fill = socket.fill(buffers);
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
            // A read that does not fill the buffer has emptied the socket: the poll tells when more comes.
            Fill::Data(_) | Fill::Nothing if drained && !conn.is_at_end => {
                conn.readable = false;
            }
            Fill::Data(_) | Fill::Nothing => {}
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
