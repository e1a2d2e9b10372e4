//! Groups of contacts: those the user makes, and those that follow from the contact list.
//! Never has to do with the service, which knows none; they are kept here.
//!
//! See `core/docs/skype-api.md`, "Groups", and `core/docs/storage.md`, "The daemon".

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Account, Scene, cut};
use crate::config::Limits;
use crate::handle::canonical;
use crate::invariant::at_most;
use crate::skype::{
    ErrorReply, GroupAction, GroupKind, GroupProperty, GroupType, Id, Reply, Status, Value,
};
use crate::store::{Record, last_part, read};
use crate::time::Instant;
use crate::weighed::{WeighedMap, WeighedSet, Weight, in_tree};

/// How long an empty group is listed after it was made. One client looks at once for the group it has made, another
/// one deletes the empty groups it finds.
const EMPTY_LISTED: Duration = Duration::from_secs(30);

/// The groups that are always there. Their numbers are below all that are ever given.
const HARDWIRED: &[(u32, GroupType, &str)] = &[
    (1, GroupType::AllUsers, "Everybody"),
    (2, GroupType::AllFriends, "Contacts"),
    (3, GroupType::SkypeFriends, "Users"),
    (4, GroupType::SkypeOutFriends, "Telephones"),
    (5, GroupType::OnlineFriends, "Online"),
    (6, GroupType::PendingFriends, "Asked"),
    (7, GroupType::RecentlyContacted, "Recent"),
    (8, GroupType::WaitingMyAuthorization, "Waiting"),
    (9, GroupType::AuthorizedByMe, "Authorised"),
    (10, GroupType::BlockedByMe, "Blocked"),
    (11, GroupType::UngroupedFriends, "In no group"),
];

/// A group that the user has made.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct GroupRecord {
    /// Its name.
    name: String,
    /// Handles of who is in it, in lower case.
    users: WeighedSet,
}

impl Weight for GroupRecord {
    /// With when it was made.
    fn outside(&self) -> usize {
        in_tree::<(u32, Instant)>() + self.name.outside() + self.users.bytes()
    }
}

/// The groups that the user has made.
#[derive(Debug, Default)]
pub(super) struct Groups {
    made: WeighedMap<GroupRecord, u32>,
    /// When those were made that no restart has come after.
    since: BTreeMap<u32, Instant>,
}

impl Groups {
    /// Takes a record of the store.
    pub(super) fn restore(&mut self, record: &Record) {
        if let (Ok(number), Some(group)) = (last_part(&record.key).parse::<u32>(), read(record)) {
            self.made.insert(number, group);
        }
    }

    /// About how many bytes they take.
    pub(super) const fn bytes(&self) -> usize {
        self.made.bytes()
    }

    /// Panics if there are more than `limits` allow.
    pub(super) fn check_invariants(&self, limits: &Limits) {
        let max = ("contact_groups", limits.contact_groups);
        at_most(self.made.len(), max, "groups of contacts");
        self.made.check_invariants();
        for group in self.made.values() {
            group.users.check_invariants();
            let max = ("contacts", limits.contacts);
            at_most(group.users.len(), max, "people in a group of contacts");
        }
        assert!(
            self.since
                .keys()
                .all(|number| self.made.contains_key(number)),
            "a group that is remembered to be new is there"
        );
    }
}

impl Account {
    /// The groups of one kind, by their numbers.
    pub(super) fn search_groups(&self, kind: GroupKind, now: Instant) -> Vec<u32> {
        let is_new = |number| {
            let since = self.groups.since.get(number);
            since.is_some_and(|since| now < *since + EMPTY_LISTED)
        };
        let made = self.groups.made.iter();
        let listed = made
            .filter(|(number, group)| !group.users.is_empty() || is_new(number))
            .map(|(number, _)| *number);
        let hardwired = HARDWIRED.iter().map(|(number, ..)| *number);
        match kind {
            GroupKind::All => hardwired.chain(listed).collect(),
            GroupKind::Custom => listed.collect(),
            GroupKind::Hardwired => hardwired.collect(),
        }
    }

