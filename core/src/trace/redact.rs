//! Hides secrets in the lines of a trace before anybody sees them, each behind a stand-in of its length.
//! Never lets a line go while the bytes in it may be the start of a secret, but for a while at most.
//!
//! Known are the machine's own passwords from the start, and session ids, cookies, passwords and hashes from the
//! moment that they are announced (`core/docs/trace.md`, "Secrets").

mod herald;
mod secrets;
mod stream;
mod view;

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;
use core::ops::Range;

use super::bytes::Bytes;
use super::header::MachineKind;
use super::input::In;
use super::line::Line;
use super::names::Conn;
use super::operator::Asked;
use super::output::Out;
use super::stored::{Asks, Change};
use crate::io::ConnId;
use herald::Herald;
use secrets::Secrets;
use stream::{Rules, Stream};
use view::View;

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

const SSID: Herald = Herald::Key(b"ssid\"");
const PASSWORD: Herald = Herald::Key(b"passwd\"");
const HASH: Herald = Herald::Key(b"hash\"");
const SET_COOKIE: Herald = Herald::Field(b"\nset-cookie:");
const COOKIE: Herald = Herald::Line(b"\ncookie: ");

/// Which way bytes go.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Way {
    Received,
    Sent,
}

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
    secrets: Secrets,
    streams: BTreeMap<(ConnId, Way), Stream>,
    /// Connections that are over, while lines of theirs are held.
    over: BTreeSet<ConnId>,
    held: VecDeque<Held>,
    cost: usize,
    is_blurred: bool,
}

