//! Tests of the deterministic driver itself, with machines that do next to nothing.
//! Never tests the shipped machines: other files here do.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a toy does nothing about inputs that its test is not about"
)]

mod conduct;
mod disk;
mod files;
mod half_open;
mod network;
mod parties;
mod persons;
mod toys;
mod troubles;
