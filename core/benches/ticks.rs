//! What an idle account costs each time its deadline comes, alone and among many.
//! Never lets anybody say anything: all accounts are signed on and wait.

#[allow(dead_code, reason = "no benchmark needs all of it")]
mod driver;

use std::cell::RefCell;
use std::time::Duration;

use divan::Bencher;
use imo2sproxy_core::config::{Registration, ServiceConfig, Upstream};
use imo2sproxy_core::imo::service::Service;
use imo2sproxy_core::io::Input;
use imo2sproxy_core::pair::Pair;
use imo2sproxy_core::proxy::Proxy;
use imo2sproxy_core::rng::Seed;

use driver::{Driver, config};

fn main() {
    let divan = divan::Divan::default().max_time(Duration::from_secs(1));
    divan.config_with_args().main();
}

/// How long the service holds a poll.
const POLL_HOLD: Duration = Duration::from_secs(25);

/// So many accounts, all signed on at the service in the same process.
fn house(accounts: usize) -> Driver<Pair> {
    let names: Vec<String> = (0..accounts)
        .map(|number| format!("user{number:05}"))
        .collect();
    let seed = Seed::from_number(1);
    let mut config = config(&names, &Upstream::embedded());
    // One after the other, so that no two polls are due in the same moment.
    config.limits.logins = 1;
    let proxy = Proxy::new(config, seed.clone());
    let service = ServiceConfig {
        registration: Registration::Embedded,
        poll_hold: POLL_HOLD,
        ..ServiceConfig::default()
    };
    let mut driver = Driver::start(Pair::new(proxy, Service::new(service, seed)));
    driver.run(Duration::from_secs(10));
    let ticks = driver.run(POLL_HOLD);
    assert!(ticks >= accounts, "each account polls at a time of its own");
    driver
}

/// One held poll ends, is answered, and the next one is sent: all that an idle account does.
#[divan::bench(args = [1, 1_000, 50_000], sample_size = 1, sample_count = 2000)]
fn tick(bencher: Bencher<'_, '_>, accounts: usize) {
    let driver = RefCell::new(house(accounts));
    bencher
        .with_inputs(|| {
            let mut driver = driver.borrow_mut();
            driver.settle();
            driver.wait();
        })
        .bench_local_values(|()| driver.borrow_mut().handle(Input::Tick));
}
