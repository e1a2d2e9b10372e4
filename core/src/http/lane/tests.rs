use alloc::format;
use alloc::string::String;

use super::*;
use crate::http::location;
use crate::time::UnixTime;

mod redirects;

const WAIT: Duration = Duration::from_secs(30);

fn net(host: &str, tls: bool) -> Origin {
    let (host, port) = (host.into(), if tls { 443 } else { 80 });
    Origin::Net { host, port, tls }
}

/// A lane with its jar and clock, and a server that is played by hand.
struct Bench {
    lane: Lane,
    jar: CookieJar,
    now: Now,
    out: LaneOutputs,
}

/// What a lane put out, in words: `connect h`, `GET /`, `close`, `done 0 200`, `done 0 TimedOut`.
fn describe(output: LaneOutput) -> String {
    match output {
        LaneOutput::Connect(origin) => format!("connect {}", location::host_field(&origin)),
        LaneOutput::Send(bytes) => {
            let text = String::from_utf8(bytes).unwrap();
            text.split(" HTTP/1.1").next().unwrap().into()
        }
        LaneOutput::Close => "close".into(),
        LaneOutput::Done(Ticket(n), Ok(response)) => format!("done {n} {}", response.status),
        LaneOutput::Done(Ticket(n), Err(error)) => format!("done {n} {error:?}"),
    }
}

impl Bench {
    fn to(origin: Origin) -> Self {
        Self {
            lane: Lane::new(origin, &Limits::default()),
            jar: CookieJar::new(),
            now: Now {
                mono: Instant::ZERO,
                wall: UnixTime::from_seconds(1_000_000_000),
            },
            out: LaneOutputs::new(),
        }
    }

    fn submit(&mut self, request: Request) -> Ticket {
        let (lane, jar, out) = (&mut self.lane, &self.jar, &mut self.out);
        lane.submit(self.now, request, WAIT, jar, out)
    }

    fn get(&mut self, path: &str) -> Ticket {
        self.submit(Request::get(path.into()))
    }

    fn input(&mut self, input: LaneInput<'_>) {
        let (lane, jar, out) = (&mut self.lane, &mut self.jar, &mut self.out);
        lane.handle(self.now, input, jar, out);
    }

    /// The server answers with this status, these fields (each with its line end) and an empty body.
    fn answer(&mut self, status: u16, fields: &str) {
        let text = format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\n{fields}\r\n");
        self.input(LaneInput::Received(text.as_bytes()));
    }

    fn wait(&mut self, seconds: u64) {
        self.now.mono = self.now.mono + Duration::from_secs(seconds);
        self.input(LaneInput::Tick);
        assert!(self.lane.deadline().is_none_or(|at| at > self.now.mono));
    }

    /// Checks all that came out since the last call.
    #[track_caller]
    fn expect(&mut self, expected: &[&str]) {
        let outputs: Vec<String> = self.out.drain(..).map(describe).collect();
        assert_eq!(outputs, expected);
    }

    /// A lane to `https://h` with a request for `/` in flight.
    fn asking() -> Self {
        let mut bench = Self::to(net("h", true));
        bench.get("/");
        bench.input(LaneInput::Connected);
        bench.expect(&["connect h", "GET /"]);
        bench
    }
}

#[test]
fn requests_go_one_after_the_other_over_one_connection() {
    let mut bench = Bench::to(net("h", true));
    bench.get("/0");
    bench.get("/1");
    bench.expect(&["connect h"]);
    bench.input(LaneInput::Connected);
    bench.expect(&["GET /0"]);
    bench.answer(200, "");
    bench.expect(&["done 0 200", "GET /1"]);
    bench.answer(404, "");
    bench.expect(&["done 1 404"]);
    assert!(bench.lane.is_empty() && bench.lane.deadline().is_none());
    bench.get("/2");
    bench.expect(&["GET /2"]);
}

#[test]
fn a_request_has_the_fields_that_a_server_needs() {
    let mut bench = Bench::to(Origin::Embedded);
    let mut body = Vec::new();
    crate::http::form::append(&mut body, "method", "echo");
    bench.submit(Request::post(
        "/imo".into(),
        crate::http::form::CONTENT_TYPE,
        body,
    ));
    bench
        .jar
        .store(bench.now.wall, &Origin::Embedded, "/", "a=1");
    bench.input(LaneInput::Connected);
    let expected = format!(
        "POST /imo HTTP/1.1\r\nHost: embedded\r\nUser-Agent: imo2sproxy/{}\r\n\
         Accept-Encoding: identity\r\nCookie: a=1\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\nmethod=echo",
        env!("CARGO_PKG_VERSION"),
    );
    let expected = LaneOutput::Send(expected.into_bytes());
    assert_eq!(
        bench.out[..],
        [LaneOutput::Connect(Origin::Embedded), expected]
    );
}

#[test]
fn an_idle_connection_that_closes_is_no_error() {
    let mut bench = Bench::asking();
    bench.answer(200, "");
    bench.input(LaneInput::Closed(CloseCause::Reset));
    bench.expect(&["done 0 200"]);
    bench.get("/1");
    bench.expect(&["connect h"]);
}

#[test]
fn a_kept_connection_that_dies_on_use_fails_that_request_only() {
    let mut bench = Bench::asking();
    bench.answer(200, "");
    bench.get("/1");
    bench.get("/2");
    bench.expect(&["done 0 200", "GET /1"]);
    bench.input(LaneInput::Closed(CloseCause::Peer));
    bench.expect(&["done 1 Lost(Peer)", "connect h"]);
    bench.input(LaneInput::Connected);
    bench.expect(&["GET /2"]);
}

