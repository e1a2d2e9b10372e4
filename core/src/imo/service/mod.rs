//! The service: an imo.im-compatible chat service as one machine.
//! Never assumes that its clients are daemons, or that they are ours.
//!
//! The *face* (this folder) knows connections, sessions, polls and envelopes; the *house* knows accounts, rosters
//! and mail. The face asks `House::call`; the house answers with effects. See `core/docs/imo-protocol.md`.

mod deliver;
mod house;
mod invariants;
mod login;
mod operator;
mod perform;
mod rpc;
mod session;
mod strangers;
mod web;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use compact_str::CompactString;
use house::{Answered, Effect, House};
use operator::Operation;
use session::{Asked, Mail, Session};
use smallvec::SmallVec;
use strangers::Strangers;

use crate::config::ServiceConfig;
use crate::event::{Event, EventKind};
use crate::id_map::IdMap;
use crate::imo::notice::Encoded;
use crate::io::{
    AskId, ConnId, Input, JobId, LoadId, Machine, Output, Outputs, ProbeFault, StoreId,
};
use crate::journal::Ticket;
use crate::lockout::Lockouts;
use crate::probe::Probe;
use crate::rng::{Rng, Seed};
use crate::secret::Secret;
use crate::store::{Record, StoreError};
use crate::time::{FewTimers, Instant, Now, Timers};
use web::Conn;

/// How long a session lives beyond the hold time of a poll without a request.
const SESSION_GRACE: Duration = Duration::from_secs(60);

/// Names a session inside the process; never given twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct SessionId(u64);

/// What the service wakes up for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Wake {
    /// A poll's hold is over, a late notice is due, or a session has expired.
    Session(SessionId),
    /// A connection has been idle for too long, or its late answer is due.
    Conn(ConnId),
    /// A call has rung long enough.
    Ring,
    /// A failed transaction is to be tried again.
    Store,
    /// A probe has taken long enough.
    Probe,
    /// The drain has taken long enough.
    Drain,
}

/// A request that is done, but for its changes becoming durable.
#[derive(Debug)]
struct Finished {
    session: SessionId,
    /// The session's id on the wire: it may have ended by then.
    ssid: CompactString,
    /// Where the answer goes; nowhere if the session ended before the request was done.
    conn: Option<ConnId>,
    failed: bool,
    effects: Vec<Effect>,
}

/// The chat service.
pub struct Service {
    config: ServiceConfig,
    rng: Rng,
    conns: IdMap<ConnId, Conn>,
    sessions: IdMap<SessionId, Session>,
    by_ssid: BTreeMap<CompactString, SessionId>,
    next_session: u64,
    jobs: BTreeMap<JobId, SessionId>,
    next_job: u64,
    house: House,
    /// What the operator has asked for and is not done yet.
    operations: BTreeMap<SessionId, Operation>,
    /// What of that is done and waits to be durable.
    settled: BTreeMap<SessionId, AskId>,
    held: BTreeMap<Ticket, SmallVec<[Finished; 1]>>,
    /// Whether the store works, if that is being found out.
    probe: Option<Probe>,
    /// For sessions and connections.
    timers: Timers<Wake>,
    /// For all else: these are looked at with every input.
    own_timers: FewTimers<Wake>,
    /// Sessions that have something to say on the poll they hold.
    ripe: BTreeSet<SessionId>,
    /// Sessions that do not take what they are told.
    stuck: BTreeSet<SessionId>,
    /// Sessions that are to be told of pictures.
    curious: BTreeSet<SessionId>,
    /// Connections that may hold a further request.
    unread: BTreeSet<ConnId>,
    /// Who comes from the network and has signed nobody on.
    strangers: Strangers,
    /// Who has failed to sign on.
    lockouts: Lockouts,
    /// The passwords of those whom the process vouches for, by handle.
    vouched: BTreeMap<String, Secret>,
    draining: bool,
    stopped: bool,
    /// Empty, kept for its memory.
    scratch: Vec<u8>,
}

