//! Recordings of what passes between the machine and the loop: how they begin.
//! Never writes a line: `record` does.

use std::path::PathBuf;

use imo2sproxy_core::io::{Machine, Snapshot};

use super::EventLoop;
#[cfg(doc)]
use super::Remote;
use crate::record::{Recordable, Recording};

impl<M: Machine> EventLoop<M> {
    /// Says what the machine was made from; without that it cannot be recorded.
    pub fn set_recordable(&mut self, recordable: Recordable) {
        self.recordable = Some(recordable);
    }

    /// Begins to record into `path`: see [`Remote::record_on`]. Before the loop runs, what is recorded is the whole
    /// session, which can be replayed.
    ///
    /// # Errors
    /// In words, if the file cannot be used, a password cannot be hidden, or it is not known what the machine was made from.
    pub fn record(&mut self, path: PathBuf) -> Result<(), String> {
        let strangers = self.started.then(|| self.strangers());
        let recordable = self.recordable.as_ref();
        let recordable = recordable.ok_or("this session cannot be recorded")?;
        if !self.started {
            self.hosted.reactor.now = self.clock.now();
        }
        let now = self.hosted.reactor.now;
        let recording = Recording::begin(recordable, path, now, strangers)?;
        self.hosted.record(recording);
        Ok(())
    }

    /// How many clients have not logged in.
    fn strangers(&mut self) -> usize {
        let machines = self.report().machines;
        let strangers = machines.iter().map(|machine| match machine {
            Snapshot::Proxy { strangers, .. } => *strangers,
            Snapshot::Service { .. } => 0,
        });
        strangers.sum()
    }
}
