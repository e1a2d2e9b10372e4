//! The link: one account's session with a service, from the first page to the sign-off, for ever again.
//! Never translates: calls and notices pass through as they are, each of them once.
//!
//! See `core/docs/imo-protocol.md`, "A session" and "Delivery".

mod answer;
mod echo;
mod exchange;
mod fetches;
mod invariants;
mod lines;
mod login;
mod output;
mod results;
mod unrefused;
mod waiting;

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use super::Primitive;
use super::call::Call;
use super::dialect::Dialect;
use super::envelope::{Inbox, Outbox};
use crate::config::{AccountConfig, Limits, Upstream};
use crate::http::cookies::CookieJar;
pub use crate::http::lane::LaneInput;
use crate::http::lane::Ticket;
use crate::rng::Rng;
use crate::secret::Secret;
use crate::time::{FewTimers, Instant, Now};
use echo::Echo;
use fetches::Fetches;
pub use fetches::{FetchError, FetchId};
use lines::Line;
use login::State;
pub use output::{CallId, LinkOutput, LinkStatus, Taken};
use unrefused::Unrefused;

/// The two connections of a session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LaneId {
    /// Carries requests, one at a time.
    Calls,
    /// Has a poll outstanding whenever the session is up.
    Poll,
}

/// What a link wakes up for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Wake {
    Lane(LaneId),
    /// The back-off is over.
    Start,
    /// The login, or the sign-off, takes too long.
    Patience,
    /// The request of a lane is to be made again.
    Retry(LaneId),
    /// The service is to be told that the user is there.
    Activity,
    /// A result is overdue.
    Result,
    /// A call without a result has been taken for so long that it counts as done.
    Unrefused,
    /// A picture has waited for its turn for too long.
    Fetch,
}

/// A call that is not acknowledged.
#[derive(Debug)]
struct Queued {
    id: CallId,
    call: Call,
    /// Its number within the session, if a result is wanted.
    request_id: Option<u64>,
    /// Its result has come already.
    done: bool,
}

/// A call whose result is not known.
#[derive(Debug)]
struct Awaited {
    id: CallId,
    /// The message, if it is one: it may have to be sent again.
    message: Option<Call>,
    /// Not given up before this time,
    until: Instant,
    /// nor before so many polls of the session have been answered: a result may be on its way as long as no poll
    /// that was sent after the acknowledgement has come back without it.
    polls: u64,
}

/// One account's session with a service.
pub struct Link {
    username: String,
    password: Secret,
    upstream: Upstream,
    dialect: &'static Dialect,
    limits: Arc<Limits>,
    rng: Rng,
    state: State,
    status: LinkStatus,
    jar: CookieJar,
    calls: Line,
    poll: Line,
    /// Counts the sessions there have been.
    session: u64,
    ssid: String,
    outbox: Outbox<Queued>,
    /// Calls that wait for the session to be up.
    waiting: VecDeque<Queued>,
    inbox: Inbox,
    /// The request on the calls lane, and how many messages it carries.
    in_flight: Option<(Ticket, usize)>,
    fetches: Fetches,
    echo: Option<Echo>,
    /// The poll that is out, and since when.
    polling: Option<(Ticket, Instant)>,
    awaited: BTreeMap<u64, Awaited>,
    unrefused: Unrefused,
    /// How many polls of the present session have been answered.
    polls_answered: u64,
    /// The service knows a repeated message by its identity, and so may be sent one again.
    knows_mids: bool,
    next_call: u64,
    next_request: u64,
    /// How many messages one request carries at most; one after the service has refused a request as a whole.
    batch_max: usize,
    primitive: Primitive,
    mood: String,
    /// What was set last has been said once more, against another session.
    insisted: bool,
    /// Sessions in a row that did not come up or did not last.
    failures: u32,
    /// Since when the account is signed on in the present session.
    online_since: Option<Instant>,
    /// The causes that have been told since all was well, oldest first.
    told: Vec<String>,
    /// It was started again before its sign-off was done.
    again: bool,
    timers: FewTimers<Wake>,
}

impl core::fmt::Debug for Link {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Link")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Link {
    /// The link of an account of the configuration, not started.
    pub(crate) fn of(account: &AccountConfig, limits: &Arc<Limits>, rng: Rng) -> Self {
        let (username, password) = (account.username.clone(), account.password.clone());
        Self::new(username, password, account.upstream.clone(), limits, rng)
    }

    /// A link that is not started.
    #[must_use]
    pub fn new(
        username: String,
        password: Secret,
        upstream: Upstream,
        limits: &Arc<Limits>,
        rng: Rng,
    ) -> Self {
        let line = || Line::new(upstream.origin.clone(), limits);
        Self {
            calls: line(),
            poll: line(),
            username,
            password,
            dialect: Dialect::of(upstream.dialect),
            upstream,
            limits: Arc::clone(limits),
            rng,
            state: State::Stopped,
            status: LinkStatus::Offline,
            jar: CookieJar::new(),
            session: 0,
            ssid: String::new(),
            outbox: Outbox::default(),
            waiting: VecDeque::new(),
            inbox: Inbox::default(),
            in_flight: None,
            fetches: Fetches::default(),
            echo: None,
            polling: None,
            awaited: BTreeMap::new(),
            unrefused: Unrefused::default(),
            polls_answered: 0,
            knows_mids: false,
            next_call: 0,
            next_request: 0,
            batch_max: usize::MAX,
            primitive: Primitive::Available,
            mood: String::new(),
            insisted: false,
            failures: 0,
            online_since: None,
            told: Vec::new(),
            again: false,
            timers: FewTimers::new(),
        }
    }

