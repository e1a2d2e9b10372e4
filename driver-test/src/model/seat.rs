//! What one client has said and heard on its connections.
//! Never looks at what is durable.

use std::collections::{BTreeMap, BTreeSet};

use imo2sproxy_core::config::WireKind;

use super::{Mark, Model};

/// What a tagged command was about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asked {
    /// Whatever has one reply.
    Anything,
    /// A text, by the number in its mark.
    Text(usize),
    /// The body of a text, by its number.
    Body(u32),
    /// What has had the first line of its reply.
    More,
}

/// One client.
#[derive(Debug)]
pub(super) struct SeatBook {
    /// Its name in the world.
    pub(super) client: String,
    /// Its daemon, by the place in the model.
    pub(super) daemon: usize,
    /// Whether it asks for each text.
    pub(super) attentive: bool,
    /// Where its daemon keeps how far those of its transport were told that tell no name, if it tells one.
    pub(super) nameless: Option<String>,
    /// How many of its lines have been looked at, both ways.
    pub(super) said: usize,
    pub(super) heard: usize,
    /// What it wants to say.
    pub(super) wishes: Vec<String>,
    pub(super) visit: u32,
    /// Whether what has several lines comes in as many, on its transport.
    splits: bool,
    /// The first words of the last reply.
    last_reply: String,
    /// Commands of this connection that have no reply yet.
    open: BTreeMap<String, Asked>,
    pings: u32,
    /// Own texts that were settled on this connection.
    settled: BTreeSet<u32>,
    /// Texts that were announced, with how often.
    announced: BTreeMap<u32, u32>,
    /// Texts that it has said to have seen.
    seen: BTreeSet<u32>,
    latest: u32,
    /// Texts that were announced on this connection go on from here.
    latest_here: u32,
}

impl SeatBook {
    pub(super) fn new(
        (seat, daemon): (usize, usize),
        (attentive, wire): (bool, WireKind),
        nameless: Option<String>,
    ) -> Self {
        Self {
            client: Model::client(seat),
            daemon,
            attentive,
            nameless,
            said: 0,
            heard: 0,
            wishes: Vec::new(),
            visit: 0,
            splits: wire == WireKind::Skyped,
            last_reply: String::new(),
            open: BTreeMap::new(),
            pings: 0,
            settled: BTreeSet::new(),
            announced: BTreeMap::new(),
            seen: BTreeSet::new(),
            latest: 0,
            latest_here: 0,
        }
    }

    /// Another connection: what is open on the last one stays so.
    pub(super) fn visits(&mut self, visit: u32) {
        if visit != self.visit {
            self.visit = visit;
            self.open.clear();
            self.last_reply.clear();
            self.pings = 0;
            self.settled.clear();
            self.latest_here = 0;
        }
    }

    pub(super) fn has_said(&mut self, line: &str) {
        if line == "PING" {
            self.pings += 1;
        }
        let Some((tag, command)) = line.strip_prefix('#').and_then(|line| line.split_once(' '))
        else {
            return;
        };
        let seen = command.strip_prefix("SET CHATMESSAGE ");
        let seen = seen.and_then(|rest| rest.strip_suffix(" SEEN")?.parse::<u32>().ok());
        self.seen.extend(seen);
        let body = command.strip_prefix("GET CHATMESSAGE ");
        let body = body.and_then(|rest| rest.strip_suffix(" BODY")?.parse().ok());
        let is_text = command.starts_with("MESSAGE ") || command.starts_with("CHATMESSAGE ");
        let asked = match (Mark::in_text(command), body) {
            (Some(mark), _) if is_text => Asked::Text(mark.number),
            // Whoever asks for any number may hear that there is none; some have no room for the answer.
            (_, Some(number)) if self.attentive && self.announced.contains_key(&number) => {
                Asked::Body(number)
            }
            _ => Asked::Anything,
        };
        let before = self.open.insert(tag.to_owned(), asked);
        assert_eq!(
            before, None,
            "{}: a tag that is in use: {line}",
            self.client
        );
    }

    /// A tagged line: says what it is the reply to.
    pub(super) fn reply(&mut self, line: &str) -> Asked {
        let tag = line[1..].split(' ').next().unwrap_or_default();
        if self.splits {
            let words: Vec<&str> = line.split(' ').take(4).collect();
            let words = words.join(" ");
            if !self.open.contains_key(tag) && words == self.last_reply {
                return Asked::More;
            }
            self.last_reply = words;
        }
        let asked = self.open.remove(tag);
        asked.unwrap_or_else(|| {
            panic!(
                "{} has not asked on this connection, or has its reply: {line}",
                self.client
            )
        })
    }

    pub(super) fn pong(&mut self) {
        assert!(self.pings > 0, "{} hears a PONG too much", self.client);
        self.pings -= 1;
    }

    /// A text is announced, when the daemon has died `deaths` times. Whoever was taken for another client program, `mistaken`,
    /// may be told on each visit what it has heard on others.
    pub(super) fn announced(&mut self, number: u32, deaths: u32, mistaken: bool) {
        let client = &self.client;
        let latest_here = self.latest_here;
        assert!(
            number > latest_here,
            "{client} hears of {number} after {latest_here}"
        );
        self.latest_here = number;
        // A daemon that dies may tell again what it had told: it does not know any more that it has.
        let most = deaths + if mistaken { self.visit } else { 0 };
        let times = self.announced.entry(number).or_default();
        assert!(*times <= most, "{client} hears of {number} again");
        assert!(
            mistaken || *times > 0 || number > self.latest,
            "{client} hears of {number} after {}",
            self.latest
        );
        *times += 1;
        self.latest = self.latest.max(number);
    }

    /// An own text is settled.
    pub(super) fn settled(&mut self, number: u32) {
        let is_new = self.settled.insert(number);
        assert!(
            is_new,
            "{} hears twice what became of {number}",
            self.client
        );
    }

    /// Wants to know what stands in a text.
    pub(super) fn wish_body(&mut self, number: u32) {
        let visit = self.visit;
        let line = format!("#body-{number}-{visit} GET CHATMESSAGE {number} BODY");
        self.wishes.push(line);
    }

    /// The latest text that it has heard of.
    pub(super) fn latest(&self) -> Option<u32> {
        (self.latest > 0).then_some(self.latest)
    }

    /// Commands of the connection of now that have no reply.
    pub(super) fn unanswered(&self) -> Vec<&str> {
        self.open.keys().map(String::as_str).collect()
    }

    pub(super) fn pings(&self) -> u32 {
        self.pings
    }

    pub(super) fn has_heard_of(&self, number: u32) -> bool {
        self.announced.contains_key(&number)
    }

    pub(super) fn has_seen(&self, number: u32) -> bool {
        self.seen.contains(&number)
    }

    pub(super) fn has_settled(&self, number: u32) -> bool {
        self.settled.contains(&number)
    }
}
