//! Rooms ready made, for tests that are about what happens in them.
//! Never tests anything itself.

use imo2sproxy_sim::{Faults, World};

use crate::town::{SECONDS, befriend, daemon, host, sit_down, town};
use crate::transcript::ask;

/// Alice, bob and carol, who are contacts of each other.
pub(crate) fn three(seed: u64) -> World {
    let mut world = town(seed, Faults::none(), &["alice", "bob", "carol"]);
    for name in ["alice", "bob", "carol"] {
        sit_down(&mut world, name);
    }
    for (one, other) in [("alice", "bob"), ("alice", "carol"), ("bob", "carol")] {
        befriend(&mut world, one, other);
    }
    world
}

/// Somebody makes a room with others; its id.
pub(crate) fn make_room(world: &mut World, maker: &str, others: &str) -> String {
    let reply = ask(world, maker, &format!("CHAT CREATE {others}"));
    let words: Vec<&str> = reply.split(' ').collect();
    assert_eq!(words[2..], ["STATUS", "MULTI_SUBSCRIBED"], "{reply}");
    words[1].to_owned()
}

/// Alice makes a room, bob and carol are in it. Its id as each of them has it.
pub(crate) fn room_of_three(world: &mut World) -> String {
    let room = make_room(world, "alice", "bob, carol");
    for name in ["bob", "carol"] {
        let line = world.expect(name, "CHAT * NAME *", SECONDS(10));
        assert_eq!(
            line,
            format!("CHAT {room} NAME {room}"),
            "all call it the same"
        );
    }
    world.run_for(SECONDS(5));
    for name in ["alice", "bob", "carol"] {
        forget(world, name);
    }
    room
}

/// Somebody makes a room with one other. Its id.
pub(crate) fn room_of_two(world: &mut World, maker: &str, other: &str) -> String {
    let room = make_room(world, maker, "");
    let reply = ask(
        world,
        maker,
        &format!("ALTER CHAT {room} ADDMEMBERS {other}"),
    );
    assert_eq!(reply, "ALTER CHAT ADDMEMBERS");
    room
}

/// What `name` has heard so far is of no interest any more.
pub(crate) fn forget(world: &World, name: &str) {
    while world.person(name).take("*").is_some() {}
}

pub(crate) fn restart(world: &mut World, name: &str) {
    world.kill(&host(name));
    let seed = world.seed_for(&format!("{name} again at {:?}", world.now().mono));
    world.restart(&host(name), daemon(name, seed));
}
