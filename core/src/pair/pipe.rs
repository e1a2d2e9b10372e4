//! A pipe between the two machines, and what goes through it.
//! Never moves anything itself.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::io::CloseCause;

/// What is on its way through a pipe.
#[derive(Debug)]
pub(super) enum Passing {
    Accepted,
    Connected,
    Bytes(Vec<u8>),
    Sent(usize),
    Closed(CloseCause),
}

/// A pipe that is open. The proxy has opened it, so both sides call it by the proxy's name.
#[derive(Debug, Default)]
pub(super) struct Pipe {
    /// Each side, by [`super::Side`]: it does not want to read at the moment.
    pub(super) paused: [bool; 2],
    /// What has come for a side since it does not want to read.
    pub(super) parked: [VecDeque<Passing>; 2],
    /// Each side has been told that it is closed.
    pub(super) told: [bool; 2],
}
