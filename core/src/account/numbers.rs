//! Sets of message numbers: they come one after the other, so that few bytes hold many.
//! Never knows what the numbers are for.

use alloc::collections::BTreeMap;

use crate::weighed::in_tree;

/// How many numbers one word holds.
const WORD: u32 = u64::BITS;

/// A set of numbers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Numbers {
    /// Of each run of numbers, one bit for each that is in the set; never all zero.
    words: BTreeMap<u32, u64>,
    len: usize,
}

/// Where a number stands.
const fn place(number: u32) -> (u32, u64) {
    (number / WORD, 1 << (number % WORD))
}

/// The numbers of one word, in order.
fn numbers_of(word: u32, bits: u64) -> impl DoubleEndedIterator<Item = u32> {
    let is_in = move |at: &u32| bits & (1 << at) != 0;
    (0..WORD).filter(is_in).map(move |at| word * WORD + at)
}

impl Numbers {
    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// About how many bytes they take.
    pub(super) fn bytes(&self) -> usize {
        self.words.len() * in_tree::<(u32, u64)>()
    }

    /// Whether this one is among them.
    pub(super) fn contains(&self, number: u32) -> bool {
        let (word, bit) = place(number);
        self.words.get(&word).is_some_and(|bits| bits & bit != 0)
    }

    /// Puts one in. False if it is there already.
    pub(super) fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = place(number);
        let bits = self.words.entry(word).or_default();
        let is_new = *bits & bit == 0;
        *bits |= bit;
        self.len += usize::from(is_new);
        is_new
    }

    /// Takes one out. False if it is not there.
    pub(super) fn remove(&mut self, number: u32) -> bool {
        let (word, bit) = place(number);
        let Some(bits) = self.words.get_mut(&word).filter(|bits| **bits & bit != 0) else {
            return false;
        };
        *bits &= !bit;
        if *bits == 0 {
            self.words.remove(&word);
        }
        self.len -= 1;
        true
    }

    /// Takes the lowest out.
    pub(super) fn pop_first(&mut self) -> Option<u32> {
        let first = self.iter().next()?;
        self.remove(first);
        Some(first)
    }

    /// All, in order.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = u32> {
        let words = self.words.iter();
        words.flat_map(|(word, bits)| numbers_of(*word, *bits))
    }

    /// Those from `first` on, in order.
    pub(super) fn from(&self, first: u32) -> impl Iterator<Item = u32> {
        let words = self.words.range(place(first).0..);
        let numbers = words.flat_map(|(word, bits)| numbers_of(*word, *bits));
        numbers.skip_while(move |number| *number < first)
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_set_that_a_tree_of_numbers_is(
            deeds in proptest::collection::vec((any::<bool>(), 0..300_u32), 0..400),
            first in 0..300_u32,
        ) {
            let (mut numbers, mut model) = (Numbers::default(), BTreeSet::new());
            for (puts, number) in deeds {
                if puts {
                    prop_assert_eq!(numbers.insert(number), model.insert(number));
                } else {
                    prop_assert_eq!(numbers.remove(number), model.remove(&number));
                }
                prop_assert_eq!(numbers.contains(number), model.contains(&number));
                prop_assert_eq!(numbers.len(), model.len());
            }
            prop_assert!(numbers.iter().eq(model.iter().copied()));
            prop_assert!(numbers.iter().rev().eq(model.iter().rev().copied()));
            prop_assert!(numbers.from(first).eq(model.range(first..).copied()));
            prop_assert_eq!(numbers.pop_first(), model.pop_first());
        }
    }

    #[test]
    fn a_hundred_thousand_in_a_row_take_about_half_a_byte_each() {
        let mut numbers = Numbers::default();
        for number in 10_000_001..10_100_001 {
            numbers.insert(number);
        }
        assert_eq!(numbers.len(), 100_000);
        assert!(numbers.bytes() < 60_000, "{}", numbers.bytes());
        let last: Vec<u32> = numbers.from(10_099_999).collect();
        assert_eq!(last, [10_099_999, 10_100_000]);
    }
}
