//! The server's end of a SkypeProxy connection against bytes of any kind.
//! Never generates bytes: fuzzers bring new ones, `tests/corpus.rs` those that were kept.

use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::config::{Limits, WireKind};
use imo2sproxy_core::wire::{FromClient, ToClient, Wire, WireError};

use super::cuts::pieces;

/// Bit of the first byte: a password is wanted.
const PASSWORD_WANTED: u8 = 1;
/// Bit of the first byte: whatever password comes is the right one.
const PASSWORD_RIGHT: u8 = 2;
/// Bit of the first byte: file slots are offered, and a file is pushed whenever a line comes and none is on its way.
const FILES_PUSHED: u8 = 4;
/// What is pushed then.
const FILE: ToClient<'_> = ToClient::File {
    name: "a.jpg",
    bytes: b"a picture that stands nowhere else",
};
/// Longest frame before a login in this target, in bytes: short, so that short inputs reach it.
const FRAME_BYTES_BEFORE_LOGIN: usize = 64;
/// Longest frame after a login in this target, in bytes.
const FRAME_BYTES: usize = 1024;
/// What may stand in front of an incomplete frame, in bytes: a length, or a length and a command byte.
const HEAD_BYTES_MAX: usize = 5;

/// The server's end of a SkypeProxy connection. The first byte says whether a password is wanted and whether
/// it is right, and whether files are pushed; the others are what the client sends.
///
/// # Panics
/// If what is heard, answered or refused depends on how the bytes are cut; if a line that was heard, sent
/// again by a client, is not heard as the same; if more is held than one frame; if anything but a
/// password is heard before the login, or a line before the client is ready; if a file goes out that the client has
/// not let come, or one is neither taken nor refused nor on its way.
pub fn skypeproxy_frame(data: &[u8]) {
    let Some((options, stream)) = data.split_first() else {
        return;
    };
    let mut whole = Session::new(*options);
    whole.receive(stream);

    if options & FILES_PUSHED != 0 {
        // The answer about a file is a bare byte, which cuts in the wrong places can make out of the length of a frame.
        return whole.check_files();
    }
    let mut split = Session::new(*options);
    pieces(stream, 0).for_each(|piece| split.receive(piece));
    assert_eq!(whole.heard, split.heard, "heard depends on the cuts");
    assert_eq!(whole.tx, split.tx, "answered depends on the cuts");
    assert_eq!(whole.error, split.error, "refused depends on the cuts");

    for message in &whole.heard {
        if let FromClient::Line(line) = message {
            assert_eq!(sent_again(line), [FromClient::Ready, message.clone()]);
        }
    }
}

/// What a server hears if a client sends `line` as its first.
fn sent_again(line: &str) -> Vec<FromClient> {
    let mut bytes = Vec::new();
    WireKind::SkypeProxy.connect(None).encode(line, &mut bytes);
    // Replaced bytes grow: only the default limits have room for all lines that were heard.
    let mut wire = WireKind::SkypeProxy.start(false, false, &Limits::default());
    let mut rx = RecvBuf::new();
    rx.push(&bytes);
    let mut heard = Vec::new();
    while let Ok(Some(message)) = wire.decode(&mut rx, &mut Vec::new()) {
        heard.push(message);
    }
    assert!(rx.is_empty(), "one line, one frame");
    heard
}

/// The server's end of one connection with all that came of it.
struct Session {
    wire: Box<dyn Wire + Send>,
    files_pushed: bool,
    pushing: bool,
    pushed: usize,
    password_right: bool,
    logged_in: bool,
    ready: bool,
    rx: RecvBuf,
    tx: Vec<u8>,
    heard: Vec<FromClient>,
    error: Option<WireError>,
}

impl Session {
    fn new(options: u8) -> Self {
        let password_wanted = options & PASSWORD_WANTED != 0;
        let files_pushed = options & FILES_PUSHED != 0;
        let limits = Limits {
            frame_bytes_before_login: FRAME_BYTES_BEFORE_LOGIN,
            frame_bytes: FRAME_BYTES,
            ..Limits::default()
        };
        Self {
            wire: WireKind::SkypeProxy.start(password_wanted, files_pushed, &limits),
            files_pushed,
            pushing: false,
            pushed: 0,
            password_right: options & PASSWORD_RIGHT != 0,
            logged_in: !password_wanted,
            ready: false,
            rx: RecvBuf::new(),
            tx: Vec::new(),
            heard: Vec::new(),
            error: None,
        }
    }

    /// Takes bytes in and hears all there is to hear; deaf after an error, as a closed connection is.
    fn receive(&mut self, bytes: &[u8]) {
        if self.error.is_some() {
            return;
        }
        self.rx.push(bytes);
        loop {
            match self.wire.decode(&mut self.rx, &mut self.tx) {
                Ok(Some(message)) => self.hear(message),
                Ok(None) => break,
                Err(error) => {
                    self.error = Some(error);
                    return;
                }
            }
        }
        let limit = if self.logged_in {
            FRAME_BYTES
        } else {
            FRAME_BYTES_BEFORE_LOGIN
        };
        assert!(self.rx.len() <= limit + HEAD_BYTES_MAX, "held too much");
    }

    /// Each pushed file was taken, refused, or is on its way, and those that were taken have gone out.
    fn check_files(&self) {
        let ToClient::File { bytes, .. } = FILE else {
            return;
        };
        let count = |message| self.heard.iter().filter(|heard| **heard == message).count();
        let taken = count(FromClient::FileTaken(true));
        let over = taken + count(FromClient::FileTaken(false));
        assert_eq!(over + usize::from(self.pushing), self.pushed);
        let sent = self.tx.windows(bytes.len()).filter(|part| part == &bytes);
        assert_eq!(sent.count(), taken, "a file for each that was taken");
    }

    fn hear(&mut self, message: FromClient) {
        match &message {
            FromClient::Login { .. } => {
                assert!(!self.logged_in, "a password nobody asked for");
                self.logged_in = self.password_right;
                self.wire
                    .encode(ToClient::LoginResult(self.password_right), &mut self.tx);
            }
            FromClient::Ready => {
                assert!(self.logged_in, "ready before the login");
                assert!(!self.ready, "ready twice");
                self.ready = true;
            }
            FromClient::Line(_) => {
                assert!(self.ready, "a line before the client was ready");
                if self.files_pushed && self.wire.takes_files() && !self.pushing {
                    self.wire.encode(FILE, &mut self.tx);
                    self.pushing = true;
                    self.pushed += 1;
                }
            }
            FromClient::Quit => panic!("nobody has words for that here"),
            FromClient::FileTaken(_) => {
                assert!(self.pushing, "an answer to no question");
                self.pushing = false;
            }
        }
        self.heard.push(message);
    }
}
