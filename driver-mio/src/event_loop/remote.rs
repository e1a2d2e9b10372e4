//! A way to reach a running event loop from any thread.
//! Never waits for what it asks: whoever asks hears of it later.

use std::path::PathBuf;
use std::sync::Arc;

use imo2sproxy_core::io::{UserError, UserOp, UserPage};

use super::{Report, Verdict};
use crate::jobs::{Answer, Answers, Done};

/// Reaches a running event loop from any thread.
#[derive(Clone, Debug)]
pub struct Remote {
    pub(super) answers: Arc<Answers>,
}

impl Remote {
    /// Asks the machine to come to an end, as SIGTERM does. Asking again changes nothing.
    pub fn drain(&self) {
        self.answers.push(Answer::Drain);
    }

    /// Does something about the accounts of the machine's service; `done` hears, on the loop's thread, what came of it.
    pub fn users(
        &self,
        op: UserOp,
        done: impl FnOnce(Result<UserPage, UserError>) + Send + 'static,
    ) {
        self.answers.push(Answer::Users(op, Done(Box::new(done))));
    }

    /// Asks how things stand; `done` hears it on the loop's thread.
    pub fn report(&self, done: impl FnOnce(Report) + Send + 'static) {
        self.answers.push(Answer::Report(Done(Box::new(done))));
    }

    /// Asks whether a message would get through now; `done` hears it on the loop's thread, five seconds later at the
    /// most. Whoever asks within a second of the last verdict gets that one.
    pub fn probe(&self, done: impl FnOnce(Verdict) + Send + 'static) {
        self.answers.push(Answer::Probe(Done(Box::new(done))));
    }

    /// Begins to record the session into `path`, in the place of what is being recorded. `done` hears, on the loop's
    /// thread, whether that could be done, and why not.
    ///
    /// What was before is not known then, so that the recording can be read and not replayed.
    pub fn record_on(&self, path: PathBuf, done: impl FnOnce(Result<(), String>) + Send + 'static) {
        self.record(Some(path), done);
    }

    /// Ends the recording; `done` hears, on the loop's thread, whether there was one.
    pub fn record_off(&self, done: impl FnOnce(Result<(), String>) + Send + 'static) {
        self.record(None, done);
    }

    fn record(
        &self,
        path: Option<PathBuf>,
        done: impl FnOnce(Result<(), String>) + Send + 'static,
    ) {
        let done = Done(Box::new(done));
        self.answers.push(Answer::Record(path, done));
    }
}
