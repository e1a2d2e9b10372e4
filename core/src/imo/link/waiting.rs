//! Calls of the user's: how they are made, and how much of them waits for the service.
//! Never bounds that: whoever makes calls does.

use alloc::vec::Vec;

use super::login::{self, State};
use super::{CallId, Link, LinkOutput, Queued};
use crate::imo::call::Call;
use crate::imo::notice::Outcome;
use crate::time::Now;

impl Link {
    /// Queues a call. It is made as soon as the session is up, and repeated until the service has taken it; one
    /// that means nothing later is done at once where there is no session.
    pub fn call(&mut self, now: Now, call: Call, out: &mut Vec<LinkOutput>) -> CallId {
        let id = self.next_id();
        let queued = Queued {
            id,
            call,
            request_id: None,
            done: false,
        };
        if self.state == State::Online {
            self.queue(queued);
            self.pump(now, out);
        } else if login::outlives_session(&queued.call) {
            self.waiting.push_back(queued);
        } else {
            out.push(LinkOutput::Done(id, Ok(Outcome::at(0))));
        }
        id
    }

    /// How many calls are not done.
    #[must_use]
    pub fn calls_waiting(&self) -> usize {
        self.waiting.len() + self.outbox.len() + self.awaited.len() + self.unrefused.waiting()
    }

    /// About how many bytes the calls take that are not done.
    #[must_use]
    pub fn bytes_waiting(&self) -> usize {
        let awaited = self.awaited.values();
        let calls = self.waiting.iter().map(|queued| queued.call.bytes());
        let calls = calls.chain(self.outbox.iter().map(|(_, queued)| queued.call.bytes()));
        let messages = awaited.map(|awaited| awaited.message.as_ref().map_or(0, Call::bytes));
        calls.chain(messages).sum()
    }
}
