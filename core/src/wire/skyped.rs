//! The skyped transport, the server's end: lines of text, with a line for the name and one for the password in front.
//! Never compares a password, and never hears of TLS: whoever drives the connection does that.
//!
//! Byte by byte in `core/docs/client-transports.md`, "(d) skyped".

use alloc::string::String;
use alloc::vec::Vec;

use super::terminated::first_length;
use super::{FromClient, ToClient, Wire, WireError, line_of};
use crate::buf::RecvBuf;
use crate::config::Limits;
use crate::secret::Secret;

mod client;
mod lines;

pub(super) use client::SkypedClient;
use lines::put_lines;

/// What ends a line.
const END: u8 = b'\n';
/// How a client begins; its name follows.
const USERNAME: &str = "USERNAME ";
/// What it says next; its password follows.
const PASSWORD: &str = "PASSWORD ";
/// What tells it that both are right.
const WELCOME: &str = "PASSWORD OK";
/// What tells it that they are not.
const REFUSAL: &str = "PASSWORD KO";
/// What is said now and then, so that the connection lives.
const PING: &str = "PING";
/// What a client answers; it is swallowed.
const PONG: &str = "PONG";
/// Longest piece that is sent at once, and so longest line with its end, in bytes: a client looks at each TLS record
/// by itself, and one that reads 16 KiB at once gives up.
const BURST_BYTES_MAX: usize = 16_000;
/// The protocol version that clients speak without asking for one: that of the program that stood in this place.
const PROTOCOL: u8 = 5;

/// How far a client has come.
#[derive(Clone, PartialEq, Eq, Debug)]
enum State {
    /// It has to give its name.
    Locked,
    /// It has given its name, which this is, and has to give its password.
    Named(String),
    /// Both have been handed on; nothing is decoded before the result.
    Checking,
    /// It has been let in, which has not been reported.
    Unlocked,
    /// It may speak, and listens.
    Ready,
    /// It was refused; whatever it says means nothing.
    Refused,
}

/// The server's end.
#[derive(Debug)]
pub(super) struct Skyped {
    state: State,
    before_login: usize,
    after_login: usize,
}

impl Skyped {
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
            State::Locked | State::Named(_) | State::Checking | State::Refused => self.before_login,
            State::Unlocked | State::Ready => self.after_login,
        }
    }

    /// Takes a line, which is not empty. Only in a state in which lines are taken.
    fn take(&mut self, line: String) -> Result<Option<FromClient>, WireError> {
        match &mut self.state {
            State::Locked => {
                let name = line.strip_prefix(USERNAME).ok_or(WireError::NoLogin)?;
                self.state = State::Named(name.into());
                Ok(None)
            }
            State::Named(name) => {
                let name = core::mem::take(name);
                let line = Secret::new(line);
                let password = line.reveal().strip_prefix(PASSWORD);
                let password = Secret::from(password.ok_or(WireError::NoLogin)?);
                self.state = State::Checking;
                Ok(Some(FromClient::Login {
                    name: Some(name),
                    password,
                }))
            }
            State::Checking | State::Unlocked | State::Ready | State::Refused => {
                Ok((line != PONG).then_some(FromClient::Line(line)))
            }
        }
    }
}

impl Wire for Skyped {
    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        _tx: &mut Vec<u8>,
    ) -> Result<Option<FromClient>, WireError> {
        if self.state == State::Unlocked {
            self.state = State::Ready;
            return Ok(Some(FromClient::Ready));
        }
        if self.state == State::Refused {
            rx.consume(rx.len());
        }
        while self.state != State::Checking
            && let Some(length) = first_length(rx, END, self.limit())?
        {
            let line = line_of(&rx.as_slice()[..length]);
            if self.state == State::Ready {
                rx.consume(length + 1);
            } else {
                rx.wipe(length + 1);
            }
            if length > 0
                && let Some(heard) = self.take(line)?
            {
                return Ok(Some(heard));
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
                    State::Refused
                };
                put_lines(if right { WELCOME } else { REFUSAL }, tx);
            }
            ToClient::Line(line) => put_lines(line, tx),
            ToClient::File { .. } => debug_assert!(false, "nobody takes files here"),
        }
    }

    fn portion(&self, tx: &[u8]) -> usize {
        if tx.len() <= BURST_BYTES_MAX {
            return tx.len();
        }
        memchr::memrchr(END, &tx[..BURST_BYTES_MAX]).map_or(tx.len(), |last| last + 1)
    }

    fn keep_alive(&self) -> Option<&'static str> {
        Some(PING)
    }

    fn protocol(&self) -> Option<u8> {
        Some(PROTOCOL)
    }
}

#[cfg(test)]
mod tests;
