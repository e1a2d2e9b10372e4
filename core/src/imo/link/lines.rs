//! The two lanes of a link: requests out, answers sorted, and what to do about those that fail.
//! Never looks into an answer.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::{LaneId, Link, LinkOutput, LinkStatus, State, Wake};
use crate::config::Limits;
use crate::http::lane::{Lane, LaneError, LaneInput, LaneOutput, LaneOutputs, Ticket};
use crate::http::{Request, Response};
use crate::io::Origin;
use crate::time::{Instant, Now};

/// The least wait before a new attempt, so that none follows in the same instant.
const BACKOFF_MIN: Duration = Duration::from_millis(50);
/// How long the requests of a session may fail on one lane. By then a service has forgotten the session, so
/// that a new one is all there is left to try.
const TROUBLE_MAX: Duration = Duration::from_secs(120);

/// How many causes of trouble are remembered, so that each is told once; beyond it the oldest may be told again.
pub(super) const CAUSES_MAX: usize = 16;

/// A lane, and how the requests of the present session fare on it.
pub(super) struct Line {
    lane: Lane,
    /// Requests that have failed since the last good answer.
    failures: u32,
    failing_since: Option<Instant>,
}

impl Line {
    pub(super) fn new(origin: Origin, limits: &Limits) -> Self {
        Self {
            lane: Lane::new(origin, limits),
            failures: 0,
            failing_since: None,
        }
    }

    /// When it wants to be looked at.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.lane.deadline()
    }

    pub(super) fn check_invariants(&self) {
        self.lane.check_invariants();
        assert_eq!(
            self.failures > 0,
            self.failing_since.is_some(),
            "failures began at some time"
        );
    }
}

impl Link {
    const fn line(&mut self, lane: LaneId) -> &mut Line {
        match lane {
            LaneId::Calls => &mut self.calls,
            LaneId::Poll => &mut self.poll,
        }
    }

    pub(super) fn line_input(
        &mut self,
        now: Now,
        lane: LaneId,
        input: LaneInput<'_>,
        out: &mut Vec<LinkOutput>,
    ) {
        let mut said = LaneOutputs::new();
        let line = match lane {
            LaneId::Calls => &mut self.calls,
            LaneId::Poll => &mut self.poll,
        };
        line.lane.handle(now, input, &mut self.jar, &mut said);
        self.line_said(now, lane, said, out);
    }

    pub(super) fn submit(
        &mut self,
        now: Now,
        lane: LaneId,
        request: Request,
        wait: Duration,
        out: &mut Vec<LinkOutput>,
    ) -> Ticket {
        let mut said = LaneOutputs::new();
        let line = match lane {
            LaneId::Calls => &mut self.calls,
            LaneId::Poll => &mut self.poll,
        };
        let ticket = line.lane.submit(now, request, wait, &self.jar, &mut said);
        self.line_said(now, lane, said, out);
        ticket
    }

    /// Submits a request that goes to no other origin, on the lane of the calls.
    pub(super) fn submit_at_home(
        &mut self,
        now: Now,
        request: Request,
        wait: Duration,
        out: &mut Vec<LinkOutput>,
    ) -> Ticket {
        let mut said = LaneOutputs::new();
        let lane = &mut self.calls.lane;
        let ticket = lane.submit_at_home(now, request, wait, &self.jar, &mut said);
        self.line_said(now, LaneId::Calls, said, out);
        ticket
    }

    /// Forgets a request on the lane of the calls.
    pub(super) fn withdraw(&mut self, ticket: Ticket, out: &mut Vec<LinkOutput>) {
        let mut said = LaneOutputs::new();
        self.calls.lane.cancel(ticket, &mut said);
        if said.contains(&LaneOutput::Close) {
            out.push(LinkOutput::Close(LaneId::Calls));
        }
        self.watch_lines();
    }

    /// Forgets all requests and all failures.
    pub(super) fn clear_lines(&mut self, out: &mut Vec<LinkOutput>) {
        for id in [LaneId::Calls, LaneId::Poll] {
            let line = self.line(id);
            (line.failures, line.failing_since) = (0, None);
            if line.lane.is_empty() {
                continue;
            }
            let mut said = LaneOutputs::new();
            line.lane.clear(&mut said);
            if said.contains(&LaneOutput::Close) {
                out.push(LinkOutput::Close(id));
            }
        }
        self.watch_lines();
    }

    fn watch_lines(&mut self) {
        for id in [LaneId::Calls, LaneId::Poll] {
            let deadline = self.line(id).lane.deadline();
            self.timers.set(Wake::Lane(id), deadline);
        }
    }

    /// Passes on what a lane asks for, and looks at what it has got.
    fn line_said(&mut self, now: Now, lane: LaneId, said: LaneOutputs, out: &mut Vec<LinkOutput>) {
        for output in said {
            match output {
                LaneOutput::Connect(origin) => out.push(LinkOutput::Connect(lane, origin)),
                LaneOutput::Send(bytes) => out.push(LinkOutput::Send(lane, bytes)),
                LaneOutput::Close => out.push(LinkOutput::Close(lane)),
                LaneOutput::Done(ticket, result) => self.done(now, lane, ticket, result, out),
            }
        }
        self.watch_lines();
    }

