//! Calls that ring: who hears of them, and how they end.
//! Never about what the two say to each other: that goes other ways.

use std::time::Duration;

use imo2sproxy_core::config::Limits;
use serde_json::{Value, json};

use crate::bench::{Bench, SECOND};
use crate::session::befriend;
use crate::session::{Session, two};

/// Two contacts of each other, all news heard.
fn friends(bench: &mut Bench) -> (Session, Session) {
    let (mut alice, mut bob) = two(bench);
    befriend(bench, &mut alice, &mut bob);
    alice.events(bench);
    (alice, bob)
}

fn ring(bench: &mut Bench, caller: &mut Session, callee: &str) {
    caller.call(bench, "av", "start_audio_chat", &json!({"buid": callee}));
}

fn answer(bench: &mut Bench, callee: &mut Session, caller: &str) {
    callee.call(bench, "av", "answer_audio_chat", &json!({"buid": caller}));
}

fn hang_up(bench: &mut Bench, session: &mut Session, other: &str) {
    session.call(bench, "av", "end_audio_chat", &json!({"buid": other}));
}

/// The code of the refusal that has come.
#[track_caller]
fn refusal(bench: &mut Bench, session: &mut Session) -> Value {
    let errors = session.hear(bench, "error");
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors[0]["code"].clone()
}

#[test]
fn a_call_rings_at_both_ends_and_is_answered_and_hung_up() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = friends(&mut bench);
    ring(&mut bench, &mut alice, "Bob");
    let event = json!({"name": "streams_info", "proto": "prpl-skype", "uid": "bob", "type": "call",
        "edata": {"buid": "alice", "is_initiator": false}});
    assert_eq!(bob.events(&mut bench), [event]);
    assert_eq!(
        alice.hear(&mut bench, "streams_info"),
        [json!({"buid": "bob", "is_initiator": true})]
    );
    answer(&mut bench, &mut bob, "alice");
    assert_eq!(alice.hear(&mut bench, "answered"), [json!({"buid": "bob"})]);
    assert_eq!(bob.hear(&mut bench, "answered"), [json!({"buid": "alice"})]);
    bench.run(Duration::from_secs(80));
    assert_eq!(alice.events(&mut bench), [] as [Value; 0], "it goes on");
    hang_up(&mut bench, &mut alice, "bob");
    let ended = json!({"name": "ended", "proto": "prpl-skype", "uid": "bob", "type": "call",
        "edata": {"buid": "alice", "reason": "hung_up"}});
    assert_eq!(bob.events(&mut bench), [ended]);
    assert_eq!(
        alice.hear(&mut bench, "ended"),
        [json!({"buid": "bob", "reason": "hung_up"})]
    );
    hang_up(&mut bench, &mut alice, "bob");
    assert_eq!(bob.events(&mut bench), [] as [Value; 0]);
}

#[test]
fn events_of_calls_come_from_another_part_of_the_service() {
    let mut bench = Bench::new();
    let (mut alice, bob) = friends(&mut bench);
    if !bench.is_asking(bob.poll) {
        bob.ask(&mut bench);
    }
    ring(&mut bench, &mut alice, "bob");
    let reply = bench.reply(bob.poll);
    assert_eq!(reply["data"]["messages"][0]["from"]["system"], "av");
}

#[test]
fn a_call_that_is_not_wanted_is_refused() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = friends(&mut bench);
    ring(&mut bench, &mut alice, "bob");
    hang_up(&mut bench, &mut bob, "alice");
    for (session, other) in [(&mut alice, "bob"), (&mut bob, "alice")] {
        let ended = session.hear(&mut bench, "ended");
        assert_eq!(ended, [json!({"buid": other, "reason": "refused"})]);
    }
    answer(&mut bench, &mut bob, "alice");
    assert_eq!(refusal(&mut bench, &mut bob), "bad_request", "too late");
}

#[test]
fn a_call_that_nobody_answers_ends_after_a_minute() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = friends(&mut bench);
    ring(&mut bench, &mut alice, "bob");
    alice.events(&mut bench);
    for _ in 0..5 {
        bench.run(9 * SECOND);
        bob.events(&mut bench);
    }
    assert_eq!(alice.hear(&mut bench, "ended"), [] as [Value; 0]);
    bench.run(15 * SECOND);
    for (session, other) in [(&mut alice, "bob"), (&mut bob, "alice")] {
        let ended = session.hear(&mut bench, "ended");
        assert_eq!(ended, [json!({"buid": other, "reason": "no_answer"})]);
    }
}

#[test]
fn one_session_takes_a_call_up_and_the_others_stop_ringing() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = friends(&mut bench);
    let mut elsewhere = Session::sign_on(&mut bench, "bob");
    ring(&mut bench, &mut alice, "bob");
    assert_eq!(elsewhere.hear(&mut bench, "streams_info").len(), 1);
    answer(&mut bench, &mut bob, "alice");
    let ended = elsewhere.events(&mut bench);
    assert_eq!(ended.len(), 1);
    assert_eq!(
        ended[0]["edata"],
        json!({"buid": "alice", "reason": "elsewhere"})
    );
    assert_eq!(bob.hear(&mut bench, "ended"), [] as [Value; 0]);
    elsewhere.call(&mut bench, "session", "signoff_all", &json!({}));
    assert_eq!(alice.hear(&mut bench, "ended"), [] as [Value; 0]);
    bob.call(&mut bench, "session", "signoff_all", &json!({}));
    let ended = alice.hear(&mut bench, "ended");
    assert_eq!(ended, [json!({"buid": "bob", "reason": "gone"})]);
}

