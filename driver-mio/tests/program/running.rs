//! A program that keeps running: where it listens, how it is ended, and what it has told standard error.
//! Never outlives its test.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command};
use std::thread::{self, JoinHandle};

/// A running daemon or service, killed when it goes out of scope.
pub(crate) struct Running {
    pub(crate) child: Child,
    stdout: BufReader<ChildStdout>,
    /// Reads standard error to its end, so that the program never waits for a reader.
    said: Option<JoinHandle<String>>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let said = thread::spawn(move || {
            let mut said = String::new();
            stderr.read_to_string(&mut said).unwrap();
            said
        });
        Self {
            child,
            stdout,
            said: Some(said),
        }
    }

    /// The next line of its standard output.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().into()
    }

    /// The port of its first line, which must begin with `listening KIND 127.0.0.1:`.
    pub(crate) fn port(&mut self, kind: &str) -> u16 {
        let line = self.line();
        let port = line.strip_prefix(&format!("listening {kind} 127.0.0.1:"));
        port.unwrap_or_else(|| panic!("{line:?}")).parse().unwrap()
    }

    /// Asks it to stop and gives its exit code and what it told standard error.
    #[cfg(unix)]
    pub(crate) fn stop(&mut self) -> (Option<i32>, String) {
        self.signal("-TERM");
        self.end()
    }

    /// Sends it a signal, by its name with a dash.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let killed = Command::new("kill").args([name, &pid]).status();
        assert!(killed.unwrap().success());
    }

    /// Waits for its end and gives its exit code and what it told standard error.
    pub(crate) fn end(&mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        (code, self.said.take().unwrap().join().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
