//! Single kinds of faults switched on and off, so that a failing run can be told with as few of them as it needs.
//! Never changes sizes and times: only whether a thing happens.

use std::time::Duration;

use super::{Fault, Faults, Span};

impl Faults {
    /// The same without faults of that kind. What only a test does ([`Fault::Killed`], [`Fault::Drained`], [`Fault::Reloaded`],
    /// [`Fault::Guessed`], [`Fault::Unplugged`]) is not decided here, and goes on.
    #[must_use]
    pub fn without(mut self, fault: Fault) -> Self {
        if let Some(chance) = self.chance_mut(fault) {
            *chance = 0;
        } else if fault == Fault::Delay {
            self.latency = Span::only(self.latency.least);
        } else if fault == Fault::SlowDisk {
            self.disk_delay = Span::only(self.disk_delay.least);
            self.answer_delay = Span::only(self.answer_delay.least);
        } else if fault == Fault::ShuffledTie {
            self.shuffle_ties = false;
        } else if fault == Fault::WallJump {
            self.wall_jump_every = Span::only(Duration::ZERO);
        }
        self
    }

    /// The same with another chance, in percent, of faults of that kind.
    ///
    /// # Panics
    /// If the kind has no chance: see [`Faults::without`].
    #[must_use]
    pub fn with(mut self, fault: Fault, percent: u64) -> Self {
        let chance = self.chance_mut(fault);
        *chance.unwrap_or_else(|| panic!("{} has no chance", fault.name())) = percent;
        self
    }

    /// The place of the chance of `fault`, if it has one.
    fn chance_mut(&mut self, fault: Fault) -> Option<&mut u64> {
        Some(match fault {
            Fault::SplitRead => &mut self.split,
            Fault::MergedRead => &mut self.merge,
            Fault::ShortWrite => &mut self.partial_send,
            Fault::Stall => &mut self.stall,
            Fault::Reset => &mut self.reset,
            Fault::LostTail => &mut self.lost_tail,
            Fault::CleanAbort => &mut self.clean_abort,
            Fault::Refused => &mut self.refused,
            Fault::Hanging => &mut self.hanging,
            Fault::Unreachable => &mut self.unreachable,
            Fault::NoSuchHost => &mut self.no_such_host,
            Fault::TlsFailure => &mut self.tls_fails,
            Fault::HalfOpen => &mut self.half_open,
            Fault::AcceptorGone => &mut self.acceptor_gone,
            Fault::StoreFails => &mut self.store_fails,
            Fault::LoadFails => &mut self.load_fails,
            Fault::FileFails => &mut self.file_fails,
            Fault::FullDisk => &mut self.full_disk,
            Fault::EarlyTick => &mut self.early_tick,
            Fault::LateTick => &mut self.late_tick,
            Fault::CrashBeforeStore => &mut self.crash_before_store,
            Fault::CrashAfterStore => &mut self.crash_after_store,
            Fault::SlowReader => &mut self.slow_reader,
            Fault::HostileGarbage
            | Fault::HostileHalf
            | Fault::HostileLength
            | Fault::HostileTurn
            | Fault::HostileFlood
            | Fault::HostileDrip
            | Fault::HostileSilence
            | Fault::HostileSession
            | Fault::HostileEnvelope => return self.hostile.of_mut(fault),
            Fault::HttpRefused
            | Fault::HttpDenied
            | Fault::HttpPage
            | Fault::HttpTruncated
            | Fault::HttpBodyTwice
            | Fault::HttpTwice
            | Fault::HttpLost
            | Fault::RepeatedNumbers
            | Fault::SkippedNumbers => return self.http.of_mut(fault),
            Fault::Delay
            | Fault::SlowDisk
            | Fault::ShuffledTie
            | Fault::WallJump
            | Fault::Killed
            | Fault::Drained
            | Fault::Reloaded
            | Fault::Guessed
            | Fault::Unplugged => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_each_kind_a_rough_world_is_another_but_for_what_only_tests_do() {
        for fault in Fault::ALL {
            let is_another = Faults::rough().without(*fault) != Faults::rough();
            let only_tests = [
                Fault::Killed,
                Fault::Drained,
                Fault::Reloaded,
                Fault::Guessed,
                Fault::Unplugged,
            ];
            let by_tests = only_tests.contains(fault);
            assert_eq!(is_another, !by_tests, "{}", fault.name());
        }
    }

    #[test]
    fn without_all_kinds_nothing_happens_that_is_no_size_or_time() {
        let all = Fault::ALL.iter();
        let calm = all.fold(Faults::rough(), |faults, fault| faults.without(*fault));
        let chances = Fault::ALL.iter().filter(|fault| {
            let mut faults = calm.clone();
            faults.chance_mut(**fault).is_some_and(|chance| *chance > 0)
        });
        assert_eq!(chances.count(), 0);
        assert!(!calm.shuffle_ties);
        assert_eq!(calm.latency.least, calm.latency.most);
        assert_eq!(calm.wall_jump_every.most, Duration::ZERO);
    }
}
