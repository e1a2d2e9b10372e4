//! What the service tells of calls, and what becomes of them when it tells nothing any more.
//! Never begins a call.

use alloc::string::String;
use alloc::vec::Vec;

use super::call_log::{Call, Failure};
use super::calls::status_line;
use super::{Account, Scene, Wake};
use crate::handle::{canonical, is_handle};
use crate::imo::call::Call as Wish;
use crate::imo::link::CallId;
use crate::imo::notice::{EndReason, Outcome, Refusal};
use crate::skype::{CallStatus, Reply};

impl Account {
    /// It rings, at the other end or here.
    pub(super) fn ringing(&mut self, scene: &mut Scene<'_>, buddy: &str, outgoing: bool) {
        let partner = canonical(buddy);
        self.calls.ending.remove(&*partner);
        match self.calls.with(&partner) {
            // The account has begun it in this session, not in another one.
            Some(number) if outgoing => {
                if self.calls.get(number).is_some_and(Call::is_pending) {
                    self.call_is(scene, number, CallStatus::Ringing);
                }
            }
            // Both call each other: the service joins them.
            Some(_) => {}
            None if outgoing || !is_handle(&partner) || *partner == *self.handle => {}
            None if self.calls.active().count() >= self.limits.calls_kept => {}
            None => {
                let number = self.add_call(scene, &partner, true);
                scene.notice(status_line(number, CallStatus::Ringing));
            }
        }
    }

    /// A call was taken up.
    pub(super) fn call_answered(&mut self, scene: &mut Scene<'_>, buddy: &str) {
        let Some(number) = self.calls.with(buddy) else {
            return;
        };
        if let Some(call) = self.calls.get_mut(number)
            && call.is_pending()
        {
            call.take_up(scene.now.mono);
            self.call_is(scene, number, CallStatus::InProgress);
        }
    }

    /// The service says that a call is over.
    pub(super) fn call_ended(
        &mut self,
        scene: &mut Scene<'_>,
        buddy: &str,
        reason: Option<EndReason>,
    ) {
        if self.calls.ending.remove(&*canonical(buddy)) {
            return;
        }
        if let Some(number) = self.calls.with(buddy)
            && let Some(call) = self.calls.get(number)
        {
            let outcome = call.outcome(reason);
            self.call_over(scene, number, outcome);
        }
    }

    /// What came of a wish about a call; false if it was about something else.
    pub(super) fn call_wish_done(
        &mut self,
        scene: &mut Scene<'_>,
        id: CallId,
        result: &Result<Outcome, Refusal>,
    ) -> bool {
        let Some(number) = self.calling.remove(&id) else {
            return false;
        };
        let (Err(refusal), Some(call)) = (result, self.calls.get(number)) else {
            return true;
        };
        if call.is_pending() {
            let failure = Failure::of_refusal(&refusal.code);
            self.call_over(scene, number, Err(failure));
        } else {
            // It was ended here before the service refused to begin it.
            let partner = call.partner.clone();
            self.calls.ending.remove(&partner);
        }
        true
    }

    /// The connection to the service is lost, and with it all calls.
    pub(super) fn drop_calls(&mut self, scene: &mut Scene<'_>) {
        let active: Vec<u32> = self.calls.active().map(|(number, _)| number).collect();
        for number in active {
            self.drop_call(scene, number);
        }
    }

    /// The service has a new session, which knows of no call.
    pub(super) fn forget_calls(&mut self, scene: &mut Scene<'_>) {
        self.drop_calls(scene);
        self.calls.ending.clear();
    }

    /// Ends a call that cannot go on, and tells the service in case it can hear it.
    fn drop_call(&mut self, scene: &mut Scene<'_>, number: u32) {
        let Some(call) = self.calls.get(number) else {
            return;
        };
        let outcome = match (call.status, call.incoming) {
            (CallStatus::InProgress, _) => Ok(CallStatus::Finished),
            (_, true) => Ok(CallStatus::Missed),
            (_, false) => Err(Failure::Lost),
        };
        let buddy: String = call.partner.clone();
        self.calls.ending.insert(buddy.clone());
        self.call_over(scene, number, outcome);
        self.with_link(scene, |link, now, out| {
            link.call(now, Wish::EndCall { buddy }, out)
        });
    }

    /// Ends the calls that nobody takes up and of which the service does not say that they are over.
    pub(super) fn end_stale_calls(&mut self, scene: &mut Scene<'_>) {
        let until = |call: &Call| call.since + self.limits.ring_wait.saturating_mul(2);
        let stale: Vec<u32> = self
            .calls
            .active()
            .filter(|(_, call)| call.is_pending() && until(call) <= scene.now.mono)
            .map(|(number, _)| number)
            .collect();
        for number in stale {
            self.drop_call(scene, number);
        }
        self.watch_calls();
    }

    pub(super) fn watch_calls(&mut self) {
        let pending = self.calls.active().filter(|(_, call)| call.is_pending());
        let first = pending.map(|(_, call)| call.since).min();
        let wait = self.limits.ring_wait.saturating_mul(2);
        self.timers
            .set(Wake::Calls, first.map(|since| since + wait));
    }

    /// The lines about calls that ring here, for a client that has just come.
    pub(super) fn tell_ringing(&self) -> impl Iterator<Item = Reply<'static>> {
        let rings = |call: &Call| call.incoming && call.status == CallStatus::Ringing;
        self.calls
            .active()
            .filter(move |(_, call)| rings(call))
            .map(|(number, _)| status_line(number, CallStatus::Ringing))
    }
}
