//! The SkypeProxy transport, both roles: a four-byte little-endian length, then text; length 0 starts a command.
//! Never compares a password: it hands it on and is told the result.
//!
//! Byte by byte in `core/docs/client-transports.md`.

use alloc::string::String;
use alloc::vec::Vec;

use super::{FromClient, ToClient, Wire, WireError, line_of, put_payload};
use crate::buf::RecvBuf;
use crate::config::Limits;
use crate::secret::Secret;

mod client;
mod slots;

pub(super) use client::SkypeProxyClient;
use slots::{First, Slots};

/// Bytes of the length in front of every frame.
const LENGTH_BYTES: usize = 4;
/// Command: the client asks whether it has to give a password.
const AUTHENTICATE: u8 = 1;
/// Command: the client asks for the server's flags.
const CAPABILITIES: u8 = 2;
/// Command: the client tells its own flags in one more byte.
const MY_CAPABILITIES: u8 = 3;
/// Flag of the server: a password is wanted.
const USE_AUTHENTICATION: u8 = 1;
/// Answer: yes, or accepted.
const YES: u8 = 1;
/// Answer: no, or refused.
const NO: u8 = 0;
/// Longest frame that a client takes from a server, in bytes; beyond it the framing is taken for broken.
const SERVER_FRAME_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What begins a receive buffer.
enum Item<'a> {
    /// The payload of a complete frame.
    Text(&'a [u8]),
    /// A command byte; its operands follow it.
    Command(u8),
}

impl Item<'_> {
    /// How many bytes it takes, without operands.
    const fn len(&self) -> usize {
        LENGTH_BYTES
            + match self {
                Self::Text(payload) => payload.len(),
                Self::Command(_) => 1,
            }
    }
}

/// The item at the beginning of `bytes`; `None` if it is not complete. The length is held against `limit` as
/// soon as it is there.
fn first_item(bytes: &[u8], limit: usize) -> Result<Option<Item<'_>>, WireError> {
    let Some((length, rest)) = bytes.split_first_chunk::<LENGTH_BYTES>() else {
        return Ok(None);
    };
    let announced = u32::from_le_bytes(*length) as usize;
    if announced == 0 {
        return Ok(rest.first().map(|command| Item::Command(*command)));
    }
    if announced > limit {
        return Err(WireError::FrameTooLong { announced, limit });
    }
    Ok(rest.get(..announced).map(Item::Text))
}

/// Appends the frame of `line`.
fn put_frame(line: &str, tx: &mut Vec<u8>) {
    let start = tx.len();
    tx.extend_from_slice(&[0; LENGTH_BYTES]);
    put_payload(line, tx);
    let text = start + LENGTH_BYTES;
    let Ok(length) = u32::try_from(tx.len() - text) else {
        debug_assert!(false, "a line of more than 4 GiB");
        tx.truncate(start);
        return;
    };
    tx[start..text].copy_from_slice(&length.to_le_bytes());
}

/// Appends a command byte behind the length that announces one.
fn put_command(command: u8, tx: &mut Vec<u8>) {
    tx.extend_from_slice(&[0; LENGTH_BYTES]);
    tx.push(command);
}

/// How far a client has come.
///
/// ```text
/// Locked --AUTHENTICATE--> PasswordNext --frame--> Checking --right--> Unlocked --CAPABILITIES or text--> Ready
///    ^                                                |
///    +----------------------wrong---------------------+
/// ```
///
/// Without a password it begins at `Unlocked`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// A password is wanted; text is dropped.
    Locked,
    /// The next frame is the password.
    PasswordNext,
    /// The password has been handed on; nothing is decoded before its result.
    Checking,
    /// The client may speak but perhaps cannot listen yet.
    Unlocked,
    /// The client reads frames.
    Ready,
}

/// The server's end.
#[derive(Debug)]
pub(super) struct SkypeProxy {
    state: State,
    login: bool,
    slots: Slots,
    frame_bytes_before_login: usize,
    frame_bytes: usize,
}

