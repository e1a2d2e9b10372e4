//! The client's end of the skyped transport.
//! Never waits for the result of its login before it is asked to, and never shows a keep-alive.

use alloc::string::String;
use alloc::vec::Vec;

use super::super::terminated::{first_length, put_message};
use super::super::{ClientWire, FromServer, WireError, line_of};
use super::{END, PASSWORD, PING, PONG, REFUSAL, USERNAME, WELCOME};
use crate::buf::RecvBuf;
use crate::secret::Secret;

/// Longest line that a client takes from a server, in bytes; beyond it the framing is taken for broken.
const SERVER_LINE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The client's end.
#[derive(Debug)]
pub(in super::super) struct SkypedClient {
    name: String,
    password: Secret,
    state: State,
}

/// How far it has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Asking,
    Ready,
    Refused,
}

impl SkypedClient {
    /// A client that logs in as `name`.
    pub(in super::super) fn new(name: &str, password: Secret) -> Self {
        Self {
            name: name.into(),
            password,
            state: State::Asking,
        }
    }
}

impl ClientWire for SkypedClient {
    fn start(&mut self, tx: &mut Vec<u8>) {
        for (word, value) in [
            (USERNAME, self.name.as_str()),
            (PASSWORD, self.password.reveal()),
        ] {
            tx.extend_from_slice(word.as_bytes());
            tx.extend_from_slice(value.as_bytes());
            tx.push(END);
        }
    }

    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        tx: &mut Vec<u8>,
    ) -> Result<Option<FromServer>, WireError> {
        while let Some(length) = first_length(rx, END, SERVER_LINE_BYTES_MAX)? {
            let line = line_of(&rx.as_slice()[..length]);
            rx.consume(length + 1);
            match (self.state, line.as_str()) {
                _ if length == 0 => {}
                (State::Asking, WELCOME) => {
                    self.state = State::Ready;
                    return Ok(Some(FromServer::Ready));
                }
                (State::Asking, REFUSAL) => {
                    self.state = State::Refused;
                    return Ok(Some(FromServer::Refused));
                }
                (State::Asking, _) => return Err(WireError::NoLogin),
                (State::Ready, PING) => put_message(PONG, END, tx),
                (State::Ready, _) => return Ok(Some(FromServer::Line(line))),
                (State::Refused, _) => {}
            }
        }
        Ok(None)
    }

    /// Leaves out what is more than a line.
    fn encode(&mut self, line: &str, tx: &mut Vec<u8>) {
        if !line.contains('\n') {
            put_message(line, END, tx);
        }
    }
}
