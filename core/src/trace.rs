//! Recorded sessions: every input and output of a machine as one line of JSON each, and back.
//! Never writes a file, and never shows a secret that it knows of: [`Recorder`] hides them before it makes a line.
//!
//! The format is a promise, described in `core/docs/trace.md`. Its types stand apart from [`crate::io`], whose types
//! may change with every version.

mod bytes;
mod config;
mod header;
mod input;
mod limits;
mod line;
mod names;
mod operator;
mod output;
mod plan;
mod reader;
mod recorder;
mod redact;
mod stored;

pub use header::{Header, MachineKind, VERSION};
pub use input::In;
pub use line::Line;
pub use names::word_of;
pub use output::Out;
pub use plan::{Plan, Planned};
pub use reader::{Trace, TraceError};
pub(crate) use recorder::wall_at;
pub use recorder::{Recorder, Refusal, Secrecy, can_hide};

#[cfg(test)]
mod tests;
