//! What it costs to answer a client's command, from the bytes of its frame to the bytes of the answer's.
//! Never leaves the machine: no socket, no store.

#[allow(dead_code, reason = "no benchmark needs all of it")]
mod driver;
#[allow(dead_code, reason = "no benchmark needs all of it")]
mod far;

use std::time::Duration;

use divan::{Bencher, black_box};
use imo2sproxy_core::io::{Input, Output};

use driver::frame;
use far::Far;

fn main() {
    let divan = divan::Divan::default().max_time(Duration::from_secs(1));
    divan.config_with_args().main();
}

/// Commands that are answered at once out of memory, with what they are answered.
const COMMANDS: [(&str, &str); 3] = [
    ("PING", "PONG"),
    ("GET USER bob ONLINESTATUS", "USER bob ONLINESTATUS ONLINE"),
    ("#7 GET USERSTATUS", "#7 USERSTATUS ONLINE"),
];

/// A command comes, its answer goes, and the machine hears that it has left.
#[divan::bench(args = COMMANDS.map(|(command, _)| command))]
fn answer(bencher: Bencher<'_, '_>, command: &str) {
    let mut far = Far::online(&["bob"]);
    let (driver, conn) = (&mut far.driver, far.client);
    let question = frame(command);
    let expected = COMMANDS.iter().find(|known| known.0 == command);
    let answer = frame(expected.expect("a known command").1);
    driver.settle();
    driver.handle(Input::Received {
        conn,
        bytes: &question,
    });
    let bytes = answer.clone();
    assert_eq!(driver.asked(), [Output::Send { conn, bytes }]);
    driver.settle();

    let count = answer.len();
    bencher.bench_local(|| {
        let bytes = black_box(&question);
        driver.handle(Input::Received { conn, bytes });
        driver.hand_back();
        driver.handle(Input::Sent { conn, count });
    });
}
