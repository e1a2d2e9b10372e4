//! The imo.im-compatible service on its own: from settings to a running machine.
//! Never looks at the command line: `settings` has read it.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use imo2sproxy::call_handler::CallHandling;
use imo2sproxy::event_loop::{Bound, Parts, Renew, Renewal, Seat};
use imo2sproxy::networks::Networks;
use imo2sproxy::tls;
use imo2sproxy::via::Ways;
use imo2sproxy_core::io::ListenerId;
use imo2sproxy_core::trace::Plan;
use rustls::ServerConfig;

use crate::address;
use crate::cli::ServiceArgs;
use crate::control_socket::ControlSocket;
use crate::failure::Failure;
use crate::handed;
use crate::journal::Journal;
use crate::run;
use crate::settings::ServiceSettings;

/// Runs the service until it is told to stop.
///
/// # Errors
/// If it cannot start, or cannot go on.
pub(crate) fn command(args: ServiceArgs) -> Result<(), Failure> {
    let settings = ServiceSettings::of_service(args)?;
    let server_tls = server_tls(settings.tls.as_ref())?;
    let journal = Journal::open(None, settings.log_format, false)?;
    let (socket, admin) = sockets(&settings)?;
    let _hold = settings
        .data
        .hold("stop that one first, or give another folder with --data-dir")?;
    let store = run::open_store(&settings.data)?;
    let (control, _socket) = ControlSocket::bind(&settings.data);
    let mut lines = vec![address::listening("service", &socket)?];
    if let Some(socket) = &admin {
        lines.push(address::listening("admin", socket)?);
    }
    let parts = Parts {
        listeners: vec![bound(socket, server_tls)],
        client_tls: None,
        ways: Ways::straight(),
        control,
        store,
        files: None,
        calls: CallHandling::Ignored,
        watcher: Box::new(journal),
        renew: Some(renew(settings.tls)),
    };
    let plan = Plan::Service(settings.config, tls::random_seed());
    run::run(plan, parts, settings.recording, |remote| {
        run::watch(admin, remote);
        run::serving(&lines);
    })
}

/// The socket of the service, and that of watchers: from the service manager, if it hands over any, else our own.
fn sockets(settings: &ServiceSettings) -> Result<(TcpListener, Option<TcpListener>), Failure> {
    let watched = usize::from(settings.admin.is_some());
    let kinds = &["service", "admin"][..1 + watched];
    let (socket, admin) = match handed::take(kinds, watched)? {
        Some(handed) => {
            let mut handed = handed.into_iter();
            (handed.next(), handed.next())
        }
        None => (None, None),
    };
    let guarded = socket.iter().filter(|_| settings.tls.is_none());
    for socket in guarded.chain(&admin) {
        let address = address::of(socket)?;
        if !address::is_private(address.ip()) {
            return Err(Failure::usage(format!(
                "the service manager hands over a socket at {address}, which others reach: give --tls-cert and --tls-key \
                 (for watchers it has to be an address of loopback)"
            )));
        }
    }
    let socket = match socket {
        Some(socket) => socket,
        None => address::listen(settings.address, "choose another address with --listen")?,
    };
    let remedy = "choose another address with --admin";
    Ok((socket, run::watched(admin, settings.admin, remedy)?))
}

fn server_tls(files: Option<&(PathBuf, PathBuf)>) -> Result<Option<Arc<ServerConfig>>, Failure> {
    let Some((cert, key)) = files else {
        return Ok(None);
    };
    let config = tls::server_config(cert, key);
    let config =
        config.map_err(|error| Failure::usage(format!("--tls-cert, --tls-key: {error}")))?;
    Ok(Some(config))
}

/// The one listener.
fn bound<S>(socket: S, tls: Option<Arc<ServerConfig>>) -> Bound<S> {
    Bound {
        listener: ListenerId(0),
        socket,
        tls,
        plain_too: None,
        heralds: Networks::default(),
    }
}

/// Reads the certificate again.
fn renew(files: Option<(PathBuf, PathBuf)>) -> Renew {
    Box::new(move || {
        let tls = server_tls(files.as_ref()).map_err(|failure| failure.line().to_owned())?;
        let what = if tls.is_some() {
            "the certificate"
        } else {
            "nothing to read"
        };
        Ok(Renewal {
            config: None,
            listeners: vec![bound(Seat::Of(ListenerId(0)), tls)],
            client_tls: None,
            ways: Ways::straight(),
            lines: vec![what.into()],
        })
    })
}
