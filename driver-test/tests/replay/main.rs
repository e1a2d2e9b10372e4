//! Recorded sessions are replayed, and recorded anew: the library in `driver-test/sessions`, and whatever rough worlds do.
//! Never changes a file, unless `SESSIONS=record` asks for that (`cargo xtask sessions`).
#![expect(
    clippy::unwrap_used,
    reason = "all of this is test code, helpers included"
)]

mod every_byte;
mod kill_points;
mod original;
mod rough;
mod scenes;
mod stage;
mod stand_in;

use imo2sproxy_sim::town;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use imo2sproxy_core::replay::{Mode, Verdict, replay};
use imo2sproxy_core::trace::{Line, Trace};
use scenes::Scene;

/// What is in the folder beside our own recordings: a session of another program, in a form of its own.
const FOREIGN: &str = "original-client";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sessions")
}

fn file(name: &str) -> PathBuf {
    folder().join(format!("{name}.jsonl"))
}

fn read(name: &str) -> String {
    let path = file(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Replays a trace twice and fails unless nothing differs.
#[track_caller]
fn check_same(name: &str, text: &str) {
    let trace = Trace::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    for mode in [Mode::Strict, Mode::Strict, Mode::Calls] {
        let verdict = replay(&trace, mode).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(matches!(verdict, Verdict::Same { .. }), "{name}: {verdict}");
    }
}

#[test]
fn every_session_of_the_library_is_replayed_to_the_byte_twice() {
    for Scene { name, .. } in scenes::ALL {
        let text = read(name);
        check_same(name, &text);
        let trace = Trace::parse(&text).unwrap();
        assert_eq!(trace.text(), text, "{name}");
        assert!(matches!(trace.lines.last(), Some(Line::End(_))), "{name}");
    }
}

/// A session that nobody can record any more would stay as it is for ever, and mean nothing in the end.
#[test]
fn every_session_of_the_library_is_what_its_scene_records_today() {
    let records = std::env::var_os("SESSIONS").is_some_and(|value| value == "record");
    for scene in scenes::ALL {
        let (name, text) = (scene.name, scene.record());
        if records {
            fs::write(file(name), &text).unwrap();
        }
        let differs = read(name)
            .lines()
            .zip(text.lines())
            .position(|(old, new)| old != new);
        assert!(
            read(name) == text,
            "{name} goes another way now, from line {:?} on; if that is right, run cargo xtask sessions",
            differs.map(|index| index + 1)
        );
    }
}

#[test]
fn every_file_of_the_library_has_its_scene() {
    let files = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files: BTreeSet<String> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let names = scenes::ALL.iter().map(|scene| scene.name.to_owned());
    assert_eq!(files, names.chain([FOREIGN.to_owned()]).collect());
}

#[test]
fn no_session_of_the_library_shows_a_password() {
    for Scene { name, .. } in scenes::ALL {
        let text = read(name);
        for secret in [scenes::PASSWORD, scenes::WRONG, scenes::ACCESS] {
            assert!(!text.contains(secret), "{name} shows {secret}");
        }
        assert!(!text.contains("blurred"), "{name}");
    }
}

/// Each output of a session is looked at: whichever is changed, the replay finds it, at its line.
#[test]
fn a_change_of_any_output_is_found_where_it_is() {
    let text = read("login");
    let trace = Trace::parse(&text).unwrap();
    let outputs = trace.lines.iter().enumerate();
    for (index, line) in outputs.filter(|(_, line)| matches!(line, Line::Out(..))) {
        let mut changed = trace.clone();
        changed.lines[index] = Line::Out(line.time(), other_output());
        let verdict = replay(&changed, Mode::Strict).unwrap();
        let Verdict::Different(difference) = verdict else {
            panic!("line {}: {verdict}", index + 2);
        };
        assert_eq!(difference.line, index + 2, "{difference:?}");
        changed.lines.remove(index);
        let verdict = replay(&changed, Mode::Strict).unwrap();
        assert!(
            matches!(verdict, Verdict::Different(_)),
            "line {}",
            index + 2
        );
    }
}

/// What older versions said to clients, and when they ticked, may be another matter; what they asked the service for is not.
#[test]
fn in_the_looser_mode_only_requests_count() {
    let text = read("expiry");
    let calls = |text: &str| replay(&Trace::parse(text).unwrap(), Mode::Calls).unwrap();
    let is_to_client = |line: &str| line.contains("\"out\":\"send\",\"conn\":\"c");
    let is_tick = |line: &str| line.contains("\"in\":\"tick\"");
    let without = |dropped: &dyn Fn(&str) -> bool| -> String {
        text.split_inclusive('\n')
            .filter(|line| !dropped(line))
            .collect()
    };
    for changed in [without(&is_to_client), without(&is_tick)] {
        assert_ne!(changed, text);
        let verdict = calls(&changed);
        assert!(
            matches!(verdict, Verdict::Same { compared } if compared > 10),
            "{verdict}"
        );
    }
    let other_text = text.replace("over%20the%20gap", "over%20all%20else");
    assert_ne!(other_text, text);
    let Verdict::Different(difference) = calls(&other_text) else {
        panic!("the change was not found");
    };
    let mut lines = other_text.lines();
    let place = lines.position(|line| line.contains("over%20all%20else"));
    assert_eq!(Some(difference.line - 1), place);
    assert!(difference.got.contains("over the gap"), "{difference:?}");
}

fn other_output() -> imo2sproxy_core::trace::Out {
    let line = Line::parse(r#"{"t":0,"out":"read-file","job":77,"name":"other","max":1}"#);
    match line {
        Ok(Line::Out(_, out)) => out,
        other => panic!("{other:?}"),
    }
}
