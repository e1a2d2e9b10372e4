//! Sweeps: whole rough lives of people who chat, one for each seed, held to every promise after every step.
//! Never knows how a machine does it: the model compares what was said, heard and stored.
//!
//! `SIM_SEEDS` says how many seeds, `SIM_SEED` plays one alone; `cargo xtask sim` is the long form.

use std::cell::RefCell;

use imo2sproxy_sim::Fired;
use imo2sproxy_sim::play::play;
use imo2sproxy_sim::scenario::Scenario;
use imo2sproxy_sim::sweep::{Knobs, for_each_seed, play_seed};

/// With so many seeds each kind of fault is to have happened.
const SEEDS_FOR_ALL: u64 = 200;

#[test]
fn whatever_happens_to_people_who_chat_every_promise_is_kept() {
    let fired = RefCell::new(Fired::default());
    for_each_seed(|seed| fired.borrow_mut().merge(&play_seed(seed).fired));
    let (knobs, fired) = (Knobs::from_env(), fired.into_inner());
    if knobs.seed.is_none() && knobs.seeds >= SEEDS_FOR_ALL {
        let never = fired.iter().filter(|(_, count)| *count == 0);
        let never: Vec<_> = never.map(|(fault, _)| fault.name()).collect();
        assert_eq!(never, [""; 0], "these never happened");
    }
}

#[test]
fn a_seed_is_always_the_same_run() {
    for seed in 1..=5 {
        let run = || play(&Scenario::draw(seed), false);
        assert_eq!(run(), run(), "two runs of seed {seed}");
    }
    let hash = |seed| play(&Scenario::draw(seed), false).hash;
    assert_ne!(hash(7), hash(8));
}
