//! The clocks of the operating system as the core's [`Now`].
//! Never goes back: the monotonic half counts from the moment the clock was made.

use std::time::{Instant as OsInstant, SystemTime, UNIX_EPOCH};

use imo2sproxy_core::time::{Instant, Now, UnixTime};

/// A clock whose [`Instant::ZERO`] is the moment it was made.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: OsInstant,
}

impl Clock {
    /// Starts the clock.
    #[must_use]
    pub fn start() -> Self {
        Self {
            start: OsInstant::now(),
        }
    }

    /// Reads the monotonic clock alone.
    #[must_use]
    pub fn mono(&self) -> Instant {
        let micros = self.start.elapsed().as_micros();
        Instant::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// Reads both clocks.
    #[must_use]
    pub fn now(&self) -> Now {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Now {
            mono: self.mono(),
            wall: UnixTime::from_millis(u64::try_from(wall.as_millis()).unwrap_or(u64::MAX)),
        }
    }
}
