//! The thread that a store lives on: stores and loads in the order they were asked for.
//! Never lets a load overtake a store, and never touches the event loop but through its queue of answers.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use imo2sproxy_core::io::{Input, LoadId, StoreId};
use imo2sproxy_core::store::{Query, Store, StoreOp};

use crate::jobs::{self, Answer, Answers, Jobs};

/// How many waiting transactions are made one at most.
const GROUP_MAX: usize = 256;

/// One thing to do.
#[derive(Debug)]
pub(crate) enum Job {
    /// Answered by [`Input::Stored`].
    Store {
        op: StoreId,
        changes: Arc<Vec<StoreOp>>,
    },
    /// Answered by [`Input::Loaded`].
    Load { load: LoadId, queries: Vec<Query> },
}

/// The event loop's end of the thread. Dropping it waits until all jobs are done.
#[derive(Debug)]
pub(crate) struct StoreThread {
    jobs: Arc<Jobs<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl StoreThread {
    /// Starts the thread with the store it owns from now on.
    ///
    /// # Errors
    /// If the system has no thread to give.
    pub(crate) fn start(
        mut store: Box<dyn Store + Send>,
        answers: Arc<Answers>,
    ) -> io::Result<Self> {
        let jobs = Arc::new(Jobs::new());
        let queue = Arc::clone(&jobs);
        let thread = jobs::spawn("store", answers, move |answers| {
            run(store.as_mut(), &queue, answers);
        })?;
        Ok(Self {
            jobs,
            thread: Some(thread),
        })
    }

    /// Hands over a job.
    pub(crate) fn push(&self, job: Job) {
        self.jobs.push(job);
    }

    /// How many jobs wait for the thread.
    pub(crate) fn waiting(&self) -> usize {
        self.jobs.len()
    }
}

impl Drop for StoreThread {
    fn drop(&mut self) {
        self.jobs.close();
        if let Some(thread) = self.thread.take() {
            // If it has panicked, the loop has heard of that already.
            let _ = thread.join();
        }
    }
}

fn run(store: &mut dyn Store, jobs: &Jobs<Job>, answers: &Answers) {
    while let Some(job) = jobs.take() {
        match job {
            Job::Load { load, queries } => {
                answers.push(Answer::Input(answer(store, load, &queries)));
            }
            Job::Store { op, changes } => commit(store, jobs, answers, op, changes),
        }
    }
}

/// Reads what a load asks for.
pub(super) fn answer(store: &mut dyn Store, load: LoadId, queries: &[Query]) -> Input<'static> {
    let mut records = Vec::new();
    let result = queries
        .iter()
        .try_for_each(|query| store.query(query, &mut records))
        .map(|()| records);
    Input::Loaded { load, result }
}

/// Makes `op` durable, together with the transactions that wait right behind it: one wait for the disk serves all.
fn commit(
    store: &mut dyn Store,
    jobs: &Jobs<Job>,
    answers: &Answers,
    op: StoreId,
    changes: Arc<Vec<StoreOp>>,
) {
    let mut group = vec![(op, changes)];
    while group.len() < GROUP_MAX
        && let Some(Job::Store { op, changes }) =
            jobs.take_if(|job| matches!(job, Job::Store { .. }))
    {
        group.push((op, changes));
    }
    let lists: Vec<&[StoreOp]> = group
        .iter()
        .map(|(_, changes)| changes.as_slice())
        .collect();
    let result = store.apply_all(&lists);
    for (op, changes) in group {
        // The machine has its changes to itself again when it hears of the result.
        drop(changes);
        answers.push(Answer::Input(Input::Stored { op, result }));
    }
}

#[cfg(test)]
mod tests;
