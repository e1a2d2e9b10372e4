//! Tests of the chat service through plain HTTP, as any client of it would speak.
//! Never uses our own client half.

#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

mod bench;
mod calls;
mod contacts;
mod http;
mod icons;
mod limits;
mod mail;
mod original;
mod session;
mod sessions;
