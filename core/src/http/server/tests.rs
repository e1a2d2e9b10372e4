use super::*;
use crate::http::client::CloseReason;
use crate::http::tests::{asking, limits, serve, text};
use alloc::format;
use alloc::string::{String, ToString};

extern crate std;

mod any_bytes;

#[test]
fn requests_read_the_same_however_they_are_cut() {
    let bytes = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n\
        POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none\r\n\
        POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ntw\r\n1\r\no\r\n0\r\n\r\n\
        GET /d HTTP/1.0\r\n\r\nGET /e HTTP/1.1\r\nHost: h\r\n\r\n";
    let bytes = bytes.as_bytes();
    let (expected, error) = serve(core::iter::once(bytes));
    let heard: Vec<_> = expected.iter().map(|r| (&*r.path, text(&r.body))).collect();
    // The request behind the one of version 1.0 is not heard.
    assert_eq!(
        heard,
        [("/a", ""), ("/b", "one"), ("/c", "two"), ("/d", "")]
    );
    assert_eq!(error, None);
    for cut in 1..bytes.len() {
        let (front, back) = bytes.split_at(cut);
        assert_eq!(serve([front, back].into_iter()), (expected.clone(), None));
    }
    assert_eq!(serve(bytes.chunks(1)), (expected, None));
}

