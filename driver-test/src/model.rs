//! The model: what must be true of everything that clients hear, whatever goes wrong, checked after each step of a world.
//! Never knows how a machine does it: it compares what was said, what was heard and what is durable.
//!
//! * Each command has one reply, on its own connection, and nobody else hears it.
//! * Each text is announced once to each client, in order, and settled once; what is announced or settled is durable.
//! * No client hears a text, and no log a password, of somebody else.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::time::Instant;

use crate::World;
use crate::scenario::{Home, Place, Scenario};

mod kept;
mod log;
mod mark;
mod seat;
mod verdict;

pub use mark::{Mark, ROOM};

use kept::Kept;
use log::LogBook;
use seat::SeatBook;

/// Part of every password in a scenario: nobody but the service and the worker for passwords may see it.
pub(crate) const CANARY: &str = "canary-5f1c";
/// The host of the service.
pub(crate) const SERVICE: &str = "imo";

/// All that is known of a run.
#[derive(Debug)]
pub struct Model {
    seats: Vec<SeatBook>,
    daemons: Vec<DaemonBook>,
    logs: Vec<LogBook>,
    /// Texts that the daemon did not take.
    refused: BTreeSet<usize>,
    place: Place,
    /// Who is in the room.
    members: Vec<&'static str>,
}

/// What is known of a daemon.
#[derive(Debug)]
struct DaemonBook {
    host: String,
    account: &'static str,
    /// The numbers that its own texts were given, with their marks.
    given: BTreeMap<u32, usize>,
    /// The numbers under which texts came, by their marks.
    came: BTreeMap<usize, u32>,
    /// Whether there may be clients that it does not let in.
    refuses: bool,
    /// How often it was drained, as far as that came to its end.
    drained: u32,
    /// Since when nobody is connected to it.
    alone: Option<Instant>,
    /// Up to where texts were told when it had been alone for a while.
    told: Option<u64>,
}

/// After so long alone a daemon has stored all that it had told, whatever its disk does.
const LONG_ALONE: Duration = Duration::from_secs(60);

