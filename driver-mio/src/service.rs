//! The imo.im-compatible service on its own: from settings to a running machine.
//! Never looks at the command line: `settings` has read it.

use imo2sproxy::call_handler::CallHandling;
use imo2sproxy::event_loop::{Bound, Parts};
use imo2sproxy::networks::Networks;
use imo2sproxy::tls;
use imo2sproxy::via::Ways;
use imo2sproxy_core::io::ListenerId;
use imo2sproxy_core::trace::Plan;

use crate::address;
use crate::cli::ServiceArgs;
use crate::control_socket::ControlSocket;
use crate::failure::Failure;
use crate::journal::Journal;
use crate::run;
use crate::settings::ServiceSettings;

/// Runs the service until it is told to stop.
///
/// # Errors
/// If it cannot start, or cannot go on.
pub(crate) fn command(args: ServiceArgs) -> Result<(), Failure> {
    let settings = ServiceSettings::of_service(args)?;
    let server_tls = match &settings.tls {
        None => None,
        Some((cert, key)) => Some(
            tls::server_config(cert, key)
                .map_err(|error| Failure::usage(format!("--tls-cert, --tls-key: {error}")))?,
        ),
    };
    let journal = Journal::open(None, false)?;
    let socket = address::listen(settings.address, "choose another address with --listen")?;
    let _hold = settings
        .data
        .hold("stop that one first, or give another folder with --data-dir")?;
    let store = run::open_store(&settings.data)?;
    let (control, _socket) = ControlSocket::bind(&settings.data);
    let line = address::listening("service", &socket)?;
    let parts = Parts {
        listeners: vec![Bound {
            listener: ListenerId(0),
            socket,
            tls: server_tls,
            plain_too: false,
            heralds: Networks::default(),
        }],
        client_tls: None,
        ways: Ways::straight(),
        control,
        store,
        files: None,
        calls: CallHandling::Ignored,
        watcher: Box::new(journal),
    };
    let plan = Plan::Service(settings.config, tls::random_seed());
    run::run(plan, parts, settings.recording, |_| run::serving(&[line]))
}
