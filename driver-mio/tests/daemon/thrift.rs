//! What the daemon writes and uses: log lines in their form, no secrets, no processor time for nothing.
//! Never measures anything so finely that a busy machine could spoil it.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::client::Client;
use crate::town::{PASSWORD, Town};

#[test]
fn a_verbose_log_shows_what_is_said_and_no_secret() {
    let town = Town::new();
    let log = town.path("talk.log");
    let daemon = town.daemon_with("alice", &["-v", "-l", &log]);
    let mut client = daemon.client();
    client.say("GET USERSTATUS");
    client.hear("USERSTATUS ONLINE");
    client.ask("MESSAGE echo123 one\ntwo");
    client.hear_message();
    drop(client);
    let mut second = Client::connect(daemon.port);
    second.say("PING");
    second.hear("PONG");
    let said = daemon.stop();
    let log = fs::read_to_string(log).unwrap();
    for line in [
        " 001< [GET USERSTATUS]\n",
        " 001> USERSTATUS ONLINE\n",
        " 002< [PING]\n",
        " 002> PONG\n",
        " 002> CONNSTATUS LOGGEDOUT\n",
    ] {
        assert!(log.contains(line), "no {line:?} in {log}");
    }
    assert!(log.contains("MESSAGE echo123 one\\n"), "{log}");
    assert!(!log.contains(PASSWORD) && !said.contains(PASSWORD), "{log}");
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_to_do_takes_no_processor_time() {
    use crate::town::Daemon;
    /// Processor time used so far, in ticks of 10 ms; the two fields stand behind the name in parentheses.
    fn ticks(daemon: &Daemon) -> u64 {
        let path = format!("/proc/{}/stat", daemon.process.child.id());
        let stat = fs::read_to_string(path).unwrap();
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let fields: Vec<&str> = fields.split_whitespace().collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    }
    let (town, _service) = Town::with_service();
    let server = format!("https://localhost:{}/", town.port);
    let ca = town.path("ca.pem");
    let nowhere = Town::new();
    nowhere.make_certificates();
    let embedded = Town::new();
    let idle = embedded.daemon_with("alice", &[]);
    let connected = town.daemon("alice");
    let (mut one, mut two) = (idle.client(), connected.client());
    let refused = town.daemon_of(
        "alice",
        "wrong",
        &[
            "--data-dir",
            ":memory:",
            "--server",
            &server,
            "--ca-file",
            &ca,
        ],
    );
    Client::connect(refused.port).await_answer("GET CONNSTATUS", "CONNSTATUS OFFLINE");
    let unreachable = nowhere.daemon("alice");
    sleep(Duration::from_secs(1));
    let daemons = [&idle, &connected, &refused, &unreachable];
    let before = daemons.map(ticks);
    sleep(Duration::from_secs(5));
    let after = daemons.map(ticks);
    for (before, after) in before.into_iter().zip(after) {
        assert!(after - before <= 10, "{before} to {after} in five seconds");
    }
    assert_eq!(one.ask("PING"), "PONG");
    assert_eq!(two.ask("PING"), "PONG");
}
