//! Guests: users who are none of the configured accounts and log in with their own name and password at the service.
//! Never lets one in before the service has, and keeps nothing of one whom it has refused.
//!
//! See `core/docs/client-transports.md`, "Guests".

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{AccountId, ClientWake, Member, Proxy};
use crate::account::Account;
use crate::config::{AccountConfig, Config, Upstream};
use crate::fingerprint::Mark;
use crate::handle::{ECHO, canonical, is_handle};
use crate::imo::link::LaneId;
use crate::io::{CloseHow, ConnId, Output, Outputs};
use crate::rng::Rng;
use crate::secret::Secret;
use crate::time::Now;

/// The rules for guests, and which of them are there.
pub(super) struct Guests {
    upstream: Upstream,
    /// What each of them is told.
    config: Config,
    rng: Rng,
    by_handle: BTreeMap<String, AccountId>,
}

/// What is known of a guest.
pub(super) struct Guest {
    handle: String,
    /// The password that the service has taken, or is being asked about.
    mark: Mark,
    pub(super) accepted: bool,
    /// Clients that wait for the service to say whether they may come in.
    waiting: BTreeSet<ConnId>,
}

impl Guests {
    /// Nobody is there yet; `None` if nobody may come.
    pub(super) fn new(config: &Config, rng: &Rng) -> Option<Self> {
        let passthrough = config.passthrough.as_ref()?;
        Some(Self {
            upstream: passthrough.upstream.clone(),
            config: Config {
                local_time: config.local_time,
                linger: Some(config.limits.guest_linger),
                limits: config.limits.clone(),
                ..Config::default()
            },
            rng: rng.derive("guests"),
            by_handle: BTreeMap::new(),
        })
    }

    /// Panics if it does not know its guests.
    pub(super) fn check_invariants(&self, members: &BTreeMap<AccountId, Member>) {
        for (handle, id) in &self.by_handle {
            let guest = members.get(id).and_then(|member| member.guest.as_ref());
            assert_eq!(
                guest.map(|guest| &guest.handle),
                Some(handle),
                "a guest is found by its handle"
            );
            assert!(
                guest.is_some_and(|guest| guest.accepted || !guest.waiting.is_empty()),
                "the service is asked only while somebody waits for it"
            );
        }
    }
}

impl Member {
    /// Whether something is to be done about it.
    pub(super) fn has_moved(&self) -> bool {
        if !self.stays() {
            return self.is_gone();
        }
        let Some(guest) = &self.guest else {
            return false;
        };
        let verdict = self.account.is_accepted();
        if guest.accepted {
            self.clients.is_empty() && (self.account.is_stopped() || verdict == Some(false))
        } else {
            verdict.is_some()
        }
    }
}

impl Proxy {
    /// The handle of a guest that goes by this name, if guests may come.
    pub(super) fn guest_named(&self, name: &str) -> Option<String> {
        let handle = canonical(name);
        let may_be = self.guests.is_some() && is_handle(&handle) && handle != ECHO;
        may_be.then(|| handle.into_owned())
    }

    /// A client says that it is this guest's.
    pub(super) fn guest_comes(
        &mut self,
        now: Now,
        conn: ConnId,
        (handle, password): (String, Secret),
        out: &mut Outputs,
    ) {
        let mark = self.mark(&password);
        let Some(guests) = &mut self.guests else {
            return self.wrong(now, conn, "", out);
        };
        let known = guests.by_handle.get(&handle).copied();
        let member = known.and_then(|id| Some((id, self.members.get_mut(&id)?.guest.as_mut()?)));
        let id = match member {
            Some((id, guest)) if guest.mark.is(&mark) => {
                if guest.accepted {
                    return self.right(conn, id, mark, out);
                }
                guest.waiting.insert(conn);
                id
            }
            Some((_, guest)) if guest.accepted => return self.wrong(now, conn, &handle, out),
            Some(_) => return self.refuse(conn, "another login of that name is under way", out),
            None if guests.by_handle.len() >= self.terms.limits.guests => {
                return self.refuse(conn, "too many users at once", out);
            }
            None => self.add_guest(now, conn, (handle, password, mark), out),
        };
        self.wait_for_guest(conn, id);
        let until = now.mono + self.terms.limits.guest_wait;
        self.set_wake(conn, ClientWake::Guest, Some(until));
    }

