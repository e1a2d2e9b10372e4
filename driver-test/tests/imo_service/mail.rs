//! Texts: taken once, kept until they are acknowledged, never confirmed before they are safe.
//! Never about contacts.

use imo2sproxy_core::config::Limits;
use serde_json::{Value, json};

use crate::bench::{Bench, SECOND};
use crate::session::{Session, two};

const MIDS: [&str; 3] = ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"];

fn leave(bench: &mut Bench, session: &mut Session) {
    session.call(bench, "session", "signoff_all", &json!({}));
}

/// Sends a text without looking at the reply.
fn post(bench: &mut Bench, from: &Session, to: &str, text: &str, mid: &str) {
    let call = from.body("send_im", &json!({"buid": to, "msg": text, "mid": mid}));
    let message = from.message("im", &call, from.seq);
    from.post(bench, from.calls, &[message]);
}

#[test]
fn a_text_goes_to_every_session_of_both_accounts() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let mut at_home = Session::sign_on(&mut bench, "bob");
    let mut elsewhere = Session::sign_on(&mut bench, "alice");
    let text = "a \"b\" \u{1F600} %s\n+&=";
    alice.say(&mut bench, "bob", text, MIDS[0]);
    let expected = json!({
        "buid": "alice", "alias": "alice", "msg": text, "mid": MIDS[0],
        "timestamp": bench.now.wall.as_seconds(),
    });
    assert_eq!(
        bob.hear(&mut bench, "recv_im"),
        std::slice::from_ref(&expected)
    );
    assert_eq!(at_home.hear(&mut bench, "recv_im"), [expected]);
    let reflected = elsewhere.events(&mut bench);
    assert_eq!(
        (&reflected[0]["name"], &reflected[0]["type"]),
        (&json!("reflect"), &json!("conv"))
    );
    let edata = &reflected[0]["edata"];
    assert_eq!(
        (&edata["r_name"], &edata["buid"], &edata["mid"]),
        (&json!("send_im"), &json!("bob"), &json!(MIDS[0]))
    );
    assert_eq!(alice.events(&mut bench), [Value::Null; 0]);
}

#[test]
fn texts_for_who_is_away_wait_even_through_a_restart() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    leave(&mut bench, &mut bob);
    for number in 0..100 {
        let mid = format!("mid{number:013}");
        alice.say(&mut bench, "bob", &number.to_string(), &mid);
    }
    bench.restart();
    let mut bob = Session::open(&mut bench, "bob");
    bob.call(
        &mut bench,
        "im",
        "account_login",
        &json!({"passwd": "secret"}),
    );
    bob.call(&mut bench, "im", "get_unread_msgs", &json!({}));
    let expected: Vec<String> = (0..100).map(|number: u32| number.to_string()).collect();
    assert_eq!(bob.texts(&mut bench), expected);
    bench.run(SECOND);
    leave(&mut bench, &mut bob);
    let mut bob = Session::sign_on(&mut bench, "bob");
    assert_eq!(bob.texts(&mut bench), [""; 0]);
}

#[test]
fn a_text_that_waits_in_a_session_that_died_comes_in_the_next() {
    let mut bench = Bench::new();
    let (mut alice, bob) = two(&mut bench);
    bench.cut(bob.poll);
    alice.say(&mut bench, "bob", "hello", MIDS[0]);
    let mut next = Session::open(&mut bench, "bob");
    next.call(
        &mut bench,
        "im",
        "account_login",
        &json!({"passwd": "secret"}),
    );
    next.call(&mut bench, "im", "get_unread_msgs", &json!({}));
    assert_eq!(next.texts(&mut bench), ["hello"]);
}

