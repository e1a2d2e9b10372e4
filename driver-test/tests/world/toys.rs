//! Machines, and a client transport, that are simple enough to see that they are right.
//! Never keep to themselves what they saw: tests read it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::config::{Limits, WireKind};
use imo2sproxy_core::io::{
    CloseCause, CloseHow, ConnId, Input, ListenerId, Machine, Origin, Output, Outputs,
};
use imo2sproxy_core::time::{Instant, Now};
use imo2sproxy_core::wire::{ClientWire, FromClient, FromServer, ToClient, Wire, WireError};
use imo2sproxy_sim::{Faults, World};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// A machine made of a function, with a deadline that the test or the function sets.
pub(crate) struct Toy<F> {
    act: F,
    deadline: Rc<Cell<Option<Instant>>>,
}

impl<F: FnMut(Now, &Input<'_>, &mut Outputs)> Toy<F> {
    pub(crate) fn new(act: F) -> Self {
        Self::waking(Rc::default(), act)
    }

    pub(crate) fn waking(deadline: Rc<Cell<Option<Instant>>>, act: F) -> Self {
        Self { act, deadline }
    }
}

impl<F: FnMut(Now, &Input<'_>, &mut Outputs)> Machine for Toy<F> {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        (self.act)(now, &input, out);
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline.get()
    }
}

pub(crate) fn send(conn: ConnId, bytes: &[u8]) -> Output {
    let bytes = bytes.to_vec();
    Output::Send { conn, bytes }
}

pub(crate) fn connect(conn: u32, host: &str) -> Output {
    let host = host.to_owned();
    Output::Connect {
        conn: ConnId::Upstream(conn),
        origin: Origin::Net {
            host,
            port: 80,
            tls: false,
        },
    }
}

pub(crate) fn close(conn: ConnId) -> Output {
    let how = CloseHow::AfterFlush;
    Output::Close { conn, how }
}

pub(crate) fn abort(conn: ConnId) -> Output {
    let how = CloseHow::Abort;
    Output::Close { conn, how }
}

/// Sends back whatever comes.
pub(crate) fn echo() -> impl Machine {
    Toy::new(|_, input, out| {
        if let Input::Received { conn, bytes } = input {
            out.push(send(*conn, bytes));
        }
    })
}

/// Passes on what comes from whoever connects to `host`, and back, and closes one when the other is closed.
pub(crate) fn relay(host: &'static str) -> impl Machine {
    let mut ends = BTreeMap::new();
    let mut links = 0;
    Toy::new(move |_, input, out| match input {
        Input::Accepted { conn, .. } => {
            let link = ConnId::Upstream(links);
            out.push(connect(links, host));
            links += 1;
            ends.insert(*conn, link);
            ends.insert(link, *conn);
        }
        Input::Received { conn, bytes } => {
            if let Some(other) = ends.get(conn) {
                out.push(send(*other, bytes));
            }
        }
        Input::Closed { conn, .. } => {
            if let Some(other) = ends.remove(conn) {
                ends.remove(&other);
                out.push(close(other));
            }
        }
        _ => {}
    })
}

/// What a [`caller`] has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) connected: bool,
    pub(crate) received: Vec<u8>,
    pub(crate) reads: usize,
    pub(crate) sent: usize,
    pub(crate) closed: Vec<CloseCause>,
}

pub(crate) type Sight = Rc<RefCell<Seen>>;

/// Connects to `host` at once, sends `bytes` and keeps what comes back.
pub(crate) fn caller(host: &'static str, bytes: Vec<u8>) -> (impl Machine, Sight) {
    let sight = Sight::default();
    let kept = Rc::clone(&sight);
    let machine = Toy::new(move |_, input, out| match input {
        Input::Start => out.push(connect(0, host)),
        Input::Connected { conn } => {
            sight.borrow_mut().connected = true;
            for part in bytes.chunks(1000) {
                out.push(send(*conn, part));
            }
        }
        other => see(&sight, other),
    });
    (machine, kept)
}

