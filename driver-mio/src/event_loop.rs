//! Hosts a machine in the real world: the only place that waits, and the only one that calls the machine.
//! Never decides anything about a protocol, and never lets one connection keep the others from their turn.
//!
//! One turn: tell the machine what has arisen and flush what it sends; ask for its deadline; wait for the poll; read
//! the clock; take in newcomers and answers; read from ready connections, up to a bound; tick if it is time.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use imo2sproxy_core::io::{Control, Input, Machine};
use mio::event::Event as Readiness;
use mio::{Events, Interest, Poll, Token, Waker};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};
use signal_hook_mio::v1_0::Signals;

use crate::clock::Clock;
use crate::jobs::{Answer, Answers, Done};
use crate::record::Recordable;
use crate::socket::Buffers;

mod accept;
mod conn;
mod connect;
mod desk;
mod greeting;
mod hosted;
mod operate;
mod parting;
mod parts;
mod pass;
mod probes;
mod reactor;
mod reading;
mod recording;
mod remote;
mod renewal;
mod report;

use conn::Stage;
use desk::{Asker, DESK, DESK_LAST};
use hosted::Hosted;
pub use parts::{Bound, Parts, Renew, Watcher};
pub use probes::Verdict;
use reactor::{Reactor, Timer};
use reading::{INTERACTIVE, Share, Step, Turn};
pub use remote::Remote;
pub use renewal::{Renewal, Seat};
pub use report::{Bytes, Report};

/// How often the machine may answer to what its own sends have brought about before the poll has its turn.
const ROUNDS_PER_TURN: usize = 4;
/// How many readiness changes are taken from the poll at a time.
const EVENTS_MAX: usize = 1024;
/// Longest drain; then the loop ends whatever is left.
const DRAIN_WAIT: Duration = Duration::from_secs(10);
/// Longest time until somebody who came to us has said what decides how to go on, and until his TLS is up.
const HANDSHAKE_WAIT: Duration = Duration::from_secs(10);
/// Longest time to write what is queued on a connection that ends.
const CLOSE_WAIT: Duration = Duration::from_secs(5);
/// Longest time a socket is kept after its connection has ended, for the peer to take all of it.
const LINGER_WAIT: Duration = Duration::from_secs(2);
/// Most bytes read and dropped from such a socket.
const LINGER_BYTES: usize = 1024 * 1024;
/// Most such sockets; beyond it they are closed at once.
const LINGERING_MAX: usize = 512;

/// Tokens of the poll: connections count from zero, the rest stands at the other end.
const WAKER: Token = Token(usize::MAX - 1);
const SIGNALS: Token = Token(usize::MAX - 2);
const LISTENERS: Token = Token(usize::MAX - 3);

/// Runs one machine.
pub struct EventLoop<M: Machine> {
    hosted: Hosted<M>,
    poll: Poll,
    clock: Clock,
    signals: Signals,
    answers: Arc<Answers>,
    buffers: Buffers,
    recordable: Option<Recordable>,
    started: bool,
    draining: bool,
    signalled: bool,
    over: bool,
}