/// Clients before 2012-05 never ask for them.
#[test]
fn the_first_poll_after_a_login_asks_for_the_texts_that_wait() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    leave(&mut bench, &mut bob);
    alice.say(&mut bench, "bob", "hello", MIDS[0]);
    let mut bob = Session::open(&mut bench, "bob");
    let password = json!({"passwd": "secret"});
    bob.call(&mut bench, "im", "account_login", &password);
    let names: Vec<Value> = bob
        .events(&mut bench)
        .iter()
        .map(|event| event["name"].clone())
        .collect();
    assert_eq!(names[0], "signed_on");
    assert_eq!(names.last().unwrap(), "recv_im");
    alice.say(&mut bench, "bob", "how are you?", MIDS[1]);
    assert_eq!(bob.texts(&mut bench), ["how are you?"]);
    bob.call(&mut bench, "im", "get_unread_msgs", &json!({}));
    assert_eq!(bob.texts(&mut bench), [""; 0], "nothing comes twice");
}

#[test]
fn asking_twice_for_unread_texts_gives_them_once() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    leave(&mut bench, &mut bob);
    alice.say(&mut bench, "bob", "hello", MIDS[0]);
    let mut bob = Session::open(&mut bench, "bob");
    for _ in 0..2 {
        bob.call(
            &mut bench,
            "im",
            "account_login",
            &json!({"passwd": "secret"}),
        );
        bob.call(&mut bench, "im", "get_unread_msgs", &json!({}));
    }
    assert_eq!(bob.texts(&mut bench), ["hello"]);
    bob.call(&mut bench, "im", "get_unread_msgs", &json!({}));
    assert_eq!(bob.texts(&mut bench), [""; 0]);
}

#[test]
fn a_text_is_confirmed_and_told_only_when_it_is_safe() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    bench.stores = false;
    post(&mut bench, &alice, "bob", "hello", MIDS[0]);
    bench.run(SECOND);
    assert!(bench.response(alice.calls).is_none());
    assert_eq!(bob.texts(&mut bench), [""; 0]);
    let poll = bench.connect();
    alice.post(&mut bench, poll, &[]);
    let held = bench.reply(alice.poll);
    assert_eq!(
        held["data"]["ack"], alice.seq,
        "no other answer confirms it either"
    );
    bench.stores = true;
    bench.settle();
    alice.seq += 1;
    assert_eq!(bench.reply(alice.calls)["data"]["ack"], alice.seq);
    assert_eq!(bob.texts(&mut bench), ["hello"]);
}

#[test]
fn a_text_sent_again_in_another_session_is_confirmed_only_when_it_is_safe() {
    let mut bench = Bench::new();
    let (alice, mut bob) = two(&mut bench);
    let again = Session::sign_on(&mut bench, "alice");
    bench.stores = false;
    post(&mut bench, &alice, "bob", "hello", MIDS[0]);
    bench.cut(alice.calls);
    post(&mut bench, &again, "bob", "hello", MIDS[0]);
    bench.run(SECOND);
    assert!(bench.response(again.calls).is_none());
    bench.stores = true;
    bench.settle();
    assert_eq!(bench.reply(again.calls)["data"]["ack"], again.seq + 1);
    assert_eq!(bob.texts(&mut bench), ["hello"]);
}

#[test]
fn a_text_is_taken_once_whatever_session_sends_it_even_after_a_restart() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    alice.say(&mut bench, "bob", "hello", MIDS[0]);
    let mut again = Session::sign_on(&mut bench, "alice");
    again.say(&mut bench, "bob", "hello", MIDS[0]);
    assert_eq!(bob.texts(&mut bench), ["hello"]);
    bench.run(SECOND);
    bench.restart();
    let (mut alice, mut bob) = two(&mut bench);
    let mut call = alice.body(
        "send_im",
        &json!({"buid": "bob", "msg": "hello", "mid": MIDS[0]}),
    );
    call["request_id"] = json!(0);
    alice.request(&mut bench, "im", &call);
    assert_eq!(bob.texts(&mut bench), [""; 0]);
    let results = alice.events(&mut bench);
    assert!(results[0]["response"]["timestamp"].is_u64(), "{results:?}");
}

