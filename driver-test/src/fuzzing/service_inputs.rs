//! The service between clients that a fuzzer plays: calls of all kinds, in whatever order, number and pieces.
//! Never answers a machine by itself before the data is used up: then all is well, and nothing may be owed.

mod caller;
mod calls;
mod markers;
mod operator;
mod play;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use imo2sproxy_core::config::{Limits, Registration, ServiceConfig};
use imo2sproxy_core::http::client::HttpClient;
use imo2sproxy_core::imo::service::Service;
use imo2sproxy_core::io::{AskId, CloseCause, ConnId, Control, Input, Output};
use imo2sproxy_core::rng::{Seed, fnv1a};
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::store::{StoreError, StoreOp};
use imo2sproxy_core::time::Instant;

use super::bench::{Bench, DiskRequest, End, Job};
use super::reader::Reader;
use caller::Caller;

/// Handles of those who may sign on. All but these and `echo123` are nobody.
const ACCOUNTS: [&str; 4] = ["ann", "ben", "cid", "dan"];
/// How all passwords begin, and all hashes of them. Data that holds this may well make it seen.
const CANARY: &str = "Canary";
/// Bits of the first byte.
const OLD_DIALECT: u8 = 1;
const CLOSED: u8 = 2;
/// Nobody answers in the drain.
const DEAF_DRAIN: u8 = 4;
/// Two accounts sign on first, and know each other.
const BEGINS_ONLINE: u8 = 8;
/// Inputs that may follow from one deed before it counts as a circle.
const INPUTS_MAX: usize = 20_000;
/// How long any request may take when all is well: a poll is held for so long, and a little more.
const CALM_WAIT: Duration = Duration::from_secs(60);

/// The first byte says how the service is configured; every deed takes a byte and what belongs to it.
///
/// # Panics
/// If the service breaks the contract of machines, shows a secret, acknowledges or tells what is not durable, tells a
/// session what belongs to others, numbers its notices with gaps, leaves a request or an operator without an answer
/// though all is well in the end, or does not stop in time.
pub fn service_inputs(data: &[u8]) {
    let mut reader = Reader::new(data);
    let mut run = Run::new(reader.byte(), data);
    let said = run.bench.tell(Input::Start);
    run.take(said);
    if run.options & BEGINS_ONLINE != 0 {
        run.begin_online();
    }
    while !reader.is_done() && !run.bench.is_stopped() {
        run.act(&mut reader);
        run.settle();
    }
    run.finish();
}

fn config(options: u8) -> ServiceConfig {
    ServiceConfig {
        registration: if options & CLOSED != 0 {
            Registration::Closed
        } else {
            Registration::Open
        },
        limits: Limits {
            body_bytes: 200,
            head_bytes: 1024,
            request_bytes: 16 * 1024,
            messages_cached: 2,
            unread_messages: 5,
            session_events: 8,
            mids: 4,
            contacts: 6,
            text_bytes: 64,
            groups: 2,
            group_members: 3,
            search_results: 3,
            session_requests: 2,
            request_calls: 3,
            calls: 1,
            avatar_bytes: 64,
            request_changes: 1000,
            sessions: 2,
            unauthenticated: 8,
            unauthenticated_bytes: 24 * 1024,
            ..Limits::default()
        },
        ..ServiceConfig::default()
    }
}

/// A client's connection.
struct Line {
    http: HttpClient,
    /// What it has asked and was not answered.
    asked: Option<Asked>,
    /// It has sent bytes that no client of the protocol sends: what it hears is not looked at any more.
    wild: bool,
    /// What it sends arrives in pieces that the data chooses.
    slow: bool,
}

/// A request that waits for its answer.
struct Asked {
    /// Whose it is, and the session that it asks in; none of these for a page or a picture.
    caller: Option<(usize, String)>,
}

