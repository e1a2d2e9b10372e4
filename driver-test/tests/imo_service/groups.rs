//! Group chats as the service tells of them: who makes them, who comes and goes.
//! Never about what is said in them.

use imo2sproxy_core::config::Limits;
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::session::{Session, befriend, reply_with, two};

/// Makes a group chat, and brings in whom its maker knows; what they have been told so far is taken.
pub(crate) fn make(bench: &mut Bench, maker: &mut Session, others: &mut [&mut Session]) -> String {
    let fields = json!({"is_native": false, "name": "1234567890"});
    maker.call(bench, "im", "create_shared_group", &fields);
    let added = maker.hear(bench, "buddy_added");
    let group = added[0][0]["buid"].as_str().unwrap();
    let group = group.strip_suffix(';').unwrap().to_owned();
    for other in &mut *others {
        befriend(bench, maker, other);
        invite(bench, maker, &group, other.name);
    }
    for other in others {
        other.events(bench);
    }
    maker.events(bench);
    group
}

fn invite(bench: &mut Bench, who: &mut Session, group: &str, whom: &str) {
    let fields = invitation(who.name, group, whom);
    who.call(bench, "im", "invite_to_group", &fields);
}

pub(crate) fn invitation(who: &str, group: &str, whom: &str) -> Value {
    json!({"gid": group, "iproto": "prpl-skype", "iuid": who, "ibuid": whom})
}

fn kick(group: &str, whom: &str) -> Value {
    json!({"buid": member_buid(group, whom)})
}

pub(crate) fn member_buid(group: &str, handle: &str) -> String {
    format!("{group};{handle};prpl-skype")
}

fn group_buddy(group: &str, topic: &str) -> Value {
    json!({"buid": format!("{group};"), "group": "Skype", "type": "group", "alias": "1234567890",
        "display": topic, "primitive": "available", "status": ""})
}

fn member(group: &str, handle: &str, primitive: &str) -> Value {
    json!({"buid": member_buid(group, handle), "group": group, "alias": handle, "primitive": primitive,
        "status": ""})
}

fn maker(group: &str, handle: &str, primitive: &str) -> Value {
    let mut maker = member(group, handle, primitive);
    maker["creator"] = json!(true);
    maker
}

fn guest(group: &str, handle: &str, primitive: &str, inviter: &str) -> Value {
    let mut guest = member(group, handle, primitive);
    guest["inviter"] = json!(inviter);
    guest
}

/// Brings so many people into a group chat who are all away then.
pub(crate) fn crowd(
    bench: &mut Bench,
    maker: &mut Session,
    group: &str,
    count: usize,
) -> Vec<&'static str> {
    let come_and_go = |number| {
        let name: &'static str = String::leak(format!("guest{number:03}"));
        let mut guest = Session::sign_on(bench, name);
        befriend(bench, maker, &mut guest);
        invite(bench, maker, group, name);
        guest.leave(bench);
        name
    };
    (0..count).map(come_and_go).collect()
}

/// What a session is told of group chats when its account signs on.
fn roster(bench: &mut Bench, name: &'static str) -> Vec<Value> {
    let mut session = Session::sign_on_unheard(bench, name);
    let parts = session.hear(bench, "buddy_added");
    session.leave(bench);
    let is_group = |part: &Value| part[0]["buid"].as_str().unwrap().contains(';');
    parts.into_iter().filter(is_group).collect()
}

#[test]
fn a_new_group_is_told_to_all_sessions_of_its_maker() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    let mut elsewhere = Session::sign_on(&mut bench, "alice");
    let fields = json!({"is_native": false, "name": "1234567890"});
    alice.call(&mut bench, "im", "create_shared_group", &fields);
    for session in [&mut alice, &mut elsewhere] {
        let added = session.hear(&mut bench, "buddy_added");
        let buid = added[0][0]["buid"].as_str().unwrap();
        let group = buid.strip_suffix(';').unwrap();
        assert_eq!(group.len(), 16);
        assert!(!group.contains(|sign: char| !sign.is_ascii_lowercase() && !sign.is_ascii_digit()));
        let expected = json!([group_buddy(group, ""), maker(group, "alice", "available")]);
        assert_eq!(added, [expected]);
    }
}

