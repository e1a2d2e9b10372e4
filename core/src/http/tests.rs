//! Client and server against each other, and what the tests of both share.

use alloc::format;
use alloc::string::ToString;
use alloc::vec;

use super::client::{HttpClient, Reply};
use super::server::{AfterResponse, HttpServer};
use super::*;
use crate::config::Limits;
use proptest::prelude::*;

pub(super) fn limits() -> Limits {
    Limits {
        head_bytes: 200,
        request_bytes: 100,
        response_bytes: 100,
        ..Limits::default()
    }
}

fn host() -> Headers {
    let mut headers = Headers::new();
    headers.push("Host", "imo.im");
    headers
}

/// A client that has sent a request of this method.
pub(super) fn asking(method: Method) -> HttpClient {
    let mut client = HttpClient::new(&limits());
    let mut request = Request::get("/".into());
    request.method = method;
    client.send(&request, &host(), &mut Vec::new());
    client
}

/// What a client makes of these pieces, the end of the connection behind them included.
pub(super) fn receive<'a>(
    client: &mut HttpClient,
    pieces: impl Iterator<Item = &'a [u8]>,
) -> Result<Option<Reply>, HttpError> {
    let mut reply = None;
    for piece in pieces {
        reply = reply.or(client.receive(piece)?);
    }
    reply.map_or_else(|| client.eof(), |reply| Ok(Some(reply)))
}

/// All requests that a server reads from these pieces when it answers each at once, and the error at the end.
pub(super) fn serve<'a>(
    pieces: impl Iterator<Item = &'a [u8]>,
) -> (Vec<Request>, Option<HttpError>) {
    let mut server = HttpServer::new(&limits());
    let (mut requests, mut tx) = (Vec::new(), Vec::new());
    for piece in pieces {
        server.receive(piece);
        loop {
            match server.next(&mut tx) {
                Ok(Some(request)) => requests.push(request),
                Ok(None) => break,
                Err(error) => return (requests, Some(error)),
            }
            if server.send(&Response::empty(204), &mut tx) == AfterResponse::Close {
                return (requests, None);
            }
        }
    }
    (requests, None)
}

pub(super) fn text(tx: &[u8]) -> &str {
    core::str::from_utf8(tx).unwrap()
}

#[test]
fn client_and_server_talk_over_one_connection() {
    let mut client = HttpClient::new(&limits());
    let mut server = HttpServer::new(&limits());
    for (request, response) in [
        (
            Request::post("/imo".into(), form::CONTENT_TYPE, b"method=echo".to_vec()),
            Response::new(200, "application/json", b"{}".to_vec()),
        ),
        (Request::get("/b/x".into()), Response::empty(404)),
        (
            Request::post("/imo".into(), form::CONTENT_TYPE, Vec::new()),
            Response::empty(204),
        ),
    ] {
        let mut tx = Vec::new();
        client.send(&request, &host(), &mut tx);
        server.receive(&tx);
        let mut tx = Vec::new();
        let heard = server.next(&mut tx).unwrap().unwrap();
        assert_eq!((heard.method, heard.path), (request.method, request.path));
        assert_eq!(heard.body, request.body);
        assert_eq!(
            heard.headers.get("content-type"),
            request.headers.get("Content-Type")
        );
        assert_eq!(server.send(&response, &mut tx), AfterResponse::Keep);
        assert!(server.is_idle());
        let reply = client.receive(&tx).unwrap().unwrap();
        assert_eq!(reply.reusable, Ok(()));
        assert_eq!(reply.response.status, response.status);
        assert_eq!(reply.response.body, response.body);
    }
    assert_eq!(client.eof(), Ok(None));
}

