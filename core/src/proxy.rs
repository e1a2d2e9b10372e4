//! The daemon as one machine: routes what happens to clients and accounts, and what they want to the driver.
//! Never decides anything about a protocol.

mod accounts;
mod clients;
mod door;
mod entries;
mod files;
mod guests;
mod invariants;
mod probe;
mod reload;
mod snapshot;
mod telling;
mod wake;

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use smallvec::SmallVec;

use crate::account::{Account, AccountOutput, FileJob, Topic};
use crate::client::Client;
use crate::config::{Access, AccountConfig, Config, Limits, Listener};
use crate::event::{Event, EventKind};
use crate::http::lane::LaneInput;
use crate::id_map::IdMap;
use crate::imo::link::{LaneId, LinkOutput};
use crate::io::{
    ConnId, Control, Input, JobId, LoadId, Machine, Output, Outputs, ProbeFault, UserError,
};
use crate::journal::{Journal, Ticket};
use crate::rng::{Rng, Seed};
use crate::time::{FewTimers, Instant, Now, Timers};

use door::Door;
use entries::Entries;
use files::FileDone;
pub(crate) use files::is_here;
use guests::{Guest, Guests};
use probe::Inquiry;
use reload::Fate;
use wake::{ClientWake, Wake};

/// Names an account. None is given twice, so what comes late for one that is gone reaches nobody else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct AccountId(u32);

/// An account, and those of its clients that have logged in.
struct Member {
    /// By itself: it is large, and a tree's nodes have room for more than there are.
    account: Box<Account>,
    clients: BTreeSet<ConnId>,
    /// Set if it is none of the configuration.
    guest: Option<Guest>,
    fate: Fate,
}

/// The daemon.
pub struct Proxy {
    /// The configuration without accounts and listeners.
    terms: Config,
    /// Those of the configuration; they are the same until the end.
    limits: Arc<Limits>,
    rng: Rng,
    listeners: Vec<Listener>,
    /// Whether the access password of some account is known by its hash only.
    hashes: bool,
    members: BTreeMap<AccountId, Member>,
    /// The accounts by what clients call them.
    names: BTreeMap<String, AccountId>,
    next_account: u32,
    door: Door,
    /// Set if users may come who are none of the accounts.
    guests: Option<Guests>,
    /// Accounts about which something is to be done: guests, and those that are about to go.
    moved: BTreeSet<AccountId>,
    /// Accounts that have not been started, in the order of the configuration.
    to_start: VecDeque<AccountId>,
    /// Accounts on their way up for the first time: few at a time, so that a start does not flood the service.
    starting: BTreeSet<AccountId>,
    entries: Entries,
    /// Accounts that have not said goodbye, in a drain.
    leaving: BTreeSet<AccountId>,
    /// All clients, with their accounts if they have logged in.
    clients: IdMap<ConnId, (Option<AccountId>, Client)>,
    upstreams: IdMap<ConnId, (AccountId, LaneId)>,
    lanes: IdMap<(AccountId, LaneId), ConnId>,
    next_upstream: u32,
    loads: BTreeMap<LoadId, (AccountId, Topic)>,
    next_load: u64,
    jobs: BTreeMap<JobId, (AccountId, FileJob)>,
    next_job: u64,
    journal: Journal,
    /// Accounts that wait for something to become durable, in the order of their ids.
    awaiting: BTreeMap<Ticket, SmallVec<[AccountId; 2]>>,
    /// Whether a message would get through, if that is being found out.
    inquiry: Option<Inquiry>,
    /// For accounts and clients.
    timers: Timers<Wake>,
    /// For all else: these are looked at with every input.
    own_timers: FewTimers<Wake>,
    /// Clients that have something to be sent, or more to say.
    dirty: BTreeSet<ConnId>,
    /// Clients that have to hear of messages that were not known when they came.
    behind: BTreeSet<ConnId>,
    /// The time of the present input.
    now: Now,
    draining: bool,
    stopped: bool,
    /// An empty list, kept for its memory.
    scratch: Vec<AccountOutput>,
    /// As `scratch`, for what their links say.
    link_said: Vec<LinkOutput>,
}

impl Member {
    fn new(account: Account, guest: Option<Guest>) -> Self {
        Self {
            account: Box::new(account),
            clients: BTreeSet::new(),
            guest,
            fate: Fate::Stays,
        }
    }
}

impl core::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Proxy")
            .field("clients", &self.clients.len())
            .finish_non_exhaustive()
    }
}

impl Proxy {
    /// The daemon that `config` describes, before its [`Input::Start`].
    #[must_use]
    pub fn new(mut config: Config, seed: Seed) -> Self {
        let rng = Rng::new(seed).derive("proxy");
        let limits = Arc::new(config.limits.clone());
        let mut members = BTreeMap::new();
        let mut names = BTreeMap::new();
        let own = core::mem::take(&mut config.accounts);
        for (id, own) in (0..).map(AccountId).zip(&own) {
            let account = Account::new(own, &config, &limits, &rng.derive(&own.name));
            members.insert(id, Member::new(account, None));
            names.insert(own.name.clone(), id);
        }
        Self {
            listeners: core::mem::take(&mut config.listeners),
            hashes: knows_hashes(&own),
            next_account: u32::try_from(members.len()).unwrap_or(u32::MAX),
            door: Door::new(&config.limits, &rng),
            guests: Guests::new(&config, &rng),
            moved: BTreeSet::new(),
            to_start: members.keys().copied().collect(),
            members,
            names,
            starting: BTreeSet::new(),
            entries: Entries::default(),
            leaving: BTreeSet::new(),
            clients: IdMap::default(),
            upstreams: IdMap::default(),
            lanes: IdMap::default(),
            next_upstream: 0,
            loads: BTreeMap::new(),
            next_load: 0,
            jobs: BTreeMap::new(),
            next_job: 0,
            journal: Journal::new(),
            awaiting: BTreeMap::new(),
            inquiry: None,
            timers: Timers::new(),
            own_timers: FewTimers::new(),
            dirty: BTreeSet::new(),
            behind: BTreeSet::new(),
            now: Now::default(),
            draining: false,
            stopped: false,
            scratch: Vec::new(),
            link_said: Vec::new(),
            terms: config,
            limits,
            rng,
        }
    }

