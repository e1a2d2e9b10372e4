//! One account: what its clients ask is answered from its state and its link; what the link tells becomes notices.
//! Never touches a connection: the proxy carries bytes for its clients and for its link.

mod announcements;
mod answers;
mod applications;
mod avatars;
mod call_log;
mod call_news;
mod calls;
mod chats;
mod commands;
mod contacts;
mod cursors;
mod directory;
mod door;
mod faults;
mod files;
mod groups;
mod history;
mod invariants;
mod late_refusals;
mod memory;
mod messages;
mod nods;
mod notices;
mod numbers;
mod output;
mod parameters;
mod presence;
mod profile;
mod records;
mod roster;
mod seats;
mod terms;
mod texts;
mod upkeep;
mod windows;

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

pub(crate) use files::{FileJob, Reach};
pub(crate) use output::{AccountOutput, Answer, Judgement, Scene, Topic};

use applications::Applications;
use avatars::Avatars;
use call_log::CallLog;
use chats::{Acts, Chats};
use cursors::Cursors;
use directory::Directory;
use faults::Faults;
use files::Files;
use groups::Groups;
use late_refusals::LateRefusals;
use messages::{HistoryEntry, Messages};
use records::{Keys, MessageRecord, StateRecord};
use roster::Roster;
use seats::Seats;
use upkeep::Held;

use crate::config::{Access, AccountConfig, Config, Limits};
use crate::event::{Event, EventKind};
use crate::handle::canonical;
use crate::imo::link::{CallId, LaneId, LaneInput, Link, LinkOutput, Taken};
use crate::imo::mids::Mids;
use crate::journal::Ticket;
use crate::rng::Rng;
use crate::skype::{Parameter, Status};
use crate::store::Query;
use crate::time::{FewTimers, Instant, Now};

/// Room for so much that a link says in a turn is kept for the next turn.
const LINK_SAID_MAX: usize = 64;

/// What an account wakes up for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Wake {
    Link,
    /// Nobody has been attached for long.
    Linger,
    /// A call has rung for longer than any service lets it.
    Calls,
    /// The contact list should be complete by now.
    Sweep,
    /// What it kept could not be read; it is tried again.
    Reload,
}

/// A user of the daemon.
pub(crate) struct Account {
    name: String,
    /// The own handle, as the service knows it.
    handle: String,
    access: Option<Access>,
    /// The same for all accounts.
    limits: Arc<Limits>,
    local_time: bool,
    linger: Option<Duration>,
    link: Link,
    rng: Rng,
    keys: Keys,
    state: StateRecord,
    roster: Roster,
    messages: Messages,
    cursors: Cursors,
    mids: Mids,
    /// What the clients want the account to be.
    wish: Status,
    /// The service refuses the password.
    refused: bool,
    /// The account is signed on: clients see the presence of its contacts.
    shows_presence: bool,
    seats: Seats,
    /// How many clients are told notices.
    listeners: usize,
    /// It stays signed on, whatever clients say: who goes offline does so alone.
    always_on: bool,
    away_when_detached: bool,
    started: Option<Now>,
    /// State is loaded and numbers are reserved.
    ready: bool,
    /// There was no state to load.
    is_new: bool,
    stopping: bool,
    /// Own messages on their way, by the numbers of the messages.
    sending: BTreeMap<CallId, u32>,
    /// So many calls wait that no further one is made, until they are half as many.
    congested: bool,
    /// Other calls on their way, by the handle they are about and whether they ask to have it on the list.
    asking: BTreeMap<CallId, (String, bool)>,
    late_refusals: LateRefusals,
    /// The session of the link that has told of the contacts' presence.
    session: u64,
    /// The call that tells the service that the user is there, while it is on its way.
    active: Option<CallId>,
    /// The call that tells the service the user's name, while it is on its way.
    naming: Option<(CallId, String)>,
    directory: Directory,
    /// What clients have set for the moment; what is kept longer stands in `state`.
    parameters: BTreeMap<Parameter, String>,
    /// What those take, and what `state` keeps of the account itself.
    own_bytes: usize,
    groups: Groups,
    faults: Faults,
    applications: Applications,
    calls: CallLog,
    /// Wishes about calls on their way, by the numbers of the calls.
    calling: BTreeMap<CallId, u32>,
    held: VecDeque<(Ticket, Held)>,
    /// What the service has told and may not forget, since too many messages wait to be read.
    untaken: Option<Taken>,
    files: Files,
    avatars: Avatars,
    /// What the last load of a message has brought.
    fetched: Option<(u32, Option<MessageRecord>)>,
    /// How many loads have failed since the last that did not. What too many of them bring holds for those who wait, and
    /// no longer.
    load_tries: u8,
    /// What the last load of the history has brought, oldest first.
    history: Option<Vec<HistoryEntry>>,
    /// Loads under way, so that none is asked for twice.
    loading: BTreeSet<Topic>,
    chats: Chats,
    /// What clients have asked of the service about chats.
    acts: Acts,
    timers: FewTimers<Wake>,
}

