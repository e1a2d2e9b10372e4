//! Puts the real program under load over real sockets, on this machine only, and measures.
//! Never changes anything outside a temporary folder.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

mod chat;
mod crew;
mod crowd;
mod daemon;
mod trouble;

use daemon::Setup;

#[derive(Parser)]
#[command(about = "Puts imo2sproxy under load over real sockets and measures")]
struct Line {
    /// The program, best a release build
    #[arg(long, default_value = "target/release/imo2sproxy")]
    program: PathBuf,
    /// Accounts of the daemon
    #[arg(long, default_value_t = 1000)]
    accounts: usize,
    /// Keep nothing on a disk
    #[arg(long)]
    in_memory: bool,
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
}

fn main() -> io::Result<()> {
    let line = Line::parse();
    let setup = Setup {
        program: &line.program,
        accounts: line.accounts,
        in_memory: line.in_memory,
    };
    match line.scene {
        Scene::Crowd {
            clients,
            rate,
            seconds,
        } => {
            let time = Duration::from_secs(seconds);
            crowd::run(
                &setup,
                &crowd::Plan {
                    clients,
                    rate,
                    time,
                },
            )
        }
    }
}
