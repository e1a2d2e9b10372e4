//! The bodies of the fuzz targets: plain functions over bytes that panic where an oracle is violated.
//! Never generates bytes: fuzzers bring new ones, `tests/corpus.rs` those that were kept.

mod skypeproxy_frame;

pub use skypeproxy_frame::skypeproxy_frame;

/// A fuzz target: the name that its file in `fuzz/fuzz_targets` and its folder in `fuzz/corpus` have, and its body.
pub type Target = (&'static str, fn(&[u8]));

/// Every target there is.
pub const TARGETS: &[Target] = &[("skypeproxy_frame", skypeproxy_frame)];
