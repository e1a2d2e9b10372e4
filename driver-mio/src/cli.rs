//! The command line: every option with its help text.
//! Never reads a file or looks at the system: `settings` gives the options their meaning.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::error::{ContextKind, ErrorKind};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use imo2sproxy_core::secret::Secret;

use crate::failure::Failure;

mod daemon;
mod operator;

pub(crate) use daemon::{DaemonArgs, Mode};
pub(crate) use operator::{ControlArgs, Deed, RecordWish, UserArgs, Wish};

/// Names that may not stand where a USERNAME is expected, without `--` before them.
const COMMAND_NAMES: [&str; 7] = [
    "service",
    "console",
    "user",
    "replay",
    "control",
    "hash-password",
    "help",
];

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Command {
    /// Run the daemon.
    Daemon(Box<DaemonArgs>),
    /// Run the service alone.
    Service(ServiceArgs),
    /// Talk to a daemon by hand.
    Console(ConsoleArgs),
    /// Replay recorded sessions.
    Replay(ReplayArgs),
    /// Talk to a running daemon or service.
    Control(ControlArgs),
    /// Do something about the accounts of a service.
    User(UserArgs),
    /// Make the hash of a password.
    HashPassword,
    /// Nothing: help or the version was asked for and has been shown.
    Shown,
}

#[derive(Parser, Debug)]
#[command(
    name = "imo2sproxy",
    version,
    about = "Skype API over TCP for instant messengers, on an imo.im-compatible service",
    override_usage = "imo2sproxy [OPTIONS] [--] USERNAME [PASSWORD]\n       imo2sproxy [OPTIONS] --config FILE\n       \
                      imo2sproxy service|console|replay|control|user|hash-password [OPTIONS]",
    after_help = "A USERNAME that equals a command's name is given after --",
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true,
    args_conflicts_with_subcommands = true
)]
struct Line {
    #[command(subcommand)]
    further: Option<Further>,
    #[command(flatten)]
    daemon: DaemonArgs,
    #[command(flatten)]
    help: Help,
    /// Print the version
    #[arg(long, action = ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Subcommand, Debug)]
enum Further {
    Service(ServiceArgs),
    Console(ConsoleArgs),
    Replay(ReplayArgs),
    Control(ControlArgs),
    User(UserArgs),
    HashPassword(HashPasswordArgs),
}

#[derive(Args, Debug)]
struct Help {
    /// Print this help
    #[arg(long, action = ArgAction::Help)]
    help: Option<bool>,
}

/// What a client must say to be heard.
#[derive(Args, Clone, Debug)]
pub(crate) struct AccessArgs {
    /// Password that clients must give [default: none]
    #[arg(short = 'k', value_name = "PASSWORD")]
    pub(crate) access_password: Option<Secret>,
    /// Read that password from the first line of FILE
    #[arg(long, value_name = "FILE", conflicts_with = "access_password")]
    pub(crate) access_password_file: Option<PathBuf>,
}

/// Whether the session is recorded.
#[derive(Args, Clone, Debug)]
pub(crate) struct RecordArgs {
    /// Record the session into FILE, which only you may read; secrets are hidden
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Leave passwords, cookies and session ids in recordings
    #[arg(long = "keep-secrets")]
    pub(crate) unhidden: bool,
}

/// How the log is written.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct LogArgs {
    /// text: a line for people; json: one JSON object per line, for programs
    #[arg(
        long,
        value_enum,
        default_value = "text",
        value_name = "FORMAT",
        hide_possible_values = true
    )]
    pub(crate) log_format: LogFormat,
}

/// The form of a line of the log.
#[derive(Clone, Copy, PartialEq, Eq, Default, ValueEnum, Debug)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// The form of the protocol that a service speaks.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum Dialect {
    /// That of 2012 and later.
    V1,
    /// That of 2010 to 2012.
    V0,
}

/// Where an account is and where it is kept.
#[derive(Args, Clone, Debug)]
pub(crate) struct AccountArgs {
    /// The imo.im-compatible service: https://HOST/, http://HOST/, or embedded
    #[arg(long, default_value = "embedded", value_name = "URL")]
    pub(crate) server: String,
    /// What the service speaks: v1, the form of 2012 and later; v0, that of 2010 to 2012
    #[arg(
        long,
        value_enum,
        default_value = "v1",
        value_name = "DIALECT",
        hide_possible_values = true
    )]
    pub(crate) dialect: Dialect,
    /// Trust the certificate authorities in PEM too
    #[arg(long, value_name = "PEM")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Reach the service through a proxy: http://[USER:PASSWORD@]HOST[:PORT] or socks5://... [default: from the environment,
    /// HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY]
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<Secret>,
    /// Read the account's password from the first line of FILE; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Where accounts and messages are kept; :memory: keeps nothing [default: ~/.local/share/imo2sproxy]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

/// Run the imo.im-compatible service alone, for many daemons
#[derive(Args, Debug)]
#[command(disable_help_flag = true)]
pub(crate) struct ServiceArgs {
    /// Address and port to listen on; off loopback TLS is required
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR:PORT")]
    pub(crate) listen: String,
    /// Certificate chain for TLS
    #[arg(long, value_name = "PEM", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key for TLS
    #[arg(long, value_name = "PEM", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Where accounts and messages are kept; :memory: keeps nothing [default: ~/.local/share/imo2sproxy/service]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Let the first login of an unknown user create the account
    #[arg(long)]
    pub(crate) open_registration: bool,
    /// How long a poll is held, in seconds
    #[arg(long, default_value_t = 25, value_name = "SECONDS", value_parser = clap::value_parser!(u8).range(1..=30))]
    pub(crate) poll_hold: u8,
    /// Serve /healthz and /metrics (for Prometheus) over HTTP at this address of this machine [default: none]
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) admin: Option<String>,
    #[command(flatten)]
    pub(crate) log: LogArgs,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    #[command(flatten)]
    help: Help,
}

