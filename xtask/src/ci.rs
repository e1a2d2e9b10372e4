//! What must hold before a change goes in.
//! Never repairs anything: it stops at the first fault.

use std::path::Path;

use crate::fuzz;
use crate::step::Step;

/// How many seeds the long simulation sweep runs.
const SEEDS: &str = "2000";

/// Runs all checks, the tests last, so that the last thing printed is the summary of the test runner.
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
        for (name, target, seeds) in [
            ("simulation sweep", "sweep", Some(SEEDS)),
            ("corpus", "corpus", None),
        ] {
            if !has_test(root, target) {
                println!("\n==> {name}: there is no test target {target}");
                continue;
            }
            let arguments = format!("test --locked --workspace --test {target}");
            let step = cargo(name, &arguments);
            match seeds {
                Some(seeds) => step.env("SIM_SEEDS", seeds).run()?,
                None => step.run()?,
            }
        }
        fuzz::smoke(root)?;
    }
    cargo("tests", "test --workspace").run_last()
}

/// True if the simulator has a test target of that name.
fn has_test(root: &Path, target: &str) -> bool {
    let tests = root.join("driver-test/tests");
    tests.join(target).join("main.rs").exists() || tests.join(format!("{target}.rs")).exists()
}
