//! One person's side of a connection: handshake, lines to say, lines heard, and the script.
//! Never decides what to say: tests and scripts do.

use std::collections::VecDeque;
use std::time::Duration;

use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::io::{CloseCause, CloseHow, ConnId, Input, Origin, Output, Outputs};
use imo2sproxy_core::time::Instant;
use imo2sproxy_core::wire::{ClientWire, FromServer};

use super::pace::Pace;
use super::{Heard, Said, Step};
use crate::pattern::fits;

pub(super) type NewWire = Box<dyn Fn() -> Box<dyn ClientWire + Send>>;

/// What is still to be done on the connection, in order.
#[derive(Debug)]
pub(super) enum Wish {
    Say(String),
    Leave,
    Reading(bool),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    Away,
    Connecting,
    Ready,
    Refused,
    Leaving,
}

pub(super) struct Talk {
    origin: Origin,
    new_wire: NewWire,
    pub(super) returns_after: Option<Duration>,
    /// Whether it comes again also where it was refused.
    pub(super) persists: bool,
    pub(super) refusals: u32,
    /// What is said first on each connection, in order.
    pub(super) greeting: Vec<String>,
    pub(super) script: VecDeque<Step>,
    step_until: Option<Instant>,
    pub(super) state: State,
    wire: Box<dyn ClientWire + Send>,
    rx: RecvBuf,
    pub(super) conn: Option<ConnId>,
    pub(super) visits: u32,
    pub(super) connect_at: Option<Instant>,
    pub(super) wishes: VecDeque<Wish>,
    pub(super) gone: Option<CloseCause>,
    pub(super) heard: Vec<Heard>,
    pub(super) said: Vec<Said>,
    pub(super) files: Vec<(String, Vec<u8>)>,
    heard_out: usize,
    /// Whether a test lets it read; only then it may stop by itself.
    reads: bool,
    pub(super) pace: Option<Pace>,
}

impl Talk {
    /// Somebody who wants to connect at once and has nothing to say yet.
    pub(super) fn new(origin: Origin, new_wire: NewWire) -> Self {
        Self {
            origin,
            wire: new_wire(),
            new_wire,
            returns_after: None,
            persists: false,
            refusals: 0,
            greeting: Vec::new(),
            script: VecDeque::new(),
            step_until: None,
            state: State::Away,
            rx: RecvBuf::new(),
            conn: None,
            visits: 0,
            connect_at: Some(Instant::ZERO),
            wishes: VecDeque::new(),
            gone: None,
            heard: Vec::new(),
            said: Vec::new(),
            files: Vec::new(),
            heard_out: 0,
            reads: true,
            pace: None,
        }
    }

