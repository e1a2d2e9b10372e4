//! An account's calls: those that go on, and the latest ones that are over.
//! Never tells anybody: it says what is different.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use crate::config::Limits;
use crate::handle;
use crate::imo::notice::EndReason;
use crate::invariant::at_most;
use crate::skype::{CallProperty, CallStatus, CallType, Value};
use crate::time::{Instant, Now};

/// Why a call has failed, as clients know it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Failure {
    /// Something else.
    Other,
    /// There is nobody of that name.
    Unknown,
    /// They are not there.
    Offline,
    /// The connection to the service was lost.
    Lost,
    /// They do not want to hear from this account, or it does not want to hear from them.
    Blocked,
    /// They are no contact.
    NoContact,
}

impl Failure {
    /// Its number.
    pub(super) const fn code(self) -> u32 {
        match self {
            Self::Other => 1,
            Self::Unknown => 2,
            Self::Offline => 3,
            Self::Lost => 5,
            Self::Blocked => 9,
            Self::NoContact => 10,
        }
    }

    /// What a refusal of the service's means.
    pub(super) fn of_refusal(code: &str) -> Self {
        match code {
            "unknown_user" => Self::Unknown,
            "not_signed_on" => Self::Offline,
            "blocked" => Self::Blocked,
            "not_authorised" => Self::NoContact,
            _ => Self::Other,
        }
    }
}

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    /// The other one.
    pub(super) partner: String,
    /// They have called.
    pub(super) incoming: bool,
    /// How far it is.
    pub(super) status: CallStatus,
    /// Why it has failed, if it has.
    pub(super) failure: Option<Failure>,
    /// When it began, in Unix seconds.
    timestamp: u64,
    /// When it began.
    pub(super) since: Instant,
    /// When it was taken up.
    taken: Option<Instant>,
    /// How long it has gone on, in seconds, once it is over.
    duration: u64,
    /// The user knows that it was missed.
    pub(super) seen: bool,
    /// The service has been asked to take it up.
    pub(super) answering: bool,
}

impl Call {
    /// True while it goes on, or may yet.
    pub(super) fn is_active(&self) -> bool {
        matches!(
            self.status,
            CallStatus::Unplaced
                | CallStatus::Routing
                | CallStatus::Ringing
                | CallStatus::InProgress
        )
    }

    /// True if nobody has taken it up so far.
    pub(super) fn is_pending(&self) -> bool {
        self.is_active() && self.status != CallStatus::InProgress
    }

    /// How long it has gone on, in seconds.
    pub(super) fn duration(&self, now: Instant) -> u64 {
        match self.taken {
            Some(taken) if self.is_active() => now.since(taken).as_secs(),
            Some(_) | None => self.duration,
        }
    }

    /// It is taken up.
    pub(super) fn take_up(&mut self, now: Instant) {
        self.taken = Some(now);
        self.status = CallStatus::InProgress;
    }

    /// It is over.
    pub(super) fn end(&mut self, now: Instant, status: CallStatus) {
        self.duration = self.duration(now);
        self.status = status;
        self.seen = status != CallStatus::Missed;
    }

    /// What it is when the service says that it is over.
    pub(super) fn outcome(&self, reason: Option<EndReason>) -> Result<CallStatus, Failure> {
        Ok(match (self.status, self.incoming, reason) {
            (CallStatus::InProgress, _, _) => CallStatus::Finished,
            (_, _, Some(EndReason::Refused)) => CallStatus::Refused,
            (_, true, Some(EndReason::Elsewhere)) => CallStatus::Finished,
            (_, true, _) => CallStatus::Missed,
            (_, false, Some(EndReason::Gone)) => return Err(Failure::Offline),
            (_, false, _) => CallStatus::Cancelled,
        })
    }

    /// What it is when the own user ends it.
    pub(super) fn given_up(&self) -> CallStatus {
        match (self.status, self.incoming) {
            (CallStatus::InProgress, _) => CallStatus::Finished,
            (_, true) => CallStatus::Refused,
            (_, false) => CallStatus::Cancelled,
        }
    }

