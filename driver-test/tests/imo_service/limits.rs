//! What no client can do, however hard it tries.
//! Never about what it may do.

use std::time::Duration;

use serde_json::{Value, json};

use crate::bench::Bench;
use crate::session::{Session, reply_with};

#[test]
fn a_client_that_takes_nothing_is_left_alone_in_the_end() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    bench.cut(alice.poll);
    for number in 0..20_000 {
        let mut call = alice.body("send_im", &json!({"buid": "echo123", "msg": "x"}));
        call["request_id"] = json!(number);
        let message = alice.message("im", &call, alice.seq);
        alice.seq += 1;
        alice.post(&mut bench, alice.calls, &[message]);
        bench.run(Duration::from_millis(30));
        if bench.reply(alice.calls) == reply_with(0, &alice.ssid) {
            return;
        }
    }
    panic!("it may take nothing for ever");
}

#[test]
fn a_call_that_cannot_be_understood_is_acknowledged_and_refused_by_name() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    alice.call(&mut bench, "im", "dance", &json!({}));
    alice.call(&mut bench, "im", "send_im", &json!({"buid": 7, "msg": "x"}));
    let mut call = alice.body(
        "im_typing",
        &json!({"buid": "bob", "typing_state": "dancing"}),
    );
    call["request_id"] = json!(5);
    alice.request(&mut bench, "im", &call);
    alice.request(&mut bench, "im", &json!("nonsense"));
    let events = alice.events(&mut bench);
    let refused: Vec<_> = events[..2]
        .iter()
        .map(|event| &event["edata"]["method"])
        .collect();
    assert_eq!(refused, ["dance", "send_im"]);
    assert!(
        events[..2]
            .iter()
            .all(|event| event["edata"]["code"] == "bad_request")
    );
    assert_eq!(events[0]["edata"]["seq"], 2);
    assert_eq!(
        (&events[2]["request_id"], &events[2]["error"]["code"]),
        (&json!(5), &json!("bad_request"))
    );
    assert_eq!(events[3]["edata"]["code"], "bad_request");
}

/// The original learns only from the reply which text a number means.
#[test]
fn the_result_of_a_text_that_cannot_be_understood_comes_no_sooner_than_that_of_any() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    let mut call = alice.body("send_im", &json!({"buid": "bob"}));
    call["request_id"] = json!(5);
    alice.request(&mut bench, "im", &call);
    bench.run(Duration::from_millis(19));
    assert!(bench.response(alice.poll).is_none());
    bench.run(Duration::from_millis(20));
    let messages = alice.answered(&mut bench).unwrap();
    assert_eq!(messages[0]["data"]["error"]["code"], "bad_request");
}

#[test]
fn one_request_does_not_do_without_end() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    let call = json!({"method": "observed_user_activity", "data": {}});
    let messages: Vec<Value> = (0..2000)
        .map(|n| alice.message("session", &call, 2 + n))
        .collect();
    alice.post(&mut bench, alice.calls, &messages);
    let taken = bench.reply(alice.calls)["data"]["ack"].as_u64().unwrap();
    assert!((3..2000).contains(&taken), "{taken}");
    alice.seq = taken;
    let rest = usize::try_from(taken - 2).unwrap();
    alice.post(&mut bench, alice.calls, &messages[rest..rest + 1]);
    assert_eq!(bench.reply(alice.calls), reply_with(taken + 1, &alice.ssid));
}

#[test]
fn sessions_without_an_account_are_few() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    let first = Session::open(&mut bench, "bob");
    for _ in 0..300 {
        Session::open(&mut bench, "bob").hang_up(&mut bench);
    }
    let call = first.message(
        "session",
        &first.body("observed_user_activity", &json!({})),
        0,
    );
    first.post(&mut bench, first.calls, &[call]);
    assert_eq!(
        bench.reply(first.calls),
        reply_with(0, &first.ssid),
        "the oldest is forgotten"
    );
    alice.call(&mut bench, "session", "observed_user_activity", &json!({}));
}

#[test]
fn requests_of_a_session_that_wait_for_the_store_are_few() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    bench.stores = false;
    let mut refused = 0;
    for _ in 0..100 {
        let conn = bench.connect();
        let call = alice.body("send_im", &json!({"buid": "echo123", "msg": "x"}));
        let message = alice.message("im", &call, alice.seq);
        alice.seq += 1;
        alice.post(&mut bench, conn, &[message]);
        refused += usize::from(
            bench
                .response(conn)
                .is_some_and(|response| response.status == 503),
        );
        bench.cut(conn);
    }
    assert!(refused > 50, "{refused}");
    bench.stores = true;
    bench.settle();
    assert_eq!(bench.waiting(), 0);
}
