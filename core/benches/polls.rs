//! What it costs to turn the answer to a poll into frames for a client; reading the same JSON stands beside it.
//! Never waits for a store: the store says at once that all is durable.

#[allow(dead_code, reason = "no benchmark needs all of it")]
mod driver;
#[allow(dead_code, reason = "no benchmark needs all of it")]
mod far;

use std::cell::RefCell;
use std::time::Duration;

use divan::{Bencher, black_box};
use imo2sproxy_core::io::{ConnId, Input};
use serde::Deserialize;
use serde_json::Value;

use far::{Far, text};

fn main() {
    let divan = divan::Divan::default().max_time(Duration::from_secs(2));
    divan.config_with_args().main();
}

/// How many texts an answer brings.
const TEXTS: [u64; 2] = [1, 100];
/// More texts than are kept, so that with each that comes one goes.
const LIFE: u64 = 2_500;

/// Texts from Bob of which none has come before.
struct Talk {
    far: Far,
    number: u64,
}

impl Talk {
    /// A talk that has lasted for so long that it takes no more memory than before.
    fn lasting() -> Self {
        let far = Far::online(&["bob"]);
        let mut talk = Self { far, number: 0 };
        while talk.number < LIFE {
            let texts = talk.next(100);
            talk.far.tell(&texts);
        }
        talk.far.driver.forget();
        talk
    }

    fn next(&mut self, count: u64) -> Vec<Value> {
        let from = self.number;
        self.number += count;
        (from..self.number)
            .map(|number| text("bob", number))
            .collect()
    }

    /// The poll that waits and an answer to it.
    fn answer(&mut self, count: u64) -> (ConnId, Vec<u8>) {
        let texts = self.next(count);
        self.far.driver.forget_client(self.far.client);
        self.far.poll_answer(&texts)
    }

    /// Takes the answer, and what the store says until the client is told.
    fn take(&mut self, conn: ConnId, bytes: &[u8]) {
        let driver = &mut self.far.driver;
        driver.tell(Input::Received { conn, bytes });
        while driver.is_silent(self.far.client) {
            assert!(driver.answer_store(), "the client is told at last");
        }
    }
}

/// The answer comes, its texts are stored, the client is told of them, and the next poll goes out.
#[divan::bench(args = TEXTS, sample_size = 1, sample_count = 2000)]
fn to_frames(bencher: Bencher<'_, '_>, count: u64) {
    let mut talk = Talk::lasting();
    let (poll, bytes) = talk.answer(count);
    talk.take(poll, &bytes);
    let said = talk.far.driver.heard(talk.far.client);
    let told = said
        .windows(15)
        .filter(|bytes| bytes == b"STATUS RECEIVED")
        .count();
    assert_eq!(told as u64, count, "the client is told of all");

    let talk = RefCell::new(talk);
    bencher
        .with_inputs(|| talk.borrow_mut().answer(count))
        .bench_local_refs(|(poll, bytes)| talk.borrow_mut().take(*poll, black_box(bytes)));
}

/// The body of such an answer.
fn body(count: u64) -> String {
    let texts: Vec<Value> = (0..count).map(|number| text("bob", number)).collect();
    let mut far = Far::online(&["bob"]);
    far.body(&texts)
}

/// The same JSON into a tree of values.
#[divan::bench(args = TEXTS)]
fn json_to_value(bencher: Bencher<'_, '_>, count: u64) {
    let body = body(count);
    bencher.bench_local(|| serde_json::from_str::<Value>(black_box(&body)));
}

/// The same JSON into structs that own their texts.
#[divan::bench(args = TEXTS)]
fn json_to_struct(bencher: Bencher<'_, '_>, count: u64) {
    let body = body(count);
    let read = || serde_json::from_str::<Answer>(black_box(&body));
    let messages = read().expect("the JSON of an answer").data.messages;
    assert_eq!(messages.len() as u64, count);
    bencher.bench_local(read);
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only read, never looked at")]
struct Answer {
    method: String,
    data: Data,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only read, never looked at")]
struct Data {
    ack: u64,
    ssid: String,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only read, never looked at")]
struct Message {
    seq: u64,
    to: Address,
    from: Address,
    data: Event,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only read, never looked at")]
struct Address {
    system: String,
    ssid: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only read, never looked at")]
struct Event {
    name: String,
    proto: String,
    uid: String,
    edata: Text,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only read, never looked at")]
struct Text {
    buid: String,
    alias: String,
    msg: String,
    timestamp: u64,
    mid: String,
}
