//! The limits that users are promised, row by row: the numbers that hold unless others are configured, and for each row the
//! tests that hold it.
//! Never counts a test that is not there: each is looked for in its file.

#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use imo2sproxy_core::config::Limits;

mod comeback;
mod doorstep;
mod entry;
mod full;
mod linger;
mod notices;
mod rows;
mod sizes;
mod times;
mod waiting;

use rows::{OPEN, ROWS};

#[test]
fn every_test_that_holds_a_row_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut missing = Vec::new();
    for (row, tests) in ROWS {
        println!("{row}");
        assert!(!tests.is_empty(), "{row}: nothing holds it");
        for test in *tests {
            println!("    {test}");
            let (file, name) = test.split_once("::").unwrap();
            let text = fs::read_to_string(root.join(file)).unwrap_or_default();
            let is_there = text
                .lines()
                .zip(text.lines().skip(1))
                .any(|(before, line)| {
                    let is_named = line.trim_start().starts_with(&format!("fn {name}("));
                    is_named && before.trim() == "#[test]"
                });
            if !is_there {
                missing.push(*test);
            }
        }
    }
    for row in OPEN {
        println!("no test yet: {row}");
    }
    assert!(missing.is_empty(), "not there: {missing:#?}");
}

#[test]
fn the_numbers_are_those_that_are_promised() {
    let mut limits = Limits::default();
    for (name, value) in [
        ("frame_bytes_before_login", 4 * 1024),
        ("frame_bytes", 256 * 1024),
        ("body_bytes", 32 * 1024),
        ("calls_waiting", 256),
        ("call_bytes_waiting", 512 * 1024),
        ("account_bytes", 1024 * 1024),
        ("unsent_bytes_soft", 64 * 1024),
        ("unsent_bytes", 256 * 1024),
        ("head_bytes", 16 * 1024),
        ("response_bytes", 4 * 1024 * 1024),
        ("request_bytes", 1024 * 1024),
        ("unread_messages", 100_000),
        ("messages_kept", 2_000),
        ("avatar_bytes", 256 * 1024),
        ("unauthenticated", 256),
        ("unauthenticated_per_address", 10),
        ("unauthenticated_bytes", 8 * 1024 * 1024),
        ("logins", 4),
        ("login_failures", 5),
    ] {
        assert_eq!(limits.number(name), Some(value), "{name}");
    }
    for (name, seconds) in [
        ("login_wait", 30),
        ("client_stall", 60),
        ("poll_wait", 60),
        ("request_wait", 30),
        ("backoff_first", 1),
        ("backoff_last", 30),
        ("drain_wait", 10),
        ("login_window", 30),
        ("lockout_first", 30),
        ("lockout_last", 3600),
    ] {
        let wait = limits.wait_mut(name).map(|wait| *wait);
        assert_eq!(wait, Some(Duration::from_secs(seconds)), "{name}");
    }
    let hold = imo2sproxy_core::config::ServiceConfig::default().poll_hold;
    assert_eq!(hold, Duration::from_secs(25));
}

/// Time cannot be measured well enough in a test, so the source is read.
#[test]
fn secrets_are_compared_by_nothing_but_what_takes_constant_time() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let source = |name: &str| fs::read_to_string(root.join("core/src").join(name)).unwrap();
    let secret = source("secret.rs");
    assert!(secret.contains("self.0.as_bytes().ct_eq(other).into()"));
    assert!(secret.contains("self.matches(other.0.as_bytes())"));
    // What is derived would compare byte by byte.
    assert!(!secret.contains("derive(Clone, Default, PartialEq"));
    assert!(source("fingerprint.rs").contains("self.0.ct_eq(&other.0).into()"));
}
