//! A client of the daemon: what it has asked, what it has heard, and how fast it reads.
//! Never sees a byte before it has left the daemon's driver.

use std::collections::{BTreeMap, VecDeque};

use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::io::ConnId;
use imo2sproxy_core::skype::parse;
use imo2sproxy_core::wire::{ClientWire, FromServer};

/// So many words stand in front of each line of an answer that has several, on one transport.
const WORDS_IN_FRONT: usize = 2;
/// Words of what was said that are kept to be said again.
const WORDS_MAX: usize = 8;

/// A client.
pub(super) struct Visitor {
    /// `None` once it has sent bytes that no wire has made: what it hears is not looked at any more.
    wire: Option<Box<dyn ClientWire + Send>>,
    kind: WireKind,
    /// The first words of the last answer.
    last: String,
    rx: RecvBuf,
    tx: Vec<u8>,
    /// What has been sent to it and has not left.
    backlog: VecDeque<u8>,
    ready: bool,
    slow: bool,
    /// How often each tag is owed an answer.
    owed: BTreeMap<String, usize>,
    asked: u32,
    /// Second words of lines that were heard: numbers and names of what there is.
    words: VecDeque<String>,
}

impl Visitor {
    pub(super) fn new(kind: WireKind, password: Option<&str>, files: bool, slow: bool) -> Self {
        let password = password.map(Into::into);
        let wire = if files {
            kind.connect_for_files(password)
        } else {
            kind.connect(password)
        };
        Self::with(kind, wire, slow)
    }

    /// One that says who it is where it is asked for that.
    pub(super) fn named(kind: WireKind, (name, password): (&str, &str), slow: bool) -> Self {
        Self::with(kind, kind.connect_as(name, Some(password.into())), slow)
    }

    fn with(kind: WireKind, mut wire: Box<dyn ClientWire + Send>, slow: bool) -> Self {
        let mut tx = Vec::new();
        wire.start(&mut tx);
        let mut this = Self {
            wire: Some(wire),
            kind,
            last: String::new(),
            rx: RecvBuf::new(),
            tx,
            backlog: VecDeque::new(),
            ready: false,
            slow,
            owed: BTreeMap::new(),
            asked: 0,
            words: VecDeque::new(),
        };
        // On some transports a client is ready at once.
        this.read();
        this
    }

    pub(super) const fn is_slow(&self) -> bool {
        self.slow
    }

    pub(super) const fn set_slow(&mut self, slow: bool) {
        self.slow = slow;
    }

    /// From now on it reads what it is sent; false if its bytes are its own.
    pub(super) const fn becomes_well(&mut self) -> bool {
        self.slow = false;
        self.wire.is_some()
    }

    /// Bytes are under way to it.
    pub(super) fn sent(&mut self, bytes: &[u8]) {
        self.backlog.extend(bytes);
    }

    /// Gets the next `count` bytes that were sent to it; gives the lines that are whole with them.
    pub(super) fn take(&mut self, count: usize) -> Vec<String> {
        let bytes: Vec<u8> = self.backlog.drain(..count).collect();
        self.rx.push(&bytes);
        self.read()
    }

    fn read(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        let Some(wire) = &mut self.wire else {
            return lines;
        };
        loop {
            match wire.decode(&mut self.rx, &mut self.tx) {
                Ok(Some(FromServer::Ready)) => self.ready = true,
                Ok(Some(FromServer::Line(line))) => lines.push(line),
                Ok(Some(FromServer::Refused | FromServer::File { .. })) => {}
                Ok(None) => return lines,
                Err(error) => panic!("what the daemon sends is no frame: {error:?}"),
            }
        }
    }

    /// What it sends of its own accord: the handshake, and answers to files.
    pub(super) fn answer(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.tx)
    }

    /// The bytes of a command with a tag of its own; none if it may not say anything yet.
    pub(super) fn ask(&mut self, conn: ConnId, command: &str) -> Vec<u8> {
        self.asked += 1;
        self.say(&format!("#{conn}n{} {command}", self.asked))
    }

    /// The bytes of a line; none if it may not say anything yet.
    pub(super) fn say(&mut self, line: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let Some(wire) = self.wire.as_mut().filter(|_| self.ready) else {
            return bytes;
        };
        // What the wire carries of it is what counts.
        let mut line = line.replace('\0', "");
        if self.kind == WireKind::Skypenet {
            line = line.replace('\x17', "");
        }
        wire.encode(&line, &mut bytes);
        if let Some(tag) = parse(&line).tag.filter(|_| !bytes.is_empty()) {
            *self.owed.entry(tag.to_string()).or_default() += 1;
        }
        bytes
    }

    /// From now on it sends what it likes.
    pub(super) fn goes_wild(&mut self) {
        self.wire = None;
        self.owed.clear();
    }

    /// Takes note of a line.
    pub(super) fn heard(&mut self, line: &str) {
        if let Some(tag) = line
            .strip_prefix('#')
            .and_then(|line| line.split(' ').next())
        {
            let tag = format!("#{tag}");
            // What has several lines comes in as many there, each with the same words in front.
            let words: Vec<&str> = line.split(' ').take(WORDS_IN_FRONT).collect();
            let words = words.join(" ");
            if self.kind == WireKind::Skyped && !self.owed.contains_key(&tag) && self.last == words
            {
                return;
            }
            self.last = words;
            let Some(count) = self.owed.get_mut(&tag) else {
                panic!("an answer to nothing that this client has asked: {line}");
            };
            *count -= 1;
            if *count == 0 {
                self.owed.remove(&tag);
            }
        }
        for word in line.split([' ', ',']).filter(|word| is_name(word)).take(3) {
            if !self.words.iter().any(|known| known == word) {
                self.words.push_back(word.to_owned());
            }
        }
        while self.words.len() > WORDS_MAX {
            self.words.pop_front();
        }
    }

    /// The word of that place among those that were heard lately.
    pub(super) fn word(&self, place: usize) -> Option<&str> {
        let place = place.checked_rem(self.words.len())?;
        self.words.get(place).map(String::as_str)
    }

    pub(super) fn is_owed_nothing(&self) -> bool {
        self.owed.is_empty()
    }

    pub(super) fn assert_owed_nothing(&self, conn: ConnId) {
        assert!(
            self.owed.is_empty(),
            "{conn} has got no answer to {:?}",
            self.owed
        );
    }
}

/// True for what names something that commands can be about: a number, or the id of a chat.
fn is_name(word: &str) -> bool {
    word.starts_with('#') && word.contains('/')
        || !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}
