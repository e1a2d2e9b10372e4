//! Texts from one account to another: taken once, kept until a session of the addressee has acknowledged them.
//! Never sends anything: it names the effects.
//!
//! See `core/docs/imo-protocol.md`, "Messages".

use alloc::borrow::ToOwned;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::records::{MailRecord, mail_id, mail_key, mid_key};
use super::resident::Resident;
use super::{Effect, House, Stop, refuse};
use crate::handle::{ECHO, canonical, is_handle};
use crate::imo::buid::group_buid;
use crate::imo::mids;
use crate::imo::notice::{Incoming, Notice, Refusal};
use crate::imo::service::SessionId;
use crate::io::Outputs;
use crate::store::{Record, read};
use crate::time::Now;

impl House {
    /// Takes a text. Gives its time in Unix seconds; for a repeated one as if it were new, with no other effect.
    #[expect(
        clippy::too_many_arguments,
        reason = "who, when, the three parts of a text, and two lists"
    )]
    pub(super) fn send(
        &mut self,
        (name, session): (&str, SessionId),
        now: Now,
        to: &str,
        body: &str,
        mid: Option<&str>,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Result<u64, Stop> {
        let to = canonical(to);
        if body.len() > self.limits.body_bytes {
            return Err(refuse("too_large", "the message is too long").into());
        }
        if !is_handle(&to) || to == name {
            return Err(refuse("unknown_user", "that is nobody to write to").into());
        }
        if to != ECHO && !self.find(&to, session, out)? {
            return Err(refuse("unknown_user", "there is nobody of that name").into());
        }
        if mid.is_some() {
            self.find_mids(name, session, out)?;
        }
        let timestamp = now.wall.as_seconds();
        let hash = mid.map(mids::hash);
        let known = self.peek(name).and_then(|resident| resident.mids.as_ref());
        if let (Some(hash), Some(known)) = (hash, known)
            && known.knows(hash)
        {
            return Ok(timestamp);
        }
        if let Some(refusal) = self.refuses(&to, name) {
            return Err(refusal.into());
        }
        if let Some(hash) = hash {
            self.keep_mid(name, hash);
        }
        let echo_mid = (to == ECHO).then(|| self.rng.alphanumeric(16));
        let (to_box, from, mid) = match &echo_mid {
            Some(mid) => (name, ECHO, Some(mid.as_str())),
            None => (&*to, name, mid),
        };
        let record = MailRecord {
            from: from.into(),
            body: body.to_owned(),
            timestamp,
            mid: mid.map(Into::into),
            alias: self.own_name(from).map(Into::into),
            group: None,
            topic: false,
        };
        if let Some(id) = self.put_mail(to_box, &record) {
            effects.push(Effect::Mail {
                to: to_box.into(),
                id,
                mail: Arc::new(incoming(record)),
            });
        }
        if self.sessions(name).len() > 1 {
            effects.push(Effect::Tell {
                to: name.to_owned(),
                notice: Notice::SentElsewhere {
                    to: to.clone().into_owned(),
                    body: body.to_owned(),
                    timestamp,
                    mid: mid.filter(|_| echo_mid.is_none()).map(ToOwned::to_owned),
                },
                except: Some(session),
            });
        }
        Ok(timestamp)
    }

    /// Why `to` takes nothing from `name`, if so.
    fn refuses(&self, to: &str, name: &str) -> Option<Refusal> {
        let box_owner = if to == ECHO { name } else { to };
        let resident = self.peek(box_owner)?;
        if to != ECHO
            && resident
                .contacts
                .get(name)
                .is_some_and(|contact| contact.blocked)
        {
            return Some(refuse(
                "blocked",
                "they do not want to hear from this account",
            ));
        }
        self.is_full(resident)
            .then(|| refuse("rate_limited", "too many messages wait for them already"))
    }

    /// True if no further mail is kept for this account.
    pub(super) fn is_full(&self, resident: &Resident) -> bool {
        let unread_max = u64::try_from(self.limits.unread_messages).unwrap_or(u64::MAX);
        resident.mails_waiting() >= unread_max
    }

    /// Keeps a mail for an account, if that is in memory; gives its number.
    pub(super) fn put_mail(&mut self, to: &str, record: &MailRecord) -> Option<u64> {
        let resident = self.resident(to)?;
        let id = resident.mail_next;
        resident.mail_next += 1;
        let changed = self.journal.put(mail_key(to, id), record);
        if let Some(resident) = self.resident(to) {
            resident.changed = changed;
        }
        Some(id)
    }

    /// A mail has become durable.
    pub(in crate::imo::service) fn mail_is_durable(&mut self, name: &str, id: u64) {
        if let Some(resident) = self.resident(name) {
            resident.mail_durable = resident.mail_durable.max(id);
        }
    }

    /// The highest number of a mail of `name` that is durable.
    pub(in crate::imo::service) fn mail_durable(&self, name: &str) -> u64 {
        self.peek(name).map_or(0, |resident| resident.mail_durable)
    }

    /// A session of `name` has acknowledged a mail: it is not kept any longer.
    pub(in crate::imo::service) fn mail_taken(&mut self, name: &str, id: u64) {
        // Another session may have acknowledged it before.
        if self
            .peek(name)
            .is_some_and(|resident| id < resident.mail_oldest)
        {
            return;
        }
        let changed = self.journal.remove(mail_key(name, id));
        if let Some(resident) = self.resident(name) {
            resident.changed = changed;
            if id == resident.mail_oldest {
                resident.mail_oldest += 1;
            }
        }
    }

    pub(super) fn keep_mid(&mut self, name: &str, hash: u64) {
        let mids_max = self.limits.mids;
        let Some(mids) = self
            .resident(name)
            .and_then(|resident| resident.mids.as_mut())
        else {
            return;
        };
        let (slot, record) = mids.add(hash, mids_max);
        let changed = self.journal.put(mid_key(name, slot), &record);
        if let Some(resident) = self.resident(name) {
            resident.changed = changed;
        }
    }
}

/// The mails that `records` tell of, with their numbers.
pub(super) fn read_mails(records: &[Record]) -> Vec<(u64, Incoming)> {
    let mail = |record| Some((mail_id(record)?, incoming(read::<MailRecord>(record)?)));
    records.iter().filter_map(mail).collect()
}

/// What the addressee is told of a mail.
pub(super) fn incoming(record: MailRecord) -> Incoming {
    let MailRecord {
        from,
        body,
        timestamp,
        mid,
        alias,
        group,
        topic,
    } = record;
    // Old clients know a topic by this alone, that text and name are the same; so they never are in a text.
    let alias = match alias.filter(|alias| *alias != body) {
        _ if topic => body.as_str().into(),
        Some(alias) => alias,
        None if from == body => {
            let mut other = from.clone();
            other.push(' ');
            other
        }
        None => from.clone(),
    };
    let is_group = group.is_some();
    let (buid, author) = match group {
        Some(group) => (group_buid(&group).into(), Some(from)),
        None => (from, None),
    };
    Incoming {
        buid,
        alias,
        msg: body,
        timestamp,
        mid,
        author,
        topic: is_group.then_some(topic),
    }
}
