//! What a daemon would do, in lines, for `--check-config`.
//! Never shows a secret, and never takes a port or the data folder.

use imo2sproxy::tls;
use imo2sproxy_core::config::{Access, AccountConfig, Listener, Passthrough};
use imo2sproxy_core::time::Now;
use imo2sproxy_core::trace::Recorder;

use crate::daemon;
use crate::data_folder::DataFolder;
use crate::failure::Failure;
use crate::settings::DaemonSettings;
use crate::settings::doors::{Certificate, Door};

/// The lines: listeners, accounts, services, and where all is kept.
///
/// # Errors
/// If a file is of no use that only a start would read.
pub(crate) fn lines(settings: &DaemonSettings) -> Result<Vec<String>, Failure> {
    tls::client_config(settings.ca_file.as_deref())
        .map_err(|error| Failure::usage(format!("--ca-file: {error}")))?;
    if settings.recording.file.is_some() {
        let (plan, secrecy) = (daemon::plan(settings), settings.recording.secrecy);
        Recorder::begin(&plan, Now::default(), false, secrecy, &mut String::new())
            .map_err(|refusal| Failure::usage(format!("--record: {refusal}")))?;
    }
    let config = &settings.config;
    let mut lines = Vec::new();
    let doors = settings.doors.iter().zip(&config.listeners);
    lines.extend(doors.map(|(door, listener)| door_line(door, listener)));
    lines.extend(config.accounts.iter().map(account_line));
    if let Some(Passthrough { register, .. }) = config.passthrough {
        let registers = if register {
            "registers"
        } else {
            "does not register"
        };
        lines.push(format!(
            "passthrough for users of the service, {registers} new ones"
        ));
    }
    let servers = settings.servers.iter();
    lines.extend(servers.map(|server| format!("upstream {server}")));
    lines.push(match &settings.data {
        DataFolder::Memory => "data in memory only".into(),
        DataFolder::Path(path) => format!("data in {}", path.display()),
    });
    if let Some(path) = &settings.files {
        lines.push(format!("pictures below {}", path.display()));
    }
    if let Some(address) = settings.admin {
        lines.push(format!("admin {address}"));
    }
    Ok(lines)
}

fn door_line(door: &Door, listener: &Listener) -> String {
    let tls = match (&door.tls, door.plain_too) {
        (None, _) => "",
        (Some(_), true) => ", with TLS or without",
        (Some(Certificate::Own), false) => ", TLS with a self-signed certificate",
        (Some(Certificate::Files(..)), false) => ", TLS",
    };
    let account = match &listener.account {
        Some(name) => format!("for {name}"),
        None => "for whoever gives a name".into(),
    };
    format!("listen {} {} {account}{tls}", door.kind, door.address)
}

fn account_line(account: &AccountConfig) -> String {
    let access = match account.access {
        Some(Access::Hash(_)) => "with an access password (hashed)",
        Some(Access::Plain(_)) => "with an access password",
        None => "without an access password",
    };
    let AccountConfig { name, username, .. } = account;
    format!("account {name} as {username}, {access}")
}
