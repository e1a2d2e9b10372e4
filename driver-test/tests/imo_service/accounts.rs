//! What the operator does about accounts: made, given another password, taken away, listed.
//! Never asks in the name of a user, except to see what has come of it.

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::io::{UserError, UserOp, UserPage};
use imo2sproxy_core::secret::Secret;
use serde_json::json;

use crate::bench::{Bench, SECOND};
use crate::directory::search;
use crate::session::Session;

fn add(name: &str, password: &str) -> UserOp {
    UserOp::Add {
        name: name.into(),
        password: Secret::from(password),
    }
}

fn set_password(name: &str, password: &str) -> UserOp {
    UserOp::SetPassword {
        name: name.into(),
        password: Secret::from(password),
    }
}

fn remove(name: &str) -> UserOp {
    UserOp::Remove { name: name.into() }
}

/// The one answer that came.
#[track_caller]
fn answer(bench: &mut Bench, op: UserOp) -> Result<UserPage, UserError> {
    bench.operate(op);
    assert_eq!(bench.answers.len(), 1, "one answer to one question");
    bench.answers.remove(0)
}

#[track_caller]
fn done(bench: &mut Bench, op: UserOp) {
    assert_eq!(answer(bench, op), Ok(UserPage::default()));
}

/// Whether `name` can sign on with `password`.
fn signs_on(bench: &mut Bench, name: &'static str, password: &str) -> bool {
    let mut session = Session::open(bench, name);
    session.call(bench, "im", "account_login", &json!({"passwd": password}));
    session.events(bench)[0]["name"] == "signed_on"
}

fn handles(bench: &mut Bench) -> Vec<String> {
    let after = String::new();
    answer(bench, UserOp::List { after }).unwrap().names
}

#[test]
fn an_account_that_the_operator_makes_can_sign_on_where_nobody_can_register() {
    let mut bench = Bench::closed();
    assert!(!signs_on(&mut bench, "alice", "one"));
    done(&mut bench, add("Alice", "one"));
    assert!(signs_on(&mut bench, "alice", "one"));
    assert!(!signs_on(&mut bench, "alice", "two"));
    bench.restart();
    assert!(signs_on(&mut bench, "alice", "one"));
}

#[test]
fn what_cannot_be_done_says_why_and_changes_nothing() {
    let mut bench = Bench::closed();
    done(&mut bench, add("alice", "one"));
    let long = "x".repeat(1025);
    for (op, error) in [
        (add("alice", "two"), UserError::Exists),
        (add("1alice", "two"), UserError::BadName),
        (add("echo123", "two"), UserError::BadName),
        (add("bob", ""), UserError::BadPassword),
        (add("bob", &long), UserError::BadPassword),
        (set_password("bob", "two"), UserError::Unknown),
        (set_password("alice", ""), UserError::BadPassword),
        (remove("bob"), UserError::Unknown),
        (remove("a/b"), UserError::BadName),
    ] {
        assert_eq!(answer(&mut bench, op.clone()), Err(error), "{op:?}");
    }
    assert!(signs_on(&mut bench, "alice", "one"));
    assert_eq!(handles(&mut bench), ["alice"]);
}

#[test]
fn nothing_is_answered_before_it_is_durable() {
    let mut bench = Bench::closed();
    for op in [
        add("alice", "one"),
        set_password("alice", "two"),
        remove("alice"),
    ] {
        bench.stores = false;
        bench.operate(op);
        assert_eq!(bench.answers, []);
        bench.stores = true;
        bench.settle();
        assert_eq!(
            bench.answers.drain(..).as_slice(),
            [Ok(UserPage::default())]
        );
    }
}

#[test]
fn a_store_that_cannot_be_read_is_told_and_all_can_be_tried_again() {
    let mut bench = Bench::closed();
    for op in [
        add("alice", "one"),
        UserOp::List {
            after: String::new(),
        },
    ] {
        bench.loads = false;
        assert_eq!(answer(&mut bench, op.clone()), Err(UserError::Store));
        bench.loads = true;
        assert!(answer(&mut bench, op).is_ok());
    }
}

