//! Writes what passes between the machine and its driver to a file: recorded sessions.
//! Never makes the daemon fail: a recording that cannot go on ends with one line in the log.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use imo2sproxy_core::io::{Input, Output};
use imo2sproxy_core::time::Now;
use imo2sproxy_core::trace::{Plan, Recorder, Secrecy};

/// How long a line may wait in memory before it is written.
pub(crate) const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// Bytes in memory above which they are written at once.
const BUFFER_MAX: usize = 64 * 1024;
/// Longest recording, in bytes; then it ends. What has been written by then is a whole trace.
const RECORD_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// What is needed to begin a recording at any time.
#[derive(Clone, Debug)]
pub struct Recordable {
    /// What the machine was made from.
    pub plan: Plan,
    /// What is done about secrets.
    pub secrecy: Secrecy,
}

/// A recording that goes on.
pub(crate) struct Recording {
    recorder: Recorder,
    file: File,
    path: PathBuf,
    text: String,
    written: u64,
    /// Why nothing more is written.
    over: Option<String>,
}

impl Recording {
    /// Begins to record into `path`, behind what may stand there. `strangers` are the clients that have not logged in, if
    /// the machine runs already.
    ///
    /// # Errors
    /// In words, if the file cannot be used or a password cannot be hidden.
    pub(crate) fn begin(
        of: &Recordable,
        path: PathBuf,
        now: Now,
        strangers: Option<usize>,
    ) -> Result<Self, String> {
        let mut text = String::new();
        let partial = strangers.is_some();
        let mut recorder = Recorder::begin(&of.plan, now, partial, of.secrecy, &mut text)
            .map_err(|refusal| refusal.to_string())?;
        if strangers == Some(0) {
            recorder.all_have_logged_in();
        }
        let unusable = |error: &io::Error| format!("cannot record to {}: {error}", path.display());
        let file = open(&path).map_err(|error| unusable(&error))?;
        let mut recording = Self {
            recorder,
            file,
            path,
            text,
            written: 0,
            over: None,
        };
        recording.write();
        match recording.over.take() {
            Some(why) => Err(why),
            None => Ok(recording),
        }
    }

    pub(crate) fn input(&mut self, now: Now, input: &Input<'_>) {
        self.recorder.input(now, input, &mut self.text);
    }

    pub(crate) fn output(&mut self, now: Now, output: &Output) {
        self.recorder.output(now, output, &mut self.text);
        if self.text.len() > BUFFER_MAX {
            self.write();
        }
    }

    /// Writes all that may be written by now.
    pub(crate) fn flush(&mut self, now: Now) {
        self.recorder.pass(now, &mut self.text);
        self.write();
    }

    /// Ends it in order; says what there is to say about it.
    pub(crate) fn end(mut self, now: Now) -> Result<String, String> {
        let Self { recorder, text, .. } = &mut self;
        recorder.end(now, text);
        self.write();
        match self.over {
            Some(why) => Err(why),
            None => Ok(format!("recorded to {}", self.path.display())),
        }
    }

    /// Why it cannot go on, if it cannot.
    pub(crate) fn trouble(&self) -> Option<&str> {
        self.over.as_deref()
    }

    /// The file it goes to.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn write(&mut self) {
        if self.over.is_none() {
            let length = self.text.len() as u64;
            if self.written + length > RECORD_BYTES_MAX {
                self.over = Some(format!(
                    "the recording to {} has reached {RECORD_BYTES_MAX} bytes and ends; what is there can be replayed",
                    self.path.display()
                ));
            } else if let Err(error) = self.file.write_all(self.text.as_bytes()) {
                self.over = Some(format!(
                    "the recording to {} ends: {error}; the daemon goes on",
                    self.path.display()
                ));
            }
            self.written += length;
        }
        self.text.clear();
    }
}

/// Opens a file for its owner only. What was cut off at its end, when the process before died, gets a line of its own.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("no regular file"));
    }
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    Ok(file)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use imo2sproxy_core::config::ServiceConfig;
    use imo2sproxy_core::rng::Seed;

    fn recordable() -> Recordable {
        Recordable {
            plan: Plan::Service(ServiceConfig::default(), Seed::from_number(1)),
            secrecy: Secrecy::Hidden,
        }
    }

    #[test]
    fn a_full_disk_ends_the_recording_with_a_line_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let now = Now::default();
        let mut recording = Recording::begin(&recordable(), path, now, None).unwrap();
        recording.file = OpenOptions::new().write(true).open("/dev/full").unwrap();
        recording.input(now, &Input::Start);
        assert_eq!(recording.trouble(), None);
        recording.flush(now);
        assert!(recording.trouble().unwrap().contains("the daemon goes on"));
        recording.input(now, &Input::Tick);
        recording.flush(now);
        assert!(recording.text.is_empty());
        assert!(recording.end(now).is_err());
    }

    #[test]
    fn a_recording_ends_before_it_gets_too_long_and_what_is_there_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let now = Now::default();
        let mut recording = Recording::begin(&recordable(), path.clone(), now, None).unwrap();
        recording.input(now, &Input::Start);
        recording.flush(now);
        recording.written = RECORD_BYTES_MAX - 10;
        recording.input(now, &Input::Tick);
        recording.flush(now);
        assert!(recording.trouble().unwrap().contains("can be replayed"));
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.ends_with("{\"t\":0,\"in\":\"start\"}\n"), "{text}");
    }

    #[test]
    fn a_folder_or_a_device_is_no_file_to_record_to() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path(), Path::new("/dev/null")] {
            let begun = Recording::begin(&recordable(), path.into(), Now::default(), None);
            assert!(begun.map(drop).unwrap_err().contains("cannot record to"));
        }
    }
}
