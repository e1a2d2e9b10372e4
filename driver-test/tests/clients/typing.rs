//! Typing notifications.

use imo2sproxy_sim::clients::{Deed, Program};

use crate::street::{Kind, Street, every_kind, with_each};

/// Programs that tell and show who types, in versions that do.
fn typing_kinds() -> Vec<Kind> {
    let mut kinds = every_kind();
    kinds.retain(|(program, version)| match program {
        Program::MirandaProxy => *version >= 5,
        Program::MirandaLink | Program::Pidgin | Program::Skype4Py => true,
        Program::BitlBee => false,
    });
    kinds
}

#[test]
fn who_types_is_seen_to_begin_and_to_end() {
    with_each(typing_kinds(), |kind, other| {
        let other = if other.0 == Program::BitlBee {
            (Program::Pidgin, 7)
        } else {
            other
        };
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        for (one, two) in [("alice", "bob"), ("bob", "alice"), ("alice", "bob")] {
            for on in [true, false] {
                let to = two.to_owned();
                street.act(one, Deed::Type { to, on });
                street.sees(two, |screen| screen.typing.get(one) == Some(&on));
            }
        }
        street.wait(60);
    });
}

#[test]
fn typing_to_somebody_who_does_not_look_is_no_trouble() {
    with_each(typing_kinds(), |kind, _| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", (Program::BitlBee, 5))]);
        for on in [true, false] {
            let to = "bob".to_owned();
            street.act("alice", Deed::Type { to, on });
            street.wait(10);
        }
        street.write("alice", "bob", "hello");
        if kind != (Program::Skype4Py, 1) && kind != (Program::Skype4Py, 2) {
            street.reads("bob", "alice", &["hello"]);
        }
    });
}
