//! Which messages belong to which chat.
//! Never looks at a message's text.

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use compact_str::CompactString;

use super::{Chats, Place};
use crate::account::records::MessageRecord;
use crate::imo::buid::{Buid, group_buid};
use crate::skype::{group_chat_id, later_dialog_chat_id};

impl Chats {
    /// The chat of a message, if it is remembered or a dialog.
    pub(in crate::account) fn place_of(&self, message: &MessageRecord) -> Option<Place> {
        self.place(&message.partner, message.generation)
    }

    /// The chat of the messages with these two in their records.
    pub(in crate::account) fn place(&self, partner: &str, generation: u32) -> Option<Place> {
        match Buid::parse(partner) {
            Buid::Group(gid) | Buid::Member { group: gid, .. } => self.group(gid).map(Place::Group),
            Buid::Person(partner) => {
                let present = self.present_dialog(partner);
                if present.is_some_and(|(_, present)| present == generation) {
                    return Some(Place::Dialog(partner.into()));
                }
                let id = later_dialog_chat_id(&self.me, partner, generation);
                match self.all.get_key_value(&*id) {
                    Some((id, chat)) if chat.group.is_some() => Some(Place::Group(Arc::clone(id))),
                    Some(_) | None => Some(Place::Dialog(partner.into())),
                }
            }
        }
    }

    /// The id of the chat of a message.
    pub(in crate::account) fn id_of(&self, message: &MessageRecord) -> String {
        match self.place_of(message) {
            Some(Place::Group(id)) => id.to_string(),
            Some(Place::Dialog(partner)) => {
                later_dialog_chat_id(&self.me, &partner, message.generation)
            }
            None => {
                let creator = message.author.as_deref().unwrap_or(&self.me);
                group_chat_id(creator, message.partner.trim_end_matches(';'))
            }
        }
    }

    /// What messages of a chat have in their records: partner and generation.
    pub(in crate::account) fn marks(&self, place: &Place) -> Vec<(CompactString, u32)> {
        match place {
            Place::Dialog(partner) => [(partner.clone(), self.dialog(partner).1)].into(),
            Place::Group(id) => self.all.get(id).map_or_else(Vec::new, |chat| {
                let group = chat.group.as_ref();
                let group = group.map(|group| (group_buid(&group.gid).into(), 0));
                let dialog = chat.dialog.iter();
                let dialog = dialog.map(|(partner, generation)| (partner.into(), *generation));
                dialog.chain(group).collect()
            }),
        }
    }
}
