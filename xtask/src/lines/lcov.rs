//! Reads a report of coverage in the form of lcov: which lines of which file ran.
//! Never takes a line of a test for one of the product.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// One source file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct File {
    /// Its path below the folder of sources, with `/` between the parts.
    pub(super) path: String,
    /// Each line that holds code, and whether it ran.
    pub(super) lines: BTreeMap<usize, bool>,
}

/// The files of the report that lie in `sources`, in order, without their tests.
pub(super) fn read(text: &str, sources: &Path) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for file in parse(text)? {
        let Ok(path) = Path::new(&file.path).strip_prefix(sources) else {
            continue;
        };
        let path = path.to_string_lossy().replace('\\', "/");
        if is_test(&path) {
            continue;
        }
        let source =
            fs::read_to_string(sources.join(&path)).map_err(|error| format!("{path}: {error}"))?;
        let mut lines = file.lines;
        lines.retain(|line, _| *line < first_of_tests(&source));
        files.push(File { path, lines });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// All files of a report. A line that is told more than once has run if it has run in one telling.
fn parse(text: &str) -> Result<Vec<File>, String> {
    let mut files: Vec<File> = Vec::new();
    for record in text.lines() {
        if let Some(path) = record.strip_prefix("SF:") {
            let (path, lines) = (path.to_owned(), BTreeMap::new());
            files.push(File { path, lines });
        } else if let Some(data) = record.strip_prefix("DA:") {
            let mut numbers = data.split(',').map(str::parse::<usize>);
            let (Some(Ok(line)), Some(Ok(count)), Some(file)) =
                (numbers.next(), numbers.next(), files.last_mut())
            else {
                return Err(format!("the report of coverage has a line {record:?}"));
            };
            *file.lines.entry(line).or_default() |= count > 0;
        }
    }
    Ok(files)
}

/// Whether a file holds nothing but tests.
fn is_test(path: &str) -> bool {
    path.split('/')
        .any(|part| part == "tests" || part == "tests.rs")
}

/// The number of the line where the module of tests of a file begins, which is its last item.
fn first_of_tests(source: &str) -> usize {
    let lines: Vec<&str> = source.lines().collect();
    let begins = |pair: &[&str]| {
        pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
    };
    let index = lines.windows(2).position(begins);
    index.map_or(usize::MAX, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_run_if_it_has_run_once() {
        let text = "SF:/a.rs\nFN:1,f\nDA:1,0\nDA:2,7\nDA:1,1\nDA:3,0\nLF:3\nend_of_record\n\
                    SF:/b.rs\nDA:9,0\nend_of_record\n";
        let files = parse(text).unwrap();
        let lines = |file: &File| file.lines.clone().into_iter().collect::<Vec<_>>();
        assert_eq!(files[0].path, "/a.rs");
        assert_eq!(lines(&files[0]), [(1, true), (2, true), (3, false)]);
        assert_eq!(lines(&files[1]), [(9, false)]);
        assert!(parse("DA:1,1\n").is_err());
        assert!(parse("SF:/a.rs\nDA:one,1\n").is_err());
    }

    #[test]
    fn tests_do_not_count() {
        assert!(is_test("wire/tests.rs") && is_test("skype/tests/samples/mod.rs"));
        assert!(!is_test("wire/len8.rs"));
        let source = "fn a() {}\n#[cfg(test)]\nmod any;\n\n#[cfg(test)]\nmod tests {\n}\n";
        assert_eq!(first_of_tests(source), 5);
        assert_eq!(
            first_of_tests("fn a() {}\n#[cfg(test)]\nmod tests;\n"),
            usize::MAX
        );
    }
}
