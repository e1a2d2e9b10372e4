//! Sweeps: two people chat through rough worlds of many seeds, and a model counts what must be true.
//! Never knows how a machine does it: it compares what was said with what was heard.
//!
//! `SIM_SEEDS` says how many seeds, `SIM_SEED` runs one alone.

#[path = "../town/mod.rs"]
#[expect(dead_code, reason = "a sweep uses only a part of the town")]
mod town;

mod dialects;
mod parties;
mod rooms;

use std::time::Duration;

use imo2sproxy_core::config::DialectKind::{self, V1};
use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::rng::Rng;
use imo2sproxy_sim::{Faults, Person, World, sweep::for_each_seed};

use town::{SECONDS, daemon_in, embedded, host, pair, service, town_in};

const PAIRS: [(&str, &str); 2] = [("alice", "bob"), ("bob", "alice")];
const NAMES: [&str; 2] = ["alice", "bob"];

/// Two people whose clients come back whenever they are cut off, and what their daemons speak. Both have been online once before the world
/// gets rough: nobody can write to an account that does not exist.
fn rough_town(seed: u64, dialects: [DialectKind; 2]) -> World {
    let people: Vec<_> = NAMES.into_iter().zip(dialects).collect();
    let mut world = town_in(seed, Faults::none(), &people);
    for name in NAMES {
        let client = Person::new(WireKind::SkypeProxy, None, &host(name), 1401);
        world
            .join(name, client.returning(SECONDS(2)))
            .say("PROTOCOL 7");
        world.expect(name, "CONNSTATUS ONLINE", SECONDS(10));
    }
    world.set_faults(Faults::rough());
    world
}

/// Lets both talk to each other for a while, with `mishap` now and then.
fn talk(world: &mut World, rng: &mut Rng, mut mishap: impl FnMut(&mut World, &mut Rng)) {
    for number in 0..12 {
        for (me, other) in PAIRS {
            let padding = "x".repeat(usize::try_from(rng.below(3000)).unwrap_or_default());
            let text = format!("{me} {number} \u{1F600}\n{padding}");
            world
                .person(me)
                .say(&format!("#{number} MESSAGE {other} {text}"));
        }
        world.run_for(Duration::from_millis(rng.below(15_000)));
        mishap(world, rng);
    }
}

/// One message of a dialog, as a client without trouble reads it.
struct Message {
    body: String,
    status: String,
}

/// What `from` has written in the dialog of `name` with `partner`, oldest first.
fn history(world: &mut World, name: &str, partner: &str, from: &str) -> Vec<Message> {
    let question = format!("SEARCH CHATMESSAGES {partner}");
    texts(world, name, (&question, "CHATMESSAGES "), from)
}

/// What `from` has written of what the daemon of `name` lists, oldest first.
fn texts(
    world: &mut World,
    name: &str,
    (question, start): (&str, &str),
    from: &str,
) -> Vec<Message> {
    let reader = format!("{name}-reads-{from}");
    let person = world.join(
        &reader,
        Person::new(WireKind::SkypeProxy, None, &host(name), 1401),
    );
    person.say("PROTOCOL 7");
    person.say(question);
    let list = world.expect(&reader, &format!("{start}*"), SECONDS(30));
    let numbers = list[start.len()..].split(", ");
    let numbers: Vec<String> = numbers
        .filter(|number| !number.is_empty())
        .map(str::to_owned)
        .collect();
    let mut messages = Vec::new();
    for number in numbers.iter().rev() {
        let mut get = |property: &str| {
            person.say(&format!("GET CHATMESSAGE {number} {property}"));
            let pattern = format!("CHATMESSAGE {number} {property} *");
            let line = world.expect(&reader, &pattern, SECONDS(30));
            line[pattern.len() - 1..].to_owned()
        };
        if get("FROM_HANDLE") == from && get("TYPE") == "SAID" {
            messages.push(Message {
                body: get("BODY"),
                status: get("STATUS"),
            });
        }
    }
    messages
}

/// Checks one direction of a dialog after all trouble, as `me` has sent it and as `other` has got it.
fn check(world: &mut World, me: &str, other: &str) {
    let own = history(world, me, other, me);
    let heard = history(world, other, me, me);
    check_dialog(&own, &heard, &format!("{me} to {other}"));
}

/// What is kept as sent has arrived, in that order; what is kept as failed has not; nothing is still under way;
/// nothing is doubled.
fn check_dialog(own: &[Message], heard: &[Message], whose: &str) {
    let settled = |message: &Message| ["SENT", "FAILED"].contains(&message.status.as_str());
    assert!(
        own.iter().all(settled),
        "{whose}: something is still under way"
    );
    let sent: Vec<&str> = bodies(own.iter().filter(|message| message.status == "SENT"));
    let failed: Vec<&str> = bodies(own.iter().filter(|message| message.status == "FAILED"));
    let heard: Vec<&str> = bodies(heard.iter());
    // A daemon that dies may have sent what it had not kept, and had confirmed to nobody.
    let known: Vec<&str> = heard
        .iter()
        .copied()
        .filter(|body| sent.contains(body))
        .collect();
    assert_eq!(known, sent, "{whose}: these arrived, and those were sent");
    let revived = heard.iter().any(|body| failed.contains(body));
    assert!(!revived, "{whose}: something that failed has arrived");
    let mut once = heard.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(
        once.len(),
        heard.len(),
        "{whose}: something has arrived twice"
    );
}

