//! The same sweeps with daemons that speak the older dialect, among themselves and with newer ones.
//! Never counts otherwise: what must be true does not depend on the dialect.

use imo2sproxy_core::config::DialectKind::{V0, V1};

use super::{among_deaths, on_a_rough_network};

#[test]
fn a_rough_network_loses_and_doubles_nothing_in_the_older_dialect() {
    on_a_rough_network([V0, V0]);
}

#[test]
fn deaths_lose_nothing_and_double_nothing_in_the_older_dialect() {
    among_deaths([V0, V0]);
}

#[test]
fn deaths_lose_nothing_and_double_nothing_between_the_dialects() {
    among_deaths([V0, V1]);
}
