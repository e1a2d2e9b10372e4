//! What a machine is given of the world when it begins to run.
//! Never opens anything: whoever makes it has done that.

use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use imo2sproxy_core::event::Event;
use imo2sproxy_core::io::ListenerId;
use imo2sproxy_core::store::Store;

use super::Renewal;
use crate::call_handler::CallHandling;
use crate::networks::Networks;
use crate::via::Ways;

/// A listener that is bound already, by a socket or by what stands for one.
#[derive(Debug)]
pub struct Bound<S = TcpListener> {
    /// What the machine calls it.
    pub listener: ListenerId,
    /// The socket, listening.
    pub socket: S,
    /// Set if its clients speak TLS.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// Set if they may do without, which their first byte tells: how long that may take.
    pub plain_too: Option<Duration>,
    /// Who may say in a PROXY header for whom he speaks.
    pub heralds: Networks,
}

impl<S> Bound<S> {
    /// What stands for the socket, and the rest.
    pub(super) fn part(self) -> (S, Bound<()>) {
        let rest = Bound {
            listener: self.listener,
            socket: (),
            tls: self.tls,
            plain_too: self.plain_too,
            heralds: self.heralds,
        };
        (self.socket, rest)
    }

    /// The same with another socket.
    #[must_use]
    pub fn at<T>(self, socket: T) -> Bound<T> {
        Bound {
            listener: self.listener,
            socket,
            tls: self.tls,
            plain_too: self.plain_too,
            heralds: self.heralds,
        }
    }
}

/// Reads again what the process was started with; an error in words changes nothing. It is called on another thread.
pub type Renew = Box<dyn FnMut() -> Result<Renewal, String> + Send>;

/// What a machine is given of the world.
pub struct Parts {
    /// Where clients come in.
    pub listeners: Vec<Bound>,
    /// How connections of ours speak TLS; `None` if none does.
    pub client_tls: Option<Arc<rustls::ClientConfig>>,
    /// Which of them lead through a proxy.
    pub ways: Ways,
    /// Where the operator asks; `None`: nowhere (see [`crate::control`]).
    pub control: Option<UnixListener>,
    /// What outlives a restart. It moves to a thread of its own.
    pub store: Box<dyn Store + Send>,
    /// The folder below which files of clients on this machine may be written and read; `None`: there are none.
    pub files: Option<PathBuf>,
    /// What is done about calls.
    pub calls: CallHandling,
    /// Whom events are told.
    pub watcher: Box<dyn Watcher>,
    /// What a hang-up, or the operator, lets be read again; `None`: nothing.
    pub renew: Option<Renew>,
}

/// Who is told what happens. Any function of an event is one.
pub trait Watcher {
    /// Takes an event.
    fn event(&mut self, event: &Event);

    /// Whoever started the process has hung up (SIGHUP). True if the machine is to come to an end; otherwise
    /// [`Parts::renew`] has its turn.
    fn hang_up(&mut self) -> bool {
        true
    }

    /// The machine comes to an end from now on; told once.
    fn draining(&mut self) {}
}

impl<F: FnMut(&Event)> Watcher for F {
    fn event(&mut self, event: &Event) {
        self(event);
    }
}
