//! The daemon and the service under a service manager: what it hears of them, and what a hang-up means there.
//! Never needs a real one: all that it has is a datagram socket.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::client::PATIENCE;
use crate::program::program;
use crate::running::Running;
use crate::town::{PASSWORD, Town};

/// A manager that listens in the town, and the path of its socket.
fn manager(town: &Town) -> (UnixDatagram, String) {
    let path = town.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    (socket, path)
}

fn hear(socket: &UnixDatagram) -> String {
    let mut bytes = [0; 256];
    let count = socket.recv(&mut bytes).unwrap();
    std::str::from_utf8(&bytes[..count]).unwrap().into()
}

#[test]
fn the_manager_hears_when_a_daemon_serves_and_when_it_ends() {
    let town = Town::new();
    let (socket, path) = manager(&town);
    let environment = [("IMO2SPROXY_PASSWORD", PASSWORD), ("NOTIFY_SOCKET", &path)];
    let daemon = town.daemon_in("alice", &[], &environment);
    assert_eq!(hear(&socket), "READY=1\n");
    let _client = daemon.client();
    daemon.stop();
    assert_eq!(hear(&socket), "STOPPING=1\n");
    socket.set_nonblocking(true).unwrap();
    assert!(socket.recv(&mut [0; 256]).is_err(), "each is told once");
}

#[test]
fn the_manager_hears_of_a_service_too() {
    let town = Town::new();
    let (socket, path) = manager(&town);
    let folder = town.path("service");
    let args = ["service", "--listen", "127.0.0.1:0", "--data-dir", &folder];
    let mut command = program(town.home(), &args);
    command.env("NOTIFY_SOCKET", &path);
    let mut service = Running::start(command);
    service.port("service");
    assert_eq!(hear(&socket), "READY=1\n");
    assert_eq!(service.stop().0, Some(0));
    assert_eq!(hear(&socket), "STOPPING=1\n");
}

#[test]
fn a_command_that_passes_by_tells_the_manager_nothing() {
    let town = Town::new();
    let (socket, path) = manager(&town);
    let folder = town.path("alice");
    let args = ["console", "--data-dir", &folder, "alice"];
    let mut command = program(town.home(), &args);
    command
        .env("NOTIFY_SOCKET", &path)
        .env("IMO2SPROXY_PASSWORD", PASSWORD);
    let mut child = command.spawn().unwrap();
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    socket.set_nonblocking(true).unwrap();
    assert!(socket.recv(&mut [0; 256]).is_err());
}

#[test]
fn a_manager_that_does_not_listen_keeps_nobody_from_serving() {
    let town = Town::new();
    let nowhere = town.path("nowhere");
    let environment = [
        ("IMO2SPROXY_PASSWORD", PASSWORD),
        ("NOTIFY_SOCKET", &nowhere),
    ];
    let daemon = town.daemon_in("alice", &[], &environment);
    let _client = daemon.client();
    daemon.stop();
}

#[test]
fn a_hang_up_opens_the_log_anew_and_ends_nothing() {
    let town = Town::new();
    let (log, moved) = (town.path("log"), town.path("log.1"));
    let environment = [
        ("IMO2SPROXY_PASSWORD", PASSWORD),
        ("INVOCATION_ID", "0123456789abcdef"),
    ];
    let daemon = town.daemon_in("alice", &["-v", "-l", &log], &environment);
    daemon.client().ask("GET USERSTATUS");
    fs::rename(&log, &moved).unwrap();
    daemon.process.signal("-HUP");
    let begin = Instant::now();
    while fs::metadata(&log).is_err() {
        assert!(begin.elapsed() < PATIENCE);
        sleep(Duration::from_millis(20));
    }
    daemon.client().ask("GET SKYPEVERSION");
    daemon.stop();
    let (old, new) = (fs::read_to_string(&moved), fs::read_to_string(&log));
    let (old, new) = (old.unwrap(), new.unwrap());
    assert!(old.contains("GET USERSTATUS") && !old.contains("SKYPEVERSION"));
    assert!(new.contains("SKYPEVERSION") && !new.contains(PASSWORD));
}
