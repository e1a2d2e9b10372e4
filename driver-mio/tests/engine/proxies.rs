//! Connections through proxies that a test plays: HTTP and SOCKS5, polite ones and others.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use imo2sproxy::via::{Credentials, Exceptions, ProxyKind, ProxyServer, Ways};
use imo2sproxy_core::io::CloseCause::{self, Local, Untrusted};
use imo2sproxy_core::io::ConnId::Upstream;
use imo2sproxy_core::io::{CloseHow, Input, Origin, Output, ProxyFault};

use crate::helpers::{Certificate, Engine, PATIENCE, Setup, closed, echo, origin};
use crate::outgoing;
use crate::played::{proxy, relay, say, take, take_head};

/// Says it byte by byte, each in a packet of its own.
fn drip(stream: &TcpStream, bytes: &[u8]) {
    for byte in bytes {
        say(stream, &[*byte]);
        thread::sleep(Duration::from_millis(2));
    }
}

fn server(kind: ProxyKind, port: u16) -> ProxyServer {
    ProxyServer {
        kind,
        host: "localhost".into(),
        port,
        credentials: None,
    }
}

fn with_password(kind: ProxyKind, port: u16) -> ProxyServer {
    ProxyServer {
        credentials: Credentials::new(kind, "me".into(), "sesame".into()),
        ..server(kind, port)
    }
}

/// An engine that connects to `target` at once, says hello when it is up, and tells what comes back.
fn connector(setup: Setup, proxy: ProxyServer, target: Origin) -> Engine {
    let setup = Setup {
        ways: Ways::all_through(proxy),
        ..setup
    };
    connector_by(setup, target)
}

fn connector_by(setup: Setup, target: Origin) -> Engine {
    outgoing::connector(setup, |_| target, 0)
}

fn trusting(certificate: &Certificate) -> Setup {
    Setup {
        client_tls: Some(certificate.client()),
        ..Setup::default()
    }
}

/// A channel for what a proxy hears.
fn ear() -> (Sender<String>, Receiver<String>) {
    channel()
}

#[test]
fn an_http_proxy_leads_to_a_service_with_tls_also_if_it_drips() {
    let certificate = Certificate::new();
    let service = Setup::secured(&certificate).start(echo);
    let port = service.addresses[0].port();
    let (tell, heard) = ear();
    let proxy = proxy(move |stream| {
        tell.send(take_head(&stream)).unwrap();
        drip(
            &stream,
            b"HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n",
        );
        relay(stream, port);
    });
    let target = origin("localhost", port, true);
    let way = with_password(ProxyKind::Http, proxy);
    let engine = connector(trusting(&certificate), way, target);
    engine.expect("connected u1");
    engine.expect("u1: hello");
    let expected = format!(
        "CONNECT localhost:{port} HTTP/1.1\r\nHost: localhost:{port}\r\n\
         Proxy-Authorization: Basic bWU6c2VzYW1l\r\n\r\n"
    );
    assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), expected);
}

#[test]
fn a_socks_proxy_leads_to_a_service_with_tls_also_if_it_drips_and_wants_a_password() {
    let certificate = Certificate::new();
    let service = Setup::secured(&certificate).start(echo);
    let port = service.addresses[0].port();
    let proxy = proxy(move |stream| {
        assert_eq!(take(&stream, 4), [5, 2, 0, 2]);
        drip(&stream, &[5, 2]);
        assert_eq!(take(&stream, 11), b"\x01\x02me\x06sesame");
        drip(&stream, &[1, 0]);
        assert_eq!(
            take(&stream, 16),
            [b"\x05\x01\x00\x03\x09localhost", &port.to_be_bytes()[..]].concat()
        );
        drip(&stream, b"\x05\x00\x00\x03\x05there\x00\x50");
        relay(stream, port);
    });
    let target = origin("localhost", port, true);
    let way = with_password(ProxyKind::Socks5, proxy);
    let engine = connector(trusting(&certificate), way, target);
    engine.expect("connected u1");
    engine.expect("u1: hello");
}

