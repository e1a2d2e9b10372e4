//! Requests that are answered with Pidgin, which asks what it has just said.

use imo2sproxy_sim::clients::Program;

use crate::contacts::{accepted, accepted_later, denied};
use crate::street::{usual, usual_kinds, with_each};

#[test]
fn a_request_that_pidgin_accepts_makes_contacts_and_is_not_asked_again() {
    with_each(usual_kinds(), |kind, _| accepted(kind, usual(Program::Pidgin)));
}

#[test]
fn a_request_that_pidgin_denies_is_not_asked_again() {
    with_each(usual_kinds(), |kind, _| denied(kind, usual(Program::Pidgin)));
}

#[test]
fn a_request_that_came_while_pidgin_was_away_is_seen_later() {
    with_each(usual_kinds(), |kind, _| accepted_later(kind, usual(Program::Pidgin)));
}
