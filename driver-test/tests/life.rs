//! Whole rough lives of many seeds.
use imo2sproxy_sim::sweep::{for_each_seed, play_seed};

#[test]
fn whatever_happens_to_people_who_chat_every_promise_is_kept() {
    for_each_seed(|seed| {
        let _ = play_seed(seed);
    });
}
