//! What a link and its service say to each other while a session is up: calls out, notices in, acknowledgements.
//! Never sends a call that the service has acknowledged, nor acknowledges a notice that may still be lost.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use smallvec::SmallVec;

use super::super::Primitive;
use super::super::call::{Call, wipe};
use super::super::envelope::{Address, Message};
use super::super::notice::{Notice, Refusal};
use super::answer::{LooseAnswer, Messages};
use super::{LaneId, Link, LinkOutput, Queued, State, Taken, Wake};
use crate::http::Request;
use crate::time::{Instant, Now};

/// How much JSON of calls one request carries, in bytes, the last call not counted.
const REQUEST_BYTES: usize = 128 * 1024;
/// The least time from one poll to the next, if the answer brought nothing new: a service that holds no polls is
/// not asked without end.
const EMPTY_POLL_WAIT: Duration = Duration::from_secs(1);

impl Link {
    /// Queues a call of the session's own.
    pub(super) fn push(&mut self, call: Call) {
        let id = self.next_id();
        self.outbox.push(Queued {
            id,
            call,
            request_id: None,
            done: false,
        });
    }

    /// Whether the service has still to take how the user is to be seen.
    fn is_setting_status(&self) -> bool {
        self.outbox.iter().any(sets_status)
    }

    /// Says once more how the user is to be seen: another session says something else, and which of the two the
    /// service has taken last cannot be told from here. Only once, lest two sessions contend without end.
    fn insist_on_status(&mut self, now: Now, out: &mut Vec<LinkOutput>) {
        let follows = self.outbox.unsent().any(sets_status);
        if !follows && !self.insisted {
            self.push_status();
            self.insisted = true;
            self.pump(now, out);
        }
    }

    /// Queues a call of the user's, whose result matters.
    pub(super) fn queue(&mut self, mut queued: Queued) {
        let typing = matches!(queued.call, Call::Typing { .. });
        let wants_result = self.dialect.request_ids && !typing;
        queued.request_id = wants_result.then_some(self.next_request);
        self.next_request += u64::from(wants_result);
        self.outbox.push(queued);
    }

