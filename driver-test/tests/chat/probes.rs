//! Whether a message would get through now, as the operator asks, and what he hears when it would not.

use imo2sproxy_core::config::DialectKind;
use imo2sproxy_core::io::{AskId, Control, Output, ProbeFault};
use imo2sproxy_sim::{Fault, Faults, World};

use crate::town::{SECONDS, embedded, everybody_online, host, service, sit_down, town, town_in};

/// What the machine on `name` says of the probe with that number.
fn verdicts(world: &World, name: &str, number: u64) -> Vec<Result<(), ProbeFault>> {
    let answers = world.operator_answers(name).iter();
    let own = answers.filter_map(|answer| {
        if let Output::Probed { ask, result } = answer
            && *ask == AskId(number)
        {
            Some(*result)
        } else {
            None
        }
    });
    own.collect()
}

fn begin(world: &mut World, name: &str, number: u64) {
    let ask = AskId(number);
    world.control(name, Control::Probe { ask });
}

/// The verdict of a probe that begins now, which has to be there after five seconds.
fn probe(world: &mut World, name: &str, number: u64) -> Result<(), ProbeFault> {
    begin(world, name, number);
    world.run_for(SECONDS(6));
    let [verdict] = verdicts(world, name, number)[..] else {
        panic!("one verdict for each probe");
    };
    verdict
}

#[test]
fn all_is_well_in_both_dialects_with_the_service_elsewhere_or_inside() {
    for dialect in [DialectKind::V1, DialectKind::V0] {
        let mut world = town_in(1, Faults::none(), &[("alice", dialect)]);
        sit_down(&mut world, "alice");
        for (number, name) in [host("alice"), "imo".into()].iter().enumerate() {
            assert_eq!(probe(&mut world, name, number as u64), Ok(()), "{name}");
        }
    }
    let mut world = embedded(1, Faults::none());
    sit_down(&mut world, "alice");
    assert_eq!(probe(&mut world, &host("alice"), 1), Ok(()));
}

#[test]
fn nobody_notices_a_probe() {
    let mut world = everybody_online(&["alice", "bob"]);
    world.run_for(SECONDS(60));
    let heard = |world: &World| ["alice", "bob"].map(|name| world.person(name).count("*"));
    let before = heard(&world);
    for number in 0..20 {
        assert_eq!(probe(&mut world, &host("alice"), number), Ok(()));
    }
    assert_eq!(heard(&world), before);
}

#[test]
fn an_account_that_nobody_wants_online_needs_no_service() {
    let mut world = town(1, Faults::none(), &["alice"]);
    sit_down(&mut world, "alice");
    world.person("alice").say("SET USERSTATUS OFFLINE");
    world.run_for(SECONDS(10));
    world.kill("imo");
    assert_eq!(probe(&mut world, &host("alice"), 1), Ok(()));
}

#[test]
fn a_store_that_fails_is_told_until_it_works_again() {
    let mut world = everybody_online(&["alice"]);
    let failing = Faults::none().with(Fault::StoreFails, 100);
    world.set_faults(failing);
    for (number, name) in [host("alice"), "imo".into()].iter().enumerate() {
        let verdict = probe(&mut world, name, number as u64);
        assert_eq!(verdict, Err(ProbeFault::Store), "{name}");
    }
    world.heal();
    world.run_for(SECONDS(5));
    for (number, name) in [host("alice"), "imo".into()].iter().enumerate() {
        assert_eq!(
            probe(&mut world, name, 10 + number as u64),
            Ok(()),
            "{name}"
        );
    }
    let mut world = embedded(1, Faults::none());
    sit_down(&mut world, "alice");
    world.set_faults(Faults::none().with(Fault::StoreFails, 100));
    let verdict = probe(&mut world, &host("alice"), 1);
    assert_eq!(verdict, Err(ProbeFault::Store));
}

#[test]
fn a_way_on_which_nothing_comes_or_goes_is_told_before_the_account_notices() {
    let mut world = everybody_online(&["alice"]);
    world.run_for(SECONDS(60));
    let downs = |world: &World| world.person("alice").count("CONNSTATUS CONNECTING");
    let before = downs(&world);
    world.unplug("imo");
    for number in 0..3 {
        let verdict = probe(&mut world, &host("alice"), number);
        assert_eq!(verdict, Err(ProbeFault::Service));
    }
    assert_eq!(downs(&world), before);
    world.plug("imo");
    world.run_for(SECONDS(60));
    assert_eq!(probe(&mut world, &host("alice"), 3), Ok(()));
}

#[test]
fn a_service_that_has_just_died_is_told_and_a_connection_that_has_is_no_news() {
    let mut world = everybody_online(&["alice"]);
    world.run_for(SECONDS(60));
    begin(&mut world, &host("alice"), 1);
    world.reset_connections("imo");
    world.run_for(SECONDS(6));
    assert_eq!(verdicts(&world, &host("alice"), 1), [Ok(())]);
    begin(&mut world, &host("alice"), 2);
    world.kill("imo");
    world.run_for(SECONDS(6));
    let told = [Err(ProbeFault::Service)];
    assert_eq!(verdicts(&world, &host("alice"), 2), told);
    let seed = world.seed_for("imo again");
    world.restart("imo", service(seed));
    world.run_for(SECONDS(120));
    assert_eq!(probe(&mut world, &host("alice"), 3), Ok(()));
}

#[test]
fn those_who_ask_at_the_same_time_share_a_probe_and_too_many_are_sent_away() {
    let mut world = everybody_online(&["alice"]);
    world.unplug("imo");
    for number in 0..20 {
        begin(&mut world, &host("alice"), number);
    }
    world.run_for(SECONDS(6));
    let heard = (0..20).flat_map(|number| verdicts(&world, &host("alice"), number));
    let heard: Vec<_> = heard.collect();
    assert_eq!(heard[..16], [Err(ProbeFault::Service); 16]);
    assert_eq!(heard[16..], [Err(ProbeFault::Busy); 4]);
}

#[test]
fn a_process_that_ends_says_so_to_whoever_waits_and_to_whoever_comes() {
    let mut world = everybody_online(&["alice"]);
    world.set_faults(Faults::none().with(Fault::StoreFails, 100));
    begin(&mut world, "imo", 1);
    world.run_for(SECONDS(1));
    world.control("imo", Control::Drain);
    begin(&mut world, "imo", 2);
    world.run_for(SECONDS(30));
    let told = [Err(ProbeFault::Ending)];
    assert_eq!(verdicts(&world, "imo", 2), told);
    assert_eq!(verdicts(&world, "imo", 1).len(), 1);
}
