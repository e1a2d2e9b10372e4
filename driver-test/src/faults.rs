//! What may go wrong in a world, each kind with a name and a chance.
//! Never decides when: the seed does.
//!
//! The faults are those that TCP, disks, clocks, schedulers and peers have. Bytes of one stream are never lost in the
//! middle, repeated or swapped. A machine keeps to the contract with whatever happens of these.

use std::time::Duration;

use imo2sproxy_core::rng::Rng;

mod chances;
mod conditions;
mod kind;
mod switch;

pub use chances::Chances;
pub use conditions::Conditions;
pub use kind::{Fault, Fired};

/// A range of durations, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// The shortest.
    pub least: Duration,
    /// The longest.
    pub most: Duration,
}

impl Span {
    /// From `least` to `most` milliseconds.
    #[must_use]
    pub const fn millis(least: u64, most: u64) -> Self {
        Self {
            least: Duration::from_millis(least),
            most: Duration::from_millis(most),
        }
    }

    /// Always the same.
    pub(crate) const fn only(time: Duration) -> Self {
        Self {
            least: time,
            most: time,
        }
    }

    pub(crate) fn draw(&self, rng: &mut Rng) -> Duration {
        self.least + rng.jitter(self.most.saturating_sub(self.least))
    }
}

/// Chances (in percent) and sizes of everything that may go wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Faults {
    /// How long bytes and connection attempts travel, one way.
    pub latency: Span,
    /// Bytes that the system keeps for one direction of a connection before the sender has to wait.
    pub window: (u64, u64),
    /// That one read gives only a part of what has come.
    pub split: u64,
    /// That a read waits, up to [`Faults::merge_wait`], so that more comes together.
    pub merge: u64,
    /// How long such a read waits at most.
    pub merge_wait: Duration,
    /// That the system takes only a part of what is to be sent, the rest a little later.
    pub partial_send: u64,
    /// That one piece of a stream, and what follows it, is held up for [`Faults::stall_for`].
    pub stall: u64,
    /// How long a stall lasts.
    pub stall_for: Span,
    /// That a connection is broken off, after some bytes in one direction or after some time.
    pub reset: u64,
    /// After at most how many bytes.
    pub reset_bytes: u64,
    /// After at most how long.
    pub reset_after: Duration,
    /// That bytes under way are lost, from some byte on, when their connection is broken off.
    pub lost_tail: u64,
    /// That an aborted connection looks to the peer like one that ended in good order.
    pub clean_abort: u64,
    /// That a connection attempt is refused.
    pub refused: u64,
    /// That a connection attempt gets no answer until it times out.
    pub hanging: u64,
    /// That a connection attempt finds no way.
    pub unreachable: u64,
    /// That a connection attempt finds no address for the name.
    pub no_such_host: u64,
    /// That a connection attempt fails at TLS.
    pub tls_fails: u64,
    /// That a connection is [half-open](Fault::HalfOpen) from some time on, at most [`Faults::half_open_after`].
    pub half_open: u64,
    /// That the end which accepted a connection is [gone](Fault::AcceptorGone) from some time on, within the same bound.
    pub acceptor_gone: u64,
    /// After at most how long.
    pub half_open_after: Duration,
    /// How long the system of one end sends again what is not acknowledged before it gives the connection up.
    pub retransmits_for: Span,
    /// That a client, when it hears something, reads nothing for [`Faults::slow_for`] then.
    pub slow_reader: u64,
    /// How long a client does not read.
    pub slow_for: Span,
    /// That a transaction fails.
    pub store_fails: u64,
    /// That the disk is full from a transaction on, for [`Faults::full_disk_for`].
    pub full_disk: u64,
    /// How long a disk is full.
    pub full_disk_for: Span,
    /// That a host with an heir ([`World::set_heir`](crate::World::set_heir)) dies before its disk does a transaction.
    pub crash_before_store: u64,
    /// That it dies after its disk has done a transaction, before the machine hears of it.
    pub crash_after_store: u64,
    /// After how long the heir of such a host starts.
    pub heir_after: Span,
    /// That a load fails.
    pub load_fails: u64,
    /// That a file of a client cannot be written or read.
    pub file_fails: u64,
    /// How long the disk takes for each request, one after the other.
    pub disk_delay: Span,
    /// How long it takes from the disk back to the machine.
    pub answer_delay: Span,
    /// How long a password takes to be hashed or checked.
    pub hash_delay: Span,
    /// That a machine gets a tick that it did not ask for after another input.
    pub early_tick: u64,
    /// That a machine gets a tick later than it has asked for, by [`Faults::late_by`].
    pub late_tick: u64,
    /// How late.
    pub late_by: Span,
    /// How long it is from one jump of the wall clock to the next; without end where both are zero.
    pub wall_jump_every: Span,
    /// How far the wall clock jumps at most, forward or back.
    pub wall_jump: Duration,
    /// Whether things of the same moment happen in any order.
    pub shuffle_ties: bool,
    /// What a [`Gate`](crate::gate::Gate) does to answers of the service.
    pub http: Chances,
    /// What a [`Hostile`](crate::hostile::Hostile) client does.
    pub hostile: Chances,
}

