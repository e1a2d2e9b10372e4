//! The programs that people really use, on daemons of one town: each does what its users do, and none may
//! find anything that would make the real one hang, crash or lose a message.
//! Never checks lines: what counts is what the users see.

mod answers_by_pidgin;
mod avatars;
mod connect;
mod contact_groups;
mod contacts;
mod late_lists;
mod messages;
mod pitfalls;
mod regressions;
mod rooms;
mod street;
#[path = "../town/mod.rs"]
#[expect(dead_code, reason = "a street uses only a part of the town")]
mod town;
mod toy_gateway;
mod typing;
