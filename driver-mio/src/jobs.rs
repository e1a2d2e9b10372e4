//! The ways between the event loop and its helper threads: jobs out, answers back.
//! Never does a job itself, and never makes the event loop wait.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use imo2sproxy_core::io::{Input, UserError, UserOp, UserPage};
use mio::Waker;

use crate::event_loop::{Renewal, Report, Verdict};

/// A queue of jobs that helper threads take from.
///
/// It has no limit of its own: the event loop looks at [`Jobs::len`] and reads nothing more from any socket while
/// too many jobs wait, so that what can queue up is what the machine asks for without hearing anything new.
#[derive(Debug)]
pub(crate) struct Jobs<T> {
    state: Mutex<State<T>>,
    more: Condvar,
}

#[derive(Debug)]
struct State<T> {
    waiting: VecDeque<T>,
    closed: bool,
}

impl<T> Jobs<T> {
    /// An open queue without jobs.
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                closed: false,
            }),
            more: Condvar::new(),
        }
    }

    /// Appends a job.
    pub(crate) fn push(&self, job: T) {
        self.lock().waiting.push_back(job);
        self.more.notify_one();
    }

    /// Waits for the next job; `None` once the queue is closed and empty.
    pub(crate) fn take(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.waiting.pop_front() {
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state = self
                .more
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes the next job if it is there already and `wanted` likes it.
    pub(crate) fn take_if(&self, wanted: impl FnOnce(&T) -> bool) -> Option<T> {
        let mut state = self.lock();
        if state.waiting.front().is_some_and(wanted) {
            state.waiting.pop_front()
        } else {
            None
        }
    }

    /// How many jobs wait.
    pub(crate) fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Says that no further job comes; those that wait are still done.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.more.notify_all();
    }

    /// Drops the jobs that wait and says that no further one comes.
    pub(crate) fn abandon(&self) {
        self.lock().waiting.clear();
        self.close();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hears what became of a wish.
pub(crate) struct Done<R>(pub(crate) Box<dyn FnOnce(R) + Send>);

impl<R> fmt::Debug for Done<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Done")
    }
}

/// What a helper thread, or another thread of the program, tells the event loop.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Something the machine waits for.
    Input(Input<'static>),
    /// The addresses of a name; none if it has none.
    Resolved {
        /// The name.
        host: String,
        /// The port it was asked with.
        port: u16,
        /// Where that is.
        addresses: Vec<SocketAddr>,
    },
    /// Somebody wants the machine to drain.
    Drain,
    /// Somebody wants the session to be recorded, or not to be recorded any more.
    Record(Option<PathBuf>, Done<Result<(), String>>),
    /// Somebody wants something to be done about accounts.
    Users(UserOp, Done<Result<UserPage, UserError>>),
    /// Somebody wants to know how things stand.
    Report(Done<Report>),
    /// The configuration was read again, for a caller at the desk if one has asked.
    Renewed(Option<usize>, Result<Box<Renewal>, String>),
    /// Somebody wants to know whether a message would get through now.
    Probe(Done<Verdict>),
    /// A helper thread has died of a mistake of ours; the loop cannot go on.
    Broken(&'static str),
}

/// The queue of answers. Its length is bounded by the number of jobs.
#[derive(Debug)]
pub(crate) struct Answers {
    list: Mutex<Vec<Answer>>,
    waker: Waker,
}

impl Answers {
    /// An empty queue; `waker` ends the loop's sleep.
    pub(crate) fn new(waker: Waker) -> Self {
        Self {
            list: Mutex::new(Vec::new()),
            waker,
        }
    }

    /// Appends an answer and wakes the loop where that has not happened yet.
    pub(crate) fn push(&self, answer: Answer) {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let first = list.is_empty();
        list.push(answer);
        drop(list);
        if first {
            // It fails only when the loop is gone, and then nobody wants the answer.
            let _ = self.waker.wake();
        }
    }

    /// Takes out all answers, in order.
    pub(crate) fn take(&self) -> Vec<Answer> {
        std::mem::take(&mut *self.list.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Starts a helper thread; if it panics, the loop hears [`Answer::Broken`] with its name.
pub(crate) fn spawn(
    name: &'static str,
    answers: Arc<Answers>,
    body: impl FnOnce(&Answers) + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    struct Guard(&'static str, Arc<Answers>);
    impl Drop for Guard {
        fn drop(&mut self) {
            if thread::panicking() {
                self.1.push(Answer::Broken(self.0));
            }
        }
    }
    thread::Builder::new().name(name.into()).spawn(move || {
        let guard = Guard(name, answers);
        body(&guard.1);
    })
}
