//! Message heads: bytes in, values out, and back.
//! Never looks at a body: how long that is, [`super::body`] reads from the head.

use alloc::string::String;
use alloc::vec::Vec;

use compact_str::CompactString;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{Headers, HttpError, Method};
use crate::buf::RecvBuf;

/// How many fields a head may have; one with more is refused.
pub const FIELDS_MAX: usize = 64;

const HEAD_END: &[u8] = b"\r\n\r\n";

/// What would break the request line. Bytes beyond ASCII are escaped in any case.
const TARGET_ESCAPES: &AsciiSet = &CONTROLS.add(b' ');

/// A minor version of HTTP/1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Version {
    /// HTTP/1.0: one request per connection, unless both sides say otherwise.
    Http10,
    /// HTTP/1.1: many requests per connection, unless one side says otherwise.
    Http11,
}

/// The head of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestHead {
    /// The verb.
    pub method: Method,
    /// Path and query; of a target that is a whole URL only these are kept.
    pub path: CompactString,
    /// The client's version.
    pub version: Version,
    /// The fields.
    pub headers: Headers,
}

/// The head of a response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResponseHead {
    /// The status code, 100 to 999.
    pub status: u16,
    /// The server's version.
    pub version: Version,
    /// The fields.
    pub headers: Headers,
}

/// Takes a request head out of `rx`; `None` if it is not there whole. `limit` is its longest length in bytes.
///
/// # Errors
/// If there is something else, or too much of it.
pub fn take_request(rx: &mut RecvBuf, limit: usize) -> Result<Option<RequestHead>, HttpError> {
    // Some old clients end a body with a line end that they do not count.
    while rx.as_slice().starts_with(b"\r\n") {
        rx.consume(2);
    }
    let Some(length) = head_length(rx, limit)? else {
        return Ok(None);
    };
    let mut fields = [httparse::EMPTY_HEADER; FIELDS_MAX];
    let mut request = httparse::Request::new(&mut fields);
    whole(request.parse(&rx.as_slice()[..length]), length)?;
    let head = RequestHead {
        method: Method::from(request.method.unwrap_or_default()),
        path: path_of(request.path.unwrap_or_default()).into(),
        version: version(request.version),
        headers: headers(request.headers),
    };
    rx.consume(length);
    if head.version == Version::Http11 && head.headers.all("Host").count() != 1 {
        return Err(HttpError::BadHost);
    }
    Ok(Some(head))
}

/// Takes a response head out of `rx`; `None` if it is not there whole. `limit` is its longest length in bytes.
///
/// # Errors
/// If there is something else, or too much of it.
pub fn take_response(rx: &mut RecvBuf, limit: usize) -> Result<Option<ResponseHead>, HttpError> {
    let Some(length) = head_length(rx, limit)? else {
        return Ok(None);
    };
    let mut fields = [httparse::EMPTY_HEADER; FIELDS_MAX];
    let mut response = httparse::Response::new(&mut fields);
    whole(response.parse(&rx.as_slice()[..length]), length)?;
    let head = ResponseHead {
        status: response.code.unwrap_or_default(),
        version: version(response.version),
        headers: headers(response.headers),
    };
    rx.consume(length);
    if head.status < 100 {
        return Err(HttpError::BadHead);
    }
    Ok(Some(head))
}

/// Appends a request head up to where fields follow, which are then appended with [`Headers::as_wire`] and
/// ended by [`write_length`] or an empty line.
pub fn write_request_line(method: &Method, path: &str, tx: &mut Vec<u8>) {
    tx.extend_from_slice(method.as_str().as_bytes());
    tx.push(b' ');
    for piece in utf8_percent_encode(path, TARGET_ESCAPES) {
        tx.extend_from_slice(piece.as_bytes());
    }
    tx.extend_from_slice(b" HTTP/1.1\r\n");
}

/// Appends a status line; fields follow as after [`write_request_line`].
pub fn write_status_line(status: u16, tx: &mut Vec<u8>) {
    tx.extend_from_slice(b"HTTP/1.1 ");
    write_number(usize::from(status), tx);
    tx.push(b' ');
    tx.extend_from_slice(reason(status).as_bytes());
    tx.extend_from_slice(b"\r\n");
}

/// Appends the `Content-Length` of a body; the empty line that ends the head is still to come.
pub fn write_length(length: usize, tx: &mut Vec<u8>) {
    tx.extend_from_slice(b"Content-Length: ");
    write_number(length, tx);
    tx.extend_from_slice(b"\r\n");
}

