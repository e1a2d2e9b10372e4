//! The desk: where the operator's questions come in, through a Unix socket in the data folder.
//! Never does what is asked: it hands lines to the event loop and takes answers back.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::time::Duration;

use imo2sproxy_core::io::{AskId, Snapshot, UserError, UserPage};
use imo2sproxy_core::time::{Instant, Timers};
use mio::net::{UnixListener, UnixStream};
use mio::{Interest, Registry, Token};
use slab::Slab;
use zeroize::Zeroize as _;

use crate::control::{self, LINE_MAX, Request};

/// How many may ask at a time; who comes beyond that is sent away.
const CALLERS_MAX: usize = 8;
/// How long somebody may take to ask, or to take the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The listener's token; those of callers follow it.
pub(super) const DESK: usize = usize::MAX / 2;
/// The last of them.
pub(super) const DESK_LAST: usize = DESK + CALLERS_MAX;

/// Who waits for an answer about accounts.
pub(super) enum Asker {
    /// A caller at the desk.
    Caller(usize),
    /// Another part of the program.
    Part(Box<dyn FnOnce(Result<UserPage, UserError>) + Send>),
}

/// Somebody who asks.
#[derive(Debug)]
struct Caller {
    stream: UnixStream,
    /// What has come of the line.
    asked: Vec<u8>,
    /// What is to be written.
    answer: Vec<u8>,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    Asking,
    Waiting,
    Answered,
}

/// All that has to do with the operator.
pub(super) struct Desk {
    listener: Option<UnixListener>,
    callers: Slab<Caller>,
    timers: Timers<usize>,
    asks: Vec<(AskId, Asker)>,
    next_ask: u64,
    /// What the machines have answered to the present question how things stand.
    pub(super) snapshots: Vec<Snapshot>,
    /// How many addresses they have let in again, as their answer to the present question.
    pub(super) lifted: usize,
}

impl Desk {
    /// A desk at a socket that listens, or one that only parts of the program can ask.
    pub(super) fn new(
        listener: Option<std::os::unix::net::UnixListener>,
        registry: &Registry,
    ) -> io::Result<Self> {
        let listener = match listener {
            None => None,
            Some(socket) => {
                socket.set_nonblocking(true)?;
                let mut listener = UnixListener::from_std(socket);
                registry.register(&mut listener, Token(DESK), Interest::READABLE)?;
                Some(listener)
            }
        };
        Ok(Self {
            listener,
            callers: Slab::with_capacity(CALLERS_MAX),
            timers: Timers::new(),
            asks: Vec::new(),
            next_ask: 0,
            snapshots: Vec::new(),
            lifted: 0,
        })
    }

    /// Takes in who waits at the door.
    pub(super) fn admit(&mut self, now: Instant, registry: &Registry) {
        loop {
            let accepted = self.listener.as_ref().map(UnixListener::accept);
            let mut stream = match accepted {
                Some(Ok((stream, _))) => stream,
                Some(Err(error)) if error.kind() == ErrorKind::Interrupted => continue,
                // Nobody waits, or the system has nothing to give: who came has to come again.
                Some(Err(_)) | None => return,
            };
            if self.callers.len() >= CALLERS_MAX {
                continue;
            }
            let entry = self.callers.vacant_entry();
            let key = entry.key();
            let interest = Interest::READABLE | Interest::WRITABLE;
            if registry
                .register(&mut stream, Token(DESK + 1 + key), interest)
                .is_ok()
            {
                entry.insert(Caller {
                    stream,
                    asked: Vec::with_capacity(LINE_MAX),
                    answer: Vec::new(),
                    stage: Stage::Asking,
                });
                self.timers.set(key, Some(now + PATIENCE));
            }
        }
    }

    /// Something can be read from a caller, or written. Gives the question, once it is whole.
    pub(super) fn ready(&mut self, key: usize) -> Option<Result<Request, &'static str>> {
        let caller = self.callers.get_mut(key)?;
        match caller.stage {
            Stage::Waiting => None,
            Stage::Answered => {
                self.write(key);
                None
            }
            Stage::Asking => match caller.read() {
                Ok(None) => None,
                Ok(Some(request)) => {
                    caller.stage = Stage::Waiting;
                    self.timers.set(key, None);
                    Some(request)
                }
                Err(_) => {
                    self.leave(key);
                    None
                }
            },
        }
    }

    /// Gives a caller its answer.
    pub(super) fn answer(&mut self, now: Instant, key: usize, text: String) {
        if let Some(caller) = self.callers.get_mut(key) {
            caller.answer = text.into_bytes();
            caller.stage = Stage::Answered;
            self.timers.set(key, Some(now + PATIENCE));
            self.write(key);
        }
    }

    /// Writes down who wants to hear what comes of a question about accounts.
    pub(super) fn expect(&mut self, asker: Asker) -> AskId {
        let ask = AskId(self.next_ask);
        self.next_ask += 1;
        self.asks.push((ask, asker));
        ask
    }

    /// The machine has answered a question about accounts.
    pub(super) fn users(&mut self, now: Instant, ask: AskId, result: Result<UserPage, UserError>) {
        let Some(place) = self.asks.iter().position(|(known, _)| *known == ask) else {
            return;
        };
        match self.asks.swap_remove(place).1 {
            Asker::Caller(key) => self.answer(now, key, control::users(&result)),
            Asker::Part(done) => done(result),
        }
    }

    /// When it wants [`Desk::overdue`] at the latest.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Sends away who takes too long.
    pub(super) fn overdue(&mut self, now: Instant) {
        while let Some(key) = self.timers.pop_due(now) {
            self.leave(key);
        }
    }

    fn write(&mut self, key: usize) {
        let Some(caller) = self.callers.get_mut(key) else {
            return;
        };
        match caller.write() {
            Ok(false) => {}
            Ok(true) | Err(_) => self.leave(key),
        }
    }

    fn leave(&mut self, key: usize) {
        self.timers.set(key, None);
        if let Some(mut caller) = self.callers.try_remove(key) {
            caller.asked.zeroize();
        }
        // What it has asked goes on; nobody hears the answer, not even who takes its place.
        self.asks
            .retain(|(_, asker)| !matches!(asker, Asker::Caller(caller) if *caller == key));
    }
}

impl Caller {
    /// Reads on; the question once its line has ended. All memory is there from the start: a line may hold a
    /// password, and growing would leave copies behind.
    fn read(&mut self) -> io::Result<Option<Result<Request, &'static str>>> {
        loop {
            let have = self.asked.len();
            self.asked.resize(LINE_MAX, 0);
            let read = self.stream.read(&mut self.asked[have..]);
            self.asked.truncate(have + *read.as_ref().unwrap_or(&0));
            match read {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error),
            }
            let end = self.asked.iter().position(|byte| *byte == b'\n');
            let request = match end {
                Some(end) => match str::from_utf8(&self.asked[..end]) {
                    Ok(line) => Request::parse(line),
                    Err(_) => Err("the line is not UTF-8"),
                },
                None if self.asked.len() < LINE_MAX => continue,
                None => Err("the line is too long"),
            };
            self.asked.zeroize();
            return Ok(Some(request));
        }
    }

    /// Writes on; true once all is written.
    fn write(&mut self) -> io::Result<bool> {
        while !self.answer.is_empty() {
            match self.stream.write(&self.answer) {
                Ok(count) => drop(self.answer.drain(..count)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}
