//! The orderly end: everybody is told, nothing is left behind, the next run finds everything.
//! Never takes longer than ten seconds.

use std::time::{Duration, Instant};

use crate::town::{Town, acquaint};

#[test]
fn a_daemon_that_ends_tells_its_clients_and_its_contacts() {
    let (town, mut service) = Town::with_service();
    let (alices, bobs) = (town.daemon("alice"), town.daemon("bob"));
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    acquaint(&mut alice, &mut bob);
    let begin = Instant::now();
    let said = alices.stop();
    assert!(begin.elapsed() < Duration::from_secs(5), "{said}");
    let lines = alice.into_rest();
    assert_eq!(lines.last().unwrap(), "CONNSTATUS LOGGEDOUT", "{lines:?}");
    bob.hear("USER alice ONLINESTATUS OFFLINE");
    for word in [" WARN ", " ERROR "] {
        assert!(!said.contains(word), "{said}");
    }

    // So does the service: its daemons notice and wait for it.
    let (code, said) = service.stop();
    assert_eq!(code, Some(0), "{said}");
    bob.hear("CONNSTATUS CONNECTING");
    let _service = town.service_again();
    bob.hear("CONNSTATUS ONLINE");
}

#[test]
fn the_next_run_finds_everything() {
    let town = Town::new();
    let daemon = town.daemon_with("alice", &[]);
    let mut alice = daemon.client();
    let sent = alice.send("echo123", "remember this");
    let came = alice.hear_message();
    alice.ask("SET PROFILE MOOD_TEXT still here");
    daemon.stop();

    let daemon = town.daemon_with("alice", &[]);
    let mut alice = daemon.client();
    assert_eq!(
        alice.get(&format!("CHATMESSAGE {sent} BODY")),
        "remember this"
    );
    assert_eq!(alice.get(&format!("CHATMESSAGE {sent} STATUS")), "SENT");
    assert_eq!(
        alice.get(&format!("CHATMESSAGE {came} FROM_HANDLE")),
        "echo123"
    );
    assert_eq!(alice.get("PROFILE MOOD_TEXT"), "still here");
    assert_eq!(alice.ask("SEARCH FRIENDS"), "USERS echo123");
    let next: u64 = alice.send("echo123", "and this").parse().unwrap();
    assert!(next > came.parse().unwrap());
}

#[test]
fn an_end_amid_traffic_loses_nothing() {
    let (town, _service) = Town::with_service();
    let (mut alices, bobs) = (town.daemon("alice"), town.daemon("bob"));
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    acquaint(&mut alice, &mut bob);
    let mut to_bob = Vec::new();
    let mut to_alice = Vec::new();
    let mut shown = Vec::new();
    for round in 0..2 {
        for n in 0..20 {
            let text = format!("round {round} number {n}");
            alice.begin("bob", &text);
            to_bob.push(text.clone());
            bob.begin("alice", &text);
            to_alice.push(text);
        }
        let begin = Instant::now();
        alices.stop();
        assert!(begin.elapsed() < Duration::from_secs(10));
        let lines = alice.into_rest();
        assert_eq!(lines.last().unwrap(), "CONNSTATUS LOGGEDOUT");
        shown.extend(
            lines
                .into_iter()
                .filter(|line| line.ends_with(" STATUS RECEIVED")),
        );
        alices = town.daemon("alice");
        alice = alices.client();
    }
    let bodies: Vec<String> = to_bob.iter().map(|_| bob.hear_text()).collect();
    assert_eq!(bodies, to_bob);
    bob.begin("alice", "the end");
    to_alice.push("the end".into());
    loop {
        let number = alice.hear_message();
        shown.push(format!("CHATMESSAGE {number} STATUS RECEIVED"));
        if alice.get(&format!("CHATMESSAGE {number} BODY")) == "the end" {
            break;
        }
    }
    let bodies: Vec<String> = shown
        .iter()
        .map(|line| {
            let number = line.split(' ').nth(1).unwrap();
            alice.get(&format!("CHATMESSAGE {number} BODY"))
        })
        .collect();
    assert_eq!(bodies, to_alice);
}
