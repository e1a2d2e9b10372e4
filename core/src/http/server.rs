//! One connection in the server's role: a request in, its response out, one after the other.
//! Never closes the connection and keeps no time: it says when to close, its owner knows how long to wait.

use alloc::vec::Vec;
use core::mem;

use super::body::{self, BodyReader, Framing};
use super::head::{self, RequestHead, Version};
use super::{HttpError, Method, Request, Response};
use crate::buf::RecvBuf;
use crate::config::Limits;
use crate::invariant::at_most;

/// The server's end of a connection.
///
/// ```text
///           head              body whole                     send
///   Head ─────────► Body ───────────────────► Answering ─────────────► Head
///     └───────────────┴─ error ─► Answering, the last time ──────────► Closed
/// ```
///
/// While it answers, and while it waits for a request of which nothing has come, it holds no memory
/// beyond its own size; only a client that asks ahead makes it keep bytes, up to `Limits::head_bytes`.
pub struct HttpServer {
    rx: RecvBuf,
    state: State,
    head_bytes: usize,
    body_bytes: usize,
}

enum State {
    /// A request's head is awaited.
    Head,
    /// A request's body is awaited.
    Body(RequestHead, BodyReader),
    /// A response is owed.
    Answering { bodiless: bool, after: Persistence },
    /// The last response was sent.
    Closed,
}

/// What follows a response, and whether the client has to be told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Persistence {
    /// The next request, as ever in HTTP/1.1.
    Usual,
    /// The next request, because a client of version 1.0 asked for that.
    Granted,
    /// The end of the connection.
    Close,
}

/// What is to become of the connection once a response has left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum AfterResponse {
    /// It stays open; the next request may already be there: ask [`HttpServer::next`].
    Keep,
    /// It is to be closed when all is flushed.
    Close,
}

impl HttpServer {
    /// A new connection, with the limits of heads and requests.
    #[must_use]
    pub const fn new(limits: &Limits) -> Self {
        Self {
            rx: RecvBuf::new(),
            state: State::Head,
            head_bytes: limits.head_bytes,
            body_bytes: limits.request_bytes,
        }
    }

