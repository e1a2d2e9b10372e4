//! A driver by hand for benchmarks of whole machines: clocks, connections and a store in memory.
//! Never measures anything, and never waits: time is what the benchmark says it is.
//!
//! What it does between two inputs allocates nothing once it is warm, but for answers to loads: so allocations that are
//! counted around it are the machine's.

use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::ops::Range;
use std::time::Duration;

use imo2sproxy_core::config::{AccountConfig, Config, Listener, Upstream, WireKind};
use imo2sproxy_core::io::{
    CloseCause, ConnId, Input, JobId, ListenerId, LoadId, Machine, Output, Outputs, Peer, StoreId,
};
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::store::{Key, MemoryStore, Query, Record, Store as _, StoreOp};
use imo2sproxy_core::time::{Instant, Now, UnixTime};

/// The wall clock at the start, in milliseconds.
const WALL_START: u64 = 1_400_000_000_000;
/// How long one input takes: so that no two things are due in the same moment for ever.
const INPUT_TIME: Duration = Duration::from_micros(1);
/// Room for what is under way, so that nothing grows while it is measured.
const ROOM: usize = 64 * 1024;

/// Where the client programs run.
pub(crate) fn here() -> Peer {
    Peer::Net(([127, 0, 0, 1], 40_000).into())
}

/// The daemon of these users, with a listener for each, in order.
pub(crate) fn config(names: &[String], upstream: &Upstream) -> Config {
    let listener = |name: &String| Listener {
        kind: WireKind::SkypeProxy,
        account: Some(name.clone()),
        open: true,
    };
    let account = |name: &String| AccountConfig {
        name: name.clone(),
        username: name.clone(),
        password: Secret::from("secret"),
        access: None,
        upstream: upstream.clone(),
    };
    Config {
        listeners: names.iter().map(listener).collect(),
        accounts: names.iter().map(account).collect(),
        always_on: true,
        ..Config::default()
    }
}

/// What the machine is to be told next.
#[derive(Debug)]
enum Answer {
    Connected(ConnId),
    Sent(ConnId, usize),
    Closed(ConnId),
    Loaded(LoadId, Vec<Query>),
    Stored(StoreId),
    Hashed(JobId),
    Verified(JobId),
}

/// A change of the store.
#[derive(Debug)]
enum Change {
    Put(Key, Range<usize>),
    Remove(Key),
    RemoveAll(String),
}

/// A machine and the world around it.
#[derive(Debug)]
pub(crate) struct Driver<M> {
    machine: M,
    now: Now,
    outputs: Outputs,
    list: Vec<Output>,
    answers: VecDeque<Answer>,
    records: MemoryStore,
    /// Changes that are durable and that nobody has asked for since; where their values are in `values`.
    changes: Vec<Change>,
    values: Vec<u8>,
    /// What was sent to each client and each service since it was last looked at.
    heard: BTreeMap<ConnId, Vec<u8>>,
    clients: u32,
}

impl<M: Machine> Driver<M> {
    /// Starts the machine on an empty store.
    pub(crate) fn start(machine: M) -> Self {
        let mono = Instant::ZERO;
        let wall = UnixTime::from_millis(WALL_START);
        let mut driver = Self {
            machine,
            now: Now { mono, wall },
            outputs: Outputs::new(),
            list: Vec::with_capacity(ROOM / 64),
            answers: VecDeque::with_capacity(ROOM / 64),
            records: MemoryStore::new(),
            changes: Vec::with_capacity(ROOM / 64),
            values: Vec::with_capacity(ROOM),
            heard: BTreeMap::new(),
            clients: 0,
        };
        driver.tell(Input::Start);
        driver
    }

    /// Gives the machine one input; what it asks for is left where it is.
    pub(crate) fn handle(&mut self, input: Input<'_>) {
        self.machine.handle(self.now, input, &mut self.outputs);
    }

    /// What the machine has asked for and [`Driver::perform`] has not done.
    pub(crate) fn asked(&self) -> &[Output] {
        self.outputs.as_slice()
    }

