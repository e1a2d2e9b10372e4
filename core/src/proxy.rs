//! The daemon as one machine: routes what happens to clients and accounts, and what they want to the driver.
//! Never decides anything about a protocol.

mod clients;
mod files;
mod invariants;
mod snapshot;
mod telling;
mod wake;

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;

use crate::account::{Account, AccountOutput, FileJob, Scene, Topic};
use crate::client::Client;
use crate::config::{AccountConfig, Config, Limits, WireKind};
use crate::event::{Event, EventKind};
use crate::http::lane::LaneInput;
use crate::imo::link::LaneId;
use crate::io::{
    CloseHow, ConnId, Control, Input, JobId, LoadId, Machine, Output, Outputs, UserError,
};
use crate::journal::{Journal, Ticket};
use crate::rng::{Rng, Seed};
use crate::store::{Record, StoreError};
use crate::time::{Instant, Now, Timers};

use files::FileDone;
use wake::{ClientWake, Wake};

/// Names an account: its place in the configuration.
type AccountId = usize;

/// The daemon.
pub struct Proxy {
    limits: Limits,
    verbose: bool,
    /// What each listener's clients speak, and whom they belong to.
    listeners: Vec<(WireKind, Option<AccountId>)>,
    accounts: Vec<Account>,
    /// Accounts that have not been started, in the order of the configuration.
    to_start: VecDeque<AccountId>,
    /// Accounts on their way up for the first time: few at a time, so that a start does not flood the service.
    starting: BTreeSet<AccountId>,
    /// Accounts that have not said goodbye, in a drain.
    leaving: BTreeSet<AccountId>,
    clients: BTreeMap<ConnId, (AccountId, Client)>,
    /// The clients of each account that have logged in.
    attached: Vec<BTreeSet<ConnId>>,
    /// How many clients have not logged in.
    strangers: usize,
    upstreams: BTreeMap<ConnId, (AccountId, LaneId)>,
    lanes: BTreeMap<(AccountId, LaneId), ConnId>,
    next_upstream: u32,
    loads: BTreeMap<LoadId, (AccountId, Topic)>,
    next_load: u64,
    jobs: BTreeMap<JobId, (AccountId, FileJob)>,
    next_job: u64,
    journal: Journal,
    /// Accounts that wait for something to become durable.
    awaiting: BTreeMap<Ticket, BTreeSet<AccountId>>,
    timers: Timers<Wake>,
    /// Clients that have something to be sent, or more to say.
    dirty: BTreeSet<ConnId>,
    draining: bool,
    stopped: bool,
    /// An empty list, kept for its memory.
    scratch: Vec<AccountOutput>,
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
    pub fn new(config: Config, seed: Seed) -> Self {
        let rng = Rng::new(seed).derive("proxy");
        let account = |own: &AccountConfig| Account::new(own, &config, &rng.derive(&own.name));
        let accounts: Vec<Account> = config.accounts.iter().map(account).collect();
        let place = |name: &str| accounts.iter().position(|account| account.name() == name);
        let listeners = config
            .listeners
            .iter()
            .map(|one| (one.kind, one.account.as_deref().and_then(place)))
            .collect();
        Self {
            limits: config.limits,
            verbose: config.verbose,
            listeners,
            to_start: (0..accounts.len()).collect(),
            starting: BTreeSet::new(),
            leaving: BTreeSet::new(),
            clients: BTreeMap::new(),
            attached: accounts.iter().map(|_| BTreeSet::new()).collect(),
            accounts,
            strangers: 0,
            upstreams: BTreeMap::new(),
            lanes: BTreeMap::new(),
            next_upstream: 0,
            loads: BTreeMap::new(),
            next_load: 0,
            jobs: BTreeMap::new(),
            next_job: 0,
            journal: Journal::new(),
            awaiting: BTreeMap::new(),
            timers: Timers::new(),
            dirty: BTreeSet::new(),
            draining: false,
            stopped: false,
            scratch: Vec::new(),
        }
    }

