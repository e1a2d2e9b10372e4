//! What becomes of calls that the service has acknowledged: results, early and late, and none at all.
//! Never tells of a call twice, unless it is refused after it was done.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::{Awaited, Link, LinkOutput, Wake};
use crate::imo::call::Call;
use crate::imo::notice::{Notice, Outcome, Refusal};
use crate::time::Now;

/// How many calls that were done can be refused later. Refusals follow at once, and a request has at most 128 KiB of
/// calls; one of a call that is forgotten is told as any other notice.
const DONE_MAX: usize = 256;
/// How long a result that is overdue is waited for at a time, until a poll shows that it does not come.
const NO_PROGRESS_WAIT: Duration = Duration::from_secs(1);

impl Link {
    /// The service has taken our calls up to `ack`.
    pub(super) fn acknowledged(&mut self, now: Now, ack: u64, out: &mut Vec<LinkOutput>) {
        let until = now.mono + self.limits.result_wait;
        // The poll that is out now may have been answered before the result was there: the next one counts.
        let polls = self.polls_answered + 2;
        let awaited = &mut self.awaited;
        let done = &mut self.done;
        let has_results = self.dialect.request_ids;
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
                None => {
                    if !has_results {
                        done.push_back((seq, queued.id));
                    }
                    out.push(LinkOutput::Done(queued.id, Ok(Outcome::at(0))));
                }
            });
        let surplus = self.done.len().saturating_sub(DONE_MAX);
        self.done.drain(..surplus);
        self.watch_results();
    }

    /// A call without a `request_id` is refused: before its acknowledgement has come, or after it.
    pub(super) fn refused_without_id(
        &mut self,
        method: String,
        seq: u64,
        refusal: Refusal,
        out: &mut Vec<LinkOutput>,
    ) {
        if let Some(queued) = self.outbox.get_mut(seq)
            && queued.request_id.is_none()
            && !core::mem::replace(&mut queued.done, true)
        {
            out.push(LinkOutput::Done(queued.id, Err(refusal)));
            return;
        }
        let at = self.done.iter().position(|(own, _)| *own == seq);
        let taken_back = at.and_then(|at| self.done.remove(at));
        out.push(match taken_back {
            Some((_, id)) => LinkOutput::TakenBack(id, method, refusal),
            None => LinkOutput::Notice(Notice::Refused {
                method,
                seq,
                refusal,
            }),
        });
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
