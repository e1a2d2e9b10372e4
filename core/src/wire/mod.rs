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

mod auto;
mod len8;
mod skyped;
mod skypenet;
mod skypeproxy;
mod terminated;

use auto::Auto;
use len8::{Len8, Len8Client};
use skyped::{Skyped, SkypedClient};
use skypenet::{Skypenet, SkypenetClient};
use skypeproxy::{SkypeProxy, SkypeProxyClient};

/// What a client said, freed of its framing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FromClient {
    /// It gave a password. The wire decodes nothing more until it is told [`ToClient::LoginResult`].
    Login {
        /// Who it says it is, on transports that ask for a name.
        name: Option<String>,
        /// The password.
        password: Secret,
    },
    /// From now on it can take lines; comes once, before any [`FromClient::Line`].
    Ready,
    /// A command line, perhaps empty. Invalid UTF-8 has been replaced, NULs have been left out.
    Line(String),
    /// What became of the [`ToClient::File`] before: whether the client has let it come. Comes once for each.
    FileTaken(bool),
    /// It says goodbye, and nothing after it. A transport without words for that just ends.
    Quit,
}

/// What is to be said to a client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ToClient<'a> {
    /// Whether the password was right.
    LoginResult(bool),
    /// A reply or a notice, without terminator; NULs in it are not sent. Only after [`FromClient::Ready`]:
    /// before it a client may take the bytes for something else.
    Line(&'a str),
    /// A file that the client has asked for; [`FromClient::FileTaken`] tells what became of it. Only if
    /// [`Wire::takes_files`], and one at a time. Lines that are said meanwhile are held back and follow in order.
    File {
        /// The path where the client wants it, as it has written it.
        name: &'a str,
        /// What is in it.
        bytes: &'a [u8],
    },
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
    /// A file that was asked for, to a client that takes files.
    File {
        /// Where it is to be written, as the client has asked for it.
        name: String,
        /// What is in it.
        bytes: Vec<u8>,
    },
}

/// How a peer broke a transport.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WireError {
    /// A frame longer than the limit.
    FrameTooLong {
        /// The length it announced, in bytes; one more than the limit where lengths are not announced.
        announced: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// A byte that cannot stand where it stands.
    Unexpected {
        /// The byte.
        byte: u8,
    },
    /// Something else where a login, or its result, has to stand.
    NoLogin,
    /// The beginning of TLS where no TLS is spoken.
    Tls,
    /// A beginning of no known transport.
    Unknown,
}

impl WireError {
    /// The error in words: whose fault, and what to do.
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::FrameTooLong { .. } => {
                "the other side announced a frame beyond the limit; check that it speaks this port's transport"
            }
            Self::Unexpected { .. } => {
                "the other side sent a byte that cannot stand there; check that it speaks this port's transport"
            }
            Self::NoLogin => {
                "the other side spoke without a login; check that it speaks this port's transport"
            }
            Self::Tls => {
                "the other side speaks TLS and this port does not; check which port it is meant for"
            }
            Self::Unknown => {
                "the other side speaks nothing that this port knows; check what it is and which port it is meant for"
            }
        }
    }
}

/// The server's end of one connection: bytes of a client in, what it said out, and back.
pub trait Wire {
    /// Takes the next thing the client said out of `rx`; `None` if more bytes are needed, or the result of a
    /// login. Answers that the transport itself owes (the single bytes of a handshake) are appended to `tx`.
    ///
    /// After a `None` that does not wait for a login, `rx` holds less than one frame of the longest length.
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

    /// Whether it is known what the client speaks, where that has to be found out.
    fn is_understood(&self) -> bool {
        true
    }

    /// True if files can be pushed to this client: it has said so, and it was offered.
    fn takes_files(&self) -> bool {
        false
    }

    /// How many bytes of lines are held back until a pushed file is taken or refused; a later
    /// [`Wire::decode`] appends them to its `tx`.
    fn held(&self) -> usize {
        0
    }

    /// How many bytes of `tx`, which is not empty, are to be sent at once: at least one, and all of it where it does
    /// not matter.
    fn portion(&self, tx: &[u8]) -> usize {
        tx.len()
    }

    /// The line that is said now and then so that the connection lives, on transports that have one.
    fn keep_alive(&self) -> Option<&'static str> {
        None
    }

    /// The protocol version of clients that do not ask for one, where it is not the first.
    fn protocol(&self) -> Option<u8> {
        None
    }
}

/// The client's end of one connection, for the console and for tests.
pub trait ClientWire {
    /// Appends what a client sends first to `tx`. Called once.
    fn start(&mut self, tx: &mut Vec<u8>);

