//! A configuration that changes while the daemon runs, read again on SIGHUP and `control reload`.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use rustls::StreamOwned;
use tempfile::TempDir;

use crate::client::{Client, PATIENCE};
use crate::home::{WITH_CERTIFICATE, certificate, command, config, flags, home, put, secured};
use crate::program::{failure, program, text};
use crate::running::Running;
use crate::town::{acquaint, acquaint_with};

fn control(home: &TempDir, args: &[&str]) -> Output {
    let data = home.path().join("data");
    let options = ["control", "--data-dir", data.to_str().unwrap()];
    let mut command: Command = program(home.path(), &[&options, args].concat());
    command.output().unwrap()
}

/// Lets the daemon read its configuration again; what it says about it.
fn reload(home: &TempDir) -> String {
    let output = control(home, &["reload"]);
    assert!(output.status.success(), "{output:?}");
    text(&output.stdout).into()
}

/// The port of the listener that has just been opened.
fn opened(said: &str) -> u16 {
    let line = said.lines().find_map(|line| {
        let place = line.strip_prefix("listening skypeproxy ")?;
        place.rsplit_once(':')?.1.parse().ok()
    });
    line.unwrap_or_else(|| panic!("{said}"))
}

/// A port that nobody had a moment ago.
fn free_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}

#[test]
fn accounts_and_listeners_come_and_go_and_who_stays_notices_nothing() {
    let home = home(&config(&["alice", "bob"], ""));
    let mut daemon = Running::start(command(&home, &[]));
    let mut alice = Client::online(daemon.port("skypeproxy"));
    let mut bob = Client::online(daemon.port("skypeproxy"));
    alice.drain(Duration::from_millis(500));
    // Carol's listener is elsewhere: at the same address it would be bob's, with other clients.
    let hers = config(&["carol"], "").replace("127.0.0.1:0", &format!("127.0.0.1:{}", free_port()));
    let hers = hers.replace("data_dir = 'data'", "");
    put(home.path(), "a.toml", &(config(&["alice"], "") + &hers));
    let said = reload(&home);
    assert!(said.contains("closed skypeproxy 127.0.0.1:0"), "{said}");
    let expected = "accounts added 1, changed 0, removed 1, untouched 1";
    assert!(said.contains(expected), "{said}");
    let mut carol = Client::online(opened(&said));
    assert_eq!(carol.get("CURRENTUSERHANDLE"), "carol");
    bob.hear("CONNSTATUS LOGGEDOUT");
    assert!(bob.into_rest().is_empty(), "his account is gone");
    assert!(alice.drain(Duration::from_millis(500)).is_empty());
    acquaint_with(("alice", &mut alice), ("carol", &mut carol));
    alice.send("carol", "welcome");
    assert_eq!(carol.hear_text(), "welcome");
    let status = control(&home, &["status"]);
    let status = text(&status.stdout);
    assert!(status.contains("account carol online"), "{status}");
    assert!(!status.contains("account bob"), "{status}");
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0));
    assert!(said.contains("the configuration was read again"), "{said}");
    assert!(!said.contains("secret-"), "{said}");
}

#[test]
fn a_hang_up_reads_the_configuration_again() {
    let home = home(&config(&["alice"], ""));
    let log = home.path().join("log");
    let mut daemon = Running::start(command(&home, &["-l", log.to_str().unwrap()]));
    let mut alice = Client::online(daemon.port("skypeproxy"));
    put(home.path(), "a.toml", &config(&["alice", "bob"], ""));
    daemon.signal("-HUP");
    let said = await_log(&log, "the configuration was read again");
    assert!(said.contains("accounts added 1"), "{said}");
    alice.ask("GET SKYPEVERSION");
    assert_eq!(daemon.stop().0, Some(0));
}