impl Faults {
    /// A world where nothing goes wrong and everything takes the same time.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            latency: Span::millis(1, 1),
            window: (256 * 1024, 256 * 1024),
            split: 0,
            merge: 0,
            merge_wait: Duration::ZERO,
            partial_send: 0,
            stall: 0,
            stall_for: Span::millis(0, 0),
            reset: 0,
            reset_bytes: 0,
            reset_after: Duration::ZERO,
            lost_tail: 0,
            clean_abort: 0,
            refused: 0,
            hanging: 0,
            unreachable: 0,
            no_such_host: 0,
            tls_fails: 0,
            half_open: 0,
            acceptor_gone: 0,
            half_open_after: Duration::ZERO,
            retransmits_for: Span::millis(120_000, 900_000),
            slow_reader: 0,
            slow_for: Span::millis(0, 0),
            store_fails: 0,
            full_disk: 0,
            full_disk_for: Span::millis(0, 0),
            crash_before_store: 0,
            crash_after_store: 0,
            heir_after: Span::millis(1000, 1000),
            load_fails: 0,
            file_fails: 0,
            disk_delay: Span::millis(1, 1),
            answer_delay: Span::millis(0, 0),
            hash_delay: Span::millis(50, 50),
            early_tick: 0,
            late_tick: 0,
            late_by: Span::millis(0, 0),
            wall_jump_every: Span::millis(0, 0),
            wall_jump: Duration::ZERO,
            shuffle_ties: false,
            http: Chances::http(0),
            hostile: Chances::hostile(0),
        }
    }

    /// A world where everything goes wrong now and then, but nothing for ever.
    #[must_use]
    pub const fn rough() -> Self {
        Self {
            latency: Span::millis(0, 300),
            window: (512, 128 * 1024),
            split: 25,
            merge: 25,
            merge_wait: Duration::from_millis(200),
            partial_send: 25,
            stall: 1,
            stall_for: Span::millis(100, 90_000),
            reset: 20,
            reset_bytes: 8 * 1024,
            reset_after: Duration::from_secs(120),
            lost_tail: 75,
            clean_abort: 30,
            refused: 5,
            hanging: 3,
            unreachable: 1,
            no_such_host: 1,
            tls_fails: 1,
            half_open: 3,
            acceptor_gone: 2,
            half_open_after: Duration::from_secs(120),
            retransmits_for: Span::millis(120_000, 900_000),
            slow_reader: 1,
            slow_for: Span::millis(100, 20_000),
            store_fails: 3,
            full_disk: 1,
            full_disk_for: Span::millis(500, 8_000),
            crash_before_store: 1,
            crash_after_store: 1,
            heir_after: Span::millis(0, 10_000),
            load_fails: 1,
            file_fails: 20,
            disk_delay: Span::millis(0, 30),
            answer_delay: Span::millis(0, 20),
            hash_delay: Span::millis(10, 300),
            early_tick: 5,
            late_tick: 20,
            late_by: Span::millis(0, 500),
            wall_jump_every: Span::millis(10_000, 300_000),
            wall_jump: Duration::from_secs(6 * 3600),
            shuffle_ties: true,
            http: Chances::http(2),
            hostile: Chances::hostile(10),
        }
    }
}