    /// Takes the next thing the server said out of `rx`; appends what the handshake answers to `tx`. To be
    /// called right after [`ClientWire::start`] too: on some transports a client is ready without an answer.
    ///
    /// # Errors
    /// If the server broke the framing.
    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        tx: &mut Vec<u8>,
    ) -> Result<Option<FromServer>, WireError>;

    /// Appends the frame of a command line to `tx`; NULs in it are not sent, and a line that the transport
    /// cannot carry is left out altogether. Only after [`FromServer::Ready`].
    fn encode(&mut self, line: &str, tx: &mut Vec<u8>);
}

impl WireKind {
    /// The server's end of a new connection. `login` says whether a password is wanted, `files` whether the client
    /// is offered to have files pushed, on transports that can.
    #[must_use]
    pub fn start(self, login: bool, files: bool, limits: &Limits) -> Box<dyn Wire + Send> {
        match self {
            Self::SkypeProxy => Box::new(SkypeProxy::new(login, files, limits)),
            Self::Len8 => Box::new(Len8::new(login, limits)),
            Self::Skypenet => Box::new(Skypenet::new(limits)),
            Self::Skyped => Box::new(Skyped::new(limits)),
            Self::Auto => Box::new(Auto::new(login, files, limits)),
        }
    }

    /// The client's end of a new connection, with the password it gives if it is asked. An empty password
    /// is none: not every transport can carry it.
    #[must_use]
    pub fn connect(self, password: Option<Secret>) -> Box<dyn ClientWire + Send> {
        self.client(("", password), false)
    }

    /// Like [`WireKind::connect`], for a client that says who it is on transports that ask for it. Neither may hold
    /// what ends a message there, and the name no space.
    #[must_use]
    pub fn connect_as(self, name: &str, password: Option<Secret>) -> Box<dyn ClientWire + Send> {
        self.client((name, password), false)
    }

    /// Like [`WireKind::connect`], for a client that takes [`FromServer::File`]s where the transport can carry them.
    #[must_use]
    pub fn connect_for_files(self, password: Option<Secret>) -> Box<dyn ClientWire + Send> {
        self.client(("", password), true)
    }

    fn client(
        self,
        (name, password): (&str, Option<Secret>),
        files: bool,
    ) -> Box<dyn ClientWire + Send> {
        let password = password.filter(|password| !password.is_empty());
        let given = |password: Option<Secret>| password.unwrap_or_else(|| Secret::from(""));
        match self {
            // Whoever takes all transports takes the one that needs the fewest words, too.
            Self::SkypeProxy | Self::Auto => Box::new(SkypeProxyClient::new(password, files)),
            Self::Len8 => Box::new(Len8Client::default()),
            Self::Skypenet => Box::new(SkypenetClient::new(name, given(password))),
            Self::Skyped => Box::new(SkypedClient::new(name, given(password))),
        }
    }
}

/// Which transport a client speaks that begins with `bytes` at a listener of that kind; `None` if they do not say yet.
///
/// # Errors
/// If it is none.
pub(crate) fn told_kind(kind: WireKind, bytes: &[u8]) -> Result<Option<WireKind>, WireError> {
    match kind {
        WireKind::Auto => auto::tell(bytes),
        WireKind::SkypeProxy | WireKind::Len8 | WireKind::Skypenet | WireKind::Skyped => {
            Ok(Some(kind))
        }
    }
}

/// The line that the payload of a frame stands for: invalid UTF-8 replaced, and without the NULs that some
/// writers count as part of the text. At most three times as long as the payload.
fn line_of(payload: &[u8]) -> String {
    // Nearly all text is valid, and to see that takes a fraction of the time that replacing takes.
    let mut line = match core::str::from_utf8(payload) {
        Ok(text) => String::from(text),
        Err(_) => String::from_utf8_lossy(payload).into_owned(),
    };
    if memchr::memchr(0, payload).is_some() {
        line.retain(|c| c != '\0');
    }
    line
}

/// Appends the payload that stands for `line`: its text without NULs. No text at all becomes one NUL, which
/// the reader drops again, because a payload of length 0 means something else.
fn put_payload(line: &str, tx: &mut Vec<u8>) {
    let start = tx.len();
    if memchr::memchr(0, line.as_bytes()).is_none() {
        tx.extend_from_slice(line.as_bytes());
    } else {
        tx.extend(line.bytes().filter(|byte| *byte != 0));
    }
    if tx.len() == start {
        tx.push(0);
    }
}

#[cfg(test)]
mod tests;