    /// A property of it; `name` is the other one's.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other properties are constants, or neutral here"
    )]
    pub(super) fn property<'a>(
        &self,
        property: CallProperty,
        name: &str,
        now: Instant,
    ) -> Value<'a> {
        match property {
            CallProperty::Timestamp => self.timestamp.into(),
            CallProperty::PartnerHandle => self.partner.clone().into(),
            CallProperty::PartnerDispname => String::from(name).into(),
            CallProperty::Type if self.incoming => CallType::IncomingP2p.into(),
            CallProperty::Type => CallType::OutgoingP2p.into(),
            CallProperty::Status => self.status.into(),
            CallProperty::FailureReason => self.failure.map_or(0, Failure::code).into(),
            CallProperty::Duration => self.duration(now).into(),
            CallProperty::Seen => self.seen.into(),
            _ => property.neutral().into(),
        }
    }
}

/// The calls of an account, by number. They are kept in memory only.
#[derive(Debug, Default)]
pub(super) struct CallLog {
    calls: BTreeMap<u32, Call>,
    /// With whom a call was ended here, which the service will yet say.
    pub(super) ending: BTreeSet<String>,
}

impl CallLog {
    /// Takes a new call up, and forgets the oldest one that is over beyond `kept_max`.
    pub(super) fn add(
        &mut self,
        number: u32,
        now: Now,
        partner: &str,
        incoming: bool,
        kept_max: usize,
    ) {
        let status = if incoming {
            CallStatus::Ringing
        } else {
            CallStatus::Unplaced
        };
        let call = Call {
            partner: partner.into(),
            incoming,
            status,
            failure: None,
            timestamp: now.wall.as_seconds(),
            since: now.mono,
            taken: None,
            duration: 0,
            seen: true,
            answering: false,
        };
        self.calls.insert(number, call);
        let over = self.calls.iter().find(|(_, call)| !call.is_active());
        if let Some(oldest) = over.map(|(number, _)| *number)
            && self.calls.len() > kept_max
        {
            self.calls.remove(&oldest);
        }
    }

    /// Forgets the calls that are over and that `which` names.
    pub(super) fn forget(&mut self, which: impl Fn(&Call) -> bool) {
        self.calls
            .retain(|_, call| call.is_active() || !which(call));
    }

    pub(super) fn get(&self, number: u32) -> Option<&Call> {
        self.calls.get(&number)
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Call> {
        self.calls.get_mut(&number)
    }

    /// All calls, newest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Call)> {
        self.calls
            .iter()
            .rev()
            .map(|(number, call)| (*number, call))
    }

    /// The calls that go on, or may yet.
    pub(super) fn active(&self) -> impl Iterator<Item = (u32, &Call)> {
        self.iter().filter(|(_, call)| call.is_active())
    }

    /// Panics if more calls come than `limits` allow, or two go on with one person. Calls that the user begins are not
    /// bounded here but by the service.
    pub(super) fn check_invariants(&self, limits: &Limits) {
        let incoming = self.active().filter(|(_, call)| call.incoming);
        let max = ("calls_kept", limits.calls_kept);
        at_most(incoming.count(), max, "calls that come and go on");
        let partners: BTreeSet<&str> = self.active().map(|(_, call)| &*call.partner).collect();
        assert_eq!(
            partners.len(),
            self.active().count(),
            "one call at a time goes on with one person"
        );
    }

    /// The call that goes on with somebody: there is at most one.
    pub(super) fn with(&self, partner: &str) -> Option<u32> {
        let mut active = self.active();
        active
            .find(|(_, call)| handle::same(&call.partner, partner))
            .map(|(number, _)| number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::UnixTime;

    fn at(seconds: u64) -> Now {
        Now {
            mono: Instant::from_micros(seconds * 1_000_000),
            wall: UnixTime::from_seconds(seconds),
        }
    }

    #[test]
    fn a_duration_counts_from_the_answer_to_the_end() {
        let mut log = CallLog::default();
        log.add(7, at(10), "bob", true, 9);
        let call = log.get_mut(7).unwrap();
        assert_eq!(call.duration(at(15).mono), 0);
        call.take_up(at(15).mono);
        assert_eq!(call.duration(at(18).mono), 3);
        call.end(at(20).mono, CallStatus::Finished);
        assert_eq!(call.duration(at(99).mono), 5);
    }

    #[test]
    fn what_goes_on_is_not_forgotten() {
        let mut log = CallLog::default();
        log.add(1, at(1), "bob", true, 2);
        for number in 2..5 {
            log.add(number, at(1), "carol", false, 2);
            let call = log.get_mut(number).unwrap();
            call.end(at(1).mono, CallStatus::Cancelled);
        }
        let numbers: alloc::vec::Vec<u32> = log.iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [4, 1]);
        assert_eq!((log.with("Bob"), log.with("carol")), (Some(1), None));
    }
}
