//! How many system calls the daemon makes for one text between clients.
//! Never counts calls of other processes; while they are counted everything is slow, so nothing else is measured.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde::Serialize;

use crate::daemon::{Daemon, Setup};
use crate::fleet::Fleet;
use crate::process;
use crate::relay::Game;

/// What is to be done.
pub(crate) struct Plan {
    pub(crate) pairs: usize,
    pub(crate) time: Duration,
}

impl Plan {
    /// The usual one, or a shorter one.
    pub(crate) fn new(quick: bool) -> Self {
        Self {
            pairs: 32,
            time: Duration::from_secs(if quick { 1 } else { 3 }),
        }
    }
}

/// What was measured with one store.
#[derive(Clone, Serialize)]
pub(crate) struct Syscalls {
    pub(crate) durable: bool,
    /// Texts that went from client to client meanwhile.
    pub(crate) texts: u64,
    pub(crate) per_text: f64,
    /// "strace": all calls; "/proc": only those that read and write files, not those on sockets of another kind of call.
    pub(crate) counted_by: &'static str,
    /// By the name of the call, the most frequent ones first; only from strace.
    pub(crate) calls: Vec<(String, u64)>,
}

/// Runs it.
pub(crate) fn run(setup: &Setup<'_>, plan: &Plan) -> io::Result<Syscalls> {
    let setup = Setup {
        accounts: plan.pairs * 2,
        ..*setup
    };
    let daemon = Daemon::start(&setup)?;
    daemon.until_online(setup.accounts, Duration::from_secs(120))?;
    if setup.pinned {
        process::pin_this_thread(process::LOAD_PROCESSOR)?;
    }
    let mut fleet = Fleet::connect(&daemon, 0..setup.accounts)?;
    let mut game = Game::new(setup.accounts);
    // Once, so that all chats are there.
    game.play(&mut fleet, plan.pairs, Duration::from_millis(500))?;
    let listing = daemon.home().join("calls");
    let tracer = Tracer::start(daemon.pid(), &listing);
    let before = process::reads_and_writes(daemon.pid())?;
    let texts = game.play(&mut fleet, plan.pairs, plan.time)?;
    let after = process::reads_and_writes(daemon.pid())?;
    let calls = match tracer {
        Some(tracer) => tracer.end(&listing)?,
        None => Vec::new(),
    };
    let (counted_by, count) = match calls.is_empty() {
        true => ("/proc", after - before),
        false => ("strace", calls.iter().map(|(_, count)| count).sum()),
    };
    Ok(Syscalls {
        durable: !setup.in_memory,
        texts,
        per_text: count as f64 / texts as f64,
        counted_by,
        calls,
    })
}

/// A running strace.
struct Tracer(Child);

impl Tracer {
    /// Starts it on a process with all its threads; `None` if that cannot be.
    fn start(pid: u32, listing: &Path) -> Option<Self> {
        let mut child = Command::new("strace")
            .args(["-f", "-c", "-p", &pid.to_string(), "-o"])
            .arg(listing)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        // It has no sign for having begun; where it may not, it ends at once.
        sleep(Duration::from_secs(1));
        let is_there = child.try_wait().ok()?.is_none();
        is_there.then_some(Self(child))
    }

    /// Ends it; gives the calls it has counted.
    fn end(mut self, listing: &Path) -> io::Result<Vec<(String, u64)>> {
        process::ask_to_end(self.0.id())?;
        self.0.wait()?;
        let text = fs::read_to_string(listing)?;
        Ok(text.lines().filter_map(row).collect())
    }
}

/// A row of its table: share, seconds, microseconds a call, calls, errors if there were some, and the name.
fn row(line: &str) -> Option<(String, u64)> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let &[share, _, _, calls, .., name] = fields.as_slice() else {
        return None;
    };
    share.parse::<f64>().ok()?;
    let is_call = name != "total";
    is_call.then_some((name.to_owned(), calls.parse().ok()?))
}
