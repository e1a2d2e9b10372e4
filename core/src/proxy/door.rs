//! The door: who may come in, which account they mean, and whether their password is right.
//! Never hears a command: whoever is in is a client, and no business of the door any more.
//!
//! See `core/docs/client-transports.md`, "Logging in".

mod arrivals;

use alloc::collections::BTreeMap;
use alloc::string::String;

use super::{AccountId, ClientWake, Proxy};
use crate::account::Judgement;
use crate::config::{Access, Limits};
use crate::event::{Event, EventKind};
use crate::fingerprint::{Mark, MarkKey};
use crate::handle::canonical;
use crate::io::{CloseHow, ConnId, JobId, Output, Outputs};
use crate::lobby::{Lobby, Network, Ticket};
use crate::lockout::Lockouts;
use crate::rng::Rng;
use crate::secret::Secret;
use crate::time::Now;

/// A hash that no password has; checking against it costs what any wrong password costs.
const NOBODYS_HASH: &str = "";

/// Why somebody is refused who has been wrong too often.
const LOCKED_OUT: &str = "locked out after too many failed logins";

/// Why somebody is refused whose account was there a moment ago.
const GOING: &str = "its account goes or is made anew: the configuration has changed";

/// Whom a client means, with the password it gives for that one.
enum Meant {
    Account(AccountId, Secret),
    Guest(String, Secret),
    Nobody(Secret),
}

/// A client that has not logged in.
struct Stranger {
    /// Whom it means if it names nobody.
    host: Option<AccountId>,
    /// It is let in without a password.
    welcome: bool,
    network: Option<Network>,
    ticket: Ticket,
    check: Option<Check>,
    /// The guest whose client it is if the service lets that one in.
    guest: Option<AccountId>,
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

    /// An account is no more.
    pub(super) fn forget(&mut self, id: AccountId) {
        self.marks.remove(&id);
    }

