//! Processes that are killed while people talk: nothing that was confirmed is lost, nothing comes twice.
//! Never gives a process the chance to say goodbye.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::Duration;

use crate::client::Client;
use crate::town::{Town, acquaint};

/// The texts of the next `count` messages, in the order in which they come.
fn texts(client: &mut Client, count: usize) -> Vec<String> {
    (0..count).map(|_| client.hear_text()).collect()
}

#[test]
fn a_service_killed_amid_traffic_loses_nothing_and_doubles_nothing() {
    let (town, mut service) = Town::with_service();
    let (alices, bobs) = (town.daemon("alice"), town.daemon("bob"));
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    acquaint(&mut alice, &mut bob);
    bob.ask("SET USERSTATUS DND");
    alice.hear("USER bob ONLINESTATUS DND");

    let mut expected = Vec::new();
    let mut numbers = BTreeSet::new();
    for round in 0..3 {
        for n in 0..25 {
            let text = format!("round {round} number {n}");
            assert!(numbers.insert(alice.begin("bob", &text)), "used twice");
            expected.push(text);
            sleep(Duration::from_millis(2));
        }
        service.child.kill().unwrap();
        service.child.wait().unwrap();
        let text = format!("said to nobody in round {round}");
        numbers.insert(alice.begin("bob", &text));
        expected.push(text);
        service = town.service_again();
    }
    assert_eq!(texts(&mut bob, expected.len()), expected);
    for number in &numbers {
        let status = format!("CHATMESSAGE {number} STATUS");
        alice.await_answer(&format!("GET {status}"), &format!("{status} SENT"));
    }
    alice.await_answer("GET USER bob ONLINESTATUS", "USER bob ONLINESTATUS DND");
    bob.await_answer(
        "GET USER alice ONLINESTATUS",
        "USER alice ONLINESTATUS ONLINE",
    );
    // And both are still contacts, and hear of each other.
    bob.ask("SET USERSTATUS AWAY");
    alice.hear("USER bob ONLINESTATUS AWAY");
    bob.send("alice", "enough");
    assert_eq!(alice.hear_text(), "enough");
    let more = bob.drain(Duration::from_millis(500));
    assert!(
        !more.iter().any(|line| line.contains("RECEIVED")),
        "{more:?}"
    );
}

#[test]
fn a_daemon_killed_amid_traffic_remembers_what_it_has_confirmed() {
    let (town, _service) = Town::with_service();
    let (alices, bobs) = (town.daemon("alice"), town.daemon("bob"));
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    acquaint(&mut alice, &mut bob);
    let mine = alice.send("bob", "mine");
    assert_eq!(bob.hear_text(), "mine");
    bob.send("alice", "yours");
    let yours = alice.hear_message();

    alices.kill();
    bob.send("alice", "missed");
    let alices = town.daemon("alice");
    let mut alice = alices.client();
    // What was announced in the very moment of the kill may be announced again, under the same number.
    let mut missed = alice.hear_message();
    if missed == yours {
        missed = alice.hear_message();
    }
    assert_eq!(alice.get(&format!("CHATMESSAGE {missed} BODY")), "missed");
    for (number, body, status) in [(&mine, "mine", "SENT"), (&yours, "yours", "RECEIVED")] {
        assert_eq!(alice.get(&format!("CHATMESSAGE {number} BODY")), body);
        assert_eq!(alice.get(&format!("CHATMESSAGE {number} STATUS")), status);
    }
    let unread = format!("CHATMESSAGES {missed}, {yours}");
    assert_eq!(alice.ask("SEARCH MISSEDCHATMESSAGES"), unread);
    let new = alice.send("bob", "after");
    let numbers: Vec<u64> = [&mine, &yours, &missed, &new]
        .map(|n| n.parse().unwrap())
        .into();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    assert_eq!(bob.hear_text(), "after");
    alice.await_answer("GET USER bob ONLINESTATUS", "USER bob ONLINESTATUS ONLINE");
}

#[test]
fn what_was_accepted_before_the_daemon_was_killed_goes_out_once() {
    let (town, mut service) = Town::with_service();
    let (alices, bobs) = (town.daemon("alice"), town.daemon("bob"));
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    acquaint(&mut alice, &mut bob);
    service.child.kill().unwrap();
    service.child.wait().unwrap();
    let numbers: Vec<String> = (0..3)
        .map(|n| alice.begin("bob", &format!("accepted {n}")))
        .collect();
    // The promise is about what is stored; that takes a moment.
    sleep(Duration::from_millis(300));
    alices.kill();
    let _service = town.service_again();
    let alices = town.daemon("alice");
    let mut alice = alices.client();
    for number in &numbers {
        let status = format!("CHATMESSAGE {number} STATUS");
        alice.await_answer(&format!("GET {status}"), &format!("{status} SENT"));
    }
    assert_eq!(
        texts(&mut bob, 3),
        ["accepted 0", "accepted 1", "accepted 2"]
    );
    // Nor does it go out again when the daemon is killed once more.
    alices.kill();
    let alices = town.daemon("alice");
    let mut alice = alices.client();
    alice.send("bob", "last");
    assert_eq!(bob.hear_text(), "last");
}

#[test]
fn a_daemon_killed_again_and_again_while_it_receives_shows_everything_once() {
    let (town, _service) = Town::with_service();
    let (mut alices, bobs) = (town.daemon("alice"), town.daemon("bob"));
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    acquaint(&mut alice, &mut bob);
    let mut expected = Vec::new();
    for round in 0..3 {
        for n in 0..20 {
            let text = format!("round {round} number {n}");
            bob.begin("alice", &text);
            expected.push(text);
        }
        sleep(Duration::from_millis(20 * round));
        alices.kill();
        let told: Vec<String> = alice
            .into_rest()
            .into_iter()
            .filter(|line| line.ends_with(" STATUS RECEIVED"))
            .collect();
        let once: BTreeSet<&String> = told.iter().collect();
        assert_eq!(once.len(), told.len(), "twice to the same client: {told:?}");
        alices = town.daemon("alice");
        alice = alices.client();
    }
    bob.begin("alice", "the end");
    expected.push("the end".into());
    let mut told = BTreeSet::new();
    loop {
        let number = alice.hear_message();
        let body = alice.get(&format!("CHATMESSAGE {number} BODY"));
        assert!(told.insert(number), "twice to the same client: {body}");
        if body == "the end" {
            break;
        }
    }
    // What a client was told of and did not read is still there, each once.
    let missed = alice.ask("SEARCH MISSEDCHATMESSAGES");
    let missed = missed.strip_prefix("CHATMESSAGES ").unwrap().to_owned();
    let mut bodies: Vec<String> = missed
        .split(", ")
        .map(|number| alice.get(&format!("CHATMESSAGE {number} BODY")))
        .collect();
    bodies.reverse();
    assert_eq!(bodies, expected);
}
