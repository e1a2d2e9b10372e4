//! Automation for imo2sproxy: `cargo xtask <task>`.
//! Never contains anything that ships; it only calls cargo.

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod ci;
mod fuzz;
mod lines;
mod mutants;
mod step;

/// Automation for imo2sproxy.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Checks everything that must hold before a change goes in; the tests come last.
    Ci {
        /// Only format, lints and tests.
        #[arg(long)]
        quick: bool,
    },
    /// Prints every row of the Skype API with what it comes to here and the test that plays it; fails if one has none.
    Coverage {
        /// Print instead which lines of the core its tests and the simulator's run; fails if a parser is below 95 %.
        ///
        /// Parsers are what reads bytes of peers: all of wire, skype, http and imo, with the link and the face of the
        /// service, without the service's house, which gets calls decoded. Each counts as a whole. Lines of tests do
        /// not count, and the tests that play the library over and over are left out. Needs cargo-llvm-cov, and
        /// llvm-cov and llvm-profdata of the LLVM that rustc has.
        #[arg(long)]
        lines: bool,
    },
    /// Plays rough lives of many seeds and tells what went wrong in them; or scenes of the library, broken at each place.
    Sim {
        /// Play so many seeds.
        #[arg(long)]
        seeds: Option<u64>,
        /// Begin with this one.
        #[arg(long, default_value_t = 1)]
        first: u64,
        /// Play so many at once.
        #[arg(long, default_value_t = 1)]
        jobs: u64,
        /// Break the connections between daemon and service at each byte of each scene.
        #[arg(long)]
        every_byte: bool,
        /// Let daemon and service die with each input of a talk.
        #[arg(long)]
        kill_points: bool,
    },
    /// Kills a service and daemons under load, again and again, and looks for what was lost.
    Crash {
        /// How often.
        #[arg(long, default_value_t = 200)]
        kills: u32,
        /// What the moments are drawn from; else from the clock.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Puts deliberate faults into a copy of the core, one after the other, and looks whether the sweep notices them.
    Mutants(mutants::Options),
    /// Lets fuzz targets search for inputs that break something; those it finds stay below `target/fuzz`.
    Fuzz {
        /// The target; else all of them.
        target: Option<String>,
        /// How long each of them searches.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// How many search at once.
        #[arg(long, default_value_t = 1)]
        jobs: usize,
    },
    /// Puts the release program under load and measures it; figures, table and plot go to `target/bench`.
    Bench(bench::Options),
    /// Records the library of sessions anew, `driver-test/sessions`, and replays it.
    Sessions,
}

fn main() -> ExitCode {
    let Arguments { task } = Arguments::parse();
    let result = match task {
        Task::Ci { quick } => ci::run(root(), quick),
        Task::Coverage { lines: true } => lines::run(root()),
        Task::Coverage { lines: false } => coverage(),
        Task::Sim {
            seeds,
            first,
            jobs,
            every_byte,
            kill_points,
        } => simulate(
            seeds.map(|seeds| [seeds, first, jobs]),
            every_byte,
            kill_points,
        ),
        Task::Crash { kills, seed } => crash(kills, seed),
        Task::Mutants(options) => mutants::run(root(), &options),
        Task::Fuzz {
            target,
            seconds,
            jobs,
        } => fuzz::fuzz(root(), seconds, target.as_deref(), jobs),
        Task::Bench(options) => bench::run(root(), &options),
        Task::Sessions => sessions(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The table of coverage is the output of one test.
fn coverage() -> Result<(), String> {
    let test = "every_row_of_the_catalogue_has_a_test_that_names_it";
    let arguments = format!(
        "test --quiet --package imo2sproxy-sim --test catalogue -- --exact {test} --nocapture"
    );
    step::Step::cargo("coverage", root(), &arguments).run_last()
}

/// The long forms of tests of the simulator.
fn simulate(sweep: Option<[u64; 3]>, every_byte: bool, kill_points: bool) -> Result<(), String> {
    if sweep.is_none() && !every_byte && !kill_points {
        return Err("say what: --seeds N, --every-byte, --kill-points, or several of them".into());
    }
    let play = |name: &str, test: &str| {
        let replay = "test --package imo2sproxy-sim --test replay -- --nocapture --exact";
        let arguments = format!("{replay} {test}");
        step::Step::cargo(name, root(), &arguments).env("CARGO_PROFILE_TEST_OPT_LEVEL", "3")
    };
    if let Some([seeds, first, jobs]) = sweep {
        let run = "run --quiet --profile test --package imo2sproxy-sim --bin sim";
        step::Step::cargo("sweep", root(), run)
            .env("SIM_SEEDS", &seeds.to_string())
            .env("SIM_FIRST", &first.to_string())
            .env("SIM_JOBS", &jobs.to_string())
            .run()?;
    }
    if every_byte {
        let test = "every_byte::wherever_a_connection_breaks_every_text_arrives_once_and_every_command_is_answered";
        play("every byte", test).env("EVERY_BYTE", "all").run()?;
    }
    if kill_points {
        let test = "kill_points::whenever_daemon_or_service_dies_nothing_confirmed_is_lost_and_nothing_is_doubled";
        play("kill points", test).run()?;
    }
    Ok(())
}

/// The test that kills real processes, for longer.
fn crash(kills: u32, seed: Option<u64>) -> Result<(), String> {
    let test =
        "onslaught::whatever_is_killed_under_load_nothing_confirmed_is_lost_and_every_store_opens";
    let arguments =
        format!("test --package imo2sproxy --test daemon -- --nocapture --exact {test}");
    let step = step::Step::cargo("crash", root(), &arguments).env("KILLS", &kills.to_string());
    match seed {
        Some(seed) => step.env("SEED", &seed.to_string()).run(),
        None => step.run(),
    }
}

/// The test that holds the library to its scenes writes it first when it is asked to.
fn sessions() -> Result<(), String> {
    let test = "every_session_of_the_library_is_what_its_scene_records_today";
    let all = "test --package imo2sproxy-sim --test replay";
    let one = format!("{all} -- --exact {test}");
    step::Step::cargo("recording", root(), &one)
        .env("SESSIONS", "record")
        .run()?;
    step::Step::cargo("replay", root(), all).run_last()
}

/// The folder of the workspace.
fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}
