//! Clients of before 2012: an evening of each form that there was, and the ways in which they count and come back.
//! Never about the recorded client, which is newer.
//!
//! See `core/docs/imo-protocol.md`, "Dialects".

use std::time::Duration;

use serde_json::{Value, json};

use crate::bench::{Bench, SECOND};
use crate::old_client::{Lane, OldClient};
use crate::session::{Session, befriend, two};

/// What was different in the clients of a time.
#[derive(Clone, Copy, Debug)]
struct Form {
    asks_for_unread: bool,
    says_auto_away: bool,
    counts_apart: bool,
    typing_key: &'static str,
    status_to_im: bool,
    says_captcha: bool,
}

const OF_2012: Form = Form {
    asks_for_unread: true,
    says_auto_away: true,
    counts_apart: false,
    typing_key: "typing_state",
    status_to_im: false,
    says_captcha: true,
};
const BEFORE_2012_05: Form = Form {
    asks_for_unread: false,
    says_auto_away: false,
    ..OF_2012
};
const BEFORE_2011_05: Form = Form {
    counts_apart: true,
    typing_key: "status",
    ..BEFORE_2012_05
};
const BEFORE_2011_03: Form = Form {
    status_to_im: true,
    says_captcha: false,
    ..BEFORE_2011_05
};
const FORMS: [Form; 4] = [OF_2012, BEFORE_2012_05, BEFORE_2011_05, BEFORE_2011_03];

impl Form {
    fn client(self, bench: &mut Bench) -> OldClient {
        if self.counts_apart {
            OldClient::counting_apart(bench, "alice")
        } else {
            OldClient::new(bench, "alice")
        }
    }

    /// The calls from the cookie to the first poll.
    fn log_in(self, bench: &mut Bench, alice: &mut OldClient) {
        alice.call(bench, (Lane::Calls, "session", "cookie_login"), &json!({}));
        let mut password = json!({"passwd": "secret"});
        if self.says_captcha {
            password["captcha"] = Value::Null;
        }
        alice.ask_for(bench, "account_login", &password);
        if self.asks_for_unread {
            alice.ask_for(bench, "get_unread_msgs", &json!({}));
        }
        activity(bench, alice);
    }

    fn set_status(self, bench: &mut Bench, alice: &mut OldClient, primitive: &str, mood: &str) {
        let mut fields = json!({"primitive": primitive, "status": mood});
        if self.status_to_im {
            return alice.ask_for(bench, "set_status", &fields);
        }
        fields["ad"] = json!("");
        if self.says_auto_away {
            fields["auto_away"] = json!(false);
        }
        alice.call(bench, (Lane::Calls, "session", "set_status"), &fields);
    }
}

fn activity(bench: &mut Bench, alice: &mut OldClient) {
    let call = (Lane::Poll, "session", "observed_user_activity");
    alice.call(bench, call, &json!({}));
}

fn send(bench: &mut Bench, alice: &mut OldClient, to: &str, text: &str) {
    alice.ask_for(bench, "send_im", &json!({"buid": to, "msg": text}));
}

fn named<'a>(events: &'a [Value], name: &str) -> Vec<&'a Value> {
    let named = events.iter().filter(|event| event["name"] == name);
    named.map(|event| &event["edata"]).collect()
}

/// Alice and bob are acquainted, and he has written to her while she was away.
fn world() -> (Bench, Session) {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    for name in ["carol", "dave", "erin"] {
        let mut other = Session::sign_on(&mut bench, name);
        if name == "carol" {
            befriend(&mut bench, &mut alice, &mut other);
        }
        if name == "erin" {
            let fields = json!({"buid": "alice", "group": "Offline"});
            other.call(&mut bench, "im", "add_buddy", &fields);
        }
        other.leave(&mut bench);
    }
    alice.leave(&mut bench);
    bob.say(&mut bench, "alice", "are you there?", "0123456789abcdef");
    bob.events(&mut bench);
    (bench, bob)
}

/// Contacts, names and requests.
fn see_to_contacts(bench: &mut Bench, alice: &mut OldClient) {
    let group = |buid: &str, group: &str| json!({"buid": buid, "group": group});
    alice.ask_for(bench, "add_buddy", &group("dave", "Offline"));
    alice.ask_for(bench, "del_buddy", &group("carol", "Skype"));
    alice.ask_for(bench, "auth_add", &json!({"buid": "erin"}));
    alice.ask_for(bench, "block_buddy", &json!({"buid": "bob"}));
    alice.ask_for(bench, "unblock_buddy", &json!({"buid": "bob"}));
    let alias = json!({"buid": "bob", "alias": "Bobby"});
    alice.ask_for(bench, "change_buddy_alias", &alias);
    let told = alice.hear(bench);
    let added: Vec<_> = named(&told, "buddy_added")
        .iter()
        .map(|list| list[0]["buid"].clone())
        .collect();
    assert_eq!(added, ["dave", "erin"]);
    assert_eq!(named(&told, "buddy_removed"), [&json!({"buid": "carol"})]);
    assert_eq!(named(&told, "error"), [&Value::Null; 0]);
}

