//! A lane whose server sends whatever the input holds: where its requests go, and what becomes of them.
//! Never opens a connection: it plays the network by the book.

use std::collections::VecDeque;
use std::time::Duration;

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::cookies::CookieJar;
use imo2sproxy_core::http::lane::{Lane, LaneInput, LaneOutput, LaneOutputs, Ticket};
use imo2sproxy_core::http::server::HttpServer;
use imo2sproxy_core::http::{Request, form};
use imo2sproxy_core::io::{CloseCause, Origin};
use imo2sproxy_core::time::Now;

use crate::fuzzing::cuts::pieces;
use crate::fuzzing::messages::limits;

/// Bit of the first byte: the first request is a POST.
const POST: u8 = 1;
/// Bit of the first byte: the requests may go to no other origin.
const AT_HOME: u8 = 0x10;
/// Bit of the first byte: the lane leads to the service in the same process.
const EMBEDDED: u8 = 0x20;
/// Bit of the first byte: TLS is spoken at the lane's origin.
const TLS: u8 = 0x40;
/// Redirects in this target.
const REDIRECTS: usize = 3;
/// How many requests there are.
const REQUESTS: usize = 2;

/// Lets a lane ask twice, and gives it `stream` for all answers.
///
/// # Panics
/// If a request goes where it must not, more often than it may, or in a form that our own server refuses; if anything
/// is asked of a connection that is not there; if a request is done twice or never.
pub(super) fn check(options: u8, stream: &[u8], size: usize) {
    let mut network = Network::new(options);
    network.submit();
    network.perform();
    for piece in pieces(stream, size) {
        network.deliver(piece);
        network.perform();
    }
    while network.up {
        network.lost(CloseCause::Peer);
        network.perform();
    }
    assert_eq!(network.done.len(), REQUESTS, "a request without an end");
}

struct Network {
    lane: Lane,
    jar: CookieJar,
    home: Origin,
    at_home: bool,
    post: bool,
    /// Where the connection leads; there is one while `up`.
    peer: Origin,
    up: bool,
    asked: usize,
    done: Vec<Ticket>,
    /// What the lane asks for and was not performed yet.
    queue: VecDeque<LaneOutput>,
}

impl Network {
    fn new(options: u8) -> Self {
        let tls = options & TLS != 0;
        let home = if options & EMBEDDED != 0 {
            Origin::Embedded
        } else {
            Origin::Net {
                host: "www.imo.example".into(),
                port: if tls { 443 } else { 80 },
                tls,
            }
        };
        let limits = Limits {
            redirects: REDIRECTS,
            ..limits()
        };
        Self {
            lane: Lane::new(home.clone(), &limits),
            jar: CookieJar::new(),
            peer: home.clone(),
            home,
            at_home: options & AT_HOME != 0,
            post: options & POST != 0,
            up: false,
            asked: 0,
            done: Vec::new(),
            queue: VecDeque::new(),
        }
    }

    fn submit(&mut self) {
        let mut out = LaneOutputs::new();
        let (now, wait) = (Now::default(), Duration::from_secs(30));
        let page = Request::get("/a/b?c/d".into());
        let first = if self.post {
            Request::post("/imo".into(), form::CONTENT_TYPE, b"a=secret".to_vec())
        } else {
            page.clone()
        };
        for request in [first, page] {
            if self.at_home {
                self.lane
                    .submit_at_home(now, request, wait, &self.jar, &mut out);
            } else {
                self.lane.submit(now, request, wait, &self.jar, &mut out);
            }
        }
        self.queue.extend(out);
    }

    fn deliver(&mut self, bytes: &[u8]) {
        if self.up {
            self.tell(LaneInput::Received(bytes));
        }
    }

    fn lost(&mut self, cause: CloseCause) {
        self.up = false;
        self.tell(LaneInput::Closed(cause));
    }

    fn tell(&mut self, input: LaneInput<'_>) {
        let mut out = LaneOutputs::new();
        let now = Now::default();
        self.lane.handle(now, input, &mut self.jar, &mut out);
        self.queue.extend(out);
    }

    /// Does what was asked for, in order, and what follows from it.
    fn perform(&mut self) {
        while let Some(output) = self.queue.pop_front() {
            match output {
                LaneOutput::Connect(origin) => self.connect(origin),
                LaneOutput::Send(bytes) => self.sent(&bytes),
                LaneOutput::Close => {
                    assert!(self.up, "closes what is not there");
                    self.lost(CloseCause::Local);
                }
                LaneOutput::Done(ticket, _) => {
                    assert!(!self.done.contains(&ticket), "done twice");
                    self.done.push(ticket);
                }
            }
        }
    }

    fn connect(&mut self, origin: Origin) {
        assert!(!self.up, "a second connection");
        if self.at_home || self.home == Origin::Embedded {
            assert_eq!(origin, self.home, "led away");
        }
        if let Origin::Net { tls: true, .. } = self.home {
            let safe = matches!(origin, Origin::Net { tls: true, .. });
            assert!(safe, "led away from TLS");
        }
        self.peer = origin;
        self.up = true;
        self.tell(LaneInput::Connected);
    }

    /// A request has gone out: one that our own server takes.
    fn sent(&mut self, bytes: &[u8]) {
        assert!(self.up, "said to nobody");
        self.asked += 1;
        assert!(self.asked <= REQUESTS * (1 + REDIRECTS), "asks for ever");
        let mut server = HttpServer::new(&Limits::default());
        server.receive(bytes);
        let request = server.next(&mut Vec::new());
        let Ok(Some(request)) = request else {
            panic!("{request:?}: {}", String::from_utf8_lossy(bytes));
        };
        assert!(request.path.starts_with('/'), "{}", request.path);
        if !request.body.is_empty() {
            assert_eq!(self.peer, self.home, "posted to somebody else");
        }
        let host = request.headers.get("Host");
        assert!(host.is_some_and(|host| !host.is_empty()));
    }
}