fn write_number(number: usize, tx: &mut Vec<u8>) {
    tx.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// The length of the head in `rx`, the empty line included; `None` while there is no empty line.
fn head_length(rx: &mut RecvBuf, limit: usize) -> Result<Option<usize>, HttpError> {
    match rx.find(HEAD_END).map(|at| at + HEAD_END.len()) {
        Some(length) if length <= limit => Ok(Some(length)),
        None if rx.len() < limit => Ok(None),
        Some(_) | None => Err(HttpError::HeadTooLong),
    }
}

/// Checks that the parser took the whole head. It also takes a bare LF for a line end; a head that it
/// understands to end earlier than we do would leave bytes whose meaning is in dispute.
fn whole(parsed: httparse::Result<usize>, length: usize) -> Result<(), HttpError> {
    match parsed {
        Ok(httparse::Status::Complete(taken)) if taken == length => Ok(()),
        Err(httparse::Error::TooManyHeaders) => Err(HttpError::HeadTooLong),
        Err(httparse::Error::Version) => Err(HttpError::BadVersion),
        _ => Err(HttpError::BadHead),
    }
}

fn version(minor: Option<u8>) -> Version {
    if minor == Some(0) {
        Version::Http10
    } else {
        Version::Http11
    }
}

fn headers(fields: &[httparse::Header<'_>]) -> Headers {
    let length = |field: &httparse::Header<'_>| field.name.len() + field.value.len();
    let mut headers = Headers::with_room(fields.len(), fields.iter().map(length).sum());
    for field in fields {
        match core::str::from_utf8(field.value) {
            Ok(value) => headers.push(field.name, value),
            Err(_) => headers.push(field.name, &String::from_utf8_lossy(field.value)),
        }
    }
    headers
}

/// The path of a request target, which may be a whole URL.
fn path_of(target: &str) -> &str {
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        let start = target.get(..scheme.len())?;
        let is_url = start.eq_ignore_ascii_case(scheme);
        is_url.then(|| &target[scheme.len()..])
    });
    match rest {
        Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => target,
    }
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    fn request(text: &str) -> Result<Option<RequestHead>, HttpError> {
        let mut rx = RecvBuf::new();
        rx.push(text.as_bytes());
        take_request(&mut rx, 1000)
    }

    #[test]
    fn a_request_head_is_read_with_its_fields() {
        let head = request("\r\n\r\nPUT /a?b HTTP/1.1\r\nHost: x\r\nA:b\r\n\r\n")
            .unwrap()
            .unwrap();
        assert_eq!(head.method, Method::Other("PUT".into()));
        assert_eq!(head.path, "/a?b");
        assert_eq!(head.version, Version::Http11);
        assert_eq!(head.headers.get("a"), Some("b"));
    }

    #[test]
    fn of_a_whole_url_only_the_path_is_kept() {
        for (target, path) in [
            ("http://h/p?q", "/p?q"),
            ("HTTPS://h:1", "/"),
            ("/http://h/", "/http://h/"),
            ("*", "*"),
        ] {
            let head = request(&format!("GET {target} HTTP/1.0\r\n\r\n"));
            assert_eq!(head.unwrap().unwrap().path, path);
        }
    }

    #[test]
    fn bad_request_heads_are_refused() {
        let many = "A: b\r\n".repeat(FIELDS_MAX + 1);
        for (text, error) in [
            ("nonsense\r\n\r\n", HttpError::BadHead),
            ("GET  / HTTP/1.0\r\n\r\n", HttpError::BadHead),
            ("GET / HTTP/2.0\r\n\r\n", HttpError::BadVersion),
            ("GET / HTTP/1.1\r\n\r\n", HttpError::BadHost),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                HttpError::BadHost,
            ),
            ("GET / HTTP/1.0\r\nA : b\r\n\r\n", HttpError::BadHead),
            (
                "GET / HTTP/1.0\r\nA: b\r\n folded\r\n\r\n",
                HttpError::BadHead,
            ),
            ("GET / HTTP/1.0\r\nA: b\rc\r\n\r\n", HttpError::BadHead),
            ("GET / HTTP/1.0\r\nA: b\n\nC: d\r\n\r\n", HttpError::BadHead),
            ("GET / HTTP/1.0\r\nA: b\0\r\n\r\n", HttpError::BadHead),
            (
                &format!("GET / HTTP/1.0\r\n{many}\r\n"),
                HttpError::HeadTooLong,
            ),
            (&"x".repeat(1000), HttpError::HeadTooLong),
        ] {
            assert_eq!(request(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_head_may_have_exactly_the_limit() {
        let text = "HTTP/1.1 200\r\nA: b\r\n\r\n";
        for (limit, good) in [(text.len(), true), (text.len() - 1, false)] {
            let mut rx = RecvBuf::new();
            let mut last = Ok(None);
            for byte in text.as_bytes() {
                rx.push(&[*byte]);
                last = take_response(&mut rx, limit);
                if last != Ok(None) {
                    break;
                }
            }
            assert_eq!(last.is_ok(), good);
        }
    }

    #[test]
    fn a_path_cannot_break_the_request_line() {
        let mut tx = Vec::new();
        write_request_line(&Method::Get, "/a b\r\nX: \u{e9}%20", &mut tx);
        assert_eq!(tx, b"GET /a%20b%0D%0AX:%20%C3%A9%20 HTTP/1.1\r\n");
    }

    #[test]
    fn lengths_are_written_in_decimal() {
        for length in [0, 9, 10, 4096, usize::MAX] {
            let mut tx = Vec::new();
            write_length(length, &mut tx);
            let text = String::from_utf8(tx).unwrap();
            let digits = text.trim_end().rsplit(' ').next().unwrap();
            assert_eq!(digits, length.to_string());
        }
    }
}