#[test]
fn another_password_counts_from_the_next_login_on() {
    let mut bench = Bench::new();
    let mut alice = Session::sign_on(&mut bench, "alice");
    done(&mut bench, set_password("alice", "other"));
    alice.call(
        &mut bench,
        "im",
        "send_im",
        &json!({"buid": "echo123", "msg": "still here"}),
    );
    assert_eq!(alice.events(&mut bench).len(), 1);
    assert!(!signs_on(&mut bench, "alice", "secret"));
    assert!(signs_on(&mut bench, "alice", "other"));
}

/// Alice and bob are contacts and in a group chat with carol; bob has a name, a picture, and texts that wait.
fn company() -> (Bench, [Session; 3], String) {
    let mut bench = Bench::new();
    let [mut alice, mut bob, mut carol] =
        ["alice", "bob", "carol"].map(|name| Session::sign_on(&mut bench, name));
    let png = "iVBORw0KGgoAAAA=";
    bob.call(&mut bench, "im", "set_name", &json!({"name": "Bob Berg"}));
    bob.call(&mut bench, "im", "set_icon", &json!({"image": png}));
    for other in ["alice", "carol"] {
        bob.call(
            &mut bench,
            "im",
            "add_buddy",
            &json!({"buid": other, "group": "Offline"}),
        );
    }
    alice.call(&mut bench, "im", "auth_add", &json!({"buid": "bob"}));
    carol.call(&mut bench, "im", "auth_add", &json!({"buid": "bob"}));
    bob.call(
        &mut bench,
        "im",
        "create_shared_group",
        &json!({"name": "tea", "is_native": false}),
    );
    let group = bob
        .events(&mut bench)
        .iter()
        .filter(|event| event["name"] == "buddy_added")
        .filter_map(|event| event["edata"][0]["buid"].as_str())
        .find_map(|buid| buid.strip_suffix(';').map(str::to_owned))
        .unwrap();
    for other in ["alice", "carol"] {
        let invite = json!({"gid": group, "iproto": "prpl-skype", "iuid": "bob", "ibuid": other});
        bob.call(&mut bench, "im", "invite_to_group", &invite);
    }
    alice.call(
        &mut bench,
        "im",
        "send_im",
        &json!({"buid": "bob", "msg": "hello", "mid": "abcdefghijklmnop"}),
    );
    for session in [&mut alice, &mut carol] {
        session.events(&mut bench);
    }
    (bench, [alice, bob, carol], group)
}

