//! How soon a daemon with many stored accounts listens, and how many clients can log in a second.
//! Never counts the start that makes the accounts.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::daemon::{Daemon, Setup};
use crate::fleet::Fleet;
use crate::process::Meter;
use crate::spread::median;

/// Longest time that making so many accounts may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(900);

/// What is to be done.
pub(crate) struct Plan {
    pub(crate) accounts: usize,
    /// How often it is started.
    pub(crate) starts: usize,
    pub(crate) logins: usize,
}

impl Plan {
    /// The usual one, or a shorter one.
    pub(crate) fn new(quick: bool) -> Self {
        Self {
            accounts: if quick { 300 } else { 10_000 },
            starts: 5,
            logins: if quick { 300 } else { 4_000 },
        }
    }
}

/// What was measured.
#[derive(Clone, Serialize)]
pub(crate) struct Start {
    pub(crate) accounts: usize,
    /// From the start of the process until it said that it listens, in milliseconds; all, and the middle one.
    pub(crate) listening_ms: f64,
    pub(crate) each_ms: Vec<f64>,
    /// Until all accounts were online the first time, in seconds, if they were not there already: each costs a password
    /// hash.
    pub(crate) accounts_made_s: Option<f64>,
    /// Until all were online again.
    pub(crate) accounts_online_s: f64,
    /// Clients that logged in with a plain access password.
    pub(crate) logins: usize,
    pub(crate) logins_per_second: f64,
    /// Processor time of the daemon for one of them, in microseconds.
    pub(crate) daemon_us_per_login: f64,
    /// The size of the program without symbols, in bytes.
    pub(crate) program_bytes: u64,
}

/// Runs it; the accounts stay in the home of `setup`.
pub(crate) fn run(setup: &Setup<'_>, plan: &Plan) -> io::Result<Start> {
    let home = setup.home;
    let home =
        home.ok_or_else(|| io::Error::other("accounts are to stay, and there is no home"))?;
    let setup = Setup {
        accounts: plan.accounts,
        in_memory: false,
        ..*setup
    };
    let made = make_once(&setup)?;
    let mut each_ms = Vec::new();
    for _ in 1..plan.starts {
        let daemon = Daemon::start(&setup)?;
        each_ms.push(daemon.listening_after.as_secs_f64() * 1e3);
        daemon.stop()?;
    }
    let daemon = Daemon::start(&setup)?;
    each_ms.push(daemon.listening_after.as_secs_f64() * 1e3);
    let online = daemon.until_online(plan.accounts, PATIENCE)?;
    let (logins_per_second, daemon_us_per_login) = log_in(&daemon, plan)?;
    daemon.stop()?;
    Ok(Start {
        accounts: plan.accounts,
        listening_ms: median(each_ms.clone()),
        each_ms,
        accounts_made_s: made.map(|took| took.as_secs_f64()),
        accounts_online_s: online.as_secs_f64(),
        logins: plan.logins,
        logins_per_second,
        daemon_us_per_login,
        program_bytes: size(setup.program, home)?,
    })
}

/// Makes the accounts in the home of `setup` if none are there; says how long it took.
pub(crate) fn make_once(setup: &Setup<'_>) -> io::Result<Option<Duration>> {
    if setup.home.is_some_and(|home| home.join("data").exists()) {
        return Ok(None);
    }
    eprintln!("  making {} accounts", setup.accounts);
    let daemon = Daemon::start(setup)?;
    let took = daemon.until_online(setup.accounts, PATIENCE)?;
    daemon.stop()?;
    Ok(Some(took))
}

/// Logs clients in, each to an account of its own; gives how many a second, and the daemon's microseconds for each.
fn log_in(daemon: &Daemon, plan: &Plan) -> io::Result<(f64, f64)> {
    let mut fleet = Fleet::new()?;
    let meter = Meter::start(daemon.pid())?;
    let begin = Instant::now();
    fleet.log_in(daemon, (0..plan.logins).map(|login| login % plan.accounts))?;
    let took = begin.elapsed().as_secs_f64();
    let (own, _) = meter.stop()?;
    let logins = plan.logins as f64;
    Ok((logins / took, 1e6 * own / logins))
}

/// The size of the program without symbols: as it is, or as a copy of it would be.
fn size(program: &Path, home: &Path) -> io::Result<u64> {
    let copy = home.join("program");
    fs::copy(program, &copy)?;
    let path = copy.to_string_lossy().into_owned();
    // Where there is no strip, the program is taken as it is.
    crate::process::runs("strip", &[&path]);
    let bytes = fs::metadata(&copy)?.len();
    fs::remove_file(copy)?;
    Ok(bytes)
}
