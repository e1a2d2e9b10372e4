//! Three people in a room, while networks fail and machines die.
//! Never about dialogs.

use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_sim::{Faults, Person, World, sweep::for_each_seed};

use super::town::{SECONDS, befriend, daemon, host, service, town};
use super::{Message, check_dialog, texts};

const NAMES: [&str; 3] = ["alice", "bob", "carol"];

/// Three people in a room of alice's, whose clients come back whenever they are cut off. The world gets rough once
/// they are in it. Gives its id, which is the same for all.
fn rough_room(seed: u64) -> (World, String) {
    let mut world = town(seed, Faults::none(), &NAMES);
    for name in NAMES {
        let client = Person::new(WireKind::SkypeProxy, None, &host(name), 1401);
        world
            .join(name, client.returning(SECONDS(2)))
            .say("PROTOCOL 7");
        world.expect(name, "CONNSTATUS ONLINE", SECONDS(10));
    }
    befriend(&mut world, "alice", "bob");
    befriend(&mut world, "alice", "carol");
    world.person("alice").say("#1 CHAT CREATE bob, carol");
    let reply = world.expect("alice", "#1 CHAT * STATUS MULTI_SUBSCRIBED", SECONDS(10));
    let room = reply.split(' ').nth(2).unwrap_or_default().to_owned();
    for name in NAMES {
        world.expect(name, &format!("CHAT {room} MEMBERS * * *"), SECONDS(10));
    }
    world.set_faults(Faults::rough());
    (world, room)
}

/// What `from` has said in the room, as `name` has it.
fn said(world: &mut World, room: &str, name: &str, from: &str) -> Vec<Message> {
    let question = format!("GET CHAT {room} CHATMESSAGES");
    let start = format!("CHAT {room} CHATMESSAGES ");
    texts(world, name, (&question, &start), from)
}

/// Whatever dies, all in a room have what was reported as sent there, in order and once, and the room is the same.
#[test]
fn a_room_loses_and_doubles_nothing_whatever_happens() {
    for_each_seed(|seed| {
        let (mut world, room) = rough_room(seed);
        let mut rng = world.rng("talk");
        for number in 0..10 {
            for me in NAMES {
                let line = format!("CHATMESSAGE {room} {me} {number}");
                world.person(me).say(&line);
            }
            world.run_for(Duration::from_millis(rng.below(15_000)));
            let fresh = world.seed_for(&format!("life {number}"));
            let pause = Duration::from_millis(rng.below(20_000));
            match rng.below(8) {
                0 => {
                    world.kill("imo");
                    world.run_for(pause);
                    world.restart("imo", service(fresh));
                }
                victim @ 1..=3 => {
                    let name = NAMES[usize::try_from(victim).unwrap_or_default() - 1];
                    world.kill(&host(name));
                    world.run_for(pause);
                    world.restart(&host(name), daemon(name, fresh));
                }
                _ => {}
            }
        }
        world.heal();
        world.run_for(SECONDS(180));
        for me in NAMES {
            let own = said(&mut world, &room, me, me);
            for other in NAMES.iter().filter(|other| **other != me) {
                let heard = said(&mut world, &room, other, me);
                check_dialog(&own, &heard, &format!("{me} in the room of {other}"));
            }
        }
    });
}
