//! The engine over loopback sockets, with small machines in the place of the real ones.
//! Never needs a network beyond this host.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may unwrap like the tests themselves"
)]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each test machine cares for a few inputs only"
)]

#[path = "../program/proxy.rs"]
mod played;

mod clients;
mod files;
mod flow;
mod greetings;
mod helpers;
mod jobs;
mod outgoing;
mod proxies;
mod record;
mod sockets;
