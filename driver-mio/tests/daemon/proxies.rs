//! Daemons behind proxies that the tests play: named by option or environment, willing or not.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use crate::client::{Client, PATIENCE};
use crate::played::{proxy, relay, say, take, take_head};
use crate::program::{failure, program, run};
use crate::running::Running;
use crate::town::{PASSWORD, Town};

/// Lets a client of SOCKS5 log in as `me` with the password `sesame` and go to `port`.
fn play_socks(stream: TcpStream, port: u16) {
    assert_eq!(take(&stream, 4), [5, 2, 0, 2]);
    say(&stream, &[5, 2]);
    assert_eq!(take(&stream, 11), b"\x01\x02me\x06sesame");
    say(&stream, &[1, 0]);
    assert_eq!(take(&stream, 16)[..14], *b"\x05\x01\x00\x03\x09localhost");
    say(&stream, &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    relay(stream, port);
}

#[test]
fn a_daemon_chats_through_a_socks_proxy_that_wants_a_password() {
    let (town, _service) = Town::with_service();
    let visits = Arc::new(AtomicUsize::new(0));
    let (port, counted) = (town.port, Arc::clone(&visits));
    let way = proxy(move |stream| {
        counted.fetch_add(1, Ordering::SeqCst);
        play_socks(stream, port);
    });
    let server = format!("https://localhost:{port}/");
    let (ca, way) = (
        town.path("ca.pem"),
        format!("socks5://me:sesame@127.0.0.1:{way}"),
    );
    let options = ["-v", "--server", &server, "--ca-file", &ca, "--proxy", &way];
    let daemon = town.daemon_with("alice", &options);
    let mut client = daemon.client();
    client.send("echo123", "hello");
    assert_eq!(client.hear_text(), "hello");
    assert_eq!(
        visits.load(Ordering::SeqCst),
        2,
        "one way for each connection"
    );
    drop(client);
    let said = daemon.stop();
    assert!(said.contains("HTTPS_PROXY keeps it private"), "{said}");
    assert!(!said.contains("sesame"), "{said}");
}

#[test]
fn the_environment_names_the_proxy_and_a_service_beside_us_is_reached_straight() {
    let town = Town::new();
    let arguments = ["service", "--listen", "127.0.0.1:0", "--open-registration"];
    let home = tempfile::tempdir().unwrap();
    let mut service = Running::start(program(home.path(), &arguments));
    let port = service.port("service");
    let way = proxy(move |stream| {
        let head = take_head(&stream);
        assert!(
            head.starts_with("CONNECT chat.invalid:8080 HTTP/1.1\r\n"),
            "{head}"
        );
        say(&stream, b"HTTP/1.1 200 OK\r\n\r\n");
        relay(stream, port);
    });
    let way = format!("http://127.0.0.1:{way}");
    let environment = [("IMO2SPROXY_PASSWORD", PASSWORD), ("ALL_PROXY", &way)];
    for server in [
        "http://chat.invalid:8080/",
        &format!("http://127.0.0.1:{port}/"),
    ] {
        let daemon = town.daemon_in("alice", &["--server", server], &environment);
        let mut client = daemon.client();
        client.send("echo123", "hello");
        drop(client);
        daemon.stop();
    }
    // The service inside is never behind a proxy, not even behind one that is no proxy.
    let wrong = [("IMO2SPROXY_PASSWORD", PASSWORD), ("ALL_PROXY", "ftp://p/")];
    town.daemon_in("bob", &[], &wrong).client();
}

#[test]
fn a_proxy_that_refuses_is_told_once_and_the_daemon_comes_back_by_itself() {
    let (town, _service) = Town::with_service();
    let willing = Arc::new(AtomicBool::new(false));
    let (port, will) = (town.port, Arc::clone(&willing));
    let way = proxy(move |stream| {
        take_head(&stream);
        if will.load(Ordering::SeqCst) {
            say(&stream, b"HTTP/1.1 200 OK\r\n\r\n");
            relay(stream, port);
        } else {
            // Whether it is still heard does not matter here.
            let _ = (&stream).write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n");
        }
    });
    let server = format!("https://localhost:{port}/");
    let (ca, way) = (town.path("ca.pem"), format!("http://127.0.0.1:{way}"));
    let options = ["--server", &server, "--ca-file", &ca, "--proxy", &way];
    let daemon = town.daemon_with("alice", &options);
    let mut client = Client::connect(daemon.port);
    sleep(Duration::from_secs(3));
    assert_eq!(client.get("CONNSTATUS"), "CONNECTING");
    willing.store(true, Ordering::SeqCst);
    client.hear("CONNSTATUS ONLINE");
    drop(client);
    let said = daemon.stop();
    let refusals = said
        .lines()
        .filter(|line| line.contains("the proxy refuses"));
    assert_eq!(refusals.count(), 1, "{said}");
    assert_eq!(
        said.matches("no connection to the service").count(),
        1,
        "{said}"
    );
}

#[test]
fn a_proxy_that_cannot_be_used_ends_the_daemon_with_2_and_hides_its_password() {
    let daemon = |way: &str| {
        let server = "https://chat.invalid/";
        run(
            &[
                "--server",
                server,
                "--proxy",
                way,
                "--password-file",
                "-",
                "-p",
                "0",
                "alice",
            ],
            PASSWORD,
        )
    };
    for (way, word) in [
        ("https://me:sesame@proxy:1", "socks5://"),
        ("http://me:sesame@proxy:99999", "port"),
        ("http://me:sesame@proxy:1/path", "behind"),
    ] {
        let output = daemon(way);
        let (code, line) = failure(&output);
        assert_eq!(code, 2);
        assert!(
            line.starts_with("--proxy: ") && line.contains(word),
            "{line}"
        );
        assert!(!line.contains("sesame"), "{line}");
    }
}

#[test]
fn a_redirect_to_another_server_leads_through_the_proxy_too() {
    let town = Town::new();
    let (tell, heard) = std::sync::mpsc::channel();
    let way = proxy(move |stream| {
        let target = take_head(&stream).lines().next().unwrap().to_owned();
        say(&stream, b"HTTP/1.1 200 OK\r\n\r\n");
        let request = take_head(&stream).lines().next().unwrap().to_owned();
        let answer = match target.contains("first.invalid") {
            true => "302 Found\r\nLocation: http://second.invalid:81/page",
            false => "200 OK",
        };
        // The test may have ended.
        let _ = tell.send(format!("{target} / {request}"));
        let rest = "Connection: close\r\nContent-Length: 0\r\n\r\n";
        let _ = (&stream).write_all(format!("HTTP/1.1 {answer}\r\n{rest}").as_bytes());
    });
    let way = format!("http://127.0.0.1:{way}");
    let options = ["--server", "http://first.invalid/", "--proxy", &way];
    let _daemon = town.daemon_with("alice", &options);
    for expected in [
        "CONNECT first.invalid:80 HTTP/1.1 / GET / HTTP/1.1",
        "CONNECT second.invalid:81 HTTP/1.1 / GET /page HTTP/1.1",
        "CONNECT first.invalid:80 HTTP/1.1 / POST /imo HTTP/1.1",
    ] {
        assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), expected);
    }
}
