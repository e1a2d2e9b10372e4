//! The log for programs: one JSON object per line, of the daemon and of the service.
//! Never looks at the text log, which others do.

use serde_json::Value;

use crate::client::Client;
use crate::program::program;
use crate::running::Running;
use crate::town::{PASSWORD, Town};

/// Starts the program with the log for programs on standard error.
fn start(town: &Town, args: &[&str]) -> Running {
    let mut command = program(town.home(), &[args, &["--log-format", "json"]].concat());
    command.env("IMO2SPROXY_PASSWORD", PASSWORD);
    Running::start(command)
}

/// Stops it and gives its log.
fn log_of(mut process: Running) -> Vec<Value> {
    let (code, said) = process.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains(PASSWORD));
    let lines = said.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect()
}

#[track_caller]
fn find<'a>(log: &'a [Value], kind: &str, text: &str) -> &'a Value {
    let found = log
        .iter()
        .find(|line| line["kind"] == kind && line["text"] == text);
    found.unwrap_or_else(|| panic!("{kind}: {text:?} in {log:#?}"))
}

#[test]
fn what_clients_say_and_what_accounts_do_stands_in_fields() {
    let town = Town::new();
    let data = town.path("alice");
    let args = ["-v", "-p", "0", "--data-dir", &data, "alice"];
    let mut process = start(&town, &args);
    let mut client = Client::online(process.port("skypeproxy"));
    client.say("NAME \"a\"}\u{1b}[2J");
    client.ask("PING");
    let log = log_of(process);
    let said = find(&log, "command", "NAME \"a\"}\u{1b}[2J");
    assert_eq!(
        (&said["conn"], &said["level"]),
        (&"c1".into(), &"talk".into())
    );
    let online = log.iter().find(|line| line["kind"] == "link-online");
    let online = online.unwrap();
    assert_eq!(
        (&online["account"], &online["level"]),
        (&"alice".into(), &"info".into())
    );
    for line in &log {
        let time = line["time"].as_str().unwrap();
        assert!(humantime_like(time), "{time}");
    }
}

/// As in `2012-07-11T09:30:00.042Z`.
fn humantime_like(time: &str) -> bool {
    let shape: String = time
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    shape == "0000-00-00T00:00:00.000Z"
}

#[test]
fn a_service_has_it_too_and_watchers_besides() {
    let town = Town::new();
    let data = town.path("service");
    let listen = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
    let args = [
        &["service", "--open-registration", "--data-dir", &data],
        &listen[..],
    ]
    .concat();
    let mut service = start(&town, &args);
    let port = service.port("service");
    let watchers = service.port("admin");
    let server = format!("http://127.0.0.1:{port}/");
    let daemon = town.daemon_with("alice", &["--server", &server]);
    let _client = daemon.client();
    let (status, body) = crate::admin::get(watchers, "/healthz");
    assert_eq!((&*status, &*body), ("HTTP/1.1 200 OK", "ok\n"));
    let (_, metrics) = crate::admin::get(watchers, "/metrics");
    let sessions = "imo2sproxy_service_sessions 1";
    assert!(metrics.lines().any(|line| line == sessions), "{metrics}");
    daemon.stop();
    let log = log_of(service);
    let made = log.iter().find(|line| line["kind"] == "account-created");
    assert_eq!(made.unwrap()["account"], "alice");
}
