//! What announces a secret: the key of a JSON text, or the name of an HTTP field.
//! Never looks at more of a stream than it needs to say what stands at one place.

use alloc::vec::Vec;

use super::view::{Next, Unit, View};

/// Longest secret that is announced, in bytes; a longer value is taken for none.
const VALUE_MAX: usize = 4096;

/// What stands in front of a secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Herald {
    /// The end of a JSON key and its quote; the value is a JSON text.
    Key(&'static [u8]),
    /// The start of a line of an HTTP head, in lower case; the value is what stands behind a `=`, up to a `;`.
    Field(&'static [u8]),
    /// The same, but the value is all of the line.
    Line(&'static [u8]),
}

/// A secret that was announced.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Value {
    /// Its bytes, as they are meant, with their places.
    pub(super) units: Vec<Unit>,
    /// It has escapes of JSON, which no stand-in has.
    pub(super) is_escaped: bool,
}

/// What stands at a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Announced {
    /// Nothing that announces.
    No,
    /// Perhaps the start of an announcement; with what is there of the value, if that has begun.
    Perhaps(Value),
    /// A value, and where it ends.
    Value(Value, usize),
}

impl Herald {
    /// Looks at the place `at`.
    pub(super) fn look(self, view: View, raw: &[u8], at: usize) -> Announced {
        let (text, head) = match self {
            Self::Key(text) => (text, false),
            Self::Field(text) | Self::Line(text) => (text, true),
        };
        let mut reader = Reader {
            view: if head { View::default() } else { view },
            raw,
            at,
        };
        for expected in text {
            match reader.next() {
                Some(unit) if unit.byte == *expected => {}
                Some(unit) if head && unit.byte.to_ascii_lowercase() == *expected => {}
                Some(_) => return Announced::No,
                None => return Announced::Perhaps(Value::default()),
            }
        }
        match self {
            Self::Key(_) => reader.json(),
            Self::Field(_) => reader.field(b"=", b";\r\n"),
            Self::Line(_) => reader.field(b"", b"\r\n"),
        }
    }
}

/// Reads on from one place.
struct Reader<'a> {
    view: View,
    raw: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// The next byte; `None` if there is none yet.
    fn next(&mut self) -> Option<Unit> {
        if let Some(behind) = self.view.behind_chunk_head(self.raw, self.at).ok()? {
            self.at = behind;
        }
        match self.view.unit(self.raw, self.at) {
            Next::Unit(unit) => {
                self.at = unit.end;
                Some(unit)
            }
            Next::More => None,
        }
    }

    /// A colon, a quote, and a text up to the next quote.
    fn json(mut self) -> Announced {
        for expected in *b":\"" {
            loop {
                match self.next() {
                    None => return Announced::Perhaps(Value::default()),
                    Some(unit) if unit.byte == expected => break,
                    Some(unit) if unit.byte.is_ascii_whitespace() => {}
                    Some(_) => return Announced::No,
                }
            }
        }
        let mut value = Value::default();
        let mut is_literal = false;
        loop {
            let Some(unit) = self.next() else {
                return Announced::Perhaps(value);
            };
            if unit.byte == b'"' && !is_literal {
                return Announced::Value(value, unit.start);
            }
            is_literal = unit.byte == b'\\' && !is_literal;
            value.is_escaped |= is_literal;
            value.units.push(unit);
            if value.units.len() > VALUE_MAX {
                return Announced::No;
            }
        }
    }

    /// What stands behind `start`, up to one of `ends`.
    fn field(mut self, start: &[u8], ends: &[u8]) -> Announced {
        let mut value = Value::default();
        let mut has_begun = start.is_empty();
        for _ in 0..VALUE_MAX {
            let Some(unit) = self.next() else {
                return Announced::Perhaps(value);
            };
            if ends.contains(&unit.byte) {
                return if has_begun {
                    Announced::Value(value, unit.start)
                } else {
                    Announced::No
                };
            }
            if has_begun {
                value.units.push(unit);
            }
            has_begun |= start.contains(&unit.byte);
        }
        Announced::No
    }
}
