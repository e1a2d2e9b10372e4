//! Makes a scenario that fails smaller: fewer faults, fewer people, fewer deeds, as long as it still fails.
//! Never claims that what is left is the least there is: it stops when its budget is spent.

use std::any::Any;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::faults::Fault;
use crate::play::{Outcome, play};
use crate::scenario::{Cut, Scenario};

/// Plays a scenario in silence; `Err` is what it failed with.
///
/// # Errors
/// The words of the panic, if there was one.
pub fn attempt(scenario: &Scenario) -> Result<Outcome, String> {
    let result = catch_unwind(AssertUnwindSafe(|| play(scenario, true)));
    result.map_err(|panic| words(panic.as_ref()))
}

/// The words of a panic.
fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}

/// Tries at most `budget` smaller scenarios and gives the smallest for which `fails` holds, which may be the one given.
pub fn shrink(
    scenario: &Scenario,
    budget: usize,
    fails: impl FnMut(&Scenario) -> bool,
) -> Scenario {
    let mut search = Search {
        best: scenario.clone(),
        left: budget,
        fails,
    };
    while search.round() {}
    search.best
}

struct Search<F> {
    best: Scenario,
    left: usize,
    fails: F,
}

impl<F: FnMut(&Scenario) -> bool> Search<F> {
    /// Tries each way of making it smaller once; says whether one of them did.
    fn round(&mut self) -> bool {
        let mut got_smaller = false;
        for people in 1..self.best.people.len() {
            let mut cut = self.best.cut.clone();
            cut.people = Some(people);
            if self.still_fails(cut) {
                got_smaller = true;
                break;
            }
        }
        if self.best.hostile {
            let mut cut = self.best.cut.clone();
            cut.no_hostile = true;
            got_smaller |= self.still_fails(cut);
        }
        if self.best.broad && !self.best.cut.no_house {
            let mut cut = self.best.cut.clone();
            cut.no_house = true;
            got_smaller |= self.still_fails(cut);
        }
        if self.best.broad && !self.best.cut.plain {
            let mut cut = self.best.cut.clone();
            cut.plain = true;
            got_smaller |= self.still_fails(cut);
        }
        got_smaller |= self.fewer_faults();
        got_smaller |= self.fewer_deeds();
        got_smaller && self.left > 0
    }

    /// All kinds of faults off, then halves of them, then each.
    fn fewer_faults(&mut self) -> bool {
        let on: Vec<Fault> = Fault::ALL
            .iter()
            .copied()
            .filter(|fault| !self.best.cut.off.contains(fault))
            .collect();
        self.fewer(&on, |cut, gone| cut.off.extend(gone))
    }

    fn fewer_deeds(&mut self) -> bool {
        let all: Vec<usize> = self.best.deeds.iter().map(|deed| deed.number).collect();
        self.fewer(&all, |cut, gone| {
            let kept = cut
                .deeds
                .get_or_insert_with(|| all.iter().copied().collect::<BTreeSet<_>>());
            kept.retain(|number| !gone.contains(number));
        })
    }

    /// Leaves out parts of `all`, smaller and smaller ones.
    fn fewer<T: Copy>(&mut self, all: &[T], leave_out: impl Fn(&mut Cut, &[T])) -> bool {
        let mut got_smaller = false;
        let mut size = all.len();
        while size > 0 {
            for part in all.chunks(size) {
                let mut cut = self.best.cut.clone();
                leave_out(&mut cut, part);
                got_smaller |= cut != self.best.cut && self.still_fails(cut);
            }
            size /= 2;
        }
        got_smaller
    }

    /// Whether it fails with so much left out; keeps it then.
    fn still_fails(&mut self, cut: Cut) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        let smaller = Scenario::draw_without(self.best.seed, cut);
        let fails = (self.fails)(&smaller);
        if fails {
            self.best = smaller;
        }
        fails
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Act;

    #[test]
    fn a_scenario_becomes_as_small_as_what_makes_it_fail() {
        let kills = |scenario: &Scenario| {
            let mut deeds = scenario.deeds.iter();
            deeds.any(|deed| matches!(deed.act, Act::Kill { .. }))
        };
        let stalls = |scenario: &Scenario| scenario.faults.stall > 0;
        let fails = |scenario: &Scenario| kills(scenario) && stalls(scenario);
        let mut seeds = (1..1000).map(Scenario::draw);
        let whole = seeds.find(|whole| whole.people.len() > 2 && fails(whole));
        let whole = whole.expect("among a thousand seeds there is one");
        let least = shrink(&whole, 1000, fails);
        let [deed] = least.deeds.as_slice() else {
            panic!("{least}");
        };
        let Act::Kill { seat, .. } = deed.act else {
            panic!("{least}");
        };
        // People go from the last on.
        assert_eq!(least.people.len(), least.seats[seat].person + 1, "{least}");
        assert!(least.cut.off.len() == Fault::ALL.len() - 1, "{least}");
    }
}
