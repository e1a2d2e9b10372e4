//! Breaks that are planned to the byte: one connection of one host, one direction, one place in it.
//! Never draws anything: a plan happens where it says, or not at all.

use std::time::Duration;

use imo2sproxy_core::io::CloseCause;

use super::{Job, World};
use crate::faults::Fault;
use crate::net::{ConnKey, NetJob, Side};

/// How much later the one end learns of a break than the other.
const LATER: Duration = Duration::from_secs(10);

/// What becomes of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BreakKind {
    /// Both streams end in good order.
    Cut,
    /// Nothing passes for so long, in either direction; then all of it.
    Stall(Duration),
    /// The connection is reset; what is under way to the sender is lost.
    Reset,
}

/// A break, planned to the byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Break {
    /// Which of the connections that the watched host opens, counted from 0.
    pub connection: usize,
    /// Whether the bytes are those that the host sends; otherwise those that it gets.
    pub outgoing: bool,
    /// How many of them still pass.
    pub byte: u64,
    /// What happens then.
    pub kind: BreakKind,
    /// Whether the end that sends these bytes learns of it first; the other one ten seconds later.
    pub sender_first: bool,
}

/// The connections that one host opens, with their traffic, and what is planned for one of them.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) host: usize,
    connections: Vec<ConnKey>,
    traffic: Vec<[u64; 2]>,
    plan: Option<Break>,
    has_happened: bool,
}

impl World {
    /// Counts what passes on the connections that `name` opens from now on, and breaks one of them as planned.
    pub fn watch(&mut self, name: &str, plan: Option<Break>) {
        self.watch = Some(Watch {
            host: self.index(name),
            connections: Vec::new(),
            traffic: Vec::new(),
            plan,
            has_happened: false,
        });
    }

    /// The bytes that have gone out and come in on each connection that the watched host has opened, in order.
    #[must_use]
    pub fn traffic(&self) -> &[[u64; 2]] {
        self.watch.as_ref().map_or(&[], |watch| &watch.traffic)
    }

    /// Whether the planned break has happened.
    #[must_use]
    pub fn has_broken(&self) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.has_happened)
    }

    /// Takes note of a connection that `host` opens.
    pub(super) fn watch_opened(&mut self, host: usize, key: ConnKey) {
        if let Some(watch) = self.watch.as_mut().filter(|watch| watch.host == host) {
            watch.connections.push(key);
            watch.traffic.push([0, 0]);
        }
    }

    /// Takes note of bytes that leave `side`. Gives what is to happen to the connection, and behind how many of these
    /// bytes.
    pub(super) fn watch_bytes(
        &mut self,
        key: ConnKey,
        side: Side,
        count: usize,
    ) -> Option<(usize, Break)> {
        let watch = self.watch.as_mut()?;
        let index = watch.connections.iter().position(|known| *known == key)?;
        let outgoing = side == Side::Opener;
        let passed = &mut watch.traffic[index][usize::from(!outgoing)];
        let before = *passed;
        *passed += count as u64;
        let plan = watch
            .plan
            .filter(|plan| plan.connection == index && plan.outgoing == outgoing)?;
        let is_here = (before..*passed).contains(&plan.byte);
        if !is_here || watch.has_happened {
            return None;
        }
        watch.has_happened = true;
        let offset = usize::try_from(plan.byte - before).expect("less than count, a usize");
        Some((offset, plan))
    }

    /// Holds up everything on a connection.
    pub(super) fn stall(&mut self, key: ConnKey, wait: Duration) {
        let until = self.now + wait;
        self.count(Fault::Stall);
        for side in [Side::Opener, Side::Acceptor] {
            if let Some(end) = self.end(key, side) {
                end.incoming.hold_until(until);
            }
        }
    }

    /// Ends a connection in the network, behind what `sender` has sent so far.
    pub(super) fn part(&mut self, key: ConnKey, sender: Side, plan: Break) {
        let cause = match plan.kind {
            BreakKind::Reset => {
                self.count(Fault::Reset);
                CloseCause::Reset
            }
            BreakKind::Cut | BreakKind::Stall(_) => CloseCause::Peer,
        };
        for side in [sender, sender.other()] {
            let is_first = (side == sender) == plan.sender_first;
            let mut at = self.now + self.latency(key);
            if !is_first {
                at = at + LATER;
            }
            let Some(end) = self.end(key, side) else {
                continue;
            };
            if side == sender && cause == CloseCause::Reset {
                end.incoming.cut(0);
            }
            let at = end.incoming.finish(at, cause);
            self.schedule(at, Job::Net(key, NetJob::Deliver(side)));
        }
    }
}
