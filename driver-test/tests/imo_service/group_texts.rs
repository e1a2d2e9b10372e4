//! What is said in group chats: topics, texts, and who is typing one.
//! Never about who is in them.

use imo2sproxy_core::config::Limits;
use serde_json::{Value, json};

use crate::bench::{Bench, SECOND};
use crate::groups::{crowd, make, member_buid};
use crate::session::{Session, reply_with, two};

const MIDS: [&str; 3] = ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"];

/// A text as the members but its author are told of it.
fn text(bench: &Bench, group: &str, author: &str, msg: &str, mid: &str) -> Value {
    json!({"buid": format!("{group};"), "alias": author, "msg": msg, "mid": mid, "author": author,
        "topic": false, "timestamp": bench.now.wall.as_seconds()})
}

fn post(bench: &mut Bench, from: &Session, group: &str, msgs: &[&str]) {
    let messages: Vec<Value> = (from.seq..)
        .zip(msgs)
        .map(|(seq, msg)| {
            let mid = format!("{seq:016}");
            let fields = json!({"buid": format!("{group};"), "msg": msg, "mid": mid});
            from.message("im", &from.body("send_im", &fields), seq)
        })
        .collect();
    from.post(bench, from.calls, &messages);
}

#[test]
fn a_text_goes_to_all_sessions_of_all_others_and_is_reflected_to_the_author() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let mut carol = Session::sign_on(&mut bench, "carol");
    let group = make(&mut bench, &mut alice, &mut [&mut bob, &mut carol]);
    let mut at_home = Session::sign_on(&mut bench, "carol");
    let mut elsewhere = Session::sign_on(&mut bench, "bob");
    bob.say(&mut bench, &format!("{group};"), "hello", MIDS[0]);
    let expected = [text(&bench, &group, "bob", "hello", MIDS[0])];
    for session in [&mut alice, &mut carol, &mut at_home] {
        assert_eq!(session.hear(&mut bench, "recv_im"), expected);
    }
    let reflected = elsewhere.events(&mut bench);
    assert_eq!(reflected.len(), 1);
    let edata = &reflected[0]["edata"];
    assert_eq!(
        (&edata["r_name"], &edata["buid"], &edata["msg"]),
        (
            &json!("send_im"),
            &json!(format!("{group};")),
            &json!("hello")
        )
    );
    assert_eq!(edata["mid"], MIDS[0]);
    assert_eq!(bob.events(&mut bench), [Value::Null; 0]);
}

#[test]
fn who_is_away_gets_texts_and_topics_later_even_after_a_restart() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let mut carol = Session::sign_on(&mut bench, "carol");
    let group = make(&mut bench, &mut alice, &mut [&mut bob, &mut carol]);
    let buid = format!("{group};");
    carol.leave(&mut bench);
    alice.say(&mut bench, &buid, "one", MIDS[0]);
    let topic = json!({"gid": group, "topic": "tea"});
    bob.call(&mut bench, "im", "set_group_topic", &topic);
    bob.say(&mut bench, &buid, "two", MIDS[1]);
    assert_eq!(alice.texts(&mut bench), ["tea", "two"]);
    bench.restart();
    let mut carol = Session::sign_on_unheard(&mut bench, "carol");
    let texts = carol.hear(&mut bench, "recv_im");
    let said: Vec<_> = texts
        .iter()
        .map(|text| (&text["author"], &text["msg"], &text["topic"]))
        .collect();
    let (alice, bob) = (json!("alice"), json!("bob"));
    let expected = [
        (&alice, &json!("one"), &json!(false)),
        (&bob, &json!("tea"), &json!(true)),
        (&bob, &json!("two"), &json!(false)),
    ];
    assert_eq!(said, expected);
    bench.run(SECOND);
    carol.leave(&mut bench);
    let mut carol = Session::sign_on_unheard(&mut bench, "carol");
    assert_eq!(carol.texts(&mut bench), [""; 0], "it was acknowledged");
}

#[test]
fn a_topic_is_told_as_the_original_client_needs_it() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    for topic in ["tea", "", "coffee"] {
        let fields = json!({"gid": group, "topic": topic});
        bob.call(&mut bench, "im", "set_group_topic", &fields);
        let seen = alice.events(&mut bench);
        assert_eq!(seen[0]["name"], "buddy_status");
        assert_eq!(
            seen[0]["edata"],
            json!([{"buid": format!("{group};"), "group": "Skype", "type": "group",
                "alias": "1234567890", "display": topic, "primitive": "available", "status": ""}])
        );
        let mut told = seen[1]["edata"].clone();
        assert_eq!(told["mid"].as_str().unwrap().len(), 16);
        told.as_object_mut().unwrap().remove("mid");
        assert_eq!(
            told,
            json!({"buid": format!("{group};"), "alias": topic, "msg": topic, "author": "bob",
                "topic": true, "timestamp": bench.now.wall.as_seconds()})
        );
        let own = bob.events(&mut bench);
        assert_eq!((own.len(), &own[0]["name"]), (1, &json!("buddy_status")));
    }
    let fields = json!({"gid": group, "topic": "coffee"});
    alice.call(&mut bench, "im", "set_group_topic", &fields);
    assert_eq!(alice.events(&mut bench), [Value::Null; 0]);
    assert_eq!(bob.events(&mut bench), [Value::Null; 0]);
}

#[test]
fn a_text_that_is_sent_again_comes_once() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    for _ in 0..2 {
        alice.say(&mut bench, &format!("{group};"), "hello", MIDS[0]);
    }
    bench.restart();
    let mut alice = Session::sign_on(&mut bench, "alice");
    alice.say(&mut bench, &format!("{group};"), "hello", MIDS[0]);
    let mut bob = Session::sign_on_unheard(&mut bench, "bob");
    assert_eq!(bob.texts(&mut bench), ["hello"]);
}

