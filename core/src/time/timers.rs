//! Timers of somebody who has thousands of reasons to wake up.
//! Never looks at all of them, but when most of what it remembers has become of no use.

use alloc::collections::binary_heap::PeekMut;
use alloc::collections::{BTreeMap, BinaryHeap};
use core::cmp::Reverse;

use super::{FewTimers, Instant};

/// So many places in the queue that mean nothing any more are never too many.
const STALE_MAX: usize = 64;

/// The reasons of one machine to wake up, each with at most one instant.
///
/// Setting costs O(log n) in the number of set timers, asking for the earliest nothing. Most timers are put off again and
/// again before they are due, so one that is put off keeps its place in the queue until it comes to the front there.
///
/// `K` is a small enum with a variant per reason, or the key of whoever owns inner timers.
#[derive(Clone, Debug)]
pub struct Timers<K> {
    set: BTreeMap<K, Timer>,
    /// A place for each timer, and some that are left of what was. The first is that of the timer that is due first, and
    /// its time is right.
    queue: BinaryHeap<Reverse<(Instant, K)>>,
}

#[derive(Clone, Copy, Debug)]
struct Timer {
    at: Instant,
    /// Where it stands in the queue: not after `at`.
    queued: Instant,
}

impl<K: Ord> Default for Timers<K> {
    fn default() -> Self {
        Self {
            set: BTreeMap::new(),
            queue: BinaryHeap::new(),
        }
    }
}

impl<K: Ord + Clone> Timers<K> {
    /// A table with nothing to wait for.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the timer of `key` to `at`, replacing what it was; `None` clears it.
    pub fn set(&mut self, key: K, at: Option<Instant>) {
        let Some(at) = at else {
            if self.set.remove(&key).is_some() {
                self.tidy_after(&key);
            }
            return;
        };
        match self.set.get_mut(&key) {
            Some(timer) if timer.at == at => return,
            Some(timer) if timer.queued <= at => {
                timer.at = at;
                self.tidy_after(&key);
                return;
            }
            Some(timer) => *timer = Timer { at, queued: at },
            None => {
                let queued = at;
                self.set.insert(key.clone(), Timer { at, queued });
            }
        }
        self.queue.push(Reverse((at, key)));
        if self.queue.len() > 2 * self.set.len() + STALE_MAX {
            self.queue_again();
        }
    }

