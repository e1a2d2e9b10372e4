//! Client transports: how bytes become the lines of a client, and lines bytes, in both roles.
//! Never hears of accounts or of imo: a wire knows framing, its login dialect, and nothing else.
//!
//! The rules are written down in `core/docs/client-transports.md`.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::buf::RecvBuf;
use crate::config::{Limits, WireKind};
use crate::secret::Secret;

/// What a client said, freed of its framing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FromClient {
    /// It gave a password. The wire decodes nothing more until it is told [`ToClient::LoginResult`].
    Login(Secret),
    /// From now on it can take lines; comes once, before any [`FromClient::Line`].
    Ready,
    /// A command line. Invalid UTF-8 has been replaced.
    Line(String),
}

/// What is to be said to a client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ToClient<'a> {
    /// Whether the password was right.
    LoginResult(bool),
    /// A reply or a notice, without terminator.
    Line(&'a str),
}

/// What a server said, freed of its framing: the other role, for the console and for tests.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FromServer {
    /// The handshake is over; lines may be sent.
    Ready,
    /// The password was refused, or one is wanted and none is at hand.
    Refused,
    /// A reply or a notice.
    Line(String),
}

/// How a peer broke a transport.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WireError {
    /// A frame longer than the limit.
    FrameTooLong {
        /// The length it announced, in bytes.
        announced: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// A byte that cannot stand where it stands.
    Unexpected {
        /// The byte.
        byte: u8,
    },
}

/// The server's end of one connection: bytes of a client in, what it said out, and back.
pub trait Wire {
    /// Takes the next thing the client said out of `rx`; `None` if more bytes are needed. Answers that the
    /// transport itself owes (the single bytes of a handshake) are appended to `tx`.
    ///
    /// # Errors
    /// If the client broke the framing; the connection is then to be closed.
    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        tx: &mut Vec<u8>,
    ) -> Result<Option<FromClient>, WireError>;

    /// Appends the bytes of `message` to `tx`.
    fn encode(&mut self, message: ToClient<'_>, tx: &mut Vec<u8>);
}

/// The client's end of one connection, for the console and for tests.
pub trait ClientWire {
    /// Appends what a client sends first to `tx`. Called once.
    fn start(&mut self, tx: &mut Vec<u8>);

    /// Takes the next thing the server said out of `rx`; appends what the handshake answers to `tx`.
    ///
    /// # Errors
    /// If the server broke the framing.
    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        tx: &mut Vec<u8>,
    ) -> Result<Option<FromServer>, WireError>;

    /// Appends the frame of a command line to `tx`.
    fn encode(&mut self, line: &str, tx: &mut Vec<u8>);
}

impl WireKind {
    /// The server's end of a new connection. `login` says whether a password is wanted.
    #[must_use]
    pub fn start(self, login: bool, limits: &Limits) -> Box<dyn Wire + Send> {
        let _ = (login, limits);
        unimplemented!("the wires are written next")
    }

    /// The client's end of a new connection, with the password it gives if it is asked.
    #[must_use]
    pub fn connect(self, password: Option<Secret>) -> Box<dyn ClientWire + Send> {
        let _ = password;
        unimplemented!("the wires are written next")
    }
}
