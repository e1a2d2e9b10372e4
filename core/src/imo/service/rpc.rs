//! What requests ask of the service: envelopes taken apart, their calls done one after the other.
//! Never answers before all of a request is done and durable.
//!
//! See `core/docs/imo-protocol.md`, "Requests" and "Delivery".

use alloc::borrow::ToOwned;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use compact_str::CompactString;
use serde::Serialize;
use serde_json::value::RawValue;

use super::house::Wait;
use super::session::{Login, Request, Session};
use super::web::{Doing, fault};
use super::{Finished, SESSION_GRACE, Service, SessionId, Wake};
use crate::http::Response;
use crate::imo::arrivals::Arrivals;
use crate::imo::call::{Call, wipe};
use crate::imo::dialect::{Dialect, V0, V1};
use crate::imo::envelope::{Envelope, is_ssid};
use crate::io::{ConnId, Outputs};
use crate::json;
use crate::time::Now;

/// The highest number that a session can begin with: old clients count in 31 bits.
const NUMBER_MAX: u64 = 0x7fff_ffff;

impl Service {
    /// Takes one request that came as a form.
    pub(super) fn rpc(
        &mut self,
        now: Now,
        conn: ConnId,
        method: &str,
        data: &str,
        out: &mut Outputs,
    ) {
        let response = match method {
            "echo" => match serde_json::from_str::<&RawValue>(data) {
                Ok(data) => reply_to("echo", data),
                Err(_) => fault(400, "data is no JSON"),
            },
            "rest_rpc" | "forward_to_server" => match serde_json::from_str::<Envelope<'_>>(data) {
                Ok(envelope) if method == "rest_rpc" => {
                    self.open_session(now, conn, &envelope, out)
                }
                Ok(envelope) => return self.forward(now, conn, &envelope, out),
                Err(_) => fault(400, "data is no envelope"),
            },
            _ => fault(400, "no such method"),
        };
        self.reply(now, conn, &response, out);
    }

    fn open_session(
        &mut self,
        now: Now,
        conn: ConnId,
        envelope: &Envelope<'_>,
        out: &mut Outputs,
    ) -> Response {
        #[derive(Serialize)]
        struct Opened<'a> {
            ack: u64,
            ssid: &'a str,
            result: &'static str,
            mid: bool,
        }
        let mut dialects = envelope.messages.iter().filter_map(|message| {
            let incoming = Call::decode(&message.to.system, message.data).ok()?;
            Dialect::opened_by(&message.to.system, &incoming.method)
        });
        let Some(dialect) = dialects.next() else {
            return fault(400, "this method only opens sessions");
        };
        let ssid = self.rng.alphanumeric(16);
        self.add_session(now, conn, ssid.clone(), dialect, out);
        let opened = Opened {
            ack: 1,
            ssid: &ssid,
            result: "ok",
            mid: true,
        };
        reply_to("rest_rpc", &opened)
    }

    fn add_session(
        &mut self,
        now: Now,
        conn: ConnId,
        ssid: CompactString,
        dialect: &Dialect,
        out: &mut Outputs,
    ) -> SessionId {
        let id = SessionId(self.next_session);
        self.next_session += 1;
        let network = self.conns.get(&conn).and_then(|conn| conn.network);
        let expires = now.mono + self.config.poll_hold + SESSION_GRACE;
        self.sessions
            .insert(id, Session::new(ssid.clone(), dialect, network, expires));
        self.by_ssid.insert(ssid, id);
        self.timers.set(Wake::Session(id), Some(expires));
        if network.is_some() {
            self.strangers.sessions.insert(id);
        }
        if self.strangers.sessions.len() > self.config.limits.unauthenticated
            && let Some(oldest) = self.strangers.sessions.pop_first()
        {
            self.end_session(now, oldest, "too many sessions without an account", out);
        }
        id
    }

    fn forward(&mut self, now: Now, conn: ConnId, envelope: &Envelope<'_>, out: &mut Outputs) {
        let is_poll = envelope.messages.is_empty();
        let ssid = envelope.ssid.as_str();
        let known = self.by_ssid.get(ssid).copied();
        let Some(id) = known.or_else(|| self.revive(now, conn, envelope, out)) else {
            self.reply_lost(now, conn, ssid, envelope.ack, is_poll, out);
            return;
        };
        if is_poll
            && let Some(session) = self.sessions.get_mut(&id)
            && core::mem::take(&mut session.resumes)
        {
            session.outbox.resume_at(envelope.ack.min(NUMBER_MAX));
        }
        self.acknowledged(id, envelope.ack);
        let expires = now.mono + self.config.poll_hold + SESSION_GRACE;
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        session.expires = expires;
        if session.account.is_some() {
            self.strangers.leave(conn);
        }
        if is_poll {
            self.appear(now, id);
            self.hold_poll(now, id, conn, out);
            return;
        }
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        if session.requests.len() >= self.config.limits.session_requests {
            let response = fault(503, "too many requests of this session wait; try again");
            self.reply(now, conn, &response, out);
            return;
        }
        let owned = |message: &crate::imo::envelope::Message<'_>| {
            (
                message.seq,
                CompactString::new(&message.to.system),
                message.data.to_owned(),
            )
        };
        let most = self.config.limits.request_calls;
        let messages: VecDeque<_> = envelope.messages.iter().take(most).map(owned).collect();
        let sizes = messages.iter().map(|one| one.1.len() + one.2.get().len());
        let request = Request {
            conn,
            bytes: sizes.sum(),
            messages,
            changes: 0,
            effects: Vec::new(),
            failed: false,
        };
        session.requests.push_back(request);
        self.strangers.heard_session(id);
        if let Some(state) = self.conns.get_mut(&conn) {
            state.doing = Doing::Working;
        }
        self.advance(now, id, out);
    }

    /// A login, or what comes before one in the older dialect, opens a session of the id of one that is forgotten:
    /// some clients know no other way back. Both count on from where they are.
    fn revive(
        &mut self,
        now: Now,
        conn: ConnId,
        envelope: &Envelope<'_>,
        out: &mut Outputs,
    ) -> Option<SessionId> {
        let first = envelope.messages.first()?;
        let mut dialects = envelope.messages.iter().filter_map(|one| {
            let incoming = Call::decode(&one.to.system, one.data).ok()?;
            if incoming.call == Call::CookieLogin {
                Some(&V0)
            } else {
                matches!(incoming.call, Call::Login { .. }).then_some(&V1)
            }
        });
        let dialect = dialects.next()?;
        let ssid = envelope.ssid.as_str();
        if !is_ssid(ssid.as_bytes()) || envelope.ack > NUMBER_MAX {
            return None;
        }
        let id = self.add_session(now, conn, ssid.into(), dialect, out);
        let session = self.sessions.get_mut(&id)?;
        session.arrivals = Arrivals::starting_at(first.seq, dialect);
        session.confirmed = first.seq;
        session.outbox.resume_at(envelope.ack);
        session.resumes = !dialect.one_count;
        Some(id)
    }

    /// The store could not be read for a session's present request: the client has to send it again.
    pub(super) fn fail_request(&mut self, now: Now, id: SessionId, out: &mut Outputs) {
        self.house.done(id);
        // A password that has been checked for this request is none for the next one.
        self.jobs.retain(|_, session| *session != id);
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        session.login = Login::Idle;
        if let Some(request) = session.requests.front_mut() {
            request.messages.clear();
            request.failed = true;
        }
        self.advance(now, id, out);
    }

    /// Does what a session's requests ask, as far as nothing has to be waited for.
    pub(super) fn advance(&mut self, now: Now, id: SessionId, out: &mut Outputs) {
        while let Some(session) = self
            .sessions
            .get_mut(&id)
            .filter(|session| !session.answering)
        {
            let Some(request) = session.requests.front_mut() else {
                break;
            };
            let Some((seq, system, data)) = request.messages.pop_front() else {
                self.finish(now, id, out);
                continue;
            };
            if !session.arrivals.is_new(seq, data.get()) {
                continue;
            }
            let before = self.house.latest();
            let bytes_before = self.house.journal.bytes();
            let done = self.perform(now, id, (seq, &system, &data), out);
            let after = self.house.latest();
            let bytes = self.house.journal.bytes() - bytes_before;
            let Some(session) = self.sessions.get_mut(&id) else {
                return;
            };
            // Whatever was found done already may not be durable yet either.
            let account = session.account.as_deref().unwrap_or_default();
            let needs = if after == before {
                self.house.changed(account)
            } else {
                after
            };
            let Some(request) = session.requests.front_mut() else {
                return;
            };
            match done {
                Ok(mut effects) => {
                    session.arrivals.take(seq, data.get());
                    request.effects.append(&mut effects);
                    session.needs = session.needs.max(needs);
                    request.changes += bytes;
                    // One text can become hundreds; the client sends the calls behind it again.
                    if request.changes >= self.config.limits.request_changes {
                        request.messages.clear();
                    }
                    wipe(data);
                }
                Err(Wait) => {
                    request.messages.push_front((seq, system, data));
                    return;
                }
            }
        }
    }

    /// All of a session's first request is done: it is answered as soon as that is durable.
    fn finish(&mut self, now: Now, id: SessionId, out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let Some(request) = session.requests.pop_front() else {
            return;
        };
        let Request {
            conn,
            effects,
            failed,
            ..
        } = request;
        let finished = Finished {
            session: id,
            ssid: session.ssid.clone(),
            conn: Some(conn),
            failed,
            effects,
        };
        session.answering = true;
        let needs = session.needs;
        if self.house.journal.is_durable(needs) {
            self.release(now, finished, out);
        } else {
            self.held.entry(needs).or_default().push(finished);
        }
    }
}

/// A response with the form of the request's own method.
fn reply_to<T: Serialize + ?Sized>(method: &'static str, data: &T) -> Response {
    #[derive(Serialize)]
    struct Reply<'a, T: ?Sized> {
        method: &'static str,
        data: &'a T,
    }
    Response::json(200, json::bytes(&Reply { method, data }))
}
