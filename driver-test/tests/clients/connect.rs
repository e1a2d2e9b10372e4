//! Signing on, signing off, coming back.

use imo2sproxy_sim::clients::{Deed, Program};

use crate::street::{Kind, Street, every_kind, usual, usual_kinds, with_each};
use crate::town::service;

#[test]
fn every_program_signs_on_with_nobody_on_its_contact_list() {
    with_each(every_kind(), |kind, _| {
        let mut street = Street::new(&["alice"]);
        street.seat("alice", kind);
        street.await_online("alice");
        street.wait(60);
        let screen = street.screen("alice");
        assert_eq!(screen.status, "ONLINE");
        assert!(screen.contacts.is_empty(), "{:?}", screen.contacts);
        assert!(screen.received.is_empty());
    });
}

#[test]
fn every_program_signs_on_again_after_its_connection_was_broken_off() {
    with_each(every_kind(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        for _ in 0..2 {
            street.client("alice").hang_up();
            street.sees("alice", |screen| !screen.online);
            street.wait(1);
            street.client("alice").connect();
            street.await_online("alice");
            street.sees("alice", |screen| screen.presence("bob") == "ONLINE");
        }
    });
}

#[test]
fn miranda_finds_its_contacts_when_the_service_comes_late() {
    let mut kinds = every_kind();
    kinds.retain(|(program, _)| matches!(program, Program::MirandaProxy | Program::MirandaLink));
    with_each(kinds, |kind, _| finds_contacts_late(kind));
}

pub(crate) fn finds_contacts_late(kind: Kind) {
    let mut street = Street::new(&["alice", "bob"]);
    street.befriend("alice", "bob", "");
    street.befriend("bob", "alice", "");
    street.world.kill("imo");
    street.seat("alice", kind);
    street.seat("bob", usual(Program::MirandaProxy));
    street.wait(45);
    let seed = street.world.seed_for("late");
    street.world.restart("imo", service(seed));
    street.await_online("alice");
    street.sees("alice", |screen| screen.presence("bob") == "ONLINE");
    street.sees("bob", |screen| screen.presence("alice") == "ONLINE");
}

#[test]
fn every_program_survives_that_the_service_is_gone_for_a_while() {
    with_each(every_kind(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        street.world.kill("imo");
        street.sees("alice", |screen| screen.presence("bob") == "OFFLINE");
        street.wait(30);
        let seed = street.world.seed_for("again");
        street.world.restart("imo", service(seed));
        street.sees("alice", |screen| screen.presence("bob") == "ONLINE");
    });
}

/// Whoever logs out is not seen any more, and can come back.
#[test]
fn every_program_can_log_out_and_in_again() {
    with_each(every_kind(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        street.act("alice", Deed::LogOut);
        street.sees("alice", |screen| !screen.online);
        street.sees("bob", |screen| screen.presence("alice") == "OFFLINE");
        street.wait(20);
        let client = street.client("alice");
        if client.is_attached() {
            street.act("alice", Deed::LogIn);
        } else {
            client.connect();
        }
        street.await_online("alice");
        street.sees("bob", |screen| screen.presence("alice") == "ONLINE");
        street.sees("alice", |screen| screen.presence("bob") == "ONLINE");
    });
}

#[test]
fn every_program_signs_on_with_a_thousand_contacts() {
    with_each(usual_kinds(), |kind, _| {
        let mut street = Street::new(&["alice", "bob"]);
        street.befriend("alice", "bob", "");
        street.befriend("bob", "alice", "");
        for number in 0..1000 {
            let name = format!("contact{number}");
            street.register(&name);
            street.befriend("alice", &name, &format!("Contact no. {number}"));
            street.befriend(&name, "alice", "");
        }
        street.seat("alice", kind);
        street.await_online("alice");
        street.sees("alice", |screen| screen.contacts.len() == 1001);
        street.seat("bob", usual(Program::Pidgin));
        street.await_online("bob");
        street.sees("alice", |screen| screen.presence("bob") == "ONLINE");
        street.sees("alice", |screen| {
            let mut contacts = screen.contacts.values();
            contacts.all(|contact| !contact.status.is_empty())
        });
    });
}
