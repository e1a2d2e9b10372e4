//! What an account is told about people and group chats.
//! Never changes anything.
//!
//! See `core/docs/imo-protocol.md`, "Contacts" and "Group chats".

use alloc::string::String;
use alloc::vec::Vec;

use super::House;
use crate::handle::{ECHO, is_handle};
use crate::imo::Primitive;
use crate::imo::buid::{group_buid, member_buid};
use crate::imo::notice::{Auth, Buddy, Notice};
use crate::imo::service::SessionId;

/// How many contacts or members one notice tells of.
const PART: usize = 100;

impl House {
    /// The name that an account in memory has given itself.
    pub(super) fn own_name(&self, handle: &str) -> Option<&str> {
        let name = self.peek(handle)?.name.as_str();
        Some(name).filter(|name| !name.is_empty())
    }

    /// The name of `handle` in memory, or as the present call of a session has gathered it; else the handle.
    fn name_or_handle<'a>(&'a self, handle: &'a str, session: Option<SessionId>) -> &'a str {
        let name = match self.peek(handle) {
            Some(resident) => Some(resident.name.as_str()),
            None => session.and_then(|session| self.gathered_name(handle, session)),
        };
        name.filter(|name| !name.is_empty()).unwrap_or(handle)
    }

    /// How available `viewer` sees `handle`, and with which mood.
    fn sight(&self, viewer: &str, handle: &str) -> (Primitive, &str) {
        if handle == ECHO {
            return (Primitive::Available, "");
        }
        let Some(other) = self.peek(handle) else {
            return (Primitive::Offline, "");
        };
        if handle == viewer {
            (other.primitive, &other.mood)
        } else if self.is_granted(viewer, handle) && other.shows_itself_to(viewer) {
            (other.shown(), &other.mood)
        } else {
            (Primitive::Offline, "")
        }
    }

    /// Lets a notice for `viewer` say how people are to be seen at this moment. It may have waited for something to become
    /// durable, and others, which did not have to wait, have told of a later presence meanwhile.
    pub(in crate::imo::service) fn look_again(&self, viewer: &str, notice: &mut Notice) {
        let (Notice::BuddyAdded(buddies) | Notice::BuddyStatus(buddies)) = notice else {
            return;
        };
        for buddy in buddies {
            let is_person = buddy.kind.is_none() && is_handle(&buddy.buid);
            if is_person && buddy.primitive.is_some() {
                let (primitive, mood) = self.sight(viewer, &buddy.buid);
                buddy.primitive = Some(primitive);
                buddy.status = Some(mood.into());
            }
        }
    }

    fn is_granted(&self, viewer: &str, handle: &str) -> bool {
        let contact = self.peek(viewer).and_then(|own| own.contacts.get(handle));
        contact.is_some_and(|contact| contact.granted)
    }

    /// What `viewer` is told about its contact `handle`; of one that is not in memory, with the name that the
    /// present call of `session` has gathered.
    pub(super) fn buddy(&self, viewer: &str, handle: &str, session: Option<SessionId>) -> Buddy {
        let contact = self.peek(viewer).and_then(|own| own.contacts.get(handle));
        let given = contact
            .map(|contact| contact.alias.as_str())
            .filter(|alias| !alias.is_empty());
        let granted = self.is_granted(viewer, handle);
        let name = if granted {
            self.name_or_handle(handle, session)
        } else {
            handle
        };
        let (primitive, mood) = self.sight(viewer, handle);
        Buddy {
            buid: handle.into(),
            alias: Some(given.unwrap_or(name).into()),
            group: Some("Skype".into()),
            primitive: Some(primitive),
            status: Some(mood.into()),
            auth: Some(if granted {
                Auth::Granted
            } else {
                Auth::Pending
            }),
            name: Some(name.into()),
            ..Buddy::default()
        }
    }

    /// What every member is told about a group chat.
    pub(super) fn group_buddy(&self, group: &str) -> Buddy {
        let (alias, display) = self.group(group).map_or_else(
            || (String::new(), String::new()),
            |record| (record.name.clone(), record.topic.clone()),
        );
        Buddy {
            buid: group_buid(group),
            alias: Some(alias),
            group: Some("Skype".into()),
            primitive: Some(Primitive::Available),
            status: Some(String::new()),
            kind: Some("group".into()),
            display: Some(display),
            ..Buddy::default()
        }
    }

    /// What `viewer` is told about a member of a group chat.
    pub(super) fn member_buddy(
        &self,
        viewer: &str,
        group: &str,
        handle: &str,
        session: Option<SessionId>,
    ) -> Buddy {
        let record = self.group(group);
        let inviter = record.and_then(|record| record.members.get(handle));
        let is_creator = record.is_some_and(|record| record.creator == handle);
        let (primitive, mood) = self.sight(viewer, handle);
        Buddy {
            buid: member_buid(group, handle),
            alias: Some(self.name_or_handle(handle, session).into()),
            group: Some(group.into()),
            primitive: Some(primitive),
            status: Some(mood.into()),
            inviter: inviter.filter(|inviter| !inviter.is_empty()).cloned(),
            creator: is_creator.then_some(true),
            ..Buddy::default()
        }
    }

    /// What tells `viewer` of a whole group chat: itself first, then its members.
    pub(super) fn group_roster(
        &self,
        viewer: &str,
        group: &str,
        session: SessionId,
    ) -> impl Iterator<Item = Notice> + use<> {
        let mut buddies = Vec::new();
        if let Some(record) = self.group(group) {
            buddies.push(self.group_buddy(group));
            let members = record.members.keys();
            let member = |handle| self.member_buddy(viewer, group, handle, Some(session));
            buddies.extend(members.map(|handle: &String| member(handle)));
        }
        in_parts(buddies)
    }
}

/// Tells of entries of a roster, not too many in one notice.
pub(super) fn in_parts(mut buddies: Vec<Buddy>) -> impl Iterator<Item = Notice> {
    core::iter::from_fn(move || {
        let rest = buddies.split_off(buddies.len().min(PART));
        let part = core::mem::replace(&mut buddies, rest);
        (!part.is_empty()).then_some(Notice::BuddyAdded(part))
    })
}
