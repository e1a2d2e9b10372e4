//! Proxies that a test plays, and what it needs for that.
//! Never knows a protocol: the tests do.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// How long a client of such a proxy may take for a word.
const PATIENCE: Duration = Duration::from_secs(20);

/// A proxy that does `play` with each connection.
pub(crate) fn proxy(play: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            stream.set_nodelay(true).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            play(stream);
        }
    });
    port
}

/// Reads exactly `count` bytes.
pub(crate) fn take(mut stream: &TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

/// Reads a head of HTTP.
pub(crate) fn take_head(stream: &TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(take(stream, 1));
    }
    String::from_utf8(head).unwrap()
}

pub(crate) fn say(mut stream: &TcpStream, bytes: &[u8]) {
    stream.write_all(bytes).unwrap();
}

/// Carries bytes between a client and a port of this host, until both are done.
pub(crate) fn relay(client: TcpStream, port: u16) {
    let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let carry = |mut from: TcpStream, mut to: TcpStream| {
        thread::spawn(move || {
            // Whichever side breaks it off, the other shall learn that it is over.
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        })
    };
    carry(client.try_clone().unwrap(), server.try_clone().unwrap());
    carry(server, client);
}
