//! The end of a scenario: faults stop, and what was promised must come true; then all comes to rest, and leaves in order.
//! Never waits longer than the promises say.

use std::time::Duration;

use imo2sproxy_core::io::Control;

use super::{Play, Return};
use crate::model::{CANARY, Model, SERVICE};
use crate::scenario::Place;

/// How long a client without a reply waits before it gives its connection up.
const PATIENCE: Duration = Duration::from_secs(30);
/// By when all is well once faults are over.
const CONVERGENCE: Duration = Duration::from_secs(120);
/// How long one reply takes at most while nothing goes wrong.
const SOON: Duration = Duration::from_secs(10);
/// How long nothing may happen that is not the usual keeping in touch.
const REST: Duration = Duration::from_secs(300);
/// Inputs of each daemon and of its service in such a time at most: polls, and word that somebody is there.
const RESTING_INPUTS_MAX: u64 = 600;
/// How long a drain takes at most, the last seconds of its peers included.
const DRAIN: Duration = Duration::from_secs(15);
/// One trace in so many runs is searched for passwords: that costs as much as the run.
const TRACES_SEARCHED: u64 = 8;

impl Play<'_> {
    pub(super) fn end(&mut self) {
        self.heal();
        self.check_presence();
        self.check_change();
        if self.scenario.broad {
            self.check_absence();
            self.check_thieves();
            self.check_probes();
        }
        self.model.borrow().conclude(self.scenario, &self.world);
        self.check_rest();
        self.leave();
        if self.scenario.seed.is_multiple_of(TRACES_SEARCHED) {
            self.search_traces();
        }
    }

    /// Ends all trouble, and gives everybody the time that was promised.
    fn heal(&mut self) {
        self.world.heal();
        for (_, what) in std::mem::take(&mut self.returns) {
            self.bring_back(what);
        }
        // A user whose client says nothing any more connects it anew.
        self.pass(PATIENCE);
        let seats = 0..self.scenario.seats.len();
        for seat in seats.clone() {
            self.say(seat, &format!("#alive{seat} GET CURRENTUSERHANDLE"));
        }
        self.pass(PATIENCE);
        for seat in seats {
            let client = Model::client(seat);
            let is_stuck = !self.model.borrow().unanswered(seat).is_empty();
            if is_stuck || !self.world.person(&client).is_ready() {
                self.world.reset_connections(&client);
            }
        }
        self.pass(CONVERGENCE - 2 * PATIENCE);
        // A machine that was being drained when all trouble ended is back by now.
        let is_over = |(_, what): &(_, Return)| !matches!(what, Return::Machine(_));
        assert!(self.returns.iter().all(is_over));
    }

    /// Everybody is online, and sees of all others what they want to be seen.
    fn check_presence(&mut self) {
        let daemons: Vec<_> = self.scenario.daemons().collect();
        let seats: Vec<usize> = daemons
            .iter()
            .map(|(person, host)| {
                let mut seats = 0..self.scenario.seats.len();
                let seat = seats.find(|seat| {
                    let own = self.scenario.seats[*seat].person;
                    own == *person && self.scenario.daemon_of(*seat) == *host
                });
                seat.expect("every daemon has a client")
            })
            .collect();
        for seat in &seats {
            let reply = self.ask(*seat, "GET CONNSTATUS", SOON);
            let is_in = reply.starts_with("CONNSTATUS ") && !reply.ends_with(" OFFLINE");
            assert!(is_in, "seat {seat} says {reply} in the end");
        }
        for (seat, (person, _)) in seats.iter().zip(&daemons) {
            if self.scenario.people[*person].daemons > 1 {
                // What a service makes of two sessions that want different things is up to it.
                continue;
            }
            // The most available of what the clients want, those included whose connections are dead unnoticed.
            let name = self.scenario.name_of(*seat);
            let status = format!("GET USER {name} ONLINESTATUS");
            // The service has one word for two of the Skype API.
            let own = self.ask(*seat, &status, SOON).replace(" NA", " DND");
            let mood = self.ask(*seat, "GET PROFILE MOOD_TEXT", SOON);
            for other in seats
                .iter()
                .filter(|other| self.scenario.name_of(**other) != name)
            {
                let seen = self.ask(*other, &status, SOON);
                assert_eq!(seen, own, "as seat {other} and as seat {seat} sees it");
                let seen = self.ask(*other, &format!("GET USER {name} MOOD_TEXT"), SOON);
                let said = mood.strip_prefix("PROFILE ").unwrap_or(&mood);
                assert_eq!(
                    seen,
                    format!("USER {name} {said}"),
                    "as seat {other} sees it"
                );
            }
        }
        self.check_topic(&seats);
    }

    /// Somebody changes how they are to be seen, and every client of everybody else is told so without asking.
    fn check_change(&mut self) {
        let first = self.scenario.name_of(0);
        if self.scenario.people[0].daemons > 1 {
            return;
        }
        let is_own = |seat: &usize| self.scenario.name_of(*seat) == first;
        let seats = 0..self.scenario.seats.len();
        let (own, others): (Vec<usize>, Vec<usize>) = seats.partition(is_own);
        let heard: Vec<usize> = others.iter().map(|seat| self.heard_by(*seat)).collect();
        let question = format!("GET USER {first} ONLINESTATUS");
        let status = |wish: &str| format!("USER {first} ONLINESTATUS {wish}");
        let before = self.ask(0, &question, SOON).replace(" NA", " DND");
        let wish = if before == status("DND") {
            "AWAY"
        } else {
            "DND"
        };
        for seat in own {
            self.ask(seat, &format!("SET USERSTATUS {wish}"), SOON);
        }
        let expected = status(wish);
        if self.ask(0, &question, SOON) != expected {
            // A client whose connection is dead, and nobody has noticed, wants something more available.
            return;
        }
        // One of the connections may be dead without anybody having noticed.
        self.pass(CONVERGENCE);
        for (seat, before) in others.into_iter().zip(heard) {
            let client = self.world.person(&Model::client(seat));
            let hearing = client.hearing();
            let told = hearing[before..].iter();
            let told = told.filter(|heard| heard.line == expected).count();
            assert_eq!(told, 1, "seat {seat} is told {expected} so often");
        }
    }

    fn heard_by(&self, seat: usize) -> usize {
        self.world.person(&Model::client(seat)).hearing().len()
    }

    /// All in the room see the same topic.
    fn check_topic(&mut self, seats: &[usize]) {
        let Some(room) = self.room.clone() else {
            return;
        };
        let question = format!("GET CHAT {room} TOPIC");
        let topics: Vec<String> = seats
            .iter()
            .map(|seat| self.ask(*seat, &question, SOON))
            .collect();
        assert!(
            topics.iter().all(|topic| *topic == topics[0]),
            "topics of one room: {topics:?}"
        );
    }

    /// Nothing happens any more that nobody wants.
    fn check_rest(&mut self) {
        let hosts = self.hosts();
        // That a connection has been dead for long may be noticed only now, and with it how far its client was told.
        let records = |play: &Self| -> Vec<(String, Vec<u8>)> {
            let stores = hosts.iter().map(|host| play.world.store(host).records(""));
            let others = stores.flatten().filter(|(key, _)| !key.contains("/r/"));
            let others = others.map(|(key, value)| (key.to_owned(), value.to_owned()));
            others.collect()
        };
        let heard = |play: &Self| -> Vec<usize> {
            let seats = 0..play.scenario.seats.len();
            seats.map(|seat| play.heard_by(seat)).collect()
        };
        let before = (records(self), heard(self), self.world.inputs());
        if self.scenario.broad {
            self.reload_all();
        }
        self.pass(REST);
        assert!(
            before.0 == records(self),
            "something is stored though nobody does anything"
        );
        assert_eq!(
            before.1,
            heard(self),
            "clients hear something though nobody does anything"
        );
        let inputs = self.world.inputs() - before.2;
        let most = RESTING_INPUTS_MAX * hosts.len() as u64;
        assert!(
            inputs <= most,
            "{inputs} inputs in {REST:?} though nobody does anything"
        );
    }

    /// Everybody leaves, and everything is drained: nothing is left then.
    fn leave(&mut self) {
        for seat in 0..self.scenario.seats.len() {
            self.world.person(&Model::client(seat)).hang_up();
        }
        self.pass(SOON);
        // The service last: daemons say goodbye to it.
        for host in self.hosts() {
            self.model.borrow_mut().drains(&host, &self.world);
            self.world.control(&host, Control::Drain);
            self.pass(DRAIN);
            assert!(
                self.world.stopped(&host).is_some(),
                "{host} is not done with its drain"
            );
            assert_eq!(
                self.world.live_connections(&host),
                0,
                "{host} keeps connections"
            );
        }
    }

    /// All daemons, then the service.
    fn hosts(&self) -> Vec<String> {
        let mut hosts = self.scenario.hosts();
        if self.scenario.place == Place::Town {
            hosts.push(SERVICE.into());
        }
        hosts
    }

    fn search_traces(&self) {
        for host in self.hosts() {
            let trace = self
                .world
                .trace(&host)
                .expect("all machines are made from plans");
            let shown = trace.lines().find(|line| line.contains(CANARY));
            assert_eq!(shown, None, "a password is in the trace of {host}");
        }
    }
}
