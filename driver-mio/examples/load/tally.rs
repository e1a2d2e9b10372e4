//! The books of texts between clients: who has sent how many to whom, and what has come of them.
//! Never lets one pass that is missing, comes twice, comes before an earlier one, or is refused.

use std::collections::VecDeque;
use std::io;
use std::time::Instant;

use crate::daemon;
use crate::frame;
use crate::spread::Times;

/// Of so many texts the body of one is asked for.
const SAMPLE: u64 = 256;

/// What a client of the fleet was told that matters here.
pub(crate) enum Told {
    /// A text has come.
    Received,
    /// Anything else.
    Other,
}

/// All books. Client `n` of the fleet is that of account `n`.
pub(crate) struct Tally {
    sides: Vec<Side>,
    /// From when a text was due until its receiver heard of it.
    pub(crate) times: Times,
    sampled: u64,
}

struct Side {
    peer: usize,
    sent: u64,
    settled: u64,
    got: u64,
    /// The number of the latest text that has come.
    last: u64,
    /// When those were due that are on their way to this client.
    due: VecDeque<Instant>,
    /// Numbers whose bodies have been asked for, and which of the peer's texts they are.
    asked: VecDeque<(u64, u64)>,
}

impl Tally {
    /// Books for clients of which each writes to one other, and is written to by one.
    pub(crate) fn new(peers: impl Iterator<Item = usize>) -> Self {
        let side = |peer| Side {
            peer,
            sent: 0,
            settled: 0,
            got: 0,
            last: 0,
            due: VecDeque::new(),
            asked: VecDeque::new(),
        };
        Self {
            sides: peers.map(side).collect(),
            times: Times::new(),
            sampled: 0,
        }
    }

    /// Appends the next text of a client; it should have been sent at `due`.
    pub(crate) fn send(&mut self, from: usize, due: Instant, say: &mut Vec<u8>) {
        let side = &mut self.sides[from];
        let (number, peer) = (side.sent, side.peer);
        side.sent += 1;
        frame::put(&command(peer, number), say);
        self.sides[peer].due.push_back(due);
    }

    /// Takes what a client was told.
    pub(crate) fn line(
        &mut self,
        client: usize,
        line: &[u8],
        say: &mut Vec<u8>,
    ) -> io::Result<Told> {
        let Some(rest) = line.strip_prefix(b"CHATMESSAGE ") else {
            return match line.starts_with(b"ERROR") {
                true => Err(strange(client, line)),
                false => Ok(Told::Other),
            };
        };
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let id = rest[..digits]
            .iter()
            .fold(0, |id, digit| id * 10 + u64::from(digit - b'0'));
        match &rest[digits..] {
            b" STATUS RECEIVED" => self.received(client, id, line, say),
            b" STATUS SENT" => {
                self.sides[client].settled += 1;
                Ok(Told::Other)
            }
            b" STATUS FAILED" => Err(strange(client, line)),
            what => {
                if let Some(body) = what.strip_prefix(b" BODY ") {
                    self.body(client, id, body, line)?;
                }
                Ok(Told::Other)
            }
        }
    }

    fn received(
        &mut self,
        client: usize,
        id: u64,
        line: &[u8],
        say: &mut Vec<u8>,
    ) -> io::Result<Told> {
        let side = &mut self.sides[client];
        let Some(due) = side.due.pop_front() else {
            return Err(strange(client, line));
        };
        if id <= side.last {
            return Err(strange(client, line));
        }
        side.last = id;
        if side.got.is_multiple_of(SAMPLE) {
            side.asked.push_back((id, side.got));
            frame::put(&format!("GET CHATMESSAGE {id} BODY"), say);
        }
        side.got += 1;
        self.times.record(due.elapsed());
        Ok(Told::Received)
    }

    fn body(&mut self, client: usize, id: u64, body: &[u8], line: &[u8]) -> io::Result<()> {
        let asked = self.sides[client].asked.pop_front();
        let Some((asked, number)) = asked else {
            return Err(strange(client, line));
        };
        if asked != id || body != text(number).as_bytes() {
            return Err(strange(client, line));
        }
        self.sampled += 1;
        Ok(())
    }

    /// How many texts have been sent.
    pub(crate) fn sent(&self) -> u64 {
        self.sides.iter().map(|side| side.sent).sum()
    }

    /// How many have come.
    pub(crate) fn got(&self) -> u64 {
        self.sides.iter().map(|side| side.got).sum()
    }

    /// True if each has come and is settled, and each body that was asked for is there.
    pub(crate) fn is_closed(&self) -> bool {
        let done = |side: &Side| side.due.is_empty() && side.asked.is_empty();
        self.sides
            .iter()
            .all(|side| done(side) && side.settled == side.sent)
    }

    /// How many are under way, or not settled.
    pub(crate) fn open(&self) -> u64 {
        let open = |side: &Side| side.due.len() as u64 + side.sent.saturating_sub(side.settled);
        self.sides.iter().map(open).sum()
    }

    /// How many bodies have been looked at.
    pub(crate) fn sampled(&self) -> u64 {
        self.sampled
    }
}

fn text(number: u64) -> String {
    format!("text {number:08} of thirty bytes.")
}

fn command(to: usize, number: u64) -> String {
    format!("MESSAGE {} {}", daemon::name(to), text(number))
}

fn strange(client: usize, line: &[u8]) -> io::Error {
    let line = String::from_utf8_lossy(line);
    io::Error::other(format!(
        "client {client} was told what must not come: {line}"
    ))
}
