//! What an operator does with a daemon and a service: looks, records, stops them, and keeps their accounts.
//! Never touches a process but through the program's own commands.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::client::PATIENCE;
use crate::program::{failure, run, text};
use crate::running::Running;
use crate::town::{PASSWORD, Town, acquaint};

/// Runs a command of the program on the data folder of `name`.
fn command(town: &Town, name: &str, args: &[&str], input: &str) -> Output {
    let folder = town.path(name);
    run(&[args, &["--data-dir", &folder]].concat(), input)
}

/// The same, which must succeed and say nothing on standard error but log lines.
fn done(town: &Town, name: &str, args: &[&str], input: &str) -> String {
    let output = command(town, name, args, input);
    let said = text(&output.stderr);
    assert!(output.status.success(), "{args:?}: {said}");
    text(&output.stdout).into()
}

/// A service that nobody can register with, on the town's folder for it.
fn closed_service(town: &mut Town) -> Running {
    let cert = town.path("cert.pem");
    let key = town.path("key.pem");
    let folder = town.path("service");
    let args = [
        "service",
        "--listen",
        "127.0.0.1:0",
        "--tls-cert",
        &cert,
        "--tls-key",
        &key,
        "--data-dir",
        &folder,
    ];
    let mut service = town.start(&args);
    town.port = service.port("service");
    service
}

#[test]
fn accounts_made_with_and_without_a_running_service_can_chat_where_nobody_registers() {
    let mut town = Town::new();
    town.make_certificates();
    done(&town, "service", &["user", "add", "alice"], PASSWORD);
    let _service = closed_service(&mut town);
    done(
        &town,
        "service",
        &["user", "add", "bob"],
        &format!("{PASSWORD}\nmore"),
    );
    assert_eq!(
        done(&town, "service", &["user", "list"], ""),
        "alice\nbob\n"
    );
    let daemons = ["alice", "bob"].map(|name| town.daemon(name));
    let [mut alice, mut bob] = [daemons[0].client(), daemons[1].client()];
    acquaint(&mut alice, &mut bob);

    done(&town, "service", &["user", "remove", "bob"], "");
    bob.hear("CONNSTATUS OFFLINE");
    alice.hear("USER bob BUDDYSTATUS 1");
    assert_eq!(done(&town, "service", &["user", "list"], ""), "alice\n");
}

#[test]
fn another_password_is_the_one_that_counts() {
    let mut town = Town::new();
    town.make_certificates();
    done(&town, "service", &["user", "add", "alice"], "first");
    done(&town, "service", &["user", "passwd", "alice"], PASSWORD);
    let _service = closed_service(&mut town);
    town.daemon("alice").client();
}

#[test]
fn what_cannot_be_done_about_accounts_is_one_line_and_exit_code_1() {
    let town = Town::new();
    let nowhere = command(&town, "nowhere", &["user", "list"], "");
    assert!(failure(&nowhere).1.contains("there is no data folder"));
    done(&town, "service", &["user", "add", "alice"], PASSWORD);
    for (args, input, words) in [
        (
            &["user", "add", "alice"],
            "x",
            "there is an account of that name already",
        ),
        (&["user", "add", "echo123"], "x", "not echo123"),
        (&["user", "add", "1st"], "x", "the first a letter"),
        (
            &["user", "remove", "bob"],
            "",
            "there is no account of that name",
        ),
        (
            &["user", "passwd", "bob"],
            "x",
            "there is no account of that name",
        ),
    ] {
        let output = command(&town, "service", args, input);
        let (code, line) = failure(&output);
        assert_eq!(code, 1, "{args:?}");
        assert!(line.contains(words), "{args:?}: {line}");
    }
    let empty = command(&town, "service", &["user", "add", "carol"], "\n");
    assert_eq!(failure(&empty).0, 2);
}

#[test]
fn accounts_of_a_service_elsewhere_are_not_this_daemons() {
    let (town, _service) = Town::with_service();
    let _daemon = town.daemon("alice");
    let output = command(&town, "alice", &["user", "list"], "");
    let (code, line) = failure(&output);
    assert_eq!(code, 1);
    assert!(line.contains("a service elsewhere"), "{line}");
}

#[test]
fn the_status_says_who_is_there_and_how_the_link_is() {
    let town = Town::new();
    let daemon = town.daemon_with("alice", &[]);
    let _client = daemon.client();
    let said = done(&town, "alice", &["control", "status"], "");
    for line in [
        "account alice online, clients 1, unsent 0",
        "clients not logged in 0",
        "service sessions 1, without account 0, connections 2",
        &format!("version {}", env!("CARGO_PKG_VERSION")),
        &format!("pid {}", daemon.process.child.id()),
    ] {
        assert!(said.lines().any(|said| said == line), "{line:?} in {said}");
    }
    assert!(!said.contains(PASSWORD));
}