/// The beginnings of bodies, which are enough to tell them apart.
fn bodies<'a>(messages: impl Iterator<Item = &'a Message>) -> Vec<&'a str> {
    messages
        .map(|message| message.body.lines().next().unwrap_or_default())
        .collect()
}

/// Checks that what `me` was told with a status line is what its daemon keeps.
fn check_reports(world: &mut World, me: &str) {
    let person = world.person(me).clone();
    let reader = format!("{me}-asks");
    let asks = world.join(
        &reader,
        Person::new(WireKind::SkypeProxy, None, &host(me), 1401),
    );
    asks.say("PROTOCOL 7");
    for line in person.everything() {
        let words: Vec<&str> = line.line.split(' ').collect();
        if let [
            "CHATMESSAGE",
            number,
            "STATUS",
            status @ ("SENT" | "FAILED"),
        ] = words.as_slice()
        {
            asks.say(&format!("GET CHATMESSAGE {number} STATUS"));
            world.expect(
                &reader,
                &format!("CHATMESSAGE {number} STATUS {status}"),
                SECONDS(30),
            );
        }
    }
}

/// When trouble is over, everything that was accepted has arrived once and in order, or is known to have failed.
#[test]
fn a_rough_network_loses_and_doubles_nothing() {
    on_a_rough_network([V1, V1]);
}

fn on_a_rough_network(dialects: [DialectKind; 2]) {
    for_each_seed(|seed| {
        let mut world = rough_town(seed, dialects);
        let mut rng = world.rng("talk");
        talk(&mut world, &mut rng, |_, _| {});
        world.heal();
        world.run_for(SECONDS(120));
        for (me, other) in PAIRS {
            check(&mut world, me, other);
            check_reports(&mut world, me);
        }
    });
}

/// Whatever dies, what was reported as sent has arrived, and nothing is doubled.
#[test]
fn deaths_lose_nothing_that_was_reported_and_double_nothing() {
    among_deaths([V1, V1]);
}

fn among_deaths(dialects: [DialectKind; 2]) {
    for_each_seed(|seed| {
        let mut world = rough_town(seed, dialects);
        let mut rng = world.rng("talk");
        let mut lives = 0;
        talk(&mut world, &mut rng, |world, rng| {
            lives += 1;
            let fresh = world.seed_for(&format!("life {lives}"));
            match rng.below(4) {
                0 => {
                    world.kill("imo");
                    world.run_for(Duration::from_millis(rng.below(20_000)));
                    world.restart("imo", service(fresh));
                }
                1 | 2 => {
                    let who = usize::from(!rng.chance(50));
                    let (name, dialect) = (NAMES[who], dialects[who]);
                    world.kill(&host(name));
                    world.run_for(Duration::from_millis(rng.below(20_000)));
                    world.restart(&host(name), daemon_in(dialect, name, fresh));
                }
                _ => {}
            }
        });
        world.heal();
        world.run_for(SECONDS(180));
        for (me, other) in PAIRS {
            check(&mut world, me, other);
            check_reports(&mut world, me);
        }
    });
}

/// The daemon with its service inside dies and comes back, on a bad disk and a bad network to its client.
#[test]
fn the_embedded_pair_answers_everything_once_whatever_happens() {
    for_each_seed(|seed| {
        let mut world = embedded(seed, Faults::rough());
        let mut rng = world.rng("talk");
        let client = Person::new(WireKind::SkypeProxy, None, &host("alice"), 1401);
        let alice = world.join("alice", client.returning(SECONDS(2)));
        for number in 0..20 {
            alice.say(&format!("MESSAGE echo123 echo {number}"));
            world.run_for(Duration::from_millis(rng.below(5_000)));
            if rng.chance(20) {
                world.kill(&host("alice"));
                world.run_for(Duration::from_millis(rng.below(10_000)));
                let life = [0, 1].map(|half| world.seed_for(&format!("{number} {half}")));
                let [proxy, service] = life;
                world.restart(&host("alice"), pair("alice", "secret", proxy, service));
            }
        }
        world.heal();
        world.run_for(SECONDS(120));
        let own = history(&mut world, "alice", "echo123", "alice");
        let heard = history(&mut world, "alice", "echo123", "echo123");
        check_dialog(&own, &heard, "alice to the echo");
    });
}

/// The same seed is the same run, to the byte.
#[test]
fn a_seed_is_always_the_same_run() {
    let run = |seed| {
        let mut world = rough_town(seed, [V1, V1]);
        let mut rng = world.rng("talk");
        talk(&mut world, &mut rng, |_, _| {});
        world.trace_hash()
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}
