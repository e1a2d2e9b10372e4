//! What an account answers when it is asked for properties: of users, of itself, of chats, members and messages.
//! Never answers a question about a well-formed handle with an error: one client would wait for ever.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::records::MessageRecord;
use super::{Account, Answer, Scene, presence};
use crate::handle::{self, canonical};
use crate::skype::{
    ChatMemberProperty, ChatProperty, ChatStatus, ChatType, ErrorReply, Id, MessageObject,
    MessageProperty, MessageType, MyStatus, Reply, Role, UserProperty, Value, dialog_chat_id,
};
use crate::time::Now;

impl Account {
    /// The display name of somebody: the handle where there is none.
    pub(super) fn alias<'s>(&'s self, handle: &'s str) -> &'s str {
        if handle == self.handle {
            return self.own_name();
        }
        let contact = self.roster.contacts.get(handle);
        contact.map_or(handle, |contact| match contact.display_name.as_str() {
            "" => &contact.full_name,
            given => given,
        })
    }

    /// A property of a user. Text that is the account's own is copied: the reply must not keep hold of it.
    pub(super) fn user<'a>(&self, asked: &'a str, property: UserProperty) -> Value<'a> {
        let is_self = handle::same(asked, &self.handle);
        if is_self && let Some(own) = self.kept_of_profile(property.name()) {
            return own.to_owned().into();
        }
        if let Some(constant) = property.constant() {
            return constant.into();
        }
        let handle = canonical(asked);
        let contact = self.roster.contacts.get(&*handle);
        match property {
            UserProperty::Handle => asked.into(),
            UserProperty::FullName if is_self => self.own_name().to_owned().into(),
            UserProperty::FullName => contact
                .map_or(&*handle, |contact| &contact.full_name)
                .to_owned()
                .into(),
            UserProperty::DisplayName => {
                contact.map_or(Value::EMPTY, |contact| contact.display_name.clone().into())
            }
            UserProperty::BuddyStatus => self.roster.buddy_status(&handle).into(),
            UserProperty::IsAuthorized => (is_self || self.roster.is_authorized(&handle)).into(),
            UserProperty::IsBlocked => self.roster.blocked.contains(&*handle).into(),
            UserProperty::OnlineStatus if is_self => presence::shown(self.user_status()).into(),
            UserProperty::OnlineStatus => self.contact_status(&handle).into(),
            UserProperty::ReceivedAuthRequest => {
                let request = self.roster.requests.get(&*handle);
                request.map_or(Value::EMPTY, |request| request.text.clone().into())
            }
            UserProperty::MoodText | UserProperty::RichMoodText if is_self => {
                self.state.mood.clone().into()
            }
            UserProperty::MoodText | UserProperty::RichMoodText => {
                contact.map_or(Value::EMPTY, |contact| contact.mood.clone().into())
            }
            UserProperty::Birthday
            | UserProperty::Sex
            | UserProperty::Language
            | UserProperty::Country
            | UserProperty::Province
            | UserProperty::City
            | UserProperty::PhoneHome
            | UserProperty::PhoneOffice
            | UserProperty::PhoneMobile
            | UserProperty::Homepage
            | UserProperty::About
            | UserProperty::HasCallEquipment
            | UserProperty::IsVideoCapable
            | UserProperty::IsVoicemailCapable
            | UserProperty::CanLeaveVoicemail
            | UserProperty::IsForwarding
            | UserProperty::LastOnline
            | UserProperty::SpeedDial
            | UserProperty::Aliases
            | UserProperty::Timezone
            | UserProperty::AuthorizedBuddies => property.neutral().into(),
        }
    }

    /// The id of the dialog with `partner`.
    pub(super) fn chat_id(&self, partner: &str) -> String {
        dialog_chat_id(&self.handle, partner)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other properties need no list"
    )]
    pub(super) fn chat_asked<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        chat: &'a str,
        property: ChatProperty,
    ) -> Answer<'a> {
        let Some(partner) = self.partner(chat) else {
            return Answer::Reply(ErrorReply::GET_CHAT_UNKNOWN.into());
        };
        let value = match property {
            ChatProperty::ChatMessages | ChatProperty::RecentChatMessages => {
                let Some(history) = &self.history else {
                    self.fetch_history(scene);
                    return Answer::Wait(None);
                };
                let with = history.iter().rev().filter(|(_, with)| *with == partner);
                let recent = property == ChatProperty::RecentChatMessages;
                let most = if recent {
                    self.limits.messages_cached
                } else {
                    usize::MAX
                };
                property.list(with.map(|(number, _)| *number).take(most))
            }
            ChatProperty::MemberObjects => {
                let members = [true, false].map(|is_self| self.member(&partner, is_self));
                self.reserve(scene);
                property.list(members)
            }
            other => self.dialog(&partner, other, scene.now),
        };
        Answer::Reply(Reply::Chat {
            chat: chat.into(),
            property,
            value,
        })
    }

    /// A property of the dialog with `partner` that depends on no list of messages or members.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other properties are neutral here"
    )]
    pub(super) fn dialog(&self, partner: &str, property: ChatProperty, now: Now) -> Value<'static> {
        if let Some(constant) = property.constant() {
            return constant.into();
        }
        match property {
            ChatProperty::Name => self.chat_id(partner).into(),
            ChatProperty::Timestamp | ChatProperty::ActivityTimestamp => {
                self.started.unwrap_or(now).wall.as_seconds().into()
            }
            ChatProperty::Status => ChatStatus::Dialog.into(),
            ChatProperty::Type => ChatType::Dialog.into(),
            ChatProperty::MyStatus => MyStatus::Subscribed.into(),
            ChatProperty::MyRole => Role::User.into(),
            ChatProperty::Members | ChatProperty::ActiveMembers | ChatProperty::Posters => {
                property.list([self.handle.as_str(), partner])
            }
            ChatProperty::FriendlyName => self.alias(partner).to_owned().into(),
            ChatProperty::DialogPartner => String::from(partner).into(),
            _ => property.neutral().into(),
        }
    }

    /// The number of a member of the dialog with `partner`.
    fn member(&mut self, partner: &str, is_self: bool) -> u32 {
        let known = self
            .members
            .iter()
            .find(|(_, (p, s))| p == partner && *s == is_self);
        if let Some((number, _)) = known {
            return *number;
        }
        if self.members.len() >= self.limits.contacts * 2 {
            self.members.pop_first();
        }
        let number = self.messages.number();
        self.members.insert(number, (partner.into(), is_self));
        number
    }

    pub(super) fn member_asked<'a>(
        &self,
        member: Id<'a>,
        property: ChatMemberProperty,
    ) -> Reply<'a> {
        let Some((partner, is_self)) = self.members.get(&member.number()) else {
            return ErrorReply::GET_MESSAGE_ID.into();
        };
        let value = match property {
            ChatMemberProperty::ChatName => self.chat_id(partner).into(),
            ChatMemberProperty::Identity if *is_self => self.handle.clone().into(),
            ChatMemberProperty::Identity => partner.clone().into(),
            ChatMemberProperty::Role | ChatMemberProperty::IsActive => property.neutral().into(),
        };
        Reply::ChatMember {
            member,
            property,
            value,
        }
    }

    /// A message: `None` if the store has to be asked, `Some(None)` if there is none.
    pub(super) fn message(&self, number: u32) -> Option<Option<&MessageRecord>> {
        if let Some(message) = self.messages.get(number) {
            return Some(Some(message));
        }
        if !self.messages.may_exist(number) {
            return Some(None);
        }
        let fetched = self
            .fetched
            .as_ref()
            .filter(|(fetched, _)| *fetched == number)?;
        Some(fetched.1.as_ref())
    }

    pub(super) fn message_asked<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        object: MessageObject,
        id: Id<'a>,
        property: MessageProperty,
    ) -> Answer<'a> {
        let value = match self.message(id.number()) {
            Some(Some(message)) => self.of_message(id.number(), message, property),
            Some(None) => return Answer::Reply(ErrorReply::GET_MESSAGE_UNKNOWN.into()),
            None => {
                self.fetch(scene, id.number());
                return Answer::Wait(None);
            }
        };
        Answer::Reply(Reply::Message {
            object,
            id,
            property,
            value,
        })
    }

    fn of_message<'a>(
        &self,
        number: u32,
        message: &MessageRecord,
        property: MessageProperty,
    ) -> Value<'a> {
        let from = if message.own {
            &self.handle
        } else {
            &message.partner
        };
        match property {
            MessageProperty::Timestamp => message.timestamp.max(1).into(),
            MessageProperty::FromHandle | MessageProperty::PartnerHandle => from.clone().into(),
            MessageProperty::FromDispname | MessageProperty::PartnerDispname => {
                self.alias(from).to_owned().into()
            }
            MessageProperty::Type => MessageType::Said.into(),
            MessageProperty::Status => self.messages.status(number, message).into(),
            MessageProperty::ChatName => self.chat_id(&message.partner).into(),
            MessageProperty::Users => message.partner.clone().into(),
            MessageProperty::Body => message.body.clone().into(),
            MessageProperty::LeaveReason
            | MessageProperty::IsEditable
            | MessageProperty::EditedBy
            | MessageProperty::EditedTimestamp
            | MessageProperty::Options
            | MessageProperty::Role
            | MessageProperty::ConfId
            | MessageProperty::FailureReason => property.neutral().into(),
        }
    }

    /// The numbers of the unread messages, newest first.
    pub(super) fn missed(&self) -> Vec<u32> {
        self.messages.unread().rev().collect()
    }
}
