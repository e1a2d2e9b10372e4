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
    /// Unread messages up to this number had been announced when it came.
    pub(crate) told: u32,
    /// It can take lines.
    pub(crate) ready: bool,
    /// It has said enough to be told notices.
    pub(crate) open: bool,
    /// The command that waits for something, and since when.
    pub(crate) waiting: Option<(String, Instant)>,
    /// Nothing is read from it at the moment.
    pub(crate) paused: bool,
    /// It is being closed; nothing it says counts.
    pub(crate) closing: bool,
    /// Bytes that are queued or sent and have not left.
    unsent: usize,
    /// How many of them, at most, belong to replies: those are bounded by what it asks.
    unsent_replies: usize,
    /// When bytes left it last, while some have not.
    stalled_since: Option<Instant>,
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
            told: u32::MAX,
            ready: false,
            open: false,
            waiting: None,
            paused: false,
            closing: false,
            unsent: 0,
            unsent_replies: 0,
            stalled_since: None,
        }
    }

    /// Takes bytes that have come.
    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        self.rx.push(bytes);
    }

    /// The next thing it says.
    pub(crate) fn next(&mut self) -> Result<Option<FromClient>, WireError> {
        let before = self.tx.len();
        let said = self.wire.decode(&mut self.rx, &mut self.tx);
        self.unsent += self.tx.len() - before;
        said
    }

    /// Tells it whether its password was right.
    pub(crate) fn login_result(&mut self, ok: bool) {
        let before = self.tx.len();
        self.wire.encode(ToClient::LoginResult(ok), &mut self.tx);
        self.unsent += self.tx.len() - before;
    }

    /// Queues a reply in the form of its protocol version, and gives the line for the log.
    pub(crate) fn say(&mut self, reply: &Reply<'_>, tag: Option<&Tag<'_>>) -> &str {
        self.unsent_replies += self.queue(reply, tag);
        &self.line
    }

    /// Queues a notice, and gives the line for the log.
    pub(crate) fn say_unasked(&mut self, notice: &Reply<'_>) -> &str {
        self.queue(notice, None);
        &self.line
    }

    fn queue(&mut self, reply: &Reply<'_>, tag: Option<&Tag<'_>>) -> usize {
        self.line.clear();
        reply.write_line(self.protocol, tag, &mut self.line);
        let before = self.tx.len();
        self.wire.encode(ToClient::Line(&self.line), &mut self.tx);
        let length = self.tx.len() - before;
        self.unsent += length;
        length
    }

    /// Takes what is queued, leaving an empty buffer in its place; `None` if there is nothing.
    pub(crate) fn take_queued(
        &mut self,
        now: Instant,
        spare: impl FnOnce() -> Vec<u8>,
    ) -> Option<Vec<u8>> {
        if self.tx.is_empty() {
            return None;
        }
        self.stalled_since.get_or_insert(now);
        Some(core::mem::replace(&mut self.tx, spare()))
    }

    /// Bytes have left.
    pub(crate) fn sent(&mut self, now: Instant, count: usize) {
        self.unsent = self.unsent.saturating_sub(count);
        self.unsent_replies = self.unsent_replies.min(self.unsent);
        self.stalled_since = (self.unsent > 0).then_some(now);
    }

    /// Bytes that have not left.
    pub(crate) const fn unsent(&self) -> usize {
        self.unsent
    }

    /// Bytes that have not left and that it did not ask for.
    pub(crate) const fn unsent_notices(&self) -> usize {
        self.unsent - self.unsent_replies
    }

    /// Since when nothing has left it, if something should.
    pub(crate) const fn stalled_since(&self) -> Option<Instant> {
        self.stalled_since
    }
}
