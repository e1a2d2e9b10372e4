//! How long texts take from client to client when they come at a given rate, however late the ones before them are.
//! Never waits for an answer before it sends: a text counts from the moment when it was due, so a stall is seen by all behind it.

use std::io;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::daemon::{Daemon, Setup};
use crate::disk;
use crate::fleet::{Ear, Fleet};
use crate::process::{self, Meter};
use crate::spread::Spread;
use crate::tally::Tally;

/// The usual rate, in texts a second.
pub(crate) const RATE: u32 = 10_000;
/// Clients, each of which writes to the next one.
const CLIENTS: usize = 128;
/// How long the rate is held before it is measured.
const WARM_UP: Duration = Duration::from_secs(1);
/// Longest time that the last texts may take until they count as lost.
const PATIENCE: Duration = Duration::from_secs(30);
/// A rate is held if what is left at the end of it comes in so long a time.
const HELD: Duration = Duration::from_millis(500);
/// No rate above it is tried.
const RATE_MAX: u32 = 320_000;

/// What is to be done.
pub(crate) struct Plan {
    /// Texts a second.
    pub(crate) rate: u32,
    pub(crate) time: Duration,
    /// How many rates are tried to find the highest, and for how long each.
    pub(crate) tries: usize,
    pub(crate) try_time: Duration,
}

impl Plan {
    /// The usual one, or a shorter one.
    pub(crate) fn new(quick: bool) -> Self {
        Self {
            rate: RATE,
            time: Duration::from_secs(if quick { 3 } else { 10 }),
            tries: if quick { 3 } else { 8 },
            try_time: Duration::from_secs(if quick { 1 } else { 3 }),
        }
    }
}

/// What was measured with one store.
#[derive(Clone, Serialize)]
pub(crate) struct Latency {
    pub(crate) durable: bool,
    pub(crate) pinned: bool,
    pub(crate) at_rate: Flow,
    /// The highest rate at which nothing was left behind.
    pub(crate) highest_rate: u32,
    /// All rates that were tried for it.
    pub(crate) tried: Vec<Flow>,
    /// 4 KiB written and made durable in the data folder, one after the other.
    pub(crate) disk: Option<Spread>,
}

/// What came of one rate.
#[derive(Clone, Serialize)]
pub(crate) struct Flow {
    /// Texts a second that were due.
    pub(crate) rate: u32,
    pub(crate) spread: Spread,
    /// How long after the last text was due all had come, in milliseconds.
    pub(crate) rest_ms: f64,
    pub(crate) held: bool,
    /// Processor time of the daemon, in hundredths of one processor.
    pub(crate) daemon_percent: f64,
    /// How late the load itself sent at worst, in microseconds.
    pub(crate) load_late_us: f64,
}

struct Listener(Tally);

impl Ear for Listener {
    fn line(&mut self, client: usize, line: &[u8], say: &mut Vec<u8>) -> io::Result<()> {
        self.0.line(client, line, say).map(drop)
    }
}

/// Runs it.
pub(crate) fn run(setup: &Setup<'_>, plan: &Plan) -> io::Result<Latency> {
    let setup = Setup {
        accounts: CLIENTS,
        ..*setup
    };
    let mut ring = Ring::start(&setup)?;
    let disk = match setup.in_memory {
        true => None,
        false => Some(disk::sync_times(ring.daemon.home())?),
    };
    ring.flow(plan.rate, WARM_UP)?;
    let at_rate = ring.flow(plan.rate, plan.time)?;
    let mut tried = Vec::new();
    let mut bounds = Bounds {
        held: if at_rate.held { plan.rate } else { 0 },
        missed: if at_rate.held { None } else { Some(plan.rate) },
    };
    for _ in 0..plan.tries {
        let Some(rate) = bounds.next() else { break };
        let flow = ring.flow(rate, plan.try_time)?;
        match flow.held {
            true => bounds.held = rate,
            false => bounds.missed = Some(rate),
        }
        tried.push(flow);
    }
    Ok(Latency {
        durable: !setup.in_memory,
        pinned: setup.pinned,
        at_rate,
        highest_rate: bounds.held,
        tried,
        disk,
    })
}

