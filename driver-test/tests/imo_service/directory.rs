//! Who is found by handle and by name.
//! Never about contacts.

use serde_json::{Value, json};

use crate::bench::Bench;
use crate::session::{Session, two};

/// What came of a search: the handles found, or the code of the refusal.
pub(crate) fn search(
    bench: &mut Bench,
    who: &mut Session,
    text: &str,
) -> Result<Vec<String>, String> {
    let mut call = who.body("search_users", &json!({"text": text}));
    call["request_id"] = json!(7);
    who.request(bench, "im", &call);
    outcome(bench, who)
}

fn outcome(bench: &mut Bench, who: &mut Session) -> Result<Vec<String>, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let events = who.events(bench);
    let result = events.iter().find(|event| event["request_id"] == 7);
    let result = result.expect("a result");
    match result["response"]["users"].as_array() {
        Some(users) => Ok(users.iter().map(text).collect()),
        None => Err(text(&result["error"]["code"])),
    }
}

fn found(handles: &[&str]) -> Result<Vec<String>, String> {
    Ok(handles.iter().map(|handle| (*handle).to_owned()).collect())
}

fn named(bench: &mut Bench, handle: &'static str, name: &str) -> Session {
    let mut session = Session::sign_on(bench, handle);
    session.call(bench, "im", "set_name", &json!({"name": name}));
    session
}

#[test]
fn people_are_found_by_how_their_handle_or_their_name_begins() {
    let mut bench = Bench::new();
    let (mut alice, _) = two(&mut bench);
    named(&mut bench, "carol", "Bobbie Brown");
    named(&mut bench, "boris", "Boris");
    for (text, expected) in [
        ("bo", found(&["bob", "boris", "carol"])),
        ("BOB", found(&["bob", "carol"])),
        ("bobbie b", found(&["carol"])),
        ("brown", found(&[])),
        ("boris", found(&["boris"])),
        ("echo", found(&["echo123"])),
        ("al", found(&[])),
        ("b/", found(&[])),
        ("%", found(&[])),
    ] {
        assert_eq!(search(&mut bench, &mut alice, text), expected, "{text}");
    }
}

#[test]
fn a_search_knows_the_present_names_only_even_after_a_restart() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    let mut carol = named(&mut bench, "carol", "Anna/Berg");
    assert_eq!(search(&mut bench, &mut alice, "anna/"), found(&["carol"]));
    carol.call(&mut bench, "im", "set_name", &json!({"name": "Zo\u{eb}"}));
    bench.restart();
    let mut alice = Session::sign_on(&mut bench, "alice");
    assert_eq!(search(&mut bench, &mut alice, "anna"), found(&[]));
    assert_eq!(
        search(&mut bench, &mut alice, "ZO\u{cb}"),
        found(&["carol"])
    );
    let mut carol = Session::sign_on(&mut bench, "carol");
    carol.call(&mut bench, "im", "set_name", &json!({"name": ""}));
    assert_eq!(search(&mut bench, &mut alice, "zo"), found(&[]));
    assert_eq!(bench.store.keys("s/i/").count(), 0);
}

#[test]
fn a_search_gives_no_more_than_it_may() {
    let mut bench = Bench::new();
    let mut name = |handle: String| named(&mut bench, String::leak(handle), "aaron");
    for number in 0..60 {
        name(format!("a{number:02}"));
    }
    let mut alice = Session::sign_on(&mut bench, "alice");
    let users = search(&mut bench, &mut alice, "a").unwrap();
    assert_eq!((users.len(), users[49].as_str()), (50, "a49"));
    let users = search(&mut bench, &mut alice, "aar").unwrap();
    assert_eq!(users.len(), 50, "by name too");
}

#[test]
fn a_search_for_nothing_or_far_too_much_is_refused() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    let refused = |code: &str| Err(code.to_owned());
    assert_eq!(search(&mut bench, &mut alice, ""), refused("bad_request"));
    let long = "x".repeat(1000);
    assert_eq!(search(&mut bench, &mut alice, &long), refused("too_large"));
}

#[test]
fn a_search_that_the_store_fails_can_be_made_again() {
    let mut bench = Bench::new();
    let (mut alice, _) = two(&mut bench);
    bench.loads = false;
    let mut call = alice.body("search_users", &json!({"text": "b"}));
    call["request_id"] = json!(7);
    let message = alice.message("im", &call, alice.seq);
    alice.post(&mut bench, alice.calls, &[message]);
    assert_eq!(bench.response(alice.calls).unwrap().status, 503);
    bench.loads = true;
    assert_eq!(search(&mut bench, &mut alice, "b"), found(&["bob"]));
}
