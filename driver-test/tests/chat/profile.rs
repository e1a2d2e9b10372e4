//! What the user says of himself, here and in other sessions of the same account.

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::io::ListenerId;
use imo2sproxy_sim::{Faults, Person, World};

use crate::town::{SECONDS, come_back, daemon, everybody_online, friends, host};

/// A second daemon of alice's, with a client of its own.
fn at_work(world: &mut World) -> Person {
    let seed = world.seed_for("work");
    world.host("work", daemon("alice", seed));
    world.listen("work", ListenerId(0), "work", 1401, false);
    let person = Person::new(WireKind::SkypeProxy, None, "work", 1401);
    let person = world.join("alice at work", person);
    person.say("PROTOCOL 7");
    world.expect("alice at work", "CONNSTATUS ONLINE", SECONDS(60));
    person
}

#[test]
fn a_change_of_the_profile_gives_the_reply_and_notices_about_profile_and_user() {
    let mut world = everybody_online(&["alice"]);
    let alice = world.person("alice").clone();
    for (property, value) in [
        ("FULLNAME", "Alice; of $ #1"),
        ("MOOD_TEXT", "so so"),
        ("CITY", "Tartu"),
        ("ABOUT", "two\nlines"),
        ("PHONE_HOME", ""),
        ("TIMEZONE", "90000"),
    ] {
        alice.say(&format!("#3 SET PROFILE {property} {value}"));
        world.expect(
            "alice",
            &format!("#3 PROFILE {property} {value}"),
            SECONDS(1),
        );
        world.expect("alice", &format!("PROFILE {property} {value}"), SECONDS(1));
        world.expect(
            "alice",
            &format!("USER alice {property} {value}"),
            SECONDS(1),
        );
        alice.say(&format!("#4 GET USER alice {property}"));
        world.expect(
            "alice",
            &format!("#4 USER alice {property} {value}"),
            SECONDS(1),
        );
    }
}

#[test]
fn a_number_that_is_none_does_not_get_into_the_profile() {
    let mut world = everybody_online(&["alice"]);
    let alice = world.person("alice").clone();
    alice.say("SET PROFILE BIRTHDAY soon");
    world.expect("alice", "PROFILE BIRTHDAY 0", SECONDS(1));
    alice.say("#1 GET PROFILE BIRTHDAY");
    world.expect("alice", "#1 PROFILE BIRTHDAY 0", SECONDS(1));
}

#[test]
fn a_rich_mood_is_shown_to_others_without_its_tags() {
    let mut world = friends(1, Faults::none());
    let alice = world.person("alice").clone();
    alice.say("SET PROFILE RICH_MOOD_TEXT <b>on</b> air");
    world.expect("bob", "USER alice MOOD_TEXT on air", SECONDS(5));
    alice.say("GET PROFILE RICH_MOOD_TEXT");
    world.expect("alice", "PROFILE RICH_MOOD_TEXT <b>on</b> air", SECONDS(1));
    alice.say("SET PROFILE MOOD_TEXT off");
    alice.say("#1 GET PROFILE RICH_MOOD_TEXT");
    world.expect("alice", "#1 PROFILE RICH_MOOD_TEXT ", SECONDS(1));
}

#[test]
fn the_profile_survives_a_restart() {
    let mut world = everybody_online(&["alice"]);
    let alice = world.person("alice").clone();
    alice.say("SET PROFILE CITY Tartu");
    alice.say("SET PROFILE MOOD_TEXT so so");
    world.run_for(SECONDS(2));
    world.kill(&host("alice"));
    let seed = world.seed_for("again");
    world.restart(&host("alice"), daemon("alice", seed));
    come_back(&mut world, "alice");
    alice.say("#1 GET PROFILE CITY");
    world.expect("alice", "#1 PROFILE CITY Tartu", SECONDS(1));
    alice.say("#2 GET USER alice MOOD_TEXT");
    world.expect("alice", "#2 USER alice MOOD_TEXT so so", SECONDS(1));
}

#[test]
fn status_and_mood_set_in_another_session_are_shown_in_this_one() {
    let mut world = everybody_online(&["alice"]);
    let (home, work) = (world.person("alice").clone(), at_work(&mut world));
    work.say("SET USERSTATUS DND");
    world.expect("alice", "USERSTATUS DND", SECONDS(5));
    home.say("GET USERSTATUS");
    world.expect("alice", "USERSTATUS DND", SECONDS(1));
    work.say("SET PROFILE MOOD_TEXT at work");
    world.expect("alice", "USER alice MOOD_TEXT at work", SECONDS(5));
    home.say("GET PROFILE MOOD_TEXT");
    world.expect("alice", "PROFILE MOOD_TEXT at work", SECONDS(1));
}

#[test]
fn a_status_that_the_service_has_no_other_word_for_keeps_its_word() {
    let mut world = everybody_online(&["alice"]);
    let (home, work) = (world.person("alice").clone(), at_work(&mut world));
    home.say("SET USERSTATUS SKYPEME");
    world.run_for(SECONDS(2));
    work.say("SET USERSTATUS ONLINE");
    world.run_for(SECONDS(5));
    home.say("#1 GET USERSTATUS");
    world.expect("alice", "#1 USERSTATUS SKYPEME", SECONDS(1));
}

#[test]
fn going_offline_in_one_session_leaves_the_other_one_online() {
    let mut world = everybody_online(&["alice"]);
    let (home, work) = (world.person("alice").clone(), at_work(&mut world));
    work.say("SET USERSTATUS OFFLINE");
    world.expect("alice at work", "CONNSTATUS OFFLINE", SECONDS(5));
    world.run_for(SECONDS(5));
    home.say("#1 GET USERSTATUS");
    world.expect("alice", "#1 USERSTATUS ONLINE", SECONDS(1));
}
