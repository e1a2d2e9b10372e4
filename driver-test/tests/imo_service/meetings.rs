//! What meets while something else is under way: logins at one name, requests in one session, ends and strangers.
//! Never about one thing alone.

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::event::{Event, EventKind};
use imo2sproxy_core::io::ConnId;
use serde_json::json;

use crate::bench::Bench;
use crate::session::{Session, befriend, reply_with, two};

/// Asks to sign on, and does not wait for the answer.
fn log_in(bench: &mut Bench, session: &mut Session, conn: ConnId, password: &str) {
    let login = session.body("account_login", &json!({"passwd": password}));
    let message = session.message("im", &login, session.seq);
    session.seq += 1;
    session.post(bench, conn, &[message]);
}

#[test]
fn of_two_who_register_one_name_at_the_same_time_the_later_needs_the_password_of_the_first() {
    for (password, heard) in [("one", "signed_on"), ("two", "disconnect")] {
        let mut bench = Bench::new();
        let mut first = Session::open(&mut bench, "alice");
        let mut second = Session::open(&mut bench, "alice");
        bench.hashes = false;
        let (here, there) = (first.calls, second.calls);
        log_in(&mut bench, &mut first, here, "one");
        log_in(&mut bench, &mut second, there, password);
        bench.hashes = true;
        bench.settle();
        bench.reply(first.calls);
        bench.reply(second.calls);
        assert_eq!(first.events(&mut bench)[0]["name"], "signed_on");
        assert_eq!(second.events(&mut bench)[0]["name"], heard, "{password}");
    }
}

#[test]
fn what_comes_behind_a_login_waits_for_it_and_does_not_hash_again() {
    let mut bench = Bench::new();
    let mut alice = Session::open(&mut bench, "alice");
    bench.hashes = false;
    let (calls, other) = (alice.calls, bench.connect());
    log_in(&mut bench, &mut alice, calls, "one");
    let unread = alice.body("get_unread_msgs", &json!({}));
    let message = alice.message("im", &unread, alice.seq);
    alice.post(&mut bench, other, &[message]);
    assert_eq!(bench.waiting(), 1, "one password is hashed once");
    bench.hashes = true;
    bench.settle();
    bench.reply(calls);
    bench.reply(other);
    let events = alice.events(&mut bench);
    let signed_on = events.iter().filter(|event| event["name"] == "signed_on");
    assert_eq!(signed_on.count(), 1);
    let refused = events.iter().any(|event| event["name"] == "error");
    assert!(!refused, "{events:?}");
}

#[test]
fn a_session_cannot_be_opened_within_a_session() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    alice.call(&mut bench, "session", "get_cookie_and_ssid", &json!({}));
    let errors = alice.hear(&mut bench, "error");
    assert_eq!(errors[0]["code"], "bad_request");
    assert_eq!(errors[0]["method"], "get_cookie_and_ssid");
}

#[test]
fn what_a_request_has_done_happens_though_its_session_ends_before_it_is_durable() {
    let mut bench = Bench::with_limits(Limits {
        sessions: 1,
        ..Limits::default()
    });
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    // The second call of the request waits, so the first is done and not answered.
    (bench.stores, bench.hashes) = (false, false);
    let text = json!({"buid": "bob", "msg": "hello", "mid": "0123456789abcdef"});
    let first = alice.message("im", &alice.body("send_im", &text), alice.seq);
    let carol = json!({"uid": "carol", "passwd": "secret"});
    let second = alice.message("im", &alice.body("account_login", &carol), alice.seq + 1);
    alice.post(&mut bench, alice.calls, &[first, second]);
    let mut elsewhere = Session::open(&mut bench, "alice");
    let calls = elsewhere.calls;
    log_in(&mut bench, &mut elsewhere, calls, "secret");
    let ends = |event: &&Event| event.kind == EventKind::SessionEnded;
    assert_eq!(bench.events.iter().filter(ends).count(), 1);
    assert_eq!(bench.reply(alice.calls), reply_with(0, &alice.ssid));
    assert_eq!(bob.texts(&mut bench), [""; 0]);
    bench.stores = true;
    bench.settle();
    assert_eq!(bob.texts(&mut bench), ["hello"]);
}

#[test]
fn who_comes_while_the_service_drains_is_turned_away() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    bench.stores = false;
    let text = json!({"buid": "bob", "msg": "hello", "mid": "0123456789abcdef"});
    let call = alice.message("im", &alice.body("send_im", &text), alice.seq);
    alice.post(&mut bench, alice.calls, &[call]);
    bench.drain();
    let late = bench.connect();
    let closed = [alice.calls, late].map(|conn| bench.is_closed(conn));
    assert_eq!(
        closed,
        [false, true],
        "what was begun is brought to its end"
    );
}
