//! Contacts as the service tells of them.
//! Never about texts.

use imo2sproxy_core::config::Limits;
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::groups::{invitation, make};
use crate::session::{Session, befriend, two};

fn buddy(handle: &str, primitive: &str, auth: &str) -> Value {
    json!({
        "buid": handle, "alias": handle, "group": "Skype", "primitive": primitive, "status": "",
        "auth": auth, "name": handle,
    })
}

#[test]
fn the_roster_follows_the_sign_on_and_every_contact_is_whole() {
    let mut bench = Bench::new();
    let mut alice = Session::open(&mut bench, "alice");
    alice.call(
        &mut bench,
        "im",
        "account_login",
        &json!({"passwd": "secret"}),
    );
    let events = alice.events(&mut bench);
    let expected = [
        json!({"name": "signed_on", "proto": "prpl-skype", "uid": "alice", "edata": {"alias": "alice"}}),
        json!({"name": "buddy_added", "proto": "prpl-skype", "uid": "alice",
            "edata": [buddy("echo123", "available", "granted")]}),
    ];
    assert_eq!(events, expected);
}

#[test]
fn a_contact_is_pending_and_offline_until_it_agrees() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let fields = json!({"buid": "bob", "group": "Offline", "msg": "please"});
    alice.call(&mut bench, "im", "add_buddy", &fields);
    assert_eq!(
        alice.hear(&mut bench, "buddy_added"),
        [json!([buddy("bob", "offline", "pending")])]
    );
    assert_eq!(
        bob.hear(&mut bench, "buddy_request"),
        [json!({"buid": "alice", "msg": "please"})]
    );
    bob.call(&mut bench, "im", "auth_add", &json!({"buid": "alice"}));
    let seen = alice.hear(&mut bench, "buddy_status");
    assert_eq!(seen, [json!([buddy("bob", "available", "granted")])]);
    bob.call(
        &mut bench,
        "session",
        "set_status",
        &json!({"primitive": "invisible", "status": ""}),
    );
    assert_eq!(
        alice.hear(&mut bench, "buddy_status")[0][0]["primitive"],
        "offline"
    );
}

#[test]
fn a_contact_that_leaves_the_roster_is_told_by_its_handle_alone() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    for group in ["Skype", "Buddies"] {
        alice.call(
            &mut bench,
            "im",
            "del_buddy",
            &json!({"buid": "bob", "group": group}),
        );
    }
    assert_eq!(
        alice.hear(&mut bench, "buddy_removed"),
        [json!({"buid": "bob"})]
    );
}

#[test]
fn a_request_that_is_denied_or_blocked_is_gone() {
    for method in ["auth_deny", "auth_block"] {
        let mut bench = Bench::new();
        let (mut alice, mut bob) = two(&mut bench);
        alice.call(
            &mut bench,
            "im",
            "add_buddy",
            &json!({"buid": "bob", "group": "Offline"}),
        );
        assert_eq!(
            bob.hear(&mut bench, "buddy_request"),
            [json!({"buid": "alice", "msg": ""})]
        );
        bob.call(&mut bench, "im", method, &json!({"buid": "alice"}));
        let mut again = Session::sign_on(&mut bench, "bob");
        assert_eq!(again.hear(&mut bench, "buddy_request"), [Value::Null; 0]);
        assert_eq!(alice.hear(&mut bench, "buddy_status"), [Value::Null; 0]);
    }
}

#[test]
fn a_list_that_is_full_takes_nobody_in_whatever_way() {
    let limits = Limits {
        contacts: 2,
        ..Limits::default()
    };
    let mut bench = Bench::with_limits(limits);
    let mut alice = Session::sign_on(&mut bench, "alice");
    for name in ["bob", "carol", "dave"] {
        Session::sign_on(&mut bench, name);
    }
    alice.call(&mut bench, "im", "block_buddy", &json!({"buid": "bob"}));
    for method in ["add_buddy", "block_buddy", "auth_add", "auth_block"] {
        alice.call(&mut bench, "im", method, &json!({"buid": "carol"}));
        let refused = alice.hear(&mut bench, "error");
        assert_eq!(refused[0]["code"], "rate_limited", "{method}");
    }
    alice.call(&mut bench, "im", "unblock_buddy", &json!({"buid": "bob"}));
    alice.call(&mut bench, "im", "add_buddy", &json!({"buid": "carol"}));
    assert_eq!(alice.hear(&mut bench, "buddy_added").len(), 1);
}

#[test]
fn texts_that_are_kept_are_not_without_end() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    Session::sign_on(&mut bench, "carol");
    let long = "x".repeat(5000);
    for (system, method, fields) in [
        (
            "session",
            "set_status",
            json!({"primitive": "away", "status": long}),
        ),
        ("im", "add_buddy", json!({"buid": "carol", "msg": long})),
        (
            "im",
            "change_buddy_alias",
            json!({"buid": "bob", "alias": long}),
        ),
    ] {
        alice.call(&mut bench, system, method, &fields);
        assert_eq!(
            alice.hear(&mut bench, "error")[0]["code"],
            "too_large",
            "{method}"
        );
    }
}

#[test]
fn names_and_blocks_last_through_a_restart() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    alice.call(
        &mut bench,
        "im",
        "change_buddy_alias",
        &json!({"buid": "bob", "alias": "Bobby"}),
    );
    alice.call(&mut bench, "im", "block_buddy", &json!({"buid": "bob"}));
    bench.restart();
    let mut alice = Session::open(&mut bench, "alice");
    alice.call(
        &mut bench,
        "im",
        "account_login",
        &json!({"passwd": "secret"}),
    );
    let roster = alice.hear(&mut bench, "buddy_added");
    assert_eq!(roster[0][0]["alias"], "Bobby");
    let mut bob = Session::sign_on(&mut bench, "bob");
    bob.say(&mut bench, "alice", "x", "0123456789abcdef");
    assert_eq!(bob.hear(&mut bench, "error")[0]["code"], "blocked");
}

#[test]
fn typing_is_told_to_contacts_only() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let fields = json!({"buid": "bob", "typing_state": "typing"});
    alice.call(&mut bench, "im", "im_typing", &fields);
    assert_eq!(bob.hear(&mut bench, "typing"), [Value::Null; 0]);
    befriend(&mut bench, &mut alice, &mut bob);
    alice.call(&mut bench, "im", "im_typing", &fields);
    let expected = json!({"buid": "alice", "typing_state": "typing"});
    assert_eq!(bob.hear(&mut bench, "typing"), [expected]);
}

#[test]
fn what_is_no_handle_is_refused_a_name_without_asking_the_store() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    bench.works = false;
    for nobody in ["no/body", "", "x%", "ABC;"] {
        let fields = json!({"buid": nobody, "alias": "x"});
        let code = alice.refused(&mut bench, "change_buddy_alias", &fields);
        assert_eq!((code.as_str(), bench.waiting()), ("unknown_user", 0));
    }
}

#[test]
fn who_was_taken_off_the_list_cannot_be_brought_into_a_group() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    let group = make(&mut bench, &mut alice, &mut []);
    alice.call(&mut bench, "im", "del_buddy", &json!({"buid": "bob"}));
    alice.events(&mut bench);
    let code = alice.refused(
        &mut bench,
        "invite_to_group",
        &invitation("alice", &group, "bob"),
    );
    assert_eq!(code, "not_authorised");
}
