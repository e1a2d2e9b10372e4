//! What the options mean: machine configurations, and what the machines must not see (addresses, folders, files).
//! Never opens a socket or the data folder: `daemon` and `service` do.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use imo2sproxy::call_handler::CallHandling;
use imo2sproxy::via::Ways;
use imo2sproxy_core::config::{
    Access, AccountConfig, Config, DialectKind, Limits, Listener, Registration, ServiceConfig,
    WireKind,
};
use imo2sproxy_core::handle::{ECHO, is_handle};
use imo2sproxy_core::io::Origin;
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::trace::Secrecy;

use crate::address;
use crate::cli::{AccountArgs, DaemonArgs, Dialect, Mode, RecordArgs, ServiceArgs};
use crate::data_folder::DataFolder;
use crate::failure::{Failure, note, reason};
use crate::password;
use crate::proxy_url;
use crate::server_url;

/// How long the one account stays signed on without clients.
const LINGER: Duration = Duration::from_secs(600);

/// All that a daemon for one account is started with.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct DaemonSettings {
    /// What the machine is told.
    pub(crate) config: Config,
    /// Where its one listener listens.
    pub(crate) address: SocketAddr,
    /// Its service as the user has written it, for the start-up line.
    pub(crate) server: String,
    /// Further trusted authorities.
    pub(crate) ca_file: Option<PathBuf>,
    /// The ways to the service.
    pub(crate) ways: Ways,
    /// Where things are kept.
    pub(crate) data: DataFolder,
    /// Where the log goes; `None`: standard error.
    pub(crate) log_file: Option<PathBuf>,
    /// Where files of clients may lie; `None`: nowhere.
    pub(crate) files: Option<PathBuf>,
    /// What is done about calls.
    pub(crate) calls: CallHandling,
    /// What is recorded.
    pub(crate) recording: RecordSettings,
}

impl DaemonSettings {
    /// Reads the options of the daemon, and the passwords where they say.
    ///
    /// # Errors
    /// If they are wrong, or do not go together.
    pub(crate) fn of_daemon(args: DaemonArgs) -> Result<Self, Failure> {
        if args.mode == Mode::A {
            return Err(Failure::usage(
                "-m a is the Skype API of Windows, which this version does not have; leave it out or give -m s",
            ));
        }
        password::refuse_one_input_for_two(
            args.account.password_file.as_ref(),
            args.access.access_password_file.as_ref(),
        )?;
        let ip = match args.bind.as_deref() {
            None => IpAddr::V4(Ipv4Addr::LOCALHOST),
            Some(text) => address::parse_ip(text).ok_or_else(|| {
                Failure::usage(format!(
                    "-h {text}: no address; give an IPv4 or IPv6 address of this machine"
                ))
            })?,
        };
        let has_access =
            args.access.access_password.is_some() || args.access.access_password_file.is_some();
        if !address::is_private(ip) && !has_access && !args.i_know_it_is_open {
            return Err(Failure::usage(format!(
                "-h {ip}: anybody who reaches that address could use your account; set an access password with -k or \
                 --access-password-file (or insist with --i-know-it-is-open)"
            )));
        }
        let username = args.username.ok_or_else(|| {
            Failure::usage(
                "a USERNAME is missing, as in 'imo2sproxy alice'; see 'imo2sproxy --help'",
            )
        })?;
        let files = args.avatar_dir.as_deref().map(folder).transpose()?;
        let calls = calls(args.interactive, args.call_command.as_deref())?;
        let access = password::of_clients(args.access)?;
        let mut settings = Self::of_account(args.account, username, args.password, access)?;
        settings.address = SocketAddr::new(ip, args.port);
        settings.config.verbose = args.verbose;
        settings.config.local_time = args.local_time;
        settings.log_file = args.log_file;
        settings.files = files;
        settings.calls = calls;
        settings.recording = args.record.into();
        Ok(settings)
    }

    /// Settings for one account on any free port of loopback.
    ///
    /// # Errors
    /// If the options of the account are wrong.
    pub(crate) fn of_account(
        args: AccountArgs,
        username: String,
        password: Option<Secret>,
        access: Option<Secret>,
    ) -> Result<Self, Failure> {
        check_username(&username)?;
        let mut upstream = server_url::parse(&args.server).map_err(|error| {
            Failure::usage(format!("--server {}: {}", args.server, error.explain()))
        })?;
        upstream.dialect = match args.dialect {
            Dialect::V0 => DialectKind::V0,
            Dialect::V1 => DialectKind::V1,
        };
        if server_url::is_readable_on_the_way(&upstream) {
            note(
                "warning: with http:// others can read the password and the messages on the way; use https:// if the service has it",
            );
        }
        let ways = match upstream.origin {
            Origin::Embedded => Ways::straight(),
            Origin::Net { .. } => proxy_url::ways(args.proxy, |name| std::env::var(name).ok())?,
        };
        let below = (upstream.origin != Origin::Embedded).then_some(username.as_str());
        let data = DataFolder::choose(args.data_dir, below)?;
        let password = password::of_account(&username, password, args.password_file.as_deref())?;
        let config = Config {
            listeners: vec![Listener {
                kind: WireKind::SkypeProxy,
                account: Some(username.clone()),
                open: false,
            }],
            accounts: vec![AccountConfig {
                name: username.clone(),
                username,
                password,
                access: access.map(Access::Plain),
                upstream,
            }],
            verbose: false,
            local_time: false,
            linger: Some(LINGER),
            always_on: false,
            away_when_detached: false,
            limits: Limits::default(),
        };
        Ok(Self {
            config,
            address: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
            server: args.server,
            ca_file: args.ca_file,
            ways,
            data,
            log_file: None,
            files: None,
            calls: CallHandling::Ignored,
            recording: RecordSettings::nothing(),
        })
    }

