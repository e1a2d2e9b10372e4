//! Tests of the chat service through plain HTTP, as any client of it would speak.
//! Never uses our own client half.

mod bench;
mod contacts;
mod http;
mod mail;
mod original;
mod sessions;
