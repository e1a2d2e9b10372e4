//! Files for clients on this machine: written and read below one folder, on a thread of their own.
//! Never follows a name out of that folder, overwrites nothing that it finds there, and never shows half a file.
//!
//! That holds for any name a client gives. It cannot hold against another program that may write below the folder:
//! between the check and the use of a path there is time to put something in its place.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use imo2sproxy_core::io::{FileError, Input, JobId};

use crate::jobs::{self, Answer, Answers, Jobs};

/// How many names are tried for a file that is being written, in case a crash has left some.
const TEMPORARY_NAMES: u32 = 16;

/// One thing to do.
#[derive(Debug)]
pub(crate) enum Job {
    /// Answered by [`Input::FileWritten`].
    Write {
        job: JobId,
        name: String,
        bytes: Vec<u8>,
    },
    /// Answered by [`Input::FileRead`].
    Read {
        job: JobId,
        name: String,
        max: usize,
    },
}

impl Job {
    fn run(self, folder: Option<&Path>) -> Answer {
        let folder = folder.ok_or(FileError::NoFolder);
        Answer::Input(match self {
            Self::Write { job, name, bytes } => Input::FileWritten {
                job,
                result: folder.and_then(|folder| write(folder, &name, &bytes)),
            },
            Self::Read { job, name, max } => Input::FileRead {
                job,
                result: folder.and_then(|folder| read(folder, &name, max)),
            },
        })
    }
}

/// The thread that writes and reads files; it starts with the first job.
#[derive(Debug)]
pub(crate) struct FileThread {
    folder: Option<PathBuf>,
    jobs: Arc<Jobs<Job>>,
    answers: Arc<Answers>,
    started: bool,
}

impl FileThread {
    /// Files below `folder`; without one every job fails.
    pub(crate) fn new(folder: Option<PathBuf>, answers: Arc<Answers>) -> Self {
        Self {
            folder,
            jobs: Arc::new(Jobs::new()),
            answers,
            started: false,
        }
    }

    /// Hands over a job.
    pub(crate) fn push(&mut self, job: Job) {
        if self.folder.is_none() {
            return self.answers.push(job.run(None));
        }
        if !self.started {
            let (jobs, folder) = (Arc::clone(&self.jobs), self.folder.clone());
            let started = jobs::spawn("files", Arc::clone(&self.answers), move |answers| {
                while let Some(job) = jobs.take() {
                    answers.push(job.run(folder.as_deref()));
                }
            });
            if started.is_err() {
                // Better late than never: without a thread the loop itself has to do it.
                return self.answers.push(job.run(self.folder.as_deref()));
            }
            self.started = true;
        }
        self.jobs.push(job);
    }

    /// How many jobs wait for the thread.
    pub(crate) fn waiting(&self) -> usize {
        self.jobs.len()
    }
}

impl Drop for FileThread {
    fn drop(&mut self) {
        self.jobs.abandon();
    }
}

/// Where a client's `name` leads to below `folder`. The last part of it may not exist; links in front of it
/// have been followed, and did not lead out.
fn locate(folder: &Path, name: &str) -> Result<PathBuf, FileError> {
    let drive = name.as_bytes().get(1) == Some(&b':');
    if drive || name.contains(['\\', '\0']) || name.ends_with(['/', '.']) {
        return Err(FileError::Outside);
    }
    let path = folder.join(name);
    if path.components().any(|part| part == Component::ParentDir) {
        return Err(FileError::Outside);
    }
    let (Some(parent), Some(last)) = (path.parent(), path.file_name()) else {
        return Err(FileError::Outside);
    };
    let root = fs::canonicalize(folder).map_err(|_| FileError::Failed)?;
    // Whoever names a path elsewhere does not learn what is there.
    let inside = path.starts_with(folder) || path.starts_with(&root);
    let parent = match fs::canonicalize(parent) {
        Ok(parent) => parent,
        Err(error) if inside => return Err(file_error(&error)),
        Err(_) => return Err(FileError::Outside),
    };
    if parent.starts_with(&root) {
        Ok(parent.join(last))
    } else {
        Err(FileError::Outside)
    }
}

fn file_error(error: &io::Error) -> FileError {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other kinds are the system's own affair"
    )]
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => FileError::Missing,
        _ => FileError::Failed,
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), FileError> {
    let target = locate(folder, name)?;
    let rights = match fs::symlink_metadata(&target) {
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(file_error(&error)),
        Ok(found) if found.is_symlink() => return Err(FileError::Outside),
        Ok(found) if !found.is_file() || found.len() > 0 => return Err(FileError::Exists),
        // Some clients make an empty file first, to see that they may.
        Ok(found) => Some(found.permissions()),
    };
    let (temporary, mut file) = make_temporary(&target)?;
    let done = file
        .write_all(bytes)
        .and_then(|()| rights.map_or(Ok(()), |rights| file.set_permissions(rights)))
        .and_then(|()| fs::rename(&temporary, &target));
    done.map_err(|error| {
        // If that fails too, there is nothing left to try.
        let _ = fs::remove_file(&temporary);
        file_error(&error)
    })
}

/// A new file beside `target`, under a name that nobody uses.
fn make_temporary(target: &Path) -> Result<(PathBuf, File), FileError> {
    let last = target.file_name().unwrap_or(OsStr::new(""));
    for number in 0..TEMPORARY_NAMES {
        let mut name = last.to_owned();
        name.push(format!(".{}-{number}.part", std::process::id()));
        let path = target.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(file_error(&error)),
        }
    }
    Err(FileError::Failed)
}

fn read(folder: &Path, name: &str, max: usize) -> Result<Vec<u8>, FileError> {
    let path = locate(folder, name)?;
    if fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) {
        return Err(FileError::Outside);
    }
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // A link that has taken its place since is not followed, and a pipe without a writer keeps nobody waiting.
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    let file = options.open(&path).map_err(|error| file_error(&error))?;
    let found = file.metadata().map_err(|error| file_error(&error))?;
    if !found.is_file() {
        return Err(FileError::Missing);
    }
    let max = u64::try_from(max).unwrap_or(u64::MAX);
    if found.len() > max {
        return Err(FileError::TooLarge);
    }
    let mut bytes = Vec::new();
    // It may have grown meanwhile.
    let most = max.saturating_add(1);
    file.take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| file_error(&error))?;
    if bytes.len() as u64 > max {
        return Err(FileError::TooLarge);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
