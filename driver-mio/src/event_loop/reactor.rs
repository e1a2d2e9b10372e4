//! Performs what the machine asks for and keeps all connections: the state of the event loop without the machine.
//! Never calls the machine: what it has to hear is put into the inbox.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::Arc;

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::event::{Event, EventKind};
use imo2sproxy_core::io::{CloseCause, CloseHow, ConnId, Input, Output, Outputs, Reloaded};
use imo2sproxy_core::lobby::Lobby;
use imo2sproxy_core::rng::Rng;
use imo2sproxy_core::time::{Now, Timers};
use mio::{Interest, Registry, Token};
use slab::Slab;

use super::Watcher;
use super::accept::Door;
use super::conn::{Conn, Stage};
use super::desk::Desk;
use super::probes::Probes;
use super::reading::Ready;
use super::renewal::Source;
use super::report::Tally;
use super::{CLOSE_WAIT, Parts};
use crate::call_handler::CallHandlers;
use crate::files::{self, FileThread};
use crate::hashing::{self, HashPool};
use crate::jobs::Answers;
use crate::resolve::Resolver;
use crate::store::{self, Keeper};
use crate::tls;
use crate::via::Ways;

/// How many jobs may wait for the store, or for hashing, before nothing more is read from any socket.
const JOBS_WAITING_MAX: usize = 1024;
/// How many files may wait to be written or read before the same happens: these can be large.
const FILES_WAITING_MAX: usize = 64;

/// The reasons of the driver itself to wake up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Timer {
    /// A connection takes too long to come up, or to end.
    Conn(usize),
    /// Accepting goes on after a pause.
    Accept,
    /// The drain has taken too long.
    Drain,
    /// What has been recorded is written.
    Record,
}

/// Where the connection of an id is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// In the table.
    Live(usize),
    /// Ended, but the machine has not heard of it yet.
    Gone,
}

/// All that the event loop has beside the machine.
pub(super) struct Reactor {
    pub(super) now: Now,
    pub(super) registry: Registry,
    pub(super) conns: Slab<Conn>,
    pub(super) ids: BTreeMap<ConnId, Place>,
    /// What the machine has to hear next.
    pub(super) inbox: VecDeque<Input<'static>>,
    /// Connections that may have something to read.
    pub(super) ready: Ready,
    /// Connections that may have something to write.
    pub(super) dirty: Vec<usize>,
    pub(super) timers: Timers<Timer>,
    pub(super) doors: Vec<Door>,
    pub(super) accept_paused: bool,
    pub(super) shortage_told: bool,
    pub(super) next_client: u32,
    pub(super) lobby: Lobby,
    pub(super) lingering: usize,
    pub(super) client_tls: Option<Arc<rustls::ClientConfig>>,
    pub(super) ways: Ways,
    pub(super) resolver: Resolver,
    pub(super) store: Keeper,
    pub(super) hashing: HashPool,
    pub(super) files: FileThread,
    pub(super) calls: CallHandlers,
    pub(super) desk: Desk,
    pub(super) probes: Probes,
    pub(super) tally: Tally,
    /// What can be read again.
    pub(super) renewal: Option<Source>,
    /// What the machine has answered to the present new configuration.
    pub(super) reloaded: Option<Reloaded>,
    pub(super) stopped: bool,
    pub(super) watcher: Box<dyn Watcher>,
}

