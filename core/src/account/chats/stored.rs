//! Chats as records: what of them outlives a restart.
//! Never decides what to remember.

use super::members::Members;
use super::{Chat, Chats, Group};
use crate::account::records::{ChatRecord, GroupRecord};
use crate::journal::{Journal, Ticket};
use crate::store::{Record, read};

impl Chats {
    /// Takes a chat that was stored.
    pub(in crate::account) fn restore(&mut self, record: &Record) {
        let Some(record) = read::<ChatRecord>(record) else {
            return;
        };
        let group = |group: GroupRecord| Group {
            gid: group.gid,
            creator: group.creator,
            adder: group.adder,
            topic: group.topic,
            standing: group.standing,
            ..Group::default()
        };
        let mut members = Members::restore(&record.members);
        if let Some(partner) = record.partner.as_ref().filter(|_| record.group.is_none()) {
            members.join(&self.me);
            members.join(partner);
        }
        let chat = Chat {
            dialog: record.partner.map(|partner| (partner, record.generation)),
            group: record.group.map(|record| group(record).into()),
            members,
            created: record.created,
            written: record.written,
            written_stored: record.written,
            bookmarked: record.bookmarked,
            ..Chat::default()
        };
        self.insert(record.id.into(), chat);
    }

    /// What of a chat outlives a restart.
    pub(super) fn record(&self, id: &str) -> Option<ChatRecord> {
        let chat = self.all.get(id)?;
        let group = |group: &Group| GroupRecord {
            gid: group.gid.clone(),
            creator: group.creator.clone(),
            adder: group.adder.clone(),
            topic: group.topic.clone(),
            standing: group.standing,
        };
        let (partner, generation) = chat.dialog.clone().unzip();
        Some(ChatRecord {
            id: id.into(),
            partner,
            generation: generation.unwrap_or_default(),
            group: chat.group.as_deref().map(group),
            created: chat.created,
            written: chat.written,
            bookmarked: chat.bookmarked,
            members: chat.members.records(chat.group.is_none()),
        })
    }

    /// Writes it down.
    pub(in crate::account) fn keep(&mut self, id: &str, journal: &mut Journal) -> Ticket {
        let Some(record) = self.record(id) else {
            return journal.latest();
        };
        let stored = journal.put(self.keys.chat(id), &record);
        if let Some(chat) = self.all.get_mut(id) {
            chat.written_stored = chat.written;
            chat.stored = stored;
        }
        stored
    }
}
