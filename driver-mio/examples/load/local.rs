//! Commands that the daemon answers by itself: how many a second, and how long one alone takes; beside a bare echo.
//! Never measures one without the other: their rounds alternate.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use imo2sproxy_core::config::WireKind;
use serde::Serialize;

use crate::daemon::{self, Daemon, Setup};
use crate::echo::Echo;
use crate::frame;
use crate::process::{self, Meter};
use crate::spread::{Spread, Times, median};

/// How many commands are under way at once.
const WINDOW: usize = 64;
/// Longest time the daemon may leave a client without an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is to be done.
pub(crate) struct Plan {
    pub(crate) rounds: usize,
    /// How long each part of a round takes.
    pub(crate) time: Duration,
}

impl Plan {
    /// The usual one, or a shorter one.
    pub(crate) fn new(quick: bool) -> Self {
        Self {
            rounds: if quick { 3 } else { 8 },
            time: Duration::from_millis(if quick { 300 } else { 1000 }),
        }
    }
}

/// What was measured.
#[derive(Clone, Serialize)]
pub(crate) struct Local {
    pub(crate) window: usize,
    pub(crate) rounds: usize,
    /// Median of the rounds.
    pub(crate) commands_per_second: f64,
    pub(crate) echoes_per_second: f64,
    /// Commands in hundredths of echoes, median of the rounds.
    pub(crate) percent_of_echo: f64,
    /// Processor time of the daemon for one command, in microseconds.
    pub(crate) daemon_us_per_command: f64,
    /// One command at a time.
    pub(crate) reply: Spread,
    pub(crate) echo_reply: Spread,
}

/// One side of a round: a connection, and what is said on it.
struct Asker {
    stream: TcpStream,
    /// By place in the window, all of one length.
    requests: Vec<Vec<u8>>,
    replies: Vec<Vec<u8>>,
    chunk: Vec<u8>,
}

/// Runs it.
pub(crate) fn run(setup: &Setup<'_>, plan: &Plan) -> io::Result<Local> {
    let setup = Setup {
        accounts: 1,
        ..*setup
    };
    let daemon = Daemon::start(&setup)?;
    daemon.until_online(setup.accounts, Duration::from_secs(60))?;
    let echo = Echo::start(setup.pinned)?;
    if setup.pinned {
        process::pin_this_thread(process::LOAD_PROCESSOR)?;
    }
    let mut client = Asker::of_daemon(&daemon)?;
    let mut floor = Asker::of_echo(&echo, &client)?;
    let (mut commands, mut echoes, mut shares) = (Vec::new(), Vec::new(), Vec::new());
    let (mut reply, mut echo_reply) = (Times::new(), Times::new());
    let (mut used, mut answered) = (0.0, 0.0);
    for round in 0..=plan.rounds {
        let meter = Meter::start(daemon.pid())?;
        let own = client.pipelined(plan.time)?;
        let (spent, _) = meter.stop()?;
        let other = floor.pipelined(plan.time)?;
        let (one, two) = (client.alone(plan.time)?, floor.alone(plan.time)?);
        // The first round is for caches and the like.
        if round == 0 {
            continue;
        }
        commands.push(own);
        echoes.push(other);
        shares.push(100.0 * own / other);
        used += spent;
        answered += own * plan.time.as_secs_f64();
        one.iter().for_each(|time| reply.record(*time));
        two.iter().for_each(|time| echo_reply.record(*time));
    }
    Ok(Local {
        window: WINDOW,
        rounds: plan.rounds,
        commands_per_second: median(commands),
        echoes_per_second: median(echoes),
        percent_of_echo: median(shares),
        daemon_us_per_command: 1e6 * used / answered,
        reply: reply.spread(),
        echo_reply: echo_reply.spread(),
    })
}

