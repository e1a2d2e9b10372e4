//! What reaches the store of a host, what a crash takes, and what the password workers say.
//! Never looks at the network.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use imo2sproxy_core::io::{Input, JobId, LoadId, Output, Outputs, StoreId};
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::store::{Query, StoreError, StoreOp};
use imo2sproxy_sim::sweep::for_each_seed;
use imo2sproxy_sim::{Faults, World};

use crate::toys::*;

fn put(op: u64, key: &str) -> Output {
    Output::Store {
        op: StoreId(op),
        changes: Arc::new(vec![StoreOp::Put {
            key: key.into(),
            value: b"1".into(),
        }]),
    }
}

fn list(load: u64) -> Output {
    Output::Load {
        load: LoadId(load),
        queries: vec![Query::Range {
            prefix: String::new(),
            after: None,
            limit: 1000,
            newest_first: false,
        }],
    }
}

type Log = Rc<RefCell<Vec<String>>>;

/// Asks `first` at its start and logs the answers.
fn asker(first: Vec<Output>) -> (impl imo2sproxy_core::io::Machine, Log) {
    let log = Log::default();
    let kept = log.clone();
    let machine = Toy::new(move |_, input, out: &mut Outputs| match input {
        Input::Start => first.iter().for_each(|output| out.push(output.clone())),
        Input::Loaded { load, result } => log.borrow_mut().push(match result {
            Ok(records) => {
                let keys: Vec<_> = records.iter().map(|r| r.key.as_str()).collect();
                format!("load {}: {}", load.0, keys.join(" "))
            }
            Err(error) => format!("load {}: {error:?}", load.0),
        }),
        Input::Stored { op, result } => {
            log.borrow_mut().push(format!("store {}: {result:?}", op.0));
        }
        Input::Hashed { job, hash } => log.borrow_mut().push(format!("{}: {hash}", job.0)),
        Input::Verified { job, ok } => log.borrow_mut().push(format!("{}: {ok}", job.0)),
        _ => {}
    });
    (machine, kept)
}

fn answers(faults: Faults, questions: Vec<Output>) -> Vec<String> {
    let (machine, log) = asker(questions);
    let mut world = World::new(1, faults);
    world.host("asker", machine);
    world.run_for(MINUTE);
    log.take()
}

#[test]
fn a_load_sees_every_store_that_was_asked_for_before_it_and_none_after() {
    let questions = vec![put(0, "a"), list(0), put(1, "b"), list(1), put(2, "c")];
    let expected = [
        "store 0: Ok(())",
        "load 0: a",
        "store 1: Ok(())",
        "load 1: a b",
        "store 2: Ok(())",
    ];
    assert_eq!(answers(Faults::none(), questions.clone()), expected);
    let slow = Faults {
        store_fails: 0,
        full_disk: 0,
        load_fails: 0,
        ..Faults::rough()
    };
    assert_eq!(answers(slow, questions), expected);
}

#[test]
fn a_store_that_fails_has_done_nothing_and_a_load_that_fails_says_so() {
    let only = |store_fails, load_fails| Faults {
        store_fails,
        load_fails,
        ..Faults::none()
    };
    let questions = vec![put(0, "a"), list(0)];
    let full = format!("store 0: Err({:?})", StoreError::Full);
    assert_eq!(
        answers(only(100, 0), questions.clone()),
        [&full, "load 0: "]
    );
    assert_eq!(
        answers(only(0, 100), questions),
        ["store 0: Ok(())", "load 0: Io"]
    );
}

#[test]
fn a_crash_takes_only_what_was_never_confirmed() {
    for_each_seed(|seed| {
        let confirmed = Rc::new(RefCell::new(0_u64));
        let count = confirmed.clone();
        let faults = Faults {
            store_fails: 0,
            full_disk: 0,
            ..Faults::rough()
        };
        let mut world = World::new(seed, faults);
        let writer = Toy::new(move |_, input, out| {
            let next = match input {
                Input::Start => 0,
                Input::Stored { op, .. } => {
                    *count.borrow_mut() = op.0 + 1;
                    op.0 + 1
                }
                _ => return,
            };
            out.push(put(next, &format!("{next:04}")));
        });
        world.host("writer", writer);
        let life = world.rng("life").between(0, 3000);
        world.run_for(Duration::from_millis(life));
        world.kill("writer");
        let confirmed = *confirmed.borrow();
        world.run_for(MINUTE);
        let left = world.store("writer").len() as u64;
        assert!(left == confirmed || left == confirmed + 1);

        let (reader, log) = asker(vec![list(0)]);
        world.heal();
        world.restart("writer", reader);
        world.run_for(MINUTE);
        let keys: Vec<_> = (0..left).map(|n| format!("{n:04}")).collect();
        assert_eq!(*log.borrow(), [format!("load 0: {}", keys.join(" "))]);
    });
}

#[test]
fn an_answer_meant_for_a_machine_that_died_does_not_reach_the_next_one() {
    let (first, log) = asker(vec![put(0, "a"), list(0)]);
    let mut world = World::new(1, Faults::none());
    world.host("asker", first);
    world.reaches(|world| !world.store("asker").is_empty(), MINUTE);
    assert_eq!(*log.borrow(), [""; 0]);
    world.kill("asker");
    let (second, heard) = asker(vec![]);
    world.restart("asker", second);
    world.run_for(MINUTE);
    assert_eq!(*log.borrow(), [""; 0]);
    assert_eq!(*heard.borrow(), [""; 0]);
}

#[test]
fn a_password_fits_its_own_hash_and_no_other() {
    let hash = |job, secret| Output::Hash {
        job: JobId(job),
        secret: Secret::from(secret),
    };
    let hashes = answers(Faults::none(), vec![hash(0, "pw1")]);
    let made = hashes[0].strip_prefix("0: ").unwrap();
    assert!(made.starts_with("sim$") && !made.contains("pw1"));
    let verify = |job, secret| Output::Verify {
        job: JobId(job),
        secret: Secret::from(secret),
        hash: made.to_owned(),
    };
    let questions = vec![verify(1, "pw1"), verify(2, "pw2")];
    assert_eq!(answers(Faults::none(), questions), ["1: true", "2: false"]);
}

#[test]
#[should_panic(expected = "asks Store(StoreId(0)) while it waits for it")]
fn a_question_under_a_name_in_use_is_found_out() {
    answers(Faults::none(), vec![put(0, "a"), put(0, "b")]);
}
