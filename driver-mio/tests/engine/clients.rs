//! Who connects to us: with and without TLS, politely and not.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use imo2sproxy_core::io::CloseCause::{Peer, Reset};
use imo2sproxy_core::io::ConnId::Client;
use rustls::{ClientConnection, StreamOwned, SupportedProtocolVersion, version};

use crate::helpers::{Certificate, Setup, closed, echo, exchange, pattern};

#[test]
fn what_a_client_says_comes_back_at_once_and_byte_by_byte() {
    let engine = Setup::plain().start(echo);
    let mut client = engine.client();
    assert_eq!(exchange(&mut client, b"hello"), b"hello");
    for byte in pattern(300) {
        assert_eq!(exchange(&mut client, &[byte]), [byte]);
    }
    let much = pattern(100_000);
    assert_eq!(exchange(&mut client, &much), much);
    engine.expect("accepted c1 by 0");
    drop(client);
    engine.expect(&closed(Client(1), Peer));
}

#[test]
fn what_a_tls_client_says_comes_back_at_once_and_byte_by_byte() {
    let certificate = Certificate::new();
    let engine = Setup::secured(&certificate).start(echo);
    let mut client = engine.tls_client(&certificate);
    assert_eq!(exchange(&mut client, b"hello"), b"hello");
    for byte in pattern(300) {
        assert_eq!(exchange(&mut client, &[byte]), [byte]);
    }
    let much = pattern(100_000);
    assert_eq!(exchange(&mut client, &much), much);
    engine.expect("accepted c1 by 0");
}

/// A stream that writes one byte at a time.
struct Drip(TcpStream);

impl Read for Drip {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(bytes)
    }
}

impl Write for Drip {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(&bytes[..1.min(bytes.len())])
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

#[test]
fn tls_comes_up_over_a_stream_that_brings_single_bytes() {
    let certificate = Certificate::new();
    let engine = Setup::secured(&certificate).start(echo);
    let slow = engine.client();
    slow.set_nodelay(true).unwrap();
    let tls = rustls::ClientConnection::new(certificate.client(), "localhost".try_into().unwrap())
        .unwrap();
    let mut client = rustls::StreamOwned::new(tls, Drip(slow));
    let much = pattern(3000);
    assert_eq!(exchange(&mut client, &much), much);
}

/// A client that speaks one version of TLS and no other.
fn speaking(
    version: &'static SupportedProtocolVersion,
    certificate: &Certificate,
    stream: TcpStream,
) -> StreamOwned<ClientConnection, TcpStream> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate.der()).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tls = ClientConnection::new(config.into(), "localhost".try_into().unwrap()).unwrap();
    StreamOwned::new(tls, stream)
}

#[test]
fn tls_1_3_is_spoken() {
    let certificate = Certificate::new();
    let engine = Setup::secured(&certificate).start(echo);
    let mut client = speaking(&version::TLS13, &certificate, engine.client());
    assert_eq!(exchange(&mut client, b"our times"), b"our times");
    let spoken = client.conn.protocol_version();
    assert_eq!(spoken, Some(rustls::ProtocolVersion::TLSv1_3));
}

#[test]
fn tls_1_2_is_spoken_too() {
    let certificate = Certificate::new();
    let engine = Setup::secured(&certificate).start(echo);
    let mut client = speaking(&version::TLS12, &certificate, engine.client());
    assert_eq!(exchange(&mut client, b"old times"), b"old times");
    let spoken = client.conn.protocol_version();
    assert_eq!(spoken, Some(rustls::ProtocolVersion::TLSv1_2));
}

