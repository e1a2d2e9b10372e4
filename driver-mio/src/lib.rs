//! The real world for `imo2sproxy-core`: sockets, TLS, names, storage, hashing, and the event loop that hosts a machine.
//! Never decides anything about a protocol: all of that is the core's.

pub mod admin;
pub mod call_handler;
pub mod clock;
pub mod control;
pub mod event_loop;
mod files;
pub mod hashing;
mod jobs;
pub mod networks;
mod out_queue;
mod proxy_header;
mod record;
mod resolve;
mod socket;
pub mod store;
pub mod tls;
pub mod via;

pub use record::Recordable;
