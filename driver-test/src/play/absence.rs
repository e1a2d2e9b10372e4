//! Somebody's clients are away while a text comes, and their daemon lives on, dies, or forgets the account meanwhile.
//! Never while anything goes wrong by itself: what is promised is promised without exceptions then.

use std::time::Duration;

use imo2sproxy_core::io::{Control, Output, Snapshot};

use super::Play;
use crate::model::Model;
use crate::scenario::Change;

/// How long clients need to come and go.
const SOON: Duration = Duration::from_secs(20);
/// By then all is stored, whoever was cut off is back, and connections that are dead unnoticed have been noticed.
const LATER: Duration = Duration::from_secs(120);

impl Play<'_> {
    /// All client programs of one account hear once of a text that came while they were away, and never again.
    pub(super) fn check_absence(&mut self) {
        let Some((sender, own)) = self.who_is_away() else {
            return;
        };
        let host = self.scenario.daemon_of(own[0]);
        let dies = self.world.rng("death").chance(40);
        if dies {
            // They are cut off by the death of their daemon, which does not see them go.
            self.world.kill(&host);
        }
        for seat in &own {
            self.world.person(&Model::client(*seat)).hang_up();
        }
        if dies {
            self.start_again(&host);
        }
        self.pass(SOON);
        let is_known = |seat: &usize| !self.model.borrow().was_nameless(*seat, &self.world);
        if !own.iter().all(is_known) || self.clients_of(own[0]) > 0 {
            // Somebody was taken for another. Or a connection is dead, and nobody has noticed: what comes counts as told there.
            self.come_again(&own);
            return;
        }
        let to = self.scenario.name_of(own[0]);
        self.trouble(own[0]);
        let reply = self.ask(sender, &format!("MESSAGE {to} while you were away"), SOON);
        let number = reply.split(' ').nth(1).unwrap_or_default();
        let sent = format!("CHATMESSAGE {number} STATUS SENT");
        self.pass(LATER);
        let sender = self.world.person(&Model::client(sender)).clone();
        assert!(sender.heard(&sent), "what was said to {to} is not sent");
        let before = self.told(&own);
        for (_, what) in std::mem::take(&mut self.returns) {
            self.bring_back(what);
        }
        self.pass(SOON);
        self.come_again(&own);
        self.pass(LATER);
        let once: Vec<usize> = before.iter().map(|count| count + 1).collect();
        assert_eq!(self.told(&own), once, "seats {own:?} come back: one text");
        // What was told long ago is not told again, whoever dies.
        self.pass(LATER);
        self.world.kill(&host);
        self.start_again(&host);
        self.pass(LATER);
        assert_eq!(self.told(&own), once, "seats {own:?} after a death");
    }

    /// The client that sends, and all clients of a daemon of somebody else, if each is a program of its own.
    fn who_is_away(&self) -> Option<(usize, Vec<usize>)> {
        let seats = &self.scenario.seats;
        let last = seats.iter().rposition(|seat| seat.named)?;
        let at_home = |seat: &usize| {
            seats[*seat].person == seats[last].person && seats[*seat].daemon == seats[last].daemon
        };
        let own: Vec<usize> = (0..seats.len()).filter(at_home).collect();
        let sender = (0..seats.len()).find(|seat| seats[*seat].person != seats[last].person)?;
        Some((sender, own))
    }

    /// What happens to a daemon while clients are away, by the seed.
    fn trouble(&mut self, seat: usize) {
        let host = self.scenario.daemon_of(seat);
        let person = &self.scenario.people[self.scenario.seats[seat].person];
        match self.world.rng("absence").below(4) {
            // Another session of the account would take what comes.
            0 | 1 if person.daemons > 1 => {}
            0 => {
                self.world.kill(&host);
                self.start_again(&host);
                // Who sends may be a client of the same daemon.
                self.pass(SOON);
            }
            1 => {
                let away = Duration::from_secs(3600);
                self.change(seat, Change::Out { away });
            }
            2 => self.change(seat, Change::Nothing),
            _ => {}
        }
    }

    fn come_again(&mut self, seats: &[usize]) {
        for seat in seats {
            self.world.person(&Model::client(*seat)).connect();
        }
        self.pass(SOON);
    }

    /// How often each client was told of a text.
    fn told(&self, seats: &[usize]) -> Vec<usize> {
        let told = |seat: &usize| {
            let person = self.world.person(&Model::client(*seat));
            person.count("CHATMESSAGE * STATUS RECEIVED")
        };
        seats.iter().map(told).collect()
    }

    /// How many clients the daemon of a seat knows of its account.
    fn clients_of(&mut self, seat: usize) -> usize {
        let host = self.scenario.daemon_of(seat);
        self.world.control(&host, Control::Status);
        self.pass(Duration::from_millis(1));
        let answers = self.world.operator_answers(&host);
        let mut standing = answers.iter().rev().filter_map(|answer| {
            if let Output::Status(Snapshot::Proxy { accounts, .. }) = answer {
                return Some(accounts);
            }
            None
        });
        let accounts = standing.next().expect("it says how things stand at once");
        let name = self.scenario.name_of(seat);
        let own = accounts.iter().find(|account| account.name == name);
        own.map_or(0, |own| own.clients)
    }
}
