//! The door: who may come in, which account they mean, and whether their password is right.
//! Never hears a command: whoever is in is a client, and no business of the door any more.
//!
//! See `core/docs/client-transports.md`, "Logging in".

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::files::is_here;
use super::{AccountId, ClientWake, Proxy};
use crate::account::Judgement;
use crate::client::Client;
use crate::config::{Access, Limits};
use crate::event::{Event, EventKind};
use crate::fingerprint::{Mark, MarkKey};
use crate::handle::canonical;
use crate::io::{CloseHow, ConnId, JobId, ListenerId, Output, Outputs, Peer};
use crate::lobby::{Lobby, Network, Ticket};
use crate::lockout::Lockouts;
use crate::rng::Rng;
use crate::secret::Secret;
use crate::time::Now;

/// A hash that no password has; checking against it costs what any wrong password costs.
const NOBODYS_HASH: &str = "";

/// A client that has not logged in.
struct Stranger {
    /// Whom it means if it names nobody.
    host: Option<AccountId>,
    /// It is let in without a password.
    welcome: bool,
    network: Option<Network>,
    ticket: Ticket,
    check: Option<Check>,
}

/// A password that is being checked.
struct Check {
    job: JobId,
    /// Whose it is to be.
    account: Option<AccountId>,
    /// It is wrong already, and is checked only because that takes its time.
    wrong: bool,
    mark: Mark,
}

/// Who stands at the door, and what is remembered of those who have stood there.
pub(super) struct Door {
    lobby: Lobby,
    lockouts: Lockouts,
    strangers: BTreeMap<ConnId, Stranger>,
    checks: BTreeMap<JobId, ConnId>,
    /// Passwords that were right, so that they need not be hashed again.
    marks: BTreeMap<AccountId, Mark>,
    key: MarkKey,
    /// That it is full has been told since it was so the last time.
    full_told: bool,
}

impl Door {
    pub(super) fn new(limits: &Limits, rng: &Rng) -> Self {
        Self {
            lobby: Lobby::new(limits, rng.derive("lobby")),
            lockouts: Lockouts::new(limits),
            strangers: BTreeMap::new(),
            checks: BTreeMap::new(),
            marks: BTreeMap::new(),
            key: MarkKey::new(&mut rng.derive("marks")),
            full_told: false,
        }
    }

    /// How many clients have not logged in.
    pub(super) fn strangers(&self) -> usize {
        self.strangers.len()
    }

    /// Panics if it has broken a promise about itself.
    pub(super) fn check_invariants(&self, strangers: &[ConnId]) {
        self.lobby.check_invariants();
        self.lockouts.check_invariants();
        assert!(
            self.strangers.keys().eq(strangers),
            "who has not logged in stands at the door"
        );
        assert_eq!(self.lobby.len(), self.strangers.len(), "each has one place");
        let checking = self.strangers.iter().filter_map(|(conn, stranger)| {
            let check = stranger.check.as_ref()?;
            Some((check.job, *conn))
        });
        let checking: BTreeMap<JobId, ConnId> = checking.collect();
        assert_eq!(
            checking, self.checks,
            "each password that is checked was asked for"
        );
    }
}

impl Proxy {
    pub(super) fn accepted(
        &mut self,
        now: Now,
        (conn, peer): (ConnId, Peer),
        listener: ListenerId,
        out: &mut Outputs,
    ) {
        let place = usize::try_from(listener.0).ok();
        let place = place.and_then(|place| self.listeners.get(place)).copied();
        let Some(place) = place.filter(|_| !self.draining) else {
            let event = Event::conn(EventKind::ClientFault, conn, "not served now");
            return turn_away(conn, Some(event), out);
        };
        let address = match peer {
            Peer::Net(address) => Some(address.ip()),
            Peer::Embedded => None,
        };
        let Some(ticket) = self.door.lobby.enter(address) else {
            let why = "too many clients have not logged in";
            let told = core::mem::replace(&mut self.door.full_told, true);
            let event = (!told).then(|| Event::conn(EventKind::ClientFault, conn, why));
            return turn_away(conn, event, out);
        };
        let here = is_here(peer);
        let host = place.host.and_then(|id| self.members.get(&id));
        let welcome =
            host.is_some_and(|host| host.account.access().is_none() && (here || place.open));
        let from = address.map_or_else(String::new, |ip| ip.to_canonical().to_string());
        let client = Client::new(place.kind, from, (!welcome, here), &self.limits);
        self.clients.insert(conn, (None, client));
        let stranger = Stranger {
            host: place.host,
            welcome,
            network: address.map(Network::of),
            ticket,
            check: None,
        };
        self.door.strangers.insert(conn, stranger);
        let until = now.mono + self.limits.login_wait;
        self.set_wake(conn, ClientWake::Login, Some(until));
    }

    /// A client is no stranger any more, or is gone. True if it was one.
    pub(super) fn leave_door(&mut self, conn: ConnId) -> bool {
        let Some(stranger) = self.door.strangers.remove(&conn) else {
            return false;
        };
        if let Some(check) = stranger.check {
            self.door.checks.remove(&check.job);
        }
        self.door.lobby.leave(stranger.ticket);
        if self.door.lobby.len() < self.limits.unauthenticated / 2 {
            self.door.full_told = false;
        }
        true
    }

