//! How the system is told to treat the connections of clients.
//! Never asks the program: the system's own table says it.
#![cfg(target_os = "linux")]

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::client::{Client, PATIENCE};
use crate::town::Town;

/// The timer of the connection between these ports of this host, as the accepting side has it: its kind, and its time in
/// hundredths of a second.
fn timer(own: u16, peer: u16) -> Option<(u8, u32)> {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let (own, peer) = (format!(":{own:04X}"), format!(":{peer:04X}"));
    let line = table.lines().find(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        fields[1].ends_with(&own) && fields[2].ends_with(&peer)
    });
    let (kind, when) = line?.split_whitespace().nth(5)?.split_once(':')?;
    let when = u32::from_str_radix(when, 16).unwrap();
    Some((kind.parse().unwrap(), when))
}

#[test]
fn a_silent_client_is_asked_by_the_system_after_a_minute() {
    const KEEPALIVE: u8 = 2;
    let town = Town::new();
    let daemon = town.daemon_with("alice", &[]);
    let mut client = Client::connect(daemon.port);
    assert_eq!(client.ask("PING"), "PONG");
    let until = Instant::now() + PATIENCE;
    loop {
        let (kind, when) = timer(daemon.port, client.port()).unwrap();
        if kind == KEEPALIVE {
            assert!((2_000..=6_000).contains(&when), "{when}");
            return;
        }
        // What was said last has not been taken yet.
        assert!(Instant::now() < until, "another timer runs: {kind}");
        sleep(Duration::from_millis(20));
    }
}
