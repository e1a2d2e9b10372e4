//! Hides secrets in the lines of a trace before anybody sees them, each behind a stand-in of its length.
//! Never lets a line go while the bytes in it may be the start of a secret, but for a while at most.
//!
//! Known are the machine's own passwords from the start, and session ids, cookies, passwords and hashes from the
//! moment that they are announced (`core/docs/trace.md`, "Secrets").

mod doors;
mod herald;
mod hide;
mod rules;
mod secrets;
mod shadow;
mod stream;
mod view;
mod watch;

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;
use core::ops::Range;

use super::bytes::Bytes;
use super::config::ProxyForm;
use super::header::MachineKind;
use super::input::In;
use super::line::Line;
use super::names::Conn;
use super::output::Out;
use crate::io::ConnId;
use doors::Doors;
use rules::{Way, rules};
use secrets::Secrets;
use shadow::Shadow;
use stream::Stream;

pub(super) use secrets::SECRET_MIN;

/// Longest time a line is held back, in microseconds.
const HOLD_WAIT: u64 = 1_000_000;
/// Most bytes that are held back; beyond it the oldest lines are let go.
const HOLD_BYTES_MAX: usize = 256 * 1024;
/// What a line costs that holds no bytes of a peer, in bytes.
const LINE_COST: usize = 256;

/// Says that what could not be hidden at its length is hidden anyhow.
const BLURRED: &str =
    "a secret could not be hidden at its length: it has characters with escapes, or came in pieces";

/// A stream, and where bytes stand in it.
type Place = ((ConnId, Way), Range<u64>);

/// A line that has not been let go.
struct Held {
    line: Line,
    /// The stream that its bytes belong to, and where they stand there.
    place: Option<Place>,
    cost: usize,
}

/// Hides the secrets of one recording.
pub(super) struct Redactor {
    machine: MachineKind,
    partial: bool,
    doors: Option<Doors>,
    /// Clients that have not been let in.
    shadows: BTreeMap<ConnId, Shadow>,
    /// If the machine was running already: the clients that have come since the beginning, and when that was.
    since: Option<(BTreeSet<ConnId>, Option<u64>)>,
    secrets: Secrets,
    streams: BTreeMap<(ConnId, Way), Stream>,
    /// Connections that are over, while lines of theirs are held.
    over: BTreeSet<ConnId>,
    held: VecDeque<Held>,
    cost: usize,
    is_blurred: bool,
}

impl Redactor {
    pub(super) fn new(machine: MachineKind, partial: bool, proxy: Option<&ProxyForm>) -> Self {
        Self {
            machine,
            partial,
            doors: proxy.map(Doors::new),
            shadows: BTreeMap::new(),
            since: partial.then(Default::default),
            secrets: Secrets::default(),
            streams: BTreeMap::new(),
            over: BTreeSet::new(),
            held: VecDeque::new(),
            cost: 0,
            is_blurred: false,
        }
    }

    /// Hides a password of the machine from now on, and here.
    pub(super) fn keep(&mut self, secret: &mut String) {
        self.secrets.keep(secret.as_bytes());
        self.hide_text(secret);
    }

    /// Takes a line; gives those that may be seen now to `show`.
    pub(super) fn push(&mut self, mut line: Line, show: &mut impl FnMut(Line)) {
        self.age(line.time(), show);
        if let Some((_, beginning)) = &mut self.since {
            beginning.get_or_insert(line.time());
        }
        let (place, bytes) = self.enter(&mut line);
        let cost = LINE_COST + bytes;
        let ended = match &line {
            Line::In(_, In::Closed { conn, .. }) => Some(conn.0),
            Line::In(..) | Line::Out(..) | Line::Wall(..) | Line::Blurred(..) | Line::End(_) => {
                None
            }
        };
        self.cost += cost;
        self.held.push_back(Held { line, place, cost });
        if let Some(conn) = ended {
            self.leave(conn);
            for way in [Way::Received, Way::Sent] {
                if let Some(stream) = self.streams.get_mut(&(conn, way)) {
                    stream.finish(&mut self.secrets);
                }
            }
        }
        self.over.extend(ended);
        self.release(show);
        self.drop_streams();
        while self.cost > HOLD_BYTES_MAX {
            self.force(show);
        }
    }

