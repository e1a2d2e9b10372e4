//! Inputs that come from elsewhere: whether a driver could give them now, and what it would know then.
//! Never tells the machine anything.

use imo2sproxy_core::io::{ConnId, Input, JobId, Machine};
use imo2sproxy_core::time::Instant;

use super::{Bench, DiskRequest, Job};

impl<M: Machine> Bench<M> {
    /// Lets the time come to `at`, and enters an input that the machine is told next. False if no driver would tell it.
    pub(in crate::fuzzing) fn enter(&mut self, at: Instant, input: &Input<'_>) -> bool {
        self.mono = self.mono.max(at);
        if self.stopped || self.started == matches!(input, Input::Start) {
            return false;
        }
        self.started = true;
        match input {
            Input::Start | Input::Control(_) | Input::Tick => true,
            Input::Accepted { conn, .. } => {
                let is_new = matches!(conn, ConnId::Client(_)) && !self.used.contains(conn);
                if is_new {
                    self.open(*conn, None);
                }
                is_new
            }
            Input::Connected { conn } => {
                let end = self.end_mut(*conn).filter(|end| !end.is_up);
                end.map(|end| end.is_up = true).is_some()
            }
            Input::Received { conn, bytes } => {
                let end = self.end_mut(*conn);
                end.is_some_and(|end| end.is_up && !bytes.is_empty())
            }
            Input::Sent { conn, count } => {
                let end = self.ends.get_mut(conn).filter(|end| end.is_up);
                let end = end.filter(|end| (1..=end.unsent).contains(count));
                end.map(|end| end.unsent -= count).is_some()
            }
            Input::Closed { conn, .. } => self.ends.remove(conn).is_some(),
            Input::Loaded { load, .. } => self
                .answers(|request| matches!(request, DiskRequest::Load(asked, _) if asked == load)),
            Input::Stored { op, .. } => self
                .answers(|request| matches!(request, DiskRequest::Store(asked, _) if asked == op)),
            Input::Hashed { job, .. } => self.did(*job, |job| matches!(job, Job::Hash(_))),
            Input::Verified { job, .. } => self.did(*job, |job| matches!(job, Job::Verify(..))),
            Input::FileWritten { job, .. } => self.did(*job, |job| matches!(job, Job::Write)),
            Input::FileRead { job, .. } => self.did(*job, |job| matches!(job, Job::Read)),
        }
    }

    /// The store answers, in whatever order.
    fn answers(&mut self, is_it: impl Fn(&DiskRequest) -> bool) -> bool {
        let place = self.disk.iter().position(is_it);
        let request = place.and_then(|place| self.disk.remove(place));
        request.is_some_and(|request| self.asked.remove(&request.question()))
    }

    fn did(&mut self, id: JobId, is_such: impl Fn(&Job) -> bool) -> bool {
        let place = self
            .jobs
            .iter()
            .position(|(own, job)| *own == id && is_such(job));
        place.is_some_and(|place| self.take_job(place).is_some())
    }
}
