//! What an account answers when it is asked for properties of messages.
//! Never changes a message.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::account::records::{MessageKind, MessageRecord};
use crate::account::{Account, Answer, Scene};
use crate::skype::{ErrorReply, Id, MessageObject, MessageProperty, MessageType, Reply, Value};

/// What a text begins with that tells what its writer does.
const EMOTE: &str = "/me ";

impl MessageRecord {
    /// What its writer does, if that is what it tells.
    fn emoted(&self) -> Option<&str> {
        let deed = self.body.strip_prefix(EMOTE)?;
        (self.kind == MessageKind::Text && !deed.trim().is_empty()).then_some(deed)
    }

    fn message_type(&self) -> MessageType {
        match self.kind {
            MessageKind::Text if self.emoted().is_some() => MessageType::Emoted,
            MessageKind::Text => MessageType::Said,
            MessageKind::Topic => MessageType::SetTopic,
            MessageKind::Added => MessageType::AddedMembers,
            MessageKind::Left => MessageType::Left,
            MessageKind::Kicked => MessageType::Kicked,
        }
    }
}

impl Account {
    /// A message: `None` if the store has to be asked, `Some(None)` if there is none.
    pub(in crate::account) fn message(&self, number: u32) -> Option<Option<&MessageRecord>> {
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

    pub(in crate::account) fn message_asked<'a>(
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
        let from: &str = match &message.author {
            _ if message.own => &self.handle,
            Some(author) => author,
            None => &message.partner,
        };
        match property {
            MessageProperty::Timestamp => message.timestamp.max(1).into(),
            MessageProperty::FromHandle | MessageProperty::PartnerHandle => from.to_owned().into(),
            MessageProperty::FromDispname | MessageProperty::PartnerDispname => {
                self.alias(from).to_owned().into()
            }
            MessageProperty::Type => message.message_type().into(),
            MessageProperty::Status => self.messages.status(number, message).into(),
            MessageProperty::ChatName => self.chats.id_of(message).into(),
            MessageProperty::Users => property.list(&message.users),
            MessageProperty::Body => String::from(message.emoted().unwrap_or(&message.body)).into(),
            MessageProperty::LeaveReason if message.kind == MessageKind::Left => {
                "UNSUBSCRIBE".into()
            }
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
    pub(in crate::account) fn missed(&self) -> Vec<u32> {
        self.messages.unread().rev().collect()
    }
}
