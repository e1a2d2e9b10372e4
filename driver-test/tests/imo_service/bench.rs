//! A service on its own, with a store that answers when the test lets it, and clients that speak plain HTTP.
//! Never uses the link: what a client sends is written down by hand.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use imo2sproxy_core::config::{Limits, Registration, ServiceConfig};
use imo2sproxy_core::event::Event;
use imo2sproxy_core::imo::service::Service;
use imo2sproxy_core::io::{
    AskId, ConnId, Control, Input, JobId, LoadId, Machine, Output, Outputs, StoreId, UserError,
    UserOp, UserPage,
};
use imo2sproxy_core::rng::Seed;
use imo2sproxy_core::store::{Query, Store, StoreError, StoreOp};
use imo2sproxy_core::time::{Instant, Now, UnixTime};
use imo2sproxy_sim::MemoryStore;

mod clients;
use clients::Client;

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// What the service waits for.
#[derive(Debug)]
enum Job {
    Load(LoadId, Vec<Query>),
    Store(StoreId, Arc<Vec<StoreOp>>),
    Hash(JobId, String),
    Verify(JobId, String, String),
}

pub(crate) struct Bench {
    registration: Registration,
    service: Service,
    pub(crate) now: Now,
    pub(crate) store: MemoryStore,
    clients: BTreeMap<ConnId, Client>,
    next_conn: u32,
    out: Outputs,
    jobs: VecDeque<Job>,
    /// Whether the store makes changes durable; if not, they wait.
    pub(crate) stores: bool,
    /// Whether the store can be read.
    pub(crate) loads: bool,
    /// So many loads are answered before the store cannot be read any more.
    loads_left: Option<u32>,
    /// Whether anything is read or hashed; if not, it waits.
    pub(crate) works: bool,
    /// Whether anything is read; if not, it waits.
    pub(crate) reads: bool,
    /// Whether new passwords are hashed; if not, they wait.
    pub(crate) hashes: bool,
    pub(crate) events: Vec<Event>,
    /// How often the operator has asked for something.
    asked: u64,
    /// What the operator was answered.
    pub(crate) answers: Vec<Result<UserPage, UserError>>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    pub(crate) fn with_limits(limits: Limits) -> Self {
        let config = ServiceConfig {
            registration: Registration::Open,
            limits,
            ..ServiceConfig::default()
        };
        Self {
            registration: Registration::Open,
            service: Service::new(config, Seed::from_number(1)),
            now: Now {
                mono: Instant::ZERO,
                wall: UnixTime::from_seconds(1_400_000_000),
            },
            store: MemoryStore::new(),
            clients: BTreeMap::new(),
            next_conn: 0,
            out: Outputs::new(),
            jobs: VecDeque::new(),
            stores: true,
            loads: true,
            loads_left: None,
            works: true,
            reads: true,
            hashes: true,
            events: Vec::new(),
            asked: 0,
            answers: Vec::new(),
        }
    }

    /// A service that nobody can register with.
    pub(crate) fn closed() -> Self {
        let config = ServiceConfig::default();
        Self {
            registration: config.registration,
            service: Service::new(config, Seed::from_number(1)),
            ..Self::new()
        }
    }

    /// The machine dies and another takes its place, with the same store.
    pub(crate) fn restart(&mut self) {
        let store = std::mem::take(&mut self.store);
        let fresh = match self.registration {
            Registration::Closed => Self::closed(),
            Registration::Open | Registration::Embedded => Self::new(),
        };
        *self = Self {
            store,
            now: self.now,
            ..fresh
        };
    }

