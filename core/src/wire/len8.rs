//! The one-byte length transport, both roles: a length from 1 to 255, then that many bytes of text.
//! Never logs anybody in: it has no words for a password, so a listener that wants one hears nothing here.
//!
//! Byte by byte in `core/docs/client-transports.md`.

use alloc::format;
use alloc::vec::Vec;

use super::{ClientWire, FromClient, FromServer, ToClient, Wire, WireError, line_of, put_payload};
use crate::buf::RecvBuf;
use crate::config::Limits;

/// Longest payload that the length byte can announce, in bytes.
const PAYLOAD_BYTES_MAX: usize = 255;
/// What a client is told instead of a line that does not fit.
const TOO_LONG: &str = "ERROR 9901 line too long for this transport";

/// The payload of the frame at the beginning of `rx`, after frames of length 0 have been dropped; `None` if it
/// is not complete.
fn first_payload(rx: &mut RecvBuf, limit: usize) -> Result<Option<&[u8]>, WireError> {
    let empty = rx.as_slice().iter().take_while(|byte| **byte == 0).count();
    rx.consume(empty);
    let Some((length, rest)) = rx.as_slice().split_first() else {
        return Ok(None);
    };
    let announced = usize::from(*length);
    if announced > limit {
        return Err(WireError::FrameTooLong { announced, limit });
    }
    Ok(rest.get(..announced))
}

/// Appends the frame of `line`. False, with nothing appended, if it is too long for one.
fn put_frame(line: &str, tx: &mut Vec<u8>) -> bool {
    let start = tx.len();
    tx.push(0);
    put_payload(line, tx);
    let length = u8::try_from(tx.len() - start - 1);
    match length {
        Ok(length) => tx[start] = length,
        Err(_) => tx.truncate(start),
    }
    length.is_ok()
}

/// Appends an error in place of `line`, with the tag of `line` if it is the reply to a tagged command.
fn put_refusal(line: &str, tx: &mut Vec<u8>) {
    let tag = line.split(' ').next().filter(|word| word.starts_with('#'));
    let tagged = tag.is_some_and(|tag| put_frame(&format!("{tag} {TOO_LONG}"), tx));
    if !tagged {
        put_frame(TOO_LONG, tx);
    }
}

/// How far a client has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// A password is wanted and cannot be given; all is dropped.
    Locked,
    /// Nothing has come yet.
    Silent,
    /// The client has spoken, so it listens too.
    Ready,
}

/// The server's end.
#[derive(Debug)]
pub(super) struct Len8 {
    state: State,
    frame_bytes: usize,
}

impl Len8 {
    /// A new connection; `login` says whether a password is wanted.
    pub(super) const fn new(login: bool, limits: &Limits) -> Self {
        if login {
            Self {
                state: State::Locked,
                frame_bytes: limits.frame_bytes_before_login,
            }
        } else {
            Self {
                state: State::Silent,
                frame_bytes: limits.frame_bytes,
            }
        }
    }
}

impl Wire for Len8 {
    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        _tx: &mut Vec<u8>,
    ) -> Result<Option<FromClient>, WireError> {
        while let Some(payload) = first_payload(rx, self.frame_bytes)? {
            let length = 1 + payload.len();
            match self.state {
                State::Locked => rx.consume(length),
                State::Silent => {
                    // The frame stays where it is; its line comes with the next call.
                    self.state = State::Ready;
                    return Ok(Some(FromClient::Ready));
                }
                State::Ready => {
                    let line = line_of(payload);
                    rx.consume(length);
                    return Ok(Some(FromClient::Line(line)));
                }
            }
        }
        Ok(None)
    }

    fn encode(&mut self, message: ToClient<'_>, tx: &mut Vec<u8>) {
        match message {
            ToClient::LoginResult(_) => debug_assert!(false, "nobody can log in here"),
            ToClient::File { .. } => debug_assert!(false, "nobody takes files here"),
            ToClient::Line(line) => {
                if !put_frame(line, tx) {
                    put_refusal(line, tx);
                }
            }
        }
    }
}

/// The client's end. It is ready at once, since there is no handshake, and leaves out lines that are too long.
#[derive(Debug, Default)]
pub(super) struct Len8Client {
    ready: bool,
}

impl ClientWire for Len8Client {
    fn start(&mut self, _tx: &mut Vec<u8>) {}

    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        _tx: &mut Vec<u8>,
    ) -> Result<Option<FromServer>, WireError> {
        if !self.ready {
            self.ready = true;
            return Ok(Some(FromServer::Ready));
        }
        let Some(payload) = first_payload(rx, PAYLOAD_BYTES_MAX)? else {
            return Ok(None);
        };
        let length = 1 + payload.len();
        let line = line_of(payload);
        rx.consume(length);
        Ok(Some(FromServer::Line(line)))
    }

    fn encode(&mut self, line: &str, tx: &mut Vec<u8>) {
        put_frame(line, tx);
    }
}

#[cfg(test)]
mod tests;
