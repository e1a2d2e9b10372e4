//! Pictures of people, from one client to another.
//! Never about how a file gets through a transport.

use std::net::Ipv4Addr;

use imo2sproxy_core::config::{Limits, WireKind};
use imo2sproxy_sim::{Faults, Person, World};

use crate::town::{SECONDS, befriend, friends, host, town};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\npicture of alice";
const GIF: &[u8] = b"GIF89a another picture";

/// A second client of `owner`'s, on the machine of the daemon, which has a folder.
fn at_home(world: &mut World, owner: &str) -> String {
    let name = format!("{owner}-at-home");
    let person = Person::new(WireKind::SkypeProxy, None, &host(owner), 1401);
    world.join(&name, person);
    world.set_address(&name, Ipv4Addr::LOCALHOST.into());
    world.give_folder(&host(owner));
    ask(world, &name, "PROTOCOL 7", "CONNSTATUS ONLINE");
    name
}

/// Says a line and expects another one.
#[track_caller]
fn ask(world: &mut World, name: &str, line: &str, expected: &str) {
    world.person(name).say(line);
    world.expect(name, expected, SECONDS(15));
}

/// Two friends, each with a client at home, and a picture of alice.
fn pictured() -> (World, String, String) {
    let mut world = friends(1, Faults::none());
    let alice = at_home(&mut world, "alice");
    let bob = at_home(&mut world, "bob");
    world.folder(&host("alice")).put("me.png", PNG);
    ask(
        &mut world,
        &alice,
        "#1 SET AVATAR 1 /pictures/me.png",
        "#1 AVATAR 1 /pictures/me.png",
    );
    world.expect("alice", "AVATAR 1 /pictures/me.png", SECONDS(1));
    world.run_for(SECONDS(2));
    (world, alice, bob)
}

#[test]
fn a_picture_is_set_here_and_written_there() {
    let (mut world, alice, bob) = pictured();
    ask(
        &mut world,
        &bob,
        "#2 GET USER Alice AVATAR 1 /pictures/alice.png",
        "#2 USER Alice AVATAR 1 /pictures/alice.png",
    );
    assert_eq!(world.folder(&host("bob")).get("alice.png"), Some(PNG));
    ask(
        &mut world,
        &alice,
        "GET AVATAR 1 own copy.png",
        "AVATAR 1 own copy.png",
    );
    assert_eq!(world.folder(&host("alice")).get("own copy.png"), Some(PNG));
}

#[test]
fn another_picture_and_none_are_noticed() {
    let (mut world, alice, bob) = pictured();
    ask(
        &mut world,
        &bob,
        "GET USER alice AVATAR 1 a",
        "USER alice AVATAR 1 a",
    );
    world.folder(&host("alice")).put("me.gif", GIF);
    ask(
        &mut world,
        &alice,
        "SET AVATAR 1 me.gif:1",
        "AVATAR 1 me.gif",
    );
    world.run_for(SECONDS(2));
    ask(
        &mut world,
        &bob,
        "GET USER alice AVATAR 1 b",
        "USER alice AVATAR 1 b",
    );
    assert_eq!(world.folder(&host("bob")).get("b"), Some(GIF));
    ask(&mut world, &alice, "SET AVATAR 1", "AVATAR 1 ");
    world.run_for(SECONDS(2));
    ask(&mut world, &bob, "GET USER alice AVATAR 1 c", "ERROR 122 *");
    assert_eq!(world.folder(&host("bob")).get("c"), None);
}

#[test]
fn a_client_elsewhere_gets_the_picture_through_its_connection() {
    let (mut world, _, _) = pictured();
    let phone = Person::taking_files(WireKind::SkypeProxy, None, &host("bob"), 1401);
    let phone = world.join("phone", phone);
    ask(&mut world, "phone", "PROTOCOL 7", "CONNSTATUS ONLINE");
    let path = "C:\\Temp\\alice_tmp.jpg";
    ask(
        &mut world,
        "phone",
        &format!("GET USER alice AVATAR 1 {path}"),
        &format!("USER alice AVATAR 1 {path}"),
    );
    assert_eq!(phone.files(), [(path.to_owned(), PNG.to_vec())]);
    // A client that is elsewhere and takes no files gets none, and sets none.
    ask(
        &mut world,
        "bob",
        "GET USER alice AVATAR 1 x",
        "ERROR 122 *",
    );
    ask(&mut world, "bob", "SET AVATAR 1 me.png", "ERROR 111 *");
}

#[test]
fn a_picture_is_there_right_after_a_login() {
    let (mut world, _, _) = pictured();
    world.kill(&host("bob"));
    let seed = world.seed_for("bob again");
    world.run_for(SECONDS(1));
    world.restart(&host("bob"), crate::town::daemon("bob", seed));
    let person = world.person("bob-at-home").clone();
    person.connect();
    ask(
        &mut world,
        "bob-at-home",
        "PROTOCOL 7",
        "USER alice ONLINESTATUS ONLINE",
    );
    ask(
        &mut world,
        "bob-at-home",
        "GET USER alice AVATAR 1 again.png",
        "USER alice AVATAR 1 again.png",
    );
}

