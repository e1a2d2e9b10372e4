//! Group chats: who makes them, and who comes and goes.
//! Never sends anything: it names the effects.
//!
//! See `core/docs/imo-protocol.md`, "Group chats".

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

mod invariants;
mod memory;
mod talk;

use super::errands::Errand;
use super::records::{GroupRecord, MembershipRecord, membership_key};
use super::{Effect, House, Stop, refuse, tell};
use crate::handle::{ECHO, canonical, is_handle};
use crate::imo::buid::{group_buid, member_buid};
use crate::imo::notice::{Notice, Refusal};
use crate::imo::service::SessionId;
use crate::io::Outputs;
pub(super) use memory::Groups;

/// Whether something was done, unless it has to wait for the store.
type Done = Result<(), Stop>;

impl House {
    /// Makes a group chat with nobody but `name` in it. For a name that it has given already it is the same group
    /// again, told once more to the session that asks.
    pub(super) fn create_group(
        &mut self,
        (name, session): (&str, SessionId),
        known_as: &str,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Done {
        self.fits(known_as)?;
        let Some(resident) = self.peek(name) else {
            return Err(refuse("not_signed_on", "the account is not signed on").into());
        };
        let mut groups = resident.groups.iter();
        let made = groups.find(|(_, made_as)| made_as.as_deref() == Some(known_as));
        if let Some((group, _)) = made {
            let group = group.clone();
            self.find_groups([&*group], session, out)?;
            let members = self.members(&group);
            self.find_names(members.iter().map(String::as_str), session, out)?;
            let roster = self.group_roster(name, &group, session);
            effects.extend(roster.map(|notice| Effect::TellSession {
                session,
                notice,
                late: false,
            }));
            self.found_done(name, &group);
            return Ok(());
        }
        if resident.groups.len() >= self.limits.groups {
            return Err(refuse("rate_limited", "the account is in too many group chats").into());
        }
        let group = self.free_group_id(session, out)?;
        let record = GroupRecord {
            name: known_as.to_owned(),
            topic: String::new(),
            creator: name.to_owned(),
            members: BTreeMap::new(),
        };
        self.put_group(&group, record);
        self.join(name, &group, "", Some(known_as));
        let roster = self.group_roster(name, &group, session);
        effects.extend(roster.map(|notice| tell(name, notice)));
        Ok(())
    }

    /// An id that no group chat has.
    fn free_group_id(&mut self, session: SessionId, out: &mut Outputs) -> Result<String, Stop> {
        loop {
            let drawn = self.errand(session).drawn.take();
            let id = drawn.unwrap_or_else(|| {
                let drawn = self.rng.alphanumeric(16);
                drawn.as_str().to_ascii_lowercase()
            });
            if let Err(wait) = self.find_groups([&*id], session, out) {
                self.errand(session).drawn = Some(id);
                return Err(wait.into());
            }
            if self.group(&id).is_none() {
                return Ok(id);
            }
        }
    }

    pub(super) fn invite(
        &mut self,
        (name, session): (&str, SessionId),
        group: &str,
        handle: &str,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Done {
        self.enter((name, session), group, out)?;
        let other = &*canonical(handle);
        let members = self.members(group);
        if members.iter().any(|member| member == other) {
            self.found_done(name, group);
            return Ok(());
        }
        if is_handle(other) && other != ECHO {
            self.find_all([other], session, out)?;
        }
        self.may_bring(name, other)?;
        let full = self.peek(other).is_some_and(|resident| {
            resident.groups.len() >= self.limits.groups
                || members.len() >= self.limits.group_members
        });
        if full {
            let why = "the group chat is full, or they are in too many";
            return Err(refuse("rate_limited", why).into());
        }
        self.find_names(members.iter().map(String::as_str), session, out)?;
        self.join(other, group, name, None);
        let roster = self.group_roster(other, group, session);
        effects.extend(roster.map(|notice| tell(other, notice)));
        for member in &members {
            // Whoever signs on later is told then.
            if !self.sessions(member).is_empty() {
                let buddy = self.member_buddy(member, group, other, None);
                effects.push(tell(member, Notice::BuddyAdded([buddy].into())));
            }
        }
        Ok(())
    }

    /// Refuses that `name` brings `other` into a group chat, unless `other` has taken it for a contact.
    fn may_bring(&self, name: &str, other: &str) -> Result<(), Refusal> {
        if other == ECHO {
            return Err(refuse("not_authorised", "echo123 is in no group chats"));
        }
        let Some(resident) = self.peek(other) else {
            return Err(refuse("unknown_user", "there is nobody of that name"));
        };
        match resident.contacts.get(name) {
            Some(contact) if contact.blocked => Err(refuse(
                "blocked",
                "they do not want to hear from this account",
            )),
            Some(contact) if contact.sees_me && self.has_contact(name, other) => Ok(()),
            Some(_) | None => Err(refuse(
                "not_authorised",
                "they are no contact, or have not agreed to be one",
            )),
        }
    }

    pub(super) fn kick(
        &mut self,
        (name, session): (&str, SessionId),
        group: &str,
        member: &str,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Done {
        self.enter((name, session), group, out)?;
        let victim = &*canonical(member);
        if victim == name {
            return Err(refuse("bad_request", "to go out of a group chat is to leave it").into());
        }
        let may = self.group(group).is_some_and(|record| {
            record.creator == name || !record.members.contains_key(&record.creator)
        });
        if !may {
            let why = "only who has made the group chat throws others out";
            return Err(refuse("not_authorised", why).into());
        }
        let members = self.members(group);
        if !members.iter().any(|member| member == victim) {
            self.found_done(name, group);
            return Ok(());
        }
        self.find_all([victim], session, out)?;
        self.part(victim, group);
        let buid = member_buid(group, victim);
        for member in &members {
            let (buid, by) = (buid.clone(), name.to_owned());
            let removed = Notice::BuddyRemoved([buid.clone()].into());
            effects.push(tell(member, Notice::Kicked { member: buid, by }));
            effects.push(tell(member, removed));
        }
        let gone = Notice::BuddyRemoved([group_buid(group)].into());
        effects.push(tell(victim, gone));
        Ok(())
    }

    pub(super) fn leave_group(
        &mut self,
        (name, session): (&str, SessionId),
        group: &str,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Done {
        self.enter((name, session), group, out)?;
        self.part(name, group);
        for member in self.members(group) {
            let buid = member_buid(group, name);
            effects.push(tell(&member, Notice::BuddyRemoved([buid].into())));
        }
        let gone = Notice::BuddyRemoved([group_buid(group)].into());
        effects.push(tell(name, gone));
        Ok(())
    }

    /// Brings a group chat into memory, and refuses what `name` wants if it is not in it.
    fn enter(
        &mut self,
        (name, session): (&str, SessionId),
        group: &str,
        out: &mut Outputs,
    ) -> Done {
        self.find_groups([group], session, out)?;
        let Some(record) = self.group(group) else {
            return Err(refuse("no_such_group", "there is no such group chat").into());
        };
        if !record.members.contains_key(name) {
            return Err(refuse("not_a_member", "the account is not in this group chat").into());
        }
        Ok(())
    }

    /// Who is in a group chat.
    pub(super) fn members(&self, group: &str) -> Vec<String> {
        let members = self.group(group).map(|record| record.members.keys());
        members.into_iter().flatten().cloned().collect()
    }

    /// Puts an account in memory into a group chat in memory.
    fn join(&mut self, name: &str, group: &str, inviter: &str, made_as: Option<&str>) {
        let made_as = made_as.map(ToOwned::to_owned);
        let record = MembershipRecord { made_as };
        let changed = self.journal.put(membership_key(name, group), &record);
        if let Some(resident) = self.resident(name) {
            resident.changed = changed;
            resident.groups.insert(group.to_owned(), record.made_as);
        }
        self.change_group(group, |own| {
            own.members.insert(name.to_owned(), inviter.to_owned());
        });
    }

    /// Takes an account in memory out of a group chat in memory.
    pub(super) fn part(&mut self, name: &str, group: &str) {
        let changed = self.journal.remove(membership_key(name, group));
        if let Some(resident) = self.resident(name) {
            resident.changed = changed;
            resident.groups.remove(group);
        }
        self.change_group(group, |own| {
            own.members.remove(name);
        });
    }

    /// A call of `name` has found a group chat as it wants it: it is done when the last change of that is durable,
    /// whoever made it.
    fn found_done(&mut self, name: &str, group: &str) {
        let changed = self.group_changed(group);
        if let Some(resident) = self.resident(name) {
            resident.changed = resident.changed.max(changed);
        }
    }
}
