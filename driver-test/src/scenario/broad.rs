//! What is drawn where a scenario is broad: all transports, one daemon for several accounts, guests, kinds of passwords.
//! Never changes a scenario that is not: its seed means what it has always meant.

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::rng::Rng;

use super::{Inhabitant, Place, Scenario, Seat};

/// In how many of a hundred scenarios all this is drawn.
const BROAD_PERCENT: u64 = 40;
/// In how many of a hundred of those several people have one daemon in common.
const HOUSE_PERCENT: u64 = 65;
/// The host of the daemon that several people have in common.
pub(crate) const HOUSE: &str = "house";

/// What clients of an account have to give.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lock {
    /// Its password at the service where they are asked for one.
    None,
    /// A password of their own.
    Plain,
    /// The same, of which the daemon knows only a hash.
    Hashed,
}

/// Where somebody's first daemon is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Home {
    /// Nobody else has it.
    Own,
    /// It is one for several accounts.
    House,
    /// It is the same one, whose configuration does not know of this account.
    Guest,
}

impl Inhabitant {
    /// The host of that one of its daemons.
    pub(super) fn host(&self, daemon: usize) -> String {
        let own = crate::town::host(self.name);
        match (daemon, self.home) {
            (0, Home::Own) => own,
            (0, Home::House | Home::Guest) => HOUSE.into(),
            _ => format!("{own}-{}", daemon + 1),
        }
    }
}

impl Scenario {
    /// Draws whether it is broad, and what follows from that.
    pub(super) fn broaden(&mut self, rng: &mut Rng) {
        self.broad = rng.chance(BROAD_PERCENT);
        if !self.broad {
            return;
        }
        self.away = rng.chance(50);
        if self.place == Place::Town && rng.chance(HOUSE_PERCENT) {
            self.move_together(rng);
        }
        for person in &mut self.people {
            person.lock = match rng.below(3) {
                0 => Lock::None,
                1 => Lock::Plain,
                _ => Lock::Hashed,
            };
        }
        self.seats = self.draw_broad_seats(rng);
    }

    /// The first people, two at least, get one daemon; the last of them may be a guest there.
    fn move_together(&mut self, rng: &mut Rng) {
        let count = rng.between(2, self.people.len() as u64);
        let has_guest = rng.chance(40);
        for (person, place) in self.people.iter_mut().zip(1..=count) {
            person.home = Home::House;
            if place == count && has_guest {
                person.home = Home::Guest;
                person.daemons = 1;
            }
        }
    }

    fn draw_broad_seats(&self, rng: &mut Rng) -> Vec<Seat> {
        let mut seats = Vec::new();
        for (person, inhabitant) in self.people.iter().enumerate() {
            for daemon in 0..inhabitant.daemons {
                // All have names, or none: who has none is the same client program as others of its transport.
                let named = rng.chance(75);
                for _ in 0..rng.between(1, 2) + u64::from(rng.chance(15)) {
                    // There are no words for a name or a password on this one.
                    let may_be_short =
                        inhabitant.lock == Lock::None && inhabitant.host(daemon) != HOUSE;
                    let wire = match rng.below(10) {
                        0 | 1 if may_be_short => WireKind::Len8,
                        0..=3 => WireKind::SkypeProxy,
                        4..=6 => WireKind::Skypenet,
                        _ => WireKind::Skyped,
                    };
                    seats.push(Seat {
                        person,
                        daemon,
                        wire,
                        auto: rng.chance(30),
                        named,
                        attentive: rng.chance(60) && wire != WireKind::Len8,
                    });
                }
            }
        }
        seats
    }

    /// Everybody gets a daemon of their own.
    pub(super) fn part(&mut self) {
        for person in &mut self.people {
            person.home = Home::Own;
        }
    }

    /// All clients speak the transport that everybody may speak.
    pub(super) fn speak_plainly(&mut self) {
        for seat in &mut self.seats {
            seat.wire = WireKind::SkypeProxy;
            seat.auto = false;
        }
    }

    /// Whether clients of that one can be given another password: all of them have words for it.
    pub(super) fn can_change_lock(&self, person: usize) -> bool {
        let mut own = self.seats.iter().filter(|seat| seat.person == person);
        self.people[person].home != Home::Guest && own.all(|seat| seat.wire != WireKind::Len8)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::scenario::{Act, Cut};

    const SEEDS: std::ops::Range<u64> = 1..1000;

    fn broad() -> impl Iterator<Item = Scenario> {
        SEEDS.map(Scenario::draw).filter(|scenario| scenario.broad)
    }

    #[test]
    fn most_scenarios_are_as_narrow_as_ever_and_the_others_draw_everything() {
        let all = SEEDS.count();
        assert!((all / 4..all / 2).contains(&broad().count()));
        let mut drawn = BTreeSet::new();
        for scenario in broad() {
            for person in &scenario.people {
                drawn.insert(format!("{:?}", person.home));
                drawn.insert(format!("{:?}", person.lock));
            }
            for seat in &scenario.seats {
                drawn.insert(format!("{:?} {} {}", seat.wire, seat.auto, seat.named));
            }
            for deed in &scenario.deeds {
                if let Act::Reload { change, .. } = deed.act {
                    let change = format!("{change:?}");
                    drawn.extend(change.split(' ').next().map(str::to_owned));
                }
            }
        }
        // Three homes, three locks, four changes, and four transports in four ways.
        assert_eq!(drawn.len(), 3 + 3 + 4 + 4 * 4, "{drawn:?}");
    }

    #[test]
    fn everybody_can_have_a_daemon_and_the_plainest_transport_without_anything_else_being_different()
     {
        let cut = Cut {
            no_house: true,
            plain: true,
            ..Cut::default()
        };
        for whole in broad() {
            let less = Scenario::draw_without(whole.seed, cut.clone());
            assert_eq!(less.deeds, whole.deeds);
            assert_eq!(less.seats.len(), whole.seats.len());
            let plain = less
                .seats
                .iter()
                .all(|seat| seat.wire == WireKind::SkypeProxy);
            assert!(plain && !less.hosts().iter().any(|host| host == HOUSE));
        }
    }
}