    /// Takes what the machine has asked for as done, and hands back the memory of what it sent.
    pub(crate) fn hand_back(&mut self) {
        let mut list = mem::take(&mut self.list);
        self.outputs.swap(&mut list);
        for output in list.drain(..) {
            if let Output::Send { bytes, .. } = output {
                self.outputs.give_back(bytes);
            }
        }
        self.list = list;
    }

    /// Gives the machine one input, and does what it asks for; the answers wait.
    pub(crate) fn tell(&mut self, input: Input<'_>) {
        self.handle(input);
        self.perform();
    }

    /// Does what the machine has asked for; the answers wait.
    pub(crate) fn perform(&mut self) {
        let mono = self.now.mono + INPUT_TIME;
        let wall = UnixTime::from_millis(WALL_START + mono.as_micros() / 1000);
        self.now = Now { mono, wall };
        let mut list = mem::take(&mut self.list);
        self.outputs.swap(&mut list);
        for output in list.drain(..) {
            self.perform_one(output);
        }
        self.list = list;
    }

    fn perform_one(&mut self, output: Output) {
        match output {
            Output::Connect { conn, .. } => {
                self.heard.insert(conn, Vec::with_capacity(ROOM));
                self.answers.push_back(Answer::Connected(conn));
            }
            Output::Send { conn, bytes } => {
                self.answers.push_back(Answer::Sent(conn, bytes.len()));
                if let Some(heard) = self.heard.get_mut(&conn) {
                    heard.extend_from_slice(&bytes);
                }
                self.outputs.give_back(bytes);
            }
            Output::Close { conn, .. } => {
                self.heard.remove(&conn);
                self.answers.push_back(Answer::Closed(conn));
            }
            Output::Load { load, queries } => {
                self.answers.push_back(Answer::Loaded(load, queries));
            }
            Output::Store { op, changes } => {
                self.note(&changes);
                self.answers.push_back(Answer::Stored(op));
            }
            Output::Hash { job, .. } => self.answers.push_back(Answer::Hashed(job)),
            Output::Verify { job, .. } => self.answers.push_back(Answer::Verified(job)),
            Output::Reading { .. }
            | Output::WriteFile { .. }
            | Output::ReadFile { .. }
            | Output::RunCallHandler { .. }
            | Output::Status(_)
            | Output::Users { .. }
            | Output::Probed { .. }
            | Output::Lifted { .. }
            | Output::Reloaded(_)
            | Output::Stopped
            | Output::Event(_) => {}
        }
    }

    /// Gives the machine the next answer that it waits for; false if there is none.
    pub(crate) fn answer(&mut self) -> bool {
        let answer = self.answers.pop_front();
        answer.map(|answer| self.give(answer)).is_some()
    }

    /// Tells the machine that the next transaction is durable, whatever else it waits for; false if there is none.
    pub(crate) fn answer_store(&mut self) -> bool {
        let is_stored = |answer: &Answer| matches!(answer, Answer::Stored(_));
        let at = self.answers.iter().position(is_stored);
        let answer = at.and_then(|at| self.answers.remove(at));
        answer.map(|answer| self.give(answer)).is_some()
    }

    fn give(&mut self, answer: Answer) {
        match answer {
            Answer::Connected(conn) => self.tell(Input::Connected { conn }),
            Answer::Sent(conn, count) => self.tell(Input::Sent { conn, count }),
            Answer::Closed(conn) => self.tell(Input::Closed {
                conn,
                cause: CloseCause::Local,
            }),
            Answer::Loaded(load, queries) => {
                self.write();
                let result = Ok(self.load(&queries));
                self.tell(Input::Loaded { load, result });
            }
            Answer::Stored(op) => self.tell(Input::Stored { op, result: Ok(()) }),
            Answer::Hashed(job) => self.tell(Input::Hashed {
                job,
                hash: "$hash".into(),
            }),
            Answer::Verified(job) => self.tell(Input::Verified { job, ok: true }),
        }
    }

    /// Gives the machine all answers that it waits for.
    pub(crate) fn answer_all(&mut self) {
        while self.answer() {}
    }

