//! Texts from and to the people an account knows, and the dialogs they belong to.
//! Never announces a text that could still be lost.

use alloc::borrow::ToOwned;
use alloc::string::String;

use super::records::MessageRecord;
use super::{Account, Answer, Held, Scene};
use crate::event::EventKind;
use crate::handle::{canonical, is_handle};
use crate::imo::mids;
use crate::imo::notice::Incoming;
use crate::skype::{
    ChatProperty, ErrorReply, Id, MessageObject, MessageStatus, Reply, status_line,
};

/// Length of a message's identity.
const MID_LENGTH: usize = 16;

impl Account {
    pub(super) fn send_text<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        to: &str,
        body: &str,
    ) -> Reply<'a> {
        let partner = canonical(to).into_owned();
        if !is_handle(&partner) || partner == self.handle {
            return ErrorReply::MESSAGE_HANDLE.into();
        }
        if body.len() > self.limits.body_bytes {
            return ErrorReply::MESSAGE_TOO_LONG.into();
        }
        let mid = self.rng.alphanumeric(MID_LENGTH);
        let record = MessageRecord {
            partner: partner.clone(),
            own: true,
            body: body.to_owned(),
            timestamp: scene.now.wall.as_seconds(),
            mid: Some(mid.clone()),
            failed: false,
        };
        let number = self.messages.add_own(record, scene.journal);
        self.reserve(scene);
        self.introduce_chat(scene, &partner);
        self.send(scene, number, (partner, body.to_owned(), Some(mid)));
        Self::status_notice(number, MessageStatus::Sending)
    }

    pub(super) fn received(&mut self, scene: &mut Scene<'_>, message: Incoming) {
        let Incoming {
            buid,
            msg,
            timestamp,
            mid,
            ..
        } = message;
        let partner = canonical(&buid);
        if *partner == *self.handle {
            return;
        }
        if !is_handle(&partner) {
            self.event(
                scene,
                EventKind::UpstreamFault,
                "a message from nobody".into(),
            );
            return;
        }
        if self.is_repeated(scene, mid.as_deref()) {
            return;
        }
        let here = scene.now.wall.as_seconds();
        let timestamp = if self.local_time || timestamp == 0 {
            here
        } else {
            timestamp
        };
        let record = MessageRecord {
            partner: partner.into_owned(),
            own: false,
            body: msg,
            timestamp,
            mid,
            failed: false,
        };
        let number = self.messages.add_received(record, scene.journal);
        self.reserve(scene);
        let ticket = scene.journal.latest();
        self.hold(scene, ticket, Held::Received(number));
    }

    /// The same account has sent a message in another session: clients show it as their own.
    pub(super) fn sent_elsewhere(
        &mut self,
        scene: &mut Scene<'_>,
        to: &str,
        body: String,
        timestamp: u64,
        mid: Option<String>,
    ) {
        let partner = canonical(to);
        if !is_handle(&partner) {
            return;
        }
        // After a reconnect the service may take the session that sent a message for another one.
        if mid.as_deref().is_some_and(|mid| self.messages.has_own(mid)) {
            return;
        }
        if self.is_repeated(scene, mid.as_deref()) {
            return;
        }
        let partner = partner.into_owned();
        let record = MessageRecord {
            partner,
            own: true,
            body,
            timestamp,
            mid,
            failed: false,
        };
        let number = self.messages.add_sent(record, scene.journal);
        self.reserve(scene);
        let ticket = scene.journal.latest();
        self.hold(scene, ticket, Held::Sent(number));
    }

    pub(super) fn seen<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        object: MessageObject,
        id: Id<'a>,
    ) -> Answer<'a> {
        let number = id.number();
        let own = match self.message(number) {
            Some(Some(message)) => message.own,
            Some(None) => return Answer::Reply(ErrorReply::SET_MESSAGE_UNKNOWN.into()),
            None => {
                self.fetch(scene, number);
                return Answer::Wait(None);
            }
        };
        if !own && self.messages.seen(number, scene.journal) {
            scene.notice(Self::status_notice(number, MessageStatus::Read));
        }
        Answer::Reply(status_line(object, id, MessageStatus::Read))
    }

    /// Tells the clients of a chat before its first message.
    pub(super) fn introduce_chat(&mut self, scene: &mut Scene<'_>, partner: &str) {
        if !self.chats.insert(partner.into()) {
            return;
        }
        if self.chats.len() > self.limits.contacts {
            self.chats.pop_first();
        }
        let chat = self.chat_id(partner);
        for property in [
            ChatProperty::Name,
            ChatProperty::Status,
            ChatProperty::Type,
            ChatProperty::Members,
            ChatProperty::FriendlyName,
            ChatProperty::ActiveMembers,
            ChatProperty::Timestamp,
            ChatProperty::Topic,
        ] {
            let value = self.dialog(partner, property, scene.now);
            scene.notice(Reply::Chat {
                chat: chat.clone().into(),
                property,
                value,
            });
        }
    }

    /// The line that says how a message stands.
    pub(super) fn status_notice(number: u32, status: MessageStatus) -> Reply<'static> {
        status_line(MessageObject::ChatMessage, number.into(), status)
    }

    /// True if a message of this identity has come before; else it is remembered.
    fn is_repeated(&mut self, scene: &mut Scene<'_>, mid: Option<&str>) -> bool {
        let Some(hash) = mid.map(mids::hash) else {
            return false;
        };
        if self.mids.knows(hash) {
            return true;
        }
        let (slot, record) = self.mids.add(hash, self.limits.mids);
        scene.journal.put(self.keys.mids() + &slot, &record);
        false
    }
}
