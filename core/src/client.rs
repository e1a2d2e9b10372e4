//! One connection of a client: its wire, what it has said and not been answered, what it has not taken yet.
//! Never hears of accounts' contents or of imo: it carries lines.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::buf::RecvBuf;
use crate::config::{Limits, WireKind};
use crate::invariant::at_most;
use crate::skype::{ErrorReply, FIRST_PROTOCOL, Reply, Tag};
use crate::time::Instant;
use crate::wire::{FromClient, ToClient, Wire, WireError};

mod progress;

pub(crate) use progress::Told;

use progress::{Mark, Progress};

/// What a line that waits costs beside its text, in bytes.
const LINE_BYTES: usize = size_of::<String>();

/// How much of a client's name counts.
const NAME_CHARS_MAX: usize = 64;

/// By how much a frame may be longer than its text: its length stands before it.
const FRAME_LENGTH_BYTES: usize = 4;

/// What is said once it is known what became of a pushed file.
struct Pushed {
    taken: String,
    refused: String,
}

/// A connected client.
pub(crate) struct Client {
    wire: Box<dyn Wire + Send>,
    rx: RecvBuf,
    /// What goes out at the end of the present input.
    tx: Vec<u8>,
    line: String,
    /// It runs on this machine.
    here: bool,
    /// A file is on its way to it.
    pushed: Option<Pushed>,
    /// What it has said since, and its length with [`LINE_BYTES`] for each.
    behind: VecDeque<String>,
    behind_bytes: usize,
    /// The protocol version it has asked for.
    pub(crate) protocol: u8,
    kind: WireKind,
    /// Where it comes from, without what changes with each connection.
    from: String,
    /// What it calls itself.
    name: String,
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
    /// How far it has been told.
    progress: Progress,
    /// When bytes left it last, while some have not.
    stalled_since: Option<Instant>,
}

impl Client {
    /// A client that has just connected `from` an address; `login` says whether a password is wanted, `here` whether it
    /// runs on this machine. Files are offered only to those elsewhere.
    pub(crate) fn new(
        kind: WireKind,
        from: String,
        (login, here): (bool, bool),
        limits: &Limits,
    ) -> Self {
        Self {
            wire: kind.start(login, !here, limits),
            here,
            pushed: None,
            behind: VecDeque::new(),
            behind_bytes: 0,
            rx: RecvBuf::new(),
            tx: Vec::new(),
            line: String::new(),
            protocol: FIRST_PROTOCOL,
            kind,
            from,
            name: String::new(),
            ready: false,
            open: false,
            waiting: None,
            paused: false,
            closing: false,
            unsent: 0,
            unsent_replies: 0,
            progress: Progress::default(),
            stalled_since: None,
        }
    }

    /// It calls itself so. Counts until it is told notices.
    pub(crate) fn set_name(&mut self, name: &str) {
        if !self.open {
            let name = name.chars().take(NAME_CHARS_MAX);
            self.name = name.map(|c| if c == '/' { '_' } else { c }).collect();
        }
    }

    /// What is the same each time that this program connects: its transport, its name if it gives one early enough,
    /// and where it comes from.
    pub(crate) fn key(&self) -> String {
        format!("{} {} {}", self.kind.name(), self.from, self.name)
    }

    /// Whether it is known what it speaks.
    pub(crate) fn is_understood(&self) -> bool {
        self.wire.is_understood()
    }

