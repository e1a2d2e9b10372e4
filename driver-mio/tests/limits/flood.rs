//! Ten thousand connections that never finish what they begin, while somebody else wants to talk.
//! Never more than one thread of attackers: they are sockets that do not wait.

use std::io::{ErrorKind, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use imo2sproxy_core::config::Limits;
use socket2::{Domain, Socket, Type};

use crate::client::{Client, PATIENCE};
use crate::town::{PASSWORD, Town};

/// Attackers in all.
const CROWD: usize = 10_000;
/// How many of them are there at a time.
const BATCH: usize = 1_000;
/// How long a batch stays, and how often each of its attackers says one more byte.
const STAY: (Duration, usize) = (Duration::from_millis(400), 4);
/// What one stranger may cost: the state of a TLS handshake with its buffers, a frame that is not whole, the system's entries.
const STRANGER_BYTES: u64 = 64 * 1024;
/// How long all may take.
const LONGEST: Duration = Duration::from_secs(25);

/// What attackers say, byte by byte: the beginning of a frame, a login without an end, half of a TLS handshake.
const WORDS: [&[u8]; 4] = [
    b"",
    &[0xff, 0x0f, 0, 0, b'G', b'E', b'T', b' '],
    b"LOGIN alice",
    &[
        0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    ],
];

struct Attacker {
    stream: TcpStream,
    words: &'static [u8],
    said: usize,
}

impl Attacker {
    fn new(port: u16, words: &'static [u8]) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_nonblocking(true).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        // It is on its way; whether it comes up is no matter.
        let _ = socket.connect(&address.into());
        Self {
            stream: socket.into(),
            words,
            said: 0,
        }
    }

    /// Says half of what is left, at least one byte. False once the daemon has had enough of it.
    fn go_on(&mut self) -> bool {
        let count = (self.words.len() - self.said).div_ceil(2);
        let said = self.stream.write(&self.words[self.said..self.said + count]);
        match said {
            Ok(count) => self.said += count,
            Err(error) => {
                return matches!(
                    error.kind(),
                    ErrorKind::WouldBlock | ErrorKind::NotConnected
                );
            }
        }
        true
    }
}

/// Resident memory of a process in bytes.
pub(crate) fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes: u64 = line
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    kibibytes * 1024
}

/// Sends attackers, batch by batch; gives how many were still heard when their batch left.
fn attack(ports: &[u16], batches: usize) -> usize {
    let mut heard = 0;
    for batch in 0..batches {
        let mut attackers: Vec<Attacker> = Vec::with_capacity(BATCH);
        for number in 0..BATCH {
            let (port, words) = (
                number % ports.len(),
                (number / ports.len() + batch) % WORDS.len(),
            );
            attackers.push(Attacker::new(ports[port], WORDS[words]));
            if number % 64 == 63 {
                sleep(Duration::from_millis(1));
            }
        }
        for _ in 0..STAY.1 {
            sleep(STAY.0 / u32::try_from(STAY.1).unwrap());
            attackers.retain_mut(Attacker::go_on);
        }
        heard += attackers.len();
    }
    heard
}

/// Comes in as often as it can while the attack lasts, and talks. Gives how often it came, how many tries it took in all
/// and at most, and how long an answer took at most.
fn visit(port: u16, enough: impl Fn(usize) -> bool) -> (usize, usize, usize, Duration) {
    let (mut visits, mut tries, mut most, mut slowest) = (0, 0, 0, Duration::ZERO);
    while visits == 0 || !enough(visits) {
        let mut own = 1;
        let until = Instant::now() + PATIENCE;
        let mut client = loop {
            match Client::try_to_connect(port) {
                Ok(client) => break client,
                Err(_) => own += 1,
            }
            assert!(Instant::now() < until, "nobody gets in: {own} tries");
            sleep(Duration::from_millis(5));
        };
        (visits, tries, most) = (visits + 1, tries + own, most.max(own));
        let begin = Instant::now();
        assert_eq!(client.ask("PING"), "PONG");
        slowest = slowest.max(begin.elapsed());
        client.send("echo123", &format!("visit {visits}"));
        client.hear_message();
    }
    (visits, tries, most, slowest)
}

