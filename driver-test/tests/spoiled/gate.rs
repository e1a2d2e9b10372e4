//! A host between a daemon and the real service that passes everything on, but for what a test wants spoiled.
//! Never spoils more answers than it was told to.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::cookies::CookieJar;
use imo2sproxy_core::http::lane::{Lane, LaneInput, LaneOutput};
use imo2sproxy_core::http::server::{AfterResponse, HttpServer};
use imo2sproxy_core::http::{Method, Request, Response, form};
use imo2sproxy_core::io::{CloseHow, ConnId, Input, Machine, Origin, Output, Outputs};
use imo2sproxy_core::time::{Instant, Now};
use serde_json::Value;

/// Longer than any answer of the real service takes.
const WAIT: Duration = Duration::from_secs(1_000_000);

/// What a request is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Place {
    /// The first page.
    Page,
    /// The request for a session id.
    Session,
    /// A request with calls.
    Calls,
    /// A poll.
    Poll,
    /// A picture.
    Picture,
}

impl Place {
    fn of(request: &Request) -> Self {
        if request.method == Method::Get {
            let is_page = request.path == "/";
            return if is_page { Self::Page } else { Self::Picture };
        }
        let fields: BTreeMap<_, _> = form::pairs(&request.body).map(Result::unwrap).collect();
        if fields["method"] == "rest_rpc" {
            return Self::Session;
        }
        let envelope: Value = serde_json::from_str(&fields["data"]).unwrap();
        match envelope["messages"].as_array().unwrap().is_empty() {
            true => Self::Poll,
            false => Self::Calls,
        }
    }
}

/// What the daemon gets for an answer.
pub(crate) enum Delivery {
    /// A proper response.
    Proper(Response),
    /// These bytes, and then the end of the connection.
    Last(Vec<u8>),
    /// These bytes, and then nothing more.
    Silence(Vec<u8>),
}

impl Delivery {
    /// `response` with another body, and all else as it is.
    pub(crate) fn with_body(response: &Response, body: impl Into<Vec<u8>>) -> Self {
        let mut response = response.clone();
        response.body = body.into();
        Self::Proper(response)
    }
}

/// Makes something else of an answer; `None`: this one is not meant.
pub(crate) type Trick = Box<dyn FnMut(Place, &Response) -> Option<Delivery>>;

/// What the gate shall do, and what it has seen. Shared with the test.
#[derive(Default)]
pub(crate) struct Plan {
    trick: Option<Trick>,
    /// How often the trick still works.
    left: usize,
    /// How many answers were spoiled.
    pub(crate) spoiled: usize,
    /// How long the last of them was before.
    pub(crate) spoiled_bytes: usize,
    /// All honest answers.
    pub(crate) seen: Vec<(Place, Vec<u8>)>,
}

impl Plan {
    /// Spoils the next `count` answers that the trick is meant for.
    pub(crate) fn spoil(
        &mut self,
        count: usize,
        trick: impl FnMut(Place, &Response) -> Option<Delivery> + 'static,
    ) {
        self.trick = Some(Box::new(trick));
        self.left = count;
        self.spoiled = 0;
    }

    /// From now on all answers are honest.
    pub(crate) fn be_honest(&mut self) {
        self.trick = None;
        self.left = 0;
    }

    fn deliver(&mut self, place: Place, response: Response) -> Delivery {
        if let Some(trick) = &mut self.trick
            && self.left > 0
            && let Some(delivery) = trick(place, &response)
        {
            self.left -= 1;
            self.spoiled += 1;
            self.spoiled_bytes = response.body.len();
            return delivery;
        }
        self.seen.push((place, response.body.clone()));
        Delivery::Proper(response)
    }
}

/// One connection of the daemon, and the one to the service that goes with it.
struct Passage {
    server: HttpServer,
    lane: Lane,
    upstream: Option<u32>,
    place: Place,
    silent: bool,
}

/// The host itself.
pub(crate) struct Gate {
    plan: Rc<RefCell<Plan>>,
    passages: BTreeMap<u32, Passage>,
    /// Whose each connection to the service is.
    owners: BTreeMap<u32, u32>,
    next_upstream: u32,
}

impl Gate {
    pub(crate) fn new(plan: Rc<RefCell<Plan>>) -> Self {
        Self {
            plan,
            passages: BTreeMap::new(),
            owners: BTreeMap::new(),
            next_upstream: 0,
        }
    }

