//! The sweep that has to notice a fault: how it is built, how one seed of it is run, how it says what it has noticed.
//! Never knows which fault it looks for. Which program the sweep is stands here and nowhere else.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

/// What builds the sweep and names the program.
const BUILD: &str = "test --locked --package imo2sproxy-sim --test sweep --no-run \
                     --message-format json-render-diagnostics";
/// The name of its target, as it is built.
const TARGET: &str = "sweep";
/// How the program is told of the one seed that it is to run.
const SEED: &str = "SIM_SEED";

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
    /// How long all of them may take.
    pub(super) patience: Duration,
}

/// What a sweep has come to.
pub(super) enum Verdict {
    /// All seeds pass.
    Passed,
    /// A seed fails: the first, and the first line of what it says.
    Caught { seed: u64, by: String },
    /// This seed has not come to an end in time.
    Hung { seed: u64 },
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
            .current_dir(&self.tree)
            .env("CARGO_TARGET_DIR", &self.target)
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

    /// Runs one seed after the other until one fails.
    pub(super) fn run(&self, program: &Path) -> Result<Verdict, String> {
        let until = Instant::now() + self.patience;
        for seed in 1..=self.seeds {
            let ended = self.run_seed(program, seed, until);
            match ended.map_err(|error| format!("the sweep cannot be run: {error}"))? {
                None => return Ok(Verdict::Hung { seed }),
                Some(status) if status.success() => {}
                Some(_) => {
                    let said = fs::read(&self.report).unwrap_or_default();
                    let by = first_panic(&String::from_utf8_lossy(&said));
                    return Ok(Verdict::Caught { seed, by });
                }
            }
        }
        Ok(Verdict::Passed)
    }

    /// Runs one seed; `None` if that does not end in time.
    fn run_seed(
        &self,
        program: &Path,
        seed: u64,
        until: Instant,
    ) -> std::io::Result<Option<ExitStatus>> {
        let report = File::create(&self.report)?;
        let mut child = Command::new(program)
            .arg("--nocapture")
            .current_dir(&self.tree)
            .env(SEED, seed.to_string())
            .env("CARGO_TARGET_DIR", &self.target)
            .stdin(Stdio::null())
            .stdout(report.try_clone()?)
            .stderr(report)
            .spawn()?;
        let ended = wait(&mut child, until);
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

/// What the first panic says: the line behind the one that names its place.
fn first_panic(said: &str) -> String {
    let mut lines = said.lines();
    let place =
        lines.find(|line| line.contains("' panicked at ") || line.contains(") panicked at "));
    match (place, lines.next()) {
        (Some(_), Some(line)) => line.to_owned(),
        _ => said
            .lines()
            .last()
            .unwrap_or("it does not say why")
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_panic_is_told_from_what_stands_around_it() {
        let said = "running 2 tests\n\nthread 'rooms::x' (42) panicked at core/src/a.rs:1:2:\n\
                    a text is lost\nnote: run with `RUST_BACKTRACE=1`\n\
                    thread 'y' panicked at b.rs:1:1:\nanother one\n";
        assert_eq!(first_panic(said), "a text is lost");
        assert_eq!(first_panic("killed"), "killed");
    }
}