#[test]
fn texts_that_cannot_be_taken_are_refused() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    bob.call(&mut bench, "im", "block_buddy", &json!({"buid": "alice"}));
    let long = "x".repeat(32 * 1024 + 1);
    for (to, text, mid, code) in [
        ("bob", "x", MIDS[0], "blocked"),
        ("nobody", "x", MIDS[0], "unknown_user"),
        ("alice", "x", MIDS[0], "unknown_user"),
        ("no handle", "x", MIDS[0], "unknown_user"),
        ("echo123", long.as_str(), MIDS[0], "too_large"),
        ("echo123", "x", "short", "bad_request"),
        ("echo123", "x", "not letters or !", "bad_request"),
    ] {
        let mut call = alice.body("send_im", &json!({"buid": to, "msg": text, "mid": mid}));
        call["request_id"] = json!(1);
        alice.request(&mut bench, "im", &call);
        let results = alice.events(&mut bench);
        assert_eq!(results[0]["error"]["code"], code, "{to}");
    }
}

#[test]
fn a_box_that_is_full_takes_no_more() {
    let limits = Limits {
        unread_messages: 3,
        ..Limits::default()
    };
    let mut bench = Bench::with_limits(limits);
    let (mut alice, mut bob) = two(&mut bench);
    leave(&mut bench, &mut bob);
    for number in 0..4 {
        alice.say(&mut bench, "bob", "x", &format!("mid{number:013}"));
    }
    assert_eq!(alice.hear(&mut bench, "error")[0]["code"], "rate_limited");
    let mut bob = Session::sign_on(&mut bench, "bob");
    bob.events(&mut bench);
    alice.say(&mut bench, "bob", "y", MIDS[0]);
    assert_eq!(bob.texts(&mut bench), ["y"]);
}

#[test]
fn unread_texts_come_as_soon_as_the_store_can_be_read_again() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    leave(&mut bench, &mut bob);
    alice.say(&mut bench, "bob", "hello", MIDS[0]);
    let mut bob = Session::open(&mut bench, "bob");
    bob.call(
        &mut bench,
        "im",
        "account_login",
        &json!({"passwd": "secret"}),
    );
    bench.loads = false;
    bob.call(&mut bench, "im", "get_unread_msgs", &json!({}));
    bob.call(&mut bench, "session", "observed_user_activity", &json!({}));
    bench.run(10 * SECOND);
    bench.loads = true;
    assert_eq!(bob.texts(&mut bench), ["hello"]);
}

#[test]
fn a_request_that_the_store_fails_can_be_sent_again() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    bench.restart();
    alice = Session::sign_on(&mut bench, alice.name);
    bench.loads = false;
    post(&mut bench, &alice, "carol", "x", MIDS[0]);
    assert_eq!(bench.response(alice.calls).unwrap().status, 503);
    bench.loads = true;
    alice.say(&mut bench, "carol", "x", MIDS[0]);
    assert_eq!(alice.hear(&mut bench, "error")[0]["code"], "unknown_user");
}

#[test]
fn a_session_that_changes_hands_takes_no_texts_from_the_next_account() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let mut carol = Session::sign_on(&mut bench, "carol");
    leave(&mut bench, &mut bob);
    leave(&mut bench, &mut carol);
    alice.say(&mut bench, "bob", "for bob", MIDS[0]);
    alice.say(&mut bench, "carol", "for carol", MIDS[1]);
    // Bob's text is on its way to a session that becomes Carol's.
    let mut shared = Session::open(&mut bench, "bob");
    shared.call(
        &mut bench,
        "im",
        "account_login",
        &json!({"passwd": "secret"}),
    );
    shared.call(&mut bench, "im", "get_unread_msgs", &json!({}));
    shared.ask(&mut bench);
    shared.answered(&mut bench);
    shared.name = "carol";
    let taken = std::mem::take(&mut shared.ack);
    shared.call(
        &mut bench,
        "im",
        "account_login",
        &json!({"passwd": "secret"}),
    );
    shared.ack = taken;
    shared.call(&mut bench, "session", "signoff_all", &json!({}));
    let mut carol = Session::sign_on_unheard(&mut bench, "carol");
    assert_eq!(carol.texts(&mut bench), ["for carol"]);
    let mut bob = Session::sign_on_unheard(&mut bench, "bob");
    assert_eq!(bob.texts(&mut bench), ["for bob"]);
}

