//! Fuzz targets: their kept inputs on stable, and a short search for new ones where nightly is at hand.
//! Never adds to the kept inputs: what a search finds stays below `target`.

use std::fs;
use std::io;
use std::path::Path;

use crate::step::{Step, succeeds};

/// How long each target searches.
const SEARCH_SECONDS: u32 = 20;

/// Builds every fuzz target, feeds it its corpus, and lets it search for a while if that is possible.
pub(crate) fn smoke(root: &Path) -> Result<(), String> {
    if !root.join("fuzz/Cargo.toml").exists() {
        println!("\n==> fuzz targets: there are none");
        return Ok(());
    }
    let build = "build --locked --manifest-path fuzz/Cargo.toml --target-dir target/fuzz";
    Step::cargo("fuzz targets", root, build).run()?;
    let targets = targets(root).map_err(|error| format!("fuzz/fuzz_targets: {error}"))?;
    let can_search = succeeds("rustup", &["run", "nightly", "cargo", "fuzz", "--version"]);
    for target in &targets {
        let program = root.join("target/fuzz/debug").join(target);
        let replay = format!("-runs=0 fuzz/corpus/{target}");
        let name = format!("corpus of {target}");
        Step::new(&name, root, &program.to_string_lossy(), &replay).run()?;
        if can_search {
            search(root, target)?;
        }
    }
    if !can_search {
        println!("\n==> no search for new inputs: that needs nightly Rust and cargo-fuzz");
    }
    Ok(())
}

fn search(root: &Path, target: &str) -> Result<(), String> {
    let found = format!("target/fuzz/found/{target}");
    fs::create_dir_all(root.join(&found)).map_err(|error| format!("{found}: {error}"))?;
    let arguments = format!(
        "run nightly cargo fuzz run {target} {found} fuzz/corpus/{target} \
         -- -max_total_time={SEARCH_SECONDS} -verbosity=0 -print_final_stats=1"
    );
    Step::new(&format!("search of {target}"), root, "rustup", &arguments).run()
}

/// The names of the targets, in order.
fn targets(root: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join("fuzz/fuzz_targets"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(path.file_stem().map(|s| s.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}
