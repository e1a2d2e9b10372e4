//! What of the group chats is in memory: they come when a call needs them, and leave when none does.
//! Never lets one leave that has a change which may still be lost.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;

use crate::imo::service::SessionId;
use crate::imo::service::house::memory::Topic;
use crate::imo::service::house::records::{GroupRecord, group_key};
use crate::imo::service::house::{House, Wait};
use crate::io::{LoadId, Outputs};
use crate::journal::Ticket;
use crate::store::{Query, Record, last_part, read};

/// How many group chats that no call waits for stay in memory.
const IDLE_MAX: usize = 256;

/// The group chats in memory.
#[derive(Debug, Default)]
pub(in crate::imo::service::house) struct Groups {
    places: BTreeMap<String, GroupPlace>,
    /// Those that are in memory, in the order in which they may leave.
    queue: VecDeque<String>,
}

impl Groups {
    /// All places, by ids.
    pub(super) fn places(&self) -> impl Iterator<Item = (&String, &GroupPlace)> {
        self.places.iter()
    }
}

/// A place in memory for a group chat.
#[derive(Debug)]
pub(super) enum GroupPlace {
    Asked(LoadId),
    Absent,
    Here(Box<Group>),
}

#[derive(Debug)]
pub(super) struct Group {
    record: GroupRecord,
    /// The last change of it; it cannot be forgotten before that is durable.
    changed: Ticket,
    /// A call has needed it since it was last looked at.
    used: bool,
}

impl House {
    /// Brings all these group chats into memory that are not there; those that do not exist are left out.
    pub(in crate::imo::service::house) fn find_groups<'a>(
        &mut self,
        groups: impl IntoIterator<Item = &'a str> + Clone,
        session: SessionId,
        out: &mut Outputs,
    ) -> Result<(), Wait> {
        let mut last = None;
        let mut missing: Vec<String> = Vec::new();
        for id in groups.clone() {
            match self.groups.places.get_mut(id) {
                Some(GroupPlace::Here(group)) => group.used = true,
                Some(GroupPlace::Asked(load)) => last = last.max(Some(*load)),
                Some(GroupPlace::Absent) => {}
                // Nothing else is ever the id of one, and it must not become a key.
                None if !is_group_id(id) => {}
                None => missing.push(id.to_owned()),
            }
        }
        if !missing.is_empty() {
            let get = |id: &String| Query::Get { key: group_key(id) };
            let queries = missing.iter().map(get).collect();
            let load = self.ask(Topic::Groups(missing.clone()), queries, None, out);
            for id in missing {
                self.groups.places.insert(id, GroupPlace::Asked(load));
            }
            last = Some(load);
        }
        let Some(last) = last else {
            return Ok(());
        };
        let groups = groups.into_iter().map(ToOwned::to_owned);
        self.errand(session).groups.extend(groups);
        self.wait_for(last, session);
        Err(Wait)
    }

    /// Group chats have been read; no records if the store could not be. What this load was not the last to ask for
    /// may have changed since.
    pub(in crate::imo::service::house) fn groups_loaded(
        &mut self,
        load: LoadId,
        groups: &[String],
        records: Option<&[Record]>,
    ) {
        for id in groups {
            let place = self.groups.places.get(id);
            if !matches!(place, Some(GroupPlace::Asked(asked)) if *asked == load) {
                continue;
            }
            let Some(records) = records else {
                self.groups.places.remove(id);
                continue;
            };
            let record = records.iter().find(|record| last_part(&record.key) == id);
            match record.and_then(read) {
                Some(record) => self.put_group(id, record),
                None => {
                    self.groups.places.insert(id.clone(), GroupPlace::Absent);
                    self.queue_group(id.clone());
                }
            }
        }
    }

    /// Gives a group chat its place in memory.
    pub(super) fn put_group(&mut self, id: &str, record: GroupRecord) {
        let group = Group {
            record,
            changed: Ticket::default(),
            used: false,
        };
        let place = GroupPlace::Here(Box::new(group));
        self.groups.places.insert(id.to_owned(), place);
        self.queue_group(id.to_owned());
    }

    /// Lets a group chat leave memory some time, if no call needs it.
    fn queue_group(&mut self, id: String) {
        self.groups.queue.push_back(id);
        // Two go for each that comes, so that they become few again after a time when none could go.
        for _ in 0..2 {
            if self.groups.queue.len() <= IDLE_MAX {
                return;
            }
            let Some(oldest) = self.groups.queue.pop_front() else {
                return;
            };
            let awaited = |errand: &super::Errand| errand.groups.contains(&oldest);
            let is_awaited = self.errands.values().any(awaited);
            match self.groups.places.get_mut(&oldest) {
                Some(GroupPlace::Here(group)) => {
                    let used = core::mem::take(&mut group.used);
                    if used || is_awaited || !self.journal.is_durable(group.changed) {
                        self.groups.queue.push_back(oldest);
                        continue;
                    }
                }
                // It is queued again when the answer comes.
                Some(GroupPlace::Asked(_)) | None => continue,
                Some(GroupPlace::Absent) => {}
            }
            self.groups.places.remove(&oldest);
        }
    }

    /// A group chat in memory.
    pub(in crate::imo::service::house) fn group(&self, id: &str) -> Option<&GroupRecord> {
        match self.groups.places.get(id) {
            // One that everybody has left stays until that cannot be lost any more.
            Some(GroupPlace::Here(group)) => {
                Some(&group.record).filter(|record| !record.members.is_empty())
            }
            Some(GroupPlace::Asked(_) | GroupPlace::Absent) | None => None,
        }
    }

    /// The ticket of the last change of a group chat.
    pub(super) fn group_changed(&self, id: &str) -> Ticket {
        match self.groups.places.get(id) {
            Some(GroupPlace::Here(group)) => group.changed,
            Some(GroupPlace::Asked(_) | GroupPlace::Absent) | None => Ticket::default(),
        }
    }

    /// Changes a group chat in memory and stores it; one without members is no more.
    pub(super) fn change_group(&mut self, id: &str, change: impl FnOnce(&mut GroupRecord)) {
        let Some(GroupPlace::Here(group)) = self.groups.places.get_mut(id) else {
            return;
        };
        change(&mut group.record);
        group.changed = if group.record.members.is_empty() {
            self.journal.remove(group_key(id))
        } else {
            self.journal.put(group_key(id), &group.record)
        };
    }
}

/// True for 16 letters and digits in lower case.
fn is_group_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() == 16 && text.bytes().all(fits)
}
