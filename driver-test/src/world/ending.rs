//! How connections end: closed by a machine, broken by the network, or gone with their host.
//! Never tells a machine more than once.

use imo2sproxy_core::io::{CloseCause, Input};

use super::{Job, World};
use crate::faults::{Fault, Faults};
use crate::net::{ConnKey, End, NetJob, Phase, Side};

/// How a stream comes to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ending {
    /// With all that was sent before.
    InOrder,
    /// The other side has aborted it.
    Aborted,
    /// The network or a crash has broken it.
    Broken,
}

impl World {
    /// Switches all faults off, for what is under way too: the network is well from now on.
    pub fn heal(&mut self) {
        self.set_faults(Faults::none());
    }

    /// Changes what may go wrong from now on. Connections that were to break are spared, full disks have room again.
    /// A connection that is half-open by now stays so.
    pub fn set_faults(&mut self, faults: Faults) {
        self.conditions.set(faults.clone());
        self.faults = faults;
        for connection in self.connections.values_mut() {
            connection.doom = None;
            connection.fade = None;
        }
        for host in &mut self.hosts {
            host.full_until = self.now;
            host.alarm = None;
        }
        self.plan_wall_jump();
    }

    /// Pulls the network cable of `name`: nothing comes or goes, and nobody is told.
    pub fn unplug(&mut self, name: &str) {
        let index = self.index(name);
        self.recorder.deed(self.now, name, "unplugged");
        self.count(Fault::Unplugged);
        self.hosts[index].plugged = false;
    }

    /// Puts the cable back; what was sent meanwhile arrives.
    pub fn plug(&mut self, name: &str) {
        let index = self.index(name);
        self.recorder.deed(self.now, name, "plugged in");
        self.hosts[index].plugged = true;
        let keys: Vec<ConnKey> = self.connections.keys().copied().collect();
        for key in keys {
            for side in [Side::Opener, Side::Acceptor] {
                self.schedule(self.now, Job::Net(key, NetJob::Deliver(side)));
            }
        }
    }

    /// Breaks all connections of `name`.
    pub fn reset_connections(&mut self, name: &str) {
        let index = self.index(name);
        self.recorder.deed(self.now, name, "connections reset");
        let entries: Vec<_> = self.hosts[index].conns.values().copied().collect();
        for entry in entries {
            self.break_off(entry.key);
        }
    }

    /// Takes an end away and tells its machine.
    pub(super) fn close_end(&mut self, key: ConnKey, side: Side, cause: CloseCause) {
        let Some(end) = self.remove_end(key, side) else {
            return;
        };
        let (host, conn) = (end.life.host, end.conn);
        if !self.hosts[host].close(conn) {
            self.fail(&format!("{conn} is closed for the second time"));
        }
        self.feed(host, Input::Closed { conn, cause });
    }

    /// Closes an end without waiting for anything. The other one gets what is under way, or some of it.
    pub(super) fn abort(&mut self, key: ConnKey, side: Side) {
        let Some(end) = self.end(key, side) else {
            return;
        };
        end.phase = Phase::Aborted;
        end.unsent.clear();
        self.schedule(self.now, Job::Net(key, NetJob::Closed(side)));
        self.end_stream_to(key, side.other(), Ending::Aborted);
    }

    /// The network breaks a connection: both ends hear of it, sooner or later.
    pub(super) fn break_off(&mut self, key: ConnKey) {
        if let Some(connection) = self.connections.get_mut(&key) {
            connection.doom = None;
            connection.swallows = &[];
            self.conditions.count(Fault::Reset);
        }
        for side in [Side::Opener, Side::Acceptor] {
            let end = self.end(key, side);
            if end.is_some_and(|end| end.phase == Phase::Opening) {
                // Whatever the attempt would have come to, it fails.
                let at = self.now + self.latency(key);
                self.schedule(at, Job::Net(key, NetJob::Fail(CloseCause::Reset)));
            }
            self.end_stream_to(key, side, Ending::Broken);
        }
    }

    /// Ends the stream towards `side` because the other end is gone, or is not reached any more.
    pub(super) fn end_stream_to(&mut self, key: ConnKey, side: Side, ending: Ending) {
        let at = self.now + self.latency(key);
        let Some(connection) = self.connections.get_mut(&key) else {
            return;
        };
        if connection.swallows.contains(&side.other()) {
            return;
        }
        let (end, _, rng) = connection.seen_from(side);
        let Some(end) = end.as_mut() else { return };
        let in_order = match ending {
            Ending::InOrder => true,
            Ending::Aborted => rng.chance(self.faults.clean_abort),
            Ending::Broken => false,
        };
        if in_order && ending == Ending::Aborted {
            self.conditions.count(Fault::CleanAbort);
        }
        let loses_tail = !in_order && rng.chance(self.faults.lost_tail);
        if loses_tail {
            let before = end.incoming.len();
            let keep = rng.below(before as u64 + 1);
            end.incoming.cut(usize::try_from(keep).unwrap_or(0));
            if end.incoming.len() < before {
                self.conditions.count(Fault::LostTail);
            }
        }
        let cause = if in_order {
            CloseCause::Peer
        } else {
            CloseCause::Reset
        };
        let at = end.incoming.finish(at, cause);
        self.schedule(at, Job::Net(key, NetJob::Deliver(side)));
    }

    /// Takes a host down. Its peers see its connections end in good order, or break.
    pub(super) fn shut(&mut self, index: usize, ending: Ending) {
        let conns = self.hosts[index].end();
        for entry in conns.into_values() {
            self.remove_end(entry.key, entry.side);
            self.end_stream_to(entry.key, entry.side.other(), ending);
        }
    }

    fn remove_end(&mut self, key: ConnKey, side: Side) -> Option<End> {
        let connection = self.connections.get_mut(&key)?;
        let end = connection.end(side).take();
        if connection.opener.is_none() && connection.acceptor.is_none() {
            self.connections.remove(&key);
        }
        end
    }
}