    /// Hides what a line holds, or puts it into its stream; gives its place there, and its length.
    fn enter(&mut self, line: &mut Line) -> (Option<Place>, usize) {
        match line {
            Line::In(time, In::Received { conn, bytes }) => {
                let length = bytes.0.len();
                let bytes = mem::take(bytes);
                let place = self.stream(*conn, Way::Received, &bytes);
                self.follow(*time, &place, &bytes);
                return (Some(place), length);
            }
            Line::Out(_, Out::Send { conn, bytes }) => {
                let length = bytes.0.len();
                self.has_sent(conn.0, length);
                let bytes = mem::take(bytes);
                let place = self.stream(*conn, Way::Sent, &bytes);
                return (Some(place), length);
            }
            Line::In(_, input) => {
                self.watch_in(input);
                self.hide_in(input);
            }
            Line::Out(_, output) => {
                self.watch_out(output);
                self.hide_out(output);
            }
            Line::Wall(..) | Line::Blurred(..) | Line::End(_) => {}
        }
        (None, 0)
    }

    /// Lets lines go that have been held for long enough.
    pub(super) fn age(&mut self, now: u64, show: &mut impl FnMut(Line)) {
        while self
            .held
            .front()
            .is_some_and(|held| now.saturating_sub(held.line.time()) > HOLD_WAIT)
        {
            self.force(show);
        }
    }

    /// The recording is over.
    pub(super) fn end(&mut self, show: &mut impl FnMut(Line)) {
        for conn in self.shadows.keys().copied().collect::<Vec<_>>() {
            self.leave(conn);
        }
        for stream in self.streams.values_mut() {
            stream.finish(&mut self.secrets);
        }
        self.release(show);
    }

    /// Lets the first line go that is held, and what may go then.
    fn force(&mut self, show: &mut impl FnMut(Line)) {
        let place = self.held.front().and_then(|held| held.place.as_ref());
        let key = place.map(|(key, _)| *key);
        if let Some((conn, Way::Received)) = key {
            self.show_through(conn);
        }
        if let Some(stream) = key.and_then(|key| self.streams.get_mut(&key)) {
            stream.freeze(&mut self.secrets);
        }
        self.release(show);
    }

    /// Lets go what may go.
    fn release(&mut self, show: &mut impl FnMut(Line)) {
        loop {
            let is_settled = |held: &Held| {
                let stream = held
                    .place
                    .as_ref()
                    .map(|(key, range)| (self.streams.get(key), range));
                stream.is_none_or(|(stream, range)| stream.is_none_or(|s| s.is_settled(range.end)))
            };
            if !self.held.front().is_some_and(is_settled) {
                return;
            }
            let Some(mut held) = self.held.pop_front() else {
                return;
            };
            self.cost -= held.cost;
            if let Some((key, range)) = held.place
                && let Some(stream) = self.streams.get_mut(&key)
            {
                self.is_blurred |= mem::take(&mut stream.is_blurred);
                fill(&mut held.line, stream.take(range));
            }
            if mem::take(&mut self.is_blurred) {
                show(Line::Blurred(held.line.time(), BLURRED.into()));
            }
            show(held.line);
        }
    }

    /// Forgets the streams of connections that are over, once their lines have gone.
    fn drop_streams(&mut self) {
        if self.over.is_empty() {
            return;
        }
        let places = self.held.iter().filter_map(|held| held.place.as_ref());
        let held: BTreeSet<ConnId> = places.map(|((conn, _), _)| *conn).collect();
        for conn in mem::take(&mut self.over) {
            if held.contains(&conn) {
                self.over.insert(conn);
                continue;
            }
            for way in [Way::Received, Way::Sent] {
                self.streams.remove(&(conn, way));
            }
        }
    }

    /// Puts bytes into their stream; gives their place.
    fn stream(&mut self, conn: Conn, way: Way, bytes: &Bytes) -> Place {
        let key = (conn.0, way);
        let rules = rules(self.machine, self.partial, conn.0, way);
        let stream = self
            .streams
            .entry(key)
            .or_insert_with(|| Stream::new(rules));
        if let Some(shadow) = self.shadows.get(&conn.0).filter(|_| way == Way::Received) {
            stream.stop_at(shadow.known());
        }
        let start = stream.end();
        let end = stream.push(&bytes.0, &mut self.secrets);
        (key, start..end)
    }
}

/// Puts the bytes back that a line had.
fn fill(line: &mut Line, shown: Vec<u8>) {
    match line {
        Line::In(_, In::Received { bytes, .. }) | Line::Out(_, Out::Send { bytes, .. }) => {
            bytes.0 = shown;
        }
        Line::In(..) | Line::Out(..) | Line::Wall(..) | Line::Blurred(..) | Line::End(_) => {}
    }
}
