//! Puts the real program under load over real sockets, on this machine only, and measures.
//! Never changes anything outside a temporary folder.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Parser, Subcommand};
use serde::Serialize;

mod all;
mod chat;
mod crew;
mod crowd;
mod daemon;
mod disk;
mod echo;
mod fleet;
mod frame;
mod goals;
mod handshakes;
mod latency;
mod local;
mod memory;
mod plot;
mod process;
mod relay;
mod service;
mod spread;
mod start;
mod syscalls;
mod tally;
mod trouble;

use daemon::Setup;

#[derive(Parser)]
#[command(about = "Puts imo2sproxy under load over real sockets and measures")]
struct Line {
    /// The program, best a release build
    #[arg(long, global = true, default_value = "target/release/imo2sproxy")]
    program: PathBuf,
    /// Accounts of the daemon, in scenes where that can be chosen
    #[arg(long, global = true, default_value_t = 1000)]
    accounts: usize,
    /// Keep nothing on a disk
    #[arg(long, global = true)]
    in_memory: bool,
    /// Write the figures there, as JSON
    #[arg(long, global = true, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Smaller numbers and shorter times
    #[arg(long, global = true)]
    quick: bool,
    #[command(subcommand)]
    scene: Scene,
}

#[derive(Subcommand)]
enum Scene {
    /// Clients on all transports, before, while and after others flood, stall and send garbage
    Crowd {
        #[arg(long, default_value_t = 200)]
        clients: usize,
        /// Texts a second
        #[arg(long, default_value_t = 500)]
        rate: u32,
        /// Seconds for each part
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Commands that the daemon answers by itself, beside a bare echo
    Local,
    /// Texts from client to client, as many as there can be
    Relay,
    /// How long texts take from client to client at a given rate, and the highest rate
    Latency {
        /// Texts a second
        #[arg(long, default_value_t = latency::RATE)]
        rate: u32,
    },
    /// What accounts, clients and connections cost while nothing happens
    Memory,
    /// How soon a daemon with many accounts listens, and how many clients log in a second
    Start,
    /// How many system calls a text costs
    Syscalls,
    /// All of these but the crowd; with a table of goals, and a plot beside the JSON
    All,
}

fn main() -> io::Result<()> {
    let line = Line::parse();
    // One client is one socket.
    rlimit::increase_nofile_limit(u64::MAX)?;
    // Some are started in folders of their own.
    let program = line.program.canonicalize()?;
    let setup = Setup {
        program: &program,
        accounts: line.accounts,
        in_memory: line.in_memory,
        pinned: process::can_pin(),
        home: None,
        upstream: None,
    };
    let json = line.json.as_deref();
    match line.scene {
        Scene::Crowd {
            clients,
            rate,
            seconds,
        } => {
            let time = Duration::from_secs(seconds);
            let plan = crowd::Plan {
                clients,
                rate,
                time,
            };
            crowd::run(
                &Setup {
                    pinned: false,
                    ..setup
                },
                &plan,
            )
        }
        Scene::Local => tell(json, &local::run(&setup, &local::Plan::new(line.quick))?),
        Scene::Relay => tell(json, &relay::run(&setup, &relay::Plan::new(line.quick))?),
        Scene::Latency { rate } => {
            let plan = latency::Plan {
                rate,
                ..latency::Plan::new(line.quick)
            };
            tell(json, &latency::run(&setup, &plan)?)
        }
        Scene::Memory => {
            let home = tempfile::tempdir()?;
            let plan = memory::Plan::new(line.quick);
            tell(json, &memory::run(&setup.staying(home.path()), &plan)?)
        }
        Scene::Start => {
            let home = tempfile::tempdir()?;
            let plan = start::Plan::new(line.quick);
            tell(json, &start::run(&setup.staying(home.path()), &plan)?)
        }
        Scene::All => all::run(&setup, line.quick, json),
        Scene::Syscalls => {
            let plan = syscalls::Plan::new(line.quick);
            tell(json, &syscalls::run(&setup, &plan)?)
        }
    }
}

/// Prints figures, or writes them where they are wanted.
fn tell(json: Option<&Path>, figures: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string_pretty(figures).map_err(io::Error::other)?;
    match json {
        Some(path) => std::fs::write(path, text + "\n"),
        None => {
            println!("{text}");
            Ok(())
        }
    }
}
