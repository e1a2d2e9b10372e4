//! The secrets that a recording knows of, and what stands in their place.
//! Never shows one, and never gives two of them the same stand-in.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::format;
use alloc::vec::Vec;

use zeroize::Zeroizing;

/// Shortest secret that is replaced wherever it appears, in bytes. A shorter text is too likely to be something else.
pub(in crate::trace) const SECRET_MIN: usize = 6;
/// Most secrets that are looked for; beyond it the one that was learned first, the machine's own passwords excepted,
/// is forgotten. Sessions come and go: those are long over.
const SECRETS_MAX: usize = 4096;

/// Most texts that are known to be none; beyond it one more cannot be told from a secret.
const OPEN_MAX: usize = 65_536;

/// A secret and its stand-in of the same length.
pub(super) struct Known {
    pub(super) text: Zeroizing<Vec<u8>>,
    pub(super) stand_in: Vec<u8>,
    /// It is replaced wherever it appears, and not only where it is known to stand.
    everywhere: bool,
}

/// All that are known, by numbers that are given in order.
#[derive(Default)]
pub(super) struct Secrets {
    known: BTreeMap<u32, Known>,
    by_first: BTreeMap<u8, Vec<u32>>,
    learned: VecDeque<u32>,
    /// Those that are hidden at their places only.
    placed: VecDeque<u32>,
    /// Stand-ins of those that are too short for a number, in the order in which they came.
    short: BTreeMap<Vec<u8>, Vec<u8>>,
    next: u32,
    /// What looks like a secret and follows from what the trace tells anyhow.
    open: BTreeSet<Vec<u8>>,
}

/// What became of an attempt to learn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Learned {
    /// It has a stand-in now, or had one.
    Number(u32),
    /// It is too short to be one, or is known to be none, and is left as it is.
    NoSecret,
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
        } else if let Learned::Number(number) = learned
            && let Some(at) = self.placed.iter().position(|placed| *placed == number)
        {
            self.placed.remove(at);
            self.learned.push_back(number);
        }
        if self.learned.len() > SECRETS_MAX
            && let Some(oldest) = self.learned.pop_front()
        {
            self.forget(oldest);
        }
        learned
    }

    /// What stands in the place of a secret that is known to stand there, and nowhere else unless it is learned; and
    /// whether no other has that. Passwords that are guessed come so: whoever guesses does not decide what is hidden.
    pub(super) fn place(&mut self, text: &[u8]) -> (Vec<u8>, bool) {
        if text.len() < SECRET_MIN {
            return self.place_short(text);
        }
        let before = self.next;
        let number = match self.number(text, false) {
            Some(number) => number,
            None => return (self.next_beginning(text.len()), false),
        };
        let stand_in = self.stand_in(number).to_vec();
        if self.next > before {
            self.placed.push_back(before);
        }
        if self.placed.len() > SECRETS_MAX
            && let Some(oldest) = self.placed.pop_front()
        {
            self.forget(oldest);
        }
        (stand_in, true)
    }

    fn place_short(&mut self, text: &[u8]) -> (Vec<u8>, bool) {
        if let Some(stand_in) = self.short.get(text) {
            return (stand_in.clone(), true);
        }
        let alike = self.short.keys().filter(|other| other.len() == text.len());
        let mut number = alike.count();
        let mut stand_in = alloc::vec![b'x'; text.len()];
        for byte in stand_in.iter_mut().rev() {
            *byte = b'a' + u8::try_from(number % 26).unwrap_or_default();
            number /= 26;
        }
        let is_own = number == 0 && self.short.len() < SECRETS_MAX;
        if is_own {
            self.short.insert(text.to_vec(), stand_in.clone());
        } else {
            stand_in.fill(b'x');
        }
        (stand_in, is_own)
    }

    fn enter(&mut self, text: &[u8]) -> Learned {
        if text.len() < SECRET_MIN || self.open.contains(text) {
            return Learned::NoSecret;
        }
        self.number(text, true)
            .map_or(Learned::NoStandIn, Learned::Number)
    }

    /// The number of a text, which is not empty; `None` if there are more than its length has stand-ins.
    fn number(&mut self, text: &[u8], everywhere: bool) -> Option<u32> {
        let alike = self.by_first.entry(*text.first()?).or_default();
        for number in alike.iter() {
            if let Some(known) = self.known.get_mut(number)
                && known.text.as_slice() == text
            {
                known.everywhere |= everywhere;
                return Some(*number);
            }
        }
        let number = self.next;
        let stand_in = stand_in(number, text.len())?;
        self.next += 1;
        alike.push(number);
        let known = Known {
            text: Zeroizing::new(text.to_vec()),
            stand_in,
            everywhere,
        };
        self.known.insert(number, known);
        Some(number)
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

    /// Learns that a text is no secret, unless it is known as one. False if there are too many of these.
    pub(super) fn publish(&mut self, text: &[u8]) -> bool {
        let first = text.first().copied().unwrap_or_default();
        let is_known = self
            .beginning(first)
            .any(|known| known.text.as_slice() == text);
        if is_known || self.open.contains(text) {
            return true;
        }
        let has_room = self.open.len() < OPEN_MAX;
        if has_room {
            self.open.insert(text.to_vec());
        }
        has_room
    }

    /// Those that begin with that byte and are replaced wherever they appear.
    pub(super) fn beginning(&self, first: u8) -> impl Iterator<Item = &Known> {
        let numbers = self.by_first.get(&first).into_iter().flatten();
        let known = numbers.filter_map(|number| self.known.get(number));
        known.filter(|known| known.everywhere)
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