impl Reactor {
    pub(super) fn new(
        parts: Parts,
        registry: Registry,
        answers: &Arc<Answers>,
    ) -> io::Result<Self> {
        let doors = parts.listeners.into_iter();
        let doors = doors.map(|bound| Door::open(bound, &registry));
        let doors = doors.collect::<io::Result<_>>()?;
        let desk = Desk::new(parts.control, &registry)?;
        Ok(Self {
            now: Now::default(),
            registry,
            conns: Slab::new(),
            ids: BTreeMap::new(),
            inbox: VecDeque::new(),
            ready: Ready::default(),
            dirty: Vec::new(),
            timers: Timers::new(),
            doors,
            accept_paused: false,
            shortage_told: false,
            next_client: 1,
            lobby: Lobby::new(&Limits::default(), Rng::new(tls::random_seed())),
            lingering: 0,
            client_tls: parts.client_tls,
            ways: parts.ways,
            resolver: Resolver::new(Arc::clone(answers)),
            store: Keeper::start(parts.store, Arc::clone(answers))?,
            hashing: HashPool::new(Arc::clone(answers)),
            files: FileThread::new(parts.files, Arc::clone(answers)),
            calls: CallHandlers::new(parts.calls),
            desk,
            probes: Probes::default(),
            tally: Tally::default(),
            renewal: parts.renew.map(Source::new),
            reloaded: None,
            stopped: false,
            watcher: parts.watcher,
        })
    }

    /// Does what the machine asks for.
    pub(super) fn perform(&mut self, output: Output, spare: &mut Outputs) {
        self.tally.asked(self.now.mono, &output);
        match output {
            Output::Connect { conn, origin } => self.connect(conn, origin),
            Output::Send { conn, bytes } => self.send(conn, bytes, spare),
            Output::Reading { conn, on } => self.set_reading(conn, on),
            Output::Close { conn, how } => self.close(conn, how),
            Output::Load { load, queries } => self.ask_store(store::Job::Load { load, queries }),
            Output::Store { op, changes } => self.ask_store(store::Job::Store { op, changes }),
            Output::Hash { job, secret } => self.hashing.push(hashing::Job::Hash { job, secret }),
            Output::Verify { job, secret, hash } => {
                self.hashing
                    .push(hashing::Job::Verify { job, secret, hash });
            }
            Output::WriteFile { job, name, bytes } => {
                self.files.push(files::Job::Write { job, name, bytes });
            }
            Output::ReadFile { job, name, max } => {
                self.files.push(files::Job::Read { job, name, max });
            }
            Output::RunCallHandler {
                peer,
                call,
                incoming,
            } => {
                if let Some(event) = self.calls.call(&peer, call, incoming) {
                    self.tell(&event);
                }
            }
            Output::Status(snapshot) => self.desk.snapshots.push(snapshot),
            Output::Users { ask, result } => self.desk.users(self.now.mono, ask, result),
            Output::Probed { ask, result } => self.probes.answered(self.now.mono, ask, result),
            Output::Lifted { addresses } => self.desk.lifted += addresses,
            Output::Reloaded(done) => self.reloaded = Some(done),
            Output::Stopped => self.stopped = true,
            Output::Event(event) => self.tell(&event),
        }
    }

    fn ask_store(&mut self, job: store::Job) {
        let answer = self.store.push(job);
        self.inbox.extend(answer);
    }

    /// Gives a socket to the poll, for good and for both directions: readiness is told once per change anyway, so that
    /// asking for less would only cost system calls. What is wanted of it is kept in [`Conn`].
    pub(super) fn register(&mut self, key: usize) -> io::Result<()> {
        let interest = Interest::READABLE | Interest::WRITABLE;
        match self.conns[key].stream() {
            Some(stream) => self.registry.register(stream, Token(key), interest),
            None => Ok(()),
        }
    }

    /// Hands an event to whoever keeps the log.
    pub(super) fn tell(&mut self, event: &Event) {
        self.tally.count(event.kind);
        self.watcher.event(event);
    }

    pub(super) fn misuse(&mut self, conn: ConnId, what: &'static str) {
        self.tell(&Event::conn(EventKind::Misuse, conn, what));
    }

    /// Some child of this process has ended.
    pub(super) fn reap(&mut self) {
        for event in self.calls.reap() {
            self.tell(&event);
        }
    }

    /// True while so much waits for the disk or for hashing that nothing more is to be read.
    pub(super) fn is_congested(&self) -> bool {
        self.store.waiting() >= JOBS_WAITING_MAX
            || self.hashing.waiting() >= JOBS_WAITING_MAX
            || self.files.waiting() >= FILES_WAITING_MAX
    }

