//! How much memory the chats take, and which are forgotten when there are too many of them.
//! Never forgets a chat with a mark, nor a group chat that the account is in.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::members::entry_bytes;
use super::{Chat, ChatId, Chats, Group};
use crate::account::messages::Messages;
use crate::account::records::Standing;
use crate::journal::Journal;
use crate::weighed::{Weight, in_tree};

/// What dialogs find, however much the chats take that are not forgotten: bytes for a few of them.
const DIALOG_BYTES: usize = 4 * 1024;

impl Weight for Group {
    fn outside(&self) -> usize {
        let texts = [&self.gid, &self.creator, &self.topic].map(Weight::outside);
        texts.iter().sum::<usize>() + self.adder.outside()
    }
}

impl Chat {
    /// About how many bytes it takes, with all by which it is found.
    pub(super) fn bytes(&self, id: &str) -> usize {
        let name = in_tree::<(String, ChatId)>();
        let dialog = self.dialog.as_ref();
        let dialog = dialog.map_or(0, |(partner, _)| name + 2 * partner.outside());
        let group = self.group.as_ref();
        let group = group.map_or(0, |group| {
            size_of::<Group>() + group.outside() + name + group.gid.outside()
        });
        let own = in_tree::<(ChatId, Self)>() + in_tree::<(u64, ChatId)>() + 2 * id.outside();
        own + dialog + group + self.members.bytes()
    }

    /// It may be forgotten when there are too many.
    pub(super) fn may_go(&self) -> bool {
        let is_in = self
            .group
            .as_ref()
            .is_some_and(|group| group.standing == Standing::In);
        !self.bookmarked && !is_in
    }

    pub(super) fn touched(&self) -> u64 {
        self.written.max(self.created)
    }
}

/// What is counted of one chat.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Count {
    bytes: usize,
    /// When it was used last, if it may be forgotten.
    idle: Option<u64>,
}

impl Count {
    fn of(id: &str, chat: &Chat) -> Self {
        Self {
            bytes: chat.bytes(id),
            idle: chat.may_go().then(|| chat.touched()),
        }
    }
}

impl Chats {
    /// About how many bytes they take.
    pub(in crate::account) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Counts a chat that comes to the others.
    pub(super) fn count_in(&mut self, id: &ChatId, chat: &Chat) {
        self.add(id, Count::of(id, chat));
    }

    /// Counts a chat no more.
    pub(super) fn count_out(&mut self, id: &ChatId, chat: &Chat) {
        self.subtract(id, Count::of(id, chat));
    }

    fn add(&mut self, id: &ChatId, count: Count) {
        self.bytes += count.bytes;
        match count.idle {
            Some(touched) => {
                self.idle.insert((touched, Arc::clone(id)));
            }
            None => self.pinned_bytes += count.bytes,
        }
    }

    fn subtract(&mut self, id: &ChatId, count: Count) {
        self.bytes -= count.bytes;
        match count.idle {
            Some(touched) => {
                self.idle.remove(&(touched, Arc::clone(id)));
            }
            None => self.pinned_bytes -= count.bytes,
        }
    }

    /// Changes a chat; afterwards it is [`Chats::keep`] that makes it last.
    pub(in crate::account) fn change<T>(
        &mut self,
        id: &str,
        act: impl FnOnce(&mut Chat) -> T,
    ) -> Option<T> {
        let (id, _) = self.all.get_key_value(id)?;
        let id = Arc::clone(id);
        let chat = self.all.get_mut(&id)?;
        let before = Count::of(&id, chat);
        let result = act(chat);
        let after = Count::of(&id, chat);
        if before.idle == after.idle {
            self.bytes = self.bytes - before.bytes + after.bytes;
            if after.idle.is_none() {
                self.pinned_bytes = self.pinned_bytes - before.bytes + after.bytes;
            }
        } else {
            self.subtract(&id, before);
            self.add(&id, after);
        }
        Some(result)
    }

