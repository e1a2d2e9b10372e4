//! What it costs a link to turn a call into the bytes of its HTTP request.
//! Never measures what comes back: the service is played by hand.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use divan::Bencher;
use imo2sproxy_core::config::{Limits, Upstream};
use imo2sproxy_core::http::Response;
use imo2sproxy_core::http::server::HttpServer;
use imo2sproxy_core::imo::call::Call;
use imo2sproxy_core::imo::link::{LaneId, LaneInput, Link, LinkOutput, LinkStatus};
use imo2sproxy_core::rng::{Rng, Seed};
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::time::{Instant, Now, UnixTime};
use serde_json::{Value, json};

const SSID: &str = "Qm3ABCDEFGHIJKLM";
/// The longest text of a message, in bytes.
const LONGEST: usize = 32 * 1024;

fn main() {
    let divan = divan::Divan::default().max_time(Duration::from_secs(1));
    divan.config_with_args().main();
}

/// A link and the two connections to its service.
struct Line {
    link: Link,
    now: Now,
    said: Vec<LinkOutput>,
    servers: [HttpServer; 2],
    /// How many of the link's calls the service has taken, and the number of its own next message.
    taken: u64,
    next: u64,
    request: u64,
}

impl Line {
    fn new() -> Self {
        let limits = Arc::new(Limits::default());
        let rng = Rng::new(Seed::from_number(1));
        let (upstream, password) = (Upstream::embedded(), Secret::from("secret"));
        let server = || HttpServer::new(&limits);
        Self {
            link: Link::new("alice".into(), password, upstream, &limits, rng),
            now: Now {
                mono: Instant::ZERO,
                wall: UnixTime::from_seconds(1_400_000_000),
            },
            said: Vec::with_capacity(64),
            servers: [server(), server()],
            taken: 0,
            next: 0,
            request: 0,
        }
    }

    /// A link that is signed on and polls.
    fn online() -> Self {
        let mut line = Self::new();
        line.link.start(&mut line.said);
        line.perform();
        line.answer(LaneId::Calls, "<html>");
        let opened = json!({"method": "rest_rpc", "data": {"ack": 1, "ssid": SSID}});
        line.answer(LaneId::Calls, &opened.to_string());
        // The opening call is number 0; two requests follow with the login, and one with the status.
        for taken in [3, 4] {
            line.taken = taken;
            line.say(LaneId::Calls, None);
        }
        let edata = json!({"alias": "Alice"});
        let signed_on =
            json!({"name": "signed_on", "proto": "prpl-skype", "uid": "alice", "edata": edata});
        line.say(LaneId::Poll, Some(("im", signed_on)));
        line.taken = 5;
        line.say(LaneId::Calls, None);
        assert_eq!(line.link.status(), LinkStatus::Online, "it is signed on");
        line
    }

    /// Does what the link asks for, but for answers to requests.
    fn perform(&mut self) {
        while !self.said.is_empty() {
            let mut more = Vec::new();
            for output in self.said.drain(..) {
                let (link, now, said) = (&mut self.link, self.now, &mut more);
                match output {
                    LinkOutput::AsksIn => link.admit(now, said),
                    LinkOutput::Connect(lane, _) => {
                        link.handle(now, lane, LaneInput::Connected, said);
                    }
                    LinkOutput::Send(lane, bytes) => {
                        let server = &mut self.servers[usize::from(lane == LaneId::Poll)];
                        server.receive(&bytes);
                        let request = server.next(&mut Vec::new()).expect("HTTP");
                        assert!(request.is_some(), "a whole request");
                    }
                    LinkOutput::Took(taken) => link.confirm(now, taken, said),
                    LinkOutput::Close(_)
                    | LinkOutput::Done(..)
                    | LinkOutput::TakenBack(..)
                    | LinkOutput::Fetched(..)
                    | LinkOutput::Echoed(_)
                    | LinkOutput::Notice(_)
                    | LinkOutput::Status(_) => {}
                    LinkOutput::Down(_) | LinkOutput::Refused | LinkOutput::Fault(_) => {
                        panic!("the service plays well: {output:?}")
                    }
                }
            }
            self.said.append(&mut more);
        }
    }

    /// Answers the request on a lane.
    fn answer(&mut self, lane: LaneId, body: &str) {
        let response = Response::new(200, "application/json", body.into());
        let mut bytes = Vec::new();
        let server = &mut self.servers[usize::from(lane == LaneId::Poll)];
        let _ = server.send(&response, &mut bytes);
        let input = LaneInput::Received(&bytes);
        self.link.handle(self.now, lane, input, &mut self.said);
        self.perform();
    }

    /// Acknowledges all calls taken so far, and tells at most one thing.
    fn say(&mut self, lane: LaneId, message: Option<(&str, Value)>) {
        let messages: Vec<Value> = message
            .into_iter()
            .map(|(system, data)| {
                let seq = self.next;
                self.next += 1;
                json!({"seq": seq, "to": {"system": "client", "ssid": SSID}, "from": {"system": system}, "data": data})
            })
            .collect();
        let data = json!({"ack": self.taken, "ssid": SSID, "messages": messages});
        let body = json!({"method": "forward_to_client", "data": data});
        self.answer(lane, &body.to_string());
    }

    /// Takes a call that wants a result, as the service does.
    fn call_done(&mut self) {
        self.perform();
        self.taken += 1;
        self.say(LaneId::Calls, None);
        let result = json!({"request_id": self.request, "response": {"timestamp": 1_400_000_000}});
        self.request += 1;
        self.say(LaneId::Poll, Some(("internal", result)));
    }
}

/// A text to Bob, of so many bytes.
fn text(length: usize) -> Call {
    let body: String = "a few words ".chars().cycle().take(length).collect();
    Call::SendMessage {
        to: "bob".into(),
        body: body.into(),
        mid: Some("0123456789abcdef".into()),
    }
}

#[divan::bench(args = [40, LONGEST], sample_size = 1, sample_count = 2000)]
fn text_to_bytes(bencher: Bencher<'_, '_>, length: usize) {
    let mut line = Line::online();
    line.link.call(line.now, text(length), &mut line.said);
    assert!(
        matches!(&line.said[..], [LinkOutput::Send(LaneId::Calls, bytes)] if bytes.len() > length),
        "one request goes out"
    );
    line.call_done();
    let line = RefCell::new((line, false));
    bencher
        .with_inputs(|| {
            let (line, called) = &mut *line.borrow_mut();
            if std::mem::replace(called, true) {
                line.call_done();
            }
            text(length)
        })
        .bench_local_values(|call| {
            let (line, _) = &mut *line.borrow_mut();
            line.link.call(line.now, call, &mut line.said);
        });
}
