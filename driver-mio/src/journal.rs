//! The log: one line per event, with its time and its weight.
//! Never decides what is worth telling: the level of an event does, with `-v` and `IMO2SPROXY_LOG`.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use imo2sproxy::event_loop::Watcher;
use imo2sproxy_core::event::{Event, EventKind, Level};

use crate::cli::LogFormat;
use crate::escape::escape;
use crate::failure::{Failure, reason};
use crate::manager;

mod json;

/// The variable that asks for debug lines when it is `debug`.
const VARIABLE: &str = "IMO2SPROXY_LOG";

/// Writes events to a file or to standard error.
pub(crate) struct Journal {
    out: Box<dyn Write + Send>,
    /// The file, if it is one.
    path: Option<PathBuf>,
    format: LogFormat,
    /// It is to stay when a terminal goes.
    stays: bool,
    verbose: bool,
    debug: bool,
    line: String,
}

impl Journal {
    /// A log that is appended to `file`, or goes to standard error.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub(crate) fn open(
        file: Option<&Path>,
        format: LogFormat,
        verbose: bool,
    ) -> Result<Self, Failure> {
        let out: Box<dyn Write + Send> = match file {
            None => Box::new(io::stderr()),
            Some(path) => Box::new(open_log(path).map_err(|error| {
                Failure::usage(format!(
                    "cannot append to log file {}: {}; give another with -l",
                    path.display(),
                    reason(&error)
                ))
            })?),
        };
        let debug = std::env::var_os(VARIABLE).is_some_and(|value| value == "debug");
        let path = file.map(Path::to_owned);
        Ok(Self {
            path,
            format,
            ..Self::to(out, verbose, debug)
        })
    }

    /// The same for a process that stays when its terminal goes, if `stays`.
    pub(crate) fn staying(mut self, stays: bool) -> Self {
        self.stays = stays;
        self
    }

    fn to(out: Box<dyn Write + Send>, verbose: bool, debug: bool) -> Self {
        Self {
            out,
            path: None,
            format: LogFormat::Text,
            stays: false,
            verbose,
            debug,
            line: String::new(),
        }
    }

    /// Writes the line of `event`, if its level is wanted.
    pub(crate) fn record(&mut self, event: &Event) {
        self.record_at(SystemTime::now(), event);
    }

    fn record_at(&mut self, at: SystemTime, event: &Event) {
        let level = event.kind.level();
        if !self.wants(level) {
            return;
        }
        let time = humantime::format_rfc3339_millis(at);
        self.line.clear();
        // What peers say is part of the event: it must neither end the line nor drive a terminal.
        match self.format {
            LogFormat::Text => {
                let text = event.to_string();
                let _ = writeln!(self.line, "{time} {} {}", name(level), escape(&text));
            }
            LogFormat::Json => {
                let text = json::object(&time.to_string(), name(level), event);
                let _ = writeln!(self.line, "{text}");
            }
        }
        // In one piece, so that lines of several processes in one file do not mix. A log that cannot be
        // written has nobody to complain to.
        let _ = self.out.write_all(self.line.as_bytes());
    }

    /// Opens the log file anew: somebody may have moved it away. If that fails, the old one goes on.
    fn reopen(&mut self) {
        let Some(path) = &self.path else { return };
        match open_log(path) {
            Ok(file) => self.out = Box::new(file),
            Err(error) => {
                let detail = format!(
                    "cannot open the log anew: {}; the old one goes on",
                    reason(&error)
                );
                self.record(&Event::process(EventKind::Exhausted, detail));
            }
        }
    }

    const fn wants(&self, level: Level) -> bool {
        match level {
            Level::Debug => self.debug,
            Level::Verbose => self.verbose,
            Level::Info | Level::Warn | Level::Error => true,
        }
    }
}

impl Watcher for Journal {
    fn event(&mut self, event: &Event) {
        self.record(event);
    }

    /// In front at a terminal, hanging up means to leave; anywhere else it means to open the log anew. A daemon with a
    /// configuration, or with a service manager, is nowhere in front.
    fn hang_up(&mut self) -> bool {
        let stays = self.stays || manager::is_there() || !io::stdin().is_terminal();
        if stays {
            self.reopen();
        }
        !stays
    }

    fn draining(&mut self) {
        manager::stopping();
    }
}

/// All of one width, so that what follows stands in one column.
const fn name(level: Level) -> &'static str {
    match level {
        Level::Debug => "DEBUG",
        Level::Verbose => "TALK ",
        Level::Info => "INFO ",
        Level::Warn => "WARN ",
        Level::Error => "ERROR",
    }
}

/// Opens a log for its owner only: with `-v` it holds conversations.
fn open_log(path: &Path) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use imo2sproxy_core::event::EventKind;
    use imo2sproxy_core::io::ConnId;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn lines(verbose: bool, debug: bool, events: &[Event]) -> String {
        let sink = Sink::default();
        let mut journal = Journal::to(Box::new(sink.clone()), verbose, debug);
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_341_999_000_042);
        for event in events {
            journal.record_at(at, event);
        }
        String::from_utf8(sink.0.lock().unwrap().clone()).unwrap()
    }

    fn one_of_each_level() -> [Event; 5] {
        let conn = ConnId::Client(7);
        [
            Event::process(EventKind::RequestFault, "debug"),
            Event::conn(EventKind::Command, conn, "PING"),
            Event::conn(EventKind::Reply, conn, "PONG"),
            Event::account(EventKind::LinkOnline, "alice", "signed on"),
            Event::process(EventKind::StoreFailed, "disk full"),
        ]
    }

    #[test]
    fn a_line_has_time_level_and_text() {
        assert_eq!(
            lines(false, false, &one_of_each_level()),
            "2012-07-11T09:30:00.042Z INFO  alice: signed on\n\
             2012-07-11T09:30:00.042Z ERROR disk full\n"
        );
    }

    #[test]
    fn verbose_shows_what_is_said_and_debug_what_is_wrong_with_requests() {
        let events = one_of_each_level();
        let verbose = lines(true, false, &events);
        assert!(verbose.contains("TALK  007< [PING]\n"), "{verbose}");
        assert!(verbose.contains("TALK  007> PONG\n"), "{verbose}");
        assert!(!verbose.contains("DEBUG"), "{verbose}");
        let debug = lines(false, true, &events);
        assert!(
            debug.contains("DEBUG debug\n") && !debug.contains("TALK"),
            "{debug}"
        );
    }

    #[test]
    fn a_peer_cannot_forge_a_line() {
        let forged = "x]\n2012-07-11T09:30:00.042Z ERROR fake\u{1b}[2J";
        let event = Event::conn(EventKind::Command, ConnId::Client(1), forged);
        let log = lines(true, false, &[event]);
        assert_eq!(log.lines().count(), 1);
        assert!(!log.contains('\u{1b}'));
    }

    #[test]
    fn a_log_file_is_appended_to_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        for _ in 0..2 {
            let mut journal = Journal::open(Some(&path), LogFormat::Text, false).unwrap();
            journal.record(&Event::process(EventKind::StoreFailed, "disk full"));
        }
        let log = std::fs::read_to_string(&path).unwrap();
        assert_eq!(log.matches("disk full").count(), 2);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(matches!(
            Journal::open(Some(folder.path()), LogFormat::Text, false),
            Err(Failure::Usage(_))
        ));
    }
}
