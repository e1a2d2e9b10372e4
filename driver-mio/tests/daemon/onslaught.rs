//! Service and daemons under load, killed again and again at random moments.
//! Never gives a process the chance to say goodbye, and never believes a process about itself: clients say what they were
//! told.
//!
//! `KILLS` says how often (10 unless told), `SEED` what the moments are drawn from (`cargo xtask crash`).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant, SystemTime};

use imo2sproxy_core::rng::{Rng, Seed};
use rusqlite::Connection;

use crate::client::{Client, frame};
use crate::program::{run, text};
use crate::running::Running;
use crate::town::{Daemon, Town, acquaint_with};

const NAMES: [&str; 3] = ["alice", "bob", "carol"];
/// Kills of a plain test run.
const KILLS: u64 = 10;
/// How long it takes from one text of somebody to the next.
const PACE: Duration = Duration::from_millis(15);
/// How long a process may take from its start until it listens.
const START_MAX: Duration = Duration::from_secs(10);
/// How long nothing must happen for all to be over.
const CALM: Duration = Duration::from_secs(5);
/// How long all may take to come right after the last kill.
const CALM_MAX: Duration = Duration::from_secs(90);

/// What somebody's client has been told.
#[derive(Default)]
struct Told {
    /// Own texts by the tags of the commands that sent them.
    said: BTreeMap<u64, String>,
    /// Own texts by the numbers that the daemon gave them.
    own: BTreeMap<u64, String>,
    /// Numbers that were reported as sent.
    sent: BTreeSet<u64>,
    /// What was announced, by its number; read as soon as it can be.
    received: BTreeMap<u64, Option<String>>,
}

impl Told {
    /// The texts that were reported as sent.
    fn confirmed(&self) -> Vec<&String> {
        let sent = self.sent.iter();
        sent.filter_map(|number| self.own.get(number)).collect()
    }

    /// The texts that have come, in the order of their numbers.
    fn texts(&self) -> Vec<&String> {
        let texts = self.received.values().flatten();
        texts.filter(|text| text.contains('>')).collect()
    }

    /// Takes a line, and gives what is to be asked because of it.
    fn hear(&mut self, line: &str) -> Option<String> {
        let (tag, line) = match line.strip_prefix('#').and_then(|line| line.split_once(' ')) {
            Some((tag, rest)) => (tag.parse().ok(), rest),
            None => (None, line),
        };
        let (number, rest) = line.strip_prefix("CHATMESSAGE ")?.split_once(' ')?;
        let number: u64 = number.parse().ok()?;
        match (tag, rest) {
            (Some(tag), "STATUS SENDING") => {
                let text = self.said.remove(&tag)?;
                self.own.insert(number, text);
            }
            (None, "STATUS SENT") => {
                self.sent.insert(number);
            }
            (None, "STATUS RECEIVED") if !self.received.contains_key(&number) => {
                self.received.insert(number, None);
                return Some(format!("GET CHATMESSAGE {number} BODY"));
            }
            _ => {
                let body = rest.strip_prefix("BODY ")?;
                self.received.insert(number, Some(body.into()));
            }
        }
        None
    }
}

/// Somebody at a client that comes back whenever its daemon does.
struct Talker {
    name: &'static str,
    port: Arc<AtomicU16>,
    told: Arc<Mutex<Told>>,
    room: String,
    /// Nothing new is to be said.
    hush: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
    count: u64,
}

impl Talker {
    fn run(mut self) {
        while !self.over.load(Ordering::Relaxed) {
            // That a connection breaks is what this is about.
            let _ = self.visit();
            sleep(Duration::from_millis(20));
        }
    }

    /// One connection, from its beginning to its end.
    fn visit(&mut self) -> std::io::Result<()> {
        let port = self.port.load(Ordering::Relaxed);
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(&[0, 0, 0, 0, 2])?;
        stream.read_exact(&mut [0])?;
        stream.write_all(&frame("PROTOCOL 7"))?;
        stream.set_read_timeout(Some(Duration::from_millis(2)))?;
        let unread: Vec<u64> = {
            let told = self.told.lock().unwrap();
            let unread = told.received.iter().filter(|(_, body)| body.is_none());
            unread.map(|(number, _)| *number).collect()
        };
        for number in unread {
            stream.write_all(&frame(&format!("GET CHATMESSAGE {number} BODY")))?;
        }
        let (mut bytes, mut next) = (Vec::new(), Instant::now());
        while !self.over.load(Ordering::Relaxed) {
            // Where a dead daemon was, somebody else may listen by now.
            if self.port.load(Ordering::Relaxed) != port {
                return Ok(());
            }
            self.read(&mut stream, &mut bytes)?;
            if Instant::now() >= next && !self.hush.load(Ordering::Relaxed) {
                next = Instant::now() + PACE;
                stream.write_all(&frame(&self.next_text()))?;
            }
        }
        Ok(())
    }

