//! How much memory an account takes, what of it is whose, and what is let go when it gets too much.
//! Never lets go of a message, of somebody on the list, or of a group chat that the account is in.
//!
//! See `core/docs/memory.md`.

use alloc::string::String;

use super::roster::Room;
use super::{Account, cut};
use crate::invariant::at_most;
use crate::journal::Journal;
use crate::weighed::{Weight, in_tree};

/// What an account takes at most, in bytes, with all that has bounds in numbers alone: cursors, identities of messages,
/// calls, what was refused late, the buffers of its connections.
const FIXED_BYTES: usize = 96 * 1024;
/// Of what is left, people and chats together have so many twelfths. The rest is for calls that wait, and for copies.
const POOL_TWELFTHS: usize = 7;
/// That part of it chats can always have, lest there be none with those whom one writes to.
const CHATS_PART: usize = 8;
/// What part of all clients can use for the account itself: its profile, parameters, short numbers.
const OWN_PART: usize = 16;
/// What part of all may always be calls that wait: else nothing could be said any more.
const CALLS_PART: usize = 32;

/// How many bytes people and chats may take together of all that an account may.
pub(super) const fn pool(account_bytes: usize) -> usize {
    account_bytes.saturating_sub(FIXED_BYTES) / 12 * POOL_TWELFTHS
}

impl Account {
    /// How much room there is for all people.
    pub(super) fn room(&self) -> Room {
        let pool = pool(self.limits.account_bytes);
        let chats = self.chats.pinned_bytes().max(pool / CHATS_PART);
        let elsewhere = self.groups.bytes() + self.avatars.names_bytes() + chats;
        Room {
            people: self.limits.contacts,
            bytes: pool.saturating_sub(elsewhere),
        }
    }

    /// How many bytes more may be kept about people.
    pub(super) fn people_left(&self) -> usize {
        self.room().bytes.saturating_sub(self.roster.bytes())
    }

    /// As much of a value as clients may keep of the account itself, in place of one of so many bytes.
    pub(super) fn own_value<'v>(&self, value: &'v str, before: usize) -> &'v str {
        let taken = self.own_bytes;
        let left = (self.limits.account_bytes / OWN_PART + before).saturating_sub(taken);
        cut(value, self.limits.text_bytes.min(left))
    }

    /// Takes note of how many bytes clients have kept of the account itself: they seldom change.
    pub(super) fn count_own_bytes(&mut self) {
        self.own_bytes = self.reckon_own_bytes();
    }

    fn reckon_own_bytes(&self) -> usize {
        let kept = [
            &self.state.profile,
            &self.state.parameters,
            &self.state.speed_dials,
        ];
        let texts = kept.into_iter().flatten();
        let entry = in_tree::<(String, String)>();
        let texts = texts.map(|(name, text)| entry + name.outside() + text.outside());
        let momentary = self.parameters.values().map(|text| entry + text.outside());
        let own = self.state.mood.outside() + self.state.full_name.outside();
        own + texts.sum::<usize>() + momentary.sum::<usize>()
    }

    /// What it takes beside calls that wait and copies.
    fn standing_bytes(&self) -> usize {
        FIXED_BYTES
            + self.roster.bytes()
            + self.groups.bytes()
            + self.avatars.names_bytes()
            + self.chats.bytes()
            + self.own_bytes
            + self.directory.bytes()
            + self.applications.bytes()
    }

    /// How many bytes of calls may wait.
    pub(super) fn call_bytes_max(&self) -> usize {
        let left = self
            .limits
            .account_bytes
            .saturating_sub(self.standing_bytes());
        // The call that reaches the limit may be a picture.
        let left = left.saturating_sub(self.limits.avatar_bytes);
        left.max(self.limits.account_bytes / CALLS_PART)
            .min(self.limits.call_bytes_waiting)
    }

    /// How many bytes there are for copies of what can be had again.
    pub(super) fn copy_bytes_max(&self) -> usize {
        let taken = self.standing_bytes() + self.link.bytes_waiting();
        self.limits.account_bytes.saturating_sub(taken)
    }

    /// Lets go of that for which there is no room any more: of chats that nobody has written in for long, and of copies.
    pub(crate) fn fit(&mut self, journal: &mut Journal) {
        let people = self.roster.bytes() + self.groups.bytes() + self.avatars.names_bytes();
        let chats = pool(self.limits.account_bytes).saturating_sub(people);
        self.chats.allow(chats, journal);
        let max = self.copy_bytes_max();
        let taken = self.messages.bytes();
        if taken + self.avatars.bytes() > max {
            self.avatars.fit(max.saturating_sub(taken));
        }
        let left = max.saturating_sub(self.avatars.bytes());
        self.messages.fit(left, journal);
    }

    /// Lets go of all copies: nobody is there who might ask for them.
    pub(super) fn let_copies_go(&mut self, journal: &Journal) {
        self.avatars.fit(0);
        self.messages.fit(0, journal);
    }

    /// Panics if it takes more than it may.
    pub(super) fn check_memory(&self) {
        let own = self.reckon_own_bytes();
        assert_eq!(self.own_bytes, own, "the bytes of own values are counted");
        let copies = self.messages.bytes() + self.avatars.bytes();
        let bytes = self.standing_bytes() + self.link.bytes_waiting() + copies;
        let max = ("account_bytes", self.limits.account_bytes);
        at_most(bytes, max, "bytes of an account in memory");
    }
}
