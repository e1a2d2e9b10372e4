//! The command line as users and packages meet it: the real program, its exit codes and its lines.
//! Never looks inside: whatever is checked here could be checked from a shell.
#![expect(
    clippy::unwrap_used,
    reason = "all of this is test code, helpers included"
)]

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};

use tempfile::TempDir;

mod program;
#[path = "program/running.rs"]
mod running;

use program::{failure, program, run, text};
use running::Running;

fn start(home: &TempDir, args: &[&str]) -> Running {
    let mut command = program(home.path(), args);
    command.env("IMO2SPROXY_PASSWORD", "secret-1");
    Running::start(command)
}

#[test]
fn help_and_version_go_to_standard_output() {
    for args in [
        &["--help"][..],
        &["service", "--help"],
        &["console", "--help"],
    ] {
        let output = run(args, "");
        assert!(output.status.success(), "{args:?}");
        assert!(text(&output.stdout).contains("--help"), "{args:?}");
        assert_eq!(text(&output.stderr), "");
    }
    let version = run(&["--version"], "");
    assert!(version.status.success());
    assert!(text(&version.stdout).starts_with("imo2sproxy 0."));
}

#[test]
fn wrong_usage_ends_with_2_and_one_line() {
    for (args, word) in [
        (&[][..], "USERNAME"),
        (&["-D", "alice"], "-D"),
        (&["-m", "a", "alice", "pw"], "-m a"),
        (&["-p", "x", "alice", "pw"], "x"),
        (&["-v", "console"], "after --"),
        (&["--server", "ftp://h/", "alice", "pw"], "https://HOST/"),
        (&["9lives"], "a letter"),
        (&["echo123"], "own contact"),
        (&["-h", "0.0.0.0", "alice", "pw"], "access password"),
        (&["service", "--listen", "0.0.0.0:0"], "--tls-cert"),
        (&["service", "--poll-hold", "0"], "0"),
        (&["console"], "--connect"),
        (&["console", "--connect", "1401"], "ADDR:PORT"),
        (&["alice"], "--password-file"),
    ] {
        let output = run(args, "");
        let (code, line) = failure(&output);
        assert_eq!(code, 2, "{args:?}");
        assert!(line.contains(word), "{line}");
    }
}

#[cfg(unix)]
#[test]
fn a_password_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("pw");
    std::fs::write(&file, "secret-1\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o604)).unwrap();
    let file = file.to_str().unwrap();
    for args in [
        &["--password-file", file, "alice"][..],
        &["--access-password-file", file, "alice", "pw"],
        &["console", "--password-file", file, "alice"],
        &[
            "console",
            "--connect",
            "127.0.0.1:1",
            "--access-password-file",
            file,
        ],
    ] {
        let output = run(args, "");
        let (code, line) = failure(&output);
        assert_eq!(code, 2);
        assert!(line.contains(&format!("chmod 600 {file}")), "{line}");
        assert!(!line.contains("secret-1"));
    }
}

#[cfg(unix)]
#[test]
fn a_daemon_tells_where_it_listens_and_stops_when_asked() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let mut daemon = start(&home, &["-p", "0", "alice"]);
    let port = daemon.port("skypeproxy");
    assert_eq!(daemon.line(), "upstream embedded");
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    let data = home.path().join(".local/share/imo2sproxy");
    let mode = std::fs::metadata(&data).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let store = std::fs::metadata(data.join("store.sqlite")).unwrap();
    assert_eq!(store.permissions().mode() & 0o777, 0o600);
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0));
    assert!(!said.contains("secret-1"), "{said}");
}

#[cfg(unix)]
#[test]
fn the_password_can_come_from_standard_input_or_with_a_warning_from_the_command_line() {
    let home = tempfile::tempdir().unwrap();
    let args = [
        "-p",
        "0",
        "--password-file",
        "-",
        "--data-dir",
        ":memory:",
        "alice",
    ];
    let mut daemon = Running::start(program(home.path(), &args));
    let mut stdin = daemon.child.stdin.take().unwrap();
    stdin.write_all(b"secret-1\n").unwrap();
    daemon.port("skypeproxy");
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0));
    assert!(
        said.contains("keeps nothing") && !said.contains("warning"),
        "{said}"
    );

    let args = ["-p", "0", "--data-dir", ":memory:", "alice", "secret-1"];
    let mut daemon = Running::start(program(home.path(), &args));
    daemon.port("skypeproxy");
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0));
    assert!(
        said.contains("warning: others") && !said.contains("secret-1"),
        "{said}"
    );
}

