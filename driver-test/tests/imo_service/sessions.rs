//! Sessions: numbers, acknowledgements, polls, logins and ends.
//! Never about who knows whom.

use std::time::Duration;

use serde_json::json;

use crate::bench::{Bench, SECOND};
use crate::session::{Session, befriend, reply_with, two};

const HOLD: Duration = Duration::from_secs(25);

#[test]
fn a_session_id_fits_where_old_clients_put_it() {
    let mut bench = Bench::new();
    let session = Session::open(&mut bench, "alice");
    assert!((16..=17).contains(&session.ssid.len()));
    let raw = bench.raw(session.calls);
    let at = raw.find("ssid\":\"").unwrap();
    assert!(raw[at + 7..].starts_with(&session.ssid), "{raw}");
}

#[test]
fn a_poll_is_held_until_there_is_something_or_its_time_is_over() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    alice.say(&mut bench, "echo123", "hello", "0123456789abcdef");
    assert_eq!(alice.texts(&mut bench), ["hello"]);
    let started = bench.now.mono;
    while alice
        .answered(&mut bench)
        .is_none_or(|messages| !messages.is_empty())
    {
        bench.run(Duration::from_millis(100));
    }
    assert!(bench.now.mono.since(started) <= HOLD);
    assert!(bench.now.mono.since(started) >= HOLD - SECOND);
}

#[test]
fn a_newer_poll_takes_the_place_of_an_older_one() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    let old = alice.poll;
    alice.poll = bench.connect();
    alice.ask(&mut bench);
    assert_eq!(bench.reply(old), reply_with(2, &alice.ssid));
    alice.say(&mut bench, "echo123", "hello", "0123456789abcdef");
    assert_eq!(alice.texts(&mut bench), ["hello"]);
}

#[test]
fn events_come_again_until_they_are_acknowledged_even_on_another_connection() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    let before = alice.ack;
    alice.say(&mut bench, "echo123", "hello", "0123456789abcdef");
    bench.run(SECOND);
    let first = alice.answered(&mut bench).unwrap();
    bench.cut(alice.poll);
    alice.poll = bench.connect();
    alice.ack = before;
    alice.ask(&mut bench);
    assert_eq!(alice.answered(&mut bench).unwrap(), first);
}

#[test]
fn an_acknowledgement_of_what_was_never_sent_takes_nothing_away() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    bench.cut(alice.poll);
    alice.poll = bench.connect();
    alice.say(&mut bench, "echo123", "hello", "0123456789abcdef");
    let taken = alice.ack;
    alice.ack = 1_000_000;
    alice.call(&mut bench, "session", "observed_user_activity", &json!({}));
    alice.ack = taken;
    assert_eq!(alice.texts(&mut bench), ["hello"]);
}

#[test]
fn a_call_is_taken_whatever_its_number_unless_that_was_taken_before() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let send = |session: &Session, text: &str, seq: u64| {
        let call = session.body("send_im", &json!({"buid": "bob", "msg": text}));
        session.message("im", &call, seq)
    };
    for (text, seq, ack) in [
        ("c", 4, 5),
        ("b", 3, 5),
        ("b", 3, 5),
        ("z", 9, 10),
        ("z", 9, 10),
    ] {
        let message = send(&alice, text, seq);
        alice.post(&mut bench, alice.calls, &[message]);
        assert_eq!(bench.reply(alice.calls), reply_with(ack, &alice.ssid));
    }
    assert_eq!(bob.texts(&mut bench), ["c", "b", "z"]);
    alice.seq = 10;
    let batch = [send(&alice, "d", 10), send(&alice, "e", 11)];
    alice.post(&mut bench, alice.calls, &batch);
    assert_eq!(bench.reply(alice.calls), reply_with(12, &alice.ssid));
    assert_eq!(bob.texts(&mut bench), ["d", "e"]);
}

#[test]
fn numbers_at_the_end_of_the_world_do_no_harm() {
    let mut bench = Bench::new();
    for number in [u64::MAX, u64::MAX - 1, u64::from(u32::MAX)] {
        let mut alice = Session::sign_on(&mut bench, "alice");
        let login = alice.body("account_login", &json!({"passwd": "secret"}));
        let message = alice.message("im", &login, number);
        alice.post(&mut bench, alice.calls, &[message]);
        bench.reply(alice.calls);
        alice.ack = number;
        alice.ssid = "Unknown123456789".into();
        let message = alice.message("im", &login, number);
        alice.post(&mut bench, alice.calls, &[message]);
        bench.response(alice.calls).expect("a response");
        let poll = bench.connect();
        alice.post(&mut bench, poll, &[]);
        bench.run(30 * SECOND);
        bench.response(poll).expect("a response");
    }
}

