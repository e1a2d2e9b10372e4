//! Tests of the chat service through plain HTTP, as any client of it would speak.
//! Never uses our own client half.

#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

mod accounts;
mod bench;
mod calls;
mod company;
mod contacts;
mod directory;
mod forms;
mod group_texts;
mod groups;
mod http;
mod icons;
mod limits;
mod mail;
mod meetings;
mod names;
mod old_client;
mod older;
mod original;
mod recorded;
mod session;
mod sessions;
mod strangers;
