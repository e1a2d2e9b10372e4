//! What accounts, clients and connections upstream cost in memory while nothing happens, and what idleness costs in time.
//! Never looks inside: it compares resident sizes of whole processes, of two numbers of accounts.

use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use serde::Serialize;
use tempfile::TempDir;

use crate::daemon::{Daemon, Setup};
use crate::fleet::Fleet;
use crate::handshakes;
use crate::relay::Game;
use crate::service::Service;
use crate::start;

/// How long a daemon is left alone before its size counts.
const SETTLING: Duration = Duration::from_secs(2);

/// What is to be done.
pub(crate) struct Plan {
    /// Two numbers of accounts with the service inside; clients come to the smaller one.
    pub(crate) few: usize,
    pub(crate) many: usize,
    /// Two numbers of accounts on a service elsewhere.
    pub(crate) few_remote: usize,
    pub(crate) many_remote: usize,
    /// Clients who come, chat and leave.
    pub(crate) visitors: usize,
    /// How long they chat.
    pub(crate) visit: Duration,
    /// How long idleness is watched: as long as polls are held, or twice as long. They were all sent at nearly one time, and are
    /// answered and sent again so.
    pub(crate) idle: Duration,
    pub(crate) handshakes: usize,
}

impl Plan {
    /// The usual one, or a smaller one.
    pub(crate) fn new(quick: bool) -> Self {
        match quick {
            true => Self {
                few: 60,
                many: start::Plan::new(true).accounts,
                few_remote: 20,
                many_remote: 80,
                visitors: 60,
                visit: Duration::from_secs(1),
                idle: Duration::from_secs(50),
                handshakes: 300,
            },
            false => Self {
                few: 1_000,
                many: start::Plan::new(false).accounts,
                few_remote: 100,
                many_remote: 1_000,
                visitors: 500,
                visit: Duration::from_secs(3),
                idle: Duration::from_secs(100),
                handshakes: 1_000,
            },
        }
    }
}

/// What was measured; sizes in KiB.
#[derive(Clone, Serialize)]
pub(crate) struct Memory {
    pub(crate) few: usize,
    pub(crate) few_resident_kib: u64,
    pub(crate) many: usize,
    pub(crate) many_resident_kib: u64,
    /// The difference of both, for each account more.
    pub(crate) per_account_kib: f64,
    pub(crate) per_client_kib: f64,
    pub(crate) few_remote: usize,
    pub(crate) many_remote: usize,
    /// On a service elsewhere, with two connections over TLS.
    pub(crate) per_remote_account_kib: f64,
    /// One client of rustls alone, after its handshake.
    pub(crate) bare_tls_kib: f64,
    pub(crate) visitors: usize,
    pub(crate) before_visits_kib: u64,
    pub(crate) during_visits_kib: u64,
    pub(crate) after_visits_kib: u64,
    /// After as many have come once more: what is filled once does not grow again.
    pub(crate) after_second_visits_kib: u64,
    /// Growth through the visit in hundredths.
    pub(crate) left_by_visits_percent: f64,
    /// With many accounts and no clients, in hundredths of one processor.
    pub(crate) idle_percent: f64,
}

