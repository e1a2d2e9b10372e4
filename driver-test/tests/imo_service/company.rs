//! Several at once: sessions of one account, and accounts that do not wait for each other.
//! Never about texts, which have tests of their own.

use imo2sproxy_core::config::Limits;
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::session::{Session, befriend, reply_with, two};

#[test]
fn a_status_is_reflected_in_the_other_sessions_of_its_account() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    let mut elsewhere = Session::sign_on(&mut bench, "alice");
    let status = json!({"primitive": "away", "status": "at the sea"});
    alice.call(&mut bench, "session", "set_status", &status);
    let reflected = elsewhere.events(&mut bench);
    assert_eq!(reflected.len(), 1, "{reflected:?}");
    let expected = json!({"name": "reflect", "type": "account", "proto": "prpl-skype", "uid": "alice",
        "edata": {"r_name": "set_status", "primitive": "away", "status": "at the sea"}});
    assert_eq!(reflected[0], expected);
    assert_eq!(alice.hear(&mut bench, "reflect"), [Value::Null; 0]);
    let seen = bob.hear(&mut bench, "buddy_status");
    assert_eq!(seen.len(), 1, "one account, one status: {seen:?}");
}

#[test]
fn a_contact_request_waits_for_who_is_away_even_through_a_restart() {
    let mut bench = Bench::new();
    let (mut alice, bob) = two(&mut bench);
    bob.leave(&mut bench);
    let fields = json!({"buid": "bob", "group": "Offline", "msg": "it is me"});
    alice.call(&mut bench, "im", "add_buddy", &fields);
    for _ in 0..2 {
        bench.restart();
        // It stays until it is answered, however often it was told.
        let mut bob = Session::sign_on_unheard(&mut bench, "bob");
        let request = json!({"buid": "alice", "msg": "it is me"});
        assert_eq!(bob.hear(&mut bench, "buddy_request"), [request]);
    }
    let mut bob = Session::sign_on(&mut bench, "bob");
    bob.call(&mut bench, "im", "auth_add", &json!({"buid": "alice"}));
    bob.leave(&mut bench);
    let mut bob = Session::sign_on_unheard(&mut bench, "bob");
    assert_eq!(bob.hear(&mut bench, "buddy_request"), [Value::Null; 0]);
}

/// A request of alice's that waits for a password check or for the store to be read.
fn waiting(bench: &mut Bench, alice: &Session, method: &str, fields: &Value) {
    let message = alice.message("im", &alice.body(method, fields), alice.seq);
    alice.post(bench, alice.calls, &[message]);
    assert!(bench.response(alice.calls).is_none(), "{method} waits");
}

#[test]
fn nobody_waits_for_the_password_or_the_reading_of_another_account() {
    let mut bench = Bench::new();
    Session::sign_on(&mut bench, "xaver").leave(&mut bench);
    let store = std::mem::take(&mut bench.store);
    bench = Bench::new();
    bench.store = store;
    let (mut bob, mut carol) = (
        Session::sign_on(&mut bench, "bob"),
        Session::sign_on(&mut bench, "carol"),
    );
    befriend(&mut bench, &mut bob, &mut carol);
    let alice = Session::sign_on(&mut bench, "alice");
    let newcomer = Session::open(&mut bench, "dave");
    bob.say(&mut bench, "carol", "first", "0000000000000000");
    assert_eq!(carol.texts(&mut bench), ["first"]);
    bench.works = false;
    waiting(
        &mut bench,
        &newcomer,
        "account_login",
        &json!({"passwd": "secret"}),
    );
    waiting(
        &mut bench,
        &alice,
        "send_im",
        &json!({"buid": "xaver", "msg": "x"}),
    );
    for number in 1..50 {
        bob.say(&mut bench, "carol", "hello", &format!("{number:016}"));
        assert_eq!(carol.texts(&mut bench), ["hello"]);
    }
    bench.works = true;
    bench.settle();
    assert!(bench.response(alice.calls).is_some() && bench.response(newcomer.calls).is_some());
}

#[test]
fn who_changes_nothing_does_not_wait_until_the_changes_of_others_are_safe() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    bench.stores = false;
    let mut conns = Vec::new();
    for number in 0..20 {
        let conn = bench.connect();
        let fields = json!({"buid": "echo123", "msg": "x".repeat(10_000)});
        let message = alice.message("im", &alice.body("send_im", &fields), alice.seq + number);
        alice.post(&mut bench, conn, &[message]);
        conns.push(conn);
    }
    let busy = conns
        .iter()
        .filter(|conn| bench.response(**conn).is_none())
        .count();
    assert_eq!(
        busy,
        Limits::default().session_requests + 1,
        "one is done, the others wait for it"
    );
    bob.call(&mut bench, "session", "observed_user_activity", &json!({}));
    let typing = json!({"buid": "alice", "typing_state": "typing"});
    bob.call(&mut bench, "im", "im_typing", &typing);
    assert_eq!(alice.hear(&mut bench, "typing").len(), 1);
    bench.stores = true;
    bench.settle();
    assert!(
        conns
            .iter()
            .all(|conn| !bench.is_asking(*conn) || bench.response(*conn).is_some())
    );
}

#[test]
fn a_request_whose_session_ends_before_it_is_safe_is_told_which_session_is_lost() {
    let mut bench = Bench::with_limits(Limits {
        sessions: 1,
        ..Limits::default()
    });
    let first = Session::sign_on(&mut bench, "alice");
    bench.stores = false;
    let text = first.body("send_im", &json!({"buid": "echo123", "msg": "x"}));
    first.post(
        &mut bench,
        first.calls,
        &[first.message("im", &text, first.seq)],
    );
    let second = Session::open(&mut bench, "alice");
    let login = second.body("account_login", &json!({"passwd": "secret"}));
    second.post(&mut bench, second.calls, &[second.message("im", &login, 0)]);
    bench.stores = true;
    bench.settle();
    assert_eq!(bench.reply(first.calls), reply_with(0, &first.ssid));
    assert_eq!(bench.reply(second.calls), reply_with(1, &second.ssid));
}
