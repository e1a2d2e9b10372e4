//! The daemon between clients and services that a fuzzer plays: whatever comes, in whatever order and pieces.
//! Never answers a machine by itself before the data is used up: then all is well, and nothing may be owed.

mod commands;
mod house;
mod notices;
mod operator;
mod play;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::io::{AskId, CloseCause, CloseHow, ConnId, Control, Input};
use imo2sproxy_core::proxy::Proxy;
use imo2sproxy_core::rng::Seed;
use imo2sproxy_core::time::Instant;

use super::bench::{Bench, End};
use super::far::Far;
use super::reader::Reader;
use super::visitor::Visitor;

/// How all secrets begin. Data that holds this may well make it seen.
const CANARY: &[u8] = b"Canary";
/// Bits of the first byte.
const VERBOSE: u8 = 1;
const LOCAL_TIME: u8 = 2;
const OLD_DIALECT: u8 = 4;
const LINGERS: u8 = 8;
/// All is well until both accounts are online.
const BEGINS_ONLINE: u8 = 16;
/// The end of a connection that the machine closes is told late.
const LATE_CLOSES: u8 = 32;
/// Nobody answers in the drain.
const DEAF_DRAIN: u8 = 64;
/// There are more accounts, guests, and listeners of all kinds.
const HOUSE: u8 = 128;
/// Inputs that may follow from one deed before it counts as a circle.
const INPUTS_MAX: usize = 20_000;
/// How long all may take to come to rest when nothing goes wrong any more.
const CALM_WAIT: Duration = Duration::from_secs(900);

/// The first byte says how the daemon is configured; every deed takes a byte and what belongs to it.
///
/// # Panics
/// If the daemon breaks the contract of machines, shows a secret, confirms what is not durable, answers a command
/// twice or somebody else's, keeps more than its limits say, leaves a command without an answer though all is well in
/// the end, or does not stop in time.
pub fn proxy_inputs(data: &[u8]) {
    let mut reader = Reader::new(data);
    let mut run = Run::new(reader.byte(), data);
    let said = run.bench.tell(Input::Start);
    run.take(said);
    if run.has(BEGINS_ONLINE) {
        run.calm(Duration::from_secs(5));
    }
    while !reader.is_done() && !run.bench.is_stopped() {
        run.act(&mut reader);
        run.settle();
    }
    run.finish();
}

fn limits() -> Limits {
    Limits {
        frame_bytes_before_login: 256,
        frame_bytes: 2048,
        body_bytes: 512,
        calls_waiting: 6,
        call_bytes_waiting: 1024,
        unsent_bytes_soft: 1024,
        unsent_bytes: 4096,
        head_bytes: 2048,
        response_bytes: 16 * 1024,
        messages_kept: 12,
        messages_cached: 3,
        mids: 8,
        account_bytes: 256 * 1024,
        contacts: 12,
        chats: 6,
        contact_groups: 4,
        calls_kept: 4,
        avatar_bytes: 512,
        avatars_cached: 1024,
        fetches: 3,
        logins: 1,
        unauthenticated: 3,
        cursors: 3,
        guests: 1,
        files: 2,
        ..Limits::default()
    }
}

/// A daemon with all who talk to it, and what has been seen of it.
struct Run {
    options: u8,
    limits: Limits,
    bench: Bench<Proxy>,
    visitors: BTreeMap<ConnId, Visitor>,
    /// The services of the accounts, and that of guests.
    fars: Vec<Far>,
    /// Probes that have no verdict, and since when.
    probes: BTreeMap<AskId, Instant>,
    asked: u64,
    /// Keys of messages that were durable at some time.
    durable: BTreeSet<String>,
    /// The data says no secret: whoever shows one has it from the configuration.
    keeps_secrets: bool,
    drained_at: Option<Instant>,
}

impl Run {
    fn new(options: u8, data: &[u8]) -> Self {
        let is_canary = |part: &[u8]| part == CANARY;
        Self {
            options,
            limits: limits(),
            bench: Bench::new(Proxy::new(house::config(options, 0), Seed::from_number(1))),
            visitors: BTreeMap::new(),
            fars: house::services(options)
                .iter()
                .map(|_| Far::default())
                .collect(),
            probes: BTreeMap::new(),
            asked: 0,
            durable: BTreeSet::new(),
            keeps_secrets: !data.windows(CANARY.len()).any(is_canary),
            drained_at: None,
        }
    }

    const fn has(&self, option: u8) -> bool {
        self.options & option != 0
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
        let ready = self.bench.ends().iter().find_map(|(conn, end)| {
            let slow = self.visitors.get(conn).is_some_and(Visitor::is_slow);
            let sends = end.is_up && end.unsent > 0 && !slow;
            let gone = end.closing.is_some() && (end.unsent == 0 || !end.is_up);
            let ends = gone && !self.has(LATE_CLOSES);
            let hears =
                end.is_up && end.reading && !end.incoming.is_empty() && end.closing.is_none();
            (sends || ends || hears && !slow).then_some((*conn, sends, ends))
        });
        let Some((conn, sends, ends)) = ready else {
            return false;
        };
        if sends {
            self.flush(conn, usize::MAX);
        } else if ends {
            self.close(conn, CloseCause::Local);
        } else {
            let said = self.bench.deliver(conn, usize::MAX);
            self.take(said);
        }
        true
    }

