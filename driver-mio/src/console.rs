//! The console: lines of standard input to a daemon, its replies to standard output.
//! Never acts on what is said: of replies it understands errors, and explains them on standard error.

use std::net::Ipv4Addr;
use std::thread;
use std::time::Duration;

use imo2sproxy::tls;
use imo2sproxy_core::rng::Rng;
use imo2sproxy_core::secret::Secret;

use crate::cli::{AccountArgs, ConsoleArgs};
use crate::daemon::Daemon;
use crate::failure::{Failure, note};
use crate::password;
use crate::settings::DaemonSettings;
use crate::settings::doors::Door;

mod connection;
mod talk;

use connection::Connection;

/// Characters of the access password of a session of our own.
const ACCESS_LENGTH: usize = 32;

/// Runs the console until its input ends.
///
/// # Errors
/// If it cannot reach a daemon, or loses it.
pub(crate) fn command(args: ConsoleArgs) -> Result<(), Failure> {
    let linger = Duration::from_secs(args.linger.into());
    match (args.connect, args.username) {
        (Some(address), _) => {
            let access = password::of_clients(args.access)?;
            talk::talk(Connection::open(&address, access)?, linger)
        }
        (None, Some(username)) => session(args.account, username, args.password, linger),
        (None, None) => Err(Failure::usage(
            "give --connect ADDR:PORT to talk to a daemon, or a USERNAME for a session of its own",
        )),
    }
}

/// A daemon in a thread of its own, for this console only: others on this machine do not know its password.
fn session(
    account: AccountArgs,
    username: String,
    password: Option<Secret>,
    linger: Duration,
) -> Result<(), Failure> {
    let access = Secret::new(
        Rng::new(tls::random_seed())
            .alphanumeric(ACCESS_LENGTH)
            .into(),
    );
    let mut settings =
        DaemonSettings::of_account(account, username, password, Some(access.clone()))?;
    settings.add_doors([Door::usual((Ipv4Addr::LOCALHOST, 0).into())]);
    let daemon = Daemon::open(settings, None)?;
    // Standard output holds replies only.
    daemon.start_lines()?.iter().for_each(|line| note(line));
    let address = daemon.address()?.to_string();
    let (ready, started) = std::sync::mpsc::sync_channel(1);
    let running = thread::spawn(move || {
        daemon.run(|remote| {
            // The receiver waits for exactly this.
            let _ = ready.send(remote);
        })
    });
    let talked = started.recv().map(|remote| {
        let talked = Connection::open(&address, Some(access))
            .and_then(|connection| talk::talk(connection, linger));
        remote.drain();
        talked
    });
    let ended = running
        .join()
        .unwrap_or_else(|_| Err(Failure::trouble("internal error: the session broke off")));
    // A session that could not start says why itself.
    ended.and(talked.unwrap_or(Ok(())))
}
