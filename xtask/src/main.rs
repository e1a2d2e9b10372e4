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
}

fn main() -> ExitCode {
    let Arguments { task } = Arguments::parse();
    let result = match task {
        Task::Ci { quick } => ci::run(root(), quick),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}
