//! The options of the daemon.
//! Never gives them a meaning: `settings` does.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use imo2sproxy_core::secret::Secret;

use super::{AccessArgs, AccountArgs, LogArgs, RecordArgs};

/// The daemon in the form of the original, with one account, or with a configuration file.
#[derive(Args, Clone, Debug)]
pub(crate) struct DaemonArgs {
    /// Log commands and replies of each connection
    #[arg(short = 'v', long)]
    pub(crate) verbose: bool,
    /// Append the log to FILE instead of standard error
    #[arg(short = 'l', long, value_name = "FILE")]
    pub(crate) log_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) log: LogArgs,
    /// Go into the background once it listens, in a session of its own; with -v and without -l it stays in front
    #[arg(short = 'd', long)]
    pub(crate) daemonize: bool,
    /// Give messages the time of their arrival here instead of the service's
    #[arg(short = 't', long)]
    pub(crate) local_time: bool,
    /// On a call, run the program of --call-command; without one, tell the log
    #[arg(short = 'i', long)]
    pub(crate) interactive: bool,
    /// Program and arguments, divided by spaces, run by no shell; it finds IMO2S_CALL_PEER, IMO2S_CALL_ID and
    /// IMO2S_CALL_DIRECTION (in or out) in its environment
    #[arg(long, value_name = "CMD")]
    pub(crate) call_command: Option<String>,
    /// Folder where avatar files may be written and read for clients on this machine [default: none]
    #[arg(long, value_name = "DIR")]
    pub(crate) avatar_dir: Option<PathBuf>,
    /// s: Skype API over TCP; a: Skype API of Windows, which this version does not have
    #[arg(
        short = 'm',
        value_enum,
        default_value = "s",
        value_name = "MODE",
        hide_possible_values = true
    )]
    pub(crate) mode: Mode,
    /// Address to listen on [default: loopback]
    #[arg(short = 'h', long, value_name = "ADDR")]
    pub(crate) bind: Option<String>,
    /// Port to listen on; 0 takes a free one [default: 1401]
    #[arg(short = 'p', long)]
    pub(crate) port: Option<u16>,
    /// Listen there for clients of that KIND, may be repeated: skypeproxy, len8, skypenet, skyped, skyped-plain or auto, each with +tls behind it if it is to
    /// speak TLS. -h and -p make one more, of the kind skypeproxy
    #[arg(long, value_name = "KIND=ADDR:PORT")]
    pub(crate) listen: Vec<String>,
    /// Certificate chain for listeners with TLS; without one they use a self-signed one, which is kept in the data folder
    #[arg(long, value_name = "PEM", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key for them
    #[arg(long, value_name = "PEM", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Listen beyond loopback even though no access password is set
    #[arg(long)]
    pub(crate) i_know_it_is_open: bool,
    /// Take accounts, listeners and limits from FILE (TOML), instead of one account from here
    #[arg(long, value_name = "FILE", conflicts_with_all = ["username", "password", "bind", "port", "access_password",
        "access_password_file", "server", "dialect", "password_file"])]
    pub(crate) config: Option<PathBuf>,
    /// Serve /healthz and /metrics (for Prometheus) over HTTP at this address of this machine [default: none]
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) admin: Option<String>,
    /// Read everything and print what would run, but run nothing
    #[arg(long)]
    pub(crate) check_config: bool,
    #[command(flatten)]
    pub(crate) access: AccessArgs,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    /// Who you are at the service
    #[arg(value_name = "USERNAME")]
    pub(crate) username: Option<String>,
    /// Your password there; others on this machine can see it, --password-file keeps it private
    #[arg(value_name = "PASSWORD", conflicts_with = "password_file")]
    pub(crate) password: Option<Secret>,
}

/// Which Skype API is offered.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum Mode {
    /// Over a socket.
    S,
    /// By window messages.
    A,
}
