//! How much flows, when it stops, and how it ends: slow readers, paused reading, closing, draining.

use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use imo2sproxy_core::io::CloseCause::{Local, Peer};
use imo2sproxy_core::io::ConnId::Client;
use imo2sproxy_core::io::{CloseHow, Input, Machine, Output, Outputs};
use imo2sproxy_core::time::{Instant as CoreInstant, Now};

use crate::helpers::{Certificate, Setup, closed, pattern, send};

const MEGA: usize = 1024 * 1024;

/// Sends 32 MiB to a client that does not read at first, and looks at what is reported as sent.
fn check_slow_reader(setup: Setup, client: impl FnOnce(&crate::helpers::Engine) -> Box<dyn Read>) {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let block = pattern(MEGA / 4);
    let expected = block.clone();
    let engine = setup.start(move |_, input, out, teller| match input {
        Input::Accepted { conn, .. } => (0..128).for_each(|_| send(*conn, &block, out)),
        Input::Sent { count, .. } => {
            assert!(*count > 0);
            let total = counter.fetch_add(*count, Ordering::SeqCst) + count;
            if total == 32 * MEGA {
                teller.tell("all sent");
            }
        }
        _ => {}
    });
    let mut client = client(&engine);
    let mut bytes = vec![0; expected.len()];
    client.read_exact(&mut bytes).unwrap();
    assert_eq!(bytes, expected);
    thread::sleep(Duration::from_millis(300));
    let early = sent.load(Ordering::SeqCst);
    assert!(early >= MEGA / 4, "what was read has been sent: {early}");
    assert!(early < 24 * MEGA, "what nobody took has not left: {early}");
    for _ in 1..128 {
        client.read_exact(&mut bytes).unwrap();
        assert_eq!(bytes, expected);
    }
    engine.expect("accepted c1 by 0");
    engine.expect("all sent");
}

#[test]
fn a_slow_reader_gets_all_in_the_end_and_sent_adds_up() {
    check_slow_reader(Setup::plain(), |engine| Box::new(engine.client()));
}

#[test]
fn a_slow_tls_reader_gets_all_in_the_end_and_sent_adds_up() {
    let certificate = Certificate::new();
    check_slow_reader(Setup::secured(&certificate), |engine| {
        let mut client = engine.tls_client(&certificate);
        client.flush().unwrap();
        Box::new(client)
    });
}

#[test]
fn a_client_that_is_not_read_is_not_heard_until_it_is_read_again() {
    let received = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&received);
    let mut first = true;
    let engine = Setup::plain().start(move |_, input, out, teller| match input {
        Input::Received {
            conn: Client(1),
            bytes,
        } => {
            let total = counter.fetch_add(bytes.len(), Ordering::SeqCst) + bytes.len();
            if std::mem::take(&mut first) {
                let conn = Client(1);
                out.push(Output::Reading { conn, on: false });
                teller.tell("paused");
            }
            if total == 4 * MEGA {
                teller.tell("complete");
            }
        }
        // Anybody else's byte lets the first one go on.
        Input::Received { .. } => {
            let conn = Client(1);
            out.push(Output::Reading { conn, on: true });
        }
        _ => {}
    });
    let mut client = engine.client();
    engine.expect("accepted c1 by 0");
    let writer = thread::spawn(move || {
        client.write_all(&pattern(4 * MEGA)).unwrap();
        client
    });
    engine.expect("paused");
    let then = received.load(Ordering::SeqCst);
    thread::sleep(Duration::from_millis(300));
    assert_eq!(received.load(Ordering::SeqCst), then);
    assert!(then < MEGA);
    let mut other = engine.client();
    engine.expect("accepted c2 by 0");
    other.write_all(b"!").unwrap();
    engine.expect("complete");
    drop(writer.join().unwrap());
    engine.expect(&closed(Client(1), Peer));
}

#[test]
fn closing_after_flush_delivers_everything_even_to_a_client_that_is_not_listened_to() {
    let certificate = Certificate::new();
    for tls in [false, true] {
        let all = pattern(4 * MEGA);
        let expected = all.clone();
        let setup = if tls {
            Setup::secured(&certificate)
        } else {
            Setup::plain()
        };
        let engine = setup.start(move |_, input, out, _| {
            if let Input::Accepted { conn, .. } = input {
                let conn = *conn;
                out.push(Output::Reading { conn, on: false });
                for block in all.chunks(10_000) {
                    send(conn, block, out);
                }
                let how = CloseHow::AfterFlush;
                out.push(Output::Close { conn, how });
            }
        });
        let mut client: Box<dyn ReadWrite> = if tls {
            Box::new(engine.tls_client(&certificate))
        } else {
            Box::new(engine.client())
        };
        // Nobody will read this; it must not cut off what is on its way.
        client.write_all(&pattern(5000)).unwrap();
        client.flush().unwrap();
        thread::sleep(Duration::from_millis(100));
        let mut got = Vec::new();
        client.read_to_end(&mut got).unwrap();
        assert!(got == expected, "{} bytes arrived", got.len());
        engine.expect("accepted c1 by 0");
        engine.expect(&closed(Client(1), Local));
    }
}

trait ReadWrite: Read + Write {}
impl<T: Read + Write> ReadWrite for T {}

