//! Contact lists that come after a program has asked for them, or that stay empty for a while.

use imo2sproxy_sim::clients::Deed;

use crate::connect::finds_contacts_late;
use crate::street::{Street, every_kind, with_each};

#[test]
fn every_program_finds_its_contacts_when_the_service_comes_late() {
    with_each(every_kind(), |kind, _| finds_contacts_late(kind));
}

/// Nobody is on the list, not even the service's own contact, before somebody is accepted.
#[test]
fn the_very_first_contact_is_shown_to_whoever_accepts_it() {
    with_each(every_kind(), |kind, other| {
        let mut street = Street::new(&["alice", "bob"]);
        street.seat("alice", other);
        street.seat("bob", kind);
        street.await_online("alice");
        street.await_online("bob");
        let (handle, text) = ("bob".to_owned(), "it is me".to_owned());
        street.act("alice", Deed::Add { handle, text });
        street.sees("bob", |screen| screen.requests.contains_key("alice"));
        let (handle, yes) = ("alice".to_owned(), true);
        street.act("bob", Deed::Answer { handle, yes });
        street.sees("bob", |screen| screen.presence("alice") == "ONLINE");
        street.sees("alice", |screen| screen.presence("bob") == "ONLINE");
    });
}

/// An empty contact list is known to be one, and not waited for.
#[test]
fn an_empty_list_is_answered_at_once() {
    with_each(every_kind(), |kind, _| {
        let mut street = Street::new(&["alice"]);
        street.wait(10);
        street.seat("alice", kind);
        street.wait(3);
        assert!(street.screen("alice").online);
    });
}