    /// How it is.
    #[must_use]
    pub const fn status(&self) -> LinkStatus {
        self.status
    }

    /// True if it is neither up nor tries to be.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.state == State::Stopped
    }

    /// True while an attempt to sign on is under way.
    #[must_use]
    pub fn is_logging_in(&self) -> bool {
        match self.state {
            State::Queueing
            | State::FetchingPage
            | State::OpeningSession
            | State::LoggingIn
            | State::SettlingIn
            | State::AwaitingSignOn => true,
            State::Stopped | State::BackingOff | State::Online | State::SigningOff => false,
        }
    }

    /// True while it is logging in and has been admitted.
    #[must_use]
    pub fn is_admitted(&self) -> bool {
        self.is_logging_in() && self.state != State::Queueing
    }

    /// Which session it is, counted from the first.
    #[must_use]
    pub const fn session(&self) -> u64 {
        self.session
    }

    /// Whether the service tells what comes of calls. If not, each is done once it is acknowledged, and may still be
    /// [`LinkOutput::TakenBack`].
    #[must_use]
    pub const fn has_results(&self) -> bool {
        self.dialect.request_ids
    }

    /// Brings it up, and keeps it up. If it is just signing off, that is finished first.
    pub fn start(&mut self, out: &mut Vec<LinkOutput>) {
        match self.state {
            State::Stopped => {
                self.failures = 0;
                self.told.clear();
                self.open(out);
            }
            State::SigningOff => self.again = true,
            State::BackingOff
            | State::Queueing
            | State::FetchingPage
            | State::OpeningSession
            | State::LoggingIn
            | State::SettlingIn
            | State::AwaitingSignOn
            | State::Online => {}
        }
    }

    /// Signs off, within a bounded time.
    pub fn stop(&mut self, now: Now, out: &mut Vec<LinkOutput>) {
        self.again = false;
        match self.state {
            State::Stopped | State::SigningOff => {}
            State::Online => {
                self.state = State::SigningOff;
                self.fail_fetches(out);
                self.timers.set(Wake::Activity, None);
                self.push(Call::SignOff);
                self.timers
                    .set(Wake::Patience, Some(now.mono + SIGN_OFF_WAIT));
                self.set_status(LinkStatus::Offline, out);
                self.pump(now, out);
            }
            State::BackingOff
            | State::Queueing
            | State::FetchingPage
            | State::OpeningSession
            | State::LoggingIn
            | State::SettlingIn
            | State::AwaitingSignOn => self.halt(out),
        }
    }

    /// Sets how the account is to be seen, now and after every login.
    pub fn show(&mut self, now: Now, primitive: Primitive, mood: &str, out: &mut Vec<LinkOutput>) {
        self.primitive = primitive;
        mood.clone_into(&mut self.mood);
        if self.state == State::Online {
            self.push_status();
            self.pump(now, out);
        }
    }

    /// Another session has set how the account is to be seen: after every further login it is so here too.
    pub fn shown_elsewhere(&mut self, primitive: Primitive, mood: &str) {
        self.primitive = primitive;
        mood.clone_into(&mut self.mood);
    }

    /// Everything up to a [`LinkOutput::Took`] cannot be lost any more: the service may forget it.
    pub fn confirm(&mut self, now: Now, taken: Taken, out: &mut Vec<LinkOutput>) {
        if taken.session == self.session {
            self.inbox.confirm(taken.count);
            self.renew_poll(now, out);
        }
    }

    /// Takes what happened to the connection of a lane.
    pub fn handle(
        &mut self,
        now: Now,
        lane: LaneId,
        input: LaneInput<'_>,
        out: &mut Vec<LinkOutput>,
    ) {
        self.line_input(now, lane, input, out);
    }

    /// Does what is due. To be called when [`Link::deadline`] has passed; harmless earlier.
    pub fn tick(&mut self, now: Now, out: &mut Vec<LinkOutput>) {
        while let Some(wake) = self.timers.pop_due(now.mono) {
            match wake {
                Wake::Lane(lane) => self.handle(now, lane, LaneInput::Tick, out),
                Wake::Start => self.open(out),
                Wake::Patience if self.state == State::SigningOff => self.halt(out),
                Wake::Patience => {
                    self.fail(now, "it does not say that the account is signed on", out)
                }
                Wake::Retry(LaneId::Calls) => {
                    self.pump(now, out);
                    self.fetch_next(now, out);
                }
                Wake::Retry(LaneId::Poll) => self.renew_poll(now, out),
                Wake::Activity => {
                    if self.primitive != Primitive::Away {
                        self.push(Call::Activity);
                        self.pump(now, out);
                    }
                    let next = now.mono + self.limits.activity_every.max(ACTIVITY_LEAST);
                    self.timers.set(Wake::Activity, Some(next));
                }
                Wake::Result => self.give_up_results(now, out),
                Wake::Unrefused => self.nothing_refused(now, out),
                Wake::Fetch => self.give_up_fetches(now, out),
            }
        }
    }

    /// When it wants [`Link::tick`] at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.timers.next()
    }

    fn next_id(&mut self) -> CallId {
        self.next_call += 1;
        CallId(self.next_call)
    }

    fn set_status(&mut self, status: LinkStatus, out: &mut Vec<LinkOutput>) {
        if core::mem::replace(&mut self.status, status) != status {
            out.push(LinkOutput::Status(status));
        }
    }
}

/// However often the service is to be told that the user is there, so long passes between: without an end to it
/// nothing else would ever happen.
const ACTIVITY_LEAST: Duration = Duration::from_secs(1);
/// How long a sign-off may take.
const SIGN_OFF_WAIT: Duration = Duration::from_secs(3);
