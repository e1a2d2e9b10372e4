//! What the messages of an account promise about themselves: that their lists fit together.
//! Never looks at what is in a message.

use alloc::vec::Vec;

use super::Messages;

impl Messages {
    /// Panics if its lists do not fit together; `sending` are the numbers of texts that are on their way.
    pub(in crate::account) fn check_invariants(&self, mut sending: Vec<u32>) {
        sending.sort_unstable();
        assert!(
            self.unsent.iter().eq(&sending),
            "each text that is not sent is on its way, once: {:?} and {sending:?}",
            self.unsent
        );
        let bytes: usize = self
            .cached
            .keys()
            .map(|number| self.bytes_of(*number))
            .sum();
        assert_eq!(
            self.cached_bytes, bytes,
            "the bytes of messages are counted"
        );
        assert!(
            self.next <= self.reserved,
            "a number is given only from those that are reserved"
        );
        let known = |number: &u32| *number < self.next;
        assert!(
            self.unread
                .iter()
                .chain(self.unsent())
                .all(|number| known(&number)),
            "what is unread or unsent has a number that was given"
        );
        let in_memory = |number: &u32| self.cached.contains_key(number);
        assert!(
            self.unsent.iter().all(in_memory),
            "a text that is not sent stays in memory"
        );
        assert!(
            self.unsent().all(|number| !self.unread.contains(number)),
            "a message is an own one or not"
        );
    }
}