#[test]
fn a_port_in_use_ends_with_1_and_says_so() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let port = taken.local_addr().unwrap().port().to_string();
    let home = tempfile::tempdir().unwrap();
    let mut command = program(home.path(), &["-p", &port, "alice"]);
    let daemon = command.env("IMO2SPROXY_PASSWORD", "pw").output().unwrap();
    let service = run(&["service", "--listen", &address], "");
    for (output, remedy) in [(&daemon, "-p"), (&service, "--listen")] {
        let (code, line) = failure(output);
        assert_eq!(code, 1);
        assert!(
            line.starts_with(&format!("cannot listen on {address}: address in use; ")),
            "{line}"
        );
        assert!(line.contains(remedy), "{line}");
    }
}

#[test]
fn a_data_folder_belongs_to_one_process() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data");
    let folder = folder.to_str().unwrap();
    let args = ["-p", "0", "--data-dir", folder, "alice"];
    let mut first = start(&home, &args);
    first.port("skypeproxy");
    let mut second = program(home.path(), &args);
    let second = second.env("IMO2SPROXY_PASSWORD", "pw").output().unwrap();
    let expected = format!(
        "data folder {folder} is in use by pid {}; to let two people chat run 'imo2sproxy service' and give both \
         --server http://127.0.0.1:8080/",
        first.child.id()
    );
    assert_eq!(failure(&second), (1, expected.as_str()));
    // A service keeps its things elsewhere, and so does another account of another server.
    let mut service = start(&home, &["service", "--listen", "127.0.0.1:0"]);
    service.port("service");
    drop(first);
    let mut third = start(&home, &args);
    third.port("skypeproxy");
}

#[test]
fn a_data_folder_that_cannot_be_used_is_named() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    std::fs::write(&file, "").unwrap();
    let folder = file.join("data");
    let folder = folder.to_str().unwrap();
    let output = run(
        &["service", "--listen", "127.0.0.1:0", "--data-dir", folder],
        "",
    );
    let (code, line) = failure(&output);
    assert_eq!(code, 1);
    assert!(line.contains(folder), "{line}");
}

#[test]
fn an_unwritable_log_and_missing_certificates_are_wrong_configuration() {
    for (args, word) in [
        (
            &["-l", "/nowhere/a.log", "-p", "0", "alice", "pw"][..],
            "/nowhere/a.log",
        ),
        (
            &["--ca-file", "/nowhere/ca.pem", "-p", "0", "alice", "pw"],
            "--ca-file",
        ),
        (
            &[
                "service",
                "--tls-cert",
                "/nowhere/c",
                "--tls-key",
                "/nowhere/k",
                "--listen",
                "127.0.0.1:0",
            ],
            "--tls-cert",
        ),
    ] {
        let output = run(args, "");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let said = text(&output.stderr);
        assert!(said.lines().last().unwrap().contains(word), "{said}");
    }
}

/// Outside a terminal, hanging up is how log rotation says that it has moved the file.
#[cfg(unix)]
#[test]
fn a_log_that_was_moved_away_is_opened_anew_on_a_hang_up() {
    let home = TempDir::new().unwrap();
    let log = home.path().join("log");
    let mut daemon = start(&home, &["-p", "0", "-l", log.to_str().unwrap(), "alice"]);
    let port = daemon.port("skypeproxy");
    let knock = || {
        let mut client = TcpStream::connect(("127.0.0.1", port)).unwrap();
        client.write_all(b"\x04\0\0\0PING").unwrap();
    };
    let await_lines = |needle: &str| {
        for _ in 0..500 {
            if std::fs::read_to_string(&log).is_ok_and(|text| text.contains(needle)) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("no {needle:?} in the log");
    };
    knock();
    await_lines("client of alice");
    std::fs::rename(&log, home.path().join("log.1")).unwrap();
    daemon.signal("-HUP");
    std::thread::sleep(std::time::Duration::from_millis(300));
    knock();
    await_lines("client of alice");
    assert_eq!(daemon.stop().0, Some(0));
}
