//! Requests that are answered with Pidgin, which asks what it has just said.

use imo2sproxy_sim::clients::Program;

use crate::contacts::{accepted, accepted_later, denied};
use crate::late_lists::first_contact;
use crate::street::{usual, usual_kinds, with_each};

#[test]
fn a_request_that_pidgin_accepts_makes_contacts_and_is_not_asked_again() {
    with_each(usual_kinds(), |kind, _| {
        accepted(kind, usual(Program::Pidgin))
    });
}

#[test]
fn a_request_that_pidgin_denies_is_not_asked_again() {
    with_each(usual_kinds(), |kind, _| {
        denied(kind, usual(Program::Pidgin))
    });
}

#[test]
fn a_request_that_came_while_pidgin_was_away_is_seen_later() {
    with_each(usual_kinds(), |kind, _| {
        accepted_later(kind, usual(Program::Pidgin))
    });
}

#[test]
fn the_very_first_contact_is_shown_to_pidgin_when_it_accepts() {
    with_each(usual_kinds(), |kind, _| {
        first_contact(kind, usual(Program::Pidgin))
    });
}
