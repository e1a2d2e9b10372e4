//! Reads numbers, choices and texts from the data of a fuzzer.
//! Never fails: behind the end there are only zeros.

use imo2sproxy_core::store::StoreError;

/// What is left of the data.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// The beginning of `data`.
    pub(super) const fn new(data: &'a [u8]) -> Self {
        Self { rest: data }
    }

    /// True if only zeros are left.
    pub(super) const fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else {
            return 0;
        };
        self.rest = rest;
        *first
    }

    /// A number below `bound`; zero if `bound` is zero. At most 256 are told apart.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()).checked_rem(bound).unwrap_or(0)
    }

    /// One of `choices`, which are not empty.
    pub(super) fn choose<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// True once in `every`, from the same byte on.
    pub(super) fn one_in(&mut self, every: usize) -> bool {
        self.below(every) + 1 == every
    }

    /// A number of 32 bits.
    pub(super) fn number(&mut self) -> u32 {
        u32::from_le_bytes([(); 4].map(|()| self.byte()))
    }

    /// Up to `max` bytes, their number first.
    pub(super) fn bytes(&mut self, max: usize) -> &'a [u8] {
        let count = self.below(max + 1).min(self.rest.len());
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        taken
    }

    /// A text of up to `max` bytes before what is no UTF-8 in them is replaced.
    pub(super) fn text(&mut self, max: usize) -> String {
        String::from_utf8_lossy(self.bytes(max)).into_owned()
    }

    /// What goes wrong at the disk this time, if anything does.
    pub(super) fn disk_fault(&mut self) -> Option<StoreError> {
        match self.below(8) {
            6 => Some(StoreError::Full),
            7 => Some(StoreError::Io),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_the_end_there_are_only_zeros() {
        let mut reader = Reader::new(&[2, b'a', 0xff, 7]);
        assert_eq!(reader.text(9), "a\u{fffd}");
        assert_eq!(reader.number(), 7);
        assert!(reader.is_done());
        assert_eq!((reader.byte(), reader.below(0)), (0, 0));
        assert_eq!(reader.bytes(5), b"");
        assert_eq!(reader.choose(&["first", "second"]), "first");
    }
}