impl core::fmt::Debug for Service {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let sessions = self.sessions.len();
        f.debug_struct("Service")
            .field("sessions", &sessions)
            .finish_non_exhaustive()
    }
}

impl Service {
    /// A service without connections; accounts are in the store.
    #[must_use]
    pub fn new(config: ServiceConfig, seed: Seed) -> Self {
        let rng = Rng::new(seed).derive("service");
        let house = House::new(config.limits.clone(), rng.derive("house"));
        let strangers = Strangers::new(&config.limits, rng.derive("lobby"));
        Self {
            vouched: BTreeMap::new(),
            lockouts: Lockouts::new(&config.limits),
            config,
            rng,
            conns: IdMap::default(),
            sessions: IdMap::default(),
            by_ssid: BTreeMap::new(),
            next_session: 0,
            jobs: BTreeMap::new(),
            next_job: 0,
            house,
            operations: BTreeMap::new(),
            settled: BTreeMap::new(),
            held: BTreeMap::new(),
            probe: None,
            timers: Timers::new(),
            own_timers: FewTimers::new(),
            ripe: BTreeSet::new(),
            stuck: BTreeSet::new(),
            curious: BTreeSet::new(),
            unread: BTreeSet::new(),
            strangers,
            draining: false,
            stopped: false,
            scratch: Vec::new(),
        }
    }

    fn loaded(
        &mut self,
        now: Now,
        load: LoadId,
        result: Result<Vec<Record>, StoreError>,
        out: &mut Outputs,
    ) {
        if let Err(error) = result {
            out.event(Event::process(EventKind::StoreFailed, error.explain()));
        }
        match self.house.loaded(load, result) {
            None => {}
            Some(Answered::Ready(sessions)) => {
                for id in sessions {
                    if !self.operate(now, id, out) {
                        self.advance(now, id, out);
                    }
                }
            }
            Some(Answered::Failed(sessions)) => {
                for id in sessions {
                    if !self.operation_failed(id, out) {
                        self.fail_request(now, id, out);
                    }
                }
            }
            Some(Answered::Mail(id, page)) => self.deliver_page(now, id, load, page, out),
            Some(Answered::Icons(id, records)) => self.tell_icons(now, id, &records),
            Some(Answered::Handles(id, page)) => self.listed(id, page, out),
            Some(Answered::Picture(conn, picture)) => self.send_picture(now, conn, picture, out),
        }
    }

    fn stored(&mut self, now: Now, op: StoreId, result: Result<(), StoreError>, out: &mut Outputs) {
        self.house.journal.stored(now, op, result, out);
        let durable = self.house.journal.durable();
        while let Some(entry) = self
            .held
            .first_entry()
            .filter(|entry| *entry.key() <= durable)
        {
            for finished in entry.remove() {
                let id = finished.session;
                self.release(now, finished, out);
                self.operation_is_durable(id, out);
                self.advance(now, id, out);
            }
        }
    }

    fn woken(&mut self, now: Now, wake: Wake, out: &mut Outputs) {
        match wake {
            Wake::Session(id) => self.session_woken(now, id, out),
            Wake::Conn(conn) => self.conn_woken(now, conn, out),
            Wake::Ring => {
                for effect in self.house.rung_enough(now) {
                    self.happen(now, effect);
                }
            }
            Wake::Store => {}
            Wake::Probe => self.end_probe(Err(ProbeFault::Store), out),
            Wake::Drain => self.stop(out),
        }
    }

