//! What parties between and beside honest people may do: a gate to answers, a hostile client to listeners.
//! Never about networks, disks and clocks.

use imo2sproxy_core::rng::Rng;

use super::Fault;

/// What a gate does to an answer.
const HTTP: [Fault; 9] = [
    Fault::HttpRefused,
    Fault::HttpDenied,
    Fault::HttpPage,
    Fault::HttpTruncated,
    Fault::HttpBodyTwice,
    Fault::HttpTwice,
    Fault::HttpLost,
    Fault::RepeatedNumbers,
    Fault::SkippedNumbers,
];

/// What a hostile client does on a connection.
const HOSTILE: [Fault; 9] = [
    Fault::HostileGarbage,
    Fault::HostileHalf,
    Fault::HostileLength,
    Fault::HostileTurn,
    Fault::HostileFlood,
    Fault::HostileDrip,
    Fault::HostileSilence,
    Fault::HostileSession,
    Fault::HostileEnvelope,
];

/// Chances (in percent) of kinds of which at most one happens at a time; together they are at most 100.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chances {
    kinds: &'static [Fault; 9],
    percent: [u64; 9],
}

impl Chances {
    /// `percent` for each thing that a gate may do to an answer.
    #[must_use]
    pub const fn http(percent: u64) -> Self {
        Self {
            kinds: &HTTP,
            percent: [percent; 9],
        }
    }

    /// `percent` for each thing that a hostile client may do on a connection.
    #[must_use]
    pub const fn hostile(percent: u64) -> Self {
        Self {
            kinds: &HOSTILE,
            percent: [percent; 9],
        }
    }

    /// The place of the chance of `fault`, if it is one of these kinds.
    pub(super) fn of_mut(&mut self, fault: Fault) -> Option<&mut u64> {
        let index = self.kinds.iter().position(|kind| *kind == fault)?;
        Some(&mut self.percent[index])
    }

    /// True if nothing of these ever happens.
    pub(crate) fn is_none(&self) -> bool {
        self.percent.iter().all(|percent| *percent == 0)
    }

    /// The kind that happens now, if any.
    pub(crate) fn draw(&self, rng: &mut Rng) -> Option<Fault> {
        let mut left = rng.below(100);
        for (kind, percent) in self.kinds.iter().zip(self.percent) {
            if left < percent {
                return Some(*kind);
            }
            left -= percent;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use imo2sproxy_core::rng::Seed;

    use super::*;

    #[test]
    fn each_kind_is_drawn_as_often_as_its_chance_says() {
        let mut chances = Chances::http(10);
        *chances.of_mut(Fault::HttpPage).unwrap() = 0;
        let mut rng = Rng::new(Seed::from_number(1));
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..10_000 {
            *counts.entry(chances.draw(&mut rng)).or_insert(0) += 1;
        }
        assert_eq!(counts.get(&Some(Fault::HttpPage)), None);
        assert!((1800..2200).contains(&counts[&None]), "{counts:?}");
        assert!((850..1150).contains(&counts[&Some(Fault::SkippedNumbers)]));
        assert_eq!(chances.of_mut(Fault::HostileDrip), None);
    }
}
