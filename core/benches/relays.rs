//! What a text costs from its sender's frame to its receiver's and all that is confirmed on the way, allocations counted.
//! Never leaves the process: two accounts, and the service in the same process.

#[allow(dead_code, reason = "no benchmark needs all of it")]
mod driver;

use std::cell::RefCell;
use std::time::Duration;

use divan::{AllocProfiler, Bencher};
use imo2sproxy_core::config::{Registration, ServiceConfig, Upstream};
use imo2sproxy_core::imo::service::Service;
use imo2sproxy_core::io::{ConnId, Input};
use imo2sproxy_core::pair::Pair;
use imo2sproxy_core::proxy::Proxy;
use imo2sproxy_core::rng::Seed;

use driver::{Driver, config, frame};

#[global_allocator]
static HEAP: AllocProfiler = AllocProfiler::system();

/// More texts than are kept, so that with each that comes one goes.
const LIFE: usize = 2_500;
const TEXT: &str = "MESSAGE bob Shall we meet at eight, in the usual place?";

fn main() {
    let divan = divan::Divan::default().max_time(Duration::from_secs(3));
    divan.config_with_args().main();
}

/// Alice and Bob, each with a client.
struct House {
    driver: Driver<Pair>,
    alice: ConnId,
    bob: ConnId,
    text: Vec<u8>,
}

impl House {
    fn new() -> Self {
        let names = ["alice".into(), "bob".into()];
        let seed = Seed::from_number(1);
        let proxy = Proxy::new(config(&names, &Upstream::embedded()), seed.clone());
        let service = ServiceConfig {
            registration: Registration::Embedded,
            ..ServiceConfig::default()
        };
        let mut driver = Driver::start(Pair::new(proxy, Service::new(service, seed)));
        driver.run(Duration::from_secs(3));
        let (alice, bob) = (driver.client(0), driver.client(1));
        driver.run(Duration::from_secs(3));
        let text = frame(TEXT);
        Self {
            driver,
            alice,
            bob,
            text,
        }
    }

    /// One text, with all that follows from it.
    fn relay(&mut self) {
        let (conn, bytes) = (self.alice, &self.text[..]);
        self.driver.tell(Input::Received { conn, bytes });
        self.driver.answer_all();
    }

    /// Puts aside what the text has left.
    fn settle(&mut self) {
        self.driver.settle();
        self.driver.forget();
    }
}

#[divan::bench(sample_size = 1, sample_count = 2000)]
fn text(bencher: Bencher<'_, '_>) {
    let mut house = House::new();
    for _ in 0..LIFE {
        house.relay();
        house.settle();
        house.driver.run(Duration::from_millis(1));
    }
    house.relay();
    let (sent, received) = (
        house.driver.heard(house.alice),
        house.driver.heard(house.bob),
    );
    let says = |bytes: &[u8], word: &str| {
        bytes
            .windows(word.len())
            .any(|part| part == word.as_bytes())
    };
    assert!(says(&sent, "STATUS SENT"), "Alice hears that it has left");
    assert!(says(&received, "STATUS RECEIVED"), "Bob hears of it");

    let house = RefCell::new(house);
    bencher
        .with_inputs(|| house.borrow_mut().settle())
        .bench_local_values(|()| house.borrow_mut().relay());
}
