//! Groups of contacts.

use imo2sproxy_sim::clients::{Deed, Program};

use crate::street::{Kind, Street, every_kind, usual, with_each};

/// Programs that know groups.
fn grouping_kinds() -> Vec<Kind> {
    let mut kinds = every_kind();
    kinds.retain(|(program, _)| {
        matches!(
            program,
            Program::Pidgin | Program::Skype4Py | Program::BitlBee
        )
    });
    kinds
}

#[test]
fn a_group_is_made_filled_and_found_again() {
    with_each(grouping_kinds(), |kind, _| {
        let mut street = Street::of_friends(&[
            ("alice", kind),
            ("bob", usual(Program::Pidgin)),
            ("eve", usual(Program::Pidgin)),
        ]);
        for name in ["friends", "\u{fc}ber; $ # 100%"] {
            for handle in ["bob", "eve"] {
                let (group, handle) = (name.to_owned(), handle.to_owned());
                street.act("alice", Deed::PutInGroup { group, handle });
                street.wait(5);
            }
        }
        let group = "friends".to_owned();
        let handle = "eve".to_owned();
        street.act("alice", Deed::TakeFromGroup { group, handle });
        street.wait(5);
        // A fresh look at what is kept.
        let fresh = usual(Program::Skype4Py);
        street.seat_again("alice again", "alice", fresh);
        street.await_online("alice again");
        let groups = street.screen("alice again").groups;
        let members = |name: &str| groups[name].iter().cloned().collect::<Vec<_>>();
        assert_eq!(members("friends"), ["bob"]);
        assert_eq!(members("\u{fc}ber; $ # 100%"), ["bob", "eve"]);
        street.wait(60);
    });
}

#[test]
fn an_empty_group_is_not_listed() {
    with_each(grouping_kinds(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        let (group, handle) = ("short".to_owned(), "bob".to_owned());
        let (one, two) = (group.clone(), handle.clone());
        street.act("alice", Deed::PutInGroup { group, handle });
        street.wait(5);
        street.act(
            "alice",
            Deed::TakeFromGroup {
                group: one,
                handle: two,
            },
        );
        // One that was made just now may be listed, since some programs look for it at once.
        street.wait(120);
        // A fresh look at what is kept; Pidgin would delete an empty group that it finds.
        for (seat, program) in [("second", Program::Skype4Py), ("third", Program::Pidgin)] {
            street.seat_again(seat, "alice", usual(program));
            street.await_online(seat);
            street.wait(10);
            assert!(street.screen(seat).groups.is_empty());
        }
    });
}
