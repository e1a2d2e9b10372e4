//! One search of a fuzz target: the call of cargo-fuzz, and what libFuzzer says about it.
//! Never touches the kept inputs: they come second on its command line, and new ones go to the first folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::SANITIZER;

/// Where searches keep what they find, below the root: a folder of inputs for each target.
const FOUND: &str = "target/fuzz/found";
/// Where inputs go that break something.
const CRASHES: &str = "target/fuzz/crashes";
/// Where libFuzzer's own words go.
const LOGS: &str = "target/fuzz/log";
/// How libFuzzer says where it has put an input that breaks something.
const FINDING: &str = "Test unit written to ";
/// What stands in the name of an input that only takes long.
const SLOW: &str = "/slow-unit-";
/// How many lines of a log are shown where there is a finding.
const LINES_SHOWN: usize = 40;

/// What is the same for all targets.
pub(super) struct Search<'a> {
    pub(super) root: &'a Path,
    pub(super) time: Duration,
    /// Where chance begins; else somewhere else each time.
    pub(super) seed: Option<u32>,
}

/// What came of one target.
pub(super) struct Outcome {
    target: String,
    seconds: f64,
    executions: u64,
    coverage: u64,
    features: u64,
    corpus: usize,
    /// The inputs that break something; libFuzzer ends with the first.
    findings: Vec<String>,
    /// How it ended, if not well.
    failure: Option<String>,
}

impl Search<'_> {
    /// Searches all `targets`, `jobs` at once; gives the outcomes in the order of `targets`.
    pub(super) fn all(&self, targets: Vec<String>, jobs: usize) -> Result<Vec<Outcome>, String> {
        let count = targets.len();
        let waiting = Mutex::new(targets.into_iter().enumerate());
        let next = || waiting.lock().ok().and_then(|mut waiting| waiting.next());
        let done = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..jobs.clamp(1, count.max(1)) {
                scope.spawn(|| {
                    while let Some((place, target)) = next() {
                        let outcome = self.one(&target);
                        if let Ok(mut done) = done.lock() {
                            done.push((place, outcome.map_err(|e| format!("{target}: {e}"))));
                        }
                    }
                });
            }
        });
        let mut done = done.into_inner().map_err(|error| error.to_string())?;
        done.sort_by_key(|(place, _)| *place);
        done.into_iter().map(|(_, outcome)| outcome).collect()
    }

    fn one(&self, target: &str) -> io::Result<Outcome> {
        let seconds = self.time.as_secs();
        println!("==> search of {target} for {seconds} s");
        let [found, crashes] = [FOUND, CRASHES].map(|folder| format!("{folder}/{target}"));
        for folder in [&found, &crashes, LOGS] {
            fs::create_dir_all(self.root.join(folder))?;
        }
        let log = self.root.join(LOGS).join(format!("{target}.log"));
        let mut command = Command::new("rustup");
        let corpus = format!("fuzz/corpus/{target}");
        command
            .args(["run", "nightly", "cargo", "fuzz", "run", SANITIZER, target])
            .args([&found, &corpus])
            .arg("--")
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={crashes}/"))
            .arg("-print_final_stats=1")
            .current_dir(self.root)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log)?);
        if let Some(seed) = self.seed {
            command.arg(format!("-seed={seed}"));
        }
        let dictionary = format!("fuzz/dictionaries/{target}.dict");
        if self.root.join(&dictionary).exists() {
            command.arg(format!("-dict={dictionary}"));
        }
        let started = Instant::now();
        let status = command.status()?;
        let seconds = started.elapsed().as_secs_f64();
        let log = read_text(&log)?;
        let corpus = fs::read_dir(self.root.join(&found))?.count();
        let failure = (!status.success()).then(|| status.to_string());
        Ok(Outcome::new(target, seconds, &log, corpus, failure))
    }
}

