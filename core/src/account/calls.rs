//! Calls between clients and the service: who rings, who takes up, who hangs up.
//! Never carries a voice, nor keeps a call over a restart.
//!
//! See `core/docs/skype-api.md`, "Calls".

use alloc::vec::Vec;

use super::call_log::{Call, Failure};
use super::{Account, AccountOutput, Answer, Scene};
use crate::handle::{self, canonical};
use crate::imo::call::Call as Wish;
use crate::imo::link::LinkStatus;
use crate::skype::{
    CallAction, CallEnd, CallProperty, CallStatus, Command, ErrorReply, Id, Reply, Search, Targets,
    Value,
};

impl Account {
    /// Answers a command about calls.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other commands go other ways"
    )]
    pub(super) fn call_command<'a>(
        &mut self,
        scene: &mut Scene<'_>,
        command: Command<'a>,
    ) -> Answer<'a> {
        let done = match command {
            Command::Call { targets } => return Answer::Reply(self.place_call(scene, targets)),
            Command::GetCall { call, property } => {
                return Answer::Reply(self.call_property(scene, call, property));
            }
            Command::GetCallParticipant { .. } => Err(ErrorReply::GET_CALL_UNKNOWN),
            Command::GetCanTransfer { call, to } => match self.calls.get(call.number()) {
                Some(_) => {
                    let property = CallProperty::CanTransfer;
                    let value = [to, " ", property.neutral()].concat().into();
                    return Answer::Reply(Reply::Call {
                        call,
                        property,
                        value,
                    });
                }
                None => Err(ErrorReply::GET_CALL_UNKNOWN),
            },
            Command::SetCallStatus { call, status } => {
                self.set_call_status(scene, call.number(), status)
            }
            Command::SetCallSeen(call) => {
                self.call_seen(scene, call.number());
                Ok(())
            }
            Command::SetCallOther { .. } => Err(ErrorReply::SET_CALL_UNKNOWN),
            Command::AlterCall { call, action } => self.alter_call(scene, call.number(), action),
            _ => {
                debug_assert!(false, "{command} is about no call");
                Err(ErrorReply::INTERNAL)
            }
        };
        Answer::Reply(done.map_or_else(Reply::Error, |()| command.echo()))
    }

    /// The numbers of the calls that a search asks for, newest first: all, those that go on, or the missed ones.
    pub(super) fn find_calls(&self, search: Search<'_>) -> Vec<u32> {
        let wanted = |(_, call): &(u32, &Call)| {
            if let Search::Calls { with } = search {
                with.is_none_or(|with| handle::same(with, &call.partner))
            } else if search == Search::ActiveCalls {
                call.is_active()
            } else {
                call.status == CallStatus::Missed && !call.seen
            }
        };
        let found = self.calls.iter().filter(wanted);
        found.map(|(number, _)| number).collect()
    }

    fn place_call<'a>(&mut self, scene: &mut Scene<'_>, targets: Targets<'_>) -> Reply<'a> {
        if targets.has_telephone() {
            return ErrorReply::NO_PHONE_NUMBERS.into();
        }
        let mut names = targets.iter();
        let (Some(partner), None) = (names.next(), names.next()) else {
            return ErrorReply::NO_CONFERENCE.into();
        };
        let partner = canonical(partner).into_owned();
        if partner == self.handle {
            return ErrorReply::CALL_SELF.into();
        }
        match self.link.status() {
            LinkStatus::Online => {}
            LinkStatus::Connecting => return ErrorReply::NOT_CONNECTED.into(),
            LinkStatus::Offline => return ErrorReply::NOT_ONLINE.into(),
        }
        if self.calls.with(&partner).is_some() {
            return ErrorReply::CALL_RUNS.into();
        }
        let number = self.add_call(scene, &partner, false);
        let reply = status_line(number, CallStatus::Unplaced);
        self.call_is(scene, number, CallStatus::Routing);
        let wish = Wish::StartCall { buddy: partner };
        self.wish_for_call(scene, number, wish);
        reply
    }

    pub(super) fn add_call(&mut self, scene: &mut Scene<'_>, partner: &str, incoming: bool) -> u32 {
        let number = self.messages.number();
        self.reserve(scene);
        let kept = self.limits.calls_kept;
        self.calls.add(number, scene.now, partner, incoming, kept);
        let handler = AccountOutput::RunCallHandler(partner.into(), number, incoming);
        scene.out.push(handler);
        self.watch_calls();
        number
    }

    /// Makes a wish about a call, whose refusal matters.
    fn wish_for_call(&mut self, scene: &mut Scene<'_>, number: u32, wish: Wish) {
        let id = self.with_link(scene, |link, now, out| link.call(now, wish, out));
        self.calling.insert(id, number);
    }

    /// A call has another status now.
    pub(super) fn call_is(&mut self, scene: &mut Scene<'_>, number: u32, status: CallStatus) {
        if let Some(call) = self.calls.get_mut(number) {
            call.status = status;
            scene.notice(status_line(number, status));
        }
        self.watch_calls();
    }

    /// A call is over, in one way or another.
    pub(super) fn call_over(
        &mut self,
        scene: &mut Scene<'_>,
        number: u32,
        outcome: Result<CallStatus, Failure>,
    ) {
        let Some(call) = self.calls.get_mut(number) else {
            return;
        };
        let was_taken = !call.is_pending();
        call.end(scene.now.mono, outcome.unwrap_or(CallStatus::Failed));
        let status = call.status;
        if was_taken {
            let duration = call.duration(scene.now.mono);
            scene.notice(line(number, CallProperty::Duration, duration.into()));
        }
        if let Err(failure) = outcome {
            call.failure = Some(failure);
            let reason = failure.code().into();
            scene.notice(line(number, CallProperty::FailureReason, reason));
        }
        scene.notice(status_line(number, status));
        self.watch_calls();
    }

    fn call_property<'a>(
        &self,
        scene: &Scene<'_>,
        id: Id<'a>,
        property: CallProperty,
    ) -> Reply<'a> {
        let Some(call) = self.calls.get(id.number()) else {
            return ErrorReply::GET_CALL_UNKNOWN.into();
        };
        Reply::Call {
            call: id,
            property,
            value: call.property(property, self.alias(&call.partner), scene.now.mono),
        }
    }

    fn call_seen(&mut self, scene: &mut Scene<'_>, number: u32) {
        if let Some(call) = self.calls.get_mut(number)
            && !core::mem::replace(&mut call.seen, true)
        {
            scene.notice(line(number, CallProperty::Seen, true.into()));
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "nothing else can be asked of a call"
    )]
    fn set_call_status(
        &mut self,
        scene: &mut Scene<'_>,
        number: u32,
        status: CallStatus,
    ) -> Result<(), ErrorReply> {
        if self.calls.get(number).is_none() {
            return Err(ErrorReply::SET_CALL_UNKNOWN);
        }
        match status {
            CallStatus::InProgress if self.take_up(scene, number) => Ok(()),
            CallStatus::InProgress => Err(ErrorReply::CALL_ANSWER),
            CallStatus::Finished if self.hang_up(scene, number) => Ok(()),
            CallStatus::Finished => Err(ErrorReply::CALL_HANGUP),
            CallStatus::OnHold => Err(ErrorReply::CALL_HOLD),
            _ => Err(ErrorReply::CALL_VALUE),
        }
    }

    fn alter_call(
        &mut self,
        scene: &mut Scene<'_>,
        number: u32,
        action: CallAction<'_>,
    ) -> Result<(), ErrorReply> {
        if self.calls.get(number).is_none() {
            return Err(ErrorReply::ALTER_CALL_ID);
        }
        let done = match action {
            CallAction::Answer => self.take_up(scene, number),
            CallAction::Hangup | CallAction::End(CallEnd::Hangup) => self.hang_up(scene, number),
            CallAction::End(CallEnd::ToVoicemail | CallEnd::Forward)
            | CallAction::Hold
            | CallAction::Resume
            | CallAction::Video(_)
            | CallAction::Dtmf(_)
            | CallAction::Transfer(_)
            | CallAction::JoinConference(_)
            | CallAction::SetDevice { .. } => return Err(ErrorReply::ALTER_CALL_ID),
        };
        done.then_some(()).ok_or(ErrorReply::CALL_FAILED)
    }

    /// Takes a call up, if it rings here. What becomes of that the service says.
    fn take_up(&mut self, scene: &mut Scene<'_>, number: u32) -> bool {
        let Some(call) = self.calls.get_mut(number) else {
            return false;
        };
        let rings = call.incoming && call.status == CallStatus::Ringing;
        if rings && !core::mem::replace(&mut call.answering, true) {
            let buddy = call.partner.clone();
            self.wish_for_call(scene, number, Wish::AnswerCall { buddy });
        }
        rings
    }

    /// Ends a call, if it is not over.
    fn hang_up(&mut self, scene: &mut Scene<'_>, number: u32) -> bool {
        let Some(call) = self.calls.get(number).filter(|call| call.is_active()) else {
            return false;
        };
        let (buddy, status) = (call.partner.clone(), call.given_up());
        self.calls.ending.insert(buddy.clone());
        self.call_over(scene, number, Ok(status));
        self.with_link(scene, |link, now, out| {
            link.call(now, Wish::EndCall { buddy }, out)
        });
        true
    }
}

fn line(number: u32, property: CallProperty, value: Value<'static>) -> Reply<'static> {
    Reply::Call {
        call: number.into(),
        property,
        value,
    }
}

/// The line that says how far a call is.
pub(super) fn status_line(number: u32, status: CallStatus) -> Reply<'static> {
    line(number, CallProperty::Status, status.into())
}
