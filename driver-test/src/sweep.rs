//! One test for many seeds, the knobs from the environment, and where failure reports go.
//! Never decides what a failure is: a test that panics has failed.
//!
//! `SIM_SEED=n` runs that seed only, `SIM_SEEDS=n` that many (200 unless told), `SIM_STEPS=n` bounds the
//! inputs of one run (2,000,000 unless told).

use std::env;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::thread;

pub mod long;

use crate::play::{Outcome, play};
use crate::scenario::{Cut, Scenario};
use crate::shrink;

/// How many smaller scenarios are played to make one that fails small.
const SHRINK_BUDGET: usize = 150;

const SEEDS: u64 = 200;
const STEPS: u64 = 2_000_000;

/// What the environment says about simulations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Knobs {
    /// The only seed to run.
    pub seed: Option<u64>,
    /// How many seeds to run otherwise.
    pub seeds: u64,
    /// After how many inputs a run counts as one that never ends.
    pub steps: u64,
}

impl Knobs {
    /// Reads `SIM_SEED`, `SIM_SEEDS` and `SIM_STEPS`.
    ///
    /// # Panics
    /// If one of them is not a number.
    #[must_use]
    pub fn from_env() -> Self {
        Self {
            seed: number("SIM_SEED"),
            seeds: number("SIM_SEEDS").unwrap_or(SEEDS),
            steps: number("SIM_STEPS").unwrap_or(STEPS),
        }
    }
}

/// Plays the scenario of a seed, without what `SIM_PEOPLE`, `SIM_DEEDS`, `SIM_OFF` and `SIM_NO_HOSTILE` leave out. If it fails, the
/// least of it that still does is played again, with reports.
///
/// # Panics
/// If the scenario fails.
pub fn play_seed(seed: u64) -> Outcome {
    let scenario = Scenario::draw_without(seed, Cut::from_env());
    match shrink::attempt(&scenario) {
        Ok(outcome) => outcome,
        Err(words) => {
            eprintln!("{scenario} fails: {words}");
            report_least(&scenario)
        }
    }
}

/// Makes a scenario that fails small, and lets it fail again, with reports.
fn report_least(scenario: &Scenario) -> ! {
    let fails = |smaller: &Scenario| shrink::attempt(smaller).is_err();
    let least = shrink::shrink(scenario, SHRINK_BUDGET, fails);
    eprintln!("{least} still fails, with {} deeds:", least.deeds.len());
    for person in &least.people {
        eprintln!("  {person:?}");
    }
    for (number, seat) in least.seats.iter().enumerate() {
        eprintln!("  {number}: {seat:?}");
    }
    for deed in &least.deeds {
        eprintln!("  {deed:?}");
    }
    let _ = play(&least, false);
    panic!("{least} fails only now and then: it does not depend on its seed alone");
}

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    match text.parse() {
        Ok(number) => Some(number),
        Err(_) => panic!("{name} must be a number, not {text:?}"),
    }
}

/// Runs `test` for each seed of the sweep. When one panics, says how to run that seed again.
///
/// # Panics
/// If `test` does.
pub fn for_each_seed(test: impl Fn(u64)) {
    let knobs = Knobs::from_env();
    let seeds = match knobs.seed {
        Some(seed) => seed..=seed,
        None => 1..=knobs.seeds,
    };
    for seed in seeds {
        let blame = Blame(seed);
        test(seed);
        drop(blame);
    }
}

/// Names the seed if it is dropped because of a panic.
struct Blame(u64);

impl Drop for Blame {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("seed {} failed; run it alone with SIM_SEED={0}", self.0);
        }
    }
}

/// Writes something about a failed run to `target/sim/<test>-<seed>.<ending>` and says where that is.
pub(crate) fn write_report(seed: u64, ending: &str, text: &str) -> io::Result<PathBuf> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")),
        PathBuf::from,
    );
    let folder = target.join("sim");
    fs::create_dir_all(&folder)?;
    let test = thread::current()
        .name()
        .unwrap_or("test")
        .replace("::", ".");
    let path = folder
        .canonicalize()?
        .join(format!("{test}-{seed}.{ending}"));
    fs::write(&path, text)?;
    Ok(path)
}
