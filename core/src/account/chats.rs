//! The chats of an account: dialogs and group chats, by their ids, with what of them outlives a restart.
//! Never sends anything and never reads the store: it says which record to write, and takes what was read.

mod actions;
mod deeds;
mod invariants;
mod lines;
mod members;
mod memory;
mod places;
mod rooms;
mod search;
mod stored;
#[cfg(test)]
mod tests;
mod told;

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;

use compact_str::CompactString;

use super::records::{Keys, Standing};
use crate::config::Limits;
use crate::handle::{canonical, same};
use crate::journal::{Journal, Ticket};
use crate::skype::{dialog_partner, group_chat_id, later_dialog_chat_id};

pub(super) use deeds::Acts;
pub(super) use lines::News;
use members::Members;

/// The id of a chat, as clients know it.
pub(super) type ChatId = Arc<str>;

/// How old the stored time of the last text may be, in seconds: it is not written down with each of them.
const WRITTEN_EVERY: u64 = 24 * 60 * 60;

/// What a dialog that becomes a group chat takes at most, in bytes.
const WIDENED_BYTES: usize = 2 * 1024;

/// A chat by what it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// The dialog with somebody, whether anything is remembered of it or not.
    Dialog(CompactString),
    /// A group chat.
    Group(ChatId),
}

/// What is remembered of a chat.
#[derive(Debug, Default)]
pub(super) struct Chat {
    /// The other one of the dialog that it is, or was before it became a group chat, and how many there were before.
    pub(super) dialog: Option<(String, u32)>,
    /// What it has as a group chat.
    pub(super) group: Option<Box<Group>>,
    pub(super) members: Members,
    /// When it was made, in Unix seconds.
    pub(super) created: u64,
    /// When something was last written, in Unix seconds; 0 if nothing was.
    pub(super) written: u64,
    written_stored: u64,
    pub(super) bookmarked: bool,
    /// Clients have been told of it.
    pub(super) told: bool,
    /// Something has happened in it since the daemon started.
    pub(super) active: bool,
    /// All that is known of it is durable once this is.
    stored: Ticket,
}

/// What a group chat has beside.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// What the service calls it.
    pub(super) gid: String,
    /// Who has made it; its id depends on it.
    pub(super) creator: String,
    /// Who brought the account in.
    pub(super) adder: Option<String>,
    pub(super) topic: String,
    pub(super) standing: Standing,
    /// The present session of the service has told of it.
    confirmed: bool,
    /// How many of those with whom it was made have yet to be brought in: until then nobody's coming is told.
    opening: usize,
}

/// The chats of an account.
#[derive(Debug)]
pub(super) struct Chats {
    me: String,
    keys: Keys,
    all: BTreeMap<ChatId, Chat>,
    /// The dialog with each partner.
    dialogs: BTreeMap<String, ChatId>,
    /// Group chats, by what the service calls them.
    groups: BTreeMap<String, ChatId>,
    /// The chat of each member that has a number.
    numbers: BTreeMap<u32, ChatId>,
    /// The chats that may be forgotten, that of the longest silence first.
    idle: BTreeSet<(u64, ChatId)>,
    max: usize,
    /// What all take, and what those take that may not be forgotten.
    bytes: usize,
    pinned_bytes: usize,
    bytes_max: usize,
}

impl Chats {
    /// No chats of the user called so.
    pub(super) fn new(me: String, keys: Keys, limits: &Limits) -> Self {
        Self {
            me,
            keys,
            all: BTreeMap::new(),
            dialogs: BTreeMap::new(),
            groups: BTreeMap::new(),
            numbers: BTreeMap::new(),
            idle: BTreeSet::new(),
            max: limits.chats,
            bytes: 0,
            pinned_bytes: 0,
            bytes_max: crate::account::memory::pool(limits.account_bytes),
        }
    }

    fn insert(&mut self, id: ChatId, chat: Chat) {
        if let Some(group) = &chat.group {
            self.groups.insert(group.gid.clone(), Arc::clone(&id));
        } else if let Some((partner, _)) = &chat.dialog {
            self.dialogs.insert(partner.clone(), Arc::clone(&id));
        }
        for (number, _) in chat.members.numbers() {
            self.numbers.insert(number, Arc::clone(&id));
        }
        self.count_in(&id, &chat);
        self.all.insert(id, chat);
    }

    /// A chat that is remembered.
    pub(super) fn get(&self, id: &str) -> Option<&Chat> {
        self.all.get(id)
    }

    /// What is remembered of a chat.
    pub(super) fn at(&self, place: &Place) -> Option<&Chat> {
        match place {
            Place::Dialog(partner) => {
                let id = self.dialogs.get(partner.as_str());
                id.and_then(|id| self.all.get(id))
            }
            Place::Group(id) => self.all.get(id),
        }
    }

