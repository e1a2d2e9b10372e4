//! Automation for imo2sproxy: `cargo xtask <task>`.
//! Never contains anything that ships; it only calls cargo.

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod ci;
mod fuzz;
mod step;

/// Automation for imo2sproxy.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Checks everything that must hold before a change goes in; the tests come last.
    Ci {
        /// Only format, lints and tests.
        #[arg(long)]
        quick: bool,
    },
    /// Prints every row of the Skype API with what it comes to here and the test that plays it; fails if one has none.
    Coverage,
    /// Records the library of sessions anew, `driver-test/sessions`, and replays it.
    Sessions,
}

fn main() -> ExitCode {
    let Arguments { task } = Arguments::parse();
    let result = match task {
        Task::Ci { quick } => ci::run(root(), quick),
        Task::Coverage => coverage(),
        Task::Sessions => sessions(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The table of coverage is the output of one test.
fn coverage() -> Result<(), String> {
    let test = "every_row_of_the_catalogue_has_a_test_that_names_it";
    let arguments = format!(
        "test --quiet --package imo2sproxy-sim --test catalogue -- --exact {test} --nocapture"
    );
    step::Step::cargo("coverage", root(), &arguments).run_last()
}

/// The test that holds the library to its scenes writes it first when it is asked to.
fn sessions() -> Result<(), String> {
    let test = "every_session_of_the_library_is_what_its_scene_records_today";
    let all = "test --package imo2sproxy-sim --test replay";
    let one = format!("{all} -- --exact {test}");
    step::Step::cargo("recording", root(), &one)
        .env("SESSIONS", "record")
        .run()?;
    step::Step::cargo("replay", root(), all).run_last()
}

/// The folder of the workspace.
fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}
