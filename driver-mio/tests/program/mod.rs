//! The real program, run by the tests as a user would run it.
//! Never checks anything about what it says.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program, in an environment without a home of its own.
pub(crate) fn program(home: &Path, args: &[&str]) -> Command {
    program_in(&[], home, args)
}

/// The same behind the words of another program that starts it.
pub(crate) fn program_in(wrapper: &[&str], home: &Path, args: &[&str]) -> Command {
    let words = [wrapper, &[env!("CARGO_BIN_EXE_imo2sproxy")], args].concat();
    let mut command = Command::new(words[0]);
    for name in ["https_proxy", "http_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    command
        .args(&words[1..])
        .env_remove("IMO2SPROXY_PASSWORD")
        .env_remove("IMO2SPROXY_LOG")
        .env_remove("NOTIFY_SOCKET")
        .env_remove("INVOCATION_ID")
        .env_remove("XDG_DATA_HOME")
        .env("HOME", home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it to its end with `input`.
pub(crate) fn run(args: &[&str], input: &str) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut child = program(home.path(), args).spawn().unwrap();
    // A program that has refused its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// What it said, which is always UTF-8.
pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A failed run: its exit code and its one line.
pub(crate) fn failure(output: &Output) -> (i32, &str) {
    assert_eq!(text(&output.stdout), "");
    let line = text(&output.stderr);
    assert_eq!(line.lines().count(), 1, "{line}");
    (output.status.code().unwrap(), line.trim_end())
}