/// A group chat from its beginning to its end.
fn see_to_a_group(bench: &mut Bench, alice: &mut OldClient, bob: &mut Session) {
    let fields = json!({"is_native": false, "name": "1300000000"});
    alice.ask_for(bench, "create_shared_group", &fields);
    let told = alice.hear(bench);
    let buid = named(&told, "buddy_added")[0][0]["buid"]
        .as_str()
        .unwrap()
        .to_owned();
    let gid = buid.trim_end_matches(';');
    let invite = json!({"gid": gid, "iproto": "prpl-skype", "iuid": "alice", "ibuid": "bob"});
    alice.ask_for(bench, "invite_to_group", &invite);
    alice.ask_for(
        bench,
        "set_group_topic",
        &json!({"gid": gid, "topic": "tea"}),
    );
    send(bench, alice, &buid, "good evening, all");
    assert_eq!(bob.texts(bench), ["tea", "good evening, all"]);
    bob.say(bench, &buid, "and to you", "abcdef0123456789");
    let member = json!({"buid": format!("{gid};bob;prpl-skype")});
    alice.ask_for(bench, "kick_member", &member);
    alice.ask_for(bench, "leave_group", &json!({"gid": gid}));
    let told = alice.hear(bench);
    assert_eq!(named(&told, "recv_im")[0]["msg"], "and to you");
    assert_eq!(
        named(&told, "buddy_removed"),
        [&member, &json!({"buid": buid})]
    );
    assert_eq!(named(&told, "error"), [&Value::Null; 0]);
}

#[test]
fn clients_of_each_form_have_a_whole_evening() {
    for form in FORMS {
        let (mut bench, mut bob) = world();
        let mut alice = form.client(&mut bench);
        alice.open_v0(&mut bench);
        form.log_in(&mut bench, &mut alice);
        let told = alice.hear(&mut bench);
        assert_eq!(told[0]["name"], "signed_on", "{form:?}");
        assert_eq!(
            named(&told, "recv_im")[0]["msg"],
            "are you there?",
            "{form:?}"
        );
        send(&mut bench, &mut alice, "bob", "yes");
        let typing = json!({"buid": "bob", form.typing_key: "typing"});
        alice.ask_for(&mut bench, "im_typing", &typing);
        form.set_status(&mut bench, &mut alice, "busy", "eating");
        let heard = bob.events(&mut bench);
        assert_eq!(named(&heard, "recv_im")[0]["msg"], "yes", "{form:?}");
        let typing = json!({"buid": "alice", "typing_state": "typing"});
        assert_eq!(named(&heard, "typing"), [&typing], "{form:?}");
        let status = &named(&heard, "buddy_status").pop().unwrap()[0];
        assert_eq!(
            (&status["primitive"], &status["status"]),
            (&json!("busy"), &json!("eating"))
        );
        activity(&mut bench, &mut alice);
        see_to_contacts(&mut bench, &mut alice);
        see_to_a_group(&mut bench, &mut alice, &mut bob);
        let fields =
            json!({"ssid": alice.ssid, "uid": "alice", "proto": "prpl-skype", "buid": "bob"});
        alice.call(&mut bench, (Lane::Calls, "av", "start_audio_chat"), &fields);
        let told = alice.hear(&mut bench);
        assert_eq!(
            named(&told, "streams_info")[0]["is_initiator"],
            true,
            "{form:?}"
        );
        form.set_status(&mut bench, &mut alice, "offline", "gone to bed");
        alice.call(
            &mut bench,
            (Lane::Calls, "session", "signoff_all"),
            &json!({}),
        );
        alice.await_poll(&mut bench);
        let heard = bob.events(&mut bench);
        let status = &named(&heard, "buddy_status").pop().unwrap()[0];
        assert_eq!(status["primitive"], "offline", "{form:?}");
    }
}

/// The connections of the oldest clients count each for itself: a quiet client is told far ahead on its poll.
#[test]
fn a_text_is_taken_however_far_the_other_connection_has_counted() {
    let (mut bench, _) = world();
    let mut alice = BEFORE_2011_05.client(&mut bench);
    alice.open_v0(&mut bench);
    BEFORE_2011_05.log_in(&mut bench, &mut alice);
    alice.hear(&mut bench);
    for _ in 0..700 {
        activity(&mut bench, &mut alice);
        alice.send_poll(&mut bench, &alice.poll_envelope());
        alice.await_poll(&mut bench);
    }
    alice.reconnect(&mut bench);
    let mut bob = Session::sign_on(&mut bench, "bob");
    for number in 0..20 {
        send(&mut bench, &mut alice, "bob", &format!("text {number}"));
    }
    let expected: Vec<String> = (0..20).map(|number| format!("text {number}")).collect();
    assert_eq!(bob.texts(&mut bench), expected);
}

