//! What a link makes of the answers it gets while it is signed on.
//! Never about a session that is lost.

use std::time::Duration;

use imo2sproxy_core::imo::call::Call;
use imo2sproxy_core::imo::link::{CallId, LaneId, LinkOutput, LinkStatus};
use serde_json::json;

use crate::bench::{Bench, event, message, text};

/// Sends a text through the link.
pub(crate) fn send(bench: &mut Bench, body: &str) -> CallId {
    let call = Call::SendMessage {
        to: "bob".into(),
        body: body.into(),
        mid: Some("0123456789abcdef".into()),
    };
    bench.act(|link, now, out| link.call(now, call, out))
}

/// Whether the link said that a call was done, and how it went.
pub(crate) fn done(bench: &Bench, id: CallId) -> Option<bool> {
    bench.told.iter().find_map(|told| match told {
        LinkOutput::Done(done, result) if *done == id => Some(result.is_ok()),
        _ => None,
    })
}

#[test]
fn a_call_is_done_when_its_result_comes() {
    let mut bench = Bench::signed_on();
    let first = send(&mut bench, "one");
    let call = bench.ask(LaneId::Calls).messages()[0].clone();
    assert_eq!(call["data"]["request_id"], 0);
    assert_eq!(call["data"]["data"]["mid"], "0123456789abcdef");
    bench.acknowledge();
    assert_eq!(done(&bench, first), None);
    let result = json!({"request_id": 0, "response": {"timestamp": 1_400_000_000}});
    let messages = [message(1, "internal", &result)];
    bench.say(LaneId::Poll, &json!({"ack": 6, "messages": messages}));
    assert_eq!(done(&bench, first), Some(true));

    let second = send(&mut bench, "two");
    bench.acknowledge();
    let result = json!({"request_id": 1, "error": {"code": "blocked", "msg": "no"}});
    let messages = [message(2, "internal", &result)];
    bench.say(LaneId::Poll, &json!({"ack": 7, "messages": messages}));
    assert_eq!(done(&bench, second), Some(false));
}

#[test]
fn a_result_that_overtakes_its_acknowledgement_counts_once() {
    let mut bench = Bench::signed_on();
    let id = send(&mut bench, "one");
    let result = json!({"request_id": 0, "response": {"timestamp": 1}});
    let messages = [message(1, "internal", &result)];
    bench.say(LaneId::Poll, &json!({"ack": 5, "messages": messages}));
    assert_eq!(done(&bench, id), Some(true));
    bench.told.clear();
    bench.acknowledge();
    bench.run(Duration::from_secs(20));
    assert_eq!(done(&bench, id), None);
}

#[test]
fn a_call_whose_result_came_before_its_connection_broke_goes_out_again_as_it_was() {
    let mut bench = Bench::signed_on();
    let id = send(&mut bench, "one");
    let first = bench.ask(LaneId::Calls).messages()[0].clone();
    let result = json!({"request_id": 0, "response": {"timestamp": 1}});
    let messages = [message(1, "internal", &result)];
    bench.say(LaneId::Poll, &json!({"ack": 5, "messages": messages}));
    assert_eq!(done(&bench, id), Some(true));
    bench.told.clear();
    bench.cut(LaneId::Calls);
    bench.run(Duration::from_secs(2));
    assert_eq!(bench.ask(LaneId::Calls).messages()[0], first);
    bench.acknowledge();
    bench.run(Duration::from_secs(20));
    assert_eq!(done(&bench, id), None);
}

#[test]
fn without_a_result_the_acknowledgement_is_all_there_is() {
    let mut bench = Bench::signed_on();
    let id = send(&mut bench, "one");
    bench.acknowledge();
    bench.run(Duration::from_secs(11));
    assert_eq!(done(&bench, id), None, "it may still come on the poll");
    polls_bring_nothing(&mut bench);
    assert_eq!(done(&bench, id), Some(true));
}

/// Two polls come back without anything, the second one sent after whatever was acknowledged before.
fn polls_bring_nothing(bench: &mut Bench) {
    for _ in 0..2 {
        bench.say(LaneId::Poll, &json!({"ack": 5, "messages": []}));
        bench.run(Duration::from_secs(2));
    }
}

