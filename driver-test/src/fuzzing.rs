//! The bodies of the fuzz targets: plain functions over bytes that panic where an oracle is violated.
//! Never generates bytes: fuzzers bring new ones, `tests/corpus.rs` those that were kept.

mod cuts;
mod http_request;
mod http_response;
mod imo_envelope;
mod messages;
mod skype_command;
mod skypeproxy_frame;
mod wires;

pub use http_request::http_request;
pub use http_response::http_response;
pub use imo_envelope::imo_envelope;
pub use skype_command::skype_command;
pub use skypeproxy_frame::skypeproxy_frame;
pub use wires::wires;

/// A fuzz target: the name that its file in `fuzz/fuzz_targets` and its folder in `fuzz/corpus` have, and its body.
pub type Target = (&'static str, fn(&[u8]));

/// Every target there is.
pub const TARGETS: &[Target] = &[
    ("http_request", http_request),
    ("http_response", http_response),
    ("imo_envelope", imo_envelope),
    ("skype_command", skype_command),
    ("skypeproxy_frame", skypeproxy_frame),
    ("wires", wires),
];
