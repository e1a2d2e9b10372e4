//! Who knows whom: contacts, requests and blocks.
//! Never sends anything: it names the effects.
//!
//! See `core/docs/imo-protocol.md`, "Contacts".

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::records::{Contact, RequestRecord, request_key};
use super::{Effect, House, Stop, refuse};
use crate::handle::{ECHO, canonical, is_handle};
use crate::imo::call::Verdict;
use crate::imo::notice::{Notice, Refusal};
use crate::imo::service::SessionId;
use crate::io::Outputs;

/// Whether something was done, unless it has to wait for the store.
type Done = Result<(), Stop>;

impl House {
    /// A known handle other than the caller's own, or the refusal.
    fn other(
        &mut self,
        (name, session): (&str, SessionId),
        handle: &str,
        out: &mut Outputs,
    ) -> Result<String, Stop> {
        let other = canonical(handle);
        if !is_handle(&other) || other == name {
            return Err(refuse("unknown_user", "that is nobody's handle").into());
        }
        if other != ECHO && !self.find(&other, session, out)? {
            return Err(refuse("unknown_user", "there is nobody of that name").into());
        }
        let full = self.peek(name).is_some_and(|resident| {
            let contacts = &resident.contacts;
            contacts.len() >= self.limits.contacts && !contacts.contains_key(&*other)
        });
        if full {
            return Err(refuse("rate_limited", "the contact list is full").into());
        }
        Ok(other.into_owned())
    }

    /// Refuses a text of an account's that is kept, if it is too long.
    pub(super) fn fits(&self, text: &str) -> Result<(), Refusal> {
        if text.len() > self.limits.text_bytes {
            return Err(refuse("too_large", "the text is too long"));
        }
        Ok(())
    }

    /// What `name` holds of `handle`, made if there is nothing yet.
    fn contact(&mut self, name: &str, handle: &str) -> Option<&mut Contact> {
        let resident = self.resident(name)?;
        Some(resident.contacts.entry(handle.to_owned()).or_default())
    }

    pub(super) fn tell_buddy(
        &mut self,
        name: &str,
        handle: &str,
        added: bool,
        effects: &mut Vec<Effect>,
    ) {
        let listed = self
            .peek(name)
            .and_then(|resident| resident.contacts.get(handle))
            .is_some_and(|contact| contact.listed);
        if !listed {
            return;
        }
        let buddies = [self.buddy(name, handle, None)].into();
        let notice = if added {
            Notice::BuddyAdded(buddies)
        } else {
            Notice::BuddyStatus(buddies)
        };
        effects.push(Effect::Tell {
            to: name.to_owned(),
            notice,
            except: None,
        });
    }

