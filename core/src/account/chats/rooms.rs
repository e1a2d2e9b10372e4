//! What happens in a group chat: who comes and goes, what it is about, and the messages that say so.
//! Never knows how it was learnt: by a notice of the service, or as the result of an own wish.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::{ChatId, Group, News};
use crate::account::records::{MessageKind, MessageRecord, Standing};
use crate::account::{Account, Held, Scene};
use crate::handle::is_handle;
use crate::imo::buid::group_buid;
use crate::weighed::Weight;

impl Account {
    /// Whether it is the account itself that is called so.
    pub(in crate::account) fn is_me(&self, handle: &str) -> bool {
        handle == self.handle
    }

    /// These are members of a group chat now; `by` brought them in.
    pub(super) fn members_came(
        &mut self,
        scene: &mut Scene<'_>,
        id: &ChatId,
        handles: &[String],
        by: Option<&str>,
    ) {
        let Some(group) = self.chats.get(id).map(|chat| chat.group.as_ref()) else {
            return;
        };
        let opening = group.is_some_and(|group| group.opening > 0);
        let proper = handles
            .iter()
            .map(String::as_str)
            .filter(|one| is_handle(one));
        let members_max = self.limits.group_members;
        let came = self.chats.join(id, proper, members_max, scene.journal);
        let came: Vec<String> = came.into_iter().map(String::from).collect();
        if came.is_empty() {
            return;
        }
        self.chats.number_members(id, &mut self.messages);
        self.chats.keep(id, scene.journal);
        if opening {
            return;
        }
        let author = by.or_else(|| came.first().map(String::as_str));
        let author = author.unwrap_or_default().to_owned();
        self.record(
            scene,
            id,
            &author,
            (MessageKind::Added, String::new()),
            came,
        );
        self.news(scene, id, News::Members);
    }

    /// Somebody is no member of a group chat any more; `by` threw them out, if anybody did.
    pub(super) fn member_gone(
        &mut self,
        scene: &mut Scene<'_>,
        id: &ChatId,
        handle: &str,
        by: Option<&str>,
    ) {
        if self.is_me(handle) {
            self.out_of(scene, id, by);
            return;
        }
        if self.chats.change(id, |chat| chat.members.leave(handle)) != Some(true) {
            return;
        }
        self.chats.keep(id, scene.journal);
        match by {
            Some(by) => {
                let what = (MessageKind::Kicked, String::new());
                self.record(scene, id, by, what, [handle.to_owned()].into());
            }
            None => {
                let what = (MessageKind::Left, String::new());
                self.record(scene, id, handle, what, Vec::new());
            }
        }
        self.news(scene, id, News::Members);
    }

    /// The account is not in a group chat any more; `by` threw it out, if anybody did.
    pub(super) fn out_of(&mut self, scene: &mut Scene<'_>, id: &ChatId, by: Option<&str>) {
        let me = self.handle.clone();
        let standing = if by.is_some() {
            Standing::Kicked
        } else {
            Standing::Out
        };
        let change = self.chats.change(id, |chat| {
            let group = chat.group.as_mut()?;
            if group.standing != Standing::In {
                return None;
            }
            group.standing = standing;
            chat.members.leave(&me);
            Some(core::mem::take(&mut chat.bookmarked))
        });
        let Some(Some(marked)) = change else {
            return;
        };
        self.chats.keep(id, scene.journal);
        if let Some(by) = by {
            let what = (MessageKind::Kicked, String::new());
            self.record(scene, id, by, what, [me].into());
        }
        self.news(scene, id, News::Left { marked });
    }

