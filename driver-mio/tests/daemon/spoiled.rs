//! A daemon whose service answers wrongly, or whose connections die when they are used.
//! Never about a service that only cannot be reached: that is `trouble`.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::client::{Client, PATIENCE};
use crate::played::proxy;
use crate::program::program;
use crate::running::Running;
use crate::town::{Town, acquaint};

/// A service without TLS on this port; 0 takes a free one, which is the second part.
fn plain_service(town: &Town, port: u16) -> (Running, u16) {
    let (listen, data) = (format!("127.0.0.1:{port}"), town.path("service"));
    let arguments = [
        "service",
        "--listen",
        &listen,
        "--data-dir",
        &data,
        "--open-registration",
    ];
    let home = town.path("");
    let mut service = Running::start(program(home.as_ref(), &arguments));
    let port = service.port("service");
    (service, port)
}

/// Reads what is there, and all of a request unless it comes in pieces; empty at the end.
fn some_bytes(mut stream: &TcpStream) -> Vec<u8> {
    let mut bytes = vec![0; 1 << 16];
    let count = stream.read(&mut bytes).unwrap_or_default();
    bytes.truncate(count);
    bytes
}

fn contains(bytes: &[u8], word: &str) -> bool {
    bytes
        .windows(word.len())
        .any(|part| part == word.as_bytes())
}

/// What a service that is none says to the request for a session id, and which words of the log tell of it.
fn wrong_answers() -> Vec<(Vec<u8>, &'static str)> {
    let with_length = |status: &str, body: &[u8]| {
        let head = format!(
            "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    };
    let page = b"<html><body>Welcome</body></html>";
    vec![
        (with_length("200 OK", page), "no session id"),
        (with_length("500 Oops", page), "HTTP 500"),
        (
            with_length("200 OK", &vec![b' '; 10 << 20]),
            "body is over the limit",
        ),
        (
            b"220 mail.example ESMTP\r\n\r\n".to_vec(),
            "neither HTTP/1.0",
        ),
        (Vec::new(), "closed by the other side"),
    ]
}

#[test]
fn each_kind_of_wrong_answer_is_told_once_and_a_real_service_is_found_in_the_end() {
    let town = Town::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let mut answers = wrong_answers().into_iter();
        while answers.len() > 0 {
            let (mut stream, _) = listener.accept().unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            let request = some_bytes(&stream);
            assert!(contains(&request, "GET / HTTP/1.1\r\n"));
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                .unwrap();
            assert!(contains(&some_bytes(&stream), "rest_rpc"));
            let (answer, _) = answers.next().unwrap();
            // Whoever has heard enough hangs up.
            let _ = stream.write_all(&answer);
        }
    });
    let address = format!("http://127.0.0.1:{port}/");
    let daemon = town.daemon_with("alice", &["--server", &address]);
    let mut client = Client::connect(daemon.port);
    server.join().unwrap();
    assert_eq!(client.get("CONNSTATUS"), "CONNECTING");
    let (_service, _) = plain_service(&town, port);
    client.await_answer("GET CONNSTATUS", "CONNSTATUS ONLINE");
    client.send("echo123", "hello");
    assert_eq!(client.hear_text(), "hello");
    drop(client);
    let said = daemon.stop();
    for (_, words) in wrong_answers() {
        let told = said
            .lines()
            .filter(|line| line.contains("no connection to the service") && line.contains(words));
        assert_eq!(told.count(), 1, "{words}: {said}");
    }
}

/// How a connection dies that carries a text.
const ON_ITS_WAY: usize = 1;
const ON_THE_WAY_BACK: usize = 2;

/// Carries bytes to `port` and back. Whenever a text passes and `death` is set, the connection dies: before the service has it, or
/// before the daemon hears of that.
fn carry(client: TcpStream, port: u16, death: Arc<AtomicUsize>) {
    let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let doomed = Arc::new(Mutex::new(false));
    let (from, to, dying) = (
        client.try_clone().unwrap(),
        server.try_clone().unwrap(),
        Arc::clone(&doomed),
    );
    thread::spawn(move || {
        loop {
            let bytes = some_bytes(&from);
            let fate = match contains(&bytes, "send_im") {
                true => death.swap(0, Ordering::SeqCst),
                false => 0,
            };
            *dying.lock().unwrap() |= fate == ON_THE_WAY_BACK;
            if bytes.is_empty() || fate == ON_ITS_WAY || (&to).write_all(&bytes).is_err() {
                break;
            }
        }
        for stream in [&from, &to] {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    });
    thread::spawn(move || {
        loop {
            let bytes = some_bytes(&server);
            let dies = *doomed.lock().unwrap();
            if bytes.is_empty() || dies || (&client).write_all(&bytes).is_err() {
                break;
            }
        }
        for stream in [&client, &server] {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    });
}

#[test]
fn a_connection_that_dies_when_it_is_used_loses_no_text_and_doubles_none() {
    let town = Town::new();
    let (_service, port) = plain_service(&town, 0);
    let death = Arc::new(AtomicUsize::new(0));
    let dying = Arc::clone(&death);
    let between = proxy(move |stream| carry(stream, port, Arc::clone(&dying)));
    let [near, far] = [between, port].map(|port| format!("http://127.0.0.1:{port}/"));
    let alices = town.daemon_with("alice", &["--server", &near]);
    let bobs = town.daemon_with("bob", &["--server", &far]);
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    acquaint(&mut alice, &mut bob);
    let mut texts = Vec::new();
    for number in 0..4 {
        for fate in [ON_ITS_WAY, ON_THE_WAY_BACK, 0] {
            let text = format!("{number} with fate {fate}");
            death.store(fate, Ordering::SeqCst);
            alice.send("bob", &text);
            assert_eq!(death.load(Ordering::SeqCst), 0, "nothing has died");
            texts.push(text);
        }
    }
    let heard: Vec<String> = texts.iter().map(|_| bob.hear_text()).collect();
    assert_eq!(heard, texts);
    let late = bob.drain(Duration::from_secs(1));
    let doubled = late.iter().filter(|line| line.ends_with("STATUS RECEIVED"));
    assert_eq!(doubled.count(), 0, "{late:?}");
    drop((alice, bob));
    // A connection that has died once, while it was idle or not, is no news.
    assert_eq!(alices.stop().matches("no connection").count(), 0);
}
