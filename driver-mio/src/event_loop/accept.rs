//! Taking in those who connect to our listeners, up to where the machine hears of them.
//! Never knows what a listener is for.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use imo2sproxy_core::event::{Event, EventKind};
use imo2sproxy_core::io::{CloseCause, ConnId, Input, ListenerId, Outputs, Peer};
use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};
use rustls::ServerConnection;
use socket2::{SockRef, TcpKeepalive};

use super::conn::{Arrival, Conn, Stage};
use super::greeting::{Greeting, UNCOUNTED};
use super::reactor::{Place, Reactor, Timer};
use super::{Bound, HANDSHAKE_WAIT, LISTENERS};
use crate::socket::{Buffers, Socket, is_exhaustion};

/// How many are taken in per listener and turn.
const ACCEPTS_PER_TURN: usize = 64;
/// How long accepting pauses when the system has no files left, or another reason to refuse.
const SHORTAGE_PAUSE: Duration = Duration::from_secs(1);
/// How long a client may say nothing before the system asks whether it is still there, and between such questions.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// One listener.
#[derive(Debug)]
pub(super) struct Door {
    bound: Bound<TcpListener>,
    /// Whether somebody may be waiting.
    pub(super) ready: bool,
}

impl Door {
    /// Gives a listener to the poll.
    pub(super) fn open(bound: Bound, registry: &Registry) -> io::Result<Self> {
        let (socket, bound) = bound.part();
        socket.set_nonblocking(true)?;
        let mut bound = bound.at(TcpListener::from_std(socket));
        let token = token(bound.listener);
        registry.register(&mut bound.socket, token, Interest::READABLE)?;
        Ok(Self { bound, ready: true })
    }

    /// The same socket for those who come from now on.
    pub(super) fn change(self, bound: Bound<()>, registry: &Registry) -> io::Result<Self> {
        let mut bound = bound.at(self.bound.socket);
        let token = token(bound.listener);
        registry.reregister(&mut bound.socket, token, Interest::READABLE)?;
        Ok(Self { bound, ready: true })
    }

    /// Whether the machine calls it so.
    pub(super) fn is(&self, id: ListenerId) -> bool {
        self.bound.listener == id
    }
}

/// What the poll calls a listener: listener `n` has the token `LISTENERS - n`.
fn token(id: ListenerId) -> Token {
    Token(LISTENERS.0 - id.0 as usize)
}

/// The listener that the poll calls so.
pub(super) fn listener_of(token: usize) -> Option<ListenerId> {
    let number = LISTENERS.0.checked_sub(token)?;
    u32::try_from(number).ok().map(ListenerId)
}

impl Reactor {
    /// Takes in who waits at the listeners, up to a bound.
    pub(super) fn accept(&mut self) {
        for index in 0..self.doors.len() {
            for _ in 0..ACCEPTS_PER_TURN {
                if self.accept_paused || !self.doors[index].ready {
                    break;
                }
                match self.doors[index].bound.socket.accept() {
                    Ok((stream, peer)) => self.admit(index, stream, peer),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {
                        self.doors[index].ready = false;
                    }
                    // Somebody left before it was their turn.
                    Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => self.pause_accepting(&error),
                }
            }
        }
    }

    /// Somebody may be waiting at a listener.
    pub(super) fn wake_door(&mut self, id: ListenerId) {
        if let Some(door) = self.doors.iter_mut().find(|door| door.is(id)) {
            door.ready = true;
        }
    }

    /// True if somebody may be waiting and may come in.
    pub(super) fn may_accept(&self) -> bool {
        !self.accept_paused && self.doors.iter().any(|door| door.ready)
    }

    /// Lets nobody in any more: whoever comes is refused by the system.
    pub(super) fn close_doors(&mut self) {
        self.doors.clear();
    }

    fn pause_accepting(&mut self, error: &io::Error) {
        self.accept_paused = true;
        let until = self.now.mono + SHORTAGE_PAUSE;
        self.timers.set(Timer::Accept, Some(until));
        if !self.shortage_told {
            self.shortage_told = true;
            let detail = if is_exhaustion(error) {
                "no open files left: accepting pauses until some are closed (raise the limit with ulimit -n)"
                    .into()
            } else {
                format!("the system lets nobody in; it is tried every second: {error}")
            };
            self.tell(&Event::process(EventKind::Exhausted, detail));
        }
    }

