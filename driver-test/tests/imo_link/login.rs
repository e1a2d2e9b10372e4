//! How a link signs on, and off.
//! Never about what happens in between.

use std::time::Duration;

use imo2sproxy_core::imo::Primitive;
use imo2sproxy_core::imo::call::Call;
use imo2sproxy_core::imo::link::{LaneId, Link, LinkOutput, LinkStatus};
use serde_json::{Value, json};

use crate::bench::{Bench, SSID, event};

#[test]
fn a_login_goes_from_the_page_to_the_poll() {
    let mut bench = Bench::started();
    assert_eq!(bench.ask(LaneId::Calls).method, "");
    bench.answer(LaneId::Calls, 404, "<html>");
    let open = bench.ask(LaneId::Calls);
    assert_eq!(open.method, "rest_rpc");
    let own = open.data["ssid"].as_str().unwrap().to_owned();
    assert_eq!(own.len(), 17);
    let call = &open.messages()[0]["data"];
    assert_eq!(
        (&call["data"]["ssid"], &call["data"]["kind"]),
        (&json!(own), &json!("reui"))
    );
    bench.answer(
        LaneId::Calls,
        200,
        r#"{"deep": [{"ssid": "Qm3ABCDEFGHIJKLM"}]}"#,
    );

    let login = bench.ask(LaneId::Calls);
    assert_eq!(login.method, "forward_to_server");
    let expected = json!({
        "ack": 0,
        "ssid": SSID,
        "messages": [{
            "data": {"method": "account_login", "data": {
                "ssid": SSID, "uid": "alice", "proto": "prpl-skype", "passwd": "secret", "captcha": null,
            }},
            "to": {"system": "im"},
            "from": {"system": "client", "ssid": SSID},
            "seq": 0,
        }],
    });
    assert_eq!(login.data, expected);
    bench.acknowledge();
    let settle = bench.ask(LaneId::Calls);
    assert_eq!(
        settle.calls(),
        [
            "get_unread_msgs",
            "get_alpha_for_user",
            "observed_user_activity"
        ]
    );
    assert!(bench.try_ask(LaneId::Poll).is_none(), "no poll before that");
    bench.acknowledge();
    let poll = bench.ask(LaneId::Poll);
    assert_eq!((poll.ack(), poll.messages().len()), (0, 0));
    assert_eq!(bench.link.status(), LinkStatus::Connecting);
}

#[test]
fn a_wrong_password_stops_the_link() {
    let mut bench = Bench::logging_in();
    bench.acknowledge();
    bench.acknowledge();
    let refused = event("disconnect", &json!({"msg": "uidpassword"}));
    bench.tell(LaneId::Poll, &[(0, refused)]);
    assert!(
        bench
            .told
            .iter()
            .any(|told| matches!(told, LinkOutput::Refused))
    );
    assert_eq!(
        (bench.link.status(), bench.link.deadline()),
        (LinkStatus::Offline, None)
    );
    let asked = bench.asked();
    bench.run(Duration::from_secs(3600));
    assert_eq!(bench.asked(), asked);
}

#[test]
fn a_service_that_signs_on_in_its_answer_to_the_login_is_asked_for_mail_all_the_same() {
    let mut bench = Bench::logging_in();
    let signed_on = event("signed_on", &json!({"alias": "Alice"}));
    bench.tell(LaneId::Calls, &[(0, signed_on)]);
    assert_eq!(bench.link.status(), LinkStatus::Online);
    assert_eq!(
        bench.ask(LaneId::Calls).calls(),
        [
            "get_unread_msgs",
            "get_alpha_for_user",
            "observed_user_activity",
            "set_status"
        ]
    );
    assert_eq!(bench.ask(LaneId::Poll).ack(), 1);
}

