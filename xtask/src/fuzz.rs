//! Fuzz targets: their kept inputs on stable, and the search for new ones where nightly is at hand.
//! Never adds to the kept inputs: what a search finds stays below `target`.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::step::{Step, succeeds};

mod search;

use search::{Outcome, Search};

/// How long all targets search together before a change goes in, in seconds.
const SMOKE_SECONDS: u64 = 40;
/// How long each of them does at least, in seconds.
const SMOKE_SECONDS_MIN: u64 = 2;
/// Where chance begins then: a change is to be judged by itself, and not by what a search happens to find this time.
const SMOKE_SEED: u32 = 1;
/// None of our crates has a line of unsafe code: what a sanitizer could find is in libraries, and it would take most of the
/// executions. `cargo +nightly fuzz run TARGET` has one.
const SANITIZER: &str = "--sanitizer=none";
/// What is wanting where no search is possible.
const WANTING: &str = "a search for new inputs needs nightly Rust and cargo-fuzz: \
    `rustup toolchain install nightly` and `cargo install --locked cargo-fuzz`";

/// Lets every fuzz target search for a while, or, where that is not possible, take its kept inputs.
pub(crate) fn smoke(root: &Path) -> Result<(), String> {
    if !root.join("fuzz/Cargo.toml").exists() {
        println!("\n==> fuzz targets: there are none");
        return Ok(());
    }
    let targets = targets(root)?;
    if can_search() {
        // A search begins with the kept inputs.
        let each = SMOKE_SECONDS / targets.len().max(1) as u64;
        let search = Search {
            root,
            time: Duration::from_secs(each.max(SMOKE_SECONDS_MIN)),
            seed: Some(SMOKE_SEED),
        };
        return run(&search, targets, 1);
    }
    println!("\n==> no search: {WANTING}");
    let build = "build --locked --manifest-path fuzz/Cargo.toml --target-dir target/fuzz";
    Step::cargo("fuzz targets", root, build).run()?;
    for target in &targets {
        let program = root.join("target/fuzz/debug").join(target);
        let replay = format!("-runs=0 fuzz/corpus/{target}");
        let name = format!("corpus of {target}");
        Step::new(&name, root, &program.to_string_lossy(), &replay).run()?;
    }
    Ok(())
}

/// Lets the one target, or all of them, search for `seconds` each, `jobs` at once, and prints what came of it.
pub(crate) fn fuzz(
    root: &Path,
    seconds: u64,
    target: Option<&str>,
    jobs: usize,
) -> Result<(), String> {
    let mut targets = targets(root)?;
    if let Some(target) = target {
        let all = targets.join(", ");
        targets.retain(|one| one == target);
        if targets.is_empty() {
            return Err(format!("there is no fuzz target {target}; there are {all}"));
        }
    }
    if !can_search() {
        return Err(WANTING.into());
    }
    let search = Search {
        root,
        time: Duration::from_secs(seconds),
        seed: None,
    };
    run(&search, targets, jobs)
}

fn run(search: &Search<'_>, targets: Vec<String>, jobs: usize) -> Result<(), String> {
    let build = match targets.as_slice() {
        [only] => format!("run nightly cargo fuzz build {SANITIZER} {only}"),
        _ => format!("run nightly cargo fuzz build {SANITIZER}"),
    };
    Step::new("fuzz targets with coverage", search.root, "rustup", &build).run()?;
    let outcomes = search.all(targets, jobs)?;
    print_table(&outcomes);
    let findings: Vec<String> = outcomes.iter().filter_map(Outcome::finding).collect();
    if findings.is_empty() {
        Ok(())
    } else {
        Err(findings.join("\n"))
    }
}

fn print_table(outcomes: &[Outcome]) {
    let row = |cells: [String; 8]| {
        let [target, numbers @ ..] = cells;
        let numbers: String = numbers.iter().map(|cell| format!("{cell:>13}")).collect();
        println!("{target:<18}{numbers}");
    };
    println!();
    row([
        "target",
        "seconds",
        "executions",
        "per second",
        "coverage",
        "features",
        "corpus",
        "findings",
    ]
    .map(str::to_owned));
    for outcome in outcomes {
        row(outcome.cells());
    }
}

fn can_search() -> bool {
    succeeds("rustup", &["run", "nightly", "cargo", "fuzz", "--version"])
}

/// The names of the targets, in order.
fn targets(root: &Path) -> Result<Vec<String>, String> {
    let read = || -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(root.join("fuzz/fuzz_targets"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                names.extend(path.file_stem().map(|s| s.to_string_lossy().into_owned()));
            }
        }
        names.sort();
        Ok(names)
    };
    read().map_err(|error| format!("fuzz/fuzz_targets: {error}"))
}