/// Runs it. The many accounts are those in the home of `setup`; they are made if they are not there.
pub(crate) fn run(setup: &Setup<'_>, plan: &Plan) -> io::Result<Memory> {
    // First, while this process is small: what it has freed would be taken again.
    let bare_tls_kib = handshakes::kib_each(plan.handshakes)?;
    let home = tempfile::tempdir()?;
    let few = of(setup, plan.few, &home);
    start::make_once(&few)?;
    let daemon = settled(&few)?;
    let few_resident_kib = daemon.resident_kib()?;
    let fleet = Fleet::connect(&daemon, 0..plan.few)?;
    sleep(SETTLING);
    let with_clients = daemon.resident_kib()?;
    drop(fleet);
    daemon.stop()?;
    let [before, during, after, second] = visits(&few, plan)?;
    let many = Setup {
        accounts: plan.many,
        in_memory: false,
        ..*setup
    };
    start::make_once(&many)?;
    let daemon = settled(&many)?;
    let many_resident_kib = daemon.resident_kib()?;
    let idle_percent = idle(&daemon, plan.idle)?;
    daemon.stop()?;
    let remote = remote(setup, plan.few_remote, plan.many_remote)?;
    Ok(Memory {
        few: plan.few,
        few_resident_kib,
        many: plan.many,
        many_resident_kib,
        per_account_kib: each(few_resident_kib, many_resident_kib, plan.many - plan.few),
        per_client_kib: each(few_resident_kib, with_clients, plan.few),
        few_remote: plan.few_remote,
        many_remote: plan.many_remote,
        per_remote_account_kib: remote,
        bare_tls_kib,
        visitors: plan.visitors,
        before_visits_kib: before,
        during_visits_kib: during,
        after_visits_kib: after,
        after_second_visits_kib: second,
        left_by_visits_percent: 100.0 * (after as f64 - before as f64) / before as f64,
        idle_percent,
    })
}

fn of<'a>(setup: &Setup<'a>, accounts: usize, home: &'a TempDir) -> Setup<'a> {
    let home: Option<&Path> = Some(home.path());
    Setup {
        accounts,
        in_memory: false,
        home,
        ..*setup
    }
}

fn each(before: u64, after: u64, count: usize) -> f64 {
    (after as f64 - before as f64) / count as f64
}

/// A daemon whose accounts are all online, and that has been left alone for a while.
fn settled(setup: &Setup<'_>) -> io::Result<Daemon> {
    let daemon = Daemon::start(setup)?;
    daemon.until_online(setup.accounts, start::PATIENCE)?;
    sleep(SETTLING);
    eprintln!(
        "  {} accounts: {} KiB resident",
        setup.accounts,
        daemon.resident_kib()?
    );
    Ok(daemon)
}

/// Sizes before, while and after clients chat, and after they have done it once more.
fn visits(setup: &Setup<'_>, plan: &Plan) -> io::Result<[u64; 4]> {
    let visitors = plan.visitors;
    let daemon = settled(setup)?;
    let before = daemon.resident_kib()?;
    let (during, after) = visit(&daemon, plan)?;
    let (_, second) = visit(&daemon, plan)?;
    eprintln!(
        "  {visitors} visitors: {before} KiB before, {during} while, {after} and {second} after them"
    );
    daemon.stop()?;
    Ok([before, during, after, second])
}

/// Sizes while and after clients chat.
fn visit(daemon: &Daemon, plan: &Plan) -> io::Result<(u64, u64)> {
    let visitors = plan.visitors;
    let mut fleet = Fleet::connect(daemon, 0..visitors)?;
    Game::new(visitors).play(&mut fleet, visitors / 2, plan.visit)?;
    let during = daemon.resident_kib()?;
    drop(fleet);
    sleep(SETTLING);
    Ok((during, daemon.resident_kib()?))
}

/// What a daemon does while nothing happens, in hundredths of one processor.
fn idle(daemon: &Daemon, time: Duration) -> io::Result<f64> {
    let before = daemon.processor_time()?;
    sleep(time);
    let used = daemon.processor_time()?.saturating_sub(before);
    Ok(100.0 * used.as_secs_f64() / time.as_secs_f64())
}

/// What an account on a service elsewhere costs the daemon.
fn remote(setup: &Setup<'_>, few: usize, many: usize) -> io::Result<f64> {
    let service = Service::start(setup.program)?;
    let mut sizes = [0; 2];
    for (size, accounts) in sizes.iter_mut().zip([few, many]) {
        let home = tempfile::tempdir()?;
        let setup = Setup {
            upstream: Some(&service.upstream),
            ..of(setup, accounts, &home)
        };
        let daemon = settled(&setup)?;
        *size = daemon.resident_kib()?;
        daemon.stop()?;
    }
    Ok(each(sizes[0], sizes[1], many - few))
}