    /// A request is done.
    fn done(
        &mut self,
        now: Now,
        lane: LaneId,
        ticket: Ticket,
        result: Result<Response, LaneError>,
        out: &mut Vec<LinkOutput>,
    ) {
        // Each lane counts its tickets for itself.
        if lane == LaneId::Calls
            && let Some(id) = self.fetch_of(ticket)
        {
            self.fetched(now, id, result, out);
            return;
        }
        if lane == LaneId::Calls
            && let Some(echo) = self.echo_of(ticket)
        {
            self.echoed(now, echo, &result, out);
            return;
        }
        match result {
            Ok(response) => self.answered(now, lane, ticket, &response, out),
            Err(error) if self.is_awaited(lane, ticket) => {
                self.stumble(now, lane, error.explain(), out);
            }
            Err(_) => {}
        }
    }

    /// Whether this is the request that is out on a lane; then it is not any more.
    fn is_awaited(&mut self, lane: LaneId, ticket: Ticket) -> bool {
        match lane {
            LaneId::Calls => self.in_flight.take_if(|(own, _)| *own == ticket).is_some(),
            LaneId::Poll => self.polling.take_if(|(own, _)| *own == ticket).is_some(),
        }
    }

    /// A request has been answered.
    fn answered(
        &mut self,
        now: Now,
        lane: LaneId,
        ticket: Ticket,
        response: &Response,
        out: &mut Vec<LinkOutput>,
    ) {
        let carried = self.in_flight.map_or(0, |(_, carried)| carried);
        let since = self.polling.map_or(now.mono, |(_, since)| since);
        if !self.is_awaited(lane, ticket) {
            return;
        }
        match (lane, self.state, response.status) {
            (LaneId::Calls, State::FetchingPage, _) => self.page_came(now, response.status, out),
            (LaneId::Calls, State::OpeningSession, 200) => {
                self.session_came(now, &response.body, out);
            }
            (LaneId::Calls, _, 200) => self.calls_answered(now, &response.body, carried, out),
            (LaneId::Poll, _, 200) => self.poll_answered(now, &response.body, since, out),
            (LaneId::Calls, _, 400 | 413) if self.state != State::OpeningSession => {
                self.rejected(now, carried, out);
            }
            (_, _, status) => self.stumble(now, lane, &format!("it answers HTTP {status}"), out),
        }
    }

    /// A request has failed. If the session is up it is sent again, since the session may well be alive; if
    /// that goes on for long, a new session is opened.
    pub(super) fn stumble(
        &mut self,
        now: Now,
        lane: LaneId,
        reason: &str,
        out: &mut Vec<LinkOutput>,
    ) {
        match self.state {
            State::Stopped | State::BackingOff | State::Queueing => {}
            State::FetchingPage
            | State::OpeningSession
            | State::LoggingIn
            | State::SettlingIn
            | State::AwaitingSignOn => self.fail(now, reason, out),
            State::SigningOff => self.halt(out),
            State::Online => {
                let line = self.line(lane);
                let failures = line.failures;
                line.failures = failures.saturating_add(1);
                let since = *line.failing_since.get_or_insert(now.mono);
                if now.mono.since(since) >= TROUBLE_MAX {
                    self.fail(now, reason, out);
                    return;
                }
                // A connection that died while it was idle is no news; one that cannot be renewed is.
                let wait = if failures == 0 {
                    Duration::ZERO
                } else {
                    self.tell_down(reason, out);
                    self.set_status(LinkStatus::Connecting, out);
                    self.backoff(failures - 1)
                };
                self.timers.set(Wake::Retry(lane), Some(now.mono + wait));
            }
        }
    }

    /// A request of a session that is up has had a good answer.
    pub(super) fn recovered(&mut self, lane: LaneId, out: &mut Vec<LinkOutput>) {
        let line = self.line(lane);
        (line.failures, line.failing_since) = (0, None);
        let all_is_well = self.calls.failures.max(self.poll.failures) <= 1;
        if self.state == State::Online && all_is_well {
            self.told.clear();
            self.set_status(LinkStatus::Online, out);
        }
    }

    /// How long to wait after `failures` earlier ones: full jitter below a bound that doubles.
    pub(super) fn backoff(&mut self, failures: u32) -> Duration {
        let doubled = self
            .limits
            .backoff_first
            .saturating_mul(2_u32.pow(failures.min(16)));
        let bound = doubled.min(self.limits.backoff_last);
        self.rng.jitter(bound).max(BACKOFF_MIN)
    }

    /// Says why nothing goes, unless that has been said since all was well.
    pub(super) fn tell_down(&mut self, reason: &str, out: &mut Vec<LinkOutput>) {
        if !self.told.iter().any(|told| told == reason) {
            if self.told.len() == CAUSES_MAX {
                self.told.remove(0);
            }
            self.told.push(String::from(reason));
            out.push(LinkOutput::Down(String::from(reason)));
        }
    }
}
