//! What happened in a run, as lines of text and as one number.
//! Never shows a secret of the machines: those print as stars themselves.

use std::collections::VecDeque;
use std::fmt::Write as _;

use imo2sproxy_core::io::{Input, Output};
use imo2sproxy_core::rng::fnv1a;
use imo2sproxy_core::time::Instant;

/// How many of the latest records are kept for a report.
const RECORDS_MAX: usize = 20_000;
/// How many bytes of what was sent or received are shown; all of them count for the hash.
const BYTES_SHOWN: usize = 200;

#[derive(Debug, Default)]
pub(crate) struct Recorder {
    latest: VecDeque<String>,
    total: u64,
    hash: u64,
}

impl Recorder {
    pub(crate) fn input(&mut self, at: Instant, host: &str, input: &Input<'_>) {
        if let Input::Received { conn, bytes } = input {
            self.line(format!("{at:?} {host} <- Received {conn} "), bytes);
        } else if let Input::FileRead {
            job,
            result: Ok(bytes),
        } = input
        {
            self.line(format!("{at:?} {host} <- FileRead {job:?} "), bytes);
        } else {
            self.line(format!("{at:?} {host} <- {input:?}"), &[]);
        }
    }

    pub(crate) fn output(&mut self, at: Instant, host: &str, output: &Output) {
        if let Output::Send { conn, bytes } = output {
            self.line(format!("{at:?} {host} -> Send {conn} "), bytes);
        } else if let Output::WriteFile { job, name, bytes } = output {
            self.line(format!("{at:?} {host} -> WriteFile {job:?} {name} "), bytes);
        } else {
            self.line(format!("{at:?} {host} -> {output:?}"), &[]);
        }
    }

    /// Something that the test or the world did to a host.
    pub(crate) fn deed(&mut self, at: Instant, host: &str, what: &str) {
        self.line(format!("{at:?} {host} == {what}"), &[]);
    }

    fn line(&mut self, mut line: String, bytes: &[u8]) {
        for part in [line.as_bytes(), bytes] {
            self.hash = self.hash.rotate_left(5) ^ fnv1a(part);
        }
        self.total += 1;
        if !bytes.is_empty() {
            let shown = bytes.len().min(BYTES_SHOWN);
            // Writing to a String cannot fail.
            let _ = write!(line, "\"{}\"", bytes[..shown].escape_ascii());
            if shown < bytes.len() {
                let _ = write!(line, "... ({} bytes)", bytes.len());
            }
        }
        if self.latest.len() == RECORDS_MAX {
            self.latest.pop_front();
        }
        self.latest.push_back(line);
    }

    /// A number that differs, as good as surely, when two runs differ.
    pub(crate) const fn hash(&self) -> u64 {
        self.hash
    }

    /// The latest `count` records, one per line, with a note on how many went before.
    pub(crate) fn tail(&self, count: usize) -> String {
        let skipped = self.latest.len().saturating_sub(count);
        let shown = self.latest.len() - skipped;
        let mut text = format!("(the last {shown} of {} records)\n", self.total);
        for line in self.latest.iter().skip(skipped) {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// All records that are kept.
    pub(crate) fn all(&self) -> String {
        self.tail(RECORDS_MAX)
    }
}
