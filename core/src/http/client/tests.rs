use super::*;
use crate::http::tests::{asking, limits, receive};
use alloc::format;

extern crate std;

mod any_bytes;

#[test]
fn responses_read_the_same_however_they_are_cut() {
    for (bytes, body, reusable) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "ok",
            Ok(()),
        ),
        ("HTTP/1.1 204\r\n\r\n", "", Ok(())),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\nA: b\r\n\r\n",
            "ok",
            Ok(()),
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Wait\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
            "x",
            Ok(()),
        ),
        (
            "HTTP/1.1 200 OK\r\n\r\nok",
            "ok",
            Err(CloseReason::UntilClose),
        ),
        (
            "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nok",
            "ok",
            Err(CloseReason::Announced),
        ),
        (
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "ok",
            Err(CloseReason::OldVersion),
        ),
    ] {
        let (bytes, body) = (bytes.as_bytes(), body.as_bytes());
        for cut in 1..=bytes.len() {
            let (front, back) = bytes.split_at(cut);
            let pieces = [front, back].into_iter().filter(|piece| !piece.is_empty());
            let reply = receive(&mut asking(Method::Get), pieces).unwrap().unwrap();
            assert_eq!((&*reply.response.body, reply.reusable), (body, reusable));
        }
        let reply = receive(&mut asking(Method::Get), bytes.chunks(1));
        assert_eq!(reply.unwrap().unwrap().response.body, body);
    }
}

#[test]
fn bytes_behind_a_response_spoil_the_connection() {
    let mut client = asking(Method::Get);
    let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok!";
    let reply = client.receive(bytes).unwrap().unwrap();
    assert_eq!(reply.reusable, Err(CloseReason::ExtraBytes));
    assert_eq!(client.receive(b"!"), Err(HttpError::Unasked));
}

#[test]
fn bad_responses_are_refused() {
    let long = format!("HTTP/1.1 200 OK\r\nA: {}\r\n\r\n", "x".repeat(200));
    for (bytes, error) in [
        ("HTTP/1.1 101 Other\r\n\r\n", HttpError::Upgraded),
        ("HTTP/1.1 099 Odd\r\n\r\n", HttpError::BadHead),
        ("HTTP/1.1 2000 OK\r\n\r\n", HttpError::BadHead),
        ("HTTP/3.0 200 OK\r\n\r\n", HttpError::BadVersion),
        ("<html>\r\n\r\n", HttpError::BadVersion),
        ("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", HttpError::BadHead),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n",
            HttpError::BodyTooLong,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: br\r\n\r\n",
            HttpError::UnknownCoding,
        ),
        (&long, HttpError::HeadTooLong),
        ("HTTP/1.1 200 OK\r\n", HttpError::CutShort),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
            HttpError::CutShort,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            HttpError::CutShort,
        ),
        ("", HttpError::CutShort),
    ] {
        for pieces in [bytes.len().max(1), 1] {
            let pieces = bytes.as_bytes().chunks(pieces);
            let result = receive(&mut asking(Method::Get), pieces);
            assert_eq!(result, Err(error), "{bytes:?}");
        }
    }
    let mut idle = HttpClient::new(&limits());
    assert_eq!(
        idle.receive(b"HTTP/1.1 408 Slow\r\n\r\n"),
        Err(HttpError::Unasked)
    );
}

#[test]
fn a_slow_drip_costs_linear_time_whatever_ends_the_body() {
    const BODY_BYTES: usize = 1 << 19;
    let limits = Limits {
        response_bytes: BODY_BYTES,
        ..limits()
    };
    let in_chunks = |size: usize| {
        let mut bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        for chunk in std::vec![b'x'; BODY_BYTES].chunks(size) {
            body::write_chunk(chunk, &mut bytes);
        }
        body::write_last_chunk(&mut bytes);
        bytes
    };
    let behind = |head: &str| [head.as_bytes(), &std::vec![b'x'; BODY_BYTES]].concat();
    let start = std::time::Instant::now();
    for bytes in [
        behind(&format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {BODY_BYTES}\r\n\r\n"
        )),
        behind("HTTP/1.1 200 OK\r\n\r\n"),
        in_chunks(BODY_BYTES),
        in_chunks(1),
    ] {
        // Byte by byte, and all at once: neither may look at all that is there for each byte or chunk.
        for piece in [1, bytes.len()] {
            let mut client = HttpClient::new(&limits);
            let request = Request::get("/".into());
            client.send(&request, &Headers::new(), &mut Vec::new());
            let reply = receive(&mut client, bytes.chunks(piece)).unwrap().unwrap();
            assert_eq!(reply.response.body.len(), BODY_BYTES);
        }
    }
    assert!(start.elapsed() < core::time::Duration::from_secs(20));
}

#[test]
fn a_head_and_a_body_may_have_exactly_their_limits() {
    let head = |length: usize, body: usize| {
        let start = format!("HTTP/1.1 200 OK\r\nContent-Length: {body}\r\nA: ");
        let fill = "x".repeat(length - start.len() - 4);
        format!("{start}{fill}\r\n\r\n{}", "y".repeat(body))
    };
    let limits = limits();
    for (head_bytes, body_bytes, error) in [
        (limits.head_bytes, limits.response_bytes, None),
        (limits.head_bytes + 1, 0, Some(HttpError::HeadTooLong)),
        (100, limits.response_bytes + 1, Some(HttpError::BodyTooLong)),
    ] {
        let bytes = head(head_bytes, body_bytes);
        for piece in [1, bytes.len()] {
            let pieces = bytes.as_bytes().chunks(piece);
            let result = receive(&mut asking(Method::Get), pieces);
            assert_eq!(result.err(), error, "{head_bytes} and {body_bytes}");
        }
    }
}
