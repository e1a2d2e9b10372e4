//! The deterministic driver: runs machines over a virtual clock, network and disk that all come from one seed.
//! Never uses a real socket or clock, so that a failure is the same failure every time its seed is run.
//!
//! A test makes a [`World`], puts machines and [`Person`]s into it, lets time pass until something is heard,
//! and repeats that for many seeds with [`sweep::for_each_seed`]. [`Faults`] says what may go wrong.
//!
//! A [`scenario::Scenario`] is a whole rough life drawn from a seed; [`play::play`] plays it and holds it to the
//! [`model::Model`]; [`shrink::shrink`] finds the least of it that still fails.

mod agenda;
mod folder;
mod host;
mod net;
mod pattern;
mod record;
mod tape;

pub mod clients;
pub mod conformance;
pub mod faults;
pub mod fuzzing;
pub mod gate;
pub mod hostile;
pub mod model;
pub mod person;
pub mod play;
pub mod scenario;
pub mod shrink;
pub mod sweep;
pub mod town;
pub mod world;

pub use faults::{Chances, Conditions, Fault, Faults, Fired, Span};
pub use folder::Folder;
pub use host::HandledCall;
pub use imo2sproxy_core::store::MemoryStore;
pub use person::{Heard, Person, Said, Step};
pub use tape::Resident;
pub use world::{World, hash_of};
