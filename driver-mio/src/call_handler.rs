//! The operator's call handler: a program that is started when a call comes or is made.
//! Never waits for it, never runs a shell, and never lets it see the account's password.

use std::process::{Child, Command, Stdio};

use imo2sproxy_core::event::{Event, EventKind};

/// The variable that may hold the account's password; a call handler does not inherit it.
pub const PASSWORD_VARIABLE: &str = "IMO2SPROXY_PASSWORD";
/// The variable that tells a process that it was started to be the one in the background; no concern of a call handler.
pub const DETACHED_VARIABLE: &str = "IMO2SPROXY_DETACHED";

/// Most call handlers that run at once; beyond it a call has none.
const RUNNING_MAX: usize = 16;

/// What is done about calls.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum CallHandling {
    /// Nothing.
    #[default]
    Ignored,
    /// They are told to the log.
    Logged,
    /// This program is started, with these arguments. It learns of the call from its environment.
    Run {
        /// The program: a path, or a name that is looked for where programs are.
        program: String,
        /// Its arguments.
        arguments: Vec<String>,
    },
}

impl CallHandling {
    /// The handling that runs `line`: a program and its arguments, divided by white space. No shell looks at it, so
    /// quotes and variables mean nothing. `None` if there is no word in it.
    #[must_use]
    pub fn run(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace().map(str::to_owned);
        let program = words.next()?;
        Some(Self::Run {
            program,
            arguments: words.collect(),
        })
    }
}

/// Starts call handlers and takes note of their end.
#[derive(Debug)]
pub(crate) struct CallHandlers {
    handling: CallHandling,
    running: Vec<Child>,
}

impl CallHandlers {
    /// Nothing runs yet.
    pub(crate) const fn new(handling: CallHandling) -> Self {
        Self {
            handling,
            running: Vec::new(),
        }
    }

    /// Does what is to be done about a call, and says what the log is to be told.
    pub(crate) fn call(&mut self, peer: &str, call: u32, incoming: bool) -> Option<Event> {
        let (program, arguments) = match &self.handling {
            CallHandling::Ignored => return None,
            CallHandling::Logged => {
                let way = if incoming { "from" } else { "to" };
                let detail = format!("call {call} {way} {peer}; no --call-command is given");
                return Some(Event::process(EventKind::Call, detail));
            }
            CallHandling::Run { program, arguments } => (program, arguments),
        };
        let failed = |why: String| {
            let detail = format!("call {call}: cannot run {program}: {why}");
            Some(Event::process(EventKind::CallHandlerFailed, detail))
        };
        if self.running.len() >= RUNNING_MAX {
            return failed(format!("{RUNNING_MAX} call handlers run already"));
        }
        let mut command = Command::new(program);
        command.args(arguments);
        tell(&mut command, peer, call, incoming);
        match command.spawn() {
            Ok(child) => {
                self.running.push(child);
                None
            }
            Err(error) => failed(error.to_string()),
        }
    }

    /// Takes note of those that have ended since; to be called when the system says that some child has. Gives what
    /// the log is to be told.
    pub(crate) fn reap(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        self.running.retain_mut(|child| match child.try_wait() {
            Ok(None) => true,
            Ok(Some(status)) => {
                if !status.success() {
                    let detail = format!("the call handler has failed: {status}");
                    events.push(Event::process(EventKind::CallHandlerFailed, detail));
                }
                false
            }
            // It is no child of ours any more.
            Err(_) => false,
        });
        events
    }
}

/// Gives a call handler its environment, and nothing to read or to write to.
fn tell(command: &mut Command, peer: &str, call: u32, incoming: bool) {
    command
        .env_remove(PASSWORD_VARIABLE)
        .env_remove(DETACHED_VARIABLE)
        // It is not for it to tell a service manager how we are.
        .env_remove("NOTIFY_SOCKET")
        .env("IMO2S_CALL_PEER", peer)
        .env("IMO2S_CALL_ID", call.to_string())
        .env("IMO2S_CALL_DIRECTION", if incoming { "in" } else { "out" })
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_handler_does_not_inherit_the_password() {
        let mut command = Command::new("ring");
        tell(&mut command, "nora", 7, true);
        let password = command
            .get_envs()
            .find(|(name, _)| *name == PASSWORD_VARIABLE);
        assert_eq!(password, Some((PASSWORD_VARIABLE.as_ref(), None)));
    }

    #[test]
    fn a_command_is_divided_at_white_space_and_by_no_shell() {
        let run = |program: &str, arguments: &[&str]| {
            Some(CallHandling::Run {
                program: program.into(),
                arguments: arguments.iter().map(|word| (*word).into()).collect(),
            })
        };
        assert_eq!(CallHandling::run("ring"), run("ring", &[]));
        assert_eq!(
            CallHandling::run(" /opt/ring  --for \"$HOME\" ;"),
            run("/opt/ring", &["--for", "\"$HOME\"", ";"])
        );
        assert_eq!(CallHandling::run(" "), None);
    }

    #[test]
    fn calls_are_logged_only_where_that_is_wanted() {
        assert_eq!(
            CallHandlers::new(CallHandling::Ignored).call("nora", 7, true),
            None
        );
        let told = |incoming| {
            let mut handlers = CallHandlers::new(CallHandling::Logged);
            handlers.call("nora", 7, incoming).unwrap().to_string()
        };
        assert!(told(true).starts_with("call 7 from nora;"));
        assert!(told(false).starts_with("call 7 to nora;"));
    }

    #[test]
    fn no_more_than_a_bounded_number_runs_at_once() {
        let mut handlers = CallHandlers::new(CallHandling::run("sleep 60").unwrap());
        for call in 0..16 {
            assert_eq!(handlers.call("nora", call, true), None);
        }
        let refused = handlers.call("nora", 16, true).unwrap();
        assert_eq!(refused.kind, EventKind::CallHandlerFailed);
        for child in &mut handlers.running {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert_eq!(handlers.reap().len(), 16, "being killed is no success");
        assert_eq!(handlers.call("nora", 17, true), None);
        handlers.running[0].kill().unwrap();
        handlers.running[0].wait().unwrap();
    }
}
