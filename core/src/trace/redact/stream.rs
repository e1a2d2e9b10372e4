//! One direction of one connection, in which secrets are looked for wherever it is cut.
//! Never lets a byte go before it is sure what it belongs to, unless it is made to.

use alloc::vec::Vec;
use core::ops::Range;

use super::herald::{Announced, Herald, Value};
use super::secrets::{Known, Learned, Secrets};
use super::view::{Next, Unit, View};

/// How much of a secret may be let go in clear when it is not known whether it is one, in bytes.
const PREFIX_MAX: usize = 4;

/// What is looked for in a stream beside the secrets that are known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rules {
    pub(super) view: View,
    pub(super) heralds: &'static [Herald],
}

/// The bytes that have not been let go, and those behind which nothing is known yet.
pub(super) struct Stream {
    rules: Rules,
    raw: Vec<u8>,
    shown: Vec<u8>,
    /// Place of the first byte of `raw` in the stream.
    base: u64,
    /// Up to here nothing changes any more.
    at: usize,
    /// Up to here bytes have been let go, or must be; they may still be the start of something.
    frozen: usize,
    /// Something could not be hidden at its length.
    pub(super) is_blurred: bool,
}

/// What stands at a place of a stream.
enum Found {
    Nothing,
    /// A secret begins here, or may: these of its bytes are there.
    Perhaps(Vec<Unit>, Vec<u8>),
    /// Something that announces begins here, or may; no byte of a secret is there.
    Start,
    /// The value of an announcement has begun.
    Value(Value),
    Secret(Vec<Unit>, Vec<u8>, usize),
    Announced(Value, usize),
}

impl Stream {
    pub(super) const fn new(rules: Rules) -> Self {
        Self {
            rules,
            raw: Vec::new(),
            shown: Vec::new(),
            base: 0,
            at: 0,
            frozen: 0,
            is_blurred: false,
        }
    }

    /// Takes bytes; gives their end in the stream.
    pub(super) fn push(&mut self, bytes: &[u8], secrets: &mut Secrets) -> u64 {
        self.raw.extend_from_slice(bytes);
        self.shown.extend_from_slice(bytes);
        self.scan(secrets, false);
        self.end()
    }

    /// The place behind the last byte.
    pub(super) fn end(&self) -> u64 {
        self.base + self.raw.len() as u64
    }

    /// True if all before `place` may be let go.
    pub(super) fn is_settled(&self, place: u64) -> bool {
        place <= self.base + self.at.max(self.frozen) as u64
    }

    /// The bytes of `range`, which are settled and the next to be let go, as they may be shown.
    pub(super) fn take(&mut self, range: Range<u64>) -> Vec<u8> {
        let place = |place: u64| usize::try_from(place - self.base).unwrap_or(usize::MAX);
        let (start, end) = (place(range.start), place(range.end));
        let taken = self.shown[start..end].to_vec();
        self.frozen = self.frozen.max(end);
        // What is behind `at` may be the start of something and stays.
        let settled = self.at.min(end);
        self.raw.drain(..settled);
        self.shown.drain(..settled);
        self.base += settled as u64;
        self.at -= settled;
        self.frozen -= settled;
        taken
    }

    /// Says what is certain of the bytes behind `self.at`; at the end of the stream all is.
    fn scan(&mut self, secrets: &mut Secrets, is_end: bool) {
        while self.at < self.raw.len() {
            match self.look(secrets) {
                Found::Nothing => self.at += 1,
                Found::Secret(units, stand_in, end) => {
                    self.hide(&units, &stand_in);
                    self.at = end;
                }
                Found::Announced(value, end) => {
                    self.announced(&value, secrets);
                    self.at = end;
                }
                Found::Start if is_end => self.at += 1,
                Found::Perhaps(units, stand_in) if is_end => {
                    if units.len() >= PREFIX_MAX {
                        self.hide(&units, &stand_in);
                    }
                    self.at += 1;
                }
                Found::Value(value) if is_end => {
                    self.hide(&value.units, &secrets.next_beginning(value.units.len()));
                    self.at = self.raw.len();
                }
                Found::Start | Found::Perhaps(..) | Found::Value(_) => break,
            }
        }
    }

    /// The stream is over.
    pub(super) fn finish(&mut self, secrets: &mut Secrets) {
        self.scan(secrets, true);
    }

