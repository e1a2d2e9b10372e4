//! The first bytes of those who come to us, where they decide how to go on: a proxy's header, TLS or none.
//! Never takes a byte that belongs to the client: it looks at them where they are, in the system's buffer.

use std::io::{ErrorKind, Read as _};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use imo2sproxy_core::event::{Event, EventKind};
use imo2sproxy_core::io::{CloseCause, Outputs};
use mio::net::TcpStream;
use rustls::{ServerConfig, ServerConnection};

use super::HANDSHAKE_WAIT;
use super::conn::{Arrival, Stage};
use super::reactor::{Reactor, Timer};
use crate::proxy_header::{self, Found, HEADER_MAX};
use crate::socket::{Buffers, Socket};

/// The first byte of TLS: the record of a handshake.
const TLS_START: u8 = 0x16;

/// What is to be found out about somebody who came.
#[derive(Debug)]
pub(super) struct Greeting {
    /// Whether he may speak for somebody else, and has not said for whom.
    pub(super) herald: bool,
    /// Set if he speaks TLS.
    pub(super) tls: Option<Arc<ServerConfig>>,
    /// Set if he may do without: how long he may take to show which it is.
    pub(super) plain_too: Option<Duration>,
}

/// How to go on.
enum Next {
    /// Wait for more bytes.
    Wait,
    /// Look at what stands behind the header.
    Again,
    Plain,
    Tls(Arc<ServerConfig>),
    End(CloseCause),
}

impl Reactor {
    /// Takes in somebody whose first bytes are to be looked at.
    pub(super) fn greet(&mut self, stream: TcpStream, arrival: Arrival, greeting: Greeting) {
        // A proxy may take its own time for the header.
        let guess = greeting.plain_too.filter(|_| !greeting.herald);
        let wait = guess.unwrap_or(HANDSHAKE_WAIT);
        let stage = Stage::Greeting {
            stream,
            arrival,
            greeting,
        };
        if let Some(key) = self.take(stage) {
            let until = self.now.mono + wait;
            self.timers.set(Timer::Conn(key), Some(until));
        }
    }

    /// Looks at the bytes that have come.
    pub(super) fn hear_greeting(&mut self, key: usize, buffers: &mut Buffers, spare: &mut Outputs) {
        loop {
            match self.judge(key) {
                Next::Wait => return,
                Next::Again => {}
                Next::End(cause) => return self.end(key, cause),
                Next::Plain => return self.open_plainly(key),
                Next::Tls(config) => return self.begin_tls(key, config, buffers, spare),
            }
        }
    }

    fn judge(&mut self, key: usize) -> Next {
        let Stage::Greeting {
            stream, greeting, ..
        } = &mut self.conns[key].stage
        else {
            return Next::Wait;
        };
        let tls = greeting.tls.clone();
        if !greeting.herald {
            match tls {
                None => return Next::Plain,
                Some(config) if greeting.plain_too.is_none() => return Next::Tls(config),
                Some(_) => {}
            }
        }
        let mut bytes = [0; HEADER_MAX];
        let count = match stream.peek(&mut bytes) {
            Ok(0) => return Next::End(CloseCause::Peer),
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Next::Wait,
            Err(error) if error.kind() == ErrorKind::Interrupted => return Next::Again,
            Err(_) => return Next::End(CloseCause::Reset),
        };
        if greeting.herald {
            return self.hear_herald(key, &mut bytes[..count]);
        }
        match tls {
            Some(config) if bytes[0] == TLS_START => Next::Tls(config),
            Some(_) | None => Next::Plain,
        }
    }

    /// Looks for the header of a proxy.
    fn hear_herald(&mut self, key: usize, bytes: &mut [u8]) -> Next {
        let Stage::Greeting {
            stream,
            greeting,
            arrival,
        } = &mut self.conns[key].stage
        else {
            return Next::Wait;
        };
        let (length, source) = match proxy_header::find(bytes) {
            Found::Part => return Next::Wait,
            Found::Nothing => (0, None),
            Found::Header(length, source) => (length, source),
            Found::Garbled => {
                let detail = format!("{}: a garbled PROXY header", arrival.peer);
                self.tell(&Event::process(EventKind::ClientFault, detail));
                return Next::End(CloseCause::Local);
            }
        };
        greeting.herald = false;
        // They are there: they have been seen.
        if stream.read_exact(&mut bytes[..length]).is_err() {
            return Next::End(CloseCause::Reset);
        }
        // Loopback of another machine is not ours.
        let local = |ip: IpAddr| ip.to_canonical().is_loopback();
        let source = source.filter(|source| !local(source.ip()) || local(arrival.peer.ip()));
        if let Some(source) = source {
            arrival.peer = source;
        }
        let address = arrival.peer.ip();
        let Some(ticket) = self.lobby.enter(Some(address)) else {
            return Next::End(CloseCause::Local);
        };
        if let Stage::Greeting { arrival, .. } = &mut self.conns[key].stage {
            self.lobby
                .leave(std::mem::replace(&mut arrival.ticket, ticket));
        }
        Next::Again
    }

    fn open_plainly(&mut self, key: usize) {
        let conn = &mut self.conns[key];
        let Stage::Greeting {
            stream, arrival, ..
        } = conn.take_stage()
        else {
            return;
        };
        conn.stage = Stage::Open(Socket::plain(stream));
        self.timers.set(Timer::Conn(key), None);
        self.lobby.leave(arrival.ticket);
        self.announce(key, arrival.listener, arrival.peer);
    }

    fn begin_tls(
        &mut self,
        key: usize,
        config: Arc<ServerConfig>,
        buffers: &mut Buffers,
        spare: &mut Outputs,
    ) {
        let Ok(tls) = ServerConnection::new(config) else {
            return self.end(key, CloseCause::Tls);
        };
        let conn = &mut self.conns[key];
        let Stage::Greeting {
            stream, arrival, ..
        } = conn.take_stage()
        else {
            return;
        };
        conn.stage = Stage::Securing {
            socket: Socket::secured(stream, tls),
            arrival: Some(arrival),
        };
        let until = self.now.mono + HANDSHAKE_WAIT;
        self.timers.set(Timer::Conn(key), Some(until));
        // The poll has told of the bytes already.
        self.secure(key, buffers, spare);
    }
}

/// As whom somebody is counted who may speak for others: as nobody, until he has said for whom.
pub(super) const UNCOUNTED: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