    /// True when the machine has stopped and all it wanted to be delivered is.
    pub(super) fn is_done(&self) -> bool {
        self.stopped
            && !self.conns.iter().any(|(_, conn)| {
                conn.closing == Some(CloseCause::Local) && conn.lingering.is_none()
            })
    }

    /// Looks a connection up. `None` where it has ended and the machine cannot know yet; a name that never
    /// was, or that the machine has closed, is its mistake.
    fn find(&mut self, conn: ConnId, what: &'static str) -> Option<usize> {
        match self.ids.get(&conn) {
            Some(Place::Live(key)) if self.conns[*key].closing == Some(CloseCause::Local) => {
                self.misuse(conn, "used after it was closed");
                None
            }
            Some(Place::Live(key)) => Some(*key),
            Some(Place::Gone) => None,
            None => {
                self.misuse(conn, what);
                None
            }
        }
    }

    fn send(&mut self, conn: ConnId, bytes: Vec<u8>, spare: &mut Outputs) {
        if bytes.is_empty() {
            return self.misuse(conn, "nothing to send");
        }
        let Some(key) = self.find(conn, "sent to a connection that does not exist") else {
            return spare.give_back(bytes);
        };
        let conn = &mut self.conns[key];
        match &mut conn.stage {
            Stage::Open(_) if conn.broken.is_some() => spare.give_back(bytes),
            Stage::Open(socket) => {
                socket.send(bytes, spare);
                self.mark_dirty(key);
            }
            Stage::Resolving(_)
            | Stage::Connecting { .. }
            | Stage::Passing { .. }
            | Stage::Greeting { .. }
            | Stage::Securing { .. }
            | Stage::Between => conn.early.push(bytes),
        }
    }

    fn set_reading(&mut self, conn: ConnId, on: bool) {
        if let Some(key) = self.find(conn, "reading from a connection that does not exist") {
            self.conns[key].reading = on;
            self.mark_ready(key);
        }
    }

    fn close(&mut self, conn: ConnId, how: CloseHow) {
        let Some(key) = self.find(conn, "closed a connection that does not exist") else {
            return;
        };
        let conn = &mut self.conns[key];
        match (&mut conn.stage, how) {
            (Stage::Open(socket), CloseHow::AfterFlush) if conn.broken.is_none() => {
                socket.end_writing();
                conn.closing = Some(CloseCause::Local);
                let until = self.now.mono + CLOSE_WAIT;
                self.timers.set(Timer::Conn(key), Some(until));
                self.mark_dirty(key);
            }
            _ => self.end(key, CloseCause::Local),
        }
    }

    /// Puts a connection on the list of those to be flushed.
    pub(super) fn mark_dirty(&mut self, key: usize) {
        if let Some(conn) = self.conns.get_mut(key)
            && !conn.listed_dirty
        {
            conn.listed_dirty = true;
            self.dirty.push(key);
        }
    }

    /// Writes what can be written on all connections that have something to write.
    pub(super) fn flush(&mut self, spare: &mut Outputs) {
        while let Some(key) = self.dirty.pop() {
            self.flush_one(key, spare);
        }
    }

    fn flush_one(&mut self, key: usize, spare: &mut Outputs) {
        let Some(conn) = self.conns.get_mut(key) else {
            return;
        };
        conn.listed_dirty = false;
        let Stage::Open(socket) = &mut conn.stage else {
            return;
        };
        match socket.flush(spare) {
            Ok(count) => {
                let flushed = socket.is_flushed();
                if let Some(id) = conn.id
                    && count > 0
                {
                    self.inbox.push_back(Input::Sent { conn: id, count });
                }
                match conn.closing {
                    Some(_) if conn.lingering.is_some() => {}
                    Some(CloseCause::Local) if flushed => self.linger(key),
                    Some(cause) if flushed => self.end(key, cause),
                    Some(_) | None => {}
                }
            }
            Err(cause) => self.break_off(key, cause),
        }
    }
}
