//! That runs repeat themselves, and that a machine that breaks the contract is found out.
//! Never looks at what the network does in particular.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use imo2sproxy_core::event::{Event, EventKind};
use imo2sproxy_core::io::{ConnId, Control, Input, ListenerId, Output, Peer};
use imo2sproxy_core::time::Instant;
use imo2sproxy_sim::{Faults, Person, World};

use crate::toys::*;

/// A busy, rough hour; gives its trace.
fn busy_hour(seed: u64) -> (u64, u64) {
    let mut world = world_with_server(seed, Faults::rough(), parrot("welcome"));
    world.host("relay", relay("server"));
    world.listen("relay", ListenerId(0), "relay", 80, false);
    for name in ["alice", "bob"] {
        let Output::Connect { origin, .. } = connect(0, "relay") else {
            panic!("connect makes a Connect");
        };
        let person = Person::with_wire(origin, LineWire::boxed);
        let person = world.join(name, person.returning(Duration::from_secs(1)));
        (0..20).for_each(|n| person.say(&format!("line {n}")));
    }
    world.run_for(HOUR);
    (world.trace_hash(), world.inputs())
}

#[test]
fn the_same_seed_gives_the_same_run_and_another_seed_another() {
    let runs: Vec<_> = (1..20).map(busy_hour).collect();
    let again: Vec<_> = (1..20).map(busy_hour).collect();
    assert_eq!(runs, again);
    let different: std::collections::BTreeSet<_> = runs.iter().collect();
    assert_eq!(different.len(), runs.len());
}

#[test]
fn a_machine_starts_once_and_ticks_exactly_at_its_deadline() {
    let seen = Rc::new(std::cell::RefCell::new(Vec::new()));
    let log = seen.clone();
    let wake = Rc::new(Cell::new(None));
    let alarm = wake.clone();
    let mut world = World::new(1, Faults::none());
    world.run_for(MINUTE);
    let clock = Toy::waking(wake, move |now, input, _| {
        log.borrow_mut().push(format!("{:?} {input:?}", now.mono));
        let next = now.mono + Duration::from_secs(50);
        alarm.set(Some(next).filter(|at| at.as_micros() < 180_000_000));
    });
    world.host("clock", clock);
    world.run_for(HOUR);
    assert_eq!(
        *seen.borrow(),
        ["60.000000s Start", "110.000000s Tick", "160.000000s Tick"]
    );
    assert_eq!(world.now().mono, Instant::ZERO + MINUTE + HOUR);
}

#[test]
fn the_wall_clock_can_be_set_without_touching_the_other() {
    let mut world = World::new(1, Faults::none());
    let before = world.now();
    world.run_for(MINUTE);
    world.shift_wall_clock(-90_000);
    let after = world.now();
    assert_eq!(after.mono - before.mono, MINUTE);
    assert_eq!(after.wall.as_millis(), before.wall.as_millis() - 30_000);
}

#[test]
fn a_machine_that_stops_is_gone_and_its_peers_see_a_proper_end() {
    let server = Toy::new(|_, input, out| {
        if let Input::Control(Control::Drain) = input {
            out.push(Output::Stopped);
            out.event(Event::process(EventKind::SessionEnded, "goodbye"));
        }
    });
    let mut world = world_with_server(1, Faults::none(), server);
    let (caller, seen) = caller("server", b"hello".into());
    world.host("caller", caller);
    world.run_until(|_| seen.borrow().sent == 5, MINUTE);
    world.control("server", Control::Drain);
    world.run_until(|world| world.stopped("server").is_some(), MINUTE);
    world.run_for(MINUTE);
    assert!(!world.is_up("server"));
    assert_eq!(world.events("server").len(), 1);
    assert_eq!(
        seen.borrow().closed,
        [imo2sproxy_core::io::CloseCause::Peer]
    );
}

#[test]
fn a_server_sees_the_address_that_its_peer_was_given() {
    let peers = Rc::new(std::cell::RefCell::new(Vec::new()));
    let log = peers.clone();
    let server = Toy::new(move |_, input, _| {
        if let Input::Accepted { peer, .. } = input {
            log.borrow_mut().push(*peer);
        }
    });
    let mut world = world_with_server(1, Faults::none(), server);
    let (caller, _) = caller("server", Vec::new());
    world.host("caller", caller);
    world.set_address("caller", [127, 0, 0, 1].into());
    world.run_for(MINUTE);
    let [Peer::Net(address)] = peers.borrow()[..] else {
        panic!("one peer was expected, not {peers:?}");
    };
    assert!(address.ip().is_loopback());
}

/// Runs a machine that says `outputs` one second after its start.
fn misbehave(outputs: Vec<Output>) {
    let wake = Rc::new(Cell::new(None));
    let alarm = wake.clone();
    let machine = Toy::waking(wake, move |now, input, out| match input {
        Input::Start => {
            alarm.set(Some(now.mono + Duration::from_secs(1)));
            out.push(connect(0, "server"));
        }
        Input::Tick => {
            alarm.set(None);
            outputs.iter().for_each(|output| out.push(output.clone()));
        }
        _ => {}
    });
    let mut world = world_with_server(1, Faults::none(), echo());
    world.host("rogue", machine);
    world.run_for(MINUTE);
}

#[test]
fn a_machine_that_keeps_to_the_contract_is_left_alone() {
    let conn = ConnId::Upstream(0);
    misbehave(vec![send(conn, b"hi"), close(conn), connect(1, "server")]);
}

#[test]
#[should_panic(expected = "rogue sends on u0 after closing it (seed 1, step")]
fn speaking_after_a_close_is_found_out() {
    let conn = ConnId::Upstream(0);
    misbehave(vec![close(conn), send(conn, b"one more thing")]);
}

#[test]
#[should_panic(expected = "rogue closes u0 after closing it")]
fn closing_twice_is_found_out() {
    let conn = ConnId::Upstream(0);
    misbehave(vec![abort(conn), abort(conn)]);
}

#[test]
#[should_panic(expected = "rogue sends on u7, which does not exist")]
fn speaking_into_the_void_is_found_out() {
    misbehave(vec![send(ConnId::Upstream(7), b"hello?")]);
}

#[test]
#[should_panic(expected = "rogue opens u0, a name that is not free")]
fn using_a_name_twice_is_found_out() {
    misbehave(vec![connect(0, "server")]);
}

#[test]
#[should_panic(expected = "asks for something after it has stopped")]
fn going_on_after_the_stop_is_found_out() {
    misbehave(vec![Output::Stopped, connect(1, "server")]);
}

#[test]
#[should_panic(expected = "after a tick, the deadline of stuck is")]
fn a_deadline_that_does_not_move_on_is_found_out() {
    let wake = Rc::new(Cell::new(Some(Instant::from_micros(1_000_000))));
    let mut world = World::new(1, Faults::none());
    world.host("stuck", Toy::waking(wake, |_, _, _| {}));
    world.run_for(MINUTE);
}

#[test]
#[should_panic(expected = "run in circles")]
fn machines_that_keep_each_other_busy_are_found_out() {
    let wake = Rc::new(Cell::new(None));
    let alarm = wake.clone();
    let mut world = World::new(1, Faults::none());
    let hectic = Toy::waking(wake, move |now, _, _| {
        alarm.set(Some(now.mono + Duration::from_micros(1)));
    });
    world.host("hectic", hectic);
    world.run_for(MINUTE);
}

#[test]
#[should_panic(expected = "what was waited for did not come in 60s (seed 9, step")]
fn waiting_in_vain_is_a_failure_that_names_the_seed() {
    World::new(9, Faults::none()).run_until(|_| false, MINUTE);
}
