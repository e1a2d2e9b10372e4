//! imo2sproxy as pure state machines: what a Skype-API proxy and an imo.im-compatible chat service think.
//! Never touches a socket, a file, a thread or a clock: `no_std` leaves it no name for one.
#![no_std]

extern crate alloc;

mod account;
pub mod buf;
mod client;
pub mod config;
pub mod event;
mod fingerprint;
pub mod handle;
pub mod http;
mod id_map;
pub mod imo;
mod invariant;
pub mod io;
pub mod journal;
mod json;
pub mod lobby;
pub mod lockout;
pub mod pair;
mod probe;
pub mod proxy;
pub mod replay;
pub mod rng;
pub mod secret;
pub mod skype;
pub mod store;
pub mod time;
pub mod trace;
mod weighed;
pub mod wire;
