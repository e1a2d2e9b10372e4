//! What a link promises about itself between inputs: who waits for what, and that nothing waits for nothing.
//! Never looks at what calls and notices say.

use alloc::collections::BTreeSet;

use super::lines::CAUSES_MAX;
use super::{CallId, LaneId, Link, State, Wake};

impl Link {
    /// Panics if it has broken a promise about itself. To be called between inputs.
    pub(crate) fn check_invariants(&self) {
        for (id, line) in [(LaneId::Calls, &self.calls), (LaneId::Poll, &self.poll)] {
            line.check_invariants();
            assert_eq!(
                self.timers.get(&Wake::Lane(id)),
                line.deadline(),
                "a lane is woken when it wants to be"
            );
        }
        self.timers.check_invariants();
        self.outbox.check_invariants();
        self.inbox.check_invariants();
        self.unrefused.check_invariants();
        self.fetches.check_invariants(&self.limits);
        self.jar.check_invariants();
        assert!(self.told.len() <= CAUSES_MAX, "the oldest cause goes");
        self.check_calls();
        self.check_echo();
        self.check_state();
    }

    /// All calls that are not done.
    pub(crate) fn open_calls(&self) -> BTreeSet<CallId> {
        self.calls_by_place().collect()
    }

    fn calls_by_place(&self) -> impl Iterator<Item = CallId> {
        let outbox = self.outbox.iter().map(|(_, queued)| queued);
        let open = outbox.filter(|queued| !queued.done);
        let queued = open.chain(&self.waiting).map(|queued| queued.id);
        let awaited = self.awaited.values().map(|awaited| awaited.id);
        queued.chain(awaited).chain(self.unrefused.ids())
    }

    /// A call stands in one place, and what is awaited was asked for.
    fn check_calls(&self) {
        assert_eq!(
            self.open_calls().len(),
            self.calls_by_place().count(),
            "a call that is not done stands in one place"
        );
        let awaited = self.awaited.keys().next_back();
        assert!(
            awaited.is_none_or(|last| *last < self.next_request),
            "a result is awaited of what was asked for"
        );
        // The first request of a session carries what is in no outbox.
        if self.state != State::OpeningSession
            && let Some((_, carried)) = self.in_flight
        {
            assert!(
                carried <= self.outbox.len(),
                "what a request carries is kept until it is acknowledged"
            );
        }
    }

    /// In each state there is something that leads on.
    fn check_state(&self) {
        let rests = |lane| self.timers.get(&Wake::Retry(lane)).is_some();
        match self.state {
            State::Stopped | State::BackingOff | State::Queueing => {
                assert!(
                    self.outbox.is_empty() && self.awaited.is_empty(),
                    "without a session nothing is numbered"
                );
                assert!(
                    self.in_flight.is_none() && self.polling.is_none(),
                    "without a session nothing is asked"
                );
                assert_eq!(
                    self.timers.get(&Wake::Start).is_some(),
                    self.state == State::BackingOff,
                    "whoever backs off begins again some time"
                );
            }
            State::FetchingPage | State::OpeningSession => {
                assert!(self.in_flight.is_some(), "an answer is awaited");
            }
            State::LoggingIn | State::SettlingIn | State::SigningOff => {
                assert!(
                    self.timers.get(&Wake::Patience).is_some(),
                    "patience has an end"
                );
            }
            State::AwaitingSignOn | State::Online => {
                let unconfirmed = self.inbox.ack() < self.inbox.taken();
                assert!(
                    self.polling.is_some() || rests(LaneId::Poll) || unconfirmed,
                    "a poll is out, or will be"
                );
                assert!(
                    self.outbox.is_empty() || self.in_flight.is_some() || rests(LaneId::Calls),
                    "calls are on their way, or will be"
                );
                assert!(
                    self.state != State::Online || self.waiting.is_empty(),
                    "no call waits for a session that is up"
                );
            }
        }
    }
}
