//! One stream socket, with or without TLS: bytes in, bytes out, and what ended it.
//! Never blocks, and keeps no buffer while nothing is under way (TLS keeps what it needs for one record).

use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::net::Shutdown;

use imo2sproxy_core::io::{CloseCause, Outputs};
use mio::net::TcpStream;

use crate::out_queue::OutQueue;

/// The most that is read at a time, in bytes.
pub(crate) const READ_SIZE: usize = 8 * 1024;

/// The buffers that all sockets read into, one after the other.
#[derive(Debug)]
pub(crate) struct Buffers {
    wire: Box<[u8]>,
    /// At most one [`READ_SIZE`] and one TLS record.
    plain: Vec<u8>,
}

impl Default for Buffers {
    fn default() -> Self {
        Self {
            wire: vec![0; READ_SIZE].into(),
            plain: Vec::new(),
        }
    }
}

/// What reading has brought.
#[derive(Debug)]
pub(crate) enum Fill<'b> {
    /// Bytes for the machine; there may be more.
    Data(&'b [u8]),
    /// Something of TLS's own; there may be more.
    Nothing,
    /// All that has come is read.
    Blocked,
    /// Nothing more will come, but the peer may still take what is queued.
    Ended(CloseCause),
    /// The connection is of no more use.
    Failed(CloseCause),
}

/// A connected socket.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    queue: OutQueue,
    /// False from a write that did not take all until the poll says that it may.
    writable: bool,
    /// The last read has taken all that had come.
    drained: bool,
    session: Option<Box<Session>>,
}

impl Socket {
    /// A socket without TLS.
    pub(crate) fn plain(stream: TcpStream) -> Self {
        Self {
            stream,
            queue: OutQueue::default(),
            writable: true,
            drained: false,
            session: None,
        }
    }

    /// A socket with TLS, to be brought up by [`Socket::handshake`].
    pub(crate) fn secured(stream: TcpStream, tls: impl Into<rustls::Connection>) -> Self {
        Self {
            stream,
            queue: OutQueue::default(),
            writable: true,
            drained: false,
            session: Some(Box::new(Session::new(tls.into()))),
        }
    }

    /// Queues bytes; with TLS they are encrypted at once, as one write of their own.
    pub(crate) fn send(&mut self, bytes: Vec<u8>, spare: &mut Outputs) {
        let Some(session) = &mut self.session else {
            let count = bytes.len();
            self.queue.push(bytes, count);
            return;
        };
        let mut records = spare.buffer();
        session.encrypt(&bytes, &mut records);
        self.queue.push(records, bytes.len());
        spare.give_back(bytes);
    }

    /// Tells the peer that nothing more comes, as far as that is TLS's to tell.
    pub(crate) fn end_writing(&mut self) {
        if let Some(session) = &mut self.session {
            session.tls.send_close_notify();
            session.collect(&mut self.queue);
        }
    }

    /// Takes note that the system takes bytes again.
    pub(crate) fn set_writable(&mut self) {
        self.writable = true;
    }

    /// Writes what the system takes. Gives how many bytes of the machine have left.
    pub(crate) fn flush(&mut self, spare: &mut Outputs) -> Result<usize, CloseCause> {
        if !self.writable {
            return Ok(0);
        }
        let left = self.queue.write_to(&mut self.stream, spare);
        self.writable = self.queue.is_empty();
        left.map_err(|error| broken_cause(&error))
    }

    /// True if nothing is queued.
    pub(crate) fn is_flushed(&self) -> bool {
        self.queue.is_empty()
    }

    /// Drops what is queued.
    pub(crate) fn drop_queue(&mut self) {
        self.queue.clear();
    }

    /// True if the last [`Socket::fill`] has taken all that had come by then.
    pub(crate) const fn is_drained(&self) -> bool {
        self.drained
    }