    pub(super) fn group_asked<'a>(&self, group: Id<'a>, property: GroupProperty) -> Reply<'a> {
        let Some((kind, name)) = self.contact_group(group.number()) else {
            return ErrorReply::GROUP_ID.into();
        };
        let users = || self.group_users(group.number(), kind);
        let value = match property {
            GroupProperty::Type => kind.name().into(),
            GroupProperty::DisplayName => String::from(name).into(),
            GroupProperty::Users => property.list(users()),
            GroupProperty::UserCount => count(users().len()),
            GroupProperty::OnlineCount => {
                let there = |handle: &&str| self.contact_status(handle) != Status::Offline;
                count(users().into_iter().filter(there).count())
            }
            GroupProperty::CustomId | GroupProperty::Visible | GroupProperty::Expanded => {
                property.neutral().into()
            }
        };
        Reply::Group {
            group,
            property,
            value,
        }
    }

    /// What a group is, and its name.
    fn contact_group(&self, number: u32) -> Option<(GroupType, &str)> {
        if let Some(group) = self.groups.made.get(&number) {
            return Some((GroupType::Custom, &group.name));
        }
        let (_, kind, name) = HARDWIRED.iter().find(|(own, ..)| *own == number)?;
        Some((*kind, name))
    }

    /// Handles of who is in a group.
    fn group_users(&self, number: u32, kind: GroupType) -> Vec<&str> {
        let contacts = || self.roster.contacts.iter();
        let handles = |wanted: &dyn Fn(&str) -> bool| -> Vec<&str> {
            let handles = contacts().map(|(handle, _)| &**handle);
            handles.filter(|handle| wanted(handle)).collect()
        };
        match kind {
            GroupType::Custom => {
                let group = self.groups.made.get(&number).into_iter();
                group
                    .flat_map(|group| group.users.iter().map(String::as_str))
                    .collect()
            }
            GroupType::AllUsers => {
                let asking = self.roster.requests.keys().map(|handle| &**handle);
                let strangers = asking.filter(|handle| !self.roster.contacts.contains_key(*handle));
                handles(&|_| true).into_iter().chain(strangers).collect()
            }
            GroupType::AllFriends | GroupType::SkypeFriends => handles(&|_| true),
            GroupType::OnlineFriends => {
                handles(&|handle| self.contact_status(handle) != Status::Offline)
            }
            GroupType::PendingFriends => handles(&|handle| self.roster.buddy_status(handle) == 2),
            GroupType::RecentlyContacted => self.chats.written_to().collect(),
            GroupType::WaitingMyAuthorization => self
                .roster
                .requests
                .keys()
                .map(|handle| &**handle)
                .collect(),
            GroupType::AuthorizedByMe => handles(&|handle| self.roster.is_authorized(handle)),
            GroupType::BlockedByMe => self.roster.blocked.iter().map(String::as_str).collect(),
            GroupType::UngroupedFriends => handles(&|handle| {
                let mut groups = self.groups.made.values();
                !groups.any(|group| group.users.contains(handle))
            }),
            GroupType::SkypeOutFriends | GroupType::Shared | GroupType::ProposedShared => {
                Vec::new()
            }
        }
    }

    /// Makes a group, unless there are too many.
    pub(super) fn create_group(
        &mut self,
        scene: &mut Scene<'_>,
        name: &str,
    ) -> Result<(), ErrorReply> {
        let name = cut(name, self.limits.text_bytes).to_owned();
        let users = WeighedSet::default();
        let group = GroupRecord { name, users };
        let full = self.groups.made.len() >= self.limits.contact_groups;
        let bytes = self.groups.made.entry_bytes(&u32::MAX, &group);
        if full || bytes > self.people_left() {
            return Err(ErrorReply::CREATE_UNKNOWN);
        }
        let number = self.messages.number();
        self.reserve(scene);
        self.groups.made.insert(number, group);
        self.groups.since.insert(number, scene.now.mono);
        self.keep_group(scene, number);
        for property in [
            GroupProperty::Type,
            GroupProperty::UserCount,
            GroupProperty::CustomId,
            GroupProperty::DisplayName,
            GroupProperty::Users,
        ] {
            let line = self.group_asked(number.into(), property);
            scene.notice(line);
        }
        Ok(())
    }

    /// Takes a group away that the user has made.
    pub(super) fn delete_group(
        &mut self,
        scene: &mut Scene<'_>,
        number: u32,
    ) -> Result<(), ErrorReply> {
        if self.groups.made.remove(&number).is_none() {
            return Err(ErrorReply::GROUP_ID);
        }
        self.groups.since.remove(&number);
        scene.journal.remove(self.keys.group(number));
        scene.notice(Reply::DeletedGroup(number.into()));
        Ok(())
    }

    /// Gives a group that the user has made another name.
    pub(super) fn rename_group(
        &mut self,
        scene: &mut Scene<'_>,
        number: u32,
        name: &str,
    ) -> Result<(), ErrorReply> {
        let name = cut(name, self.limits.text_bytes);
        let left = self.people_left();
        let is_other = self.groups.made.change(&number, |group| {
            let is_other = group.name != name && name.outside() <= group.name.outside() + left;
            if is_other {
                name.clone_into(&mut group.name);
            }
            is_other
        });
        if is_other.ok_or(ErrorReply::GROUP_ID)? {
            self.keep_group(scene, number);
            let line = self.group_asked(number.into(), GroupProperty::DisplayName);
            scene.notice(line);
        }
        Ok(())
    }

    /// Puts somebody into a group that the user has made, unless it is full, or takes somebody out.
    pub(super) fn alter_group(
        &mut self,
        scene: &mut Scene<'_>,
        number: u32,
        action: GroupAction<'_>,
    ) -> Result<(), ErrorReply> {
        let (users_max, left) = (self.limits.contacts, self.people_left());
        let changed = self.groups.made.change(&number, |group| match action {
            GroupAction::AddUser(user) => {
                let user = canonical(user);
                let fits = group.users.len() < users_max && WeighedSet::entry_bytes(&user) <= left;
                if !fits && !group.users.contains(&*user) {
                    return Err(ErrorReply::GROUP_ID);
                }
                Ok(group.users.insert(&user))
            }
            GroupAction::RemoveUser(user) => Ok(group.users.remove(&canonical(user))),
        });
        if changed.ok_or(ErrorReply::GROUP_ID)?? {
            self.group_changed(scene, number);
        }
        Ok(())
    }

    /// Somebody who is no contact any more is in no group either.
    pub(super) fn leave_groups(&mut self, scene: &mut Scene<'_>, handle: &str) {
        let made = self.groups.made.iter();
        let theirs = made.filter(|(_, group)| group.users.contains(handle));
        let left: Vec<u32> = theirs.map(|(number, _)| *number).collect();
        for number in left {
            self.groups
                .made
                .change(&number, |group| group.users.remove(handle));
            self.group_changed(scene, number);
        }
    }

    fn group_changed(&self, scene: &mut Scene<'_>, number: u32) {
        self.keep_group(scene, number);
        let line = self.group_asked(number.into(), GroupProperty::UserCount);
        scene.notice(line);
    }

    fn keep_group(&self, scene: &mut Scene<'_>, number: u32) {
        if let Some(group) = self.groups.made.get(&number) {
            scene.journal.put(self.keys.group(number), group);
        }
    }
}

fn count(items: usize) -> Value<'static> {
    u32::try_from(items).unwrap_or(u32::MAX).into()
}
