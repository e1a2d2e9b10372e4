//! What it costs to take a line out of a client's frame and to put one into a frame, on each transport.
//! Never looks at what the lines mean; the copy of as many bytes stands beside each for comparison.

use std::time::Duration;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::config::{Limits, WireKind};
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::wire::{ClientWire, FromClient, ToClient, Wire};

/// A line of a talk that each transport can carry.
const SHORT: usize = 200;
/// The longest text of a message.
const LONG: usize = 32 * 1024;

const CASES: [(WireKind, usize); 7] = [
    (WireKind::SkypeProxy, SHORT),
    (WireKind::Len8, SHORT),
    (WireKind::Skypenet, SHORT),
    (WireKind::Skyped, SHORT),
    (WireKind::SkypeProxy, LONG),
    (WireKind::Skypenet, LONG),
    (WireKind::Skyped, LONG),
];

fn main() {
    let divan = divan::Divan::default().max_time(Duration::from_millis(500));
    divan.config_with_args().main();
}

fn cases() -> impl Iterator<Item = String> {
    CASES
        .iter()
        .map(|(kind, length)| format!("{}/{length}", kind.name()))
}

fn case(name: &str) -> (WireKind, String) {
    let case = cases()
        .position(|case| case == name)
        .expect("one of the cases");
    let (kind, length) = CASES[case];
    let text = "a few words ".chars().cycle();
    (
        kind,
        "MESSAGE bob ".chars().chain(text).take(length).collect(),
    )
}

/// Both ends of a connection whose client has logged in and may hear lines.
fn connected(kind: WireKind) -> (Box<dyn Wire + Send>, Box<dyn ClientWire + Send>, RecvBuf) {
    let mut server = kind.start(false, false, &Limits::default());
    let mut client = kind.connect_as("alice", Some(Secret::from("secret")).filter(|_| asks(kind)));
    let (mut said, mut rx, mut answers) = (Vec::new(), RecvBuf::new(), RecvBuf::new());
    client.start(&mut said);
    loop {
        let mut back = Vec::new();
        rx.push(&said);
        said.clear();
        let mut lines = 0;
        while let Some(heard) = server.decode(&mut rx, &mut back).expect("a good client") {
            match heard {
                FromClient::Login { .. } => server.encode(ToClient::LoginResult(true), &mut back),
                FromClient::Ready => {}
                FromClient::Line(_) => lines += 1,
                FromClient::FileTaken(_) | FromClient::Quit => panic!("nothing else is said"),
            }
        }
        if lines > 0 {
            return (server, client, rx);
        }
        answers.push(&back);
        while client
            .decode(&mut answers, &mut said)
            .expect("a good server")
            .is_some()
        {}
        if said.is_empty() {
            client.encode("PING", &mut said);
        }
    }
}

/// Whether a client logs in on this transport whatever the server wants.
const fn asks(kind: WireKind) -> bool {
    matches!(kind, WireKind::Skypenet | WireKind::Skyped)
}

#[divan::bench(args = cases())]
fn decode(bencher: Bencher<'_, '_>, name: &str) {
    let (kind, line) = case(name);
    let (mut server, mut client, mut rx) = connected(kind);
    let mut frame = Vec::new();
    client.encode(&line, &mut frame);
    let mut tx = Vec::new();
    let mut take = || {
        rx.push(black_box(&frame));
        server.decode(&mut rx, &mut tx)
    };
    assert_eq!(take(), Ok(Some(FromClient::Line(line))), "it is understood");
    bencher
        .counter(BytesCount::of_slice(&frame))
        .bench_local(take);
}

#[divan::bench(args = cases())]
fn encode(bencher: Bencher<'_, '_>, name: &str) {
    let (kind, line) = case(name);
    let (mut server, _, _) = connected(kind);
    let mut tx = Vec::with_capacity(2 * LONG);
    bencher.counter(BytesCount::of_str(&line)).bench_local(|| {
        tx.clear();
        server.encode(ToClient::Line(black_box(&line)), &mut tx);
        tx.len()
    });
}

/// The same bytes into a buffer that is there, as the least that either way has to do.
#[divan::bench(args = [SHORT, LONG])]
fn copy(bencher: Bencher<'_, '_>, length: usize) {
    let bytes = vec![b'x'; length];
    let mut tx: Vec<u8> = Vec::with_capacity(2 * LONG);
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .bench_local(|| {
            tx.clear();
            tx.extend_from_slice(black_box(&bytes));
            tx.len()
        });
}

/// The same bytes into a buffer and from there into a text of their own: the least that a line costs that its taker keeps.
#[divan::bench(args = [SHORT, LONG])]
fn copy_to_own_text(bencher: Bencher<'_, '_>, length: usize) {
    let bytes = vec![b'x'; length];
    let mut tx: Vec<u8> = Vec::with_capacity(2 * LONG);
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .bench_local(|| {
            tx.clear();
            tx.extend_from_slice(black_box(&bytes));
            String::from_utf8(tx.clone())
        });
}