#[test]
fn a_refusal_that_comes_late_is_still_a_refusal() {
    let mut bench = Bench::signed_on();
    let id = send(&mut bench, "one");
    bench.acknowledge();
    bench.run(Duration::from_secs(40));
    let result = json!({"request_id": 0, "error": {"code": "unknown_user", "msg": "no"}});
    let messages = [message(1, "internal", &result)];
    bench.say(LaneId::Poll, &json!({"ack": 5, "messages": messages}));
    assert_eq!(done(&bench, id), Some(false));
}

#[test]
fn what_comes_up_during_a_request_goes_as_one_batch_without_a_gap() {
    let mut bench = Bench::signed_on();
    for body in ["one", "two", "three"] {
        send(&mut bench, body);
    }
    assert_eq!(
        (
            bench.ask(LaneId::Calls).seq(),
            bench.ask(LaneId::Calls).calls().len()
        ),
        (5, 1)
    );
    bench.acknowledge();
    assert_eq!(
        (
            bench.ask(LaneId::Calls).seq(),
            bench.ask(LaneId::Calls).calls().len()
        ),
        (6, 2)
    );
}

#[test]
fn a_request_that_was_not_acknowledged_goes_again_with_the_same_numbers() {
    for answer in [
        Some(json!({"messages": []})),
        Some(json!({"ack": null, "messages": []})),
        Some(json!({"ack": "6", "messages": []})),
        Some(json!({"ack": -1, "messages": []})),
        Some(json!({"ack": 5, "messages": []})),
        Some(json!({"ack": 3, "messages": []})),
        Some(json!([])),
        None,
    ] {
        let mut bench = Bench::signed_on();
        send(&mut bench, "one");
        match &answer {
            Some(data) => bench.say(LaneId::Calls, data),
            None => bench.cut(LaneId::Calls),
        }
        bench.run(Duration::from_millis(1));
        let ask = bench.ask(LaneId::Calls);
        assert_eq!((ask.seq(), ask.calls()), (5, vec!["send_im"]), "{answer:?}");
        bench.acknowledge();
        assert_eq!(bench.link.status(), LinkStatus::Online);
    }
}

#[test]
fn a_service_that_never_acknowledges_is_not_asked_without_pause() {
    let mut bench = Bench::signed_on();
    send(&mut bench, "one");
    let before = bench.asked();
    for _ in 0..60 {
        if bench.try_ask(LaneId::Calls).is_some() {
            bench.say(LaneId::Calls, &json!({"ack": 5, "messages": []}));
        }
        bench.run(Duration::from_secs(1));
    }
    assert!(
        bench.asked() - before < 40,
        "{} requests",
        bench.asked() - before
    );
}

#[test]
fn an_acknowledgement_covers_no_call_that_was_never_sent() {
    let mut bench = Bench::signed_on();
    send(&mut bench, "one");
    send(&mut bench, "two");
    bench.say(LaneId::Calls, &json!({"ack": 1_000_000, "messages": []}));
    let ask = bench.ask(LaneId::Calls);
    assert_eq!(ask.seq(), 6);
    assert_eq!(ask.messages()[0]["data"]["data"]["msg"], "two");
}

#[test]
fn an_answer_with_events_is_a_success_whatever_it_acknowledges() {
    for ack in [json!(0), json!(null), json!(2), json!("x")] {
        let mut bench = Bench::signed_on();
        send(&mut bench, "one");
        send(&mut bench, "two");
        let messages = [message(1, "im", &text("hello"))];
        bench.say(LaneId::Calls, &json!({"ack": ack, "messages": messages}));
        assert_eq!(bench.texts(), ["hello"], "{ack}");
        let ask = bench.ask(LaneId::Calls);
        assert_eq!(
            ask.seq(),
            6,
            "{ack}: what was sent is done, and nothing else"
        );
        bench.acknowledge();
        bench.say(LaneId::Poll, &json!({"messages": []}));
        bench.run(Duration::from_secs(1));
        assert_eq!(bench.ask(LaneId::Poll).ack(), 2);
    }
}

