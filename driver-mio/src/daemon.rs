//! The daemon: from settings to a running proxy, with the service inside or elsewhere.
//! Never looks at the command line: `settings` has read it.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use imo2sproxy::event_loop::{Bound, Parts, Remote};
use imo2sproxy::tls;
use imo2sproxy_core::config::ServiceConfig;
use imo2sproxy_core::io::ListenerId;
use imo2sproxy_core::store::Store;
use imo2sproxy_core::trace::Plan;
use rustls::ClientConfig;

use crate::address;
use crate::certificates::Certificates;
use crate::check;
use crate::cli::DaemonArgs;
use crate::control_socket::ControlSocket;
use crate::data_folder::Hold;
use crate::detach::{self, Place};
use crate::failure::Failure;
use crate::handed;
use crate::journal::Journal;
use crate::renew::Renewer;
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
    let checked_only = args.check_config;
    let place = detach::place(&args);
    match place {
        Place::Front => {}
        Place::Behind => detach::leave_session()?,
        Place::Parent => return detach::start(args),
    }
    let again = args.config.is_some().then(|| args.clone());
    let settings = DaemonSettings::of_daemon(args)?;
    if checked_only {
        run::announce(&check::lines(&settings)?);
        return Ok(());
    }
    let daemon = Daemon::open(settings, again)?;
    if let Place::Behind = place {
        return behind(daemon);
    }
    let lines = daemon.start_lines()?;
    daemon.run(|_| run::serving(&lines))
}

/// Runs a daemon in the background of which nobody sees standard error any more once it serves.
fn behind(mut daemon: Daemon) -> Result<(), Failure> {
    let lines = daemon.start_lines()?;
    daemon.journal = daemon.journal.staying(true);
    let format = daemon.settings.log_format;
    let log = daemon.settings.log_file.take();
    let log = log.map(|path| (path, format));
    let mut serves = false;
    let ended = daemon.run(|_| {
        serves = true;
        run::serving(&lines);
        detach::let_go(log.clone());
    });
    if let (Err(failure), true, Some((path, format))) = (&ended, serves, log) {
        detach::tell(&path, format, failure.line());
    }
    ended
}

/// A daemon that has all it needs and does not run yet. It can be moved to the thread that shall run it.
pub(crate) struct Daemon {
    settings: DaemonSettings,
    /// The options, if what they lead to can be read again.
    again: Option<DaemonArgs>,
    certificates: Certificates,
    sockets: Vec<Bound>,
    /// Where watchers ask.
    admin: Option<TcpListener>,
    client_tls: Arc<ClientConfig>,
    store: Box<dyn Store + Send>,
    journal: Journal,
    hold: Option<Hold>,
}

impl Daemon {
    /// Takes the ports, the data folder and the store. `again` are the options if there is a configuration file, which
    /// can be read again.
    ///
    /// # Errors
    /// If one of them is not to be had.
    pub(crate) fn open(
        settings: DaemonSettings,
        again: Option<DaemonArgs>,
    ) -> Result<Self, Failure> {
        let client_tls = tls::client_config(settings.ca_file.as_deref())
            .map_err(|error| Failure::usage(format!("--ca-file: {error}")))?;
        let (log, verbose) = (settings.log_file.as_deref(), settings.config.verbose);
        let journal = Journal::open(log, settings.log_format, verbose)?;
        let journal = journal.staying(settings.file.is_some());
        let (sockets, admin) = sockets(&settings)?;
        let hold = settings.data.hold(SHARE_A_SERVICE)?;
        let mut certificates = Certificates::default();
        let sockets = secure(&settings, sockets, &mut certificates)?;
        let store = run::open_store(&settings.data)?;
        Ok(Self {
            settings,
            again,
            certificates,
            sockets,
            admin,
            client_tls,
            store,
            journal,
            hold,
        })
    }

    /// Where its first listener listens.
    ///
    /// # Errors
    /// If there is none, or the system does not say.
    pub(crate) fn address(&self) -> Result<SocketAddr, Failure> {
        let first = self.sockets.first();
        first.map_or_else(
            || Err(Failure::trouble("internal error: no listener")),
            |bound| address::of(&bound.socket),
        )
    }

    /// What it tells when it starts.
    ///
    /// # Errors
    /// If the system does not say where it listens.
    pub(crate) fn start_lines(&self) -> Result<Vec<String>, Failure> {
        let mut lines = Vec::new();
        for (door, bound) in self.settings.doors.iter().zip(&self.sockets) {
            lines.push(address::listening(&door.kind, &bound.socket)?);
        }
        if let Some(socket) = &self.admin {
            lines.push(address::listening("admin", socket)?);
        }
        let servers = self.settings.servers.iter();
        lines.extend(servers.map(|server| format!("upstream {server}")));
        Ok(lines)
    }