    /// Forgets the failed logins of an account; gives how many addresses were locked out of it.
    pub(super) fn lift(&mut self, now: Now, name: &str) -> usize {
        self.lockouts.lift(now.mono, name)
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
        let meant = self.meant(stranger.host, name.as_deref(), password);
        let (id, password) = match meant {
            Meant::Account(id, password) => (Some(id), password),
            Meant::Nobody(password) => (None, password),
            Meant::Guest(handle, password) => {
                if self.door.lockouts.is_locked(now.mono, &handle, network) {
                    return self.refuse(conn, LOCKED_OUT, out);
                }
                return self.guest_comes(now, conn, (handle, password), out);
            }
        };
        let member = id.and_then(|id| self.members.get(&id));
        if member.is_some_and(|member| !member.stays()) {
            return self.refuse(conn, GOING, out);
        }
        let own_name = member.map_or("", |member| member.account.name());
        if self.door.lockouts.is_locked(now.mono, own_name, network) {
            return self.refuse(conn, LOCKED_OUT, out);
        }
        let mark = self.mark(&password);
        let known = id.and_then(|id| self.door.marks.get(&id));
        let known = known.is_some_and(|known| known.is(&mark));
        let judged = member.map(|member| member.account.judge(&password));
        let hash = match id.zip(judged) {
            Some((id, Judgement::Right)) => return self.right(conn, id, mark, out),
            Some((id, Judgement::Hashed(_))) if known => return self.right(conn, id, mark, out),
            Some((_, Judgement::Hashed(hash))) => String::from(hash),
            // Who tries names finds out nothing from how long it takes.
            Some((_, Judgement::Wrong)) | None if self.hashes => NOBODYS_HASH.into(),
            Some((_, Judgement::Wrong)) | None => {
                let name = String::from(own_name);
                return self.wrong(now, conn, &name, out);
            }
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
    fn meant(&self, host: Option<AccountId>, name: Option<&str>, password: Secret) -> Meant {
        let named = |name: &str, password: Secret| match (self.find(name), self.guest_named(name)) {
            (Some(id), _) => Meant::Account(id, password),
            (None, Some(handle)) => Meant::Guest(handle, password),
            (None, None) => Meant::Nobody(password),
        };
        if let Some(name) = name {
            return named(name, password);
        }
        let parts = password.reveal().split_once(':');
        match (host, parts) {
            (Some(_), Some((name, rest))) if self.find(name).is_some() => named(name, rest.into()),
            (Some(host), _) => Meant::Account(host, password),
            (None, Some((name, rest))) => named(name, rest.into()),
            (None, None) => Meant::Nobody(password),
        }
    }

    /// The account that clients call so.
    pub(super) fn find(&self, name: &str) -> Option<AccountId> {
        let id = self.names.get(name);
        id.or_else(|| self.names.get(&*canonical(name))).copied()
    }

    /// The mark of a password in this life of the process.
    pub(super) fn mark(&self, password: &Secret) -> Mark {
        self.door.key.mark(password)
    }

    /// A client waits for the service to let a guest in.
    pub(super) fn wait_for_guest(&mut self, conn: ConnId, id: AccountId) {
        if let Some(stranger) = self.door.strangers.get_mut(&conn) {
            stranger.guest = Some(id);
        }
    }

    /// A client has waited for that long enough.
    pub(super) fn guest_waits_no_more(&mut self, conn: ConnId, out: &mut Outputs) {
        let stranger = self.door.strangers.get_mut(&conn);
        if let Some(id) = stranger.and_then(|stranger| stranger.guest.take()) {
            self.refuse(
                conn,
                "the service has not said in time whether it lets its user in",
                out,
            );
            self.guest_gives_up(self.now, (conn, id), out);
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
        if let Some(id) = account.filter(|_| ok && !wrong) {
            self.right(conn, id, mark, out);
        } else {
            let member = account.and_then(|id| self.members.get(&id));
            let name = member.map_or_else(String::new, |one| one.account.name().into());
            self.wrong(now, conn, &name, out);
        }
        self.dirty.insert(conn);
    }

    /// A client has given the right password.
    pub(super) fn right(&mut self, conn: ConnId, id: AccountId, mark: Mark, out: &mut Outputs) {
        let member = self.members.get(&id).filter(|member| member.stays());
        let Some(member) = member else {
            return self.refuse(conn, GOING, out);
        };
        if let Some(stranger) = self.door.strangers.get(&conn) {
            let name = member.account.name();
            self.door.lockouts.succeeded(name, stranger.network);
        }
        if let Some(Access::Hash(_)) = member.account.access() {
            self.door.marks.insert(id, mark);
        }
        if let Some(stranger) = self.door.strangers.get_mut(&conn) {
            stranger.guest = None;
        }
        // One that is being closed has waited too long.
        if let Some((account, client)) = self.clients.get_mut(&conn)
            && !client.closing
        {
            *account = Some(id);
            client.login_result(true);
            // It may take its time once more until it speaks.
            let until = self.now.mono + self.terms.limits.login_wait;
            self.set_wake(conn, ClientWake::Login, Some(until));
        }
    }

    /// A client has given a wrong password for the account of that name, or a name that is none.
    pub(super) fn wrong(&mut self, now: Now, conn: ConnId, name: &str, out: &mut Outputs) {
        let Some(stranger) = self.door.strangers.get_mut(&conn) else {
            return;
        };
        stranger.guest = None;
        let network = stranger.network;
        let locks = self.door.lockouts.failed(now.mono, name, network);
        let why = if locks {
            "wrong name or password, once too often: its address is locked out for a while"
        } else {
            "wrong name or password"
        };
        self.refuse(conn, why, out);
    }

    pub(super) fn refuse(&mut self, conn: ConnId, why: &'static str, out: &mut Outputs) {
        if let Some((_, client)) = self.clients.get_mut(&conn) {
            client.login_result(false);
            let event = Event::conn(EventKind::ClientRefused, conn, why);
            self.close(conn, CloseHow::AfterFlush, event, out);
        }
    }
}
