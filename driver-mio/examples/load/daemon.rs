//! The program under load: started with a configuration for many accounts, and looked at from outside.
//! Never outlives the run.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use imo2sproxy::tls;
use imo2sproxy_core::config::WireKind;
use rustls::ClientConfig;
use tempfile::TempDir;

use crate::process;

/// Accounts that clients without names are for, one listener each.
pub(crate) const NAMELESS: usize = 8;

/// How a daemon is started.
#[derive(Clone, Copy)]
pub(crate) struct Setup<'a> {
    pub(crate) program: &'a Path,
    pub(crate) accounts: usize,
    /// Keeps nothing on a disk.
    pub(crate) in_memory: bool,
    /// Whether daemon and load are held on a processor each.
    pub(crate) pinned: bool,
    /// Where it keeps its things, if that is to outlive it.
    pub(crate) home: Option<&'a Path>,
    /// Where its accounts are, if not in the service inside.
    pub(crate) upstream: Option<&'a Upstream>,
}

impl<'a> Setup<'a> {
    /// The same for a daemon that may run anywhere, and whose things stay in this folder.
    pub(crate) fn staying(&self, home: &'a Path) -> Self {
        Self {
            pinned: false,
            in_memory: false,
            home: Some(home),
            ..*self
        }
    }
}

/// A service elsewhere.
pub(crate) struct Upstream {
    pub(crate) url: String,
    pub(crate) ca_file: PathBuf,
}

/// A running daemon.
pub(crate) struct Daemon {
    child: Child,
    home: PathBuf,
    /// Goes with the daemon.
    _temporary: Option<TempDir>,
    stdout: BufReader<ChildStdout>,
    /// Ports by kind, in the order of the listeners.
    ports: Vec<(WireKind, u16)>,
    admin: u16,
    /// Where skyped is spoken under TLS; 0 where it is not.
    skyped: u16,
    /// From its start until it said that it listens.
    pub(crate) listening_after: Duration,
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
    let mut text = format!("data_dir = '{data}'\nadmin = '127.0.0.1:0'\n");
    if let Some(upstream) = setup.upstream {
        let (url, ca_file) = (&upstream.url, upstream.ca_file.display());
        let _ = writeln!(text, "server = '{url}'\nca_file = '{ca_file}'");
    }
    text.push_str("[limits]\nclient_stall = 20\n");
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
    if !setup.in_memory {
        // With a certificate of its own, which is kept where the data are.
        listen("skyped", None);
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
        let temporary = match setup.home {
            Some(_) => None,
            None => Some(tempfile::tempdir()?),
        };
        let own = temporary.as_ref().map(TempDir::path);
        let home = setup.home.or(own).map(Path::to_owned).unwrap_or_default();
        let file = home.join("load.toml");
        fs::write(&file, configuration(setup))?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
        let begin = Instant::now();
        let mut child = command(setup)
            .arg("--config")
            .arg(&file)
            .arg("-l")
            .arg(home.join("log"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take();
        let stdout = stdout.ok_or_else(|| io::Error::other("no standard output"))?;
        let mut daemon = Self {
            child,
            home,
            _temporary: temporary,
            stdout: BufReader::new(stdout),
            ports: Vec::new(),
            admin: 0,
            skyped: 0,
            listening_after: Duration::ZERO,
        };
        daemon.read_ports()?;
        daemon.listening_after = begin.elapsed();
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
                let log = fs::read_to_string(self.home.join("log")).unwrap_or_default();
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
                "skyped" => {
                    self.skyped = port;
                    continue;
                }
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

    /// The port for clients of skyped under TLS, and how to trust it; `None` without a folder for the certificate.
    pub(crate) fn secured(&self) -> io::Result<Option<(u16, Arc<ClientConfig>)>> {
        if self.skyped == 0 {
            return Ok(None);
        }
        let trust = tls::client_config(Some(&self.home.join("data/tls.pem")));
        Ok(Some((self.skyped, trust.map_err(io::Error::other)?)))
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

    /// The number of its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where it keeps its things.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Its resident memory, in KiB.
    pub(crate) fn resident_kib(&self) -> io::Result<u64> {
        process::resident_kib(self.pid())
    }

    /// The processor time it has used.
    pub(crate) fn processor_time(&self) -> io::Result<Duration> {
        process::processor_time(self.pid())
    }

    /// Ends it as an operator would, and waits until it is gone.
    pub(crate) fn stop(mut self) -> io::Result<()> {
        process::ask_to_end(self.pid())?;
        let status = self.child.wait()?;
        match status.success() {
            true => Ok(()),
            false => Err(io::Error::other(format!("the daemon ended with {status}"))),
        }
    }
}

/// The program, held on its processor if it is to be.
fn command(setup: &Setup<'_>) -> Command {
    if !setup.pinned {
        return Command::new(setup.program);
    }
    let mut command = Command::new("taskset");
    command.arg("-c").arg(process::DAEMON_PROCESSOR);
    command.arg(setup.program);
    command
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
