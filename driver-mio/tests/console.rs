//! The console as its user meets it, against daemons that the tests play byte by byte.
//! Never needs a real daemon, but for the session that the console runs itself.
#![expect(
    clippy::unwrap_used,
    reason = "all of this is test code, helpers included"
)]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

mod program;

use program::{failure, program, run, text};

/// One step of a daemon that is played by a test.
enum Step {
    Read(Vec<u8>),
    Write(Vec<u8>),
}

fn frame(line: &str) -> Vec<u8> {
    let length = u32::try_from(line.len()).unwrap();
    [&length.to_le_bytes()[..], line.as_bytes()].concat()
}

/// Plays a daemon for one client, which must say exactly what the steps read. Gives its address.
fn play(steps: Vec<Step>) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let player = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        for step in steps {
            match step {
                Step::Read(expected) => {
                    let mut got = vec![0; expected.len()];
                    client.read_exact(&mut got).unwrap();
                    assert_eq!(got, expected);
                }
                Step::Write(bytes) => client.write_all(&bytes).unwrap(),
            }
        }
        // Stays until the client has gone, or has nothing more to hear.
        let _ = client.read(&mut [0; 1]);
    });
    (address, player)
}

#[test]
fn the_console_sends_lines_and_shows_replies() {
    let (address, player) = play(vec![
        Step::Read(vec![0, 0, 0, 0, 2]),
        Step::Write(vec![0]),
        Step::Read([frame("PING"), frame("#1 GET \u{fc}")].concat()),
        Step::Write([frame("PONG"), frame("#1 BODY a\nb\u{1b}[2J")].concat()),
    ]);
    let output = run(
        &["console", "--connect", &address],
        "PING\r\n\n#1 GET \u{fc}",
    );
    assert_eq!(text(&output.stdout), "PONG\n#1 BODY a\n  b\\u{1b}[2J\n");
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    player.join().unwrap();
}

#[test]
fn the_console_gives_the_password_that_a_daemon_wants() {
    let (address, player) = play(vec![
        Step::Read(vec![0, 0, 0, 0, 1]),
        Step::Write(vec![1]),
        Step::Read(frame("pw1")),
        Step::Write(vec![1]),
        Step::Read(vec![0, 0, 0, 0, 2]),
        Step::Write([&[1][..], &frame("USERSTATUS ONLINE")].concat()),
    ]);
    let args = [
        "console",
        "--connect",
        &address,
        "-k",
        "pw1",
        "--linger",
        "1",
    ];
    let output = run(&args, "");
    assert_eq!(text(&output.stdout), "USERSTATUS ONLINE\n");
    assert_eq!(output.status.code(), Some(0));
    player.join().unwrap();
}

#[test]
fn the_console_says_in_one_line_why_it_cannot_talk() {
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    let (wants, _) = play(vec![Step::Read(vec![0, 0, 0, 0, 2]), Step::Write(vec![1])]);
    let (refuses, _) = play(vec![
        Step::Read(vec![0, 0, 0, 0, 1]),
        Step::Write(vec![1]),
        Step::Read(frame("pw2")),
        Step::Write(vec![0]),
    ]);
    let (closes, _) = play(vec![Step::Read(vec![0; 4])]);
    for (args, words) in [
        (&["--connect", &nobody][..], "connection refused"),
        (&["--connect", &wants], "wants a password"),
        (
            &["--connect", &refuses, "-k", "pw2"],
            "refused the password",
        ),
        (&["--connect", &closes], "connection closed"),
    ] {
        let output = run(&[&["console"], args].concat(), "PING\n");
        let (code, line) = failure(&output);
        assert_eq!(code, 1);
        assert!(line.contains(words), "{line}");
        assert!(!line.contains("pw2"), "{line}");
    }
}

#[test]
fn the_console_ends_when_the_daemon_does() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let home = tempfile::tempdir().unwrap();
    let mut console = program(home.path(), &["console", "--connect", &address])
        .spawn()
        .unwrap();
    let (mut client, _) = listener.accept().unwrap();
    client.read_exact(&mut [0; 5]).unwrap();
    client.write_all(&[0]).unwrap();
    drop(client);
    // Its input is still open: it must not wait for that.
    let stdin = console.stdin.take();
    let output = console.wait_with_output().unwrap();
    drop(stdin);
    let (code, line) = failure(&output);
    assert_eq!((code, line), (1, "the daemon closed the connection"));
}

#[test]
fn a_console_with_a_session_of_its_own_shows_replies_only() {
    let args = [
        "console",
        "--data-dir",
        ":memory:",
        "--password-file",
        "-",
        "alice",
    ];
    let output = run(&args, "secret-1\nPING\n");
    let replies = text(&output.stdout);
    assert!(replies.lines().any(|line| line == "PONG"), "{replies}");
    assert!(!replies.contains("listening"), "{replies}");
    let said = text(&output.stderr);
    assert!(said.contains("upstream embedded"), "{said}");
    assert!(!said.contains("secret-1"), "{said}");
    assert_eq!(output.status.code(), Some(0));
}