#[test]
fn who_asks_for_the_same_name_again_gets_the_same_group_even_after_a_restart() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    let group = make(&mut bench, &mut alice, &mut []);
    assert_eq!(make(&mut bench, &mut alice, &mut []), group);
    bench.restart();
    let mut alice = Session::sign_on(&mut bench, "alice");
    assert_eq!(make(&mut bench, &mut alice, &mut []), group);
    let mut bob = Session::sign_on(&mut bench, "bob");
    assert_ne!(make(&mut bench, &mut bob, &mut []), group);
}

#[test]
fn who_is_invited_is_told_of_all_and_all_are_told_of_him() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let mut carol = Session::sign_on(&mut bench, "carol");
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    befriend(&mut bench, &mut bob, &mut carol);
    let mut elsewhere = Session::sign_on(&mut bench, "carol");
    invite(&mut bench, &mut bob, &group, "carol");
    // She is a contact of Bob's, and sees nothing of Alice.
    let expected = json!([
        group_buddy(&group, ""),
        maker(&group, "alice", "offline"),
        guest(&group, "bob", "available", "alice"),
        guest(&group, "carol", "available", "bob"),
    ]);
    for session in [&mut carol, &mut elsewhere] {
        let added = session.hear(&mut bench, "buddy_added");
        assert_eq!(added, std::slice::from_ref(&expected));
    }
    let seen = json!([guest(&group, "carol", "available", "bob")]);
    assert_eq!(bob.hear(&mut bench, "buddy_added"), [seen]);
    let seen = json!([guest(&group, "carol", "offline", "bob")]);
    assert_eq!(alice.hear(&mut bench, "buddy_added"), [seen]);
}

#[test]
fn inviting_who_is_there_already_changes_nothing() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    for whom in ["Bob", "alice"] {
        invite(&mut bench, &mut bob, &group, whom);
        assert_eq!(bob.events(&mut bench), [Value::Null; 0]);
        assert_eq!(alice.events(&mut bench), [Value::Null; 0]);
    }
}

#[test]
fn only_who_has_agreed_to_be_a_contact_can_be_invited() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let group = make(&mut bench, &mut alice, &mut []);
    let mut invited = |bench: &mut Bench, whom| {
        alice.refused(bench, "invite_to_group", &invitation("alice", &group, whom))
    };
    assert_eq!(invited(&mut bench, "bob"), "not_authorised");
    assert_eq!(invited(&mut bench, "echo123"), "not_authorised");
    assert_eq!(invited(&mut bench, "nobody"), "unknown_user");
    assert_eq!(invited(&mut bench, "no/body"), "unknown_user");
    bob.call(&mut bench, "im", "block_buddy", &json!({"buid": "alice"}));
    assert_eq!(invited(&mut bench, "bob"), "blocked");
    assert_eq!(bob.events(&mut bench), [Value::Null; 0]);
}

#[test]
fn full_groups_and_accounts_in_too_many_take_nobody_in() {
    let limits = Limits {
        groups: 1,
        group_members: 2,
        ..Limits::default()
    };
    let mut bench = Bench::with_limits(limits);
    let (mut alice, mut bob) = two(&mut bench);
    let mut carol = Session::sign_on(&mut bench, "carol");
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    let other = json!({"name": "another"});
    let code = alice.refused(&mut bench, "create_shared_group", &other);
    assert_eq!(code, "rate_limited");
    befriend(&mut bench, &mut alice, &mut carol);
    let too_many = invitation("alice", &group, "carol");
    let code = alice.refused(&mut bench, "invite_to_group", &too_many);
    assert_eq!(code, "rate_limited");
    let hers = make(&mut bench, &mut carol, &mut []);
    let code = carol.refused(
        &mut bench,
        "invite_to_group",
        &invitation("carol", &hers, "alice"),
    );
    assert_eq!(code, "rate_limited");
    let code = alice.refused(
        &mut bench,
        "create_shared_group",
        &json!({"name": "x".repeat(5000)}),
    );
    assert_eq!(code, "too_large");
}

