//! What an account promises about itself between inputs: its parts keep their limits, and agree with its link.
//! Never changes anything, and never runs where users are served.

use alloc::vec::Vec;

use super::{Account, Topic, Wake};
use crate::imo::link::CallId;
use crate::invariant::at_most;
use crate::journal::{Journal, Ticket};

impl Account {
    /// Panics if it has broken a promise about itself. To be called between inputs.
    pub(crate) fn check_invariants(&self, journal: &Journal) {
        self.link.check_invariants();
        self.timers.check_invariants();
        assert_eq!(
            self.timers.get(&Wake::Link),
            self.link.deadline(),
            "the link is woken when it wants to be"
        );
        self.roster.check_invariants(&self.limits);
        self.cursors.check_invariants(self.listeners);
        self.chats.check_invariants();
        self.calls.check_invariants(&self.limits);
        self.groups.check_invariants(&self.limits);
        self.avatars.check_invariants(&self.limits);
        self.mids.check_invariants(&self.limits);
        self.applications.check_invariants();
        self.directory.check_invariants();
        self.late_refusals.check_invariants();
        self.faults.check_invariants();
        let max = ("files", self.limits.files);
        at_most(self.files.asked(), max, "files that are written or read");
        self.check_calls();
        self.check_held(journal);
        // What the store does not hold yet cannot be let go: that is as much as one answer of the service brings.
        if self.held.is_empty() {
            self.check_memory();
        }
        if self.ready {
            let sending = self.sending.values().copied();
            self.messages.check_invariants(sending.collect());
            assert_eq!(
                self.state.reserved,
                self.messages.reserved(),
                "numbers are reserved in the store before they are given"
            );
        }
    }

    /// What is under way for clients is known to the link.
    fn check_calls(&self) {
        let open = self.link.open_calls();
        for (what, calls) in [
            ("texts", self.sending.keys().copied().collect::<Vec<_>>()),
            ("wishes about people", self.asking.keys().copied().collect()),
            ("wishes about calls", self.calling.keys().copied().collect()),
            ("wishes about chats", self.acts.calls().collect()),
            ("pictures", self.avatars.setting().collect()),
            ("searches", self.directory.asked().collect()),
            ("activity", self.active.into_iter().collect()),
            ("name", self.naming.iter().map(|(id, _)| *id).collect()),
        ] {
            let is_open = |id: &CallId| open.contains(id);
            assert!(
                calls.iter().all(is_open),
                "{what}: what is awaited of the link is on its way"
            );
        }
        // The command that reaches the limit may make as many calls once more, for a chat with as many people; the
        // session has a handful of its own.
        let max = self.limits.calls_waiting * 2 + OWN_CALLS;
        let max = ("calls_waiting", max);
        at_most(self.link.calls_waiting(), max, "calls that wait");
    }

    /// What is held back waits for something, and in order.
    fn check_held(&self, journal: &Journal) {
        let tickets = self.held.iter().map(|(ticket, _)| *ticket);
        assert!(tickets.is_sorted(), "what is held back happens in order");
        assert!(
            self.held
                .front()
                .is_none_or(|(ticket, _)| !journal.is_durable(*ticket)),
            "what is durable is not held back"
        );
        assert!(
            self.held
                .back()
                .is_none_or(|(ticket, _)| *ticket <= journal.latest()),
            "what is held back waits for a change that was made"
        );
    }

    /// The last change that it waits for.
    pub(crate) fn awaits(&self) -> Option<Ticket> {
        self.held.back().map(|(ticket, _)| *ticket)
    }

    /// What it has asked the store for and does not ask twice.
    pub(crate) fn loading(&self) -> impl Iterator<Item = Topic> {
        self.loading.iter().copied()
    }

    /// How many files it has asked for.
    pub(crate) fn files_asked(&self) -> usize {
        self.files.asked()
    }

    /// How many clients it has, and how many of them are told notices.
    pub(crate) fn audience(&self) -> (usize, usize) {
        (self.seats.len(), self.listeners)
    }
}

/// Most calls that a session makes on its own and that have not been taken.
const OWN_CALLS: usize = 16;
