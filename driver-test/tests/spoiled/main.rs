//! A daemon and its client behind a service that spoils its answers: field by field, status by status, byte by byte.
//! Never looks inside a machine: the daemon stays up, says why once, and afterwards a message goes both ways.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may unwrap like the tests themselves"
)]

mod answers;
mod fields;
mod numbers;
mod spoil;
mod street;
mod tour;

use imo2sproxy_sim::town;
