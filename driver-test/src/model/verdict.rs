//! What must be true at the end, when all faults are over and everybody had time.
//! Never lets time pass.

use std::collections::{BTreeMap, BTreeSet};

use imo2sproxy_core::handle::ECHO;

use super::kept::Kept;
use super::{DaemonBook, Mark, Model};
use crate::World;
use crate::scenario::{Place, Scenario};

/// What the daemons of a run have in the end.
struct Shelf<'a> {
    daemon: &'a DaemonBook,
    /// Own texts that were sent from here: their numbers by their marks.
    sent: BTreeMap<Mark, u32>,
    /// Own texts from here that the service has refused.
    failed: BTreeSet<Mark>,
    /// Texts of others, in the order of their numbers.
    came: Vec<(u32, Mark)>,
    /// Numbers of all texts of others that clients are told of.
    told: Vec<u32>,
    /// Numbers of all own texts from here.
    own: Vec<u32>,
}

impl Model {
    /// Checks all that was promised about texts and commands.
    ///
    /// # Panics
    /// If a promise was not kept.
    pub fn conclude(&self, scenario: &Scenario, world: &World) {
        self.check_replies(world);
        let shelves: Vec<Shelf<'_>> = (0..self.daemons.len())
            .map(|daemon| self.shelf(daemon, scenario, world))
            .collect();
        for shelf in &shelves {
            self.check_sent(shelf, &shelves);
            self.check_order(shelf, &shelves);
        }
        if self.place == Place::Alone {
            check_echo(&shelves[0]);
        }
        self.check_hearing(&shelves, world);
    }

    /// The commands of a client's present connection that have no reply yet.
    #[must_use]
    pub fn unanswered(&self, seat: usize) -> Vec<&str> {
        self.seats[seat].unanswered()
    }

    /// The number of the latest text that the client of a seat was told of.
    #[must_use]
    pub fn latest(&self, seat: usize) -> Option<u32> {
        self.seats[seat].latest()
    }

    fn check_replies(&self, world: &World) {
        for book in &self.seats {
            let client = &book.client;
            assert!(world.person(client).is_ready(), "{client} is not connected");
            let unanswered = book.unanswered();
            assert!(
                unanswered.is_empty(),
                "{client} has no reply to {unanswered:?}"
            );
            assert_eq!(book.pings(), 0, "{client} waits for a PONG");
        }
    }

    fn shelf(&self, place: usize, scenario: &Scenario, world: &World) -> Shelf<'_> {
        let daemon = &self.daemons[place];
        let mut shelf = Shelf {
            daemon,
            sent: BTreeMap::new(),
            failed: BTreeSet::new(),
            came: Vec::new(),
            told: Vec::new(),
            own: Vec::new(),
        };
        for (number, kept) in Kept::all(world.store(&daemon.host), daemon.account) {
            assert!(!kept.waits, "{}: {number} is still under way", daemon.host);
            if !kept.own {
                shelf.told.push(number);
                let mut here = self.seats.iter().filter(|seat| seat.daemon == place);
                // Who has not seen it must find it among what was missed.
                let is_seen = here.any(|seat| seat.has_seen(number));
                assert!(
                    kept.unread || is_seen,
                    "{}: nobody has seen {number}, which is kept as read",
                    daemon.host
                );
            }
            let Some(mark) = kept.mark else { continue };
            if !kept.own {
                shelf.came.push((number, mark));
                continue;
            }
            // Another daemon of the same account keeps what was sent from here too.
            let is_from_here = scenario.seat_of(mark.number).is_some_and(|seat| {
                let book = self.seats.get(seat);
                book.is_some_and(|book| book.daemon == place)
            });
            if !is_from_here {
                continue;
            }
            shelf.own.push(number);
            let is_new = if kept.failed {
                shelf.failed.insert(mark.clone())
            } else {
                shelf.sent.insert(mark.clone(), number).is_none()
            };
            assert!(is_new, "{} keeps twice what is {mark}", daemon.host);
        }
        shelf
    }

    /// What was sent is there once, what failed is not.
    fn check_sent(&self, shelf: &Shelf<'_>, all: &[Shelf<'_>]) {
        for mark in shelf.sent.keys().chain(&shelf.failed) {
            let is_sent = shelf.sent.contains_key(mark);
            for recipient in self.recipients(mark) {
                let homes = all.iter().filter(|home| home.daemon.account == recipient);
                let counts: Vec<usize> = homes.map(|home| home.count(mark)).collect();
                let times = counts.iter().max().copied().unwrap_or_default();
                assert!(times < 2, "{recipient} has got twice what is {mark}");
                assert_eq!(
                    times == 1,
                    is_sent,
                    "{recipient} has {counts:?} of what is {mark}, sent: {is_sent}"
                );
            }
            assert!(
                !self.refused.contains(&mark.number),
                "what is {mark} was refused, and is kept"
            );
        }
    }

    /// Of one conversation and one daemon, what came is in the order in which it was sent.
    fn check_order(&self, home: &Shelf<'_>, all: &[Shelf<'_>]) {
        for from in all {
            let mut latest: BTreeMap<&str, (u32, &Mark)> = BTreeMap::new();
            for (_, mark) in &home.came {
                let Some(number) = from.sent.get(mark) else {
                    continue;
                };
                let before = latest.insert(&mark.to, (*number, mark));
                let is_later = before.is_none_or(|(before, _)| before < *number);
                assert!(
                    is_later,
                    "{}: {mark} came behind {before:?}",
                    home.daemon.host
                );
            }
        }
        let refused = home
            .came
            .iter()
            .find(|(_, mark)| self.refused.contains(&mark.number));
        assert_eq!(refused, None, "{} has what was refused", home.daemon.host);
    }

    /// A client that was never cut off, at a daemon that never died, has heard all there was to hear.
    fn check_hearing(&self, shelves: &[Shelf<'_>], world: &World) {
        for book in &self.seats {
            let shelf = &shelves[book.daemon];
            if book.visit > 0 || world.ends(&shelf.daemon.host) > 0 {
                continue;
            }
            let client = &book.client;
            let missed: Vec<_> = shelf
                .told
                .iter()
                .filter(|number| !book.has_heard_of(**number))
                .collect();
            assert!(missed.is_empty(), "{client} was not told of {missed:?}");
            let open: Vec<_> = shelf
                .own
                .iter()
                .filter(|number| !book.has_settled(**number))
                .collect();
            assert!(
                open.is_empty(),
                "{client} was not told what became of {open:?}"
            );
        }
    }
}

impl Shelf<'_> {
    /// How often a text has come.
    fn count(&self, mark: &Mark) -> usize {
        self.came.iter().filter(|(_, came)| came == mark).count()
    }
}

/// The service's own contact answers each text once, in order.
fn check_echo(shelf: &Shelf<'_>) {
    let mut sent: Vec<_> = shelf
        .sent
        .iter()
        .filter(|(mark, _)| mark.to == ECHO)
        .collect();
    sent.sort_by_key(|(_, number)| **number);
    let sent: Vec<&Mark> = sent.into_iter().map(|(mark, _)| mark).collect();
    let came: Vec<&Mark> = shelf.came.iter().map(|(_, mark)| mark).collect();
    let known: Vec<&Mark> = came
        .iter()
        .copied()
        .filter(|mark| sent.contains(mark))
        .collect();
    assert_eq!(known, sent, "the echo of what was sent");
    let once: BTreeSet<&Mark> = came.iter().copied().collect();
    assert_eq!(once.len(), came.len(), "the echo has answered twice");
}
