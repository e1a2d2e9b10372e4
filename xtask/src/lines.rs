//! The line coverage of the core: which lines its tests and the simulator's run, and whether the parsers reach the bar.
//! Never counts the lines of tests, and never lets a parser below the bar pass.

use std::fs;
use std::path::Path;

use crate::step::Step;

mod lcov;
mod table;
mod tools;

/// Where the report is left, below the root.
const REPORT: &str = "target/coverage/lines.info";
/// How many seeds the simulation sweep runs: instrumented code is slow, and further seeds reach few further lines.
const SEEDS: &str = "20";
/// Tests that play the library over and over, which take minutes and run the lines that the scenes run once, and those
/// that hold to a time, which instrumented code does not keep.
const LEFT_OUT: [&str; 3] = ["every_byte", "kill_points", "costs_linear_time"];

/// Runs the tests of the core and of the simulator, the corpus among them, and prints what they reach.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let variables = tools::find()?;
    let report = root.join(REPORT);
    if let Some(folder) = report.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let skips: Vec<String> = LEFT_OUT.map(|name| format!("--skip {name}")).into();
    let arguments = format!(
        "llvm-cov --locked --package imo2sproxy-core --package imo2sproxy-sim \
         --lcov --output-path {REPORT} -- --quiet {}",
        skips.join(" ")
    );
    // Instrumented code takes longer to build than to run.
    let mut step = Step::cargo("line coverage", root, &arguments)
        .env("CARGO_PROFILE_TEST_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_TEST_DEBUG", "0")
        .env("SIM_SEEDS", SEEDS);
    for (name, value) in &variables {
        step = step.env(name, value);
    }
    step.run()?;
    let text = fs::read_to_string(&report).map_err(|error| format!("{REPORT}: {error}"))?;
    let files = lcov::read(&text, &root.join("core/src"))?;
    println!();
    table::print(&files)
}
