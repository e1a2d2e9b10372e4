//! Events with one thing wrong in them, each after the other.
//! Never about events that are as they should be.

use imo2sproxy_core::imo::link::{LaneId, Link, LinkStatus};
use serde_json::{Value, json};

use crate::bench::{Bench, event, message, text};

/// `whole` with each of its values, one at a time, replaced by something else.
fn spoiled(whole: &Value) -> Vec<Value> {
    let wrong = [
        json!(null),
        json!(7),
        json!("x"),
        json!(-1.5),
        json!([1]),
        json!({"a": 1}),
    ];
    let mut all = wrong.to_vec();
    match whole {
        Value::Object(fields) => {
            for name in fields.keys() {
                for part in spoiled(&whole[name]) {
                    let mut copy = whole.clone();
                    copy[name] = part;
                    all.push(copy);
                }
                let mut copy = whole.clone();
                copy.as_object_mut().unwrap().remove(name);
                all.push(copy);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                for part in spoiled(item) {
                    let mut copy = whole.clone();
                    copy[at] = part;
                    all.push(copy);
                }
            }
        }
        _ => {}
    }
    all
}

fn every_event() -> Vec<(&'static str, Value)> {
    let buddy = json!({
        "buid": "bob", "alias": "Bob", "display": "B", "group": "Skype", "primitive": "away",
        "status": "so so", "type": "group", "inviter": "carol", "auth": "pending",
    });
    let reflect = |kind: &str, edata: Value| {
        let mut data = event("reflect", &edata);
        data["type"] = json!(kind);
        data
    };
    vec![
        ("im", event("signed_on", &json!({"alias": "Alice"}))),
        ("im", event("buddy_added", &json!([buddy]))),
        ("im", event("buddy_status", &json!([buddy, buddy]))),
        (
            "im",
            event("buddy_removed", &json!([{"buid": "a"}, {"buid": "b"}])),
        ),
        ("im", event("buddy_removed", &json!({"buid": "a"}))),
        (
            "im",
            event("buddy_request", &json!({"buid": "bob", "msg": "hi"})),
        ),
        (
            "im",
            event("buddy_icon", &json!([{"buid": "bob", "icon": "x.jpg"}])),
        ),
        ("im", text("hello")),
        (
            "im",
            reflect(
                "account",
                json!({"r_name": "set_status", "primitive": "busy", "status": ""}),
            ),
        ),
        (
            "im",
            reflect(
                "conv",
                json!({"r_name": "send_im", "buid": "b", "msg": "x", "timestamp": 1}),
            ),
        ),
        (
            "im",
            event("typing", &json!({"buid": "bob", "typing_state": "typed"})),
        ),
        (
            "im",
            event(
                "error",
                &json!({"method": "m", "seq": 1, "code": "c", "msg": "x"}),
            ),
        ),
        ("av", event("ended", &json!({"buid": "bob"}))),
        (
            "internal",
            json!({"request_id": 1, "response": {"timestamp": 5}}),
        ),
        (
            "internal",
            json!({"request_id": 1, "error": {"code": "c", "msg": "m"}}),
        ),
        (
            "preference",
            json!({"preferences": [{"kind": "k", "pref": "p", "value": true}]}),
        ),
    ]
}

#[test]
fn no_field_of_another_type_ends_the_session_or_hides_the_next_event() {
    let mut bench = Bench::signed_on();
    let mut seq = 1;
    for (system, data) in every_event() {
        for bad in spoiled(&data) {
            let messages = [
                message(seq, system, &bad),
                message(seq + 1, "im", &text("good")),
            ];
            bench.say(LaneId::Poll, &json!({"ack": 5, "messages": messages}));
            seq += 2;
            assert_eq!(bench.texts().last(), Some(&"good"), "after {bad}");
            assert_eq!(bench.ask(LaneId::Poll).ack(), seq, "after {bad}");
            assert_eq!(bench.link.status(), LinkStatus::Online, "after {bad}");
            bench.told.clear();
        }
    }
}

#[test]
fn no_address_of_another_type_ends_the_session_or_hides_the_next_event() {
    let mut bench = Bench::signed_on();
    let mut seq = 1;
    let whole = message(0, "im", &text("x"));
    for mut bad in spoiled(&whole).into_iter().filter(Value::is_object) {
        if bad["seq"] != json!(0) {
            continue;
        }
        bad["seq"] = json!(seq);
        let messages = [bad.clone(), message(seq + 1, "im", &text("good"))];
        bench.say(LaneId::Poll, &json!({"messages": messages}));
        seq += 2;
        assert_eq!(bench.texts().last(), Some(&"good"), "after {bad}");
        assert_eq!(bench.ask(LaneId::Poll).ack(), seq, "after {bad}");
    }
}

#[test]
fn a_contact_whose_status_has_an_unknown_name_is_a_contact() {
    let mut bench = Bench::signed_on();
    let buddies = json!([{"buid": "bob", "primitive": "idle"}, {"buid": "carol"}]);
    bench.tell(LaneId::Poll, &[(1, event("buddy_added", &buddies))]);
    let told = bench.heard_of().join("\n");
    assert!(told.contains("bob") && told.contains("carol"), "{told}");
    bench.act(Link::stop);
}