    /// Whose client it is once it can take lines. `None`: nobody's; it has not given the password that is wanted.
    pub(super) fn host_of(&self, conn: ConnId) -> Option<AccountId> {
        let (account, _) = self.clients.get(&conn)?;
        let stranger = self.door.strangers.get(&conn);
        account.or_else(|| stranger.filter(|one| one.welcome)?.host)
    }

    /// Takes a name, where the transport asks for one, and a password.
    pub(super) fn login(
        &mut self,
        now: Now,
        conn: ConnId,
        (name, password): (Option<String>, Secret),
        out: &mut Outputs,
    ) {
        let Some(stranger) = self.door.strangers.get(&conn) else {
            return self.fault(conn, "it logs in twice", out);
        };
        let network = stranger.network;
        let (id, password) = self.meant(stranger.host, name.as_deref(), password);
        let member = id.and_then(|id| self.members.get(&id));
        let own_name = member.map_or("", |member| member.account.name());
        if self.door.lockouts.is_locked(now.mono, own_name, network) {
            return self.refuse(conn, "locked out after too many failed logins", out);
        }
        let mark = self.door.key.mark(&password);
        let known = id.and_then(|id| self.door.marks.get(&id));
        let known = known.is_some_and(|known| known.is(&mark));
        let hash = match member.map(|member| member.account.judge(&password)) {
            Some(Judgement::Right) => return self.right(conn, id, mark, out),
            Some(Judgement::Hashed(_)) if known => return self.right(conn, id, mark, out),
            Some(Judgement::Hashed(hash)) => String::from(hash),
            // Who tries names finds out nothing from how long it takes.
            Some(Judgement::Wrong) | None if self.hashes => NOBODYS_HASH.into(),
            Some(Judgement::Wrong) | None => return self.wrong(now, conn, id, out),
        };
        let job = JobId(self.next_job);
        self.next_job += 1;
        self.door.checks.insert(job, conn);
        if let Some(stranger) = self.door.strangers.get_mut(&conn) {
            stranger.check = Some(Check {
                job,
                account: id,
                wrong: hash == NOBODYS_HASH,
                mark,
            });
        }
        out.push(Output::Verify {
            job,
            secret: password,
            hash,
        });
    }

    /// Whom a client means, and the password it gives for that one.
    fn meant(
        &self,
        host: Option<AccountId>,
        name: Option<&str>,
        password: Secret,
    ) -> (Option<AccountId>, Secret) {
        let find = |name: &str| {
            let id = self.names.get(name);
            id.or_else(|| self.names.get(&*canonical(name))).copied()
        };
        if let Some(name) = name {
            return (find(name), password);
        }
        let named = password.reveal().split_once(':');
        let named = named.and_then(|(name, rest)| Some((find(name)?, Secret::from(rest))));
        match named {
            Some((id, rest)) => (Some(id), rest),
            None => (host, password),
        }
    }

    /// A password has been checked.
    pub(super) fn verified(&mut self, now: Now, job: JobId, ok: bool, out: &mut Outputs) {
        let conn = self.door.checks.remove(&job);
        let Some((conn, stranger)) = conn.and_then(|conn| {
            let stranger = self.door.strangers.get_mut(&conn)?;
            Some((conn, stranger))
        }) else {
            return;
        };
        let Some(check) = stranger.check.take() else {
            return;
        };
        let Check {
            account,
            wrong,
            mark,
            ..
        } = check;
        if ok && !wrong {
            self.right(conn, account, mark, out);
        } else {
            self.wrong(now, conn, account, out);
        }
        self.dirty.insert(conn);
    }

    fn right(&mut self, conn: ConnId, id: Option<AccountId>, mark: Mark, out: &mut Outputs) {
        let Some(member) = id.and_then(|id| self.members.get(&id)) else {
            return self.refuse(conn, "its account is gone", out);
        };
        if let Some(stranger) = self.door.strangers.get(&conn) {
            let name = member.account.name();
            self.door.lockouts.succeeded(name, stranger.network);
        }
        if let (Some(id), Some(Access::Hash(_))) = (id, member.account.access()) {
            self.door.marks.insert(id, mark);
        }
        if let Some((account, client)) = self.clients.get_mut(&conn) {
            *account = id;
            client.login_result(true);
        }
    }

    fn wrong(&mut self, now: Now, conn: ConnId, id: Option<AccountId>, out: &mut Outputs) {
        let member = id.and_then(|id| self.members.get(&id));
        let name = member.map_or("", |member| member.account.name());
        let network = self.door.strangers.get(&conn).and_then(|one| one.network);
        let locks = self.door.lockouts.failed(now.mono, name, network);
        let why = if locks {
            "wrong name or password, once too often: its address is locked out for a while"
        } else {
            "wrong name or password"
        };
        self.refuse(conn, why, out);
    }

    fn refuse(&mut self, conn: ConnId, why: &'static str, out: &mut Outputs) {
        if let Some((_, client)) = self.clients.get_mut(&conn) {
            client.login_result(false);
            let event = Event::conn(EventKind::ClientRefused, conn, why);
            self.close(conn, CloseHow::AfterFlush, event, out);
        }
    }

    /// The clients that have not logged in.
    pub(super) fn strangers(&self) -> Vec<ConnId> {
        let strangers = self.clients.iter().filter(|(_, (_, client))| !client.ready);
        strangers.map(|(conn, _)| *conn).collect()
    }
}

fn turn_away(conn: ConnId, event: Option<Event>, out: &mut Outputs) {
    if let Some(event) = event {
        out.event(event);
    }
    out.push(Output::Close {
        conn,
        how: CloseHow::Abort,
    });
}
