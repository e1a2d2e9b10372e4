//! What happens when the system has no open files left, in a process of its own since the limit concerns all of it.
//! Never more than one test, for the same reason.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::time::Duration;

use imo2sproxy::call_handler::CallHandling;
use imo2sproxy::event_loop::{Bound, EventLoop, Parts};
use imo2sproxy::networks::Networks;
use imo2sproxy::via::Ways;
use imo2sproxy_core::event::{Event, EventKind};
use imo2sproxy_core::io::{Input, ListenerId, Machine, Output, Outputs};
use imo2sproxy_core::store::MemoryStore;
use imo2sproxy_core::time::{Instant, Now};
use rlimit::Resource;

/// Sends back what comes.
struct Echo;

impl Machine for Echo {
    fn handle(&mut self, _: Now, input: Input<'_>, out: &mut Outputs) {
        if let Input::Received { conn, bytes } = input {
            let bytes = bytes.to_vec();
            out.push(Output::Send { conn, bytes });
        } else if let Input::Control(_) = input {
            out.push(Output::Stopped);
        }
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }
}

#[test]
fn without_open_files_accepting_pauses_with_one_line_and_goes_on_when_some_are_closed() {
    let patience = Duration::from_secs(10);
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    // The system takes the connections in for us; they cost us files of our own only when they are accepted.
    let mut clients: Vec<_> = (0..40)
        .map(|_| {
            let client = TcpStream::connect(address).unwrap();
            client.set_read_timeout(Some(patience)).unwrap();
            client
        })
        .collect();
    let open = std::fs::read_dir("/proc/self/fd").unwrap().count() as u64;
    let limit = open + 25;
    Resource::NOFILE.set(limit, limit).unwrap();

    let (tell, told) = channel();
    let (ready, is_ready) = channel();
    let thread = std::thread::spawn(move || {
        let listener = Bound {
            listener: ListenerId(0),
            socket,
            tls: None,
            plain_too: None,
            heralds: Networks::default(),
        };
        let parts = Parts {
            listeners: vec![listener],
            client_tls: None,
            ways: Ways::straight(),
            store: Box::new(MemoryStore::new()),
            files: None,
            calls: CallHandling::Ignored,
            control: None,
            watcher: Box::new(move |event: &Event| tell.send(event.kind).unwrap()),
            renew: None,
        };
        let mut engine = EventLoop::new(Echo, parts).unwrap();
        ready.send(engine.handle()).unwrap();
        engine.run().unwrap();
    });
    let remote = is_ready.recv_timeout(patience).unwrap();
    assert_eq!(told.recv_timeout(patience).unwrap(), EventKind::Exhausted);
    // It stays so for more than one pause, and says so only once.
    std::thread::sleep(Duration::from_millis(2500));
    assert!(told.try_recv().is_err());
    let hello = |client: &mut TcpStream| {
        client.write_all(b"hello").unwrap();
        let mut back = [0; 5];
        client.read_exact(&mut back).unwrap();
        assert_eq!(&back, b"hello");
    };
    hello(&mut clients[0]);
    // Those who were in leave, and the last in the line gets its turn.
    let mut last = clients.pop().unwrap();
    drop(clients);
    hello(&mut last);
    remote.drain();
    thread.join().unwrap();
}
