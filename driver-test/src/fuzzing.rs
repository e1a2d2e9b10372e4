//! The bodies of the fuzz targets: plain functions over bytes that panic where an oracle is violated.
//! Never generates bytes: fuzzers bring new ones, `tests/corpus.rs` those that were kept.

mod bench;
mod config;
mod cuts;
mod far;
mod http_request;
mod http_response;
mod imo_envelope;
mod letters;
mod messages;
mod proxy_inputs;
mod reader;
mod service_inputs;
mod skype_command;
mod skypeproxy_frame;
mod trace;
mod visitor;
mod wires;

pub use config::config;
pub use http_request::http_request;
pub use http_response::http_response;
pub use imo_envelope::imo_envelope;
pub use proxy_inputs::proxy_inputs;
pub use service_inputs::service_inputs;
pub use skype_command::skype_command;
pub use skypeproxy_frame::skypeproxy_frame;
pub use trace::trace;
pub use wires::wires;

/// A fuzz target: the name that its file in `fuzz/fuzz_targets` and its folder in `fuzz/corpus` have, and its body.
pub type Target = (&'static str, fn(&[u8]));

/// Every target there is.
pub const TARGETS: &[Target] = &[
    ("config", config),
    ("http_request", http_request),
    ("http_response", http_response),
    ("imo_envelope", imo_envelope),
    ("proxy_inputs", proxy_inputs),
    ("service_inputs", service_inputs),
    ("skype_command", skype_command),
    ("skypeproxy_frame", skypeproxy_frame),
    ("trace", trace),
    ("wires", wires),
];
