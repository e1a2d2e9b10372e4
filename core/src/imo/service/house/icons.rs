//! Pictures of people: set by their owner, told to those who may see it, fetched by their ids.
//! Never looks into a picture beyond its kind.
//!
//! See `core/docs/imo-protocol.md`, "Pictures".

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::memory::{Answered, Topic};
use super::records::{Contact, IconRecord, ImageRecord, contact_key, icon_key, image_key};
use super::{Effect, House, refuse};
use crate::handle::ECHO;
use crate::imo::icon::{is_id, media_type};
use crate::imo::notice::{Icon, Notice, Refusal};
use crate::imo::service::SessionId;
use crate::io::{ConnId, Outputs};
use crate::store::{Query, Record, read};

/// Length of an id that is drawn here: nobody guesses it, and whoever has it may fetch the picture.
const ID_LENGTH: usize = 20;
/// How many pictures one notice tells of.
const PART: usize = 100;

/// A picture as it is sent.
#[derive(Debug)]
pub(in crate::imo::service) struct Picture {
    /// Its media type.
    pub(in crate::imo::service) kind: &'static str,
    /// The file.
    pub(in crate::imo::service) image: Vec<u8>,
}

impl House {
    /// Gives `name` another picture, or none.
    pub(super) fn set_icon(
        &mut self,
        name: &str,
        image: &[u8],
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        if image.len() > self.limits.avatar_bytes {
            return Err(refuse("too_large", "the picture is too large"));
        }
        if !image.is_empty() && media_type(image).is_none() {
            return Err(refuse(
                "bad_request",
                "a picture is a JPEG, a PNG or a GIF file",
            ));
        }
        let icon = if image.is_empty() {
            String::new()
        } else {
            self.rng.alphanumeric(ID_LENGTH).into()
        };
        let Some(resident) = self.resident(name) else {
            return Ok(());
        };
        let before = core::mem::replace(&mut resident.icon, icon.clone());
        if !before.is_empty() {
            self.journal.remove(image_key(&before));
        }
        let changed = if icon.is_empty() {
            self.journal.remove(icon_key(name))
        } else {
            let image = BASE64_STANDARD.encode(image);
            self.journal.put(image_key(&icon), &ImageRecord { image });
            let icon = icon.clone();
            self.journal.put(icon_key(name), &IconRecord { icon })
        };
        if let Some(resident) = self.resident(name) {
            resident.changed = changed;
        }
        self.announce_icon(name, &icon, effects);
        Ok(())
    }

    /// Tells the sessions of `name`, and everybody who may see it, of its picture.
    fn announce_icon(&self, name: &str, icon: &str, effects: &mut Vec<Effect>) {
        let Some(resident) = self.peek(name) else {
            return;
        };
        let watchers = resident.contacts.keys().map(String::as_str);
        for watcher in watchers.filter(|watcher| resident.shows_itself_to(watcher)) {
            if !self.sessions(watcher).is_empty() && self.has_contact(watcher, name) {
                effects.push(told(watcher, name, icon));
            }
        }
        effects.push(told(name, name, icon));
    }

    /// Tells `watcher` of the picture of `name`, which it has just been allowed to see, if there is one.
    pub(super) fn show_icon(&self, watcher: &str, name: &str, effects: &mut Vec<Effect>) {
        let Some(resident) = self.peek(name) else {
            return;
        };
        let is_shown = resident.shows_itself_to(watcher) && self.has_contact(watcher, name);
        if is_shown && !resident.icon.is_empty() {
            effects.push(told(watcher, name, &resident.icon));
        }
    }

    /// Asks for the pictures that `name` may see, for a session that has just signed on; false if all that is to be
    /// known is in memory.
    pub(in crate::imo::service) fn ask_icons(
        &mut self,
        name: &str,
        session: SessionId,
        out: &mut Outputs,
    ) -> bool {
        let queries: Vec<Query> = self
            .may_be_seen(name)
            .filter(|handle| self.peek(handle).is_none())
            .flat_map(|handle| [icon_key(handle), contact_key(handle, name)])
            .map(|key| Query::Get { key })
            .collect();
        if queries.is_empty() {
            return false;
        }
        self.ask(Topic::Icons(session), queries, None, out);
        true
    }

    /// The contacts whose pictures `name` may see, as far as it knows itself.
    fn may_be_seen<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s String> {
        let contacts = self.peek(name).map(|resident| &resident.contacts);
        contacts
            .into_iter()
            .flatten()
            .filter(|(handle, contact)| contact.listed && contact.granted && *handle != ECHO)
            .map(|(handle, _)| handle)
    }

    /// What a session of `name` is told of pictures when it has signed on: those of contacts in memory, and what
    /// `records` tell of the others.
    pub(in crate::imo::service) fn icons(&self, name: &str, records: &[Record]) -> Vec<Notice> {
        let stored: BTreeMap<&str, &Record> = records
            .iter()
            .map(|record| (record.key.as_str(), record))
            .collect();
        let from_store = |handle: &str| {
            let contact: Contact = read(stored.get(contact_key(handle, name).as_str())?)?;
            let icon: IconRecord = read(stored.get(icon_key(handle).as_str())?)?;
            (contact.sees_me && !contact.blocked).then_some(icon.icon)
        };
        let icon_of = |handle: &String| {
            let icon = match self.peek(handle) {
                Some(resident) if resident.shows_itself_to(name) => resident.icon.clone(),
                Some(_) => return None,
                None => from_store(handle)?,
            };
            let buid = handle.clone();
            (!icon.is_empty()).then_some(Icon { buid, icon })
        };
        let own = self
            .peek(name)
            .map(|resident| &resident.icon)
            .filter(|icon| !icon.is_empty())
            .map(|icon| Icon {
                buid: name.to_owned(),
                icon: icon.clone(),
            });
        let icons: Vec<Icon> = self
            .may_be_seen(name)
            .filter_map(icon_of)
            .chain(own)
            .collect();
        icons
            .chunks(PART)
            .map(|part| Notice::Icons(part.to_vec()))
            .collect()
    }

    /// Asks for a picture on behalf of a connection; false if there can be none of that id.
    pub(in crate::imo::service) fn ask_picture(
        &mut self,
        icon: &str,
        conn: ConnId,
        out: &mut Outputs,
    ) -> bool {
        if !is_id(icon) {
            return false;
        }
        let key = image_key(icon);
        self.ask(Topic::Picture(conn), [Query::Get { key }].into(), None, out);
        true
    }
}

/// The picture in the answer to [`House::ask_picture`].
pub(super) fn picture(conn: ConnId, records: &[Record]) -> Answered {
    let read = |record| {
        let stored: ImageRecord = read(record)?;
        let image = BASE64_STANDARD.decode(stored.image).ok()?;
        let kind = media_type(&image)?;
        Some(Picture { kind, image })
    };
    Answered::Picture(conn, Ok(records.first().and_then(read)))
}

fn told(to: &str, of: &str, icon: &str) -> Effect {
    let icon = Icon {
        buid: of.to_owned(),
        icon: icon.to_owned(),
    };
    Effect::Tell {
        to: to.to_owned(),
        notice: Notice::Icons([icon].into()),
        except: None,
    }
}