    /// A group chat has this topic now. True if it had another one.
    pub(in crate::account) fn topic_is(
        &mut self,
        scene: &mut Scene<'_>,
        id: &ChatId,
        topic: &str,
    ) -> bool {
        let left = self.chats.left();
        let differs = self.chats.change(id, |chat| {
            let group = chat.group.as_mut()?;
            // One for which there is no room is not taken on.
            let differs = group.topic != topic && topic.outside() <= group.topic.outside() + left;
            if differs {
                topic.clone_into(&mut group.topic);
            }
            Some(differs)
        });
        self.chats.fit(scene.journal);
        let differs = differs.flatten() == Some(true);
        if differs {
            self.chats.keep(id, scene.journal);
        }
        differs
    }

    /// The account has given a group chat this topic.
    pub(super) fn topic_set(&mut self, scene: &mut Scene<'_>, id: &ChatId, topic: &str) {
        if self.topic_is(scene, id, topic) {
            let me = self.handle.clone();
            let what = (MessageKind::Topic, topic.to_owned());
            self.record(scene, id, &me, what, Vec::new());
            self.news(scene, id, News::Topic);
        }
    }

    /// The account is in a group chat that it was not in, or that nobody has heard of.
    pub(super) fn come_into(&mut self, scene: &mut Scene<'_>, group: Group) -> Option<ChatId> {
        let now = scene.now.wall.as_seconds();
        let id = match self.chats.group(&group.gid) {
            Some(id) => {
                let me = self.handle.clone();
                let left = self.chats.left();
                let is_in = self.chats.change(&id, |chat| {
                    let bytes = chat.bytes(&id) + group.topic.outside();
                    if chat.may_go() && bytes > left {
                        return false;
                    }
                    chat.members.join(&me);
                    chat.told = false;
                    chat.active = true;
                    let known = chat.group.get_or_insert_default();
                    known.standing = Standing::In;
                    known.confirmed = true;
                    known.topic = group.topic;
                    known.adder = group.adder;
                    true
                });
                self.chats.fit(scene.journal);
                is_in.filter(|is_in| *is_in).map(|_| id)
            }
            None => self.chats.open_group(group, now, scene.journal),
        };
        let Some(id) = id else {
            let detail = "a group chat cannot be taken".into();
            self.fault(scene, detail);
            return None;
        };
        self.chats.number_members(&id, &mut self.messages);
        self.chats.keep(&id, scene.journal);
        self.reserve(scene);
        Some(id)
    }

    /// Keeps a message that says what has happened in a group chat, and lets it be announced.
    pub(super) fn record(
        &mut self,
        scene: &mut Scene<'_>,
        id: &ChatId,
        author: &str,
        (kind, body): (MessageKind, String),
        users: Vec<String>,
    ) {
        let Some(group) = self.chats.get(id).and_then(|chat| chat.group.as_ref()) else {
            return;
        };
        let own = self.is_me(author);
        let record = MessageRecord {
            partner: group_buid(&group.gid).into(),
            own,
            author: (!own).then(|| author.into()),
            kind,
            body: body.into(),
            users,
            timestamp: scene.now.wall.as_seconds(),
            ..MessageRecord::default()
        };
        self.keep_message(scene, record);
    }

    /// Keeps a message that is not to be sent, and lets it be announced.
    pub(in crate::account) fn keep_message(
        &mut self,
        scene: &mut Scene<'_>,
        record: MessageRecord,
    ) {
        let place = self.chats.place_of(&record);
        let posted = place.filter(|place| self.note_written(scene, place, &record));
        let held = if record.own {
            Held::Sent(self.messages.add_sent(record, scene.journal))
        } else {
            Held::Received(self.messages.add_received(record, scene.journal))
        };
        self.reserve(scene);
        let ticket = scene.journal.latest();
        self.hold(scene, ticket, held);
        if let Some(place) = posted {
            self.tell_posters(scene, &place);
        }
    }

    /// Lets clients be told what is new about a chat.
    pub(in crate::account) fn news(&mut self, scene: &mut Scene<'_>, id: &ChatId, news: News) {
        let ticket = scene.journal.latest();
        self.hold(scene, ticket, Held::Chat(id.clone(), news));
    }
}