impl Outcome {
    fn new(target: &str, seconds: f64, log: &str, corpus: usize, failure: Option<String>) -> Self {
        let findings = log.lines().filter_map(|line| line.split_once(FINDING));
        let findings = findings.map(|(_, path)| path.trim().to_owned());
        // It keeps an input that takes long, too: on a busy machine that says nothing.
        let findings: Vec<String> = findings.filter(|path| !path.contains(SLOW)).collect();
        if failure.is_some() {
            print_end(target, log);
        }
        Self {
            target: target.to_owned(),
            seconds,
            executions: last_number(log, "stat::number_of_executed_units:"),
            coverage: last_number(log, " cov: "),
            features: last_number(log, " ft: "),
            corpus,
            findings,
            failure,
        }
    }

    /// What to say if the search did not end well.
    pub(super) fn finding(&self) -> Option<String> {
        let failure = self.failure.as_ref()?;
        Some(match self.findings.as_slice() {
            [] => format!(
                "the search of {} failed ({failure}): see {LOGS}/{}.log",
                self.target, self.target
            ),
            paths => format!("{} breaks with {}", self.target, paths.join(", ")),
        })
    }

    /// Its row in the table.
    pub(super) fn cells(&self) -> [String; 8] {
        let rate = self.executions as f64 / self.seconds.max(1.0);
        [
            self.target.clone(),
            format!("{:.0}", self.seconds),
            self.executions.to_string(),
            format!("{rate:.0}"),
            self.coverage.to_string(),
            self.features.to_string(),
            self.corpus.to_string(),
            self.findings.len().to_string(),
        ]
    }
}

/// A log as text: libFuzzer shows inputs, which may hold any byte.
fn read_text(path: &PathBuf) -> io::Result<String> {
    Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
}

/// The number behind the last `label` that has one; zero if there is none.
fn last_number(log: &str, label: &str) -> u64 {
    let numbers = log.rsplit(label).map(|behind| {
        let behind = behind.trim_start();
        let end = behind.find(|c: char| !c.is_ascii_digit());
        behind[..end.unwrap_or(behind.len())].parse().ok()
    });
    // What stands before the first label is behind none.
    let count = log.matches(label).count();
    numbers.take(count).flatten().next().unwrap_or_default()
}

fn print_end(target: &str, log: &str) {
    let lines: Vec<&str> = log.lines().collect();
    println!("==> {target}:");
    for line in &lines[lines.len().saturating_sub(LINES_SHOWN)..] {
        println!("    {line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
#2\tINITED cov: 10 ft: 11 corp: 1/1b exec/s: 0 rss: 40Mb
#99\tNEW    cov: 12 ft: 15 corp: 2/9b lim: 4 exec/s: 0 rss: 40Mb
#131072\tpulse  cov: 345 ft: 678 corp: 90/2Kb lim: 4096 exec/s: 65536 rss: 90Mb
Done 200000 runs in 3 second(s)
stat::number_of_executed_units: 200000
stat::average_exec_per_sec:     66666
";

    #[test]
    fn the_last_numbers_of_a_log_are_those_of_the_table() {
        let outcome = Outcome::new("wires", 4.0, LOG, 7, None);
        assert_eq!(outcome.finding(), None);
        let cells = outcome.cells();
        assert_eq!(
            cells.each_ref().map(String::as_str),
            ["wires", "4", "200000", "50000", "345", "678", "7", "0"]
        );
    }

    #[test]
    fn a_finding_is_told_with_its_path() {
        let path = "target/fuzz/crashes/wires/crash-0a1b";
        let log = format!("{LOG}artifact_prefix='x'; Test unit written to {path}\n");
        let outcome = Outcome::new("wires", 4.0, &log, 7, Some("exit status: 1".into()));
        let said = outcome.finding().unwrap();
        assert!(said.contains("wires") && said.contains(path), "{said}");
    }

    #[test]
    fn a_search_that_does_not_come_up_is_a_failure_without_a_finding() {
        let log = "error: could not compile";
        let outcome = Outcome::new("wires", 0.1, log, 0, Some("exit status: 101".into()));
        assert!(outcome.finding().unwrap().contains("wires.log"));
        assert_eq!(outcome.cells()[2], "0");
    }
}
