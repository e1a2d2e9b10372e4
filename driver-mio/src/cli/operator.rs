//! The options of the commands for operators: `control` and `user`.
//! Never looks at the system: the commands give them their meaning.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Help;

/// Talk to a running daemon or service through its data folder
#[derive(Args, Debug)]
#[command(disable_help_flag = true, disable_help_subcommand = true)]
pub(crate) struct ControlArgs {
    /// The data folder of the daemon or service [default: ~/.local/share/imo2sproxy]
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) data_dir: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) wish: Wish,
    #[command(flatten)]
    help: Help,
}

/// What is wanted of a running process.
#[derive(Subcommand, Debug)]
#[command(disable_help_flag = true)]
pub(crate) enum Wish {
    /// Say how things stand
    Status,
    /// Read the configuration and the certificates again; what is wrong with them changes nothing
    Reload,
    /// Say goodbye to everybody, store what is left, and end
    Drain,
    /// Let in again who is locked out of an account after too many failed logins
    Lift {
        /// What clients call it, or its handle at the service
        account: String,
    },
    /// Record the session into a file, or stop that
    #[command(disable_help_flag = true, disable_help_subcommand = true)]
    Record {
        #[command(subcommand)]
        wish: RecordWish,
    },
}

/// What is wanted of a recording.
#[derive(Subcommand, Debug)]
#[command(disable_help_flag = true)]
pub(crate) enum RecordWish {
    /// Record into FILE from now on
    On {
        /// The file; what stands in it stays
        file: PathBuf,
    },
    /// Stop recording
    Off,
}

/// Make, change, remove and list the accounts of a service
#[derive(Args, Debug)]
#[command(
    disable_help_flag = true,
    disable_help_subcommand = true,
    after_help = "Passwords are asked for at a terminal, otherwise the first line of standard input is one. It makes no \
                  difference whether the service runs."
)]
pub(crate) struct UserArgs {
    /// The data folder of the service [default: ~/.local/share/imo2sproxy/service]
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) data_dir: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) deed: Deed,
    #[command(flatten)]
    help: Help,
}

/// What is to be done about accounts.
#[derive(Subcommand, Debug)]
#[command(disable_help_flag = true)]
pub(crate) enum Deed {
    /// Make an account
    Add {
        /// Its handle
        name: String,
    },
    /// Give an account another password; sessions that are signed on stay
    Passwd {
        /// Its handle
        name: String,
    },
    /// Take an account away with all that is kept of it
    Remove {
        /// Its handle
        name: String,
    },
    /// Print the handles of all accounts
    List,
}
