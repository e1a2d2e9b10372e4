//! What operators do to daemons that run, and what those do who try wrong passwords.
//! Never waits for an answer: at the end all of them are looked at.

use std::net::Ipv4Addr;
use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::io::{AskId, Control, Output};

use super::terms::{door, port_of};
use super::{Play, Return};
use crate::Person;
use crate::faults::Fault;
use crate::scenario::Change;

/// Two configurations of one moment could come in any order.
const APART: Duration = Duration::from_millis(1);
/// By when there is a verdict of a probe.
const VERDICT: Duration = Duration::from_secs(6);
/// What nobody has as a password.
const WRONG: &str = "not-the-password";

impl Play<'_> {
    /// The operator of a seat's daemon changes something.
    pub(super) fn change(&mut self, seat: usize, change: Change) {
        let host = self.scenario.daemon_of(seat);
        let person = self.scenario.seats[seat].person;
        let own = (person, host.clone());
        match change {
            Change::Nothing => {}
            Change::Away => {
                let turned = &mut self.terms.borrow_mut().turned;
                if !turned.remove(&host) {
                    turned.insert(host.clone());
                }
            }
            Change::Access => {
                let name = self.scenario.people[person].name;
                self.model.borrow_mut().may_be_refused(&host, name);
                *self.terms.borrow_mut().locks.entry(own).or_default() += 1;
            }
            Change::Out { away } => {
                if self.terms.borrow_mut().out.insert(own) {
                    let name = self.scenario.people[person].name;
                    self.model.borrow_mut().goes(&host, name);
                    self.comes_back(away, Return::Account(person, host.clone()));
                }
            }
        }
        self.reload(&host);
    }

    /// An account that was taken out is there again.
    pub(super) fn take_in(&mut self, person: usize, host: &str) {
        let own = (person, host.to_owned());
        self.terms.borrow_mut().out.remove(&own);
        self.reload(host);
        let name = self.scenario.people[person].name;
        self.model.borrow_mut().is_back(host, name);
    }

    /// Tells a daemon what counts now; one that is down is told when it starts.
    pub(super) fn reload(&mut self, host: &str) {
        if self.world.is_up(host) {
            let config = self.terms.borrow().config(self.scenario, host);
            self.world.control(host, Control::Reload(config.into()));
            self.pass(APART);
        }
    }

    pub(super) fn probe(&mut self, seat: usize) {
        let host = self.scenario.daemon_of(seat);
        self.ask_for_probe(&host);
    }

    fn ask_for_probe(&mut self, host: &str) -> AskId {
        self.asked += 1;
        let ask = AskId(self.asked as u64);
        self.world.control(host, Control::Probe { ask });
        ask
    }

    /// Somebody from elsewhere gives wrong passwords for the account of a seat.
    pub(super) fn guess(&mut self, number: usize, seat: usize, (wire, times): (WireKind, usize)) {
        let host = self.scenario.daemon_of(seat);
        let name = self.scenario.name_of(seat);
        let Some(port) = port_of(self.scenario, wire) else {
            return;
        };
        let low = u8::try_from(number % 250).expect("below 250");
        for attempt in 0..times {
            let thief = format!("thief-{number}-{attempt}");
            let origin = door(&host, port, false);
            let person =
                Person::with_wire(origin, move || wire.connect_as(name, Some(WRONG.into())));
            self.world.join(&thief, person.greeting("GET USERSTATUS"));
            let address = Ipv4Addr::new(203, 0, 113, low);
            self.world.set_address(&thief, address.into());
            self.world.conditions().count(Fault::Guessed);
            self.thieves.push(thief);
        }
    }

    /// Nobody with a wrong password has heard or could say a word.
    pub(super) fn check_thieves(&self) {
        for thief in &self.thieves {
            let person = self.world.person(thief);
            assert!(person.saying().is_empty(), "{thief} could come in");
            assert!(person.hearing().is_empty(), "{thief} has heard something");
        }
    }

    /// When all is well, each daemon says so.
    pub(super) fn check_probes(&mut self) {
        for host in self.scenario.hosts() {
            let ask = self.ask_for_probe(&host);
            self.pass(VERDICT);
            let expected = Output::Probed {
                ask,
                result: Ok(()),
            };
            let answers = self.world.operator_answers(&host);
            assert!(
                answers.contains(&expected),
                "{host} says that all is not well"
            );
        }
    }

    /// What is the same once more changes nothing.
    pub(super) fn reload_all(&mut self) {
        for host in self.scenario.hosts() {
            self.reload(&host);
            let answers = self.world.operator_answers(&host);
            let Some(Output::Reloaded(done)) = answers.last() else {
                panic!("{host} has not answered to a new configuration");
            };
            let own = self
                .terms
                .borrow()
                .config(self.scenario, &host)
                .accounts
                .len();
            let all = [done.added, done.changed, done.removed, done.untouched];
            assert_eq!(all, [0, 0, 0, own], "{host}: what is the same");
        }
    }
}
