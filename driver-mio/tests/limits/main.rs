//! Limits that only the real driver can keep, and attacks over real sockets: floods, guessing, and the search for secrets.
//! Never looks inside: whatever is checked here could be checked by hand.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "all of this is test code, helpers included"
)]
#![allow(
    dead_code,
    reason = "the helpers are shared with the tests of the daemon, which use more of them"
)]

#[path = "../daemon/client.rs"]
mod client;
#[path = "../program/proxy.rs"]
mod played;
#[path = "../program/mod.rs"]
mod program;
#[path = "../program/running.rs"]
mod running;
#[path = "../daemon/town.rs"]
mod town;

mod canary;
mod flood;
mod guessing;
mod hunt;
mod places;
mod sockets;
mod typed;