    fn session_woken(&mut self, now: Now, id: SessionId, out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        if session.expires <= now.mono && session.requests.is_empty() && !session.answering {
            self.end_session(now, id, "expired", out);
            return;
        }
        while let Some((_, notice)) = session.late.pop_front_if(|(at, _)| *at <= now.mono) {
            deliver::tell(session, &notice, &self.config.limits, id, &mut self.stuck);
            self.ripe.insert(id);
        }
        if let Mail::Behind {
            cursor,
            asked: Asked::Failed { until },
        } = session.mail
            && until <= now.mono
        {
            session.mail = Mail::behind(cursor);
            self.ripe.insert(id);
        }
        if session.parked.is_some_and(|(_, until)| until <= now.mono) {
            self.answer_poll(now, id, out);
        }
        if let Some(session) = self.sessions.get_mut(&id) {
            if session.expires <= now.mono {
                session.expires = now.mono + SESSION_GRACE;
            }
            self.timers.set(Wake::Session(id), Some(session.deadline()));
        }
    }

    /// Does what every input may have made necessary.
    fn settle(&mut self, now: Now, out: &mut Outputs) {
        while !self.stopped {
            if let Some(wake) = self.timers.pop_due_with(&mut self.own_timers, now.mono) {
                self.woken(now, wake, out);
            } else if let Some(id) = self.stuck.pop_first() {
                self.end_session(now, id, "does not take its events", out);
            } else if let Some(id) = self.ripe.pop_first() {
                self.serve_poll(now, id, out);
            } else if let Some(id) = self.curious.pop_first() {
                self.look_for_icons(now, id, out);
            } else if let Some(conn) = self.unread.pop_first() {
                self.serve(now, conn, out);
            } else if self.strangers.have_grown() {
                self.hold_less(now, out);
            } else {
                break;
            }
        }
        // What is left when the drain has taken too long is dropped: nobody would answer.
        if self.stopped {
            return;
        }
        self.look_at_probe(out);
        self.house.journal.flush(now, out);
        self.own_timers
            .set(Wake::Store, self.house.journal.deadline());
        self.own_timers.set(Wake::Ring, self.house.ring_deadline());
        if self.draining && self.is_at_rest() {
            self.stop(out);
        }
    }

    /// True if no request is under way and all is durable. Looks at every session: for the drain only.
    fn is_at_rest(&self) -> bool {
        let busy = self
            .sessions
            .values()
            .any(|session| !session.requests.is_empty());
        !busy && self.held.is_empty() && self.house.journal.is_idle()
    }

    fn stop(&mut self, out: &mut Outputs) {
        if !core::mem::replace(&mut self.stopped, true) {
            self.own_timers.set(Wake::Drain, None);
            self.end_probe(Err(ProbeFault::Ending), out);
            out.push(Output::Stopped);
        }
    }

    /// Queues a notice for a session.
    fn push(session: &mut Session, Encoded { system, data }: Encoded, mail: Option<u64>) {
        session.outbox.push(session::Sent { system, data, mail });
    }
}

impl Machine for Service {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        match input {
            Input::Start | Input::Tick | Input::Sent { .. } => {}
            Input::Accepted { conn, peer, .. } => self.accepted(now, conn, peer, out),
            Input::Received { conn, bytes } => self.received(conn, bytes),
            Input::Closed { conn, .. } => self.closed(conn),
            Input::Loaded { load, result } => self.loaded(now, load, result, out),
            Input::Stored { op, result } => self.stored(now, op, result, out),
            Input::Hashed { job, hash } => {
                self.login_moves(now, job, session::Login::Made { hash }, out);
            }
            Input::Verified { job, ok } => {
                self.login_moves(now, job, session::Login::Checked { ok }, out);
            }
            Input::Control(control) => self.control(now, control, out),
            Input::Connected { .. } | Input::FileWritten { .. } | Input::FileRead { .. } => {
                let what = "the service opens no connections and no files";
                debug_assert!(false, "{what}");
                out.event(Event::process(EventKind::Misuse, what));
            }
        }
        self.settle(now, out);
    }

    fn deadline(&self) -> Option<Instant> {
        let next = self.timers.next_with(&self.own_timers);
        next.filter(|_| !self.stopped)
    }

    fn check_invariants(&self) {
        self.check();
    }
}
