//! What is said in group chats: topics, texts, and who is typing one.
//! Never changes who is in one.
//!
//! See `core/docs/imo-protocol.md`, "Group chats".

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Done;
use crate::imo::TypingState;
use crate::imo::buid::{group_buid, member_buid};
use crate::imo::mids;
use crate::imo::notice::Notice;
use crate::imo::service::SessionId;
use crate::imo::service::house::mail::incoming;
use crate::imo::service::house::records::MailRecord;
use crate::imo::service::house::{Effect, House, Stop, refuse, tell};
use crate::io::Outputs;
use crate::time::Now;

impl House {
    pub(in crate::imo::service::house) fn set_topic(
        &mut self,
        (name, session): (&str, SessionId),
        now: Now,
        group: &str,
        topic: &str,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Done {
        self.fits(topic)?;
        self.enter((name, session), group, out)?;
        if self.group(group).is_some_and(|own| own.topic == topic) {
            self.found_done(name, group);
            return Ok(());
        }
        let members = self.members(group);
        self.find_all(members.iter().map(String::as_str), session, out)?;
        self.change_group(group, |record| record.topic = topic.to_owned());
        for member in &members {
            let buddies = [self.group_buddy(group)].into();
            effects.push(tell(member, Notice::BuddyStatus(buddies)));
        }
        let record = MailRecord {
            from: name.into(),
            body: topic.to_owned(),
            timestamp: now.wall.as_seconds(),
            mid: Some(self.rng.alphanumeric(16)),
            alias: None,
            group: Some(group.to_owned()),
            topic: true,
        };
        self.mail_members(&members, record, effects);
        Ok(())
    }

    /// Takes a text for all other members. Gives its time in Unix seconds; for a repeated one as if it were new,
    /// with no other effect.
    #[expect(
        clippy::too_many_arguments,
        reason = "who, when, the three parts of a text, and two lists"
    )]
    pub(in crate::imo::service::house) fn send_to_group(
        &mut self,
        (name, session): (&str, SessionId),
        now: Now,
        group: &str,
        body: &str,
        mid: Option<&str>,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Result<u64, Stop> {
        if body.len() > self.limits.body_bytes {
            return Err(refuse("too_large", "the message is too long").into());
        }
        let timestamp = now.wall.as_seconds();
        if let Some(mid) = mid {
            self.find_mids(name, session, out)?;
            let known = self.peek(name).and_then(|resident| resident.mids.as_ref());
            if known.is_some_and(|known| known.knows(mids::hash(mid))) {
                return Ok(timestamp);
            }
        }
        self.enter((name, session), group, out)?;
        let members = self.members(group);
        self.find_all(members.iter().map(String::as_str), session, out)?;
        if let Some(mid) = mid {
            self.keep_mid(name, mids::hash(mid));
        }
        let record = MailRecord {
            from: name.into(),
            body: body.to_owned(),
            timestamp,
            mid: mid.map(Into::into),
            alias: self.own_name(name).map(Into::into),
            group: Some(group.to_owned()),
            topic: false,
        };
        self.mail_members(&members, record, effects);
        if self.sessions(name).len() > 1 {
            let notice = Notice::SentElsewhere {
                to: group_buid(group),
                body: body.to_owned(),
                timestamp,
                mid: mid.map(Into::into),
            };
            effects.push(Effect::Tell {
                to: name.to_owned(),
                notice,
                except: Some(session),
            });
        }
        Ok(timestamp)
    }

    /// Keeps a text for all members but its author. Who has too many waiting already misses it: one who never
    /// reads must not silence the others.
    fn mail_members(&mut self, members: &[String], record: MailRecord, effects: &mut Vec<Effect>) {
        let mut put = Vec::new();
        for member in members.iter().filter(|member| **member != record.from) {
            let resident = self.peek(member);
            if resident.is_some_and(|resident| !self.is_full(resident))
                && let Some(id) = self.put_mail(member, &record)
            {
                put.push((member.clone(), id));
            }
        }
        let mail = Arc::new(incoming(record));
        effects.extend(put.into_iter().map(|(to, id)| Effect::Mail {
            to: to.into(),
            id,
            mail: Arc::clone(&mail),
        }));
    }

    pub(in crate::imo::service::house) fn typing_in_group(
        &mut self,
        (name, session): (&str, SessionId),
        group: &str,
        state: TypingState,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Done {
        self.enter((name, session), group, out)?;
        for member in self.members(group) {
            if member != name && !self.sessions(&member).is_empty() {
                let buddy = member_buid(group, name);
                effects.push(tell(&member, Notice::Typing { buddy, state }));
            }
        }
        Ok(())
    }
}
