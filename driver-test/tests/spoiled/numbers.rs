//! Numbers that are numbers, but not the right ones: of events, of acknowledgements; and the ids of other sessions.
//! Never about a field of another type.

use serde_json::{Value, json};

use crate::street::Street;
use crate::tour::kind;
use crate::town::SECONDS;
use imo2sproxy_sim::gate::{Delivery, Place};

/// For how long all numbers are wrong in the same way, in seconds.
const SIEGE: u64 = 300;

/// What is made of a number.
type Change = fn(u64) -> Value;

const CHANGES: [(&str, Change); 10] = [
    ("zero", |_| json!(0)),
    ("one less", |n| json!(n.saturating_sub(1))),
    ("one more", |n| json!(n + 1)),
    ("two more", |n| json!(n + 2)),
    ("a thousand more", |n| json!(n + 1000)),
    ("minus one", |_| json!(-1)),
    ("its negative", |n| json!(-i64::try_from(n).unwrap() - 1)),
    ("over 2^53", |n| json!((1_u64 << 53) + 1 + n)),
    ("the largest", |_| json!(u64::MAX)),
    ("a fraction", |_| json!(1.5)),
];

/// Spoils the next `count` answers at `place` in which there is something to spoil.
fn spoil(
    street: &Street,
    place: Place,
    count: usize,
    change: impl Fn(&mut Value) -> Option<()> + 'static,
) {
    street.plan().spoil(count, move |at, response| {
        if at != place {
            return None;
        }
        let mut answer: Value = serde_json::from_slice(&response.body).ok()?;
        change(&mut answer)?;
        Some(Delivery::with_body(response, answer.to_string()))
    });
}

fn change_seqs(answer: &mut Value, change: Change) -> Option<()> {
    let messages = answer["data"]["messages"].as_array_mut()?;
    for message in &mut *messages {
        let seq = message["seq"].as_u64()?;
        message["seq"] = change(seq);
    }
    (!messages.is_empty()).then_some(())
}

fn change_ack(answer: &mut Value, change: Change) -> Option<()> {
    let ack = answer["data"]["ack"].as_u64()?;
    answer["data"]["ack"] = change(ack);
    Some(())
}

#[test]
fn an_event_with_a_wrong_number_does_no_lasting_harm() {
    let mut street = Street::new();
    for (what, change) in CHANGES {
        spoil(&street, Place::Poll, 1, move |answer| {
            change_seqs(answer, change)
        });
        street.say("bob", "MESSAGE alice hello");
        street.until_spoiled(what);
        street.recovers(what);
        street.told_once(what);
    }
}

#[test]
fn an_acknowledgement_of_too_much_or_too_little_does_no_lasting_harm() {
    let mut street = Street::new();
    for place in [Place::Calls, Place::Poll] {
        for (what, change) in CHANGES {
            spoil(&street, place, 1, move |answer| change_ack(answer, change));
            street.say("alice", "MESSAGE bob hello");
            street.until_spoiled(what);
            street.recovers(what);
            street.told_once(what);
        }
    }
}

#[test]
fn numbers_that_are_wrong_for_minutes_are_told_once() {
    for place in [Place::Calls, Place::Poll] {
        for (what, change) in CHANGES {
            let what = format!("{place:?} {what}");
            let mut street = Street::new();
            street.told_once("before");
            spoil(&street, place, usize::MAX, move |answer| {
                let changed = [change_ack(answer, change), change_seqs(answer, change)];
                changed.into_iter().flatten().next()
            });
            street.say("alice", "MESSAGE bob hello");
            street.say("bob", "MESSAGE alice hello");
            street.world.run_for(SECONDS(SIEGE));
            street.recovers(&what);
            street.told_once(&what);
        }
    }
}

#[test]
fn an_id_that_is_not_our_session_s_is_found_out() {
    let sign_on_again = |street: &Street| street.say("alice", "SET USERSTATUS ONLINE");
    for ssid in ["Zz0ZZZZZZZZZZZZZ", "", "x", "no id\u{e9}", "'\"<>&\\"] {
        let mut street = Street::new();
        for place in [Place::Session, Place::Calls, Place::Poll] {
            let what = format!("{ssid:?} at {place:?}");
            spoil(&street, place, 1, move |answer| {
                *answer.get_mut("data")?.get_mut("ssid")? = ssid.into();
                for message in answer["data"]["messages"]
                    .as_array_mut()
                    .into_iter()
                    .flatten()
                {
                    message["to"]["ssid"] = ssid.into();
                }
                Some(())
            });
            street.say("alice", "SET USERSTATUS OFFLINE");
            street.world.run_for(SECONDS(5));
            sign_on_again(&street);
            street.until_spoiled(&what);
            street.recovers(&what);
            street.told_once(&what);
        }
    }
}

#[test]
fn events_of_a_kind_that_cannot_be_read_are_told_once() {
    let mut street = Street::new();
    street.told_once("before");
    spoil(&street, Place::Poll, usize::MAX, |answer| {
        let messages = answer["data"]["messages"].as_array_mut()?;
        let mut found = None;
        for message in messages.iter_mut().filter(|m| kind(m) == "im/recv_im") {
            message["data"]["edata"]["msg"] = json!(7);
            found = Some(());
        }
        found
    });
    for number in 0..20 {
        street.say("bob", &format!("MESSAGE alice hello {number}"));
        street.world.run_for(SECONDS(5));
    }
    street.recovers("unreadable texts");
    let told = street.told_once("unreadable texts");
    assert_eq!(told.len(), 1, "{told:?}");
}
