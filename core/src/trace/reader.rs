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
    /// The other lines, in order. The first of them is line 2 of the file.
    pub lines: Vec<Line>,
    /// The last line was cut off, as happens when the recording process dies, and is not among them.
    pub is_cut: bool,
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

/// What every version of the header has.
#[derive(Deserialize)]
struct Version {
    trace: u64,
}

impl Trace {
    /// Reads a whole trace.
    ///
    /// # Errors
    /// If a line other than the last is not what it should be, or time goes back.
    pub fn parse(text: &str) -> Result<Self, TraceError> {
        let mut lines = text.split_inclusive('\n').enumerate();
        let (_, first) = lines.next().unwrap_or((0, ""));
        let header = header(first).map_err(|why| TraceError { line: 1, why })?;
        let mut trace = Self {
            header,
            lines: Vec::new(),
            is_cut: false,
        };
        let mut time = 0;
        for (index, text) in lines {
            let error = |why: String| TraceError {
                line: index + 1,
                why,
            };
            let line = match Line::parse(text.trim_end()) {
                Ok(line) => line,
                Err(_) if !text.ends_with('\n') => {
                    trace.is_cut = true;
                    break;
                }
                Err(why) => return Err(error(why)),
            };
            if line.time() < time {
                return Err(error(
                    "its \"t\" is earlier than that of the line before".into(),
                ));
            }
            time = line.time();
            trace.lines.push(line);
        }
        Ok(trace)
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
