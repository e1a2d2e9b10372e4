//! Trouble with passwords, services, certificates and folders: one clear line each, and the daemon goes on if it can.
//! Never a trouble that comes from a process being killed: that is `crash`.

use std::net::TcpListener;
use std::thread::sleep;
use std::time::Duration;

use crate::client::Client;
use crate::program::{failure, run};
use crate::town::{PASSWORD, Town};

/// How often a log says something.
fn count(log: &str, words: &str) -> usize {
    log.lines().filter(|line| line.contains(words)).count()
}

#[test]
fn a_wrong_password_is_told_once_and_tried_again_only_when_asked() {
    let (town, _service) = Town::with_service();
    town.daemon("alice").client();
    let server = format!("https://localhost:{}/", town.port);
    let ca = town.path("ca.pem");
    let more = ["--server", &server, "--ca-file", &ca];
    let daemon = town.daemon_of("alice", "wrong", &more);
    let mut client = Client::connect(daemon.port);
    client.await_answer("GET CONNSTATUS", "CONNSTATUS OFFLINE");
    assert_eq!(client.get("USERSTATUS"), "OFFLINE");
    // It is not tried again, neither by itself nor because somebody comes.
    let mut other = Client::connect(daemon.port);
    sleep(Duration::from_secs(2));
    assert_eq!(other.get("CONNSTATUS"), "OFFLINE");
    client.drain(Duration::from_millis(50));
    client.ask("SET USERSTATUS ONLINE");
    client.hear("CONNSTATUS CONNECTING");
    client.hear("CONNSTATUS OFFLINE");
    let said = daemon.stop();
    assert_eq!(count(&said, "refuses user or password"), 2, "{said}");
    assert!(!said.contains("wrong"), "{said}");
}

#[test]
fn a_wrong_password_of_the_service_inside_is_one_line_too() {
    let town = Town::new();
    town.daemon_with("alice", &[]).client();
    let daemon = town.daemon_of("alice", "wrong", &[]);
    let mut client = Client::connect(daemon.port);
    client.await_answer("GET CONNSTATUS", "CONNSTATUS OFFLINE");
    drop(client);
    let said = daemon.stop();
    let wrong = said
        .lines()
        .filter(|line| line.contains(" WARN ") || line.contains(" ERROR "));
    assert_eq!(wrong.count(), 1, "{said}");
    assert_eq!(count(&said, "refuses user or password"), 1, "{said}");
    // The right one still does.
    town.daemon_with("alice", &[]).client();
}

#[test]
fn a_service_that_is_not_there_is_told_once_and_found_when_it_comes() {
    let town = Town::new();
    town.make_certificates();
    let daemon = town.daemon("alice");
    let mut client = Client::connect(daemon.port);
    assert_eq!(client.get("CONNSTATUS"), "CONNECTING");
    assert_eq!(client.ask("SEARCH FRIENDS"), "USERS ");
    // What is sent now goes out when the service is there.
    let number = client.begin("echo123", "are you there?");
    sleep(Duration::from_millis(1500));
    let _service = town.service_again();
    client.hear("CONNSTATUS ONLINE");
    client.hear(&format!("CHATMESSAGE {number} STATUS SENT"));
    client.hear_message();
    drop(client);
    let said = daemon.stop();
    assert_eq!(count(&said, "no connection to the service"), 1, "{said}");
    assert_eq!(count(&said, "signed on"), 1, "{said}");
}

#[test]
fn a_service_that_proves_nothing_is_not_spoken_to() {
    let (town, mut service) = Town::with_service();
    let server = format!("https://localhost:{}/", town.port);
    let daemon = town.daemon_with("alice", &["--server", &server]);
    let mut client = Client::connect(daemon.port);
    sleep(Duration::from_secs(1));
    assert_eq!(client.get("CONNSTATUS"), "CONNECTING");
    drop(client);
    let said = daemon.stop();
    assert_eq!(count(&said, "certificate"), 1, "{said}");
    // The certificate is for a name, not for an address.
    let server = format!("https://127.0.0.1:{}/", town.port);
    let more = ["--server", &server, "--ca-file", &town.path("ca.pem")];
    let daemon = town.daemon_with("alice", &more);
    sleep(Duration::from_secs(1));
    let said = daemon.stop();
    assert_eq!(count(&said, "certificate"), 1, "{said}");
    let (code, said) = service.stop();
    assert_eq!(code, Some(0));
    assert_eq!(count(&said, "account made"), 0, "{said}");
}

#[test]
fn a_service_that_is_none_is_told_and_left_alone() {
    let town = Town::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"220 mail.example ESMTP\r\n");
        }
    });
    let daemon = town.daemon_with("alice", &["--server", &server]);
    let mut client = Client::connect(daemon.port);
    sleep(Duration::from_secs(2));
    assert_eq!(client.get("CONNSTATUS"), "CONNECTING");
    drop(client);
    let said = daemon.stop();
    assert_eq!(count(&said, "no connection to the service"), 1, "{said}");
}

#[test]
fn a_folder_that_holds_no_store_of_ours_ends_it_with_1_and_one_line() {
    let home = tempfile::tempdir().unwrap();
    let store = home.path().join("store.sqlite");
    std::fs::write(&store, "this is no store").unwrap();
    let folder = home.path().to_str().unwrap();
    let service = ["service", "--listen", "127.0.0.1:0", "--data-dir", folder];
    let output = run(&service, "");
    let (code, line) = failure(&output);
    assert_eq!(code, 1);
    assert!(line.contains("store.sqlite"), "{line}");
    let daemon = [
        "-p",
        "0",
        "--data-dir",
        folder,
        "--password-file",
        "-",
        "alice",
    ];
    let output = run(&daemon, PASSWORD);
    assert_eq!(failure(&output), (1, line));
    assert_eq!(std::fs::read(&store).unwrap(), b"this is no store");
}
