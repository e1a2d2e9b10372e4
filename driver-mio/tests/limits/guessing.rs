//! Somebody tries passwords over real sockets while the owner of the account is at another address.
//! Never waits for a lockout to end: that is tested where time is virtual.

use std::io::{Read as _, Write as _};
use std::net::Ipv4Addr;

use imo2sproxy_core::config::Limits;

use crate::client::frame;
use crate::flood::resident;
use crate::places::{ELSEWHERE, HERE, connect_from, log_in};
use crate::program::{run, text};
use crate::running::Running;
use crate::town::Town;

const OWN: &str = "own-password-1";
const ACCESS: &str = "access-password-1";

/// Whether SkypeProxy lets somebody in with that password.
pub(crate) fn by_skypeproxy(address: Ipv4Addr, port: u16, password: &str) -> bool {
    let mut stream = connect_from(address, port);
    stream.write_all(&[0, 0, 0, 0, 1]).unwrap();
    let mut answer = [0xff];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(answer, [1]);
    stream.write_all(&frame(password)).unwrap();
    stream.read_exact(&mut answer).unwrap();
    answer == [1]
}

/// Whether skypenet lets somebody in.
pub(crate) fn by_skypenet(address: Ipv4Addr, port: u16, name: &str, password: &str) -> bool {
    let mut stream = connect_from(address, port);
    let login = format!("LOGIN {name} {password}\u{17}");
    stream.write_all(login.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(&[0x17]) && stream.read(&mut byte).unwrap() > 0 {
        answer.push(byte[0]);
    }
    answer == b"LOGIN\x17"
}

/// How many addresses the operator of that folder lets in again.
fn lift(folder: &str, account: &str) -> String {
    let output = run(&["control", "lift", account, "--data-dir", folder], "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).into()
}

#[test]
fn five_wrong_passwords_lock_an_address_out_of_an_account_and_not_its_owner_elsewhere() {
    assert_eq!(Limits::default().login_failures, 5);
    let town = Town::new();
    let data = town.path("alice");
    let args = [
        "-p",
        "0",
        "-k",
        ACCESS,
        "--listen",
        "skypenet=127.0.0.1:0",
        "--data-dir",
        &data,
        "alice",
        OWN,
    ];
    let mut daemon = town.start(&args);
    let (proxy, net) = (daemon.port("skypeproxy"), daemon.port("skypenet"));
    let named = |password: &str| format!("alice:{password}");
    for transport in ["skypeproxy", "skypenet"] {
        let enters = |address, password: &str| match transport {
            "skypeproxy" => by_skypeproxy(address, proxy, &named(password)),
            _ => by_skypenet(address, net, "alice", password),
        };
        for guess in 0..4 {
            assert!(!enters(HERE, &format!("guess-{guess}")));
        }
        assert!(enters(HERE, ACCESS), "{transport}: four are not too many");
        for guess in 0..5 {
            assert!(!enters(HERE, &format!("guess-{guess}")));
        }
        assert!(
            !enters(HERE, ACCESS),
            "{transport}: the right one is refused"
        );
        assert!(enters(ELSEWHERE, ACCESS), "{transport}: the owner gets in");
        assert!(!enters(HERE, ACCESS), "{transport}: it stays locked");
        assert_eq!(lift(&data, "alice"), "addresses let in again 1\n");
        assert!(enters(HERE, ACCESS), "{transport}: it was lifted");
    }
    let said = daemon.stop().1;
    assert!(said.contains("locked out"), "{said}");
}

#[test]
fn the_service_locks_out_who_guesses_over_http_and_lets_the_owner_in_elsewhere() {
    let town = Town::new();
    let data = town.path("service");
    let args = [
        "service",
        "--listen",
        "127.0.0.1:0",
        "--data-dir",
        &data,
        "--open-registration",
        "--poll-hold",
        "2",
    ];
    let mut service: Running = town.start(&args);
    let port = service.port("service");
    let enters = |address, password: &str| log_in(address, port, "alice", password);
    assert!(enters(ELSEWHERE, OWN).contains("signed_on"), "it is made");
    for guess in 0..5 {
        let said = enters(HERE, &format!("guess-{guess}"));
        assert!(said.contains("uidpassword"), "{said}");
    }
    let said = enters(HERE, OWN);
    assert!(
        said.contains("disconnect") && !said.contains("uidpassword"),
        "{said}"
    );
    assert!(enters(ELSEWHERE, OWN).contains("signed_on"));
    let said = enters(HERE, OWN);
    assert!(said.contains("too many failed logins"), "{said}");
    assert_eq!(lift(&data, "alice"), "addresses let in again 1\n");
    assert!(enters(HERE, OWN).contains("signed_on"));
    for number in 0..24 {
        let user = format!("user{number}");
        assert!(log_in(HERE, port, &user, OWN).contains("signed_on"));
    }
    if cfg!(target_os = "linux") {
        // Two threads hash, in 19 MiB each, and keep no more however many have logged in.
        let resident = resident(service.child.id());
        println!("{} KiB resident after 37 logins", resident / 1024);
        assert!(resident < 80 * 1024 * 1024, "{resident}");
    }
    let said = service.stop().1;
    assert!(said.contains("locked out"), "{said}");
}
