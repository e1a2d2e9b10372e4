//! A daemon in the background: what its parent says, what it leaves behind, and where passwords are.
//! Never leaves a process behind.

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::client::{Client, PATIENCE};
use crate::program::{failure, program, program_in, text};
use crate::running::Running;
use crate::town::{PASSWORD, Town};

/// Runs the program with `-d` on the folder of alice until the first process has ended.
fn detach(town: &Town, options: &[&str], environment: &[(&str, &str)], input: &str) -> Output {
    let data = town.path("alice");
    let own = ["-d", "-p", "0", "--data-dir", &data];
    let mut command = program(town.home(), &[&own[..], options, &["alice"]].concat());
    command.envs(environment.iter().copied());
    let mut child = command.spawn().unwrap();
    // One that asks for nothing does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// The process in the background, killed when this goes out of scope.
struct Behind {
    pid: String,
    port: u16,
    town: Town,
}

impl Behind {
    /// It has come up; the first process has said so.
    fn of(town: Town, output: &Output) -> Self {
        // Whoever holds the folder has written its number there.
        let pid = fs::read_to_string(town.path("alice/lock")).unwrap();
        let pid = pid.trim().into();
        let mut behind = Self { pid, port: 0, town };
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let lines: Vec<&str> = text(&output.stdout).lines().collect();
        let [listening, "upstream embedded"] = lines[..] else {
            panic!("{lines:?}");
        };
        let port = listening.strip_prefix("listening skypeproxy 127.0.0.1:");
        behind.port = port.unwrap().parse().unwrap();
        behind
    }

    fn start(options: &[&str]) -> Self {
        let town = Town::new();
        let options: Vec<String> = options
            .iter()
            .map(|option| option.replace("LOG", &town.path("log")))
            .collect();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let environment = [("IMO2SPROXY_PASSWORD", PASSWORD)];
        let output = detach(&town, &options, &environment, "");
        assert_eq!(text(&output.stderr), "");
        Self::of(town, &output)
    }

    fn signal(&self, name: &str) {
        let killed = Command::new("kill").args([name, &self.pid]).status();
        assert!(killed.unwrap().success());
    }

    /// What `ps` says of it under that heading.
    fn ps(&self, heading: &str) -> String {
        let output = Command::new("ps")
            .args(["-o", &format!("{heading}="), "-p", &self.pid])
            .output()
            .unwrap();
        text(&output.stdout).trim().into()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.town.path("log")).unwrap()
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        let quiet = || Stdio::null();
        let _ = Command::new("kill")
            .args(["-KILL", &self.pid])
            .stderr(quiet())
            .status();
    }
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "{what}");
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn it_serves_in_a_session_of_its_own_until_it_is_told_to_end() {
    let behind = Behind::start(&[]);
    assert_eq!(behind.ps("sid"), behind.pid);
    assert_eq!(behind.ps("tty").trim_matches('?'), "");
    let mut client = Client::online(behind.port);
    assert_eq!(client.ask("PING"), "PONG");
    behind.signal("-TERM");
    client.hear("CONNSTATUS OFFLINE");
    let socket = behind.town.path("alice/control");
    wait_until("it tidies up", || fs::metadata(&socket).is_err());
    wait_until("nobody listens", || {
        TcpStream::connect(("127.0.0.1", behind.port)).is_err()
    });
}

#[cfg(target_os = "linux")]
#[test]
fn nobody_sees_a_password_and_nothing_of_the_console_is_kept() {
    let behind = Behind::start(&[]);
    let about = |name: &str| fs::read(format!("/proc/{}/{name}", behind.pid)).unwrap();
    for name in ["cmdline", "environ"] {
        let bytes = about(name);
        let seen = String::from_utf8_lossy(&bytes);
        assert!(!seen.is_empty() && !seen.contains(PASSWORD), "{name}");
    }
    for number in 0..3 {
        let open = fs::read_link(format!("/proc/{}/fd/{number}", behind.pid)).unwrap();
        assert_eq!(open.to_str(), Some("/dev/null"));
    }
}

