//! One host of a world: a machine with its connections and its disk, and the book that is kept about them.
//! Never decides when something happens.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;

use imo2sproxy_core::event::Event;
use imo2sproxy_core::io::{ConnId, FileError, JobId, LoadId, Machine, Output, StoreId};
use imo2sproxy_core::rng::{Rng, Seed};
use imo2sproxy_core::store::{Query, Record, StoreError, StoreOp};
use imo2sproxy_core::time::Instant;

use crate::folder::Folder;
use crate::net::{ConnKey, Side};
use crate::tape::{Resident, Tape};
use crate::world::Alarm;
use imo2sproxy_core::store::MemoryStore;

/// One run of a host's machine: what was meant for an earlier one is void.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Life {
    pub(crate) host: usize,
    pub(crate) number: u32,
}

/// A request to the disk.
#[derive(Debug)]
pub(crate) enum DiskRequest {
    Store(StoreId, Arc<Vec<StoreOp>>),
    Load(LoadId, Vec<Query>),
}

/// A request for a file of a client.
#[derive(Debug)]
pub(crate) enum FileRequest {
    Write(JobId, String, Vec<u8>),
    Read(JobId, String, usize),
}

/// A call that the call handler of the operator was to be started for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HandledCall {
    /// Who calls or is called.
    pub peer: String,
    /// The number of the call.
    pub call: u32,
    /// Whether the peer calls.
    pub incoming: bool,
}

/// The answer to something a machine asked its driver for.
#[derive(Debug)]
pub(crate) enum Answer {
    Stored(StoreId, Result<(), StoreError>),
    Loaded(LoadId, Result<Vec<Record>, StoreError>),
    Hashed(JobId, String),
    Verified(JobId, bool),
    FileWritten(JobId, Result<(), FileError>),
    FileRead(JobId, Result<Vec<u8>, FileError>),
}

/// Something that a machine waits for an answer to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Question {
    Store(StoreId),
    Load(LoadId),
    Job(JobId),
}

impl Answer {
    pub(crate) const fn question(&self) -> Question {
        match self {
            Self::Stored(op, _) => Question::Store(*op),
            Self::Loaded(load, _) => Question::Load(*load),
            Self::Hashed(job, _)
            | Self::Verified(job, _)
            | Self::FileWritten(job, _)
            | Self::FileRead(job, _) => Question::Job(*job),
        }
    }
}

/// Where to find a connection of a host, and whether its machine has closed it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) key: ConnKey,
    pub(crate) side: Side,
    pub(crate) closed_by_us: bool,
}

/// Makes the machine that takes the place of one that has died by chance.
pub(crate) type NewHeir = Box<dyn FnMut(Seed) -> Resident>;

/// A machine and its driver's state.
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) address: IpAddr,
    /// `None` while the host is down.
    pub(crate) machine: Option<Box<dyn Machine>>,
    pub(crate) life: Life,
    pub(crate) plugged: bool,
    pub(crate) conns: BTreeMap<ConnId, Entry>,
    pub(crate) used: BTreeSet<ConnId>,
    pub(crate) accepted: u32,
    pub(crate) opened: u64,
    pub(crate) closed: u64,
    pub(crate) questions: BTreeSet<Question>,
    pub(crate) store: MemoryStore,
    pub(crate) disk: VecDeque<DiskRequest>,
    pub(crate) disk_free_at: Instant,
    /// Until when the disk is full.
    pub(crate) full_until: Instant,
    pub(crate) answered_at: Instant,
    pub(crate) folder: Option<Folder>,
    pub(crate) handled_calls: Vec<HandledCall>,
    /// How many passwords were checked against hashes.
    pub(crate) checks: usize,
    /// What the machines have answered their operator.
    pub(crate) operator: Vec<Output>,
    pub(crate) events: Vec<(Instant, Event)>,
    pub(crate) stopped: Option<Instant>,
    pub(crate) heir: Option<NewHeir>,
    /// When the machine gets its next tick, where ticks may be late.
    pub(crate) alarm: Option<Alarm>,
    /// What has passed in this run, or in the last one, if it can be replayed.
    pub(crate) tape: Option<Tape>,
    pub(crate) rng: Rng,
}

impl Host {
    pub(crate) fn new(name: &str, index: usize, address: IpAddr, rng: Rng) -> Self {
        Self {
            name: name.to_owned(),
            address,
            machine: None,
            life: Life {
                host: index,
                number: 0,
            },
            plugged: true,
            conns: BTreeMap::new(),
            used: BTreeSet::new(),
            accepted: 0,
            opened: 0,
            closed: 0,
            questions: BTreeSet::new(),
            store: MemoryStore::new(),
            disk: VecDeque::new(),
            disk_free_at: Instant::ZERO,
            full_until: Instant::ZERO,
            answered_at: Instant::ZERO,
            folder: None,
            handled_calls: Vec::new(),
            checks: 0,
            operator: Vec::new(),
            events: Vec::new(),
            stopped: None,
            heir: None,
            alarm: None,
            tape: None,
            rng,
        }
    }

    /// Begins the next run with the machine of `resident`. Only the store and what was heard of earlier runs remain.
    pub(crate) fn begin(&mut self, resident: Resident) {
        self.machine = Some(resident.machine);
        self.tape = resident.plan.map(Tape::new);
        self.used.clear();
        self.alarm = None;
        self.accepted = 0;
        self.stopped = None;
    }

    /// Ends the run: the machine forgets everything, requests not yet done are void. Gives back the
    /// connections, which are no longer in the book.
    pub(crate) fn end(&mut self) -> BTreeMap<ConnId, Entry> {
        self.machine = None;
        self.life.number += 1;
        self.questions.clear();
        self.disk.clear();
        let conns = std::mem::take(&mut self.conns);
        self.closed += conns.len() as u64;
        conns
    }

    /// Enters a new connection into the book; false if the name was used before.
    pub(crate) fn open(&mut self, conn: ConnId, key: ConnKey, side: Side) -> bool {
        let entry = Entry {
            key,
            side,
            closed_by_us: false,
        };
        self.conns.insert(conn, entry);
        self.opened += 1;
        self.used.insert(conn)
    }

    /// Strikes a connection from the book; false if it was not there.
    pub(crate) fn close(&mut self, conn: ConnId) -> bool {
        self.closed += 1;
        self.conns.remove(&conn).is_some()
    }

    /// True if every connection ever opened is either closed or alive.
    pub(crate) fn is_balanced(&self) -> bool {
        self.opened - self.closed == self.conns.len() as u64
    }
}
