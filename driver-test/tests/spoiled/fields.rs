//! Every field of everything that a service says, replaced by something else, one at a time.
//! Never about answers that are no JSON at all.

use serde_json::{Value, json};

use crate::spoil::{Step, describe, paths, spoiled, wrongs};
use crate::street::Street;
use crate::tour::{kind, samples};
use crate::town::SECONDS;
use imo2sproxy_sim::gate::{Delivery, Place};

/// More cases in one world would let it run into its limit of inputs.
const CASES_PER_WORLD: usize = 400;

/// The answer with its `at`th message replaced by the text `message`, and that one's number kept if it has none of its own.
fn replace_message(answer: &Value, at: usize, message: &str) -> String {
    let mark = "\u{1}message\u{1}";
    let mut answer = answer.clone();
    answer["data"]["messages"][at] = mark.into();
    answer
        .to_string()
        .replacen(&Value::from(mark).to_string(), message, 1)
}

/// Runs all cases, each `(words, message of any kind, text of the spoiled one)`, in as many worlds as it takes: in each of
/// them bob sends a text, in place of which alice's daemon gets the spoiled message.
fn run_all(cases: &[(String, String)]) {
    assert!(cases.len() > 1_000, "only {} cases", cases.len());
    for some in cases.chunks(CASES_PER_WORLD) {
        let mut street = Street::new();
        for (what, text) in some {
            let text = text.clone();
            street.plan().spoil(1, move |place, response| {
                let answer: Value = serde_json::from_slice(&response.body).ok()?;
                let messages = answer["data"]["messages"].as_array()?;
                let at = messages.iter().position(|m| kind(m) == "im/recv_im")?;
                assert_eq!(place, Place::Poll);
                let seq = messages[at]["seq"].to_string();
                let text = text.replacen("\"SEQ\"", &seq, 1);
                Some(Delivery::with_body(
                    response,
                    replace_message(&answer, at, &text),
                ))
            });
            street.say("bob", "MESSAGE alice to be replaced");
            street.until_spoiled(what);
            street.recovers(what);
            street.told_once(what);
        }
    }
}

/// Does `deed` once for each value in `sample` and each wrong one, and spoils that value in the first answer at `place` that
/// `find` shows the way in.
fn run_in_place(
    sample: &Value,
    place: Place,
    deed: impl Fn(&mut Street),
    find: impl Fn(&Value) -> Option<Vec<Step>> + Copy + 'static,
) {
    let mut street = Street::new();
    for path in paths(sample) {
        for wrong in wrongs() {
            if path.is_empty() && wrong.is_none() {
                continue;
            }
            let what = format!("{place:?} {}", describe(&path, wrong.as_deref()));
            let path = path.clone();
            street.plan().spoil(1, move |at, response| {
                let answer: Value = serde_json::from_slice(&response.body).ok()?;
                let mut way = find(&answer).filter(|_| at == place)?;
                way.extend(path.iter().cloned());
                let text = spoiled(&answer, &way, wrong.as_deref())?;
                Some(Delivery::with_body(response, text))
            });
            deed(&mut street);
            street.until_spoiled(&what);
            street.recovers(&what);
            street.told_once(&what);
        }
    }
}

/// Each sample with each of its values spoiled, its number and the whole of it included.
fn cases_of(samples: &[Value]) -> Vec<(String, String)> {
    let mut cases = Vec::new();
    for sample in samples {
        let mut sample = sample.clone();
        sample["seq"] = "SEQ".into();
        for path in paths(&sample) {
            for wrong in wrongs() {
                let wrong = wrong.as_deref();
                let Some(text) = spoiled(&sample, &path, wrong) else {
                    continue;
                };
                let what = format!("{} {}", kind(&sample), describe(&path, wrong));
                cases.push((what, text));
            }
        }
    }
    cases
}

/// Those of all samples whose kind fits one of `starts`; results name a request, and are spoiled where they stand.
fn some_samples(fits: impl Fn(&str) -> bool) -> Vec<Value> {
    let mut samples = samples();
    samples.retain(|sample| {
        let kind = kind(sample);
        !kind.starts_with("internal/") && fits(&kind)
    });
    assert!(!samples.is_empty());
    samples
}

#[test]
fn no_field_of_what_is_told_of_contacts_does_lasting_harm() {
    let samples = some_samples(|kind| kind.starts_with("im/buddy_"));
    run_all(&cases_of(&samples));
}

#[test]
fn no_field_of_what_is_told_of_texts_and_calls_does_lasting_harm() {
    let samples = some_samples(|kind| {
        kind.starts_with("av/") || kind.starts_with("im/recv_im") || kind.starts_with("im/reflect")
    });
    run_all(&cases_of(&samples));
}

#[test]
fn no_field_of_anything_else_that_is_told_does_lasting_harm() {
    let samples = some_samples(|kind| {
        !kind.starts_with("av/")
            && !kind.starts_with("im/recv_im")
            && !kind.starts_with("im/reflect")
            && !kind.starts_with("im/buddy_")
    });
    run_all(&cases_of(&samples));
}

#[test]
fn no_field_around_what_is_told_does_lasting_harm() {
    let seen = |place| {
        let street = Street::new();
        let plan = street.plan();
        let found = plan.seen.iter().rev().find(|(at, _)| *at == place);
        serde_json::from_slice::<Value>(&found.unwrap().1).unwrap()
    };
    let mut answer = seen(Place::Calls);
    answer["data"]["messages"] = json!([]);
    let whole = |_: &Value| Some(Vec::new());
    run_in_place(
        &answer,
        Place::Poll,
        |street| street.say("bob", "MESSAGE alice hello"),
        whole,
    );
    run_in_place(
        &answer,
        Place::Calls,
        |street| street.say("alice", "MESSAGE bob hello"),
        whole,
    );
    let sign_on_again = |street: &mut Street| {
        street.say("alice", "SET USERSTATUS OFFLINE");
        street.world.run_for(SECONDS(5));
        street.say("alice", "SET USERSTATUS ONLINE");
    };
    run_in_place(&seen(Place::Session), Place::Session, sign_on_again, whole);
}

#[test]
fn no_field_of_a_result_does_lasting_harm() {
    for sample in samples() {
        let (result, deed) = match kind(&sample).as_str() {
            "internal/response" => ("internal/response", "MESSAGE bob hello"),
            "internal/error" => ("internal/error", "MESSAGE nobody hello"),
            _ => continue,
        };
        let find = move |answer: &Value| {
            let messages = answer["data"]["messages"].as_array()?;
            let at = messages.iter().position(|m| kind(m) == result)?;
            let fields = ["data", "messages"].map(|name| Step::Field(name.into()));
            Some([&fields[..], &[Step::Item(at)]].concat())
        };
        run_in_place(
            &sample,
            Place::Poll,
            |street| street.say("alice", deed),
            find,
        );
    }
}
