//! The members of one chat, former ones included, and their numbers.
//! Never forgets a number while the chat is remembered: clients may ask for it later.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::account::records::MemberRecord;

/// A member of a chat, or a former one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::account) struct Member {
    /// What clients know it by; 0 until it has a number.
    pub(in crate::account) number: u32,
    /// It is one now.
    pub(in crate::account) here: bool,
    /// The present session of the service has told of it.
    confirmed: bool,
    /// It has written something, as far as is known.
    pub(in crate::account) wrote: bool,
}

/// The members of one chat.
#[derive(Debug, Default)]
pub(in crate::account) struct Members {
    list: BTreeMap<Arc<str>, Member>,
}

impl Members {
    /// Those of a stored chat.
    pub(super) fn restore(records: &[MemberRecord]) -> Self {
        let member = |record: &MemberRecord| Member {
            number: record.number,
            here: !record.gone,
            ..Member::default()
        };
        let list = records
            .iter()
            .map(|record| (record.handle.as_str().into(), member(record)))
            .collect();
        Self { list }
    }

    /// What is to be stored: all, or those that have numbers.
    pub(super) fn records(&self, numbered_only: bool) -> Vec<MemberRecord> {
        let record = |(handle, member): (&Arc<str>, &Member)| MemberRecord {
            handle: String::from(&**handle),
            number: member.number,
            gone: !member.here,
        };
        let wanted = |member: &Member| !numbered_only || member.number != 0;
        let list = self.list.iter().filter(|(_, member)| wanted(member));
        list.map(record).collect()
    }

    /// How many there are, former ones included.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Takes in a member that the service tells of. True if it was none before.
    pub(super) fn join(&mut self, handle: &str) -> bool {
        if !self.list.contains_key(handle) {
            self.list.insert(handle.into(), Member::default());
        }
        let Some(member) = self.list.get_mut(handle) else {
            return false;
        };
        member.confirmed = true;
        !core::mem::replace(&mut member.here, true)
    }

    /// Takes a member out. False if it was none.
    pub(super) fn leave(&mut self, handle: &str) -> bool {
        let member = self.list.get_mut(handle);
        member.is_some_and(|member| core::mem::replace(&mut member.here, false))
    }

    /// A member has written something. True if it had not before, as far as is known.
    pub(super) fn wrote(&mut self, handle: &str) -> bool {
        let member = self.list.get_mut(handle);
        member.is_some_and(|member| !core::mem::replace(&mut member.wrote, true))
    }

    /// Whether somebody has written something, as far as is known.
    pub(in crate::account) fn has_written(&self, handle: &str) -> bool {
        self.list.get(handle).is_some_and(|member| member.wrote)
    }

    /// A new session begins, which has told of nobody.
    pub(super) fn begin(&mut self) {
        for member in self.list.values_mut() {
            member.confirmed = false;
        }
    }

    /// The members that the present session has not told of.
    pub(super) fn unconfirmed(&self) -> Vec<String> {
        let missing = self
            .list
            .iter()
            .filter(|(_, one)| one.here && !one.confirmed);
        missing.map(|(handle, _)| String::from(&**handle)).collect()
    }

    /// Gives numbers to those that have none; says which.
    pub(super) fn number(&mut self, mut next: impl FnMut() -> u32) -> Vec<(u32, Arc<str>)> {
        let mut given = Vec::new();
        for (handle, member) in &mut self.list {
            if member.number == 0 {
                member.number = next();
                given.push((member.number, Arc::clone(handle)));
            }
        }
        given
    }

    /// All numbers that were given.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (u32, &Arc<str>)> {
        let numbered = self.list.iter().filter(|(_, member)| member.number != 0);
        numbered.map(|(handle, member)| (member.number, handle))
    }

    /// The number of somebody, 0 if there is none.
    pub(in crate::account) fn number_of(&self, handle: &str) -> u32 {
        self.list.get(handle).map_or(0, |member| member.number)
    }

    /// Whether somebody is a member.
    pub(in crate::account) fn has(&self, handle: &str) -> bool {
        self.list.get(handle).is_some_and(|member| member.here)
    }

    /// Those who are members now, `first` before all others.
    pub(in crate::account) fn here<'s>(
        &'s self,
        first: &'s str,
    ) -> impl Iterator<Item = (&'s str, &'s Member)> {
        let here = |handle: &'s str, member: &'s Member| member.here.then_some((handle, member));
        let head = self.list.get(first).and_then(|member| here(first, member));
        let rest = self
            .list
            .iter()
            .filter(move |(handle, _)| ***handle != *first);
        head.into_iter()
            .chain(rest.filter_map(move |(handle, member)| here(handle, member)))
    }
}