/// How TLS 1.0 to 1.2 begin: one suite, a curve and a signature that go with our certificate, and no session.
fn greeting(minor_version: u8) -> Vec<u8> {
    const SUITE: [u8; 2] = [0xc0, 0x2b];
    const CURVE: [u8; 8] = [0, 10, 0, 4, 0, 2, 0, 0x1d];
    const SIGNATURE: [u8; 8] = [0, 13, 0, 4, 0, 2, 4, 3];
    let mut body = vec![3, minor_version];
    body.extend(pattern(32));
    body.extend([0, 0, 2]);
    body.extend(SUITE);
    body.extend([1, 0, 0, 16]);
    body.extend(CURVE);
    body.extend(SIGNATURE);
    let length = u8::try_from(body.len()).unwrap();
    let mut record = vec![0x16, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(body);
    record
}

/// The library of the tests speaks no version older than 1.2, so these greetings are written by hand.
#[test]
fn tls_1_1_is_not_spoken() {
    const HANDSHAKE: u8 = 0x16;
    const ALERT: u8 = 0x15;
    const PROTOCOL_VERSION: u8 = 70;
    let certificate = Certificate::new();
    let engine = Setup::secured(&certificate).start(echo);
    let mut newer = engine.client();
    newer.write_all(&greeting(3)).unwrap();
    let mut kind = [0];
    newer.read_exact(&mut kind).unwrap();
    assert_eq!(kind, [HANDSHAKE], "the same greeting is good for 1.2");
    let mut older = engine.client();
    older.write_all(&greeting(2)).unwrap();
    let mut answer = Vec::new();
    older.read_to_end(&mut answer).unwrap();
    assert_eq!(answer.first(), Some(&ALERT), "{answer:?}");
    assert_eq!(answer.last(), Some(&PROTOCOL_VERSION), "{answer:?}");
    let told = engine.hear();
    assert!(told.starts_with("ClientFault: 127.0.0.1:"), "{told}");
    assert!(engine.rest().is_empty(), "the machine never hears of it");
}

#[test]
fn a_client_that_closes_its_half_still_gets_what_was_sent() {
    let engine = Setup::plain().start(echo);
    let mut client = engine.client();
    let much = pattern(50_000);
    client.write_all(&much).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut back = Vec::new();
    client.read_to_end(&mut back).unwrap();
    assert_eq!(back, much);
    engine.expect("accepted c1 by 0");
    engine.expect(&closed(Client(1), Peer));
}

#[test]
fn a_tls_stream_that_ends_without_farewell_was_cut_off() {
    let certificate = Certificate::new();
    let engine = Setup::secured(&certificate).start(echo);
    let mut cut = engine.tls_client(&certificate);
    assert_eq!(exchange(&mut cut, b"hello"), b"hello");
    engine.expect("accepted c1 by 0");
    cut.sock.shutdown(Shutdown::Both).unwrap();
    engine.expect(&closed(Client(1), Reset));

    let mut polite = engine.tls_client(&certificate);
    assert_eq!(exchange(&mut polite, b"hello"), b"hello");
    engine.expect("accepted c2 by 0");
    polite.conn.send_close_notify();
    polite.flush().unwrap();
    let mut rest = Vec::new();
    polite
        .read_to_end(&mut rest)
        .expect("the engine says farewell too");
    engine.expect(&closed(Client(2), Peer));
}

#[test]
fn who_speaks_no_tls_is_turned_away_and_the_machine_never_hears_of_it() {
    let certificate = Certificate::new();
    let engine = Setup::secured(&certificate).start(echo);
    let mut client = engine.client();
    client.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let mut rest = Vec::new();
    let _ = client.read_to_end(&mut rest);
    let told = engine.hear();
    assert!(told.starts_with("ClientFault: 127.0.0.1:"), "{told}");
    assert!(engine.rest().is_empty());
}

#[test]
fn who_says_nothing_where_tls_is_spoken_is_turned_away_after_ten_seconds() {
    let certificate = Certificate::new();
    let engine = Setup::secured(&certificate).start(echo);
    let mut client = engine.client();
    let start = Instant::now();
    // A plain read would give up at the signal of a child that another test has started.
    assert_eq!(client.read_to_end(&mut Vec::new()).unwrap(), 0);
    assert!(start.elapsed() >= Duration::from_millis(9900));
    let told = engine.hear();
    assert!(told.contains("no TLS handshake in time"), "{told}");
    assert!(engine.rest().is_empty());
}

#[test]
fn a_flood_of_clients_is_served_and_each_is_closed_once() {
    let engine = Setup::plain().start(echo);
    let mut clients: Vec<_> = (0..200).map(|_| engine.client()).collect();
    for client in &mut clients {
        assert_eq!(exchange(client, b"hi"), b"hi");
    }
    drop(clients);
    let mut told: Vec<_> = (0..400).map(|_| engine.hear()).collect();
    assert!(engine.rest().is_empty());
    told.sort();
    told.dedup();
    assert_eq!(told.len(), 400);
}
