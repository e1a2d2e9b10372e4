//! Presence, moods, names, and the requests that make people contacts.

use imo2sproxy_sim::clients::{Deed, Program};

use crate::street::{Kind, Street, every_kind, with_each};

/// What is shown of a status that is set: nobody is seen to hide.
const SEEN: [(&str, &str); 5] = [
    ("AWAY", "AWAY"),
    ("DND", "DND"),
    ("ONLINE", "ONLINE"),
    ("INVISIBLE", "OFFLINE"),
    ("ONLINE", "ONLINE"),
];

#[test]
fn presence_is_seen_both_ways() {
    with_each(every_kind(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        for (one, two) in [("alice", "bob"), ("bob", "alice")] {
            for (word, seen) in SEEN {
                street.act(one, Deed::SetStatus(word.into()));
                street.sees(two, |screen| screen.presence(one) == seen);
                street.sees(one, |screen| screen.status == word);
            }
        }
    });
}

#[test]
fn a_mood_is_seen_as_it_was_written() {
    with_each(every_kind(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        for mood in [
            "x",
            "\u{fc}ber \u{1F600};$#<b>%s%n",
            "ERROR 26",
            "RECEIVED",
            "  ",
            "",
        ] {
            street.act("bob", Deed::SetMood(mood.into()));
            street.sees("alice", |screen| screen.contacts["bob"].mood == mood);
        }
    });
}

/// Those who can answer requests as things stand.
pub(crate) fn answerers() -> Vec<Kind> {
    let mut kinds = every_kind();
    kinds.retain(|(program, _)| *program != Program::Pidgin);
    kinds
}

#[test]
fn a_request_that_is_accepted_makes_contacts() {
    with_each(answerers(), |kind, other| accepted(other, kind));
}

#[test]
fn a_request_that_is_denied_makes_none_and_is_not_asked_again() {
    with_each(answerers(), |kind, other| denied(other, kind));
}

#[test]
fn a_request_that_came_while_its_reader_was_away_is_seen_later() {
    with_each(answerers(), |kind, other| accepted_later(other, kind));
}

pub(crate) fn accepted(asker: Kind, answerer: Kind) {
    let mut street = Street::of_strangers(&[("alice", asker), ("bob", answerer)]);
    ask(&street, "alice", "bob");
    street.sees("bob", |screen| screen.requests.contains_key("alice"));
    if asker.0 != Program::BitlBee {
        assert_eq!(street.screen("bob").requests["alice"], "it is me");
    }
    answer(&street, "bob", "alice", true);
    street.sees("alice", |screen| screen.presence("bob") == "ONLINE");
    street.sees("bob", |screen| screen.presence("alice") == "ONLINE");
    street.sees("bob", |screen| screen.requests.is_empty());
    assert!(!street.screen("alice").contacts["bob"].pending);
    street.wait(60);
}

pub(crate) fn denied(asker: Kind, answerer: Kind) {
    let mut street = Street::of_strangers(&[("alice", asker), ("bob", answerer)]);
    ask(&street, "alice", "bob");
    street.sees("bob", |screen| screen.requests.contains_key("alice"));
    // Nobody answers before all that the other program says has come.
    street.wait(5);
    answer(&street, "bob", "alice", false);
    street.sees("bob", |screen| screen.requests.is_empty());
    street.wait(60);
    assert!(street.screen("bob").requests.is_empty());
    assert!(!street.screen("bob").contacts.contains_key("alice"));
    assert_ne!(street.screen("alice").presence("bob"), "ONLINE");
}

pub(crate) fn accepted_later(asker: Kind, answerer: Kind) {
    let mut street = Street::of_strangers(&[("alice", asker), ("bob", answerer)]);
    street.client("bob").hang_up();
    street.sees("bob", |screen| !screen.online);
    ask(&street, "alice", "bob");
    street.wait(10);
    street.client("bob").connect();
    street.await_online("bob");
    street.sees("bob", |screen| screen.requests.contains_key("alice"));
    answer(&street, "bob", "alice", true);
    street.sees("alice", |screen| screen.presence("bob") == "ONLINE");
}

#[test]
fn who_is_removed_is_gone() {
    with_each(every_kind(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        street.act("alice", Deed::Remove("bob".into()));
        street.sees("alice", |screen| !screen.contacts.contains_key("bob"));
        street.wait(10);
        assert!(!street.screen("alice").contacts.contains_key("bob"));
    });
}

/// Names that have been trouble for one program or another.
fn awkward_names() -> Vec<String> {
    let mut names: Vec<String> = [
        "x",
        "Bob B\u{fc}rger \u{1F600}",
        "; $ # , <b> %s%n",
        "ERROR 26",
        "RECEIVED",
        " two  spaces ",
    ]
    .map(str::to_owned)
    .into();
    names.push("n".repeat(1000));
    names
}

#[test]
fn the_names_that_were_given_to_contacts_are_shown() {
    with_each(every_kind(), |kind, _| {
        // Miranda asks for the names of those who are there, and BitlBee for no given ones.
        if matches!(
            kind.0,
            Program::MirandaProxy | Program::MirandaLink | Program::BitlBee
        ) {
            return;
        }
        let names = awkward_names();
        let people: Vec<String> = (0..names.len()).map(|n| format!("person{n}")).collect();
        let mut street = Street::new(&["alice"]);
        for (handle, name) in people.iter().zip(&names) {
            street.register(handle);
            street.befriend("alice", handle, name);
        }
        street.seat("alice", kind);
        street.await_online("alice");
        for (handle, name) in people.iter().zip(&names) {
            street.sees("alice", |screen| {
                let contact = screen.contacts.get(handle);
                contact.is_some_and(|contact| contact.name() == name)
            });
        }
    });
}

#[test]
fn the_names_that_people_give_themselves_are_shown() {
    with_each(every_kind(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        for (one, two) in [("alice", "bob"), ("bob", "alice")] {
            for name in awkward_names() {
                street.act(one, Deed::SetName(name.clone()));
                street.sees(two, |screen| screen.contacts[one].name() == name);
            }
        }
    });
}

#[test]
fn the_details_of_somebody_can_be_looked_at() {
    with_each(every_kind(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        for handle in ["bob", "alice", "stranger"] {
            if handle != "bob" && kind.0 == Program::BitlBee {
                continue;
            }
            street.act("alice", Deed::Details(handle.into()));
            street.sees("alice", |screen| {
                let page = screen.details.get(handle);
                page.is_some_and(|page| page.contains_key("BIRTHDAY"))
            });
        }
        street.wait(5);
    });
}

#[test]
fn people_can_be_looked_for() {
    with_each(every_kind(), |kind, other| {
        if kind.0 == Program::BitlBee {
            return;
        }
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        for (text, finds) in [("bob", true), ("nobody at all; $#", false)] {
            street.act("alice", Deed::Find(text.into()));
            street.sees("alice", |screen| {
                let found = screen.found.as_ref();
                found.is_some_and(|found| found.contains(&"bob".to_owned()) == finds)
            });
        }
    });
}

pub(crate) fn ask(street: &Street, who: &str, whom: &str) {
    let (handle, text) = (whom.to_owned(), "it is me".to_owned());
    street.act(who, Deed::Add { handle, text });
}

pub(crate) fn answer(street: &Street, who: &str, whom: &str, yes: bool) {
    let handle = whom.to_owned();
    street.act(who, Deed::Answer { handle, yes });
}