    fn woken(&mut self, now: Now, wake: Wake, out: &mut Outputs) {
        match wake {
            Wake::Account(id) => {
                self.with_account(now, id, out, Account::tick);
            }
            Wake::Client(conn, wake) => self.client_woken(now, conn, wake, out),
            Wake::Store => {}
            Wake::Probe => self.probe_overdue(out),
            Wake::Drain => self.stop(out),
        }
    }

    fn control(&mut self, now: Now, control: Control, out: &mut Outputs) {
        match control {
            Control::Drain if !self.draining => {
                self.draining = true;
                self.own_timers
                    .set(Wake::Drain, Some(now.mono + self.terms.limits.drain_wait));
                self.to_start.clear();
                self.leaving = self.members.keys().copied().collect();
                for id in self.leaving.clone() {
                    self.with_account(now, id, out, Account::stop);
                }
            }
            Control::Drain => {}
            Control::Status => out.push(Output::Status(self.snapshot())),
            Control::Users { ask, .. } => {
                let result = Err(UserError::NoService);
                out.push(Output::Users { ask, result });
            }
            Control::Probe { ask } => self.begin_probe(now, ask, out),
            Control::Lift { account } => self.lift(now, &account, out),
            Control::Reload(config) => self.reload(now, *config, out),
        }
    }

    /// Does what every input may have made necessary.
    fn settle(&mut self, now: Now, out: &mut Outputs) {
        while !self.stopped {
            if let Some(wake) = self.timers.pop_due_with(&mut self.own_timers, now.mono) {
                self.woken(now, wake, out);
            } else if let Some(id) = self.moved.pop_first() {
                self.account_moved(now, id, out);
            } else if let Some(id) = self.entries.next(self.terms.limits.logins) {
                self.admit(now, id, out);
            } else if let Some(conn) = self.behind.pop_first() {
                self.catch_up(now, conn, out);
            } else if let Some(conn) = self.dirty.pop_first() {
                self.serve(now, conn, out);
            } else {
                break;
            }
        }
        // What is left when the drain has taken too long is dropped: nobody would answer.
        if self.stopped {
            return;
        }
        self.look_at_probe(out);
        if !self.draining {
            self.start_accounts(now, out);
        }
        self.journal.flush(now, out);
        self.own_timers.set(Wake::Store, self.journal.deadline());
        if self.draining && self.leaving.is_empty() && self.journal.is_idle() {
            // First the service has been told, then the clients; what they are told has to reach them.
            self.dismiss_clients(out);
            // How far they were told is kept, too.
            self.journal.flush(now, out);
            self.own_timers.set(Wake::Store, self.journal.deadline());
            if self.clients.is_empty() && self.journal.is_idle() {
                self.stop(out);
            }
        }
    }

    fn stop(&mut self, out: &mut Outputs) {
        if !core::mem::replace(&mut self.stopped, true) {
            self.own_timers.set(Wake::Drain, None);
            self.end_probe(Err(ProbeFault::Ending), out);
            out.push(Output::Stopped);
        }
    }
}

/// Whether the access password of one of them is known by its hash only.
fn knows_hashes(accounts: &[AccountConfig]) -> bool {
    let is_hash = |own: &AccountConfig| matches!(own.access, Some(Access::Hash(_)));
    accounts.iter().any(is_hash)
}

impl Machine for Proxy {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        self.now = now;
        match input {
            Input::Start | Input::Tick => {}
            Input::Accepted {
                conn,
                listener,
                peer,
            } => self.accepted(now, (conn, peer), listener, out),
            Input::Connected { conn } => self.lane_input(now, conn, LaneInput::Connected, out),
            Input::Received { conn, bytes } => {
                if !self.received(conn, bytes) {
                    self.lane_input(now, conn, LaneInput::Received(bytes), out);
                }
            }
            Input::Sent { conn, count } => self.sent(now, conn, count),
            Input::Closed { conn, cause } => {
                if !self.closed(now, conn, cause, out) {
                    self.lane_input(now, conn, LaneInput::Closed(cause), out);
                }
            }
            Input::Loaded { load, result } => self.loaded(now, load, result, out),
            Input::Stored { op, result } => {
                self.journal.stored(now, op, result, out);
                self.durable(now, out);
            }
            Input::Control(control) => self.control(now, control, out),
            Input::FileWritten { job, result } => {
                self.file_done(now, job, FileDone::Written(result), out);
            }
            Input::FileRead { job, result } => {
                self.file_done(now, job, FileDone::Read(result), out);
            }
            Input::Verified { job, ok } => self.verified(now, job, ok, out),
            Input::Hashed { .. } => {
                debug_assert!(false, "the proxy asks for no hashes");
                out.event(Event::process(EventKind::Misuse, "answer to no question"));
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
