//! The daemon as one machine: routes what happens to clients and accounts, and what they want to the driver.
//! Never decides anything about a protocol.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::account::{Account, AccountOutput, Answer, Scene, Topic};
use crate::client::Client;
use crate::config::Config;
use crate::event::{Event, EventKind};
use crate::http::lane::LaneInput;
use crate::imo::link::LaneId;
use crate::io::{
    CloseCause, CloseHow, ConnId, Control, Input, ListenerId, LoadId, Machine, Output, Outputs,
};
use crate::journal::{Journal, Ticket};
use crate::rng::{Rng, Seed};
use crate::skype::{Command, Reply, Tag, parse};
use crate::store::{Record, StoreError};
use crate::time::{Instant, Now, Timers};
use crate::wire::FromClient;

/// Names an account: its place in the configuration.
type AccountId = usize;

/// Whom the proxy wakes up for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Wake {
    Account(AccountId),
    Client(ConnId, ClientWake),
    Store,
    Drain,
}

/// What a client's connection wakes up for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum ClientWake {
    /// It has not logged in.
    Login,
    /// Notices have waited long enough for it to say what it speaks.
    Open,
    /// Its command has waited long enough.
    Command,
    /// It takes nothing.
    Stall,
}

/// The daemon.
pub struct Proxy {
    config: Config,
    accounts: Vec<Account>,
    clients: BTreeMap<ConnId, (AccountId, Client)>,
    /// The clients of each account.
    attached: Vec<BTreeSet<ConnId>>,
    /// Clients that have not logged in.
    strangers: usize,
    upstreams: BTreeMap<ConnId, (AccountId, LaneId)>,
    lanes: BTreeMap<(AccountId, LaneId), ConnId>,
    next_upstream: u32,
    loads: BTreeMap<LoadId, (AccountId, Topic)>,
    next_load: u64,
    journal: Journal,
    /// Accounts that wait for something to become durable.
    awaiting: BTreeMap<Ticket, BTreeSet<AccountId>>,
    timers: Timers<Wake>,
    /// Clients that have something to be sent, or more to say.
    dirty: BTreeSet<ConnId>,
    draining: bool,
    stopped: bool,
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
        let account = |account: &crate::config::AccountConfig| {
            Account::new(account, &config, &rng.derive(&account.name))
        };
        let accounts: Vec<Account> = config.accounts.iter().map(account).collect();
        Self {
            attached: accounts.iter().map(|_| BTreeSet::new()).collect(),
            accounts,
            config,
            clients: BTreeMap::new(),
            strangers: 0,
            upstreams: BTreeMap::new(),
            lanes: BTreeMap::new(),
            next_upstream: 0,
            loads: BTreeMap::new(),
            next_load: 0,
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
        let mut said = core::mem::take(&mut self.scratch);
        let account = self.accounts.get_mut(id)?;
        let result = act(
            account,
            &mut Scene {
                now,
                journal: &mut self.journal,
                out: &mut said,
            },
        );
        self.timers.set(Wake::Account(id), account.deadline());
        for output in said.drain(..) {
            self.account_said(now, id, output, out);
        }
        self.scratch = said;
        Some(result)
    }

