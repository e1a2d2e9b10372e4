//! Bytes on their way out of one connection, written many buffers at a time.
//! Never copies a byte, and holds no memory worth naming while it is empty.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice, Write};

use imo2sproxy_core::io::Outputs;

/// How many buffers one write hands to the system at most.
const SLICES_MAX: usize = 16;
/// Room for buffers that an empty queue keeps.
const ROOM_KEPT: usize = 16;

/// What is still to be written. Its size is the machine's to limit: it counts what it sends and what has left.
#[derive(Debug, Default)]
pub(crate) struct OutQueue {
    chunks: VecDeque<Chunk>,
}

#[derive(Debug)]
struct Chunk {
    bytes: Vec<u8>,
    /// How many bytes of the machine these bytes stand for: fewer where they are encrypted, none for TLS's own.
    plain: usize,
    written: usize,
    reported: usize,
}

impl OutQueue {
    /// Appends `bytes`, which stand for `plain` bytes that the machine has sent.
    pub(crate) fn push(&mut self, bytes: Vec<u8>, plain: usize) {
        if bytes.is_empty() {
            return;
        }
        self.chunks.push_back(Chunk {
            bytes,
            plain,
            written: 0,
            reported: 0,
        });
    }

    /// True if all has been written.
    pub(crate) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Drops what was not written.
    pub(crate) fn clear(&mut self) {
        self.chunks = VecDeque::new();
    }

    /// Writes until all is written or the stream takes no more. Buffers that are done go to `spare`.
    /// Gives how many bytes of the machine have left; of an encrypted buffer its share, rounded down.
    ///
    /// # Errors
    /// If the stream is broken; [`ErrorKind::WouldBlock`] is no error.
    pub(crate) fn write_to(
        &mut self,
        stream: &mut impl Write,
        spare: &mut Outputs,
    ) -> io::Result<usize> {
        let mut left = 0;
        while !self.chunks.is_empty() {
            let mut slices = [IoSlice::new(&[]); SLICES_MAX];
            let count = self.chunks.len().min(SLICES_MAX);
            for (slice, chunk) in slices.iter_mut().zip(&self.chunks) {
                *slice = IoSlice::new(&chunk.bytes[chunk.written..]);
            }
            match stream.write_vectored(&slices[..count]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => left += self.advance(written, spare),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(left),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if self.chunks.capacity() > ROOM_KEPT {
            self.chunks.shrink_to(ROOM_KEPT);
        }
        Ok(left)
    }

    fn advance(&mut self, mut written: usize, spare: &mut Outputs) -> usize {
        let mut left = 0;
        while let Some(chunk) = self.chunks.front_mut() {
            let step = written.min(chunk.bytes.len() - chunk.written);
            written -= step;
            chunk.written += step;
            let done = chunk.share_written();
            left += done - chunk.reported;
            chunk.reported = done;
            if chunk.written < chunk.bytes.len() {
                break;
            }
            if let Some(chunk) = self.chunks.pop_front() {
                spare.give_back(chunk.bytes);
            }
        }
        left
    }
}

impl Chunk {
    fn share_written(&self) -> usize {
        if self.written == self.bytes.len() {
            return self.plain;
        }
        let share = self.plain as u128 * self.written as u128 / self.bytes.len() as u128;
        usize::try_from(share).unwrap_or(self.plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes three bytes at a time, at most `room`.
    struct Narrow {
        got: Vec<u8>,
        room: usize,
    }

    impl Write for Narrow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let count = bytes.len().min(3).min(self.room);
            if count == 0 {
                return Err(ErrorKind::WouldBlock.into());
            }
            self.room -= count;
            self.got.extend_from_slice(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn all_bytes_leave_in_order_and_are_counted_once() {
        let mut queue = OutQueue::default();
        queue.push(b"hello ".to_vec(), 6);
        queue.push(b"world".to_vec(), 5);
        let mut stream = Narrow {
            got: Vec::new(),
            room: 7,
        };
        let mut spare = Outputs::new();
        assert_eq!(queue.write_to(&mut stream, &mut spare).unwrap(), 7);
        assert!(!queue.is_empty());
        assert_eq!(queue.write_to(&mut stream, &mut spare).unwrap(), 0);
        stream.room = 99;
        assert_eq!(queue.write_to(&mut stream, &mut spare).unwrap(), 4);
        assert_eq!(stream.got, b"hello world");
        assert!(queue.is_empty());
        assert!(spare.buffer().capacity() > 0, "the buffers were given back");
    }

    #[test]
    fn an_encrypted_buffer_counts_by_its_share_and_ends_exact() {
        let mut queue = OutQueue::default();
        queue.push(vec![0; 30], 10);
        queue.push(vec![0; 9], 0);
        let mut stream = Narrow {
            got: Vec::new(),
            room: 0,
        };
        let mut spare = Outputs::new();
        let mut total = 0;
        while !queue.is_empty() {
            stream.room = 1;
            total += queue.write_to(&mut stream, &mut spare).unwrap();
            assert!(total <= stream.got.len().div_ceil(3));
        }
        assert_eq!(total, 10);
    }
}
