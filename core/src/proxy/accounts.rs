//! What accounts want, done: their connections, loads and files, and what comes of them.
//! Never decides anything for an account.

use alloc::string::String;
use alloc::vec::Vec;

use super::reload::Fate;
use super::{AccountId, Proxy, Wake};
use crate::account::{Account, AccountOutput, Scene};
use crate::http::lane::LaneInput;
use crate::io::{CloseHow, ConnId, LoadId, Origin, Output, Outputs};
use crate::secret::Secret;
use crate::store::{Record, StoreError};
use crate::time::Now;

/// Room for so much that accounts say in a turn is kept for the next turn.
const SCRATCH_MAX: usize = 64;

impl Proxy {
    /// Lets an account act, and does what it asks for.
    pub(super) fn with_account<T>(
        &mut self,
        now: Now,
        id: AccountId,
        out: &mut Outputs,
        act: impl FnOnce(&mut Account, &mut Scene<'_>) -> T,
    ) -> Option<T> {
        let account = &mut self.members.get_mut(&id)?.account;
        let mut said = core::mem::take(&mut self.scratch);
        let result = act(
            account,
            &mut Scene {
                now,
                journal: &mut self.journal,
                out: &mut said,
                link_said: &mut self.link_said,
            },
        );
        self.after_account(id, said, out);
        Some(result)
    }

    /// Does what an account asks for after it has acted.
    pub(super) fn after_account(
        &mut self,
        id: AccountId,
        mut said: Vec<AccountOutput>,
        out: &mut Outputs,
    ) {
        for output in said.drain(..) {
            self.account_said(id, output, out);
        }
        // A turn of thousands is rare: its memory is not kept.
        said.shrink_to(SCRATCH_MAX);
        self.scratch = said;
        let Some(member) = self.members.get(&id) else {
            return;
        };
        if member.has_moved() {
            self.moved.insert(id);
        }
        let account = &member.account;
        if self.entries.is_inside(id) && !account.logs_in() {
            self.entries.leave(id);
        }
        self.timers.set(Wake::Account(id), account.deadline());
        if account.is_settled() {
            self.starting.remove(&id);
        }
        if account.is_stopped() {
            self.leaving.remove(&id);
        }
    }

    pub(super) fn account_said(&mut self, id: AccountId, output: AccountOutput, out: &mut Outputs) {
        match output {
            AccountOutput::AsksIn => self.asks_in(id),
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
            AccountOutput::Tell(conn, reply) => self.notice_to(conn, &reply, out),
            AccountOutput::CatchUp => {
                let member = self.members.get(&id);
                let clients = member.into_iter().flat_map(|member| &member.clients);
                // The others hear of it when they are told the first thing.
                let is_open = |conn: &&ConnId| {
                    let client = self.clients.get(*conn);
                    client.is_some_and(|(_, client)| client.open && !client.closing)
                };
                self.behind.extend(clients.filter(is_open).copied());
            }
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
            AccountOutput::ServiceAnswered(ok) => self.service_answered(id, ok, out),
            AccountOutput::Wake => {
                let member = self.members.get(&id);
                let clients = member.into_iter().flat_map(|member| &member.clients);
                self.dirty.extend(clients.copied());
            }
            AccountOutput::Await(ticket) => {
                let waiting = self.awaiting.entry(ticket).or_default();
                if let Err(place) = waiting.binary_search(&id) {
                    waiting.insert(place, id);
                }
            }
            AccountOutput::Event(event) => out.event(event),
        }
    }

    /// The users of the embedded service that the process has configured itself.
    pub(crate) fn own_users(&self) -> impl Iterator<Item = (String, Secret)> {
        let members = self.members.values();
        members.filter_map(|member| match &member.fate {
            Fate::Stays => member.account.embedded_user(),
            Fate::MakesRoom(own) => {
                let vouched = self.terms.always_on && own.upstream.origin == Origin::Embedded;
                vouched.then(|| (own.username.clone(), own.password.clone()))
            }
            Fate::Leaves => None,
        })
    }

    /// Starts accounts, few at a time.
    pub(super) fn start_accounts(&mut self, now: Now, out: &mut Outputs) {
        while self.starting.len() < self.terms.limits.logins {
            let Some(id) = self.to_start.pop_front() else {
                return;
            };
            self.starting.insert(id);
            self.with_account(now, id, out, Account::start);
        }
    }

    fn asks_in(&mut self, id: AccountId) {
        if let Some(member) = self.members.get(&id) {
            let origin = &member.account.service().origin;
            self.entries.ask(id, origin, member.guest.is_some());
        }
    }

    /// Lets an account log in to its service.
    pub(super) fn admit(&mut self, now: Now, id: AccountId, out: &mut Outputs) {
        if self.with_account(now, id, out, Account::admit).is_none() {
            self.entries.leave(id);
        }
    }

    /// Takes what happened to a connection of a lane.
    pub(super) fn lane_input(
        &mut self,
        now: Now,
        conn: ConnId,
        input: LaneInput<'_>,
        out: &mut Outputs,
    ) {
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

    pub(super) fn loaded(
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

    pub(super) fn durable(&mut self, now: Now, out: &mut Outputs) {
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
}
