//! What is asked of the service about group chats for clients, and what comes of it.
//! Never answers a client: it notes how far its command is.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::{ChatId, Group, News};
use crate::account::{Account, AccountOutput, Scene};
use crate::event::EventKind;
use crate::imo::call::Call;
use crate::imo::link::CallId;
use crate::imo::notice::{Outcome, Refusal};
use crate::io::ConnId;
use crate::time::Instant;

/// Length of the name by which a group that was asked for is known again.
const NAME_LENGTH: usize = 16;
/// Groups that were asked for and have not come, of which the service says that it has made them.
const MAKING_MAX: usize = 64;
/// How long after its time a command is forgotten whose client has left.
const FORGET_AFTER: Duration = Duration::from_secs(10);

/// A command that may be asked again: the client, and when it asked first.
pub(in crate::account) type Asker = (ConnId, Instant);

/// Something that the service was asked to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Wish {
    /// Make the group of this name.
    Create(String),
    /// Bring somebody in; one of those with whom the group was made.
    Invite { handle: String, first: bool },
    /// Throw somebody out.
    Kick(String),
    /// Another topic.
    Topic(String),
    /// Go out.
    Leave,
}

/// A call about a group that is on its way.
#[derive(Debug)]
pub(super) struct Deed {
    pub(super) asker: Asker,
    /// The group, unless it is yet to be made.
    gid: String,
    wish: Wish,
    /// The service has told of it before it has answered: what it answers changes nothing.
    told: bool,
}

/// A group that is yet to be made.
#[derive(Debug)]
pub(super) struct Making {
    pub(super) asker: Asker,
    pub(super) targets: Vec<String>,
    /// The partner of the dialog that it grows out of.
    pub(super) widens: Option<String>,
    /// Nobody wants it any more.
    pub(super) forsaken: bool,
}

/// What has become of a command so far.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) until: Instant,
    /// Calls that are not done.
    pub(super) open: usize,
    pub(super) done: usize,
    pub(super) refused: usize,
    /// The group that was made.
    pub(super) made: Option<ChatId>,
}

/// The commands that wait, and the calls about groups that are on their way.
#[derive(Debug, Default)]
pub(in crate::account) struct Acts {
    pub(super) waiting: BTreeMap<Asker, Progress>,
    pub(super) deeds: BTreeMap<CallId, Deed>,
    pub(super) making: BTreeMap<String, Making>,
}

impl Acts {
    /// The calls that are on their way.
    pub(in crate::account) fn calls(&self) -> impl Iterator<Item = CallId> {
        self.deeds.keys().copied()
    }

    /// A group has this topic now. True if the account was about to give it. That is done then, and the answer must not do
    /// it again: somebody else may have given another topic by the time it comes.
    pub(super) fn topic_is_told(&mut self, gid: &str, topic: &str) -> bool {
        let is_it = |deed: &&mut Deed| {
            deed.gid == gid && matches!(&deed.wish, Wish::Topic(wished) if wished == topic)
        };
        let deed = self.deeds.values_mut().find(is_it);
        deed.map(|deed| deed.told = true).is_some()
    }

    /// The account is about to throw somebody out of a group.
    pub(super) fn is_kicking(&self, gid: &str, handle: &str) -> bool {
        let is_it =
            |deed: &Deed| deed.gid == gid && matches!(&deed.wish, Wish::Kick(who) if who == handle);
        self.deeds.values().any(is_it)
    }

    pub(super) fn wait(&mut self, asker: Asker, now: Instant, until: Instant, open: usize) {
        // A client that has left never asks again.
        self.waiting
            .retain(|_, progress| progress.until + FORGET_AFTER > now);
        let progress = Progress {
            until,
            open,
            ..Progress::default()
        };
        self.waiting.insert(asker, progress);
    }

    fn settle(&mut self, asker: Asker, ok: bool) {
        if let Some(progress) = self.waiting.get_mut(&asker) {
            progress.open = progress.open.saturating_sub(1);
            progress.done += usize::from(ok);
            progress.refused += usize::from(!ok);
        }
    }
}

impl Account {
    /// Asks for a new group.
    pub(super) fn make(
        &mut self,
        scene: &mut Scene<'_>,
        asker: Asker,
        targets: Vec<String>,
        widens: Option<String>,
    ) {
        let name = String::from(self.rng.alphanumeric(NAME_LENGTH));
        let making = Making {
            asker,
            targets,
            widens,
            forsaken: false,
        };
        let targets = |acts: &Acts| {
            let making = acts.making.values();
            making.map(|making| making.targets.len()).sum::<usize>()
        };
        while self.acts.making.len() >= MAKING_MAX
            || !self.acts.making.is_empty()
                && targets(&self.acts) + making.targets.len() > self.limits.calls_waiting
        {
            self.acts.making.pop_first();
        }
        self.acts.making.insert(name.clone(), making);
        self.wish(scene, asker, "", Wish::Create(name));
    }

