//! A sweep over many seeds on several threads, with progress and tables: what `cargo xtask sim` runs.
//! Never goes on behind a failure: it makes that one small and reports it.

use std::env;
use std::ops::Range;
use std::panic;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::{Knobs, number, report_least};
use crate::faults::Fired;
use crate::play::{Outcome, play};
use crate::scenario::{Cut, Scenario};
use crate::shrink::attempt;

/// How long it is between two lines of progress.
const PROGRESS_EVERY: Duration = Duration::from_secs(10);
/// One seed in so many is played twice: both runs must be the same to the byte.
const TWICE_EVERY: u64 = 50;
/// Seconds of a day, and of a year.
const DAY: f64 = 86_400.0;
const YEAR: f64 = 365.25 * DAY;

/// What all seeds so far have come to.
#[derive(Debug, Default)]
struct Total {
    seeds: u64,
    inputs: u64,
    simulated: Duration,
    fired: Fired,
}

impl Total {
    fn add(&mut self, outcome: &Outcome) {
        self.seeds += 1;
        self.inputs += outcome.inputs;
        self.simulated += outcome.simulated;
        self.fired.merge(&outcome.fired);
    }

    /// One line about the work so far.
    fn line(&self, started: Instant) -> String {
        let real = started.elapsed().as_secs_f64().max(0.001);
        let simulated = self.simulated.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
        let rate = self.inputs as f64 / real;
        format!(
            "{} seeds, {} events, {rate:.0} events/s, {:.1} days simulated in {real:.0} s ({:.0} times as fast)",
            self.seeds,
            self.inputs,
            simulated / DAY,
            simulated / real,
        )
    }
}

/// Plays `SIM_SEEDS` seeds (10,000 unless told) from `SIM_FIRST` on (1) in `SIM_JOBS` threads (1), or `SIM_SEED` alone, and prints a
/// table of what has gone wrong in their worlds. A failure is made small and reported (`SIM_REPORT=least`), reported as it is (`whole`) or
/// only named (`none`). Says whether all went well.
#[must_use]
pub fn run() -> bool {
    let knobs = Knobs::from_env();
    let seeds = match knobs.seed {
        Some(seed) => seed..seed + 1,
        None => {
            let first = number("SIM_FIRST").unwrap_or(1);
            first..first + number("SIM_SEEDS").unwrap_or(10_000)
        }
    };
    let jobs = number("SIM_JOBS").unwrap_or(1).max(1);
    // Failures are told in full once they are small.
    let loud = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let started = Instant::now();
    let result = play_all(seeds, jobs, started);
    panic::set_hook(loud);
    match result {
        Ok(total) => {
            print!("{}", total.fired);
            println!(
                "{:.3} years simulated",
                total.simulated.as_secs_f64() / YEAR
            );
            println!("{}", total.line(started));
            true
        }
        Err(failure) => {
            let (scenario, words) = *failure;
            println!("{scenario} fails: {words}");
            let how = env::var("SIM_REPORT").unwrap_or_default();
            // A thread of its own, since it ends with the panic of what has failed.
            let report = move || match how.as_str() {
                "none" => {}
                "whole" => drop(play(&scenario, false)),
                _ => report_least(&scenario),
            };
            let thread = thread::Builder::new().name("sim".into());
            drop(thread.spawn(report).map(thread::JoinHandle::join));
            false
        }
    }
}

/// What failed, and why.
type Failure = Box<(Scenario, String)>;

fn play_all(seeds: Range<u64>, jobs: u64, started: Instant) -> Result<Total, Failure> {
    let next = AtomicU64::new(seeds.start);
    let (tell, news) = mpsc::channel::<Result<Outcome, Failure>>();
    thread::scope(|scope| {
        for _ in 0..jobs {
            let (next, tell, end) = (&next, tell.clone(), seeds.end);
            scope.spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end || tell.send(play_one(seed)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(tell);
        let mut total = Total::default();
        let mut told_at = Instant::now();
        let mut failures = Vec::new();
        for result in news {
            match result {
                Ok(outcome) => total.add(&outcome),
                Err(failure) => {
                    // Those under way may fail with lower seeds: the lowest is told.
                    next.store(seeds.end, Ordering::Relaxed);
                    failures.push(failure);
                }
            }
            if told_at.elapsed() >= PROGRESS_EVERY {
                told_at = Instant::now();
                println!("{}", total.line(started));
            }
        }
        failures.sort_by_key(|failure| failure.0.seed);
        failures.into_iter().next().map_or(Ok(total), Err)
    })
}

/// Plays one seed, now and then twice.
fn play_one(seed: u64) -> Result<Outcome, Failure> {
    let scenario = Scenario::draw_without(seed, Cut::from_env());
    let outcome = match attempt(&scenario) {
        Ok(outcome) => outcome,
        Err(words) => return Err(Box::new((scenario, words))),
    };
    if seed.is_multiple_of(TWICE_EVERY) && attempt(&scenario).as_ref() != Ok(&outcome) {
        let words = "two runs of one seed are not the same".into();
        return Err(Box::new((scenario, words)));
    }
    Ok(outcome)
}
