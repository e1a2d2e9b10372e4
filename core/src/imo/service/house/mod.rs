//! The house: who has an account, who knows whom, and what waits for whom.
//! Never hears of connections or polls: the face asks it, and carries out the effects it names.
//!
//! Accounts come into memory when somebody needs them and leave when nobody does, so nothing here costs more
//! because there are more accounts.

mod calls;
mod contacts;
mod directory;
mod errands;
mod groups;
mod icons;
mod invariants;
mod mail;
mod memory;
mod presence;
mod records;
mod registry;
mod resident;
mod roster;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use calls::Calls;
use compact_str::CompactString;
use errands::Errand;
use groups::Groups;
pub(super) use icons::Picture;
use memory::Question;
pub(super) use memory::{Answered, MailPage};
use records::contact_key;
use resident::Resident;

use super::SessionId;
use crate::config::Limits;
use crate::imo::Primitive;
use crate::imo::buid::Buid;
use crate::imo::call::Call;
use crate::imo::notice::{Incoming, Notice, Outcome, Refusal};
use crate::io::{LoadId, Outputs};
use crate::journal::{Journal, Ticket};
use crate::rng::Rng;
use crate::time::Now;

/// What is to happen once the change that caused it is durable and the call is answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Effect {
    /// Tell all sessions of an account, but for the one that caused it.
    Tell {
        /// The account.
        to: String,
        /// What.
        notice: Notice,
        /// The session that knows already.
        except: Option<SessionId>,
    },
    /// Tell one session.
    TellSession {
        /// Which.
        session: SessionId,
        /// What.
        notice: Notice,
        /// Whether it must come a moment after the answer.
        late: bool,
    },
    /// A call rings at both accounts, unless it is over by then.
    Ring {
        /// Who calls.
        caller: String,
        /// Whom.
        callee: String,
    },
    /// Tell a session that has signed on whose pictures there are.
    Icons {
        /// Which.
        session: SessionId,
    },
    /// A mail has become durable.
    Mail {
        /// The account it is for.
        to: CompactString,
        /// Its number.
        id: u64,
        /// The mail.
        mail: Arc<Incoming>,
    },
}

/// The call has to be made again when a load is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Wait;

/// Why a call has not been done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Stop {
    /// It has to be made again when a load is answered. Nothing has been done yet.
    Wait,
    /// It is refused.
    Refused(Refusal),
}

