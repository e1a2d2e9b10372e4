//! What the options mean: machine configurations, and what the machines must not see (addresses, folders, files).
//! Never opens a socket or the data folder: `daemon` and `service` do.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use imo2sproxy::call_handler::CallHandling;
use imo2sproxy::via::Ways;
use imo2sproxy_core::config::{Access, AccountConfig, Config, DialectKind, Listener, Upstream};
use imo2sproxy_core::handle::{self, ECHO, is_handle};
use imo2sproxy_core::io::Origin;
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::trace::Secrecy;

use crate::address;
use crate::cli::{AccountArgs, DaemonArgs, Dialect, LogFormat, Mode, RecordArgs};
use crate::config_file;
use crate::data_folder::DataFolder;
use crate::failure::{Failure, note, reason};
use crate::password;
use crate::proxy_url;
use crate::server_url;

pub(crate) mod doors;
mod service;

use doors::Door;
pub(crate) use service::ServiceSettings;

/// Where a daemon listens that is told no port.
pub(crate) const PORT: u16 = 1401;
/// How long the one account stays signed on without clients.
const LINGER: Duration = Duration::from_secs(600);

/// All that a daemon is started with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct DaemonSettings {
    /// The configuration file, if there is one.
    pub(crate) file: Option<PathBuf>,
    /// What the machine is told.
    pub(crate) config: Config,
    /// Its listeners, in the machine's order.
    pub(crate) doors: Vec<Door>,
    /// Its services as the user has written them, for the start-up lines.
    pub(crate) servers: Vec<String>,
    /// Further trusted authorities.
    pub(crate) ca_file: Option<PathBuf>,
    /// The ways to the services.
    pub(crate) ways: Ways,
    /// Where things are kept.
    pub(crate) data: DataFolder,
    /// Where the log goes; `None`: standard error.
    pub(crate) log_file: Option<PathBuf>,
    /// How it is written.
    pub(crate) log_format: LogFormat,
    /// Where files of clients may lie; `None`: nowhere.
    pub(crate) files: Option<PathBuf>,
    /// What is done about calls.
    pub(crate) calls: CallHandling,
    /// What is recorded.
    pub(crate) recording: RecordSettings,
    /// Where the state of the daemon is to be asked for.
    pub(crate) admin: Option<SocketAddr>,
}

impl DaemonSettings {
    /// Reads the options of the daemon, the configuration file, and the passwords where these say.
    ///
    /// # Errors
    /// If they are wrong, or do not go together.
    pub(crate) fn of_daemon(mut args: DaemonArgs) -> Result<Self, Failure> {
        if args.mode == Mode::A {
            return Err(Failure::usage(
                "-m a is the Skype API of Windows, which this version does not have; leave it out or give -m s",
            ));
        }
        let files = args.avatar_dir.as_deref().map(|path| {
            folder(path).map_err(|why| {
                let path = path.display();
                Failure::usage(format!("--avatar-dir {path}: {why}"))
            })
        });
        let files = files.transpose()?;
        let calls = calls(args.interactive, args.call_command.as_deref())?;
        let certificate = args.tls_cert.take().zip(args.tls_key.take());
        let doors = doors::of_options(&args.listen, certificate)?;
        let admin = args.admin.as_deref().map(admin).transpose()?;
        let common = (args.verbose, args.local_time);
        let open = args.i_know_it_is_open;
        let log_format = args.log.log_format;
        let (log_file, recording) = (args.log_file.take(), args.record.clone().into());
        let mut settings = match args.config.take() {
            Some(path) => config_file::read(&path, args.account, !doors.is_empty())?,
            None => Self::of_options(args, &doors)?,
        };
        settings.add_doors(doors);
        if let Some(at) = doors::doubled(&settings.doors) {
            let address = settings.doors[at].address;
            return Err(Failure::usage(format!(
                "two listeners are to be at {address}; leave one out or give it another port"
            )));
        }
        for listener in &mut settings.config.listeners {
            listener.open = open;
        }
        (settings.config.verbose, settings.config.local_time) = common;
        settings.log_file = log_file;
        settings.log_format = log_format;
        settings.files = files.or(settings.files);
        settings.calls = calls;
        settings.admin = admin.or(settings.admin);
        settings.recording = recording;
        Ok(settings)
    }

    /// The form of the original. `further` are the listeners of `--listen`; where there are some, the usual one is made
    /// only if it is asked for.
    fn of_options(args: DaemonArgs, further: &[Door]) -> Result<Self, Failure> {
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
        let usual = further.is_empty() || args.bind.is_some() || args.port.is_some();
        let usual = usual.then(|| Door::usual(SocketAddr::new(ip, args.port.unwrap_or(PORT))));
        let has_access =
            args.access.access_password.is_some() || args.access.access_password_file.is_some();
        if !has_access && !args.i_know_it_is_open {
            refuse_open(usual.as_ref(), further)?;
        }
        let username = args.username.ok_or_else(|| {
            Failure::usage(
                "a USERNAME is missing, as in 'imo2sproxy alice', or --config FILE; see 'imo2sproxy --help'",
            )
        })?;
        let access = password::of_clients(args.access)?;
        let mut settings = Self::of_account(args.account, username, args.password, access)?;
        settings.add_doors(usual);
        Ok(settings)
    }