#[test]
fn an_account_whose_change_is_not_safe_is_not_forgotten() {
    let mut bench = Bench::new();
    let (alice, mut bob) = two(&mut bench);
    let carol = Session::sign_on(&mut bench, "carol");
    leave(&mut bench, &mut bob);
    bench.stores = false;
    post(&mut bench, &alice, "bob", "hello", MIDS[0]);
    // So many others are looked at that nobody who is not needed stays in memory.
    let mut stranger = Session::open(&mut bench, "stranger");
    for number in 0..600 {
        let uid = format!("nobody{number}");
        let fields = json!({"uid": uid, "passwd": "", "captcha": null});
        stranger.call(&mut bench, "im", "account_login", &fields);
    }
    post(&mut bench, &carol, "bob", "again", MIDS[1]);
    bench.stores = true;
    bench.settle();
    let mut bob = Session::sign_on_unheard(&mut bench, "bob");
    assert_eq!(bob.texts(&mut bench), ["hello", "again"]);
}

/// Alice's request with a text to Rose and one to Xaver, who is not in memory and cannot be read.
fn half_done(bench: &mut Bench, limits: Limits) -> (Session, Session, Session) {
    *bench = Bench::with_limits(limits.clone());
    Session::sign_on(bench, "xaver").leave(bench);
    let store = std::mem::take(&mut bench.store);
    *bench = Bench::with_limits(limits);
    bench.store = store;
    let mut alice = Session::sign_on(bench, "alice");
    let mut bob = Session::sign_on(bench, "bob");
    let mut rose = Session::sign_on(bench, "rose");
    alice.say(bench, "rose", "from alice", MIDS[0]);
    bob.say(bench, "rose", "from bob", MIDS[0]);
    assert_eq!(rose.texts(bench), ["from alice", "from bob"]);
    bench.reads = false;
    let text = |number: u64, to: &str| {
        let mid = format!("again{number:011}");
        let call = alice.body("send_im", &json!({"buid": to, "msg": "one", "mid": mid}));
        alice.message("im", &call, alice.seq + number)
    };
    let messages = [text(0, "rose"), text(1, "xaver")];
    alice.post(bench, alice.calls, &messages);
    assert!(bench.response(alice.calls).is_none());
    (alice, bob, rose)
}

#[test]
fn a_text_whose_request_is_done_later_than_the_next_ones_comes_in_its_order() {
    let mut bench = Bench::new();
    let (_alice, mut bob, mut rose) = half_done(&mut bench, Limits::default());
    bob.say(&mut bench, "rose", "two", MIDS[1]);
    bench.reads = true;
    bench.settle();
    assert_eq!(rose.texts(&mut bench), ["one", "two"]);
    bob.say(&mut bench, "rose", "three", MIDS[2]);
    assert_eq!(rose.texts(&mut bench), ["three"]);
}

#[test]
fn a_text_that_was_taken_is_told_though_its_session_ends_within_the_request() {
    for stores in [true, false] {
        let limits = Limits {
            sessions: 1,
            ..Limits::default()
        };
        let mut bench = Bench::new();
        let (_alice, mut bob, mut rose) = half_done(&mut bench, limits);
        bench.stores = stores;
        let _next = Session::sign_on(&mut bench, "alice");
        bench.stores = true;
        bench.settle();
        assert_eq!(rose.texts(&mut bench), ["one"]);
        bench.reads = true;
        bench.settle();
        bob.say(&mut bench, "rose", "two", MIDS[1]);
        assert_eq!(rose.texts(&mut bench), ["two"]);
    }
}
