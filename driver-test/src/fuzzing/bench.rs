//! A bench for one machine: a driver without a world, which does what a fuzzer chooses, when it chooses.
//! Never lets a machine get away with a broken contract.

mod book;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use imo2sproxy_core::io::{
    CloseCause, CloseHow, ConnId, Input, JobId, ListenerId, LoadId, Machine, Origin, Output,
    Outputs, Peer, StoreId,
};
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::store::{Query, Store as _, StoreError, StoreOp};
use imo2sproxy_core::time::{Instant, Now, UnixTime};

use imo2sproxy_core::store::MemoryStore;

/// The wall clock at the start, in milliseconds: 2012-07-11, when the protocol was in use.
const WALL_START_MILLIS: u64 = 1_341_999_000_000;

/// A machine with what its driver knows about it.
pub(super) struct Bench<M> {
    machine: M,
    mono: Instant,
    outputs: Outputs,
    ends: BTreeMap<ConnId, End>,
    used: BTreeSet<ConnId>,
    accepted: u32,
    asked: BTreeSet<Question>,
    disk: VecDeque<DiskRequest>,
    jobs: VecDeque<(JobId, Job)>,
    store: MemoryStore,
    started: bool,
    stopped: bool,
}

/// The machine's end of a connection.
#[derive(Debug)]
pub(super) struct End {
    /// Where it leads to, if the machine has opened it.
    pub(super) origin: Option<Origin>,
    pub(super) is_up: bool,
    /// How the machine has closed it, if it has.
    pub(super) closing: Option<CloseHow>,
    pub(super) reading: bool,
    /// How many bytes the machine has sent and not been told to have left.
    pub(super) unsent: usize,
    /// What the peer has sent and the machine has not received.
    pub(super) incoming: Vec<u8>,
}

/// Something that a machine waits for an answer to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Question {
    Store(StoreId),
    Load(LoadId),
    Job(JobId),
}

/// What the store is to do next.
#[derive(Debug)]
pub(super) enum DiskRequest {
    /// Make changes durable.
    Store(StoreId, Arc<Vec<StoreOp>>),
    /// Read.
    Load(LoadId, Vec<Query>),
}

/// What one of the workers is to do.
#[derive(Debug)]
pub(super) enum Job {
    /// Hash a password.
    Hash(Secret),
    /// Check a password.
    Verify(Secret, String),
    /// Write a file.
    Write,
    /// Read a file.
    Read,
}

impl DiskRequest {
    const fn question(&self) -> Question {
        match self {
            Self::Store(op, _) => Question::Store(*op),
            Self::Load(load, _) => Question::Load(*load),
        }
    }
}

impl<M: Machine> Bench<M> {
    /// A bench with an empty store; the machine has not been started.
    pub(super) fn new(machine: M) -> Self {
        Self {
            machine,
            mono: Instant::ZERO,
            outputs: Outputs::new(),
            ends: BTreeMap::new(),
            used: BTreeSet::new(),
            accepted: 0,
            asked: BTreeSet::new(),
            disk: VecDeque::new(),
            jobs: VecDeque::new(),
            store: MemoryStore::new(),
            started: false,
            stopped: false,
        }
    }

    /// Both clocks.
    pub(super) fn now(&self) -> Now {
        let wall = WALL_START_MILLIS.saturating_add(self.mono.as_micros() / 1000);
        Now {
            mono: self.mono,
            wall: UnixTime::from_millis(wall),
        }
    }

    /// True if the machine has said that it has stopped.
    pub(super) const fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// The connections that are there, those that the machine has closed included.
    pub(super) const fn ends(&self) -> &BTreeMap<ConnId, End> {
        &self.ends
    }

    /// A connection that is there and that the machine has not closed.
    pub(super) fn end_mut(&mut self, conn: ConnId) -> Option<&mut End> {
        let end = self.ends.get_mut(&conn);
        end.filter(|end| end.closing.is_none())
    }

