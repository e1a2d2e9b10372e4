//! What a call gathers from the store before it is done, where one account is not enough.
//! Never keeps anything beyond the call.
//!
//! A call that has to wait is made again when the store has answered. Meanwhile what it has found already must
//! not leave memory, or two such calls could keep each other from ever being done.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::memory::Topic;
use super::records::{NameRecord, name_key};
use super::{House, Place, Wait};
use crate::handle::ECHO;
use crate::imo::service::SessionId;
use crate::io::{LoadId, Outputs};
use crate::store::{Query, Record, last_part, read};

/// How many names are asked for at once, so that others get their turn in between.
const NAMES_AT_ONCE: usize = 500;

/// What a session's present call needs to have in memory.
#[derive(Debug, Default)]
pub(super) struct Errand {
    /// Accounts.
    accounts: BTreeSet<String>,
    /// Group chats.
    pub(super) groups: BTreeSet<String>,
    /// Names of people whose accounts need not be there; empty for none.
    pub(super) names: BTreeMap<String, String>,
    /// The id that a new group chat is to have, if it is free.
    pub(super) drawn: Option<String>,
    /// What was looked for, and the handles found.
    pub(super) found: Option<(String, Vec<String>)>,
}

impl House {
    /// The present call of a session is done or given up.
    pub(in crate::imo::service) fn done(&mut self, session: SessionId) {
        self.errands.remove(&session);
    }

    /// The errand of a session's present call.
    pub(super) fn errand(&mut self, session: SessionId) -> &mut Errand {
        self.errands.entry(session).or_default()
    }

    /// True if a call that waits needs this account.
    pub(super) fn is_awaited(&self, name: &str) -> bool {
        let mut errands = self.errands.values();
        errands.any(|errand| errand.accounts.contains(name))
    }

    /// Lets a session wait for a load that is out.
    pub(super) fn wait_for(&mut self, load: LoadId, session: SessionId) {
        if let Some(question) = self.questions.get_mut(&load) {
            question.waiting.insert(session);
        }
    }

    /// Brings all these accounts into memory that are not there; those that do not exist are left out.
    pub(super) fn find_all<'a>(
        &mut self,
        names: impl IntoIterator<Item = &'a str> + Clone,
        session: SessionId,
        out: &mut Outputs,
    ) -> Result<(), Wait> {
        let mut last = None;
        for name in names.clone() {
            let load = match self.places.get(name) {
                Some(Place::Here(_) | Place::Absent | Place::Removed(_)) => continue,
                Some(Place::Asked(load)) => *load,
                None => self.ask_account(name, None, out),
            };
            last = last.max(Some(load));
        }
        let Some(last) = last else {
            return Ok(());
        };
        let accounts = names.into_iter().map(ToOwned::to_owned);
        self.errand(session).accounts.extend(accounts);
        self.wait_for(last, session);
        Err(Wait)
    }

    /// Gathers the names of people that are not in memory.
    pub(super) fn find_names<'a>(
        &mut self,
        handles: impl IntoIterator<Item = &'a str>,
        session: SessionId,
        out: &mut Outputs,
    ) -> Result<(), Wait> {
        let missing: Vec<String> = handles
            .into_iter()
            .filter(|handle| {
                *handle != ECHO
                    && self.peek(handle).is_none()
                    && self.gathered_name(handle, session).is_none()
            })
            .map(ToOwned::to_owned)
            .collect();
        let mut last = None;
        for part in missing.chunks(NAMES_AT_ONCE) {
            let get = |handle: &String| Query::Get {
                key: name_key(handle),
            };
            let queries = part.iter().map(get).collect();
            last = Some(self.ask(Topic::Names(session, part.to_vec()), queries, None, out));
        }
        let Some(last) = last else {
            return Ok(());
        };
        self.errand(session);
        self.wait_for(last, session);
        Err(Wait)
    }

    /// The name of somebody that a session's present call has gathered; empty for none.
    pub(super) fn gathered_name(&self, handle: &str, session: SessionId) -> Option<&str> {
        let errand = self.errands.get(&session)?;
        errand.names.get(handle).map(String::as_str)
    }

    /// The names of `handles` have been read.
    pub(super) fn names_loaded(
        &mut self,
        session: SessionId,
        handles: Vec<String>,
        records: &[Record],
    ) {
        let Some(errand) = self.errands.get_mut(&session) else {
            return;
        };
        let none = handles.into_iter().map(|handle| (handle, String::new()));
        errand.names.extend(none);
        for record in records {
            if let Some(NameRecord { name }) = read(record) {
                errand.names.insert(last_part(&record.key).into(), name);
            }
        }
    }

    /// Gathers what an account is told when it signs on.
    pub(in crate::imo::service) fn gather(
        &mut self,
        name: &str,
        session: SessionId,
        out: &mut Outputs,
    ) -> Result<(), Wait> {
        let Some(resident) = self.peek(name) else {
            return Ok(());
        };
        let groups: Vec<String> = resident.groups.keys().cloned().collect();
        self.find_groups(groups.iter().map(String::as_str), session, out)?;
        let mut handles = BTreeSet::new();
        if let Some(resident) = self.peek(name) {
            let contacts = resident.contacts.iter();
            let seen = contacts.filter(|(_, contact)| contact.listed && contact.granted);
            handles.extend(seen.map(|(handle, _)| handle.clone()));
        }
        for group in &groups {
            let members = self.group(group).map(|record| record.members.keys());
            handles.extend(members.into_iter().flatten().cloned());
        }
        self.find_names(handles.iter().map(String::as_str), session, out)
    }
}
