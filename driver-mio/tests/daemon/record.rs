//! Sessions that the real program has recorded over real sockets, and that it replays.
//! Never compares by itself: `imo2sproxy replay` does, as anybody would.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;
use std::time::Duration;

use crate::program::{failure, run, text};
use crate::town::{PASSWORD, Town, acquaint};

fn replay(files: &[&str]) -> Output {
    run(&[&["replay"], files].concat(), "")
}

#[track_caller]
fn check_same(file: &str) {
    let output = replay(&[file]);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}{}", text(&output.stderr));
    assert!(said.starts_with(&format!("{file}: ok, ")), "{said}");
}

#[test]
fn what_a_daemon_and_its_service_have_recorded_is_replayed_as_it_was() {
    let (town, mut service) = Town::with_recorded_service("service.jsonl");
    let (alices_file, services_file) = (town.path("alice.jsonl"), town.path("service.jsonl"));
    let alices = town.daemon_here("alice", &["-v", "--record", &alices_file]);
    let bobs = town.daemon("bob");
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    acquaint(&mut alice, &mut bob);
    alice.send("bob", "Gr\u{fc}\u{df}e \u{1F600} \"quoted\"");
    assert_eq!(bob.hear_text(), "Gr\u{fc}\u{df}e \u{1F600} \"quoted\"");
    bob.send("alice", "and back");
    assert_eq!(alice.hear_text(), "and back");
    alices.stop();
    bobs.stop();
    assert_eq!(service.stop().0, Some(0));
    for file in [&alices_file, &services_file] {
        let mode = fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let recorded = fs::read_to_string(file).unwrap();
        assert!(recorded.contains("and back") && !recorded.contains(PASSWORD));
        assert!(!recorded.contains("$argon2id$"));
        // Twice, since nothing may depend on the moment.
        check_same(file);
        check_same(file);
    }
}

#[test]
fn what_was_recorded_before_a_kill_is_replayed_and_the_next_run_is_appended() {
    let town = Town::new();
    let file = town.path("alice.jsonl");
    let daemon = town.daemon_with("alice", &["--record", &file]);
    let mut alice = daemon.client();
    alice.send("echo123", "before the kill");
    alice.hear_message();
    // Lines wait for a second at most, and those that could be the start of a secret for another one.
    std::thread::sleep(Duration::from_millis(2_500));
    daemon.kill();
    let recorded = fs::read_to_string(&file).unwrap();
    assert!(recorded.contains("before the kill") && !recorded.contains("\"end\""));
    check_same(&file);

    fs::write(&file, recorded + "{\"t\":99").unwrap();
    let daemon = town.daemon_with("alice", &["--record", &file]);
    daemon.client().send("echo123", "after the kill");
    daemon.stop();
    let output = replay(&[&file]);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}{}", text(&output.stderr));
    assert_eq!(said.matches(": ok, ").count(), 2, "{said}");
}

#[test]
fn a_difference_is_shown_with_its_line_and_what_is_no_trace_is_refused() {
    let town = Town::new();
    let file = town.path("alice.jsonl");
    let daemon = town.daemon_with("alice", &["--record", &file]);
    daemon.client().send("echo123", "hello");
    daemon.stop();
    let recorded = fs::read_to_string(&file).unwrap();
    let changed = recorded.replacen("USERSTATUS ONLINE", "USERSTATUS OFFLINE", 1);
    assert_ne!(changed, recorded);
    let (other, none) = (town.path("changed.jsonl"), town.path("none.jsonl"));
    fs::write(&other, &changed).unwrap();
    fs::write(&none, "hello\n").unwrap();

    let output = replay(&[&other, &file]);
    assert_eq!(output.status.code(), Some(1));
    let mut both = changed.lines().zip(recorded.lines());
    let place = 1 + both.position(|(one, other)| one != other).unwrap();
    let said = text(&output.stdout);
    assert!(
        said.contains(&format!("changed.jsonl: line {place} differs\n  expected ")),
        "{said}"
    );
    assert!(
        said.contains("USERSTATUS ONLINE") && said.contains("alice.jsonl: ok"),
        "{said}"
    );

    let output = replay(&[&none, &town.path("missing.jsonl"), &file]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(
        said.contains("none.jsonl: line 1: no header of a recorded session"),
        "{said}"
    );
    assert!(said.contains("missing.jsonl: no such file"), "{said}");
    assert!(text(&output.stdout).contains("alice.jsonl: ok"));
}

#[test]
fn a_password_that_cannot_be_hidden_is_refused_unless_secrets_are_kept() {
    let town = Town::new();
    let (file, data) = (town.path("alice.jsonl"), town.path("alice"));
    let args = [
        "-p",
        "0",
        "--data-dir",
        &data,
        "--record",
        &file,
        "alice",
        "tea & cake",
    ];
    let output = run(&args, "");
    let (code, line) = failure_after_start(&output);
    assert_eq!(code, 2);
    assert!(
        line.contains("the password of alice cannot be hidden"),
        "{line}"
    );
    assert!(
        line.contains("--keep-secrets") && !line.contains("tea"),
        "{line}"
    );
    assert!(!fs::exists(&file).unwrap());

    let daemon = town.daemon_of(
        "alice",
        "tea & cake",
        &["--record", &file, "--keep-secrets"],
    );
    daemon.client().send("echo123", "hello");
    daemon.stop();
    assert!(fs::read_to_string(&file).unwrap().contains("tea & cake"));
    check_same(&file);
}

/// A failed run that may have warned of a password on its command line before.
fn failure_after_start(output: &Output) -> (i32, &str) {
    let said = text(&output.stderr);
    let last = said.lines().next_back().unwrap_or_default();
    assert_eq!(text(&output.stdout), "");
    (output.status.code().unwrap(), last)
}

#[test]
fn a_replay_of_nothing_is_a_wrong_usage() {
    let output = replay(&[]);
    let (code, line) = failure(&output);
    assert_eq!(code, 2);
    assert!(line.contains("TRACE"), "{line}");
}
