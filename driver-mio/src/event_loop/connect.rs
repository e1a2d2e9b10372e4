//! Bringing up the connections that the machine asks for: name, address after address, TLS. What lies between the last two if
//! there is a proxy is the business of `pass`.
//! Never tries again after the last address: that is the machine's to decide.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use std::vec;

use imo2sproxy_core::io::{CloseCause, ConnId, Input, Origin, Outputs};
use mio::net::TcpStream;
use rustls::ClientConnection;
use rustls_pki_types::ServerName;

use super::conn::{Conn, Stage, Target};
use super::reactor::{Place, Reactor, Timer};
use crate::socket::{Buffers, Socket, connect_cause};

/// Longest time for a connection to come up, name and TLS included; the machine may lose patience before.
const CONNECT_WAIT: Duration = Duration::from_secs(60);
/// Longest wait for one address while there are others.
const ADDRESS_WAIT: Duration = Duration::from_secs(5);

impl Reactor {
    /// Begins to connect.
    pub(super) fn connect(&mut self, conn: ConnId, origin: Origin) {
        if self.ids.contains_key(&conn) {
            return self.misuse(conn, "connected twice");
        }
        let Origin::Net { host, port, tls } = origin else {
            self.misuse(conn, "the embedded service is not behind any socket");
            self.ids.insert(conn, Place::Gone);
            let cause = CloseCause::Unreachable;
            return self.inbox.push_back(Input::Closed { conn, cause });
        };
        let until = self.now.mono + CONNECT_WAIT;
        let via = self.ways.to(&host, port, tls);
        let reached_until = match via {
            Some(_) => until.min(self.now.mono + self.ways.patience),
            None => until,
        };
        let target = Target {
            host,
            port,
            tls,
            via,
            until,
            reached_until,
        };
        let (host, port) = target.first_stop();
        let literal = host.parse::<IpAddr>();
        let asked = match literal {
            Ok(_) => Ok(()),
            Err(_) => self.resolver.ask(host, port, conn),
        };
        let key = self
            .conns
            .insert(Conn::new(Some(conn), Stage::Resolving(target)));
        self.ids.insert(conn, Place::Live(key));
        self.timers.set(Timer::Conn(key), Some(reached_until));
        match (literal, asked) {
            (Ok(address), _) => self.try_addresses(key, vec![SocketAddr::new(address, port)]),
            (Err(_), Ok(())) => {}
            (Err(_), Err(_)) => self.end(key, CloseCause::Exhausted),
        }
    }

    /// The addresses of a name are known: goes on with all who wait for them.
    pub(super) fn resolved(&mut self, host: &str, port: u16, addresses: &[SocketAddr]) {
        for conn in self.resolver.answered(host, port) {
            let Some(Place::Live(key)) = self.ids.get(&conn).copied() else {
                continue;
            };
            // The machine may have closed the one that asked and be using its name anew.
            if let Stage::Resolving(target) = &self.conns[key].stage
                && target.first_stop() == (host, port)
            {
                self.try_addresses(key, addresses.to_vec());
            }
        }
    }

    fn try_addresses(&mut self, key: usize, addresses: Vec<SocketAddr>) {
        if let Stage::Resolving(target) = self.conns[key].take_stage() {
            self.try_next(key, target, addresses.into_iter(), CloseCause::NoSuchHost);
        }
    }

    /// Tries the next address; after the last one the connection is closed for `cause`.
    fn try_next(
        &mut self,
        key: usize,
        target: Target,
        mut others: vec::IntoIter<SocketAddr>,
        mut cause: CloseCause,
    ) {
        while let Some(address) = others.next() {
            match TcpStream::connect(address) {
                Ok(stream) => {
                    let until = if others.len() == 0 {
                        target.reached_until
                    } else {
                        target.reached_until.min(self.now.mono + ADDRESS_WAIT)
                    };
                    self.timers.set(Timer::Conn(key), Some(until));
                    self.conns[key].stage = Stage::Connecting {
                        stream,
                        target,
                        others,
                    };
                    if self.register(key).is_err() {
                        self.end(key, CloseCause::Exhausted);
                    }
                    return;
                }
                Err(error) => cause = connect_cause(&error),
            }
        }
        self.end(key, target.blame(cause));
    }

