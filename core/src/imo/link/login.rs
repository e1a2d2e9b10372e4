//! How a link comes up and goes down: page, session id, password, sign-on; back-off, sign-off.
//! Never keeps anything of a session that is over but the calls that it did not take.

use alloc::format;
use alloc::vec::Vec;

use compact_str::CompactString;

use super::super::Primitive;
use super::super::call::{Call, Caller};
use super::super::envelope::{Address, Envelope, Inbox, Message, Ssid, find_ssid, says_mid};
use super::super::notice::Outcome;
use super::{LaneId, Link, LinkOutput, LinkStatus, Queued, Wake};
use crate::config::Upstream;
use crate::http::cookies::CookieJar;
use crate::http::{Request, form};
use crate::io::Origin;
use crate::json;
use crate::secret::Secret;
use crate::time::Now;

/// Length of the random id that stands for the session until the service has given one.
const OWN_SSID_LENGTH: usize = 17;

/// How many bytes an envelope has at most, with a session id of the usual length, and of them how many for each message
/// around the JSON of the call.
const ENVELOPE_BYTES: usize = 80;
const MESSAGE_BYTES: usize = 256;

/// Where a session stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// Not wanted.
    Stopped,
    /// Waits before the next attempt.
    BackingOff,
    /// Has asked to log in.
    Queueing,
    /// Fetches the page that sets cookies.
    FetchingPage,
    /// Asks for a session id.
    OpeningSession,
    /// Sends the password.
    LoggingIn,
    /// Sends what belongs after the password.
    SettlingIn,
    /// Waits for the service to say that the account is signed on.
    AwaitingSignOn,
    /// Signed on.
    Online,
    /// Says goodbye.
    SigningOff,
}

impl Link {
    /// True if that is the password that it gives the service.
    pub(crate) fn has_password(&self, password: &Secret) -> bool {
        self.password == *password
    }

    /// Gives the service another password at the next login.
    pub(crate) fn set_password(&mut self, password: Secret) {
        self.password = password;
    }

    /// True if it is that user's session there.
    pub(crate) fn is_of(&self, username: &str, upstream: &Upstream) -> bool {
        self.username == username && self.upstream == *upstream
    }

    /// Who logs in, and with which password, if that is at the embedded service.
    pub(crate) fn embedded_user(&self) -> Option<(&str, &Secret)> {
        let embedded = self.upstream.origin == Origin::Embedded;
        embedded.then_some((&self.username, &self.password))
    }

    /// Asks to start a new session.
    pub(super) fn open(&mut self, out: &mut Vec<LinkOutput>) {
        self.forget_session(out);
        self.state = State::Queueing;
        self.set_status(LinkStatus::Connecting, out);
        out.push(LinkOutput::AsksIn);
    }

    /// It may log in, as it has asked with [`LinkOutput::AsksIn`]: a new session is started from the first page on.
    pub fn admit(&mut self, now: Now, out: &mut Vec<LinkOutput>) {
        if self.state != State::Queueing {
            return;
        }
        self.state = State::FetchingPage;
        self.jar = CookieJar::new();
        let page = Request::get(CompactString::new(&self.upstream.path));
        let ticket = self.submit(now, LaneId::Calls, page, self.limits.request_wait, out);
        self.in_flight = Some((ticket, 0));
    }

    /// The page has come; whatever it says, the session id is asked for.
    pub(super) fn page_came(&mut self, now: Now, status: u16, out: &mut Vec<LinkOutput>) {
        if status >= 500 {
            self.fail(now, &format!("it answers HTTP {status}"), out);
            return;
        }
        self.state = State::OpeningSession;
        self.ssid = self.rng.alphanumeric(OWN_SSID_LENGTH).into();
        let data = Call::OpenSession.encode(self.dialect, self.caller(), None);
        let ssid = if self.dialect.own_ssid {
            Ssid::from(&*self.ssid)
        } else {
            Ssid::Unassigned
        };
        let message = Message {
            data: &data,
            to: Address::system(Call::OpenSession.system(self.dialect)),
            from: Address::client_of(ssid.clone()),
            seq: 0,
        };
        let request = self.request("rest_rpc", ssid, 0, &[message]);
        let wait = self.limits.request_wait;
        let ticket = self.submit(now, LaneId::Calls, request, wait, out);
        self.in_flight = Some((ticket, 1));
    }

