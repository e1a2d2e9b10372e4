//! What must hold before a change goes in.
//! Never repairs anything: it stops at the first fault.

use std::env;
use std::path::{Path, PathBuf};

use crate::fuzz;
use crate::step::Step;

/// How many seeds the long simulation sweep runs.
const SEEDS: &str = "1000";

/// Runs all checks, the tests last, so that the last thing printed is the summary of the test runner. Among them is the
/// replay of the corpora.
///
/// Clippy, documentation and tests are built with one profile, and for the whole workspace each time: so
/// they share what their build scripts make (the C code above all).
pub(crate) fn run(root: &Path, quick: bool) -> Result<(), String> {
    let cargo = |name: &str, arguments: &str| Step::cargo(name, root, arguments);
    cargo("format", "fmt --all --check").run()?;
    cargo(
        "lints",
        "clippy --locked --workspace --all-targets --profile test -- -D warnings",
    )
    .run()?;
    if !quick {
        let arguments = "doc --locked --workspace --no-deps --profile test";
        cargo("documentation", arguments)
            .env("RUSTDOCFLAGS", "-D warnings")
            .run()?;
        // With what all other tests need: the simulator alone would be built with other features, and so twice.
        let build = "test --locked --workspace --no-run";
        cargo("tests and simulator", build).run()?;
        let folder =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let program = folder.join("debug/sim").display().to_string();
        Step::new("simulation sweep", root, &program, "")
            .env("SIM_SEEDS", SEEDS)
            .env("SIM_JOBS", "2")
            .run()?;
        fuzz::smoke(root)?;
    }
    cargo("tests", "test --workspace").run_last()
}
