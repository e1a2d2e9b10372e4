//! How much of everything a client can make the daemon take or keep.
//! Never about its time.

use crate::doorstep::{Doorstep, frame};

/// The announcement of a frame, and one byte of it.
fn announce(length: u32) -> Vec<u8> {
    [&length.to_le_bytes()[..], b"G"].concat()
}

#[test]
fn a_client_frame_over_4_kib_before_login_closes_the_connection() {
    let mut step = Doorstep::with_client(Some("access"));
    step.say(&announce(4 * 1024));
    assert!(!step.closed, "this long it may be");
    let mut step = Doorstep::with_client(Some("access"));
    step.say(&announce(4 * 1024 + 1));
    assert!(step.closed, "nothing of it is waited for");
}

#[test]
fn a_client_frame_over_256_kib_after_login_closes_the_connection() {
    let come = || {
        let mut step = Doorstep::with_client(None);
        step.say(&frame("PING"));
        step
    };
    let mut step = come();
    step.say(&announce(256 * 1024));
    assert!(!step.closed, "this long it may be");
    let mut step = come();
    step.say(&announce(256 * 1024 + 1));
    assert!(step.closed);
}

#[test]
fn from_64_kib_unsent_on_no_command_is_taken_from_that_client_until_it_reads() {
    let mut step = Doorstep::with_client(None);
    let pings = frame("PING").repeat(1000);
    for _ in 0..30 {
        step.say(&pings);
    }
    let said = step.said;
    assert!((64 * 1024..65 * 1024).contains(&said), "{said}");
    assert!(!step.closed);
    step.take(60 * 1024);
    assert!(step.said > said, "it is heard again");
}
