//! Connections that die without a word, and who finds out when.
//! Never about connections that break: their ends are told.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use imo2sproxy_core::io::{CloseCause, ConnId, Input, Machine};
use imo2sproxy_core::time::Instant;
use imo2sproxy_sim::{Fault, Faults, Fired, World};

use crate::toys::*;

const SECOND: Duration = Duration::from_secs(1);
const CONN: ConnId = ConnId::Upstream(0);

fn fading(fault: Fault) -> Faults {
    Faults {
        half_open_after: SECOND * 10,
        ..Faults::none().with(fault, 100)
    }
}

/// Connects, and sends a byte each second while `talks`; says when it was told that the connection is no more, too.
fn caller_of(talks: bool) -> (impl Machine, Sight, Rc<Cell<Option<Instant>>>) {
    let sight = Sight::default();
    let kept = sight.clone();
    let told = Rc::new(Cell::new(None));
    let tells = told.clone();
    let wake = Rc::new(Cell::new(None));
    let alarm = wake.clone();
    let machine = Toy::waking(wake, move |now, input, out| match input {
        Input::Start => out.push(connect(0, "server")),
        Input::Connected { .. } => {
            sight.borrow_mut().connected = true;
            alarm.set(talks.then_some(now.mono + SECOND));
        }
        Input::Tick => {
            out.push(send(CONN, b"x"));
            alarm.set(Some(now.mono + SECOND));
        }
        Input::Received { bytes, .. } => sight.borrow_mut().received.extend_from_slice(bytes),
        Input::Sent { count, .. } => sight.borrow_mut().sent += count,
        Input::Closed { cause, .. } => {
            alarm.set(None);
            tells.set(Some(now.mono));
            sight.borrow_mut().closed.push(*cause);
        }
        _ => {}
    });
    (machine, kept, told)
}

/// What has become of a call.
struct Call {
    world: World,
    at_caller: Sight,
    at_server: Sight,
    told: Rc<Cell<Option<Instant>>>,
}

fn call(seed: u64, faults: Faults, talks: bool) -> Call {
    let (server, at_server) = listener(|input, out| {
        if let Input::Received { conn, bytes } = input {
            out.push(send(*conn, bytes));
        }
    });
    let mut world = world_with_server(seed, faults, server);
    let (machine, at_caller, told) = caller_of(talks);
    world.host("caller", machine);
    Call {
        world,
        at_caller,
        at_server,
        told,
    }
}

#[test]
fn a_half_open_connection_swallows_bytes_and_its_end_learns_it_late_from_its_own_system() {
    let mut one_way = 0;
    for seed in 1..40 {
        let mut call = call(seed, fading(Fault::HalfOpen), true);
        call.world.run_for(HOUR);
        let (caller, server) = (call.at_caller.borrow(), call.at_server.borrow());
        assert!(
            caller.received.len() < caller.sent,
            "something was swallowed"
        );
        assert!(caller.received.len() <= 10, "ten seconds of bytes at most");
        assert_eq!(caller.closed, [CloseCause::Reset]);
        let told = call.told.get().unwrap().since(Instant::ZERO);
        assert!(told >= SECOND * 120 && told <= SECOND * 920, "{told:?}");
        assert_eq!(call.world.fired().count(Fault::HalfOpen), 1);
        one_way += usize::from(server.received.len() > 20);
    }
    assert!(one_way > 0, "some lose one direction only");
}

#[test]
fn nobody_learns_of_a_half_open_connection_on_which_nothing_is_sent() {
    for seed in 1..20 {
        let mut call = call(seed, fading(Fault::HalfOpen), false);
        call.world.run_for(HOUR * 24);
        assert_eq!(call.at_caller.borrow().closed, []);
        assert_eq!(call.at_server.borrow().closed, []);
    }
}

#[test]
fn where_only_the_acceptor_is_gone_it_is_told_and_the_other_one_is_not() {
    let mut silent = call(1, fading(Fault::AcceptorGone), false);
    silent.world.run_for(HOUR);
    assert_eq!(silent.at_server.borrow().closed, [CloseCause::Reset]);
    assert_eq!(silent.at_caller.borrow().closed, []);
    assert_eq!(silent.world.fired().count(Fault::AcceptorGone), 1);

    let mut talking = call(1, fading(Fault::AcceptorGone), true);
    talking.world.run_for(SECOND * 100);
    assert_eq!(talking.at_server.borrow().closed, [CloseCause::Reset]);
    assert_eq!(talking.at_caller.borrow().closed, []);
    talking.world.run_for(HOUR);
    assert_eq!(talking.at_caller.borrow().closed, [CloseCause::Reset]);
}

#[test]
fn a_sender_stops_when_its_system_keeps_no_more_of_what_nobody_acknowledges() {
    let faults = Faults {
        window: (100, 100),
        half_open_after: SECOND,
        ..Faults::none().with(Fault::AcceptorGone, 100)
    };
    let mut call = call(1, faults, true);
    call.world.run_for(HOUR);
    let sent = call.at_caller.borrow().sent;
    assert!((100..=102).contains(&sent), "{sent}");
}

#[test]
fn what_is_half_open_stays_so_in_a_healed_world_and_nothing_new_becomes_it() {
    let mut call = call(1, fading(Fault::HalfOpen), true);
    call.world.run_for(SECOND * 20);
    call.world.heal();
    let heard = call.at_caller.borrow().received.len();
    let (machine, at_second, _) = caller_of(true);
    call.world.host("second", machine);
    call.world.run_for(HOUR);
    assert_eq!(call.at_caller.borrow().received.len(), heard);
    assert_eq!(call.at_caller.borrow().closed, [CloseCause::Reset]);
    assert_eq!(at_second.borrow().closed, []);
    assert!(at_second.borrow().received.len() > 3000);
    assert_eq!(call.world.fired().count(Fault::HalfOpen), 1);
}

#[test]
fn the_same_seed_lets_the_same_connections_die_at_the_same_time() {
    let run = |seed| -> (Option<Instant>, Fired, u64) {
        let mut call = call(seed, fading(Fault::HalfOpen), true);
        call.world.run_for(HOUR);
        (call.told.get(), call.world.fired(), call.world.trace_hash())
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5).0, run(6).0);
}
