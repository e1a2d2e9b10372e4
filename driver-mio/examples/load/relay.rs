//! Texts from client to client through the service inside, as many a second as there can be: pairs that play ping-pong.
//! Never has more than one text of a pair under way.

use std::io;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::daemon::{Daemon, Setup};
use crate::fleet::{Ear, Fleet};
use crate::process::{self, Meter};
use crate::tally::{Tally, Told};

/// Longest time that the last texts may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a number of pairs plays before it is measured.
const WARM_UP: Duration = Duration::from_millis(500);

/// What is to be done.
pub(crate) struct Plan {
    /// How many pairs play at once, one after the other.
    pub(crate) pairs: Vec<usize>,
    /// How long each plays.
    pub(crate) time: Duration,
}

impl Plan {
    /// The usual one, or a shorter one.
    pub(crate) fn new(quick: bool) -> Self {
        match quick {
            true => Self {
                pairs: vec![16, 128],
                time: Duration::from_secs(2),
            },
            false => Self {
                pairs: vec![1, 8, 32, 128, 256],
                time: Duration::from_secs(5),
            },
        }
    }
}

/// What was measured with one store.
#[derive(Clone, Serialize)]
pub(crate) struct Relay {
    pub(crate) durable: bool,
    /// Whether daemon and load had a processor each.
    pub(crate) pinned: bool,
    /// The highest of all steps.
    pub(crate) texts_per_second: f64,
    /// The lowest of all steps: processor time of the daemon for one text, in microseconds. Where others use the machine,
    /// too, it says more than the rate.
    pub(crate) daemon_us_per_text: f64,
    pub(crate) steps: Vec<Step>,
    /// Bodies that were looked at.
    pub(crate) bodies_checked: u64,
}

/// What so many pairs came to.
#[derive(Clone, Serialize)]
pub(crate) struct Step {
    pub(crate) pairs: usize,
    pub(crate) texts_per_second: f64,
    /// Processor time, in hundredths of one processor.
    pub(crate) daemon_percent: f64,
    pub(crate) load_percent: f64,
    /// Processor time of the daemon for one text, in microseconds.
    pub(crate) daemon_us_per_text: f64,
}

/// Pairs that play: clients `2n` and `2n + 1`.
pub(crate) struct Game {
    tally: Tally,
    /// Whether a text is answered.
    goes_on: bool,
}

impl Ear for Game {
    fn line(&mut self, client: usize, line: &[u8], say: &mut Vec<u8>) -> io::Result<()> {
        if let Told::Received = self.tally.line(client, line, say)?
            && self.goes_on
        {
            self.tally.send(client, Instant::now(), say);
        }
        Ok(())
    }
}

impl Game {
    /// A game for so many clients.
    pub(crate) fn new(clients: usize) -> Self {
        Self {
            tally: Tally::new((0..clients).map(|client| client ^ 1)),
            goes_on: true,
        }
    }

    /// Lets the first pairs play for a while; gives how many texts came.
    pub(crate) fn play(
        &mut self,
        fleet: &mut Fleet,
        pairs: usize,
        time: Duration,
    ) -> io::Result<u64> {
        self.begin(fleet, pairs)?;
        let before = self.tally.got();
        self.keep_on(fleet, time)?;
        let came = self.tally.got() - before;
        self.end(fleet)?;
        Ok(came)
    }

    fn begin(&mut self, fleet: &mut Fleet, pairs: usize) -> io::Result<()> {
        self.goes_on = true;
        for pair in 0..pairs {
            fleet.say(pair * 2, |say| {
                self.tally.send(pair * 2, Instant::now(), say);
            })?;
        }
        Ok(())
    }

    fn keep_on(&mut self, fleet: &mut Fleet, time: Duration) -> io::Result<()> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            fleet.turn(Some(Duration::from_millis(10)), self)?;
        }
        Ok(())
    }

    fn end(&mut self, fleet: &mut Fleet) -> io::Result<()> {
        self.goes_on = false;
        let end = Instant::now() + PATIENCE;
        while !self.tally.is_closed() {
            if Instant::now() > end {
                let open = self.tally.open();
                return Err(io::Error::other(format!("{open} texts are missing")));
            }
            fleet.turn(Some(Duration::from_millis(10)), self)?;
        }
        if self.tally.sent() != self.tally.got() {
            return Err(io::Error::other("not as many texts came as were sent"));
        }
        Ok(())
    }
}

/// Runs it.
pub(crate) fn run(setup: &Setup<'_>, plan: &Plan) -> io::Result<Relay> {
    let most = plan.pairs.iter().copied().max().unwrap_or(1);
    let setup = Setup {
        accounts: most * 2,
        ..*setup
    };
    let daemon = Daemon::start(&setup)?;
    daemon.until_online(setup.accounts, Duration::from_secs(600))?;
    if setup.pinned {
        process::pin_this_thread(process::LOAD_PROCESSOR)?;
    }
    let mut fleet = Fleet::connect(&daemon, 0..setup.accounts)?;
    let mut game = Game::new(setup.accounts);
    let mut steps = Vec::new();
    for pairs in &plan.pairs {
        steps.push(step(&daemon, &mut fleet, &mut game, *pairs, plan.time)?);
    }
    let best = steps.iter().map(|step| step.texts_per_second);
    let cheapest = steps.iter().map(|step| step.daemon_us_per_text);
    Ok(Relay {
        durable: !setup.in_memory,
        pinned: setup.pinned,
        texts_per_second: best.fold(0.0, f64::max),
        daemon_us_per_text: cheapest.fold(f64::MAX, f64::min),
        steps,
        bodies_checked: game.tally.sampled(),
    })
}

fn step(
    daemon: &Daemon,
    fleet: &mut Fleet,
    game: &mut Game,
    pairs: usize,
    time: Duration,
) -> io::Result<Step> {
    game.begin(fleet, pairs)?;
    game.keep_on(fleet, WARM_UP)?;
    let meter = Meter::start(daemon.pid())?;
    let (begin, before) = (Instant::now(), game.tally.got());
    game.keep_on(fleet, time)?;
    let (seconds, came) = (begin.elapsed().as_secs_f64(), game.tally.got() - before);
    let (own, load) = meter.stop()?;
    game.end(fleet)?;
    let step = Step {
        pairs,
        texts_per_second: came as f64 / seconds,
        daemon_percent: 100.0 * own / seconds,
        load_percent: 100.0 * load / seconds,
        daemon_us_per_text: 1e6 * own / came as f64,
    };
    eprintln!(
        "  {pairs} pairs: {:.0} texts/s, daemon {:.0} %, load {:.0} % of a processor",
        step.texts_per_second, step.daemon_percent, step.load_percent
    );
    Ok(step)
}