    fn admit(&mut self, index: usize, stream: TcpStream, peer: SocketAddr) {
        self.shortage_told = false;
        // Where the system refuses one of these, the connection works all the same.
        let _ = stream.set_nodelay(true);
        let keepalive = TcpKeepalive::new()
            .with_time(KEEPALIVE)
            .with_interval(KEEPALIVE);
        let _ = SockRef::from(&stream).set_tcp_keepalive(&keepalive);
        let door = &self.doors[index].bound;
        let listener = door.listener;
        let greeting = Greeting {
            herald: door.heralds.cover(peer.ip()),
            tls: door.tls.clone(),
            plain_too: door.plain_too,
        };
        if greeting.herald || greeting.tls.is_some() && greeting.plain_too.is_some() {
            let counted = if greeting.herald {
                UNCOUNTED
            } else {
                peer.ip()
            };
            if let Some(ticket) = self.lobby.enter(Some(counted)) {
                let arrival = Arrival {
                    listener,
                    peer,
                    ticket,
                };
                self.greet(stream, arrival, greeting);
            }
            return;
        }
        let Some(config) = greeting.tls else {
            if let Some(key) = self.take(Stage::Open(Socket::plain(stream))) {
                self.announce(key, listener, peer);
            }
            return;
        };
        let Some(ticket) = self.lobby.enter(Some(peer.ip())) else {
            return;
        };
        let Ok(tls) = ServerConnection::new(config) else {
            return self.lobby.leave(ticket);
        };
        let arrival = Arrival {
            listener,
            peer,
            ticket,
        };
        if let Some(key) = self.take(Stage::Securing {
            socket: Socket::secured(stream, tls),
            arrival: Some(arrival),
        }) {
            let until = self.now.mono + HANDSHAKE_WAIT;
            self.timers.set(Timer::Conn(key), Some(until));
        }
    }

    /// Puts a new connection into the table and gives it to the poll.
    pub(super) fn take(&mut self, stage: Stage) -> Option<usize> {
        let key = self.conns.insert(Conn::new(None, stage));
        if self.register(key).is_err() {
            self.end(key, CloseCause::Exhausted);
            return None;
        }
        Some(key)
    }

    /// Gives a connection that is up a number and tells the machine of it.
    pub(super) fn announce(&mut self, key: usize, listener: ListenerId, peer: SocketAddr) {
        let conn = loop {
            let conn = ConnId::Client(self.next_client);
            self.next_client = self.next_client.checked_add(1).unwrap_or(1);
            if !self.ids.contains_key(&conn) {
                break conn;
            }
        };
        self.conns[key].id = Some(conn);
        self.ids.insert(conn, Place::Live(key));
        self.inbox.push_back(Input::Accepted {
            conn,
            listener,
            peer: Peer::Net(peer),
        });
        self.conns[key].readable = true;
        self.mark_ready(key);
    }

    /// Goes on with a TLS handshake.
    pub(super) fn secure(&mut self, key: usize, buffers: &mut Buffers, spare: &mut Outputs) {
        let Stage::Securing { socket, arrival } = &mut self.conns[key].stage else {
            return;
        };
        match socket.handshake(buffers, spare) {
            Ok(false) => {}
            Ok(true) => self.secured(key, spare),
            Err(cause) => {
                if let Some(arrival) = arrival {
                    let detail = format!("{}: {}", arrival.peer, cause.explain());
                    self.tell(&Event::process(EventKind::ClientFault, detail));
                }
                self.end(key, cause);
            }
        }
    }

    fn secured(&mut self, key: usize, spare: &mut Outputs) {
        let conn = &mut self.conns[key];
        let Stage::Securing { socket, arrival } = conn.take_stage() else {
            return;
        };
        conn.stage = Stage::Open(socket);
        match arrival {
            Some(arrival) => {
                self.timers.set(Timer::Conn(key), None);
                self.lobby.leave(arrival.ticket);
                self.announce(key, arrival.listener, arrival.peer);
            }
            None => self.connected(key, spare),
        }
        // The last words of the handshake may still be ours to write.
        self.mark_dirty(key);
    }
}