impl From<Wait> for Stop {
    fn from(Wait: Wait) -> Self {
        Self::Wait
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A place in memory for an account.
#[derive(Debug)]
enum Place {
    Asked(LoadId),
    Absent,
    /// It was taken away; its name is kept from others. The ticket is that of its removal.
    Removed(Ticket),
    Here(Box<Resident>),
}

/// All accounts, their rosters and their mail.
#[derive(Debug)]
pub(super) struct House {
    places: BTreeMap<String, Place>,
    idle: VecDeque<String>,
    groups: Groups,
    questions: BTreeMap<LoadId, Question>,
    errands: BTreeMap<SessionId, Errand>,
    next_load: u64,
    calls: Calls,
    rng: Rng,
    limits: Limits,
    /// The order in which changes become durable.
    pub(super) journal: Journal,
}

impl House {
    pub(super) fn new(limits: Limits, rng: Rng) -> Self {
        Self {
            places: BTreeMap::new(),
            idle: VecDeque::new(),
            groups: Groups::default(),
            questions: BTreeMap::new(),
            errands: BTreeMap::new(),
            next_load: 0,
            calls: Calls::default(),
            rng,
            limits,
            journal: Journal::new(),
        }
    }

    fn resident(&mut self, name: &str) -> Option<&mut Resident> {
        match self.places.get_mut(name) {
            Some(Place::Here(resident)) => Some(resident),
            Some(Place::Asked(_) | Place::Absent | Place::Removed(_)) | None => None,
        }
    }

    fn peek(&self, name: &str) -> Option<&Resident> {
        match self.places.get(name) {
            Some(Place::Here(resident)) => Some(resident),
            Some(Place::Asked(_) | Place::Absent | Place::Removed(_)) | None => None,
        }
    }

    /// The password hash of an account in memory.
    pub(super) fn hash(&self, name: &str) -> Option<&str> {
        self.peek(name).map(|resident| resident.hash.as_str())
    }

    /// True if `name`, an account in memory, has `other` on its list and has been allowed to see it. Who was taken
    /// off the list may still allow it.
    fn has_contact(&self, name: &str, other: &str) -> bool {
        self.peek(name)
            .and_then(|resident| resident.contacts.get(other))
            .is_some_and(|contact| contact.listed && contact.granted)
    }

    /// The sessions of an account that are signed on.
    pub(super) fn sessions(&self, name: &str) -> &[SessionId] {
        self.peek(name)
            .map_or(&[], |resident| resident.sessions.as_slice())
    }

    /// Signs a session on, after [`House::gather`]: the account is told who it knows. Those who know it see it come
    /// when it says how it is, or at [`House::appear`].
    pub(super) fn sign_on(&mut self, name: &str, session: SessionId, effects: &mut Vec<Effect>) {
        let Some(resident) = self.resident(name) else {
            return;
        };
        let first = resident.sessions.is_empty();
        if !resident.sessions.contains(&session) {
            resident.sessions.push(session);
        }
        if first {
            resident.primitive = Primitive::Available;
            resident.hidden = true;
        }
        let tell = |notice| Effect::TellSession {
            session,
            notice,
            late: false,
        };
        let alias = self.own_name(name).unwrap_or(name).into();
        effects.push(tell(Notice::SignedOn { alias }));
        let Some(resident) = self.peek(name) else {
            return;
        };
        let listed = resident
            .contacts
            .iter()
            .filter(|(_, contact)| contact.listed);
        let buddies: Vec<_> = listed
            .map(|(handle, _)| self.buddy(name, handle, Some(session)))
            .collect();
        if buddies.is_empty() {
            // That nobody is on it is worth knowing too: else the client would wait for the list.
            effects.push(tell(Notice::BuddyAdded(Vec::new())));
        }
        effects.extend(roster::in_parts(buddies).map(tell));
        for group in resident.groups.keys() {
            effects.extend(self.group_roster(name, group, session).map(tell));
        }
        for (buddy, text) in &resident.requests {
            let notice = Notice::BuddyRequest {
                buddy: buddy.clone(),
                text: text.clone(),
            };
            effects.push(tell(notice));
        }
        effects.push(Effect::Icons { session });
    }

    /// The account has had the time to say how it is: now those who know it see it come.
    pub(super) fn appear(&mut self, name: &str, effects: &mut Vec<Effect>) {
        let hidden = self.resident(name).map(|resident| &mut resident.hidden);
        if hidden.is_some_and(core::mem::take) {
            self.announce_presence(name, effects);
        }
    }

    /// Signs a session off; with the last one, those who know the account see it go.
    pub(super) fn sign_off(&mut self, name: &str, session: SessionId, effects: &mut Vec<Effect>) {
        let Some(resident) = self.resident(name) else {
            return;
        };
        resident.sessions.retain(|other| *other != session);
        self.leave_calls(name, session, effects);
        if self.sessions(name).is_empty() {
            self.announce_presence(name, effects);
            self.rest(name.into());
        }
    }

    /// Does what a session of `name` asks. Calls that concern the session alone never get here.
    ///
    /// Gives what came of it.
    pub(super) fn call(
        &mut self,
        now: Now,
        (name, session): (&str, SessionId),
        call: &Call,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Result<Outcome, Stop> {
        match call {
            Call::SetStatus { primitive, mood } => {
                self.set_status((name, session), *primitive, mood, effects)?;
            }
            Call::SendMessage { to, body, mid } => {
                let (who, mid) = ((name, session), mid.as_deref());
                let time = match Buid::parse(to) {
                    Buid::Group(group) => {
                        self.send_to_group(who, now, group, body, mid, effects, out)?
                    }
                    Buid::Person(_) | Buid::Member { .. } => {
                        self.send(who, now, to, body, mid, effects, out)?
                    }
                };
                return Ok(Outcome::at(time));
            }
            Call::Typing { to, state } => match Buid::parse(to) {
                Buid::Group(group) => {
                    self.typing_in_group((name, session), group, *state, effects, out)?;
                }
                Buid::Person(_) | Buid::Member { .. } => self.typing(name, to, *state, effects),
            },
            Call::AddBuddy { buddy, text } => {
                self.add_buddy((name, session), buddy, text, effects, out)?;
            }
            Call::RemoveBuddy { buddy } => {
                self.remove_buddy((name, session), buddy, effects, out)?;
            }
            Call::Block { buddy, on } => {
                self.block((name, session), buddy, *on, effects, out)?;
            }
            Call::Rename { buddy, alias } => {
                self.rename((name, session), buddy, alias, effects, out)?;
            }
            Call::Answer { buddy, verdict } => {
                self.answer((name, session), buddy, *verdict, effects, out)?;
            }
            Call::StartCall { buddy } => self.start_call((name, session), buddy, effects, out)?,
            Call::AnswerCall { buddy } => self.answer_call((name, session), buddy, effects)?,
            Call::EndCall { buddy } => self.end_call(name, buddy, effects),
            Call::SetIcon { image } => self.set_icon(name, image, effects)?,
            Call::Alpha | Call::Preference => {}
            Call::CreateGroup { name: known_as } => {
                self.create_group((name, session), known_as, effects, out)?;
            }
            Call::Invite { group, buddy } => {
                self.invite((name, session), group, buddy, effects, out)?;
            }
            Call::Kick { group, member } => {
                self.kick((name, session), group, member, effects, out)?;
            }
            Call::SetTopic { group, topic } => {
                self.set_topic((name, session), now, group, topic, effects, out)?;
            }
            Call::LeaveGroup { group } => {
                self.leave_group((name, session), group, effects, out)?;
            }
            Call::SetName { name: own } => self.set_name(name, own, effects)?,
            Call::SearchUsers { text } => {
                let users = Some(self.search((name, session), text, out)?);
                let timestamp = now.wall.as_seconds();
                return Ok(Outcome { timestamp, users });
            }
            Call::OpenSession
            | Call::CookieLogin
            | Call::Login { .. }
            | Call::SignOff
            | Call::Activity
            | Call::Unread => {
                debug_assert!(false, "the face keeps calls about sessions to itself");
            }
        }
        Ok(Outcome::at(now.wall.as_seconds()))
    }

    /// Stores what `name` holds of `handle` after it has changed.
    fn keep_contact(&mut self, name: &str, handle: &str) {
        let Some(Place::Here(resident)) = self.places.get_mut(name) else {
            return;
        };
        let Some(contact) = resident.contacts.get(handle) else {
            return;
        };
        let key = contact_key(name, handle);
        resident.changed = if contact.is_nothing() {
            resident.contacts.remove(handle);
            self.journal.remove(key)
        } else {
            self.journal.put(key, contact)
        };
    }

    /// The ticket of the last change of an account; of one that is not in memory all is durable.
    pub(super) fn changed(&self, name: &str) -> Ticket {
        self.peek(name)
            .map_or_else(Ticket::default, |resident| resident.changed)
    }

    /// The ticket of all changes so far.
    pub(super) fn latest(&self) -> Ticket {
        self.journal.latest()
    }
}

/// A refusal with a code of `core/docs/imo-protocol.md`, "Refusals".
fn refuse(code: &'static str, msg: &'static str) -> Refusal {
    Refusal {
        code: Cow::Borrowed(code),
        msg: Cow::Borrowed(msg),
    }
}

/// All sessions of an account are to be told.
fn tell(to: &str, notice: Notice) -> Effect {
    Effect::Tell {
        to: to.into(),
        notice,
        except: None,
    }
}