    /// Takes bytes that came in; then ask [`HttpServer::next`].
    ///
    /// A client that asks further ahead than one head loses the surplus and, after the response that is owed,
    /// the connection; HTTP has it ask again on a new one.
    pub fn receive(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Head | State::Body(..) => self.rx.push(bytes),
            State::Answering { after, .. } => {
                if *after != Persistence::Close && self.rx.len() + bytes.len() <= self.head_bytes {
                    self.rx.push(bytes);
                } else {
                    *after = Persistence::Close;
                    self.rx = RecvBuf::new();
                }
            }
            State::Closed => {}
        }
    }

    /// The next request, if it is whole and none is being answered. `100 Continue` goes to `tx` where a client
    /// waits for it.
    ///
    /// # Errors
    /// If the client broke HTTP or a limit. Owed then is a last response, such as [`HttpError::response`].
    pub fn next(&mut self, tx: &mut Vec<u8>) -> Result<Option<Request>, HttpError> {
        let result = self.read(tx);
        if result.is_err() {
            self.give_up();
        }
        if self.rx.is_empty() {
            self.rx = RecvBuf::new();
        }
        result
    }

    /// Appends the response to the request that was handed out last, or to the error, to `tx`.
    pub fn send(&mut self, response: &Response, tx: &mut Vec<u8>) -> AfterResponse {
        let State::Answering { bodiless, after } = self.state else {
            debug_assert!(false, "a response answers a request, and only once");
            return AfterResponse::Close;
        };
        let close_said = response.headers.has_token("Connection", "close");
        head::write_status_line(response.status, tx);
        tx.extend_from_slice(response.headers.as_wire().as_bytes());
        match after {
            Persistence::Close if !close_said => tx.extend_from_slice(b"Connection: close\r\n"),
            Persistence::Granted if !close_said => {
                tx.extend_from_slice(b"Connection: keep-alive\r\n");
            }
            Persistence::Usual | Persistence::Granted | Persistence::Close => {}
        }
        let never_has_body = matches!(response.status, 100..=199 | 204 | 304);
        if !never_has_body {
            head::write_length(response.body.len(), tx);
        }
        tx.extend_from_slice(b"\r\n");
        if !never_has_body && !bodiless {
            tx.extend_from_slice(&response.body);
        }
        if close_said || after == Persistence::Close {
            self.state = State::Closed;
            self.rx = RecvBuf::new();
            AfterResponse::Close
        } else {
            self.state = State::Head;
            AfterResponse::Keep
        }
    }

    /// How many bytes of requests it holds.
    #[must_use]
    pub fn held(&self) -> usize {
        let body = match &self.state {
            State::Body(_, reader) => reader.len(),
            State::Head | State::Answering { .. } | State::Closed => 0,
        };
        body + self.rx.len()
    }

    /// Drops what has come of a request; owed is a last response.
    pub fn give_up(&mut self) {
        self.state = State::Answering {
            bodiless: false,
            after: Persistence::Close,
        };
        self.rx = RecvBuf::new();
    }

    /// Makes the response that is owed the last one.
    pub fn end_here(&mut self) {
        if let State::Answering { after, .. } = &mut self.state {
            *after = Persistence::Close;
            self.rx = RecvBuf::new();
        }
    }

    /// Panics if it holds more of a request than its limits allow, all of which has been looked at.
    pub(crate) fn check_invariants(&self) {
        match &self.state {
            State::Head => at_most(
                self.rx.len(),
                ("head_bytes", self.head_bytes),
                "bytes of the head of a request",
            ),
            State::Body(_, reader) => at_most(
                reader.len(),
                ("request_bytes", self.body_bytes),
                "bytes of a request",
            ),
            // What a client says ahead came with the request that is being answered: it is as much as was read at once.
            State::Answering { .. } => {}
            State::Closed => assert!(self.rx.is_empty(), "the last request was the last"),
        }
    }

    /// Whether nothing of a request has come and no response is owed: such a connection can be closed without harm.
    #[must_use]
    pub const fn is_idle(&self) -> bool {
        matches!(self.state, State::Head) && self.rx.is_empty()
    }

    fn read(&mut self, tx: &mut Vec<u8>) -> Result<Option<Request>, HttpError> {
        loop {
            match &mut self.state {
                State::Head => {
                    let Some(head) = head::take_request(&mut self.rx, self.head_bytes)? else {
                        return Ok(None);
                    };
                    let framing = body::of_request(&head, self.body_bytes)?;
                    if awaits_continue(&head, framing) && self.rx.is_empty() {
                        tx.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
                    }
                    let reader = BodyReader::new(framing, self.body_bytes, self.head_bytes);
                    self.state = State::Body(head, reader);
                }
                State::Body(_, reader) => {
                    return match reader.read(&mut self.rx)? {
                        true => Ok(self.hand_out()),
                        false => Ok(None),
                    };
                }
                State::Answering { .. } | State::Closed => return Ok(None),
            }
        }
    }

    /// The request that was read; its response is owed from now on.
    fn hand_out(&mut self) -> Option<Request> {
        let State::Body(head, reader) = mem::replace(&mut self.state, State::Closed) else {
            return None;
        };
        self.state = State::Answering {
            bodiless: head.method == Method::Head,
            after: persistence(&head),
        };
        Some(Request {
            method: head.method,
            path: head.path,
            headers: head.headers,
            body: reader.into_body(),
        })
    }
}

/// Whether the client holds its body back until it hears that it is wanted.
fn awaits_continue(head: &RequestHead, framing: Framing) -> bool {
    head.version == Version::Http11
        && framing != Framing::Length(0)
        && head.headers.has_token("Expect", "100-continue")
}

/// What the client wants to follow the response.
fn persistence(head: &RequestHead) -> Persistence {
    let says = |token| head.headers.has_token("Connection", token);
    match head.version {
        _ if says("close") => Persistence::Close,
        Version::Http11 => Persistence::Usual,
        Version::Http10 if says("keep-alive") => Persistence::Granted,
        Version::Http10 => Persistence::Close,
    }
}

#[cfg(test)]
mod tests;
