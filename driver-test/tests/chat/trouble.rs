//! What goes wrong in the world, and how everybody comes back from it.

use std::time::Duration;

use imo2sproxy_core::store::{Store as _, StoreOp};
use imo2sproxy_sim::{Faults, Span};

use crate::town::{
    SECONDS, befriend, come_back, daemon, everybody_online, friends, host, service, sit_down, town,
};

#[test]
fn a_service_that_appears_late_is_found() {
    let mut world = town(1, Faults::none(), &["alice"]);
    world.kill("imo");
    world.run_for(SECONDS(300));
    let downs = world
        .events(&host("alice"))
        .iter()
        .filter(|(_, event)| event.kind == imo2sproxy_core::event::EventKind::LinkDown)
        .count();
    assert_eq!(downs, 1, "one line per cause, not per attempt");
    let seed = world.seed_for("imo again");
    world.restart("imo", service(seed));
    sit_down(&mut world, "alice");
}

#[test]
fn a_message_written_while_the_service_is_away_goes_out_when_it_is_back() {
    let mut world = friends(1, Faults::none());
    world.kill("imo");
    world.person("alice").say("MESSAGE bob are you there?");
    world.expect("alice", "CHATMESSAGE * STATUS SENDING", SECONDS(1));
    world.run_for(SECONDS(100));
    let seed = world.seed_for("imo again");
    world.restart("imo", service(seed));
    world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(60));
    world.expect("bob", "CHATMESSAGE * STATUS RECEIVED", SECONDS(60));
}

#[test]
fn a_message_that_a_dead_daemon_had_accepted_goes_out_once_it_lives_again() {
    let mut world = friends(1, Faults::none());
    world.kill("imo");
    world.person("alice").say("MESSAGE bob are you there?");
    world.expect("alice", "CHATMESSAGE * STATUS SENDING", SECONDS(1));
    world.run_for(SECONDS(1));
    world.kill(&host("alice"));
    let seeds = (world.seed_for("imo again"), world.seed_for("alice again"));
    world.restart("imo", service(seeds.0));
    world.restart(&host("alice"), daemon("alice", seeds.1));
    world.expect("bob", "CHATMESSAGE * STATUS RECEIVED", SECONDS(60));
    world.run_for(SECONDS(60));
    assert_eq!(
        world.person("bob").count("CHATMESSAGE * STATUS RECEIVED"),
        1
    );
}

#[test]
fn message_numbers_are_never_given_twice() {
    let mut world = friends(1, Faults::none());
    let mut last = 0;
    for life in 0..4 {
        world.person("alice").say("MESSAGE bob hello");
        let line = world.expect("alice", "CHATMESSAGE * STATUS SENDING", SECONDS(5));
        let number: u32 = line.split(' ').nth(1).unwrap().parse().unwrap();
        assert!(number > last);
        last = number;
        world.kill(&host("alice"));
        let seed = world.seed_for(&format!("life {life}"));
        world.restart(&host("alice"), daemon("alice", seed));
        come_back(&mut world, "alice");
    }
}

#[test]
fn a_slow_client_does_not_delay_the_others() {
    let mut world = friends(1, Faults::none());
    let slow = sit_down_as(&mut world, "bob", "slow");
    slow.stop_reading();
    for number in 0..200 {
        let text = "x".repeat(1000);
        world
            .person("alice")
            .say(&format!("MESSAGE bob {number} {text}"));
    }
    world.run_for(SECONDS(30));
    assert_eq!(
        world.person("bob").count("CHATMESSAGE * STATUS RECEIVED"),
        200
    );
}

#[test]
fn whoever_writes_a_lot_while_offline_can_still_go_online() {
    let mut world = friends(1, Faults::none());
    let alice = world.person("alice").clone();
    alice.say("SET USERSTATUS OFFLINE");
    world.expect("alice", "CONNSTATUS OFFLINE", SECONDS(10));
    for number in 0..400 {
        alice.say(&format!("#{number} MESSAGE bob text {number}"));
    }
    alice.say("#on SET USERSTATUS ONLINE");
    world.expect("alice", "#on USERSTATUS ONLINE", SECONDS(10));
    world.run_for(SECONDS(30));
    let taken = alice.count("#* CHATMESSAGE * STATUS SENDING");
    assert!(taken >= 256, "only {taken} were taken");
    assert_eq!(taken + alice.count("#* ERROR *"), 400);
    assert_eq!(alice.count("CHATMESSAGE * STATUS SENT"), taken);
    assert_eq!(
        world.person("bob").count("CHATMESSAGE * STATUS RECEIVED"),
        taken
    );
}

