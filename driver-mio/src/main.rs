//! The `imo2sproxy` program: reads the command line, runs the command, gives its exit code.
//! Never does either by itself: `cli` knows the options, each command has a module.

use std::process::ExitCode;

mod address;
mod certificates;
mod check;
mod cli;
mod config_file;
mod console;
mod control_command;
mod control_socket;
mod daemon;
mod data_folder;
mod detach;
mod escape;
mod failure;
mod handed;
mod hash_password;
mod journal;
mod manager;
mod own_certificate;
mod password;
mod proxy_url;
mod renew;
mod replay;
mod run;
mod server_url;
mod service;
mod settings;
mod user;

fn main() -> ExitCode {
    let done = cli::read(std::env::args_os()).and_then(|command| match command {
        cli::Command::Daemon(args) => daemon::command(*args),
        cli::Command::Service(args) => service::command(args),
        cli::Command::Console(args) => console::command(args),
        cli::Command::Replay(args) => replay::command(&args),
        cli::Command::Control(args) => control_command::command(args),
        cli::Command::User(args) => user::command(args),
        cli::Command::HashPassword => hash_password::command(),
        cli::Command::Shown => Ok(()),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
