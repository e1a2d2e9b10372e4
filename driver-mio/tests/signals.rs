//! SIGTERM and SIGINT, in a process of its own since they concern all of it.
//! Never more than one test: signals cannot be told apart by test.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use imo2sproxy::call_handler::CallHandling;
use imo2sproxy::event_loop::{EventLoop, Parts};
use imo2sproxy::via::Ways;
use imo2sproxy_core::event::Event;
use imo2sproxy_core::io::{Control, Input, Machine, Outputs};
use imo2sproxy_core::store::MemoryStore;
use imo2sproxy_core::time::{Instant as CoreInstant, Now};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::raise;

/// Says when it is to drain, and never stops by itself.
struct Stubborn(std::sync::mpsc::Sender<()>);

impl Machine for Stubborn {
    fn handle(&mut self, _: Now, input: Input<'_>, _: &mut Outputs) {
        if let Input::Control(Control::Drain) = input {
            // A test that has failed does not listen any more.
            let _ = self.0.send(());
        }
    }

    fn deadline(&self) -> Option<CoreInstant> {
        None
    }
}

#[test]
fn the_first_signal_drains_and_the_second_ends_the_loop_at_once() {
    let (drained, drains) = channel();
    let (ready, is_ready) = channel();
    let thread = std::thread::spawn(move || {
        let parts = Parts {
            listeners: Vec::new(),
            client_tls: None,
            ways: Ways::straight(),
            store: Box::new(MemoryStore::new()),
            files: None,
            calls: CallHandling::Ignored,
            control: None,
            watcher: Box::new(|_: &Event| {}),
            renew: None,
        };
        let mut engine = EventLoop::new(Stubborn(drained), parts).unwrap();
        ready.send(engine.handle()).unwrap();
        engine.run().unwrap();
    });
    let patience = Duration::from_secs(5);
    let remote = is_ready.recv_timeout(patience).unwrap();
    raise(SIGTERM).unwrap();
    drains.recv_timeout(patience).unwrap();
    // Neither this nor time ends it before the second signal.
    remote.drain();
    std::thread::sleep(Duration::from_millis(300));
    assert!(!thread.is_finished());
    assert!(drains.try_recv().is_err(), "told to drain once");
    let start = Instant::now();
    raise(SIGINT).unwrap();
    thread.join().unwrap();
    assert!(start.elapsed() < Duration::from_secs(3));
}
