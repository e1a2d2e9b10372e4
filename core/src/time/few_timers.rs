//! Timers of somebody who has a handful of reasons to wake up.
//! Never takes more memory than they need: each account has several of these tables.

use alloc::vec::Vec;

use super::Instant;

/// A few reasons to wake up, each with at most one instant.
///
/// Everything costs O(n) in the number of set timers: for many, take [`super::Timers`].
#[derive(Clone, Debug)]
pub struct FewTimers<K> {
    /// In no order.
    set: Vec<(Instant, K)>,
}

impl<K> Default for FewTimers<K> {
    fn default() -> Self {
        Self { set: Vec::new() }
    }
}

impl<K: Ord + Copy> FewTimers<K> {
    /// A table with nothing to wait for.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the timer of `key` to `at`, replacing what it was; `None` clears it.
    pub fn set(&mut self, key: K, at: Option<Instant>) {
        let place = self.set.iter().position(|(_, other)| *other == key);
        match (place, at) {
            (Some(place), Some(at)) => self.set[place].0 = at,
            (Some(place), None) => drop(self.set.swap_remove(place)),
            (None, Some(at)) => {
                if self.set.capacity() == 0 {
                    self.set.reserve_exact(1);
                }
                self.set.push((at, key));
            }
            (None, None) => {}
        }
    }

    /// When the timer of `key` is due, if it is set.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<Instant> {
        let found = self.set.iter().find(|(_, other)| other == key);
        found.map(|(at, _)| *at)
    }

    /// The earliest instant of all.
    #[must_use]
    pub fn next(&self) -> Option<Instant> {
        self.set.iter().map(|(at, _)| *at).min()
    }

    /// How many are set.
    pub(crate) const fn len(&self) -> usize {
        self.set.len()
    }

    /// Panics if a reason has two times.
    pub(crate) fn check_invariants(&self) {
        let times = |key: &K| self.set.iter().filter(|(_, other)| other == key).count();
        let once = self.set.iter().all(|(_, key)| times(key) == 1);
        assert!(once, "a timer has one time");
    }

    /// Takes out the earliest timer that is due at `now`, of several the one with the least key.
    pub fn pop_due(&mut self, now: Instant) -> Option<K> {
        let due = self
            .set
            .iter()
            .enumerate()
            .filter(|(_, (at, _))| *at <= now);
        let (place, _) = due.min_by_key(|(_, timer)| **timer)?;
        Some(self.set.swap_remove(place).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_timers_fire_in_order_and_only_when_due() {
        let at = Instant::from_micros;
        let mut timers = FewTimers::new();
        timers.set('b', Some(at(20)));
        timers.set('a', Some(at(10)));
        timers.set('c', Some(at(30)));
        timers.set('b', Some(at(5)));
        timers.set('c', None);
        assert_eq!(timers.next(), Some(at(5)));
        assert_eq!(timers.pop_due(at(4)), None);
        assert_eq!(timers.pop_due(at(10)), Some('b'));
        assert_eq!(timers.pop_due(at(10)), Some('a'));
        assert_eq!(timers.pop_due(at(99)), None);
        assert_eq!(timers.next(), None);
    }
}