    pub(super) fn add_buddy(
        &mut self,
        who: (&str, SessionId),
        handle: &str,
        text: &str,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Done {
        let (name, _) = who;
        let other = self.other(who, handle, out)?;
        if let Err(refusal) = self.fits(text) {
            return Err(refusal.into());
        }
        let Some(resident) = self.resident(name) else {
            return Err(refuse("not_signed_on", "the account is not signed on").into());
        };
        let asked_by_other = resident.requests.contains_key(&other);
        let contact = resident.contacts.entry(other.clone()).or_default();
        contact.listed = true;
        contact.granted |= other == ECHO;
        let granted = contact.granted;
        if asked_by_other {
            // Both want it: the one answers the other.
            self.befriend(name, &other, effects);
            return Ok(());
        }
        self.keep_contact(name, &other);
        self.tell_buddy(name, &other, true, effects);
        if !granted {
            self.request(name, &other, text, effects);
        }
        Ok(())
    }

    /// Puts a contact request before `other`, unless it does not want to hear from `name`.
    fn request(&mut self, name: &str, other: &str, text: &str, effects: &mut Vec<Effect>) {
        let contacts_max = self.limits.contacts;
        let Some(resident) = self.resident(other) else {
            return;
        };
        let contact = resident.contacts.get(name);
        let full = resident.requests.len() >= contacts_max;
        if contact.is_some_and(|contact| contact.blocked) || full {
            return;
        }
        if contact.is_some_and(|contact| contact.sees_me) {
            // It has allowed this before it was asked.
            if let Some(contact) = self.contact(name, other) {
                contact.granted = true;
            }
            self.keep_contact(name, other);
            self.tell_buddy(name, other, false, effects);
            self.show_icon(name, other, effects);
            return;
        }
        // Clients ask a second time without a text: the first one stays.
        if text.is_empty() && resident.requests.contains_key(name) {
            return;
        }
        resident.requests.insert(name.to_owned(), text.to_owned());
        let record = RequestRecord {
            text: text.to_owned(),
        };
        let changed = self.journal.put(request_key(other, name), &record);
        if let Some(resident) = self.resident(other) {
            resident.changed = changed;
        }
        let notice = Notice::BuddyRequest {
            buddy: name.to_owned(),
            text: text.to_owned(),
        };
        effects.push(Effect::Tell {
            to: other.to_owned(),
            notice,
            except: None,
        });
    }

    /// Takes the request that `from` has put before `name` away, if there is one.
    pub(super) fn drop_request(&mut self, name: &str, from: &str) -> bool {
        let Some(resident) = self.resident(name) else {
            return false;
        };
        let was = resident.requests.remove(from).is_some();
        if was {
            let changed = self.journal.remove(request_key(name, from));
            if let Some(resident) = self.resident(name) {
                resident.changed = changed;
            }
        }
        was
    }

    /// Makes two accounts contacts of each other, with all rights.
    fn befriend(&mut self, name: &str, other: &str, effects: &mut Vec<Effect>) {
        self.drop_request(name, other);
        self.drop_request(other, name);
        for (one, two) in [(name, other), (other, name)] {
            if let Some(contact) = self.contact(one, two) {
                contact.sees_me = true;
                contact.granted = true;
            }
        }
        if let Some(contact) = self.contact(name, other) {
            contact.listed = true;
        }
        for (one, two, added) in [(name, other, true), (other, name, false)] {
            self.keep_contact(one, two);
            self.tell_buddy(one, two, added, effects);
            self.show_icon(one, two, effects);
        }
    }

    pub(super) fn answer(
        &mut self,
        who: (&str, SessionId),
        handle: &str,
        verdict: Verdict,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Done {
        let (name, _) = who;
        let other = self.other(who, handle, out)?;
        let asked = self
            .peek(name)
            .is_some_and(|resident| resident.requests.contains_key(&other));
        match verdict {
            Verdict::Accept if asked => self.befriend(name, &other, effects),
            Verdict::Accept => self.show_to(name, &other, true, effects),
            Verdict::Deny => {
                self.drop_request(name, &other);
                self.show_to(name, &other, false, effects);
            }
            Verdict::Block => {
                self.drop_request(name, &other);
                self.set_blocked(name, &other, true, effects);
            }
        }
        Ok(())
    }

    /// Lets `other` see the presence of `name`, or not any more.
    fn show_to(&mut self, name: &str, other: &str, on: bool, effects: &mut Vec<Effect>) {
        let Some(contact) = self.contact(name, other) else {
            return;
        };
        contact.sees_me = on;
        self.keep_contact(name, other);
        let seen = self
            .resident(other)
            .and_then(|resident| resident.contacts.get_mut(name));
        if let Some(contact) = seen
            && contact.granted != on
        {
            contact.granted = on;
            self.keep_contact(other, name);
            self.tell_buddy(other, name, false, effects);
            self.show_icon(other, name, effects);
        }
    }

    pub(super) fn remove_buddy(
        &mut self,
        who: (&str, SessionId),
        handle: &str,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Done {
        let (name, _) = who;
        let other = self.other(who, handle, out)?;
        let Some(contact) = self.contact(name, &other) else {
            return Ok(());
        };
        let was_listed = core::mem::replace(&mut contact.listed, false);
        contact.granted = false;
        contact.alias.clear();
        self.drop_request(&other, name);
        self.show_to(name, &other, false, effects);
        if was_listed {
            let notice = Notice::BuddyRemoved([other].into());
            effects.push(Effect::Tell {
                to: name.to_owned(),
                notice,
                except: None,
            });
        }
        Ok(())
    }

    pub(super) fn block(
        &mut self,
        who: (&str, SessionId),
        handle: &str,
        on: bool,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Done {
        let (name, _) = who;
        let other = self.other(who, handle, out)?;
        self.set_blocked(name, &other, on, effects);
        Ok(())
    }

    fn set_blocked(&mut self, name: &str, other: &str, on: bool, effects: &mut Vec<Effect>) {
        let Some(contact) = self.contact(name, other) else {
            return;
        };
        contact.blocked = on;
        let shown = contact.sees_me;
        self.keep_contact(name, other);
        if shown {
            self.tell_buddy(other, name, false, effects);
            self.show_icon(other, name, effects);
        }
    }

    pub(super) fn rename(
        &mut self,
        (name, session): (&str, SessionId),
        handle: &str,
        alias: &str,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Done {
        self.fits(alias)?;
        let other = canonical(handle);
        // Nothing else must become a key.
        if !is_handle(&other) {
            return Err(refuse("unknown_user", "not one of the contacts").into());
        }
        // What it is told back holds the contact's own name.
        self.find_all([&*other], session, out)?;
        let contact = self
            .resident(name)
            .and_then(|resident| resident.contacts.get_mut(&*other));
        let Some(contact) = contact.filter(|contact| contact.listed) else {
            return Err(refuse("unknown_user", "not one of the contacts").into());
        };
        contact.alias = alias.to_owned();
        self.keep_contact(name, &other);
        self.tell_buddy(name, &other, false, effects);
        Ok(())
    }
}
