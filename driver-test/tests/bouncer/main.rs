//! Tests of a daemon with many accounts and several clients on each: who gets in, who hears what, who is seen how.
//! Never looks inside a machine: all that is checked is what clients hear, and what the log says.

#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

mod apart;
mod door;
mod guess;
mod guests;
mod house;
mod missed;
mod reload;
mod wishes;