#[test]
fn who_is_locked_out_is_let_in_again_when_the_operator_says_so() {
    let town = Town::new();
    let daemon = town.daemon_with("alice", &["-k", "access-1"]);
    let address = format!("127.0.0.1:{}", daemon.port);
    let try_with = |password| {
        let args = ["console", "--connect", &address, "-k", password];
        run(&args, "PING\n")
    };
    for _ in 0..5 {
        assert!(!try_with("wrong").status.success());
    }
    assert!(!try_with("access-1").status.success(), "locked out");
    let lift = ["control", "lift", "Alice"];
    assert_eq!(
        done(&town, "alice", &lift, ""),
        "addresses let in again 1\n"
    );
    assert!(text(&try_with("access-1").stdout).contains("PONG"));
    assert_eq!(
        done(&town, "alice", &lift, ""),
        "addresses let in again 0\n"
    );
    let nobody = command(&town, "alice", &["control", "lift", "a b"], "");
    assert_eq!(failure(&nobody).0, 1);
    let log = daemon.stop();
    let told = "INFO  Alice: the operator lets in again who was locked out; addresses: 1";
    assert!(log.contains(told), "{log}");
}

#[test]
fn a_drain_that_is_asked_for_ends_the_process_in_good_order() {
    let town = Town::new();
    let mut daemon = town.daemon_with("alice", &[]);
    let mut client = daemon.client();
    assert_eq!(done(&town, "alice", &["control", "drain"], ""), "");
    client.hear("CONNSTATUS OFFLINE");
    let (code, said) = daemon.process.end();
    assert_eq!(code, Some(0), "{said}");
    let output = command(&town, "alice", &["control", "status"], "");
    assert!(failure(&output).1.contains("no daemon or service runs in"));
}

#[test]
fn a_recording_can_be_switched_on_and_off_while_the_daemon_runs() {
    let town = Town::new();
    let daemon = town.daemon_with("alice", &[]);
    let mut client = daemon.client();
    let trace = town.path("trace.jsonl");
    done(&town, "alice", &["control", "record", "on", &trace], "");
    client.ask("MESSAGE echo123 hello");
    assert!(done(&town, "alice", &["control", "status"], "").contains("recording"));
    done(&town, "alice", &["control", "record", "off"], "");
    let output = command(&town, "alice", &["control", "record", "off"], "");
    assert!(failure(&output).1.contains("nothing is being recorded"));
    let output = command(
        &town,
        "alice",
        &["control", "record", "on", "/nowhere/x"],
        "",
    );
    assert!(failure(&output).1.contains("cannot record to /nowhere/x"));

    let recorded = fs::read_to_string(&trace).unwrap();
    assert!(recorded.contains("MESSAGE echo123 hello"));
    assert!(!recorded.contains(PASSWORD));
    let output = run(&["replay", &trace], "");
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn only_the_owner_can_ask_and_a_socket_left_behind_is_replaced() {
    let town = Town::new();
    let daemon = town.daemon_with("alice", &[]);
    let socket = town.path("alice/control");
    let mode = fs::metadata(&socket).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    daemon.kill();
    assert!(fs::metadata(&socket).is_ok(), "nobody could tidy up");
    let output = command(&town, "alice", &["control", "status"], "");
    assert_eq!(failure(&output).0, 1);
    let daemon = town.daemon_with("alice", &[]);
    done(&town, "alice", &["control", "status"], "");
    daemon.stop();
    assert!(fs::metadata(&socket).is_err());
}

#[test]
fn those_who_ask_nothing_do_not_keep_others_from_asking_for_long() {
    use std::io::{Read as _, Write as _};
    use std::os::unix::net::UnixStream;
    let town = Town::new();
    let _daemon = town.daemon_with("alice", &[]);
    let socket = town.path("alice/control");
    let mut silent: Vec<UnixStream> = (0..8)
        .map(|_| UnixStream::connect(&socket).unwrap())
        .collect();
    silent[0].write_all(&[b'x'; 8192]).unwrap();
    let mut answer = String::new();
    silent[0].read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "error the line is too long\n");
    silent[0] = UnixStream::connect(&socket).unwrap();
    let refused = command(&town, "alice", &["control", "status"], "");
    assert_eq!(failure(&refused).0, 1, "the desk is full");
    let begin = Instant::now();
    while !command(&town, "alice", &["control", "status"], "")
        .status
        .success()
    {
        assert!(begin.elapsed() < PATIENCE);
        sleep(Duration::from_millis(200));
    }
}
