//! What a real client would have suffered from a gateway's answer.
//! Never decides whether the answer was right: the client programs do.

use std::fmt;

/// How bad it is for the user of the client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultKind {
    /// It waits for something that does not come.
    Hangs,
    /// It reads what is not there, or raises what nobody catches.
    Crashes,
    /// A message is not shown, or not sent.
    Loses,
    /// It shows or does something wrong.
    Misbehaves,
}

/// One thing that goes wrong in a real client, and what it comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// How bad it is.
    pub kind: FaultKind,
    /// The whole story, as a sentence that begins with a verb.
    pub story: String,
}

impl Fault {
    /// "hangs for ever waiting for ..." and the like.
    pub(super) fn hangs(story: impl Into<String>) -> Self {
        Self::new(FaultKind::Hangs, story)
    }

    /// "dereferences null on ..." and the like.
    pub(super) fn crashes(story: impl Into<String>) -> Self {
        Self::new(FaultKind::Crashes, story)
    }

    /// "loses message 10000004: ..." and the like.
    pub(super) fn loses(story: impl Into<String>) -> Self {
        Self::new(FaultKind::Loses, story)
    }

    /// "shows ..." and the like.
    pub(super) fn misbehaves(story: impl Into<String>) -> Self {
        Self::new(FaultKind::Misbehaves, story)
    }

    fn new(kind: FaultKind, story: impl Into<String>) -> Self {
        let story = story.into();
        Self { kind, story }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.story)
    }
}
