//! Calls that ring: who calls whom, and whether it was taken up. Voices go other ways.
//! Never keeps a call longer than the sessions that take part in it, and never stores one.
//!
//! See `core/docs/imo-protocol.md`, "Calls that ring".

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::{Effect, House, Stop, refuse};
use crate::config::Limits;
use crate::handle::{ECHO, canonical, is_handle};
use crate::imo::Primitive;
use crate::imo::notice::{EndReason, Notice, Refusal};
use crate::imo::service::SessionId;
use crate::invariant::at_most;
use crate::io::Outputs;
use crate::time::{Instant, Now, Timers};

/// How long the echo contact lets it ring.
const ECHO_WAIT: Duration = Duration::from_secs(1);

/// All calls that ring or run. Each has two legs, one for either account.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// By whose leg it is, and who is at the other end.
    legs: BTreeMap<(String, String), Leg>,
    /// When it has rung long enough, by caller and callee.
    rings: Timers<(String, String)>,
}

/// One account's part in a call.
#[derive(Clone, Copy, Debug)]
struct Leg {
    /// This account has begun it.
    began: bool,
    /// It was taken up.
    answered: bool,
    /// The session that takes part for this account.
    session: Option<SessionId>,
}

impl Calls {
    fn leg(&self, name: &str, other: &str) -> Option<Leg> {
        self.legs.get(&pair(name, other)).copied()
    }

    fn begin(&mut self, caller: &str, session: SessionId, callee: &str) {
        let leg = Leg {
            began: true,
            answered: false,
            session: Some(session),
        };
        self.legs.insert(pair(caller, callee), leg);
        let leg = Leg {
            began: false,
            session: None,
            ..leg
        };
        self.legs.insert(pair(callee, caller), leg);
    }

    fn answer(&mut self, callee: &str, session: Option<SessionId>, caller: &str) {
        self.rings.set(pair(caller, callee), None);
        for key in [pair(caller, callee), pair(callee, caller)] {
            if let Some(leg) = self.legs.get_mut(&key) {
                leg.answered = true;
                leg.session = leg.session.or(session);
            }
        }
    }

    fn end(&mut self, one: &str, two: &str) {
        for key in [pair(one, two), pair(two, one)] {
            self.legs.remove(&key);
            self.rings.set(key, None);
        }
    }

    /// Panics if a call does not have its two legs, or an account has more than `limits` allow.
    pub(super) fn check_invariants(&self, limits: &Limits) {
        self.rings.check_invariants();
        for ((name, other), leg) in &self.legs {
            let across = self.leg(other, name);
            assert!(
                across.is_some_and(|across| {
                    across.began != leg.began && across.answered == leg.answered
                }),
                "a call has a beginner and another one, who agree about it"
            );
            // Nobody is called as often as the echo contact.
            if name != ECHO {
                let max = ("calls", limits.calls);
                at_most(self.of(name).count(), max, "calls of an account");
            }
        }
        for ((caller, callee), _) in self.rings.iter() {
            let leg = self.leg(caller, callee);
            assert!(
                leg.is_some_and(|leg| leg.began && !leg.answered),
                "only a call that nobody has taken up rings"
            );
        }
    }

    /// The calls of an account: who is at the other end, and its own leg.
    fn of<'s>(&'s self, name: &'s str) -> impl Iterator<Item = (&'s String, &'s Leg)> {
        let first = pair(name, "");
        self.legs
            .range(first..)
            .take_while(move |((own, _), _)| own == name)
            .map(|((_, other), leg)| (other, leg))
    }
}

fn pair(one: &str, two: &str) -> (String, String) {
    (one.to_owned(), two.to_owned())
}