    fn accepted(&mut self, number: u32) {
        let origin = Origin::Net {
            host: "imo.example".into(),
            port: 443,
            tls: true,
        };
        let limits = Limits::default();
        let passage = Passage {
            server: HttpServer::new(&limits),
            lane: Lane::new(origin, &limits),
            upstream: None,
            place: Place::Page,
            silent: false,
        };
        self.passages.insert(number, passage);
    }

    /// Bytes of the daemon.
    fn heard(&mut self, now: Now, number: u32, bytes: &[u8], out: &mut Outputs) {
        let Some(passage) = self.passages.get_mut(&number) else {
            return;
        };
        passage.server.receive(bytes);
        self.pass_on(now, number, out);
    }

    fn pass_on(&mut self, now: Now, number: u32, out: &mut Outputs) {
        let Some(passage) = self.passages.get_mut(&number).filter(|p| !p.silent) else {
            return;
        };
        let next = passage.server.next(&mut Vec::new());
        let Some(mut request) = next.expect("the daemon speaks HTTP") else {
            return;
        };
        passage.place = Place::of(&request);
        for name in ["Host", "User-Agent", "Accept-Encoding", "Content-Length"] {
            request.headers.remove(name);
        }
        let mut said = Vec::new();
        // The daemon's own cookies go through among its fields.
        let jar = CookieJar::new();
        passage.lane.submit(now, request, WAIT, &jar, &mut said);
        self.perform(now, number, said, out);
    }

    /// News of a connection to the service.
    fn upstream(&mut self, now: Now, upstream: u32, input: LaneInput<'_>, out: &mut Outputs) {
        let Some(number) = self.owners.get(&upstream).copied() else {
            return;
        };
        let Some(passage) = self.passages.get_mut(&number) else {
            return;
        };
        let mut said = Vec::new();
        let mut jar = CookieJar::new();
        passage.lane.handle(now, input, &mut jar, &mut said);
        self.perform(now, number, said, out);
    }

    fn perform(&mut self, now: Now, number: u32, said: Vec<LaneOutput>, out: &mut Outputs) {
        for output in said {
            let Some(passage) = self.passages.get_mut(&number) else {
                return;
            };
            let upstream = passage.upstream.map(ConnId::Upstream);
            match output {
                LaneOutput::Connect(origin) => {
                    let conn = ConnId::Upstream(self.next_upstream);
                    passage.upstream = Some(self.next_upstream);
                    self.owners.insert(self.next_upstream, number);
                    self.next_upstream += 1;
                    out.push(Output::Connect { conn, origin });
                }
                LaneOutput::Send(bytes) => {
                    let conn = upstream.unwrap();
                    out.push(Output::Send { conn, bytes });
                }
                LaneOutput::Close => {
                    let (conn, how) = (upstream.unwrap(), CloseHow::Abort);
                    out.push(Output::Close { conn, how });
                }
                LaneOutput::Done(_, Ok(mut response)) => {
                    response.headers.remove("Content-Length");
                    response.headers.remove("Connection");
                    self.answer(number, response, out);
                    self.pass_on(now, number, out);
                }
                LaneOutput::Done(_, Err(_)) => {
                    passage.silent = true;
                    let (conn, how) = (ConnId::Client(number), CloseHow::Abort);
                    out.push(Output::Close { conn, how });
                }
            }
        }
    }

    fn answer(&mut self, number: u32, response: Response, out: &mut Outputs) {
        let Some(passage) = self.passages.get_mut(&number) else {
            return;
        };
        let conn = ConnId::Client(number);
        let mut bytes = out.buffer();
        let how = CloseHow::AfterFlush;
        match self.plan.borrow_mut().deliver(passage.place, response) {
            Delivery::Proper(response) => {
                let after = passage.server.send(&response, &mut bytes);
                out.push(Output::Send { conn, bytes });
                if after == AfterResponse::Close {
                    out.push(Output::Close { conn, how });
                    passage.silent = true;
                }
            }
            Delivery::Last(last) => {
                passage.silent = true;
                if !last.is_empty() {
                    out.push(Output::Send { conn, bytes: last });
                }
                out.push(Output::Close { conn, how });
            }
            Delivery::Silence(last) => {
                passage.silent = true;
                if !last.is_empty() {
                    out.push(Output::Send { conn, bytes: last });
                }
            }
        }
    }

    /// A connection of the daemon is no more.
    fn left(&mut self, number: u32, out: &mut Outputs) {
        if let Some(passage) = self.passages.remove(&number)
            && let Some(upstream) = passage.upstream
            && self.owners.remove(&upstream).is_some()
        {
            let (conn, how) = (ConnId::Upstream(upstream), CloseHow::Abort);
            out.push(Output::Close { conn, how });
        }
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
            _ => {}
        }
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }
}
