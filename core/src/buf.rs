//! A receive buffer that is bounded and remembers how far it was searched.
//! Never interprets what it holds.

use alloc::vec::Vec;

use zeroize::Zeroize;

/// Bytes that came in and were not taken yet.
#[derive(Debug, Default)]
pub struct RecvBuf {
    bytes: Vec<u8>,
    start: usize,
    searched: usize,
}

impl RecvBuf {
    /// An empty buffer, without memory.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            start: 0,
            searched: 0,
        }
    }

    /// Appends what came in.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 && (self.start >= self.bytes.len() / 2 || self.is_empty()) {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// What is there.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// How many bytes are there.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.bytes.len() - self.start
    }

    /// True if nothing is there.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Drops the first `count` bytes, or all if there are fewer. Memory is given back when nothing is left.
    pub fn consume(&mut self, count: usize) {
        self.start = self.bytes.len().min(self.start + count);
        self.searched = 0;
        if self.is_empty() {
            self.start = 0;
            // Most connections are idle nearly all the time, and there are four of them for each account.
            self.bytes = Vec::new();
        }
    }

    /// Like [`RecvBuf::consume`], for bytes that were a secret: they are zeroed first.
    pub fn wipe(&mut self, count: usize) {
        let end = self.bytes.len().min(self.start + count);
        self.bytes[self.start..end].zeroize();
        self.consume(count);
    }

    /// Takes all that is there, in the memory that it is in.
    pub fn take(&mut self) -> Vec<u8> {
        let Self {
            mut bytes, start, ..
        } = core::mem::take(self);
        bytes.drain(..start);
        bytes
    }

    /// The position of the first `needle`, counted from the first byte. Bytes searched in vain are not
    /// searched again, so that a slow drip costs linear time. Asking for another needle without
    /// consuming in between would skip bytes: one buffer serves one needle at a time.
    pub fn find(&mut self, needle: &[u8]) -> Option<usize> {
        let (last, before) = needle.split_last()?;
        let bytes = &self.bytes[self.start..];
        let found = memchr::memchr_iter(*last, &bytes[self.searched..])
            .map(|at| self.searched + at)
            .find(|at| bytes[..*at].ends_with(before));
        self.searched = found.unwrap_or(bytes.len());
        found.map(|at| at - before.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_is_found_when_it_arrives_byte_by_byte() {
        let mut rx = RecvBuf::new();
        for byte in b"ab\r\n\r" {
            rx.push(&[*byte]);
            assert_eq!(rx.find(b"\r\n\r\n"), None);
        }
        rx.push(b"\nrest");
        assert_eq!(rx.find(b"\r\n\r\n"), Some(2));
        rx.consume(6);
        assert_eq!(rx.as_slice(), b"rest");
        rx.push(b"!");
        rx.consume(99);
        assert!(rx.is_empty());
    }
    #[test]
    fn wiped_bytes_are_gone_from_memory() {
        let mut rx = RecvBuf::new();
        rx.push(b"secret, not secret");
        rx.wipe(6);
        assert_eq!(rx.as_slice(), b", not secret");
        assert_eq!(rx.bytes[..6], [0; 6]);
    }
}