    /// Asks something of the service.
    pub(super) fn wish(&mut self, scene: &mut Scene<'_>, asker: Asker, gid: &str, wish: Wish) {
        let group = gid.to_owned();
        let call = match wish.clone() {
            Wish::Create(name) => Call::CreateGroup { name },
            Wish::Invite { handle: buddy, .. } => Call::Invite { group, buddy },
            Wish::Kick(member) => Call::Kick { group, member },
            Wish::Topic(topic) => Call::SetTopic { group, topic },
            Wish::Leave => Call::LeaveGroup { group },
        };
        let gid = gid.to_owned();
        // A call is never done before it is made: it can be noted afterwards.
        let id = self.with_link(scene, |link, now, out| link.call(now, call, out));
        let deed = Deed {
            asker,
            gid,
            wish,
            told: false,
        };
        self.acts.deeds.insert(id, deed);
    }

    /// The service has made a group of this name. False if nobody has asked for it.
    pub(super) fn made(&mut self, scene: &mut Scene<'_>, gid: &str, name: &str) -> bool {
        let Some(making) = self.acts.making.remove(name) else {
            return false;
        };
        scene.out.push(AccountOutput::Wake);
        if making.forsaken {
            self.wish(scene, making.asker, gid, Wish::Leave);
            return true;
        }
        let group = Group {
            gid: gid.to_owned(),
            creator: self.handle.clone(),
            confirmed: true,
            opening: making.targets.len(),
            ..Group::default()
        };
        let now = scene.now.wall.as_seconds();
        let id = match &making.widens {
            Some(partner) => self.chats.widen(partner, group, now, scene.journal),
            None => self.come_into(scene, group),
        };
        let Some(id) = id else {
            self.acts.settle(making.asker, false);
            self.wish(scene, making.asker, gid, Wish::Leave);
            return true;
        };
        self.chats.number_members(&id, &mut self.messages);
        self.chats.keep(&id, scene.journal);
        self.reserve(scene);
        if making.widens.is_none() {
            self.news(scene, &id, News::Made);
            if making.targets.is_empty() {
                self.news(scene, &id, News::Opened);
            }
        }
        if let Some(progress) = self.acts.waiting.get_mut(&making.asker) {
            progress.made = Some(id.clone());
            progress.open += making.targets.len();
        }
        self.acts.settle(making.asker, true);
        for handle in making.targets {
            let wish = Wish::Invite {
                handle,
                first: true,
            };
            self.wish(scene, making.asker, gid, wish);
        }
        true
    }

    /// The service has done what it was asked to do about a group, or has refused it. False if it was not about one.
    pub(in crate::account) fn deed_done(
        &mut self,
        scene: &mut Scene<'_>,
        call: CallId,
        result: &Result<Outcome, Refusal>,
    ) -> bool {
        let Some(deed) = self.acts.deeds.remove(&call) else {
            return false;
        };
        let Deed {
            asker,
            gid,
            wish,
            told,
        } = deed;
        if let Err(refusal) = result {
            let detail = alloc::format!("a wish about a group chat was refused: {}", refusal.msg);
            self.event(scene, EventKind::CallRefused, detail);
        }
        let ok = result.is_ok();
        if let Wish::Create(name) = &wish {
            // That it is made is told with the roster.
            if !ok && self.acts.making.remove(name).is_some() {
                self.acts.settle(asker, false);
            }
            return true;
        }
        self.acts.settle(asker, ok);
        if let Some(id) = self.chats.group(&gid) {
            self.fulfilled(scene, &id, wish, ok && !told);
        }
        true
    }

    fn fulfilled(&mut self, scene: &mut Scene<'_>, id: &ChatId, wish: Wish, ok: bool) {
        let me = self.handle.clone();
        match wish {
            Wish::Invite { handle, first } => {
                if ok {
                    self.members_came(scene, id, &[handle], Some(&me));
                }
                if first {
                    self.opened(scene, id);
                }
            }
            Wish::Kick(handle) if ok => self.member_gone(scene, id, &handle, Some(&me)),
            Wish::Topic(topic) if ok => self.topic_set(scene, id, &topic),
            Wish::Leave if ok => self.out_of(scene, id, None),
            Wish::Create(_) | Wish::Kick(_) | Wish::Topic(_) | Wish::Leave => {}
        }
    }

    /// One more of those with whom a group was made is in it, or will not be.
    fn opened(&mut self, scene: &mut Scene<'_>, id: &ChatId) {
        let last = self.chats.change(id, |chat| {
            let was_dialog = chat.dialog.is_some();
            let group = chat.group.as_mut()?;
            group.opening = group.opening.saturating_sub(1);
            (group.opening == 0).then_some(was_dialog)
        });
        match last.flatten() {
            Some(true) => self.news(scene, id, News::Widened),
            Some(false) => self.news(scene, id, News::Opened),
            None => {}
        }
    }
}