#[test]
fn a_client_that_waits_for_the_service_holds_up_no_other() {
    let mut world = friends(1, Faults::none());
    world.kill("imo");
    for number in 0..400 {
        world
            .person("alice")
            .say(&format!("MESSAGE bob text {number}"));
    }
    world.run_for(SECONDS(5));
    let kind = imo2sproxy_core::config::WireKind::SkypeProxy;
    let other = imo2sproxy_sim::Person::new(kind, None, &host("alice"), 1401);
    world.join("other", other).say("#1 PING");
    world.expect("other", "#1 PONG", SECONDS(2));
    let seed = world.seed_for("imo again");
    world.restart("imo", service(seed));
    world.run_for(SECONDS(120));
    assert_eq!(
        world.person("alice").count("CHATMESSAGE * STATUS SENT"),
        400
    );
    assert_eq!(
        world.person("bob").count("CHATMESSAGE * STATUS RECEIVED"),
        400
    );
}

#[test]
fn whoever_left_while_the_service_was_away_is_not_shown_online_again() {
    let mut world = friends(1, Faults::none());
    world.person("bob").say("SET USERSTATUS AWAY");
    world.expect("alice", "USER bob ONLINESTATUS AWAY", SECONDS(10));
    world.kill("imo");
    world.expect("alice", "USER bob ONLINESTATUS OFFLINE", SECONDS(90));
    world.kill(&host("bob"));
    let told = world.person("alice").count("USER bob ONLINESTATUS AWAY");
    let seed = world.seed_for("imo again");
    world.restart("imo", service(seed));
    world.expect("alice", "CONNSTATUS ONLINE", SECONDS(90));
    world.run_for(SECONDS(90));
    let told_again = world.person("alice").count("USER bob ONLINESTATUS AWAY");
    assert_eq!(told_again, told);
}

#[test]
fn messages_are_told_to_a_client_that_was_there_before_the_disk_was() {
    let mut world = friends(1, Faults::none());
    world.person("bob").leave();
    world.run_for(SECONDS(1));
    world.person("alice").say("MESSAGE bob hello");
    world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(5));
    world.run_for(SECONDS(1));
    world.kill(&host("bob"));
    world.set_faults(Faults {
        load_fails: 100,
        ..Faults::none()
    });
    let seed = world.seed_for("bob again");
    world.restart(&host("bob"), daemon("bob", seed));
    let bob = world.person("bob").clone();
    bob.connect();
    bob.say("#1 PING");
    world.expect("bob", "#1 PONG", SECONDS(2));
    world.run_for(SECONDS(10));
    world.set_faults(Faults::none());
    world.expect("bob", "MESSAGE * STATUS RECEIVED", SECONDS(10));
    world.run_for(SECONDS(10));
    assert_eq!(world.person("bob").count("MESSAGE * STATUS RECEIVED"), 1);
}

/// What a login tells waits for the disk; a change of presence does not.
#[test]
fn whoever_signs_on_while_another_one_changes_sees_the_change_in_the_end() {
    for change in 0..40 {
        let mut world = everybody_online(&["alice", "bob", "carol"]);
        befriend(&mut world, "alice", "bob");
        befriend(&mut world, "carol", "bob");
        world.run_for(SECONDS(1));
        world.kill(&host("bob"));
        world.set_faults(Faults {
            disk_delay: Span::millis(1_500, 1_500),
            ..Faults::none()
        });
        let seed = world.seed_for("bob again");
        world.restart(&host("bob"), daemon("bob", seed));
        // Something for bob is on its way to the disk at any time.
        for number in 0..40 {
            world.person("carol").say(&format!("MESSAGE bob {number}"));
            if number == change {
                world.person("alice").say("SET USERSTATUS AWAY");
            }
            world.run_for(Duration::from_millis(200));
        }
        world.run_for(SECONDS(30));
        come_back(&mut world, "bob");
        let bob = world.person("bob").clone();
        bob.say("#1 GET USER alice ONLINESTATUS");
        let seen = world.expect("bob", "#1 *", SECONDS(5));
        assert_eq!(seen, "#1 USER alice ONLINESTATUS AWAY", "with {change}");
    }
}

/// Some clients take the word that there is no such message for the end of it.
#[test]
fn an_old_message_is_read_though_the_disk_fails_now_and_then() {
    for seed in 1..=20 {
        let mut world = friends(seed, Faults::none());
        world.person("alice").say("MESSAGE bob hello");
        let line = world.expect("bob", "CHATMESSAGE * STATUS RECEIVED", SECONDS(5));
        let number = line.split(' ').nth(1).unwrap().to_owned();
        world.run_for(SECONDS(1));
        world.kill(&host("bob"));
        let seed = world.seed_for("bob again");
        world.restart(&host("bob"), daemon("bob", seed));
        come_back(&mut world, "bob");
        world.set_faults(Faults {
            load_fails: 30,
            ..Faults::none()
        });
        let bob = world.person("bob").clone();
        bob.say(&format!("#1 GET CHATMESSAGE {number} BODY"));
        let body = world.expect("bob", "#1 *", SECONDS(1));
        assert_eq!(body, format!("#1 CHATMESSAGE {number} BODY hello"));
    }
}