impl Model {
    /// Knows who is there, and nothing of what happens.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        let daemons: Vec<DaemonBook> = scenario
            .daemons()
            .map(|(person, host)| DaemonBook {
                host,
                account: scenario.people[person].name,
                given: BTreeMap::new(),
                came: BTreeMap::new(),
                refuses: scenario.people[person].home == Home::Guest,
                drained: 0,
                alone: None,
                told: None,
            })
            .collect();
        let place_of = |host: &str, account: &str| {
            let is_it = |daemon: &DaemonBook| daemon.host == host && daemon.account == account;
            let place = daemons.iter().position(is_it);
            place.expect("every seat is at a daemon of the scenario")
        };
        let seats = (0..scenario.seats.len())
            .map(|seat| {
                let own = &scenario.seats[seat];
                let daemon = place_of(&scenario.daemon_of(seat), scenario.name_of(seat));
                let kind = if own.auto { WireKind::Auto } else { own.wire };
                let nameless = own
                    .named
                    .then(|| kept::nameless(scenario.name_of(seat), kind));
                SeatBook::new((seat, daemon), (own.attentive, own.wire), nameless)
            })
            .collect();
        let mut hosts = scenario.hosts();
        if scenario.place == Place::Town {
            hosts.push(SERVICE.into());
        }
        let everybody = scenario.people.iter().map(|person| person.name);
        Self {
            seats,
            daemons,
            logs: hosts.into_iter().map(LogBook::new).collect(),
            refused: BTreeSet::new(),
            place: scenario.place,
            members: everybody.filter(|_| scenario.room).collect(),
        }
    }

    /// The name that the client of a seat has in the world.
    #[must_use]
    pub fn client(seat: usize) -> String {
        format!("client-{seat}")
    }

    /// A daemon was drained and has come to its end: it has told all that it knew.
    pub fn drained(&mut self, host: &str) {
        let there = self.daemons.iter_mut();
        for daemon in there.filter(|daemon| daemon.host == host) {
            daemon.drained += 1;
        }
    }

    /// A host is about to be drained.
    pub fn drains(&mut self, host: &str, world: &World) {
        let ends = world.ends(host);
        self.log_of(host).drains(ends);
    }

    /// An account is about to be taken out of the configuration of a host.
    pub fn goes(&mut self, host: &str, account: &'static str) {
        self.may_be_refused(host, account);
        self.log_of(host).goes(account);
    }

    /// An account that was taken out is there again.
    pub fn is_back(&mut self, host: &str, account: &'static str) {
        self.log_of(host).is_back(account);
    }

    /// Clients of an account that come may not know yet what they have to give, or that it is not there.
    pub fn may_be_refused(&mut self, host: &str, account: &str) {
        let there = self.daemons.iter_mut();
        let own = there.filter(|own| own.host == host && own.account == account);
        own.for_each(|own| own.refuses = true);
    }

    fn log_of(&mut self, host: &str) -> &mut LogBook {
        let log = self.logs.iter_mut().find(|log| log.host == host);
        log.unwrap_or_else(|| panic!("{host} is no host of the scenario"))
    }

    /// Looks at what is new since the last time.
    ///
    /// # Panics
    /// If something is not as it must be.
    pub fn observe(&mut self, world: &World) {
        for seat in 0..self.seats.len() {
            self.observe_seat(seat, world);
        }
        for daemon in &mut self.daemons {
            daemon.observe(world);
        }
        for log in &mut self.logs {
            log.observe(world);
        }
    }

    fn observe_seat(&mut self, seat: usize, world: &World) {
        let person = world.person(&self.seats[seat].client).clone();
        let home = &self.daemons[self.seats[seat].daemon];
        assert!(
            person.refusals() == 0 || home.refuses,
            "{} is not let in",
            self.seats[seat].client
        );
        let (said, heard) = (person.saying(), person.hearing());
        let book = &mut self.seats[seat];
        for said in &said[book.said..] {
            book.visits(said.visit);
            book.has_said(&said.line);
        }
        book.said = said.len();
        let news = book.heard..heard.len();
        book.heard = heard.len();
        for heard in &heard[news] {
            self.seats[seat].visits(heard.visit);
            self.hears(seat, &heard.line, world);
        }
        drop((said, heard));
        for line in self.seats[seat].wishes.drain(..) {
            person.say(&line);
        }
    }

    /// One line at one seat.
    fn hears(&mut self, seat: usize, line: &str, world: &World) {
        let client = &self.seats[seat].client;
        assert!(!line.contains(CANARY), "{client} hears a password: {line}");
        let account = self.daemons[self.seats[seat].daemon].account;
        for mark in Mark::all_in(line) {
            let own = mark.from == account || mark.to == account;
            let in_room = mark.to == ROOM && self.members.contains(&account);
            assert!(own || in_room, "{client} hears what is {mark}: {line}");
        }
        if line.starts_with('#') {
            self.hears_reply(seat, line, world);
        } else if line == "PONG" {
            self.seats[seat].pong();
        } else if let Some((number, status)) = status_of(line) {
            match status {
                "RECEIVED" => self.announced(seat, number, world),
                "SENT" | "FAILED" => self.settled(seat, number, status, world),
                _ => {}
            }
        }
    }

    fn hears_reply(&mut self, seat: usize, line: &str, world: &World) {
        let asked = self.seats[seat].reply(line);
        let (_, reply) = line.split_once(' ').unwrap_or((line, ""));
        let daemon = self.seats[seat].daemon;
        match asked {
            seat::Asked::Anything | seat::Asked::More => {}
            seat::Asked::Text(mark) => {
                let Some((number, "SENDING")) = status_of(reply) else {
                    assert!(
                        reply.starts_with("ERROR "),
                        "a strange answer to a text: {line}"
                    );
                    self.refused.insert(mark);
                    return;
                };
                let before = self.daemons[daemon].given.insert(number, mark);
                assert_eq!(before, None, "the number of {line} was given before");
            }
            seat::Asked::Body(number) => {
                let kept = self.kept(daemon, number, world);
                let body = reply.strip_prefix(&format!("CHATMESSAGE {number} BODY "));
                let body = body.unwrap_or_else(|| panic!("no body for what was announced: {line}"));
                assert_eq!(
                    Mark::in_text(body),
                    kept.mark,
                    "another text than what is kept"
                );
            }
        }
    }

    /// A client is told that a text has come.
    fn announced(&mut self, seat: usize, number: u32, world: &World) {
        let daemon = self.seats[seat].daemon;
        let book = &self.daemons[daemon];
        let deaths = world.ends(&book.host) - book.drained;
        let was_nameless = self.was_nameless(seat, world);
        self.seats[seat].announced(number, deaths, was_nameless);
        let kept = self.kept(daemon, number, world);
        assert!(!kept.own, "an own text is announced: {number}");
        if let Some(mark) = kept.mark {
            let came = &mut self.daemons[daemon].came;
            let before = *came.entry(mark.number).or_insert(number);
            assert_eq!(
                before, number,
                "what is {mark} has come twice, under two numbers"
            );
        }
        if self.seats[seat].attentive {
            self.seats[seat].wish_body(number);
        }
    }

    /// A client is told what has become of an own text.
    fn settled(&mut self, seat: usize, number: u32, status: &str, world: &World) {
        self.seats[seat].settled(number);
        let daemon = self.seats[seat].daemon;
        let kept = self.kept(daemon, number, world);
        assert!(
            kept.own,
            "the text {number}, which is {status}, is of somebody else"
        );
        assert!(
            !kept.waits,
            "the text {number} is {status}, but kept as one that waits"
        );
        assert_eq!(
            kept.failed,
            status == "FAILED",
            "the text {number} is {status}, but not kept so"
        );
        let Some(mark) = kept.mark.filter(|_| status == "SENT") else {
            return;
        };
        for recipient in self.recipients(&mark) {
            let is_there = self.is_durable_for(recipient, &mark, world);
            assert!(
                is_there,
                "what is {mark} is SENT, but {recipient} can lose it"
            );
        }
    }

    /// Whether some client there has told its name too late: it was another client program for the daemon then.
    #[must_use]
    pub fn was_nameless(&self, seat: usize, world: &World) -> bool {
        let book = &self.seats[seat];
        let store = world.store(&self.daemons[book.daemon].host);
        let key = book.nameless.as_deref();
        key.is_some_and(|key| store.get(key).is_some())
    }

    /// What the daemon keeps under a number that a client has just heard of.
    fn kept(&self, daemon: usize, number: u32, world: &World) -> Kept {
        let DaemonBook { host, account, .. } = &self.daemons[daemon];
        let kept = Kept::read(world.store(host), account, number);
        kept.unwrap_or_else(|| panic!("a client of {host} hears of {number}, which is not durable"))
    }

    /// Who has to get a text.
    fn recipients(&self, mark: &Mark) -> Vec<&'static str> {
        if mark.to == ROOM {
            let others = self.members.iter().filter(|member| **member != mark.from);
            return others.copied().collect();
        }
        let everybody = self.daemons.iter().map(|daemon| daemon.account);
        let named: BTreeSet<_> = everybody.filter(|account| *account == mark.to).collect();
        named.into_iter().collect()
    }

    /// Whether a text outlives the death of everything at this moment.
    fn is_durable_for(&self, account: &str, mark: &Mark, world: &World) -> bool {
        let own = self
            .daemons
            .iter()
            .filter(|daemon| daemon.account == account);
        let at_home = own
            .map(|daemon| (world.store(&daemon.host), format!("p/{account}/m/")))
            .any(|(store, prefix)| kept::holds(store, &prefix, mark));
        at_home
            || self.place == Place::Town
                && kept::holds(world.store(SERVICE), &format!("s/m/{account}/"), mark)
    }
}

impl DaemonBook {
    /// Nothing counts as told while nobody is there to hear it.
    fn observe(&mut self, world: &World) {
        if world.has_clients(&self.host) {
            (self.alone, self.told) = (None, None);
            return;
        }
        let now = world.now().mono;
        if now.since(*self.alone.get_or_insert(now)) < LONG_ALONE {
            return;
        }
        let told = kept::told(world.store(&self.host), self.account);
        let before = *self.told.get_or_insert(told);
        assert_eq!(told, before, "{} has told nobody of a text", self.host);
    }
}

/// The number and the status in a line about a text.
fn status_of(line: &str) -> Option<(u32, &str)> {
    let rest = line.strip_prefix("CHATMESSAGE ")?;
    let (number, status) = rest.split_once(" STATUS ")?;
    Some((number.parse().ok()?, status))
}
