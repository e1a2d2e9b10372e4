//! A rough life as plain data, drawn from a seed: who lives in a town, what goes wrong there, and what everybody does.
//! Never plays anything: `play` does.
//!
//! A scenario that fails is made smaller by leaving parts of it out ([`Cut`]); what is left stays as it was.

use std::fmt;
use std::time::Duration;

use imo2sproxy_core::config::{DialectKind, WireKind};
use imo2sproxy_core::handle::ECHO;
use imo2sproxy_core::rng::{Rng, Seed};

use crate::faults::{Fault, Faults, Span};

mod broad;
mod deed;
mod knobs;

pub(crate) use broad::HOUSE;
pub use broad::{Home, Lock};
pub use deed::{Act, Change, Deed};
pub use knobs::Cut;

/// What people are called, by their place.
const NAMES: [&str; 4] = ["alice", "bob", "carol", "dave"];
/// In how many of a hundred scenarios one daemon has its service inside.
const ALONE_PERCENT: u64 = 8;
/// Chance of each kind of fault to be left out of a scenario, so that each scenario has another mixture.
const CALM_PERCENT: u64 = 35;
/// In how many of a hundred scenarios disks take so long that much happens before anything is durable.
const LAZY_DISK_PERCENT: u64 = 25;
/// How long they take then.
const LAZY_DISK: Span = Span::millis(0, 1500);
/// In how many of a hundred scenarios nothing goes wrong: what is promised then is promised without exceptions.
const WELL_PERCENT: u64 = 5;

/// In how many of a hundred scenarios somebody means harm: such a life has many times the events of another.
const HOSTILE_PERCENT: u64 = 12;

/// Where people chat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Daemons of their own, and one service that they reach through a gate.
    Town,
    /// One daemon that has its service inside.
    Alone,
}

/// Somebody with an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inhabitant {
    /// The account's name.
    pub name: &'static str,
    /// What its daemons speak.
    pub dialect: DialectKind,
    /// How many daemons it has: each is a session of its own.
    pub daemons: usize,
    /// What its clients have to give.
    pub lock: Lock,
    /// Where its first daemon is.
    pub home: Home,
}

/// A client program at a daemon.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seat {
    /// Whose, by the place in [`Scenario::people`].
    pub person: usize,
    /// At which of the daemons of that one.
    pub daemon: usize,
    /// What it speaks.
    pub wire: WireKind,
    /// Whether it comes to the listener where its first bytes have to tell what that is.
    pub auto: bool,
    /// Whether it tells its name, so that it is no other client program of its account.
    pub named: bool,
    /// Whether it asks for each text that it is told of.
    pub attentive: bool,
}

/// All that is going to be tried in one world.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scenario {
    /// What it is drawn from, and what all chance in its world is drawn from.
    pub seed: u64,
    /// Where.
    pub place: Place,
    /// Who.
    pub people: Vec<Inhabitant>,
    /// Their clients.
    pub seats: Vec<Seat>,
    /// Whether all transports, one daemon for several accounts and new configurations are drawn, too.
    pub broad: bool,
    /// Whether accounts of the common daemon are away while they have no client, as long as nobody says otherwise.
    pub away: bool,
    /// Whether all of them are in one room.
    pub room: bool,
    /// Whether somebody who means harm is there.
    pub hostile: bool,
    /// What may go wrong.
    pub faults: Faults,
    /// What everybody does, in order.
    pub deeds: Vec<Deed>,
    /// What has been left out.
    pub cut: Cut,
}

impl Scenario {
    /// The scenario of `seed`.
    #[must_use]
    pub fn draw(seed: u64) -> Self {
        Self::draw_without(seed, Cut::default())
    }

    /// The same with some of it left out. What is left is not different for that.
    #[must_use]
    pub fn draw_without(seed: u64, cut: Cut) -> Self {
        let root = Rng::new(Seed::from_number(seed)).derive("scenario");
        let mut rng = root.derive("people");
        let place = if rng.chance(ALONE_PERCENT) {
            Place::Alone
        } else {
            Place::Town
        };
        let people = draw_people(place, &mut rng);
        let seats = draw_seats(&people, &mut rng);
        let room = people.len() > 2 && rng.chance(60);
        let hostile = rng.chance(HOSTILE_PERCENT);
        let faults = draw_faults(&mut root.derive("faults"));
        let mut scenario = Self {
            seed,
            place,
            people,
            seats,
            broad: false,
            away: false,
            room,
            hostile,
            faults,
            deeds: Vec::new(),
            cut: Cut::default(),
        };
        scenario.broaden(&mut root.derive("broad"));
        scenario.deeds = deed::draw(&scenario, &mut root.derive("deeds"));
        scenario.leave_out(cut);
        scenario
    }

