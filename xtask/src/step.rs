//! One command of a task: its heading, its run, how long it took.
//! Never goes on after a failure.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// A command with a name that people recognise.
pub(crate) struct Step {
    name: String,
    command: Command,
}

impl Step {
    /// `program` with `arguments`, separated by blanks.
    pub(crate) fn new(name: &str, root: &Path, program: &str, arguments: &str) -> Self {
        let mut command = Command::new(program);
        command
            .args(arguments.split_whitespace())
            .current_dir(root)
            .stdin(Stdio::null());
        Self {
            name: name.to_owned(),
            command,
        }
    }

    /// A call of cargo.
    pub(crate) fn cargo(name: &str, root: &Path, arguments: &str) -> Self {
        Self::new(name, root, "cargo", arguments)
    }

    /// With a variable in its environment.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// With one more argument, which may hold blanks.
    pub(crate) fn value(mut self, value: &str) -> Self {
        self.command.arg(value);
        self
    }

    /// Prints the heading and runs the command to its end.
    pub(crate) fn run(self) -> Result<(), String> {
        let started = Instant::now();
        let name = self.name.clone();
        self.run_last()?;
        println!("==> {name} took {:.1} s", started.elapsed().as_secs_f64());
        Ok(())
    }

    /// The same, but leaves the last word to the command.
    pub(crate) fn run_last(mut self) -> Result<(), String> {
        let name = &self.name;
        println!("\n==> {name}: {}", line(&self.command));
        match self.command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("{name} failed ({status})")),
            Err(error) => Err(format!("{name} cannot be run: {error}")),
        }
    }
}

/// The command as somebody would type it.
fn line(command: &Command) -> String {
    let environment = command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_string_lossy(), value?.to_string_lossy())))
        .map(|(name, value)| format!("{name}='{value}'"));
    let program = command.get_program().to_string_lossy().into_owned();
    let arguments = command.get_args().map(|a| a.to_string_lossy().into_owned());
    let words: Vec<String> = environment.chain([program]).chain(arguments).collect();
    words.join(" ")
}

/// True if `program` with `arguments` runs and succeeds; what it prints is not shown.
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}
