//! What the network of a world does to connections, and what it never does.
//! Never looks at disks or persons.

use std::time::Duration;

use imo2sproxy_core::io::{CloseCause, ConnId, Input, ListenerId, Output};
use imo2sproxy_sim::sweep::for_each_seed;
use imo2sproxy_sim::{Faults, Span, World};

use crate::toys::*;

/// Rough, but no connection breaks and none fails to come to be.
fn rough_but_whole() -> Faults {
    Faults {
        reset: 0,
        half_open: 0,
        acceptor_gone: 0,
        refused: 0,
        hanging: 0,
        unreachable: 0,
        no_such_host: 0,
        tls_fails: 0,
        ..Faults::rough()
    }
}

#[test]
fn bytes_come_whole_and_in_order_through_a_rough_network() {
    let bytes = numbered(20_000);
    for_each_seed(|seed| {
        let mut world = world_with_server(seed, rough_but_whole(), echo());
        world.host("relay", relay("server"));
        world.listen("relay", ListenerId(0), "relay", 80, false);
        let (caller, seen) = caller("relay", bytes.clone());
        world.host("caller", caller);
        world.run_until(|_| seen.borrow().received.len() >= bytes.len(), HOUR * 24);
        assert_eq!(seen.borrow().received, bytes);
        assert_eq!(seen.borrow().sent, bytes.len());
    });
}

#[test]
fn reads_are_split_and_merged() {
    let mut reads = std::collections::BTreeSet::new();
    for seed in 1..50 {
        let mut world = world_with_server(seed, rough_but_whole(), echo());
        let (caller, seen) = caller("server", numbered(2000));
        world.host("caller", caller);
        world.run_until(|_| seen.borrow().received.len() == 2000, HOUR);
        reads.insert(seen.borrow().reads);
    }
    assert!(reads.contains(&1), "two sends in one read: {reads:?}");
    assert!(reads.iter().any(|n| *n > 2), "one send in many: {reads:?}");
}

#[test]
fn what_comes_through_a_breaking_network_is_a_beginning_of_what_was_sent() {
    let bytes = numbered(20_000);
    let always = Faults {
        reset: 100,
        ..Faults::rough()
    };
    let mut causes = std::collections::BTreeMap::new();
    for seed in 1..200 {
        let (server, at_server) = listener(|input, out| {
            if let Input::Received { conn, bytes } = input {
                out.push(send(*conn, bytes));
            }
        });
        let mut world = world_with_server(seed, always.clone(), server);
        let (caller, at_caller) = caller("server", bytes.clone());
        world.host("caller", caller);
        world.run_for(HOUR);
        assert!(bytes.starts_with(&at_server.borrow().received));
        assert!(bytes.starts_with(&at_caller.borrow().received));
        let [cause] = at_caller.borrow().closed[..] else {
            panic!("closed {:?}", at_caller.borrow().closed);
        };
        let was_accepted = at_server.borrow().closed.len();
        assert!(!at_caller.borrow().connected || was_accepted == 1);
        *causes.entry(format!("{cause:?}")).or_insert(0) += 1;
    }
    for cause in ["Reset", "Refused", "TimedOut", "Unreachable"] {
        assert!(causes.contains_key(cause), "no {cause} in {causes:?}");
    }
}

#[test]
fn a_reset_is_told_once_to_each_side() {
    let (server, at_server) = listener(|_, _| {});
    let mut world = world_with_server(1, Faults::none(), server);
    let (caller, at_caller) = caller("server", b"hello".into());
    world.host("caller", caller);
    world.run_until(|_| !at_server.borrow().received.is_empty(), MINUTE);
    assert_eq!(world.live_connections("server"), 1);
    world.reset_connections("caller");
    world.run_for(HOUR);
    assert_eq!(at_server.borrow().closed, [CloseCause::Reset]);
    assert_eq!(at_caller.borrow().closed, [CloseCause::Reset]);
    assert_eq!(world.live_connections("server"), 0);
    assert_eq!(world.live_connections("caller"), 0);
}

#[test]
fn a_peer_that_does_not_read_holds_the_sender_back() {
    let reading = |conn: &ConnId, on| Output::Reading { conn: *conn, on };
    let wake = std::rc::Rc::new(std::cell::Cell::new(None));
    let sight = Sight::default();
    let (alarm, kept) = (wake.clone(), sight.clone());
    let server = Toy::waking(wake, move |now, input, out| match input {
        Input::Accepted { conn, .. } => {
            out.push(reading(conn, false));
            alarm.set(Some(now.mono + MINUTE));
        }
        Input::Tick => {
            out.push(reading(&ConnId::Client(0), true));
            alarm.set(None);
        }
        Input::Received { bytes, .. } => sight.borrow_mut().received.extend_from_slice(bytes),
        _ => {}
    });
    let mut world = world_with_server(1, Faults::none(), server);
    let bytes = numbered(1_000_000);
    let (caller, at_caller) = caller("server", bytes.clone());
    world.host("caller", caller);
    world.run_for(MINUTE / 2);
    let held_at = at_caller.borrow().sent;
    assert!(held_at > 0 && held_at < bytes.len(), "{held_at} went out");
    assert_eq!(kept.borrow().received, b"");
    world.run_for(MINUTE);
    assert_eq!(at_caller.borrow().sent, bytes.len());
    assert_eq!(kept.borrow().received, bytes);
}

