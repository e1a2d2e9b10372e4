//! A host between a daemon and a service that passes everything on, but for what a test or a seed wants spoiled.
//! Never spoils more answers than it was told to.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::cookies::CookieJar;
use imo2sproxy_core::http::lane::{Lane, LaneInput, LaneOutput, LaneOutputs};
use imo2sproxy_core::http::server::{AfterResponse, HttpServer};
use imo2sproxy_core::http::{Request, Response};
use imo2sproxy_core::io::{CloseHow, ConnId, Input, Machine, Origin, Output, Outputs};
use imo2sproxy_core::rng::Rng;
use imo2sproxy_core::time::{Instant, Now};

use crate::faults::{Conditions, Fault};

mod mischief;
mod plan;

use mischief::Mischief;
pub use plan::{Delivery, Place, Plan, Trick};

/// Longer than any answer takes: whoever asks gives up by itself, and hangs up then.
const WAIT: Duration = Duration::from_secs(1_000_000);

/// One connection of a daemon, and the one to the service that goes with it.
struct Passage {
    server: HttpServer,
    lane: Lane,
    /// The connection to the service, unless it is closed or being closed.
    upstream: Option<u32>,
    place: Place,
    /// What the seed wants done to the answer.
    fault: Option<Fault>,
    /// Nothing more is said to the daemon.
    silent: bool,
}

/// The host itself.
pub struct Gate {
    origin: Origin,
    plan: Option<Rc<RefCell<Plan>>>,
    mischief: Option<Mischief>,
    passages: BTreeMap<u32, Passage>,
    /// Whose each connection to the service is.
    owners: BTreeMap<u32, u32>,
    next_upstream: u32,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gate({} passages)", self.passages.len())
    }
}

impl Gate {
    /// A gate before the service at `origin` that spoils what `plan` says.
    #[must_use]
    pub const fn planned(origin: Origin, plan: Rc<RefCell<Plan>>) -> Self {
        Self::with(origin, Some(plan), None)
    }

    /// A gate before the service at `origin` that spoils by chance, as [`Faults::http`](crate::Faults::http) of the
    /// conditions says.
    #[must_use]
    pub const fn drawn(origin: Origin, conditions: Conditions, rng: Rng) -> Self {
        Self::with(origin, None, Some(Mischief::new(conditions, rng)))
    }

    const fn with(
        origin: Origin,
        plan: Option<Rc<RefCell<Plan>>>,
        mischief: Option<Mischief>,
    ) -> Self {
        Self {
            origin,
            plan,
            mischief,
            passages: BTreeMap::new(),
            owners: BTreeMap::new(),
            next_upstream: 0,
        }
    }

    fn accepted(&mut self, number: u32) {
        let limits = Limits::default();
        let passage = Passage {
            server: HttpServer::new(&limits),
            lane: Lane::new(self.origin.clone(), &limits),
            upstream: None,
            place: Place::Other,
            fault: None,
            silent: false,
        };
        self.passages.insert(number, passage);
    }

    /// Bytes of a daemon.
    fn heard(&mut self, now: Now, number: u32, bytes: &[u8], out: &mut Outputs) {
        if let Some(passage) = self.passages.get_mut(&number) {
            passage.server.receive(bytes);
            self.pass_on(now, number, out);
        }
    }

    /// Passes the next request on, if there is one. Those that are answered here are followed by the next one.
    fn pass_on(&mut self, now: Now, number: u32, out: &mut Outputs) {
        while let Some(passage) = self.passages.get_mut(&number).filter(|p| !p.silent) {
            let mut request = match passage.server.next(&mut Vec::new()) {
                Ok(Some(request)) => request,
                Ok(None) => return,
                Err(_) => return self.hang_up(number, CloseHow::Abort, out),
            };
            passage.place = Place::of(&request);
            passage.fault = self.mischief.as_mut().and_then(Mischief::draw);
            if let Some(refusal) = self.refusal(number) {
                self.deliver(number, Delivery::Proper(refusal), out);
                continue;
            }
            strip(&mut request);
            let Some(passage) = self.passages.get_mut(&number) else {
                return;
            };
            let mut said = LaneOutputs::new();
            // The daemon's own cookies go through among its fields.
            let jar = CookieJar::new();
            passage.lane.submit(now, request, WAIT, &jar, &mut said);
            return self.perform(now, number, said, out);
        }
    }

    /// The answer to a request that never reaches the service.
    fn refusal(&mut self, number: u32) -> Option<Response> {
        let passage = self.passages.get(&number)?;
        let mischief = self.mischief.as_mut()?;
        (passage.fault == Some(Fault::HttpRefused)).then(|| mischief.refuse(Fault::HttpRefused))
    }

    /// News of a connection to the service.
    fn upstream(&mut self, now: Now, upstream: u32, input: LaneInput<'_>, out: &mut Outputs) {
        let Some(number) = self.owners.get(&upstream).copied() else {
            return;
        };
        let Some(passage) = self.passages.get_mut(&number) else {
            return;
        };
        if matches!(input, LaneInput::Closed(_)) {
            passage.upstream = None;
        }
        let mut said = LaneOutputs::new();
        let mut jar = CookieJar::new();
        passage.lane.handle(now, input, &mut jar, &mut said);
        self.perform(now, number, said, out);
    }

