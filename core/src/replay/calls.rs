//! The requests that a daemon makes of its service, taken out of the bytes that it sends.
//! Never compares how they were sent: on which connection, with which fields, in how many pieces.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::Value;

use super::{Difference, Run, Verdict, shorten};
use crate::config::Limits;
use crate::http::server::HttpServer;
use crate::http::{Request, Response, form};
use crate::io::{ConnId, Input, Machine as _};
use crate::time::Instant;
use crate::trace::{In, Line, Out, Recorder, Trace, TraceError};

/// Most ticks between two lines of a trace; one that needs more was not recorded.
const TICKS_MAX: usize = 100_000;

/// One request, as it is compared.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Seen {
    method: String,
    path: String,
    /// The fields of the form; the values of those that are JSON, decoded.
    form: Vec<(String, Value)>,
}

/// Puts the bytes of all connections to the service together.
#[derive(Default)]
pub(super) struct CallReader {
    conns: BTreeMap<ConnId, HttpServer>,
}

impl CallReader {
    /// Takes a line; gives the requests that are whole with it.
    pub(super) fn take(&mut self, line: &Line, seen: &mut Vec<Seen>) {
        match line {
            Line::Out(_, Out::Send { conn, bytes }) if matches!(conn.0, ConnId::Upstream(_)) => {
                let server = self
                    .conns
                    .entry(conn.0)
                    .or_insert_with(|| HttpServer::new(&Limits::default()));
                server.receive(&bytes.0);
                let mut spare = Vec::new();
                while let Ok(Some(request)) = server.next(&mut spare) {
                    seen.push(Seen::of(&request));
                    let done = Response::new(200, "text/plain", Vec::new());
                    let _ = server.send(&done, &mut spare);
                    spare.clear();
                }
            }
            Line::In(_, In::Closed { conn, .. }) => {
                self.conns.remove(&conn.0);
            }
            Line::In(..) | Line::Out(..) | Line::Wall(..) | Line::Blurred(..) | Line::End(_) => {}
        }
    }
}

impl Seen {
    fn of(request: &Request) -> Self {
        let pairs = form::pairs(&request.body).filter_map(Result::ok);
        let form = pairs.map(|(name, value)| {
            let json = serde_json::from_str(&value);
            let value = json.unwrap_or_else(|_| Value::String(value.into_owned()));
            (name.into_owned(), value)
        });
        Self {
            method: request.method.as_str().to_string(),
            path: request.path.to_string(),
            form: form.collect(),
        }
    }

    fn show(&self) -> String {
        let mut text = format!("{} {}", self.method, self.path);
        for (name, value) in &self.form {
            text += &format!(" {name}={value}");
        }
        shorten(&text)
    }
}

/// Replays a trace with ticks of its own and compares the requests.
pub(super) fn compare(trace: &Trace, mut run: Run) -> Result<Verdict, TraceError> {
    let (mut shadow, _) = Recorder::of(trace.header.clone());
    let (mut expected, mut got) = (Requests::default(), Requests::default());
    for (index, line) in trace.lines.iter().enumerate() {
        expected.take(index, line);
        match line {
            Line::Wall(time, wall) => run.wall = (*time, *wall),
            Line::In(time, form) => {
                let mut show = |line: Line| got.take(index, &line);
                tick(&mut run, *time, &mut shadow, &mut show)
                    .map_err(|why| trace.error(index + 1, why.into()))?;
                run.set_time(*time);
                let input = form
                    .input()
                    .map_err(|why| trace.error(index + 1, why.into()))?;
                shadow.line(Line::In(*time, form.clone()), &mut show);
                if matches!(input, Input::Tick) {
                    continue;
                }
                // An older version may have asked for other things; their answers are of no interest.
                let _ = run.tell(input, |now, out| {
                    shadow.line(Line::Out(now.mono.as_micros(), out), &mut show);
                });
            }
            Line::Blurred(..) => {
                shadow.flush(&mut |line| got.take(index, &line));
                return Ok(verdict(
                    trace,
                    &expected,
                    &got,
                    Some(trace.place(index + 1)),
                ));
            }
            Line::Out(..) | Line::End(_) => {}
        }
    }
    shadow.flush(&mut |line| got.take(trace.lines.len(), &line));
    Ok(verdict(trace, &expected, &got, None))
}

/// Gives the machine the ticks that it wants before `until`, and at it.
fn tick(
    run: &mut Run,
    until: u64,
    shadow: &mut Recorder,
    show: &mut impl FnMut(Line),
) -> Result<(), &'static str> {
    for _ in 0..TICKS_MAX {
        let deadline = run.machine.deadline().map(Instant::as_micros);
        let Some(at) = deadline.filter(|at| *at <= until) else {
            return Ok(());
        };
        run.set_time(at);
        let _ = run.tell(Input::Tick, |now, out| {
            shadow.line(Line::Out(now.mono.as_micros(), out), show);
        });
    }
    Err("no machine is left alone for so long")
}

/// Requests in the order in which they became whole, with the index of the line that made them so.
#[derive(Default)]
struct Requests {
    reader: CallReader,
    all: Vec<(usize, Seen)>,
}

impl Requests {
    fn take(&mut self, index: usize, line: &Line) {
        let mut seen = Vec::new();
        self.reader.take(line, &mut seen);
        self.all.extend(seen.into_iter().map(|one| (index, one)));
    }
}

fn verdict(trace: &Trace, expected: &Requests, got: &Requests, blurred: Option<usize>) -> Verdict {
    for (place, (index, wanted)) in expected.all.iter().enumerate() {
        let there = got.all.get(place);
        if there.is_none_or(|(_, there)| there != wanted) {
            return Verdict::Different(Difference {
                line: trace.place(index + 1),
                expected: wanted.show(),
                got: there.map_or_else(|| "no further request".into(), |(_, seen)| seen.show()),
            });
        }
    }
    // What would have come after the end of the recording is not known.
    match blurred {
        Some(line) => Verdict::SameUpTo { line },
        None => Verdict::Same {
            compared: expected.all.len(),
        },
    }
}