#[test]
fn in_the_older_dialect_two_messages_may_have_one_number_and_one_message_comes_once() {
    let (mut bench, mut bob) = world();
    let mut alice = OldClient::new(&mut bench, "alice");
    alice.open_v0(&mut bench);
    OF_2012.log_in(&mut bench, &mut alice);
    let (ssid, conn) = (alice.ssid.clone(), bench.connect());
    let post = |bench: &mut Bench, text: &str, seq: u64| {
        let data = json!({"ssid": ssid, "uid": "alice", "proto": "prpl-skype", "buid": "bob", "msg": text});
        let message = json!({"data": {"method": "send_im", "data": data}, "to": {"system": "im"},
            "from": {"system": "client", "ssid": ssid}, "seq": seq});
        let envelope = json!({"ack": 0, "ssid": ssid, "messages": [message]});
        bench.post(conn, "forward_to_server", &envelope.to_string());
        bench.reply(conn)["data"]["ack"].as_u64().unwrap()
    };
    for (text, seq, ack) in [
        ("a", 0, 4),
        ("a", 0, 4),
        ("b", 0, 4),
        ("a", 1, 4),
        ("c", 9, 10),
        ("c", 9, 10),
        ("b", 0, 10),
    ] {
        assert_eq!(post(&mut bench, text, seq), ack, "{text} {seq}");
    }
    assert_eq!(bob.texts(&mut bench), ["a", "b", "a", "c"]);
}

#[test]
fn a_forgotten_session_is_opened_again_by_the_cookie_and_counts_on() {
    for form in FORMS {
        let (mut bench, _) = world();
        let mut alice = form.client(&mut bench);
        alice.open_v0(&mut bench);
        form.log_in(&mut bench, &mut alice);
        alice.hear(&mut bench);
        alice.await_poll(&mut bench);
        bench.run(Duration::from_secs(100));
        alice.reconnect(&mut bench);
        alice.send_poll(&mut bench, &alice.poll_envelope());
        alice.await_poll(&mut bench);
        assert_eq!(named(&alice.heard(), "expired").len(), 1, "{form:?}");
        let mut bob = Session::sign_on(&mut bench, "bob");
        bob.say(&mut bench, "alice", "back?", "fedcba9876543210");
        form.log_in(&mut bench, &mut alice);
        let told = alice.hear(&mut bench);
        assert_eq!(told[0]["name"], "signed_on", "{form:?}");
        assert_eq!(named(&told, "recv_im")[0]["msg"], "back?", "{form:?}");
        send(&mut bench, &mut alice, "bob", "back");
        assert_eq!(bob.texts(&mut bench), ["back"], "{form:?}");
    }
}

#[test]
fn a_cookie_renews_the_session_that_it_belongs_to() {
    let (mut bench, _) = world();
    let mut alice = OldClient::new(&mut bench, "alice");
    alice.open_v0(&mut bench);
    OF_2012.log_in(&mut bench, &mut alice);
    alice.hear(&mut bench);
    alice.await_poll(&mut bench);
    for _ in 0..5 {
        alice.reconnect(&mut bench);
        alice.call(
            &mut bench,
            (Lane::Calls, "session", "cookie_login"),
            &json!({}),
        );
        bench.run(Duration::from_secs(80));
    }
    alice.reconnect(&mut bench);
    send(&mut bench, &mut alice, "echo123", "still here");
    let told = alice.hear(&mut bench);
    assert_eq!(named(&told, "recv_im")[0]["msg"], "still here");
}

#[test]
fn a_session_that_was_never_opened_is_none_whatever_number_stands_for_it() {
    let mut bench = Bench::new();
    let conn = bench.connect();
    for (method, system) in [("cookie_login", "session"), ("account_login", "im")] {
        let data =
            json!({"method": method, "data": {"ssid": 0, "uid": "alice", "passwd": "secret"}});
        let message = json!({"data": data, "to": {"system": system}, "from": {"system": "client", "ssid": 0}, "seq": 0});
        let envelope = json!({"ack": 0, "ssid": 0, "messages": [message]});
        bench.post(conn, "forward_to_server", &envelope.to_string());
        assert_eq!(bench.reply(conn)["data"]["ack"], 0, "{method}");
    }
}

#[test]
fn a_refusal_in_the_older_dialect_names_the_call_by_its_number() {
    let (mut bench, _) = world();
    let mut alice = OldClient::new(&mut bench, "alice");
    alice.open_v0(&mut bench);
    OF_2012.log_in(&mut bench, &mut alice);
    alice.hear(&mut bench);
    send(&mut bench, &mut alice, "nobody", "hello?");
    bench.run(SECOND);
    let told = alice.hear(&mut bench);
    let error = named(&told, "error")[0];
    assert_eq!(
        (&error["method"], &error["seq"], &error["code"]),
        (&json!("send_im"), &json!(4), &json!("unknown_user"))
    );
}