    /// Does all that is to be done now, outside of what is measured.
    pub(crate) fn settle(&mut self) {
        self.perform();
        self.answer_all();
        self.write();
    }

    /// Moves the clock to the machine's next deadline.
    pub(crate) fn wait(&mut self) {
        if let Some(at) = self.machine.deadline() {
            self.now.mono = self.now.mono.max(at);
        }
    }

    /// Lets time pass, with all that is due in it; says how often something was due.
    pub(crate) fn run(&mut self, time: Duration) -> usize {
        let until = self.now.mono + time;
        let mut ticks = 0;
        self.settle();
        while self.machine.deadline().is_some_and(|at| at <= until) {
            self.wait();
            self.tell(Input::Tick);
            self.settle();
            ticks += 1;
        }
        self.now.mono = self.now.mono.max(until);
        ticks
    }

    /// A client comes to a listener, ready to be told notices.
    pub(crate) fn client(&mut self, listener: u32) -> ConnId {
        let conn = ConnId::Client(self.clients);
        self.clients += 1;
        self.heard.insert(conn, Vec::with_capacity(ROOM));
        let (listener, peer) = (ListenerId(listener), here());
        self.tell(Input::Accepted {
            conn,
            listener,
            peer,
        });
        for line in ["NAME bench", "PROTOCOL 7"] {
            let bytes = &frame(line);
            self.tell(Input::Received { conn, bytes });
            self.settle();
        }
        conn
    }

    /// Whether the connection is there.
    pub(crate) fn is_open(&self, conn: ConnId) -> bool {
        self.heard.contains_key(&conn)
    }

    /// What was sent there since the last time.
    pub(crate) fn heard(&mut self, conn: ConnId) -> Vec<u8> {
        let heard = self.heard.get_mut(&conn).expect("an open connection");
        let bytes = heard.clone();
        heard.clear();
        bytes
    }

    /// Forgets what was sent; keeps the memory.
    pub(crate) fn forget(&mut self) {
        for heard in self.heard.values_mut() {
            heard.clear();
        }
    }

    /// True if nothing was sent there since the last time.
    pub(crate) fn is_silent(&self, conn: ConnId) -> bool {
        self.heard.get(&conn).is_none_or(Vec::is_empty)
    }

    /// Forgets what was sent to a client; keeps the memory.
    pub(crate) fn forget_client(&mut self, conn: ConnId) {
        if let Some(heard) = self.heard.get_mut(&conn) {
            heard.clear();
        }
    }

    /// Notes changes down, so that the machine has their memory back.
    fn note(&mut self, changes: &[StoreOp]) {
        for change in changes {
            self.changes.push(match change {
                StoreOp::Put { key, value } => {
                    let start = self.values.len();
                    self.values.extend_from_slice(value);
                    Change::Put(key.clone(), start..self.values.len())
                }
                StoreOp::Remove { key } => Change::Remove(key.clone()),
                StoreOp::RemoveAll { prefix } => Change::RemoveAll(prefix.clone()),
            });
        }
    }

    /// Brings the records up to date.
    fn write(&mut self) {
        for change in self.changes.drain(..) {
            let change = match change {
                Change::Put(key, range) => {
                    let value = self.values[range].to_vec();
                    StoreOp::Put { key, value }
                }
                Change::Remove(key) => StoreOp::Remove { key },
                Change::RemoveAll(prefix) => StoreOp::RemoveAll { prefix },
            };
            self.records.apply(&[change]).expect("a map takes all");
        }
        self.values.clear();
    }

    fn load(&mut self, queries: &[Query]) -> Vec<Record> {
        let mut records = Vec::new();
        for query in queries {
            let read = self.records.query(query, &mut records);
            read.expect("a map can be read");
        }
        records
    }
}

/// A line as a client's frame, as SkypeProxy has it.
pub(crate) fn frame(line: &str) -> Vec<u8> {
    let length = u32::try_from(line.len()).expect("lines of benchmarks are short");
    let mut bytes = length.to_le_bytes().to_vec();
    bytes.extend_from_slice(line.as_bytes());
    bytes
}