#[test]
fn a_service_that_never_signs_on_is_given_up_in_time() {
    let mut bench = Bench::logging_in();
    bench.acknowledge();
    bench.acknowledge();
    bench.run(Duration::from_secs(29));
    assert_eq!(bench.ask(LaneId::Poll).ack(), 0);
    bench.run(Duration::from_secs(3));
    assert_eq!(bench.ask(LaneId::Calls).method, "", "it begins again");
}

#[test]
fn answers_that_make_no_sense_fail_the_login_and_not_the_daemon() {
    for (status, body) in [
        (200, "<html>"),
        (200, ""),
        (200, "{}"),
        (200, "null"),
        (200, r#"{"data":null}"#),
        (200, r#"{"data":{"ack":"1","messages":{}}}"#),
        (500, "{}"),
        (400, "{}"),
        (404, ""),
    ] {
        let mut bench = Bench::logging_in();
        bench.answer(LaneId::Calls, status, body);
        assert!(
            bench
                .told
                .iter()
                .any(|told| matches!(told, LinkOutput::Down(_))),
            "{body}"
        );
        bench.run(Duration::from_secs(2));
        assert_eq!(bench.ask(LaneId::Calls).method, "", "{status} {body}");
    }
    let mut bench = Bench::started();
    bench.answer(LaneId::Calls, 200, "");
    bench.answer(LaneId::Calls, 200, r#"{"ssid":"not one of the protocol"}"#);
    bench.run(Duration::from_secs(2));
    assert_eq!(bench.ask(LaneId::Calls).method, "");
}

#[test]
fn a_sign_off_waits_for_its_acknowledgement_but_not_for_long() {
    let mut bench = Bench::signed_on();
    bench.act(Link::stop);
    assert_eq!(bench.ask(LaneId::Calls).calls(), ["signoff_all"]);
    bench.acknowledge();
    assert!(bench.link.is_stopped());

    let mut bench = Bench::signed_on();
    bench.act(Link::stop);
    bench.run(Duration::from_secs(5));
    assert!(bench.link.is_stopped());
}

#[test]
fn who_signs_on_again_while_signing_off_is_signed_on() {
    let mut bench = Bench::signed_on();
    bench.act(Link::stop);
    bench.act(|link, _, out| link.start(out));
    bench.acknowledge();
    bench.sign_on();
}

#[test]
fn the_status_is_shown_after_each_login() {
    let mut bench = Bench::started();
    bench.act(|link, now, out| link.show(now, Primitive::Busy, "so so", out));
    bench.log_in();
    bench.acknowledge();
    bench.acknowledge();
    let signed_on = event("signed_on", &json!({"alias": "Alice"}));
    bench.tell(LaneId::Poll, &[(0, signed_on)]);
    let data: Value = bench.ask(LaneId::Calls).messages()[0]["data"]["data"].clone();
    let expected = json!({
        "ssid": SSID, "ad": "", "primitive": "busy", "status": "so so", "auto_away": false,
    });
    assert_eq!(data, expected);
}

#[test]
fn the_service_is_told_every_five_minutes_that_the_user_is_there() {
    let mut bench = Bench::signed_on();
    bench.act(|link, now, out| link.show(now, Primitive::Invisible, "", out));
    bench.acknowledge();
    for _ in 0..12 {
        bench.say(LaneId::Poll, &json!({"ack": 5, "messages": []}));
        bench.run(Duration::from_secs(26));
    }
    assert_eq!(bench.ask(LaneId::Calls).calls(), ["observed_user_activity"]);
}

#[test]
fn what_a_user_types_while_the_session_is_down_is_told_to_nobody() {
    use imo2sproxy_core::imo::TypingState;
    let mut bench = Bench::started();
    let call = Call::Typing {
        to: "bob".into(),
        state: TypingState::Typing,
    };
    let id = bench.act(|link, now, out| link.call(now, call, out));
    assert!(
        bench
            .told
            .iter()
            .any(|told| matches!(told, LinkOutput::Done(done, Ok(_)) if *done == id))
    );
    assert_eq!(bench.link.calls_waiting(), 0);
}
