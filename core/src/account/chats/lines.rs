//! What clients are told of chats, as lines, in the order in which they want to hear it.
//! Never changes a chat, but for noting that clients have been told of it.
//!
//! See `core/docs/skype-api.md`, "Chats".

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use super::{ChatId, Place};
use crate::account::records::MessageRecord;
use crate::account::{Account, Scene};
use crate::skype::{ChatMemberProperty, ChatProperty, Reply, Value};

/// What is new about a chat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::account) enum News {
    /// The account has made it.
    Made,
    /// All with whom it was made are in it.
    Opened,
    /// It was a dialog.
    Widened,
    /// Its members are others.
    Members,
    /// Its topic is another one.
    Topic,
    /// Somebody has written in it for the first time.
    Posters,
    /// The account is not in it any more; it had a mark before.
    Left {
        /// Whether it had a mark.
        marked: bool,
    },
    /// It has a mark now, or none any more.
    Bookmarked,
}

/// One line of a telling.
#[derive(Clone, Copy)]
enum Tell {
    /// This property of the chat.
    Chat(ChatProperty),
    /// The role of the account's own member, if it has a number.
    OwnRole,
}

/// A chat that clients have not heard of, before its first message.
const INTRODUCTION: &[Tell] = &[
    Tell::Chat(ChatProperty::Name),
    Tell::Chat(ChatProperty::Status),
    Tell::OwnRole,
    Tell::Chat(ChatProperty::MyRole),
    Tell::Chat(ChatProperty::Members),
    Tell::Chat(ChatProperty::FriendlyName),
    Tell::Chat(ChatProperty::ActiveMembers),
    Tell::Chat(ChatProperty::Timestamp),
    Tell::Chat(ChatProperty::Adder),
    Tell::Chat(ChatProperty::DialogPartner),
    Tell::Chat(ChatProperty::Options),
    Tell::Chat(ChatProperty::Topic),
    Tell::Chat(ChatProperty::Status),
];

const MADE: &[Tell] = &[
    Tell::Chat(ChatProperty::Name),
    Tell::Chat(ChatProperty::ActivityTimestamp),
    Tell::Chat(ChatProperty::Status),
    Tell::Chat(ChatProperty::Type),
    Tell::OwnRole,
    Tell::Chat(ChatProperty::MyRole),
    Tell::Chat(ChatProperty::Members),
    Tell::Chat(ChatProperty::ActiveMembers),
    Tell::Chat(ChatProperty::MyStatus),
    Tell::Chat(ChatProperty::Options),
    Tell::Chat(ChatProperty::Status),
    Tell::Chat(ChatProperty::Timestamp),
];

const OPENED: &[Tell] = &[
    Tell::Chat(ChatProperty::Members),
    Tell::Chat(ChatProperty::FriendlyName),
];

const WIDENED: &[Tell] = &[
    Tell::Chat(ChatProperty::Status),
    Tell::Chat(ChatProperty::Members),
    Tell::Chat(ChatProperty::FriendlyName),
];

const MEMBERS: &[Tell] = &[
    Tell::Chat(ChatProperty::Members),
    Tell::Chat(ChatProperty::ActiveMembers),
    Tell::Chat(ChatProperty::FriendlyName),
];

const TOPIC: &[Tell] = &[
    Tell::Chat(ChatProperty::Topic),
    Tell::Chat(ChatProperty::FriendlyName),
];

const POSTERS: &[Tell] = &[Tell::Chat(ChatProperty::Posters)];

const LEFT: &[Tell] = &[
    Tell::Chat(ChatProperty::Members),
    Tell::Chat(ChatProperty::ActiveMembers),
    Tell::Chat(ChatProperty::MyStatus),
    Tell::Chat(ChatProperty::Status),
];

const BOOKMARKED: &[Tell] = &[Tell::Chat(ChatProperty::Bookmarked)];

impl Account {
    /// The lines about a chat that clients have not heard of; none if they have. From now on they have.
    pub(in crate::account) fn introduction(
        &mut self,
        scene: &Scene<'_>,
        place: &Place,
    ) -> Vec<Reply<'static>> {
        let id = self.chats.id(place);
        let was_told = self
            .chats
            .change(&id, |chat| core::mem::replace(&mut chat.told, true));
        if was_told == Some(false) {
            self.lines(scene, place, INTRODUCTION)
        } else {
            Vec::new()
        }
    }

    /// Tells clients of a chat before its first message.
    pub(in crate::account) fn introduce(&mut self, scene: &mut Scene<'_>, place: &Place) {
        for line in self.introduction(scene, place) {
            scene.notice(line);
        }
    }

    /// The lines about the chat of a message that clients have not heard of.
    pub(in crate::account) fn introduction_to(
        &mut self,
        scene: &Scene<'_>,
        number: u32,
    ) -> Vec<Reply<'static>> {
        let place = self
            .messages
            .get(number)
            .and_then(|message: &MessageRecord| self.chats.place_of(message));
        place.map_or_else(Vec::new, |place| self.introduction(scene, &place))
    }

    /// Tells clients, if there are any, of the chat of a message.
    pub(in crate::account) fn introduce_to(&mut self, scene: &mut Scene<'_>, number: u32) {
        if self.listeners > 0 {
            for line in self.introduction_to(scene, number) {
                scene.notice(line);
            }
        }
    }

    /// Tells clients, if there are any, what is new about a chat.
    pub(in crate::account) fn tell_chat(&mut self, scene: &mut Scene<'_>, id: &ChatId, news: News) {
        if self.listeners == 0 {
            return;
        }
        let Some(place) = self.chats.find(id) else {
            return;
        };
        let tells = match news {
            News::Made => MADE,
            News::Opened => OPENED,
            News::Widened => WIDENED,
            News::Members => MEMBERS,
            News::Topic => TOPIC,
            News::Posters => POSTERS,
            News::Left { .. } => LEFT,
            News::Bookmarked => BOOKMARKED,
        };
        let mut lines = self.lines(scene, &place, tells);
        if news == (News::Left { marked: true }) {
            lines.extend(self.lines(scene, &place, BOOKMARKED));
        }
        if matches!(news, News::Made | News::Widened) {
            self.chats.change(id, |chat| chat.told = true);
        }
        for line in lines {
            scene.notice(line);
        }
    }

    fn lines(&self, scene: &Scene<'_>, place: &Place, tells: &[Tell]) -> Vec<Reply<'static>> {
        let id = self.chats.id(place);
        let is_group = matches!(place, Place::Group(_));
        let line = |tell: &Tell| match tell {
            Tell::Chat(ChatProperty::Adder | ChatProperty::Options) if !is_group => None,
            Tell::Chat(ChatProperty::DialogPartner) if is_group => None,
            Tell::Chat(property) => Some(Reply::Chat {
                chat: id.as_ref().to_owned().into(),
                property: *property,
                value: self.chat_value(place, *property, scene.now),
            }),
            Tell::OwnRole => self.own_role(&id),
        };
        tells.iter().filter_map(line).collect()
    }

    fn own_role(&self, id: &ChatId) -> Option<Reply<'static>> {
        let chat = self.chats.get(id).filter(|chat| chat.group.is_some())?;
        let number = chat.members.number_of(&self.handle);
        (number != 0).then(|| Reply::ChatMember {
            member: number.into(),
            property: ChatMemberProperty::Role,
            value: Value::from(chat.role(&self.handle)),
        })
    }
}
