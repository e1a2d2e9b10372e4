//! What is allowed to those who have not logged in: places, time, bytes.
//! Never about what they ask.

use std::time::Duration;

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::Request;
use imo2sproxy_core::io::{ConnId, Peer};
use serde_json::json;

use crate::bench::{Bench, SECOND};
use crate::session::Session;

/// The head of a request that says nothing, with this many bytes to come.
fn head(bytes: usize) -> String {
    format!("POST /imo HTTP/1.1\r\nHost: h\r\nContent-Length: {bytes}\r\n\r\n")
}

/// Begins a request and leaves it unfinished.
fn begin(bench: &mut Bench, conn: ConnId, bytes: usize) {
    let request = [head(bytes + 1).into_bytes(), vec![b'x'; bytes]].concat();
    bench.send_raw(conn, &request);
}

fn is_served(bench: &mut Bench, conn: ConnId) -> bool {
    if bench.is_closed(conn) {
        return false;
    }
    bench.send(conn, &Request::get("/".into()));
    bench.response(conn).unwrap().status == 200
}

#[test]
fn one_address_has_ten_places_and_gets_one_back_when_somebody_leaves() {
    assert_eq!(Limits::default().unauthenticated_per_address, 10);
    let mut bench = Bench::new();
    let conns: Vec<ConnId> = (0..10).map(|_| bench.connect()).collect();
    for conn in &conns {
        assert!(is_served(&mut bench, *conn));
    }
    let eleventh = bench.connect();
    assert!(bench.is_closed(eleventh));
    let elsewhere = bench.connect_from("10.0.0.2");
    assert!(is_served(&mut bench, elsewhere));
    bench.cut(conns[0]);
    let again = bench.connect();
    assert!(is_served(&mut bench, again));
    let told = bench.events.iter();
    let told = told.filter(|event| event.detail.contains("have not logged in"));
    assert_eq!(told.count(), 1);
}

#[test]
fn a_network_of_ipv6_is_one_address() {
    let mut bench = Bench::new();
    for host in 0..10 {
        let conn = bench.connect_from(&format!("2001:db8::{host:x}"));
        assert!(!bench.is_closed(conn));
    }
    let eleventh = bench.connect_from("2001:db8::ffff");
    assert!(bench.is_closed(eleventh));
    let elsewhere = bench.connect_from("2001:db8:0:1::1");
    assert!(is_served(&mut bench, elsewhere));
}

#[test]
fn loopback_is_counted_only_in_all_and_the_daemon_of_the_same_process_not_at_all() {
    let mut bench = Bench::new();
    for _ in 0..128 {
        let conn = bench.connect_from("127.0.0.1");
        assert!(!bench.is_closed(conn), "half of the places are everybody's");
    }
    let mut refused = 0;
    while refused < 1000 {
        let conn = bench.connect_from("::1");
        refused += usize::from(bench.is_closed(conn));
    }
    let tries = 128..=256;
    let there = bench.count_open();
    assert!(tries.contains(&there) && there > 200, "{there}");
    for _ in 0..300 {
        let conn = bench.connect_as(Peer::Embedded);
        assert!(!bench.is_closed(conn));
    }
}

#[test]
fn never_are_there_more_strangers_than_places() {
    assert_eq!(Limits::default().unauthenticated, 256);
    let mut bench = Bench::new();
    for host in 0..20_000 {
        bench.connect_from(&format!("10.1.{}.{}", host / 250 % 200, host % 250));
    }
    assert_eq!(bench.count_open(), 256);
}

#[test]
fn whoever_logs_in_leaves_his_place_with_all_his_connections() {
    let mut bench = Bench::new();
    for name in ["alice", "bob", "carol"] {
        for _ in 0..8 {
            Session::sign_on(&mut bench, name);
        }
    }
    let conn = bench.connect();
    assert!(is_served(&mut bench, conn));
}

#[test]
fn a_connection_that_has_belonged_to_a_session_stays_out_of_the_lobby_when_that_has_ended() {
    let mut bench = Bench::new();
    let alice = Session::sign_on(&mut bench, "alice");
    let (calls, poll) = (alice.calls, alice.poll);
    alice.leave(&mut bench);
    for _ in 0..10 {
        let conn = bench.connect();
        assert!(!bench.is_closed(conn));
    }
    let eleventh = bench.connect();
    assert!(bench.is_closed(eleventh));
    bench.run(Duration::from_secs(60));
    assert!(
        !bench.is_closed(calls) && !bench.is_closed(poll),
        "they have the time of those who are known"
    );
    assert!(is_served(&mut bench, calls));
}

#[test]
fn a_login_that_fails_leaves_no_place() {
    let mut bench = Bench::closed();
    let mut stranger = Session::open(&mut bench, "alice");
    let login = json!({"passwd": "wrong"});
    stranger.call(&mut bench, "im", "account_login", &login);
    let events = stranger.events(&mut bench);
    assert_eq!(events[0]["name"], "disconnect");
    for _ in 0..8 {
        let conn = bench.connect();
        assert!(!bench.is_closed(conn));
    }
    let eleventh = bench.connect();
    assert!(bench.is_closed(eleventh));
}

