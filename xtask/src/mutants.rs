//! Deliberate faults: each is put into a copy of the workspace, and the sweep has to notice it.
//! Never touches the workspace itself.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Deserialize;

mod sweep;
mod tree;

use sweep::{Sweep, Verdict};
use tree::Tree;

/// Where the faults stand, from the folder of the workspace on.
const LIST: &str = "xtask/mutants.toml";

/// How many seeds are enough to see that nothing fails without a fault: longer sweeps do that elsewhere.
const SOUND_SEEDS: u64 = 100;

/// What is to be tried, and for how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Only the faults in whose names this stands.
    #[arg(long)]
    only: Option<String>,
    /// Begin with this one of the list.
    #[arg(long, default_value_t = 1)]
    from: usize,
    /// How many seeds each has to be noticed with.
    #[arg(long, default_value_t = 1000)]
    seeds: u64,
    /// How many seconds all these seeds may take; after them the fault counts as not noticed.
    #[arg(long, default_value_t = 300)]
    patience: u64,
}

/// One deliberate fault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    /// What is broken, in a few words.
    name: String,
    /// The file, from the folder of the workspace on.
    file: String,
    /// What stands there, exactly once.
    find: String,
    /// What stands there instead.
    replace: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    mutant: Vec<Mutant>,
}

impl List {
    fn read(root: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(root.join(LIST)).map_err(|e| format!("{LIST}: {e}"))?;
        toml::from_str(&text).map_err(|error| format!("{LIST}: {error}"))
    }
}

/// What came of one fault.
enum Fate {
    /// It could not be tried, for this reason.
    Broken(String),
    Tried(Verdict),
}

/// Tries the faults one after the other and prints what notices them. Fails if one is not noticed.
pub(crate) fn run(root: &Path, options: &Options) -> Result<(), String> {
    let only = options.only.as_deref().unwrap_or_default();
    let mut mutants = List::read(root)?.mutant;
    mutants.retain(|mutant| mutant.name.contains(only));
    if mutants.is_empty() {
        return Err(format!("no fault of {LIST} has {only:?} in its name"));
    }
    let folder = root.join("target/mutants");
    let tree = Tree::copy(root, &folder.join("tree"))?;
    let mut sweep = Sweep {
        tree: tree.folder().to_owned(),
        target: folder.join("target"),
        report: folder.join("report.txt"),
        seeds: options.seeds.min(SOUND_SEEDS),
        patience: Duration::from_secs(options.patience),
    };
    println!("==> without a fault");
    match sweep.build().and_then(|program| sweep.run(&program))? {
        Verdict::Passed => {}
        failed @ (Verdict::Caught { .. } | Verdict::Hung) => {
            return Err(format!("without a fault: {}", words(&failed)));
        }
    }
    sweep.seeds = options.seeds;
    let mut survivors = 0;
    for (number, mutant) in mutants
        .iter()
        .enumerate()
        .skip(options.from.saturating_sub(1))
    {
        let started = Instant::now();
        let fate = attempt(&tree, &sweep, mutant);
        let (caught, how) = match &fate {
            Fate::Broken(error) => ("error", error.clone()),
            Fate::Tried(verdict @ Verdict::Caught { .. }) => ("caught", words(verdict)),
            Fate::Tried(verdict) => ("MISSED", words(verdict)),
        };
        survivors += usize::from(caught != "caught");
        println!(
            "{:>2}/{}  {caught:<6}  {:<75}  {:>5} s  {how}",
            number + 1,
            mutants.len(),
            mutant.name,
            started.elapsed().as_secs(),
        );
    }
    println!("==> {} faults, {survivors} not noticed", mutants.len());
    match survivors {
        0 => Ok(()),
        count => Err(format!("{count} faults are not noticed")),
    }
}

fn attempt(tree: &Tree, sweep: &Sweep, mutant: &Mutant) -> Fate {
    let tried = tree.with(mutant, || {
        sweep.build().and_then(|program| sweep.run(&program))
    });
    match tried {
        Ok(verdict) => Fate::Tried(verdict),
        Err(error) => Fate::Broken(error),
    }
}

fn words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Passed => "by no seed".into(),
        Verdict::Hung => "it does not end in time".into(),
        Verdict::Caught { seed, by } => format!("by seed {seed}: {by}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Fewer would leave parts of the core out.
    const LEAST: usize = 30;

    #[test]
    fn every_fault_has_its_place_in_the_code_as_it_is_today() {
        let root = crate::root();
        let mutants = List::read(root).unwrap().mutant;
        assert!(mutants.len() >= LEAST, "{} faults are few", mutants.len());
        let mut names = BTreeSet::new();
        for mutant in &mutants {
            let name = &mutant.name;
            assert!(names.insert(name), "two faults are called {name:?}");
            assert_ne!(mutant.find, mutant.replace, "{name:?} changes nothing");
            let text = fs::read_to_string(root.join(&mutant.file)).unwrap();
            let places = text.matches(&mutant.find).count();
            assert_eq!(places, 1, "{name:?} has so many places in {}", mutant.file);
        }
    }
}
