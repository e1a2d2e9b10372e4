//! How the system is told to treat connections.
//! Never asks the event loop: its sockets are those of this process, and the system has them all.
#![cfg(target_os = "linux")]

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;

use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
use socket2::Socket;

use crate::helpers::{Certificate, Setup, echo, exchange, origin};
use crate::outgoing::connector;

/// The socket of this process between these addresses, once more.
fn socket(own: SocketAddr, peer: SocketAddr) -> Option<Socket> {
    let process = pidfd_open(getpid(), PidfdFlags::empty()).unwrap();
    let mut open = fs::read_dir("/proc/self/fd").unwrap();
    open.find_map(|entry| {
        let number = entry.ok()?.file_name().to_str()?.parse().ok()?;
        // What another test has closed meanwhile is none of ours.
        let again: OwnedFd = pidfd_getfd(&process, number, PidfdGetfdFlags::empty()).ok()?;
        let socket = Socket::from(again);
        let is_own = socket.local_addr().ok()?.as_socket() == Some(own);
        let is_peer = socket.peer_addr().ok()?.as_socket() == Some(peer);
        (is_own && is_peer).then_some(socket)
    })
}

#[test]
fn what_is_small_is_not_held_back_on_its_way_to_clients() {
    let engine = Setup::plain().start(echo);
    let mut client = engine.client();
    assert_eq!(exchange(&mut client, b"hello"), b"hello");
    let (own, peer) = (engine.addresses[0], client.local_addr().unwrap());
    let accepted = socket(own, peer).expect("the system shows it");
    assert!(accepted.tcp_nodelay().unwrap());
    let other_end = socket(peer, own).expect("the system shows it");
    assert!(
        !other_end.tcp_nodelay().unwrap(),
        "that is not so by itself"
    );
}

#[test]
fn what_is_small_is_not_held_back_on_its_way_to_services() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let engine = connector(
        Setup::default(),
        |port| origin("127.0.0.1", port, false),
        port,
    );
    let (service, peer) = listener.accept().unwrap();
    engine.expect("connected u1");
    let asked = socket(peer, service.local_addr().unwrap()).expect("the system shows it");
    assert!(asked.tcp_nodelay().unwrap());
    assert!(!service.nodelay().unwrap(), "that is not so by itself");
}

#[test]
fn what_is_small_is_not_held_back_under_tls() {
    let certificate = Certificate::new();
    let engine = Setup::secured(&certificate).start(echo);
    let mut client = engine.tls_client(&certificate);
    assert_eq!(exchange(&mut client, b"hello"), b"hello");
    let peer = client.sock.local_addr().unwrap();
    let accepted = socket(engine.addresses[0], peer).expect("the system shows it");
    assert!(accepted.tcp_nodelay().unwrap());
}