#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_who_never_log_in_cost_little_and_keep_nobody_out() {
    let begin = Instant::now();
    let allowed = rlimit::increase_nofile_limit(u64::MAX).unwrap();
    assert!(
        allowed > BATCH as u64 + 200,
        "the test needs more open files"
    );
    let town = Town::new();
    let data = town.path("alice");
    let kinds = ["skypenet", "skyped", "auto", "skypeproxy+tls"];
    let listeners: Vec<String> = kinds
        .iter()
        .map(|kind| format!("{kind}=127.0.0.1:0"))
        .collect();
    let mut args = vec!["-p", "0", "--data-dir", &data];
    for listener in &listeners {
        args.extend(["--listen", listener]);
    }
    args.extend(["alice", PASSWORD]);
    let mut daemon = town.start(&args);
    let own = daemon.port("skypeproxy");
    let mut ports = vec![own];
    ports.extend(kinds.iter().map(|kind| daemon.port(kind)));
    let pid = daemon.child.id();

    // Those who are in already are not to notice anything.
    let mut inside = Client::online(own);
    inside.send("echo123", "before");
    let at_first = resident(pid);
    // Tables that have grown for a crowd, and pages that the allocator keeps, are paid for once.
    attack(&ports, 1);
    visit(own, |visits| visits >= 20);
    let before = resident(pid);
    let (over, highest) = (
        AtomicBool::new(false),
        std::sync::atomic::AtomicU64::new(before),
    );
    let (heard, visitor, answers, longest) = scope(|scope| {
        let visitor = scope.spawn(|| visit(own, |_| over.load(Ordering::Relaxed)));
        let insider = scope.spawn(|| {
            let (mut answers, mut longest) = (0, Duration::ZERO);
            while !over.load(Ordering::Relaxed) {
                let asked = Instant::now();
                assert_eq!(inside.ask("PING"), "PONG");
                longest = longest.max(asked.elapsed());
                answers += 1;
                highest.fetch_max(resident(pid), Ordering::Relaxed);
                sleep(Duration::from_millis(10));
            }
            (answers, longest)
        });
        let heard = attack(&ports, CROWD / BATCH);
        over.store(true, Ordering::Relaxed);
        let (answers, longest) = insider.join().unwrap();
        (heard, visitor.join().unwrap(), answers, longest)
    });
    let highest = highest.into_inner();
    let after = calm(pid, before);
    let (visits, tries, most, slowest) = visitor;
    println!(
        "{CROWD} attackers, {heard} of them heard to their end; one who was inside had {answers} answers, the slowest after \
         {longest:?}; somebody else came {visits} times with {tries} tries, {most} at most, the slowest answer after \
         {slowest:?}; resident {} KiB at first, {} KiB before, {} KiB at most, {} KiB after; {:?} in all",
        at_first / 1024,
        before / 1024,
        highest / 1024,
        after / 1024,
        begin.elapsed()
    );
    let limits = Limits::default();
    // As many may wait for TLS at the driver as for a login at the core.
    let strangers = 2 * limits.unauthenticated as u64;
    assert!(
        highest <= at_first + strangers * STRANGER_BYTES,
        "{highest}"
    );
    assert!(
        after <= before + before / 10,
        "{after} is more than {before}"
    );
    assert!(
        longest < Duration::from_secs(2) && answers > 50,
        "{longest:?}"
    );
    assert!(begin.elapsed() < LONGEST);
    assert_eq!(daemon.stop().0, Some(0));
}

/// Waits until the memory is back to what it was, within a tenth; gives what it is.
fn calm(pid: u32, before: u64) -> u64 {
    let until = Instant::now() + Duration::from_secs(8);
    let mut after = resident(pid);
    while after > before + before / 10 && Instant::now() < until {
        sleep(Duration::from_millis(50));
        after = resident(pid);
    }
    after
}