    /// Reads once, at most `max` bytes and [`READ_SIZE`]. With TLS it may bring more: what was kept of a record that is whole
    /// now.
    pub(crate) fn fill<'b>(&mut self, buffers: &'b mut Buffers, max: usize) -> Fill<'b> {
        let max = max.min(READ_SIZE);
        self.drained = false;
        let Some(session) = &mut self.session else {
            return match read(&mut self.stream, &mut buffers.wire[..max]) {
                Got::Bytes(count) => {
                    self.drained = count < max;
                    Fill::Data(&buffers.wire[..count])
                }
                Got::Blocked => Fill::Blocked,
                Got::Eof => Fill::Ended(CloseCause::Peer),
                Got::Failed(cause) => Fill::Failed(cause),
            };
        };
        buffers.plain.clear();
        // What came together with the end of the handshake.
        session.take_plain(&mut buffers.plain);
        if buffers.plain.is_empty() {
            if let Some(cause) = session.ended {
                return Fill::Ended(cause);
            }
            match read(&mut self.stream, &mut buffers.wire[..max]) {
                Got::Bytes(count) => {
                    session.decrypt(&buffers.wire[..count], Some(&mut buffers.plain));
                    // A farewell among the bytes has still to be told.
                    self.drained = count < max && session.ended.is_none();
                }
                Got::Blocked => return Fill::Blocked,
                // Without TLS's own farewell anybody on the way may have cut the stream.
                Got::Eof => return Fill::Ended(CloseCause::Reset),
                Got::Failed(cause) => return Fill::Failed(cause),
            }
            session.collect(&mut self.queue);
        }
        if buffers.plain.is_empty() {
            Fill::Nothing
        } else {
            Fill::Data(&buffers.plain)
        }
    }

    /// Brings TLS up as far as the peer lets us; true when it is up. Then something may be left to
    /// [`Socket::flush`] and to [`Socket::fill`].
    pub(crate) fn handshake(
        &mut self,
        buffers: &mut Buffers,
        spare: &mut Outputs,
    ) -> Result<bool, CloseCause> {
        loop {
            if let Some(session) = &mut self.session {
                session.collect(&mut self.queue);
            }
            let flushed = self.flush(spare);
            let Some(session) = &mut self.session else {
                return Ok(true);
            };
            if let Some(cause) = session.ended {
                return Err(cause);
            }
            flushed?;
            if !session.tls.is_handshaking() {
                return Ok(true);
            }
            if !self.queue.is_empty() {
                return Ok(false);
            }
            match read(&mut self.stream, &mut buffers.wire) {
                Got::Bytes(count) => session.decrypt(&buffers.wire[..count], None),
                Got::Blocked => return Ok(false),
                Got::Eof => return Err(CloseCause::Tls),
                Got::Failed(cause) => return Err(cause),
            }
        }
    }

    /// The socket alone, for whoever goes on with it; what is queued is dropped.
    pub(crate) fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// The socket itself, for the poll.
    pub(crate) fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// Half-closes the socket; false if that cannot be done.
    pub(crate) fn shut_writing(&self) -> bool {
        self.stream.shutdown(Shutdown::Write).is_ok()
    }
}

/// The TLS half of a socket. Between two calls its own buffers hold at most what came with the end of the
/// handshake and the beginning of one record: all that it wants to write is moved to the queue at once.
#[derive(Debug)]
struct Session {
    tls: rustls::Connection,
    /// Set when nothing more can be read.
    ended: Option<CloseCause>,
}

impl Session {
    fn new(mut tls: rustls::Connection) -> Self {
        // What is encrypted moves on at once, so that a limit would only tear one write into several.
        tls.set_buffer_limit(None);
        Self { tls, ended: None }
    }

    fn encrypt(&mut self, bytes: &[u8], records: &mut Vec<u8>) {
        if self.tls.writer().write_all(bytes).is_err() {
            self.ended.get_or_insert(CloseCause::Tls);
        }
        self.write_records(records);
    }

    fn write_records(&mut self, records: &mut Vec<u8>) {
        while self.tls.wants_write() {
            if self.tls.write_tls(records).is_err() {
                return;
            }
        }
    }

    /// Moves what TLS itself wants to say (handshake, alerts, new keys) to the queue.
    fn collect(&mut self, queue: &mut OutQueue) {
        let mut records = Vec::new();
        self.write_records(&mut records);
        if !records.is_empty() {
            queue.push(records, 0);
        }
    }

    /// Takes in bytes of the peer. What they say is appended to `plain`, or left to [`Session::take_plain`].
    fn decrypt(&mut self, mut bytes: &[u8], mut plain: Option<&mut Vec<u8>>) {
        while !bytes.is_empty() && self.ended.is_none() {
            if self.tls.read_tls(&mut bytes).is_err() {
                self.ended = Some(CloseCause::Tls);
                return;
            }
            match self.tls.process_new_packets() {
                Ok(state) if state.peer_has_closed() => self.ended = Some(CloseCause::Peer),
                Ok(_) => {}
                Err(error) => self.ended = Some(tls_cause(&error)),
            }
            if let Some(plain) = plain.as_deref_mut() {
                self.take_plain(plain);
            }
        }
    }

    fn take_plain(&mut self, plain: &mut Vec<u8>) {
        let mut reader = self.tls.reader();
        while let Ok(bytes) = reader.fill_buf()
            && !bytes.is_empty()
        {
            let count = bytes.len();
            plain.extend_from_slice(bytes);
            reader.consume(count);
        }
    }
}

enum Got {
    Bytes(usize),
    Blocked,
    Eof,
    Failed(CloseCause),
}

fn read(stream: &mut TcpStream, buffer: &mut [u8]) -> Got {
    loop {
        return match stream.read(buffer) {
            Ok(0) => Got::Eof,
            Ok(count) => Got::Bytes(count),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Got::Blocked,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => Got::Failed(broken_cause(&error)),
        };
    }
}

/// What broke a connection that was up.
fn broken_cause(error: &io::Error) -> CloseCause {
    if is_exhaustion(error) {
        CloseCause::Exhausted
    } else {
        CloseCause::Reset
    }
}

/// What kept a connection from coming up.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever else the system says, there is no way"
)]
pub(crate) fn connect_cause(error: &io::Error) -> CloseCause {
    if is_exhaustion(error) {
        return CloseCause::Exhausted;
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => CloseCause::Refused,
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => CloseCause::Reset,
        ErrorKind::TimedOut => CloseCause::TimedOut,
        _ => CloseCause::Unreachable,
    }
}

/// Whether the system is out of files or memory.
pub(crate) fn is_exhaustion(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM)
    )
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all faults but that of the certificate are told as one"
)]
fn tls_cause(error: &rustls::Error) -> CloseCause {
    match error {
        rustls::Error::InvalidCertificate(_) => CloseCause::Untrusted,
        _ => CloseCause::Tls,
    }
}
