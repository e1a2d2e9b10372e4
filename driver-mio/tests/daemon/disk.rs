//! A daemon whose disk fails under it: it says so once, confirms nothing that it cannot keep, and goes on when it can.
//! Never fakes a disk: the system itself says no.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::client::Client;
use crate::program::program_in;
use crate::running::Running;
use crate::town::{PASSWORD, Town, acquaint};

/// Most texts that are sent until one is not confirmed.
const TEXTS_MAX: usize = 500;

/// The daemon of alice on the town's service, started by a shell script that ends in `exec "$@"`.
fn daemon_by(town: &Town, wrapper: &[&str]) -> (Running, u16) {
    let server = format!("https://localhost:{}/", town.port);
    let (ca, data) = (town.path("ca.pem"), town.path("alice"));
    let args = [
        "-p",
        "0",
        "alice",
        "--data-dir",
        &data,
        "--server",
        &server,
        "--ca-file",
        &ca,
    ];
    let mut command = program_in(wrapper, town.home(), &args);
    command.env("IMO2SPROXY_PASSWORD", PASSWORD);
    let mut process = Running::start(command);
    let port = process.port("skypeproxy");
    (process, port)
}

/// True if a command works here: not every system lets everybody do this.
fn works(program: &str, args: &[&str]) -> bool {
    let status = Command::new(program)
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let works = status.is_ok_and(|status| status.success());
    if !works {
        eprintln!("skipped: '{program} {}' does not work here", args.join(" "));
    }
    works
}

/// Sends texts until one is not confirmed within a second; gives how many were sent, and the number of that one.
fn send_until_stuck(alice: &mut Client, mut harm: impl FnMut(usize)) -> (usize, String) {
    for count in 1..TEXTS_MAX {
        harm(count);
        let number = alice.begin("bob", &format!("text {count}"));
        let sent = format!("CHATMESSAGE {number} STATUS SENT");
        let lines = alice.drain(Duration::from_secs(1));
        if !lines.contains(&sent) {
            return (count, number);
        }
    }
    panic!("the disk never fails");
}

/// The whole story: it works, the disk fails, it is well again.
fn story(
    town: &Town,
    mut process: Running,
    port: u16,
    harm: impl FnMut(usize),
    heal: impl FnOnce(),
) {
    let bobs = town.daemon("bob");
    let (mut alice, mut bob) = (Client::online(port), bobs.client());
    acquaint(&mut alice, &mut bob);
    let (count, stuck) = send_until_stuck(&mut alice, harm);
    assert!(count > 1, "nothing worked before");
    let later = alice.begin("bob", "said in the trouble");
    for number in [&stuck, &later] {
        assert_eq!(
            alice.get(&format!("CHATMESSAGE {number} STATUS")),
            "SENDING"
        );
    }
    // It is tried again each second; that is not told again.
    let quiet = alice.drain(Duration::from_secs(3));
    assert!(
        !quiet.iter().any(|line| line.ends_with(" SENT")),
        "{quiet:?}"
    );
    assert_eq!(alice.ask("PING"), "PONG");
    heal();
    for number in [&stuck, &later] {
        let status = format!("CHATMESSAGE {number} STATUS");
        alice.await_answer(&format!("GET {status}"), &format!("{status} SENT"));
    }
    for number in 1..=count {
        assert_eq!(bob.hear_text(), format!("text {number}"));
    }
    assert_eq!(bob.hear_text(), "said in the trouble");
    let more = bob.drain(Duration::from_millis(500));
    assert!(
        !more.iter().any(|line| line.ends_with(" RECEIVED")),
        "{more:?}"
    );
    let (code, said) = process.stop();
    assert_eq!(code, Some(0), "{said}");
    let lines = |words: &str| said.lines().filter(|line| line.contains(words)).count();
    assert_eq!(lines(" ERROR "), 1, "{said}");
    assert_eq!(lines("it is tried again"), 1, "{said}");
    assert_eq!(lines("the store works again"), 1, "{said}");
}

#[test]
fn a_full_disk_is_told_once_and_lived_through() {
    if !works("unshare", &["-rm", "true"]) {
        return;
    }
    let (town, _service) = Town::with_service();
    let folder = town.path("alice");
    fs::create_dir(&folder).unwrap();
    let script = format!("mount -t tmpfs -o size=1m none '{folder}' && exec \"$@\"");
    let wrapper = ["unshare", "-rm", "sh", "-c", &script, "sh"];
    let (process, port) = daemon_by(&town, &wrapper);
    // The folder as the daemon sees it.
    let fill = format!("/proc/{}/root{folder}/fill", process.child.id());
    let harm = |count: usize| {
        if count == 3 {
            let mut file = fs::File::create(&fill).unwrap();
            while file.write_all(&[0; 512]).is_ok() {}
        }
    };
    let heal = || fs::remove_file(&fill).unwrap();
    story(&town, process, port, harm, heal);
}

#[test]
fn an_error_of_the_disk_is_told_once_and_lived_through() {
    if !works("prlimit", &["--version"]) {
        return;
    }
    let (town, _service) = Town::with_service();
    // No file may grow beyond 200 KiB, which the log of the store wants to do soon.
    let script = "trap '' XFSZ; ulimit -S -f 400; exec \"$@\"";
    let (process, port) = daemon_by(&town, &["sh", "-c", script, "sh"]);
    let pid = process.child.id().to_string();
    let heal = || {
        let args = ["--pid", &pid, "--fsize=unlimited:"];
        let status = Command::new("prlimit").args(args).status();
        assert!(status.unwrap().success());
    };
    story(&town, process, port, |_| {}, heal);
}
