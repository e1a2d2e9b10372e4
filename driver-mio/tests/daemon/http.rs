//! The service as an HTTP server over a real socket: kept connections, chunks, drips, and lengths in dispute.
//! Never about what a request means: all of them are echoes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use crate::client::PATIENCE;
use crate::program::program;
use crate::running::Running;

const BODY: &str = "method=echo&data=%7B%22t%22%3A%221%22%7D";

struct Caller {
    stream: TcpStream,
    _service: Running,
}

impl Caller {
    /// A service without TLS, and a connection to it.
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let arguments = [
            "service",
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            ":memory:",
        ];
        let mut service = Running::start(program(home.path(), &arguments));
        let stream = TcpStream::connect(("127.0.0.1", service.port("service"))).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self {
            stream,
            _service: service,
        }
    }

    fn say(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Says it byte by byte.
    fn drip(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.say(&[*byte]);
            sleep(Duration::from_micros(500));
        }
    }

    fn take(&mut self, end: &str) -> String {
        let mut bytes = Vec::new();
        while !bytes.ends_with(end.as_bytes()) {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            bytes.push(byte[0]);
        }
        String::from_utf8(bytes).unwrap()
    }

    /// The next response: its head, and its body as long as the head says.
    fn hear(&mut self) -> (String, String) {
        let head = self.take("\r\n\r\n");
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "));
        let mut body = vec![0; length.unwrap().parse().unwrap()];
        self.stream.read_exact(&mut body).unwrap();
        (head, String::from_utf8(body).unwrap())
    }

    #[track_caller]
    fn expect_echo(&mut self) -> String {
        let (head, body) = self.hear();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(body.contains("\"t\":\"1\""), "{body}");
        head
    }

    /// Fails unless the service has ended the connection, and has said nothing more.
    fn expect_end(&mut self) {
        assert_eq!(self.stream.read(&mut [0]).unwrap(), 0);
    }
}

fn post(fields: &str, body: &str) -> Vec<u8> {
    format!("POST /imo HTTP/1.1\r\nHost: h\r\n{fields}\r\n{body}").into_bytes()
}

fn with_length() -> Vec<u8> {
    post(&format!("Content-Length: {}\r\n", BODY.len()), BODY)
}

fn in_chunks() -> Vec<u8> {
    let chunks = BODY.split_inclusive('%');
    let chunks = chunks.map(|part| format!("{:x};a=b\r\n{part}\r\n", part.len()));
    let body = format!("{}0\r\nTrailer: x\r\n\r\n", chunks.collect::<String>());
    post("Transfer-Encoding: chunked\r\n", &body)
}

#[test]
fn one_connection_carries_many_requests_however_they_come() {
    let mut caller = Caller::new();
    for bytes in [with_length(), in_chunks()] {
        caller.say(&bytes);
        caller.expect_echo();
        caller.drip(&bytes);
        caller.expect_echo();
        // Two at once are answered one after the other.
        caller.say(&[bytes.clone(), with_length()].concat());
        caller.expect_echo();
        caller.expect_echo();
    }
    let length = BODY.len();
    let head = format!("Expect: 100-continue\r\nContent-Length: {length}\r\n");
    caller.say(&post(&head, ""));
    assert_eq!(caller.take("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    caller.say(BODY.as_bytes());
    caller.expect_echo();
    let closing = format!("Connection: close\r\nContent-Length: {length}\r\n");
    caller.say(&post(&closing, BODY));
    assert!(caller.expect_echo().contains("Connection: close\r\n"));
    caller.expect_end();
}

#[test]
fn what_two_servers_could_read_in_two_ways_is_refused_and_nothing_behind_it_is_read() {
    let length = BODY.len();
    let long = "x".repeat(20_000);
    for (fields, status) in [
        (
            format!("Content-Length: {length}\r\nContent-Length: 0\r\n"),
            400,
        ),
        (format!("Content-Length: {length}, 0\r\n"), 400),
        (format!("Content-Length: +{length}\r\n"), 400),
        (
            format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"),
            400,
        ),
        ("Transfer-Encoding: chunked, gzip\r\n".into(), 501),
        ("Content-Length: 1048577\r\n".into(), 413),
        (format!("X: {long}\r\n"), 431),
    ] {
        let mut caller = Caller::new();
        caller.say(&[post(&fields, BODY), with_length()].concat());
        let (head, body) = caller.hear();
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status} ")),
            "{fields}: {head}"
        );
        assert!(head.contains("Connection: close\r\n"), "{head}");
        assert!(body.starts_with("{\"error\":"), "{body}");
        caller.expect_end();
    }
}
