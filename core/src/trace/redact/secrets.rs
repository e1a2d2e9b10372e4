//! The secrets that a recording knows of, and what stands in their place.
//! Never shows one, and never gives two of them the same stand-in.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::vec::Vec;

use zeroize::Zeroizing;

/// Shortest secret that is replaced wherever it appears, in bytes. A shorter text is too likely to be something else.
pub(in crate::trace) const SECRET_MIN: usize = 6;
/// Most secrets that are looked for; beyond it the one that was learned first, the machine's own passwords excepted,
/// is forgotten. Sessions come and go: those are long over.
const SECRETS_MAX: usize = 4096;

/// A secret and its stand-in of the same length.
pub(super) struct Known {
    pub(super) text: Zeroizing<Vec<u8>>,
    pub(super) stand_in: Vec<u8>,
}

/// All that are known, by numbers that are given in order.
#[derive(Default)]
pub(super) struct Secrets {
    known: BTreeMap<u32, Known>,
    by_first: BTreeMap<u8, Vec<u32>>,
    learned: VecDeque<u32>,
    next: u32,
}

/// What became of an attempt to learn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Learned {
    /// It has a stand-in now, or had one.
    Number(u32),
    /// It is too short to be one, and is left as it is.
    TooShort,
    /// There are more secrets than its length has stand-ins.
    NoStandIn,
}

impl Secrets {
    /// Learns a secret for good.
    pub(super) fn keep(&mut self, text: &[u8]) -> Learned {
        self.enter(text)
    }

    /// Learns a secret that may be forgotten one day.
    pub(super) fn learn(&mut self, text: &[u8]) -> Learned {
        let before = self.next;
        let learned = self.enter(text);
        if self.next > before {
            self.learned.push_back(before);
        }
        if self.learned.len() > SECRETS_MAX
            && let Some(oldest) = self.learned.pop_front()
        {
            self.forget(oldest);
        }
        learned
    }

    fn enter(&mut self, text: &[u8]) -> Learned {
        let Some(first) = text.first().filter(|_| text.len() >= SECRET_MIN) else {
            return Learned::TooShort;
        };
        let alike = self.by_first.entry(*first).or_default();
        if let Some(number) = alike
            .iter()
            .find(|number| self.known[number].text.as_slice() == text)
        {
            return Learned::Number(*number);
        }
        let number = self.next;
        let Some(stand_in) = stand_in(number, text.len()) else {
            return Learned::NoStandIn;
        };
        self.next += 1;
        alike.push(number);
        let known = Known {
            text: Zeroizing::new(text.to_vec()),
            stand_in,
        };
        self.known.insert(number, known);
        Learned::Number(number)
    }

    fn forget(&mut self, number: u32) {
        if let Some(known) = self.known.remove(&number)
            && let Some(alike) = known
                .text
                .first()
                .and_then(|first| self.by_first.get_mut(first))
        {
            alike.retain(|other| *other != number);
        }
    }

    /// Those that begin with that byte.
    pub(super) fn beginning(&self, first: u8) -> impl Iterator<Item = &Known> {
        let numbers = self.by_first.get(&first).into_iter().flatten();
        numbers.filter_map(|number| self.known.get(number))
    }

    /// What stands in the place of a secret.
    pub(super) fn stand_in(&self, number: u32) -> &[u8] {
        self.known
            .get(&number)
            .map_or(&[], |known| known.stand_in.as_slice())
    }

    /// How the stand-in of the next secret begins, if it has that many bytes at least.
    pub(super) fn next_beginning(&self, length: usize) -> Vec<u8> {
        let mut beginning = format!("X{}", self.next).into_bytes();
        beginning.resize(length, b'x');
        beginning
    }
}

/// `X`, the number, and as many `x` as are needed: no stand-in is a part of another one, and all of them are the same
/// in JSON and in forms.
fn stand_in(number: u32, length: usize) -> Option<Vec<u8>> {
    let mut text = format!("X{number}").into_bytes();
    if text.len() >= length {
        return None;
    }
    text.resize(length, b'x');
    Some(text)
}
