//! Calls without a `request_id` that the service has taken: it says nothing more of them, but for refusals.
//! Never holds a call longer than a refusal takes on its way.
//!
//! See `core/docs/imo-protocol.md`, "Dialects".

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::{CallId, Link, LinkOutput, Wake};
use crate::imo::notice::{Notice, Outcome, Refusal};
use crate::time::{Instant, Now};

/// How long a refusal is waited for. It follows the acknowledgement at once, on the poll.
const REFUSAL_WAIT: Duration = Duration::from_millis(500);
/// How many calls that were done can be taken back; the refusal of an older one is told as any other notice.
const DONE_MAX: usize = 256;

/// Calls of the present session that were taken, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Unrefused {
    /// These may be refused until then. Oldest first.
    waiting: VecDeque<(u64, CallId, Instant)>,
    /// These were told to be done. Oldest first.
    done: VecDeque<(u64, CallId)>,
}

impl Unrefused {
    /// How many are not done.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Those that are not done.
    pub(super) fn ids(&self) -> impl Iterator<Item = CallId> {
        self.waiting.iter().map(|(_, id, _)| *id)
    }

    /// Panics if it remembers too much.
    pub(super) fn check_invariants(&self) {
        assert!(self.done.len() <= DONE_MAX, "the oldest call goes");
    }
}

impl Link {
    /// The service has taken a call of whose result it says nothing. Where results are not told at all, a service of
    /// our kind may still refuse it; with any other, taken is done.
    pub(super) fn taken_without_id(
        &mut self,
        now: Now,
        seq: u64,
        id: CallId,
        out: &mut Vec<LinkOutput>,
    ) {
        if self.has_results() {
            out.push(LinkOutput::Done(id, Ok(Outcome::at(0))));
        } else if self.knows_mids {
            let until = now.mono + REFUSAL_WAIT;
            self.unrefused.waiting.push_back((seq, id, until));
            self.watch_unrefused();
        } else {
            self.unrefused_done(seq, id, out);
        }
    }

    fn unrefused_done(&mut self, seq: u64, id: CallId, out: &mut Vec<LinkOutput>) {
        let done = &mut self.unrefused.done;
        if done.len() == DONE_MAX {
            done.pop_front();
        }
        done.push_back((seq, id));
        out.push(LinkOutput::Done(id, Ok(Outcome::at(0))));
    }

    /// Those that have waited long enough are done.
    pub(super) fn nothing_refused(&mut self, now: Now, out: &mut Vec<LinkOutput>) {
        while let Some((seq, id, _)) = self
            .unrefused
            .waiting
            .pop_front_if(|(_, _, until)| *until <= now.mono)
        {
            self.unrefused_done(seq, id, out);
        }
        self.watch_unrefused();
    }

    fn watch_unrefused(&mut self) {
        let first = self.unrefused.waiting.front();
        let until = first.map(|(_, _, until)| *until);
        self.timers.set(Wake::Unrefused, until);
    }

    /// The session is over: what it has taken is done, and nobody can refuse it any more.
    pub(super) fn forget_unrefused(&mut self, out: &mut Vec<LinkOutput>) {
        let Unrefused { waiting, .. } = core::mem::take(&mut self.unrefused);
        for (_, id, _) in waiting {
            out.push(LinkOutput::Done(id, Ok(Outcome::at(0))));
        }
    }

    /// A call without a `request_id` is refused: before its acknowledgement has come, in time, or late.
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
        let Unrefused { waiting, done } = &mut self.unrefused;
        let waits = waiting.iter().position(|(own, ..)| *own == seq);
        if let Some((_, id, _)) = waits.and_then(|at| waiting.remove(at)) {
            out.push(LinkOutput::Done(id, Err(refusal)));
            self.watch_unrefused();
            return;
        }
        let was_done = done.iter().position(|(own, _)| *own == seq);
        out.push(match was_done.and_then(|at| done.remove(at)) {
            Some((_, id)) => LinkOutput::TakenBack(id, method, refusal),
            None => LinkOutput::Notice(Notice::Refused {
                method,
                seq,
                refusal,
            }),
        });
    }
}
