//! How connections end: broken, flushed and lingering, or overdue.
//! Never tells the machine anything but through the inbox.

use imo2sproxy_core::event::{Event, EventKind};
use imo2sproxy_core::io::{CloseCause, Input};

use super::conn::Stage;
use super::reactor::{Place, Reactor, Timer};
use super::{LINGER_BYTES, LINGER_WAIT, LINGERING_MAX};

impl Reactor {
    /// Nothing can be written any more. What has come in before is still delivered, then the connection ends.
    pub(super) fn break_off(&mut self, key: usize, cause: CloseCause) {
        let conn = &mut self.conns[key];
        if let Some(cause) = conn.closing {
            return self.end(key, cause);
        }
        if let Stage::Open(socket) = &mut conn.stage {
            socket.drop_queue();
        }
        conn.broken = Some(cause);
        conn.readable = true;
        self.mark_ready(key);
    }

    /// Says the last word about a connection to the machine.
    fn report_closed(&mut self, key: usize, cause: CloseCause) {
        self.timers.set(Timer::Conn(key), None);
        if let Some(conn) = self.conns[key].id.take() {
            self.ids.insert(conn, Place::Gone);
            self.inbox.push_back(Input::Closed { conn, cause });
        }
    }

    /// Ends a connection at once.
    pub(super) fn end(&mut self, key: usize, cause: CloseCause) {
        self.report_closed(key, cause);
        let conn = self.conns.remove(key);
        if conn.lingering.is_some() {
            self.lingering -= 1;
        }
        if let Stage::Securing {
            arrival: Some(arrival),
            ..
        }
        | Stage::Greeting { arrival, .. } = conn.stage
        {
            self.lobby.leave(arrival.ticket);
        }
    }

    /// Ends a connection that is flushed, but keeps its socket until the peer has ended it too.
    pub(super) fn linger(&mut self, key: usize) {
        self.report_closed(key, CloseCause::Local);
        let conn = &mut self.conns[key];
        let half_closed = match &mut conn.stage {
            Stage::Open(socket) => socket.shut_writing(),
            Stage::Resolving(_)
            | Stage::Connecting { .. }
            | Stage::Passing { .. }
            | Stage::Greeting { .. }
            | Stage::Securing { .. }
            | Stage::Between => false,
        };
        if !half_closed || self.lingering >= LINGERING_MAX {
            return self.end(key, CloseCause::Local);
        }
        conn.lingering = Some(LINGER_BYTES);
        conn.readable = true;
        self.lingering += 1;
        let until = self.now.mono + LINGER_WAIT;
        self.timers.set(Timer::Conn(key), Some(until));
        self.mark_ready(key);
    }

    /// A connection has taken too long to come up, or to end.
    pub(super) fn overdue(&mut self, key: usize) {
        let Some(conn) = self.conns.get_mut(key) else {
            return;
        };
        match &conn.stage {
            Stage::Resolving(_) | Stage::Connecting { .. } | Stage::Passing { .. } => {
                self.attempt_overdue(key);
            }
            Stage::Securing {
                arrival: Some(arrival),
                ..
            } => {
                let detail = format!("{}: no TLS handshake in time", arrival.peer);
                self.tell(&Event::process(EventKind::ClientFault, detail));
                self.end(key, CloseCause::TimedOut);
            }
            Stage::Greeting { arrival, .. } => {
                let detail = format!("{}: not a word in time", arrival.peer);
                self.tell(&Event::process(EventKind::ClientFault, detail));
                self.end(key, CloseCause::TimedOut);
            }
            Stage::Securing { arrival: None, .. } => self.end(key, CloseCause::TimedOut),
            Stage::Open(_) | Stage::Between => {
                let cause = conn.closing.unwrap_or(CloseCause::Local);
                self.end(key, cause);
            }
        }
    }
}