impl<M: Machine> EventLoop<M> {
    /// Makes everything ready. From here on SIGTERM, SIGINT and SIGHUP are the loop's to handle, and the process may have as
    /// many files open as the system allows.
    ///
    /// # Errors
    /// If the system has no poll, no thread or no signal handler to give.
    pub fn new(machine: M, parts: Parts) -> io::Result<Self> {
        // Where it cannot be raised, accepting pauses sooner; that is told when it happens.
        let _ = rlimit::increase_nofile_limit(u64::MAX);
        let poll = Poll::new()?;
        let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP, SIGCHLD])?;
        poll.registry()
            .register(&mut signals, SIGNALS, Interest::READABLE)?;
        let answers = Arc::new(Answers::new(Waker::new(poll.registry(), WAKER)?));
        let reactor = Reactor::new(parts, poll.registry().try_clone()?, &answers)?;
        Ok(Self {
            hosted: Hosted::new(machine, reactor),
            poll,
            clock: Clock::start(),
            signals,
            answers,
            buffers: Buffers::default(),
            recordable: None,
            started: false,
            draining: false,
            signalled: false,
            over: false,
        })
    }

    /// A way to reach the loop while it runs.
    #[must_use]
    pub fn handle(&self) -> Remote {
        Remote {
            answers: Arc::clone(&self.answers),
        }
    }

    /// Runs until the machine has stopped: after SIGTERM, SIGINT or [`Remote::drain`] it is asked to, and is given ten
    /// seconds; a second signal ends the loop at once.
    ///
    /// # Errors
    /// If the poll fails, or a helper thread has died.
    pub fn run(&mut self) -> io::Result<()> {
        let ended = self.turn_until_over();
        self.hosted.stop_recording();
        ended
    }

    fn turn_until_over(&mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS_MAX);
        self.hosted.reactor.now = self.clock.now();
        self.started = true;
        self.hosted.feed(Input::Start);
        loop {
            self.hosted.settle();
            if self.over || self.hosted.reactor.is_done() {
                return Ok(());
            }
            let fed = self.hosted.fed;
            let timeout = self.hosted.timeout(self.clock.mono());
            match self.poll.poll(&mut events, timeout) {
                Err(error) if error.kind() == ErrorKind::Interrupted => events.clear(),
                other => other?,
            }
            self.hosted.reactor.now = self.clock.now();
            for event in &events {
                self.note(event)?;
            }
            if !self.hosted.reactor.is_congested() {
                self.hosted.reactor.accept();
            }
            self.hosted.deliver();
            if !self.hosted.reactor.is_congested() {
                self.read(fed);
            }
            self.fire_timers();
            self.hosted.tick_if_due();
        }
    }

    /// Takes note of one thing the poll has to say.
    fn note(&mut self, event: &Readiness) -> io::Result<()> {
        match event.token() {
            WAKER => self.take_answers()?,
            SIGNALS => {
                let pending: Vec<i32> = self.signals.pending().collect();
                for signal in pending {
                    if signal == SIGCHLD {
                        self.hosted.reactor.reap();
                        continue;
                    }
                    if signal == SIGHUP && !self.hosted.reactor.watcher.hang_up() {
                        if self.hosted.reactor.renewal.is_some() {
                            self.begin_renewal(None);
                        }
                        continue;
                    }
                    self.over |= self.signalled;
                    self.signalled = true;
                    self.drain();
                }
            }
            Token(token @ DESK..=DESK_LAST) => self.note_desk(token),
            Token(token) if token > DESK_LAST => {
                if let Some(id) = accept::listener_of(token) {
                    self.hosted.reactor.wake_door(id);
                }
            }
            Token(key) => self.note_conn(key, event),
        }
        Ok(())
    }

    fn note_conn(&mut self, key: usize, event: &Readiness) {
        let (reactor, spare) = (&mut self.hosted.reactor, &mut self.hosted.outputs);
        // The place may have been left in this very turn; a stranger in it takes no harm.
        let Some(conn) = reactor.conns.get_mut(key) else {
            return;
        };
        conn.is_at_end |= event.is_read_closed() || event.is_error();
        match &mut conn.stage {
            Stage::Connecting { .. } => reactor.check_attempt(key, &mut self.buffers, spare),
            Stage::Passing { socket, .. } => {
                socket.set_writable();
                reactor.pass(key, &mut self.buffers, spare);
            }
            Stage::Greeting { .. } => reactor.hear_greeting(key, &mut self.buffers, spare),
            Stage::Securing { socket, .. } => {
                socket.set_writable();
                reactor.secure(key, &mut self.buffers, spare);
            }
            Stage::Open(socket) => {
                if event.is_writable() {
                    socket.set_writable();
                    reactor.mark_dirty(key);
                }
                if event.is_readable() || event.is_read_closed() || event.is_error() {
                    reactor.conns[key].readable = true;
                    reactor.mark_ready(key);
                }
            }
            Stage::Resolving(_) | Stage::Between => {}
        }
    }

    fn take_answers(&mut self) -> io::Result<()> {
        for answer in self.answers.take() {
            match answer {
                Answer::Input(input) => self.hosted.feed(input),
                Answer::Resolved {
                    host,
                    port,
                    addresses,
                } => self.hosted.reactor.resolved(&host, port, &addresses),
                Answer::Drain => self.drain(),
                Answer::Record(path, Done(done)) => done(match path {
                    Some(path) => self.record(path),
                    None => self.stop_recording(),
                }),
                Answer::Report(Done(done)) => {
                    let report = self.report();
                    done(report);
                }
                Answer::Renewed(caller, read) => self.renew(caller, read),
                Answer::Users(op, Done(done)) => self.users(op, Asker::Part(done)),
                Answer::Probe(done) => self.probe(done),
                Answer::Broken(thread) => {
                    let what = format!("the thread for {thread} has died");
                    return Err(io::Error::other(what));
                }
            }
        }
        Ok(())
    }

    fn drain(&mut self) {
        if !self.draining {
            self.draining = true;
            self.hosted.reactor.watcher.draining();
            self.hosted.reactor.close_doors();
            let until = self.hosted.reactor.now.mono + DRAIN_WAIT;
            self.hosted.reactor.timers.set(Timer::Drain, Some(until));
            self.hosted.feed(Input::Control(Control::Drain));
        }
    }

    /// Reads from connections that have something to read. `fed`: how much the machine had been told before this turn.
    fn read(&mut self, fed: u64) {
        self.read_some(Turn::Interactive, INTERACTIVE);
        let quiet = self.hosted.fed == fed;
        if let Some(share) = self.hosted.reactor.bulk_share(quiet) {
            // What the others are answered does not wait for it.
            self.hosted.settle();
            self.read_some(Turn::Bulk, share);
        }
    }

    fn read_some(&mut self, turn: Turn, share: Share) {
        let until = self.clock.mono() + share.time;
        while let Some(key) = self.hosted.reactor.next_ready(turn) {
            let reactor = &mut self.hosted.reactor;
            match reactor.fill(key, &mut self.buffers, share.bytes) {
                Step::Data(conn, bytes) => self.hosted.feed(Input::Received { conn, bytes }),
                Step::Again | Step::Done => {}
            }
            self.hosted.reactor.mark_ready(key);
            if self.clock.mono() >= until {
                return;
            }
        }
    }

    fn fire_timers(&mut self) {
        let mut flush = false;
        let reactor = &mut self.hosted.reactor;
        while let Some(timer) = reactor.timers.pop_due(reactor.now.mono) {
            match timer {
                Timer::Conn(key) => reactor.overdue(key),
                Timer::Accept => reactor.accept_paused = false,
                Timer::Drain => self.over = true,
                Timer::Record => flush = true,
            }
        }
        let now = self.hosted.reactor.now.mono;
        self.hosted.reactor.desk.overdue(now);
        if flush {
            self.hosted.flush_recording();
        }
    }
}