    /// Looks what has become of a connection attempt that the poll says something about.
    pub(super) fn check_attempt(&mut self, key: usize, buffers: &mut Buffers, spare: &mut Outputs) {
        let conn = &mut self.conns[key];
        let Stage::Connecting { stream, .. } = &mut conn.stage else {
            return;
        };
        let outcome = match stream.take_error() {
            Ok(None) => stream.peer_addr().map(|_| ()),
            Ok(Some(error)) | Err(error) => Err(error),
        };
        if let Err(error) = &outcome
            && error.kind() == std::io::ErrorKind::NotConnected
        {
            return;
        }
        let Stage::Connecting {
            stream,
            target,
            others,
        } = conn.take_stage()
        else {
            return;
        };
        match outcome {
            Ok(()) => self.reached(key, stream, target, buffers, spare),
            Err(error) => self.try_next(key, target, others, connect_cause(&error)),
        }
    }

    /// An address has not answered in time.
    pub(super) fn attempt_overdue(&mut self, key: usize) {
        let cause = match self.conns[key].take_stage() {
            Stage::Connecting { target, others, .. } if self.now.mono < target.reached_until => {
                return self.try_next(key, target, others, CloseCause::TimedOut);
            }
            Stage::Resolving(target)
            | Stage::Connecting { target, .. }
            | Stage::Passing { target, .. } => target.blame(CloseCause::TimedOut),
            Stage::Greeting { .. } | Stage::Securing { .. } | Stage::Open(_) | Stage::Between => {
                CloseCause::TimedOut
            }
        };
        self.end(key, cause);
    }

    /// The first stop is reached.
    fn reached(
        &mut self,
        key: usize,
        stream: TcpStream,
        target: Target,
        buffers: &mut Buffers,
        spare: &mut Outputs,
    ) {
        // Where the system refuses it, the connection works all the same.
        let _ = stream.set_nodelay(true);
        if target.via.is_some() {
            return self.begin_passage(key, stream, target, buffers, spare);
        }
        self.arrived(key, stream, target, buffers, spare);
    }

    /// The service itself is reached.
    pub(super) fn arrived(
        &mut self,
        key: usize,
        stream: TcpStream,
        target: Target,
        buffers: &mut Buffers,
        spare: &mut Outputs,
    ) {
        if !target.tls {
            self.conns[key].stage = Stage::Open(Socket::plain(stream));
            return self.connected(key, spare);
        }
        let Some(config) = self.client_tls.clone() else {
            if let Some(conn) = self.conns[key].id {
                self.misuse(conn, "TLS is asked for but not configured");
            }
            return self.end(key, CloseCause::Tls);
        };
        let Ok(name) = ServerName::try_from(target.host) else {
            return self.end(key, CloseCause::NoSuchHost);
        };
        let Ok(tls) = ClientConnection::new(Arc::clone(&config), name) else {
            return self.end(key, CloseCause::Tls);
        };
        self.timers.set(Timer::Conn(key), Some(target.until));
        self.conns[key].stage = Stage::Securing {
            socket: Socket::secured(stream, tls),
            arrival: None,
        };
        self.secure(key, buffers, spare);
    }

    /// A connection of ours is up.
    pub(super) fn connected(&mut self, key: usize, spare: &mut Outputs) {
        self.timers.set(Timer::Conn(key), None);
        let conn = &mut self.conns[key];
        if let Stage::Open(socket) = &mut conn.stage {
            for bytes in conn.early.drain(..) {
                socket.send(bytes, spare);
            }
        }
        conn.early = Vec::new();
        conn.readable = true;
        if let Some(conn) = conn.id {
            self.inbox.push_back(Input::Connected { conn });
        }
        self.mark_dirty(key);
        self.mark_ready(key);
    }
}
