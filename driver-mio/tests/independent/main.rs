//! The daemon at a service, and the service with a client, that were both written from the protocol's description alone.
//! Never looks inside: what the two programs in Python find wrong, they say and exit with 1.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "all of this is test code, helpers included"
)]

#[path = "../daemon/client.rs"]
#[expect(dead_code, reason = "these tests use only a part of the client")]
mod client;
#[path = "../program/mod.rs"]
#[expect(dead_code, reason = "these tests use only a part of it")]
mod program;
#[path = "../program/running.rs"]
mod running;
#[path = "../daemon/town.rs"]
#[expect(dead_code, reason = "these tests use only a part of the town")]
mod town;

mod endings;
mod faults;
mod ours;
mod place;
mod python;
mod talk;
