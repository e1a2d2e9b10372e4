//! The network of a world: connecting, carrying bytes, closing and breaking.
//! Never loses, repeats or swaps bytes inside a stream, but for the tail of one that breaks.

use std::net::SocketAddr;
use std::time::Duration;

use imo2sproxy_core::io::{CloseCause, ConnId, Input, Peer};

use super::breaks::BreakKind;
use super::ending::Ending;
use super::{Job, World};
use crate::faults::Fault;
use crate::net::{ConnKey, Doom, End, NetJob, Phase, Side};

/// How long a connection attempt goes without an answer before the system gives it up.
pub(super) const CONNECT_WAIT: Duration = Duration::from_secs(127);
/// How long the rest may take to go out after a close; then the driver aborts.
pub(super) const CLOSE_WAIT: Duration = Duration::from_secs(60);
/// Bytes that one read gives at most.
const READ_BYTES_MAX: usize = 16 * 1024;
/// How long it takes at most until the system takes, or gives, the rest of something.
const REST_WAIT: Duration = Duration::from_millis(5);

/// Bytes that the system has taken from a driver's buffer.
struct Taken {
    host: usize,
    conn: ConnId,
    count: usize,
    bytes: Vec<u8>,
    /// The connection is to break behind these bytes.
    is_doomed: bool,
    /// When to come back for the rest, if there is one.
    rest_after: Option<Duration>,
    /// The machine has closed the connection, and this is all.
    is_last: bool,
}

impl World {
    pub(super) fn run_net(&mut self, key: ConnKey, job: NetJob) {
        match job {
            NetJob::Accept => self.accept(key),
            NetJob::Connected => self.connected(key),
            NetJob::Fail(cause) => {
                if self.phase(key, Side::Opener) == Some(Phase::Opening) {
                    self.count_failure(cause);
                    self.end_stream_to(key, Side::Acceptor, Ending::Broken);
                    self.close_end(key, Side::Opener, cause);
                }
            }
            NetJob::Flush(side) => self.flush(key, side),
            NetJob::Deliver(side) => self.deliver(key, side),
            NetJob::Closed(side) => {
                if self.phase(key, side) == Some(Phase::Aborted) {
                    self.close_end(key, side, CloseCause::Local);
                }
            }
            NetJob::GiveUp(side) => {
                if self.phase(key, side) == Some(Phase::Closing) {
                    self.abort(key, side);
                }
            }
            NetJob::Break => {
                let connection = self.connections.get(&key);
                if connection.is_some_and(|c| c.doom == Some(Doom::Timed)) {
                    self.break_off(key);
                }
            }
            NetJob::Fade => self.fade(key),
            NetJob::Unheard(side) => self.unheard(key, side),
        }
    }

    /// Counts a connection attempt that fails. One that hangs is counted when it begins: few wait for its end.
    fn count_failure(&self, cause: CloseCause) {
        match cause {
            CloseCause::Refused => self.count(Fault::Refused),
            CloseCause::Unreachable => self.count(Fault::Unreachable),
            CloseCause::NoSuchHost => self.count(Fault::NoSuchHost),
            CloseCause::Tls => self.count(Fault::TlsFailure),
            CloseCause::Local
            | CloseCause::Peer
            | CloseCause::Reset
            | CloseCause::TimedOut
            | CloseCause::Untrusted
            | CloseCause::Proxy(_)
            | CloseCause::Exhausted => {}
        }
    }

    fn accept(&mut self, key: ConnKey) {
        if self.phase(key, Side::Opener) != Some(Phase::Opening) {
            return;
        }
        let Some((index, listener)) = self.connections[&key].target else {
            return;
        };
        let latency = self.latency(key);
        let host = &mut self.hosts[index];
        if !host.plugged {
            let failed = Job::Net(key, NetJob::Fail(CloseCause::TimedOut));
            self.schedule(self.now + CONNECT_WAIT, failed);
            return;
        }
        if host.machine.is_none() {
            let failed = Job::Net(key, NetJob::Fail(CloseCause::Refused));
            self.schedule(self.now + latency, failed);
            return;
        }
        let conn = ConnId::Client(host.accepted);
        host.accepted += 1;
        host.open(conn, key, Side::Acceptor);
        let life = host.life;
        let up_at = self.now + latency;
        let Some(connection) = self.connections.get_mut(&key) else {
            return;
        };
        connection.acceptor = Some(End::new(life, conn, Phase::Open, up_at));
        let Some(opener) = connection.opener.as_mut() else {
            return;
        };
        opener.incoming.hold_until(up_at);
        let address = self.hosts[opener.life.host].address;
        let port = 1024 + u16::try_from(key.0 % 60_000).expect("below 60,000");
        let peer = Peer::Net(SocketAddr::new(address, port));
        self.schedule(up_at, Job::Net(key, NetJob::Connected));
        self.feed(
            index,
            Input::Accepted {
                conn,
                listener,
                peer,
            },
        );
    }