impl SkypeProxy {
    /// A new connection; `login` says whether a password is wanted, `slots` whether file slots are offered.
    pub(super) const fn new(login: bool, slots: bool, limits: &Limits) -> Self {
        Self {
            state: if login {
                State::Locked
            } else {
                State::Unlocked
            },
            login,
            slots: Slots::new(slots),
            frame_bytes_before_login: limits.frame_bytes_before_login,
            frame_bytes: limits.frame_bytes,
        }
    }

    const fn logged_in(&self) -> bool {
        match self.state {
            State::Locked | State::PasswordNext | State::Checking => false,
            State::Unlocked | State::Ready => true,
        }
    }

    const fn limit(&self) -> usize {
        if self.logged_in() {
            self.frame_bytes
        } else {
            self.frame_bytes_before_login
        }
    }

    /// Takes a command with its operands out of `rx` and answers it; `None` if an operand is missing.
    fn obey(&mut self, command: u8, rx: &mut RecvBuf, tx: &mut Vec<u8>) -> Option<()> {
        let operands = usize::from(command == MY_CAPABILITIES);
        let length = LENGTH_BYTES + 1 + operands;
        let operand = rx.as_slice().get(length - 1).copied()?;
        rx.consume(length);
        match command {
            AUTHENTICATE if self.logged_in() => tx.push(NO),
            AUTHENTICATE => {
                self.state = State::PasswordNext;
                tx.push(YES);
            }
            CAPABILITIES => {
                let login = if self.login { USE_AUTHENTICATION } else { 0 };
                tx.push(login | self.slots.flag());
            }
            MY_CAPABILITIES => self.slots.agree(operand),
            _ => tx.push(NO),
        }
        Some(())
    }
}

impl Wire for SkypeProxy {
    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        tx: &mut Vec<u8>,
    ) -> Result<Option<FromClient>, WireError> {
        while self.state != State::Checking {
            if let Some(taken) = self.slots.outcome() {
                return Ok(Some(FromClient::FileTaken(taken)));
            }
            match self.slots.first(rx.as_slice()) {
                First::Item => {}
                First::Answer(answer) => {
                    rx.consume(1);
                    self.slots.answered(answer, tx);
                    continue;
                }
                First::Unclear => return Ok(None),
            }
            let Some(item) = first_item(rx.as_slice(), self.limit())? else {
                return Ok(None);
            };
            let length = item.len();
            match item {
                Item::Command(command) => {
                    if self.obey(command, rx, tx).is_none() {
                        return Ok(None);
                    }
                    if command == CAPABILITIES && self.state == State::Unlocked {
                        self.state = State::Ready;
                        return Ok(Some(FromClient::Ready));
                    }
                }
                Item::Text(payload) => match self.state {
                    State::Locked | State::Checking => rx.consume(length),
                    State::PasswordNext => {
                        let password = Secret::new(password_of(payload));
                        rx.wipe(length);
                        self.state = State::Checking;
                        return Ok(Some(FromClient::Login {
                            name: None,
                            password,
                        }));
                    }
                    State::Unlocked => {
                        // The frame stays where it is; its line comes with the next call.
                        self.state = State::Ready;
                        return Ok(Some(FromClient::Ready));
                    }
                    State::Ready => {
                        let line = line_of(payload);
                        rx.consume(length);
                        return Ok(Some(FromClient::Line(line)));
                    }
                },
            }
        }
        Ok(None)
    }

    fn encode(&mut self, message: ToClient<'_>, tx: &mut Vec<u8>) {
        match message {
            ToClient::LoginResult(right) => {
                debug_assert_eq!(self.state, State::Checking, "a result nobody waits for");
                self.state = if right {
                    State::Unlocked
                } else {
                    State::Locked
                };
                tx.push(if right { YES } else { NO });
            }
            ToClient::Line(line) => put_frame(line, self.slots.queue(tx)),
            ToClient::File { name, bytes } => self.slots.push(name, bytes, tx),
        }
    }

    fn takes_files(&self) -> bool {
        self.slots.is_agreed()
    }

    fn held(&self) -> usize {
        self.slots.held()
    }
}

/// The password in a frame, without the NULs at its end that some writers count in.
fn password_of(payload: &[u8]) -> String {
    let end = payload
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    String::from_utf8_lossy(&payload[..end]).into_owned()
}

#[cfg(test)]
mod tests;
