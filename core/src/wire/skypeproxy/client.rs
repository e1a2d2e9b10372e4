//! The client's end of SkypeProxy, for the console and for tests.
//! Never sends what a known client would not send.

use alloc::vec::Vec;

use super::super::{ClientWire, FromServer};
use super::slots::{ClientSlots, Heard, USE_SLOTS};
use super::{
    AUTHENTICATE, CAPABILITIES, Item, LENGTH_BYTES, MY_CAPABILITIES, NO, SERVER_FRAME_BYTES_MAX,
    USE_AUTHENTICATION, WireError, YES, first_item, line_of, put_command, put_frame,
};
use crate::buf::RecvBuf;
use crate::secret::Secret;

/// What the client waits for.
#[derive(Debug)]
enum Awaited {
    /// Whether a password is wanted.
    Question {
        /// What to give then.
        password: Secret,
    },
    /// Whether the password was right.
    Result,
    /// The server's flags.
    Flags {
        /// Whether a password has been accepted, which makes the flag of the same name meaningless.
        logged_in: bool,
    },
    /// Frames.
    Lines,
    /// Nothing any more.
    Nothing,
}

/// The client's end.
#[derive(Debug)]
pub(in crate::wire) struct SkypeProxyClient {
    awaited: Awaited,
    /// Set if it takes files.
    slots: Option<ClientSlots>,
}

impl SkypeProxyClient {
    /// A new connection; `password` is not empty. `files` says whether files are taken from servers that have some.
    pub(in crate::wire) fn new(password: Option<Secret>, files: bool) -> Self {
        Self {
            slots: files.then(ClientSlots::default),
            awaited: match password {
                Some(password) => Awaited::Question { password },
                None => Awaited::Flags { logged_in: false },
            },
        }
    }

    fn ask_flags(&mut self, logged_in: bool, tx: &mut Vec<u8>) {
        put_command(CAPABILITIES, tx);
        self.awaited = Awaited::Flags { logged_in };
    }

    fn refused(&mut self) -> FromServer {
        self.awaited = Awaited::Nothing;
        FromServer::Refused
    }

    /// Takes one answer byte.
    fn answered(&mut self, answer: u8, tx: &mut Vec<u8>) -> Result<Option<FromServer>, WireError> {
        match (&self.awaited, answer) {
            (Awaited::Question { password }, YES) => {
                put_frame(password.reveal(), tx);
                self.awaited = Awaited::Result;
            }
            (Awaited::Question { .. }, NO) => self.ask_flags(false, tx),
            (Awaited::Result, YES) => self.ask_flags(true, tx),
            (Awaited::Result, NO) => return Ok(Some(self.refused())),
            (Awaited::Question { .. } | Awaited::Result, byte) => {
                return Err(WireError::Unexpected { byte });
            }
            (Awaited::Flags { logged_in: false }, flags) if flags & USE_AUTHENTICATION != 0 => {
                return Ok(Some(self.refused()));
            }
            (Awaited::Flags { .. }, flags) => {
                if let Some(slots) = self.slots.as_mut().filter(|_| flags & USE_SLOTS != 0) {
                    slots.agreed = true;
                    put_command(MY_CAPABILITIES, tx);
                    tx.push(USE_SLOTS);
                }
                self.awaited = Awaited::Lines;
                return Ok(Some(FromServer::Ready));
            }
            (Awaited::Lines | Awaited::Nothing, _) => {}
        }
        Ok(None)
    }
}

impl ClientWire for SkypeProxyClient {
    fn start(&mut self, tx: &mut Vec<u8>) {
        match self.awaited {
            Awaited::Question { .. } => put_command(AUTHENTICATE, tx),
            Awaited::Flags { .. } => put_command(CAPABILITIES, tx),
            Awaited::Result | Awaited::Lines | Awaited::Nothing => {
                debug_assert!(false, "started twice");
            }
        }
    }

    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        tx: &mut Vec<u8>,
    ) -> Result<Option<FromServer>, WireError> {
        loop {
            match self.awaited {
                Awaited::Question { .. } | Awaited::Result | Awaited::Flags { .. } => {
                    let Some(answer) = rx.as_slice().first().copied() else {
                        return Ok(None);
                    };
                    rx.consume(1);
                    if let Some(heard) = self.answered(answer, tx)? {
                        return Ok(Some(heard));
                    }
                }
                Awaited::Lines => {
                    let item = first_item(rx.as_slice(), SERVER_FRAME_BYTES_MAX)?;
                    match item {
                        None => return Ok(None),
                        Some(Item::Command(command)) => {
                            // Servers command only clients that said they have file slots.
                            let Some(slots) = self.slots.as_mut().filter(|slots| slots.agreed)
                            else {
                                return Err(WireError::Unexpected { byte: command });
                            };
                            match slots.obey(command, rx, tx)? {
                                Heard::More => return Ok(None),
                                Heard::Obeyed => {}
                                Heard::File(name, bytes) => {
                                    return Ok(Some(FromServer::File { name, bytes }));
                                }
                            }
                        }
                        Some(Item::Text(payload)) => {
                            let line = line_of(payload);
                            rx.consume(LENGTH_BYTES + payload.len());
                            return Ok(Some(FromServer::Line(line)));
                        }
                    }
                }
                Awaited::Nothing => {
                    rx.consume(rx.len());
                    return Ok(None);
                }
            }
        }
    }

    fn encode(&mut self, line: &str, tx: &mut Vec<u8>) {
        put_frame(line, tx);
    }
}
