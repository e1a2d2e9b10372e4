//! What the original client says in one evening, in its own form, and whether the service takes each word.
//! Never about what comes of it: other tests say that.

use imo2sproxy_core::http::Request;
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::session::Session;

/// The system, the method, and the fields behind those that name session and account.
fn evening() -> Vec<(&'static str, &'static str, Value)> {
    let status = |primitive: &str, mood: &str| json!({"ad": "", "primitive": primitive, "status": mood, "auto_away": false});
    let invite = |whom: &str| json!({"gid": "g4711", "iproto": "prpl-skype", "iuid": "alice", "ibuid": whom});
    vec![
        (
            "im",
            "account_login",
            json!({"passwd": "secret", "captcha": null}),
        ),
        ("im", "get_unread_msgs", json!({})),
        ("alpha", "get_alpha_for_user", json!({})),
        ("session", "observed_user_activity", json!({})),
        (
            "preference",
            "set",
            json!({
                "accounts": [{"uid": "alice", "proto": "prpl-skype"}],
                "preferences": [{"kind": "impref", "pref": "auto_away", "value": false}],
            }),
        ),
        (
            "im",
            "send_im",
            json!({"buid": "bob", "msg": "Good evening, \u{e4}"}),
        ),
        (
            "im",
            "im_typing",
            json!({"buid": "bob", "typing_state": "typing"}),
        ),
        ("session", "set_status", status("away", "")),
        ("session", "set_status", status("busy", "")),
        ("session", "set_status", status("invisible", "")),
        ("session", "set_status", status("available", "")),
        (
            "im",
            "add_buddy",
            json!({"buid": "dave", "group": "Offline"}),
        ),
        (
            "im",
            "del_buddy",
            json!({"buid": "carol", "group": "Skype"}),
        ),
        (
            "im",
            "del_buddy",
            json!({"buid": "carol", "group": "Buddies"}),
        ),
        ("im", "auth_add", json!({"buid": "erin"})),
        ("im", "auth_deny", json!({"buid": "erin"})),
        ("im", "auth_block", json!({"buid": "erin"})),
        ("im", "block_buddy", json!({"buid": "bob"})),
        ("im", "unblock_buddy", json!({"buid": "bob"})),
        (
            "im",
            "change_buddy_alias",
            json!({"buid": "bob", "alias": "Bobby"}),
        ),
        (
            "im",
            "create_shared_group",
            json!({"is_native": false, "name": "1234567890"}),
        ),
        ("im", "invite_to_group", invite("bob")),
        (
            "im",
            "set_group_topic",
            json!({"gid": "g4711", "topic": "What we talk about"}),
        ),
        (
            "im",
            "send_im",
            json!({"buid": "g4711;", "msg": "good evening, all"}),
        ),
        ("im", "kick_member", json!({"buid": "g4711;bob;prpl-skype"})),
        ("im", "leave_group", json!({"gid": "g4711"})),
        ("av", "start_audio_chat", json!({"buid": "bob"})),
        ("session", "set_status", status("offline", "gone to bed")),
        ("session", "signoff_all", json!({})),
    ]
}

#[test]
fn every_request_of_the_original_client_is_acknowledged() {
    let mut bench = Bench::new();
    for name in ["bob", "carol", "dave", "erin"] {
        Session::sign_on(&mut bench, name);
    }
    for _ in 0..2 {
        let page = bench.connect();
        bench.send(page, &Request::get("/".into()));
        assert_eq!(bench.response(page).unwrap().status, 200);
        let mut alice = Session::open(&mut bench, "alice");
        let (mut request_id, mut polls) = (0, false);
        for (system, method, fields) in evening() {
            let mut call = match system {
                "session" => json!({"method": method, "data": {"ssid": alice.ssid}}),
                "preference" => json!({"method": method, "data": {}}),
                _ => alice.body(method, &json!({})),
            };
            for (name, value) in fields.as_object().unwrap() {
                call["data"][name] = value.clone();
            }
            if method == "send_im" {
                call["request_id"] = json!(request_id);
                request_id += 1;
            }
            // It makes this call on the connection of its poll, before the first one.
            if method == "observed_user_activity" {
                std::mem::swap(&mut alice.calls, &mut alice.poll);
            }
            alice.request(&mut bench, system, &call);
            if method == "observed_user_activity" {
                std::mem::swap(&mut alice.calls, &mut alice.poll);
                polls = true;
            }
            if polls && method != "signoff_all" {
                alice.events(&mut bench);
            }
        }
        assert_eq!(
            alice.answered(&mut bench),
            Some(vec![]),
            "the held poll ends"
        );
        let icon = bench.connect();
        bench.send(icon, &Request::get("/b/icon_bob.jpg".into()));
        assert_eq!(bench.response(icon).unwrap().status, 404);
    }
}

#[test]
fn what_the_original_client_is_told_has_all_that_it_falls_over_without() {
    let mut bench = Bench::new();
    let mut bob = Session::sign_on(&mut bench, "bob");
    let mut alice = Session::sign_on(&mut bench, "alice");
    bob.call(
        &mut bench,
        "im",
        "add_buddy",
        &json!({"buid": "alice", "group": "Offline"}),
    );
    bob.call(
        &mut bench,
        "im",
        "send_im",
        &json!({"buid": "alice", "msg": "hello"}),
    );
    alice.call(&mut bench, "im", "auth_add", &json!({"buid": "bob"}));
    alice.call(
        &mut bench,
        "im",
        "del_buddy",
        &json!({"buid": "bob", "group": "Skype"}),
    );
    let mut seen = 0;
    for event in alice.events(&mut bench) {
        assert_eq!(
            (&event["proto"], &event["uid"]),
            (&json!("prpl-skype"), &json!("alice"))
        );
        let (edata, needs): (_, &[&str]) = match event["name"].as_str().unwrap() {
            "buddy_added" | "buddy_status" => {
                (&event["edata"][0], &["buid", "alias", "group", "primitive"])
            }
            "buddy_request" => (&event["edata"], &["buid", "msg"]),
            "recv_im" => (&event["edata"], &["buid", "alias", "msg", "timestamp"]),
            "buddy_removed" => (&event["edata"], &["buid"]),
            other => panic!("{other} is not expected"),
        };
        for field in needs {
            assert!(!edata[field].is_null(), "{field} of {event}");
        }
        seen += 1;
    }
    assert!(seen >= 4, "{seen} events");
}