    /// All that are remembered.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&ChatId, &Chat)> {
        self.all.iter()
    }

    /// Handles of those with whom something was ever written in a dialog.
    pub(super) fn written_to(&self) -> impl Iterator<Item = &str> {
        self.dialogs.iter().filter_map(|(handle, id)| {
            let chat = self.all.get(id)?;
            (chat.written > 0).then_some(handle.as_str())
        })
    }

    /// The group chat that the service calls so.
    pub(super) fn group(&self, gid: &str) -> Option<ChatId> {
        self.groups.get(gid).cloned()
    }

    /// The chat that a client means; `None` if there can be none of that id.
    pub(super) fn find(&self, asked: &str) -> Option<Place> {
        let asked = canonical(asked);
        if let Some((id, chat)) = self.all.get_key_value(&*asked) {
            return Some(match (&chat.group, &chat.dialog) {
                (None, Some((partner, _))) => Place::Dialog(partner.into()),
                (Some(_), _) | (None, None) => Place::Group(Arc::clone(id)),
            });
        }
        let (one, other) = dialog_partner(&asked)?;
        let partner = if same(one, &self.me) { other } else { one };
        let is_mine = same(one, &self.me) != same(other, &self.me);
        is_mine.then(|| Place::Dialog(partner.into()))
    }

    /// The id of a chat.
    pub(super) fn id(&self, place: &Place) -> ChatId {
        match place {
            Place::Dialog(partner) => self.dialog(partner).0,
            Place::Group(id) => Arc::clone(id),
        }
    }

    /// The id of the dialog with `partner`, and how many there were before: those that have become group chats keep
    /// their ids.
    pub(super) fn dialog(&self, partner: &str) -> (ChatId, u32) {
        let known = self.present_dialog(partner);
        known
            .map(|(id, generation)| (Arc::clone(id), generation))
            .unwrap_or_else(|| {
                let mut generation = 0;
                loop {
                    let id = later_dialog_chat_id(&self.me, partner, generation);
                    if !self.all.contains_key(&*id) {
                        return (id.into(), generation);
                    }
                    generation += 1;
                }
            })
    }

    /// The dialog with `partner` that is remembered, and how many there were before.
    fn present_dialog(&self, partner: &str) -> Option<(&ChatId, u32)> {
        let id = self.dialogs.get(partner)?;
        let (_, generation) = self.all.get(id)?.dialog.as_ref()?;
        Some((id, *generation))
    }

    /// Chat and handle of the member of this number.
    pub(super) fn member(&self, number: u32) -> Option<(&ChatId, &Chat, &str)> {
        let id = self.numbers.get(&number)?;
        let chat = self.all.get(id)?;
        let (_, handle) = chat.members.numbers().find(|(own, _)| *own == number)?;
        Some((id, chat, handle))
    }

    /// Remembers the dialog with `partner` from now on.
    pub(super) fn open_dialog(&mut self, partner: &str, now: u64, journal: &mut Journal) -> ChatId {
        if let Some(id) = self.dialogs.get(partner) {
            return Arc::clone(id);
        }
        let (id, generation) = self.dialog(partner);
        let mut chat = Chat {
            dialog: Some((partner.into(), generation)),
            created: now,
            ..Chat::default()
        };
        chat.members.join(&self.me);
        chat.members.join(partner);
        self.make_room(chat.bytes(&id), journal);
        self.insert(Arc::clone(&id), chat);
        self.keep(&id, journal);
        id
    }

    /// Remembers a group chat. `None` if there is no room for it, or its id is that of another one.
    pub(super) fn open_group(
        &mut self,
        group: Group,
        now: u64,
        journal: &mut Journal,
    ) -> Option<ChatId> {
        let id: ChatId = group_chat_id(&group.creator, &group.gid).into();
        let mut chat = Chat {
            group: Some(group.into()),
            created: now,
            active: true,
            ..Chat::default()
        };
        chat.members.join(&self.me);
        let bytes = chat.bytes(&id);
        let fits = self.may_pin() && bytes <= self.left();
        if self.all.contains_key(&id) || !fits || !self.make_room(bytes, journal) {
            return None;
        }
        self.insert(Arc::clone(&id), chat);
        Some(id)
    }

    /// Makes the dialog with `partner` a group chat under the same id. The next dialog with them will have another one.
    pub(super) fn widen(
        &mut self,
        partner: &str,
        group: Group,
        now: u64,
        journal: &mut Journal,
    ) -> Option<ChatId> {
        if !self.may_pin() || self.left() < WIDENED_BYTES {
            return None;
        }
        let id = self.open_dialog(partner, now, journal);
        let mut chat = self.all.remove(&id)?;
        self.count_out(&id, &chat);
        self.dialogs.remove(partner);
        chat.members.leave(partner);
        chat.group = Some(group.into());
        chat.active = true;
        self.insert(Arc::clone(&id), chat);
        self.fit(journal);
        Some(id)
    }

    /// True if what is known of a chat cannot be lost any more, the numbers of its members included.
    pub(super) fn is_durable(&self, id: &str, journal: &Journal) -> bool {
        self.all
            .get(id)
            .is_none_or(|chat| journal.is_durable(chat.stored))
    }

    /// Something is written in a chat. True if that is the first of whoever wrote it, as far as is known.
    pub(super) fn write(&mut self, id: &str, now: u64, by: &str, journal: &mut Journal) -> bool {
        let result = self.change(id, |chat| {
            chat.written = now;
            chat.active = true;
            let overdue = now >= chat.written_stored.saturating_add(WRITTEN_EVERY);
            (overdue, chat.members.wrote(by))
        });
        let (overdue, first) = result.unwrap_or_default();
        if overdue {
            self.keep(id, journal);
        }
        first
    }
}
