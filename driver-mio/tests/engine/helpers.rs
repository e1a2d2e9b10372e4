//! A machine made of a closure, an event loop on a thread of its own, and certificates to try TLS with.
//! Never sleeps where it can wait for something to happen.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use imo2sproxy::call_handler::CallHandling;
use imo2sproxy::event_loop::{Bound, EventLoop, Parts, Remote};
use imo2sproxy::networks::Networks;
use imo2sproxy::tls;
use imo2sproxy::via::Ways;
use imo2sproxy_core::event::Event;
use imo2sproxy_core::io::{
    CloseCause, ConnId, Control, Input, ListenerId, Machine, Origin, Output, Outputs,
};
use imo2sproxy_core::store::{MemoryStore, Store};
use imo2sproxy_core::time::{Instant, Now};
use rustls::{ClientConfig, ClientConnection, ServerConfig, StreamOwned};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tempfile::TempDir;

/// How long anything may take before the test has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What a machine tells the test, in words.
#[derive(Clone)]
pub(crate) struct Teller(Sender<String>);

impl Teller {
    pub(crate) fn tell(&self, words: impl Into<String>) {
        // The test may have seen enough and gone.
        let _ = self.0.send(words.into());
    }
}

type Behaviour = Box<dyn FnMut(Now, &Input<'_>, &mut Outputs, &Teller) + Send>;

/// A machine that does what a closure says. It tells of what happens to connections, and stops when it is to drain.
struct Closure {
    behaviour: Behaviour,
    teller: Teller,
    stops: bool,
}

impl Machine for Closure {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        match &input {
            Input::Accepted { conn, listener, .. } => {
                self.teller
                    .tell(format!("accepted {conn} by {}", listener.0));
            }
            Input::Connected { conn } => self.teller.tell(format!("connected {conn}")),
            Input::Closed { conn, cause } => self.teller.tell(format!("closed {conn} {cause:?}")),
            Input::Control(Control::Drain) => {
                self.teller.tell("drain");
                if self.stops {
                    out.push(Output::Stopped);
                }
            }
            Input::Start
            | Input::Received { .. }
            | Input::Sent { .. }
            | Input::Loaded { .. }
            | Input::Stored { .. }
            | Input::Hashed { .. }
            | Input::Verified { .. }
            | Input::FileWritten { .. }
            | Input::FileRead { .. }
            | Input::Control(
                Control::Status
                | Control::Probe { .. }
                | Control::Users { .. }
                | Control::Lift { .. }
                | Control::Reload(_),
            )
            | Input::Tick => {}
        }
        (self.behaviour)(now, &input, out, &self.teller);
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }
}

/// What an engine is to be started with.
pub(crate) struct Setup {
    pub(crate) listeners: Vec<Option<Arc<ServerConfig>>>,
    pub(crate) plain_too: Option<Duration>,
    pub(crate) heralds: Networks,
    pub(crate) client_tls: Option<Arc<ClientConfig>>,
    pub(crate) ways: Ways,
    pub(crate) store: Box<dyn Store + Send>,
    pub(crate) files: Option<PathBuf>,
    pub(crate) calls: CallHandling,
    pub(crate) stops: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            listeners: Vec::new(),
            plain_too: None,
            heralds: Networks::default(),
            client_tls: None,
            ways: Ways::straight(),
            store: Box::new(MemoryStore::new()),
            files: None,
            calls: CallHandling::Ignored,
            stops: true,
        }
    }
}

impl Setup {
    /// One listener without TLS.
    pub(crate) fn plain() -> Self {
        Self {
            listeners: vec![None],
            ..Self::default()
        }
    }

    /// One listener with TLS, and trust in its certificate for connections of our own.
    pub(crate) fn secured(certificate: &Certificate) -> Self {
        Self {
            listeners: vec![Some(certificate.server())],
            client_tls: Some(certificate.client()),
            ..Self::default()
        }
    }

