//! What it costs to read a command line, and to write a reply.
//! Never answers one: `answers` does.

use std::time::Duration;

use divan::{Bencher, black_box};
use imo2sproxy_core::skype::{Command, Id, MessageObject, MessageStatus, parse, status_line};

const LINES: [(&str, &str); 7] = [
    ("ping", "PING"),
    ("protocol", "PROTOCOL 7"),
    ("online status", "GET USER bob ONLINESTATUS"),
    ("tagged property", "#1234 GET CHATMESSAGE 1234567 BODY"),
    ("search", "SEARCH FRIENDS"),
    (
        "message",
        "MESSAGE bob Shall we meet at eight, in the usual place?",
    ),
    ("unknown", "MAKE ME A SANDWICH"),
];

/// The longest text of a message, in bytes.
const LONGEST: usize = 32 * 1024;

fn main() {
    let divan = divan::Divan::default().max_time(Duration::from_millis(500));
    divan.config_with_args().main();
}

fn names() -> impl Iterator<Item = &'static str> {
    LINES.iter().map(|(name, _)| *name)
}

#[divan::bench(args = names())]
fn read(bencher: Bencher<'_, '_>, name: &str) {
    let (_, line) = LINES
        .iter()
        .find(|line| line.0 == name)
        .expect("one of the lines");
    bencher.bench_local(|| black_box(parse(black_box(line)).body.is_ok()));
}

#[divan::bench]
fn read_longest_message(bencher: Bencher<'_, '_>) {
    let line = format!("MESSAGE bob {}", "x".repeat(LONGEST));
    let command = parse(&line).body;
    assert!(
        matches!(command, Ok(Command::Message { .. })),
        "it is understood"
    );
    bencher.bench_local(|| black_box(parse(black_box(&line)).body.is_ok()));
}

#[divan::bench]
fn write_message_status(bencher: Bencher<'_, '_>) {
    let mut line = String::with_capacity(256);
    let id = Id::from(1_234_567);
    bencher.bench_local(|| {
        line.clear();
        let reply = status_line(MessageObject::ChatMessage, id, MessageStatus::Received);
        reply.write_line(7, None, &mut line);
        line.len()
    });
}
