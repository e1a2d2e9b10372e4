//! Clients who make trouble: they flood, stall, send garbage, and leave in the middle of a frame.
//! Never more of them than can be told, and never longer than they are let.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use imo2sproxy_core::config::WireKind;

use crate::crew::Crew;
use crate::daemon::{self, Daemon};

/// How many lines a flooder says at once.
const BURST: usize = 64;
/// How much of what it says may wait to be sent.
const UNSENT_MAX: usize = 64 * 1024;

/// What one thread does.
type Body = Box<dyn FnOnce(&AtomicBool, &Done) -> io::Result<()> + Send>;

/// Trouble that goes on until it is ended.
pub(crate) struct Trouble {
    over: Arc<AtomicBool>,
    done: Arc<Done>,
    threads: Vec<JoinHandle<io::Result<()>>>,
}

/// What was done.
#[derive(Default)]
pub(crate) struct Done {
    pub(crate) flooded: AtomicU64,
    pub(crate) stalled: AtomicU64,
    pub(crate) garbage: AtomicU64,
    pub(crate) torn: AtomicU64,
}

impl Trouble {
    /// Begins it, in the name of these accounts.
    pub(crate) fn begin(daemon: &Daemon, accounts: &[usize]) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let done = Arc::new(Done::default());
        let place = daemon.port(WireKind::SkypeProxy, 0);
        let ports = [
            WireKind::SkypeProxy,
            WireKind::Skypenet,
            WireKind::Skyped,
            WireKind::Auto,
        ];
        let ports = ports.map(|kind| daemon.port(kind, 0).1);
        let accounts = accounts.to_vec();
        let mut threads = Vec::new();
        let mut start = |body: Body| {
            let (over, done) = (Arc::clone(&over), Arc::clone(&done));
            threads.push(thread::spawn(move || body(&over, &done)));
        };
        let flooders = accounts.clone();
        start(Box::new(move |over, done| {
            flood(place, &flooders, over, done)
        }));
        start(Box::new(move |over, done| {
            stall(place, &accounts, over, done)
        }));
        start(Box::new(move |over, done| throw(ports, over, done)));
        Self {
            over,
            done,
            threads,
        }
    }

    /// Ends it; says what was done.
    pub(crate) fn end(self) -> io::Result<Arc<Done>> {
        self.over.store(true, Ordering::Relaxed);
        for thread in self.threads {
            let ended = thread.join();
            ended.map_err(|_| io::Error::other("a thread of trouble has panicked"))??;
        }
        Ok(self.done)
    }
}

fn is_over(over: &AtomicBool) -> bool {
    over.load(Ordering::Relaxed)
}

/// Asks without end, as fast as it is answered.
fn flood(
    place: (WireKind, u16),
    accounts: &[usize],
    over: &AtomicBool,
    done: &Done,
) -> io::Result<()> {
    let mut crew = Crew::new()?;
    for number in accounts {
        crew.connect(place, &daemon::name(*number), &daemon::password(*number))?;
    }
    crew.until_ready(Duration::from_secs(30))?;
    // What the flooders themselves do must not be what slows the others.
    let burst = crew.encoded(0, "GET USER echo123 ONLINESTATUS", BURST);
    for number in 0..accounts.len() {
        crew.deafen(number);
    }
    while !is_over(over) {
        for number in 0..accounts.len() {
            while crew.unsent(number) < UNSENT_MAX {
                crew.say_encoded(number, &burst)?;
                let lines = BURST as u64;
                done.flooded.fetch_add(lines, Ordering::Relaxed);
            }
        }
        crew.turn(Instant::now() + Duration::from_millis(2))?;
    }
    Ok(())
}

/// Asks for much and reads nothing, and comes again when it is closed.
fn stall(
    place: (WireKind, u16),
    accounts: &[usize],
    over: &AtomicBool,
    done: &Done,
) -> io::Result<()> {
    let number = accounts[0];
    while !is_over(over) {
        let mut crew = Crew::new()?;
        let client = crew.connect(place, &daemon::name(number), &daemon::password(number))?;
        crew.until_ready(Duration::from_secs(30))?;
        done.stalled.fetch_add(1, Ordering::Relaxed);
        let end = Instant::now() + Duration::from_secs(5);
        while !is_over(over) && Instant::now() < end && crew.unsent(client) < UNSENT_MAX {
            // That it is closed is what is to be expected.
            if crew.say(client, "SEARCH USERS u").is_err() {
                break;
            }
        }
        while !is_over(over) && Instant::now() < end {
            sleep(Duration::from_millis(50));
        }
    }
    Ok(())
}

/// Throws garbage at every port, and tears frames in two.
fn throw(ports: [u16; 4], over: &AtomicBool, done: &Done) -> io::Result<()> {
    let mut state = 1_u64;
    while !is_over(over) {
        for port in ports {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
            stream.set_read_timeout(Some(Duration::from_millis(20)))?;
            let garbage: Vec<u8> = std::iter::repeat_with(|| {
                // Any will do; the same each time.
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                state.to_be_bytes()[0]
            })
            .take(512)
            .collect();
            // It may be closed before all is written.
            let _ = stream.write_all(&garbage);
            let _ = stream.read(&mut [0; 64]);
            done.garbage.fetch_add(1, Ordering::Relaxed);
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
            let _ = stream.write_all(&[200, 0, 0, 0, b'h', b'a', b'l', b'f']);
            done.torn.fetch_add(1, Ordering::Relaxed);
        }
        sleep(Duration::from_millis(20));
    }
    Ok(())
}