    /// Lets an account act, and does what it asks for.
    fn with_account<T>(
        &mut self,
        now: Now,
        id: AccountId,
        out: &mut Outputs,
        act: impl FnOnce(&mut Account, &mut Scene<'_>) -> T,
    ) -> Option<T> {
        let account = self.accounts.get_mut(id)?;
        let mut said = core::mem::take(&mut self.scratch);
        let result = act(
            account,
            &mut Scene {
                now,
                journal: &mut self.journal,
                out: &mut said,
            },
        );
        self.after_account(id, said, out);
        Some(result)
    }

    /// Does what an account asks for after it has acted.
    fn after_account(&mut self, id: AccountId, mut said: Vec<AccountOutput>, out: &mut Outputs) {
        for output in said.drain(..) {
            self.account_said(id, output, out);
        }
        self.scratch = said;
        let Some(account) = self.accounts.get(id) else {
            return;
        };
        self.timers.set(Wake::Account(id), account.deadline());
        if account.is_settled() {
            self.starting.remove(&id);
        }
        if account.is_stopped() {
            self.leaving.remove(&id);
        }
    }

    fn account_said(&mut self, id: AccountId, output: AccountOutput, out: &mut Outputs) {
        match output {
            AccountOutput::Connect(lane, origin) => {
                self.next_upstream = self.next_upstream.wrapping_add(1);
                let conn = ConnId::Upstream(self.next_upstream);
                self.upstreams.insert(conn, (id, lane));
                self.lanes.insert((id, lane), conn);
                out.push(Output::Connect { conn, origin });
            }
            AccountOutput::Send(lane, bytes) => {
                if let Some(conn) = self.lanes.get(&(id, lane)) {
                    out.push(Output::Send { conn: *conn, bytes });
                }
            }
            AccountOutput::Close(lane) => {
                if let Some(conn) = self.lanes.remove(&(id, lane)) {
                    out.push(Output::Close {
                        conn,
                        how: CloseHow::Abort,
                    });
                }
            }
            AccountOutput::Notice(reply) => self.notice(id, &reply, out),
            AccountOutput::Load(topic, queries) => {
                let load = LoadId(self.next_load);
                self.next_load += 1;
                self.loads.insert(load, (id, topic));
                out.push(Output::Load { load, queries });
            }
            AccountOutput::WriteFile(job, name, bytes) => {
                let job = self.job(id, job);
                out.push(Output::WriteFile { job, name, bytes });
            }
            AccountOutput::ReadFile(job, name, max) => {
                let job = self.job(id, job);
                out.push(Output::ReadFile { job, name, max });
            }
            AccountOutput::RunCallHandler(peer, call, incoming) => {
                out.push(Output::RunCallHandler {
                    peer,
                    call,
                    incoming,
                });
            }
            AccountOutput::Wake => {
                let attached = self.attached.get(id).into_iter().flatten();
                self.dirty.extend(attached.copied());
            }
            AccountOutput::Await(ticket) => {
                self.awaiting.entry(ticket).or_default().insert(id);
            }
            AccountOutput::Event(event) => out.event(event),
        }
    }

    /// Starts accounts, few at a time.
    fn start_accounts(&mut self, now: Now, out: &mut Outputs) {
        while self.starting.len() < self.limits.logins {
            let Some(id) = self.to_start.pop_front() else {
                return;
            };
            self.starting.insert(id);
            self.with_account(now, id, out, Account::start);
        }
    }

    /// Takes what happened to a connection of a lane.
    fn lane_input(&mut self, now: Now, conn: ConnId, input: LaneInput<'_>, out: &mut Outputs) {
        let Some((id, lane)) = self.upstreams.get(&conn).copied() else {
            return;
        };
        // What comes on a connection that the lane has given up is of no interest, but for its end.
        let is_current = self.lanes.get(&(id, lane)) == Some(&conn);
        let is_end = matches!(input, LaneInput::Closed(_));
        if is_end {
            self.upstreams.remove(&conn);
        }
        if is_end && is_current {
            self.lanes.remove(&(id, lane));
        }
        if is_end || is_current {
            self.with_account(now, id, out, |account, scene| {
                account.upstream(scene, lane, input)
            });
        }
    }

    fn loaded(
        &mut self,
        now: Now,
        load: LoadId,
        result: Result<Vec<Record>, StoreError>,
        out: &mut Outputs,
    ) {
        let Some((id, topic)) = self.loads.remove(&load) else {
            return;
        };
        self.with_account(now, id, out, |account, scene| {
            account.loaded(scene, topic, result)
        });
        // Those who waited for it are served at once; then it is used up.
        self.serve_attached(now, id, out);
        self.with_account(now, id, out, |account, _| account.forget_history());
    }

    fn durable(&mut self, now: Now, out: &mut Outputs) {
        let durable = self.journal.durable();
        while let Some(entry) = self
            .awaiting
            .first_entry()
            .filter(|entry| *entry.key() <= durable)
        {
            for id in entry.remove() {
                self.with_account(now, id, out, Account::durable);
            }
        }
    }

    fn woken(&mut self, now: Now, wake: Wake, out: &mut Outputs) {
        match wake {
            Wake::Account(id) => {
                self.with_account(now, id, out, Account::tick);
            }
            Wake::Client(conn, wake) => self.client_woken(now, conn, wake, out),
            Wake::Store => {}
            Wake::Drain => self.stop(out),
        }
    }

    fn control(&mut self, now: Now, control: Control, out: &mut Outputs) {
        match control {
            Control::Drain if !self.draining => {
                self.draining = true;
                self.timers
                    .set(Wake::Drain, Some(now.mono + self.limits.drain_wait));
                self.to_start.clear();
                self.leaving = (0..self.accounts.len()).collect();
                for id in 0..self.accounts.len() {
                    self.with_account(now, id, out, Account::stop);
                }
            }
            Control::Drain => {}
            Control::Status => out.push(Output::Status(self.snapshot())),
            Control::Users { ask, .. } => {
                let result = Err(UserError::NoService);
                out.push(Output::Users { ask, result });
            }
        }
    }

    /// Does what every input may have made necessary.
    fn settle(&mut self, now: Now, out: &mut Outputs) {
        while !self.stopped {
            if let Some(wake) = self.timers.pop_due(now.mono) {
                self.woken(now, wake, out);
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
        if !self.draining {
            self.start_accounts(now, out);
        }
        self.journal.flush(now, out);
        self.timers.set(Wake::Store, self.journal.deadline());
        if self.draining && self.leaving.is_empty() && self.journal.is_idle() {
            // First the service has been told, then the clients; what they are told has to reach them.
            self.dismiss_clients(out);
            if self.clients.is_empty() {
                self.stop(out);
            }
        }
    }

    fn stop(&mut self, out: &mut Outputs) {
        if !core::mem::replace(&mut self.stopped, true) {
            self.timers.set(Wake::Drain, None);
            out.push(Output::Stopped);
        }
    }
}

impl Machine for Proxy {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
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
            Input::Hashed { .. } | Input::Verified { .. } => {
                debug_assert!(false, "the proxy asks for no hashes");
                out.event(Event::process(EventKind::Misuse, "answer to no question"));
            }
        }
        self.settle(now, out);
    }

    fn deadline(&self) -> Option<Instant> {
        self.timers.next().filter(|_| !self.stopped)
    }

    fn check_invariants(&self) {
        self.check();
    }
}
