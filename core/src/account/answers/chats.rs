//! What an account answers when it is asked for properties of chats and of their members.
//! Never changes a chat, but for giving numbers to members that have none.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::account::chats::{Chat, Group, Place};
use crate::account::records::Standing;
use crate::account::{Account, Answer, Held, HistoryEntry, Scene};
use crate::skype::{
    ChatMemberProperty, ChatProperty, ChatStatus, ChatType, ErrorReply, Id, MyStatus, Reply, Role,
    Value,
};
use crate::time::Now;

/// How many members a window is named after, if the chat has no topic.
const NAMED_MEMBERS: usize = 5;

impl Chat {
    /// What somebody may do in it.
    pub(in crate::account) fn role(&self, handle: &str) -> Role {
        let creator = self.group.as_ref().map(|group| group.creator.as_str());
        if creator == Some(handle) {
            Role::Creator
        } else {
            Role::User
        }
    }
}

impl Account {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other properties need no list"
    )]
    pub(in crate::account) fn chat_asked<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        chat: &'a str,
        property: ChatProperty,
    ) -> Answer<'a> {
        let Some(place) = self.chats.find(chat) else {
            return Answer::Reply(ErrorReply::GET_CHAT_UNKNOWN.into());
        };
        let value = match property {
            ChatProperty::ChatMessages | ChatProperty::RecentChatMessages => {
                let Some(history) = &self.history else {
                    self.fetch_history(scene);
                    return Answer::Wait(None);
                };
                let marks = self.chats.marks(&place);
                let is_in = |entry: &&HistoryEntry| {
                    let mut marks = marks.iter();
                    marks.any(|(with, generation)| {
                        *with == entry.partner && *generation == entry.generation
                    })
                };
                let recent = property == ChatProperty::RecentChatMessages;
                let most = if recent {
                    self.limits.messages_cached
                } else {
                    usize::MAX
                };
                let numbers = history.iter().rev().filter(is_in).map(|entry| entry.number);
                property.list(numbers.take(most))
            }
            ChatProperty::MemberObjects => match self.member_numbers(scene, &place) {
                Some(numbers) => property.list(numbers),
                None => return Answer::Wait(None),
            },
            other => self.chat_value(&place, other, scene.now),
        };
        Answer::Reply(Reply::Chat {
            chat: chat.into(),
            property,
            value,
        })
    }

    /// The numbers of the members of a chat; `None` until they are durable, so that they stay the same.
    fn member_numbers(&mut self, scene: &mut Scene<'_>, place: &Place) -> Option<Vec<u32>> {
        let id = match place {
            Place::Dialog(partner) => {
                let now = scene.now.wall.as_seconds();
                self.chats.open_dialog(partner, now, scene.journal)
            }
            Place::Group(id) => id.clone(),
        };
        if self.chats.number_members(&id, &mut self.messages) {
            let ticket = self.chats.keep(&id, scene.journal);
            let ticket = self
                .reserve(scene)
                .map_or(ticket, |reserved| reserved.max(ticket));
            self.hold(scene, ticket, Held::Wake);
        }
        if !self.chats.is_durable(&id, scene.journal) {
            return None;
        }
        let chat = self.chats.get(&id)?;
        let here = chat.members.here(&self.handle);
        Some(here.map(|(_, member)| member.number).collect())
    }

    /// A property of a chat that depends on no list of messages and on no number of a member.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other properties depend on the kind of the chat"
    )]
    pub(in crate::account) fn chat_value(
        &self,
        place: &Place,
        property: ChatProperty,
        now: Now,
    ) -> Value<'static> {
        if let Some(constant) = property.constant() {
            return constant.into();
        }
        let chat = self.chats.at(place);
        let of_both = match property {
            ChatProperty::Name => Some(self.chats.id(place).to_string().into()),
            ChatProperty::Timestamp => {
                let made = chat.map(|chat| chat.created).filter(|made| *made > 0);
                let since = || self.started.unwrap_or(now).wall.as_seconds();
                Some(made.unwrap_or_else(since).into())
            }
            ChatProperty::ActivityTimestamp => Some(chat.map_or(0, |chat| chat.written).into()),
            ChatProperty::Bookmarked => Some(chat.is_some_and(|chat| chat.bookmarked).into()),
            _ => None,
        };
        of_both.unwrap_or_else(|| match place {
            Place::Dialog(partner) => self.dialog_value(chat, partner, property),
            Place::Group(_) => match chat.and_then(|chat| Some((chat, chat.group.as_ref()?))) {
                Some((chat, group)) => self.group_value(chat, group, property),
                None => property.neutral().into(),
            },
        })
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other properties are neutral here"
    )]
    fn dialog_value(
        &self,
        chat: Option<&Chat>,
        partner: &str,
        property: ChatProperty,
    ) -> Value<'static> {
        let both = [self.handle.as_str(), partner];
        match property {
            ChatProperty::Status => ChatStatus::Dialog.into(),
            ChatProperty::Type => ChatType::Dialog.into(),
            ChatProperty::MyStatus => MyStatus::Subscribed.into(),
            ChatProperty::MyRole => Role::User.into(),
            ChatProperty::Members | ChatProperty::ActiveMembers => property.list(both),
            ChatProperty::Posters => {
                let Some(chat) = chat.filter(|chat| chat.written > 0) else {
                    return property.neutral().into();
                };
                let wrote = |handle: &&str| chat.members.has_written(handle);
                // Who wrote before the last start is not remembered.
                if both.iter().any(wrote) {
                    property.list(both.into_iter().filter(wrote))
                } else {
                    property.list(both)
                }
            }
            ChatProperty::FriendlyName => self.alias(partner).to_owned().into(),
            ChatProperty::DialogPartner => String::from(partner).into(),
            _ => property.neutral().into(),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other properties are neutral here"
    )]
    fn group_value(&self, chat: &Chat, group: &Group, property: ChatProperty) -> Value<'static> {
        let is_in = group.standing == Standing::In;
        let me = self.handle.as_str();
        match property {
            ChatProperty::Status if is_in => ChatStatus::MultiSubscribed.into(),
            ChatProperty::Status => ChatStatus::Unsubscribed.into(),
            ChatProperty::Type => ChatType::MultiChat.into(),
            ChatProperty::MyStatus => match group.standing {
                Standing::In => MyStatus::Subscribed,
                Standing::Out => MyStatus::Unsubscribed,
                Standing::Kicked => MyStatus::Kicked,
            }
            .into(),
            ChatProperty::MyRole => chat.role(me).into(),
            ChatProperty::Members | ChatProperty::ActiveMembers => {
                property.list(chat.members.here(me).map(|(handle, _)| handle))
            }
            ChatProperty::Posters => {
                let wrote = chat.members.here(me).filter(|(_, member)| member.wrote);
                property.list(wrote.map(|(handle, _)| handle))
            }
            ChatProperty::Topic => group.topic.clone().into(),
            ChatProperty::FriendlyName => self.friendly_name(chat, group).into(),
            ChatProperty::Adder => group.adder.clone().unwrap_or_default().into(),
            ChatProperty::Options => 1_u32.into(),
            _ => property.neutral().into(),
        }
    }

    /// What a window of a group chat is called: by its topic, or who is in it.
    fn friendly_name(&self, chat: &Chat, group: &Group) -> String {
        if !group.topic.trim().is_empty() {
            return group.topic.clone();
        }
        let me = self.handle.as_str();
        let mut others = chat.members.here(me).map(|(handle, _)| handle);
        let mut others = others.by_ref().filter(|handle| *handle != me);
        let named: Vec<&str> = others
            .by_ref()
            .take(NAMED_MEMBERS)
            .map(|h| self.alias(h))
            .collect();
        let mut name = named.join(", ");
        if name.is_empty() {
            self.alias(me).clone_into(&mut name);
        } else if others.next().is_some() {
            name.push_str(", ...");
        }
        name
    }

    pub(in crate::account) fn member_asked<'a>(
        &self,
        member: Id<'a>,
        property: ChatMemberProperty,
    ) -> Reply<'a> {
        let Some((id, chat, handle)) = self.chats.member(member.number()) else {
            return ErrorReply::GET_MESSAGE_ID.into();
        };
        let value = match property {
            ChatMemberProperty::ChatName => id.to_string().into(),
            ChatMemberProperty::Identity => handle.to_owned().into(),
            ChatMemberProperty::Role => chat.role(handle).into(),
            ChatMemberProperty::IsActive => property.neutral().into(),
        };
        Reply::ChatMember {
            member,
            property,
            value,
        }
    }
}
