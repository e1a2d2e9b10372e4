//! The whole API, row by row: each row of the catalogue is played among people by a test that names it.
//! Never looks inside a machine: all that is checked is what a client hears.
//!
//! `cargo xtask coverage` prints the rows with their marks and their tests.

use imo2sproxy_core::skype::catalogue::{CATALOGUE, Mark};

#[macro_use]
mod rows;
mod seats;
mod stage;

mod applications;
mod avatars;
mod call_properties;
mod calls;
mod chat_properties;
mod chat_searches;
mod chats;
mod contacts;
mod groups;
mod histories;
mod messages;
mod notices_chats;
mod notices_never;
mod old_messages;
mod parameters;
mod profile;
mod rooms;
mod scenes;
mod searches;
mod session;
mod settings;
mod sms;
mod transfers;
mod users;
mod voicemail;
mod windows;

use imo2sproxy_sim::town;

/// Each row that is played, and the test that does it.
const PLAYED: &[&[(&str, &str)]] = &[
    applications::PLAYED,
    avatars::PLAYED,
    call_properties::PLAYED,
    calls::PLAYED,
    chat_properties::PLAYED,
    chat_searches::PLAYED,
    chats::PLAYED,
    contacts::PLAYED,
    groups::PLAYED,
    histories::PLAYED,
    messages::PLAYED,
    notices_chats::PLAYED,
    notices_never::PLAYED,
    old_messages::PLAYED,
    parameters::PLAYED,
    profile::PLAYED,
    rooms::PLAYED,
    searches::PLAYED,
    session::PLAYED,
    settings::PLAYED,
    sms::PLAYED,
    transfers::PLAYED,
    users::PLAYED,
    voicemail::PLAYED,
    windows::PLAYED,
];

/// A mark as it stands in the table.
fn show(mark: Mark) -> String {
    match mark {
        Mark::Real => "real".into(),
        Mark::Local => "local".into(),
        Mark::Constant(value) => format!("constant {value:?}"),
        Mark::Empty => "empty".into(),
        Mark::Refused(code) => format!("error {code}"),
        Mark::Nothing => "never said".into(),
    }
}

#[test]
fn every_row_of_the_catalogue_has_a_test_that_names_it() {
    let played = || PLAYED.iter().copied().flatten();
    let mut missing = Vec::new();
    println!("| row | since | mark | tests |\n|---|---|---|---|");
    for row in CATALOGUE {
        let tests = played().filter(|(name, _)| *name == row.name);
        let tests: Vec<&str> = tests.map(|(_, test)| *test).collect();
        println!(
            "| {} | {} | {} | {} |",
            row.name,
            row.since,
            show(row.mark),
            tests.join(", ")
        );
        if tests.is_empty() {
            missing.push(row.name);
        }
    }
    println!("{} rows, {} without a test", CATALOGUE.len(), missing.len());
    let known = |name: &str| CATALOGUE.iter().any(|row| row.name == name);
    let unknown: Vec<_> = played().filter(|(name, _)| !known(name)).collect();
    assert!(missing.is_empty(), "without a test: {missing:#?}");
    assert!(unknown.is_empty(), "not in the catalogue: {unknown:?}");
}
