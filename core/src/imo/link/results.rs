//! What becomes of calls that the service has acknowledged: results, early and late, and none at all.
//! Never tells of a call twice.

use alloc::vec::Vec;
use core::time::Duration;

use super::{Awaited, Link, LinkOutput, Wake};
use crate::imo::call::Call;
use crate::imo::notice::{Outcome, Refusal};
use crate::time::Now;

/// How long a result that is overdue is waited for at a time, until a poll shows that it does not come.
const NO_PROGRESS_WAIT: Duration = Duration::from_secs(1);

impl Link {
    /// The service has taken our calls up to `ack`.
    pub(super) fn acknowledged(&mut self, now: Now, ack: u64, out: &mut Vec<LinkOutput>) {
        let until = now.mono + self.limits.result_wait;
        // The poll that is out now may have been answered before the result was there: the next one counts.
        let polls = self.polls_answered + 2;
        let awaited = &mut self.awaited;
        let mut taken = Vec::new();
        self.outbox
            .acknowledge(ack, |seq, queued| match queued.request_id {
                _ if queued.done => {}
                Some(request_id) => {
                    awaited.insert(
                        request_id,
                        Awaited {
                            id: queued.id,
                            message: Some(queued.call).filter(is_message),
                            until,
                            polls,
                        },
                    );
                }
                None => taken.push((seq, queued.id)),
            });
        for (seq, id) in taken {
            self.taken_without_id(now, seq, id, out);
        }
        self.watch_results();
    }

    pub(super) fn watch_results(&mut self) {
        let first = self
            .awaited
            .first_key_value()
            .map(|(_, awaited)| awaited.until);
        self.timers.set(Wake::Result, first);
    }

    /// Results that do not come: the acknowledgement was all there is.
    pub(super) fn give_up_results(&mut self, now: Now, out: &mut Vec<LinkOutput>) {
        while let Some(mut entry) = self.awaited.first_entry() {
            if entry.get().until <= now.mono && self.polls_answered < entry.get().polls {
                entry.get_mut().until = now.mono + NO_PROGRESS_WAIT;
            }
            if entry.get().until > now.mono {
                break;
            }
            out.push(LinkOutput::Done(entry.remove().id, Ok(Outcome::at(0))));
        }
        self.watch_results();
    }

    /// A result can overtake the acknowledgement of its call on the other lane. The call is then done, and
    /// nothing is left to await when the acknowledgement comes. Should it go out again before that, it is what it
    /// was, with the same `request_id` ("Delivery").
    pub(super) fn early_result(
        &mut self,
        request_id: u64,
        result: Result<Outcome, Refusal>,
        out: &mut Vec<LinkOutput>,
    ) {
        let early = self
            .outbox
            .iter_mut()
            .find(|queued| queued.request_id == Some(request_id) && !queued.done);
        if let Some(queued) = early {
            queued.done = true;
            out.push(LinkOutput::Done(queued.id, result));
        }
    }
}

/// True for a message, which carries an identity.
fn is_message(call: &Call) -> bool {
    matches!(call, Call::SendMessage { .. })
}
