//! The daemon and the service as their users meet them: the real program over real sockets, on this host only.
//! Never looks inside: whatever is checked here could be checked by hand.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "all of this is test code, helpers included"
)]

#[path = "../program/proxy.rs"]
mod played;
#[path = "../program/mod.rs"]
mod program;
#[path = "../program/running.rs"]
mod running;

mod admin;
mod bouncer;
mod calls;
mod chat;
mod client;
mod config;
mod crash;
mod detach;
mod disk;
mod drain;
mod frames;
mod handed;
mod home;
mod http;
mod json_log;
mod manager;
mod onslaught;
mod operator;
mod proxies;
mod record;
mod reload;
mod rooms;
mod spoiled;
mod thrift;
mod town;
mod transports;
mod trouble;
