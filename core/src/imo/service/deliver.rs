//! What goes out on polls: effects become notices, notices wait in the session's outbox for a poll.
//! Never lets go of a notice before the client has acknowledged it.
//!
//! See `core/docs/imo-protocol.md`, "Delivery".

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::time::Duration;

use smallvec::SmallVec;

use super::house::{Effect, MailPage};
use super::session::{Asked, Mail, Session};
use super::web::{Doing, UNREADABLE, answer_body, fault};
use super::{Finished, Service, SessionId, Wake};
use crate::config::Limits;
use crate::event::{Event, EventKind};
use crate::imo::envelope::{Address, Message};
use crate::imo::notice::{Incoming, Notice};
use crate::io::{ConnId, LoadId, Outputs};
use crate::store::Record;
use crate::time::Now;

/// How long after the answer a result comes to a client that learns from the answer what the result is about.
const LATE_RESULT: Duration = Duration::from_millis(25);
/// How long mail that could not be read is left alone.
const RELOAD_AFTER: Duration = Duration::from_secs(1);
/// How much JSON of notices one answer carries, in bytes, the last notice not counted.
const ANSWER_BYTES: usize = 512 * 1024;

impl Service {
    /// Answers a request that is done and durable, and lets happen what follows from it.
    pub(super) fn release(&mut self, now: Now, finished: Finished, out: &mut Outputs) {
        let Finished {
            session: id,
            ssid,
            conn,
            failed,
            effects,
        } = finished;
        let session = self.sessions.get_mut(&id).filter(|_| !failed);
        let ack = session.map_or(0, |session| {
            session.confirmed = session.arrivals.ack();
            session.confirmed
        });
        match conn {
            Some(conn) if failed => self.reply(now, conn, &fault(503, UNREADABLE), out),
            Some(conn) => {
                let scratch = core::mem::take(&mut self.scratch);
                let body = answer_body(scratch, ack, &ssid, &[]);
                self.reply_json(now, conn, body, out);
            }
            None => {}
        }
        for effect in effects {
            self.happen(now, effect);
        }
        if let Some(session) = self.sessions.get_mut(&id) {
            session.answering = false;
            if session.ending {
                self.end_session(now, id, "signed off", out);
            }
        }
    }

    /// Lets one effect happen.
    pub(super) fn happen(&mut self, now: Now, effect: Effect) {
        match effect {
            Effect::Tell {
                to,
                mut notice,
                except,
            } => {
                self.house.look_again(&to, &mut notice);
                for id in self.house.sessions(&to) {
                    if Some(*id) != except
                        && let Some(session) = self.sessions.get_mut(id)
                    {
                        tell(session, &notice, &self.config.limits, *id, &mut self.stuck);
                        self.ripe.insert(*id);
                    }
                }
            }
            Effect::TellSession {
                session: id,
                mut notice,
                late,
            } => {
                let Some(session) = self.sessions.get_mut(&id) else {
                    return;
                };
                if let Some(account) = &session.account {
                    self.house.look_again(account, &mut notice);
                }
                if late {
                    session.late.push_back((now.mono + LATE_RESULT, notice));
                    self.timers.set(Wake::Session(id), Some(session.deadline()));
                } else {
                    tell(session, &notice, &self.config.limits, id, &mut self.stuck);
                    self.ripe.insert(id);
                }
            }
            Effect::Ring { caller, callee } => {
                for effect in self.house.ring(now, &caller, &callee) {
                    self.happen(now, effect);
                }
            }
            Effect::Icons { session } => {
                self.curious.insert(session);
            }
            Effect::Mail { to, id, mail } => {
                self.house.mail_is_durable(&to, id);
                for session_id in self.house.sessions(&to) {
                    if let Some(session) = self.sessions.get_mut(session_id) {
                        pass_on(session, id, &mail, self.config.limits.session_events);
                        self.ripe.insert(*session_id);
                    }
                }
            }
        }
    }