#[test]
fn strangers_do_nothing_to_a_group_and_nobody_to_one_that_is_not() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let group = make(&mut bench, &mut alice, &mut []);
    befriend(&mut bench, &mut alice, &mut bob);
    for (id, code) in [
        (group.as_str(), "not_a_member"),
        ("0123456789abcdef", "no_such_group"),
        ("../x", "no_such_group"),
        ("", "no_such_group"),
    ] {
        let text = json!({"buid": format!("{id};"), "msg": "x", "mid": "0123456789abcdef"});
        let typing = json!({"buid": format!("{id};"), "typing_state": "typing"});
        for (method, fields) in [
            ("invite_to_group", invitation("bob", id, "alice")),
            ("kick_member", kick(id, "alice")),
            ("set_group_topic", json!({"gid": id, "topic": "x"})),
            ("leave_group", json!({"gid": id})),
            ("send_im", text),
            ("im_typing", typing),
        ] {
            assert_eq!(bob.refused(&mut bench, method, &fields), code, "{method}");
        }
    }
    assert_eq!(alice.events(&mut bench), [Value::Null; 0]);
}

#[test]
fn who_is_thrown_out_is_told_so_and_is_out() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let mut carol = Session::sign_on(&mut bench, "carol");
    let group = make(&mut bench, &mut alice, &mut [&mut bob, &mut carol]);
    let mut elsewhere = Session::sign_on(&mut bench, "alice");
    alice.call(&mut bench, "im", "kick_member", &kick(&group, "Bob"));
    let gone = |buid: String| json!({"buid": buid});
    let kicked = json!({"buid": member_buid(&group, "bob"), "by": "alice"});
    let all = [kicked, gone(member_buid(&group, "bob"))];
    let told = |session: &mut Session, bench: &mut Bench| -> Vec<Value> {
        let events = session.events(bench);
        let names: Vec<_> = events.iter().map(|event| &event["name"]).collect();
        assert_eq!(names[..2], ["kicked", "buddy_removed"]);
        events.iter().map(|event| event["edata"].clone()).collect()
    };
    for session in [&mut alice, &mut elsewhere, &mut carol] {
        assert_eq!(told(session, &mut bench), all);
    }
    let mut his = all.to_vec();
    his.push(gone(format!("{group};")));
    assert_eq!(told(&mut bob, &mut bench), his);
    assert_eq!(roster(&mut bench, "bob"), [Value::Null; 0]);
    let code = bob.refused(&mut bench, "leave_group", &json!({"gid": group}));
    assert_eq!(code, "not_a_member");
    // Once more, as after a lost session.
    alice.call(&mut bench, "im", "kick_member", &kick(&group, "bob"));
    assert_eq!(alice.events(&mut bench), [Value::Null; 0]);
}

#[test]
fn others_throw_nobody_out_before_the_maker_has_left() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let mut carol = Session::sign_on(&mut bench, "carol");
    let group = make(&mut bench, &mut alice, &mut [&mut bob, &mut carol]);
    let code = bob.refused(&mut bench, "kick_member", &kick(&group, "carol"));
    assert_eq!(code, "not_authorised");
    let code = alice.refused(&mut bench, "kick_member", &kick(&group, "alice"));
    assert_eq!(code, "bad_request");
    alice.call(&mut bench, "im", "leave_group", &json!({"gid": group}));
    bob.events(&mut bench);
    bob.call(&mut bench, "im", "kick_member", &kick(&group, "carol"));
    let kicked = json!({"buid": member_buid(&group, "carol"), "by": "bob"});
    assert_eq!(bob.hear(&mut bench, "kicked"), [kicked]);
}