    /// When the timer of `key` is due, if it is set.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<Instant> {
        self.set.get(key).map(|timer| timer.at)
    }

    /// The earliest instant of all.
    #[must_use]
    pub fn next(&self) -> Option<Instant> {
        self.queue.peek().map(|Reverse((at, _))| *at)
    }

    /// All that are set, by their keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, Instant)> {
        self.set.iter().map(|(key, timer)| (key, timer.at))
    }

    /// Panics if a timer is not in the queue where it says, or the first is not the first.
    pub(crate) fn check_invariants(&self) {
        let mut places: BTreeMap<&K, Instant> = BTreeMap::new();
        for Reverse((at, key)) in &self.queue {
            if self.set.get(key).is_some_and(|timer| timer.queued == *at) {
                places.insert(key, *at);
            }
        }
        assert_eq!(places.len(), self.set.len(), "a timer is in the queue");
        let first = self.set.values().map(|timer| timer.at).min();
        assert_eq!(first, self.next(), "the first timer is the first");
    }

    /// Takes out the earliest timer that is due at `now`, of several the one with the least key.
    pub fn pop_due(&mut self, now: Instant) -> Option<K> {
        if self.next()? > now {
            return None;
        }
        self.pop_first()
    }

    /// The earliest instant of these and of a few others.
    pub(crate) fn next_with(&self, few: &FewTimers<K>) -> Option<Instant>
    where
        K: Copy,
    {
        [self.next(), few.next()].into_iter().flatten().min()
    }

    /// Takes out the earliest timer of these and of a few others that is due at `now`; of both kinds at one time, these.
    pub(crate) fn pop_due_with(&mut self, few: &mut FewTimers<K>, now: Instant) -> Option<K>
    where
        K: Copy,
    {
        let next = self.next();
        if few
            .next()
            .is_some_and(|at| next.is_none_or(|next| at < next))
        {
            few.pop_due(now)
        } else {
            self.pop_due(now)
        }
    }

    /// Takes out the earliest timer, due or not.
    pub fn pop_first(&mut self) -> Option<K> {
        let Reverse((_, key)) = self.queue.pop()?;
        self.set.remove(&key);
        self.tidy();
        Some(key)
    }

    /// Like [`Timers::tidy`], after a change that concerns one timer only.
    fn tidy_after(&mut self, key: &K) {
        let first = self.queue.peek();
        if first.is_some_and(|Reverse((_, first))| first == key) {
            self.tidy();
        }
    }

    /// Sees to it that the first place in the queue is that of the first timer, at its time.
    fn tidy(&mut self) {
        while let Some(mut first) = self.queue.peek_mut() {
            let Reverse((queued, key)) = &mut *first;
            match self
                .set
                .get_mut(key)
                .filter(|timer| timer.queued == *queued)
            {
                Some(timer) if timer.at == *queued => break,
                Some(timer) => {
                    timer.queued = timer.at;
                    *queued = timer.at;
                }
                None => drop(PeekMut::pop(first)),
            }
        }
    }

    /// Makes the queue anew, without what means nothing any more.
    fn queue_again(&mut self) {
        let timers = self.set.iter_mut().map(|(key, timer)| {
            timer.queued = timer.at;
            Reverse((timer.at, key.clone()))
        });
        self.queue = timers.collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn at(micros: u64) -> Instant {
        Instant::from_micros(micros)
    }

    #[test]
    fn timers_that_are_set_again_ten_thousand_times_take_no_more_room() {
        let mut timers = Timers::new();
        for time in 0..10_000 {
            timers.set('a', Some(at(20_000 - time)));
            timers.set('b', Some(at(10_000 + time)));
            timers.set('c', Some(at(time)));
            timers.set('c', None);
            assert!(timers.queue.len() <= 2 * 3 + STALE_MAX + 1);
        }
        timers.check_invariants();
        assert_eq!(timers.pop_due(at(10_001)), Some('a'));
        assert_eq!(timers.next(), Some(at(19_999)));
    }

    #[test]
    fn of_two_tables_the_earlier_timer_fires_and_at_one_time_that_of_the_many() {
        let (mut many, mut few) = (Timers::new(), FewTimers::new());
        many.set('b', Some(at(20)));
        few.set('y', Some(at(10)));
        few.set('x', Some(at(20)));
        assert_eq!(many.next_with(&few), Some(at(10)));
        assert_eq!(many.pop_due_with(&mut few, at(9)), None);
        let fired = core::array::from_fn(|_| many.pop_due_with(&mut few, at(30)));
        assert_eq!(fired, [Some('y'), Some('b'), Some('x'), None]);
        assert_eq!(many.next_with(&few), None);
    }

    proptest! {
        #[test]
        fn timers_are_as_in_a_plain_list(
            steps in prop::collection::vec((0..6_u8, prop::option::of(0..50_u64), any::<bool>()), 0..300)
        ) {
            let mut timers = Timers::new();
            let mut plain: BTreeMap<u8, Instant> = BTreeMap::new();
            for (key, time, pops) in steps {
                if pops {
                    let first = plain.iter().map(|(key, at)| (*at, *key)).min();
                    prop_assert_eq!(timers.pop_first(), first.map(|(_, key)| key));
                    first.map(|(_, key)| plain.remove(&key));
                } else {
                    timers.set(key, time.map(at));
                    match time {
                        Some(time) => drop(plain.insert(key, at(time))),
                        None => drop(plain.remove(&key)),
                    }
                }
                timers.check_invariants();
                prop_assert_eq!(timers.next(), plain.values().min().copied());
                prop_assert_eq!(timers.get(&key), plain.get(&key).copied());
            }
        }
    }
}
