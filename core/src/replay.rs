//! Replays a recorded session: makes its machine anew, tells it what it was told, compares what it asks for.
//! Never touches anything but the trace it is given.
//!
//! The machine gets the stand-ins of secrets that the trace has, and what it asks for is hidden in the same way
//! before it is compared (`core/docs/trace.md`, "Replay").

mod book;
mod calls;

use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt;

use crate::io::{Input, Machine as _, Outputs};
use crate::time::{Instant, Now, UnixTime};
use crate::trace::{Line, Out, Planned, Recorder, Trace, TraceError};
use book::Book;

/// Longest part of a line that is shown, in characters.
const SHOWN_MAX: usize = 600;

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Every output. The machine ticks when the trace says so.
    Strict,
    /// The requests to the service, by their verb, path and JSON, in order. The machine ticks when it wants to. For
    /// traces of older versions of this program.
    Calls,
}

/// What has come out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// All is as it was recorded.
    Same {
        /// How many lines, or requests, were compared.
        compared: usize,
    },
    /// All is as it was recorded up to this line of the file; from there on a secret could not be hidden at its length.
    SameUpTo {
        /// The line that says so.
        line: usize,
    },
    /// The recording began when the machine was running already: its form is right, and nothing can be compared.
    Partial,
    /// Something else happened than was recorded.
    Different(Difference),
}

/// The first difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The line of the file.
    pub line: usize,
    /// What stands there.
    pub expected: String,
    /// What came instead.
    pub got: String,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same { compared } => write!(f, "ok, {compared} compared"),
            Self::SameUpTo { line } => write!(
                f,
                "ok up to line {line}; from there on nothing can be compared, since a secret was not hidden at its length"
            ),
            Self::Partial => f.write_str(
                "ok in form; nothing can be compared, since the recording began on a running machine",
            ),
            Self::Different(difference) => {
                let Difference { line, expected, got } = difference;
                write!(f, "line {line} differs\n  expected {expected}\n  got      {got}")
            }
        }
    }
}

/// Replays a trace.
///
/// # Errors
/// If the trace tells the machine what no driver would: the answer to a question that was not asked, for instance.
pub fn replay(trace: &Trace, mode: Mode) -> Result<Verdict, TraceError> {
    if trace.header.is_partial() {
        return Ok(Verdict::Partial);
    }
    let plan = trace
        .header
        .plan()
        .map_err(|why| trace.error(0, why.into()))?;
    let run = Run {
        machine: plan.build(),
        book: Book::default(),
        outputs: Outputs::new(),
        now: Now::default(),
        wall: (0, trace.header.wall()),
    };
    match mode {
        Mode::Strict => strict(trace, run),
        Mode::Calls => calls::compare(trace, run),
    }
}

/// A machine that is being replayed.
struct Run {
    machine: Planned,
    book: Book,
    outputs: Outputs,
    now: Now,
    /// When the wall clock stood where.
    wall: (u64, u64),
}

impl Run {
    /// Sets both clocks; the monotonic one never goes back.
    fn set_time(&mut self, time: u64) {
        let time = time.max(self.now.mono.as_micros());
        self.now = Now {
            mono: Instant::from_micros(time),
            wall: UnixTime::from_millis(crate::trace::wall_at(self.wall, time)),
        };
    }

    /// Tells the machine something; `heard` gets what it asks for.
    fn tell(
        &mut self,
        input: Input<'_>,
        mut heard: impl FnMut(Now, Out),
    ) -> Result<(), &'static str> {
        self.book.told(&input)?;
        self.machine.handle(self.now, input, &mut self.outputs);
        for output in self.outputs.drain() {
            self.book.asked(&output);
            heard(self.now, Out::from(&output));
        }
        Ok(())
    }
}

/// Compares lines that come one after the other with those of a trace.
struct Comparison<'a> {
    trace: &'a Trace,
    at: usize,
    ended: Option<Verdict>,
}

impl Comparison<'_> {
    fn take(&mut self, got: &Line) {
        if self.ended.is_some() || matches!(got, Line::Blurred(..)) {
            return;
        }
        let line = self.trace.place(self.at + 1);
        self.ended = match self.trace.lines.get(self.at) {
            Some(expected) if expected == got => {
                self.at += 1;
                return;
            }
            Some(Line::Blurred(..)) => Some(Verdict::SameUpTo { line }),
            // What came after the last line that was saved is not known.
            None => Some(self.same()),
            Some(expected) => Some(Verdict::Different(Difference {
                line,
                expected: describe(expected),
                got: describe(got),
            })),
        };
    }

    const fn same(&self) -> Verdict {
        Verdict::Same { compared: self.at }
    }

    fn result(self, last: u64) -> Verdict {
        let mut this = self;
        let at_end = matches!(this.trace.lines.get(this.at), None | Some(Line::End(_)));
        if !at_end {
            this.take(&Line::End(last));
        }
        let same = this.same();
        this.ended.unwrap_or(same)
    }
}

/// A line as a difference shows it.
fn describe(line: &Line) -> String {
    match line {
        Line::In(..) | Line::Wall(..) => format!("nothing more before {}", shown(line)),
        Line::End(_) => "the end".into(),
        Line::Out(..) | Line::Blurred(..) => shown(line),
    }
}

fn shown(line: &Line) -> String {
    let mut text = String::new();
    line.write(&mut text);
    shorten(text.trim_end())
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        None => text.to_string(),
        Some((end, _)) => format!("{}... ({} bytes)", &text[..end], text.len()),
    }
}

fn strict(trace: &Trace, mut run: Run) -> Result<Verdict, TraceError> {
    let (mut shadow, _) = Recorder::of(trace.header.clone());
    let mut comparison = Comparison {
        trace,
        at: 0,
        ended: None,
    };
    let mut last = 0;
    for (index, line) in trace.lines.iter().enumerate() {
        last = line.time();
        match line {
            Line::Wall(time, wall) => run.wall = (*time, *wall),
            Line::In(time, form) => {
                run.set_time(*time);
                let input = form
                    .input()
                    .map_err(|why| trace.error(index + 1, why.into()))?;
                let mut compare = |line: Line| comparison.take(&line);
                shadow.clock(run.now, &mut compare);
                shadow.line(Line::In(*time, form.clone()), &mut compare);
                let told = run.tell(input, |_, out| {
                    shadow.line(Line::Out(*time, out), &mut |line| comparison.take(&line));
                });
                // A trace that differs may well go on with answers to what was not asked this time.
                if let Err(why) = told {
                    shadow.flush(&mut |line| comparison.take(&line));
                    return comparison
                        .ended
                        .ok_or_else(|| trace.error(index + 1, why.into()));
                }
            }
            Line::Blurred(..) => {
                shadow.flush(&mut |line| comparison.take(&line));
                return Ok(comparison.result(last));
            }
            Line::Out(..) | Line::End(_) => {}
        }
        if let Some(verdict) = comparison.ended {
            return Ok(verdict);
        }
    }
    shadow.flush(&mut |line| comparison.take(&line));
    Ok(comparison.result(last))
}