    /// Lets all go that is there, though it may be the start of a secret.
    pub(super) fn freeze(&mut self, secrets: &mut Secrets) {
        let mut at = self.at;
        while at < self.raw.len() {
            let start = core::mem::replace(&mut self.at, at);
            let found = self.look(secrets);
            self.at = start;
            match found {
                Found::Perhaps(units, stand_in) if units.len() >= PREFIX_MAX => {
                    self.hide(&units, &stand_in);
                    self.is_blurred = true;
                }
                Found::Value(value) => {
                    self.hide(&value.units, &secrets.next_beginning(value.units.len()));
                    self.is_blurred |= !value.units.is_empty();
                    break;
                }
                Found::Secret(units, stand_in, _) => self.hide(&units, &stand_in),
                Found::Announced(value, _) => self.announced(&value, secrets),
                Found::Nothing | Found::Start | Found::Perhaps(..) => {}
            }
            at += 1;
        }
        self.frozen = self.raw.len();
    }

    /// Looks at the place `self.at`: for announcements, then for the longest secret.
    fn look(&self, secrets: &Secrets) -> Found {
        let (raw, view) = (self.raw.as_slice(), self.rules.view);
        let mut perhaps = None;
        for herald in self.rules.heralds {
            match herald.look(view, raw, self.at) {
                Announced::No => {}
                Announced::Value(value, end) => return Found::Announced(value, end),
                Announced::Perhaps(value) if value.units.is_empty() => perhaps = Some(Found::Start),
                Announced::Perhaps(value) => return Found::Value(value),
            }
        }
        let first = match view.unit(raw, self.at) {
            Next::Unit(unit) => unit,
            Next::More => return Found::Start,
        };
        let mut best: Option<(Vec<Unit>, &Known)> = None;
        for known in secrets.beginning(first.byte) {
            let (units, is_open) = self.compare(&known.text);
            if units.len() == known.text.len() {
                let is_longer = best
                    .as_ref()
                    .is_none_or(|(other, _)| other.len() < units.len());
                if is_longer {
                    best = Some((units, known));
                }
            } else if is_open {
                let is_more = !matches!(&perhaps, Some(Found::Perhaps(other, _)) if other.len() >= units.len());
                if is_more {
                    perhaps = Some(Found::Perhaps(units, known.stand_in.clone()));
                }
            }
        }
        // A longer secret that may still come goes first.
        match (perhaps, best) {
            (Some(perhaps), _) => perhaps,
            (None, Some((units, known))) => {
                let end = units.last().map_or(self.at + 1, |unit| unit.end);
                Found::Secret(units, known.stand_in.clone(), end)
            }
            (None, None) => Found::Nothing,
        }
    }

    /// How much of `text` stands at `self.at`, and whether the bytes end before that is certain.
    fn compare(&self, text: &[u8]) -> (Vec<Unit>, bool) {
        let (raw, view) = (self.raw.as_slice(), self.rules.view);
        let mut units = Vec::with_capacity(text.len());
        let mut at = self.at;
        for expected in text {
            if !units.is_empty() && raw.get(at) != Some(expected) {
                match view.behind_chunk_head(raw, at) {
                    Ok(Some(behind)) => at = behind,
                    Ok(None) => {}
                    Err(()) => return (units, true),
                }
            }
            match view.unit(raw, at) {
                Next::More => return (units, true),
                Next::Unit(unit) if unit.byte == *expected => {
                    at = unit.end;
                    units.push(unit);
                }
                Next::Unit(_) => return (units, false),
            }
        }
        (units, false)
    }

    fn announced(&mut self, value: &Value, secrets: &mut Secrets) {
        let text: Vec<u8> = value.units.iter().map(|unit| unit.byte).collect();
        match secrets.learn(&text) {
            Learned::Number(number) => {
                self.hide(&value.units, &secrets.stand_in(number).to_vec());
                self.is_blurred |= value.is_escaped;
            }
            Learned::NoStandIn => {
                self.hide(&value.units, &secrets.next_beginning(value.units.len()));
                self.is_blurred = true;
            }
            Learned::TooShort => {}
        }
    }

    /// Writes `stand_in` over the units that have not been let go.
    fn hide(&mut self, units: &[Unit], stand_in: &[u8]) {
        for (unit, byte) in units.iter().zip(stand_in) {
            if unit.start >= self.frozen {
                View::put(&mut self.shown[Range::from(unit.start..unit.end)], *byte);
            }
        }
    }
}
