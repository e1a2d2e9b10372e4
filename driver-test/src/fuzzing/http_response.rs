//! What a server answers over HTTP, as a client reads it: responses, cookies and redirects.
//! Never judges what the bodies mean.

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::client::{CloseReason, HttpClient, Reply};
use imo2sproxy_core::http::server::HttpServer;
use imo2sproxy_core::http::{Headers, HttpError, Method, Request, Response};

use super::cuts::pieces;
use super::messages::{
    check_accepted, check_chunks, check_head_length, has_room, limits, own_fields,
};

mod cookies;
mod redirects;

/// What is asked, by the lower bits of the first byte.
const METHODS: [Method; 4] = [Method::Get, Method::Post, Method::Head, Method::Get];
/// How long the pieces are in which the answer comes, by the next bits; zero: as they say themselves.
const PIECES: [usize; 4] = [0, 1, 7, 64];

/// All that a server sends on a connection. The first byte says what was asked and how the others are cut.
///
/// # Panics
/// If what is read or refused depends on how the bytes are cut; if a limit is passed, or a length is taken that is in
/// doubt; if a response that was accepted, sent again, is not read as the same; if a cookie is shown to
/// somebody else; if a redirect leads further, or elsewhere, than it may.
pub fn http_response(data: &[u8]) {
    let Some((options, stream)) = data.split_first() else {
        return;
    };
    let method = METHODS[usize::from(options & 3)].clone();
    let size = PIECES[usize::from(options >> 2 & 3)];
    let whole = Outcome::of(&method, std::iter::once(stream));
    let split = Outcome::of(&method, pieces(stream, size));
    whole.check_same(&split);
    if let Ok(reply) = &whole.first {
        check_reply(&method, reply, stream);
        if has_room(&reply.response.headers) {
            check_sent_again(&reply.response);
        }
        check_chunks(&reply.response.body, size);
        cookies::check(&reply.response, options & 0x40 != 0);
    }
    redirects::check(*options, stream, size);
}

/// What a client makes of a connection to its end.
#[derive(Debug)]
struct Outcome {
    first: Result<Reply, HttpError>,
    /// Something came after the reply.
    more: bool,
}

impl Outcome {
    fn of<'a>(method: &Method, mut stream: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut client = asking(method, &limits());
        let mut first = None;
        for piece in stream.by_ref().filter(|piece| !piece.is_empty()) {
            match client.receive(piece) {
                Ok(None) => {}
                Ok(Some(reply)) => first = Some(Ok(reply)),
                Err(error) => first = Some(Err(error)),
            }
            if first.is_some() {
                break;
            }
        }
        let first = first.unwrap_or_else(|| match client.eof() {
            Ok(Some(reply)) => Ok(reply),
            Ok(None) => panic!("asked, and nothing came of it"),
            Err(error) => Err(error),
        });
        let behind = stream.next();
        if let (Ok(_), Some(piece)) = (&first, behind) {
            let unasked = client.receive(piece);
            assert_eq!(unasked, Err(HttpError::Unasked), "nothing is asked");
        }
        Self {
            more: behind.is_some(),
            first,
        }
    }

    /// The cuts have no influence, but on when it is known that more has come than was asked for.
    fn check_same(&self, split: &Self) {
        match (&self.first, &split.first) {
            (Ok(whole), Ok(split_reply)) => {
                assert_eq!(whole.response, split_reply.response, "read by the cuts");
                if whole.reusable == Err(CloseReason::ExtraBytes) {
                    let known = split_reply.reusable == whole.reusable;
                    assert!(known || split.more, "lost what came behind");
                } else {
                    assert_eq!(whole.reusable, split_reply.reusable);
                }
            }
            (whole, split) => assert_eq!(whole, split, "refused by the cuts"),
        }
    }
}

/// A client that has asked something.
fn asking(method: &Method, limits: &Limits) -> HttpClient {
    let mut client = HttpClient::new(limits);
    let mut request = Request::get("/".into());
    request.method = method.clone();
    let mut common = Headers::new();
    common.push("Host", "h");
    client.send(&request, &common, &mut Vec::new());
    client
}

fn check_reply(method: &Method, reply: &Reply, stream: &[u8]) {
    let Response {
        status,
        headers,
        body,
    } = &reply.response;
    assert!((200..=999).contains(status), "{status} is no answer");
    let bodiless = *method == Method::Head || matches!(status, 204 | 304);
    check_accepted(headers, body, bodiless);
    check_head_length(stream);
    let has_end = headers.get("Content-Length").is_some()
        || headers.get("Transfer-Encoding").is_some()
        || bodiless;
    let ends_with_connection = reply.reusable == Err(CloseReason::UntilClose);
    assert_eq!(!has_end, ends_with_connection, "{reply:?}");
    if headers.has_token("Connection", "close") {
        assert!(reply.reusable.is_err(), "closed, and to be used again");
    }
}

/// Our own server sends the response again; our own client reads the same.
fn check_sent_again(response: &Response) {
    let mut again = response.clone();
    again.headers = own_fields(&response.headers);
    let limits = Limits::default();
    let mut server = HttpServer::new(&limits);
    server.receive(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    let mut tx = Vec::new();
    let request = server.next(&mut tx);
    assert!(matches!(request, Ok(Some(_))), "our own request is good");
    let _ = server.send(&again, &mut tx);
    let read = asking(&Method::Get, &limits).receive(&tx);
    let Ok(Some(reply)) = read else {
        panic!("{again:?} is read as {read:?}");
    };
    assert_eq!(reply.reusable, Ok(()));
    assert_eq!(reply.response.status, again.status);
    assert_eq!(reply.response.body, again.body);
    let fields = own_fields(&reply.response.headers);
    assert_eq!(fields.as_wire(), again.headers.as_wire());
}