#[test]
fn the_answer_to_head_has_the_length_but_not_the_body() {
    let mut server = HttpServer::new(&limits());
    server.receive(b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    let mut tx = Vec::new();
    server.next(&mut tx).unwrap().unwrap();
    let response = Response::new(200, "text/plain", b"hello".to_vec());
    let _ = server.send(&response, &mut tx);
    assert!(text(&tx).contains("Content-Length: 5\r\n") && tx.ends_with(b"\r\n\r\n"));
    let reply = asking(Method::Head).receive(&tx).unwrap().unwrap();
    assert_eq!((reply.response.body, reply.reusable), (vec![], Ok(())));
}

#[test]
fn bodies_are_not_shown() {
    let request = Request::post("/".into(), "text/plain", b"hidden".to_vec());
    let response = Response::new(200, "text/plain", b"hidden".to_vec());
    let shown = format!("{request:?} {response:?}");
    assert!(shown.contains("6 bytes") && !shown.contains("hidden"));
}

/// Bytes that are often nearly HTTP.
pub(super) fn scraps() -> impl Strategy<Value = Vec<u8>> {
    let scrap = prop_oneof![
        Just("HTTP/1.1 200 OK\r\n"),
        Just("GET / HTTP/1.1\r\n"),
        Just("Host: h\r\n"),
        Just("Content-Length: 3\r\n"),
        Just("Transfer-Encoding: chunked\r\n"),
        Just("Connection: close\r\n"),
        Just("\r\n"),
        Just("3\r\nabc\r\n"),
        Just("0\r\n"),
        Just("HTTP/1.1 100 Continue\r\n\r\n"),
        Just("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"),
        Just("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        Just("\n"),
        Just(" "),
        Just("x"),
    ];
    proptest::collection::vec(scrap, 0..12).prop_map(|scraps| scraps.concat().into_bytes())
}

proptest! {
    #[test]
    fn what_is_asked_is_heard(
        path in "/[ -~\u{e4}]{0,20}", name in "X-[A-Za-z]{1,9}", value in "[!-~]([ -~]{0,9}[!-~])?",
        body in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        let mut request = Request::get(path.as_str().into());
        request.headers.push(&name, &value);
        request.body = body;
        let mut tx = Vec::new();
        HttpClient::new(&limits()).send(&request, &host(), &mut tx);
        let (mut heard, error) = serve(core::iter::once(&tx[..]));
        prop_assert_eq!(error, None);
        let heard = heard.pop().unwrap();
        prop_assert_eq!(heard.headers.get(&name), Some(&*value));
        prop_assert_eq!(heard.body, request.body);
        prop_assert_eq!(heard.path, path.replace(' ', "%20").replace('\u{e4}', "%C3%A4"));
    }

    #[test]
    fn what_is_answered_is_heard(
        status in 200_u16..=999, body in proptest::collection::vec(any::<u8>(), 0..=100), cut in 1_usize..50,
    ) {
        prop_assume!(status != 204 && status != 304);
        let mut server = HttpServer::new(&limits());
        let mut tx = Vec::new();
        server.receive(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        server.next(&mut tx).unwrap();
        let _ = server.send(&Response::new(status, "x/y", body.clone()), &mut tx);
        let reply = receive(&mut asking(Method::Get), tx.chunks(cut)).unwrap().unwrap();
        prop_assert_eq!(reply.response, {
            let mut expected = Response::new(status, "x/y", body);
            expected.headers.push("Content-Length", &expected.body.len().to_string());
            expected
        });
        prop_assert_eq!(reply.reusable, Ok(()));
    }

    #[test]
    fn scraps_of_http_mean_the_same_in_one_piece_or_many(bytes in scraps(), cut in 1_usize..20) {
        prop_assert_eq!(serve(bytes.chunks(cut)), serve(bytes.chunks(bytes.len().max(1))));
    }

    #[test]
    fn garbage_never_panics(bytes: Vec<u8>) {
        let (requests, _) = serve(bytes.chunks(7));
        prop_assert!(requests.len() <= bytes.len());
        let reply = receive(&mut asking(Method::Get), bytes.chunks(7));
        prop_assert!(reply.is_err() || bytes.starts_with(b"HTTP"));
    }
}