    /// Takes bytes that have come.
    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        self.rx.push(bytes);
    }

    /// The next thing it says. While a file is on its way to it, its lines wait.
    pub(crate) fn next(&mut self) -> Result<Option<FromClient>, WireError> {
        loop {
            if self.pushed.is_none()
                && let Some(line) = self.behind.pop_front()
            {
                self.behind_bytes -= line.len() + LINE_BYTES;
                return Ok(Some(FromClient::Line(line)));
            }
            let (before, held) = (self.tx.len(), self.wire.held());
            let said = self.wire.decode(&mut self.rx, &mut self.tx);
            let length = self.tx.len() - before;
            self.unsent += length;
            match said? {
                Some(FromClient::Line(line)) if self.pushed.is_some() => {
                    self.behind_bytes += line.len() + LINE_BYTES;
                    self.behind.push_back(line);
                }
                Some(FromClient::FileTaken(taken)) => {
                    // The file was asked for; what had to wait for it was not.
                    self.unsent_replies += length - held.min(length);
                    return Ok(Some(FromClient::FileTaken(taken)));
                }
                other => return Ok(other),
            }
        }
    }

    /// How much it has said that waits until it has answered whether it takes a file, in bytes.
    pub(crate) const fn waiting_bytes(&self) -> usize {
        self.behind_bytes
    }

    /// True if it runs on this machine.
    pub(crate) const fn is_here(&self) -> bool {
        self.here
    }

    /// True if files can be pushed to it.
    pub(crate) fn takes_files(&self) -> bool {
        self.wire.takes_files()
    }

    /// Pushes a file that it has asked for with a command of that tag. The reply follows once it has let it come, an
    /// error if it has not: see [`Client::file_taken`].
    pub(crate) fn push_file(
        &mut self,
        name: &str,
        bytes: &[u8],
        then: &Reply<'_>,
        tag: Option<&Tag<'_>>,
    ) {
        debug_assert!(self.pushed.is_none(), "one file at a time");
        let line = |reply: &Reply<'_>| {
            let mut line = String::new();
            reply.write_line(self.protocol, tag, &mut line);
            line
        };
        self.pushed = Some(Pushed {
            taken: line(then),
            refused: line(&ErrorReply::NO_AVATAR.into()),
        });
        self.encode_reply(ToClient::File { name, bytes });
    }

    /// Queues the reply to the command that a file was pushed for, and gives the line for the log.
    pub(crate) fn file_taken(&mut self, taken: bool) -> Option<&str> {
        let pushed = self.pushed.take()?;
        let line = if taken { pushed.taken } else { pushed.refused };
        self.encode_reply(ToClient::Line(&line));
        self.line = line;
        Some(&self.line)
    }

    fn encode_reply(&mut self, message: ToClient<'_>) {
        let before = self.tx.len();
        self.wire.encode(message, &mut self.tx);
        let length = self.tx.len() - before;
        self.unsent += length;
        self.unsent_replies += length;
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

    /// Says that its connection lives, and whether its transport has words for that.
    pub(crate) fn keep_alive(&mut self) -> bool {
        let Some(line) = self.wire.keep_alive() else {
            return false;
        };
        let before = self.tx.len();
        self.wire.encode(ToClient::Line(line), &mut self.tx);
        self.unsent += self.tx.len() - before;
        true
    }

    /// True if it wants to be told now and then that its connection lives.
    pub(crate) fn is_kept_alive(&self) -> bool {
        self.wire.keep_alive().is_some()
    }

    /// Lets it take lines, in the form of the protocol version that its transport implies.
    pub(crate) fn attach(&mut self) {
        self.ready = true;
        self.protocol = self.wire.protocol().unwrap_or(FIRST_PROTOCOL);
    }

    /// Takes what is to be sent at once of what is queued; `None` if there is nothing. To be called until then.
    pub(crate) fn take_queued(
        &mut self,
        now: Instant,
        spare: impl FnOnce() -> Vec<u8>,
    ) -> Option<Vec<u8>> {
        if self.tx.is_empty() {
            return None;
        }
        self.stalled_since.get_or_insert(now);
        let mut bytes = spare();
        let count = self.wire.portion(&self.tx);
        if count < self.tx.len() {
            bytes.extend(self.tx.drain(..count));
        } else {
            core::mem::swap(&mut self.tx, &mut bytes);
        }
        Some(bytes)
    }

    /// Bytes have left.
    pub(crate) fn sent(&mut self, now: Instant, count: usize) {
        self.unsent = self.unsent.saturating_sub(count);
        self.unsent_replies = self.unsent_replies.min(self.unsent);
        self.progress.leave(count);
        self.stalled_since = (self.unsent > 0).then_some(now);
    }

    /// All that is queued so far tells up to this mark. What waits behind a file is not queued yet.
    pub(crate) fn mark(&mut self, mark: Mark) {
        if self.wire.held() == 0 {
            self.progress.mark(self.unsent, mark);
        }
    }

    /// How far it has been told, if nothing more leaves.
    pub(crate) fn told(&self) -> Told {
        if self.unsent == 0 && self.wire.held() == 0 {
            Told::All
        } else {
            self.progress.told()
        }
    }

    /// Bytes that have not left.
    pub(crate) const fn unsent(&self) -> usize {
        self.unsent
    }

    /// Bytes that have not left and that it did not ask for.
    pub(crate) fn unsent_notices(&self) -> usize {
        self.unsent - self.unsent_replies + self.wire.held()
    }

    /// Panics if it does not keep its own books, or holds more than `limits` allow. To be called between inputs.
    pub(crate) fn check_invariants(&self, limits: &Limits) {
        let behind: usize = self.behind.iter().map(|line| line.len() + LINE_BYTES).sum();
        assert_eq!(behind, self.behind_bytes, "lines that wait are counted");
        assert!(
            self.unsent_replies <= self.unsent,
            "replies that have not left are a part of all that has not left"
        );
        // Whatever is owed to one that is being closed goes nowhere any more.
        if self.closing {
            return;
        }
        assert!(self.tx.is_empty(), "what is said is sent at once");
        at_most(
            self.unsent_notices(),
            ("unsent_bytes", limits.unsent_bytes),
            "bytes of notices that a client has not taken",
        );
        assert_eq!(
            self.stalled_since.is_some(),
            self.unsent > 0,
            "a client that takes nothing is watched"
        );
        assert!(
            self.paused || self.waiting.is_none() && self.unsent <= limits.unsent_bytes_soft,
            "a client that has to wait is not read from"
        );
        if self.ready && !self.paused {
            let with_its_length = limits.frame_bytes + FRAME_LENGTH_BYTES;
            at_most(
                self.rx.len(),
                ("frame_bytes", with_its_length),
                "bytes of a command that has not come whole",
            );
        }
    }

    /// Since when nothing has left it, if something should.
    pub(crate) const fn stalled_since(&self) -> Option<Instant> {
        self.stalled_since
    }
}
