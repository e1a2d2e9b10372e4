//! The disks and the password workers of a world.
//! Never answers in the moment of asking, as no real one does.

use std::time::Duration;

use imo2sproxy_core::io::{Input, JobId};
use imo2sproxy_core::rng::fnv1a;
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::store::{Query, Record, Store as _, StoreError, StoreOp};

use super::{HostJob, Job, World};
use crate::faults::Fault;
use crate::host::{Answer, DiskRequest, Life, Question};

/// What the two requests to the password workers ask.
pub(super) enum Work {
    Hash,
    Verify(String),
}

impl World {
    /// Notes that a machine waits for an answer; its name must not be in use for another.
    pub(super) fn ask(&mut self, life: Life, question: Question) {
        if !self.hosts[life.host].questions.insert(question) {
            let name = &self.hosts[life.host].name;
            self.fail(&format!("{name} asks {question:?} while it waits for it"));
        }
    }

    /// Puts a request behind those that the disk still has to do.
    pub(super) fn ask_disk(&mut self, life: Life, request: DiskRequest) {
        let host = &mut self.hosts[life.host];
        // At least a microsecond apart, so that not even shuffled ties change their order.
        let drawn = self.faults.disk_delay.draw(&mut host.rng);
        if drawn > self.faults.disk_delay.least {
            self.conditions.count(Fault::SlowDisk);
        }
        let delay = drawn + Duration::from_micros(1);
        let done_at = host.disk_free_at.max(self.now) + delay;
        host.disk_free_at = done_at;
        host.disk.push_back(request);
        self.schedule(done_at, Job::Host(life, HostJob::Disk));
    }

    /// The disk does the first of its requests. From now on it is durable, though nobody knows yet.
    pub(super) fn run_disk(&mut self, life: Life) {
        let host = &mut self.hosts[life.host];
        let Some(request) = host.disk.pop_front() else {
            return;
        };
        let answer = match request {
            DiskRequest::Store(op, changes) => {
                let (before, after) = (
                    self.faults.crash_before_store,
                    self.faults.crash_after_store,
                );
                if self.crashes(life, Fault::CrashBeforeStore, before) {
                    return;
                }
                let result = self.change(life, &changes);
                if self.crashes(life, Fault::CrashAfterStore, after) {
                    return;
                }
                Answer::Stored(op, result)
            }
            DiskRequest::Load(load, queries) => Answer::Loaded(load, self.look_up(life, &queries)),
        };
        let host = &mut self.hosts[life.host];
        let delay = self.faults.answer_delay.draw(&mut host.rng) + Duration::from_micros(1);
        host.answered_at = host.answered_at.max(self.now) + delay;
        let at = host.answered_at;
        self.schedule(at, Job::Host(life, HostJob::Answer(answer)));
    }

    /// Does a transaction, unless the disk is full or fails otherwise.
    fn change(&mut self, life: Life, changes: &[StoreOp]) -> Result<(), StoreError> {
        let (faults, host) = (&self.faults, &mut self.hosts[life.host]);
        if host.rng.chance(faults.full_disk) {
            host.full_until = self.now + faults.full_disk_for.draw(&mut host.rng);
        }
        if self.now < host.full_until {
            self.conditions.count(Fault::FullDisk);
            return Err(StoreError::Full);
        }
        if host.rng.chance(faults.store_fails) {
            self.conditions.count(Fault::StoreFails);
            return Err(StoreError::Full);
        }
        host.store.apply(changes)
    }

    fn look_up(&mut self, life: Life, queries: &[Query]) -> Result<Vec<Record>, StoreError> {
        let host = &mut self.hosts[life.host];
        if host.rng.chance(self.faults.load_fails) {
            self.conditions.count(Fault::LoadFails);
            return Err(StoreError::Io);
        }
        let mut records = Vec::new();
        let done = queries
            .iter()
            .try_for_each(|query| host.store.query(query, &mut records));
        done.map(|()| records)
    }

    /// How many passwords the machine of a host has had checked against hashes, in all its lives.
    #[must_use]
    pub fn checks(&self, name: &str) -> usize {
        self.hosts[self.index(name)].checks
    }

    /// Lets a worker hash or check a password, with a stand-in that costs nothing.
    pub(super) fn ask_worker(&mut self, life: Life, job: JobId, secret: &Secret, work: Work) {
        let own = hash_of(secret.reveal());
        let answer = match work {
            Work::Hash => Answer::Hashed(job, own),
            Work::Verify(hash) => Answer::Verified(job, own == hash),
        };
        let delay = self.faults.hash_delay.draw(&mut self.hosts[life.host].rng);
        self.schedule(self.now + delay, Job::Host(life, HostJob::Answer(answer)));
    }

    pub(super) fn answer(&mut self, life: Life, answer: Answer) {
        let question = answer.question();
        self.hosts[life.host].questions.remove(&question);
        let input = match answer {
            Answer::Stored(op, result) => Input::Stored { op, result },
            Answer::Loaded(load, result) => Input::Loaded { load, result },
            Answer::Hashed(job, hash) => Input::Hashed { job, hash },
            Answer::Verified(job, ok) => Input::Verified { job, ok },
            Answer::FileWritten(job, result) => Input::FileWritten { job, result },
            Answer::FileRead(job, result) => Input::FileRead { job, result },
        };
        self.feed(life.host, input);
    }
}

/// The hash of a password in a simulated world: a stand-in that costs nothing.
#[must_use]
pub fn hash_of(password: &str) -> String {
    format!("sim${:016x}", fnv1a(password.as_bytes()))
}
