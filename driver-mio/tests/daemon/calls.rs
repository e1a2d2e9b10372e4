//! People call each other, and the operator's program is started for it.
//! Never about what the program does.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use crate::client::PATIENCE;
use crate::town::{Town, acquaint};

/// What a script has written, as soon as it is whole.
#[track_caller]
fn written(path: &str) -> String {
    let begin = Instant::now();
    loop {
        match fs::read_to_string(path) {
            Ok(text) if text.ends_with('\n') => return text,
            _ => assert!(begin.elapsed() < PATIENCE, "{path} is not written"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_call_rings_at_both_ends_and_starts_the_call_handlers() {
    let (town, _service) = Town::with_service();
    let server = format!("https://localhost:{}/", town.port);
    let (ca, script) = (town.path("ca.pem"), town.path("on-call"));
    let text = "#!/bin/sh\n\
                echo \"$IMO2S_CALL_DIRECTION $IMO2S_CALL_PEER $IMO2S_CALL_ID\" >> \"$1\"\n";
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    let daemon = |name: &str| {
        let command = format!("{script} {}", town.path(&format!("{name}-calls")));
        let more = ["-i", "--call-command", &command];
        town.daemon_with(
            name,
            &[&["--server", &server, "--ca-file", &ca], &more[..]].concat(),
        )
    };
    let (alices, bobs) = (daemon("alice"), daemon("bob"));
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    acquaint(&mut alice, &mut bob);

    let placed = alice.ask("CALL bob");
    let own = placed.split(' ').nth(1).unwrap().to_owned();
    assert_eq!(placed, format!("CALL {own} STATUS UNPLACED"));
    let theirs = bob.hear_between("CALL ", " STATUS RINGING");
    alice.hear(&format!("CALL {own} STATUS RINGING"));
    assert_eq!(bob.get(&format!("CALL {theirs} PARTNER_HANDLE")), "alice");
    let taken = format!("ALTER CALL {theirs} ANSWER");
    assert_eq!(bob.ask(&taken), taken);
    alice.hear(&format!("CALL {own} STATUS INPROGRESS"));
    alice.say(&format!("SET CALL {own} STATUS FINISHED"));
    bob.hear(&format!("CALL {theirs} STATUS FINISHED"));

    assert_eq!(
        written(&town.path("alice-calls")),
        format!("out bob {own}\n")
    );
    assert_eq!(
        written(&town.path("bob-calls")),
        format!("in alice {theirs}\n")
    );
}