#[test]
fn a_removed_account_leaves_nothing_behind_but_its_name() {
    let (mut bench, _, group) = company();
    done(&mut bench, remove("bob"));
    let of_bob = |key: &str| {
        let parts: Vec<&str> = key.split('/').collect();
        parts.contains(&"bob") && key != "s/a/bob"
    };
    let left: Vec<&str> = bench.store.keys("s/").filter(|key| of_bob(key)).collect();
    assert_eq!(left, [""; 0]);
    assert_eq!(
        bench.store.keys("s/p/").count() + bench.store.keys("s/b/").count(),
        0
    );
    let record = bench.store.get(&format!("s/g/{group}")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(record).unwrap();
    assert_eq!(
        record["members"]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["alice", "carol"]
    );
    assert_eq!(handles(&mut bench), ["alice", "carol"]);
}

#[test]
fn everybody_who_knew_a_removed_account_sees_it_go() {
    let (mut bench, [mut alice, mut bob, mut carol], group) = company();
    bob.events(&mut bench);
    done(&mut bench, remove("bob"));
    let last = bob.answered(&mut bench).unwrap();
    assert_eq!(last.last().unwrap()["data"]["name"], "disconnect");
    for session in [&mut alice, &mut carol] {
        let gone: Vec<String> = session
            .events(&mut bench)
            .iter()
            .filter(|event| event["name"] == "buddy_removed")
            .map(|event| event["edata"]["buid"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(gone, [format!("{group};bob;prpl-skype"), "bob".to_owned()]);
    }
    alice.call(
        &mut bench,
        "im",
        "send_im",
        &json!({"buid": "bob", "msg": "are you there?"}),
    );
    let events = alice.events(&mut bench);
    assert_eq!(events[0]["edata"]["code"], "unknown_user", "{events:?}");
}

#[test]
fn nobody_steps_into_the_place_of_a_removed_account_but_whom_the_operator_lets() {
    let (mut bench, _, _) = company();
    done(&mut bench, remove("bob"));
    for life in 0..2 {
        assert!(!signs_on(&mut bench, "bob", "secret"), "life {life}");
        assert!(!signs_on(&mut bench, "bob", "mine now"), "life {life}");
        bench.restart();
    }
    assert_eq!(answer(&mut bench, remove("bob")), Err(UserError::Unknown));
    done(&mut bench, add("bob", "new"));
    let mut bob = Session::open(&mut bench, "bob");
    bob.call(&mut bench, "im", "account_login", &json!({"passwd": "new"}));
    let events = bob.events(&mut bench);
    assert_eq!(
        events[1]["edata"].as_array().unwrap().len(),
        1,
        "the echo alone: {events:?}"
    );
}

#[test]
fn a_removed_account_is_found_by_nobody_who_searches() {
    let (mut bench, [mut alice, ..], _) = company();
    done(&mut bench, remove("bob"));
    alice.events(&mut bench);
    assert_eq!(search(&mut bench, &mut alice, "bo"), Ok(Vec::new()));
}

#[test]
fn many_accounts_are_listed_in_order_page_by_page() {
    let mut bench = Bench::with_limits(Limits::default());
    for number in 0..1200 {
        done(&mut bench, add(&format!("user{number:04}"), "secret"));
    }
    done(&mut bench, remove("user0999"));
    let (mut after, mut names, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let page = answer(&mut bench, UserOp::List { after }).unwrap();
        names.extend(page.names);
        pages += 1;
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    assert_eq!(pages, 2);
    assert_eq!(names.len(), 1199);
    assert!(names.is_sorted());
}

#[test]
fn a_removal_cut_short_by_death_has_happened_whole_or_not_at_all() {
    let (mut bench, _, _) = company();
    bench.stores = false;
    bench.operate(remove("bob"));
    assert_eq!(bench.answers, []);
    bench.restart();
    assert!(
        signs_on(&mut bench, "bob", "secret"),
        "nothing of it was durable"
    );
    done(&mut bench, remove("bob"));
    bench.run(SECOND);
    assert_eq!(handles(&mut bench), ["alice", "carol"]);
}

#[test]
fn nobody_registers_a_name_that_was_taken_away_while_his_password_was_hashed() {
    let mut bench = Bench::new();
    bench.hashes = false;
    let mut guest = Session::open(&mut bench, "bob");
    let login = guest.body("account_login", &json!({"passwd": "guest"}));
    let message = guest.message("im", &login, 0);
    guest.post(&mut bench, guest.calls, &[message]);
    bench.operate(add("bob", "owner"));
    bench.hash_newest();
    done_after(&mut bench, 1);
    done(&mut bench, remove("bob"));
    bench.hashes = true;
    bench.settle();
    bench.reply(guest.calls);
    let events = guest.events(&mut bench);
    assert_eq!(events[0]["name"], "disconnect", "{events:?}");
    assert_eq!(handles(&mut bench), [""; 0]);
}

/// So many questions were answered well.
fn done_after(bench: &mut Bench, count: usize) {
    let answers: Vec<_> = bench.answers.drain(..).collect();
    assert_eq!(answers, vec![Ok(UserPage::default()); count]);
}
