//! What a client asks over HTTP, as a server reads it: requests, and the forms in them.
//! Never judges what the bodies mean.

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::client::HttpClient;
use imo2sproxy_core::http::server::{AfterResponse, HttpServer};
use imo2sproxy_core::http::{Headers, HttpError, Request, Response, form};

use super::cuts::pieces;
use super::messages::{
    check_accepted, check_chunks, check_head_length, has_room, limits, own_fields,
};

/// What is answered, by the lower bits of the first byte.
const ANSWERS: [(u16, &[u8]); 4] = [(200, b"{}"), (204, b""), (404, b""), (999, b"odd")];
/// How long the pieces are in which the requests come, by the next bits; zero: as they say themselves.
const PIECES: [usize; 4] = [0, 1, 7, 64];
/// Bit of the first byte: the server ends the connection with its second answer.
const CLOSE: u8 = 0x10;
/// What is said to a client that waits for it: whether it waits depends on the cuts.
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// All that a client sends on a connection. The first byte says what it is answered and how the others are cut.
///
/// # Panics
/// If what is read, refused or answered depends on how the bytes are cut; if a limit is passed, or a length is taken
/// that is in doubt; if anything is taken after an error or an end; if a slow server hears other requests than a
/// quick one; if a request that was accepted, sent again, is not read as the same.
pub fn http_request(data: &[u8]) {
    let Some((options, stream)) = data.split_first() else {
        return;
    };
    let size = PIECES[usize::from(options >> 2 & 3)];
    let mut whole = Session::new(*options);
    whole.receive(stream);
    let mut split = Session::new(*options);
    pieces(stream, size).for_each(|piece| split.receive(piece));
    assert_eq!(whole.heard, split.heard, "heard depends on the cuts");
    assert_eq!(whole.error, split.error, "refused depends on the cuts");
    assert_eq!(whole.over, split.over, "ended by the cuts");
    let answers = (whole.answers(), split.answers());
    assert_eq!(answers.0, answers.1, "answered by the cuts");
    whole.check_deaf_at_the_end();

    if let Some(first) = whole.heard.first() {
        let lines = stream.chunks(2).take_while(|two| two == b"\r\n").count();
        check_head_length(&stream[2 * lines..]);
        check_slow(*options, stream, size, &whole.heard);
        check_chunks(&first.body, size);
    }
    for request in &whole.heard {
        check_accepted(&request.headers, &request.body, false);
        if has_room(&request.headers) {
            check_sent_again(request);
        }
        check_form(request);
    }
}

/// A server's end of a connection with all that came of it; it answers at once.
struct Session {
    server: HttpServer,
    options: u8,
    heard: Vec<Request>,
    tx: Vec<u8>,
    error: Option<HttpError>,
    over: bool,
}

impl Session {
    fn new(options: u8) -> Self {
        Self {
            server: HttpServer::new(&limits()),
            options,
            heard: Vec::new(),
            tx: Vec::new(),
            error: None,
            over: false,
        }
    }

    fn receive(&mut self, bytes: &[u8]) {
        if self.over {
            return; // As a closed connection.
        }
        self.server.receive(bytes);
        while !self.over && self.read() {
            let response = self.response();
            self.send(&response);
        }
    }

    /// Takes the next request, if there is one that has to be answered.
    fn read(&mut self) -> bool {
        match self.server.next(&mut self.tx) {
            Ok(Some(request)) => {
                self.heard.push(request);
                true
            }
            Ok(None) => false,
            Err(error) => {
                self.error = Some(error);
                self.send(&error.response());
                assert!(self.over, "goes on after an error");
                false
            }
        }
    }

    fn send(&mut self, response: &Response) {
        let after = self.server.send(response, &mut self.tx);
        self.over = after == AfterResponse::Close;
    }

    fn response(&self) -> Response {
        let (status, body) = ANSWERS[usize::from(self.options & 3)];
        let mut response = Response::new(status, "application/json", body.to_vec());
        if self.options & CLOSE != 0 && self.heard.len() == 2 {
            response.headers.push("Connection", "close");
        }
        response
    }

    /// All that was said, but for what depends on the cuts.
    fn answers(&self) -> Vec<u8> {
        let mut said = self.tx.as_slice();
        let mut answers = Vec::new();
        while let Some(first) = said.first() {
            if let Some(rest) = said.strip_prefix(CONTINUE) {
                said = rest;
            } else {
                answers.push(*first);
                said = &said[1..];
            }
        }
        answers
    }

    /// Whatever comes after the end is not heard.
    fn check_deaf_at_the_end(&mut self) {
        if self.over {
            self.server.receive(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assert_eq!(self.server.next(&mut self.tx), Ok(None), "not over");
        }
    }
}

/// A server that answers only when all has come hears no more, and nothing else, than one that is quick.
fn check_slow(options: u8, stream: &[u8], size: usize, quick: &[Request]) {
    let mut slow = Session::new(options);
    let mut owed = false;
    for piece in pieces(stream, size) {
        if slow.over {
            break;
        }
        slow.server.receive(piece);
        owed = owed || slow.read();
    }
    while owed && !slow.over {
        let response = slow.response();
        slow.send(&response);
        owed = !slow.over && slow.read();
    }
    assert!(quick.starts_with(&slow.heard), "heard something else");
}

/// Our own client sends the request again; our own server reads the same.
fn check_sent_again(request: &Request) {
    let mut again = request.clone();
    again.headers = own_fields(&request.headers);
    let limits = Limits::default();
    let mut host = Headers::new();
    host.push("Host", "h");
    let mut tx = Vec::new();
    HttpClient::new(&limits).send(&again, &host, &mut tx);
    let mut server = HttpServer::new(&limits);
    server.receive(&tx);
    let read = server.next(&mut Vec::new());
    let Ok(Some(read)) = read else {
        panic!("{again:?} is read as {read:?}");
    };
    assert_eq!(read.method, again.method);
    assert_eq!(read.body, again.body);
    let fields = own_fields(&read.headers);
    assert_eq!(fields.as_wire(), again.headers.as_wire());
    if again.path.is_ascii() {
        assert_eq!(read.path, again.path);
    }
}

/// The pairs of a form, written again, are read as the same.
fn check_form(request: &Request) {
    let pairs: Result<Vec<form::Pair<'_>>, _> = form::pairs(&request.body).collect();
    let Ok(pairs) = pairs else {
        return;
    };
    let mut body = Vec::new();
    for (name, value) in &pairs {
        form::append(&mut body, name, value);
    }
    let again: Result<Vec<form::Pair<'_>>, _> = form::pairs(&body).collect();
    assert_eq!(again.as_ref(), Ok(&pairs));
}