#[test]
fn events_that_overtake_each_other_come_out_in_order_and_once() {
    let mut bench = Bench::signed_on();
    send(&mut bench, "one");
    // The service put 1 on the poll and 2 on the request; the request's answer is faster.
    let messages = [message(2, "im", &text("two"))];
    bench.say(LaneId::Calls, &json!({"ack": 6, "messages": messages}));
    assert_eq!(bench.texts(), [""; 0]);
    bench.tell(LaneId::Poll, &[(1, text("one"))]);
    assert_eq!(bench.ask(LaneId::Poll).ack(), 2);
    bench.tell(LaneId::Poll, &[(2, text("two"))]);
    assert_eq!(bench.texts(), ["one", "two"]);
    bench.tell(
        LaneId::Poll,
        &[(1, text("one")), (2, text("two")), (3, text("three"))],
    );
    assert_eq!(bench.texts(), ["one", "two", "three"]);
}

#[test]
fn events_are_acknowledged_only_when_they_are_safe() {
    let mut bench = Bench::signed_on();
    bench.confirms = false;
    bench.tell(LaneId::Poll, &[(1, text("one"))]);
    assert!(bench.try_ask(LaneId::Poll).is_none());
    send(&mut bench, "x");
    assert_eq!(bench.ask(LaneId::Calls).ack(), 1);
}

#[test]
fn what_is_not_for_clients_is_not_heard_but_counts() {
    let mut bench = Bench::signed_on();
    let mut other = message(1, "im", &text("not for us"));
    other["to"]["system"] = json!("server");
    let foreign = json!({"name": "recv_im", "proto": "prpl-jabber", "edata": 7});
    let messages = [
        other,
        message(2, "im", &foreign),
        message(3, "weather", &json!(["rain"])),
        message(4, "im", &event("dance", &json!({}))),
        message(5, "im", &text("for us")),
    ];
    bench.say(LaneId::Poll, &json!({"messages": messages}));
    assert_eq!(bench.texts(), ["for us"]);
    assert_eq!(bench.ask(LaneId::Poll).ack(), 6);
}

#[test]
fn automatic_absence_is_switched_off() {
    let mut bench = Bench::signed_on();
    let data = json!({"preferences": [{"kind": "impref", "pref": "auto_away", "value": true}]});
    bench.say(
        LaneId::Poll,
        &json!({"messages": [message(1, "preference", &data)]}),
    );
    let ask = bench.ask(LaneId::Calls);
    let expected = json!({"method": "set", "data": {
        "accounts": [{"uid": "alice", "proto": "prpl-skype"}],
        "preferences": [{"kind": "impref", "pref": "auto_away", "value": false}],
    }});
    assert_eq!(ask.messages()[0]["data"], expected);
    assert_eq!(ask.messages()[0]["to"]["system"], "preference");
}

#[test]
fn a_poll_that_is_answered_at_once_with_nothing_is_not_repeated_at_once_for_ever() {
    for data in [
        json!({"ack": 5, "messages": []}),
        json!({"messages": null}),
        json!({"messages": [message(0, "im", &text("old"))]}),
        json!({"messages": [message(7, "im", &text("early"))]}),
        json!({"messages": [{"seq": "1"}, 7, null, "x", []]}),
    ] {
        let mut bench = Bench::signed_on();
        let before = bench.asked();
        for _ in 0..100 {
            if bench.try_ask(LaneId::Poll).is_some() {
                bench.say(LaneId::Poll, &data);
            }
            bench.run(Duration::from_millis(100));
        }
        let polls = bench.asked() - before;
        assert!((2..=14).contains(&polls), "{polls} polls for {data}");
    }
}

#[test]
fn a_request_that_is_refused_as_a_whole_costs_only_the_call_that_spoils_it() {
    let mut bench = Bench::signed_on();
    let calls: Vec<CallId> = ["one", "bad", "three"]
        .map(|body| send(&mut bench, body))
        .into();
    bench.acknowledge();
    assert_eq!(bench.ask(LaneId::Calls).calls().len(), 2);
    bench.answer(LaneId::Calls, 413, "{}");
    assert_eq!(bench.ask(LaneId::Calls).calls().len(), 1);
    bench.answer(LaneId::Calls, 400, "{}");
    bench.acknowledge();
    bench.run(Duration::from_secs(11));
    polls_bring_nothing(&mut bench);
    let how: Vec<_> = calls.iter().map(|id| done(&bench, *id)).collect();
    assert_eq!(how, [Some(true), Some(false), Some(true)]);
    assert_eq!(bench.link.status(), LinkStatus::Online);
}