    /// The command for the next text: to each of the others and to the room in turn.
    fn next_text(&mut self) -> String {
        let others: Vec<&str> = NAMES
            .into_iter()
            .filter(|name| *name != self.name)
            .collect();
        let turn = self.count % 3;
        self.count += 1;
        let (command, to) = match turn {
            2 => (format!("CHATMESSAGE {}", self.room), "room"),
            _ => {
                let to = others[usize::from(turn == 1)];
                (format!("MESSAGE {to}"), to)
            }
        };
        let text = format!("{}>{to} {}", self.name, self.count);
        let mut told = self.told.lock().unwrap();
        told.said.insert(self.count, text.clone());
        format!("#{} {command} {text}", self.count)
    }

    fn read(&self, stream: &mut TcpStream, bytes: &mut Vec<u8>) -> std::io::Result<()> {
        let mut chunk = [0; 16 * 1024];
        match stream.read(&mut chunk) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        while let Some((head, rest)) = bytes.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_le_bytes(*head)).unwrap();
            if rest.len() < length {
                break;
            }
            let line = String::from_utf8(rest[..length].to_vec()).unwrap();
            bytes.drain(..4 + length);
            let question = self.told.lock().unwrap().hear(&line);
            if let Some(question) = question {
                stream.write_all(&frame(&question))?;
            }
        }
        Ok(())
    }
}

/// Who a text is for.
fn recipients(text: &str) -> Vec<&'static str> {
    let (from, rest) = text.split_once('>').unwrap();
    let to = rest.split(' ').next().unwrap();
    let others = NAMES.into_iter().filter(|name| *name != from);
    others.filter(|name| to == "room" || to == *name).collect()
}

/// What is confirmed and has not arrived; empty when all is well.
fn missing(told: &[Arc<Mutex<Told>>; 3]) -> Vec<String> {
    let arrived: Vec<BTreeSet<String>> = told
        .iter()
        .map(|one| one.lock().unwrap().texts().into_iter().cloned().collect())
        .collect();
    let mut missing = Vec::new();
    for one in told {
        for text in one.lock().unwrap().confirmed() {
            for (name, has) in NAMES.iter().zip(&arrived) {
                if recipients(text).contains(name) && !has.contains(text) {
                    missing.push(format!("{text} at {name}"));
                }
            }
        }
    }
    missing
}

/// Waits until nothing new is confirmed and nothing is missing for a while: a link may come back late, and what waits for it
/// is confirmed then. Gives what is missing all the same.
fn calm_down(told: &[Arc<Mutex<Told>>; 3]) -> Vec<String> {
    let until = Instant::now() + CALM_MAX;
    let (mut confirmed, mut since) = (0, Instant::now());
    loop {
        let count = told.iter().map(|one| one.lock().unwrap().sent.len()).sum();
        let lost = missing(told);
        if count != confirmed || !lost.is_empty() {
            (confirmed, since) = (count, Instant::now());
        }
        if since.elapsed() >= CALM || Instant::now() >= until {
            return lost;
        }
        sleep(Duration::from_millis(100));
    }
}

/// What somebody has been told has come once and in order.
fn check_order(name: &str, told: &Told) {
    let mut last: BTreeMap<&str, u64> = BTreeMap::new();
    for text in told.texts() {
        let (whose, number) = text.split_once(' ').unwrap();
        let number: u64 = number.parse().unwrap();
        let before = last.insert(whose, number);
        assert!(
            before < Some(number),
            "{name} has {text} behind number {before:?}"
        );
    }
}

/// The processes, of which some are killed.
struct Victims {
    town: Town,
    service: Running,
    daemons: [Daemon; 3],
    ports: [Arc<AtomicU16>; 3],
    slowest: Duration,
}

impl Victims {
    /// Kills the service (3) or the daemon of somebody, and starts it again.
    fn kill(&mut self, which: usize) {
        let process = match which {
            3 => &mut self.service,
            _ => &mut self.daemons[which].process,
        };
        process.child.kill().unwrap();
        process.child.wait().unwrap();
        let begin = Instant::now();
        if which == 3 {
            self.service = self.town.service_again();
        } else {
            self.daemons[which] = self.town.daemon(NAMES[which]);
            let port = self.daemons[which].port;
            self.ports[which].store(port, Ordering::Relaxed);
        }
        self.slowest = self.slowest.max(begin.elapsed());
        assert!(begin.elapsed() < START_MAX, "it does not start in time");
    }

