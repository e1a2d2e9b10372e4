//! One connection in the client's role: a request out, its response in, one after the other.
//! Never opens or closes the connection: it only says whether it can be used again.

use alloc::vec::Vec;
use core::mem;

use super::body::{self, BodyReader};
use super::head::{self, ResponseHead, Version};
use super::{Headers, HttpError, Method, Request, Response};
use crate::buf::RecvBuf;
use crate::config::Limits;
use crate::invariant::at_most;

/// The client's end of a connection.
///
/// ```text
///            send               head                 body whole
///   Idle ───────────► Head ──────────────► Body ────────────────────► Idle
///                     └─ 1xx: read on      └─ eof, if it ends so ───► Idle
/// ```
///
/// After an error it is of no use any more.
pub struct HttpClient {
    rx: RecvBuf,
    state: State,
    head_bytes: usize,
    body_bytes: usize,
}

enum State {
    /// Nothing is asked.
    Idle,
    /// The head of the response to a request with this method is awaited.
    Head(Method),
    /// The body is awaited.
    Body(ResponseHead, BodyReader),
}

/// A response, and what became of the connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// The response.
    pub response: Response,
    /// Whether the connection can take another request, and if not, why.
    pub reusable: Result<(), CloseReason>,
}

/// Why a connection cannot take another request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CloseReason {
    /// The server said that it closes.
    Announced,
    /// The server speaks HTTP/1.0, where closing is the rule.
    OldVersion,
    /// The body had no other end.
    UntilClose,
    /// Something followed the response that was not asked for.
    ExtraBytes,
}

impl HttpClient {
    /// A new connection, with the limits of heads and responses.
    #[must_use]
    pub const fn new(limits: &Limits) -> Self {
        Self {
            rx: RecvBuf::new(),
            state: State::Idle,
            head_bytes: limits.head_bytes,
            body_bytes: limits.response_bytes,
        }
    }

    /// Forgets what there was, for a new connection.
    pub fn restart(&mut self) {
        self.rx = RecvBuf::new();
        self.state = State::Idle;
    }

    /// Appends `request` to `tx`. `common` are the fields that do not depend on what is asked, `Host` among them.
    /// There must be no request under way.
    pub fn send(&mut self, request: &Request, common: &Headers, tx: &mut Vec<u8>) {
        debug_assert!(
            matches!(self.state, State::Idle),
            "one request at a time on one connection"
        );
        head::write_request_line(&request.method, &request.path, tx);
        tx.extend_from_slice(common.as_wire().as_bytes());
        tx.extend_from_slice(request.headers.as_wire().as_bytes());
        if request.method == Method::Post || !request.body.is_empty() {
            head::write_length(request.body.len(), tx);
        }
        tx.extend_from_slice(b"\r\n");
        tx.extend_from_slice(&request.body);
        self.state = State::Head(request.method.clone());
    }

    /// Panics if it holds more of a response than its limits allow.
    pub(crate) fn check_invariants(&self) {
        match &self.state {
            State::Idle => {}
            State::Head(_) => at_most(
                self.rx.len(),
                ("head_bytes", self.head_bytes),
                "bytes of the head of a response",
            ),
            State::Body(_, reader) => at_most(
                reader.len(),
                ("response_bytes", self.body_bytes),
                "bytes of a response",
            ),
        }
    }

    /// Takes bytes that came in; gives the reply when it is whole.
    ///
    /// # Errors
    /// If the server broke HTTP or a limit, or sent something though nothing is asked.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<Option<Reply>, HttpError> {
        if matches!(self.state, State::Idle) {
            return Err(HttpError::Unasked);
        }
        self.rx.push(bytes);
        loop {
            match &mut self.state {
                State::Idle => return Ok(None),
                State::Head(method) => {
                    let Some(head) = head::take_response(&mut self.rx, self.head_bytes)? else {
                        return Ok(None);
                    };
                    match head.status {
                        101 => return Err(HttpError::Upgraded),
                        // An interim response; the real one follows.
                        100..=199 => {}
                        _ => {
                            let framing = body::of_response(method, &head, self.body_bytes)?;
                            let reader = BodyReader::new(framing, self.body_bytes, self.head_bytes);
                            self.state = State::Body(head, reader);
                        }
                    }
                }
                State::Body(_, reader) => {
                    return match reader.read(&mut self.rx)? {
                        true => Ok(self.finish()),
                        false => Ok(None),
                    };
                }
            }
        }
    }

    /// Takes the orderly end of the connection, which is also the end of some bodies. It is no error if nothing
    /// was asked.
    ///
    /// # Errors
    /// If a response was under way or awaited.
    pub fn eof(&mut self) -> Result<Option<Reply>, HttpError> {
        match &self.state {
            State::Idle => Ok(None),
            State::Body(_, reader) if reader.ends_with_connection() => Ok(self.finish()),
            State::Head(_) | State::Body(..) => Err(HttpError::CutShort),
        }
    }

    /// Goes back to idle, without memory, with what was read.
    fn finish(&mut self) -> Option<Reply> {
        let State::Body(head, reader) = mem::replace(&mut self.state, State::Idle) else {
            return None;
        };
        let extra = !mem::take(&mut self.rx).is_empty();
        let reusable = reusable(&head, &reader, extra);
        let response = Response {
            status: head.status,
            headers: head.headers,
            body: reader.into_body(),
        };
        Some(Reply { response, reusable })
    }
}

/// Whether the connection of a response can take another request.
fn reusable(head: &ResponseHead, reader: &BodyReader, extra: bool) -> Result<(), CloseReason> {
    if reader.ends_with_connection() {
        Err(CloseReason::UntilClose)
    } else if extra {
        Err(CloseReason::ExtraBytes)
    } else if head.headers.has_token("Connection", "close") {
        Err(CloseReason::Announced)
    } else if head.version == Version::Http10 {
        Err(CloseReason::OldVersion)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
