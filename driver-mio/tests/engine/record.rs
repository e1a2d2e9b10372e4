//! Recordings that begin and end while the loop runs.
//! Never looks at more of a recording than its form.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;

use imo2sproxy::Recordable;
use imo2sproxy::call_handler::CallHandling;
use imo2sproxy::event_loop::{Bound, EventLoop, Parts, Remote};
use imo2sproxy::networks::Networks;
use imo2sproxy::via::Ways;
use imo2sproxy_core::config::ServiceConfig;
use imo2sproxy_core::event::Event;
use imo2sproxy_core::io::ListenerId;
use imo2sproxy_core::replay::{Mode, Verdict, replay};
use imo2sproxy_core::rng::Seed;
use imo2sproxy_core::store::MemoryStore;
use imo2sproxy_core::trace::{Plan, Secrecy, Trace};

use crate::helpers::PATIENCE;

fn record(remote: &Remote, file: Option<PathBuf>) -> Result<(), String> {
    let (tell, heard) = channel();
    let done = move |result| tell.send(result).unwrap();
    match file {
        Some(file) => remote.record_on(file, done),
        None => remote.record_off(done),
    }
    heard.recv_timeout(PATIENCE).unwrap()
}

/// Asks the service of a test for its page.
fn visit(port: u16) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let request = b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    stream.write_all(request).unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(page.contains("200 OK"), "{page}");
}

fn lines(file: &Path) -> Trace {
    Trace::parse(&fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn a_running_loop_records_when_it_is_told_to_and_stops_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let (tell, told) = channel();
    let plan = Plan::Service(ServiceConfig::default(), Seed::from_number(1));
    let (ready, remote) = channel();
    let running = thread::spawn(move || {
        let parts = Parts {
            listeners: vec![Bound {
                listener: ListenerId(0),
                socket,
                tls: None,
                plain_too: None,
                heralds: Networks::default(),
            }],
            client_tls: None,
            store: Box::new(MemoryStore::new()),
            files: None,
            calls: CallHandling::Ignored,
            control: None,
            ways: Ways::straight(),
            renew: None,
            watcher: Box::new(move |event: &Event| {
                let _ = tell.send(format!("{:?}: {event}", event.kind));
            }),
        };
        let mut engine = EventLoop::new(plan.build(), parts).unwrap();
        engine.set_recordable(Recordable {
            plan,
            secrecy: Secrecy::Hidden,
        });
        ready.send(engine.handle()).unwrap();
        engine.run().unwrap();
    });
    let remote = remote.recv_timeout(PATIENCE).unwrap();

    visit(port);
    assert!(record(&remote, None).is_err(), "nothing is recorded yet");
    record(&remote, Some(file("one"))).unwrap();
    visit(port);
    // The next recording takes the place of the first.
    record(&remote, Some(file("two"))).unwrap();
    visit(port);
    record(&remote, None).unwrap();
    visit(port);
    let refused = record(&remote, Some(file("none/three"))).unwrap_err();
    assert!(refused.contains("cannot record to"), "{refused}");
    remote.drain();
    running.join().unwrap();

    for name in ["one", "two"] {
        let text = fs::read_to_string(file(name)).unwrap();
        assert_eq!(text.matches("\"in\":\"accepted\"").count(), 1, "{text}");
        assert!(!text.contains("\"seed\""), "{text}");
        let trace = lines(&file(name));
        assert!(trace.header.is_partial());
        assert_eq!(replay(&trace, Mode::Strict), Ok(Verdict::Partial));
    }
    let told: Vec<String> = told
        .try_iter()
        .filter(|line| line.starts_with("Recording"))
        .collect();
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[0].starts_with("Recording: recording to"), "{told:?}");
    assert!(told[1].starts_with("Recording: recorded to"), "{told:?}");
}