/// Talk the Skype API by hand: lines in, replies out
#[derive(Args, Debug)]
#[command(
    disable_help_flag = true,
    override_usage = "imo2sproxy console --connect ADDR:PORT [-k PASSWORD] [--linger SECONDS]\n       imo2sproxy console [OPTIONS] USERNAME [PASSWORD]",
    after_help = "A line break inside a reply is shown as a line break and two spaces, other control characters are \
                  spelled out; empty lines are not sent."
)]
pub(crate) struct ConsoleArgs {
    /// Be a client of the daemon there, instead of running a session of its own
    #[arg(long, value_name = "ADDR:PORT", conflicts_with_all = ["username", "server", "dialect", "ca_file", "proxy", "password_file", "data_dir"])]
    pub(crate) connect: Option<String>,
    #[command(flatten)]
    pub(crate) access: AccessArgs,
    /// How long to wait for late replies after the last line, in seconds
    #[arg(long, default_value_t = 1, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(0..=3600))]
    pub(crate) linger: u16,
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    /// Who you are at the service
    #[arg(value_name = "USERNAME", conflicts_with_all = ["access_password", "access_password_file"])]
    pub(crate) username: Option<String>,
    /// Your password there; others on this machine can see it, --password-file keeps it private
    #[arg(value_name = "PASSWORD", conflicts_with = "password_file")]
    pub(crate) password: Option<Secret>,
    #[command(flatten)]
    help: Help,
}

/// Replay recorded sessions and say where they differ
#[derive(Args, Debug)]
#[command(
    disable_help_flag = true,
    after_help = "Exit code 0: all went as recorded; 1: one did not; 2: one cannot be read."
)]
pub(crate) struct ReplayArgs {
    /// Compare only what is asked of the service, for recordings of older versions
    #[arg(long)]
    pub(crate) calls: bool,
    /// Files of --record
    #[arg(value_name = "TRACE", required = true)]
    pub(crate) traces: Vec<PathBuf>,
    #[command(flatten)]
    help: Help,
}

/// Print the hash of a password, as `access` in a configuration takes it; asks for the password, or reads one line of
/// standard input
#[derive(Args, Debug)]
#[command(disable_help_flag = true)]
struct HashPasswordArgs {
    #[command(flatten)]
    help: Help,
}

/// Reads the command line, the program's name included. Help and version are shown here.
///
/// # Errors
/// If it is no valid command line.
pub(crate) fn read(args: impl Iterator<Item = OsString>) -> Result<Command, Failure> {
    let args: Vec<OsString> = args.collect();
    let line = match Line::try_parse_from(&args) {
        Ok(line) => line,
        Err(error) if error.use_stderr() => return Err(Failure::Usage(one_line(&error))),
        Err(shown) => {
            // Help for a reader who has gone away is nobody's loss.
            let _ = shown.print();
            return Ok(Command::Shown);
        }
    };
    match line.further {
        Some(Further::Service(args)) => Ok(Command::Service(args)),
        Some(Further::Console(args)) => Ok(Command::Console(args)),
        Some(Further::Replay(args)) => Ok(Command::Replay(args)),
        Some(Further::Control(args)) => Ok(Command::Control(args)),
        Some(Further::User(args)) => Ok(Command::User(args)),
        Some(Further::HashPassword(_)) => Ok(Command::HashPassword),
        None => {
            refuse_command_name(line.daemon.username.as_deref(), &args)?;
            Ok(Command::Daemon(Box::new(line.daemon)))
        }
    }
}

/// Options before a command would make its name a USERNAME; that is hardly what was meant.
fn refuse_command_name(username: Option<&str>, args: &[OsString]) -> Result<(), Failure> {
    let Some(name) = username.filter(|name| COMMAND_NAMES.contains(name)) else {
        return Ok(());
    };
    let separator = args.iter().position(|arg| arg == "--");
    let place = args.iter().rposition(|arg| arg == OsStr::new(name));
    if separator.is_some_and(|separator| Some(separator) < place) {
        return Ok(());
    }
    Err(Failure::usage(match name {
        "help" => "help is shown by --help; a user of that name is given after --".into(),
        _ => format!(
            "'{name}' is a command, whose options go behind it; a user of that name is given after --"
        ),
    }))
}

/// What clap has to say, in one line: all before the usage, which `--help` shows better.
fn one_line(error: &clap::Error) -> String {
    if error.kind() == ErrorKind::ArgumentConflict
        && error.get(ContextKind::InvalidSubcommand).is_some()
    {
        // Where commands exist, clap takes any further word for one. It may be half of a password with a space in it.
        return "an unexpected argument after USERNAME and PASSWORD; see 'imo2sproxy --help'"
            .into();
    }
    let text = error.render().to_string();
    let said: Vec<&str> = text
        .lines()
        .take_while(|line| !line.starts_with("Usage:"))
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("For more information"))
        .collect();
    format!("{}; see 'imo2sproxy --help'", said.join(" "))
}

#[cfg(test)]
mod tests;
