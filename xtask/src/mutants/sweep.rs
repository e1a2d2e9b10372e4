//! The sweep that has to notice a fault: how it is built, how it is run, how it says what it has noticed.
//! Never knows which fault it looks for. Which program the sweep is stands here and nowhere else.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

/// What builds the sweep and names the program.
const BUILD: &str = "build --locked --profile test --package imo2sproxy-sim --bin sim \
                     --message-format json-render-diagnostics";
/// Libraries are built once: they may be fast.
const LIBRARIES: &str = "profile.test.package.\"*\".opt-level=3";
/// The name of its target, as it is built.
const TARGET: &str = "sim";
/// What stands in its line about a failure between the seed and the reason.
const FAILS: &str = " fails: ";
/// What stands before the seed there.
const SEED: &str = "SIM_SEED=";

/// How often a run is looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// Where the sweep is, and for how long it runs.
pub(super) struct Sweep {
    /// The folder of the workspace.
    pub(super) tree: PathBuf,
    /// Where it is built.
    pub(super) target: PathBuf,
    /// Where a run leaves what it says.
    pub(super) report: PathBuf,
    /// Seeds from 1 to this one are run.
    pub(super) seeds: u64,
    /// How long it may take.
    pub(super) patience: Duration,
}

/// What a sweep has come to.
pub(super) enum Verdict {
    /// All seeds pass.
    Passed,
    /// A seed fails: the first, and the first line of what it says.
    Caught { seed: u64, by: String },
    /// It has not come to an end in time.
    Hung,
}

/// A message of cargo, as far as it matters here.
#[derive(Deserialize)]
struct Built {
    executable: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

impl Sweep {
    /// Builds the sweep; gives the program, or the first error of the compiler.
    pub(super) fn build(&self) -> Result<PathBuf, String> {
        let output = Command::new("cargo")
            .args(BUILD.split_whitespace())
            .args(["--config", LIBRARIES])
            .current_dir(&self.tree)
            .env("CARGO_TARGET_DIR", &self.target)
            // The core is built anew for each fault, which takes longer than to play the seeds that notice it.
            .env("CARGO_PROFILE_TEST_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_TEST_DEBUG", "0")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cargo cannot be run: {error}"))?;
        let (said, errors) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        if !output.status.success() {
            let error = errors.lines().find(|line| line.starts_with("error"));
            let error = error.unwrap_or("the compiler does not say why");
            return Err(format!("does not compile: {error}"));
        }
        let mut built = said.lines().filter_map(|line| {
            let built: Built = serde_json::from_str(line).ok()?;
            built.target.filter(|target| target.name == TARGET)?;
            built.executable
        });
        built
            .next_back()
            .ok_or_else(|| "cargo does not name the program".into())
    }

    /// Plays seeds until one fails.
    pub(super) fn run(&self, program: &Path) -> Result<Verdict, String> {
        let ended = self.play(program);
        let status = ended.map_err(|error| format!("the sweep cannot be run: {error}"))?;
        let said = fs::read(&self.report).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        match (status, failure(&said)) {
            (None, _) => Ok(Verdict::Hung),
            (Some(_), Some((seed, by))) => Ok(Verdict::Caught { seed, by }),
            (Some(status), None) if status.success() => Ok(Verdict::Passed),
            (Some(status), None) => Err(format!("the sweep ended with {status} and no failure")),
        }
    }

    /// Runs the program; `None` if it does not end in time.
    fn play(&self, program: &Path) -> std::io::Result<Option<ExitStatus>> {
        let report = File::create(&self.report)?;
        let mut child = Command::new(program)
            .current_dir(&self.tree)
            .env("SIM_SEEDS", self.seeds.to_string())
            .env("SIM_JOBS", "2")
            .env("SIM_REPORT", "none")
            .stdin(Stdio::null())
            .stdout(report.try_clone()?)
            .stderr(report)
            .spawn()?;
        let ended = wait(&mut child, Instant::now() + self.patience);
        if !matches!(ended, Ok(Some(_))) {
            // It has either ended by itself meanwhile, or ends now.
            child.kill().ok();
            child.wait()?;
        }
        ended
    }
}

fn wait(child: &mut Child, until: Instant) -> std::io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= until {
            return Ok(None);
        }
        thread::sleep(GLANCE);
    }
}

/// The seed that failed, and why, from what the sweep says.
fn failure(said: &str) -> Option<(u64, String)> {
    said.lines().find_map(|line| {
        let (scenario, why) = line.split_once(FAILS)?;
        let seed = scenario.strip_prefix(SEED)?.split(' ').next()?;
        Some((seed.parse().ok()?, why.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_from_what_stands_around_it() {
        let said = "30 seeds, 579485 events\nSIM_SEED=33 SIM_OFF='stall' fails: a text fails: lost\nmore\n";
        assert_eq!(failure(said), Some((33, "a text fails: lost".into())));
        assert_eq!(failure("30 seeds, 579485 events\n"), None);
    }
}