/// Between which rates the highest one is.
struct Bounds {
    held: u32,
    missed: Option<u32>,
}

impl Bounds {
    /// The next rate to try, if one is worth it: twice as many, and once that is too many the middle.
    fn next(&self) -> Option<u32> {
        match self.missed {
            None => Some(self.held * 2).filter(|rate| *rate <= RATE_MAX),
            Some(missed) => {
                let gap = missed - self.held;
                // Closer than this the next run of the same rate could go the other way.
                (gap > missed / 32).then_some(self.held + gap / 2)
            }
        }
    }
}

/// A daemon, and clients in a ring.
struct Ring {
    daemon: Daemon,
    fleet: Fleet,
    listener: Listener,
    next: usize,
}

impl Ring {
    fn start(setup: &Setup<'_>) -> io::Result<Self> {
        let daemon = Daemon::start(setup)?;
        daemon.until_online(CLIENTS, Duration::from_secs(120))?;
        if setup.pinned {
            process::pin_this_thread(process::LOAD_PROCESSOR)?;
        }
        let fleet = Fleet::connect(&daemon, 0..CLIENTS)?;
        let peers = (0..CLIENTS).map(|client| (client + 1) % CLIENTS);
        Ok(Self {
            daemon,
            fleet,
            listener: Listener(Tally::new(peers)),
            next: 0,
        })
    }

    fn flow(&mut self, rate: u32, time: Duration) -> io::Result<Flow> {
        let meter = Meter::start(self.daemon.pid())?;
        self.listener.0.times.clear();
        let late = self.send_all(rate, time)?;
        let (own, _) = meter.stop()?;
        let last_due = Instant::now();
        while !self.listener.0.is_closed() {
            if last_due.elapsed() > PATIENCE {
                let open = self.listener.0.open();
                return Err(io::Error::other(format!("{open} texts are missing")));
            }
            self.fleet
                .turn(Some(Duration::from_millis(5)), &mut self.listener)?;
        }
        let rest = last_due.elapsed();
        let flow = Flow {
            rate,
            spread: self.listener.0.times.spread(),
            rest_ms: rest.as_secs_f64() * 1e3,
            held: rest <= HELD && late <= HELD,
            daemon_percent: 100.0 * own / time.as_secs_f64(),
            load_late_us: late.as_secs_f64() * 1e6,
        };
        eprintln!(
            "  {rate} texts/s: p50 {:.2} ms, p99 {:.2} ms, {}",
            flow.spread.p50_us / 1e3,
            flow.spread.p99_us / 1e3,
            if flow.held { "held" } else { "not held" }
        );
        Ok(flow)
    }

    /// Sends for a while; gives how late it was at worst.
    fn send_all(&mut self, rate: u32, time: Duration) -> io::Result<Duration> {
        let begin = Instant::now();
        let count = u64::from(rate) * time.as_millis() as u64 / 1000;
        let due =
            |number: u64| begin + Duration::from_nanos(number * 1_000_000_000 / u64::from(rate));
        let (mut sent, mut late) = (0, Duration::ZERO);
        while sent < count {
            let now = Instant::now();
            while sent < count && due(sent) <= now {
                late = late.max(now.saturating_duration_since(due(sent)));
                let (from, tally) = (self.next, &mut self.listener.0);
                self.fleet
                    .say(from, |say| tally.send(from, due(sent), say))?;
                self.next = (from + 1) % CLIENTS;
                sent += 1;
            }
            // A poll can only wait for whole milliseconds, so this one looks and does not wait.
            self.fleet.turn(Some(Duration::ZERO), &mut self.listener)?;
        }
        Ok(late)
    }
}
