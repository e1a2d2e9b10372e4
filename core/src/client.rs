//! One connection of a client: its wire, what it has said and not been answered, what it has not taken yet.
//! Never hears of accounts' contents or of imo: it carries lines.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::buf::RecvBuf;
use crate::config::{Limits, WireKind};
use crate::skype::{FIRST_PROTOCOL, Reply, Tag};
use crate::time::Instant;
use crate::wire::{FromClient, ToClient, Wire, WireError};

/// A connected client.
pub(crate) struct Client {
    wire: Box<dyn Wire + Send>,
    rx: RecvBuf,
    /// What goes out at the end of the present input.
    tx: Vec<u8>,
    line: String,
    /// The protocol version it has asked for.
    pub(crate) protocol: u8,
    /// It can take lines.
    pub(crate) ready: bool,
    /// It has said enough to be told notices.
    pub(crate) open: bool,
    /// The command that waits for something, and since when.
    pub(crate) waiting: Option<(String, Instant)>,
    /// Bytes that are sent and have not left.
    pub(crate) unsent: usize,
    /// When bytes left it last, while some are unsent.
    pub(crate) stalled_since: Option<Instant>,
    /// Nothing is read from it at the moment.
    pub(crate) paused: bool,
    /// It is closed as soon as everything is flushed; nothing it says counts.
    pub(crate) closing: bool,
}

impl Client {
    /// A client that has just connected; `login` says whether a password is wanted.
    pub(crate) fn new(kind: WireKind, login: bool, limits: &Limits) -> Self {
        Self {
            wire: kind.start(login, limits),
            rx: RecvBuf::new(),
            tx: Vec::new(),
            line: String::new(),
            protocol: FIRST_PROTOCOL,
            ready: false,
            open: false,
            waiting: None,
            unsent: 0,
            stalled_since: None,
            paused: false,
            closing: false,
        }
    }

    /// Takes bytes that have come.
    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        self.rx.push(bytes);
    }

    /// The next thing it says.
    pub(crate) fn next(&mut self) -> Result<Option<FromClient>, WireError> {
        self.wire.decode(&mut self.rx, &mut self.tx)
    }

    /// Tells it whether its password was right.
    pub(crate) fn login_result(&mut self, ok: bool) {
        self.wire.encode(ToClient::LoginResult(ok), &mut self.tx);
    }

    /// Queues a line in the form of its protocol version, and gives it back for the log.
    pub(crate) fn say(&mut self, reply: &Reply<'_>, tag: Option<&Tag<'_>>) -> &str {
        self.line.clear();
        reply.write_line(self.protocol, tag, &mut self.line);
        self.wire.encode(ToClient::Line(&self.line), &mut self.tx);
        &self.line
    }

    /// Takes what is to be sent, in `spare`; `None` if there is nothing.
    pub(crate) fn flush(&mut self, now: Instant, spare: Vec<u8>) -> Result<Vec<u8>, Vec<u8>> {
        if self.tx.is_empty() {
            return Err(spare);
        }
        if self.unsent == 0 {
            self.stalled_since = Some(now);
        }
        self.unsent += self.tx.len();
        Ok(core::mem::replace(&mut self.tx, spare))
    }

    /// Bytes have left.
    pub(crate) fn sent(&mut self, now: Instant, count: usize) {
        self.unsent = self.unsent.saturating_sub(count);
        self.stalled_since = (self.unsent > 0).then_some(now);
    }
}
