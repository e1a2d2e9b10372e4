//! The list that a machine appends its outputs to.
//! Never performs any of them.

use alloc::vec::Vec;

use super::Output;
use crate::event::Event;

/// The list a machine appends its outputs to, with a stock of spare buffers for [`Output::Send`].
#[derive(Debug, Default)]
pub struct Outputs {
    list: Vec<Output>,
    spare: Vec<Vec<u8>>,
}

/// How many spare buffers are kept; more are freed.
const SPARE_BUFFERS_MAX: usize = 64;
/// Capacity above which a returned buffer is freed instead of kept, in bytes.
const SPARE_CAPACITY_MAX: usize = 64 * 1024;

impl Outputs {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends an output.
    pub fn push(&mut self, output: Output) {
        self.list.push(output);
    }

    /// Appends an event.
    pub fn event(&mut self, event: Event) {
        self.list.push(Output::Event(event));
    }

    /// An empty buffer for the bytes of a [`Output::Send`], reused where one was given back.
    pub fn buffer(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_default()
    }

    /// Takes back a buffer whose bytes have been sent.
    pub fn give_back(&mut self, mut bytes: Vec<u8>) {
        if self.spare.len() < SPARE_BUFFERS_MAX && bytes.capacity() <= SPARE_CAPACITY_MAX {
            bytes.clear();
            self.spare.push(bytes);
        }
    }

    /// Takes out all outputs, in order.
    pub fn drain(&mut self) -> alloc::vec::Drain<'_, Output> {
        self.list.drain(..)
    }

    /// Swaps the list of outputs with `list`: for drivers that call the machine again while they perform one.
    pub fn swap(&mut self, list: &mut Vec<Output>) {
        core::mem::swap(&mut self.list, list);
    }

    /// True if nothing is to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The outputs so far, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Output] {
        &self.list
    }
}