#[test]
fn a_client_that_never_reads_keeps_a_closing_connection_for_five_seconds_at_most() {
    let engine = Setup::plain().start(move |_, input, out, _| {
        if let Input::Accepted { conn, .. } = input {
            let (conn, how) = (*conn, CloseHow::AfterFlush);
            send(conn, &vec![0; 32 * MEGA], out);
            out.push(Output::Close { conn, how });
        }
    });
    let start = Instant::now();
    let _client = engine.client();
    engine.expect("accepted c1 by 0");
    engine.expect(&closed(Client(1), Local));
    let waited = start.elapsed();
    assert!((4900..9000).contains(&waited.as_millis()), "{waited:?}");
}

#[test]
fn an_aborted_connection_ends_at_once() {
    let engine = Setup::plain().start(move |_, input, out, _| {
        if let Input::Received { conn, .. } = input {
            let (conn, how) = (*conn, CloseHow::Abort);
            send(conn, &vec![0; 32 * MEGA], out);
            out.push(Output::Close { conn, how });
        }
    });
    let mut client = engine.client();
    client.write_all(b"x").unwrap();
    engine.expect("accepted c1 by 0");
    engine.expect(&closed(Client(1), Local));
    let mut got = Vec::new();
    let _ = client.read_to_end(&mut got);
    assert!(got.is_empty());
}

/// What a machine has heard, or what has left.
#[derive(PartialEq, Eq, Debug)]
enum Step {
    Flood(usize),
    Ping,
    Sent,
}

#[test]
fn a_client_that_floods_is_heard_after_others_were_answered_and_in_small_pieces_then() {
    let (open, gate) = mpsc::channel();
    let (step, steps) = mpsc::channel();
    let engine = Setup::plain().start(move |_, input, out, teller| match input {
        Input::Received {
            conn: Client(1),
            bytes,
        } => {
            teller.tell("flooded");
            // Open once and for all when the test has let go of it.
            let _ = gate.recv();
            // Longer than any turn is to be.
            thread::sleep(Duration::from_millis(2));
            let _ = step.send(Step::Flood(bytes.len()));
        }
        Input::Received { conn, bytes } => {
            let _ = step.send(Step::Ping);
            send(*conn, bytes, out);
        }
        Input::Sent { .. } => drop(step.send(Step::Sent)),
        _ => {}
    });
    let mut flood = engine.client();
    engine.expect("accepted c1 by 0");
    let mut other = engine.client();
    engine.expect("accepted c2 by 0");
    flood.write_all(&[0; 64 * 1024]).unwrap();
    engine.expect("flooded");
    other.write_all(b"ping").unwrap();
    // Two pieces before the other one has ever been heard: a first one, and one of bulk by itself.
    open.send(()).unwrap();
    engine.expect("flooded");
    open.send(()).unwrap();
    engine.expect("flooded");
    drop(open);
    let steps: Vec<Step> = steps.iter().take(5).collect();
    let (first, alone, shared) = (2 * 1024, 8 * 1024, 1024);
    assert_eq!(
        steps,
        [
            Step::Flood(first),
            Step::Flood(alone),
            Step::Ping,
            Step::Sent,
            Step::Flood(shared)
        ]
    );
}

#[test]
fn a_remote_drains_the_machine_and_ends_the_loop() {
    let mut engine = Setup::plain().start(|_, input, out, _| {
        if let Input::Control(_) = input {
            let (conn, how) = (Client(1), CloseHow::AfterFlush);
            send(conn, b"goodbye", out);
            out.push(Output::Close { conn, how });
        }
    });
    let mut client = engine.client();
    engine.expect("accepted c1 by 0");
    let remote = engine.remote.clone();
    thread::spawn(move || remote.drain()).join().unwrap();
    let mut got = String::new();
    client.read_to_string(&mut got).unwrap();
    assert_eq!(got, "goodbye");
    engine.join();
    engine.expect("drain");
    engine.expect(&closed(Client(1), Local));
    let refused = std::net::TcpStream::connect(engine.addresses[0]);
    assert!(refused.is_err());
}

#[test]
fn a_machine_that_does_not_stop_is_left_after_ten_seconds() {
    let setup = Setup {
        stops: false,
        ..Setup::default()
    };
    let mut engine = setup.start(|_, _, _, _| {});
    let start = Instant::now();
    engine.remote.drain();
    engine.join();
    let waited = start.elapsed();
    assert!((9900..15_000).contains(&waited.as_millis()), "{waited:?}");
}

/// Wants five ticks, twenty milliseconds apart, and tells how late each one is.
struct Metronome {
    next: Option<CoreInstant>,
    left: usize,
    late: mpsc::Sender<String>,
}

impl Machine for Metronome {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        match input {
            Input::Start => self.next = Some(now.mono + Duration::from_millis(20)),
            Input::Tick => {
                let due = self.next.expect("a tick only when one is wanted");
                assert!(now.mono >= due);
                let late = now.mono.since(due).as_millis();
                self.late.send(late.to_string()).unwrap();
                self.left -= 1;
                self.next = (self.left > 0).then(|| now.mono + Duration::from_millis(20));
            }
            Input::Control(_) => out.push(Output::Stopped),
            _ => {}
        }
    }

    fn deadline(&self) -> Option<CoreInstant> {
        self.next
    }
}

#[test]
fn a_machine_gets_its_ticks_when_they_are_due_and_no_others() {
    let (late, heard) = mpsc::channel();
    let machine = Metronome {
        next: None,
        left: 5,
        late: late.clone(),
    };
    let engine = Setup::default().start_machine(machine, late, heard);
    for _ in 0..5 {
        let late: u64 = engine.hear().parse().unwrap();
        assert!(late < 500, "{late} ms late");
    }
    thread::sleep(Duration::from_millis(100));
    assert!(engine.rest().is_empty());
}