/// A service with all who talk to it, and what has been seen of it.
struct Run {
    options: u8,
    config: ServiceConfig,
    bench: Bench<Service>,
    lines: BTreeMap<ConnId, Line>,
    callers: Vec<Caller>,
    /// Numbers of texts that were durable at some time.
    durable: BTreeSet<u64>,
    texts: u64,
    /// Ids of group chats that somebody was told.
    groups: Vec<String>,
    /// What the operator has asked, with the account that it makes, if it makes one.
    asks: BTreeMap<AskId, Option<String>>,
    next_ask: u64,
    keeps_secrets: bool,
    drained_at: Option<Instant>,
}

impl Run {
    fn new(options: u8, data: &[u8]) -> Self {
        let config = config(options);
        let is_canary = |part: &[u8]| part == CANARY.as_bytes();
        Self {
            options,
            bench: Bench::new(Service::new(config.clone(), Seed::from_number(1))),
            config,
            lines: BTreeMap::new(),
            callers: (0..ACCOUNTS.len() * 2)
                .map(|place| Caller::new(place % ACCOUNTS.len()))
                .collect(),
            durable: BTreeSet::new(),
            texts: 0,
            groups: Vec::new(),
            asks: BTreeMap::new(),
            next_ask: 0,
            keeps_secrets: !data.windows(CANARY.len()).any(is_canary),
            drained_at: None,
        }
    }

    /// Lets bytes flow as they would by themselves, until nobody has anything more to say.
    fn settle(&mut self) {
        for _ in 0..INPUTS_MAX {
            if self.bench.is_stopped() || !self.flow() {
                return;
            }
        }
        panic!("the machine runs in circles");
    }

    /// One thing that happens by itself; false if there is none.
    fn flow(&mut self) -> bool {
        let moves = |(conn, end): (&ConnId, &End)| {
            let slow = self.lines.get(conn).is_some_and(|line| line.slow);
            let speaks = end.closing.is_none() && end.reading && !end.incoming.is_empty();
            (end.unsent > 0 || end.closing.is_some() || speaks && !slow).then_some((
                *conn,
                end.unsent > 0,
                end.closing.is_some(),
            ))
        };
        let Some((conn, sends, is_closing)) = self.bench.ends().iter().find_map(moves) else {
            return false;
        };
        if !sends && is_closing {
            self.close(conn, CloseCause::Local);
            return true;
        }
        let said = if sends {
            self.bench.flush(conn, usize::MAX)
        } else {
            self.bench.deliver(conn, usize::MAX)
        };
        self.take(said);
        true
    }

    fn close(&mut self, conn: ConnId, cause: CloseCause) {
        self.lines.remove(&conn);
        let said = self.bench.close(conn, cause);
        self.take(said);
    }

