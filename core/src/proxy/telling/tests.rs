//! What clients of the transports with names are told, and when, byte by byte.
//! Never tests what an account makes of their commands.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::config::{Access, AccountConfig, Config, Listener, Upstream, WireKind};
use crate::io::{CloseHow, Input, ListenerId, Machine, Peer};
use crate::rng::Seed;
use crate::time::{Instant, UnixTime};

const CONN: ConnId = ConnId::Client(1);
/// A day in April 2011, in seconds.
const AT: u64 = 1_300_000_000;

/// A proxy with one client.
struct Bench {
    proxy: Proxy,
    now: Now,
    /// What was sent at once, each.
    sent: Vec<String>,
    closed: Option<CloseHow>,
}

impl Bench {
    fn new(kind: WireKind, access: Option<&str>) -> Self {
        let account = AccountConfig {
            name: "nora".into(),
            username: "nora.upstream".into(),
            password: "pw".into(),
            access: access.map(Access::from),
            upstream: Upstream::embedded(),
        };
        let config = Config {
            listeners: vec![Listener {
                kind,
                account: Some("nora".into()),
                open: false,
            }],
            accounts: vec![account],
            ..Config::default()
        };
        let mut bench = Self {
            proxy: Proxy::new(config, Seed::from_number(1)),
            now: Now {
                mono: Instant::ZERO,
                wall: UnixTime::from_seconds(AT),
            },
            sent: Vec::new(),
            closed: None,
        };
        bench.input(Input::Start);
        bench.input(Input::Accepted {
            conn: CONN,
            listener: ListenerId(0),
            peer: Peer::Embedded,
        });
        bench
    }

    fn input(&mut self, input: Input<'_>) {
        let mut out = Outputs::new();
        self.proxy.handle(self.now, input, &mut out);
        self.proxy.check();
        for output in out.drain().collect::<Vec<_>>() {
            #[expect(
                clippy::wildcard_enum_match_arm,
                reason = "the rest is between the proxy and its driver"
            )]
            match output {
                Output::Send { conn: CONN, bytes } => {
                    let count = bytes.len();
                    self.sent.push(String::from_utf8(bytes).unwrap());
                    self.input(Input::Sent { conn: CONN, count });
                }
                Output::Close { conn: CONN, how } => self.closed = Some(how),
                // The store is empty, and takes everything.
                Output::Load { load, .. } => {
                    let result = Ok(Vec::new());
                    self.input(Input::Loaded { load, result });
                }
                Output::Store { op, .. } => self.input(Input::Stored { op, result: Ok(()) }),
                _ => {}
            }
        }
    }

    fn says(&mut self, text: &str) -> Vec<String> {
        let bytes = text.as_bytes();
        self.input(Input::Received { conn: CONN, bytes });
        core::mem::take(&mut self.sent)
    }

    fn waits(&mut self, seconds: u64) -> Vec<String> {
        for _ in 0..seconds {
            self.now.mono = self.now.mono + Duration::from_secs(1);
            self.input(Input::Tick);
        }
        core::mem::take(&mut self.sent)
    }
}

#[test]
fn whoever_gives_a_name_gives_that_of_the_account_and_a_password() {
    for (access, name, password, right) in [
        (None, "nora", "pw", true),
        (None, "nora", "other", false),
        (None, "nora", "", false),
        (None, "nora.upstream", "pw", false),
        (None, "", "pw", false),
        (Some("door"), "nora", "door", true),
        (Some("door"), "nora", "pw", false),
        (Some("door"), "emil", "door", false),
    ] {
        let mut bench = Bench::new(WireKind::Skyped, access);
        let answer = bench.says(&format!("USERNAME {name}\nPASSWORD {password}\n"));
        let (wanted, closed) = if right {
            ("PASSWORD OK\n", None)
        } else {
            ("PASSWORD KO\n", Some(CloseHow::AfterFlush))
        };
        assert_eq!(answer, [wanted], "{name} {password}");
        assert_eq!(bench.closed, closed);
    }
}