    fn add_guest(
        &mut self,
        now: Now,
        conn: ConnId,
        (handle, password, mark): (String, Secret, Mark),
        out: &mut Outputs,
    ) -> AccountId {
        let id = self.new_id();
        let guests = self.guests.as_mut();
        let guests = guests.expect("guests may come: the caller has just asked");
        let own = AccountConfig {
            name: handle.clone(),
            username: handle.clone(),
            password,
            access: None,
            upstream: guests.upstream.clone(),
        };
        // One that comes again in the same life draws other numbers than before.
        let rng = guests.rng.derive(&format!("{handle} {}", id.0));
        let account = Account::new(&own, &guests.config, &self.limits, &rng);
        guests.by_handle.insert(handle.clone(), id);
        let guest = Guest {
            handle,
            mark,
            accepted: false,
            waiting: [conn].into(),
        };
        self.members.insert(id, Member::new(account, Some(guest)));
        self.with_account(now, id, out, Account::start);
        id
    }

    /// The service has let a guest in, or has not; or one has left who was in.
    pub(super) fn guest_moved(&mut self, now: Now, id: AccountId, out: &mut Outputs) {
        let Some(member) = self
            .members
            .get_mut(&id)
            .filter(|member| member.has_moved())
        else {
            return;
        };
        let accepted = member.account.is_accepted() == Some(true);
        let Some(guest) = member.guest.as_mut().filter(|guest| !guest.accepted) else {
            return self.dismiss(now, id, out);
        };
        guest.accepted = accepted;
        let (mark, handle) = (guest.mark.clone(), guest.handle.clone());
        for conn in core::mem::take(&mut guest.waiting) {
            self.set_wake(conn, ClientWake::Guest, None);
            if accepted {
                self.right(conn, id, mark.clone(), out);
            } else {
                self.wrong(now, conn, &handle, out);
            }
            self.dirty.insert(conn);
        }
        if !accepted {
            self.dismiss(now, id, out);
        }
    }

    /// A client waits no more for the service to let it in.
    pub(super) fn guest_gives_up(
        &mut self,
        now: Now,
        (conn, id): (ConnId, AccountId),
        out: &mut Outputs,
    ) {
        let Some(guest) = self.members.get_mut(&id).and_then(|one| one.guest.as_mut()) else {
            return;
        };
        guest.waiting.remove(&conn);
        if guest.waiting.is_empty() && !guest.accepted {
            self.dismiss(now, id, out);
        }
    }

    /// Says who may come without being configured; gives those who have to go because of that.
    pub(super) fn change_guests(&mut self, config: &Config) -> Vec<AccountId> {
        let before = self.guests.as_ref().map(|guests| &guests.upstream);
        if before == config.passthrough.as_ref().map(|wanted| &wanted.upstream) {
            return Vec::new();
        }
        let new = Guests::new(config, &self.rng);
        let old = core::mem::replace(&mut self.guests, new);
        let old = old.into_iter().flat_map(|old| old.by_handle.into_values());
        old.collect()
    }

    /// A guest has to go: from now on it is like any other account that goes.
    pub(super) fn guest_goes(&mut self, now: Now, id: AccountId, out: &mut Outputs) {
        let member = self.members.get_mut(&id);
        let Some(guest) = member.and_then(|member| member.guest.take()) else {
            return;
        };
        if let Some(guests) = &mut self.guests {
            guests.by_handle.remove(&guest.handle);
        }
        for conn in guest.waiting {
            self.refuse(conn, "the configuration has changed", out);
        }
        if !guest.accepted {
            self.with_account(now, id, out, Account::leave_nothing);
        }
        // Nobody comes by its name before it is gone.
        self.names.entry(guest.handle).or_insert(id);
    }

    /// Takes leave of a guest.
    fn dismiss(&mut self, now: Now, id: AccountId, out: &mut Outputs) {
        let guest = self.members.get(&id).and_then(|one| one.guest.as_ref());
        if guest.is_some_and(|guest| !guest.accepted) {
            self.with_account(now, id, out, Account::leave_nothing);
        }
        self.remove_account(id, out);
    }

    /// An account is no more: what comes late for it reaches nobody.
    pub(super) fn remove_account(&mut self, id: AccountId, out: &mut Outputs) {
        let Some(member) = self.members.remove(&id) else {
            return;
        };
        if let (Some(guest), Some(guests)) = (&member.guest, &mut self.guests) {
            guests.by_handle.remove(&guest.handle);
        }
        for lane in [LaneId::Calls, LaneId::Poll] {
            if let Some(conn) = self.lanes.remove(&(id, lane)) {
                let how = CloseHow::Abort;
                out.push(Output::Close { conn, how });
            }
        }
        self.timers.set(super::Wake::Account(id), None);
        let name = member.account.name();
        if self.names.get(name) == Some(&id) {
            self.names.remove(name);
        }
        self.starting.remove(&id);
        self.entries.leave(id);
        self.leaving.remove(&id);
        self.door.forget(id);
    }
}