impl core::fmt::Debug for Account {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Account")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Account {
    /// An account of the configuration, not started.
    pub(crate) fn new(
        account: &AccountConfig,
        config: &Config,
        limits: &Arc<Limits>,
        rng: &Rng,
    ) -> Self {
        let keys = Keys::new(&account.name);
        let handle = canonical(&account.username).into_owned();
        let state = StateRecord::default();
        Self {
            name: account.name.clone(),
            handle: handle.clone(),
            access: account.access.clone(),
            limits: Arc::clone(limits),
            local_time: config.local_time,
            linger: config.linger,
            link: Link::of(account, limits, rng.derive("link")),
            rng: rng.derive("account"),
            messages: Messages::new(keys.clone(), state.reserved, limits),
            cursors: Cursors::new(keys.clone(), limits.cursors),
            chats: Chats::new(handle.clone(), keys.clone(), limits),
            keys,
            state,
            roster: Roster::default(),
            mids: Mids::default(),
            wish: presence::first_wish(config),
            refused: false,
            shows_presence: false,
            seats: Seats::new(),
            listeners: 0,
            always_on: config.always_on,
            away_when_detached: config.away_when_detached,
            started: None,
            ready: false,
            is_new: false,
            stopping: false,
            sending: BTreeMap::new(),
            congested: false,
            asking: BTreeMap::new(),
            late_refusals: LateRefusals::default(),
            session: 0,
            active: None,
            naming: None,
            directory: Directory::default(),
            parameters: BTreeMap::new(),
            own_bytes: 0,
            faults: Faults::default(),
            groups: Groups::default(),
            applications: Applications::default(),
            calls: CallLog::default(),
            calling: BTreeMap::new(),
            held: VecDeque::new(),
            untaken: None,
            files: Files::default(),
            avatars: Avatars::default(),
            fetched: None,
            load_tries: 0,
            history: None,
            loading: BTreeSet::new(),
            acts: Acts::default(),
            timers: FewTimers::new(),
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Begins: reads what it kept, then brings its link up.
    pub(crate) fn start(&mut self, scene: &mut Scene<'_>) {
        self.started = Some(scene.now);
        // One of the same name may have left just now: all that it wrote is to be read.
        let ticket = scene.journal.latest();
        self.hold(scene, ticket, Held::Load);
        self.watch_linger(scene.now);
    }

    fn load_state(&self, scene: &mut Scene<'_>) {
        let many = self.limits.messages_kept.max(self.limits.unread_messages);
        let queries = [
            Query::Get {
                key: self.keys.state().into(),
            },
            Query::all(self.keys.unread(), many),
            Query::all(self.keys.unsent(), many),
            Query::all(self.keys.groups(), self.limits.contact_groups),
            Query::all(self.keys.mids(), self.limits.mids),
            Query::all(self.keys.cursors(), self.limits.cursors),
            Query::all(self.keys.chats(), self.limits.chats),
            Query::Count {
                prefix: self.keys.messages(),
            },
        ];
        scene
            .out
            .push(AccountOutput::Load(Topic::State, queries.into()));
    }

    /// Says goodbye; [`Account::is_stopped`] tells when that is done.
    pub(crate) fn stop(&mut self, scene: &mut Scene<'_>) {
        self.stopping = true;
        self.with_link(scene, |link, now, out| link.stop(now, out));
    }

    /// True if nothing is left to be said to the service.
    pub(crate) fn is_stopped(&self) -> bool {
        self.link.is_stopped()
    }

    /// True once it needs no more patience at the start: it is online, is refused, or cannot be.
    pub(crate) fn is_settled(&self) -> bool {
        self.ready && !self.link.is_logging_in()
    }

    /// Takes what happened to the connection of a lane.
    pub(crate) fn upstream(&mut self, scene: &mut Scene<'_>, lane: LaneId, input: LaneInput<'_>) {
        self.with_link(scene, |link, now, out| link.handle(now, lane, input, out));
    }

    /// It may log in to its service, if it still wants to.
    pub(crate) fn admit(&mut self, scene: &mut Scene<'_>) {
        self.with_link(scene, |link, now, out| link.admit(now, out));
    }

    /// True while it is logging in to its service.
    pub(crate) fn logs_in(&self) -> bool {
        self.link.is_admitted()
    }

    /// Does what is due.
    pub(crate) fn tick(&mut self, scene: &mut Scene<'_>) {
        while let Some(wake) = self.timers.pop_due(scene.now.mono) {
            match wake {
                Wake::Link => self.with_link(scene, |link, now, out| link.tick(now, out)),
                Wake::Linger => self.with_link(scene, |link, now, out| link.stop(now, out)),
                Wake::Sweep => {
                    self.sweep_rooms(scene);
                    self.sweep(scene);
                }
                Wake::Calls => self.end_stale_calls(scene),
                Wake::Reload => self.load_state(scene),
            }
        }
    }

    /// When it wants [`Account::tick`] at the latest.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Runs `act` on the link and translates what it says.
    fn with_link<T>(
        &mut self,
        scene: &mut Scene<'_>,
        act: impl FnOnce(&mut Link, Now, &mut Vec<LinkOutput>) -> T,
    ) -> T {
        let mut said = core::mem::take(scene.link_said);
        let result = act(&mut self.link, scene.now, &mut said);
        for output in said.drain(..) {
            self.link_said(scene, output);
        }
        // A turn of hundreds is rare: its memory is not kept.
        said.shrink_to(LINK_SAID_MAX);
        *scene.link_said = said;
        self.watch_congestion();
        self.fit(scene.journal);
        self.timers.set(Wake::Link, self.link.deadline());
        result
    }

    fn watch_linger(&mut self, now: Now) {
        let alone = self.seats.is_empty();
        let at = self
            .linger
            .filter(|_| alone)
            .map(|linger| now.mono + linger);
        self.timers.set(Wake::Linger, at);
    }

    /// Starts the link, if it is wanted and can be.
    fn bring_up(&mut self, scene: &mut Scene<'_>) {
        let Some(primitive) = presence::primitive(self.wish) else {
            return;
        };
        if self.ready && !self.stopping {
            self.refused = false;
            let mood = self.state.mood.clone();
            self.with_link(scene, |link, now, out| {
                link.show(now, primitive, &mood, out);
                link.start(out);
            });
        }
    }

    fn event(&self, scene: &mut Scene<'_>, kind: EventKind, detail: String) {
        scene.out.push(AccountOutput::Event(Event::account(
            kind, &self.name, detail,
        )));
    }
}

/// As much of `text` as fits into so many bytes, cut between two characters.
fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}
