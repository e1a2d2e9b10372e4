//! The load generator on the release program: what it costs now, or how that compares with another revision.
//! Never judges: goals and ratios are printed, and people decide.

use std::fs;
use std::path::Path;

use clap::Args;

use crate::step::Step;

mod pairs;
mod revision;

use pairs::Sides;
use revision::Revision;

/// Where everything is left, below the root.
const FOLDER: &str = "target/bench";
/// The program and the load generator, as cargo builds them.
const PROGRAM: &str = "target/release/imo2sproxy";
const LOAD: &str = "target/release/examples/load";

/// What is measured.
#[derive(Args)]
pub(crate) struct Options {
    /// Smaller numbers and shorter times: to see that it works, not to compare with full runs.
    #[arg(long)]
    quick: bool,
    /// Instead of all scenes, run those about speed on the program of this revision, too, by turns, and print the ratios.
    #[arg(long, value_name = "REV")]
    against: Option<String>,
}

/// Builds and measures.
pub(crate) fn run(root: &Path, options: &Options) -> Result<(), String> {
    let folder = root.join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| format!("{FOLDER}: {error}"))?;
    let build = "build --release --package imo2sproxy --bin imo2sproxy --example load";
    Step::cargo("build", root, build).run()?;
    match &options.against {
        None => {
            let json = format!("{FOLDER}/load.json");
            load(root, "load", PROGRAM, &json, options.quick, "all").run()?;
            println!("figures: {json}; plot: {FOLDER}/load.svg");
            Ok(())
        }
        Some(name) => {
            let revision = Revision::check_out(root, &folder, name)?;
            let then = revision.build()?;
            let sides = Sides {
                now: PROGRAM.into(),
                then: then.to_string_lossy().into_owned(),
            };
            pairs::run(root, &sides, options.quick)
        }
    }
}

/// The load generator on a program; its figures go to `json`.
fn load(root: &Path, name: &str, program: &str, json: &str, quick: bool, scene: &str) -> Step {
    let quick = if quick { "--quick" } else { "" };
    let arguments = format!("--json {json} {quick} {scene} --program");
    let path = root.join(LOAD);
    Step::new(name, root, &path.to_string_lossy(), &arguments).value(program)
}
