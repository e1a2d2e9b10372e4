//! A machine together with the reactor that serves it: the only place that calls [`Machine::handle`].
//! Never waits, and never calls the machine while it performs what the machine asked for.

use std::time::Duration;

use imo2sproxy_core::event::{Event, EventKind};
use imo2sproxy_core::io::{Input, Machine, Output, Outputs};
use imo2sproxy_core::time::Instant;

use super::ROUNDS_PER_TURN;
use super::reactor::{Reactor, Timer};
use crate::record::{FLUSH_EVERY, Recording};

/// A machine and its reactor.
pub(super) struct Hosted<M> {
    machine: M,
    pub(super) reactor: Reactor,
    /// Empty between two calls, but for the spare buffers.
    pub(super) outputs: Outputs,
    batch: Vec<Output>,
    /// How many inputs the machine has been given.
    pub(super) fed: u64,
    /// The recording, while there is one.
    recording: Option<Box<Recording>>,
}

impl<M: Machine> Hosted<M> {
    pub(super) fn new(machine: M, reactor: Reactor) -> Self {
        Self {
            machine,
            reactor,
            outputs: Outputs::new(),
            batch: Vec::new(),
            fed: 0,
            recording: None,
        }
    }

    /// Calls the machine and performs what it asks for.
    pub(super) fn feed(&mut self, input: Input<'_>) {
        let now = self.reactor.now;
        self.fed += 1;
        self.reactor.tally.told(now.mono, &input);
        if let Some(recording) = &mut self.recording {
            recording.input(now, &input);
        }
        self.machine.handle(now, input, &mut self.outputs);
        self.outputs.swap(&mut self.batch);
        for output in self.batch.drain(..) {
            if let Some(recording) = &mut self.recording {
                recording.output(now, &output);
            }
            self.reactor.perform(output, &mut self.outputs);
        }
    }

    /// Begins to record, in the place of what is being recorded.
    pub(super) fn record(&mut self, recording: Recording) {
        self.stop_recording();
        let detail = format!("recording to {}", recording.path().display());
        self.reactor
            .tell(&Event::process(EventKind::Recording, detail));
        self.recording = Some(Box::new(recording));
        self.set_record_timer();
    }

    /// Ends the recording, if there is one. False if there is none.
    pub(super) fn stop_recording(&mut self) -> bool {
        let Some(recording) = self.recording.take() else {
            return false;
        };
        self.reactor.timers.set(Timer::Record, None);
        let event = match recording.end(self.reactor.now) {
            Ok(detail) => Event::process(EventKind::Recording, detail),
            Err(detail) => Event::process(EventKind::RecordingFailed, detail),
        };
        self.reactor.tell(&event);
        true
    }

    /// True while there is a recording.
    pub(super) const fn is_recording(&self) -> bool {
        self.recording.is_some()
    }

    /// Writes what has been recorded; a recording that cannot go on ends here.
    pub(super) fn flush_recording(&mut self) {
        let Some(recording) = &mut self.recording else {
            return;
        };
        recording.flush(self.reactor.now);
        if recording.trouble().is_some() {
            self.stop_recording();
        } else {
            self.set_record_timer();
        }
    }

    fn set_record_timer(&mut self) {
        let at = self.reactor.now.mono + FLUSH_EVERY;
        self.reactor.timers.set(Timer::Record, Some(at));
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

    /// Tells and flushes until there is nothing to tell, or for long enough. What several inputs say to one connection is
    /// written together.
    pub(super) fn settle(&mut self) {
        for _ in 0..ROUNDS_PER_TURN {
            for _ in 0..ROUNDS_PER_TURN {
                self.deliver();
                if self.reactor.inbox.is_empty() {
                    break;
                }
            }
            self.reactor.flush(&mut self.outputs);
            if self.reactor.inbox.is_empty() {
                return;
            }
        }
    }

    /// How long the poll may wait; `None`: until something happens.
    pub(super) fn timeout(&self, now: Instant) -> Option<Duration> {
        let reactor = &self.reactor;
        let unread = !reactor.ready.is_empty() || reactor.may_accept();
        if !reactor.inbox.is_empty() || unread && !reactor.is_congested() {
            return Some(Duration::ZERO);
        }
        let deadlines = [
            self.machine.deadline(),
            reactor.timers.next(),
            reactor.desk.deadline(),
        ];
        let next = deadlines.into_iter().flatten().min()?;
        Some(next.since(now))
    }

    /// Tells the machine that its time has come, if it has.
    pub(super) fn tick_if_due(&mut self) {
        let now = self.reactor.now.mono;
        if self.machine.deadline().is_some_and(|at| at <= now) {
            self.feed(Input::Tick);
        }
    }
}
