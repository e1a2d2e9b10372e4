//! Sockets that a service manager has opened: a few lines of Python stand for it.
//! Never needs a real one.

use std::process::Output;

use crate::client::Client;
use crate::program::{failure, program, program_in};
use crate::running::Running;
use crate::town::{PASSWORD, Town};

/// Opens so many sockets, names them, says where they are if that is wanted, and becomes the program.
const MANAGER: &str = r#"
import fcntl, os, socket, sys
count, names, says, ip = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
sockets = [socket.create_server((ip, 0)) for _ in range(count)]
kept = [fcntl.fcntl(one.fileno(), fcntl.F_DUPFD, 20) for one in sockets]
for place, fd in enumerate(kept):
    os.dup2(fd, 3 + place)
    if says == "yes":
        print(sockets[place].getsockname()[1], flush=True)
os.environ.update(LISTEN_FDS=str(count), LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES=names)
os.execvp(sys.argv[5], sys.argv[5:])
"#;

/// How the manager is started.
fn manager<'a>(count: &'a str, names: &'a str, says: &'a str, ip: &'a str) -> [&'a str; 7] {
    ["python3", "-c", MANAGER, count, names, says, ip]
}

/// The program with so many sockets, and their ports.
fn with_sockets(town: &Town, count: usize, names: &str, args: &[&str]) -> (Running, Vec<u16>) {
    let number = count.to_string();
    let wrapper = manager(&number, names, "yes", "127.0.0.1");
    let mut command = program_in(&wrapper, town.home(), args);
    command.env("IMO2SPROXY_PASSWORD", PASSWORD);
    let mut process = Running::start(command);
    let ports = (0..count).map(|_| process.line().parse().unwrap());
    let ports = ports.collect();
    (process, ports)
}

/// The same where that has to fail.
fn refused(town: &Town, count: &str, ip: &str, args: &[&str]) -> Output {
    let wrapper = manager(count, "", "no", ip);
    let mut command = program_in(&wrapper, town.home(), args);
    command.env("IMO2SPROXY_PASSWORD", PASSWORD);
    command.output().unwrap()
}

fn daemon<'a>(data: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["-p", "0", "--data-dir", data][..], more, &["alice"]].concat()
}

#[test]
fn a_daemon_serves_at_the_socket_that_it_is_handed() {
    let town = Town::new();
    let data = town.path("alice");
    let (mut process, ports) = with_sockets(&town, 1, "imo2sproxy.socket", &daemon(&data, &[]));
    assert_eq!(process.port("skypeproxy"), ports[0]);
    Client::online(ports[0]);
    assert_eq!(process.stop().0, Some(0));
}

#[test]
fn sockets_are_told_apart_by_their_names_or_by_their_order() {
    for (names, [first, second]) in [("admin:skypeproxy", [1, 0]), ("a:b", [0, 1])] {
        let town = Town::new();
        let data = town.path("alice");
        let args = daemon(&data, &["--admin", "127.0.0.1:0"]);
        let (mut process, ports) = with_sockets(&town, 2, names, &args);
        assert_eq!(process.port("skypeproxy"), ports[first], "{names}");
        assert_eq!(process.port("admin"), ports[second], "{names}");
        assert_eq!(process.stop().0, Some(0));
    }
}

#[test]
fn watchers_may_have_a_port_of_the_daemons_own() {
    let town = Town::new();
    let data = town.path("alice");
    let args = daemon(&data, &["--admin", "127.0.0.1:0"]);
    let (mut process, ports) = with_sockets(&town, 1, "", &args);
    assert_eq!(process.port("skypeproxy"), ports[0]);
    assert_ne!(process.port("admin"), ports[0]);
}

#[test]
fn a_service_serves_at_the_socket_that_it_is_handed() {
    let town = Town::new();
    let data = town.path("service");
    let args = ["service", "--data-dir", &data];
    let (mut process, ports) = with_sockets(&town, 1, "", &args);
    assert_eq!(process.port("service"), ports[0]);
    assert_eq!(process.stop().0, Some(0));
}

#[test]
fn a_wrong_number_of_sockets_or_one_that_others_reach_is_refused() {
    let town = Town::new();
    let data = town.path("alice");
    let output = refused(&town, "3", "127.0.0.1", &daemon(&data, &[]));
    let (code, line) = failure(&output);
    assert_eq!(code, 2);
    assert!(
        line.contains("3 sockets") && line.contains("skypeproxy"),
        "{line}"
    );
    let service = town.path("service");
    let service = ["service", "--data-dir", &service];
    for args in [&daemon(&data, &[])[..], &service] {
        let (code, line) = {
            let output = refused(&town, "1", "0.0.0.0", args);
            let (code, line) = failure(&output);
            (code, line.to_owned())
        };
        assert_eq!(code, 2);
        assert!(
            line.contains("0.0.0.0") && line.contains("others reach"),
            "{line}"
        );
    }
}

#[test]
fn sockets_that_are_meant_for_another_process_are_not_taken() {
    let town = Town::new();
    let data = town.path("alice");
    let mut command = program(town.home(), &daemon(&data, &[]));
    command
        .env("IMO2SPROXY_PASSWORD", PASSWORD)
        .envs([("LISTEN_FDS", "5"), ("LISTEN_PID", "1")]);
    let mut process = Running::start(command);
    Client::online(process.port("skypeproxy"));
}
