//! Files on their way through a proxy, with a client at one end and the driver at the other.
//! Never tests what an account makes of them.

use alloc::boxed::Box;
use alloc::vec;

use super::*;
use crate::account::AccountOutput;
use crate::buf::RecvBuf;
use crate::config::{AccountConfig, Config, Limits, Listener, Upstream, WireKind};
use crate::io::{CloseCause, CloseHow, Input, ListenerId, Machine, Output};
use crate::rng::Seed;
use crate::skype::{Reply, parse};
use crate::time::Instant;
use crate::wire::{ClientWire, FromServer};

const CONN: ConnId = ConnId::Client(1);
/// A day in April 2011, in seconds.
const AT: u64 = 1_300_000_000;

/// A proxy with one client, which takes files.
struct Bench {
    proxy: Proxy,
    now: Now,
    wire: Box<dyn ClientWire + Send>,
    rx: RecvBuf,
    heard: Vec<FromServer>,
    closed: Option<CloseHow>,
    /// Whatever else the driver is asked for.
    asked: Vec<Output>,
}

impl Bench {
    fn new(address: &str) -> Self {
        let account = AccountConfig {
            name: "nora".into(),
            username: "nora".into(),
            password: "pw".into(),
            access: None,
            upstream: Upstream::embedded(),
        };
        let config = Config {
            listeners: vec![Listener {
                kind: WireKind::SkypeProxy,
                account: Some("nora".into()),
                open: true,
            }],
            accounts: vec![account],
            limits: Limits {
                frame_bytes: 1000,
                ..Limits::default()
            },
            ..Config::default()
        };
        let mut bench = Self {
            proxy: Proxy::new(config, Seed::from_number(1)),
            now: Now {
                mono: Instant::ZERO,
                wall: crate::time::UnixTime::from_seconds(AT),
            },
            wire: WireKind::SkypeProxy.connect_for_files(None),
            rx: RecvBuf::new(),
            heard: Vec::new(),
            closed: None,
            asked: Vec::new(),
        };
        bench.input(Input::Start);
        bench.input(Input::Accepted {
            conn: CONN,
            listener: ListenerId(0),
            peer: Peer::Net(address.parse().unwrap()),
        });
        let mut start = Vec::new();
        bench.wire.start(&mut start);
        bench.client_sends(&start);
        assert_eq!(bench.heard, [FromServer::Ready]);
        bench.heard.clear();
        bench.asked.clear();
        bench
    }

    fn input(&mut self, input: Input<'_>) {
        let mut out = Outputs::new();
        self.proxy.handle(self.now, input, &mut out);
        self.perform(&mut out);
    }

    fn perform(&mut self, out: &mut Outputs) {
        for output in out.drain().collect::<Vec<_>>() {
            #[expect(
                clippy::wildcard_enum_match_arm,
                reason = "the rest is kept for the test to look at"
            )]
            match output {
                Output::Send { conn: CONN, bytes } => {
                    self.rx.push(&bytes);
                    self.input(Input::Sent {
                        conn: CONN,
                        count: bytes.len(),
                    });
                }
                Output::Close { conn: CONN, how } => self.closed = Some(how),
                Output::Event(_) => {}
                other => self.asked.push(other),
            }
        }
    }

    /// Lets the client hear what has come; gives what it answers by itself.
    fn client_hears(&mut self) -> Vec<u8> {
        let mut answers = Vec::new();
        while let Some(said) = self.wire.decode(&mut self.rx, &mut answers).unwrap() {
            self.heard.push(said);
        }
        answers
    }

    /// Sends what a client says, and lets it hear and answer what comes of it.
    fn client_sends(&mut self, bytes: &[u8]) {
        self.input(Input::Received { conn: CONN, bytes });
        let answers = self.client_hears();
        if !answers.is_empty() {
            self.client_sends(&answers);
        }
    }

    fn frames(&mut self, lines: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for line in lines {
            self.wire.encode(line, &mut bytes);
        }
        bytes
    }

    /// Pushes a file, as the answer to a tagged command.
    fn push(&mut self, name: &str, bytes: &[u8]) {
        let tag = parse("#7 PING").tag;
        let then = Reply::UserAvatar {
            handle: "emil".into(),
            file: name.into(),
        };
        let mut out = Outputs::new();
        self.proxy
            .push_file(self.now, CONN, (name, bytes), (&then, tag.as_ref()));
        self.perform(&mut out);
        // Whatever comes next lets the proxy send it.
        let count = 0;
        self.input(Input::Sent { conn: CONN, count });
    }

    fn wait(&mut self, time: core::time::Duration) {
        self.now.mono = self.now.mono + time;
        self.input(Input::Tick);
    }
}

fn line(text: &str) -> FromServer {
    FromServer::Line(text.into())
}

const FAR: &str = "192.0.2.7:4000";