    /// The answer with the session id has come.
    pub(super) fn session_came(&mut self, now: Now, body: &[u8], out: &mut Vec<LinkOutput>) {
        let Some(ssid) = find_ssid(body) else {
            let reason = "it gives no session id; is it an imo.im-compatible service?";
            self.fail(now, reason, out);
            return;
        };
        self.ssid = ssid;
        self.knows_mids = says_mid(body);
        self.state = State::LoggingIn;
        self.timers
            .set(Wake::Patience, Some(now.mono + self.limits.request_wait));
        if self.dialect.cookie_login {
            self.push(Call::CookieLogin);
        }
        self.push(Call::Login {
            password: self.password.clone(),
        });
        self.pump(now, out);
    }

    /// All calls are acknowledged: the login takes its next step.
    pub(super) fn settle(&mut self, now: Now, out: &mut Vec<LinkOutput>) {
        match self.state {
            State::LoggingIn => {
                self.state = State::SettlingIn;
                self.push_settling();
                // Whoever comes invisibly must not be seen before the first poll brings the sign-on.
                if self.primitive != Primitive::Available {
                    self.push_status();
                }
                self.pump(now, out);
            }
            State::SettlingIn => {
                self.state = State::AwaitingSignOn;
                self.renew_poll(now, out);
            }
            State::SigningOff => self.halt(out),
            State::Stopped
            | State::BackingOff
            | State::Queueing
            | State::FetchingPage
            | State::OpeningSession
            | State::AwaitingSignOn
            | State::Online => {}
        }
    }

    /// The service says that the account is signed on.
    pub(super) fn signed_on(&mut self, now: Now, out: &mut Vec<LinkOutput>) {
        match self.state {
            State::SettlingIn | State::AwaitingSignOn | State::LoggingIn => {
                if self.state == State::LoggingIn {
                    self.push_settling();
                }
                self.state = State::Online;
                self.online_since = Some(now.mono);
                self.timers.set(Wake::Patience, None);
                self.timers
                    .set(Wake::Activity, Some(now.mono + self.limits.activity_every));
                self.told.clear();
                self.set_status(LinkStatus::Online, out);
                self.push_status();
                while let Some(queued) = self.waiting.pop_front() {
                    self.queue(queued);
                }
                self.pump(now, out);
            }
            State::Stopped
            | State::BackingOff
            | State::Queueing
            | State::FetchingPage
            | State::OpeningSession
            | State::Online
            | State::SigningOff => {}
        }
    }

    /// The session is lost, through nobody's fault: a new one is opened soon.
    pub(super) fn lost(&mut self, now: Now, reason: &str, out: &mut Vec<LinkOutput>) {
        match self.state {
            State::SigningOff | State::Stopped => self.halt(out),
            State::BackingOff
            | State::Queueing
            | State::FetchingPage
            | State::OpeningSession
            | State::LoggingIn
            | State::SettlingIn
            | State::AwaitingSignOn
            | State::Online => self.fail(now, reason, out),
        }
    }

    /// The present attempt has failed: the next one comes after a while.
    pub(super) fn fail(&mut self, now: Now, reason: &str, out: &mut Vec<LinkOutput>) {
        // Otherwise a service that ends each session at once would be asked for another at once, for ever.
        let lasted = self
            .online_since
            .is_some_and(|since| now.mono.since(since) >= self.limits.backoff_last);
        self.tell_down(reason, out);
        self.forget_session(out);
        self.state = State::BackingOff;
        self.set_status(LinkStatus::Connecting, out);
        if lasted {
            self.failures = 0;
        }
        let wait = self.backoff(self.failures);
        self.failures = self.failures.saturating_add(1);
        self.timers.set(Wake::Start, Some(now.mono + wait));
    }

    /// The service refuses the password.
    pub(super) fn refused(&mut self, out: &mut Vec<LinkOutput>) {
        self.again = false;
        self.halt(out);
        out.push(LinkOutput::Refused);
    }

    /// Stops everything, or starts anew if that was asked for in the meantime.
    pub(super) fn halt(&mut self, out: &mut Vec<LinkOutput>) {
        self.forget_session(out);
        self.state = State::Stopped;
        self.set_status(LinkStatus::Offline, out);
        if core::mem::take(&mut self.again) {
            self.start(out);
        }
    }

