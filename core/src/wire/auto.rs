//! The transport of a listener that takes several: the first bytes tell which one a client speaks.
//! Never says anything before that is clear, and never takes back what it has found.
//!
//! The table is in `core/docs/client-transports.md`, "Telling the transports apart".

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{FromClient, ToClient, Wire, WireError};
use crate::buf::RecvBuf;
use crate::config::{Limits, WireKind};

/// So many bytes are enough to tell.
const BYTES_MAX: usize = 9;
/// What the first line of a client begins with, unless it begins with a tag.
const VERBS: [&[u8]; 15] = [
    b"ALTER",
    b"CALL",
    b"CHAT", // also CHATMESSAGE
    b"CREATE",
    b"DELETE",
    b"FOCUS",
    b"GET",
    b"MESSAGE",
    b"MINIMIZE",
    b"NAME",
    b"OPEN",
    b"PING",
    b"PROTOCOL",
    b"SEARCH",
    b"SET",
];

/// What the bytes so far say about one thing that may be there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Fit {
    No,
    /// More bytes are needed.
    Perhaps,
    Yes,
}

/// Whether `bytes` begin with `start`.
fn begins(bytes: &[u8], start: &[u8]) -> Fit {
    if bytes.starts_with(start) {
        Fit::Yes
    } else if start.starts_with(bytes) {
        Fit::Perhaps
    } else {
        Fit::No
    }
}

/// Whether each byte of `bytes`, as far as they are there, is as it should be.
fn each(bytes: &[u8], wanted: &[fn(u8) -> bool]) -> Fit {
    if bytes.iter().zip(wanted).any(|(byte, fits)| !fits(*byte)) {
        Fit::No
    } else if bytes.len() < wanted.len() {
        Fit::Perhaps
    } else {
        Fit::Yes
    }
}

const fn printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

fn tls(bytes: &[u8]) -> Fit {
    each(bytes, &[|b| b == 0x16, |b| b == 3, |b| b <= 4])
}

fn skypeproxy(bytes: &[u8]) -> Fit {
    let zero = |b| b == 0;
    if bytes.iter().take(2).all(|byte| *byte == 0) {
        each(bytes, &[zero, zero, zero, zero, |b| matches!(b, 1..=3)])
    } else {
        each(bytes, &[|_| true, |_| true, zero, zero, printable])
    }
}

fn len8(bytes: &[u8]) -> Fit {
    let Some((length, text)) = bytes.split_first() else {
        return Fit::Perhaps;
    };
    // A bare `#` could also be the second byte of a length of four.
    let tagged = each(bytes, &[|b| b > 1, |b| b == b'#', printable]);
    let verbs = VERBS.iter();
    let fitting = verbs.filter(|verb| verb.len() <= usize::from(*length));
    fitting
        .map(|verb| begins(text, verb))
        .fold(tagged, Fit::max)
}

/// Which transport a client speaks that begins with `bytes`; `None` if they do not say yet.
pub(super) fn tell(bytes: &[u8]) -> Result<Option<WireKind>, WireError> {
    let start = &bytes[..bytes.len().min(BYTES_MAX)];
    let kinds = [
        (WireKind::Skypenet, begins(start, b"LOGIN ")),
        (WireKind::Skyped, begins(start, b"USERNAME ")),
        (WireKind::SkypeProxy, skypeproxy(start)),
        (WireKind::Len8, len8(start)),
    ];
    if tls(start) == Fit::Yes {
        return Err(WireError::Tls);
    }
    if let Some((kind, _)) = kinds.iter().find(|(_, fit)| *fit == Fit::Yes) {
        return Ok(Some(*kind));
    }
    let mut fits = kinds.iter().map(|(_, fit)| *fit).chain([tls(start)]);
    if fits.any(|fit| fit == Fit::Perhaps) {
        Ok(None)
    } else {
        Err(WireError::Unknown)
    }
}

/// The server's end.
pub(super) enum Auto {
    /// Nobody knows yet what the client speaks.
    Unclear {
        /// A password is wanted.
        login: bool,
        /// Files are offered.
        files: bool,
        /// For the wire that it will be.
        limits: Box<Limits>,
    },
    /// It speaks this.
    Told(Box<dyn Wire + Send>),
}

impl Auto {
    /// A new connection.
    pub(super) fn new(login: bool, files: bool, limits: &Limits) -> Self {
        Self::Unclear {
            login,
            files,
            limits: Box::new(limits.clone()),
        }
    }

    fn told(&self) -> Option<&(dyn Wire + Send)> {
        match self {
            Self::Unclear { .. } => None,
            Self::Told(wire) => Some(wire.as_ref()),
        }
    }
}

impl Wire for Auto {
    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        tx: &mut Vec<u8>,
    ) -> Result<Option<FromClient>, WireError> {
        if let Self::Unclear {
            login,
            files,
            limits,
        } = self
        {
            let Some(kind) = tell(rx.as_slice())? else {
                return Ok(None);
            };
            *self = Self::Told(kind.start(*login, *files, limits));
        }
        match self {
            Self::Told(wire) => wire.decode(rx, tx),
            Self::Unclear { .. } => Ok(None),
        }
    }

    fn encode(&mut self, message: ToClient<'_>, tx: &mut Vec<u8>) {
        match self {
            Self::Told(wire) => wire.encode(message, tx),
            Self::Unclear { .. } => debug_assert!(false, "nobody knows how to say that"),
        }
    }

    fn is_understood(&self) -> bool {
        self.told().is_some()
    }

    fn takes_files(&self) -> bool {
        self.told().is_some_and(Wire::takes_files)
    }

    fn held(&self) -> usize {
        self.told().map_or(0, Wire::held)
    }

    fn portion(&self, tx: &[u8]) -> usize {
        self.told().map_or(tx.len(), |wire| wire.portion(tx))
    }

    fn keep_alive(&self) -> Option<&'static str> {
        self.told().and_then(Wire::keep_alive)
    }

    fn protocol(&self) -> Option<u8> {
        self.told().and_then(Wire::protocol)
    }
}

#[cfg(test)]
mod tests;
