//! One account as the house holds it in memory while it is of use.
//! Never reads or writes the store: it is made from records and says what they are.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::records::{
    AccountRecord, Contact, IconRecord, MembershipRecord, NameRecord, RequestRecord, mail_id,
};
use crate::imo::Primitive;
use crate::imo::mids::Mids;
use crate::imo::service::SessionId;
use crate::journal::Ticket;
use crate::store::{Record, last_part, read};

/// An account in memory.
#[derive(Debug)]
pub(super) struct Resident {
    /// The password's hash.
    pub(super) hash: String,
    /// The name it gave itself; empty for none.
    pub(super) name: String,
    /// What it holds of others, by handle.
    pub(super) contacts: BTreeMap<String, Contact>,
    /// Who asks to be a contact, with what they say.
    pub(super) requests: BTreeMap<String, String>,
    /// The group chats it is in, by bare id; with the name of those it has made.
    pub(super) groups: BTreeMap<String, Option<String>>,
    /// Its sessions that are signed on, oldest first.
    pub(super) sessions: Vec<SessionId>,
    /// How available it wants to be seen while it has sessions.
    pub(super) primitive: Primitive,
    /// It has just signed on, and may still say that it is not to be seen.
    pub(super) hidden: bool,
    /// Its mood text.
    pub(super) mood: String,
    /// The id of its picture; empty for none.
    pub(super) icon: String,
    /// The number of its next mail.
    pub(super) mail_next: u64,
    /// No unacknowledged mail has a lower number.
    pub(super) mail_oldest: u64,
    /// The highest number of a mail that is durable.
    pub(super) mail_durable: u64,
    /// What it has sent lately; read from the store when it first sends something.
    pub(super) mids: Option<Mids>,
    /// The last change of it; it cannot be forgotten before that is durable.
    pub(super) changed: Ticket,
}

impl Resident {
    /// A new account.
    pub(super) fn new(hash: String) -> Self {
        Self {
            hash,
            name: String::new(),
            contacts: BTreeMap::new(),
            requests: BTreeMap::new(),
            groups: BTreeMap::new(),
            sessions: Vec::new(),
            primitive: Primitive::Available,
            hidden: false,
            mood: String::new(),
            icon: String::new(),
            mail_next: 1,
            mail_oldest: 1,
            mail_durable: 0,
            mids: None,
            changed: Ticket::default(),
        }
    }

    /// The account that `records` tell of; `None` if there is none. A record that cannot be read is left
    /// out: one damaged contact must not lock its owner out.
    pub(super) fn from_records(records: &[Record]) -> Option<Self> {
        let mut resident = None;
        let mut mails: Vec<u64> = Vec::new();
        for record in records {
            match record.key.get(..4) {
                Some("s/a/") => {
                    let own = read::<AccountRecord>(record).filter(|own| !own.removed);
                    resident = own.map(|own| Self::new(own.hash));
                }
                Some("s/r/") => {
                    if let (Some(resident), Some(contact)) = (&mut resident, read(record)) {
                        resident
                            .contacts
                            .insert(last_part(&record.key).into(), contact);
                    }
                }
                Some("s/q/") => {
                    let request = read::<RequestRecord>(record);
                    if let (Some(resident), Some(request)) = (&mut resident, request) {
                        resident
                            .requests
                            .insert(last_part(&record.key).into(), request.text);
                    }
                }
                Some("s/p/") => {
                    if let (Some(resident), Some(IconRecord { icon })) =
                        (&mut resident, read(record))
                    {
                        resident.icon = icon;
                    }
                }
                Some("s/h/") => {
                    let membership = read::<MembershipRecord>(record);
                    if let (Some(resident), Some(membership)) = (&mut resident, membership) {
                        let group = last_part(&record.key).into();
                        resident.groups.insert(group, membership.made_as);
                    }
                }
                Some("s/n/") => {
                    if let (Some(resident), Some(NameRecord { name })) =
                        (&mut resident, read(record))
                    {
                        resident.name = name;
                    }
                }
                Some("s/m/") => mails.extend(mail_id(record)),
                _ => {}
            }
        }
        let mut resident = resident?;
        if let (Some(oldest), Some(newest)) = (mails.iter().min(), mails.iter().max()) {
            resident.mail_oldest = *oldest;
            resident.mail_next = newest + 1;
            resident.mail_durable = *newest;
        }
        Some(resident)
    }

    /// How available others see it.
    pub(super) fn shown(&self) -> Primitive {
        if self.sessions.is_empty() || self.hidden {
            Primitive::Offline
        } else {
            self.primitive.shown()
        }
    }

    /// True if `handle` may see its presence.
    pub(super) fn shows_itself_to(&self, handle: &str) -> bool {
        self.contacts
            .get(handle)
            .is_some_and(|contact| contact.sees_me && !contact.blocked)
    }

    /// At least as many mails as wait to be acknowledged.
    pub(super) fn mails_waiting(&self) -> u64 {
        self.mail_next - self.mail_oldest
    }
}
