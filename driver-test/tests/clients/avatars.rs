//! Pictures: one's own, and those of others.

use std::net::Ipv4Addr;

use imo2sproxy_sim::clients::{Deed, Picture, Program};

use crate::street::{Kind, Street, every_kind, with_each};
use crate::town::host;

const JPEG: &[u8] = b"\xff\xd8\xff\xe0 somebody's face";

/// Two friends whose programs run beside their daemons, which have folders for pictures.
fn at_home(kind: Kind) -> Street {
    let mut street = Street::new(&["alice", "bob"]);
    street.befriend("alice", "bob", "");
    street.befriend("bob", "alice", "");
    for name in ["alice", "bob"] {
        street.world.give_folder(&host(name));
        street.seat(name, kind);
        street.world.set_address(name, Ipv4Addr::LOCALHOST.into());
    }
    for name in ["alice", "bob"] {
        street.await_online(name);
    }
    street.wait(30);
    street
}

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

#[test]
fn a_picture_that_is_set_with_one_program_is_seen_with_another_of_its_kind() {
    for kind in picture_kinds() {
        let mut street = at_home(kind);
        street.world.folder(&host("alice")).put("me.jpg", JPEG);
        street.act("alice", Deed::SetPicture("/pictures/me.jpg".into()));
        street.wait(30);
        if kind.0 != Program::Pidgin {
            let screen = street.screen("alice");
            assert_eq!(screen.own_picture, Some(Picture::There), "{kind:?}");
        }
        // Miranda makes the file empty before it asks.
        let name = match kind.0 {
            Program::MirandaProxy | Program::MirandaLink => "alice_tmp.jpg",
            Program::Pidgin | Program::Skype4Py | Program::BitlBee => "alice.jpg",
        };
        if name == "alice_tmp.jpg" {
            street.world.folder(&host("bob")).put(name, b"");
        }
        street.act("bob", Deed::Picture("alice".into()));
        street.sees("bob", |screen| {
            screen.pictures.get("alice") == Some(&Picture::There)
        });
        let written = street
            .world
            .folder(&host("bob"))
            .get(name)
            .map(<[u8]>::to_vec);
        assert_eq!(written.as_deref(), Some(JPEG), "{kind:?}");
    }
}