    /// Drops what belongs to the present session. Calls that the user has made and the service has not taken
    /// wait for the next one. So do messages that it has taken without a result, if it knows a repeated one: the
    /// result may be a refusal. All else that it has taken is done, for want of anybody who could say otherwise.
    fn forget_session(&mut self, out: &mut Vec<LinkOutput>) {
        let mut kept: Vec<Queued> = Vec::new();
        for (_, awaited) in core::mem::take(&mut self.awaited) {
            match awaited.message.filter(|_| self.knows_mids) {
                Some(call) => {
                    kept.push(Queued {
                        id: awaited.id,
                        call,
                        request_id: None,
                        done: false,
                    });
                }
                None => out.push(LinkOutput::Done(awaited.id, Ok(Outcome::at(0)))),
            }
        }
        for queued in self.outbox.restart().filter(|queued| !queued.done) {
            if outlives_session(&queued.call) {
                kept.push(queued);
            } else {
                out.push(LinkOutput::Done(queued.id, Ok(Outcome::at(0))));
            }
        }
        kept.extend(self.waiting.drain(..));
        self.waiting = kept.into();
        self.inbox = Inbox::default();
        self.forget_unrefused(out);
        self.session += 1;
        self.in_flight = None;
        self.polling = None;
        self.polls_answered = 0;
        self.online_since = None;
        self.next_request = 0;
        self.batch_max = usize::MAX;
        for wake in [
            Wake::Start,
            Wake::Patience,
            Wake::Retry(LaneId::Calls),
            Wake::Retry(LaneId::Poll),
            Wake::Activity,
            Wake::Result,
            Wake::Unrefused,
        ] {
            self.timers.set(wake, None);
        }
        self.clear_lines(out);
        self.fail_echo(out);
        self.fail_fetches(out);
    }

    /// Queues what belongs after the password.
    fn push_settling(&mut self) {
        self.push(Call::Unread);
        if self.dialect.asks_alpha {
            self.push(Call::Alpha);
        }
        self.push(Call::Activity);
    }

    pub(super) fn push_status(&mut self) {
        self.insisted = false;
        self.push(Call::SetStatus {
            primitive: self.primitive,
            mood: self.mood.clone(),
        });
    }

    pub(super) fn caller(&self) -> Caller<'_> {
        Caller {
            ssid: &self.ssid,
            uid: &self.username,
        }
    }

    /// The request that carries `messages`.
    pub(super) fn request(
        &self,
        rpc: &str,
        ssid: Ssid<'_>,
        ack: u64,
        messages: &[Message<'_>],
    ) -> Request {
        let envelope = Envelope {
            ack,
            ssid,
            messages,
        };
        // Room for all of it, with all escapes: what has to move leaves a copy of the password behind.
        let bytes = |message: &Message<'_>| message.data.get().len() + MESSAGE_BYTES;
        let room = ENVELOPE_BYTES + messages.iter().map(bytes).sum::<usize>();
        let mut body = Vec::with_capacity(3 * room);
        form::append(&mut body, "method", rpc);
        form::append(&mut body, "data", "");
        let start = body.len();
        json::write(&envelope, &mut body);
        form::escape_from(&mut body, start);
        Request::post_form(self.rpc_path(), body)
    }

    /// Where calls and polls go.
    pub(super) fn rpc_path(&self) -> CompactString {
        let mut path = CompactString::new(&self.upstream.path);
        path.push_str("imo");
        path
    }
}

/// Whether a call is the user's wish, not a part of the session.
pub(super) fn outlives_session(call: &Call) -> bool {
    match call {
        Call::SendMessage { .. }
        | Call::AddBuddy { .. }
        | Call::RemoveBuddy { .. }
        | Call::Block { .. }
        | Call::Rename { .. }
        | Call::Answer { .. }
        | Call::CreateGroup { .. }
        | Call::Invite { .. }
        | Call::Kick { .. }
        | Call::SetTopic { .. }
        | Call::LeaveGroup { .. }
        | Call::SetName { .. }
        | Call::SetIcon { .. } => true,
        Call::OpenSession
        | Call::CookieLogin
        | Call::Login { .. }
        | Call::SignOff
        | Call::Activity
        | Call::Unread
        | Call::Alpha
        | Call::SetStatus { .. }
        | Call::Typing { .. }
        | Call::StartCall { .. }
        | Call::AnswerCall { .. }
        | Call::EndCall { .. }
        | Call::SearchUsers { .. }
        | Call::Preference => false,
    }
}