    /// True if the service runs in the same process.
    pub(crate) fn is_embedded(&self) -> bool {
        let mut accounts = self.config.accounts.iter();
        accounts.all(|account| account.upstream.origin == Origin::Embedded)
    }
}

/// All that a service on its own is started with.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct ServiceSettings {
    /// What the machine is told.
    pub(crate) config: ServiceConfig,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Certificate chain and private key, if it speaks TLS.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    /// Where things are kept.
    pub(crate) data: DataFolder,
    /// What is recorded.
    pub(crate) recording: RecordSettings,
}

impl ServiceSettings {
    /// Reads the options of the service.
    ///
    /// # Errors
    /// If they are wrong, or do not go together.
    pub(crate) fn of_service(args: ServiceArgs) -> Result<Self, Failure> {
        let address = address::parse_socket(&args.listen).ok_or_else(|| {
            Failure::usage(format!(
                "--listen {}: write ADDR:PORT, as in 127.0.0.1:8080 or [::1]:8080",
                args.listen
            ))
        })?;
        let tls = args.tls_cert.zip(args.tls_key);
        if tls.is_none() && !address::is_private(address.ip()) {
            return Err(Failure::usage(format!(
                "--listen {address}: passwords would cross the network unencrypted; give --tls-cert and --tls-key, or \
                 listen on 127.0.0.1 behind a server that does TLS"
            )));
        }
        let registration = if args.open_registration {
            Registration::Open
        } else {
            Registration::Closed
        };
        Ok(Self {
            config: ServiceConfig {
                registration,
                poll_hold: Duration::from_secs(args.poll_hold.into()),
                limits: Limits::default(),
            },
            address,
            tls,
            data: DataFolder::choose(args.data_dir, Some("service"))?,
            recording: args.record.into(),
        })
    }
}

/// What is recorded, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RecordSettings {
    /// The file that the whole session is recorded into, if it is.
    pub(crate) file: Option<PathBuf>,
    /// What recordings do about secrets.
    pub(crate) secrecy: Secrecy,
}

impl RecordSettings {
    pub(crate) const fn nothing() -> Self {
        Self {
            file: None,
            secrecy: Secrecy::Hidden,
        }
    }
}

impl From<RecordArgs> for RecordSettings {
    fn from(args: RecordArgs) -> Self {
        Self {
            file: args.record,
            secrecy: if args.unhidden {
                Secrecy::Kept
            } else {
                Secrecy::Hidden
            },
        }
    }
}

/// The folder of `--avatar-dir`, wherever the process may go later.
fn folder(path: &Path) -> Result<PathBuf, Failure> {
    let wrong = |why: String| {
        let path = path.display();
        Failure::usage(format!(
            "--avatar-dir {path}: {why}; give a folder that is there"
        ))
    };
    let found = std::fs::metadata(path).map_err(|error| wrong(reason(&error)))?;
    if !found.is_dir() {
        return Err(wrong("no folder".into()));
    }
    std::path::absolute(path).map_err(|error| wrong(reason(&error)))
}

/// What `-i` and `--call-command` make of calls.
fn calls(interactive: bool, command: Option<&str>) -> Result<CallHandling, Failure> {
    let handling = match command {
        None => CallHandling::Logged,
        Some(line) => CallHandling::run(line).ok_or_else(|| {
            Failure::usage(
                "--call-command is empty; name a program, with arguments if it takes any",
            )
        })?,
    };
    if interactive {
        return Ok(handling);
    }
    if command.is_some() {
        note("warning: --call-command does nothing without -i");
    }
    Ok(CallHandling::Ignored)
}

/// The rule for handles: 1 to 32 of `A-Z a-z 0-9 . , - _`, the first a letter.
fn check_username(name: &str) -> Result<(), Failure> {
    let wrong = |what: &str| Err(Failure::usage(format!("USERNAME '{name}': {what}")));
    if name.eq_ignore_ascii_case(ECHO) {
        return wrong("that is the service's own contact; choose another");
    }
    if is_handle(name) {
        Ok(())
    } else {
        wrong("1 to 32 letters (a-z), digits, '.', ',', '-', '_', the first a letter")
    }
}

#[cfg(test)]
mod tests;
