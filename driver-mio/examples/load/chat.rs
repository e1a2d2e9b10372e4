//! Texts at a steady rate around a ring of clients, each followed to the one who gets it.
//! Never lets one pass that is missing, comes twice, or comes before an earlier one.

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::crew::Crew;

/// How long the last texts may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Clients who write to each other: each to the next one.
pub(crate) struct Ring {
    crew: Crew,
    begin: Instant,
    /// By client: how many texts it has sent, and how many it has got.
    sent: Vec<u64>,
    got: Vec<u64>,
    /// When a client heard of a text whose body it has asked for.
    heard_at: BTreeMap<(usize, u64), Instant>,
    next: usize,
    figures: Figures,
}

/// What was measured in a stretch of time, in microseconds.
pub(crate) struct Figures {
    /// From the sender's line to the receiver's notice, by the receiver's transport.
    pub(crate) by_kind: BTreeMap<&'static str, Histogram<u64>>,
    /// The same for all of them.
    pub(crate) all: Histogram<u64>,
    /// How many were sent.
    pub(crate) sent: u64,
}

impl Figures {
    fn new() -> Self {
        Self {
            by_kind: BTreeMap::new(),
            all: histogram(),
            sent: 0,
        }
    }

    fn record(&mut self, kind: &'static str, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.all.saturating_record(micros);
        let own = self.by_kind.entry(kind).or_insert_with(histogram);
        own.saturating_record(micros);
    }
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_max(60_000_000, 3).expect("one minute in three digits can be held")
}

impl Ring {
    /// Signs all clients on.
    pub(crate) fn new(mut crew: Crew) -> io::Result<Self> {
        crew.until_ready(PATIENCE)?;
        let count = crew.clients.len();
        for number in 0..count {
            crew.say(number, "PROTOCOL 7")?;
        }
        let mut ring = Self {
            crew,
            begin: Instant::now(),
            sent: vec![0; count],
            got: vec![0; count],
            heard_at: BTreeMap::new(),
            next: 0,
            figures: Figures::new(),
        };
        // What they are told at first is no part of what is measured.
        ring.listen(Instant::now() + Duration::from_secs(1))?;
        Ok(ring)
    }

    /// Lets texts go around for a while, so many a second, and waits until all have come.
    pub(crate) fn run(&mut self, rate: u32, time: Duration) -> io::Result<Figures> {
        self.figures = Figures::new();
        let pause = Duration::from_secs(1) / rate;
        let until = Instant::now() + time;
        let mut due = Instant::now();
        while Instant::now() < until {
            while due <= Instant::now() {
                self.send()?;
                due += pause;
            }
            self.listen(due)?;
        }
        let last = Instant::now() + PATIENCE;
        while self.open() > 0 {
            if Instant::now() > last {
                return Err(io::Error::other(format!(
                    "{} texts are missing",
                    self.open()
                )));
            }
            self.listen(last)?;
        }
        Ok(std::mem::replace(&mut self.figures, Figures::new()))
    }

    /// How many texts are on their way.
    fn open(&self) -> u64 {
        self.sent.iter().sum::<u64>() - self.got.iter().sum::<u64>()
    }

    fn send(&mut self) -> io::Result<()> {
        let from = self.next;
        self.next = (from + 1) % self.sent.len();
        let to = &self.crew.clients[self.next].name;
        let line = format!(
            "MESSAGE {to} {} {}",
            self.sent[from],
            self.begin.elapsed().as_micros()
        );
        self.sent[from] += 1;
        self.figures.sent += 1;
        self.crew.say(from, &line)
    }

    fn listen(&mut self, until: Instant) -> io::Result<()> {
        for (number, line) in self.crew.turn(until)? {
            let mut words = line.splitn(4, ' ');
            let words = [words.next(), words.next(), words.next(), words.next()];
            let [Some("CHATMESSAGE"), Some(id), Some(what), Some(value)] = words else {
                continue;
            };
            let Ok(id) = id.parse() else { continue };
            match (what, value) {
                ("STATUS", "RECEIVED") => {
                    self.heard_at.insert((number, id), Instant::now());
                    let ask = format!("GET CHATMESSAGE {id} BODY");
                    self.crew.say(number, &ask)?;
                }
                ("BODY", text) => self.got(number, id, text)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn got(&mut self, number: usize, id: u64, text: &str) -> io::Result<()> {
        let Some(heard_at) = self.heard_at.remove(&(number, id)) else {
            return Ok(());
        };
        let numbers = text.split_once(' ');
        let numbers = numbers.and_then(|(text, at)| Some((text.parse().ok()?, at.parse().ok()?)));
        let (text, at): (u64, u64) =
            numbers.ok_or_else(|| io::Error::other(format!("a strange text: {text}")))?;
        if text != self.got[number] {
            let name = &self.crew.clients[number].name;
            let expected = self.got[number];
            let why = format!("{name} got text {text} in the place of text {expected}");
            return Err(io::Error::other(why));
        }
        self.got[number] += 1;
        let sent_at = self.begin + Duration::from_micros(at);
        let kind = self.crew.clients[number].way();
        self.figures
            .record(kind, heard_at.saturating_duration_since(sent_at));
        Ok(())
    }
}
