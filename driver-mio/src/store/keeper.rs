//! Who does what a store is asked for: a thread, if the store waits for a disk; else whoever asks, at once.
//! Never lets a load overtake a store.

use std::io;
use std::sync::Arc;

use imo2sproxy_core::io::Input;
use imo2sproxy_core::store::Store;

use super::thread::{self, Job, StoreThread};
use crate::jobs::Answers;

/// The event loop's end of a store.
pub(crate) enum Keeper {
    /// It has a thread, which answers through the queue of answers.
    Thread(StoreThread),
    /// What is asked of it takes no time.
    Here(Box<dyn Store + Send>),
}

impl Keeper {
    /// Takes a store.
    ///
    /// # Errors
    /// If it needs a thread and the system has none to give.
    pub(crate) fn start(store: Box<dyn Store + Send>, answers: Arc<Answers>) -> io::Result<Self> {
        if store.is_instant() {
            Ok(Self::Here(store))
        } else {
            StoreThread::start(store, answers).map(Self::Thread)
        }
    }

    /// Does a job and gives the answer, or hands it over.
    pub(crate) fn push(&mut self, job: Job) -> Option<Input<'static>> {
        match self {
            Self::Thread(thread) => {
                thread.push(job);
                None
            }
            Self::Here(store) => Some(match job {
                Job::Store { op, changes } => Input::Stored {
                    op,
                    result: store.apply(&changes),
                },
                Job::Load { load, queries } => thread::answer(store.as_mut(), load, &queries),
            }),
        }
    }

    /// How many jobs wait.
    pub(crate) fn waiting(&self) -> usize {
        match self {
            Self::Thread(thread) => thread.waiting(),
            Self::Here(_) => 0,
        }
    }
}
