//! Whoever watches the daemon: what it says of its health, and its numbers.
//! Never more than HTTP by hand.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::client::{Client, PATIENCE};
use crate::program::{failure, program, run};
use crate::running::Running;
use crate::town::{PASSWORD, Town};

/// The daemon of alice with a port for watchers; gives its port for clients, and that one.
fn watched(town: &Town, more: &[&str]) -> (Running, u16, u16) {
    let data = town.path("alice");
    let args = ["-p", "0", "--admin", "127.0.0.1:0", "--data-dir", &data];
    let mut command = program(town.home(), &[&args[..], more, &["alice"]].concat());
    command.env("IMO2SPROXY_PASSWORD", PASSWORD);
    let mut process = Running::start(command);
    let clients = process.port("skypeproxy");
    let watchers = process.port("admin");
    (process, clients, watchers)
}

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// The status line, and the body.
fn ask(port: u16, request: &str) -> (String, String) {
    let mut stream = connect(port);
    stream.write_all(request.as_bytes()).unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    let (head, body) = said.split_once("\r\n\r\n").unwrap();
    let status = head.lines().next().unwrap();
    (status.into(), body.into())
}

pub(crate) fn get(port: u16, path: &str) -> (String, String) {
    ask(port, &format!("GET {path} HTTP/1.1\r\nHost: here\r\n\r\n"))
}

#[test]
fn a_daemon_that_is_well_says_so_and_shows_its_numbers() {
    let town = Town::new();
    let (mut process, clients, port) = watched(&town, &[]);
    let mut client = Client::online(clients);
    client.ask("MESSAGE echo123 hello");
    client.hear_between("CHATMESSAGE ", " STATUS SENT");
    let ok = ("HTTP/1.1 200 OK".to_owned(), "ok\n".to_owned());
    assert_eq!(get(port, "/healthz"), ok);
    let (status, text) = get(port, "/metrics");
    assert_eq!(status, "HTTP/1.1 200 OK");
    for line in [
        "# TYPE imo2sproxy_accounts gauge",
        "imo2sproxy_accounts{link=\"online\"} 1",
        "imo2sproxy_accounts{link=\"connecting\"} 0",
        "imo2sproxy_clients 1",
        "imo2sproxy_strangers 0",
        "imo2sproxy_unsent_texts 0",
        "imo2sproxy_service_sessions 1",
        "imo2sproxy_store_failing 0",
        "imo2sproxy_events_total{kind=\"link-online\"} 1",
    ] {
        assert!(text.lines().any(|said| said == line), "{line} in {text}");
    }
    let none = "imo2sproxy_received_bytes_total{from=\"clients\"} 0";
    assert!(!text.contains(none) && !text.contains(PASSWORD) && !text.contains("hello"));
    assert_eq!(process.stop().0, Some(0));
}

#[test]
fn a_daemon_whose_account_cannot_get_online_is_not_well() {
    let town = Town::new();
    let server = format!("http://127.0.0.1:{}/", town.port);
    let (_process, _, port) = watched(&town, &["--server", &server]);
    let (status, body) = get(port, "/healthz");
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable");
    assert_eq!(body, "no account is online\n");
}

#[test]
fn a_daemon_whose_service_has_fallen_silent_says_so_before_its_users_notice() {
    let (town, service) = Town::with_service();
    let server = format!("https://localhost:{}/", town.port);
    let ca = town.path("ca.pem");
    let options = ["--server", &server, "--ca-file", &ca];
    let (_process, clients, port) = watched(&town, &options);
    let _client = Client::online(clients);
    assert_eq!(get(port, "/healthz").1, "ok\n");
    service.signal("-STOP");
    sleep(Duration::from_secs(1));
    let begin = Instant::now();
    let ask = || get(port, "/healthz");
    let answers: Vec<_> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(
        begin.elapsed() < Duration::from_secs(8),
        "one probe for all"
    );
    for (status, body) in answers {
        assert_eq!(status, "HTTP/1.1 503 Service Unavailable");
        assert_eq!(body, "a service does not answer in time\n");
    }
    service.signal("-CONT");
    let begin = Instant::now();
    while get(port, "/healthz").1 != "ok\n" {
        assert!(begin.elapsed() < PATIENCE);
        sleep(Duration::from_millis(200));
    }
}

#[test]
fn what_is_no_question_is_answered_and_who_asks_nothing_is_sent_away() {
    let town = Town::new();
    let (_process, _, port) = watched(&town, &[]);
    for (request, status) in [
        ("GET /other HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found"),
        (
            "POST /healthz HTTP/1.1\r\n\r\n",
            "HTTP/1.1 405 Method Not Allowed",
        ),
        ("what\r\n\r\n", "HTTP/1.1 400 Bad Request"),
        (&"x".repeat(8192), "HTTP/1.1 400 Bad Request"),
    ] {
        assert_eq!(ask(port, request).0, status);
    }
    let mut silent: Vec<TcpStream> = (0..16).map(|_| connect(port)).collect();
    sleep(Duration::from_millis(200));
    let mut late = connect(port);
    assert_eq!(
        late.read(&mut [0]).unwrap_or(0),
        0,
        "there is no place left"
    );
    let begin = Instant::now();
    // What it says from time to time wins it no time.
    while silent[0].write_all(b"G").is_ok() {
        assert!(begin.elapsed() < PATIENCE);
        sleep(Duration::from_millis(500));
    }
    assert!(begin.elapsed() < Duration::from_secs(10));
    drop(silent);
    assert_eq!(get(port, "/metrics").0, "HTTP/1.1 200 OK");
}

#[test]
fn an_address_that_others_reach_has_to_stand_in_a_configuration() {
    let output = run(&["--admin", "0.0.0.0:0", "alice"], "");
    let (code, line) = failure(&output);
    assert_eq!(code, 2);
    assert!(line.contains("--admin 0.0.0.0:0"), "{line}");
    let output = run(&["--admin", "9100", "alice"], "");
    assert!(failure(&output).1.contains("write ADDR:PORT"));
}
