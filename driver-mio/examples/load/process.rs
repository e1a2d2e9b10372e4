//! What the system says of a process: its memory, its processor time, its reads and writes; and where it may run.
//! Never asks the process itself.

use std::fs;
use std::io;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal};

/// Where the daemon runs when both sides are measured together; the load has [`LOAD_PROCESSOR`].
pub(crate) const DAEMON_PROCESSOR: &str = "0";
/// See [`DAEMON_PROCESSOR`].
pub(crate) const LOAD_PROCESSOR: &str = "1";

fn field(pid: u32, file: &str, name: &str) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/{file}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("no {name} of process {pid}")))
}

/// Its resident memory, in KiB.
pub(crate) fn resident_kib(pid: u32) -> io::Result<u64> {
    field(pid, "status", "VmRSS:")
}

/// How often it has read and written.
pub(crate) fn reads_and_writes(pid: u32) -> io::Result<u64> {
    Ok(field(pid, "io", "syscr:")? + field(pid, "io", "syscw:")?)
}

/// The processor time it has used, in steps of 10 ms.
pub(crate) fn processor_time(pid: u32) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
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

/// Asks it to end, as an operator does.
pub(crate) fn ask_to_end(pid: u32) -> io::Result<()> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| io::Error::other("a strange process"))?;
    Ok(rustix::process::kill_process(pid, Signal::TERM)?)
}

/// True if processes can be held on one processor each: there are two, and `taskset`.
pub(crate) fn can_pin() -> bool {
    let processors = std::thread::available_parallelism();
    processors.is_ok_and(|count| count.get() >= 2) && runs("taskset", &["--version"])
}

/// True if the program is there and ends well; what it says is not shown.
pub(crate) fn runs(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// Holds the calling thread on one processor. Those it starts later are held there, too.
pub(crate) fn pin_this_thread(processor: &str) -> io::Result<()> {
    let link = fs::read_link("/proc/thread-self")?;
    let number = link.file_name().and_then(|name| name.to_str());
    let number = number.ok_or_else(|| io::Error::other("a thread without a number"))?;
    if runs("taskset", &["-cp", processor, number]) {
        Ok(())
    } else {
        Err(io::Error::other(format!(
            "cannot hold a thread on processor {processor}"
        )))
    }
}

/// Takes a daemon's processor time and that of this process before and after something.
pub(crate) struct Meter {
    daemon: u32,
    begin: (Duration, Duration),
}

impl Meter {
    pub(crate) fn start(daemon: u32) -> io::Result<Self> {
        let begin = Self::read(daemon)?;
        Ok(Self { daemon, begin })
    }

    fn read(daemon: u32) -> io::Result<(Duration, Duration)> {
        Ok((processor_time(daemon)?, processor_time(std::process::id())?))
    }

    /// Processor time of the daemon and of the load since the start, in seconds.
    pub(crate) fn stop(&self) -> io::Result<(f64, f64)> {
        let (daemon, load) = Self::read(self.daemon)?;
        let since = |end: Duration, begin| end.saturating_sub(begin).as_secs_f64();
        Ok((since(daemon, self.begin.0), since(load, self.begin.1)))
    }
}
