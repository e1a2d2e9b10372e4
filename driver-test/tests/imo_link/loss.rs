//! What a link does when its session, its connections or its service are lost.
//! Never about answers that are as they should be.

use std::time::Duration;

use imo2sproxy_core::imo::link::{LaneId, LinkStatus};
use serde_json::json;

use crate::answers::send;
use crate::bench::{Bench, event, message};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_lost_session_is_opened_again_and_takes_what_the_last_one_did_not() {
    for how in ["ack 0", "expired", "reset", "disconnect", "nothing"] {
        let mut bench = Bench::signed_on();
        send(&mut bench, "one");
        match how {
            "ack 0" => bench.say(LaneId::Calls, &json!({"ack": 0, "messages": []})),
            "expired" => bench.tell(LaneId::Poll, &[(1, json!({"name": "expired"}))]),
            "reset" => {
                let messages = [message(1, "reset", &json!({}))];
                bench.say(LaneId::Poll, &json!({"messages": messages}));
            }
            "disconnect" => {
                let event = event("disconnect", &json!({"msg": "maintenance"}));
                bench.tell(LaneId::Poll, &[(1, event)]);
            }
            _ => bench.run(Duration::from_secs(400)),
        }
        assert_ne!(bench.link.status(), LinkStatus::Online, "{how}");
        for _ in 0..60 {
            let opens = bench.try_ask(LaneId::Calls);
            if opens.is_some_and(|ask| ask.method.is_empty()) {
                break;
            }
            bench.run(SECOND);
        }
        bench.log_in();
        bench.acknowledge();
        bench.acknowledge();
        let signed_on = event("signed_on", &json!({"alias": "Alice"}));
        bench.tell(LaneId::Poll, &[(0, signed_on)]);
        let ask = bench.ask(LaneId::Calls);
        assert_eq!(ask.calls(), ["set_status", "send_im"], "{how}");
        let call = &ask.messages()[1];
        assert_eq!(
            (call["seq"].as_u64(), call["data"]["request_id"].as_u64()),
            (Some(5), Some(0))
        );
        assert_eq!(call["data"]["data"]["mid"], "0123456789abcdef");
    }
}

#[test]
fn a_session_that_is_lost_right_after_each_sign_on_is_not_opened_in_a_hurry() {
    let mut bench = Bench::started();
    let mut sessions = 0;
    for _ in 0..600 {
        if bench.try_ask(LaneId::Calls).is_some() {
            bench.sign_on();
            bench.tell(LaneId::Poll, &[(1, json!({"name": "expired"}))]);
            sessions += 1;
        }
        bench.run(SECOND);
    }
    assert!(
        (15..80).contains(&sessions),
        "{sessions} sessions in ten minutes"
    );
}

#[test]
fn a_session_that_lasted_is_followed_by_the_next_one_soon() {
    let mut bench = Bench::started();
    for _ in 0..10 {
        bench.sign_on();
        bench.run(Duration::from_secs(31));
        bench.tell(LaneId::Poll, &[(1, json!({"name": "expired"}))]);
        bench.run(Duration::from_millis(1_001));
        assert_eq!(bench.ask(LaneId::Calls).method, "");
    }
}

#[test]
fn attempts_that_fail_become_rarer_up_to_one_in_half_a_minute() {
    let mut bench = Bench::started();
    let mut waits = Vec::new();
    for _ in 0..40 {
        let before = bench.now.mono;
        bench.answer(LaneId::Calls, 503, "");
        while bench.try_ask(LaneId::Calls).is_none() {
            bench.run(Duration::from_millis(10));
        }
        waits.push(bench.ask(LaneId::Calls).at.since(before));
    }
    for (attempt, wait) in waits.iter().enumerate() {
        let bound = SECOND * 2_u32.pow(u32::try_from(attempt).unwrap().min(5));
        assert!(
            *wait <= bound.min(Duration::from_secs(30)),
            "attempt {attempt}: {wait:?}"
        );
    }
    let late: Duration = waits[10..].iter().sum::<Duration>() / 30;
    assert!(
        (10..20).contains(&late.as_secs()),
        "full jitter: {late:?} on average"
    );
    let told = bench.heard_of();
    let downs = told.iter().filter(|told| told.starts_with("Down")).count();
    assert_eq!(downs, 1, "one cause is told once");
}

