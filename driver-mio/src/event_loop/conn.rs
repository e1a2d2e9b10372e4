//! What the event loop knows about one connection: its name, how far it has come, what is to be done about it.
//! Never does anything itself: `reactor` and its neighbours do.

use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;
use std::vec;

use imo2sproxy_core::io::{CloseCause, ConnId, ListenerId, ProxyFault};
use imo2sproxy_core::lobby::Ticket;
use imo2sproxy_core::time::Instant;
use mio::net::TcpStream;

use super::greeting::Greeting;
use crate::socket::Socket;
use crate::via::{Passage, ProxyServer};

/// One connection, or what is left of one.
#[derive(Debug)]
pub(super) struct Conn {
    /// Its name; `None` before the machine has heard of it and after it has heard the last.
    pub(super) id: Option<ConnId>,
    pub(super) stage: Stage,
    /// Whether the machine wants what comes in.
    pub(super) reading: bool,
    /// Whether there may be something to read: set by the poll, cleared by "would block".
    pub(super) readable: bool,
    /// The poll has told that what comes in has an end: it may stand behind the last bytes.
    pub(super) is_at_end: bool,
    /// Until when what comes in counts as bulk: set when there was more than was read.
    pub(super) bulk_until: Instant,
    /// Whether it stands on the list of those to be read.
    pub(super) listed_ready: bool,
    /// Whether it stands on the list of those to be flushed.
    pub(super) listed_dirty: bool,
    /// Set once it is to end as soon as all is written.
    pub(super) closing: Option<CloseCause>,
    /// Set when nothing can be written any more; what has come in is still read.
    pub(super) broken: Option<CloseCause>,
    /// Set when the machine has forgotten it: how many bytes are still read and dropped, so that the peer gets all
    /// that was sent. Were the socket closed while something is unread, the system would cut that off.
    pub(super) lingering: Option<usize>,
    /// What the machine has sent before the connection was up.
    pub(super) early: Vec<Vec<u8>>,
}

impl Conn {
    pub(super) fn new(id: Option<ConnId>, stage: Stage) -> Self {
        Self {
            id,
            stage,
            reading: true,
            readable: false,
            is_at_end: false,
            bulk_until: Instant::ZERO,
            listed_ready: false,
            listed_dirty: false,
            closing: None,
            broken: None,
            lingering: None,
            early: Vec::new(),
        }
    }

    /// Takes the stage out, for whoever puts the next one in.
    pub(super) fn take_stage(&mut self) -> Stage {
        mem::replace(&mut self.stage, Stage::Between)
    }

    /// Its socket, if it has one.
    pub(super) fn stream(&mut self) -> Option<&mut TcpStream> {
        match &mut self.stage {
            Stage::Connecting { stream, .. } | Stage::Greeting { stream, .. } => Some(stream),
            Stage::Passing { socket, .. }
            | Stage::Securing { socket, .. }
            | Stage::Open(socket) => Some(socket.stream()),
            Stage::Resolving(_) | Stage::Between => None,
        }
    }

    /// Whether it is to be read now.
    pub(super) fn wants_read(&self) -> bool {
        let listening = self.lingering.is_some() || self.reading && self.closing.is_none();
        self.broken.is_some() || self.readable && listening
    }
}

/// How far a connection has come.
#[derive(Debug)]
pub(super) enum Stage {
    /// Waits for the addresses of its name.
    Resolving(Target),
    /// Waits for one of its addresses to answer.
    Connecting {
        stream: TcpStream,
        target: Target,
        /// The addresses that have not been tried.
        others: vec::IntoIter<SocketAddr>,
    },
    /// Waits for a proxy to open the way.
    Passing {
        socket: Socket,
        target: Target,
        passage: Passage,
    },
    /// Somebody came, and what he says first is to be looked at.
    Greeting {
        stream: TcpStream,
        arrival: Arrival,
        greeting: Greeting,
    },
    /// TLS is coming up, on a connection of ours or on one that came to us.
    Securing {
        socket: Socket,
        arrival: Option<Arrival>,
    },
    /// Up.
    Open(Socket),
    /// On the way from one stage to the next, within one function.
    Between,
}

/// Where a connection of ours goes.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: bool,
    /// The proxy on the way, if there is one.
    pub(super) via: Option<Arc<ProxyServer>>,
    /// When to give up.
    pub(super) until: Instant,
    /// When to give up while the proxy's work is not done; [`Target::until`] where there is none.
    pub(super) reached_until: Instant,
}

impl Target {
    /// Where a socket is to be connected to: to the proxy if there is one.
    pub(super) fn first_stop(&self) -> (&str, u16) {
        match &self.via {
            Some(proxy) => (&proxy.host, proxy.port),
            None => (&self.host, self.port),
        }
    }

    /// What it means that the first stop was not reached.
    pub(super) fn blame(&self, cause: CloseCause) -> CloseCause {
        match cause {
            _ if self.via.is_none() => cause,
            CloseCause::TimedOut => CloseCause::Proxy(ProxyFault::TimedOut),
            CloseCause::Refused
            | CloseCause::Unreachable
            | CloseCause::NoSuchHost
            | CloseCause::Peer
            | CloseCause::Reset => CloseCause::Proxy(ProxyFault::Unreachable),
            CloseCause::Local
            | CloseCause::Untrusted
            | CloseCause::Tls
            | CloseCause::Proxy(_)
            | CloseCause::Exhausted => cause,
        }
    }
}

/// Whence a connection came that the machine has not heard of yet.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) listener: ListenerId,
    pub(super) peer: SocketAddr,
    pub(super) ticket: Ticket,
}