/// Waits for a line with these words in a log, and gives all of it.
fn await_log(path: &Path, words: &str) -> String {
    let until = Instant::now() + PATIENCE;
    loop {
        let said = fs::read_to_string(path).unwrap_or_default();
        if said.contains(words) {
            return said;
        }
        assert!(Instant::now() < until, "{said}");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_file_that_is_wrong_or_asks_for_what_cannot_be_changes_nothing() {
    let home = home(&config(&["alice"], ""));
    let mut daemon = Running::start(command(&home, &[]));
    let mut alice = Client::online(daemon.port("skypeproxy"));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = format!(
        "{}\n[[listen]]\nkind = 'len8'\naddr = '{}'\n",
        config(&["alice", "bob"], ""),
        taken.local_addr().unwrap()
    );
    let moved = config(&["alice", "bob"], "").replace("'data'", "'elsewhere'");
    let cases = [
        (config(&["alice", "bob"], "acount = 3"), "account"),
        (config(&["alice", "bob"], "dialect = 'v7'"), "dialect"),
        (config(&["alice", "alice"], ""), "alice"),
        (moved, "data_dir"),
        (taken, "address in use"),
        ("[[account".into(), "a.toml"),
    ];
    for (config, expected) in &cases {
        put(home.path(), "a.toml", config);
        let output = control(&home, &["reload"]);
        let (code, said) = failure(&output);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("nothing has changed"), "{said}");
        assert!(said.contains(expected), "{expected}: {said}");
    }
    alice.ask("GET SKYPEVERSION");
    let status = control(&home, &["status"]);
    assert!(!text(&status.stdout).contains("bob"));
    let (code, said) = daemon.stop();
    assert_eq!(code, Some(0));
    assert_eq!(said.matches("nothing has changed").count(), cases.len());
}

#[test]
fn what_only_a_start_can_change_is_told() {
    let home = home(&config(&["alice"], ""));
    let mut daemon = Running::start(command(&home, &[]));
    let mut alice = Client::online(daemon.port("skypeproxy"));
    let further = "admin = '127.0.0.1:0'\nlimits = { guests = 3 }";
    put(home.path(), "a.toml", &config(&["alice"], further));
    for _ in 0..2 {
        let said = reload(&home);
        assert!(said.contains("at the next start: limits, admin"), "{said}");
        assert!(said.contains("untouched 1"), "{said}");
    }
    alice.ask("GET SKYPEVERSION");
    assert_eq!(daemon.stop().0, Some(0));
}

#[test]
fn a_new_certificate_is_shown_to_those_who_come_from_then_on() {
    let home = home(WITH_CERTIFICATE);
    let pem = home.path().join("cert.pem");
    certificate(home.path());
    let mut daemon = Running::start(command(&home, &[]));
    let port = daemon.port("skypeproxy");
    let mut before = secured(port, &pem);
    assert_eq!(flags(&mut before) & 1, 0);
    certificate(home.path());
    daemon.signal("-HUP");
    let until = Instant::now() + PATIENCE;
    // Those who come before it was read are shown the old one, which they do not trust.
    let trusts = || {
        let StreamOwned { conn, sock } = &mut secured(port, &pem);
        conn.complete_io(sock).is_ok()
    };
    while !trusts() {
        assert!(Instant::now() < until);
        sleep(Duration::from_millis(20));
    }
    assert_eq!(flags(&mut secured(port, &pem)) & 1, 0);
    assert_eq!(flags(&mut before) & 1, 0, "who was there stays");
    assert_eq!(daemon.stop().0, Some(0));
}

#[test]
fn under_load_no_client_of_an_untouched_account_notices() {
    let texts = 400;
    let home = home(&config(&["alice", "bob", "carol"], ""));
    let mut daemon = Running::start(command(&home, &[]));
    let mut alice = Client::online(daemon.port("skypeproxy"));
    let mut bob = Client::online(daemon.port("skypeproxy"));
    acquaint(&mut alice, &mut bob);
    alice.hear("USER bob ONLINESTATUS ONLINE");
    alice.drain(Duration::from_millis(500));
    bob.drain(Duration::from_millis(500));
    let over = AtomicBool::new(false);
    let reloads = thread::scope(|scope| {
        let over = &over;
        let home = &home;
        let changes = scope.spawn(move || {
            let mut count = 0;
            while !over.load(Ordering::Relaxed) {
                let names: &[&str] = match count % 3 {
                    0 => &["alice", "bob"],
                    1 => &["alice", "bob", "carol", "dave", "erin"],
                    _ => &["alice", "bob", "dave"],
                };
                put(home.path(), "a.toml", &config(names, ""));
                let said = reload(home);
                assert!(said.contains("untouched"), "{said}");
                put(home.path(), "a.toml", "broken");
                assert!(!control(home, &["reload"]).status.success());
                count += 1;
            }
            count
        });
        for number in 0..texts {
            alice.send("bob", &format!("text {number}"));
            assert_eq!(bob.hear_text(), format!("text {number}"));
        }
        over.store(true, Ordering::Relaxed);
        changes.join().unwrap()
    });
    assert!(reloads >= 5, "only {reloads} while {texts} texts went");
    for client in [&mut alice, &mut bob] {
        let heard = client.drain(Duration::from_millis(500));
        let is_of_texts = |line: &String| line.starts_with("CHAT") || line.starts_with("#");
        let others: Vec<&String> = heard.iter().filter(|line| !is_of_texts(line)).collect();
        assert!(others.is_empty(), "{others:?}");
    }
    assert_eq!(daemon.stop().0, Some(0));
}