    /// Sends what is queued, if no request is on its way.
    pub(super) fn pump(&mut self, now: Now, out: &mut Vec<LinkOutput>) {
        if self.in_flight.is_some()
            || self.outbox.is_empty()
            || self.timers.get(&Wake::Retry(LaneId::Calls)).is_some()
        {
            return;
        }
        let mut room = REQUEST_BYTES;
        let caller = self.caller();
        let mut batch: SmallVec<[(u64, &'static str, Box<RawValue>); 4]> = SmallVec::new();
        for (seq, queued) in self.outbox.iter().take(self.batch_max) {
            if room == 0 {
                break;
            }
            let data = queued.call.encode(self.dialect, caller, queued.request_id);
            room = room.saturating_sub(data.get().len());
            batch.push((*seq, queued.call.system(self.dialect), data));
        }
        let messages: SmallVec<[Message<'_>; 4]> = batch
            .iter()
            .map(|(seq, system, data)| Message {
                data,
                to: Address::system(system),
                from: Address::client(&self.ssid),
                seq: *seq,
            })
            .collect();
        let request = self.forward(&messages);
        drop(messages);
        let carried = batch.len();
        self.outbox.mark_sent(carried);
        for (_, _, data) in batch {
            wipe(data);
        }
        let ticket = self.submit(now, LaneId::Calls, request, self.limits.request_wait, out);
        self.in_flight = Some((ticket, carried));
    }

    /// Sends a poll, if none is out and the session wants one.
    pub(super) fn renew_poll(&mut self, now: Now, out: &mut Vec<LinkOutput>) {
        let wanted = matches!(self.state, State::AwaitingSignOn | State::Online);
        let confirmed = self.inbox.ack() == self.inbox.taken();
        let rests = self.timers.get(&Wake::Retry(LaneId::Poll)).is_some();
        if !wanted || !confirmed || rests || self.polling.is_some() {
            return;
        }
        let request = self.forward(&[]);
        let ticket = self.submit(now, LaneId::Poll, request, self.limits.poll_wait, out);
        self.polling = Some((ticket, now.mono));
    }

    fn forward(&self, messages: &[Message<'_>]) -> Request {
        let ssid = self.ssid.as_str().into();
        self.request("forward_to_server", ssid, self.inbox.ack(), messages)
    }

    /// A request with calls has been answered.
    pub(super) fn calls_answered(
        &mut self,
        now: Now,
        body: &[u8],
        carried: usize,
        out: &mut Vec<LinkOutput>,
    ) {
        let Some(answer) = LooseAnswer::read(body) else {
            self.stumble(now, LaneId::Calls, NO_ANSWER, out);
            return;
        };
        let oldest = self.outbox.first().unwrap_or(self.outbox.next());
        let carried = u64::try_from(carried).unwrap_or(u64::MAX);
        let ack = match (answer.ack, answer.messages.is_empty()) {
            (Some(0), true) => {
                self.lost(now, "the session is lost", out);
                return;
            }
            // An answer that tells something is a success, whatever it acknowledges.
            (ack, false) => ack.unwrap_or_default().max(oldest.saturating_add(carried)),
            (ack, true) => ack.unwrap_or_default(),
        };
        if ack <= oldest {
            self.stumble(now, LaneId::Calls, "it does not take what it is sent", out);
            return;
        }
        self.recovered(LaneId::Calls, out);
        self.acknowledged(now, ack, out);
        let session = self.session;
        self.take(now, &answer.messages, out);
        if self.session == session {
            self.go_on(now, out);
        }
    }

    /// Sends what is left to send, or takes the next step of the login.
    fn go_on(&mut self, now: Now, out: &mut Vec<LinkOutput>) {
        self.fetch_next(now, out);
        if self.outbox.is_empty() {
            self.settle(now, out);
        } else {
            self.pump(now, out);
        }
    }

    /// The service refuses a request as a whole: its messages are sent one by one, and one that is refused
    /// alone is dropped.
    pub(super) fn rejected(&mut self, now: Now, carried: usize, out: &mut Vec<LinkOutput>) {
        if carried == 1 {
            if matches!(self.state, State::LoggingIn | State::SettlingIn) {
                self.fail(now, "it refuses the login request", out);
                return;
            }
            let refusal = || Refusal {
                code: "bad_request".into(),
                msg: "the service refuses the request".into(),
            };
            let next = self.outbox.first().map_or(0, |seq| seq + 1);
            self.outbox.acknowledge(next, |_, queued| {
                if !queued.done {
                    out.push(LinkOutput::Done(queued.id, Err(refusal())));
                }
            });
        }
        self.batch_max = 1;
        self.go_on(now, out);
    }

    /// A poll, sent at `since`, has been answered.
    pub(super) fn poll_answered(
        &mut self,
        now: Now,
        body: &[u8],
        since: Instant,
        out: &mut Vec<LinkOutput>,
    ) {
        let Some(answer) = LooseAnswer::read(body) else {
            self.stumble(now, LaneId::Poll, NO_ANSWER, out);
            return;
        };
        self.polls_answered += 1;
        let (session, before) = (self.session, self.inbox.taken());
        let complete = self.take(now, &answer.messages, out);
        if self.session != session {
            return;
        }
        let progress = self.inbox.taken() != before;
        if !progress && !complete {
            self.stumble(now, LaneId::Poll, "its answer leaves events out", out);
            return;
        }
        self.recovered(LaneId::Poll, out);
        let rest = Some(since + EMPTY_POLL_WAIT).filter(|until| !progress && *until > now.mono);
        self.timers.set(Wake::Retry(LaneId::Poll), rest);
        self.renew_poll(now, out);
    }

    /// Takes the messages that are next, and passes on what they tell. False if others come before one of them.
    fn take(&mut self, now: Now, messages: &Messages<'_>, out: &mut Vec<LinkOutput>) -> bool {
        let (session, before) = (self.session, self.inbox.taken());
        let mut complete = true;
        match messages {
            Messages::Good(messages) => {
                let mut messages = messages.iter();
                while self.session == session
                    && let Some(message) = messages.next()
                {
                    complete &= self.take_one(now, message, out);
                }
            }
            Messages::Mixed(messages) => {
                let mut messages = messages.iter();
                while self.session == session
                    && let Some(raw) = messages.next()
                {
                    complete &= match serde_json::from_str(raw.get()) {
                        Ok(message) => self.take_one(now, &message, out),
                        Err(_) => self.take_bad(raw, out),
                    };
                }
            }
        }
        if self.session == session && self.inbox.taken() != before {
            let taken = Taken {
                session,
                count: self.inbox.taken(),
            };
            out.push(LinkOutput::Took(taken));
        }
        complete
    }

    /// Takes a message if it is next. False if others come before it.
    fn take_one(&mut self, now: Now, message: &Message<'_>, out: &mut Vec<LinkOutput>) -> bool {
        let complete = message.seq <= self.inbox.taken();
        if self.inbox.take(message.seq) && message.to.system == "client" {
            self.told(now, message, out);
        }
        complete
    }

    fn told(&mut self, now: Now, message: &Message<'_>, out: &mut Vec<LinkOutput>) {
        match Notice::decode(&message.from.system, message.data) {
            Ok(notice) => self.noticed(now, notice, out),
            Err(bad) => {
                let fault = format!("event '{}' cannot be read", bad.name);
                out.push(LinkOutput::Fault(fault));
            }
        }
    }

    /// A message without proper addresses: only its number counts. False if that tells of others before it.
    fn take_bad(&mut self, raw: &RawValue, out: &mut Vec<LinkOutput>) -> bool {
        #[derive(Deserialize)]
        struct Numbered {
            seq: u64,
        }
        let Ok(Numbered { seq }) = serde_json::from_str(raw.get()) else {
            return false;
        };
        let complete = seq <= self.inbox.taken();
        if self.inbox.take(seq) {
            out.push(LinkOutput::Fault(String::from("a message cannot be read")));
        }
        complete
    }

    /// Acts on what concerns the session, and passes on the rest.
    fn noticed(&mut self, now: Now, notice: Notice, out: &mut Vec<LinkOutput>) {
        match notice {
            Notice::SignedOn { .. } => {
                self.signed_on(now, out);
                out.push(LinkOutput::Notice(notice));
            }
            Notice::Disconnected { reason } if reason == "uidpassword" => self.refused(out),
            Notice::Disconnected { reason } => {
                let reason = reason.chars().take(200).collect::<String>();
                self.lost(
                    now,
                    &format!("it has signed the account off: {reason}"),
                    out,
                );
            }
            Notice::Expired => self.lost(now, "the session has expired", out),
            Notice::Reset => self.lost(now, "the service asks to start over", out),
            Notice::AutoAway => {
                self.push(Call::Preference);
                self.pump(now, out);
            }
            Notice::StatusElsewhere { .. } if self.is_setting_status() => {
                self.insist_on_status(now, out);
            }
            Notice::StatusElsewhere { primitive, .. } => {
                if primitive == Primitive::Away && self.primitive != Primitive::Away {
                    self.push(Call::Activity);
                    self.pump(now, out);
                }
                out.push(LinkOutput::Notice(notice));
            }
            Notice::Result { request_id, result } => {
                if let Some(awaited) = self.awaited.remove(&request_id) {
                    out.push(LinkOutput::Done(awaited.id, result));
                    self.watch_results();
                } else {
                    self.early_result(request_id, result, out);
                }
            }
            Notice::Refused {
                method,
                seq,
                refusal,
            } => self.refused_without_id(method, seq, refusal, out),
            Notice::BuddyAdded(_)
            | Notice::BuddyStatus(_)
            | Notice::BuddyRemoved(_)
            | Notice::BuddyRequest { .. }
            | Notice::Message(_)
            | Notice::SentElsewhere { .. }
            | Notice::Typing { .. }
            | Notice::Icons(_)
            | Notice::Kicked { .. }
            | Notice::Ringing { .. }
            | Notice::Answered { .. }
            | Notice::CallEnded { .. } => out.push(LinkOutput::Notice(notice)),
            Notice::Unknown => {}
        }
    }
}

const fn sets_status((_, queued): &(u64, Queued)) -> bool {
    matches!(queued.call, Call::SetStatus { .. })
}

const NO_ANSWER: &str = "its answer is none of the protocol; is it an imo.im-compatible service?";
