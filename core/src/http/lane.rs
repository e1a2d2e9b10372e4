//! A queue of requests on at most one connection at a time, one request in flight.
//! Never repeats a request: one whose connection died fails, and whoever knows what it means decides.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::mem;
use core::time::Duration;

use smallvec::SmallVec;

use super::client::HttpClient;
use super::cookies::CookieJar;
use super::{Request, Response};
use crate::config::Limits;
use crate::io::{CloseCause, Origin};
use crate::time::{FewTimers, Instant, Now};

mod error;
mod job;

pub use error::LaneError;
use job::Job;

/// Names one request of a lane until its [`LaneOutput::Done`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ticket(u64);

/// What a lane is told.
#[derive(Clone, Copy, Debug)]
pub enum LaneInput<'a> {
    /// The connection asked for is up.
    Connected,
    /// Bytes have come in; never empty.
    Received(&'a [u8]),
    /// The connection is no more, or never came to be. Comes once for each [`LaneOutput::Connect`], also after
    /// [`LaneOutput::Close`], and is the last word on it.
    Closed(CloseCause),
    /// The time of [`Lane::deadline`] has come.
    Tick,
}

/// What a lane asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LaneOutput {
    /// Open a connection. Comes only when the one before is closed: a lane has at most one.
    Connect(Origin),
    /// Write to the connection.
    Send(Vec<u8>),
    /// Close the connection at once. Until [`LaneInput::Closed`] has come nothing further is asked of it or of another.
    Close,
    /// A request is done.
    Done(Ticket, Result<Response, LaneError>),
}

/// What a lane asks for at once: two things as a rule.
pub type LaneOutputs = SmallVec<[LaneOutput; 2]>;

/// A queue of requests to one origin, and wherever that sends them on to.
///
/// ```text
///           Connect             Connected           Send
///   Down ────────────► Connecting ────────► Idle ─────────► Busy ─┐ whole reply
///    ▲                     │                 ▲ │              │   │
///    │                     │                 └─┼──────────────┼───┘
///    │ Closed              ▼ Close             ▼ Close        ▼ Close
///    └────────────────────────────── Closing ─────────────────┘
/// ```
///
/// `Closed` leads to `Down` from anywhere. The lane does not limit its queue: its owner knows how much it
/// puts in.
pub struct Lane {
    origin: Origin,
    redirects_max: usize,
    connection: Connection,
    /// Where the connection leads, unless it is down.
    peer: Origin,
    client: HttpClient,
    /// The first one is in flight when the connection is busy.
    jobs: VecDeque<Job>,
    timers: FewTimers<Ticket>,
    next_ticket: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Connection {
    Down,
    Connecting,
    Idle,
    Busy,
    Closing,
}

impl Lane {
    /// An empty lane to `origin`, with the limits of heads, responses and redirects.
    #[must_use]
    pub fn new(origin: Origin, limits: &Limits) -> Self {
        Self {
            peer: origin.clone(),
            origin,
            redirects_max: limits.redirects,
            connection: Connection::Down,
            client: HttpClient::new(limits),
            jobs: VecDeque::new(),
            timers: FewTimers::new(),
            next_ticket: 0,
        }
    }

    /// Puts a request at the end of the queue. It is answered by [`LaneOutput::Done`] after `wait` at the latest,
    /// the time in the queue and for the connection included.
    pub fn submit(
        &mut self,
        now: Now,
        request: Request,
        wait: Duration,
        jar: &CookieJar,
        out: &mut LaneOutputs,
    ) -> Ticket {
        let ticket = self.queue(now, request, wait, false);
        self.advance(now, jar, out);
        ticket
    }

    /// Like [`Lane::submit`], but a redirect to another origin is [`LaneError::OtherOrigin`] whatever the method is.
    pub fn submit_at_home(
        &mut self,
        now: Now,
        request: Request,
        wait: Duration,
        jar: &CookieJar,
        out: &mut LaneOutputs,
    ) -> Ticket {
        let ticket = self.queue(now, request, wait, true);
        self.advance(now, jar, out);
        ticket
    }

    fn queue(&mut self, now: Now, request: Request, wait: Duration, stays: bool) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        self.timers.set(ticket, Some(now.mono + wait));
        if self.jobs.capacity() == 0 {
            // One request at a time is what most lanes have, and each account has two of them.
            self.jobs.reserve_exact(1);
        }
        self.jobs.push_back(Job {
            ticket,
            request,
            origin: self.origin.clone(),
            redirects: 0,
            stays,
        });
        ticket
    }

    /// Forgets a request; no [`LaneOutput::Done`] will come for it. If it is in flight, this costs the connection.
    pub fn cancel(&mut self, ticket: Ticket, out: &mut LaneOutputs) {
        let Some(at) = self.jobs.iter().position(|job| job.ticket == ticket) else {
            return;
        };
        self.jobs.remove(at);
        self.timers.set(ticket, None);
        if at == 0 && self.connection == Connection::Busy {
            self.close(out);
        }
    }

    /// Forgets all requests, and closes the connection if there is one.
    pub fn clear(&mut self, out: &mut LaneOutputs) {
        self.jobs.clear();
        self.timers = FewTimers::new();
        self.close(out);
    }

    /// Takes an input and appends what is to be done. Cookies of responses go into `jar`.
    pub fn handle(
        &mut self,
        now: Now,
        input: LaneInput<'_>,
        jar: &mut CookieJar,
        out: &mut LaneOutputs,
    ) {
        match input {
            LaneInput::Connected => self.connected(),
            LaneInput::Received(bytes) => self.received(now, bytes, jar, out),
            LaneInput::Closed(cause) => self.closed(now, cause, jar, out),
            LaneInput::Tick => self.expire(now.mono, out),
        }
        self.advance(now, jar, out);
    }

