//! Pictures: one's own, and those of others.

use imo2sproxy_sim::clients::{Deed, Picture, Program};

use crate::street::{Kind, Street, every_kind, with_each};

/// Programs that ask for pictures, in versions that do.
fn picture_kinds() -> Vec<Kind> {
    let mut kinds = every_kind();
    kinds.retain(|(program, version)| match program {
        Program::MirandaProxy => *version >= 7,
        Program::MirandaLink | Program::Pidgin | Program::Skype4Py => true,
        Program::BitlBee => false,
    });
    kinds
}

#[test]
fn who_has_no_picture_is_shown_without_one() {
    with_each(picture_kinds(), |kind, other| {
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        // What else is being asked would take an ERROR for its own.
        street.wait(30);
        street.act("alice", Deed::Picture("bob".into()));
        street.sees("alice", |screen| {
            screen.pictures.get("bob") == Some(&Picture::None)
        });
        street.wait(60);
    });
}

#[test]
fn a_picture_that_is_no_file_is_not_taken() {
    with_each(picture_kinds(), |kind, other| {
        if kind.0 == Program::Pidgin {
            return;
        }
        let mut street = Street::of_friends(&[("alice", kind), ("bob", other)]);
        street.wait(30);
        street.act("alice", Deed::SetPicture("/no/such/file.jpg".into()));
        street.sees("alice", |screen| {
            matches!(screen.own_picture, Some(Picture::None | Picture::There))
        });
        street.wait(60);
    });
}