#[test]
fn passwords_of_standard_input_reach_it() {
    let town = Town::new();
    let options = ["--password-file", "-"];
    let output = detach(&town, &options, &[], &format!("{PASSWORD}\n"));
    let behind = Behind::of(town, &output);
    Client::online(behind.port);
    let town = Town::new();
    let options = ["--access-password-file", "-"];
    let environment = [("IMO2SPROXY_PASSWORD", PASSWORD)];
    let output = detach(&town, &options, &environment, "access-1\n");
    let behind = Behind::of(town, &output);
    let address = format!("127.0.0.1:{}", behind.port);
    let args = ["console", "--connect", &address, "-k", "access-1"];
    let output = crate::program::run(&args, "GET CONNSTATUS\n");
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// Runs a program at a terminal of its own, types a line of standard input when it is asked for something, and hands on
/// what comes behind that.
const TERMINAL: &str = r#"
import os, pty, sys, termios, time
line = sys.stdin.buffer.readline()
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
said = b""
while not said.endswith(b": "):
    said += os.read(terminal, 1024)
# What is typed before that would be seen.
while termios.tcgetattr(terminal)[3] & termios.ECHO:
    time.sleep(0.01)
os.write(terminal, line)
said = b""
try:
    while True:
        more = os.read(terminal, 1024)
        if not more:
            break
        said += more
except OSError:
    pass
_, status = os.waitpid(pid, 0)
os.close(terminal)
sys.stdout.buffer.write(said.replace(b"\r", b"").lstrip(b"\n"))
sys.exit(os.waitstatus_to_exitcode(status))
"#;

#[test]
fn a_password_that_is_typed_reaches_it_and_it_outlives_the_terminal() {
    let town = Town::new();
    let data = town.path("alice");
    let args = ["-d", "-p", "0", "--data-dir", &data, "alice"];
    let wrapper = ["python3", "-c", TERMINAL];
    let mut child = program_in(&wrapper, town.home(), &args).spawn().unwrap();
    let typed = format!("{PASSWORD}\n");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let behind = Behind::of(town, &output);
    assert!(!text(&output.stdout).contains(PASSWORD));
    Client::online(behind.port);
}

#[test]
fn what_keeps_it_from_serving_is_the_parents_line_and_exit_code() {
    let environment = [("IMO2SPROXY_PASSWORD", PASSWORD)];
    let output = detach(&Town::new(), &["--server", "ftp://x/"], &environment, "");
    let (code, line) = failure(&output);
    assert_eq!(code, 2);
    assert!(line.contains("--server ftp://x/"), "{line}");
    let output = detach(&Town::new(), &[], &[], "");
    let (code, line) = failure(&output);
    assert_eq!(code, 2);
    assert!(line.contains("no password for alice"), "{line}");
    let behind = Behind::start(&[]);
    let output = detach(&behind.town, &[], &environment, "");
    let (code, line) = failure(&output);
    assert_eq!(code, 1);
    let holder = format!("is in use by pid {};", behind.pid);
    assert!(line.contains(&holder), "{line}");
}

#[test]
fn a_hang_up_opens_its_log_anew_and_ends_nothing() {
    let behind = Behind::start(&["-v", "-l", "LOG"]);
    Client::online(behind.port).ask("GET USERSTATUS");
    assert!(behind.log().contains("GET USERSTATUS"));
    let log = behind.town.path("log");
    fs::rename(&log, behind.town.path("log.1")).unwrap();
    behind.signal("-HUP");
    wait_until("a new log", || fs::metadata(&log).is_ok());
    Client::online(behind.port).ask("GET SKYPEVERSION");
    assert!(behind.log().contains("GET SKYPEVERSION"));
    assert!(!behind.log().contains(PASSWORD));
}

#[test]
fn with_a_log_on_the_console_it_stays_in_front_and_says_so() {
    let town = Town::new();
    let data = town.path("alice");
    let args = ["-d", "-v", "-p", "0", "--data-dir", &data, "alice"];
    let mut command = program(town.home(), &args);
    command.env("IMO2SPROXY_PASSWORD", PASSWORD);
    let mut front = Running::start(command);
    let port = front.port("skypeproxy");
    Client::online(port);
    let holder = fs::read_to_string(town.path("alice/lock")).unwrap();
    assert_eq!(holder.trim(), front.child.id().to_string());
    let (code, said) = front.stop();
    assert_eq!(code, Some(0));
    assert!(said.contains("staying in front"), "{said}");
}