#[test]
fn after_a_good_session_the_attempts_begin_anew() {
    let mut bench = Bench::started();
    let fails = |bench: &mut Bench| {
        let before = bench.now.mono;
        bench.answer(LaneId::Calls, 503, "");
        while bench.try_ask(LaneId::Calls).is_none() {
            bench.run(Duration::from_millis(10));
        }
        bench.ask(LaneId::Calls).at.since(before)
    };
    for round in 0..20 {
        let waits: Vec<Duration> = (0..6).map(|_| fails(&mut bench)).collect();
        // The end of the session before was the first failure.
        assert!(waits[0] <= 2 * SECOND, "round {round}: {waits:?}");
        assert!(waits[1] <= 4 * SECOND, "round {round}: {waits:?}");
        bench.sign_on();
        bench.run(Duration::from_secs(31));
        bench.tell(LaneId::Poll, &[(1, json!({"name": "expired"}))]);
        bench.run(Duration::from_millis(1_001));
        assert_eq!(bench.ask(LaneId::Calls).method, "", "round {round}");
    }
}

#[test]
fn a_poll_without_an_answer_is_given_up_and_renewed() {
    let mut bench = Bench::signed_on();
    let poll = bench.ask(LaneId::Poll);
    bench.run(Duration::from_secs(59));
    assert_eq!(bench.ask(LaneId::Poll).at, poll.at);
    bench.run(Duration::from_secs(2));
    let next = bench.ask(LaneId::Poll);
    assert!(next.at > poll.at);
    assert_eq!(next.ack(), poll.ack());
    assert_eq!(
        bench.link.status(),
        LinkStatus::Online,
        "one silence is no news"
    );
}

#[test]
fn a_request_without_an_answer_is_given_up_after_half_a_minute_and_made_again() {
    let mut bench = Bench::signed_on();
    send(&mut bench, "one");
    let first = bench.ask(LaneId::Calls);
    bench.run(Duration::from_millis(29_999));
    assert_eq!(bench.ask(LaneId::Calls).at, first.at);
    bench.run(SECOND);
    let again = bench.ask(LaneId::Calls);
    assert!(again.at > first.at);
    assert_eq!((again.seq(), again.calls()), (first.seq(), vec!["send_im"]));
    assert_eq!(again.messages(), first.messages());
    assert_eq!(bench.link.status(), LinkStatus::Online);
}

#[test]
fn a_service_that_answers_polls_with_faults_is_left_for_a_new_session_in_the_end() {
    for (status, body) in [
        (500, "<html>"),
        (404, ""),
        (403, ""),
        (200, "<html>"),
        (200, "{"),
    ] {
        let mut bench = Bench::signed_on();
        let mut polls = 0;
        let mut seconds = 0;
        while bench.try_ask(LaneId::Calls).is_none() {
            assert!(seconds < 240, "{status} {body}: {polls} polls");
            if bench.try_ask(LaneId::Poll).is_some() {
                bench.answer(LaneId::Poll, status, body);
                polls += 1;
            }
            bench.run(SECOND);
            seconds += 1;
        }
        assert!((3..60).contains(&polls), "{polls} polls in {seconds} s");
        assert_eq!(bench.ask(LaneId::Calls).method, "");
        let told = bench.heard_of();
        assert!(told.contains(&"Status(Connecting)".into()), "{told:?}");
        assert_eq!(
            told.iter().filter(|told| told.starts_with("Down")).count(),
            1,
            "{told:?}"
        );
    }
}

#[test]
fn calls_that_fail_for_long_are_tried_in_a_new_session() {
    let mut bench = Bench::signed_on();
    send(&mut bench, "one");
    let mut seconds = 0;
    let mut requests = 0;
    loop {
        assert!(seconds < 240, "{requests} requests");
        if let Some(ask) = bench.try_ask(LaneId::Calls) {
            if ask.method.is_empty() {
                break;
            }
            bench.answer(LaneId::Calls, 502, "");
            requests += 1;
        }
        if seconds % 5 == 0 && bench.try_ask(LaneId::Poll).is_some() {
            bench.say(LaneId::Poll, &json!({"ack": 5, "messages": []}));
        }
        bench.run(SECOND);
        seconds += 1;
    }
    assert!(requests < 60, "{requests} requests in {seconds} s");
}

#[test]
fn a_gap_that_never_closes_ends_the_session_in_the_end() {
    let mut bench = Bench::signed_on();
    let mut seconds = 0;
    while bench.try_ask(LaneId::Calls).is_none() {
        assert!(seconds < 240);
        if bench.try_ask(LaneId::Poll).is_some() {
            bench.tell(LaneId::Poll, &[(9, event("dance", &json!({})))]);
        }
        bench.run(SECOND);
        seconds += 1;
    }
    assert_eq!(bench.ask(LaneId::Calls).method, "");
}