#[test]
fn a_stranger_keeps_a_place_for_half_a_minute_whatever_he_asks() {
    assert_eq!(Limits::default().login_wait, Duration::from_secs(30));
    let mut bench = Bench::new();
    let (silent, busy) = (bench.connect(), bench.connect());
    bench.run(20 * SECOND);
    assert!(is_served(&mut bench, busy));
    bench.run(10 * SECOND - Duration::from_millis(1));
    assert!(!bench.is_closed(silent) && !bench.is_closed(busy));
    bench.run(Duration::from_millis(1));
    assert!(bench.is_closed(silent) && bench.is_closed(busy));
}

#[test]
fn a_poll_of_a_stranger_is_answered_and_then_its_connection_is_closed() {
    let mut bench = Bench::new();
    let stranger = Session::open(&mut bench, "alice");
    bench.run(29 * SECOND);
    stranger.ask(&mut bench);
    bench.run(24 * SECOND);
    assert!(!bench.is_closed(stranger.poll), "the poll is held");
    bench.run(2 * SECOND);
    let response = bench.response(stranger.poll).unwrap();
    assert!(response.headers.has_token("Connection", "close"));
    assert!(bench.is_closed(stranger.poll));
}

#[test]
fn of_strangers_who_make_it_hold_too_much_the_one_with_most_is_dropped_and_small_ones_are_heard() {
    assert_eq!(Limits::default().unauthenticated_bytes, 8 * 1024 * 1024);
    let mut bench = Bench::new();
    let million = 1024 * 1024 - 1;
    let mut large = Vec::new();
    for host in 0..8 {
        let conn = bench.connect_from(&format!("10.2.0.{host}"));
        begin(&mut bench, conn, million);
        large.push(conn);
    }
    assert!(large.iter().all(|conn| !bench.is_closed(*conn)));
    let mut small = Session::open(&mut bench, "alice");
    let begun = bench.connect_from("10.3.0.1");
    begin(&mut bench, begun, 4 * 1024);
    let dropped: Vec<_> = large
        .iter()
        .filter(|conn| bench.is_closed(**conn))
        .collect();
    assert_eq!(dropped.len(), 1);
    let said = bench.raw(*dropped[0]);
    assert!(said.starts_with("HTTP/1.1 503 "), "{said}");
    assert!(said.contains("Connection: close\r\n"), "{said}");
    assert!(!bench.is_closed(begun));
    let login = json!({"passwd": "secret"});
    small.call(&mut bench, "im", "account_login", &login);
    assert_eq!(small.events(&mut bench)[0]["name"], "signed_on");
}

/// What waits in a session counts like what is on its way, and goes with the session.
#[test]
fn requests_that_wait_for_a_login_are_counted_though_their_connections_are_gone() {
    let mut bench = Bench::with_limits(Limits {
        unauthenticated_bytes: 64 * 1024,
        ..Limits::default()
    });
    bench.works = false;
    let mut hoarder = Session::open(&mut bench, "alice");
    let filler = "x".repeat(20_000);
    for number in 0..4 {
        let conn = bench.connect();
        let call = hoarder.body("account_login", &json!({"passwd": "p", "filler": filler}));
        let message = hoarder.message("im", &call, hoarder.seq);
        hoarder.seq += 1;
        hoarder.post(&mut bench, conn, &[message]);
        let told = bench.response(conn);
        assert_eq!(told.is_some(), number == 3, "the fourth is one too many");
        bench.cut(conn);
    }
    bench.works = true;
    bench.settle();
    let known = Session::open(&mut bench, "bob");
    known.hang_up(&mut bench);
    hoarder.ask(&mut bench);
    bench.run(2 * SECOND);
    let messages = bench.reply(hoarder.poll)["data"]["messages"].clone();
    assert_eq!(messages[0]["data"]["name"], "expired", "{messages}");
}

#[test]
fn notices_that_a_stranger_does_not_take_are_counted() {
    let mut bench = Bench::with_limits(Limits {
        unauthenticated_bytes: 100 * 1024,
        ..Limits::default()
    });
    let mut deaf = Session::open(&mut bench, "alice");
    let mut refused = 0;
    loop {
        let call = deaf.body("send_im", &json!({"buid": "echo123", "msg": "x"}));
        let message = deaf.message("im", &call, deaf.seq);
        deaf.seq += 1;
        deaf.post(&mut bench, deaf.calls, &[message]);
        let ack = bench.reply(deaf.calls)["data"]["ack"].as_u64().unwrap();
        if ack == 0 {
            break;
        }
        refused += 1;
    }
    assert_eq!(refused, 101, "the one that is too many is answered");
}