    /// Starts an event loop; the closure hears every input after it was told.
    pub(crate) fn start(
        self,
        behaviour: impl FnMut(Now, &Input<'_>, &mut Outputs, &Teller) + Send + 'static,
    ) -> Engine {
        let (tell, heard) = channel();
        let machine = Closure {
            behaviour: Box::new(behaviour),
            teller: Teller(tell.clone()),
            stops: self.stops,
        };
        self.start_machine(machine, tell, heard)
    }

    /// Starts an event loop with a machine of the test's own; events are told as `KIND: text`.
    pub(crate) fn start_machine<M: Machine + Send + 'static>(
        self,
        machine: M,
        tell: Sender<String>,
        heard: Receiver<String>,
    ) -> Engine {
        let mut addresses = Vec::new();
        let mut listeners = Vec::new();
        for (number, tls) in (0..).zip(self.listeners) {
            let socket = TcpListener::bind("127.0.0.1:0").unwrap();
            addresses.push(socket.local_addr().unwrap());
            listeners.push(Bound {
                listener: ListenerId(number),
                socket,
                tls,
                plain_too: self.plain_too,
                heralds: self.heralds.clone(),
            });
        }
        let (client_tls, ways, store) = (self.client_tls, self.ways, self.store);
        let (files, calls) = (self.files, self.calls);
        let (ready, remote) = channel();
        let thread = thread::spawn(move || {
            let teller = Teller(tell);
            let parts = Parts {
                listeners,
                client_tls,
                ways,
                store,
                files,
                calls,
                control: None,
                renew: None,
                watcher: Box::new(move |event: &Event| {
                    teller.tell(format!("{:?}: {event}", event.kind))
                }),
            };
            let mut engine = EventLoop::new(machine, parts).unwrap();
            ready.send(engine.handle()).unwrap();
            engine.run().unwrap();
        });
        Engine {
            addresses,
            remote: remote.recv_timeout(PATIENCE).unwrap(),
            heard,
            thread: Some(thread),
        }
    }
}

/// A running event loop. It is drained when it goes out of scope.
pub(crate) struct Engine {
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) remote: Remote,
    heard: Receiver<String>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// The next thing the machine tells.
    pub(crate) fn hear(&self) -> String {
        match self.heard.recv_timeout(PATIENCE) {
            Ok(words) => words,
            Err(RecvTimeoutError::Timeout) => panic!("nothing more is told"),
            Err(RecvTimeoutError::Disconnected) => panic!("the engine is gone"),
        }
    }

    /// Fails unless the machine tells exactly this next.
    #[track_caller]
    pub(crate) fn expect(&self, words: &str) {
        assert_eq!(self.hear(), words);
    }

    /// What has been told since and not heard yet.
    pub(crate) fn rest(&self) -> Vec<String> {
        self.heard.try_iter().collect()
    }

    /// A client without TLS.
    pub(crate) fn client(&self) -> TcpStream {
        let stream = TcpStream::connect(self.addresses[0]).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// A client with TLS.
    pub(crate) fn tls_client(
        &self,
        certificate: &Certificate,
    ) -> StreamOwned<ClientConnection, TcpStream> {
        let name = "localhost".try_into().unwrap();
        let tls = ClientConnection::new(certificate.client(), name).unwrap();
        StreamOwned::new(tls, self.client())
    }

    /// Waits until the event loop has ended.
    pub(crate) fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.remote.drain();
            self.join();
        }
    }
}

/// A self-signed certificate for `localhost`, in files.
pub(crate) struct Certificate {
    folder: TempDir,
}

impl Certificate {
    pub(crate) fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("cert"), made.cert.pem()).unwrap();
        fs::write(folder.path().join("key"), made.signing_key.serialize_pem()).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(self.path("cert")).unwrap()
    }

    pub(crate) fn server(&self) -> Arc<ServerConfig> {
        tls::server_config(&self.path("cert"), &self.path("key")).unwrap()
    }

    pub(crate) fn client(&self) -> Arc<ClientConfig> {
        tls::client_config(Some(&self.path("cert"))).unwrap()
    }
}

/// An origin on the network.
pub(crate) fn origin(host: &str, port: u16, tls: bool) -> Origin {
    Origin::Net {
        host: host.into(),
        port,
        tls,
    }
}

/// What a machine says to send `bytes`.
pub(crate) fn send(conn: ConnId, bytes: &[u8], out: &mut Outputs) {
    let mut buffer = out.buffer();
    buffer.extend_from_slice(bytes);
    out.push(Output::Send {
        conn,
        bytes: buffer,
    });
}

/// Sends back whatever comes.
pub(crate) fn echo(_: Now, input: &Input<'_>, out: &mut Outputs, _: &Teller) {
    if let Input::Received { conn, bytes } = input {
        send(*conn, bytes, out);
    }
}

/// The text for a closed connection, as the machine tells it.
pub(crate) fn closed(conn: ConnId, cause: CloseCause) -> String {
    format!("closed {conn} {cause:?}")
}

/// Bytes that differ from place to place.
pub(crate) fn pattern(length: usize) -> Vec<u8> {
    let next = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some(state.to_be_bytes()[0])
    };
    (0..length).scan(1, |state, _| next(state)).collect()
}

/// Writes `bytes` and reads as many back.
pub(crate) fn exchange(stream: &mut (impl Read + Write), bytes: &[u8]) -> Vec<u8> {
    stream.write_all(bytes).unwrap();
    stream.flush().unwrap();
    let mut back = vec![0; bytes.len()];
    stream.read_exact(&mut back).unwrap();
    back
}