#[test]
fn a_message_that_was_refused_late_stays_refused() {
    let mut world = friends(1, Faults::none());
    world.person("bob").say("SET USER alice ISBLOCKED TRUE");
    world.run_for(SECONDS(2));
    world.kill("imo");
    let alice = world.person("alice").clone();
    for _ in 0..100 {
        alice.say("MESSAGE bob hello");
        world.run_for(SECONDS(1));
    }
    let line = world.expect("alice", "CHATMESSAGE * STATUS SENDING", SECONDS(5));
    let number = line.split(' ').nth(1).unwrap().to_owned();
    world.run_for(SECONDS(5));
    let seed = world.seed_for("imo again");
    world.restart("imo", service(seed));
    world.expect(
        "alice",
        &format!("CHATMESSAGE {number} STATUS FAILED"),
        SECONDS(90),
    );
    alice.say(&format!("#9 GET CHATMESSAGE {number} STATUS"));
    world.expect(
        "alice",
        &format!("#9 CHATMESSAGE {number} STATUS FAILED"),
        SECONDS(5),
    );
}

fn sit_down_as(
    world: &mut imo2sproxy_sim::World,
    account: &str,
    name: &str,
) -> imo2sproxy_sim::Person {
    let kind = imo2sproxy_core::config::WireKind::SkypeProxy;
    let person = world.join(
        name,
        imo2sproxy_sim::Person::new(kind, None, &host(account), 1401),
    );
    person.say("PROTOCOL 7");
    world.expect(name, "CONNSTATUS ONLINE", SECONDS(10));
    person
}

#[test]
fn after_a_short_outage_contacts_are_there_as_before() {
    let mut world = friends(1, Faults::none());
    world.run_for(SECONDS(2));
    for _ in 0..4 {
        world.reset_connections("imo");
        world.run_for(SECONDS(1));
    }
    // Long enough for the daemon to find out, too short for the service to forget the session.
    world.expect("alice", "CONNSTATUS OFFLINE", SECONDS(80));
    world.expect("alice", "CONNSTATUS ONLINE", SECONDS(60));
    world.person("alice").say("#1 GET USER bob ONLINESTATUS");
    world.expect("alice", "#1 USER bob ONLINESTATUS ONLINE", SECONDS(5));
}

#[test]
fn a_long_contact_list_that_comes_at_once_is_no_fault_of_the_client() {
    let mut world = town(1, Faults::none(), &["alice"]);
    let alice = sit_down(&mut world, "alice");
    alice.leave();
    world.kill(&host("alice"));
    world.kill("imo");
    let contact = br#"{"listed":true,"granted":true,"sees_me":true}"#;
    let changes: Vec<StoreOp> = (0..1_500)
        .map(|number| StoreOp::Put {
            key: format!("s/r/alice/somebody_with_a_name_{number}").into(),
            value: contact.to_vec(),
        })
        .collect();
    world.store_mut("imo").apply(&changes).unwrap();
    let seeds = (world.seed_for("alice again"), world.seed_for("imo again"));
    world.restart(&host("alice"), daemon("alice", seeds.0));
    alice.connect();
    alice.say("PROTOCOL 7");
    alice.say("SEARCH FRIENDS");
    // Too early: all that come later are news.
    world.expect("alice", "USERS ", SECONDS(10));
    world.restart("imo", service(seeds.1));
    world.run_for(SECONDS(60));
    assert_eq!(
        alice.count("USER somebody_with_a_name_* BUDDYSTATUS 3"),
        1_500
    );
    alice.say("#1 PING");
    world.expect("alice", "#1 PONG", SECONDS(5));
}

#[test]
fn no_answer_calls_sent_what_no_notice_has_called_so() {
    let mut world = friends(1, Faults::none());
    world.set_faults(Faults {
        disk_delay: Span::millis(900, 900),
        ..Faults::none()
    });
    let alice = world.person("alice").clone();
    alice.say("MESSAGE bob hello");
    let line = world.expect("alice", "CHATMESSAGE * STATUS SENDING", SECONDS(5));
    let number = line.split(' ').nth(1).unwrap().to_owned();
    for _ in 0..100 {
        alice.say(&format!("#ask GET CHATMESSAGE {number} STATUS"));
        world.run_for(Duration::from_millis(50));
    }
    let lines = alice.replies();
    let first = lines.iter().find(|line| line.ends_with(" STATUS SENT"));
    assert_eq!(first, Some(&format!("CHATMESSAGE {number} STATUS SENT")));
    assert!(lines.contains(&format!("#ask CHATMESSAGE {number} STATUS SENT")));
}
