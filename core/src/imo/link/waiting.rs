//! How much waits for the service.
//! Never bounds it: whoever makes calls does.

use super::Link;
use crate::imo::call::Call;

impl Link {
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
