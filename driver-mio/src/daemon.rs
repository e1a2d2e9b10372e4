//! The daemon for one account: from settings to a running proxy, with the service inside or elsewhere.
//! Never looks at the command line: `settings` has read it.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use imo2sproxy::event_loop::{Bound, Parts, Remote};
use imo2sproxy::tls;
use imo2sproxy_core::config::{Registration, ServiceConfig, WireKind};
use imo2sproxy_core::io::ListenerId;
use imo2sproxy_core::store::Store;
use imo2sproxy_core::trace::Plan;
use rustls::ClientConfig;

use crate::address;
use crate::cli::DaemonArgs;
use crate::control_socket::ControlSocket;
use crate::data_folder::Hold;
use crate::failure::Failure;
use crate::journal::Journal;
use crate::run;
use crate::settings::DaemonSettings;

/// What to do when another process has the data folder.
const SHARE_A_SERVICE: &str =
    "to let two people chat run 'imo2sproxy service' and give both --server http://127.0.0.1:8080/";

/// Runs the daemon until it is told to stop.
///
/// # Errors
/// If it cannot start, or cannot go on.
pub(crate) fn command(args: DaemonArgs) -> Result<(), Failure> {
    let daemon = Daemon::open(DaemonSettings::of_daemon(args)?)?;
    let lines = daemon.start_lines()?;
    daemon.run(|_| run::announce(&lines))
}

/// A daemon that has all it needs and does not run yet. It can be moved to the thread that shall run it.
pub(crate) struct Daemon {
    settings: DaemonSettings,
    socket: TcpListener,
    client_tls: Arc<ClientConfig>,
    store: Box<dyn Store + Send>,
    journal: Journal,
    hold: Option<Hold>,
}

impl Daemon {
    /// Takes the port, the data folder and the store.
    ///
    /// # Errors
    /// If one of them is not to be had.
    pub(crate) fn open(settings: DaemonSettings) -> Result<Self, Failure> {
        let client_tls = tls::client_config(settings.ca_file.as_deref())
            .map_err(|error| Failure::usage(format!("--ca-file: {error}")))?;
        let journal = Journal::open(settings.log_file.as_deref(), settings.config.verbose)?;
        let socket = address::listen(settings.address, "choose another address with -h or -p")?;
        let hold = settings.data.hold(SHARE_A_SERVICE)?;
        let store = run::open_store(&settings.data)?;
        Ok(Self {
            settings,
            socket,
            client_tls,
            store,
            journal,
            hold,
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// If the system does not say.
    pub(crate) fn address(&self) -> Result<SocketAddr, Failure> {
        address::of(&self.socket)
    }

    /// What it tells when it starts.
    ///
    /// # Errors
    /// If the system does not say where it listens.
    pub(crate) fn start_lines(&self) -> Result<[String; 2], Failure> {
        Ok([
            address::listening(WireKind::SkypeProxy.name(), &self.socket)?,
            format!("upstream {}", self.settings.server),
        ])
    }

    /// Runs it until it is drained; `ready` gets the handle by which another thread can ask for that.
    ///
    /// # Errors
    /// If it cannot go on.
    pub(crate) fn run(self, ready: impl FnOnce(Remote)) -> Result<(), Failure> {
        let embedded = self.settings.is_embedded();
        let (control, socket) = ControlSocket::bind(&self.settings.data);
        let parts = Parts {
            listeners: vec![Bound {
                listener: ListenerId(0),
                socket: self.socket,
                tls: None,
            }],
            client_tls: Some(self.client_tls),
            ways: self.settings.ways,
            control,
            store: self.store,
            files: self.settings.files,
            calls: self.settings.calls,
            watcher: Box::new(self.journal),
        };
        let (config, seed) = (self.settings.config, tls::random_seed());
        let plan = if embedded {
            let service = ServiceConfig {
                registration: Registration::Embedded,
                ..ServiceConfig::default()
            };
            Plan::Pair(config, seed, service, tls::random_seed())
        } else {
            Plan::Proxy(config, seed)
        };
        let ended = run::run(plan, parts, self.settings.recording, ready);
        // Only now may another process have the folder.
        drop(socket);
        drop(self.hold);
        ended
    }
}
