//! Contact lists that come after a program has asked for them, or that stay empty for a while.

use imo2sproxy_sim::clients::Program;

use crate::connect::finds_contacts_late;
use crate::contacts::{answer, answerers, ask};
use crate::street::{Kind, Street, every_kind, with_each};

#[test]
fn every_program_finds_its_contacts_when_the_service_comes_late() {
    with_each(every_kind(), |kind, _| finds_contacts_late(kind));
}

/// Nobody is on the list, not even the service's own contact, before somebody is accepted.
#[test]
fn the_very_first_contact_is_shown_to_whoever_accepts_it() {
    with_each(answerers(), |kind, other| first_contact(other, kind));
}

pub(crate) fn first_contact(asker: Kind, answerer: Kind) {
    let mut street = Street::new(&["alice", "bob"]);
    street.seat("alice", asker);
    street.seat("bob", answerer);
    street.await_online("alice");
    street.await_online("bob");
    ask(&street, "alice", "bob");
    street.sees("bob", |screen| screen.requests.contains_key("alice"));
    answer(&street, "bob", "alice", true);
    street.sees("bob", |screen| screen.presence("alice") == "ONLINE");
    street.sees("alice", |screen| screen.presence("bob") == "ONLINE");
}

/// An empty contact list is known to be one, and not waited for.
#[test]
fn an_empty_list_is_answered_at_once() {
    with_each(every_kind(), |kind, _| {
        let mut street = Street::new(&["alice"]);
        street.wait(10);
        street.seat("alice", kind);
        // Pidgin lets some time pass before it says anything.
        street.wait(if kind.0 == Program::Pidgin { 20 } else { 0 });
        street.wait(3);
        assert!(street.screen("alice").online);
    });
}
