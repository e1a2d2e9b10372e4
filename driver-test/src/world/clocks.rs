//! The clocks of a world: ticks that come later than they were asked for, and a wall clock that jumps.
//! Never lets the monotonic clock go back, and never a tick come before its deadline.

use imo2sproxy_core::time::Instant;

use super::{Job, World};
use crate::faults::{Fault, Faults};
use crate::host::Host;

/// When a host really gets the tick that its machine wants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alarm {
    /// When the machine wants it.
    deadline: Instant,
    rings_at: Instant,
    is_late: bool,
}

impl Alarm {
    /// Draws how late a tick comes that is wanted at `deadline`.
    fn set(deadline: Instant, now: Instant, faults: &Faults, host: &mut Host) -> Self {
        let on_time = deadline.max(now);
        let rings_at = if host.rng.chance(faults.late_tick) {
            on_time + faults.late_by.draw(&mut host.rng)
        } else {
            on_time
        };
        Self {
            deadline,
            rings_at,
            is_late: rings_at > on_time,
        }
    }
}

impl World {
    /// The host that gets a tick first, and when.
    pub(super) fn due_tick(&mut self) -> Option<(Instant, usize)> {
        let (now, faults) = (self.now, &self.faults);
        let mut first: Option<(Instant, usize)> = None;
        for (index, host) in self.hosts.iter_mut().enumerate() {
            let Some(deadline) = host.machine.as_ref().and_then(|m| m.deadline()) else {
                continue;
            };
            let at = if faults.late_tick == 0 {
                deadline.max(now)
            } else {
                let set = host.alarm.filter(|alarm| alarm.deadline == deadline);
                let alarm = set.unwrap_or_else(|| Alarm::set(deadline, now, faults, host));
                host.alarm = Some(alarm);
                alarm.rings_at.max(now)
            };
            if first.is_none_or(|(earliest, _)| at < earliest) {
                first = Some((at, index));
            }
        }
        first
    }

    /// Takes note that a host gets a tick now.
    pub(super) fn silence_alarm(&mut self, host: usize) {
        let alarm = self.hosts[host].alarm.take();
        if alarm.is_some_and(|alarm| alarm.is_late && alarm.rings_at <= self.now) {
            self.count(Fault::LateTick);
        }
    }

    /// Plans the next jump of the wall clock, if it is to jump and none is planned.
    pub(super) fn plan_wall_jump(&mut self) {
        let every = self.faults.wall_jump_every;
        if every.most.is_zero() || self.wall_jump_is_planned {
            return;
        }
        self.wall_jump_is_planned = true;
        let at = self.now + every.draw(&mut self.wall_rng);
        self.schedule(at, Job::WallJump);
    }

    /// The wall clock jumps, unless that was switched off meanwhile.
    pub(super) fn jump_wall_clock(&mut self) {
        self.wall_jump_is_planned = false;
        let most = i64::try_from(self.faults.wall_jump.as_millis()).unwrap_or(i64::MAX / 2);
        if self.faults.wall_jump_every.most.is_zero() || most == 0 {
            return;
        }
        let drawn = self.wall_rng.between(0, 2 * most.unsigned_abs());
        self.shift_wall_clock(i64::try_from(drawn).unwrap_or(most) - most);
        self.recorder.deed(self.now, "all", "the wall clock jumps");
        self.count(Fault::WallJump);
        self.plan_wall_jump();
    }
}
