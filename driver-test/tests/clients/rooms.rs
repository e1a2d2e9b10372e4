//! Group chats: opening, inviting, topics, texts, leaving, throwing out.

use imo2sproxy_sim::clients::{Deed, Program, Screen};

use crate::street::{Kind, Street, every_kind, usual, with_each};

/// Programs that know rooms, in versions that do.
fn room_kinds() -> Vec<Kind> {
    let mut kinds = every_kind();
    kinds.retain(|(program, version)| {
        let miranda = matches!(program, Program::MirandaProxy | Program::MirandaLink);
        let least = if miranda { 5 } else { 3 };
        *version >= least
    });
    kinds
}

/// The id of the only room that somebody sees: for one program dialogs are rooms, too.
fn room_of(screen: &Screen) -> Option<String> {
    let mut rooms = screen.rooms.iter();
    let with_three = rooms.find(|(_, room)| room.members.len() >= 3 && !room.left);
    with_three.map(|(chat, _)| chat.clone())
}

/// Alice, bob and eve in one room that alice has opened, with its id.
fn together(kind: Kind, other: Kind) -> (Street, String) {
    let third = usual(Program::Skype4Py);
    let people = [("alice", kind), ("bob", other), ("eve", third)];
    let mut street = Street::of_friends(&people);
    street.act("alice", Deed::OpenRoom(vec!["bob".into(), "eve".into()]));
    for (name, _) in people {
        street.sees(name, |screen| room_of(screen).is_some());
    }
    let room = room_of(&street.screen("alice")).expect("it was just seen");
    (street, room)
}

fn write_in_room(street: &Street, name: &str, text: &str) {
    let room = room_of(&street.screen(name)).expect("everybody is in it");
    let text = text.to_owned();
    street.act(name, Deed::WriteInRoom { room, text });
}

#[test]
fn a_room_is_opened_with_others_and_all_see_who_is_in_it() {
    with_each(room_kinds(), |kind, other| {
        for (opener, guest) in [(kind, other), (other, kind)] {
            let (street, _) = together(opener, guest);
            for name in ["alice", "bob", "eve"] {
                let screen = street.screen(name);
                let room = room_of(&screen).expect("it is open");
                let members: Vec<_> = screen.rooms[&room].members.iter().collect();
                assert_eq!(members, ["alice", "bob", "eve"], "as {name} sees it");
            }
        }
    });
}

#[test]
fn texts_in_a_room_reach_everybody_once() {
    with_each(room_kinds(), |kind, other| {
        let (mut street, _) = together(kind, other);
        for name in ["alice", "bob", "eve"] {
            for text in ["hello from", "; $ # ERROR 26 %s by"] {
                write_in_room(&street, name, &format!("{text} {name}"));
                for reader in ["alice", "bob", "eve"]
                    .iter()
                    .filter(|reader| **reader != name)
                {
                    street.sees(reader, |screen| {
                        let texts = screen.texts_from(name);
                        texts.contains(&format!("{text} {name}"))
                    });
                }
            }
        }
        street.wait(60);
        for name in ["alice", "bob", "eve"] {
            assert_eq!(street.screen(name).received.len(), 4, "as {name} sees it");
        }
    });
}

#[test]
fn a_topic_is_seen_by_everybody() {
    with_each(room_kinds(), |kind, other| {
        let (mut street, room) = together(kind, other);
        for topic in ["tea", "\u{fc}ber; $ # and  spaces"] {
            let (room, topic) = (room.clone(), topic.to_owned());
            street.act(
                "alice",
                Deed::SetTopic {
                    room,
                    topic: topic.clone(),
                },
            );
            for name in ["alice", "bob", "eve"] {
                street.sees(name, |screen| {
                    screen.rooms.values().any(|room| room.topic == topic)
                });
            }
        }
    });
}

#[test]
fn somebody_can_be_brought_into_a_room_later() {
    with_each(room_kinds(), |kind, other| {
        let people = [
            ("alice", kind),
            ("bob", other),
            ("eve", usual(Program::Skype4Py)),
            ("mallory", usual(Program::MirandaProxy)),
        ];
        let mut street = Street::of_friends(&people);
        street.act("alice", Deed::OpenRoom(vec!["bob".into(), "eve".into()]));
        street.sees("alice", |screen| room_of(screen).is_some());
        let room = room_of(&street.screen("alice")).expect("it was just seen");
        let handle = "mallory".to_owned();
        street.act("alice", Deed::Invite { room, handle });
        for (name, _) in people {
            street.sees(name, |screen| {
                screen.rooms.values().any(|room| room.members.len() == 4)
            });
        }
        street.wait(30);
    });
}

#[test]
fn who_leaves_a_room_is_out_of_it() {
    with_each(room_kinds(), |kind, other| {
        let (mut street, _) = together(other, kind);
        let room = room_of(&street.screen("bob")).expect("bob is in it");
        street.act("bob", Deed::Leave(room.clone()));
        street.sees("bob", |screen| screen.rooms[&room].left);
        for name in ["alice", "eve"] {
            street.sees(name, |screen| {
                let mut rooms = screen.rooms.values();
                rooms.any(|room| room.members.len() == 2 && room.members.contains("eve"))
            });
        }
        let before = street.screen("bob").received.len();
        let (name, text) = ("eve", "is bob gone?".to_owned());
        let room = street.screen(name).rooms.keys().next_back().cloned();
        let room = room.expect("eve is still in it");
        street.act(name, Deed::WriteInRoom { room, text });
        street.wait(30);
        assert_eq!(street.screen("bob").received.len(), before);
    });
}

#[test]
fn who_is_thrown_out_of_a_room_is_out_of_it() {
    with_each(room_kinds(), |kind, other| {
        // Its users see nobody leave but by a message that says so.
        if other.0 == Program::BitlBee {
            return;
        }
        let (mut street, room) = together(kind, other);
        let handle = "eve".to_owned();
        street.act("alice", Deed::Kick { room, handle });
        street.sees("bob", |screen| {
            let mut rooms = screen.rooms.values();
            rooms.any(|room| !room.members.contains("eve") && room.members.contains("alice"))
        });
        street.wait(30);
    });
}

#[test]
fn texts_in_a_room_that_were_missed_are_shown_later() {
    with_each(room_kinds(), |kind, other| {
        let (mut street, _) = together(other, kind);
        street.client("bob").hang_up();
        street.sees("bob", |screen| !screen.online);
        write_in_room(&street, "alice", "are you there?");
        street.wait(10);
        street.client("bob").connect();
        street.await_online("bob");
        street.sees("bob", |screen| {
            screen
                .texts_from("alice")
                .contains(&"are you there?".to_owned())
        });
        street.wait(60);
        assert_eq!(street.screen("bob").texts_from("alice").len(), 1);
    });
}