    /// Bytes leave; a client that gets them answers what its wire has to.
    fn flush(&mut self, conn: ConnId, most: usize) {
        let unsent = self.bench.ends().get(&conn).map_or(0, |end| end.unsent);
        let said = self.bench.flush(conn, most);
        self.take(said);
        if let Some(visitor) = self.visitors.get_mut(&conn) {
            let lines = visitor.take(most.min(unsent));
            let answer = visitor.answer();
            if let Some(end) = self.bench.end_mut(conn) {
                end.incoming.extend(answer);
            }
            for line in lines {
                self.heard(conn, &line);
            }
        }
    }

    fn close(&mut self, conn: ConnId, cause: CloseCause) {
        let said = self.bench.close(conn, cause);
        self.visitors.remove(&conn);
        for far in &mut self.fars {
            far.closed(conn);
        }
        self.take(said);
    }

    /// Everybody does his best, for so long or until nobody has anything to do.
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
            if left.is_zero() || self.owes_nothing() {
                return;
            }
            let said = self.bench.pass(left.min(Duration::from_secs(25)));
            self.take(said);
            for far in &mut self.fars {
                far.hold_over(self.bench.now().mono);
            }
        }
        panic!("no end of it, though all is well");
    }

    /// One answer as it should be; false if nobody waits for one.
    fn do_well(&mut self) -> bool {
        let opening =
            |(conn, end): (&ConnId, &End)| (!end.is_up && end.closing.is_none()).then_some(*conn);
        let gone = |(conn, end): (&ConnId, &End)| {
            let gone = end.closing == Some(CloseHow::Abort) || end.unsent == 0 || !end.is_up;
            (end.closing.is_some() && gone).then_some(*conn)
        };
        if self.bench.disk().is_some() {
            self.answer_disk(None);
        } else if !self.bench.jobs().is_empty() {
            self.answer_job(0, true);
        } else if let Some(conn) = self.bench.ends().iter().find_map(gone) {
            self.close(conn, CloseCause::Local);
        } else if let Some(conn) = self.bench.ends().iter().find_map(opening) {
            let said = self.bench.connect(conn);
            self.take(said);
        } else {
            return self.answer_one();
        }
        true
    }

    /// An answer of a service, as it should be; false if nobody waits for one that can be given now.
    fn answer_one(&mut self) -> bool {
        let now = self.bench.now();
        for far in &mut self.fars {
            if let Some((conn, bytes)) = far.answer_any(now) {
                if let Some(end) = self.bench.end_mut(conn) {
                    end.incoming.extend(bytes);
                }
                return true;
            }
        }
        false
    }

    /// All is well from now on: nothing may be left without an answer, and a drain comes to its end.
    fn finish(&mut self) {
        if !self.bench.is_stopped() && self.drained_at.is_none() {
            self.dismiss_odd_visitors();
            self.calm(CALM_WAIT);
            for (conn, visitor) in &self.visitors {
                let is_here = self.bench.ends().get(conn);
                if is_here.is_some_and(|end| end.closing.is_none()) {
                    visitor.assert_owed_nothing(*conn);
                }
            }
            self.drain();
        }
        while !self.bench.is_stopped() {
            let now = self.bench.now().mono;
            let drained_at = self.drained_at.unwrap_or(now);
            assert!(
                now.since(drained_at) < self.limits.drain_wait,
                "the drain takes too long"
            );
            if !self.has(DEAF_DRAIN) {
                self.settle();
                while !self.bench.is_stopped() && self.do_well() {
                    self.settle();
                }
            }
            if !self.bench.is_stopped() {
                let said = self.bench.pass(self.limits.drain_wait);
                self.take(said);
            }
        }
    }

    fn drain(&mut self) {
        self.drained_at = self.drained_at.or(Some(self.bench.now().mono));
        let said = self.bench.tell(Input::Control(Control::Drain));
        self.take(said);
    }

    /// Those whose bytes nobody has checked go; the others begin to read what they are sent.
    fn dismiss_odd_visitors(&mut self) {
        let conns: Vec<ConnId> = self.visitors.keys().copied().collect();
        for conn in conns {
            let visitor = self.visitors.get_mut(&conn);
            if visitor.is_some_and(Visitor::becomes_well) {
                continue;
            }
            self.close(conn, CloseCause::Reset);
        }
    }

    /// True if no visitor waits for an answer.
    fn owes_nothing(&self) -> bool {
        // An account that was taken out, or a guest who is not there, has no service that could know it.
        let mut fars = self.fars.iter();
        self.visitors.values().all(Visitor::is_owed_nothing)
            && fars.all(|far| far.is_known() || self.has(HOUSE) && far.is_alone())
    }
}