    /// Settings for one account, without a listener.
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
            // What stands before an @ may be a password.
            let shown = if args.server.contains('@') {
                "URL"
            } else {
                &args.server
            };
            Failure::usage(format!("--server {shown}: {}", error.explain()))
        })?;
        upstream.dialect = match args.dialect {
            Dialect::V0 => DialectKind::V0,
            Dialect::V1 => DialectKind::V1,
        };
        warn_of_readers(&upstream);
        let ways = match upstream.origin {
            Origin::Embedded => Ways::straight(),
            Origin::Net { .. } => proxy_url::ways(args.proxy, |name| std::env::var(name).ok())?,
        };
        let below = (upstream.origin != Origin::Embedded).then_some(username.as_str());
        let data = DataFolder::choose(args.data_dir, below)?;
        let password = password::of_account(&username, password, args.password_file.as_deref())?;
        let config = Config {
            accounts: vec![AccountConfig {
                name: username.clone(),
                username,
                password,
                access: access.map(Access::Plain),
                upstream,
            }],
            linger: Some(LINGER),
            ..Config::default()
        };
        Ok(Self {
            file: None,
            config,
            doors: Vec::new(),
            servers: vec![args.server],
            ca_file: args.ca_file,
            ways,
            data,
            log_file: None,
            log_format: LogFormat::Text,
            files: None,
            calls: CallHandling::Ignored,
            recording: RecordSettings::nothing(),
            admin: None,
        })
    }

    /// Adds listeners. Who names no account there is the only one, if there is only one.
    pub(crate) fn add_doors(&mut self, doors: impl IntoIterator<Item = Door>) {
        let account = match self.config.accounts.as_slice() {
            [account] => Some(account.name.clone()),
            _ => None,
        };
        for door in doors {
            self.config.listeners.push(Listener {
                kind: door.wire,
                account: account.clone(),
                open: false,
            });
            self.doors.push(door);
        }
    }

    /// True if a service runs in the same process: if anybody uses it.
    pub(crate) fn is_embedded(&self) -> bool {
        let accounts = self.config.accounts.iter();
        let passthrough = self.config.passthrough.iter();
        let mut upstreams = accounts
            .map(|account| &account.upstream)
            .chain(passthrough.map(|passthrough| &passthrough.upstream));
        upstreams.any(|upstream| upstream.origin == Origin::Embedded)
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

/// Tells the user if what is said to his service can be read on the way.
pub(crate) fn warn_of_readers(upstream: &Upstream) {
    if server_url::is_readable_on_the_way(upstream) {
        note(
            "warning: with http:// others can read the password and the messages on the way; use https:// if the service has it",
        );
    }
}

/// Refuses listeners that would let in anybody who reaches them.
fn refuse_open(usual: Option<&Door>, further: &[Door]) -> Result<(), Failure> {
    let open = |door: &&Door| !address::is_private(door.address.ip());
    let option = match (usual.filter(open), further.iter().find(open)) {
        (Some(door), _) => format!("-h {}", door.address.ip()),
        (None, Some(door)) => format!("--listen {}={}", door.kind, door.address),
        (None, None) => return Ok(()),
    };
    Err(Failure::usage(format!(
        "{option}: anybody who reaches that address could use your account; set an access password with -k or \
         --access-password-file (or insist with --i-know-it-is-open)"
    )))
}

/// A folder for pictures, wherever the process may go later.
pub(crate) fn folder(path: &Path) -> Result<PathBuf, String> {
    let wrong = |why: String| format!("{why}; give a folder that is there");
    let found = std::fs::metadata(path).map_err(|error| wrong(reason(&error)))?;
    if !found.is_dir() {
        return Err(wrong("no folder".into()));
    }
    std::path::absolute(path).map_err(|error| wrong(reason(&error)))
}

/// Where `--admin` says that watchers may ask. They give no password, so it takes a configuration to let in others.
pub(crate) fn admin(text: &str) -> Result<SocketAddr, Failure> {
    let wrong = |why| Failure::usage(format!("--admin {text}: {why}"));
    let address = address::parse_socket(text);
    let address = address.ok_or_else(|| wrong("write ADDR:PORT, as in 127.0.0.1:9100"))?;
    if address::is_private(address.ip()) {
        Ok(address)
    } else {
        Err(wrong(
            "others could look on; give an address of loopback, or write it as 'admin' into a configuration",
        ))
    }
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

fn check_username(name: &str) -> Result<(), Failure> {
    match name_fault(name) {
        None => Ok(()),
        Some(what) => Err(Failure::usage(format!("USERNAME '{name}': {what}"))),
    }
}

/// What is wrong with the name of a user, if anything. The rule for handles: 1 to 32 of `A-Z a-z 0-9 . , - _`, the first a
/// letter.
pub(crate) fn name_fault(name: &str) -> Option<&'static str> {
    if handle::same(name, ECHO) {
        Some("that is the service's own contact; choose another")
    } else if is_handle(name) {
        None
    } else {
        Some("1 to 32 letters (a-z), digits, '.', ',', '-', '_', the first a letter")
    }
}

#[cfg(test)]
mod tests;