    /// What is durable.
    pub(super) const fn store(&self) -> &MemoryStore {
        &self.store
    }

    /// What the store is to do next.
    pub(super) fn disk(&self) -> Option<&DiskRequest> {
        self.disk.front()
    }

    /// What the workers have to do, in the order in which they were asked.
    pub(super) const fn jobs(&self) -> &VecDeque<(JobId, Job)> {
        &self.jobs
    }

    /// When the machine wants a tick.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.machine.deadline()
    }

    /// Tells the machine something that a driver would, and gives what it asks for.
    pub(super) fn tell(&mut self, input: Input<'_>) -> Vec<Output> {
        assert!(!self.stopped, "nobody talks to a machine that has stopped");
        let is_tick = matches!(input, Input::Tick);
        self.machine.handle(self.now(), input, &mut self.outputs);
        let outputs: Vec<Output> = self.outputs.drain().collect();
        for output in &outputs {
            self.note(output);
        }
        let deadline = self.deadline();
        assert!(
            !is_tick || self.stopped || deadline.is_none_or(|at| at > self.mono),
            "after a tick at {:?} the deadline {deadline:?} does not lie ahead",
            self.mono
        );
        outputs
    }

    /// Lets at most `most` pass, until the machine wants a tick, which it gets.
    pub(super) fn pass(&mut self, most: Duration) -> Vec<Output> {
        let until = self.mono + most;
        let due = self.deadline().map_or(until, |at| at.min(until));
        self.mono = self.mono.max(due);
        self.tell(Input::Tick)
    }

    /// Lets somebody come.
    pub(super) fn accept(&mut self, listener: u32, peer: Peer) -> (ConnId, Vec<Output>) {
        let conn = ConnId::Client(self.accepted);
        self.accepted += 1;
        self.open(conn, None);
        let listener = ListenerId(listener);
        let said = self.tell(Input::Accepted {
            conn,
            listener,
            peer,
        });
        (conn, said)
    }

    /// Brings up a connection that the machine has asked for.
    pub(super) fn connect(&mut self, conn: ConnId) -> Vec<Output> {
        match self.end_mut(conn) {
            Some(end) if !end.is_up => end.is_up = true,
            Some(_) | None => return Vec::new(),
        }
        self.tell(Input::Connected { conn })
    }

    /// Ends a connection that is there.
    pub(super) fn close(&mut self, conn: ConnId, cause: CloseCause) -> Vec<Output> {
        let Some(end) = self.ends.remove(&conn) else {
            return Vec::new();
        };
        let cause = if end.closing.is_some() {
            CloseCause::Local
        } else {
            cause
        };
        self.tell(Input::Closed { conn, cause })
    }

    /// Hands over up to `most` bytes that a peer has sent, if the machine reads them now.
    pub(super) fn deliver(&mut self, conn: ConnId, most: usize) -> Vec<Output> {
        let Some(end) = self.end_mut(conn).filter(|end| end.is_up && end.reading) else {
            return Vec::new();
        };
        let count = most.min(end.incoming.len());
        let bytes: Vec<u8> = end.incoming.drain(..count).collect();
        if bytes.is_empty() {
            return Vec::new();
        }
        self.tell(Input::Received {
            conn,
            bytes: &bytes,
        })
    }

    /// Lets up to `most` bytes leave that the machine has sent.
    pub(super) fn flush(&mut self, conn: ConnId, most: usize) -> Vec<Output> {
        let Some(end) = self.ends.get_mut(&conn).filter(|end| end.is_up) else {
            return Vec::new();
        };
        let count = most.min(end.unsent);
        end.unsent -= count;
        if count == 0 {
            return Vec::new();
        }
        self.tell(Input::Sent { conn, count })
    }

    /// Lets the store do what it is to do next. Nothing is done if it fails.
    pub(super) fn answer_disk(&mut self, fault: Option<StoreError>) -> Vec<Output> {
        match self.disk.pop_front() {
            None => Vec::new(),
            Some(DiskRequest::Store(op, changes)) => {
                self.asked.remove(&Question::Store(op));
                let result = fault.map_or(Ok(()), Err);
                let result = result.and_then(|()| self.store.apply(&changes));
                self.tell(Input::Stored { op, result })
            }
            Some(DiskRequest::Load(load, queries)) => {
                self.asked.remove(&Question::Load(load));
                let mut records = Vec::new();
                let result = fault.map_or(Ok(()), Err).and_then(|()| {
                    queries
                        .iter()
                        .try_for_each(|query| self.store.query(query, &mut records))
                });
                let result = result.map(|()| records);
                self.tell(Input::Loaded { load, result })
            }
        }
    }

    /// Takes a job off the list, whose answer is told next.
    pub(super) fn take_job(&mut self, index: usize) -> Option<(JobId, Job)> {
        let (id, job) = self.jobs.remove(index)?;
        self.asked.remove(&Question::Job(id));
        Some((id, job))
    }

    /// Enters what the machine asks for, if it may ask for it.
    fn note(&mut self, output: &Output) {
        assert!(
            !self.stopped || matches!(output, Output::Event(_)),
            "a machine that has stopped asks for {output:?}"
        );
        match output {
            Output::Connect { conn, origin } => {
                assert!(matches!(conn, ConnId::Upstream(_)), "a client's name");
                self.open(*conn, Some(origin.clone()));
            }
            Output::Send { conn, bytes } => self.own(*conn, "sends on").unsent += bytes.len(),
            Output::Reading { conn, on } => self.own(*conn, "reads").reading = *on,
            Output::Close { conn, how } => {
                let end = self.own(*conn, "closes");
                end.closing = Some(*how);
                end.incoming.clear();
                if *how == CloseHow::Abort || !end.is_up {
                    end.unsent = 0;
                }
            }
            Output::Load { load, queries } => {
                self.ask(Question::Load(*load));
                let request = DiskRequest::Load(*load, queries.clone());
                self.disk.push_back(request);
            }
            Output::Store { op, changes } => {
                self.ask(Question::Store(*op));
                let request = DiskRequest::Store(*op, Arc::clone(changes));
                self.disk.push_back(request);
            }
            Output::Hash { job, secret } => self.ask_worker(*job, Job::Hash(secret.clone())),
            Output::Verify { job, secret, hash } => {
                self.ask_worker(*job, Job::Verify(secret.clone(), hash.clone()));
            }
            Output::WriteFile { job, .. } => self.ask_worker(*job, Job::Write),
            Output::ReadFile { job, .. } => self.ask_worker(*job, Job::Read),
            Output::Stopped => self.stopped = true,
            Output::RunCallHandler { .. }
            | Output::Status(_)
            | Output::Users { .. }
            | Output::Probed { .. }
            | Output::Lifted { .. }
            | Output::Reloaded(_)
            | Output::Event(_) => {}
        }
    }

    fn open(&mut self, conn: ConnId, origin: Option<Origin>) {
        assert!(self.used.insert(conn), "{conn} was opened before");
        let end = End {
            is_up: origin.is_none(),
            origin,
            closing: None,
            reading: true,
            unsent: 0,
            incoming: Vec::new(),
        };
        self.ends.insert(conn, end);
    }

    /// A connection that the machine speaks of, and may speak of.
    fn own(&mut self, conn: ConnId, what: &str) -> &mut End {
        let Some(end) = self.ends.get_mut(&conn) else {
            panic!("the machine {what} {conn}, which is not there");
        };
        assert!(
            end.closing.is_none(),
            "the machine {what} {conn} after closing it"
        );
        end
    }

    fn ask(&mut self, question: Question) {
        assert!(
            self.asked.insert(question),
            "{question:?} is asked while it waits for its answer"
        );
    }

    fn ask_worker(&mut self, id: JobId, job: Job) {
        self.ask(Question::Job(id));
        self.jobs.push_back((id, job));
    }
}
