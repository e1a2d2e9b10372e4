//! The handshake and the frames, byte by byte on a bare socket.
//! Never decodes anything: what is expected is written out.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use crate::client::{Client, PATIENCE, frame};
use crate::town::{Daemon, Town};

fn daemon(more: &[&str]) -> Daemon {
    let more = [&["--data-dir", ":memory:"], more].concat();
    Town::new().daemon_with("alice", &more)
}

fn connect(daemon: &Daemon) -> TcpStream {
    let socket = TcpStream::connect(("127.0.0.1", daemon.port)).unwrap();
    socket.set_nodelay(true).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

#[track_caller]
fn expect(socket: &mut TcpStream, expected: &[u8]) {
    let mut got = vec![0; expected.len()];
    socket.read_exact(&mut got).unwrap();
    assert_eq!(got, expected);
}

/// Nothing comes, and the connection stays.
#[track_caller]
fn expect_silence(socket: &mut TcpStream) {
    let patience = Duration::from_millis(200);
    socket.set_read_timeout(Some(patience)).unwrap();
    let error = socket.read(&mut [0; 1]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
}

/// The connection ends, with nothing before.
#[track_caller]
fn expect_end(socket: &mut TcpStream) {
    match socket.read(&mut [0; 1]) {
        Ok(count) => assert_eq!(count, 0, "it goes on talking"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
}

/// One byte per segment, as far as the system lets us say so.
fn trickle(socket: &mut TcpStream, bytes: &[u8]) {
    for byte in bytes {
        socket.write_all(&[*byte]).unwrap();
        sleep(Duration::from_millis(2));
    }
}

#[test]
fn without_a_password_the_handshake_is_one_question_and_one_byte() {
    let daemon = daemon(&[]);
    let mut socket = connect(&daemon);
    expect_silence(&mut socket);
    socket.write_all(b"\0\0\0\0\x02").unwrap();
    expect(&mut socket, b"\x00");
    expect_silence(&mut socket);
    socket.write_all(b"\x0a\0\0\0PROTOCOL 7").unwrap();
    expect(&mut socket, b"\x0a\0\0\0PROTOCOL 7");

    // Asked for a password, it says that none is wanted; unknown questions get a zero.
    let mut socket = connect(&daemon);
    socket.write_all(b"\0\0\0\0\x01").unwrap();
    expect(&mut socket, b"\x00");
    socket.write_all(b"\0\0\0\0\x02").unwrap();
    expect(&mut socket, b"\x00");
    socket.write_all(b"\0\0\0\0\x03\x02").unwrap();
    socket.write_all(b"\0\0\0\0\x7f").unwrap();
    expect(&mut socket, b"\x00");
    socket.write_all(b"\x04\0\0\0PING").unwrap();
    expect(&mut socket, b"\x04\0\0\0PONG");

    // Some clients skip all that.
    let mut socket = connect(&daemon);
    socket.write_all(b"\x07\0\0\0#1 PING").unwrap();
    expect(&mut socket, b"\x07\0\0\0#1 PONG");
}

#[test]
fn with_a_password_nothing_is_heard_before_it() {
    let daemon = daemon(&["-k", "pw1"]);
    let mut socket = connect(&daemon);
    socket.write_all(b"\0\0\0\0\x02").unwrap();
    expect(&mut socket, b"\x01");
    socket.write_all(b"\x04\0\0\0PING").unwrap();
    expect_silence(&mut socket);

    let mut socket = connect(&daemon);
    socket.write_all(b"\0\0\0\0\x01").unwrap();
    expect(&mut socket, b"\x01");
    socket.write_all(b"\x03\0\0\0pw1").unwrap();
    expect(&mut socket, b"\x01");
    socket.write_all(b"\0\0\0\0\x02").unwrap();
    expect(&mut socket, b"\x01");
    socket.write_all(b"\x04\0\0\0PING").unwrap();
    expect(&mut socket, b"\x04\0\0\0PONG");

    for wrong in ["pw2", "pw11", "pw", "PING"] {
        let mut socket = connect(&daemon);
        socket.write_all(b"\0\0\0\0\x01").unwrap();
        expect(&mut socket, b"\x01");
        socket.write_all(&frame(wrong)).unwrap();
        expect(&mut socket, b"\x00");
        expect_end(&mut socket);
    }
    let said = daemon.stop();
    assert!(!said.contains("pw"), "{said}");
    assert_eq!(said.matches("wrong name or password").count(), 4, "{said}");
}

#[test]
fn bytes_may_come_one_by_one_or_all_at_once() {
    let daemon = daemon(&["-k", "pw1"]);
    let mut socket = connect(&daemon);
    trickle(&mut socket, b"\0\0\0\0\x01");
    expect(&mut socket, b"\x01");
    trickle(&mut socket, b"\x03\0\0\0pw1");
    expect(&mut socket, b"\x01");
    trickle(&mut socket, b"\0\0\0\0\x02");
    expect(&mut socket, b"\x01");
    trickle(&mut socket, b"\x07\0\0\0#1 PING\x08\0\0\0#\xc3\xbc PING");
    expect(&mut socket, b"\x07\0\0\0#1 PONG\x08\0\0\0#\xc3\xbc PONG");

    let mut socket = connect(&daemon);
    socket
        .write_all(b"\0\0\0\0\x01\x03\0\0\0pw1\0\0\0\0\x02\x04\0\0\0PING\x04\0\0\0PING")
        .unwrap();
    expect(&mut socket, b"\x01\x01\x01\x04\0\0\0PONG\x04\0\0\0PONG");
}

#[test]
fn a_length_beyond_the_limit_ends_the_connection() {
    let (open, closed) = (daemon(&[]), daemon(&["-k", "pw1"]));
    for (daemon, before, length) in [
        (&open, &frame("PING")[..], u32::MAX),
        (&open, &frame("PING"), 256 * 1024 + 1),
        (&closed, b"\0\0\0\0\x01", 4 * 1024 + 1),
    ] {
        let mut socket = connect(daemon);
        socket.write_all(before).unwrap();
        socket.write_all(&length.to_le_bytes()).unwrap();
        let mut rest = Vec::new();
        match socket.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
        }
        assert!(rest.len() < 100, "{rest:?}");
    }
    // Up to the limit it is a line like any other, and the daemon is there for others.
    let mut client = Client::connect(open.port);
    let reply = client.ask(&"x".repeat(250 * 1024));
    assert!(reply.starts_with("ERROR "), "{reply}");
}

#[test]
fn a_line_that_is_no_text_is_answered_and_harms_nobody() {
    let daemon = daemon(&[]);
    let mut socket = connect(&daemon);
    socket.write_all(b"\x04\0\0\0PI\xff\xfe").unwrap();
    let mut length = [0; 4];
    socket.read_exact(&mut length).unwrap();
    let mut reply = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap()];
    socket.read_exact(&mut reply).unwrap();
    assert!(reply.starts_with(b"ERROR "), "{reply:?}");
}