#[test]
fn a_connection_that_cannot_be_reused_is_closed_and_replaced() {
    let mut bench = Bench::asking();
    bench.get("/1");
    bench.answer(200, "Connection: close\r\n");
    bench.expect(&["close", "done 0 200"]);
    bench.input(LaneInput::Received(b"late"));
    bench.expect(&[]);
    bench.input(LaneInput::Closed(CloseCause::Local));
    bench.expect(&["connect h"]);
}

#[test]
fn a_body_may_end_with_the_connection_but_only_in_good_order() {
    for (cause, expected) in [
        (CloseCause::Peer, "done 0 200"),
        (CloseCause::Reset, "done 0 Lost(Reset)"),
    ] {
        let mut bench = Bench::asking();
        bench.input(LaneInput::Received(b"HTTP/1.1 200 OK\r\n\r\nhello"));
        bench.input(LaneInput::Closed(cause));
        bench.expect(&[expected]);
    }
}

#[test]
fn a_server_that_breaks_http_loses_the_connection() {
    let mut bench = Bench::asking();
    bench.input(LaneInput::Received(b"SMTP\r\n\r\n"));
    bench.expect(&["close", "done 0 Http(BadVersion)"]);
    bench.input(LaneInput::Closed(CloseCause::Local));
    bench.expect(&[]);
}

#[test]
fn a_server_that_speaks_unasked_loses_the_connection_and_no_request() {
    let mut bench = Bench::asking();
    bench.answer(200, "");
    bench.answer(408, "");
    bench.expect(&["done 0 200", "close"]);
    bench.get("/1");
    bench.expect(&[]);
    bench.input(LaneInput::Closed(CloseCause::Local));
    bench.expect(&["connect h"]);
}

#[test]
fn a_failed_connection_fails_all_that_waited_for_it() {
    let mut bench = Bench::to(net("h", true));
    bench.get("/0");
    bench.get("/1");
    bench.input(LaneInput::Closed(CloseCause::Refused));
    bench.expect(&[
        "connect h",
        "done 0 Connect(Refused)",
        "done 1 Connect(Refused)",
    ]);
    assert_eq!(bench.lane.deadline(), None);
    bench.get("/2");
    bench.expect(&["connect h"]);
}

#[test]
fn the_time_for_a_request_includes_its_connection() {
    let mut bench = Bench::to(net("h", true));
    bench.get("/0");
    bench.wait(20);
    bench.get("/1");
    bench.expect(&["connect h"]);
    bench.wait(10);
    bench.expect(&["close", "done 0 TimedOut"]);
    bench.input(LaneInput::Closed(CloseCause::Local));
    bench.expect(&["connect h"]);
    bench.input(LaneInput::Connected);
    bench.expect(&["GET /1"]);
    bench.wait(19);
    bench.expect(&[]);
    bench.wait(1);
    bench.expect(&["close", "done 1 TimedOut"]);
}

#[test]
fn a_request_that_waits_too_long_leaves_the_one_in_flight_alone() {
    let mut bench = Bench::asking();
    let (now, request) = (bench.now, Request::get("/1".into()));
    let brief = Duration::from_secs(5);
    let (jar, out) = (&bench.jar, &mut bench.out);
    bench.lane.submit(now, request, brief, jar, out);
    bench.wait(5);
    bench.expect(&["done 1 TimedOut"]);
    bench.answer(200, "");
    bench.expect(&["done 0 200"]);
}

#[test]
fn a_cancelled_request_costs_the_connection_if_it_is_in_flight() {
    let mut bench = Bench::asking();
    let waiting = bench.get("/1");
    let last = bench.get("/2");
    bench.lane.cancel(waiting, &mut bench.out);
    bench.expect(&[]);
    bench.lane.cancel(Ticket(0), &mut bench.out);
    bench.lane.cancel(Ticket(0), &mut bench.out);
    bench.expect(&["close"]);
    bench.answer(200, "");
    bench.input(LaneInput::Closed(CloseCause::Local));
    bench.input(LaneInput::Connected);
    bench.expect(&["connect h", "GET /2"]);
    bench.answer(200, "");
    bench.lane.cancel(last, &mut bench.out);
    bench.expect(&["done 2 200"]);
}

#[test]
fn a_connection_that_nobody_needs_any_more_is_kept_for_the_next() {
    let mut bench = Bench::to(net("h", true));
    let ticket = bench.get("/0");
    bench.lane.cancel(ticket, &mut bench.out);
    bench.input(LaneInput::Connected);
    bench.expect(&["connect h"]);
    bench.get("/1");
    bench.expect(&["GET /1"]);
}

#[test]
fn a_cleared_lane_forgets_its_requests_and_its_connection() {
    let mut bench = Bench::asking();
    bench.get("/1");
    bench.lane.clear(&mut bench.out);
    bench.expect(&["close"]);
    bench.wait(60);
    bench.input(LaneInput::Closed(CloseCause::Local));
    bench.expect(&[]);
    bench.lane.clear(&mut bench.out);
    bench.get("/2");
    bench.expect(&["connect h"]);
}

#[test]
fn a_tick_that_comes_early_and_inputs_out_of_place_change_nothing() {
    let mut bench = Bench::asking();
    bench.wait(29);
    bench.input(LaneInput::Connected);
    bench.expect(&[]);
    bench.answer(200, "");
    bench.expect(&["done 0 200"]);
    bench.input(LaneInput::Closed(CloseCause::Peer));
    bench.answer(200, "");
    bench.input(LaneInput::Connected);
    bench.expect(&[]);
}