    /// How the account of a seat is called.
    #[must_use]
    pub fn name_of(&self, seat: usize) -> &'static str {
        self.people[self.seats[seat].person].name
    }

    /// The name that the host of a daemon has.
    #[must_use]
    pub fn daemon_of(&self, seat: usize) -> String {
        let Seat { person, daemon, .. } = self.seats[seat];
        self.people[person].host(daemon)
    }

    /// How somebody is called who is at a place among the people; behind the last of them is the contact that the
    /// service itself has.
    #[must_use]
    pub fn name_at(&self, place: usize) -> &'static str {
        self.people.get(place).map_or(ECHO, |person| person.name)
    }

    /// Whose client sent the text with the mark of that number.
    #[must_use]
    pub fn seat_of(&self, number: usize) -> Option<usize> {
        let deed = self.deeds.iter().find(|deed| deed.number == number)?;
        deed.act.text_from()
    }

    /// The places of all people, with the hosts of their daemons; several of them may have one in common.
    pub fn daemons(&self) -> impl Iterator<Item = (usize, String)> {
        let people = self.people.iter().enumerate();
        people.flat_map(|(person, inhabitant)| {
            (0..inhabitant.daemons).map(move |daemon| (person, inhabitant.host(daemon)))
        })
    }

    /// The hosts of all daemons, each once.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        let mut hosts = Vec::new();
        for (_, host) in self.daemons() {
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        hosts
    }

    fn leave_out(&mut self, cut: Cut) {
        if let Some(people) = cut.people {
            self.people.truncate(people.max(1));
        }
        let people = self.people.len();
        self.seats.retain(|seat| seat.person < people);
        self.room &= people > 2;
        let seats = self.seats.len();
        let mut number = 0..;
        self.deeds.retain(|deed| {
            let number = number.next().unwrap_or(usize::MAX);
            let is_kept = cut.deeds.as_ref().is_none_or(|kept| kept.contains(&number));
            is_kept && deed.act.fits(people, seats, self.room)
        });
        let off = cut.off.iter();
        let faults = std::mem::replace(&mut self.faults, Faults::none());
        self.faults = off.fold(faults, |faults, fault| faults.without(*fault));
        self.hostile &= !cut.no_hostile;
        if cut.no_house {
            self.part();
        }
        if cut.plain {
            self.speak_plainly();
        }
        self.cut = cut;
    }
}

/// Tells how to run it again.
impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIM_SEED={}{}", self.seed, self.cut)
    }
}

fn draw_people(place: Place, rng: &mut Rng) -> Vec<Inhabitant> {
    let count = match place {
        Place::Alone => 1,
        Place::Town => rng.between(2, NAMES.len() as u64),
    };
    NAMES
        .into_iter()
        .zip(0..count)
        .map(|(name, _)| Inhabitant {
            name,
            dialect: if rng.chance(25) {
                DialectKind::V0
            } else {
                DialectKind::V1
            },
            daemons: if place == Place::Town && rng.chance(20) {
                2
            } else {
                1
            },
            lock: if rng.chance(25) {
                Lock::Plain
            } else {
                Lock::None
            },
            home: Home::Own,
        })
        .collect()
}

/// Every daemon has one client at least; the transport without words for a password is only where none is wanted.
fn draw_seats(people: &[Inhabitant], rng: &mut Rng) -> Vec<Seat> {
    let mut seats = Vec::new();
    for (person, inhabitant) in people.iter().enumerate() {
        for daemon in 0..inhabitant.daemons {
            for _ in 0..rng.between(1, 2) {
                let short = inhabitant.lock == Lock::None && rng.chance(25);
                seats.push(Seat {
                    person,
                    daemon,
                    wire: if short {
                        WireKind::Len8
                    } else {
                        WireKind::SkypeProxy
                    },
                    auto: false,
                    named: false,
                    // A text may be longer than a line of the other transport.
                    attentive: !short && rng.chance(60),
                });
            }
        }
    }
    seats
}

fn draw_faults(rng: &mut Rng) -> Faults {
    if rng.chance(WELL_PERCENT) {
        return Faults::none();
    }
    let mut faults = Faults::rough();
    if rng.chance(LAZY_DISK_PERCENT) {
        faults.disk_delay = LAZY_DISK;
    }
    let calm = Fault::ALL.iter().filter(|_| rng.chance(CALM_PERCENT));
    calm.fold(faults, |faults, fault| faults.without(*fault))
}

/// Draws a duration of the order that people wait: mostly short, now and then very long.
fn draw_pause(rng: &mut Rng) -> Duration {
    let most = match rng.below(100) {
        0..60 => 3_000,
        60..90 => 15_000,
        90..98 => 120_000,
        _ => 3_600_000,
    };
    Duration::from_millis(rng.below(most))
}
