//! The program under load: started with a configuration for many accounts, and looked at from outside.
//! Never outlives the run.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use imo2sproxy_core::config::WireKind;
use tempfile::TempDir;

/// Accounts that clients without names are for, one listener each.
pub(crate) const NAMELESS: usize = 8;

/// How a daemon is started.
pub(crate) struct Setup<'a> {
    pub(crate) program: &'a Path,
    pub(crate) accounts: usize,
    /// Keeps nothing on a disk.
    pub(crate) in_memory: bool,
}

/// A running daemon.
pub(crate) struct Daemon {
    child: Child,
    home: TempDir,
    stdout: BufReader<ChildStdout>,
    /// Ports by kind, in the order of the listeners.
    ports: Vec<(WireKind, u16)>,
    admin: u16,
}

/// The name of an account.
pub(crate) fn name(number: usize) -> String {
    format!("u{number}")
}

/// Its password.
pub(crate) fn password(number: usize) -> String {
    format!("secret-of-{number}")
}

fn configuration(setup: &Setup<'_>) -> String {
    let data = if setup.in_memory { ":memory:" } else { "data" };
    let mut text =
        format!("data_dir = '{data}'\nadmin = '127.0.0.1:0'\n[limits]\nclient_stall = 20\n");
    let mut listen = |kind: &str, account: Option<String>| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "[[listen]]\nkind = '{kind}'\naddr = '127.0.0.1:0'");
        if let Some(name) = account {
            let _ = writeln!(text, "account = '{name}'");
        }
    };
    for kind in ["skypeproxy", "skypenet", "skyped-plain", "auto"] {
        listen(kind, None);
    }
    for number in 0..setup.accounts.min(NAMELESS) {
        listen("len8", Some(name(number)));
    }
    for number in 0..setup.accounts {
        let (name, password) = (name(number), password(number));
        let _ = writeln!(
            text,
            "[[account]]\nname = '{name}'\npassword = '{password}'"
        );
    }
    text
}

impl Daemon {
    /// Starts it, and waits until it listens.
    pub(crate) fn start(setup: &Setup<'_>) -> io::Result<Self> {
        let home = tempfile::tempdir()?;
        let file = home.path().join("load.toml");
        fs::write(&file, configuration(setup))?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
        let mut child = Command::new(setup.program)
            .arg("--config")
            .arg(&file)
            .arg("-l")
            .arg(home.path().join("log"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take();
        let stdout = stdout.ok_or_else(|| io::Error::other("no standard output"))?;
        let mut daemon = Self {
            child,
            home,
            stdout: BufReader::new(stdout),
            ports: Vec::new(),
            admin: 0,
        };
        daemon.read_ports()?;
        Ok(daemon)
    }

    fn read_ports(&mut self) -> io::Result<()> {
        loop {
            let mut line = String::new();
            self.stdout.read_line(&mut line)?;
            let words: Vec<&str> = line.split_whitespace().collect();
            let &["listening", kind, place] = words.as_slice() else {
                if line.starts_with("upstream") {
                    return Ok(());
                }
                let log = fs::read_to_string(self.home.path().join("log")).unwrap_or_default();
                return Err(io::Error::other(format!("it does not start: {line}{log}")));
            };
            let port = place
                .rsplit_once(':')
                .and_then(|(_, port)| port.parse().ok());
            let port = port.ok_or_else(|| io::Error::other("no port"))?;
            let kind = match kind {
                "skypeproxy" => WireKind::SkypeProxy,
                "skypenet" => WireKind::Skypenet,
                "skyped-plain" => WireKind::Skyped,
                "auto" => WireKind::Auto,
                "len8" => WireKind::Len8,
                _ => {
                    self.admin = port;
                    continue;
                }
            };
            self.ports.push((kind, port));
        }
    }

    /// The port for clients of a kind; of those without names, for the account of that number.
    pub(crate) fn port(&self, kind: WireKind, number: usize) -> (WireKind, u16) {
        let mut ports = self.ports.iter().filter(|(own, _)| *own == kind);
        let skip = if kind == WireKind::Len8 { number } else { 0 };
        ports.nth(skip).copied().unwrap_or((kind, 0))
    }

    /// Waits until so many accounts are signed on; tells how it goes.
    pub(crate) fn until_online(&self, accounts: usize, patience: Duration) -> io::Result<Duration> {
        let begin = Instant::now();
        let mut told = Instant::now();
        loop {
            let online = self.metric("imo2sproxy_accounts{link=\"online\"}")?;
            if online >= accounts as f64 {
                return Ok(begin.elapsed());
            }
            if begin.elapsed() > patience {
                return Err(io::Error::other(format!(
                    "only {online} accounts came online"
                )));
            }
            if told.elapsed() > Duration::from_secs(5) {
                told = Instant::now();
                eprintln!("  {online} of {accounts} accounts are online");
            }
            sleep(Duration::from_millis(50));
        }
    }

    /// One number of `/metrics`.
    pub(crate) fn metric(&self, name: &str) -> io::Result<f64> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.admin))?;
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: load\r\n\r\n")?;
        let mut page = String::new();
        stream.read_to_string(&mut page)?;
        let line = page.lines().find_map(|line| line.strip_prefix(name));
        let value = line.and_then(|value| value.trim().parse().ok());
        value.ok_or_else(|| io::Error::other(format!("no metric {name} in\n{page}")))
    }

    /// Its resident memory, in KiB.
    pub(crate) fn resident_kib(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        number.ok_or_else(|| io::Error::other("no VmRSS"))
    }

    /// The processor time it has used.
    pub(crate) fn processor_time(&self) -> io::Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // Behind the name of the program, which may hold anything; fields 14 and 15 of the line, in ticks of 10 ms.
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let tick = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
        let ticks = tick(11).zip(tick(12)).map(|(user, system)| user + system);
        let ticks = ticks.ok_or_else(|| io::Error::other("no times"))?;
        Ok(Duration::from_millis(ticks * 10))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
