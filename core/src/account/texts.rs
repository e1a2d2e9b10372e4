//! Texts from and to the people an account knows, in dialogs and in group chats.
//! Never announces a text that could still be lost.

use alloc::string::String;
use alloc::sync::Arc;

use compact_str::CompactString;

use super::chats::{News, Place};
use super::records::{FIRST_NUMBER, MessageKind, MessageRecord, Standing};
use super::{Account, Answer, Scene, cut};
use crate::handle::{canonical, is_handle};
use crate::imo::buid::{Buid, group_buid};
use crate::imo::mids;
use crate::imo::notice::Incoming;
use crate::skype::{ErrorReply, Id, MessageObject, MessageStatus, Reply, status_line};

/// Length of a message's identity.
const MID_LENGTH: usize = 16;
/// Longest identity from a service that is taken for one, in bytes.
const MID_MAX: usize = 64;

impl Account {
    /// Sends a text to somebody.
    pub(super) fn send_text<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        to: &str,
        body: &str,
    ) -> Reply<'a> {
        let partner = CompactString::from(canonical(to));
        if !is_handle(&partner) || self.is_me(&partner) {
            return ErrorReply::MESSAGE_HANDLE.into();
        }
        if self.roster.blocked.contains(partner.as_str()) {
            return ErrorReply::BLOCKED.into();
        }
        self.send_to(scene, &Place::Dialog(partner), body)
    }

    /// Sends a text to a chat.
    pub(super) fn send_to_chat<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        chat: &str,
        body: &str,
    ) -> Reply<'a> {
        match self.chats.find(chat) {
            Some(Place::Dialog(partner)) if self.roster.blocked.contains(partner.as_str()) => {
                ErrorReply::CHATMESSAGE_FAILED.into()
            }
            Some(place) => self.send_to(scene, &place, body),
            None => ErrorReply::CHATMESSAGE_UNKNOWN.into(),
        }
    }

    fn send_to<'a>(&mut self, scene: &mut Scene<'_>, place: &Place, body: &str) -> Reply<'a> {
        if body.len() > self.limits.body_bytes {
            return ErrorReply::MESSAGE_TOO_LONG.into();
        }
        let now = scene.now.wall.as_seconds();
        let (partner, generation) = match place {
            Place::Dialog(partner) => {
                self.chats.open_dialog(partner, now, scene.journal);
                (partner.clone(), self.chats.dialog(partner).1)
            }
            Place::Group(id) => match self.chats.get(id).and_then(|chat| chat.group.as_ref()) {
                Some(group) if group.standing == Standing::In => (group_buid(&group.gid).into(), 0),
                Some(_) => return ErrorReply::CHATMESSAGE_FAILED.into(),
                None => return ErrorReply::CHATMESSAGE_UNKNOWN.into(),
            },
        };
        let mid = self.rng.alphanumeric(MID_LENGTH);
        let record = MessageRecord {
            partner: partner.clone(),
            generation,
            own: true,
            body: body.into(),
            timestamp: now,
            mid: Some(mid.clone()),
            ..MessageRecord::default()
        };
        let (first, body) = (
            self.note_written(scene, place, &record),
            Arc::clone(&record.body),
        );
        let number = self.messages.add_own(record, scene.journal);
        self.reserve(scene);
        self.introduce(scene, place);
        self.send(scene, number, (partner, body, Some(mid)));
        if first {
            self.tell_posters(scene, place);
        }
        Self::status_notice(number, MessageStatus::Sending)
    }

    /// Something is written in a chat. True if that is the first of whoever wrote it.
    pub(super) fn note_written(
        &mut self,
        scene: &mut Scene<'_>,
        place: &Place,
        record: &MessageRecord,
    ) -> bool {
        let id = self.chats.id(place);
        let by = match &record.author {
            _ if record.kind != MessageKind::Text => "",
            _ if record.own => &self.handle,
            Some(author) => author,
            None => &record.partner,
        };
        let now = scene.now.wall.as_seconds();
        self.chats.write(&id, now, by, scene.journal)
    }

    /// Lets clients be told who has written in a room; in a dialog that is no news.
    pub(super) fn tell_posters(&mut self, scene: &mut Scene<'_>, place: &Place) {
        if let Place::Group(id) = place {
            self.news(scene, id, News::Posters);
        }
    }

    pub(super) fn received(&mut self, scene: &mut Scene<'_>, mut message: Incoming) {
        self.shorten(scene, &mut message.msg);
        message.mid = message.mid.filter(|mid| mid.len() <= MID_MAX);
        let (buid, author) = (message.buid.clone(), message.author.clone());
        match (Buid::parse(&buid), author.as_deref().map(author_of)) {
            (Buid::Person(handle), _) => self.received_from(scene, &canonical(handle), message),
            (Buid::Group(gid), Some(author))
            | (Buid::Member { group: gid, .. }, Some(author))
            | (
                Buid::Member {
                    group: gid,
                    handle: author,
                },
                None,
            ) => self.received_in(scene, gid, &canonical(author), message),
            (Buid::Group(_), None) => self.nobodys_text(scene),
        }
    }

    /// A text that is longer than one of this side could be is cut: who sends it lets it pass.
    fn shorten(&mut self, scene: &mut Scene<'_>, body: &mut String) {
        let length = cut(body, self.limits.body_bytes).len();
        if length < body.len() {
            body.truncate(length);
            self.fault(scene, "a text is too long, and is cut".into());
        }
    }

    fn nobodys_text(&mut self, scene: &mut Scene<'_>) {
        let detail = "a message from nobody".into();
        self.fault(scene, detail);
    }

    fn received_from(&mut self, scene: &mut Scene<'_>, partner: &str, message: Incoming) {
        if self.is_me(partner) {
            return;
        }
        if !is_handle(partner) {
            self.nobodys_text(scene);
            return;
        }
        if self.is_repeated(scene, message.mid.as_deref()) {
            return;
        }
        let now = scene.now.wall.as_seconds();
        self.chats.open_dialog(partner, now, scene.journal);
        let record = MessageRecord {
            partner: partner.into(),
            generation: self.chats.dialog(partner).1,
            timestamp: self.arrival(scene, message.timestamp),
            body: message.msg.into(),
            mid: message.mid,
            ..MessageRecord::default()
        };
        self.keep_message(scene, record);
    }

    /// A text, or another topic, in a group chat.
    fn received_in(&mut self, scene: &mut Scene<'_>, gid: &str, author: &str, message: Incoming) {
        if !is_handle(author) {
            self.nobodys_text(scene);
            return;
        }
        let own = self.is_me(author);
        let is_topic = is_topic(&message);
        // An own text comes back as an echo; an own topic may be that of another session.
        if own && !is_topic || self.is_repeated(scene, message.mid.as_deref()) {
            return;
        }
        let known = self.chats.group(gid);
        let Some(id) = known.or_else(|| self.stray_room(scene, gid, author)) else {
            return;
        };
        // A service that says what is a topic has told the group's own before. The text may have waited since, while
        // the topic has become another one.
        let tells = is_topic && message.topic.is_none();
        let differs = tells && self.topic_is(scene, &id, cut(&message.msg, self.limits.text_bytes));
        if own && !differs {
            return;
        }
        let record = MessageRecord {
            partner: group_buid(gid).into(),
            own,
            author: (!own).then(|| author.into()),
            kind: if is_topic {
                MessageKind::Topic
            } else {
                MessageKind::Text
            },
            timestamp: self.arrival(scene, message.timestamp),
            body: message.msg.into(),
            mid: message.mid,
            ..MessageRecord::default()
        };
        self.keep_message(scene, record);
        if differs {
            self.news(scene, &id, News::Topic);
        }
    }

    /// The time to show for a message that came.
    const fn arrival(&self, scene: &Scene<'_>, said: u64) -> u64 {
        if self.local_time || said == 0 {
            scene.now.wall.as_seconds()
        } else {
            said
        }
    }

    /// The same account has sent a message in another session: clients show it as their own.
    pub(super) fn sent_elsewhere(
        &mut self,
        scene: &mut Scene<'_>,
        to: &str,
        mut body: String,
        timestamp: u64,
        mid: Option<CompactString>,
    ) {
        self.shorten(scene, &mut body);
        let mid = mid.filter(|mid| mid.len() <= MID_MAX);
        let (partner, is_known) = match Buid::parse(to) {
            Buid::Person(handle) => (canonical(handle).into_owned(), is_handle(handle)),
            Buid::Group(gid) | Buid::Member { group: gid, .. } => {
                (group_buid(gid), self.chats.group(gid).is_some())
            }
        };
        // After a reconnect the service may take the session that sent a message for another one.
        let is_here = mid.as_deref().is_some_and(|mid| self.messages.has_own(mid));
        if !is_known || is_here || self.is_repeated(scene, mid.as_deref()) {
            return;
        }
        let generation = if is_handle(&partner) {
            let now = scene.now.wall.as_seconds();
            self.chats.open_dialog(&partner, now, scene.journal);
            self.chats.dialog(&partner).1
        } else {
            0
        };
        let record = MessageRecord {
            partner: partner.into(),
            generation,
            own: true,
            body: body.into(),
            timestamp,
            mid,
            ..MessageRecord::default()
        };
        self.keep_message(scene, record);
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
            // Clients say so without waiting for the answer, maybe of what is kept no more.
            Some(None) if (FIRST_NUMBER..).contains(&number) && self.messages.may_exist(number) => {
                true
            }
            Some(None) => return Answer::Reply(ErrorReply::SET_MESSAGE_UNKNOWN.into()),
            None => {
                self.fetch(scene, number);
                return Answer::Wait(None);
            }
        };
        if !own && self.messages.seen(number, scene.journal) {
            scene.notice(Self::status_notice(number, MessageStatus::Read));
            self.take_again(scene);
        }
        Answer::Reply(status_line(object, id, MessageStatus::Read))
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
        scene.journal.put(self.keys.mid(slot), &record);
        false
    }
}

/// Whether what came in a group chat is its topic. A service that does not say so writes it in the name's place too.
fn is_topic(message: &Incoming) -> bool {
    let twice = message.msg == message.alias;
    message.topic.unwrap_or(twice)
}

/// The handle of a text's author in a group chat. Some services write him as they write members.
fn author_of(author: &str) -> &str {
    match Buid::parse(author) {
        Buid::Member { handle, .. } => handle,
        Buid::Person(_) | Buid::Group(_) => author,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_known_from_services_that_say_so_and_from_those_that_do_not() {
        let message = |msg: &str, topic| Incoming {
            buid: "g1;".into(),
            alias: "bob".into(),
            msg: msg.into(),
            timestamp: 1,
            mid: None,
            author: Some("bob".into()),
            topic,
        };
        assert!(is_topic(&message("bob", None)));
        assert!(!is_topic(&message("tea", None)));
        assert!(is_topic(&message("tea", Some(true))));
        assert!(
            !is_topic(&message("bob", Some(false))),
            "his own name, said"
        );
    }
}
