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
mod toy_gateway;
mod typing;

use imo2sproxy_sim::town;
