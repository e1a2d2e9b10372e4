//! Plays rough lives of many seeds: what `cargo xtask sim` runs.
//! Never does more than call `sweep::long`.

use std::process::ExitCode;

fn main() -> ExitCode {
    match imo2sproxy_sim::sweep::long::run() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