#[test]
fn an_unknown_session_is_lost_at_once_for_requests_and_after_a_second_for_polls() {
    let mut bench = Bench::new();
    let mut alice = Session::open(&mut bench, "alice");
    alice.ssid = "Unknown123456789".into();
    alice.ack = 7;
    let call = alice.message(
        "session",
        &alice.body("observed_user_activity", &json!({})),
        3,
    );
    alice.post(&mut bench, alice.calls, &[call]);
    assert_eq!(bench.reply(alice.calls), reply_with(0, &alice.ssid));
    alice.ask(&mut bench);
    bench.run(SECOND / 2);
    assert!(bench.response(alice.poll).is_none());
    bench.run(SECOND);
    let reply = bench.reply(alice.poll);
    let messages = reply["data"]["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 1);
    assert_eq!(
        (&messages[0]["data"]["name"], &messages[0]["seq"]),
        (&json!("expired"), &json!(7))
    );
}

#[test]
fn a_name_that_is_no_session_id_does_not_come_back() {
    let mut bench = Bench::new();
    let mut alice = Session::open(&mut bench, "alice");
    alice.ssid = "x\"<>".repeat(1000);
    let call = alice.message(
        "session",
        &alice.body("observed_user_activity", &json!({})),
        3,
    );
    alice.post(&mut bench, alice.calls, &[call]);
    assert_eq!(bench.reply(alice.calls), reply_with(0, ""));
}

#[test]
fn a_session_without_requests_expires_and_with_polls_does_not() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    for _ in 0..10 {
        bench.run(HOLD + SECOND);
        assert_eq!(alice.answered(&mut bench), Some(vec![]));
        alice.ask(&mut bench);
    }
    bench.cut(alice.poll);
    bench.run(Duration::from_secs(84));
    alice.calls = bench.connect();
    alice.call(&mut bench, "session", "observed_user_activity", &json!({}));
    bench.run(Duration::from_secs(86));
    let call = alice.message(
        "session",
        &alice.body("observed_user_activity", &json!({})),
        9,
    );
    alice.post(&mut bench, alice.calls, &[call]);
    assert_eq!(bench.reply(alice.calls), reply_with(0, &alice.ssid));
}

#[test]
fn a_login_under_a_forgotten_session_opens_it_again_and_counts_on() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    let mut bob = Session::sign_on(&mut bench, "bob");
    bench.run(Duration::from_secs(100));
    alice.calls = bench.connect();
    alice.poll = bench.connect();
    alice.seq = 17;
    alice.ack = 9;
    alice.call(
        &mut bench,
        "im",
        "account_login",
        &json!({"passwd": "secret", "captcha": null}),
    );
    alice.call(&mut bench, "im", "get_unread_msgs", &json!({}));
    alice.ask(&mut bench);
    assert_eq!(alice.answered(&mut bench).unwrap()[0]["seq"], 9);
    bob.ssid = "Unknown123456789".into();
    bob.call(
        &mut bench,
        "im",
        "account_login",
        &json!({"passwd": "secret", "captcha": null}),
    );
}

#[test]
fn a_refused_login_is_acknowledged_and_told_on_the_poll() {
    let mut bench = Bench::new();
    Session::sign_on(&mut bench, "alice");
    let mut thief = Session::open(&mut bench, "alice");
    thief.call(
        &mut bench,
        "im",
        "account_login",
        &json!({"passwd": "wrong", "captcha": null}),
    );
    thief.call(&mut bench, "im", "get_unread_msgs", &json!({}));
    thief.call(&mut bench, "alpha", "get_alpha_for_user", &json!({}));
    thief.call(&mut bench, "session", "observed_user_activity", &json!({}));
    let events = thief.events(&mut bench);
    assert_eq!(events[0]["name"], "disconnect");
    assert_eq!(events[0]["edata"], json!({"msg": "uidpassword"}));
    assert_eq!(events[1]["edata"]["code"], "not_signed_on");
    assert_eq!(events[1]["edata"]["method"], "get_unread_msgs");
    let mut none = Session::open(&mut bench, "echo123");
    none.call(&mut bench, "im", "account_login", &json!({"passwd": "x"}));
    assert_eq!(
        none.hear(&mut bench, "disconnect"),
        [json!({"msg": "uidpassword"})]
    );
}

