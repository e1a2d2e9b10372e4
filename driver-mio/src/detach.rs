//! A daemon in the background (`-d`): the program starts itself again in a session of its own, and waits until that serves.
//! Never hands a password on where others could see it: the new process reads it from its standard input.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use imo2sproxy::call_handler::{DETACHED_VARIABLE, PASSWORD_VARIABLE};
use imo2sproxy_core::event::{Event, EventKind};
use imo2sproxy_core::secret::Secret;

use crate::cli::{DaemonArgs, LogFormat};
use crate::failure::{Failure, note, reason};
use crate::handed;
use crate::journal::Journal;
use crate::password;

/// The option's value that stands for standard input.
const STDIN: &str = "-";
/// What stands in the variable behind the parent's number if the account's password comes on standard input though no
/// option says so.
const GIVEN: &str = "password";

/// What is to be done about `-d`.
pub(crate) enum Place {
    /// Run here, in front.
    Front,
    /// Run here: this is the process in the background.
    Behind,
    /// Start the process in the background.
    Parent,
}

/// Where the daemon of these options runs.
pub(crate) fn place(args: &DaemonArgs) -> Place {
    if !args.daemonize || args.check_config {
        Place::Front
    } else if given_by_parent().is_some() {
        Place::Behind
    } else if handed::are_there() {
        note("-d does not go with the sockets of a service manager: staying in front");
        Place::Front
    } else if args.verbose && args.log_file.is_none() {
        note("with -v and no -l the log needs this console: staying in front; give -l FILE too");
        Place::Front
    } else {
        Place::Parent
    }
}

/// Set in a process that was started here: what its parent has told it. Whoever only inherits the variable has another
/// parent.
fn given_by_parent() -> Option<String> {
    let told = std::env::var(DETACHED_VARIABLE).ok()?;
    let (parent, given) = told.split_once(' ').unwrap_or((&told, ""));
    let own = rustix::process::getppid()?;
    (parent == own.as_raw_nonzero().to_string()).then(|| given.into())
}

/// True in the process in the background if its account's password stands on standard input.
pub(crate) fn is_password_given() -> bool {
    given_by_parent().is_some_and(|given| given == GIVEN)
}

/// Leaves the session of the console. To be called before there are threads.
///
/// # Errors
/// If the system does not let it.
pub(crate) fn leave_session() -> Result<(), Failure> {
    rustix::process::setsid().map(drop).map_err(|error| {
        let why = reason(&error.into());
        Failure::trouble(format!("-d: cannot leave the session: {why}"))
    })
}

/// Starts the process in the background, hands on what it prints, and comes back once it serves.
///
/// # Errors
/// If it does not come to serve; what it has to say about that it has told standard error itself.
pub(crate) fn start(args: DaemonArgs) -> Result<(), Failure> {
    let refused = |error: io::Error| {
        let why = reason(&error);
        Failure::trouble(format!("-d: cannot start the program again: {why}"))
    };
    let (secrets, given) = secrets(args)?;
    let mut told = std::process::id().to_string();
    if given {
        told = format!("{told} {GIVEN}");
    }
    let mut child = Command::new(std::env::current_exe().map_err(refused)?)
        .args(arguments())
        .env(DETACHED_VARIABLE, told)
        .env_remove(PASSWORD_VARIABLE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(refused)?;
    hand_over(&mut child, &secrets);
    let serves = child.stdout.take().is_some_and(copy);
    if serves {
        return Ok(());
    }
    let code = child.wait().map_err(refused)?.code();
    Err(Failure::Told(
        code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1),
    ))
}

fn arguments() -> impl Iterator<Item = OsString> {
    // It is given -d, too; the variable says that it is the one that -d means.
    std::env::args_os().skip(1)
}

/// The passwords that the process in the background reads from its standard input, in its order, and whether the
/// account's is among them without an option that says so.
fn secrets(args: DaemonArgs) -> Result<(Vec<Secret>, bool), Failure> {
    let is_stdin = |file: Option<&PathBuf>| file.is_some_and(|file| file == Path::new(STDIN));
    let file = args.account.password_file.as_ref();
    let access = args.access.access_password_file.as_ref();
    password::refuse_one_input_for_two(file, access)?;
    let mut secrets = Vec::new();
    if is_stdin(access) {
        secrets.push(password::of_file(Path::new(STDIN))?);
    }
    if is_stdin(file) {
        secrets.push(password::of_file(Path::new(STDIN))?);
    }
    let Some(username) = args.username else {
        return Ok((secrets, false));
    };
    let given = args.password.is_none() && file.is_none();
    if given {
        secrets.push(password::of_account(&username, None, None)?);
    }
    Ok((secrets, given))
}

/// A process that has ended already does not read them.
fn hand_over(child: &mut Child, secrets: &[Secret]) {
    let Some(mut stdin) = child.stdin.take() else {
        return;
    };
    for secret in secrets {
        let _ = stdin.write_all(secret.reveal().as_bytes());
        let _ = stdin.write_all(b"\n");
    }
}

/// Hands on what the process in the background prints, until it prints no more. True if it serves: then it has named
/// its services.
fn copy(stdout: ChildStdout) -> bool {
    let mut serves = false;
    let mut out = io::stdout().lock();
    for line in BufReader::new(stdout).lines() {
        let Ok(line) = line else { break };
        serves |= line.starts_with("upstream ");
        // That nobody reads it is no reason not to run.
        let _ = writeln!(out, "{line}");
        let _ = out.flush();
    }
    serves
}

/// Lets go of the console, once all is said there. A panic is told to the log from then on, if there is one.
pub(crate) fn let_go(log: Option<(PathBuf, LogFormat)>) {
    let Ok(nothing) = File::options().read(true).write(true).open("/dev/null") else {
        note("warning: -d: there is no /dev/null; the console is kept");
        return;
    };
    if let Some((path, format)) = log {
        std::panic::set_hook(Box::new(move |panic| {
            tell(&path, format, &format!("internal error: {panic}"));
        }));
    }
    // Whoever waits for the end of our output goes on now.
    let _ = rustix::stdio::dup2_stdin(&nothing);
    let _ = rustix::stdio::dup2_stdout(&nothing);
    let _ = rustix::stdio::dup2_stderr(&nothing);
}

/// Writes what ends the process into its log.
pub(crate) fn tell(path: &Path, format: LogFormat, line: &str) {
    if let Ok(mut journal) = Journal::open(Some(path), format, false) {
        journal.record(&Event::process(EventKind::Misuse, line.to_owned()));
    }
}