#[test]
fn what_cannot_be_written_is_refused_with_its_number() {
    let (mut world, _, bob) = pictured();
    world.folder(&host("bob")).put("full", b"something");
    world.folder(&host("bob")).put("empty", b"");
    for (line, expected) in [
        ("GET USER alice AVATAR 1 full", "ERROR 124 *"),
        ("GET USER alice AVATAR 1 ../x", "ERROR 121 *"),
        ("GET USER alice AVATAR 1", "ERROR 121 *"),
        ("GET USER alice AVATAR 2 x", "ERROR 114 *"),
        ("GET USER echo123 AVATAR 1 x", "ERROR 122 *"),
        ("GET USER nobody AVATAR 1 x", "ERROR 122 *"),
        ("GET AVATAR 1 x", "ERROR 122 *"),
        ("GET USER alice AVATAR 1 empty", "USER alice AVATAR 1 empty"),
    ] {
        ask(&mut world, &bob, line, expected);
    }
    assert_eq!(world.folder(&host("bob")).len(), 2);
}

#[test]
fn what_cannot_be_set_is_refused_with_its_number() {
    let (mut world, alice, bob) = pictured();
    let large = vec![0; Limits::default().avatar_bytes + 1];
    world.folder(&host("alice")).put("large", &large);
    world.folder(&host("alice")).put("text", b"hello");
    for (line, expected) in [
        ("SET AVATAR 1 nothing-there", "ERROR 111 *"),
        ("SET AVATAR 1 /etc/passwd:", "ERROR 111 *"),
        ("SET AVATAR 2 me.png", "ERROR 114 *"),
        ("SET AVATAR 1 large", "ERROR 9901 *"),
        ("SET AVATAR 1 text", "ERROR 9901 *"),
    ] {
        ask(&mut world, &alice, line, expected);
    }
    world.run_for(SECONDS(2));
    ask(
        &mut world,
        &bob,
        "GET USER alice AVATAR 1 a",
        "USER alice AVATAR 1 a",
    );
    assert_eq!(
        world.folder(&host("bob")).get("a"),
        Some(PNG),
        "the old one stays"
    );
}

#[test]
fn without_a_folder_there_are_no_files() {
    let mut world = town(1, Faults::none(), &["alice", "bob"]);
    for name in ["alice", "bob"] {
        let person = Person::new(WireKind::SkypeProxy, None, &host(name), 1401);
        world.join(name, person);
        world.set_address(name, Ipv4Addr::LOCALHOST.into());
        ask(&mut world, name, "PROTOCOL 7", "CONNSTATUS ONLINE");
    }
    befriend(&mut world, "alice", "bob");
    ask(&mut world, "alice", "SET AVATAR 1 me.png", "ERROR 111 *");
    world.give_folder(&host("alice"));
    world.folder(&host("alice")).put("me.png", PNG);
    ask(
        &mut world,
        "alice",
        "SET AVATAR 1 me.png",
        "AVATAR 1 me.png",
    );
    world.run_for(SECONDS(2));
    ask(
        &mut world,
        "bob",
        "GET USER alice AVATAR 1 a",
        "ERROR 121 *",
    );
}

#[test]
fn a_picture_that_does_not_come_is_refused_in_time() {
    let (mut world, _, bob) = pictured();
    world.kill("imo");
    let before = world.now();
    ask(&mut world, &bob, "GET USER alice AVATAR 1 a", "ERROR 122 *");
    let waited = world.now().mono.since(before.mono);
    assert!(waited <= SECONDS(9), "{waited:?}");
    world.run_for(SECONDS(60));
    ask(&mut world, &bob, "GET USER alice AVATAR 1 a", "ERROR 122 *");
}

#[test]
fn a_picture_gets_through_rough_weather() {
    for seed in 1..10 {
        let mut world = town(seed, Faults::rough(), &["alice"]);
        let person = Person::new(WireKind::SkypeProxy, None, &host("alice"), 1401);
        let person = world.join("alice", person.returning(SECONDS(2)));
        world.set_address("alice", Ipv4Addr::LOCALHOST.into());
        world.give_folder(&host("alice"));
        world.folder(&host("alice")).put("me.png", PNG);
        let mut attempts = 0;
        while world.folder(&host("alice")).get("copy.png") != Some(PNG) {
            attempts += 1;
            assert!(attempts < 60, "seed {seed}: {:?}", person.last_lines(5));
            for line in ["SET AVATAR 1 me.png", "GET AVATAR 1 copy.png"] {
                person.say(line);
                world.run_for(SECONDS(15));
            }
        }
    }
}