#[test]
fn names_are_looked_up_by_the_proxy_also_for_a_service_without_tls() {
    let service = Setup::plain().start(echo);
    let port = service.addresses[0].port();
    let http = proxy(move |stream| {
        let head = take_head(&stream);
        assert!(
            head.starts_with("CONNECT nobody.invalid:80 HTTP/1.1\r\n"),
            "{head}"
        );
        say(&stream, b"HTTP/1.0 200 OK\r\n\r\n");
        relay(stream, port);
    });
    let socks = proxy(move |stream| {
        take(&stream, 3);
        say(&stream, &[5, 0]);
        assert_eq!(
            take(&stream, 21),
            b"\x05\x01\x00\x03\x0enobody.invalid\x00\x50"
        );
        say(&stream, &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        relay(stream, port);
    });
    for way in [
        server(ProxyKind::Http, http),
        server(ProxyKind::Socks5, socks),
    ] {
        let engine = connector(Setup::default(), way, origin("nobody.invalid", 80, false));
        engine.expect("connected u1");
        engine.expect("u1: hello");
    }
}

#[test]
fn addresses_are_told_as_such() {
    let (tell, heard) = ear();
    let http = proxy(move |stream| tell.send(take_head(&stream)).unwrap());
    let engine = connector(
        Setup::default(),
        server(ProxyKind::Http, http),
        origin("2001:db8::1", 443, true),
    );
    engine.expect(&closed(Upstream(1), CloseCause::Proxy(ProxyFault::Closed)));
    let head = heard.recv_timeout(PATIENCE).unwrap();
    assert!(
        head.starts_with("CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n"),
        "{head}"
    );
}

#[test]
fn a_proxy_that_opens_no_way_is_named_as_the_culprit() {
    use ProxyFault::{Closed, Credentials, Garbled, NoWay, Refused};
    for (kind, answer, fault) in [
        (
            ProxyKind::Http,
            &b"HTTP/1.1 403 Forbidden\r\n\r\n"[..],
            Refused,
        ),
        (
            ProxyKind::Http,
            b"HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno",
            Credentials,
        ),
        (ProxyKind::Http, b"HTTP/1.1 504 No\r\n\r\n", NoWay),
        (
            ProxyKind::Http,
            b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
            Garbled,
        ),
        (ProxyKind::Http, b"\x00\x01\x02\r\n\r\n", Garbled),
        (ProxyKind::Http, &[b'x'; 40_000], Garbled),
        (ProxyKind::Http, b"HTTP/1.1 200 OK\r\nX: y\r\n", Closed),
        (ProxyKind::Http, b"", Closed),
        (ProxyKind::Socks5, &[5, 0xff], Credentials),
        (
            ProxyKind::Socks5,
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            Garbled,
        ),
        (ProxyKind::Socks5, &[5], Closed),
        (ProxyKind::Socks5, b"", Closed),
    ] {
        let port = proxy(move |stream| {
            take(&stream, 3);
            // It may be given up in the middle of this.
            let _ = (&stream).write_all(answer);
            let _ = stream.shutdown(Shutdown::Write);
            let _ = (&stream).read_to_end(&mut Vec::new());
        });
        let way = server(kind, port);
        let engine = connector(Setup::default(), way, origin("imo.example", 443, true));
        engine.expect(&closed(Upstream(1), CloseCause::Proxy(fault)));
    }
}

#[test]
fn a_proxy_that_is_not_there_is_named_as_the_culprit() {
    let deserted = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for host in ["127.0.0.1", "localhost", "nobody.invalid"] {
        let way = ProxyServer {
            host: host.into(),
            ..server(ProxyKind::Socks5, deserted)
        };
        let engine = connector(Setup::default(), way, origin("127.0.0.1", 443, true));
        engine.expect(&closed(
            Upstream(1),
            CloseCause::Proxy(ProxyFault::Unreachable),
        ));
    }
}

#[test]
fn a_proxy_that_says_nothing_or_drips_without_end_is_waited_for_so_long_and_no_longer() {
    let (hold, held) = channel::<TcpStream>();
    let silent = proxy(move |stream| hold.send(stream).unwrap());
    let dripping = proxy(|stream| {
        take_head(&stream);
        say(&stream, b"HTTP/1.1 200 OK\r\nX: ");
        while (&stream).write_all(b"y").is_ok() {
            thread::sleep(Duration::from_millis(10));
        }
    });
    let patience = Duration::from_millis(300);
    for port in [silent, dripping] {
        let setup = Setup {
            ways: Ways {
                patience,
                ..Ways::all_through(server(ProxyKind::Http, port))
            },
            ..Setup::default()
        };
        let begin = Instant::now();
        let engine = connector_by(setup, origin("imo.example", 443, true));
        engine.expect(&closed(
            Upstream(1),
            CloseCause::Proxy(ProxyFault::TimedOut),
        ));
        assert!(begin.elapsed() >= patience);
    }
    drop(held);
}

#[test]
fn the_machine_may_lose_patience_with_a_proxy_first() {
    let (hold, held) = channel::<TcpStream>();
    let silent = proxy(move |stream| {
        take_head(&stream);
        hold.send(stream).unwrap();
    });
    let setup = Setup {
        listeners: vec![None],
        ways: Ways::all_through(server(ProxyKind::Http, silent)),
        ..Setup::default()
    };
    let engine = setup.start(|_, input, out, _| match input {
        Input::Start => out.push(Output::Connect {
            conn: Upstream(1),
            origin: origin("imo.example", 443, true),
        }),
        // Somebody has come, who knows that the proxy has been asked.
        Input::Accepted { .. } => out.push(Output::Close {
            conn: Upstream(1),
            how: CloseHow::AfterFlush,
        }),
        _ => {}
    });
    let mut reached = held.recv_timeout(PATIENCE).unwrap();
    let _client = engine.client();
    engine.expect("accepted c1 by 0");
    engine.expect(&closed(Upstream(1), Local));
    assert_eq!(reached.read_to_end(&mut Vec::new()).unwrap(), 0);
}

#[test]
fn a_proxy_cannot_pass_itself_off_as_the_service() {
    let certificate = Certificate::new();
    let impostor = Setup::secured(&Certificate::new()).start(echo);
    let port = impostor.addresses[0].port();
    let proxy = proxy(move |stream| {
        take_head(&stream);
        say(&stream, b"HTTP/1.1 200 OK\r\n\r\n");
        relay(stream, port);
    });
    let way = server(ProxyKind::Http, proxy);
    let engine = connector(trusting(&certificate), way, origin("localhost", port, true));
    engine.expect(&closed(Upstream(1), Untrusted));
}

#[test]
fn where_no_proxy_is_wanted_the_way_is_straight() {
    let service = Setup::plain().start(echo);
    let port = service.addresses[0].port();
    let setup = Setup {
        ways: Ways {
            exceptions: Exceptions::of_list(""),
            ..Ways::all_through(server(ProxyKind::Http, 1))
        },
        ..Setup::default()
    };
    let engine = connector_by(setup, origin("127.0.0.1", port, false));
    engine.expect("connected u1");
    engine.expect("u1: hello");
}
