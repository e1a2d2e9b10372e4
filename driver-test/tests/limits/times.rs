//! How long clients may take.
//! Never about what they say.

use std::time::Duration;

use crate::doorstep::{Doorstep, frame};

const MOMENT: Duration = Duration::from_millis(1);

#[test]
fn a_client_that_has_not_logged_in_after_30_seconds_is_closed() {
    let wait = Duration::from_secs(30);
    let mut step = Doorstep::with_client(Some("access"));
    step.say(&[0, 0, 0, 0, 1]);
    step.run(wait - MOMENT);
    assert!(!step.closed);
    step.run(MOMENT);
    assert!(step.closed);
}

#[test]
fn a_client_that_takes_nothing_for_60_seconds_is_closed() {
    let wait = Duration::from_secs(60);
    let mut step = Doorstep::with_client(None);
    step.say(&frame("PING"));
    step.run(wait - MOMENT);
    assert!(!step.closed);
    step.run(MOMENT);
    assert!(step.closed);
}

#[test]
fn a_client_that_takes_a_byte_in_time_stays() {
    let mut step = Doorstep::with_client(None);
    step.say(&frame("PING"));
    for _ in 0..7 {
        step.run(Duration::from_secs(59));
        step.take(1);
    }
    assert!(!step.closed);
}
