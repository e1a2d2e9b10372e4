//! Pictures fetched over the lane of the calls, between their requests.
//! Never asks another host than the service itself, nor for anything that cannot be a picture's id.
//!
//! See `core/docs/imo-protocol.md`, "Pictures".

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::login::State;
use super::{LaneId, Link, LinkOutput, Wake};
use crate::config::Limits;
use crate::http::lane::{LaneError, Ticket};
use crate::http::{Request, Response};
use crate::imo::icon;
use crate::invariant::at_most;
use crate::time::{Instant, Now};

/// Names one picture that is fetched until its [`LinkOutput::Fetched`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FetchId(u64);

/// Why there is no picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FetchError {
    /// Nothing of that name can be asked for.
    BadId,
    /// The account is not signed on, or is not any more.
    Offline,
    /// `Limits::fetches` are asked for already.
    TooMany,
    /// The service could not be asked, or did not answer within `Limits::fetch_wait`.
    Unreachable,
    /// The service has none of that name.
    Missing,
    /// It is larger than `Limits::avatar_bytes`.
    TooLarge,
    /// What came is no JPEG, PNG or GIF file.
    NoPicture,
}

impl FetchError {
    /// The error in words.
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::BadId => "the service names a picture that cannot be asked for",
            Self::Offline => "the account is not signed on",
            Self::TooMany => "too many pictures are asked for at once; try again",
            Self::Unreachable => "the service does not send the picture",
            Self::Missing => "the service does not have the picture any more",
            Self::TooLarge => "the picture is larger than it may be",
            Self::NoPicture => "what the service sends is no JPEG, PNG or GIF file",
        }
    }
}

/// The pictures that are asked for.
#[derive(Debug, Default)]
pub(super) struct Fetches {
    next: u64,
    /// The request that is out.
    under_way: Option<(Ticket, FetchId)>,
    /// What waits for its turn, and until when.
    waiting: VecDeque<(FetchId, String, Instant)>,
}

impl Fetches {
    /// Panics if more wait than `limits` allow.
    pub(super) fn check_invariants(&self, limits: &Limits) {
        at_most(
            self.waiting.len(),
            ("fetches", limits.fetches),
            "pictures that wait to be fetched",
        );
    }
}

impl Link {
    /// Fetches a picture from the service; answered by [`LinkOutput::Fetched`] within `Limits::fetch_wait`. One is
    /// fetched at a time, and between two of them the calls have their turn.
    ///
    /// # Errors
    /// If it is not even asked for.
    pub fn fetch(
        &mut self,
        now: Now,
        icon: &str,
        out: &mut Vec<LinkOutput>,
    ) -> Result<FetchId, FetchError> {
        if !icon::is_id(icon) {
            return Err(FetchError::BadId);
        }
        if self.state != State::Online {
            return Err(FetchError::Offline);
        }
        if self.fetches.waiting.len() >= self.limits.fetches {
            return Err(FetchError::TooMany);
        }
        self.fetches.next += 1;
        let id = FetchId(self.fetches.next);
        let until = now.mono + self.limits.fetch_wait;
        self.fetches
            .waiting
            .push_back((id, icon.to_string(), until));
        self.fetch_next(now, out);
        self.watch_fetches();
        Ok(id)
    }

    /// Asks for the next picture, if the lane is free.
    pub(super) fn fetch_next(&mut self, now: Now, out: &mut Vec<LinkOutput>) {
        let resting = self.timers.get(&Wake::Retry(LaneId::Calls)).is_some();
        let busy = self.in_flight.is_some() || self.fetches.under_way.is_some();
        if self.state != State::Online || resting || busy {
            return;
        }
        let Some((id, icon, until)) = self.fetches.waiting.pop_front() else {
            return;
        };
        let request = Request::get(format!("{}b/{icon}", self.upstream.path).into());
        let wait = until.since(now.mono);
        let ticket = self.submit_at_home(now, request, wait, out);
        self.fetches.under_way = Some((ticket, id));
        self.watch_fetches();
    }

    /// The picture that a request on the lane of the calls is for, if it is for one; it is not under way any more.
    pub(super) fn fetch_of(&mut self, ticket: Ticket) -> Option<FetchId> {
        let asked = |(own, _): &mut (Ticket, FetchId)| *own == ticket;
        self.fetches.under_way.take_if(asked).map(|(_, id)| id)
    }

    /// Takes what came of the request for a picture.
    pub(super) fn fetched(
        &mut self,
        now: Now,
        id: FetchId,
        result: Result<Response, LaneError>,
        out: &mut Vec<LinkOutput>,
    ) {
        let picture = self.picture(result);
        out.push(LinkOutput::Fetched(id, picture));
        self.fetch_next(now, out);
    }

    fn picture(&self, result: Result<Response, LaneError>) -> Result<Vec<u8>, FetchError> {
        let Ok(response) = result else {
            return Err(FetchError::Unreachable);
        };
        match response.status {
            200 if response.body.len() > self.limits.avatar_bytes => Err(FetchError::TooLarge),
            200 if icon::media_type(&response.body).is_none() => Err(FetchError::NoPicture),
            200 => Ok(response.body),
            404 | 410 => Err(FetchError::Missing),
            _ => Err(FetchError::Unreachable),
        }
    }

    /// Gives up what has waited for too long.
    pub(super) fn give_up_fetches(&mut self, now: Now, out: &mut Vec<LinkOutput>) {
        let waiting = &mut self.fetches.waiting;
        while let Some((id, _, _)) = waiting.pop_front_if(|(_, _, until)| *until <= now.mono) {
            out.push(LinkOutput::Fetched(id, Err(FetchError::Unreachable)));
        }
        self.watch_fetches();
    }

    fn watch_fetches(&mut self) {
        let first = self.fetches.waiting.front().map(|(_, _, until)| *until);
        self.timers.set(Wake::Fetch, first);
    }

    /// The session is over: nothing is fetched any more.
    pub(super) fn fail_fetches(&mut self, out: &mut Vec<LinkOutput>) {
        let under_way = self.fetches.under_way.take().map(|(ticket, id)| {
            self.withdraw(ticket, out);
            id
        });
        let waiting = self.fetches.waiting.drain(..).map(|(id, _, _)| id);
        for id in under_way.into_iter().chain(waiting) {
            out.push(LinkOutput::Fetched(id, Err(FetchError::Offline)));
        }
        self.watch_fetches();
    }
}
