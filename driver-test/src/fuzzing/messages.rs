//! What holds for an HTTP message in either direction once it was accepted.
//! Never reads one itself.

use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::Headers;
use imo2sproxy_core::http::body::{BodyReader, Framing, write_chunk, write_last_chunk};
use imo2sproxy_core::http::head::FIELDS_MAX;

use super::cuts::pieces;

/// Longest head in the HTTP targets, in bytes: short, so that short inputs reach it.
pub(super) const HEAD_BYTES: usize = 400;
/// Longest body in the HTTP targets, in bytes.
pub(super) const BODY_BYTES: usize = 100;

/// How many fields a message gains at most when it is sent again.
const FIELDS_ADDED: usize = 2;
/// Fields that whoever sends a message writes anew.
const OF_THE_CONNECTION: [&str; 5] = [
    "Host",
    "Connection",
    "Content-Length",
    "Transfer-Encoding",
    "Expect",
];

/// The limits that short inputs reach.
pub(super) fn limits() -> Limits {
    Limits {
        head_bytes: HEAD_BYTES,
        request_bytes: BODY_BYTES,
        response_bytes: BODY_BYTES,
        ..Limits::default()
    }
}

/// Fields and body of an accepted message are within their limits, and its length is not in doubt. `bodiless` if
/// there is no body whatever the fields say.
///
/// # Panics
/// If they are not.
pub(super) fn check_accepted(headers: &Headers, body: &[u8], bodiless: bool) {
    assert!(headers.iter().count() <= FIELDS_MAX, "too many fields");
    for (name, value) in headers.iter() {
        assert!(!name.is_empty() && name.is_ascii(), "{name:?}");
        assert!(!value.contains(char::is_control), "{name}: {value:?}");
        assert_eq!(value.trim_ascii(), value, "{name}: blanks around its value");
    }
    assert!(body.len() <= BODY_BYTES, "a body over its limit");
    if bodiless {
        return assert!(body.is_empty());
    }
    let lengths = headers.all("Content-Length").flat_map(|v| v.split(','));
    let mut lengths: Vec<usize> = lengths
        .map(|digits| digits.trim().parse().expect("a length is a number"))
        .collect();
    lengths.dedup();
    assert!(lengths.len() <= 1, "lengths that differ: {lengths:?}");
    let codings: Vec<&str> = headers.all("Transfer-Encoding").collect();
    match (lengths.as_slice(), codings.as_slice()) {
        ([length], []) => assert_eq!(body.len(), *length),
        ([], [coding]) => assert!(coding.eq_ignore_ascii_case("chunked")),
        ([], []) => {}
        _ => panic!("a length in doubt: {headers:?}"),
    }
}

/// The head that begins `stream` was accepted: it is not longer than its limit.
///
/// # Panics
/// If it is.
pub(super) fn check_head_length(stream: &[u8]) {
    let end = stream.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.expect("an accepted head has an end");
    assert!(end + 4 <= HEAD_BYTES, "a head over its limit");
}

/// True if a message of these fields can be sent again: it has room for those that are written anew.
pub(super) fn has_room(headers: &Headers) -> bool {
    own_fields(headers).iter().count() + FIELDS_ADDED <= FIELDS_MAX
}

/// The fields of a message but for those that whoever sends it writes anew.
pub(super) fn own_fields(headers: &Headers) -> Headers {
    let mut own = headers.clone();
    OF_THE_CONNECTION.iter().for_each(|name| own.remove(name));
    own
}

/// A body that is sent in chunks is read as what it was.
///
/// # Panics
/// If it is not.
pub(super) fn check_chunks(body: &[u8], size: usize) {
    let mut sent = Vec::new();
    pieces(body, size).for_each(|chunk| write_chunk(chunk, &mut sent));
    write_last_chunk(&mut sent);
    sent.extend_from_slice(b"behind");
    let mut rx = RecvBuf::new();
    rx.push(&sent);
    let mut reader = BodyReader::new(Framing::Chunked, body.len(), 0);
    assert_eq!(reader.read(&mut rx), Ok(true));
    assert_eq!(reader.into_body(), body);
    assert_eq!(rx.as_slice(), b"behind", "took what is not of the body");
}
