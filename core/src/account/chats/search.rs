//! Which chats there are, by what clients look for.
//! Never reads the store itself: it says when the history is wanted.

use alloc::collections::BTreeSet;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Chat, ChatId};
use crate::account::records::Standing;
use crate::account::{Account, Answer, Scene};
use crate::skype::{ChatList, Reply};

impl Account {
    /// The chats of one kind, the latest first.
    pub(in crate::account) fn search_chats<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        list: ChatList,
    ) -> Answer<'a> {
        let found: Vec<ChatId> = match list {
            ChatList::Bookmarked => self.latest(|chat| chat.bookmarked),
            ChatList::Active => self.latest(|chat| chat.active),
            ChatList::Missed | ChatList::Recent | ChatList::All => {
                let Some(written) = self.written_in(list == ChatList::Missed) else {
                    self.fetch_history(scene);
                    return Answer::Wait(None);
                };
                written
            }
        };
        let ids = found.iter().map(|id| id.to_string().into());
        Answer::Reply(Reply::Chats(ids.collect()))
    }

    /// The chats that are remembered and fit, the latest first.
    fn latest(&self, fits: impl Fn(&Chat) -> bool) -> Vec<ChatId> {
        let fitting = self.chats.iter().filter(|(_, chat)| fits(chat));
        let mut found: Vec<(u64, &ChatId)> =
            fitting.map(|(id, chat)| (chat.touched(), id)).collect();
        found.sort_unstable_by(|one, other| other.cmp(one));
        found.into_iter().map(|(_, id)| id.clone()).collect()
    }

    /// The chats of the messages that are kept, or of those that were not read, the latest first; then, unless only
    /// those are wanted, the group chats in which nothing was written. `None` if the history has to be read first.
    fn written_in(&self, unread_only: bool) -> Option<Vec<ChatId>> {
        let history = self.history.as_ref()?;
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for entry in history.iter().rev() {
            let wanted = !unread_only || self.messages.is_unread(entry.number);
            if wanted
                && seen.insert((&entry.partner, entry.generation))
                && let Some(place) = self.chats.place(&entry.partner, entry.generation)
            {
                let id = self.chats.id(&place);
                if ids.insert(id.clone()) {
                    found.push(id);
                }
            }
        }
        if !unread_only {
            let is_in = |chat: &Chat| {
                let group = chat.group.as_ref();
                group.is_some_and(|group| group.standing == Standing::In)
            };
            found.extend(
                self.latest(is_in)
                    .into_iter()
                    .filter(|id| !ids.contains(id)),
            );
        }
        Some(found)
    }
}
