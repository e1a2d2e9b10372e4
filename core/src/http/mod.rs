//! HTTP/1.1 in both roles: requests and responses as values, connections as machines over bytes.
//! Never opens a connection, never repeats a request, and never hears of what the bodies mean.
//!
//! From the inside out: [`head`] and [`body`] turn bytes into values and back, [`client`] and [`server`] are
//! one connection each, [`lane`] is a queue of requests on at most one connection at a time.
//! The rules are written down in `core/docs/http.md`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use compact_str::CompactString;

pub mod body;
pub mod client;
pub mod cookies;
mod date;
pub mod form;
pub mod head;
mod headers;
pub mod lane;
mod location;
pub mod server;

pub use headers::Headers;

/// The verb of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Method {
    /// Fetch something.
    Get,
    /// As GET, but the response comes without its body.
    Head,
    /// Hand something in.
    Post,
    /// Any other verb, as it was written.
    Other(String),
}

impl Method {
    /// The verb as it stands in a request.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Other(verb) => verb,
        }
    }
}

impl From<&str> for Method {
    fn from(verb: &str) -> Self {
        match verb {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            _ => Self::Other(verb.into()),
        }
    }
}

/// What a client asks.
///
/// Fields about the connection and the length of the body (`Host`, `Connection`, `Content-Length`,
/// `Transfer-Encoding`) are added by whoever sends it; `headers` holds the others.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The verb.
    pub method: Method,
    /// Path and query, beginning with `/`. What may not stand in a request line is escaped when it is sent.
    pub path: CompactString,
    /// The fields.
    pub headers: Headers,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

impl Request {
    /// A GET without fields of its own.
    #[must_use]
    pub const fn get(path: CompactString) -> Self {
        Self {
            method: Method::Get,
            path,
            headers: Headers::new(),
            body: Vec::new(),
        }
    }

    /// A POST of `body`, which is of the media type `content_type`.
    #[must_use]
    pub fn post(path: CompactString, content_type: &str, body: Vec<u8>) -> Self {
        let mut headers = Headers::new();
        headers.push("Content-Type", content_type);
        Self {
            method: Method::Post,
            path,
            headers,
            body,
        }
    }

    /// A POST of a form, which [`form::append`] has written.
    #[must_use]
    pub const fn post_form(path: CompactString, body: Vec<u8>) -> Self {
        Self {
            method: Method::Post,
            path,
            headers: Headers::fixed(form::CONTENT_TYPE_FIELD),
            body,
        }
    }
}

impl fmt::Debug for Request {
    /// Shows the length of the body only: bodies carry passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, path, length) = (self.method.as_str(), &self.path, self.body.len());
        write!(f, "{verb} {path} {:?} + {length} bytes", self.headers)
    }
}

/// What a server answers. As in a [`Request`], the fields about connection and length are left to the sender;
/// only `Connection: close` may be among `headers`, for a server that wants no further request.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code, 100 to 999.
    pub status: u16,
    /// The fields.
    pub headers: Headers,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

impl Response {
    /// A response with a body of the media type `content_type`.
    #[must_use]
    pub fn new(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        let mut headers = Headers::new();
        headers.push("Content-Type", content_type);
        Self {
            status,
            headers,
            body,
        }
    }

    /// A response with a body of JSON.
    #[must_use]
    pub const fn json(status: u16, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: Headers::fixed("Content-Type: application/json; charset=utf-8\r\n"),
            body,
        }
    }

    /// A response without a body.
    #[must_use]
    pub const fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Headers::new(),
            body: Vec::new(),
        }
    }
}

impl fmt::Debug for Response {
    /// Shows the length of the body only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (status, length) = (self.status, self.body.len());
        write!(f, "{status} {:?} + {length} bytes", self.headers)
    }
}

/// How a peer broke HTTP, or a limit. The connection is of no further use for reading.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HttpError {
    /// The head is longer than `Limits::head_bytes`, or has more than [`head::FIELDS_MAX`] fields.
    HeadTooLong,
    /// The head cannot be read.
    BadHead,
    /// Another version than 1.0 or 1.1.
    BadVersion,
    /// A request of version 1.1 without `Host`, or with several.
    BadHost,
    /// Lengths that contradict each other or are no numbers.
    BadLength,
    /// A transfer coding other than `chunked`.
    UnknownCoding,
    /// A chunk that cannot be read, or too much beside the chunks.
    BadChunk,
    /// The body is longer than the limit.
    BodyTooLong,
    /// A server changed to another protocol, unasked.
    Upgraded,
    /// A server sent something though nothing was asked.
    Unasked,
    /// The connection ended within a message.
    CutShort,
}

impl HttpError {
    /// What is wrong, in words that name the one at fault: the peer.
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::HeadTooLong => "the peer's message head is over the limit",
            Self::BadHead => "the peer's message head is not valid HTTP",
            Self::BadVersion => "the peer speaks neither HTTP/1.0 nor HTTP/1.1",
            Self::BadHost => "the peer's request names no host, or several",
            Self::BadLength => "the peer's message gives no clear length",
            Self::UnknownCoding => "the peer uses a transfer coding other than chunked",
            Self::BadChunk => "the peer's chunked body cannot be read",
            Self::BodyTooLong => "the peer's message body is over the limit",
            Self::Upgraded => "the server changed to another protocol without being asked",
            Self::Unasked => "the server sent something without being asked",
            Self::CutShort => "the peer ended the connection within a message",
        }
    }

    /// The status with which a server answers such a request.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::HeadTooLong => 431,
            Self::BodyTooLong => 413,
            Self::UnknownCoding => 501,
            Self::BadVersion => 505,
            Self::BadHead
            | Self::BadHost
            | Self::BadLength
            | Self::BadChunk
            | Self::Upgraded
            | Self::Unasked
            | Self::CutShort => 400,
        }
    }

    /// The whole answer to such a request: the status, and the explanation as `{"error": ...}`.
    #[must_use]
    pub fn response(self) -> Response {
        let json = format!("{{\"error\":\"{}\"}}", self.explain());
        Response::new(self.status(), "application/json", json.into_bytes())
    }
}

#[cfg(test)]
mod tests;