    /// When the lane wants a [`LaneInput::Tick`] at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Whether no request is waiting or in flight.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// Panics if requests, their timers and the connection do not fit together. To be called between inputs.
    pub(crate) fn check_invariants(&self) {
        self.timers.check_invariants();
        let is_timed = |job: &Job| self.timers.get(&job.ticket).is_some();
        assert!(
            self.jobs.iter().all(is_timed) && self.timers.len() == self.jobs.len(),
            "each request has a time by which it is done"
        );
        match self.connection {
            Connection::Down | Connection::Idle => assert!(
                self.jobs.is_empty(),
                "a request does not wait where nothing is under way"
            ),
            Connection::Busy => {
                assert!(!self.jobs.is_empty(), "a connection is busy with a request")
            }
            Connection::Connecting | Connection::Closing => {}
        }
        if self.connection == Connection::Busy {
            self.client.check_invariants();
        }
    }

    fn connected(&mut self) {
        if self.connection == Connection::Connecting {
            self.client.restart();
            self.connection = Connection::Idle;
        }
    }

    fn received(&mut self, now: Now, bytes: &[u8], jar: &mut CookieJar, out: &mut LaneOutputs) {
        if !matches!(self.connection, Connection::Idle | Connection::Busy) {
            return; // Bytes can come in until the connection that we closed is gone.
        }
        match self.client.receive(bytes) {
            Ok(None) => {}
            Ok(Some(reply)) => {
                match reply.reusable {
                    Ok(()) => self.connection = Connection::Idle,
                    Err(_) => self.close(out),
                }
                self.replied(now, reply.response, jar, out);
            }
            Err(error) => {
                self.close(out);
                // On an idle connection there is no request that this could concern.
                self.finish(Err(LaneError::Http(error)), out);
            }
        }
    }

    fn closed(&mut self, now: Now, cause: CloseCause, jar: &mut CookieJar, out: &mut LaneOutputs) {
        match mem::replace(&mut self.connection, Connection::Down) {
            Connection::Connecting => self.fail_waiting(cause, out),
            Connection::Busy => {
                let reply = if cause == CloseCause::Peer {
                    self.client.eof().ok().flatten()
                } else {
                    None
                };
                match reply {
                    Some(reply) => self.replied(now, reply.response, jar, out),
                    None => self.finish(Err(LaneError::Lost(cause)), out),
                }
            }
            Connection::Down | Connection::Idle | Connection::Closing => {}
        }
    }

    /// Fails all requests that waited for the connection that did not come to be: for each of them to try
    /// again would only tell the same.
    fn fail_waiting(&mut self, cause: CloseCause, out: &mut LaneOutputs) {
        for job in mem::take(&mut self.jobs) {
            if job.origin == self.peer {
                self.timers.set(job.ticket, None);
                out.push(LaneOutput::Done(job.ticket, Err(LaneError::Connect(cause))));
            } else {
                self.jobs.push_back(job);
            }
        }
    }

    /// Takes the response to the first request: either it is done, or it goes on to another place.
    fn replied(
        &mut self,
        now: Now,
        response: Response,
        jar: &mut CookieJar,
        out: &mut LaneOutputs,
    ) {
        let Some(job) = self.jobs.front_mut() else {
            return;
        };
        for cookie in response.headers.all("Set-Cookie") {
            jar.store(now.wall, &job.origin, &job.request.path, cookie);
        }
        match job.follow(&response, self.redirects_max) {
            Ok(true) => {}
            Ok(false) => self.finish(Ok(response), out),
            Err(error) => self.finish(Err(error), out),
        }
    }

    /// Takes the first request out of the queue.
    fn finish(&mut self, result: Result<Response, LaneError>, out: &mut LaneOutputs) {
        if let Some(job) = self.jobs.pop_front() {
            self.timers.set(job.ticket, None);
            out.push(LaneOutput::Done(job.ticket, result));
        }
    }

    /// Fails the requests whose time is over. If the first is among them, so is its connection.
    fn expire(&mut self, now: Instant, out: &mut LaneOutputs) {
        while let Some(ticket) = self.timers.pop_due(now) {
            let Some(at) = self.jobs.iter().position(|job| job.ticket == ticket) else {
                continue;
            };
            self.jobs.remove(at);
            if at == 0 {
                self.close(out);
            }
            out.push(LaneOutput::Done(ticket, Err(LaneError::TimedOut)));
        }
    }

    /// Does what the first request needs next, if it needs anything.
    fn advance(&mut self, now: Now, jar: &CookieJar, out: &mut LaneOutputs) {
        let Some(job) = self.jobs.front() else {
            return;
        };
        match self.connection {
            Connection::Down => {
                self.peer = job.origin.clone();
                self.connection = Connection::Connecting;
                out.push(LaneOutput::Connect(job.origin.clone()));
            }
            Connection::Idle if self.peer != job.origin => self.close(out),
            Connection::Idle => {
                let common = job.common_fields(now.wall, jar);
                let mut tx = Vec::with_capacity(512 + job.request.body.len());
                self.client.send(&job.request, &common, &mut tx);
                self.connection = Connection::Busy;
                out.push(LaneOutput::Send(tx));
            }
            Connection::Connecting | Connection::Busy | Connection::Closing => {}
        }
    }

    fn close(&mut self, out: &mut LaneOutputs) {
        match self.connection {
            Connection::Connecting | Connection::Idle | Connection::Busy => {
                self.connection = Connection::Closing;
                out.push(LaneOutput::Close);
            }
            Connection::Down | Connection::Closing => {}
        }
    }
}

#[cfg(test)]
mod tests;
