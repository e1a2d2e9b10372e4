//! Deterministic driver for imo2sproxy: what tests, fuzzers and replays run the core's machines with.
//! Never reads a clock, an entropy source or a socket: whatever happens here happens again from the same bytes or seed.

pub mod fuzzing;
