//! A machine together with the reactor that serves it: the only place that calls [`Machine::handle`].
//! Never waits, and never calls the machine while it performs what the machine asked for.

use std::time::Duration;

use imo2sproxy_core::io::{Input, Machine, Output, Outputs};
use imo2sproxy_core::time::Now;

use super::ROUNDS_PER_TURN;
use super::reactor::Reactor;

/// A machine and its reactor.
pub(super) struct Hosted<M> {
    machine: M,
    pub(super) reactor: Reactor,
    /// Empty between two calls, but for the spare buffers.
    pub(super) outputs: Outputs,
    batch: Vec<Output>,
}

impl<M: Machine> Hosted<M> {
    pub(super) fn new(machine: M, reactor: Reactor) -> Self {
        Self {
            machine,
            reactor,
            outputs: Outputs::new(),
            batch: Vec::new(),
        }
    }

    /// Calls the machine and performs what it asks for.
    pub(super) fn feed(&mut self, input: Input<'_>) {
        self.machine
            .handle(self.reactor.now, input, &mut self.outputs);
        self.outputs.swap(&mut self.batch);
        for output in self.batch.drain(..) {
            self.reactor.perform(output, &mut self.outputs);
        }
    }

    /// Tells the machine what has arisen so far; what arises from that waits for the next call.
    pub(super) fn deliver(&mut self) {
        for _ in 0..self.reactor.inbox.len() {
            let Some(input) = self.reactor.inbox.pop_front() else {
                return;
            };
            if let Input::Closed { conn, .. } = &input {
                self.reactor.ids.remove(conn);
            }
            self.feed(input);
        }
    }

    /// Tells and flushes until there is nothing to tell, or for long enough.
    pub(super) fn settle(&mut self) {
        for _ in 0..ROUNDS_PER_TURN {
            self.deliver();
            self.reactor.flush(&mut self.outputs);
            if self.reactor.inbox.is_empty() {
                return;
            }
        }
    }

    /// How long the poll may wait; `None`: until something happens.
    pub(super) fn timeout(&self, now: Now) -> Option<Duration> {
        let reactor = &self.reactor;
        let unread = !reactor.ready.is_empty() || reactor.may_accept();
        if !reactor.inbox.is_empty() || unread && !reactor.is_congested() {
            return Some(Duration::ZERO);
        }
        let deadlines = [self.machine.deadline(), reactor.timers.next()];
        let next = deadlines.into_iter().flatten().min()?;
        Some(next.since(now.mono))
    }

    /// Tells the machine that its time has come, if it has.
    pub(super) fn tick_if_due(&mut self) {
        let now = self.reactor.now.mono;
        if self.machine.deadline().is_some_and(|at| at <= now) {
            self.feed(Input::Tick);
        }
    }
}