#[test]
fn a_call_ends_when_the_caller_or_the_last_who_could_answer_leaves() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = friends(&mut bench);
    ring(&mut bench, &mut alice, "bob");
    alice.call(&mut bench, "session", "signoff_all", &json!({}));
    let ended = bob.hear(&mut bench, "ended");
    assert_eq!(ended, [json!({"buid": "alice", "reason": "gone"})]);
    let mut alice = Session::sign_on(&mut bench, "alice");
    bob.events(&mut bench);
    ring(&mut bench, &mut alice, "bob");
    bob.call(&mut bench, "session", "signoff_all", &json!({}));
    let ended = alice.hear(&mut bench, "ended");
    assert_eq!(ended, [json!({"buid": "bob", "reason": "gone"})]);
}

#[test]
fn who_calls_each_other_at_once_is_joined() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = friends(&mut bench);
    ring(&mut bench, &mut alice, "bob");
    ring(&mut bench, &mut alice, "bob");
    ring(&mut bench, &mut bob, "alice");
    assert_eq!(alice.hear(&mut bench, "answered"), [json!({"buid": "bob"})]);
    let names: Vec<Value> = bob
        .events(&mut bench)
        .iter()
        .map(|event| event["name"].clone())
        .collect();
    assert_eq!(names, ["streams_info", "answered"], "and it has rung once");
}

#[test]
fn only_contacts_that_are_there_can_be_called() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    ring(&mut bench, &mut alice, "nobody");
    assert_eq!(refusal(&mut bench, &mut alice), "unknown_user");
    ring(&mut bench, &mut alice, "alice");
    assert_eq!(refusal(&mut bench, &mut alice), "unknown_user");
    ring(&mut bench, &mut alice, "bob");
    assert_eq!(refusal(&mut bench, &mut alice), "not_authorised");
    befriend(&mut bench, &mut alice, &mut bob);
    let status = |how| json!({"primitive": how, "status": ""});
    bob.call(&mut bench, "session", "set_status", &status("invisible"));
    ring(&mut bench, &mut alice, "bob");
    assert_eq!(refusal(&mut bench, &mut alice), "not_signed_on");
    bob.call(&mut bench, "session", "set_status", &status("available"));
    bob.call(&mut bench, "im", "block_buddy", &json!({"buid": "alice"}));
    ring(&mut bench, &mut alice, "bob");
    assert_eq!(refusal(&mut bench, &mut alice), "blocked");
    ring(&mut bench, &mut bob, "alice");
    assert_eq!(refusal(&mut bench, &mut bob), "blocked", "by himself");
    assert_eq!(bob.hear(&mut bench, "streams_info"), [] as [Value; 0]);
}

#[test]
fn the_echo_contact_takes_a_call_up_after_a_second() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    alice.events(&mut bench);
    ring(&mut bench, &mut alice, "echo123");
    let events = alice.events(&mut bench);
    let names: Vec<&Value> = events.iter().map(|event| &event["name"]).collect();
    assert_eq!(names, ["streams_info", "answered"]);
    hang_up(&mut bench, &mut alice, "echo123");
    let ended = alice.hear(&mut bench, "ended");
    assert_eq!(ended, [json!({"buid": "echo123", "reason": "hung_up"})]);
}

#[test]
fn an_account_has_few_calls_at_once() {
    let mut bench = Bench::with_limits(Limits {
        calls: 1,
        ..Limits::default()
    });
    let (mut alice, mut bob) = friends(&mut bench);
    ring(&mut bench, &mut alice, "echo123");
    alice.events(&mut bench);
    ring(&mut bench, &mut alice, "bob");
    assert_eq!(refusal(&mut bench, &mut alice), "rate_limited");
    ring(&mut bench, &mut bob, "alice");
    assert_eq!(refusal(&mut bench, &mut bob), "rate_limited");
    hang_up(&mut bench, &mut alice, "echo123");
    alice.events(&mut bench);
    ring(&mut bench, &mut bob, "alice");
    assert_eq!(alice.hear(&mut bench, "streams_info").len(), 1);
}

#[test]
fn a_call_that_is_over_before_it_can_be_told_of_rings_nowhere() {
    let mut bench = Bench::with_limits(Limits {
        sessions: 1,
        ..Limits::default()
    });
    let (alice, mut bob) = friends(&mut bench);
    bench.stores = false;
    // The text holds the answer back until it is durable, and with it the call that goes along.
    let text = alice.body(
        "send_im",
        &json!({"buid": "bob", "msg": "hi", "mid": "abcdefghijklmnop"}),
    );
    let call = alice.body("start_audio_chat", &json!({"buid": "bob"}));
    let messages = [
        alice.message("im", &text, alice.seq),
        alice.message("av", &call, alice.seq + 1),
    ];
    alice.post(&mut bench, alice.calls, &messages);
    assert!(bench.response(alice.calls).is_none());
    let elsewhere = Session::open(&mut bench, "alice");
    let login = elsewhere.body("account_login", &json!({"passwd": "secret"}));
    let login = elsewhere.message("im", &login, 0);
    elsewhere.post(&mut bench, elsewhere.calls, &[login]);
    bench.stores = true;
    bench.settle();
    let events = bob.events(&mut bench);
    let names: Vec<&Value> = events.iter().map(|event| &event["name"]).collect();
    assert!(names.contains(&&json!("recv_im")), "{names:?}");
    assert!(!names.contains(&&json!("streams_info")), "{names:?}");
}
