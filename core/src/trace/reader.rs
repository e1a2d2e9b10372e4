//! Reads a trace: its header and its lines.
//! Never panics, whatever the text is, and forgives only a last line that was cut off.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use serde::Deserialize;

use super::header::{Header, VERSION};
use super::line::Line;

/// A trace that has been read.
#[derive(Clone)]
pub struct Trace {
    /// Its first line.
    pub header: Header,
    /// The other lines, in order.
    pub lines: Vec<Line>,
    /// The last line was cut off, as happens when the recording process dies, and is not among them.
    pub is_cut: bool,
    /// Which line of the file its header is, from 1.
    line: usize,
}

/// Why a text is no trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceError {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

/// How a header begins.
const HEADER: &str = "{\"trace\":";
/// What is wrong with a file without a line.
const EMPTY: &str = "no header of a recorded session: the file is empty";

/// What every version of the header has.
#[derive(Deserialize)]
struct Version {
    trace: u64,
}

impl Trace {
    /// Reads a file that holds one trace.
    ///
    /// # Errors
    /// If a line other than the last is not what it should be, time goes back, or another trace follows.
    pub fn parse(text: &str) -> Result<Self, TraceError> {
        let mut all = Self::all(text)?.into_iter();
        match (all.next(), all.next()) {
            (Some(trace), None) => Ok(trace),
            (_, Some(next)) => Err(next.error(0, "another recording begins here".into())),
            (None, None) => Err(TraceError {
                line: 1,
                why: EMPTY.into(),
            }),
        }
    }

    /// Reads a file of traces, one behind the other: whoever records into a file that is there begins behind its end.
    ///
    /// # Errors
    /// If a line other than the last of a trace is not what it should be, or time goes back within one.
    pub fn all(text: &str) -> Result<Vec<Self>, TraceError> {
        let mut all: Vec<Self> = Vec::new();
        let mut broken: Option<TraceError> = None;
        for (index, text) in text.split_inclusive('\n').enumerate() {
            let line = index + 1;
            if all.is_empty() || text.starts_with(HEADER) {
                let header = header(text).map_err(|why| TraceError { line, why })?;
                // What stands before a new beginning was cut off when the process before died.
                broken = None;
                all.push(Self {
                    header,
                    lines: Vec::new(),
                    is_cut: false,
                    line,
                });
                continue;
            }
            if let Some(error) = broken {
                return Err(error);
            }
            if let Some(trace) = all.last_mut()
                && let Err(why) = trace.take(text.trim_end())
            {
                trace.is_cut = true;
                broken = Some(TraceError { line, why });
            }
        }
        match broken {
            Some(error) if text.ends_with('\n') => Err(error),
            Some(_) | None => Ok(all),
        }
    }

    fn take(&mut self, text: &str) -> Result<(), String> {
        let line = Line::parse(text)?;
        if self
            .lines
            .last()
            .is_some_and(|last| line.time() < last.time())
        {
            return Err("its \"t\" is earlier than that of the line before".into());
        }
        self.lines.push(line);
        Ok(())
    }

    /// An error at the line with that index, the header's being 0.
    pub(crate) const fn error(&self, index: usize, why: String) -> TraceError {
        TraceError {
            line: self.place(index),
            why,
        }
    }

    /// The number in the file of the line with that index, the header's being 0.
    pub(crate) const fn place(&self, index: usize) -> usize {
        self.line + index
    }

    /// The trace as text, with a cut line left out.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = self.header.line();
        for line in &self.lines {
            line.write(&mut text);
        }
        text
    }
}

fn header(text: &str) -> Result<Header, String> {
    let version: Version = serde_json::from_str(text)
        .map_err(|error| format!("no header of a recorded session: {error}"))?;
    if version.trace != u64::from(VERSION) {
        return Err(format!(
            "the session was recorded in version {} of the format; this program reads version {VERSION}",
            version.trace
        ));
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

impl Header {
    /// The header as a line.
    pub(super) fn line(&self) -> String {
        let mut line =
            serde_json::to_string(self).expect("plain values with text keys always serialise");
        line.push('\n');
        line
    }
}
