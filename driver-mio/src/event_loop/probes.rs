//! Who wants to know whether a message would get through, and what the last answer was.
//! Never lets the machine find it out twice at a time, or more often than once a second.

use std::time::Duration;

use imo2sproxy_core::io::{AskId, Control, Input, Machine, ProbeFault};
use imo2sproxy_core::time::Instant;

use super::EventLoop;
use crate::jobs::Done;

/// How long a verdict holds.
const HOLDS: Duration = Duration::from_secs(1);

/// Whether a message would get through, and why not.
pub type Verdict = Result<(), ProbeFault>;

/// All that has to do with probes.
#[derive(Default)]
pub(super) struct Probes {
    /// How many there have been.
    count: u64,
    under_way: Option<AskId>,
    waiting: Vec<Done<Verdict>>,
    last: Option<(Instant, Verdict)>,
}

impl Probes {
    /// Somebody asks. Gives the name of the probe that has to begin, if one has.
    fn ask(&mut self, now: Instant, done: Done<Verdict>) -> Option<AskId> {
        if let Some((at, verdict)) = self.last
            && self.under_way.is_none()
            && now.since(at) < HOLDS
        {
            (done.0)(verdict);
            return None;
        }
        self.waiting.push(done);
        if self.under_way.is_some() {
            return None;
        }
        self.count += 1;
        self.under_way = Some(AskId(self.count));
        self.under_way
    }

    /// The machine has answered.
    pub(super) fn answered(&mut self, now: Instant, ask: AskId, verdict: Verdict) {
        if self.under_way.take_if(|own| *own == ask).is_none() {
            return;
        }
        self.last = Some((now, verdict));
        for done in self.waiting.drain(..) {
            (done.0)(verdict);
        }
    }
}

impl<M: Machine> EventLoop<M> {
    /// Finds out whether a message would get through now.
    pub(super) fn probe(&mut self, done: Done<Verdict>) {
        let reactor = &mut self.hosted.reactor;
        let now = reactor.now.mono;
        if let Some(ask) = reactor.probes.ask(now, done) {
            self.hosted.feed(Input::Control(Control::Probe { ask }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::sync::mpsc::{Receiver, channel};

    fn asker() -> (Done<Verdict>, Receiver<Verdict>) {
        let (tell, told) = channel();
        let done = move |verdict| tell.send(verdict).unwrap();
        (Done(Box::new(done)), told)
    }

    fn at(millis: u64) -> Instant {
        Instant::ZERO + Duration::from_millis(millis)
    }

    #[test]
    fn those_who_ask_meanwhile_share_a_probe_and_its_verdict_holds_for_a_second() {
        let mut probes = Probes::default();
        let [(one, first), (two, second), (three, third), (four, fourth)] =
            [(); 4].map(|()| asker());
        let ask = probes.ask(at(0), one).unwrap();
        assert_eq!(probes.ask(at(2000), two), None, "one is under way");
        assert!(first.try_recv().is_err());
        let verdict = Err(ProbeFault::Service);
        probes.answered(at(3000), ask, verdict);
        assert_eq!(
            (first.try_recv(), second.try_recv()),
            (Ok(verdict), Ok(verdict))
        );
        assert_eq!(probes.ask(at(3999), three), None);
        assert_eq!(third.try_recv(), Ok(verdict));
        let next = probes.ask(at(4000), four).unwrap();
        assert_ne!(next, ask);
        probes.answered(at(4000), ask, Ok(()));
        assert!(
            fourth.try_recv().is_err(),
            "that was the answer to another one"
        );
        probes.answered(at(4000), next, Ok(()));
        assert_eq!(fourth.try_recv(), Ok(Ok(())));
    }
}