    /// Runs it until it is drained; `ready` gets the handle by which another thread can ask for that.
    ///
    /// # Errors
    /// If it cannot go on.
    pub(crate) fn run(self, ready: impl FnOnce(Remote)) -> Result<(), Failure> {
        let plan = plan(&self.settings);
        let (control, socket) = ControlSocket::bind(&self.settings.data);
        let recording = self.settings.recording.clone();
        let parts = Parts {
            listeners: self.sockets,
            client_tls: Some(self.client_tls),
            ways: self.settings.ways.clone(),
            control,
            store: self.store,
            files: self.settings.files.clone(),
            calls: self.settings.calls.clone(),
            watcher: Box::new(self.journal),
            renew: Some(Renewer::new(self.again, self.settings, self.certificates).boxed()),
        };
        let watched = self.admin;
        let ready = |remote: Remote| {
            run::watch(watched, remote.clone());
            ready(remote);
        };
        let ended = run::run(plan, parts, recording, ready);
        // Only now may another process have the folder.
        drop(socket);
        drop(self.hold);
        ended
    }
}

/// What such a daemon is made from.
pub(crate) fn plan(settings: &DaemonSettings) -> Plan {
    let (config, seed) = (settings.config.clone(), tls::random_seed());
    if !settings.is_embedded() {
        return Plan::Proxy(config, seed);
    }
    let service = ServiceConfig::embedded(&config);
    Plan::Pair(config, seed, service, tls::random_seed())
}

/// The sockets of all listeners, and of watchers: from the service manager, if it hands over any, else our own.
fn sockets(settings: &DaemonSettings) -> Result<(Vec<TcpListener>, Option<TcpListener>), Failure> {
    let kinds = settings.doors.iter().map(|door| door.kind.as_str());
    let watched = usize::from(settings.admin.is_some());
    let kinds: Vec<&str> = kinds.chain(settings.admin.map(|_| "admin")).collect();
    let (mut sockets, is_handed) = match handed::take(&kinds, watched)? {
        Some(sockets) => (sockets, true),
        None => (listen(settings)?, false),
    };
    let own = sockets.split_off(settings.doors.len()).pop();
    if is_handed {
        refuse_open(settings, &sockets, own.as_ref())?;
    }
    let remedy = "choose another address with --admin, or for 'admin' in the configuration";
    Ok((sockets, run::watched(own, settings.admin, remedy)?))
}

/// Refuses sockets from elsewhere that would let in anybody, as the options would be refused that ask for such.
fn refuse_open(
    settings: &DaemonSettings,
    sockets: &[TcpListener],
    admin: Option<&TcpListener>,
) -> Result<(), Failure> {
    if settings.file.is_some() {
        return Ok(());
    }
    let config = &settings.config;
    let has_access = config
        .accounts
        .iter()
        .all(|account| account.access.is_some());
    let is_meant = config.listeners.iter().all(|listener| listener.open);
    let guarded = if has_access || is_meant { &[] } else { sockets };
    for socket in guarded.iter().chain(admin) {
        let address = address::of(socket)?;
        if !address::is_private(address.ip()) {
            return Err(Failure::usage(format!(
                "the service manager hands over a socket at {address}, which others reach: set an access password with -k or \
                 --access-password-file (--i-know-it-is-open insists; watchers need a configuration for that)"
            )));
        }
    }
    Ok(())
}

/// Takes the ports.
fn listen(settings: &DaemonSettings) -> Result<Vec<TcpListener>, Failure> {
    let remedy = match &settings.file {
        None => "choose another address with -h, -p or --listen".into(),
        Some(file) => format!("choose another addr in {}", file.display()),
    };
    let doors = settings.doors.iter();
    doors
        .map(|door| address::listen(door.address, &remedy))
        .collect()
}

/// Gives each socket what its clients need for TLS.
fn secure(
    settings: &DaemonSettings,
    sockets: Vec<TcpListener>,
    certificates: &mut Certificates,
) -> Result<Vec<Bound>, Failure> {
    let mut bound = Vec::with_capacity(sockets.len());
    for (door, (id, socket)) in settings.doors.iter().zip((0..).zip(sockets)) {
        let listener = certificates.bound(ListenerId(id), door, settings)?;
        bound.push(listener.at(socket));
    }
    Ok(bound)
}
