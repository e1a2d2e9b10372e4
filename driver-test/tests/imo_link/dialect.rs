//! A link in the older dialect: what it says otherwise, and that it is as good at the rest.
//! Never about what the service makes of it.

use std::time::Duration;

use imo2sproxy_core::config::DialectKind::V0;
use imo2sproxy_core::imo::Primitive;
use imo2sproxy_core::imo::call::Call;
use imo2sproxy_core::imo::link::{LaneId, Link, LinkOutput, LinkStatus};
use imo2sproxy_core::imo::notice::Notice;
use serde_json::{Value, json};

use crate::answers::{done, send};
use crate::bench::{Bench, SSID, event, message};

/// The refusal of a call without a `request_id`.
fn error(method: &str, seq: u64) -> Value {
    let edata = json!({"method": method, "seq": seq, "code": "blocked", "msg": "no"});
    event("error", &edata)
}

/// Whether the link said that a call was refused after it was done.
fn taken_back(bench: &Bench) -> Vec<String> {
    let names = bench.told.iter().filter_map(|told| match told {
        LinkOutput::TakenBack(id, method, _) => Some(format!("{id:?} {method}")),
        _ => None,
    });
    names.collect()
}

#[test]
fn a_login_goes_through_the_cookie_to_the_poll() {
    let mut bench = Bench::started_in(V0);
    assert_eq!(bench.ask(LaneId::Calls).method, "", "the page");
    bench.answer(LaneId::Calls, 200, "<html>");
    let open = bench.ask(LaneId::Calls);
    let own = &open.messages()[0]["data"]["data"]["ssid"];
    assert_eq!(own.as_str().unwrap().len(), 17);
    let expected = json!({"ack": 0, "ssid": 0, "messages": [{
        "data": {"method": "get_ssid", "data": {"ssid": own}},
        "to": {"system": "ssid"}, "from": {"system": "client", "ssid": 0}, "seq": 0,
    }]});
    assert_eq!((&*open.method, &open.data), ("rest_rpc", &expected));
    bench.answer(LaneId::Calls, 200, r#"{"ssid": "Qm3ABCDEFGHIJKLM"}"#);

    let login = bench.ask(LaneId::Calls);
    let from = json!({"system": "client", "ssid": SSID});
    let expected = json!({"ack": 0, "ssid": SSID, "messages": [
        {"data": {"method": "cookie_login", "data": {"ssid": SSID}},
            "to": {"system": "session"}, "from": from, "seq": 0},
        {"data": {"method": "account_login", "data": {
                "ssid": SSID, "uid": "alice", "proto": "prpl-skype", "passwd": "secret", "captcha": null}},
            "to": {"system": "im"}, "from": from, "seq": 1},
    ]});
    assert_eq!(login.data, expected);
    bench.acknowledge();
    let settle = bench.ask(LaneId::Calls);
    assert_eq!(
        settle.calls(),
        ["get_unread_msgs", "observed_user_activity"]
    );
    bench.acknowledge();
    assert_eq!(bench.ask(LaneId::Poll).messages().len(), 0);
}

#[test]
fn a_text_is_done_when_it_is_acknowledged() {
    let mut bench = Bench::signed_on_in(V0);
    let id = send(&mut bench, "one");
    let call = bench.ask(LaneId::Calls).messages()[0]["data"].clone();
    assert_eq!(call.get("request_id"), None);
    assert_eq!(
        call["data"]["mid"], "0123456789abcdef",
        "it has its identity all the same"
    );
    assert_eq!(done(&bench, id), None);
    bench.acknowledge();
    assert_eq!(done(&bench, id), Some(true));
    assert_eq!(bench.link.calls_waiting(), 0);
}

/// Such a service tells refusals, though no results.
#[test]
fn to_a_service_of_our_kind_a_text_is_done_when_no_refusal_has_followed() {
    let mut bench = Bench::started_in(V0);
    bench.knows_mids = true;
    bench.sign_on();
    let first = send(&mut bench, "one");
    bench.acknowledge();
    let second = send(&mut bench, "two");
    bench.acknowledge();
    assert_eq!((done(&bench, first), done(&bench, second)), (None, None));
    bench.tell(LaneId::Poll, &[(1, error("send_im", 5))]);
    assert_eq!(
        (done(&bench, first), done(&bench, second)),
        (Some(false), None)
    );
    bench.run(Duration::from_secs(1));
    assert_eq!(done(&bench, second), Some(true));
    bench.tell(LaneId::Poll, &[(2, error("send_im", 6))]);
    assert_eq!(taken_back(&bench), [format!("{second:?} send_im")]);

    let third = send(&mut bench, "three");
    bench.acknowledge();
    bench.tell(LaneId::Poll, &[(3, json!({"name": "expired"}))]);
    assert_eq!(
        done(&bench, third),
        Some(true),
        "nobody can refuse it any more"
    );
}

#[test]
fn a_refusal_after_the_acknowledgement_takes_the_right_call_back() {
    let mut bench = Bench::signed_on_in(V0);
    send(&mut bench, "one");
    bench.acknowledge();
    let second = send(&mut bench, "two");
    bench.acknowledge();
    bench.tell(LaneId::Poll, &[(1, error("send_im", 6))]);
    assert_eq!(taken_back(&bench), [format!("{second:?} send_im")]);
    bench.tell(
        LaneId::Poll,
        &[(2, error("send_im", 6)), (3, error("send_im", 99))],
    );
    assert_eq!(
        taken_back(&bench).len(),
        1,
        "once, and nothing that never was"
    );
    let unknown = bench
        .told
        .iter()
        .filter(|told| matches!(told, LinkOutput::Notice(Notice::Refused { .. })));
    assert_eq!(unknown.count(), 2, "which are told as they came");
}

#[test]
fn a_refusal_that_overtakes_the_acknowledgement_is_the_result() {
    let mut bench = Bench::signed_on_in(V0);
    let id = send(&mut bench, "one");
    bench.tell(LaneId::Poll, &[(1, error("send_im", 5))]);
    assert_eq!(done(&bench, id), Some(false));
    bench.told.clear();
    bench.acknowledge();
    bench.tell(LaneId::Poll, &[(2, error("send_im", 5))]);
    assert_eq!((done(&bench, id), taken_back(&bench).len()), (None, 0));
}

#[test]
fn a_request_without_an_answer_goes_again_as_it_was() {
    let mut bench = Bench::signed_on_in(V0);
    send(&mut bench, "one");
    let first = bench.ask(LaneId::Calls);
    bench.cut(LaneId::Calls);
    bench.run(Duration::from_secs(1));
    assert_eq!(bench.ask(LaneId::Calls).data, first.data);
}

#[test]
fn a_text_that_was_acknowledged_is_not_sent_again_in_the_next_session_and_one_that_was_not_is() {
    for how in ["ack 0", "expired", "reset"] {
        let mut bench = Bench::signed_on_in(V0);
        send(&mut bench, "one");
        bench.acknowledge();
        let second = send(&mut bench, "two");
        match how {
            "ack 0" => bench.say(LaneId::Calls, &json!({"ack": 0, "messages": []})),
            "expired" => bench.tell(LaneId::Poll, &[(1, json!({"name": "expired"}))]),
            _ => {
                let messages = [message(1, "reset", &json!({}))];
                bench.say(LaneId::Poll, &json!({"messages": messages}));
            }
        }
        assert_eq!(bench.link.status(), LinkStatus::Connecting, "{how}");
        bench.run(Duration::from_secs(2));
        bench.log_in();
        assert_eq!(
            bench.ask(LaneId::Calls).calls(),
            ["cookie_login", "account_login"]
        );
        bench.acknowledge();
        bench.acknowledge();
        let signed_on = event("signed_on", &json!({"alias": "Alice"}));
        bench.tell(LaneId::Poll, &[(0, signed_on)]);
        let ask = bench.ask(LaneId::Calls);
        assert_eq!(ask.calls(), ["set_status", "send_im"], "{how}");
        assert_eq!(ask.messages()[1]["data"]["data"]["msg"], "two");
        bench.acknowledge();
        assert_eq!(done(&bench, second), Some(true));
    }
}

#[test]
fn a_wrong_password_stops_the_link_in_the_older_dialect_too() {
    let mut bench = Bench::started_in(V0);
    bench.log_in();
    bench.acknowledge();
    bench.acknowledge();
    let refused = event("disconnect", &json!({"msg": "uidpassword"}));
    bench.tell(LaneId::Poll, &[(0, refused)]);
    let told = bench.told.iter();
    assert!(told.clone().any(|told| matches!(told, LinkOutput::Refused)));
    assert_eq!(
        (bench.link.is_stopped(), bench.link.deadline()),
        (true, None)
    );
}

#[test]
fn keep_alive_automatic_absence_and_the_sign_off_are_the_same() {
    let mut bench = Bench::signed_on_in(V0);
    let preferences =
        json!({"preferences": [{"kind": "impref", "pref": "auto_away", "value": true}]});
    let messages = [message(1, "preference", &preferences)];
    bench.say(LaneId::Poll, &json!({"ack": 5, "messages": messages}));
    assert_eq!(bench.ask(LaneId::Calls).calls(), ["set"]);
    bench.acknowledge();
    bench.act(|link, now, out| link.show(now, Primitive::Busy, "so so", out));
    let status = bench.ask(LaneId::Calls).messages()[0].clone();
    assert_eq!(status["to"]["system"], "session");
    let expected = json!({
        "ssid": SSID, "ad": "", "primitive": "busy", "status": "so so", "auto_away": false,
    });
    assert_eq!(status["data"]["data"], expected);
    bench.acknowledge();
    for _ in 0..12 {
        bench.say(LaneId::Poll, &json!({"ack": 5, "messages": []}));
        bench.run(Duration::from_secs(26));
    }
    assert_eq!(bench.ask(LaneId::Calls).calls(), ["observed_user_activity"]);
    bench.acknowledge();
    bench.act(Link::stop);
    assert_eq!(bench.ask(LaneId::Calls).calls(), ["signoff_all"]);
    bench.acknowledge();
    assert!(bench.link.is_stopped());
}

/// Nobody can say what was found: the search is over all the same.
#[test]
fn a_search_ends_without_a_list() {
    let mut bench = Bench::signed_on_in(V0);
    let call = Call::SearchUsers { text: "bo".into() };
    let id = bench.act(|link, now, out| link.call(now, call, out));
    bench.acknowledge();
    let found = bench.told.iter().find_map(|told| match told {
        LinkOutput::Done(own, Ok(outcome)) if *own == id => Some(outcome.users.clone()),
        _ => None,
    });
    assert_eq!(found, Some(None));
}
