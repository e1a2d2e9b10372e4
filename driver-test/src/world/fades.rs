//! Connections that die without a word: a cable is cut far away, or a router forgets them.
//! Never tells an end but what its own system finds out: that nobody acknowledges what it sends.

use imo2sproxy_core::io::CloseCause;
use imo2sproxy_core::rng::Rng;

use super::ending::Ending;
use super::{Job, World};
use crate::faults::{Fault, Faults};
use crate::net::{ConnKey, Fade, NetJob, Phase, Side};

const BOTH: &[Side] = &[Side::Opener, Side::Acceptor];

impl World {
    /// Whether a new connection is going to fade, and how.
    pub(super) fn draw_fade(faults: &Faults, rng: &mut Rng) -> Option<Fade> {
        if rng.chance(faults.half_open) {
            return Some(Fade::Swallow(match rng.below(3) {
                0 => BOTH,
                1 => &[Side::Opener],
                _ => &[Side::Acceptor],
            }));
        }
        rng.chance(faults.acceptor_gone)
            .then_some(Fade::AcceptorGone)
    }

    /// A connection that is up dies without a word.
    pub(super) fn fade(&mut self, key: ConnKey) {
        let Some(connection) = self.connections.get_mut(&key) else {
            return;
        };
        let opener_is_up = connection
            .opener
            .as_ref()
            .is_some_and(|end| end.phase == Phase::Open);
        let Some(fade) = connection.fade.take() else {
            return;
        };
        if !opener_is_up || connection.acceptor.is_none() {
            return;
        }
        match fade {
            Fade::Swallow(sides) => {
                connection.swallows = sides;
                self.count(Fault::HalfOpen);
            }
            Fade::AcceptorGone => {
                self.end_stream_to(key, Side::Acceptor, Ending::Broken);
                if let Some(connection) = self.connections.get_mut(&key) {
                    connection.swallows = BOTH;
                }
                self.count(Fault::AcceptorGone);
            }
        }
    }

    /// Whether what `side` sends now goes nowhere. If nobody acknowledges it, the system of `side` learns that in the end.
    pub(super) fn is_swallowed(&mut self, key: ConnKey, side: Side, count: usize) -> bool {
        let Some(connection) = self.connections.get_mut(&key) else {
            return false;
        };
        if connection.swallows.is_empty() {
            return false;
        }
        let goes_nowhere = connection.swallows.contains(&side);
        let (own, _, rng) = connection.seen_from(side);
        if let Some(own) = own.as_mut().filter(|_| count > 0) {
            if goes_nowhere {
                own.swallowed += count;
            }
            // Where bytes pass, their acknowledgements do not.
            if !own.gives_up {
                own.gives_up = true;
                let at = self.now + self.faults.retransmits_for.draw(rng);
                self.schedule(at, Job::Net(key, NetJob::Unheard(side)));
            }
        }
        goes_nowhere
    }

    /// The system of `side` gives the connection up.
    pub(super) fn unheard(&mut self, key: ConnKey, side: Side) {
        let now = self.now;
        let Some(end) = self.end(key, side).filter(|end| end.gives_up) else {
            return;
        };
        end.incoming.cut(0);
        let at = end.incoming.finish(now, CloseCause::Reset);
        self.schedule(at, Job::Net(key, NetJob::Deliver(side)));
        self.end_stream_to(key, side.other(), Ending::Broken);
    }
}
