//! The names that people give themselves, and who gets to see them.
//! Never about searches.

use serde_json::{Value, json};

use crate::bench::Bench;
use crate::groups::{make, member_buid};
use crate::session::{Session, befriend, two};

fn set(bench: &mut Bench, who: &mut Session, name: &str) {
    who.call(bench, "im", "set_name", &json!({"name": name}));
}

/// The names by which `whom` stands on a roster, own and given.
fn names(list: &Value, whom: &str) -> (String, String) {
    let buddies = list.as_array().unwrap();
    let buddy = buddies.iter().find(|buddy| buddy["buid"] == whom).unwrap();
    let text = |field: &str| buddy[field].as_str().unwrap().to_owned();
    (text("name"), text("alias"))
}

fn pair(name: &str, alias: &str) -> (String, String) {
    (name.into(), alias.into())
}

#[test]
fn contacts_are_told_a_name_when_it_is_given_and_taken_away() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    for (name, seen) in [("Bob B\u{e4}r", "Bob B\u{e4}r"), ("", "bob")] {
        set(&mut bench, &mut bob, name);
        let told = alice.hear(&mut bench, "buddy_status");
        assert_eq!(names(&told[0], "bob"), pair(seen, seen));
    }
    set(&mut bench, &mut bob, "");
    assert_eq!(alice.events(&mut bench), [Value::Null; 0], "as it was");
}

#[test]
fn a_name_that_a_contact_was_given_hides_its_own_from_old_clients_only() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    set(&mut bench, &mut bob, "Bob B\u{e4}r");
    let fields = json!({"buid": "bob", "alias": "Bobby"});
    bob.leave(&mut bench);
    bench.restart();
    // He is neither there nor in memory.
    let mut alice = Session::sign_on(&mut bench, "alice");
    alice.call(&mut bench, "im", "change_buddy_alias", &fields);
    let told = alice.hear(&mut bench, "buddy_status");
    assert_eq!(names(&told[0], "bob"), pair("Bob B\u{e4}r", "Bobby"));
}

#[test]
fn who_has_not_agreed_shows_no_name() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    set(&mut bench, &mut bob, "Bob B\u{e4}r");
    let fields = json!({"buid": "bob", "group": "Offline"});
    alice.call(&mut bench, "im", "add_buddy", &fields);
    let told = alice.hear(&mut bench, "buddy_added");
    assert_eq!(names(&told[0], "bob"), pair("bob", "bob"));
    bob.call(&mut bench, "im", "auth_add", &json!({"buid": "alice"}));
    let told = alice.hear(&mut bench, "buddy_status");
    assert_eq!(names(&told[0], "bob"), pair("Bob B\u{e4}r", "Bob B\u{e4}r"));
    bob.call(&mut bench, "im", "auth_deny", &json!({"buid": "alice"}));
    let told = alice.hear(&mut bench, "buddy_status");
    assert_eq!(names(&told[0], "bob"), pair("bob", "bob"));
}

#[test]
fn names_last_through_a_restart_and_need_nobody_to_be_there() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    set(&mut bench, &mut bob, "Bob B\u{e4}r");
    bench.restart();
    let mut alice = Session::sign_on_unheard(&mut bench, "alice");
    let added = alice.hear(&mut bench, "buddy_added");
    assert_eq!(
        names(&added[0], "bob"),
        pair("Bob B\u{e4}r", "Bob B\u{e4}r")
    );
    assert_eq!(names(&added[0], "echo123"), pair("echo123", "echo123"));
    let member = &added[1][2];
    assert_eq!(member["buid"], member_buid(&group, "bob"));
    assert_eq!(member["alias"], "Bob B\u{e4}r");
    let mut bob = Session::sign_on_unheard(&mut bench, "bob");
    let own = bob.hear(&mut bench, "signed_on");
    assert_eq!(own, [json!({"alias": "Bob B\u{e4}r"})]);
}

#[test]
fn a_text_carries_the_name_its_author_had() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    set(&mut bench, &mut bob, "Bob B\u{e4}r");
    bob.say(&mut bench, "alice", "x", "aaaaaaaaaaaaaaaa");
    bob.say(&mut bench, &format!("{group};"), "x", "bbbbbbbbbbbbbbbb");
    set(&mut bench, &mut bob, "");
    bob.say(&mut bench, "alice", "x", "cccccccccccccccc");
    bench.restart();
    let mut alice = Session::sign_on_unheard(&mut bench, "alice");
    let texts = alice.hear(&mut bench, "recv_im");
    let aliases: Vec<_> = texts.iter().map(|text| &text["alias"]).collect();
    assert_eq!(aliases, ["Bob B\u{e4}r", "Bob B\u{e4}r", "bob"]);
    assert_eq!(
        (&texts[0]["buid"], &texts[1]["author"]),
        (&json!("bob"), &json!("bob"))
    );
}

#[test]
fn a_name_that_is_too_long_is_refused() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    let fields = json!({"name": "x".repeat(5000)});
    assert_eq!(alice.refused(&mut bench, "set_name", &fields), "too_large");
}

#[test]
fn a_name_given_while_a_contact_signs_on_is_not_missed() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    befriend(&mut bench, &mut alice, &mut bob);
    set(&mut bench, &mut bob, "old");
    bench.restart();
    let mut alice = Session::open(&mut bench, "alice");
    let login = alice.body("account_login", &json!({"passwd": "secret"}));
    let message = alice.message("im", &login, alice.seq);
    alice.seq += 1;
    // Answers come one by one, so that the other one signs on in between.
    bench.works = false;
    alice.post(&mut bench, alice.calls, &[message]);
    let mut bob = Session::open(&mut bench, "bob");
    let login = bob.body("account_login", &json!({"passwd": "secret"}));
    let name = bob.body("set_name", &json!({"name": "new"}));
    let messages = [bob.message("im", &login, 0), bob.message("im", &name, 1)];
    bob.post(&mut bench, bob.calls, &messages);
    bob.seq = 2;
    bench.works = true;
    bench.settle();
    let mut seen = None;
    for event in alice.events(&mut bench) {
        if matches!(event["name"].as_str(), Some("buddy_added" | "buddy_status")) {
            seen = Some(names(&event["edata"], "bob"));
        }
    }
    assert_eq!(seen, Some(pair("new", "new")));
}

#[test]
fn no_text_but_a_topic_looks_like_one_to_old_clients() {
    let mut bench = Bench::new();
    let (mut alice, mut bob) = two(&mut bench);
    let group = make(&mut bench, &mut alice, &mut [&mut bob]);
    set(&mut bench, &mut bob, "Bob");
    let group = format!("{group};");
    let told = [
        ("Bob", &*group, "Bob", "bob"),
        ("Bob", "alice", "bob", "Bob"),
        ("", &*group, "bob", "bob "),
        ("", "alice", "x", "bob"),
    ];
    for (number, (name, to, text, alias)) in told.into_iter().enumerate() {
        set(&mut bench, &mut bob, name);
        bob.say(&mut bench, to, text, &format!("mid{number:013}"));
        let texts = alice.hear(&mut bench, "recv_im");
        assert_eq!(texts.len(), 1);
        assert_eq!(
            (&texts[0]["msg"], &texts[0]["alias"]),
            (&json!(text), &json!(alias))
        );
    }
}
