//! Files of clients: what is being written and read for commands that wait for it.
//! Never knows where files may lie, and never touches one: drivers do.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Account, AccountOutput, Scene};
use crate::io::FileError;

/// How a file reaches a client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reach {
    /// Through its connection, as [`super::Answer::File`].
    Slots,
    /// It is on this machine: the file is written to, or read from, where it says.
    Files,
    /// Not at all.
    Neither,
}

/// Names one file that an account has written or read, until it hears of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct FileJob(pub(crate) u32);

/// What a file was wanted for, and what came of it.
#[derive(Debug)]
enum Work {
    /// It is under way.
    Asked(FileJob),
    /// It was written, or not.
    Written(Result<(), FileError>),
    /// It was read, or not.
    Read(Result<Vec<u8>, FileError>),
}

/// All files that commands wait for. A result is there until the commands that waited have been asked again.
#[derive(Debug, Default)]
pub(super) struct Files {
    next: u32,
    writes: BTreeMap<String, Work>,
    reads: BTreeMap<String, Work>,
}

impl Files {
    /// How many are under way.
    pub(super) fn asked(&self) -> usize {
        let all = self.writes.values().chain(self.reads.values());
        all.filter(|work| matches!(work, Work::Asked(_))).count()
    }

    fn job(&mut self) -> FileJob {
        self.next = self.next.wrapping_add(1);
        FileJob(self.next)
    }

    fn forget_results(&mut self) {
        for files in [&mut self.writes, &mut self.reads] {
            files.retain(|_, work| matches!(work, Work::Asked(_)));
        }
    }
}

/// Puts a result where its job was.
fn settle(files: &mut BTreeMap<String, Work>, job: FileJob, result: Work) {
    let mut all = files.values_mut();
    if let Some(work) = all.find(|work| matches!(work, Work::Asked(asked) if *asked == job)) {
        *work = result;
    }
}

impl Account {
    /// Writes a file for a client with [`Reach::Files`], once. `None` while that is under way or has no room yet: the
    /// command then answers `Answer::Wait(None)`, and calls this again when it is asked again. `bytes` are wanted
    /// with the first call only.
    pub(crate) fn write_file(
        &mut self,
        scene: &mut Scene<'_>,
        name: &str,
        bytes: impl FnOnce() -> Vec<u8>,
    ) -> Option<Result<(), FileError>> {
        if self.files.writes.contains_key(name) {
            let Some(Work::Written(result)) = self.files.writes.get(name) else {
                return None;
            };
            let result = *result;
            self.files.writes.remove(name);
            return Some(result);
        }
        if self.files.asked() < self.limits.files {
            let job = self.files.job();
            self.files.writes.insert(name.to_owned(), Work::Asked(job));
            let output = AccountOutput::WriteFile(job, name.to_owned(), bytes());
            scene.out.push(output);
        }
        None
    }

    /// True if a file of this name is being written, or was written for a command that has not been told.
    pub(super) fn is_writing(&self, name: &str) -> bool {
        self.files.writes.contains_key(name)
    }

    /// Reads a file of a client with [`Reach::Files`], up to `max` bytes; otherwise like [`Account::write_file`].
    pub(crate) fn read_file(
        &mut self,
        scene: &mut Scene<'_>,
        name: &str,
        max: usize,
    ) -> Option<Result<Vec<u8>, FileError>> {
        match self.files.reads.remove(name) {
            Some(Work::Read(result)) => return Some(result),
            Some(asked) => {
                self.files.reads.insert(name.to_owned(), asked);
            }
            None if self.files.asked() < self.limits.files => {
                let job = self.files.job();
                self.files.reads.insert(name.to_owned(), Work::Asked(job));
                let output = AccountOutput::ReadFile(job, name.to_owned(), max);
                scene.out.push(output);
            }
            None => {}
        }
        None
    }

    /// A file was written, or not. All commands that wait are to be asked again now, then
    /// [`Account::forget_files`].
    pub(crate) fn file_written(&mut self, job: FileJob, result: Result<(), FileError>) {
        settle(&mut self.files.writes, job, Work::Written(result));
    }

    /// A file was read, or not; the same follows.
    pub(crate) fn file_read(&mut self, job: FileJob, result: Result<Vec<u8>, FileError>) {
        settle(&mut self.files.reads, job, Work::Read(result));
    }

