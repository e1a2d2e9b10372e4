//! What of the store is in memory: accounts come when somebody needs them, and leave when nobody does.
//! Never lets an account leave that has a change which may still be lost.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::icons::Picture;
use super::records::{
    account_key, contact_prefix, icon_key, mail_key, mail_prefix, membership_prefix, mid_prefix,
    name_key, request_prefix,
};
use super::resident::Resident;
use super::{House, Place, Wait, icons, mail, registry};
use crate::imo::mids::Mids;
use crate::imo::notice::Incoming;
use crate::imo::service::SessionId;
use crate::io::{ConnId, LoadId, Output, Outputs, UserPage};
use crate::journal::Ticket;
use crate::store::{Query, Record, StoreError};

/// How many accounts that nobody uses stay in memory.
const IDLE_MAX: usize = 256;

/// Whoever waits for a load.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) about: Topic,
    pub(super) waiting: BTreeSet<SessionId>,
}

#[derive(Debug)]
pub(super) enum Topic {
    Account(String),
    Mids(String),
    Mail(SessionId),
    Icons(SessionId),
    Picture(ConnId),
    Groups(Vec<String>),
    Names(SessionId, Vec<String>),
    Search(SessionId, String),
    Handles(SessionId),
}

/// What an answered load leads to.
#[derive(Debug)]
pub(in crate::imo::service) enum Answered {
    /// These sessions can go on.
    Ready(BTreeSet<SessionId>),
    /// These sessions have waited in vain: the store could not be read.
    Failed(BTreeSet<SessionId>),
    /// The mail that a session asked for; `None` if the store could not be read.
    Mail(SessionId, Option<MailPage>),
    /// What the store tells of pictures, for [`House::icons`].
    Icons(SessionId, Vec<Record>),
    /// Handles of accounts, for the operator.
    Handles(SessionId, Result<UserPage, StoreError>),
    /// The picture that a connection has asked for, if there is one.
    Picture(ConnId, Result<Option<Picture>, StoreError>),
}

/// Some of an account's mail.
#[derive(Debug)]
pub(in crate::imo::service) struct MailPage {
    /// Mails with their numbers, in their order.
    pub(in crate::imo::service) mails: Vec<(u64, Incoming)>,
    /// Whether there were no more of them in the store.
    pub(in crate::imo::service) is_last: bool,
}

impl House {
    /// Whether there is an account `name`, brought into memory for `session` if it is not there.
    pub(in crate::imo::service) fn find(
        &mut self,
        name: &str,
        session: SessionId,
        out: &mut Outputs,
    ) -> Result<bool, Wait> {
        match self.places.get(name) {
            Some(Place::Here(_)) => return Ok(true),
            Some(Place::Absent | Place::Removed(_)) => return Ok(false),
            Some(Place::Asked(load)) => {
                if let Some(question) = self.questions.get_mut(load) {
                    question.waiting.insert(session);
                }
                return Err(Wait);
            }
            None => {}
        }
        self.ask_account(name, Some(session), out);
        Err(Wait)
    }

    /// Brings an account into memory.
    pub(super) fn ask_account(
        &mut self,
        name: &str,
        session: Option<SessionId>,
        out: &mut Outputs,
    ) -> LoadId {
        let newest = Query::Range {
            prefix: mail_prefix(name),
            after: None,
            limit: 1,
            newest_first: true,
        };
        let queries = [
            Query::Get {
                key: account_key(name),
            },
            Query::Get {
                key: icon_key(name),
            },
            Query::Get {
                key: name_key(name),
            },
            Query::all(contact_prefix(name), self.limits.contacts),
            Query::all(request_prefix(name), self.limits.contacts),
            Query::all(membership_prefix(name), self.limits.groups),
            Query::all(mail_prefix(name), 1),
            newest,
        ];
        let load = self.ask(Topic::Account(name.into()), queries.into(), session, out);
        self.places.insert(name.into(), Place::Asked(load));
        load
    }

    /// Asks the store; a session can wait for the answer with its request.
    pub(super) fn ask(
        &mut self,
        about: Topic,
        queries: Vec<Query>,
        session: Option<SessionId>,
        out: &mut Outputs,
    ) -> LoadId {
        let load = LoadId(self.next_load);
        self.next_load += 1;
        self.questions.insert(
            load,
            Question {
                about,
                waiting: session.into_iter().collect(),
            },
        );
        out.push(Output::Load { load, queries });
        load
    }

