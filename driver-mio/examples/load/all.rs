//! All scenes one after the other: figures into a file, goals into a table and a plot.
//! Never lets one scene run beside another.

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::Instant;

use serde::Serialize;

use crate::daemon::Setup;
use crate::goals::{self, Row};
use crate::latency::{self, Latency};
use crate::local::{self, Local};
use crate::memory::{self, Memory};
use crate::plot;
use crate::relay::{self, Relay};
use crate::start::{self, Start};
use crate::syscalls::{self, Syscalls};

/// What all scenes have measured. Where there are two of a kind, the first is in memory and the second durable.
#[derive(Serialize)]
pub(crate) struct Results {
    /// Smaller numbers and shorter times than usual: not to be compared with a full run.
    pub(crate) quick: bool,
    pub(crate) processors: usize,
    /// How busy the machine was before, as the system says it: over one, five and fifteen minutes.
    pub(crate) load_before: String,
    pub(crate) local: Local,
    pub(crate) relay: [Relay; 2],
    pub(crate) latency: [Latency; 2],
    pub(crate) memory: Memory,
    pub(crate) start: Start,
    pub(crate) syscalls: [Syscalls; 2],
}

/// What is written.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    results: &'a Results,
    goals: &'a [Row],
}

/// Runs all of them. Figures go to `json`, and the plot beside it.
pub(crate) fn run(setup: &Setup<'_>, quick: bool, json: Option<&Path>) -> io::Result<()> {
    let results = measure(setup, quick)?;
    let rows = goals::rows(&results);
    if let Some(path) = json {
        let report = Report {
            results: &results,
            goals: &rows,
        };
        let text = serde_json::to_string_pretty(&report).map_err(io::Error::other)?;
        fs::write(path, text + "\n")?;
        fs::write(path.with_extension("svg"), plot::draw(&results, &rows))?;
    }
    print!("{}", goals::table(&rows));
    let local = &results.local;
    println!(
        "\n{:.0} local commands/s beside {:.0} echoes/s; highest rates held {} and {} texts/s; {:.0} logins/s; {:.1} and {:.1} system calls a text",
        local.commands_per_second,
        local.echoes_per_second,
        results.latency[0].highest_rate,
        results.latency[1].highest_rate,
        results.start.logins_per_second,
        results.syscalls[0].per_text,
        results.syscalls[1].per_text,
    );
    Ok(())
}

fn measure(setup: &Setup<'_>, quick: bool) -> io::Result<Results> {
    let load_before = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let home = tempfile::tempdir()?;
    let stores = [true, false].map(|in_memory| Setup {
        in_memory,
        ..*setup
    });
    let relay = relay::Plan::new(quick);
    let latency = latency::Plan::new(quick);
    let syscalls = syscalls::Plan::new(quick);
    let [memory, disk] = &stores;
    let staying = setup.staying(home.path());
    Ok(Results {
        quick,
        processors: thread::available_parallelism()?.get(),
        load_before: load_before.trim().into(),
        // First, while this process is small: its own size is compared there, too. Its accounts are those of the next one.
        memory: scene("memory", || {
            memory::run(&staying, &memory::Plan::new(quick))
        })?,
        start: scene("start", || start::run(&staying, &start::Plan::new(quick)))?,
        local: scene("local", || local::run(setup, &local::Plan::new(quick)))?,
        relay: [
            scene("relay, in memory", || relay::run(memory, &relay))?,
            scene("relay, durable", || relay::run(disk, &relay))?,
        ],
        latency: [
            scene("latency, in memory", || latency::run(memory, &latency))?,
            scene("latency, durable", || latency::run(disk, &latency))?,
        ],
        syscalls: [
            scene("system calls, in memory", || {
                syscalls::run(memory, &syscalls)
            })?,
            scene("system calls, durable", || syscalls::run(disk, &syscalls))?,
        ],
    })
}

/// Runs a scene on a thread of its own: where it is held on a processor, that ends with it.
fn scene<T: Send>(name: &str, run: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    eprintln!("{name}");
    let begin = Instant::now();
    let result = thread::scope(|scope| scope.spawn(run).join());
    let result =
        result.map_err(|_| io::Error::other(format!("the scene {name:?} has panicked")))?;
    eprintln!("{name}: {:.0} s", begin.elapsed().as_secs_f64());
    result.map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))
}