    /// When there is something to do.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let connect_at = self.connect_at.filter(|_| self.conn.is_none());
        let wish_at = self.can_fulfil().then_some(Instant::ZERO);
        let step_at = match self.script.front() {
            Some(Step::Hear(..) | Step::Pause(_)) => self.step_until.or(Some(Instant::ZERO)),
            Some(Step::Say(_) | Step::Leave | Step::Connect) => Some(Instant::ZERO),
            None => None,
        };
        let pace_at = self.pace.as_ref().and_then(Pace::deadline);
        [connect_at, wish_at, step_at, pace_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// The next line that fits; the one after it is where the next search begins.
    pub(super) fn hear_out(&mut self, pattern: &str) -> Option<String> {
        let rest = &self.heard[self.heard_out..];
        let found = rest.iter().position(|heard| fits(&heard.line, pattern))?;
        let line = rest[found].line.clone();
        self.heard_out += found + 1;
        Some(line)
    }

    pub(super) fn take_input(&mut self, now: Instant, input: Input<'_>, out: &mut Outputs) {
        match input {
            Input::Connected { conn } => {
                let mut bytes = out.buffer();
                self.wire.start(&mut bytes);
                send(conn, bytes, out);
                // Some transports have no handshake: they are ready without having heard anything.
                self.listen(now, conn, out);
            }
            Input::Received { conn, bytes } => {
                self.rx.push(bytes);
                self.listen(now, conn, out);
                if self.reads && self.pace.as_mut().is_some_and(|pace| pace.stops(now)) {
                    out.push(Output::Reading { conn, on: false });
                }
            }
            Input::Closed { cause, .. } => {
                self.conn = None;
                self.reads = true;
                self.be_busy_no_more();
                self.gone = Some(cause);
                // Whoever wanted to hang up has nothing to hang up any more.
                self.wishes.pop_front_if(|wish| matches!(wish, Wish::Leave));
                match self.state {
                    State::Refused if !self.persists => {}
                    State::Leaving => self.state = State::Away,
                    State::Refused | State::Away | State::Connecting | State::Ready => {
                        self.state = State::Away;
                        self.connect_at = self.returns_after.map(|pause| now + pause);
                    }
                }
            }
            Input::Start | Input::Tick | Input::Sent { .. } | Input::Control(_) => {}
            Input::Accepted { .. }
            | Input::Loaded { .. }
            | Input::Stored { .. }
            | Input::Hashed { .. }
            | Input::Verified { .. }
            | Input::FileWritten { .. }
            | Input::FileRead { .. } => panic!("a person did not ask for {input:?}"),
        }
    }

    /// Takes apart what has come in.
    fn listen(&mut self, now: Instant, conn: ConnId, out: &mut Outputs) {
        let mut bytes = out.buffer();
        loop {
            match self.wire.decode(&mut self.rx, &mut bytes) {
                Ok(Some(FromServer::Ready)) => {
                    self.state = State::Ready;
                    for line in self.greeting.iter().rev() {
                        self.wishes.push_front(Wish::Say(line.clone()));
                    }
                }
                Ok(Some(FromServer::Refused)) => {
                    self.state = State::Refused;
                    self.refusals += 1;
                }
                Ok(Some(FromServer::Line(line))) => self.heard.push(Heard {
                    at: now,
                    visit: self.visits - 1,
                    line,
                }),
                Ok(Some(FromServer::File { name, bytes })) => self.files.push((name, bytes)),
                Ok(None) => break,
                Err(error) => panic!("the server broke the framing: {error:?}"),
            }
        }
        send(conn, bytes, out);
    }

    /// Follows the script as far as it goes.
    pub(super) fn go_on(&mut self, now: Instant) {
        while let Some(step) = self.script.pop_front() {
            match &step {
                Step::Say(line) => self.wishes.push_back(Wish::Say(line.clone())),
                Step::Leave => self.wishes.push_back(Wish::Leave),
                Step::Connect => self.connect_at = Some(now),
                Step::Hear(pattern, within) => {
                    let until = *self.step_until.get_or_insert(now + *within);
                    if self.hear_out(pattern).is_none() {
                        assert!(now < until, "{pattern:?} was not heard in {within:?}");
                        self.script.push_front(step);
                        return;
                    }
                }
                Step::Pause(time) => {
                    if now < *self.step_until.get_or_insert(now + *time) {
                        self.script.push_front(step);
                        return;
                    }
                }
            }
            self.step_until = None;
        }
    }

    /// Does what is wished, as far as the connection allows.
    pub(super) fn fulfil(&mut self, now: Instant, out: &mut Outputs) {
        if self.conn.is_none() && self.connect_at.is_some_and(|at| at <= now) {
            let conn = ConnId::Upstream(self.visits);
            self.visits += 1;
            self.conn = Some(conn);
            self.connect_at = None;
            self.state = State::Connecting;
            self.wire = (self.new_wire)();
            self.rx = RecvBuf::new();
            out.push(Output::Connect {
                conn,
                origin: self.origin.clone(),
            });
        }
        if let Some(conn) = self.conn
            && self.pace.as_mut().is_some_and(|pace| pace.reads_on(now))
            && self.state != State::Leaving
        {
            out.push(Output::Reading { conn, on: true });
        }
        while self.can_fulfil() {
            let (Some(wish), Some(conn)) = (self.wishes.pop_front(), self.conn) else {
                return;
            };
            match wish {
                Wish::Say(line) => {
                    let mut bytes = out.buffer();
                    self.wire.encode(&line, &mut bytes);
                    send(conn, bytes, out);
                    let visit = self.visits - 1;
                    self.said.push(Said {
                        at: now,
                        visit,
                        line,
                    });
                }
                Wish::Reading(on) => {
                    self.reads = on;
                    self.be_busy_no_more();
                    out.push(Output::Reading { conn, on });
                }
                Wish::Leave => {
                    self.state = State::Leaving;
                    let how = CloseHow::AfterFlush;
                    out.push(Output::Close { conn, how });
                }
            }
        }
    }

    fn be_busy_no_more(&mut self) {
        if let Some(pace) = &mut self.pace {
            pace.forget();
        }
    }

    fn can_fulfil(&self) -> bool {
        self.conn.is_some()
            && match self.wishes.front() {
                Some(Wish::Say(_)) => self.state == State::Ready,
                Some(Wish::Leave | Wish::Reading(_)) => self.state != State::Leaving,
                None => false,
            }
    }
}

fn send(conn: ConnId, bytes: Vec<u8>, out: &mut Outputs) {
    if bytes.is_empty() {
        out.give_back(bytes);
    } else {
        out.push(Output::Send { conn, bytes });
    }
}