impl House {
    /// Rings at a contact. Calling somebody who is just calling is taking up their call.
    pub(super) fn start_call(
        &mut self,
        (name, session): (&str, SessionId),
        handle: &str,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Result<(), Stop> {
        let other = canonical(handle);
        if !is_handle(&other) || other == name {
            return Err(refuse("unknown_user", "that is nobody to call").into());
        }
        if other != ECHO && !self.find(&other, session, out)? {
            return Err(refuse("unknown_user", "there is nobody of that name").into());
        }
        match self.calls.leg(name, &other) {
            Some(leg) if leg.began || leg.answered => return Ok(()),
            Some(_) => {
                self.take_up((name, session), &other, effects);
                return Ok(());
            }
            None => {}
        }
        self.may_call(name, &other)?;
        self.calls.begin(name, session, &other);
        effects.push(Effect::Ring {
            caller: name.to_owned(),
            callee: other.into_owned(),
        });
        Ok(())
    }

    /// Whether `name` may call `other` now.
    fn may_call(&self, name: &str, other: &str) -> Result<(), Refusal> {
        let busy = |who: &str| self.calls.of(who).count() >= self.limits.calls;
        let mine = self
            .peek(name)
            .and_then(|resident| resident.contacts.get(other));
        if mine.is_some_and(|contact| contact.blocked) {
            return Err(refuse("blocked", "this account has blocked them"));
        }
        if busy(name) {
            return Err(refuse("rate_limited", "too many calls at once"));
        }
        if other == ECHO {
            return Ok(());
        }
        let callee = self.peek(other);
        let theirs = callee.and_then(|resident| resident.contacts.get(name));
        if theirs.is_some_and(|contact| contact.blocked) {
            return Err(refuse(
                "blocked",
                "they do not want to hear from this account",
            ));
        }
        if !mine.is_some_and(|contact| contact.granted && contact.sees_me) {
            return Err(refuse("not_authorised", "only contacts can be called"));
        }
        if callee.is_none_or(|resident| resident.shown() == Primitive::Offline) {
            return Err(refuse("not_signed_on", "they are not there"));
        }
        if busy(other) {
            return Err(refuse("rate_limited", "they have too many calls at once"));
        }
        Ok(())
    }

    /// A call can be told of: now it rings, unless it is over already.
    pub(in crate::imo::service) fn ring(
        &mut self,
        now: Now,
        caller: &str,
        callee: &str,
    ) -> Vec<Effect> {
        let leg = self.calls.leg(caller, callee);
        if leg.is_none_or(|leg| leg.answered || !leg.began) {
            return Vec::new();
        }
        let wait = if callee == ECHO {
            ECHO_WAIT
        } else {
            self.limits.ring_wait
        };
        self.calls
            .rings
            .set(pair(caller, callee), Some(now.mono + wait));
        let ringing = |to: &str, buddy: &str, outgoing| {
            tell(
                to,
                Notice::Ringing {
                    buddy: buddy.to_owned(),
                    outgoing,
                },
            )
        };
        [
            ringing(caller, callee, true),
            ringing(callee, caller, false),
        ]
        .into()
    }

    /// Takes up a call of `handle`'s.
    pub(super) fn answer_call(
        &mut self,
        (name, session): (&str, SessionId),
        handle: &str,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let other = canonical(handle);
        match self.calls.leg(name, &other) {
            Some(leg) if !leg.began && !leg.answered => {
                self.take_up((name, session), &other, effects);
                Ok(())
            }
            Some(leg) if leg.answered && leg.session == Some(session) => Ok(()),
            Some(_) | None => Err(refuse("bad_request", "no such call rings")),
        }
    }

    fn take_up(
        &mut self,
        (callee, session): (&str, SessionId),
        caller: &str,
        effects: &mut Vec<Effect>,
    ) {
        self.calls.answer(callee, Some(session), caller);
        let buddy = callee.to_owned();
        effects.push(tell(caller, Notice::Answered { buddy }));
        let buddy = caller.to_owned();
        effects.push(Effect::TellSession {
            session,
            notice: Notice::Answered { buddy },
            late: false,
        });
        effects.push(Effect::Tell {
            to: callee.to_owned(),
            notice: ended(caller, EndReason::Elsewhere),
            except: Some(session),
        });
    }

    /// Ends the call with `handle`, or refuses it. Without one nothing is to be done.
    pub(super) fn end_call(&mut self, name: &str, handle: &str, effects: &mut Vec<Effect>) {
        let other = canonical(handle);
        if let Some(leg) = self.calls.leg(name, &other) {
            let refused = !leg.began && !leg.answered;
            let reason = if refused {
                EndReason::Refused
            } else {
                EndReason::HungUp
            };
            self.hang_up(name, &other, reason, effects);
        }
    }

    fn hang_up(&mut self, one: &str, two: &str, reason: EndReason, effects: &mut Vec<Effect>) {
        self.calls.end(one, two);
        effects.push(tell(one, ended(two, reason)));
        effects.push(tell(two, ended(one, reason)));
    }

    /// A session of `name` is no more: neither are the calls in which it took part, nor those that ring at nobody.
    pub(super) fn leave_calls(
        &mut self,
        name: &str,
        session: SessionId,
        effects: &mut Vec<Effect>,
    ) {
        let nobody = self.sessions(name).is_empty();
        let over = |(_, leg): &(&String, &Leg)| nobody || leg.session == Some(session);
        let others: Vec<String> = self
            .calls
            .of(name)
            .filter(over)
            .map(|(other, _)| other.clone())
            .collect();
        for other in others {
            self.hang_up(name, &other, EndReason::Gone, effects);
        }
    }

    /// When a call has rung long enough.
    pub(in crate::imo::service) fn ring_deadline(&self) -> Option<Instant> {
        self.calls.rings.next()
    }

    /// Ends the calls that have rung long enough; the echo contact takes up what it hears.
    pub(in crate::imo::service) fn rung_enough(&mut self, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some((caller, callee)) = self.calls.rings.pop_due(now.mono) {
            if callee == ECHO {
                self.calls.answer(ECHO, None, &caller);
                let buddy = ECHO.to_owned();
                effects.push(tell(&caller, Notice::Answered { buddy }));
            } else {
                self.hang_up(&caller, &callee, EndReason::NoAnswer, &mut effects);
            }
        }
        effects
    }
}

fn ended(buddy: &str, reason: EndReason) -> Notice {
    Notice::CallEnded {
        buddy: buddy.to_owned(),
        reason: Some(reason),
    }
}

fn tell(to: &str, notice: Notice) -> Effect {
    Effect::Tell {
        to: to.to_owned(),
        notice,
        except: None,
    }
}
