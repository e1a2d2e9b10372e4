//! What the operator of the daemon asks, and what has to be answered to that.
//! Never asks what no driver would.

use std::time::Duration;

use imo2sproxy_core::io::{AskId, Control, Input, Output, ProbeFault, Reloaded};

use super::house::{GUEST_NAMES, config, services};
use super::{HOUSE, Run};
use crate::fuzzing::reader::Reader;

/// By when there is a verdict of a probe.
const VERDICT: Duration = Duration::from_secs(5);
/// Accounts at most that are on their way out beside those that are there.
const GOING_MAX: usize = 2;

impl Run {
    pub(super) fn operator_asks(&mut self, reader: &mut Reader<'_>) {
        match reader.below(16) {
            15 => self.drain(),
            12..=14 => self.operator_changes(reader.byte()),
            11 => self.operator_lifts(reader),
            9 | 10 => {
                self.asked += 1;
                let ask = AskId(self.asked);
                self.probes.insert(ask, self.bench.now().mono);
                let said = self.bench.tell(Input::Control(Control::Probe { ask }));
                self.take(said);
            }
            _ => {
                let said = self.bench.tell(Input::Control(Control::Status));
                self.take(said);
            }
        }
    }

    /// A new configuration: of each account in it something is said.
    fn operator_changes(&mut self, change: u8) {
        let config = config(self.options, change);
        let wanted = config.accounts.len();
        let said = self
            .bench
            .tell(Input::Control(Control::Reload(config.into())));
        let done = said.iter().filter_map(|output| {
            if let Output::Reloaded(done) = output {
                return Some(*done);
            }
            None
        });
        let done: Vec<Reloaded> = done.collect();
        let [done] = done[..] else {
            panic!("one answer to a new configuration, not {done:?}");
        };
        if self.drained_at.is_none() {
            let told = done.added + done.changed + done.untouched;
            assert_eq!(told, wanted, "{done:?}");
        }
        self.take(said);
    }

    fn operator_lifts(&mut self, reader: &mut Reader<'_>) {
        let names = services(self.options);
        let place = reader.below(names.len() + 1);
        let name = names.get(place).map_or("", |(name, ..)| name);
        let account = name.to_owned();
        let said = self.bench.tell(Input::Control(Control::Lift { account }));
        let answers = said
            .iter()
            .filter(|output| matches!(output, Output::Lifted { .. }));
        assert_eq!(answers.count(), 1, "one answer to who is let in again");
        self.take(said);
    }

    /// There is a verdict of a probe, which was asked for.
    pub(super) fn probed(&mut self, ask: AskId, result: Result<(), ProbeFault>) {
        let since = self.probes.remove(&ask);
        let since = since.unwrap_or_else(|| panic!("a verdict that nobody wants: {result:?}"));
        let waited = self.bench.now().mono.since(since);
        assert!(waited <= VERDICT, "a verdict after {waited:?}");
    }

    /// No probe waits longer than it may.
    pub(super) fn check_probes(&self) {
        let now = self.bench.now().mono;
        for since in self.probes.values() {
            assert!(now.since(*since) <= VERDICT, "there is no verdict");
        }
        assert!(
            self.probes.is_empty() || !self.bench.is_stopped(),
            "it ends without a verdict"
        );
    }

    /// How many accounts there may be at once.
    pub(super) fn accounts_max(&self) -> usize {
        let configured = services(self.options).len();
        if self.has(HOUSE) {
            configured + GOING_MAX
        } else {
            configured
        }
    }

    /// The names that accounts and guests have in the store.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        let own = services(self.options).iter().map(|(name, ..)| *name);
        let guests = if self.has(HOUSE) {
            &GUEST_NAMES[1..2]
        } else {
            &[]
        };
        own.chain(guests.iter().copied())
    }
}