#[test]
fn the_next_request_waits_until_the_last_is_answered() {
    let mut server = HttpServer::new(&limits());
    let mut tx = Vec::new();
    server.receive(b"GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(server.next(&mut tx).unwrap().unwrap().path, "/1");
    assert_eq!(server.next(&mut tx), Ok(None));
    assert_eq!(
        server.send(&Response::empty(200), &mut tx),
        AfterResponse::Keep
    );
    assert!(!server.is_idle());
    assert_eq!(server.next(&mut tx).unwrap().unwrap().path, "/2");
}

#[test]
fn a_client_that_asks_too_far_ahead_is_answered_once_more() {
    let mut server = HttpServer::new(&limits());
    let mut tx = Vec::new();
    server.receive(b"GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
    server.next(&mut tx).unwrap().unwrap();
    for _ in 0..9 {
        server.receive(b"GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    assert_eq!(
        server.send(&Response::empty(200), &mut tx),
        AfterResponse::Close
    );
    assert!(text(&tx).contains("Connection: close\r\n"));
    server.receive(b"GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(server.next(&mut tx), Ok(None));
}

#[test]
fn a_client_that_waits_for_continue_is_told_once() {
    let ask = |version: &str, fields: &str, body: &str| {
        let mut server = HttpServer::new(&limits());
        let mut tx = Vec::new();
        let head =
            format!("POST / HTTP/{version}\r\nHost: h\r\nExpect: 100-Continue\r\n{fields}\r\n");
        server.receive(head.as_bytes());
        if !body.is_empty() {
            server.receive(body.as_bytes());
        }
        let result = server.next(&mut tx);
        assert!(server.next(&mut tx).is_ok());
        (
            result.map(|request| request.is_some()),
            String::from_utf8(tx).unwrap(),
        )
    };
    let go_on = "HTTP/1.1 100 Continue\r\n\r\n".to_string();
    let none = String::new();
    assert_eq!(ask("1.1", "Content-Length: 5\r\n", ""), (Ok(false), go_on));
    assert_eq!(
        ask("1.1", "Content-Length: 5\r\n", "hello"),
        (Ok(true), none.clone())
    );
    assert_eq!(ask("1.1", "", ""), (Ok(true), none.clone()));
    assert_eq!(
        ask("1.0", "Content-Length: 5\r\n", ""),
        (Ok(false), none.clone())
    );
    let too_long = ask("1.1", "Content-Length: 101\r\n", "");
    assert_eq!(too_long, (Err(HttpError::BodyTooLong), none));
}

#[test]
fn the_connection_persists_as_both_sides_wish() {
    use AfterResponse::{Close, Keep};
    for (version, asked, answered, after, said) in [
        ("1.1", "", "", Keep, None),
        ("1.1", "Connection: close\r\n", "", Close, Some("close")),
        ("1.1", "Connection: x, CLOSE\r\n", "", Close, Some("close")),
        ("1.1", "", "close", Close, Some("close")),
        (
            "1.1",
            "Connection: close\r\n",
            "close",
            Close,
            Some("close"),
        ),
        ("1.0", "", "", Close, Some("close")),
        (
            "1.0",
            "Connection: Keep-Alive\r\n",
            "",
            Keep,
            Some("keep-alive"),
        ),
        (
            "1.0",
            "Connection: Keep-Alive\r\n",
            "close",
            Close,
            Some("close"),
        ),
    ] {
        let mut server = HttpServer::new(&limits());
        let mut tx = Vec::new();
        server.receive(format!("GET / HTTP/{version}\r\nHost: h\r\n{asked}\r\n").as_bytes());
        server.next(&mut tx).unwrap().unwrap();
        let mut response = Response::empty(200);
        if !answered.is_empty() {
            response.headers.push("Connection", answered);
        }
        assert_eq!(server.send(&response, &mut tx), after);
        let reply = asking(Method::Get).receive(&tx).unwrap().unwrap();
        assert!(reply.response.headers.all("Connection").eq(said));
        assert_eq!(reply.reusable.is_ok(), after == Keep);
    }
}

#[test]
fn a_broken_request_gets_its_status_and_the_connection_ends() {
    for (bytes, status) in [
        ("nonsense\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\n\r\n", 505),
        ("POST / HTTP/1.0\r\nContent-Length: 101\r\n\r\n", 413),
        (
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n",
            501,
        ),
        (
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
            400,
        ),
        (&"x".repeat(201), 431),
    ] {
        let mut server = HttpServer::new(&limits());
        let mut tx = Vec::new();
        server.receive(bytes.as_bytes());
        let error = server.next(&mut tx).unwrap_err();
        assert!(!error.explain().contains(['"', '\\']));
        assert_eq!(
            server.send(&error.response(), &mut tx),
            AfterResponse::Close
        );
        let reply = asking(Method::Get).receive(&tx).unwrap().unwrap();
        assert_eq!(reply.response.status, status, "{bytes:?}");
        assert_eq!(reply.reusable, Err(CloseReason::Announced));
        assert!(reply.response.body.starts_with(b"{\"error\":\""));
        server.receive(b"GET / HTTP/1.0\r\n\r\n");
        assert_eq!(server.next(&mut tx), Ok(None));
    }
}

#[test]
fn a_slow_drip_costs_linear_time() {
    const HEAD_BYTES: usize = 1 << 20;
    let limits = Limits {
        head_bytes: HEAD_BYTES + 100,
        ..limits()
    };
    let start = std::time::Instant::now();
    let mut server = HttpServer::new(&limits);
    let mut tx = Vec::new();
    server.receive(b"GET / HTTP/1.0\r\nA: ");
    for _ in 0..HEAD_BYTES {
        server.receive(b"x");
        assert_eq!(server.next(&mut tx), Ok(None));
    }
    server.receive(b"\r\n\r\n");
    assert!(server.next(&mut tx).unwrap().is_some());
    // Searching all of it again for each byte would look at 2^39 bytes.
    assert!(start.elapsed() < core::time::Duration::from_secs(10));
}

#[test]
fn a_connection_is_small() {
    assert!(size_of::<HttpServer>() <= 256);
}

#[test]
fn a_slow_drip_of_a_body_costs_linear_time_whatever_its_framing() {
    const BODY_BYTES: usize = 1 << 19;
    let limits = Limits {
        request_bytes: BODY_BYTES,
        ..limits()
    };
    let mut chunks = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..BODY_BYTES {
        body::write_chunk(b"x", &mut chunks);
    }
    body::write_last_chunk(&mut chunks);
    let head = format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {BODY_BYTES}\r\n\r\n");
    let counted = [head.as_bytes(), &std::vec![b'x'; BODY_BYTES]].concat();
    let start = std::time::Instant::now();
    for bytes in [counted, chunks] {
        for piece in [1, bytes.len()] {
            let mut server = HttpServer::new(&limits);
            let mut request = None;
            for bytes in bytes.chunks(piece) {
                server.receive(bytes);
                request = request.or(server.next(&mut Vec::new()).unwrap());
            }
            assert_eq!(request.unwrap().body.len(), BODY_BYTES);
        }
    }
    assert!(start.elapsed() < core::time::Duration::from_secs(20));
}

#[test]
fn a_request_over_its_limit_is_refused_however_its_length_is_told() {
    let over = limits().request_bytes + 1;
    let mut chunks = Vec::new();
    for _ in 0..over {
        body::write_chunk(b"x", &mut chunks);
    }
    for (field, body) in [
        (format!("Content-Length: {over}"), std::vec![b'x'; over]),
        ("Transfer-Encoding: chunked".to_string(), chunks),
    ] {
        let head = format!("POST / HTTP/1.1\r\nHost: h\r\n{field}\r\n\r\n");
        let bytes = [head.as_bytes(), &body].concat();
        for piece in [1, bytes.len()] {
            let (requests, error) = serve(bytes.chunks(piece));
            assert_eq!((requests.len(), error), (0, Some(HttpError::BodyTooLong)));
        }
    }
}