impl Asker {
    fn of_daemon(daemon: &Daemon) -> io::Result<Self> {
        let (_, port) = daemon.port(WireKind::SkypeProxy, 0);
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        let pairs = (0..WINDOW).map(|place| {
            let command = format!("#{place:02} GET USERSTATUS");
            (command, format!("#{place:02} USERSTATUS ONLINE"))
        });
        let mut asker = Self::new(stream, pairs)?;
        let login = frame::login(&daemon::name(0), &daemon::password(0));
        asker.stream.write_all(&login)?;
        asker.until_quiet()?;
        Ok(asker)
    }

    /// Says to the echo what the daemon answers, since that is the longer one.
    fn of_echo(echo: &Echo, other: &Self) -> io::Result<Self> {
        let mut asker = Self::new(TcpStream::connect(echo.address)?, std::iter::empty())?;
        asker.requests.clone_from(&other.replies);
        asker.replies.clone_from(&other.replies);
        Ok(asker)
    }

    fn new(stream: TcpStream, lines: impl Iterator<Item = (String, String)>) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let framed = |line: &str| {
            let mut bytes = Vec::new();
            frame::put(line, &mut bytes);
            bytes
        };
        let (requests, replies) = lines.map(|(a, b)| (framed(&a), framed(&b))).unzip();
        Ok(Self {
            stream,
            requests,
            replies,
            chunk: vec![0; 64 * 1024],
        })
    }

    /// Reads what a client is told at first, until nothing more comes.
    fn until_quiet(&mut self) -> io::Result<()> {
        self.stream
            .set_read_timeout(Some(Duration::from_millis(500)))?;
        let mut heard = 0;
        loop {
            match self.stream.read(&mut self.chunk) {
                Ok(0) => return Err(io::Error::other("the client was turned away")),
                Ok(count) => heard += count,
                // A time-out has one of these two names.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::TimedOut => break,
                Err(error) => return Err(error),
            }
        }
        if heard <= frame::WELCOME.len() {
            return Err(io::Error::other("the client cannot log in"));
        }
        self.stream.set_read_timeout(Some(PATIENCE))
    }

    /// Keeps the window full for a while; gives the answers a second.
    fn pipelined(&mut self, time: Duration) -> io::Result<f64> {
        let length = self.replies[0].len();
        let begin = Instant::now();
        let mut next = WINDOW;
        let mut out = self.requests.concat();
        let (mut filled, mut answered) = (0, 0);
        while answered < next {
            self.stream.write_all(&out)?;
            out.clear();
            filled += match self.stream.read(&mut self.chunk[filled..])? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => count,
            };
            let goes_on = begin.elapsed() < time;
            let whole = filled / length * length;
            for reply in self.chunk[..whole].chunks_exact(length) {
                let place = answered % WINDOW;
                expect(reply, &self.replies[place])?;
                answered += 1;
                if goes_on {
                    out.extend_from_slice(&self.requests[next % WINDOW]);
                    next += 1;
                }
            }
            self.chunk.copy_within(whole..filled, 0);
            filled -= whole;
        }
        Ok(answered as f64 / begin.elapsed().as_secs_f64())
    }

    /// One at a time for a while; gives how long each took.
    fn alone(&mut self, time: Duration) -> io::Result<Vec<Duration>> {
        let end = Instant::now() + time;
        let mut times = Vec::new();
        let mut place = 0;
        loop {
            let sent = Instant::now();
            if sent > end {
                return Ok(times);
            }
            self.stream.write_all(&self.requests[place])?;
            let reply = &mut self.chunk[..self.replies[place].len()];
            self.stream.read_exact(reply)?;
            times.push(sent.elapsed());
            expect(reply, &self.replies[place])?;
            place = (place + 1) % WINDOW;
        }
    }
}

fn expect(reply: &[u8], expected: &[u8]) -> io::Result<()> {
    if reply == expected {
        return Ok(());
    }
    let shown = [reply, expected].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    Err(io::Error::other(format!(
        "{:?} came in the place of {:?}",
        shown[0], shown[1]
    )))
}