#[test]
fn a_refused_client_of_skypenet_hears_why_its_account_ends() {
    let mut bench = Bench::new(WireKind::Skypenet, None);
    let answer = bench.says("LOGIN nora other\u{17}");
    assert_eq!(answer, ["CONNSTATUS LOGGEDOUT\u{17}"]);
    assert_eq!(bench.closed, Some(CloseHow::AfterFlush));
}

#[test]
fn a_client_of_skypenet_is_told_nothing_before_it_speaks() {
    let mut bench = Bench::new(WireKind::Skypenet, None);
    assert_eq!(bench.waits(20), [""; 0]);
    assert_eq!(bench.says("LOGIN nora pw\u{17}"), ["LOGIN\u{17}"]);
    assert_eq!(bench.waits(25), [""; 0]);
    assert_eq!(bench.closed, None);
    let greeting = bench
        .says("#0 NAME Pidgin\u{17}#1 PROTOCOL 7\u{17}")
        .concat();
    assert!(greeting.starts_with("#0 OK\u{17}#1 PROTOCOL 7\u{17}"));
    assert!(greeting.contains("CURRENTUSERHANDLE"), "{greeting:?}");
}

#[test]
fn whoever_is_let_in_and_never_speaks_is_closed() {
    let mut bench = Bench::new(WireKind::Skypenet, None);
    bench.says("LOGIN nora pw\u{17}");
    bench.waits(29);
    assert_eq!(bench.closed, None);
    bench.waits(1);
    assert_eq!(bench.closed, Some(CloseHow::Abort));
}

#[test]
fn whoever_quits_is_closed_politely_and_hears_what_it_has_asked() {
    let mut bench = Bench::new(WireKind::Skypenet, None);
    let answer = bench.says("LOGIN nora pw\u{17}PING\u{17}QUIT\u{17}PING\u{17}");
    assert_eq!(answer.concat(), "LOGIN\u{17}PONG\u{17}");
    assert_eq!(bench.closed, Some(CloseHow::AfterFlush));
}

#[test]
fn a_client_of_skyped_is_told_every_minute_that_its_connection_lives() {
    let mut bench = Bench::new(WireKind::Auto, None);
    bench.says("USERNAME nora\nPASSWORD pw\nPING\n");
    let pings = |said: Vec<String>| said.iter().filter(|text| *text == "PING\n").count();
    for _ in 0..3 {
        assert_eq!(pings(bench.waits(59)), 0);
        assert_eq!(pings(bench.waits(1)), 1);
        assert_eq!(bench.says("PONG\n"), [""; 0]);
    }
    let mut bench = Bench::new(WireKind::Skypenet, None);
    bench.says("LOGIN nora pw\u{17}PING\u{17}");
    assert_eq!(pings(bench.waits(200)), 0);
}

#[test]
fn early_commands_are_answered_in_order_behind_the_result_of_the_login() {
    let mut bench = Bench::new(WireKind::Skyped, None);
    let said = bench.says("USERNAME nora\nPASSWORD pw\nGET SKYPEVERSION\nPING\n");
    let said = said.concat();
    let mut lines = said.lines();
    assert_eq!(lines.next(), Some("PASSWORD OK"));
    assert!(lines.next().unwrap().starts_with("SKYPEVERSION "));
    assert!(lines.any(|line| line == "PONG"));
}

#[test]
fn what_is_sent_at_once_to_a_client_of_skyped_is_whole_lines_below_sixteen_kilobytes() {
    let mut bench = Bench::new(WireKind::Skyped, None);
    bench.says("USERNAME nora\nPASSWORD pw\nPING\n");
    let bursts = bench.says(&"GET SKYPEVERSION\n".repeat(2_000));
    let replies = bursts.concat();
    assert_eq!(replies.matches("SKYPEVERSION ").count(), 2_000);
    assert!(bursts.len() >= 2);
    for burst in bursts {
        assert!(burst.len() <= 16_000 && burst.ends_with('\n'));
    }
}