    fn input(&mut self, input: Input<'_>) {
        self.service.handle(self.now, input, &mut self.out);
        self.service.check_invariants();
        let said: Vec<Output> = self.out.drain().collect();
        for output in said {
            match output {
                Output::Send { conn, bytes } => self.sent(conn, &bytes),
                Output::Close { conn, .. } => {
                    if let Some(client) = self.clients.get_mut(&conn) {
                        client.closed = true;
                    }
                }
                Output::Load { load, queries } => self.jobs.push_back(Job::Load(load, queries)),
                Output::Store { op, changes } => self.jobs.push_back(Job::Store(op, changes)),
                Output::Hash { job, secret } => {
                    let secret = secret.reveal().to_owned();
                    self.jobs.push_back(Job::Hash(job, secret));
                }
                Output::Verify { job, secret, hash } => {
                    let secret = secret.reveal().to_owned();
                    self.jobs.push_back(Job::Verify(job, secret, hash));
                }
                Output::Users { ask, result } => {
                    assert_eq!(ask, AskId(self.asked), "the question that was asked");
                    self.answers.push(result);
                }
                Output::Event(event) => self.events.push(event),
                Output::Connect { .. }
                | Output::Reading { .. }
                | Output::WriteFile { .. }
                | Output::ReadFile { .. }
                | Output::RunCallHandler { .. }
                | Output::Status(_)
                | Output::Probed { .. }
                | Output::Lifted { .. }
                | Output::Reloaded(_)
                | Output::Stopped => {}
            }
        }
    }

    /// The operator asks for something; what he is answered is in `answers`.
    pub(crate) fn operate(&mut self, op: UserOp) {
        self.asked += 1;
        let ask = AskId(self.asked);
        self.input(Input::Control(Control::Users { ask, op }));
        self.settle();
    }

    /// The service is to end in good order.
    pub(crate) fn drain(&mut self) {
        self.input(Input::Control(Control::Drain));
        self.settle();
    }

    /// Does all that can be done at once.
    pub(crate) fn settle(&mut self) {
        let mut waiting = VecDeque::new();
        while let Some(job) = self.jobs.pop_front() {
            let can = match job {
                Job::Store(..) => self.stores,
                Job::Load(..) => self.works && self.reads,
                Job::Hash(..) => self.works && self.hashes,
                Job::Verify(..) => self.works,
            };
            if can {
                self.work(job);
            } else {
                waiting.push_back(job);
            }
        }
        self.jobs = waiting;
    }

    /// The password that was handed over last is hashed before those that wait for longer.
    pub(crate) fn hash_newest(&mut self) {
        let job = self.jobs.pop_back().expect("a job");
        assert!(matches!(job, Job::Hash(..)));
        self.work(job);
        self.settle();
    }

    fn work(&mut self, job: Job) {
        match job {
            Job::Load(load, queries) => {
                let mut records = Vec::new();
                for query in &queries {
                    self.store.query(query, &mut records).unwrap();
                }
                if let Some(left) = &mut self.loads_left {
                    self.loads = *left > 0;
                    *left = left.saturating_sub(1);
                    if !self.loads {
                        self.loads_left = None;
                    }
                }
                let result = if self.loads {
                    Ok(records)
                } else {
                    Err(StoreError::Io)
                };
                self.input(Input::Loaded { load, result });
            }
            Job::Store(op, changes) => {
                self.store.apply(&changes).unwrap();
                self.input(Input::Stored { op, result: Ok(()) });
            }
            Job::Hash(job, secret) => {
                let hash = format!("hash of {secret}");
                self.input(Input::Hashed { job, hash });
            }
            Job::Verify(job, secret, hash) => {
                let ok = hash == format!("hash of {secret}");
                self.input(Input::Verified { job, ok });
            }
        }
    }

    fn sent(&mut self, conn: ConnId, bytes: &[u8]) {
        let client = self.clients.get_mut(&conn).expect("an open connection");
        assert!(!client.closed, "sends after it closed");
        client.raw.extend_from_slice(bytes);
        if let Some(reply) = client.http.receive(bytes).unwrap() {
            client.responses.push_back(reply.response);
            client.busy = false;
        }
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, time: Duration) {
        let until = self.now.mono + time;
        while let Some(at) = self.service.deadline().filter(|at| *at <= until) {
            assert!(at >= self.now.mono, "a deadline that has passed");
            self.now.mono = at;
            self.input(Input::Tick);
            self.settle();
            let next = self.service.deadline();
            assert!(next.is_none_or(|next| next > at), "it wakes up for nothing");
        }
        self.now.mono = until;
    }

    /// The store cannot be read any more after so many loads.
    pub(crate) const fn fails_after(&mut self, loads: u32) {
        self.loads_left = Some(loads);
    }

    /// How many machines' answers are being waited for.
    pub(crate) fn waiting(&self) -> usize {
        self.jobs.len()
    }
}