impl Redactor {
    pub(super) fn new(machine: MachineKind, partial: bool) -> Self {
        Self {
            machine,
            partial,
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
        for way in [Way::Received, Way::Sent] {
            let stream = ended.and_then(|conn| self.streams.get_mut(&(conn, way)));
            if let Some(stream) = stream {
                stream.finish(&mut self.secrets);
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
            Line::In(_, In::Received { conn, bytes }) => {
                let length = bytes.0.len();
                let place = self.stream(*conn, Way::Received, mem::take(bytes));
                return (Some(place), length);
            }
            Line::Out(_, Out::Send { conn, bytes }) => {
                let length = bytes.0.len();
                let place = self.stream(*conn, Way::Sent, mem::take(bytes));
                return (Some(place), length);
            }
            Line::In(_, input) => self.hide_in(input),
            Line::Out(_, output) => self.hide_out(output),
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
        for stream in self.streams.values_mut() {
            stream.finish(&mut self.secrets);
        }
        self.release(show);
    }

    /// Lets the first line go that is held, and what may go then.
    fn force(&mut self, show: &mut impl FnMut(Line)) {
        let place = self.held.front().and_then(|held| held.place.as_ref());
        if let Some(stream) = place.and_then(|(key, _)| self.streams.get_mut(key)) {
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
    fn stream(&mut self, conn: Conn, way: Way, bytes: Bytes) -> Place {
        let key = (conn.0, way);
        let rules = rules(self.machine, self.partial, conn.0, way);
        let stream = self
            .streams
            .entry(key)
            .or_insert_with(|| Stream::new(rules));
        let start = stream.end();
        let end = stream.push(&bytes.0, &mut self.secrets);
        (key, start..end)
    }

    fn hide_in(&mut self, input: &mut In) {
        match input {
            In::Hashed { hash, .. } => {
                self.secrets.learn(hash.as_bytes());
                self.hide_text(hash);
            }
            In::Loaded { records, .. } => {
                for record in records.iter_mut().flatten() {
                    self.hide_text(&mut record.key);
                    self.hide_record(&mut record.value);
                }
            }
            In::Control(asked) => {
                // Those of a configuration are as good as those that were there from the start.
                if let Asked::Reload { config } = asked {
                    for secret in config.secrets() {
                        self.keep(secret);
                    }
                } else if let Some(secret) = asked.secret() {
                    self.learn_text(secret);
                }
            }
            In::FileRead { bytes, .. } => {
                if let Some(bytes) = bytes {
                    self.hide_bytes(bytes, &[]);
                }
            }
            In::Start
            | In::Accepted { .. }
            | In::Connected { .. }
            | In::Received { .. }
            | In::Sent { .. }
            | In::Closed { .. }
            | In::Stored { .. }
            | In::Verified { .. }
            | In::FileWritten { .. }
            | In::Tick => {}
        }
    }

    fn hide_out(&mut self, output: &mut Out) {
        match output {
            Out::Hash { secret, .. } => self.learn_text(secret),
            Out::Verify { secret, hash, .. } => {
                self.learn_text(secret);
                self.learn_text(hash);
            }
            Out::Store { changes, .. } => {
                for change in changes {
                    match change {
                        Change::Put { put, value } => {
                            self.hide_text(put);
                            self.hide_record(value);
                        }
                        Change::Remove { remove: key } | Change::RemoveAll { remove_all: key } => {
                            self.hide_text(key)
                        }
                    }
                }
            }
            Out::Load { queries, .. } => {
                for query in queries {
                    match query {
                        Asks::Get { get: key }
                        | Asks::Range { range: key, .. }
                        | Asks::Count { count: key } => self.hide_text(key),
                    }
                }
            }
            Out::WriteFile { name, bytes, .. } => {
                self.hide_text(name);
                self.hide_bytes(bytes, &[]);
            }
            Out::ReadFile { name, .. } => self.hide_text(name),
            Out::RunCallHandler { peer, .. } => self.hide_text(peer),
            Out::Event { detail, .. } => self.hide_text(detail),
            Out::Connect { .. }
            | Out::Send { .. }
            | Out::Reading { .. }
            | Out::Close { .. }
            | Out::Status(_)
            | Out::Users(_)
            | Out::Probed { .. }
            | Out::Lifted { .. }
            | Out::Reloaded { .. }
            | Out::Stopped => {}
        }
    }

    fn learn_text(&mut self, text: &mut String) {
        self.secrets.learn(text.as_bytes());
        self.hide_text(text);
    }

    fn hide_record(&mut self, value: &mut Bytes) {
        self.hide_bytes(value, &[HASH]);
    }

    fn hide_text(&mut self, text: &mut String) {
        let mut bytes = Bytes(mem::take(text).into_bytes());
        self.hide_bytes(&mut bytes, &[]);
        *text = String::from_utf8_lossy(&bytes.0).into_owned();
    }

    /// Hides what is known, and what `heralds` announce, in bytes that stand for themselves.
    fn hide_bytes(&mut self, bytes: &mut Bytes, heralds: &'static [Herald]) {
        let view = View::default();
        let mut stream = Stream::new(Rules {
            view,
            heralds,
            draws: false,
        });
        let end = stream.push(&bytes.0, &mut self.secrets);
        stream.finish(&mut self.secrets);
        *bytes = Bytes(stream.take(0..end));
    }
}

/// What is looked for in which stream. What a machine draws from its seed is no secret in a trace that tells the seed.
const fn rules(machine: MachineKind, partial: bool, conn: ConnId, way: Way) -> Rules {
    let heralds: &'static [Herald] = match (machine, conn, way, partial) {
        (_, ConnId::Upstream(_), Way::Received, _) => &[SSID, SET_COOKIE],
        (_, ConnId::Upstream(_), Way::Sent, false) => &[SSID],
        (_, ConnId::Upstream(_), Way::Sent, true) => &[SSID, COOKIE],
        (MachineKind::Service, ConnId::Client(_), Way::Received, _) => &[PASSWORD, SSID, COOKIE],
        (MachineKind::Service, ConnId::Client(_), Way::Sent, true) => &[SSID, SET_COOKIE],
        (MachineKind::Service, ConnId::Client(_), Way::Sent, false) => &[SSID],
        (MachineKind::Proxy | MachineKind::Pair, ConnId::Client(_), _, _) => &[],
    };
    let is_http = matches!(machine, MachineKind::Service) || matches!(conn, ConnId::Upstream(_));
    let is_request = matches!(
        (conn, way),
        (ConnId::Client(_), Way::Received) | (ConnId::Upstream(_), Way::Sent)
    );
    let view = View {
        escapes: is_http && is_request,
        chunks: is_http,
    };
    let draws = matches!(
        (machine, conn, way, partial),
        (MachineKind::Service, ConnId::Client(_), Way::Sent, false)
    );
    Rules {
        view,
        heralds,
        draws,
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
