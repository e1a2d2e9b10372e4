//! One table of the configuration file, and the values in it, each of the kind that is asked for.
//! Never takes a key that nobody asks for: a table is opened with the list of all that it may hold.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever a value is that is not what was asked for, it is wrong"
)]

use std::fmt::Display;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source::Source;
use crate::failure::Failure;

/// A table.
pub(super) struct Section<'s> {
    source: &'s Source,
    /// Where it begins.
    at: usize,
    /// What stands before its keys in complaints.
    prefix: String,
    table: &'s DeTable<'s>,
}

/// A key with its value.
pub(super) struct Entry<'s> {
    source: &'s Source,
    at: usize,
    /// As complaints call it.
    key: String,
    value: &'s Spanned<DeValue<'s>>,
}

impl<'s> Section<'s> {
    /// A table that may hold `known` keys and no others.
    pub(super) fn open(
        source: &'s Source,
        prefix: &str,
        table: &'s DeTable<'s>,
        known: &[&str],
    ) -> Result<Self, Failure> {
        let section = Self {
            source,
            at: 0,
            prefix: prefix.into(),
            table,
        };
        section.knowing(known)
    }

    /// The same, if it has no other keys than these.
    pub(super) fn knowing(self, known: &[&str]) -> Result<Self, Failure> {
        let unknown = self.entries().find(|(name, _)| !known.contains(name));
        let Some((name, entry)) = unknown else {
            return Ok(self);
        };
        Err(match nearest(name, known) {
            Some(near) => entry.wrong(format!("unknown key; did you mean '{near}'?")),
            None => entry.wrong("unknown key; remove it"),
        })
    }

    /// All that is in it.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'s str, Entry<'s>)> {
        let (source, prefix) = (self.source, self.prefix.clone());
        let entry = move |(key, value): (&'s Spanned<_>, &'s Spanned<_>)| {
            let name: &'s str = AsRef::as_ref(key.get_ref());
            let key_text = format!("{prefix}{name}");
            let at = key.span().start;
            let key = key_text;
            (
                name,
                Entry {
                    source,
                    at,
                    key,
                    value,
                },
            )
        };
        self.table.iter().map(entry)
    }

    /// The value of a key.
    pub(super) fn find(&self, key: &str) -> Option<Entry<'s>> {
        self.entries()
            .find(|(name, _)| *name == key)
            .map(|(_, entry)| entry)
    }

    /// The value of a key that has to be there.
    pub(super) fn need(&self, key: &str, example: &str) -> Result<Entry<'s>, Failure> {
        self.find(key)
            .ok_or_else(|| self.wrong(key, format!("missing; add {key} = {example}")))
    }

    /// The switch of a key.
    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, Failure> {
        let Some(entry) = self.find(key) else {
            return Ok(None);
        };
        match entry.value.get_ref() {
            DeValue::Boolean(flag) => Ok(Some(*flag)),
            _ => Err(entry.wrong("write true or false")),
        }
    }

    /// The table of a key, whose keys are not looked at yet.
    pub(super) fn table(&self, key: &str) -> Result<Option<Section<'s>>, Failure> {
        let Some(entry) = self.find(key) else {
            return Ok(None);
        };
        let top = self.prefix.is_empty();
        match entry.value.get_ref() {
            DeValue::Table(table) if top => {
                Ok(Some(entry.section(entry.at, format!("[{key}] "), table)))
            }
            DeValue::Table(table) => Ok(Some(entry.section(
                entry.at,
                format!("{}.", entry.key),
                table,
            ))),
            _ if top => Err(entry.wrong(format!("write a table [{key}]"))),
            _ => Err(entry.wrong(format!("write a table, {key} = {{ … }}"))),
        }
    }

    /// The tables of a key, of which there may be several.
    pub(super) fn tables(&self, key: &str, known: &[&str]) -> Result<Vec<Section<'s>>, Failure> {
        let Some(entry) = self.find(key) else {
            return Ok(Vec::new());
        };
        let wrong = || entry.wrong(format!("write each as a table [[{key}]]"));
        let DeValue::Array(elements) = entry.value.get_ref() else {
            return Err(wrong());
        };
        let section = |element: &'s Spanned<DeValue<'s>>| {
            let DeValue::Table(table) = element.get_ref() else {
                return Err(wrong());
            };
            let Range { start, .. } = element.span();
            entry
                .section(start, format!("[[{key}]] "), table)
                .knowing(known)
        };
        elements.iter().map(section).collect()
    }

    /// A complaint about a key of this table that is not there.
    pub(super) fn wrong(&self, key: &str, what: impl Display) -> Failure {
        self.source
            .wrong(self.at, &format!("{}{key}", self.prefix), what)
    }
}

impl<'s> Entry<'s> {
    fn section(&self, at: usize, prefix: String, table: &'s DeTable<'s>) -> Section<'s> {
        Section {
            source: self.source,
            at,
            prefix,
            table,
        }
    }

    /// A text that is not empty.
    pub(super) fn text(&self) -> Result<&'s str, Failure> {
        match self.value.get_ref() {
            DeValue::String(text) if text.is_empty() => {
                Err(self.wrong("empty; give it a value or leave it out"))
            }
            DeValue::String(text) => Ok(text),
            _ => Err(self.wrong("write a text in quotes")),
        }
    }

    /// A list of texts.
    pub(super) fn texts(&self) -> Result<Vec<&'s str>, Failure> {
        let wrong = || self.wrong("write a list of texts, [\"…\", \"…\"]");
        let DeValue::Array(elements) = self.value.get_ref() else {
            return Err(wrong());
        };
        let text = |element: &'s Spanned<DeValue<'s>>| match element.get_ref() {
            DeValue::String(text) => Ok(&**text),
            _ => Err(wrong()),
        };
        elements.iter().map(text).collect()
    }

    /// A path; a relative one starts from the file's own folder.
    pub(super) fn path(&self) -> Result<PathBuf, Failure> {
        self.text().map(|path| self.source.folder().join(path))
    }

    /// A whole number.
    pub(super) fn number(&self) -> Result<u64, Failure> {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        number.ok_or_else(|| self.wrong("write a whole number that is not negative"))
    }

    /// A time: a number of seconds, or a text as `1m 30s`.
    pub(super) fn wait(&self) -> Result<Duration, Failure> {
        let wait = match self.value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse().ok().map(Duration::from_secs),
            DeValue::Float(number) => {
                let seconds = number.as_str().parse::<f64>().ok();
                seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            }
            DeValue::String(text) => humantime::parse_duration(text).ok(),
            _ => None,
        };
        wait.ok_or_else(|| self.wrong("write a number of seconds, or a time as \"1m 30s\""))
    }

    /// Refuses to take a secret from a file that anybody can read.
    pub(super) fn refuse_readers(&self) -> Result<(), Failure> {
        if !self.source.open_to_others {
            return Ok(());
        }
        let path = self.source.path().display();
        Err(self.wrong(format!(
            "a secret in a file that others can read; run 'chmod 600 {path}'"
        )))
    }

    /// A complaint about it.
    pub(super) fn wrong(&self, what: impl Display) -> Failure {
        self.source.wrong(self.at, &self.key, what)
    }

    /// What another part of the program complains of, with its place.
    pub(super) fn blame(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Usage(line) => self.wrong(line),
            Failure::Trouble(_) | Failure::Told(_) => failure,
        }
    }
}

/// Which of `known` is most like a word.
pub(super) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_ascii_lowercase();
    let distance = |known: &&&str| strsim::damerau_levenshtein(&word, known);
    known.iter().min_by_key(distance).copied()
}
