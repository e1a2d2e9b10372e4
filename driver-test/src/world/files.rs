//! The files of clients and the call handlers of a world.
//! Never answers in the moment of asking, and in no certain order.

use imo2sproxy_core::io::FileError;

use super::{HostJob, Job, World};
use crate::faults::Fault;
use crate::folder::Folder;
use crate::host::{Answer, FileRequest, HandledCall, Life};

impl World {
    /// Gives `name` a folder for files of its clients, empty at first. It stays there when the machine dies.
    pub fn give_folder(&mut self, name: &str) {
        let index = self.index(name);
        self.hosts[index].folder = Some(Folder::default());
    }

    /// The folder of `name`.
    ///
    /// # Panics
    /// If it was given none.
    pub fn folder(&mut self, name: &str) -> &mut Folder {
        let index = self.index(name);
        let folder = self.hosts[index].folder.as_mut();
        folder.unwrap_or_else(|| panic!("{name} has no folder"))
    }

    /// The calls that the machines of `name` wanted a call handler for, in order.
    #[must_use]
    pub fn handled_calls(&self, name: &str) -> &[HandledCall] {
        &self.hosts[self.index(name)].handled_calls
    }

    /// Takes a request; it is done a while later, and answered after another one.
    pub(super) fn ask_file(&mut self, life: Life, request: FileRequest) {
        let delay = self.faults.disk_delay.draw(&mut self.hosts[life.host].rng);
        self.schedule(self.now + delay, Job::Host(life, HostJob::File(request)));
    }

    pub(super) fn run_file(&mut self, life: Life, request: FileRequest) {
        let host = &mut self.hosts[life.host];
        let fails = host.rng.chance(self.faults.file_fails);
        let folder = match &mut host.folder {
            None => Err(FileError::NoFolder),
            Some(_) if fails => {
                self.conditions.count(Fault::FileFails);
                Err(FileError::Failed)
            }
            Some(folder) => Ok(folder),
        };
        let answer = match request {
            FileRequest::Write(job, name, bytes) => {
                Answer::FileWritten(job, folder.and_then(|folder| folder.write(&name, bytes)))
            }
            FileRequest::Read(job, name, max) => {
                Answer::FileRead(job, folder.and_then(|folder| folder.read(&name, max)))
            }
        };
        let delay = self.faults.answer_delay.draw(&mut host.rng);
        self.schedule(self.now + delay, Job::Host(life, HostJob::Answer(answer)));
    }
}
