//! People chat: clients, daemons and a service, all shipped machines, in a simulated town.
//! Never looks inside a machine: all that is checked is what a client hears.

mod avatars;
mod calls;
mod contacts;
mod dialect;
mod dialogs;
mod drain;
mod login;
mod messages;
mod probes;
mod profile;
mod room;
mod room_changes;
mod room_memory;
mod room_rules;
mod rooms;
mod transcript;
mod trouble;

use imo2sproxy_sim::town;
