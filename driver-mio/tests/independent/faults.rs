//! Connections that break and numbers that jump, as the independent service makes them.
//! Never an ending of a session: that is in `endings`.

use std::time::Instant;

use crate::client::PATIENCE;
use crate::place::{Place, two};

/// Each fault happens once while two people send texts, and everything arrives once and in order.
fn faults(dialect: &str) {
    let mut place = Place::new(dialect, &[]);
    let (daemons, [mut alice, mut bob]) = two(&place);
    let kinds = [
        "request-untaken",
        "request-unanswered",
        "request-half",
        "poll-unanswered",
        "poll-half",
        "poll-again",
        "poll-gap",
    ];
    let mut said = 0;
    for kind in kinds {
        assert_eq!(place.tell(&format!("fault {kind}")), "done");
        let until = Instant::now() + PATIENCE;
        while place.tell("due") != "due 0" {
            assert!(Instant::now() < until, "there was no occasion for {kind}");
            for at in said..said + 4 {
                alice.begin("bob", &format!("{kind} {at}"));
            }
            for at in said..said + 4 {
                assert_eq!(bob.hear_text(), format!("{kind} {at}"));
            }
            said += 4;
            bob.send("alice", kind);
            assert_eq!(alice.hear_text(), kind);
        }
    }
    alice.send("bob", "the end");
    assert_eq!(bob.hear_text(), "the end");
    drop((alice, bob));
    place.end(daemons);
}

#[test]
fn what_breaks_at_an_independent_service_loses_and_doubles_nothing() {
    faults("v1");
}

#[test]
fn what_breaks_in_the_older_dialect_loses_and_doubles_nothing() {
    faults("v0");
}

#[test]
fn what_a_service_says_beyond_the_protocol_is_passed_over() {
    let mut place = Place::new("v1", &[]);
    let (daemons, [mut alice, mut bob]) = two(&place);
    assert_eq!(place.tell("odd alice"), "done");
    assert_eq!(alice.hear_text(), "the one that counts");
    bob.send("alice", "next");
    assert_eq!(alice.hear_text(), "next");
    alice.send("bob", "and back");
    assert_eq!(bob.hear_text(), "and back");
    drop((alice, bob));
    place.end(daemons);
}