#[test]
fn texts_that_are_too_long_and_topics_too_are_refused() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    let text = json!({"buid": format!("{group};"), "msg": "x".repeat(40_000)});
    let topic = json!({"gid": group, "topic": "x".repeat(5000)});
    for (method, fields) in [("send_im", text), ("set_group_topic", topic)] {
        assert_eq!(alice.refused(&mut bench, method, &fields), "too_large");
    }
    let to_member = json!({"buid": member_buid(&group, "bob"), "msg": "x"});
    assert_eq!(
        alice.refused(&mut bench, "send_im", &to_member),
        "unknown_user"
    );
    assert_eq!(bob.events(&mut bench), [Value::Null; 0]);
}

#[test]
fn who_has_blocked_the_author_hears_him_in_a_group_all_the_same() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    bob.call(&mut bench, "im", "block_buddy", &json!({"buid": "alice"}));
    alice.say(&mut bench, &format!("{group};"), "hello", MIDS[0]);
    assert_eq!(bob.texts(&mut bench), ["hello"]);
}

#[test]
fn who_has_too_many_texts_waiting_misses_further_ones_alone() {
    let limits = Limits {
        unread_messages: 2,
        ..Limits::default()
    };
    let mut bench = Bench::with_limits(limits);
    let (mut alice, mut bob) = two(&mut bench);
    let mut carol = Session::sign_on(&mut bench, "carol");
    let group = make(&mut bench, &mut alice, &mut [&mut bob, &mut carol]);
    carol.leave(&mut bench);
    for (text, mid) in ["one", "two", "three"].into_iter().zip(MIDS) {
        alice.say(&mut bench, &format!("{group};"), text, mid);
        assert_eq!(bob.texts(&mut bench), [text]);
    }
    let mut carol = Session::sign_on_unheard(&mut bench, "carol");
    assert_eq!(carol.texts(&mut bench), ["one", "two"]);
}

#[test]
fn a_text_is_confirmed_and_told_only_when_it_is_safe_for_all() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    bench.stores = false;
    post(&mut bench, &alice, &group, &["hello"]);
    assert_eq!(bench.response(alice.calls), None);
    assert_eq!(bob.texts(&mut bench), [""; 0]);
    bench.stores = true;
    bench.settle();
    assert_eq!(
        bench.reply(alice.calls),
        reply_with(alice.seq + 1, &alice.ssid)
    );
    assert_eq!(bob.texts(&mut bench), ["hello"]);
}

#[test]
fn typing_is_told_to_the_other_members() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let mut carol = Session::sign_on(&mut bench, "carol");
    let group = make(&mut bench, &mut alice, &mut [&mut bob, &mut carol]);
    let fields = json!({"buid": format!("{group};"), "typing_state": "typing"});
    bob.call(&mut bench, "im", "im_typing", &fields);
    // Bob is no contact of Carol's.
    let expected = json!({"buid": member_buid(&group, "bob"), "typing_state": "typing"});
    for session in [&mut alice, &mut carol] {
        let told = session.hear(&mut bench, "typing");
        assert_eq!(told, std::slice::from_ref(&expected));
    }
    assert_eq!(bob.events(&mut bench), [Value::Null; 0]);
}

#[test]
fn a_text_reaches_a_crowd_that_is_not_in_memory_or_nobody() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    let names = crowd(&mut bench, &mut alice, &group, 254);
    bench.restart();
    alice = Session::sign_on(&mut bench, "alice");
    bob = Session::sign_on(&mut bench, "bob");
    bench.loads = false;
    post(&mut bench, &alice, &group, &["lost"]);
    assert_eq!(bench.response(alice.calls).unwrap().status, 503);
    assert_eq!(bench.store.keys("s/m/").count(), 0);
    bench.loads = true;
    // Two at once need everybody at the same time, while others come and go.
    bench.works = false;
    post(&mut bench, &alice, &group, &["from alice"]);
    post(&mut bench, &bob, &group, &["from bob"]);
    let mut stranger = Session::open(&mut bench, "stranger");
    for number in 0..600 {
        let uid = format!("nobody{number}");
        let call = stranger.body("account_login", &json!({"uid": uid, "passwd": ""}));
        let message = stranger.message("im", &call, stranger.seq);
        let conn = bench.connect();
        stranger.post(&mut bench, conn, &[message]);
        bench.cut(conn);
        stranger.hang_up(&mut bench);
        stranger = Session::open(&mut bench, "stranger");
    }
    bench.works = true;
    bench.settle();
    for session in [&alice, &bob] {
        let reply = bench.reply(session.calls);
        assert_eq!(reply, reply_with(session.seq + 1, &session.ssid));
    }
    for name in names {
        let mails = format!("s/m/{name}/");
        assert_eq!(bench.store.keys(&mails).count(), 2, "{name}");
    }
}

#[test]
fn one_request_does_not_fill_the_store_of_a_whole_crowd() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    let group = make(&mut bench, &mut alice, &mut []);
    let names = crowd(&mut bench, &mut alice, &group, 200);
    let long = "x".repeat(30_000);
    post(&mut bench, &alice, &group, &[&*long; 20]);
    let taken = bench.reply(alice.calls)["data"]["ack"].as_u64().unwrap();
    assert_eq!(taken, alice.seq + 1, "the others have to be sent again");
    alice.seq = taken;
    post(&mut bench, &alice, &group, &["short"; 20]);
    let taken = bench.reply(alice.calls)["data"]["ack"].as_u64().unwrap();
    assert_eq!(taken, alice.seq + 20);
    let mut guest = Session::sign_on_unheard(&mut bench, names[100]);
    assert_eq!(guest.texts(&mut bench).len(), 21);
}
