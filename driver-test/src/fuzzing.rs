//! The bodies of the fuzz targets: plain functions over bytes that panic where an oracle is violated.
//! Never generates bytes: fuzzers bring new ones, `tests/corpus.rs` those that were kept.

mod bench;
mod config;
mod far;
mod letters;
mod proxy_inputs;
mod reader;
mod service_inputs;
mod skypeproxy_frame;
mod trace;
mod visitor;

pub use config::config;
pub use proxy_inputs::proxy_inputs;
pub use service_inputs::service_inputs;
pub use skypeproxy_frame::skypeproxy_frame;
pub use trace::trace;

/// A fuzz target: the name that its file in `fuzz/fuzz_targets` and its folder in `fuzz/corpus` have, and its body.
pub type Target = (&'static str, fn(&[u8]));

/// Every target there is.
pub const TARGETS: &[Target] = &[
    ("config", config),
    ("proxy_inputs", proxy_inputs),
    ("service_inputs", service_inputs),
    ("skypeproxy_frame", skypeproxy_frame),
    ("trace", trace),
];