#[test]
fn files_reach_a_client_by_where_it_is_and_by_what_it_says() {
    assert_eq!(Bench::new(FAR).proxy.reach(CONN), Reach::Slots);
    for near in [
        "127.0.0.1:4000",
        "127.9.9.9:4000",
        "[::1]:4000",
        "[::ffff:127.0.0.1]:4000",
    ] {
        assert_eq!(Bench::new(near).proxy.reach(CONN), Reach::Files, "{near}");
    }
    let mut silent = Bench::new(FAR);
    silent.client_sends(b"\0\0\0\0\x03\x00");
    assert_eq!(silent.proxy.reach(CONN), Reach::Neither);
    assert_eq!(silent.proxy.reach(ConnId::Client(2)), Reach::Neither);
}

#[test]
fn a_reply_follows_the_file_and_later_commands_follow_the_reply() {
    let mut bench = Bench::new(FAR);
    let picture = vec![7; 200_000];
    bench.push("a.jpg", &picture);
    let under_way = bench.frames(&["#8 PING", "#9 NAME bench"]);
    bench.input(Input::Received {
        conn: CONN,
        bytes: &under_way,
    });
    assert_eq!(bench.heard, []);
    let answer = bench.client_hears();
    assert_eq!(answer, [1]);
    bench.client_sends(&answer);
    let file = FromServer::File {
        name: "a.jpg".into(),
        bytes: picture,
    };
    let lines = ["#7 USER emil AVATAR 1 a.jpg", "#8 PONG", "#9 OK"].map(line);
    assert!(bench.heard[0] == file, "the file comes first, and whole");
    assert_eq!(bench.heard[1..], lines);
    bench.wait(bench.proxy.terms.limits.slot_wait * 2);
    assert_eq!(bench.closed, None, "it has answered in time");
}

#[test]
fn a_client_that_refuses_a_file_hears_an_error_instead() {
    let mut bench = Bench::new(FAR);
    for answer in [0, 0xFF] {
        bench.push("a.jpg", b"picture");
        bench.rx.consume(usize::MAX / 2);
        bench.client_sends(&[answer]);
        let ping = bench.frames(&["PING"]);
        bench.client_sends(&ping);
        assert_eq!(bench.heard, [line("#7 ERROR 122 no picture"), line("PONG")]);
        bench.heard.clear();
    }
    // It never comes to a question if the name is too long for the client.
    bench.push(&"x".repeat(300), b"picture");
    bench.client_hears();
    assert_eq!(bench.heard, [line("#7 ERROR 122 no picture")]);
}

#[test]
fn a_client_that_never_answers_is_cut_off() {
    let mut bench = Bench::new(FAR);
    bench.push("a.jpg", b"picture");
    bench.wait(bench.proxy.terms.limits.slot_wait - core::time::Duration::from_millis(1));
    assert_eq!(bench.closed, None);
    bench.wait(core::time::Duration::from_millis(1));
    assert_eq!(bench.closed, Some(CloseHow::Abort));
    bench.input(Input::Closed {
        conn: CONN,
        cause: CloseCause::Local,
    });
    assert!(bench.proxy.clients.is_empty());
}

#[test]
fn a_client_that_goes_on_talking_instead_of_answering_is_cut_off() {
    let mut bench = Bench::new(FAR);
    bench.push("a.jpg", b"picture");
    let ping = bench.frames(&["PING"]);
    let mut sent = 0;
    while bench.closed.is_none() {
        assert!(sent < 1000, "what it says is not hoarded");
        bench.input(Input::Received {
            conn: CONN,
            bytes: &ping,
        });
        sent += 4;
    }
    assert!(sent > 100, "but a few commands do no harm");
}

#[test]
fn the_answer_about_a_file_goes_to_the_account_that_asked() {
    let mut bench = Bench::new(FAR);
    let now = bench.now;
    let ask = |bench: &mut Bench| {
        let mut out = Outputs::new();
        let result = bench
            .proxy
            .with_account(now, AccountId(0), &mut out, |account, scene| {
                account.write_file(scene, "/a.jpg", || vec![7])
            });
        assert_eq!(result, Some(None));
        bench.perform(&mut out);
        core::mem::take(&mut bench.asked)
    };
    let write = |job| Output::WriteFile {
        job: JobId(job),
        name: "/a.jpg".into(),
        bytes: vec![7],
    };
    assert_eq!(ask(&mut bench), [write(0)]);
    assert_eq!(ask(&mut bench), [], "it is under way");
    bench.input(Input::FileWritten {
        job: JobId(0),
        result: Ok(()),
    });
    assert!(bench.proxy.jobs.is_empty());
    assert_eq!(ask(&mut bench), [write(1)], "nobody waited for the first");

    let mut out = Outputs::new();
    bench
        .proxy
        .with_account(now, AccountId(0), &mut out, |account, scene| {
            account.read_file(scene, "b.jpg", 9)
        });
    let call = AccountOutput::RunCallHandler("emil".into(), 7, true);
    bench.proxy.account_said(AccountId(0), call, &mut out);
    let read = Output::ReadFile {
        job: JobId(2),
        name: "b.jpg".into(),
        max: 9,
    };
    let run = Output::RunCallHandler {
        peer: "emil".into(),
        call: 7,
        incoming: true,
    };
    assert_eq!(out.as_slice(), [read, run]);
    bench.input(Input::FileRead {
        job: JobId(2),
        result: Err(FileError::Missing),
    });
    assert_eq!(bench.proxy.jobs.len(), 1);
}
