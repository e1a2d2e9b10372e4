//! Many accounts in one daemon, clients on all transports, and some who make trouble meanwhile.
//! Never judges a figure: it shows what was measured before, during and after.

use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hdrhistogram::Histogram;
use imo2sproxy_core::config::WireKind;

use crate::chat::{Figures, Ring};
use crate::crew::Crew;
use crate::daemon::{self, Daemon, NAMELESS, Setup};
use crate::trouble::Trouble;

/// How many accounts make trouble.
const TROUBLED: usize = 3;

/// How many clients log in at a time.
const STRANGERS: usize = 50;

/// What is to be done.
pub(crate) struct Plan {
    pub(crate) clients: usize,
    /// Texts a second, all clients together.
    pub(crate) rate: u32,
    /// How long each part takes.
    pub(crate) time: Duration,
}

/// Runs it, and prints what was measured.
pub(crate) fn run(setup: &Setup<'_>, plan: &Plan) -> io::Result<()> {
    let daemon = Daemon::start(setup)?;
    let took = daemon.until_online(setup.accounts, Duration::from_secs(600))?;
    println!(
        "{} accounts online {:.1} s after the start, {} MiB resident",
        setup.accounts,
        took.as_secs_f64(),
        daemon.resident_kib()? / 1024
    );
    let mut crew = Crew::new()?;
    let secured = daemon.secured()?;
    for number in 0..plan.clients {
        // Those without names come to the accounts that have listeners of their own.
        let kind = match number % 5 {
            0 if number < NAMELESS * 5 => WireKind::Len8,
            0 | 1 => WireKind::SkypeProxy,
            2 => WireKind::Skypenet,
            3 => WireKind::Skyped,
            _ => WireKind::Auto,
        };
        let account = match kind {
            WireKind::Len8 => number / 5,
            WireKind::SkypeProxy | WireKind::Skypenet | WireKind::Skyped | WireKind::Auto => {
                NAMELESS + number
            }
        };
        let (name, password) = (daemon::name(account), daemon::password(account));
        match &secured {
            // Every second one of skyped.
            Some(place) if kind == WireKind::Skyped && number % 2 == 0 => {
                crew.connect_secured(place, &name, &password)?;
            }
            _ => drop(crew.connect(daemon.port(kind, account), &name, &password)?),
        }
        // From half of the places on strangers are turned away at random.
        if number % STRANGERS == 0 {
            crew.until_ready(Duration::from_secs(30))?;
        }
    }
    let mut ring = Ring::new(crew)?;
    println!("{} clients, {} texts a second", plan.clients, plan.rate);
    let used = daemon.processor_time()?;
    show("before", &ring.run(plan.rate, plan.time)?);
    let used = daemon.processor_time()?.saturating_sub(used);
    println!(
        "  processor time of the daemon: {:.0} % of a core",
        100.0 * used.as_secs_f64() / plan.time.as_secs_f64()
    );
    let accounts: Vec<usize> = (setup.accounts - TROUBLED..setup.accounts).collect();
    let trouble = Trouble::begin(&daemon, &accounts);
    let during = ring.run(plan.rate, plan.time);
    let done = trouble.end()?;
    show("during", &during?);
    println!(
        "  trouble: {} lines of flood, {} stalls, {} times garbage, {} torn frames",
        done.flooded.load(Ordering::Relaxed),
        done.stalled.load(Ordering::Relaxed),
        done.garbage.load(Ordering::Relaxed),
        done.torn.load(Ordering::Relaxed)
    );
    show("after", &ring.run(plan.rate, plan.time)?);
    println!("{} MiB resident at the end", daemon.resident_kib()? / 1024);
    Ok(())
}

fn show(part: &str, figures: &Figures) {
    println!("{part}: {} texts, each once and in order", figures.sent);
    line("all", &figures.all);
    for (kind, histogram) in &figures.by_kind {
        line(kind, histogram);
    }
}

fn line(name: &str, histogram: &Histogram<u64>) {
    let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1000.0;
    println!(
        "  {name:<10} p50 {:8.2} ms  p99 {:8.2} ms  p99.9 {:8.2} ms  most {:8.2} ms",
        at(0.5),
        at(0.99),
        at(0.999),
        histogram.max() as f64 / 1000.0
    );
}