#[test]
fn a_name_that_cannot_be_one_is_not_told_to_the_log() {
    let mut bench = Bench::new();
    let mut alice = Session::open(&mut bench, "alice");
    let fields = json!({"uid": "EVIL\n".repeat(1000), "passwd": "secret"});
    alice.call(&mut bench, "im", "account_login", &fields);
    let told = format!("{:?}", bench.events);
    assert!(!told.to_lowercase().contains("evil"), "{told}");
}

#[test]
fn a_sign_off_is_acknowledged_and_ends_the_held_poll_and_no_other_session() {
    let mut bench = Bench::new();
    let mut here = Session::sign_on(&mut bench, "alice");
    let mut there = Session::sign_on(&mut bench, "alice");
    here.call(
        &mut bench,
        "session",
        "set_status",
        &json!({"primitive": "offline", "status": ""}),
    );
    here.call(&mut bench, "session", "signoff_all", &json!({}));
    assert_eq!(here.answered(&mut bench), Some(vec![]));
    here.ask(&mut bench);
    bench.run(2 * SECOND);
    assert_eq!(
        here.answered(&mut bench).unwrap()[0]["data"]["name"],
        "expired"
    );
    there.say(&mut bench, "echo123", "still here", "0123456789abcdef");
    assert_eq!(there.texts(&mut bench), ["still here"]);
}

#[test]
fn who_goes_in_one_place_is_still_seen_in_the_other() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    alice.call(
        &mut bench,
        "im",
        "add_buddy",
        &json!({"buid": "bob", "group": "Offline"}),
    );
    bob.call(&mut bench, "im", "auth_add", &json!({"buid": "alice"}));
    bob.events(&mut bench);
    let mut other = Session::sign_on(&mut bench, "alice");
    other.call(
        &mut bench,
        "session",
        "set_status",
        &json!({"primitive": "offline", "status": ""}),
    );
    other.call(&mut bench, "session", "signoff_all", &json!({}));
    let seen = bob.hear(&mut bench, "buddy_status");
    assert!(
        seen.iter().all(|list| list[0]["primitive"] == "available"),
        "{seen:?}"
    );
    alice.call(&mut bench, "session", "signoff_all", &json!({}));
    assert_eq!(
        bob.hear(&mut bench, "buddy_status")[0][0]["primitive"],
        "offline"
    );
}

#[test]
fn what_a_request_causes_comes_after_its_reply() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    let mut call = alice.body("send_im", &json!({"buid": "echo123", "msg": "x"}));
    call["request_id"] = json!(3);
    alice.request(&mut bench, "im", &call);
    assert_eq!(
        bench.response(alice.poll).map(|_| ()),
        Some(()),
        "the text itself does not wait"
    );
    alice.ack += 1;
    alice.ask(&mut bench);
    bench.run(Duration::from_millis(19));
    assert!(bench.response(alice.poll).is_none());
    bench.run(Duration::from_millis(20));
    let messages = alice.answered(&mut bench).unwrap();
    assert_eq!(messages[0]["from"]["system"], "internal");
    assert_eq!(messages[0]["data"]["request_id"], 3);
    assert!(
        messages[0]["data"]["response"]["timestamp"]
            .as_u64()
            .unwrap()
            >= 1_400_000_000
    );
}

#[test]
fn a_right_password_whose_login_the_store_fails_opens_no_other_account() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    bench.restart();
    let mallory = Session::open(&mut bench, "bob");
    let login = |uid: &str, passwd: &str| {
        let fields = json!({"uid": uid, "passwd": passwd});
        mallory.message("im", &mallory.body("account_login", &fields), mallory.seq)
    };
    // The account is there and the password right; then the store cannot be read any more.
    bench.fails_after(1);
    mallory.post(&mut bench, mallory.calls, &[login("bob", "secret")]);
    assert_eq!(bench.response(mallory.calls).unwrap().status, 503);
    bench.loads = true;
    mallory.post(&mut bench, mallory.calls, &[login("alice", "wrong")]);
    bench.reply(mallory.calls);
    let mut mallory = mallory;
    let events = mallory.events(&mut bench);
    assert_eq!(events[0]["name"], "disconnect", "{events:?}");
}
