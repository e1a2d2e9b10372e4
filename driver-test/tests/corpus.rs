//! Replays the corpora of all fuzz targets on stable, so that whatever a fuzzer once found stays a test.
//! Never looks for new inputs: that is what `fuzz/` is for.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use imo2sproxy_sim::fuzzing::TARGETS;

fn fuzz_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    paths.sort();
    paths
}

/// All files below `folder`, at any depth.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let (folders, mut files): (Vec<_>, Vec<_>) =
        entries(folder).into_iter().partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| files_below(folder)));
    files
}

fn names(paths: &[PathBuf]) -> BTreeSet<String> {
    paths
        .iter()
        .map(|path| {
            path.file_stem()
                .expect("an entry of a folder has a name")
                .to_string_lossy()
                .into()
        })
        .collect()
}

#[test]
fn every_kept_input_satisfies_the_oracles_of_its_target() {
    for (target, body) in TARGETS {
        let inputs = files_below(&fuzz_folder().join("corpus").join(target));
        assert!(!inputs.is_empty(), "the corpus of {target} is empty");
        for input in inputs {
            let data = fs::read(&input).unwrap();
            // A panic of the body does not name its input: say so before it.
            println!("{}", input.display());
            body(&data);
        }
    }
}

#[test]
fn every_target_has_a_body_a_program_and_a_corpus() {
    let bodies: BTreeSet<String> = TARGETS
        .iter()
        .map(|(target, _)| (*target).to_owned())
        .collect();
    let programs = names(&entries(&fuzz_folder().join("fuzz_targets")));
    let corpora = names(&entries(&fuzz_folder().join("corpus")));
    assert_eq!(bodies, programs, "fuzzing::TARGETS and fuzz/fuzz_targets");
    assert_eq!(bodies, corpora, "fuzzing::TARGETS and fuzz/corpus");
}

#[test]
fn every_dictionary_belongs_to_a_target_and_can_be_read() {
    for path in entries(&fuzz_folder().join("dictionaries")) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let known = TARGETS.iter().any(|(target, _)| *target == name);
        assert!(known, "{} is of no target", path.display());
        assert_eq!(path.extension().unwrap(), "dict", "{}", path.display());
        let text = fs::read_to_string(&path).unwrap();
        let words = text.lines().filter(|line| !line.starts_with('#'));
        assert!(words.clone().count() > 0, "{} is empty", path.display());
        for word in words {
            assert!(is_word(word), "{}: {word}", path.display());
        }
    }
}

/// A word as the fuzzer reads it: within quotes, with `\\`, `\"` and `\xNN` for what cannot stand there.
fn is_word(line: &str) -> bool {
    let quoted = line
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let Some(mut rest) = quoted.filter(|word| !word.is_empty()) else {
        return false;
    };
    while let Some(first) = rest.bytes().next() {
        let length = match (first, rest.as_bytes()) {
            (b'\\', [_, b'\\' | b'"', ..]) => 2,
            (b'\\', [_, b'x', high, low, ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                4
            }
            (b' '..=b'~', _) if !matches!(first, b'\\' | b'"') => 1,
            _ => return false,
        };
        rest = &rest[length..];
    }
    true
}