#[test]
fn who_leaves_is_out_and_a_group_without_members_is_no_more() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    let mut elsewhere = Session::sign_on(&mut bench, "bob");
    bob.call(&mut bench, "im", "leave_group", &json!({"gid": group}));
    let own = json!({"buid": format!("{group};")});
    for session in [&mut bob, &mut elsewhere] {
        let removed = session.hear(&mut bench, "buddy_removed");
        assert_eq!(removed, std::slice::from_ref(&own));
    }
    let left = json!({"buid": member_buid(&group, "bob")});
    assert_eq!(alice.hear(&mut bench, "buddy_removed"), [left]);
    alice.call(&mut bench, "im", "leave_group", &json!({"gid": group}));
    for _ in 0..2 {
        let code = alice.refused(&mut bench, "leave_group", &json!({"gid": group}));
        assert_eq!(code, "no_such_group");
        bench.restart();
        alice = Session::sign_on(&mut bench, "alice");
    }
    assert_eq!(bench.store.keys("s/g/").count(), 0);
    assert_eq!(bench.store.keys("s/h/").count(), 0);
}

#[test]
fn a_group_lasts_through_a_restart_with_all_that_is_known_of_it() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    let topic = json!({"gid": group, "topic": "tea"});
    bob.call(&mut bench, "im", "set_group_topic", &topic);
    bench.restart();
    let of_bob = [json!([
        group_buddy(&group, "tea"),
        maker(&group, "alice", "offline"),
        guest(&group, "bob", "available", "alice"),
    ])];
    assert_eq!(roster(&mut bench, "bob"), of_bob);
    assert_eq!(roster(&mut bench, "alice").len(), 1);
}

#[test]
fn changes_while_one_is_away_are_in_the_next_roster() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let mut carol = Session::sign_on(&mut bench, "carol");
    let group = make(&mut bench, &mut alice, &mut [&mut bob, &mut carol]);
    bob.leave(&mut bench);
    carol.call(&mut bench, "im", "leave_group", &json!({"gid": group}));
    let seen = roster(&mut bench, "bob");
    assert_eq!(seen[0].as_array().unwrap().len(), 3);
    alice.call(&mut bench, "im", "kick_member", &kick(&group, "bob"));
    assert_eq!(roster(&mut bench, "bob"), [Value::Null; 0]);
    let kept = roster(&mut bench, "alice");
    assert_eq!(kept[0].as_array().unwrap().len(), 2);
}

#[test]
fn a_large_group_comes_in_parts_with_the_group_first() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    let group = make(&mut bench, &mut alice, &mut []);
    let names = crowd(&mut bench, &mut alice, &group, 255);
    let parts = roster(&mut bench, names[200]);
    let size = |part: &Value| part.as_array().unwrap().len();
    let sizes: Vec<_> = parts.iter().map(size).collect();
    assert_eq!(sizes, [100, 100, 57]);
    assert_eq!(parts[0][0], group_buddy(&group, ""));
    let members = parts
        .iter()
        .flat_map(|part| part.as_array().unwrap())
        .skip(1);
    for member in members {
        assert_eq!(member["group"], group.as_str());
        assert!(member["type"].is_null());
    }
}

#[test]
fn what_another_member_has_done_already_is_confirmed_only_when_it_is_safe() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let mut carol = Session::sign_on(&mut bench, "carol");
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    befriend(&mut bench, &mut alice, &mut carol);
    bench.stores = false;
    for session in [&alice, &bob] {
        let fields = invitation(session.name, &group, "carol");
        let call = session.body("invite_to_group", &fields);
        session.post(
            &mut bench,
            session.calls,
            &[session.message("im", &call, session.seq)],
        );
        assert_eq!(bench.response(session.calls), None, "{}", session.name);
    }
    bench.stores = true;
    bench.settle();
    for session in [&alice, &bob] {
        let reply = bench.reply(session.calls);
        assert_eq!(reply, reply_with(session.seq + 1, &session.ssid));
    }
}
