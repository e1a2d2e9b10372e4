//! Who comes to a listener that looks at the first bytes: with TLS or without, by himself or through a proxy.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use imo2sproxy::networks::{Network, Networks};
use imo2sproxy_core::io::CloseCause::Peer;
use imo2sproxy_core::io::ConnId::Client;
use imo2sproxy_core::io::{Input, Outputs, Peer as Whence};
use imo2sproxy_core::time::Now;
use rustls::{ClientConnection, StreamOwned};

use crate::helpers::{Certificate, Engine, Setup, Teller, closed, echo, exchange, pattern};

fn either(certificate: &Certificate) -> Setup {
    Setup {
        plain_too: Some(Duration::from_secs(10)),
        ..Setup::secured(certificate)
    }
}

fn heralded(setup: Setup, network: &str) -> Setup {
    let heralds: Networks = Network::read(network).into_iter().collect();
    Setup { heralds, ..setup }
}

/// Echoes, and tells whence each client comes.
fn telling(now: Now, input: &Input<'_>, out: &mut Outputs, teller: &Teller) {
    if let Input::Accepted {
        peer: Whence::Net(peer),
        ..
    } = input
    {
        teller.tell(format!("from {peer}"));
    }
    echo(now, input, out, teller);
}

fn secured(
    certificate: &Certificate,
    stream: TcpStream,
) -> StreamOwned<ClientConnection, TcpStream> {
    let name = "localhost".try_into().unwrap();
    let tls = ClientConnection::new(certificate.client(), name).unwrap();
    StreamOwned::new(tls, stream)
}

/// The next client must come from there; those before may have gone meanwhile.
fn hear_from(engine: &Engine, whence: &str) {
    let mut told = engine.hear();
    while told.starts_with("closed") {
        told = engine.hear();
    }
    assert!(told.starts_with("accepted"), "{told}");
    engine.expect(&format!("from {whence}"));
}

#[test]
fn one_listener_takes_clients_with_tls_and_without() {
    let certificate = Certificate::new();
    let engine = either(&certificate).start(echo);
    let mut secret = engine.tls_client(&certificate);
    let mut plain = engine.client();
    let much = pattern(50_000);
    assert_eq!(exchange(&mut secret, &much), much);
    assert_eq!(exchange(&mut plain, &much), much);
    engine.expect("accepted c1 by 0");
    engine.expect("accepted c2 by 0");
}

#[test]
fn who_goes_without_a_word_was_never_there() {
    let certificate = Certificate::new();
    let engine = either(&certificate).start(echo);
    drop(engine.client());
    let mut next = engine.client();
    assert_eq!(exchange(&mut next, b"hello"), b"hello");
    engine.expect("accepted c1 by 0");
    drop(next);
    engine.expect(&closed(Client(1), Peer));
}

#[test]
fn who_does_not_show_in_time_whether_it_speaks_tls_was_never_there() {
    let certificate = Certificate::new();
    let wait = Duration::from_secs(1);
    let setup = Setup {
        plain_too: Some(wait),
        ..Setup::secured(&certificate)
    };
    let engine = setup.start(echo);
    let mut silent = engine.client();
    let begin = Instant::now();
    let _ = silent.read(&mut [0]);
    let waited = begin.elapsed();
    assert!(wait <= waited && waited < wait * 5, "{waited:?}");
    let told = engine.hear();
    assert!(told.ends_with("not a word in time"), "{told}");
    let mut next = engine.client();
    assert_eq!(exchange(&mut next, b"hello"), b"hello");
    engine.expect("accepted c1 by 0");
}

#[test]
fn a_proxy_of_the_listener_says_for_whom_it_speaks() {
    let engine = heralded(Setup::plain(), "127.0.0.0/8").start(telling);
    let mut client = engine.client();
    client.set_nodelay(true).unwrap();
    for byte in b"PROXY TCP4 203.0.113.9 10.0.0.1 8080 1401\r\n" {
        client.write_all(&[*byte]).unwrap();
    }
    assert_eq!(exchange(&mut client, b"hello"), b"hello");
    hear_from(&engine, "203.0.113.9:8080");

    // It may speak for itself, with a header or without.
    for header in [&b"PROXY UNKNOWN\r\n"[..], b""] {
        let mut client = engine.client();
        let address = client.local_addr().unwrap().to_string();
        client.write_all(header).unwrap();
        assert_eq!(exchange(&mut client, b"hello"), b"hello");
        hear_from(&engine, &address);
    }
}

#[test]
fn tls_may_come_up_behind_the_header() {
    let certificate = Certificate::new();
    for setup in [Setup::secured(&certificate), either(&certificate)] {
        let engine = heralded(setup, "127.0.0.1").start(telling);
        let mut stream = engine.client();
        let header = b"PROXY TCP6 2001:db8::7 ::1 80 1401\r\n";
        stream.write_all(header).unwrap();
        let mut client = secured(&certificate, stream);
        assert_eq!(exchange(&mut client, b"hello"), b"hello");
        hear_from(&engine, "[2001:db8::7]:80");
    }
}

#[test]
fn nobody_else_may_speak_for_others() {
    let engine = heralded(Setup::plain(), "192.0.2.0/24").start(telling);
    let mut client = engine.client();
    let address = client.local_addr().unwrap().to_string();
    let header = b"PROXY TCP4 203.0.113.9 10.0.0.1 8080 1401\r\n";
    assert_eq!(exchange(&mut client, header), header);
    hear_from(&engine, &address);
}

#[test]
fn a_garbled_header_ends_the_connection_and_is_told() {
    let engine = heralded(Setup::plain(), "127.0.0.1").start(telling);
    let mut client = engine.client();
    client.write_all(b"PROXY TCP4 nobody\r\n").unwrap();
    let mut rest = Vec::new();
    let _ = client.read_to_end(&mut rest);
    assert_eq!(rest, b"");
    let told = engine.hear();
    assert!(told.ends_with("a garbled PROXY header"), "{told}");
    assert!(engine.rest().is_empty());
}