    /// Says how all stand, and what they have logged.
    fn explain(self, told: &[Arc<Mutex<Told>>; 3]) {
        for (at, daemon) in self.daemons.into_iter().enumerate() {
            let told = told[at].lock().unwrap();
            let unread = told.received.values().filter(|body| body.is_none()).count();
            let count = told.received.len();
            eprintln!("{}: {count} announced, {unread} of them unread", NAMES[at]);
            let folder = self.town.path(NAMES[at]);
            let status = run(&["control", "--data-dir", &folder, "status"], "");
            eprintln!("{}\n{}", text(&status.stdout), daemon.stop());
        }
        let mut service = self.service;
        eprintln!("service: {}", service.stop().1);
    }

    /// Ends all in good order, and looks into their stores.
    fn end(self) {
        let folders = NAMES.into_iter().chain(["service"]);
        let stores: Vec<String> = folders
            .map(|name| self.town.path(&format!("{name}/store.sqlite")))
            .collect();
        for daemon in self.daemons {
            daemon.stop();
        }
        let mut service = self.service;
        assert_eq!(service.stop().0, Some(0));
        for store in stores {
            let connection = Connection::open(&store).unwrap();
            let sound: String = connection
                .query_row("PRAGMA integrity_check", [], |row| row.get(0))
                .unwrap();
            assert_eq!(sound, "ok", "{store}");
        }
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn whatever_is_killed_under_load_nothing_confirmed_is_lost_and_every_store_opens() {
    let clock = SystemTime::UNIX_EPOCH.elapsed().unwrap().subsec_nanos();
    let seed = number("SEED").unwrap_or(clock.into());
    let kills = number("KILLS").unwrap_or(KILLS);
    println!("{kills} kills; again with KILLS={kills} SEED={seed}");
    let mut rng = Rng::new(Seed::from_number(seed));

    let (town, service) = Town::with_service();
    let daemons = NAMES.map(|name| town.daemon(name));
    let [mut alice, mut bob, mut carol] = [0, 1, 2].map(|at: usize| daemons[at].client());
    acquaint_with(("alice", &mut alice), ("bob", &mut bob));
    acquaint_with(("alice", &mut alice), ("carol", &mut carol));
    acquaint_with(("bob", &mut bob), ("carol", &mut carol));
    let room = alice.make_room("bob, carol");
    for client in [&mut alice, &mut bob, &mut carol] {
        client.await_members(&room, &NAMES);
    }
    let clients: [Client; 3] = [alice, bob, carol];
    drop(clients);

    let ports = [0, 1, 2].map(|at: usize| Arc::new(AtomicU16::new(daemons[at].port)));
    let told: [Arc<Mutex<Told>>; 3] = std::array::from_fn(|_| Arc::default());
    let (hush, over) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let talkers: Vec<JoinHandle<()>> = (0..3)
        .map(|at| {
            let talker = Talker {
                name: NAMES[at],
                port: Arc::clone(&ports[at]),
                told: Arc::clone(&told[at]),
                room: room.clone(),
                hush: Arc::clone(&hush),
                over: Arc::clone(&over),
                count: 0,
            };
            thread::spawn(move || talker.run())
        })
        .collect();
    let mut victims = Victims {
        town,
        service,
        daemons,
        ports,
        slowest: Duration::ZERO,
    };
    let (begin, mut of_service) = (Instant::now(), 0);
    for _ in 0..kills {
        sleep(Duration::from_millis(50 + rng.below(450)));
        let which = usize::try_from(rng.below(4)).unwrap();
        of_service += u64::from(which == 3);
        victims.kill(which);
    }
    sleep(Duration::from_millis(300));
    hush.store(true, Ordering::Relaxed);
    let lost = calm_down(&told);
    over.store(true, Ordering::Relaxed);
    for talker in talkers {
        talker.join().unwrap();
    }
    if !lost.is_empty() {
        victims.explain(&told);
        panic!("{} are lost: {lost:?}", lost.len());
    }
    let mut confirmed = 0;
    for (name, one) in NAMES.iter().zip(&told) {
        let one = one.lock().unwrap();
        confirmed += one.confirmed().len();
        check_order(name, &one);
    }
    let slowest = victims.slowest;
    victims.end();
    assert!(confirmed > 0, "nothing was ever confirmed");
    println!(
        "{kills} kills, {of_service} of the service, in {:.0} s; {confirmed} texts were confirmed and are there once; \
         the slowest start took {slowest:?}",
        begin.elapsed().as_secs_f32()
    );
}