    /// Whoever waited for a file has been asked again. What nobody wanted was for a client that has left.
    pub(crate) fn forget_files(&mut self) {
        self.files.forget_results();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AccountConfig, Config, Limits, Upstream};
    use crate::journal::Journal;
    use crate::rng::{Rng, Seed};
    use crate::time::Now;
    use alloc::sync::Arc;
    use alloc::vec;

    fn account() -> Account {
        let config = Config {
            limits: Limits {
                files: 2,
                ..Limits::default()
            },
            ..Config::default()
        };
        let own = AccountConfig {
            name: "nora".into(),
            username: "nora".into(),
            password: "pw".into(),
            access: None,
            upstream: Upstream::embedded(),
        };
        Account::new(
            &own,
            &config,
            &Arc::new(config.limits.clone()),
            &Rng::new(Seed::from_number(1)),
        )
    }

    /// Lets an account act, and gives the jobs it asks for.
    fn act<T>(
        account: &mut Account,
        act: impl FnOnce(&mut Account, &mut Scene<'_>) -> T,
    ) -> (T, Vec<FileJob>) {
        let (mut journal, mut out, mut link_said) = (Journal::new(), Vec::new(), Vec::new());
        let mut scene = Scene {
            now: Now::default(),
            journal: &mut journal,
            out: &mut out,
            link_said: &mut link_said,
        };
        let result = act(account, &mut scene);
        let job = |output: &AccountOutput| {
            let (AccountOutput::WriteFile(job, ..) | AccountOutput::ReadFile(job, ..)) = output
            else {
                panic!("{output:?}");
            };
            *job
        };
        (result, out.iter().map(job).collect())
    }

    fn write(account: &mut Account, name: &str) -> (Option<Result<(), FileError>>, Vec<FileJob>) {
        act(account, |account, scene| {
            account.write_file(scene, name, || vec![1])
        })
    }

    type ReadResult = Option<Result<Vec<u8>, FileError>>;

    fn read(account: &mut Account, name: &str) -> (ReadResult, Vec<FileJob>) {
        act(account, |account, scene| account.read_file(scene, name, 9))
    }

    #[test]
    fn a_file_is_asked_for_once_however_often_its_command_is_asked_again() {
        let mut account = account();
        let (result, jobs) = write(&mut account, "a.jpg");
        assert_eq!((result, jobs.len()), (None, 1));
        assert_eq!(write(&mut account, "a.jpg"), (None, vec![]));
        account.file_written(jobs[0], Err(FileError::Exists));
        let done = Some(Err(FileError::Exists));
        assert_eq!(write(&mut account, "a.jpg"), (done, vec![]));
        account.forget_files();
        assert_eq!(write(&mut account, "a.jpg").1.len(), 1, "a new command");
    }

    #[test]
    fn reading_and_writing_one_name_are_two_things() {
        let mut account = account();
        let written = write(&mut account, "a.jpg").1;
        let (result, read_job) = read(&mut account, "a.jpg");
        assert_eq!((result, read_job.len()), (None, 1));
        account.file_read(read_job[0], Ok(vec![7]));
        assert_eq!(write(&mut account, "a.jpg"), (None, vec![]));
        assert_eq!(read(&mut account, "a.jpg"), (Some(Ok(vec![7])), vec![]));
        account.file_written(written[0], Ok(()));
        assert_eq!(write(&mut account, "a.jpg"), (Some(Ok(())), vec![]));
    }

    #[test]
    fn a_result_that_nobody_waits_for_is_forgotten() {
        let mut account = account();
        let jobs = read(&mut account, "a.jpg").1;
        account.file_read(jobs[0], Ok(vec![7]));
        account.forget_files();
        let (result, again) = read(&mut account, "a.jpg");
        assert_eq!((result, again.len()), (None, 1));
        account.file_read(jobs[0], Ok(vec![8]));
        assert_eq!(read(&mut account, "a.jpg").0, None, "that was another job");
    }

    #[test]
    fn only_a_few_files_are_asked_for_at_once() {
        let mut account = account();
        let first = write(&mut account, "a.jpg").1;
        read(&mut account, "b.jpg");
        assert_eq!(write(&mut account, "c.jpg"), (None, vec![]));
        assert_eq!(read(&mut account, "c.jpg"), (None, vec![]));
        account.file_written(first[0], Ok(()));
        assert_eq!(write(&mut account, "c.jpg").1.len(), 1);
    }
}