    /// The client has taken our messages up to `ack`.
    pub(super) fn acknowledged(&mut self, id: SessionId, ack: u64) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let (account, house) = (session.account.as_deref(), &mut self.house);
        session.outbox.acknowledge(ack, |_, sent| {
            if let (Some(mail), Some(account)) = (sent.mail, account) {
                house.mail_taken(account, mail);
            }
        });
    }

    /// Lets the account of a session be seen, if this is its first poll: whatever a client has to say about
    /// its status it may say before. One that has not asked for the texts that wait never will: old ones do not.
    pub(super) fn appear(&mut self, now: Now, id: SessionId) {
        let mut effects = Vec::new();
        if let Some(session) = self.sessions.get_mut(&id)
            && let Some(name) = &session.account
            && core::mem::take(&mut session.fresh)
        {
            if session.mail == Mail::Unwanted {
                session.mail = Mail::behind(0);
            }
            self.house.appear(name, &mut effects);
        }
        for effect in effects {
            self.happen(now, effect);
        }
    }

    /// Parks a poll until there is something to say.
    pub(super) fn hold_poll(&mut self, now: Now, id: SessionId, conn: ConnId, out: &mut Outputs) {
        self.answer_poll(now, id, out);
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        session.parked = Some((conn, now.mono + self.config.poll_hold));
        if let Some(state) = self.conns.get_mut(&conn) {
            state.doing = Doing::Holding(id);
        }
        self.timers.set(Wake::Session(id), Some(session.deadline()));
        self.ripe.insert(id);
    }

    /// Looks after a session that may have something to say: answers its poll, fetches its mail.
    pub(super) fn serve_poll(&mut self, now: Now, id: SessionId, out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let room = session.outbox.len() < self.config.limits.session_events / 2;
        if let Mail::Behind {
            cursor,
            asked: Asked::No,
        } = session.mail
            && let Some(account) = session.account.as_deref().filter(|_| room)
        {
            let newest = self.house.mail_durable(account);
            let load = self.house.ask_mails(account, cursor, id, out);
            session.mail = Mail::Behind {
                cursor,
                asked: Asked::For { load, newest },
            };
        }
        let Some(session) = self.sessions.get(&id) else {
            return;
        };
        if session.parked.is_some() && (!session.outbox.is_empty() || self.draining) {
            self.answer_poll(now, id, out);
        }
    }

    /// Answers the poll that a session holds, with whatever there is.
    pub(super) fn answer_poll(&mut self, now: Now, id: SessionId, out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let Some((conn, _)) = session.parked.take() else {
            return;
        };
        let mut room = ANSWER_BYTES;
        let messages: SmallVec<[Message<'_>; 2]> = session
            .outbox
            .iter()
            .take_while(|(_, sent)| {
                let fits = room > 0;
                room = room.saturating_sub(sent.data.get().len());
                fits
            })
            .map(|(seq, sent)| Message {
                data: &sent.data,
                to: Address::client(&session.ssid),
                from: Address::system(sent.system),
                seq: *seq,
            })
            .collect();
        let ack = session.confirmed;
        let scratch = core::mem::take(&mut self.scratch);
        let body = answer_body(scratch, ack, &session.ssid, &messages);
        let count = messages.len();
        drop(messages);
        session.outbox.mark_sent(count);
        self.timers.set(Wake::Session(id), Some(session.deadline()));
        self.reply_json(now, conn, body, out);
    }

    /// Passes on a page of mail that was asked for.
    pub(super) fn deliver_page(
        &mut self,
        now: Now,
        id: SessionId,
        answered: LoadId,
        page: Option<MailPage>,
        out: &mut Outputs,
    ) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let Mail::Behind {
            mut cursor,
            asked: Asked::For { load, newest },
        } = session.mail
        else {
            return;
        };
        // The session may have gone over to another account, and asked again.
        if load != answered {
            return;
        }
        let Some(page) = page else {
            let until = now.mono + RELOAD_AFTER;
            let asked = Asked::Failed { until };
            session.mail = Mail::Behind { cursor, asked };
            self.timers.set(Wake::Session(id), Some(session.deadline()));
            return;
        };
        for (number, mail) in page.mails {
            Self::push(session, mail.encode(session.uid()), Some(number));
            cursor = number;
        }
        if page.is_last {
            cursor = cursor.max(newest);
        }
        let durable = session
            .account
            .as_deref()
            .map_or(0, |name| self.house.mail_durable(name));
        session.mail = if cursor >= durable {
            Mail::Live { cursor }
        } else {
            Mail::behind(cursor)
        };
        self.serve_poll(now, id, out);
    }

    /// Tells a session that has signed on whose pictures there are, as soon as that is known.
    pub(super) fn look_for_icons(&mut self, now: Now, id: SessionId, out: &mut Outputs) {
        let name = self
            .sessions
            .get(&id)
            .and_then(|session| session.account.as_deref());
        if let Some(name) = name
            && !self.house.ask_icons(name, id, out)
        {
            self.tell_icons(now, id, &[]);
        }
    }

    /// Tells a session whose pictures there are; `records` are what the store knows of them.
    pub(super) fn tell_icons(&mut self, now: Now, id: SessionId, records: &[Record]) {
        let Some(name) = self
            .sessions
            .get(&id)
            .and_then(|session| session.account.as_deref())
        else {
            return;
        };
        for notice in self.house.icons(name, records) {
            let effect = Effect::TellSession {
                session: id,
                notice,
                late: false,
            };
            self.happen(now, effect);
        }
    }

    /// Ends a session; with the last one of an account, those who know it see it go.
    pub(super) fn end_session(
        &mut self,
        now: Now,
        id: SessionId,
        reason: &'static str,
        out: &mut Outputs,
    ) {
        self.answer_poll(now, id, out);
        let Some(session) = self.sessions.remove(&id) else {
            return;
        };
        self.by_ssid.remove(&session.ssid);
        self.strangers.sessions.remove(&id);
        self.timers.set(Wake::Session(id), None);
        let mut effects = Vec::new();
        for mut request in session.requests {
            effects.append(&mut request.effects);
            self.reply_lost(now, request.conn, &session.ssid, 0, false, out);
        }
        self.house.done(id);
        let is_durable = effects.is_empty() || self.house.journal.is_durable(session.needs);
        if let Some(name) = session.account {
            self.house.sign_off(&name, id, &mut effects);
            out.event(Event::account(EventKind::SessionEnded, &name, reason));
        }
        if is_durable {
            for effect in effects {
                self.happen(now, effect);
            }
            return;
        }
        // Calls that are done stay done, though nobody waits for the answer any more.
        let finished = Finished {
            session: id,
            ssid: session.ssid,
            conn: None,
            failed: false,
            effects,
        };
        self.held.entry(session.needs).or_default().push(finished);
    }
}

/// Queues a notice for a session, or finds that the session takes nothing any more.
pub(super) fn tell(
    session: &mut Session,
    notice: &Notice,
    limits: &Limits,
    id: SessionId,
    stuck: &mut BTreeSet<SessionId>,
) {
    // Rosters are long and come at once: a session is stuck only well beyond what it may be owed.
    let most = limits.session_events.saturating_mul(4);
    if session.outbox.len() >= most.saturating_add(limits.contacts) {
        stuck.insert(id);
    } else {
        Service::push(session, notice.encode(session.uid()), None);
    }
}

/// Passes a mail on to a session that has had all earlier ones, unless it is too slow.
///
/// Numbers are given in the order of the calls, and passed on in the order in which requests are done. What a request
/// that is not done yet holds back is durable all the same, so the session reads on from the store.
fn pass_on(session: &mut Session, id: u64, mail: &Incoming, events_max: usize) {
    let Mail::Live { cursor } = session.mail else {
        return;
    };
    if id <= cursor {
        return;
    }
    if id > cursor + 1 || session.outbox.len() >= events_max {
        session.mail = Mail::behind(cursor);
    } else {
        Service::push(session, mail.encode(session.uid()), Some(id));
        session.mail = Mail::Live { cursor: id };
    }
}
