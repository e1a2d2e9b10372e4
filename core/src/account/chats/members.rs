//! The members of one chat, former ones included, and their numbers.
//! Never forgets a number while the chat is remembered: clients may ask for it later.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::ChatId;
use crate::account::records::MemberRecord;
use crate::weighed::{Weight, in_tree};

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
    /// In the order of their handles; most chats have two, for whom a tree would take far more.
    list: Vec<(Box<str>, Member)>,
    bytes: usize,
}

/// What one member takes, in bytes, with all by which it is found.
pub(super) fn entry_bytes(handle: &str) -> usize {
    // A list grows to at most twice what it holds.
    2 * size_of::<(Box<str>, Member)>() + in_tree::<(u32, ChatId)>() + handle.outside()
}

impl Members {
    /// Those of a stored chat.
    pub(super) fn restore(records: &[MemberRecord]) -> Self {
        let member = |record: &MemberRecord| Member {
            number: record.number,
            here: !record.gone,
            ..Member::default()
        };
        let mut list: Vec<(Box<str>, Member)> = records
            .iter()
            .map(|record| (record.handle.as_str().into(), member(record)))
            .collect();
        list.sort_by(|one, other| one.0.cmp(&other.0));
        list.dedup_by(|one, other| one.0 == other.0);
        let bytes = list.iter().map(|(handle, _)| entry_bytes(handle)).sum();
        Self { list, bytes }
    }

    /// Where somebody stands, or would stand.
    fn find(&self, handle: &str) -> Result<usize, usize> {
        self.list.binary_search_by(|(own, _)| (**own).cmp(handle))
    }

    fn get(&self, handle: &str) -> Option<&Member> {
        let at = self.find(handle).ok()?;
        self.list.get(at).map(|(_, member)| member)
    }

    fn get_mut(&mut self, handle: &str) -> Option<&mut Member> {
        let at = self.find(handle).ok()?;
        self.list.get_mut(at).map(|(_, member)| member)
    }

    /// What is to be stored: all, or those that have numbers.
    pub(super) fn records(&self, numbered_only: bool) -> Vec<MemberRecord> {
        let record = |(handle, member): &(Box<str>, Member)| MemberRecord {
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

    /// About how many bytes they take.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether somebody is a member, or was one.
    pub(super) fn knows(&self, handle: &str) -> bool {
        self.find(handle).is_ok()
    }

    /// Takes in a member that the service tells of. True if it was none before.
    pub(super) fn join(&mut self, handle: &str) -> bool {
        let at = self.find(handle).unwrap_or_else(|at| {
            self.bytes += entry_bytes(handle);
            self.list.insert(at, (handle.into(), Member::default()));
            at
        });
        let member = &mut self.list[at].1;
        member.confirmed = true;
        !core::mem::replace(&mut member.here, true)
    }

    /// Takes a member out. False if it was none.
    pub(super) fn leave(&mut self, handle: &str) -> bool {
        let member = self.get_mut(handle);
        member.is_some_and(|member| core::mem::replace(&mut member.here, false))
    }

    /// A member has written something. True if it had not before, as far as is known.
    pub(super) fn wrote(&mut self, handle: &str) -> bool {
        let member = self.get_mut(handle);
        member.is_some_and(|member| !core::mem::replace(&mut member.wrote, true))
    }

    /// Whether somebody has written something, as far as is known.
    pub(in crate::account) fn has_written(&self, handle: &str) -> bool {
        self.get(handle).is_some_and(|member| member.wrote)
    }

    /// A new session begins, which has told of nobody.
    pub(super) fn begin(&mut self) {
        for (_, member) in &mut self.list {
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
    pub(super) fn number(&mut self, mut next: impl FnMut() -> u32) -> Vec<u32> {
        let mut given = Vec::new();
        for (_, member) in &mut self.list {
            if member.number == 0 {
                member.number = next();
                given.push(member.number);
            }
        }
        given
    }

    /// All numbers that were given.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (u32, &str)> {
        let numbered = self.list.iter().filter(|(_, member)| member.number != 0);
        numbered.map(|(handle, member)| (member.number, &**handle))
    }

    /// The number of somebody, 0 if there is none.
    pub(in crate::account) fn number_of(&self, handle: &str) -> u32 {
        self.get(handle).map_or(0, |member| member.number)
    }

    /// Whether somebody is a member.
    pub(in crate::account) fn has(&self, handle: &str) -> bool {
        self.get(handle).is_some_and(|member| member.here)
    }

    /// Those who are members now, `first` before all others.
    pub(in crate::account) fn here<'s>(
        &'s self,
        first: &'s str,
    ) -> impl Iterator<Item = (&'s str, &'s Member)> {
        let here = |handle: &'s str, member: &'s Member| member.here.then_some((handle, member));
        let head = self.get(first).and_then(|member| here(first, member));
        let rest = self
            .list
            .iter()
            .filter(move |(handle, _)| **handle != *first);
        head.into_iter()
            .chain(rest.filter_map(move |(handle, member)| here(handle, member)))
    }
}
