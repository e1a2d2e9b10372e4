//! The configuration file: from TOML to the settings of a daemon.
//! Never opens a socket or the data folder: `daemon` does.

use std::path::{Path, PathBuf};

use imo2sproxy::call_handler::CallHandling;
use imo2sproxy::tls;
use imo2sproxy::via::Ways;
use imo2sproxy_core::config::{Config, Limits};
use imo2sproxy_core::io::Origin;
use imo2sproxy_core::secret::Secret;

use crate::address;
use crate::cli::{AccountArgs, LogFormat};
use crate::data_folder::DataFolder;
use crate::failure::Failure;
use crate::proxy_url;
use crate::settings::doors::Door;
use crate::settings::{self, DaemonSettings, PORT, RecordSettings};

mod accounts;
mod limits;
mod listeners;
mod section;
mod source;

use accounts::Servers;
use section::Section;
use source::Source;

/// All keys outside a table.
const KEYS: &[&str] = &[
    "server",
    "dialect",
    "ca_file",
    "data_dir",
    "avatar_dir",
    "upstream_proxy",
    "admin",
    "away_when_detached",
    "listen",
    "account",
    "passthrough",
    "limits",
];

/// Reads a file. What `options` say beside it counts before what it says. It needs no listener if there are `others`.
///
/// # Errors
/// If it cannot be read, or something in it is wrong: one line with the place and the remedy.
pub(crate) fn read(
    path: &Path,
    options: AccountArgs,
    others: bool,
) -> Result<DaemonSettings, Failure> {
    let source = Source::read(path)?;
    let table = source.parse()?;
    let top = Section::open(&source, "", &table, KEYS)?;
    let mut servers = Servers::new(&top)?;
    let accounts = accounts::read(&top, &mut servers)?;
    let passthrough = accounts::passthrough(&top, &mut servers)?;
    if accounts.is_empty() && passthrough.is_none() {
        return Err(top.wrong("account", "nobody could log in; add a table [[account]]"));
    }
    let mut config = Config {
        accounts,
        passthrough,
        always_on: true,
        away_when_detached: top.flag("away_when_detached")?.unwrap_or(true),
        limits: Limits::default(),
        ..Config::default()
    };
    if let Some(table) = top.table("limits")? {
        limits::read(table, &mut config.limits)?;
    }
    let (listeners, doors) = listeners::read(&top, &config.accounts)?;
    config.listeners = listeners;
    let usual = (doors.is_empty() && !others)
        .then(|| Door::usual((std::net::Ipv4Addr::LOCALHOST, PORT).into()));
    let mut settings = DaemonSettings {
        file: Some(path.into()),
        config,
        doors,
        servers: servers.names(),
        ca_file: ca_file(&top, options.ca_file)?,
        ways: ways(&top, options.proxy, servers.are_outside())?,
        data: data(&top, options.data_dir)?,
        log_file: None,
        log_format: LogFormat::Text,
        files: pictures(&top)?,
        calls: CallHandling::Ignored,
        recording: RecordSettings::nothing(),
        admin: admin(&top)?,
    };
    settings.add_doors(usual);
    Ok(settings)
}

fn ca_file(top: &Section<'_>, option: Option<PathBuf>) -> Result<Option<PathBuf>, Failure> {
    let Some(entry) = top.find("ca_file").filter(|_| option.is_none()) else {
        return Ok(option);
    };
    let path = entry.path()?;
    tls::client_config(Some(&path)).map_err(|error| entry.wrong(error))?;
    Ok(Some(path))
}

/// The ways to services outside; those inside need none.
fn ways(top: &Section<'_>, option: Option<Secret>, outside: bool) -> Result<Ways, Failure> {
    if let Some(entry) = top.find("upstream_proxy").filter(|_| option.is_none()) {
        let url = Secret::from(entry.text()?);
        let (ways, secret) = proxy_url::through(&url).map_err(|why| entry.wrong(why))?;
        if secret {
            entry.refuse_readers()?;
        }
        return Ok(ways);
    }
    if outside {
        proxy_url::ways(option, |name| std::env::var(name).ok())
    } else {
        Ok(Ways::straight())
    }
}

fn data(top: &Section<'_>, option: Option<PathBuf>) -> Result<DataFolder, Failure> {
    let Some(entry) = top.find("data_dir").filter(|_| option.is_none()) else {
        return DataFolder::choose(option, None);
    };
    if DataFolder::is_memory(entry.text()?) {
        return Ok(DataFolder::Memory);
    }
    entry.path().map(DataFolder::Path)
}

fn pictures(top: &Section<'_>) -> Result<Option<PathBuf>, Failure> {
    let Some(entry) = top.find("avatar_dir") else {
        return Ok(None);
    };
    let path = settings::folder(&entry.path()?).map_err(|why| entry.wrong(why))?;
    Ok(Some(path))
}

fn admin(top: &Section<'_>) -> Result<Option<std::net::SocketAddr>, Failure> {
    let Some(entry) = top.find("admin") else {
        return Ok(None);
    };
    let address = address::parse_socket(entry.text()?)
        .ok_or_else(|| entry.wrong("write ADDR:PORT, as in 127.0.0.1:9100"))?;
    Ok(Some(address))
}

/// True if a service is another process.
fn is_outside(origin: &Origin) -> bool {
    match origin {
        Origin::Embedded => false,
        Origin::Net { .. } => true,
    }
}

#[cfg(test)]
mod tests;