    /// Takes the answer to a load.
    pub(in crate::imo::service) fn loaded(
        &mut self,
        load: LoadId,
        result: Result<Vec<Record>, StoreError>,
    ) -> Option<Answered> {
        let question = self.questions.remove(&load)?;
        let ok = result.is_ok();
        match (question.about, result) {
            (Topic::Account(name), Ok(records)) => {
                let place = match Resident::from_records(&records) {
                    Some(resident) => Place::Here(Box::new(resident)),
                    None if registry::was_removed(&records) => Place::Removed(Ticket::default()),
                    None => Place::Absent,
                };
                self.places.insert(name.clone(), place);
                self.rest(name);
            }
            (Topic::Account(name), Err(_)) => {
                self.places.remove(&name);
            }
            (Topic::Mids(name), Ok(records)) => {
                if let Some(resident) = self.resident(&name)
                    && resident.mids.is_none()
                {
                    resident.mids = Some(Mids::from_records(&records));
                }
            }
            (Topic::Groups(groups), result) => {
                self.groups_loaded(load, &groups, result.ok().as_deref());
            }
            (Topic::Names(session, handles), Ok(records)) => {
                self.names_loaded(session, handles, &records);
            }
            (Topic::Search(session, text), Ok(records)) => {
                self.search_loaded(session, text, &records);
            }
            (Topic::Mids(_) | Topic::Names(..) | Topic::Search(..), Err(_)) => {}
            (Topic::Mail(session), result) => {
                let page = result.ok().map(|records| MailPage {
                    mails: mail::read_mails(&records),
                    is_last: records.len() < self.limits.messages_cached,
                });
                return Some(Answered::Mail(session, page));
            }
            (Topic::Icons(session), result) => {
                return Some(Answered::Icons(session, result.unwrap_or_default()));
            }
            (Topic::Handles(asker), result) => {
                let page = result.map(|records| registry::page(&records));
                return Some(Answered::Handles(asker, page));
            }
            (Topic::Picture(conn), Ok(records)) => return Some(icons::picture(conn, &records)),
            (Topic::Picture(conn), Err(error)) => {
                return Some(Answered::Picture(conn, Err(error)));
            }
        }
        Some(if ok {
            Answered::Ready(question.waiting)
        } else {
            Answered::Failed(question.waiting)
        })
    }

    /// Lets an account leave memory some time, if nobody uses it.
    pub(super) fn rest(&mut self, name: String) {
        self.idle.push_back(name);
        // Two go for each that comes, so that they become few again after a time when none could go.
        for _ in 0..2 {
            if self.idle.len() <= IDLE_MAX {
                return;
            }
            let Some(oldest) = self.idle.pop_front() else {
                return;
            };
            match self.places.get(&oldest) {
                Some(Place::Here(resident)) if !resident.sessions.is_empty() => {}
                Some(Place::Here(resident))
                    if !self.journal.is_durable(resident.changed) || self.is_awaited(&oldest) =>
                {
                    self.idle.push_back(oldest);
                }
                Some(Place::Removed(changed)) if !self.journal.is_durable(*changed) => {
                    self.idle.push_back(oldest);
                }
                Some(Place::Here(_) | Place::Absent | Place::Removed(_)) => {
                    self.places.remove(&oldest);
                }
                Some(Place::Asked(_)) | None => {}
            }
        }
    }

    /// Brings the identities that `name` has sent lately into memory.
    pub(super) fn find_mids(
        &mut self,
        name: &str,
        session: SessionId,
        out: &mut Outputs,
    ) -> Result<(), Wait> {
        if self
            .peek(name)
            .is_none_or(|resident| resident.mids.is_some())
        {
            return Ok(());
        }
        let queries = [Query::all(mid_prefix(name), self.limits.mids)];
        self.ask(Topic::Mids(name.into()), queries.into(), Some(session), out);
        Err(Wait)
    }

    /// Asks for the mails of `name` beyond number `after`; they come with [`House::loaded`].
    pub(in crate::imo::service) fn ask_mails(
        &mut self,
        name: &str,
        after: u64,
        session: SessionId,
        out: &mut Outputs,
    ) -> LoadId {
        let query = Query::Range {
            prefix: mail_prefix(name),
            after: Some(mail_key(name, after).into()),
            limit: self.limits.messages_cached,
            newest_first: false,
        };
        self.ask(Topic::Mail(session), [query].into(), None, out)
    }
}