    fn account_said(&mut self, now: Now, id: AccountId, output: AccountOutput, out: &mut Outputs) {
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
            AccountOutput::Notice(reply) => self.notice(now, id, &reply, out),
            AccountOutput::Load(topic, queries) => {
                let load = LoadId(self.next_load);
                self.next_load += 1;
                self.loads.insert(load, (id, topic));
                out.push(Output::Load { load, queries });
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

    /// Says something to every client of an account that is open for notices.
    fn notice(&mut self, now: Now, id: AccountId, reply: &Reply<'_>, out: &mut Outputs) {
        for conn in self.attached.get(id).into_iter().flatten() {
            let Some((_, client)) = self.clients.get_mut(conn) else {
                continue;
            };
            if client.open && !client.closing {
                let line = client.say(reply, None);
                if self.config.verbose {
                    out.event(Event::conn(EventKind::Reply, *conn, String::from(line)));
                }
                self.dirty.insert(*conn);
            }
        }
        let _ = now;
    }

    fn accepted(&mut self, now: Now, conn: ConnId, listener: ListenerId, out: &mut Outputs) {
        let index = usize::try_from(listener.0).unwrap_or(usize::MAX);
        let place = self.config.listeners.get(index).and_then(|listener| {
            let name = listener.account.as_str();
            let account = self
                .accounts
                .iter()
                .position(|account| account.name() == name)?;
            Some((listener.kind, account))
        });
        let full = self.strangers >= self.config.limits.unauthenticated;
        let Some((kind, id)) = place.filter(|_| !full && !self.draining) else {
            let detail = if full {
                "too many clients have not logged in"
            } else {
                "not served"
            };
            out.event(Event::conn(EventKind::ClientFault, conn, detail));
            out.push(Output::Close {
                conn,
                how: CloseHow::Abort,
            });
            return;
        };
        let login = self
            .accounts
            .get(id)
            .is_some_and(|account| account.access().is_some());
        self.clients
            .insert(conn, (id, Client::new(kind, login, &self.config.limits)));
        self.strangers += 1;
        let until = now.mono + self.config.limits.login_wait;
        self.timers
            .set(Wake::Client(conn, ClientWake::Login), Some(until));
    }

    fn received(&mut self, now: Now, conn: ConnId, bytes: &[u8], out: &mut Outputs) {
        if let Some((_, client)) = self.clients.get_mut(&conn) {
            if !client.closing {
                client.receive(bytes);
                self.dirty.insert(conn);
            }
        } else {
            self.lane_input(now, conn, LaneInput::Received(bytes), out);
        }
    }

    fn lane_input(&mut self, now: Now, conn: ConnId, input: LaneInput<'_>, out: &mut Outputs) {
        // What comes on a connection that the lane has given up is of no interest, but for its end.
        let Some((id, lane)) = self.upstreams.get(&conn).copied() else {
            return;
        };
        let is_current = self.lanes.get(&(id, lane)) == Some(&conn);
        let is_end = matches!(input, LaneInput::Closed(_));
        if is_end {
            self.upstreams.remove(&conn);
            if is_current {
                self.lanes.remove(&(id, lane));
            }
        }
        if is_current || is_end {
            self.with_account(now, id, out, |account, scene| {
                account.upstream(scene, lane, input)
            });
        }
    }

    fn closed(&mut self, now: Now, conn: ConnId, cause: CloseCause, out: &mut Outputs) {
        let Some((id, client)) = self.clients.remove(&conn) else {
            self.lane_input(now, conn, LaneInput::Closed(cause), out);
            return;
        };
        for wake in [
            ClientWake::Login,
            ClientWake::Open,
            ClientWake::Command,
            ClientWake::Stall,
        ] {
            self.timers.set(Wake::Client(conn, wake), None);
        }
        self.dirty.remove(&conn);
        if !client.ready {
            self.strangers -= 1;
            return;
        }
        if let Some(attached) = self.attached.get_mut(id) {
            attached.remove(&conn);
        }
        out.event(Event::conn(
            EventKind::ClientLeft,
            conn,
            format!("client left: {}", cause.explain()),
        ));
        self.with_account(now, id, out, |account, scene| account.detach(scene.now));
    }

    fn close(
        &mut self,
        conn: ConnId,
        how: CloseHow,
        kind: EventKind,
        why: String,
        out: &mut Outputs,
    ) {
        let Some((_, client)) = self.clients.get_mut(&conn) else {
            return;
        };
        if core::mem::replace(&mut client.closing, true) {
            return;
        }
        out.event(Event::conn(kind, conn, why));
        if let Ok(bytes) = client.flush(Instant::ZERO, Vec::new()) {
            out.push(Output::Send { conn, bytes });
        }
        out.push(Output::Close { conn, how });
    }

    /// Takes what a client says, as far as it may be heard now, and sends what there is to say to it.
    fn serve(&mut self, now: Now, conn: ConnId, out: &mut Outputs) {
        while let Some((id, client)) = self.clients.get_mut(&conn) {
            let id = *id;
            let congested = self.accounts.get(id).is_some_and(Account::is_congested);
            if client.closing || client.unsent > self.config.limits.unsent_bytes_soft {
                break;
            }
            if let Some((line, since)) = client.waiting.take() {
                if !self.command(now, (conn, id), &line, since, out) {
                    break;
                }
                continue;
            }
            if congested {
                break;
            }
            match client.next() {
                Ok(Some(said)) => self.heard(now, (conn, id), said, out),
                Ok(None) => break,
                Err(error) => {
                    let why = String::from(error.explain());
                    self.close(conn, CloseHow::Abort, EventKind::ClientFault, why, out);
                }
            }
        }
        self.flush_client(now, conn, out);
    }

    fn heard(
        &mut self,
        now: Now,
        (conn, id): (ConnId, AccountId),
        said: FromClient,
        out: &mut Outputs,
    ) {
        match said {
            FromClient::Login(secret) => {
                let access = self.accounts.get(id).and_then(Account::access);
                let ok = access.is_none_or(|access| *access == secret);
                let Some((_, client)) = self.clients.get_mut(&conn) else {
                    return;
                };
                client.login_result(ok);
                if !ok {
                    let why = String::from("wrong access password");
                    self.close(
                        conn,
                        CloseHow::AfterFlush,
                        EventKind::ClientRefused,
                        why,
                        out,
                    );
                }
            }
            FromClient::Ready => {
                let Some((_, client)) = self.clients.get_mut(&conn) else {
                    return;
                };
                client.ready = true;
                self.strangers -= 1;
                self.timers.set(Wake::Client(conn, ClientWake::Login), None);
                let until = now.mono + self.config.limits.notice_wait;
                self.timers
                    .set(Wake::Client(conn, ClientWake::Open), Some(until));
                if let Some(attached) = self.attached.get_mut(id) {
                    attached.insert(conn);
                }
                let name = self.accounts.get(id).map_or("", Account::name);
                let detail = format!("client of {name}");
                out.event(Event::conn(EventKind::ClientAttached, conn, detail));
                self.with_account(now, id, out, Account::attach);
            }
            FromClient::Line(line) => {
                if self.config.verbose {
                    out.event(Event::conn(EventKind::Command, conn, line.clone()));
                }
                self.command(now, (conn, id), &line, now.mono, out);
            }
        }
    }

    /// Answers a command line. False if the answer has to wait.
    fn command(
        &mut self,
        now: Now,
        (conn, id): (ConnId, AccountId),
        line: &str,
        since: Instant,
        out: &mut Outputs,
    ) -> bool {
        let tagged = parse(line);
        let (opens, version) = match &tagged.body {
            Ok(Command::Name(_) | Command::Ping) => (false, None),
            Ok(Command::Protocol(version)) => (true, Some(*version)),
            _ => (true, None),
        };
        let mut said = core::mem::take(&mut self.scratch);
        let Some(account) = self.accounts.get_mut(id) else {
            return true;
        };
        let mut scene = Scene {
            now,
            journal: &mut self.journal,
            out: &mut said,
        };
        let answer = match tagged.body {
            Ok(command) => account.command(&mut scene, command, since),
            Err(error) => Answer::Reply(error.into()),
        };
        self.timers.set(Wake::Account(id), account.deadline());
        let answered = match answer {
            Answer::Reply(reply) => {
                self.timers
                    .set(Wake::Client(conn, ClientWake::Command), None);
                self.reply(conn, &reply, tagged.tag.as_ref(), version, out);
                true
            }
            Answer::Wait(until) => {
                self.timers
                    .set(Wake::Client(conn, ClientWake::Command), until);
                if let Some((_, client)) = self.clients.get_mut(&conn) {
                    client.waiting = Some((line.into(), since));
                }
                false
            }
        };
        for output in said.drain(..) {
            self.account_said(now, id, output, out);
        }
        self.scratch = said;
        if answered && opens {
            self.open(now, conn, out);
        }
        answered
    }

    fn reply(
        &mut self,
        conn: ConnId,
        reply: &Reply<'_>,
        tag: Option<&Tag<'_>>,
        version: Option<u32>,
        out: &mut Outputs,
    ) {
        let Some((_, client)) = self.clients.get_mut(&conn) else {
            return;
        };
        if let (Some(_), Reply::Protocol(granted)) = (version, reply) {
            client.protocol = *granted;
        }
        let line = client.say(reply, tag);
        if self.config.verbose {
            out.event(Event::conn(EventKind::Reply, conn, String::from(line)));
        }
    }

    /// From now on a client is told notices; first, how things are.
    fn open(&mut self, now: Now, conn: ConnId, out: &mut Outputs) {
        let Some((id, client)) = self.clients.get_mut(&conn) else {
            return;
        };
        if core::mem::replace(&mut client.open, true) {
            return;
        }
        let id = *id;
        self.timers.set(Wake::Client(conn, ClientWake::Open), None);
        let lines = self
            .with_account(now, id, out, Account::greeting)
            .unwrap_or_default();
        for line in &lines {
            self.reply(conn, line, None, None, out);
        }
        self.dirty.insert(conn);
    }

    /// Sends what is queued for a client, and decides whether it is read from.
    fn flush_client(&mut self, now: Now, conn: ConnId, out: &mut Outputs) {
        let Some((id, client)) = self.clients.get_mut(&conn) else {
            return;
        };
        if client.closing {
            return;
        }
        match client.flush(now.mono, out.buffer()) {
            Ok(bytes) => out.push(Output::Send { conn, bytes }),
            Err(spare) => out.give_back(spare),
        }
        let limits = &self.config.limits;
        let stalled = client
            .stalled_since
            .map(|since| since + limits.client_stall);
        let congested = self.accounts.get(*id).is_some_and(Account::is_congested);
        let soft = limits.unsent_bytes_soft;
        let bound = if client.paused { soft / 2 } else { soft };
        let pause = client.waiting.is_some() || congested || client.unsent > bound;
        if core::mem::replace(&mut client.paused, pause) != pause {
            out.push(Output::Reading { conn, on: !pause });
        }
        let too_much = client.unsent > limits.unsent_bytes + limits.frame_bytes;
        self.timers
            .set(Wake::Client(conn, ClientWake::Stall), stalled);
        if too_much {
            let why = String::from("it takes its notices too slowly");
            self.close(conn, CloseHow::Abort, EventKind::ClientFault, why, out);
        }
    }

    fn sent(&mut self, now: Now, conn: ConnId, count: usize) {
        if let Some((_, client)) = self.clients.get_mut(&conn) {
            client.sent(now.mono, count);
            self.dirty.insert(conn);
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
        let waiting: Vec<ConnId> = self
            .attached
            .get(id)
            .into_iter()
            .flatten()
            .copied()
            .collect();
        for conn in waiting {
            self.serve(now, conn, out);
        }
        self.with_account(now, id, out, |account, _| account.forget_fetched());
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
        let close = |why: &str| (CloseHow::Abort, EventKind::ClientFault, String::from(why));
        match wake {
            Wake::Account(id) => {
                self.with_account(now, id, out, Account::tick);
            }
            Wake::Client(conn, ClientWake::Open) => self.open(now, conn, out),
            Wake::Client(conn, ClientWake::Command) => {
                self.dirty.insert(conn);
            }
            Wake::Client(conn, ClientWake::Login) => {
                let (how, kind, why) = close("it has not logged in in time");
                self.close(conn, how, kind, why, out);
            }
            Wake::Client(conn, ClientWake::Stall) => {
                let (how, kind, why) = close("it has taken nothing for too long");
                self.close(conn, how, kind, why, out);
            }
            Wake::Store => {}
            Wake::Drain => self.stop(out),
        }
    }

    fn control(&mut self, now: Now, control: Control, out: &mut Outputs) {
        match control {
            Control::Drain if !self.draining => {
                self.draining = true;
                self.timers
                    .set(Wake::Drain, Some(now.mono + self.config.limits.drain_wait));
                for id in 0..self.accounts.len() {
                    self.with_account(now, id, out, Account::stop);
                }
            }
            Control::Drain => {}
        }
    }

    /// Does what every input may have made necessary.
    fn settle(&mut self, now: Now, out: &mut Outputs) {
        loop {
            if let Some(wake) = self.timers.pop_due(now.mono) {
                self.woken(now, wake, out);
            } else if let Some(conn) = self.dirty.pop_first() {
                self.serve(now, conn, out);
            } else {
                break;
            }
        }
        self.journal.flush(now, out);
        self.timers.set(Wake::Store, self.journal.deadline());
        if self.draining && self.journal.is_idle() && self.accounts.iter().all(Account::is_stopped)
        {
            self.stop(out);
        }
    }

    /// Says goodbye to every client, and is done.
    fn stop(&mut self, out: &mut Outputs) {
        if core::mem::replace(&mut self.stopped, true) {
            return;
        }
        self.timers.set(Wake::Drain, None);
        let clients: Vec<ConnId> = self.clients.keys().copied().collect();
        for conn in clients {
            let goodbye = Reply::ConnStatus(crate::skype::ConnStatus::LoggedOut);
            if self
                .clients
                .get(&conn)
                .is_some_and(|(_, client)| client.open)
            {
                self.reply(conn, &goodbye, None, None, out);
            }
            let why = String::from("the daemon ends");
            self.close(conn, CloseHow::AfterFlush, EventKind::ClientLeft, why, out);
        }
        out.push(Output::Stopped);
    }
}

impl Machine for Proxy {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        match input {
            Input::Start => {
                for id in 0..self.accounts.len() {
                    self.with_account(now, id, out, Account::start);
                }
            }
            Input::Accepted { conn, listener, .. } => self.accepted(now, conn, listener, out),
            Input::Connected { conn } => self.lane_input(now, conn, LaneInput::Connected, out),
            Input::Received { conn, bytes } => self.received(now, conn, bytes, out),
            Input::Sent { conn, count } => self.sent(now, conn, count),
            Input::Closed { conn, cause } => self.closed(now, conn, cause, out),
            Input::Loaded { load, result } => self.loaded(now, load, result, out),
            Input::Stored { op, result } => {
                self.journal.stored(now, op, result, out);
                self.durable(now, out);
            }
            Input::Control(control) => self.control(now, control, out),
            Input::Tick => {}
            Input::Hashed { .. } | Input::Verified { .. } => {
                debug_assert!(false, "the proxy asks for no hashes");
                out.event(Event::process(EventKind::Misuse, "answer to no question"));
            }
        }
        self.settle(now, out);
    }

    fn deadline(&self) -> Option<Instant> {
        self.timers.next()
    }
}
