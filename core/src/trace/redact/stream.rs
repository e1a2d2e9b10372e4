//! One direction of one connection, in which secrets are looked for wherever it is cut.
//! Never lets a byte go before it is sure what it belongs to, unless it is made to.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::ops::Range;

use super::herald::{Announced, Herald, Value};
use super::rules::PASSWORD;
use super::secrets::{Known, Learned, SECRET_MIN, Secrets};
use super::view::{Next, Unit, View};

/// How much of a secret may be let go in clear when it is not known whether it is one, in bytes.
const PREFIX_MAX: usize = 4;

/// What is looked for in a stream beside the secrets that are known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rules {
    pub(super) view: View,
    pub(super) heralds: &'static [Herald],
    /// What is announced follows from the seed: it is no secret, unless it is known as one.
    pub(super) draws: bool,
    /// The machine itself has to say the same again when it is told stand-ins, and what it gives is hidden at its place
    /// only, unless it is known.
    pub(super) gives: bool,
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
    /// It is not known yet what the bytes from this place on mean.
    stop: Option<u64>,
    /// Places that are hidden already, whatever stands there.
    covered: VecDeque<Range<u64>>,
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
    Announced(Herald, Value, usize),
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
            stop: None,
            covered: VecDeque::new(),
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
        while self
            .covered
            .front()
            .is_some_and(|range| range.end <= self.base)
        {
            self.covered.pop_front();
        }
        taken
    }

    /// From that place on it is not known yet what the bytes mean; `None` if there is no such place.
    pub(super) const fn stop_at(&mut self, place: Option<u64>) {
        self.stop = place;
    }

    /// More is known than before.
    pub(super) fn go_on(&mut self, secrets: &mut Secrets) {
        self.scan(secrets, false);
    }

    /// Hides all bytes of `range` that have not been let go.
    pub(super) fn cover(&mut self, range: Range<u64>, stand_in: &[u8]) {
        for (place, byte) in range.clone().zip(stand_in) {
            let at = place
                .checked_sub(self.base)
                .and_then(|at| usize::try_from(at).ok());
            let at = at.filter(|at| *at >= self.frozen);
            if let Some(shown) = at.and_then(|at| self.shown.get_mut(at)) {
                *shown = *byte;
            }
        }
        self.covered.push_back(range);
    }

    fn is_covered(&self, at: usize) -> bool {
        let place = self.base + at as u64;
        self.covered.iter().any(|range| range.contains(&place))
    }

    /// How many of the bytes that are there may be looked at.
    fn limit(&self) -> usize {
        let stop = self.stop.map(|stop| stop.saturating_sub(self.base));
        let stop = stop.and_then(|stop| usize::try_from(stop).ok());
        stop.map_or(self.raw.len(), |stop| stop.min(self.raw.len()))
    }

    /// Says what is certain of the bytes behind `self.at`; at the end of the stream all is.
    fn scan(&mut self, secrets: &mut Secrets, is_end: bool) {
        while self.at < self.limit() {
            match self.look(secrets) {
                Found::Nothing => self.at += 1,
                Found::Secret(units, stand_in, end) => {
                    self.hide(&units, &stand_in);
                    self.at = end;
                }
                Found::Announced(herald, value, end) => {
                    self.announced(herald, &value, secrets);
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
                Found::Announced(herald, value, _) => self.announced(herald, &value, secrets),
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
                Announced::Value(value, end) => return Found::Announced(*herald, value, end),
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

    fn announced(&mut self, herald: Herald, value: &Value, secrets: &mut Secrets) {
        let text: Vec<u8> = value.units.iter().map(|unit| unit.byte).collect();
        // A password is one however short it is.
        if herald == PASSWORD && (self.rules.gives || text.len() < SECRET_MIN) {
            let (stand_in, is_own) = secrets.place(&text);
            self.hide(&value.units, &stand_in);
            self.is_blurred |= !is_own || value.is_escaped;
            return;
        }
        if self.rules.draws && !secrets.publish(&text) {
            self.is_blurred = true;
        }
        match secrets.learn(&text) {
            Learned::Number(number) => {
                self.hide(&value.units, secrets.stand_in(number));
                self.is_blurred |= value.is_escaped;
            }
            Learned::NoStandIn => {
                self.hide(&value.units, &secrets.next_beginning(value.units.len()));
                self.is_blurred = true;
            }
            Learned::NoSecret => {}
        }
    }

    /// Writes `stand_in` over the units that have not been let go.
    fn hide(&mut self, units: &[Unit], stand_in: &[u8]) {
        for (unit, byte) in units.iter().zip(stand_in) {
            self.is_blurred |= self.rules.gives && unit.end - unit.start > 1;
            if unit.start >= self.frozen && !self.is_covered(unit.start) {
                View::put(&mut self.shown[unit.start..unit.end], *byte);
            }
        }
    }
}
