//! Tables of coverage: one row for each module, then the files of the parsers that lag behind with the lines that never ran.
//! Never rounds up: what is printed as the bar has reached it.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::AddAssign;

use super::lcov::File;

/// The modules that read bytes of peers, each held to [`BAR`] as a whole.
const PARSERS: [&str; 4] = ["wire", "skype", "http", "imo"];
/// What is below them and reads none: the accounts of the service get their calls decoded.
const NO_PARSER: &str = "imo/service/house";
/// Folders that have a row of their own.
const OWN_ROWS: [&str; 3] = ["imo/link", "imo/service/house", "imo/service"];
/// What the parsers have to reach, in percent of their lines.
const BAR: usize = 95;

/// Lines, and how many of them ran.
#[derive(Clone, Copy, Default)]
struct Count {
    lines: usize,
    ran: usize,
}

impl Count {
    fn of(file: &File) -> Self {
        Self {
            lines: file.lines.len(),
            ran: file.lines.values().filter(|ran| **ran).count(),
        }
    }

    const fn reaches_bar(self) -> bool {
        self.ran * 100 >= self.lines * BAR
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.lines += other.lines;
        self.ran += other.ran;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In tenths of a percent; a file without code has nothing that could be missing.
        let tenths = (self.ran * 1000).checked_div(self.lines).unwrap_or(1000);
        let (Self { lines, ran }, whole, rest) = (self, tenths / 10, tenths % 10);
        write!(f, "{lines:>7} {ran:>7} {whole:>5}.{rest}")
    }
}

/// Prints the tables.
///
/// # Errors
/// If a parser is below the bar, or there is nothing of it in the report.
pub(super) fn print(files: &[File]) -> Result<(), String> {
    let row = |name: &str, count: Count| println!("{name:<34} {count}");
    println!(
        "{:<34} {:>7} {:>7} {:>7}",
        "module", "lines", "ran", "percent"
    );
    let mut modules: BTreeMap<&str, Count> = BTreeMap::new();
    let mut all = Count::default();
    for file in files {
        *modules.entry(module(&file.path)).or_default() += Count::of(file);
        all += Count::of(file);
    }
    for (name, count) in &modules {
        row(name, *count);
    }
    row("all of core", all);

    println!("\nfiles of the parsers below {BAR} %, and the lines of theirs that never ran");
    for file in files.iter().filter(|file| parser(&file.path).is_some()) {
        let count = Count::of(file);
        if !count.reaches_bar() {
            row(&file.path, count);
            println!("    {}", never_ran(file));
        }
    }

    println!("\nparsers (what reads bytes of peers; {NO_PARSER} does not)");
    let whole = parsers(files);
    for (name, count) in &whole {
        row(name, *count);
    }
    verdict(&whole)
}

/// What each parser comes to as a whole.
fn parsers(files: &[File]) -> Vec<(&'static str, Count)> {
    let mut whole = PARSERS.map(|name| (name, Count::default()));
    for file in files {
        for (_, count) in whole
            .iter_mut()
            .filter(|(name, _)| parser(&file.path) == Some(name))
        {
            *count += Count::of(file);
        }
    }
    whole.into()
}

fn verdict(parsers: &[(&str, Count)]) -> Result<(), String> {
    let low: Vec<&str> = parsers
        .iter()
        .filter(|(_, count)| count.lines == 0 || !count.reaches_bar())
        .map(|(name, _)| *name)
        .collect();
    if low.is_empty() {
        return Ok(());
    }
    Err(format!(
        "below {BAR} % of the lines, or not in the report: {}",
        low.join(", ")
    ))
}

/// The row that a file belongs to.
fn module(path: &str) -> &str {
    if let Some(own) = OWN_ROWS.into_iter().find(|own| belongs(path, own)) {
        return own;
    }
    let first = path.split('/').next().unwrap_or(path);
    first.strip_suffix(".rs").unwrap_or(first)
}

/// The parser that a file belongs to.
fn parser(path: &str) -> Option<&'static str> {
    let of = |name: &&str| belongs(path, name) && !belongs(path, NO_PARSER);
    PARSERS.into_iter().find(of)
}

/// Whether a file is that module, or lies in it.
fn belongs(path: &str, module: &str) -> bool {
    path.strip_prefix(module)
        .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// The numbers of the lines that never ran, neighbours as ranges.
fn never_ran(file: &File) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    let mut together = false;
    for (line, ran) in &file.lines {
        match ranges.last_mut().filter(|_| together && !ran) {
            Some((_, last)) => *last = *line,
            None if !ran => ranges.push((*line, *line)),
            None => {}
        }
        together = !ran;
    }
    let shown = |(first, last): &(usize, usize)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    ranges.iter().map(shown).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, lines: &[(usize, bool)]) -> File {
        File {
            path: path.into(),
            lines: lines.iter().copied().collect(),
        }
    }

    /// A file of 100 lines of which so many ran.
    fn hundred(path: &str, ran: usize) -> File {
        let lines: Vec<_> = (1..=100).map(|line| (line, line <= ran)).collect();
        file(path, &lines)
    }

    #[test]
    fn files_belong_to_their_module_and_the_house_of_the_service_is_no_parser() {
        for (path, row, reads) in [
            ("wire/len8.rs", "wire", Some("wire")),
            ("imo/envelope.rs", "imo", Some("imo")),
            ("imo/link.rs", "imo/link", Some("imo")),
            ("imo/service/rpc.rs", "imo/service", Some("imo")),
            ("imo/service/house/mod.rs", "imo/service/house", None),
            ("proxy/clients.rs", "proxy", None),
            ("proxy.rs", "proxy", None),
            ("httpd.rs", "httpd", None),
        ] {
            assert_eq!((module(path), parser(path)), (row, reads), "{path}");
        }
    }

    #[test]
    fn a_parser_below_the_bar_fails_and_so_does_one_that_is_not_there() {
        let at_bar =
            ["wire/a.rs", "skype/a.rs", "http/a.rs", "imo/a.rs"].map(|path| hundred(path, 95));
        assert_eq!(verdict(&parsers(&at_bar)), Ok(()));
        let mut low = at_bar.clone();
        low[2] = hundred("http/a.rs", 94);
        assert!(verdict(&parsers(&low)).unwrap_err().ends_with(": http"));
        assert!(
            verdict(&parsers(&at_bar[1..]))
                .unwrap_err()
                .ends_with(": wire")
        );
        let house = [&at_bar[..], &[hundred("imo/service/house/a.rs", 0)]].concat();
        assert_eq!(verdict(&parsers(&house)), Ok(()));
    }

    #[test]
    fn percents_are_never_rounded_up() {
        let count = Count {
            lines: 1000,
            ran: 949,
        };
        assert!(count.to_string().ends_with("94.9") && !count.reaches_bar());
        let count = Count {
            lines: 10_000,
            ran: 9_999,
        };
        assert!(count.to_string().ends_with("99.9"));
    }

    #[test]
    fn lines_that_never_ran_are_told_as_ranges() {
        let lines = [
            (1, false),
            (3, false),
            (4, true),
            (7, false),
            (9, true),
            (12, false),
            (13, false),
        ];
        assert_eq!(never_ran(&file("a.rs", &lines)), "1-3 7 12-13");
        assert_eq!(never_ran(&file("a.rs", &[(1, true)])), "");
    }
}