    fn connected(&mut self, key: ConnKey) {
        let Some(end) = self.end(key, Side::Opener) else {
            return;
        };
        if end.phase != Phase::Opening {
            return;
        }
        end.phase = Phase::Open;
        let (host, conn) = (end.life.host, end.conn);
        self.feed(host, Input::Connected { conn });
        for job in [NetJob::Flush(Side::Opener), NetJob::Deliver(Side::Opener)] {
            self.schedule(self.now, Job::Net(key, job));
        }
    }

    /// The system takes what it can of the bytes that `side` has to send, and puts them on their way.
    fn flush(&mut self, key: ConnKey, side: Side) {
        let Some(taken) = self.take_unsent(key, side) else {
            return;
        };
        let (host, conn, count) = (taken.host, taken.conn, taken.count);
        self.carry_watched(key, side, taken.bytes, taken.is_last);
        if taken.is_doomed {
            self.break_off(key);
        }
        if let Some(wait) = taken.rest_after {
            self.schedule(self.now + wait, Job::Net(key, NetJob::Flush(side)));
        }
        if count > 0 {
            self.feed(host, Input::Sent { conn, count });
        }
        if taken.is_last {
            self.close_end(key, side, CloseCause::Local);
        }
    }

    /// Takes bytes out of the driver's buffer; `None` if there is nothing to do.
    fn take_unsent(&mut self, key: ConnKey, side: Side) -> Option<Taken> {
        let connection = self.connections.get_mut(&key)?;
        let (window, doom) = (connection.window, connection.doom);
        let (own, peer, rng) = connection.seen_from(side);
        let own = own.as_mut()?;
        if !matches!(own.phase, Phase::Open | Phase::Closing) {
            return None;
        }
        let in_pipe = peer.as_ref().map_or(0, |peer| peer.incoming.len());
        let in_pipe = in_pipe + own.swallowed;
        let mut count = own.unsent.len().min(window.saturating_sub(in_pipe));
        if count > 1 && rng.chance(self.faults.partial_send) {
            let part = usize::try_from(rng.between(1, count as u64)).unwrap_or(count);
            if part < count {
                self.conditions.count(Fault::ShortWrite);
            }
            count = part;
        }
        let mut bytes: Vec<u8> = own.unsent.drain(..count).collect();
        let until_doom = match doom {
            Some(Doom::AfterBytes(doomed, at)) if doomed == side => at.saturating_sub(own.sent),
            Some(Doom::AfterBytes(..) | Doom::Timed) | None => u64::MAX,
        };
        own.sent += count as u64;
        bytes.truncate(usize::try_from(until_doom).unwrap_or(usize::MAX));
        let rest_wait = if self.faults.partial_send > 0 {
            rng.jitter(REST_WAIT)
        } else {
            Duration::ZERO
        };
        let is_all = own.unsent.is_empty();
        let is_last = is_all && own.phase == Phase::Closing;
        (count > 0 || is_last).then_some(Taken {
            host: own.life.host,
            conn: own.conn,
            count,
            is_doomed: count as u64 > until_doom,
            bytes,
            rest_after: (!is_all).then_some(rest_wait),
            is_last,
        })
    }

    /// Puts bytes on their way, up to where the connection is to break in the midst of them.
    fn carry_watched(&mut self, key: ConnKey, side: Side, mut bytes: Vec<u8>, is_last: bool) {
        let Some((offset, plan)) = self.watch_bytes(key, side, bytes.len()) else {
            return self.carry(key, side, bytes, is_last);
        };
        let rest = bytes.split_off(offset);
        self.carry(key, side, bytes, false);
        if let BreakKind::Stall(wait) = plan.kind {
            self.stall(key, wait);
            self.carry(key, side, rest, is_last);
        } else {
            self.part(key, side, plan);
        }
    }

