//! What happens to commands while the service cannot be reached: how many are taken, and when the rest is.
//! Never about how the service is found again.

use imo2sproxy_sim::town::{SECONDS, friends, service};
use imo2sproxy_sim::{Faults, Person, World};

/// Alice and bob, who are friends, and then no service.
fn without_service() -> World {
    let mut world = friends(1, Faults::none());
    world.kill("imo");
    world
}

fn service_comes_back(world: &mut World) {
    let seed = world.seed_for("imo again");
    world.restart("imo", service(seed));
}

fn taken(world: &World) -> usize {
    let alice = world.person("alice");
    alice.count("#* CHATMESSAGE * STATUS SENDING") + alice.count("#* MESSAGE * STATUS SENDING")
}

/// The bodies of all that bob was told of, in that order.
fn bodies(world: &mut World, bob: &Person) -> Vec<String> {
    let lines = bob.replies();
    let numbers = lines.iter().filter_map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let is_news = words.first() == Some(&"CHATMESSAGE")
            && words.get(2..) == Some(&["STATUS", "RECEIVED"]);
        is_news.then(|| words[1].to_owned())
    });
    let numbers: Vec<String> = numbers.collect();
    for number in &numbers {
        bob.say(&format!("#b{number} GET CHATMESSAGE {number} BODY"));
    }
    world.run_for(SECONDS(20));
    let body = |number: &String| {
        let start = format!("#b{number} CHATMESSAGE {number} BODY ");
        let line = bob.replies().into_iter().find(|l| l.starts_with(&start));
        line.unwrap()[start.len()..].to_owned()
    };
    numbers.iter().map(body).collect()
}

#[test]
fn of_300_messages_256_are_taken_while_the_service_is_away_and_all_arrive_once_and_in_order() {
    let mut world = without_service();
    let (alice, bob) = (world.person("alice").clone(), world.person("bob").clone());
    for number in 0..300 {
        alice.say(&format!("#{number} MESSAGE bob text {number}"));
    }
    alice.say("#end PING");
    world.run_for(SECONDS(20));
    // One more has passed the question whether there is room.
    assert!((256..=257).contains(&taken(&world)), "{}", taken(&world));
    assert!(!alice.heard("#end PONG"), "nothing behind them is read");
    world.run_for(SECONDS(600));
    assert!((256..=257).contains(&taken(&world)), "{}", taken(&world));
    service_comes_back(&mut world);
    world.run_for(SECONDS(90));
    assert_eq!(taken(&world), 300);
    assert!(alice.heard("#end PONG"));
    assert_eq!(alice.count("CHATMESSAGE * STATUS SENT"), 300);
    let expected: Vec<String> = (0..300).map(|number| format!("text {number}")).collect();
    assert_eq!(bodies(&mut world, &bob), expected);
}

#[test]
fn of_long_messages_half_a_mebibyte_is_taken_while_the_service_is_away() {
    let mut world = without_service();
    let alice = world.person("alice").clone();
    let text = "x".repeat(30 * 1024);
    for number in 0..30 {
        alice.say(&format!("#{number} MESSAGE bob {number} {text}"));
    }
    world.run_for(SECONDS(20));
    let taken_first = taken(&world);
    assert!((17..=18).contains(&taken_first), "{taken_first}");
    service_comes_back(&mut world);
    world.run_for(SECONDS(120));
    assert_eq!(alice.count("CHATMESSAGE * STATUS SENT"), 30);
    let bob = world.person("bob").clone();
    assert_eq!(bob.count("CHATMESSAGE * STATUS RECEIVED"), 30);
}

/// Between the half and the whole nothing is taken: otherwise each one that goes out would let a single one in.
#[test]
fn reading_goes_on_at_half() {
    let mut world = without_service();
    let alice = world.person("alice").clone();
    for number in 0..300 {
        alice.say(&format!("#{number} MESSAGE bob text {number}"));
    }
    world.run_for(SECONDS(20));
    let before = taken(&world);
    service_comes_back(&mut world);
    world.run_until(|world| taken(world) > before, SECONDS(120));
    let waiting = before - alice.count("CHATMESSAGE * STATUS SENT");
    assert!(waiting <= 128, "{waiting} wait");
}