    /// Takes what the machine asks for, and looks at it.
    fn take(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Send { conn, bytes } => {
                    self.assert_hidden(&bytes);
                    self.hear(conn, &bytes);
                }
                Output::Event(event) => {
                    self.assert_hidden(format!("{event}\n{event:?}").as_bytes());
                }
                Output::Store { changes, .. } => {
                    for change in changes.iter() {
                        if let StoreOp::Put { key, value } = change
                            && !key.starts_with("s/a/")
                        {
                            self.assert_hidden(value);
                        }
                    }
                }
                Output::Users { ask, result } => self.operator_hears(ask, &result),
                Output::Status(snapshot) => self.check_snapshot(&snapshot),
                Output::Connect { .. }
                | Output::WriteFile { .. }
                | Output::ReadFile { .. }
                | Output::RunCallHandler { .. } => panic!("a service asks for no such thing"),
                Output::Reading { .. }
                | Output::Close { .. }
                | Output::Load { .. }
                | Output::Hash { .. }
                | Output::Verify { .. }
                | Output::Probed { .. }
                | Output::Lifted { .. }
                | Output::Reloaded(_)
                | Output::Stopped => {}
            }
        }
    }

    fn assert_hidden(&self, bytes: &[u8]) {
        let canary = CANARY.as_bytes();
        let is_seen = self.keeps_secrets && bytes.windows(canary.len()).any(|part| part == canary);
        assert!(
            !is_seen,
            "a secret is seen: {}",
            String::from_utf8_lossy(bytes)
        );
    }

    fn hear(&mut self, conn: ConnId, bytes: &[u8]) {
        let Some(line) = self.lines.get_mut(&conn).filter(|line| !line.wild) else {
            return;
        };
        match line.http.receive(bytes) {
            Ok(Some(reply)) => {
                let asked = line.asked.take().expect("an answer to nothing");
                if let Some((place, ssid)) = asked.caller {
                    let response = reply.response;
                    let caller = &mut self.callers[place];
                    caller.hear(&ssid, &response, &self.durable, &mut self.groups);
                }
            }
            Ok(None) => {}
            Err(error) => panic!("what the service sends is no response: {error:?}"),
        }
    }

    /// Lets the store do what it is to do next, and remembers what has become durable.
    fn answer_disk(&mut self, fault: Option<StoreError>) {
        if let (Some(DiskRequest::Store(_, changes)), None) = (self.bench.disk(), fault) {
            for change in changes.iter() {
                if let StoreOp::Put { value, .. } = change {
                    let found = markers::found(value);
                    self.durable
                        .extend(found.into_iter().map(|marker| marker.number));
                }
            }
        }
        let said = self.bench.answer_disk(fault);
        self.take(said);
    }

    /// Does the password job of that place in the list.
    fn answer_job(&mut self, place: usize) {
        let Some((job, kind)) = self.bench.take_job(place) else {
            return;
        };
        let hash_of =
            |secret: &Secret| format!("{CANARY}{:016x}", fnv1a(secret.reveal().as_bytes()));
        let input = match kind {
            Job::Hash(secret) => Input::Hashed {
                job,
                hash: hash_of(&secret),
            },
            Job::Verify(secret, hash) => Input::Verified {
                job,
                ok: hash_of(&secret) == hash,
            },
            Job::Write | Job::Read => panic!("a service has no files"),
        };
        let said = self.bench.tell(input);
        self.take(said);
    }

    /// One answer as it should be; false if nobody waits for one.
    fn do_well(&mut self) -> bool {
        if self.bench.disk().is_some() {
            self.answer_disk(None);
        } else if !self.bench.jobs().is_empty() {
            self.answer_job(0);
        } else {
            return false;
        }
        true
    }

    /// Everybody does his best, for so long.
    fn calm(&mut self, most: Duration) {
        let end = self.bench.now().mono + most;
        for _ in 0..INPUTS_MAX {
            self.settle();
            if self.bench.is_stopped() {
                return;
            }
            if self.do_well() {
                continue;
            }
            let left = end.since(self.bench.now().mono);
            if left.is_zero() {
                return;
            }
            let said = self.bench.pass(left);
            self.take(said);
        }
        panic!("no end of it, though all is well");
    }

    /// All is well from now on: nothing may be left without an answer, and a drain comes to its end.
    fn finish(&mut self) {
        if !self.bench.is_stopped() && self.drained_at.is_none() {
            for line in self.lines.values_mut() {
                line.slow = false;
            }
            self.calm(CALM_WAIT);
            for (conn, line) in &self.lines {
                let is_owed = line.asked.is_some() && !line.wild;
                assert!(!is_owed, "{conn} has got no answer");
            }
            assert!(self.asks.is_empty(), "the operator has got no answer");
            self.drain();
        }
        while !self.bench.is_stopped() {
            let now = self.bench.now().mono;
            let took = now.since(self.drained_at.unwrap_or(now));
            assert!(
                took < self.config.limits.drain_wait,
                "the drain takes too long"
            );
            while self.options & DEAF_DRAIN == 0 && !self.bench.is_stopped() && self.do_well() {
                self.settle();
            }
            if !self.bench.is_stopped() {
                let said = self.bench.pass(self.config.limits.drain_wait);
                self.take(said);
            }
        }
    }

    fn drain(&mut self) {
        if self.drained_at.is_none() {
            self.drained_at = Some(self.bench.now().mono);
            let said = self.bench.tell(Input::Control(Control::Drain));
            self.take(said);
        }
    }
}
