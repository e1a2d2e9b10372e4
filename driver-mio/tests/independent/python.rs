//! The two programs in Python: how they are started.
//! Never goes on without Python.

use std::process::{Command, Stdio};

/// One of the programs beside this file, with these arguments.
pub(crate) fn python(program: &str, args: &[&str]) -> Command {
    let version = Command::new("python3").arg("--version").output();
    assert!(
        version.is_ok_and(|version| version.status.success()),
        "this test needs python3, version 3.10 or newer, in the PATH"
    );
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/independent/");
    let mut command = Command::new("python3");
    command
        .arg(format!("{path}{program}"))
        .args(args)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}