/// Takes what comes in, `answer` decides what else to do.
pub(crate) fn listener(
    mut answer: impl FnMut(&Input<'_>, &mut Outputs) + 'static,
) -> (impl Machine, Sight) {
    let sight = Sight::default();
    let kept = Rc::clone(&sight);
    let machine = Toy::new(move |_, input, out| {
        see(&sight, input);
        answer(input, out);
    });
    (machine, kept)
}

fn see(sight: &Sight, input: &Input<'_>) {
    let mut seen = sight.borrow_mut();
    match input {
        Input::Received { bytes, .. } => {
            assert!(!bytes.is_empty(), "received nothing");
            seen.received.extend_from_slice(bytes);
            seen.reads += 1;
        }
        Input::Sent { count, .. } => seen.sent += count,
        Input::Closed { cause, .. } => seen.closed.push(*cause),
        _ => {}
    }
}

/// A world with a machine that others find as "server".
pub(crate) fn world_with_server(
    seed: u64,
    faults: Faults,
    server: impl Machine + 'static,
) -> World {
    let mut world = World::new(seed, faults);
    world.host("server", server);
    world.listen("server", ListenerId(0), "server", 80, false);
    world
}

/// Bytes in which every position can be told from its neighbours.
pub(crate) fn numbered(count: usize) -> Vec<u8> {
    (0..)
        .flat_map(|n: u32| n.to_le_bytes())
        .take(count)
        .collect()
}

/// Lines ended by a newline. The client says `hello` first; `welcome` lets it in, `no` does not.
pub(crate) struct LineWire {
    welcomed: bool,
}

impl LineWire {
    pub(crate) fn boxed() -> Box<dyn ClientWire + Send> {
        Box::new(Self { welcomed: false })
    }
}

impl ClientWire for LineWire {
    fn start(&mut self, tx: &mut Vec<u8>) {
        tx.extend_from_slice(b"hello\n");
    }

    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        _tx: &mut Vec<u8>,
    ) -> Result<Option<FromServer>, WireError> {
        let Some(end) = rx.find(b"\n") else {
            return Ok(None);
        };
        let line = String::from_utf8_lossy(&rx.as_slice()[..end]).into_owned();
        rx.consume(end + 1);
        if self.welcomed {
            return Ok(Some(FromServer::Line(line)));
        }
        self.welcomed = line == "welcome";
        Ok(Some(if self.welcomed {
            FromServer::Ready
        } else {
            FromServer::Refused
        }))
    }

    fn encode(&mut self, line: &str, tx: &mut Vec<u8>) {
        tx.extend_from_slice(line.as_bytes());
        tx.push(b'\n');
    }
}

/// The other side of [`LineWire`]: greets with `greeting` and answers each line with `you said <line>`.
pub(crate) fn parrot(greeting: &'static str) -> impl Machine {
    let mut buffers = BTreeMap::<ConnId, RecvBuf>::new();
    Toy::new(move |_, input, out| match input {
        Input::Received { conn, bytes } => {
            let rx = buffers.entry(*conn).or_default();
            rx.push(bytes);
            while let Some(end) = rx.find(b"\n") {
                let line = String::from_utf8_lossy(&rx.as_slice()[..end]).into_owned();
                rx.consume(end + 1);
                let reply = if line == "hello" {
                    format!("{greeting}\n")
                } else {
                    format!("you said {line}\n")
                };
                out.push(send(*conn, reply.as_bytes()));
            }
        }
        Input::Closed { conn, .. } => {
            buffers.remove(conn);
        }
        _ => {}
    })
}

/// A parrot that speaks a shipped transport and wants `password`, if one is given.
pub(crate) fn parrot_on(kind: WireKind, password: Option<&'static str>) -> impl Machine {
    let limits = Limits::default();
    let mut clients = BTreeMap::<ConnId, (RecvBuf, Box<dyn Wire + Send>)>::new();
    Toy::new(move |_, input, out| match input {
        Input::Accepted { conn, .. } => {
            let wire = kind.start(password.is_some(), true, &limits);
            clients.insert(*conn, (RecvBuf::new(), wire));
        }
        Input::Received { conn, bytes } => {
            let (rx, wire) = clients.get_mut(conn).expect("a client that was accepted");
            let mut tx = Vec::new();
            rx.push(bytes);
            while let Some(said) = wire.decode(rx, &mut tx).expect("proper frames") {
                match said {
                    FromClient::Login {
                        password: secret, ..
                    } => {
                        let right = password.is_some_and(|p| secret.matches(p.as_bytes()));
                        wire.encode(ToClient::LoginResult(right), &mut tx);
                    }
                    FromClient::Ready | FromClient::Quit => {}
                    FromClient::FileTaken(taken) => {
                        wire.encode(ToClient::Line(&format!("taken: {taken}")), &mut tx);
                    }
                    FromClient::Line(line) if line.starts_with("give me ") => {
                        let name = &line["give me ".len()..];
                        let bytes = name.as_bytes();
                        wire.encode(ToClient::File { name, bytes }, &mut tx);
                    }
                    FromClient::Line(line) => {
                        wire.encode(ToClient::Line(&format!("you said {line}")), &mut tx);
                    }
                }
            }
            if !tx.is_empty() {
                out.push(send(*conn, &tx));
            }
        }
        Input::Closed { conn, .. } => {
            clients.remove(conn);
        }
        _ => {}
    })
}
