//! How far a client has been told, by the bytes that have left for it: what is still here when it goes was never told.
//! Never knows what the marks stand for: its account does.

use alloc::collections::VecDeque;

/// How far an account has told its clients: up to which message, and up to which contact request.
pub(crate) type Mark = (u32, u64);

/// How far a client that goes had been told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Told {
    /// As far as all others.
    All,
    /// Up to this mark.
    UpTo(Mark),
    /// No further than when it came.
    Nothing,
}

/// Marks between the bytes of one client.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Bytes that have left.
    left: u64,
    /// Behind how many bytes each mark stands that has not left, in order.
    marks: VecDeque<(u64, Mark)>,
    /// The last one that has.
    reached: Option<Mark>,
}

impl Progress {
    /// Puts a mark behind all bytes so far, of which so many have not left.
    pub(super) fn mark(&mut self, unsent: usize, mark: Mark) {
        let last = self.marks.back().map(|(_, mark)| *mark).or(self.reached);
        if last == Some(mark) {
            return;
        }
        let at = self.left + unsent as u64;
        if self.marks.back().is_some_and(|(last, _)| *last == at) {
            self.marks.pop_back();
        }
        self.marks.push_back((at, mark));
        self.leave(0);
    }

    /// So many bytes have left.
    pub(super) fn leave(&mut self, count: usize) {
        self.left += count as u64;
        while let Some((_, mark)) = self.marks.pop_front_if(|(at, _)| *at <= self.left) {
            self.reached = Some(mark);
        }
    }

    /// How far the bytes that have left tell.
    pub(super) fn told(&self) -> Told {
        self.reached.map_or(Told::Nothing, Told::UpTo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_reached_when_all_bytes_before_it_have_left() {
        let mut progress = Progress::default();
        assert_eq!(progress.told(), Told::Nothing);
        progress.mark(10, (1, 0));
        progress.mark(30, (2, 5));
        progress.leave(9);
        assert_eq!(progress.told(), Told::Nothing);
        progress.leave(1);
        assert_eq!(progress.told(), Told::UpTo((1, 0)));
        progress.leave(19);
        assert_eq!(progress.told(), Told::UpTo((1, 0)));
        progress.leave(1);
        assert_eq!(progress.told(), Told::UpTo((2, 5)));
        progress.mark(0, (3, 5));
        assert_eq!(progress.told(), Told::UpTo((3, 5)));
    }

    #[test]
    fn of_marks_at_one_place_the_last_one_counts_and_takes_no_room() {
        let mut progress = Progress::default();
        for number in 0..1000 {
            progress.mark(10, (number, 0));
        }
        assert_eq!(progress.marks.len(), 1);
        progress.leave(10);
        assert_eq!(progress.told(), Told::UpTo((999, 0)));
    }
}