#[test]
fn closing_after_the_flush_sends_everything_first() {
    let bytes = numbered(400_000);
    let reply = bytes.clone();
    let (server, at_server) = listener(move |input, out| {
        if let Input::Accepted { conn, .. } = input {
            out.push(send(*conn, &reply));
            out.push(close(*conn));
        }
    });
    // A seed whose window is wide enough for all that in the time which a close gives.
    let mut world = world_with_server(4, rough_but_whole(), server);
    let (caller, at_caller) = caller("server", Vec::new());
    world.host("caller", caller);
    world.run_for(HOUR);
    assert!(at_caller.borrow().received == bytes);
    assert_eq!(at_caller.borrow().closed, [CloseCause::Peer]);
    assert_eq!(at_server.borrow().closed, [CloseCause::Local]);
}

#[test]
fn a_peer_that_never_reads_cannot_hold_a_close_up_for_ever() {
    let (server, at_server) = listener(|input, out| {
        if let Input::Accepted { conn, .. } = input {
            out.push(send(*conn, &numbered(400_000)));
            out.push(close(*conn));
        }
    });
    let mut world = world_with_server(1, Faults::none(), server);
    let deaf = Toy::new(|_, input, out| match input {
        Input::Start => out.push(connect(0, "server")),
        Input::Connected { conn } => out.push(Output::Reading {
            conn: *conn,
            on: false,
        }),
        _ => {}
    });
    world.host("deaf", deaf);
    world.run_for(MINUTE / 2);
    assert_eq!(at_server.borrow().closed, []);
    world.run_for(MINUTE);
    assert_eq!(at_server.borrow().closed, [CloseCause::Local]);
    assert_eq!(world.live_connections("deaf"), 0);
}

#[test]
fn an_abort_drops_what_was_not_sent() {
    let (server, at_server) = listener(|input, out| {
        if let Input::Accepted { conn, .. } = input {
            out.push(send(*conn, b"never seen"));
            out.push(abort(*conn));
        }
    });
    let mut world = world_with_server(1, Faults::none(), server);
    let (caller, at_caller) = caller("server", b"hello".into());
    world.host("caller", caller);
    world.run_for(MINUTE);
    assert_eq!(at_caller.borrow().received, b"");
    assert_eq!(at_caller.borrow().closed, [CloseCause::Reset]);
    assert_eq!(at_server.borrow().closed, [CloseCause::Local]);
}

#[test]
fn an_attempt_ends_as_the_other_side_lets_it() {
    let fate = |faults: Faults, prepare: &dyn Fn(&mut World)| {
        let mut world = world_with_server(1, faults, echo());
        prepare(&mut world);
        let (caller, seen) = caller("server", Vec::new());
        world.host("caller", caller);
        world.run_for(HOUR);
        seen.take().closed
    };
    let only = |refused, hanging| Faults {
        refused,
        hanging,
        ..Faults::none()
    };
    let none = Faults::none;
    let relisten = |world: &mut World, name| {
        world.listen("server", ListenerId(0), name, 80, true);
    };
    assert_eq!(fate(none(), &|_| {}), []);
    assert_eq!(fate(only(100, 0), &|_| {}), [CloseCause::Refused]);
    assert_eq!(fate(only(0, 100), &|_| {}), [CloseCause::TimedOut]);
    assert_eq!(
        fate(none(), &|world| world.kill("server")),
        [CloseCause::Refused]
    );
    assert_eq!(
        fate(none(), &|world| world.unplug("server")),
        [CloseCause::TimedOut]
    );
    assert_eq!(
        fate(none(), &|world| relisten(world, "server")),
        [CloseCause::Tls]
    );

    let mut world = World::new(1, none());
    let (lost, seen) = caller("nowhere", Vec::new());
    world.host("lost", lost);
    world.run_for(MINUTE);
    assert_eq!(seen.borrow().closed, [CloseCause::NoSuchHost]);
}

#[test]
fn an_attempt_that_hangs_can_be_given_up() {
    let hanging = Faults {
        hanging: 100,
        ..Faults::none()
    };
    let mut world = world_with_server(1, hanging, echo());
    let sight = Sight::default();
    let kept = sight.clone();
    let wake = std::rc::Rc::new(std::cell::Cell::new(None));
    let alarm = wake.clone();
    let impatient = Toy::waking(wake, move |now, input, out| match input {
        Input::Start => {
            out.push(connect(0, "server"));
            alarm.set(Some(now.mono + Duration::from_secs(5)));
        }
        Input::Tick => {
            alarm.set(None);
            out.push(abort(ConnId::Upstream(0)));
        }
        Input::Closed { cause, .. } => sight.borrow_mut().closed.push(*cause),
        _ => {}
    });
    world.host("impatient", impatient);
    world.run_for(HOUR);
    assert_eq!(kept.borrow().closed, [CloseCause::Local]);
}

#[test]
fn what_is_sent_while_the_cable_is_out_arrives_when_it_is_back() {
    let mut world = world_with_server(1, Faults::none(), echo());
    let (caller, seen) = caller("server", b"hello".into());
    world.host("caller", caller);
    world.run_until(|_| seen.borrow().connected, MINUTE);
    world.unplug("server");
    world.run_for(HOUR);
    assert_eq!(seen.borrow().received, b"");
    world.plug("server");
    world.run_until(|_| seen.borrow().received == b"hello", MINUTE);
}

#[test]
fn a_healed_network_works_at_once_and_breaks_nothing_more() {
    let bad = Faults {
        hanging: 50,
        refused: 100,
        latency: Span::millis(0, 5),
        ..Faults::rough()
    };
    let mut world = world_with_server(1, bad, echo());
    let (first, at_first) = caller("server", b"one".into());
    world.host("first", first);
    world.run_until(|_| !at_first.borrow().closed.is_empty(), HOUR);
    world.heal();
    let (second, at_second) = caller("server", b"two".into());
    world.host("second", second);
    world.run_until(
        |_| at_second.borrow().received == b"two",
        Duration::from_secs(1),
    );
    world.run_for(HOUR);
    assert_eq!(at_second.borrow().closed, []);
}