    /// Puts bytes of `side` on their way, with the end of the stream behind them if they are the last.
    fn carry(&mut self, key: ConnKey, side: Side, bytes: Vec<u8>, is_last: bool) {
        if self.is_swallowed(key, side, bytes.len()) {
            return;
        }
        let mut at = self.now + self.latency(key);
        let faults = &self.faults;
        let Some(connection) = self.connections.get_mut(&key) else {
            return;
        };
        let (own, peer, rng) = connection.seen_from(side);
        if rng.chance(faults.stall) {
            at = at + faults.stall_for.draw(rng);
            self.conditions.count(Fault::Stall);
        }
        let (side, at) = if let Some(peer) = peer {
            at = peer.incoming.push(at, bytes);
            if is_last {
                at = peer.incoming.finish(at, CloseCause::Peer);
            }
            if rng.chance(faults.merge) {
                at = at + rng.jitter(faults.merge_wait);
                self.conditions.count(Fault::MergedRead);
            }
            (side.other(), at)
        } else if let Some(own) = own.as_mut().filter(|own| !own.reading) {
            // Nobody is there any more. A reader learns it from the end of its stream, others this way.
            (side, own.incoming.finish(at, CloseCause::Reset))
        } else {
            return;
        };
        self.schedule(at, Job::Net(key, NetJob::Deliver(side)));
    }

    /// Gives `side` what has arrived for it, or the news that nothing more will.
    fn deliver(&mut self, key: ConnKey, side: Side) {
        let now = self.now;
        if !self.is_plugged(key, Side::Opener) || !self.is_plugged(key, Side::Acceptor) {
            return;
        }
        let split = self.faults.split;
        let Some(connection) = self.connections.get_mut(&key) else {
            return;
        };
        let (end, _, rng) = connection.seen_from(side);
        let Some(end) = end.as_mut() else { return };
        let (host, conn, phase) = (end.life.host, end.conn, end.phase);
        let is_read = end.reading && phase == Phase::Open;
        if !is_read && end.incoming.is_broken(now) && matches!(phase, Phase::Open | Phase::Closing)
        {
            self.close_end(key, side, CloseCause::Reset);
            return;
        }
        if phase == Phase::Opening || (phase == Phase::Open && !end.reading) {
            return;
        }
        let arrived = end.incoming.arrived(now);
        let mut limit = arrived.min(READ_BYTES_MAX);
        let mut rest_wait = Duration::ZERO;
        if limit > 1 && rng.chance(split) {
            let part = usize::try_from(rng.between(1, limit as u64)).unwrap_or(limit);
            if part < limit {
                self.conditions.count(Fault::SplitRead);
            }
            limit = part;
            rest_wait = rng.jitter(REST_WAIT);
        }
        let bytes = end.incoming.take(now, limit);
        if bytes.is_empty() {
            let ended = end.incoming.ended(now);
            if let Some(cause) = ended.filter(|_| is_read) {
                self.close_end(key, side, cause);
            }
            return;
        }
        self.schedule(now + rest_wait, Job::Net(key, NetJob::Deliver(side)));
        self.schedule(now, Job::Net(key, NetJob::Flush(side.other())));
        if is_read {
            let bytes = &bytes;
            self.feed(host, Input::Received { conn, bytes });
        }
    }

    /// False if the host at that end has no network.
    fn is_plugged(&mut self, key: ConnKey, side: Side) -> bool {
        let host = self.end(key, side).map(|end| end.life.host);
        host.is_none_or(|host| self.hosts[host].plugged)
    }

    pub(super) fn end(&mut self, key: ConnKey, side: Side) -> Option<&mut End> {
        self.connections.get_mut(&key)?.end(side).as_mut()
    }

    fn phase(&mut self, key: ConnKey, side: Side) -> Option<Phase> {
        self.end(key, side).map(|end| end.phase)
    }

    pub(super) fn latency(&mut self, key: ConnKey) -> Duration {
        let latency = self.faults.latency;
        let Some(connection) = self.connections.get_mut(&key) else {
            return latency.least;
        };
        let drawn = latency.draw(&mut connection.rng);
        if drawn > latency.least {
            self.conditions.count(Fault::Delay);
        }
        drawn
    }
}