    /// Gives numbers to the members of a chat that have none. True if there were such.
    pub(in crate::account) fn number_members(
        &mut self,
        id: &ChatId,
        messages: &mut Messages,
    ) -> bool {
        let Some(chat) = self.all.get_mut(id) else {
            return false;
        };
        let given = chat.members.number(|| messages.number());
        for number in &given {
            self.numbers.insert(*number, Arc::clone(id));
        }
        !given.is_empty()
    }

    /// Forgets what was silent for longest, until there is room for one more of so many bytes. False if there is none even
    /// so.
    pub(super) fn make_room(&mut self, bytes: usize, journal: &mut Journal) -> bool {
        while self.all.len() >= self.max || self.bytes + bytes > self.bytes_max {
            if !self.forget_oldest(journal) {
                return false;
            }
        }
        true
    }

    /// They may take so many bytes from now on: forgets what was silent for longest, if they take more.
    pub(in crate::account) fn allow(&mut self, bytes_max: usize, journal: &mut Journal) {
        self.bytes_max = bytes_max;
        self.fit(journal);
    }

    /// Forgets what was silent for longest, if they take too much.
    pub(in crate::account) fn fit(&mut self, journal: &mut Journal) {
        while self.bytes > self.bytes_max && self.forget_oldest(journal) {}
    }

    fn forget_oldest(&mut self, journal: &mut Journal) -> bool {
        let Some((_, id)) = self.idle.first().cloned() else {
            return false;
        };
        if let Some(chat) = self.all.remove(&id) {
            self.count_out(&id, &chat);
            if let Some(group) = &chat.group {
                self.groups.remove(&group.gid);
            } else if let Some((partner, _)) = &chat.dialog {
                self.dialogs.remove(partner);
            }
            for (number, _) in chat.members.numbers() {
                self.numbers.remove(&number);
            }
        }
        journal.remove(self.keys.chat(&id));
        true
    }

    /// Whether one more chat may be kept for good: a dialog must always find room.
    pub(super) fn may_pin(&self) -> bool {
        self.all.len() - self.idle.len() + 1 < self.max
    }

    /// About how many bytes those take that are not forgotten.
    pub(in crate::account) const fn pinned_bytes(&self) -> usize {
        self.pinned_bytes
    }

    /// How many bytes more those that are not forgotten may take.
    pub(super) const fn left(&self) -> usize {
        let taken = self.pinned_bytes + DIALOG_BYTES;
        self.bytes_max.saturating_sub(taken)
    }

    /// Takes people into a chat as far as there is room for them, and says who was none of its members before.
    pub(super) fn join<'h>(
        &mut self,
        id: &str,
        handles: impl Iterator<Item = &'h str>,
        members_max: usize,
        journal: &mut Journal,
    ) -> Vec<&'h str> {
        let mut left = self.left();
        let came = self.change(id, |chat| {
            let mut came = Vec::new();
            for handle in handles {
                let is_known = chat.members.knows(handle);
                let bytes = entry_bytes(handle);
                let fits = is_known || chat.members.len() < members_max && bytes <= left;
                if fits && !is_known {
                    left -= bytes;
                }
                if fits && chat.members.join(handle) {
                    came.push(handle);
                }
            }
            came
        });
        self.fit(journal);
        came.unwrap_or_default()
    }

    /// Panics if it has lost count, or they take too much.
    pub(super) fn check_bytes(&self) {
        let chats = self.all.iter();
        let counts = chats.map(|(id, chat)| Count::of(id, chat));
        let (mut all, mut pinned) = (0, 0);
        for count in counts {
            all += count.bytes;
            pinned += if count.idle.is_none() { count.bytes } else { 0 };
        }
        assert_eq!(
            (self.bytes, self.pinned_bytes),
            (all, pinned),
            "the bytes of chats are counted"
        );
        assert!(
            self.bytes <= self.bytes_max.max(DIALOG_BYTES) || self.idle.len() <= 1,
            "chats that may be forgotten are, when all take {} bytes of {}",
            self.bytes,
            self.bytes_max
        );
    }
}
