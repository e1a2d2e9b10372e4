//! One call at a time: what concerns the session alone is done here, the rest by the house.
//! Never answers a request: it gives what follows from a call.
//!
//! See `core/docs/imo-protocol.md`, "Calls" and "Refusals".

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::house::{Effect, Stop, Wait};
use super::session::Mail;
use super::{Service, SessionId};
use crate::handle::canonical;
use crate::imo::call::{BadCall, Call};
use crate::imo::notice::{Notice, Outcome, Refusal};
use crate::io::Outputs;
use crate::time::Now;

/// Longest name of an unknown method that is told back, in characters.
const METHOD_MAX: usize = 64;

impl Service {
    /// Does one call and gives what follows from it, the result first.
    pub(super) fn perform(
        &mut self,
        now: Now,
        id: SessionId,
        (seq, system, data): (u64, &str, &RawValue),
        out: &mut Outputs,
    ) -> Result<Vec<Effect>, Wait> {
        let mut effects = Vec::new();
        let (result, method, request_id, late) = match Call::decode(system, data) {
            Ok(incoming) => {
                let late = matches!(incoming.call, Call::SendMessage { mid: None, .. });
                let uid = incoming.uid.as_deref();
                let result = match self.dispatch(now, id, &incoming.call, uid, &mut effects, out) {
                    Ok(outcome) => Ok(outcome),
                    Err(Stop::Refused(refusal)) => Err(refusal),
                    Err(Stop::Wait) => return Err(Wait),
                };
                self.house.done(id);
                (result, incoming.method, incoming.request_id, late)
            }
            Err(fault) => {
                let Name { method, request_id } = Name::of(data);
                let late = method == "send_im";
                (Err(bad_request(fault)), method.into(), request_id, late)
            }
        };
        let notice = match (request_id, result) {
            (Some(request_id), result) => Some(Notice::Result { request_id, result }),
            (None, Err(refusal)) => Some(Notice::Refused {
                method: method.into(),
                seq,
                refusal,
            }),
            (None, Ok(_)) => None,
        };
        if let Some(notice) = notice {
            effects.insert(
                0,
                Effect::TellSession {
                    session: id,
                    // An `error` names the number of the call, which the client knows before it is answered.
                    late: late && request_id.is_some(),
                    notice,
                },
            );
        }
        Ok(effects)
    }

    /// Does what concerns the session alone; leaves the rest to the house.
    fn dispatch(
        &mut self,
        now: Now,
        id: SessionId,
        call: &Call,
        uid: Option<&str>,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Result<Outcome, Stop> {
        let Some(session) = self.sessions.get_mut(&id) else {
            return Ok(Outcome::default());
        };
        let done = Ok(Outcome::at(now.wall.as_seconds()));
        match call {
            Call::Login { password } => {
                return self.login(now, id, uid.unwrap_or_default(), password, effects, out);
            }
            Call::OpenSession => {
                let msg = Cow::Borrowed("sessions are opened with rest_rpc");
                return Err(Stop::Refused(Refusal {
                    code: Cow::Borrowed("bad_request"),
                    msg,
                }));
            }
            // It is there already, or it would not have come so far.
            Call::CookieLogin | Call::Activity => return done,
            Call::SignOff => {
                session.ending = true;
                return done;
            }
            Call::Unread
            | Call::Alpha
            | Call::SetStatus { .. }
            | Call::SendMessage { .. }
            | Call::Typing { .. }
            | Call::AddBuddy { .. }
            | Call::RemoveBuddy { .. }
            | Call::Block { .. }
            | Call::Rename { .. }
            | Call::Answer { .. }
            | Call::Preference
            | Call::CreateGroup { .. }
            | Call::Invite { .. }
            | Call::Kick { .. }
            | Call::SetTopic { .. }
            | Call::LeaveGroup { .. }
            | Call::StartCall { .. }
            | Call::AnswerCall { .. }
            | Call::EndCall { .. }
            | Call::SetName { .. }
            | Call::SetIcon { .. }
            | Call::SearchUsers { .. } => {}
        }
        let stranger = |uid: &&str| Some(&*canonical(uid)) != session.account.as_deref();
        if session.account.is_none() || uid.as_ref().is_some_and(stranger) {
            let msg = Cow::Borrowed("this session has not signed that account on");
            return Err(Stop::Refused(Refusal {
                code: Cow::Borrowed("not_signed_on"),
                msg,
            }));
        }
        if *call == Call::Unread {
            // Asked once more, what is on its way is not sent twice.
            if session.mail == Mail::Unwanted {
                session.mail = Mail::behind(0);
            }
            self.ripe.insert(id);
            return done;
        }
        let name = session.account.clone().unwrap_or_default();
        if !self.house.find(&name, id, out)? {
            let msg = Cow::Borrowed("the account is no more");
            return Err(Stop::Refused(Refusal {
                code: Cow::Borrowed("not_signed_on"),
                msg,
            }));
        }
        self.house.call(now, (&name, id), call, effects, out)
    }
}

fn bad_request(fault: BadCall) -> Refusal {
    Refusal {
        code: Cow::Borrowed("bad_request"),
        msg: Cow::Borrowed(fault.explain()),
    }
}

/// How to name a call of which nothing else can be understood.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Name {
    method: String,
    request_id: Option<u64>,
}

impl Name {
    fn of(data: &RawValue) -> Self {
        let mut name: Self = serde_json::from_str(data.get()).unwrap_or_default();
        name.method = name.method.chars().take(METHOD_MAX).collect();
        name
    }
}
