//! Files for clients on this machine, and the operator's call handler.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Instant;

use imo2sproxy::call_handler::CallHandling;
use imo2sproxy_core::io::{Input, JobId, Output};

use crate::helpers::{Engine, PATIENCE, Setup};

fn write(job: u64, name: &str, bytes: &[u8]) -> Output {
    Output::WriteFile {
        job: JobId(job),
        name: name.into(),
        bytes: bytes.into(),
    }
}

fn read(job: u64, name: &str) -> Output {
    Output::ReadFile {
        job: JobId(job),
        name: name.into(),
        max: 10,
    }
}

/// An engine whose machine asks for `outputs` at its start and tells the answers.
fn asks(setup: Setup, outputs: Vec<Output>) -> Engine {
    setup.start(move |_, input, out, teller| match input {
        Input::Start => outputs.iter().for_each(|output| out.push(output.clone())),
        Input::FileWritten { job, result } => teller.tell(format!("{}: {result:?}", job.0)),
        Input::FileRead { job, result } => {
            let result = result
                .as_ref()
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            teller.tell(format!("{}: {result:?}", job.0));
        }
        _ => {}
    })
}

#[test]
fn files_are_written_and_read_below_the_folder_in_the_order_of_asking() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.jpg");
    let setup = Setup {
        files: Some(folder.path().to_owned()),
        ..Setup::default()
    };
    let engine = asks(
        setup,
        vec![
            read(1, "a.jpg"),
            write(2, "a.jpg", b"picture"),
            read(3, "a.jpg"),
            write(4, "a.jpg", b"another"),
            write(5, path.to_str().unwrap(), b"a long picture"),
            read(6, "b.jpg"),
            write(7, "../c.jpg", b"picture"),
            read(8, "C:\\a.jpg"),
        ],
    );
    for answer in [
        "1: Err(Missing)",
        "2: Ok(())",
        "3: Ok(\"picture\")",
        "4: Err(Exists)",
        "5: Ok(())",
        "6: Err(TooLarge)",
        "7: Err(Outside)",
        "8: Err(Outside)",
    ] {
        engine.expect(answer);
    }
    assert_eq!(fs::read(path).unwrap(), b"a long picture");
}

#[test]
fn without_a_folder_there_are_no_files() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let name = file.path().to_str().unwrap();
    let outputs = vec![write(1, name, b"picture"), read(2, name)];
    let engine = asks(Setup::default(), outputs);
    engine.expect("1: Err(NoFolder)");
    engine.expect("2: Err(NoFolder)");
    assert_eq!(fs::read(file.path()).unwrap(), b"");
}

fn call(call: u32, incoming: bool) -> Output {
    Output::RunCallHandler {
        peer: "nora $HOME; exit".into(),
        call,
        incoming,
    }
}

fn handles(handling: Option<CallHandling>, outputs: Vec<Output>) -> Engine {
    let setup = Setup {
        calls: handling.unwrap(),
        ..Setup::default()
    };
    asks(setup, outputs)
}

/// Waits until a file has something in it.
fn content(path: &Path) -> String {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        match fs::read_to_string(path) {
            Ok(text) if text.ends_with('\n') => return text,
            _ => std::thread::yield_now(),
        }
    }
    panic!("{} was not written", path.display());
}

#[test]
fn a_call_handler_learns_of_the_call_from_its_environment() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("ring");
    let text = "#!/bin/sh\nread -r line\n\
        echo \"$IMO2S_CALL_PEER|$IMO2S_CALL_ID|$IMO2S_CALL_DIRECTION|$2|$line\" > \"$1$IMO2S_CALL_ID\"\n";
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    let told = folder.path().join("told");
    let line = format!("{} {} $HOME", script.display(), told.display());
    let _engine = handles(
        CallHandling::run(&line),
        vec![call(7, true), call(8, false)],
    );
    let told = |number| content(&folder.path().join(format!("told{number}")));
    assert_eq!(told(7), "nora $HOME; exit|7|in|$HOME|\n");
    assert_eq!(told(8), "nora $HOME; exit|8|out|$HOME|\n");
}

#[test]
fn the_log_hears_of_call_handlers_that_fail() {
    let calls = vec![call(7, true)];
    let engine = handles(CallHandling::run("/nowhere/ring"), calls.clone());
    let told = engine.hear();
    assert!(
        told.starts_with("CallHandlerFailed: call 7: cannot run /nowhere/ring"),
        "{told}"
    );
    let engine = handles(CallHandling::run("false"), calls.clone());
    engine.expect("CallHandlerFailed: the call handler has failed: exit status: 1");
    let engine = handles(Some(CallHandling::Logged), calls);
    assert!(engine.hear().starts_with("Call: call 7 from nora"));
}
