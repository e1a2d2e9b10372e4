//! The skypenet transport, both roles: text that ends with byte 23, and a line with name and password in front.
//! Never compares a password: it hands it on and is told the result.
//!
//! Byte by byte in `core/docs/client-transports.md`, "(c) skypenet".

use alloc::string::String;
use alloc::vec::Vec;

use super::terminated::{first_length, put_message};
use super::{ClientWire, FromClient, FromServer, ToClient, Wire, WireError, line_of};
use crate::buf::RecvBuf;
use crate::config::Limits;
use crate::secret::Secret;

/// What ends a message.
const END: u8 = 23;
/// How a client begins; its name and its password follow.
const LOGIN: &str = "LOGIN ";
/// What tells it that they are right.
const WELCOME: &str = "LOGIN";
/// What tells it that they are not: the only words that end an account there with an error.
const REFUSAL: &str = "CONNSTATUS LOGGEDOUT";
/// The last word of a client.
const QUIT: &str = "QUIT";
/// A client that reads just so many bytes at once waits for more before it looks at them.
const READ_BYTES: usize = 3095;
/// Longest message that a client takes from a server, in bytes; beyond it the framing is taken for broken.
const SERVER_MESSAGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Appends `line` as a message. What is queued never comes to a multiple of [`READ_BYTES`]: an empty message, which
/// means nothing, makes it longer.
fn put(line: &str, tx: &mut Vec<u8>) {
    put_message(line, END, tx);
    if !tx.is_empty() && tx.len().is_multiple_of(READ_BYTES) {
        tx.push(END);
    }
}

/// The name and the password of a message that logs in: the password is all behind the space after the name.
fn credentials(message: &str) -> Option<(&str, &str)> {
    message.strip_prefix(LOGIN)?.split_once(' ')
}

/// How far a client has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// It has to log in.
    Locked,
    /// Its name and its password have been handed on; nothing is decoded before the result.
    Checking,
    /// It has been let in and has not spoken since.
    Unlocked,
    /// It has spoken, so it listens to more than the result.
    Ready,
    /// It was refused or has said goodbye; whatever else it says means nothing.
    Over,
}

/// The server's end.
#[derive(Debug)]
pub(super) struct Skypenet {
    state: State,
    before_login: usize,
    after_login: usize,
}

impl Skypenet {
    /// A new connection. A client gives name and password whether they are wanted or not.
    pub(super) const fn new(limits: &Limits) -> Self {
        Self {
            state: State::Locked,
            before_login: limits.frame_bytes_before_login,
            after_login: limits.frame_bytes,
        }
    }

    const fn limit(&self) -> usize {
        match self.state {
            State::Locked | State::Checking | State::Over => self.before_login,
            State::Unlocked | State::Ready => self.after_login,
        }
    }
}

impl Wire for Skypenet {
    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        _tx: &mut Vec<u8>,
    ) -> Result<Option<FromClient>, WireError> {
        if self.state == State::Over {
            rx.wipe(rx.len());
        }
        while self.state != State::Checking
            && let Some(length) = first_length(rx, END, self.limit())?
        {
            if length == 0 {
                rx.consume(1);
                continue;
            }
            let message = line_of(&rx.as_slice()[..length]);
            match self.state {
                State::Locked => {
                    let (name, password) = credentials(&message).ok_or(WireError::NoLogin)?;
                    let (name, password) = (name.into(), Secret::from(password));
                    drop(Secret::new(message));
                    rx.wipe(length + 1);
                    self.state = State::Checking;
                    return Ok(Some(FromClient::Login {
                        name: Some(name),
                        password,
                    }));
                }
                State::Unlocked | State::Ready if message == QUIT => {
                    rx.wipe(rx.len());
                    self.state = State::Over;
                    return Ok(Some(FromClient::Quit));
                }
                State::Unlocked => {
                    // The message stays where it is; its line comes with the next call.
                    self.state = State::Ready;
                    return Ok(Some(FromClient::Ready));
                }
                State::Checking | State::Ready | State::Over => {
                    rx.consume(length + 1);
                    return Ok(Some(FromClient::Line(message)));
                }
            }
        }
        Ok(None)
    }

    fn encode(&mut self, message: ToClient<'_>, tx: &mut Vec<u8>) {
        match message {
            ToClient::LoginResult(right) => {
                debug_assert_eq!(self.state, State::Checking, "a result nobody waits for");
                self.state = if right { State::Unlocked } else { State::Over };
                put(if right { WELCOME } else { REFUSAL }, tx);
            }
            ToClient::Line(line) => put(line, tx),
            ToClient::File { .. } => debug_assert!(false, "nobody takes files here"),
        }
    }
}

/// The client's end.
#[derive(Debug)]
pub(super) struct SkypenetClient {
    name: String,
    password: Secret,
    state: ClientState,
}

/// How far it has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ClientState {
    Asking,
    Ready,
    Refused,
}

impl SkypenetClient {
    /// A client that logs in as `name`.
    pub(super) fn new(name: &str, password: Secret) -> Self {
        Self {
            name: name.into(),
            password,
            state: ClientState::Asking,
        }
    }
}

impl ClientWire for SkypenetClient {
    fn start(&mut self, tx: &mut Vec<u8>) {
        tx.extend_from_slice(LOGIN.as_bytes());
        tx.extend_from_slice(self.name.as_bytes());
        tx.push(b' ');
        tx.extend_from_slice(self.password.reveal().as_bytes());
        tx.push(END);
    }

    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        _tx: &mut Vec<u8>,
    ) -> Result<Option<FromServer>, WireError> {
        while let Some(length) = first_length(rx, END, SERVER_MESSAGE_BYTES_MAX)? {
            let line = line_of(&rx.as_slice()[..length]);
            rx.consume(length + 1);
            match self.state {
                _ if length == 0 => {}
                ClientState::Asking => {
                    let (state, heard) = match line.as_str() {
                        WELCOME => (ClientState::Ready, FromServer::Ready),
                        REFUSAL => (ClientState::Refused, FromServer::Refused),
                        _ => return Err(WireError::NoLogin),
                    };
                    self.state = state;
                    return Ok(Some(heard));
                }
                ClientState::Ready => return Ok(Some(FromServer::Line(line))),
                ClientState::Refused => {}
            }
        }
        Ok(None)
    }

    fn encode(&mut self, line: &str, tx: &mut Vec<u8>) {
        put_message(line, END, tx);
    }
}

#[cfg(test)]
mod tests;