    fn perform(&mut self, now: Now, number: u32, said: LaneOutputs, out: &mut Outputs) {
        for output in said {
            let Some(passage) = self.passages.get_mut(&number) else {
                return;
            };
            match output {
                LaneOutput::Connect(origin) => {
                    let conn = ConnId::Upstream(self.next_upstream);
                    passage.upstream = Some(self.next_upstream);
                    self.owners.insert(self.next_upstream, number);
                    self.next_upstream += 1;
                    out.push(Output::Connect { conn, origin });
                }
                LaneOutput::Send(bytes) => {
                    if let Some(conn) = passage.upstream.map(ConnId::Upstream) {
                        out.push(Output::Send { conn, bytes });
                    }
                }
                LaneOutput::Close => {
                    if let Some(conn) = passage.upstream.take().map(ConnId::Upstream) {
                        let how = CloseHow::Abort;
                        out.push(Output::Close { conn, how });
                    }
                }
                LaneOutput::Done(_, Ok(mut response)) => {
                    response.headers.remove("Content-Length");
                    response.headers.remove("Connection");
                    let delivery = self.make_delivery(number, response);
                    self.deliver(number, delivery, out);
                    self.pass_on(now, number, out);
                }
                LaneOutput::Done(_, Err(_)) => self.hang_up(number, CloseHow::Abort, out),
            }
        }
    }

    /// What the daemon gets of an answer of the service.
    fn make_delivery(&mut self, number: u32, response: Response) -> Delivery {
        let Some(passage) = self.passages.get_mut(&number) else {
            return Delivery::Proper(response);
        };
        let (place, fault) = (passage.place, passage.fault.take());
        if let Some(plan) = &self.plan {
            return plan.borrow_mut().deliver(place, response);
        }
        match &mut self.mischief {
            Some(mischief) => mischief.deliver(fault, response),
            None => Delivery::Proper(response),
        }
    }

    fn deliver(&mut self, number: u32, delivery: Delivery, out: &mut Outputs) {
        let Some(passage) = self.passages.get_mut(&number).filter(|p| !p.silent) else {
            return;
        };
        let conn = ConnId::Client(number);
        let how = CloseHow::AfterFlush;
        match delivery {
            Delivery::Proper(response) => {
                let mut bytes = out.buffer();
                let after = passage.server.send(&response, &mut bytes);
                out.push(Output::Send { conn, bytes });
                if after == AfterResponse::Close {
                    self.hang_up(number, how, out);
                }
            }
            Delivery::Twice(response) => {
                let mut bytes = out.buffer();
                let after = passage.server.send(&response, &mut bytes);
                bytes.extend_from_within(..);
                out.push(Output::Send { conn, bytes });
                if after == AfterResponse::Close {
                    self.hang_up(number, how, out);
                }
            }
            Delivery::Last(bytes) => {
                if !bytes.is_empty() {
                    out.push(Output::Send { conn, bytes });
                }
                self.hang_up(number, how, out);
            }
            Delivery::Silence(bytes) => {
                passage.silent = true;
                if !bytes.is_empty() {
                    out.push(Output::Send { conn, bytes });
                }
            }
        }
    }

    /// Closes the connection of a daemon, once.
    fn hang_up(&mut self, number: u32, how: CloseHow, out: &mut Outputs) {
        if let Some(passage) = self.passages.get_mut(&number).filter(|p| !p.silent) {
            passage.silent = true;
            let conn = ConnId::Client(number);
            out.push(Output::Close { conn, how });
        }
    }

    /// A connection of a daemon is no more.
    fn left(&mut self, number: u32, out: &mut Outputs) {
        let passage = self.passages.remove(&number);
        if let Some(upstream) = passage.and_then(|passage| passage.upstream) {
            let (conn, how) = (ConnId::Upstream(upstream), CloseHow::Abort);
            out.push(Output::Close { conn, how });
        }
    }
}

/// Takes off the fields that the gate's own connection to the service has anew.
fn strip(request: &mut Request) {
    for name in ["Host", "User-Agent", "Accept-Encoding", "Content-Length"] {
        request.headers.remove(name);
    }
}

impl Machine for Gate {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        match input {
            Input::Accepted {
                conn: ConnId::Client(number),
                ..
            } => self.accepted(number),
            Input::Received {
                conn: ConnId::Client(number),
                bytes,
            } => self.heard(now, number, bytes, out),
            Input::Closed {
                conn: ConnId::Client(number),
                ..
            } => self.left(number, out),
            Input::Connected {
                conn: ConnId::Upstream(number),
            } => self.upstream(now, number, LaneInput::Connected, out),
            Input::Received {
                conn: ConnId::Upstream(number),
                bytes,
            } => self.upstream(now, number, LaneInput::Received(bytes), out),
            Input::Closed {
                conn: ConnId::Upstream(number),
                cause,
            } => {
                self.upstream(now, number, LaneInput::Closed(cause), out);
                self.owners.remove(&number);
            }
            Input::Start
            | Input::Accepted { .. }
            | Input::Connected { .. }
            | Input::Sent { .. }
            | Input::Loaded { .. }
            | Input::Stored { .. }
            | Input::Hashed { .. }
            | Input::Verified { .. }
            | Input::FileWritten { .. }
            | Input::FileRead { .. }
            | Input::Control(_)
            | Input::Tick => {}
        }
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }
}
