//! The connections a machine asks for, and why they do not come about.

use std::net::TcpListener;

use imo2sproxy_core::io::CloseCause::{Local, NoSuchHost, Refused, Unreachable, Untrusted};
use imo2sproxy_core::io::ConnId::{Client, Upstream};
use imo2sproxy_core::io::{CloseHow, Input, Origin, Output};

use crate::helpers::{Certificate, Engine, Setup, closed, origin, send};

/// An engine that connects to `target` at once, says hello when it is up, and tells what comes back.
pub(crate) fn connector(setup: Setup, target: impl FnOnce(u16) -> Origin, port: u16) -> Engine {
    let target = target(port);
    setup.start(move |_, input, out, teller| match input {
        Input::Start => out.push(Output::Connect {
            conn: Upstream(1),
            origin: target.clone(),
        }),
        Input::Connected { conn } => send(*conn, b"hello", out),
        Input::Received { conn, bytes } => {
            teller.tell(format!("{conn}: {}", String::from_utf8_lossy(bytes)));
        }
        _ => {}
    })
}

/// A port of this host where nobody listens.
fn deserted_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// An engine that sends back what comes, with a `ca` that trusts it.
fn server(certificate: &Certificate) -> Engine {
    Setup::secured(certificate).start(crate::helpers::echo)
}

#[test]
fn a_connection_comes_up_and_carries_bytes() {
    let peer = Setup::plain().start(crate::helpers::echo);
    let port = peer.addresses[0].port();
    for host in ["127.0.0.1", "localhost"] {
        // `localhost` may have an IPv6 address where nobody listens: then the next one is tried.
        let engine = connector(Setup::default(), |port| origin(host, port, false), port);
        engine.expect("connected u1");
        engine.expect("u1: hello");
    }
}

#[test]
fn a_tls_connection_comes_up_where_the_certificate_is_trusted() {
    let certificate = Certificate::new();
    let peer = server(&certificate);
    let setup = Setup {
        client_tls: Some(certificate.client()),
        ..Setup::default()
    };
    let port = peer.addresses[0].port();
    let engine = connector(setup, |port| origin("localhost", port, true), port);
    engine.expect("connected u1");
    engine.expect("u1: hello");
}

#[test]
fn a_certificate_of_nobody_we_know_is_not_trusted() {
    let certificate = Certificate::new();
    let peer = server(&certificate);
    let setup = Setup {
        client_tls: Some(imo2sproxy::tls::client_config(None).unwrap()),
        ..Setup::default()
    };
    let port = peer.addresses[0].port();
    let engine = connector(setup, |port| origin("localhost", port, true), port);
    engine.expect(&closed(Upstream(1), Untrusted));
    let told = peer.hear();
    assert!(told.starts_with("ClientFault"), "{told}");
}

#[test]
fn a_certificate_for_another_name_is_not_trusted() {
    let certificate = Certificate::new();
    let peer = server(&certificate);
    let setup = Setup {
        client_tls: Some(certificate.client()),
        ..Setup::default()
    };
    let port = peer.addresses[0].port();
    let engine = connector(setup, |port| origin("127.0.0.1", port, true), port);
    engine.expect(&closed(Upstream(1), Untrusted));
}

#[test]
fn where_nobody_listens_the_connection_is_refused() {
    for host in ["127.0.0.1", "localhost"] {
        let engine = connector(
            Setup::default(),
            |port| origin(host, port, false),
            deserted_port(),
        );
        engine.expect(&closed(Upstream(1), Refused));
    }
}

#[test]
fn a_name_without_address_is_no_such_host() {
    let engine = connector(
        Setup::default(),
        |port| origin("nobody.invalid", port, false),
        1,
    );
    engine.expect(&closed(Upstream(1), NoSuchHost));
}

#[test]
fn the_embedded_service_is_not_behind_a_socket() {
    let engine = connector(Setup::default(), |_| Origin::Embedded, 1);
    let told = engine.hear();
    assert!(told.starts_with("Misuse: u1: "), "{told}");
    engine.expect(&closed(Upstream(1), Unreachable));
}

#[test]
fn a_name_may_be_used_again_once_its_connection_is_closed() {
    let port = deserted_port();
    let mut attempts = 0;
    let engine = Setup::default().start(move |_, input, out, _| {
        if let Input::Start | Input::Closed { .. } = input
            && attempts < 3
        {
            attempts += 1;
            out.push(Output::Connect {
                conn: Upstream(1),
                origin: origin("127.0.0.1", port, false),
            });
        }
    });
    for _ in 0..3 {
        engine.expect(&closed(Upstream(1), Refused));
    }
}

#[test]
fn what_is_sent_before_the_connection_is_up_arrives_first() {
    let certificate = Certificate::new();
    let peer = server(&certificate);
    let port = peer.addresses[0].port();
    let setup = Setup {
        client_tls: Some(certificate.client()),
        ..Setup::default()
    };
    let mut back = Vec::new();
    let engine = setup.start(move |_, input, out, teller| match input {
        Input::Start => {
            out.push(Output::Connect {
                conn: Upstream(7),
                origin: origin("localhost", port, true),
            });
            send(Upstream(7), b"early ", out);
        }
        Input::Connected { conn } => send(*conn, b"late", out),
        Input::Received { bytes, .. } => {
            back.extend_from_slice(bytes);
            if back.len() == 10 {
                teller.tell(String::from_utf8_lossy(&back));
            }
        }
        _ => {}
    });
    engine.expect("connected u7");
    engine.expect("early late");
}

#[test]
fn a_connection_closed_before_it_is_up_ends_once_and_without_connected() {
    let peer = Setup::plain().start(crate::helpers::echo);
    let port = peer.addresses[0].port();
    let engine = Setup::default().start(move |_, input, out, _| {
        if let Input::Start = input {
            for (conn, host) in [(Upstream(1), "127.0.0.1"), (Upstream(2), "localhost")] {
                out.push(Output::Connect {
                    conn,
                    origin: origin(host, port, false),
                });
                out.push(Output::Close {
                    conn,
                    how: CloseHow::AfterFlush,
                });
            }
        }
    });
    engine.expect(&closed(Upstream(1), Local));
    engine.expect(&closed(Upstream(2), Local));
    engine.remote.drain();
    engine.expect("drain");
    assert!(engine.rest().is_empty());
}

#[test]
fn what_is_asked_of_a_connection_that_never_was_is_reported_and_harmless() {
    let engine = Setup::default().start(|_, input, out, _| {
        if let Input::Start = input {
            send(Client(9), b"hello", out);
            out.push(Output::Close {
                conn: Upstream(9),
                how: CloseHow::Abort,
            });
        }
    });
    let told = engine.hear();
    assert!(told.starts_with("Misuse: 009: "), "{told}");
    let told = engine.hear();
    assert!(told.starts_with("Misuse: u9: "), "{told}");
}
