//! Late ticks, jumping clocks, full disks, hosts that die around a transaction, clients that do not read.
//! Never about what the network does to connections.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::io::{Input, Machine, Output, StoreId};
use imo2sproxy_core::store::StoreOp;
use imo2sproxy_core::time::{Instant, Now};
use imo2sproxy_sim::sweep::for_each_seed;
use imo2sproxy_sim::{Fault, Faults, Person, Resident, Span, World};

use crate::toys::*;

const SECOND: Duration = Duration::from_secs(1);

/// When each input was wanted, and when it came.
type Ticks = Rc<RefCell<Vec<(Instant, Now)>>>;

/// Wants a tick ten seconds after each input; writes down when it was wanted and when something came.
fn clock() -> (impl Machine, Ticks) {
    let seen = Ticks::default();
    let log = seen.clone();
    let wake = Rc::new(Cell::new(None));
    let alarm = wake.clone();
    let machine = Toy::waking(wake, move |now, _, _| {
        let wanted = alarm.get().unwrap_or(now.mono);
        log.borrow_mut().push((wanted, now));
        alarm.set(Some(now.mono + SECOND * 10));
    });
    (machine, seen)
}

/// How late each tick of a clock came, in an hour of these faults.
fn lateness(world: &mut World) -> Vec<Duration> {
    let (machine, seen) = clock();
    world.host("clock", machine);
    world.run_for(HOUR);
    let seen = seen.borrow();
    seen.iter()
        .map(|(wanted, came)| came.mono.since(*wanted))
        .collect()
}

#[test]
fn ticks_come_late_by_a_drawn_time_and_never_early() {
    let late = Faults {
        late_by: Span::millis(0, 500),
        ..Faults::none().with(Fault::LateTick, 50)
    };
    let run = |seed| {
        let mut world = World::new(seed, late.clone());
        (lateness(&mut world), world.fired())
    };
    let (times, fired) = run(1);
    let late_ones = times.iter().filter(|late| !late.is_zero()).count();
    assert!((100..250).contains(&late_ones), "{late_ones} were late");
    assert_eq!(fired.count(Fault::LateTick), late_ones as u64);
    assert!(times.iter().all(|late| *late <= SECOND / 2));
    assert_eq!(run(1), (times.clone(), fired));
    assert_ne!(run(2).0, times);
}

#[test]
fn in_a_healed_world_every_tick_comes_on_time() {
    let late = Faults {
        late_by: Span::millis(500, 500),
        ..Faults::none().with(Fault::LateTick, 100)
    };
    let mut world = World::new(1, late);
    let (machine, seen) = clock();
    world.host("clock", machine);
    world.run_for(SECOND * 10 + SECOND / 4);
    assert_eq!(
        seen.borrow().len(),
        1,
        "the tick of the tenth second is late"
    );
    world.heal();
    world.run_for(MINUTE);
    let seen = seen.borrow();
    let (wanted, came) = seen[1];
    assert!(came.mono.since(wanted) <= SECOND / 4);
    assert!(seen[2..].iter().all(|(wanted, came)| came.mono == *wanted));
}

#[test]
fn the_wall_clock_jumps_both_ways_and_the_other_clock_does_not() {
    let jumping = Faults {
        wall_jump_every: Span::millis(10_000, 60_000),
        wall_jump: HOUR,
        ..Faults::none()
    };
    let run = |seed| {
        let mut world = World::new(seed, jumping.clone());
        let (machine, seen) = clock();
        world.host("clock", machine);
        world.run_for(HOUR);
        (seen.take(), world)
    };
    let (seen, mut world) = run(1);
    let jumps: Vec<i128> = seen
        .windows(2)
        .map(|pair| {
            let wall =
                i128::from(pair[1].1.wall.as_millis()) - i128::from(pair[0].1.wall.as_millis());
            let mono = pair[1].1.mono.since(pair[0].1.mono);
            assert_eq!(mono, SECOND * 10);
            wall - 10_000
        })
        .filter(|jump| *jump != 0)
        .collect();
    assert!(jumps.iter().any(|jump| *jump > 60_000));
    assert!(jumps.iter().any(|jump| *jump < -60_000));
    let most = 2 * i128::try_from(HOUR.as_millis()).unwrap();
    assert!(jumps.iter().all(|jump| jump.abs() <= most), "{jumps:?}");
    assert!(world.fired().count(Fault::WallJump) >= jumps.len() as u64);
    assert_eq!(run(1).0.len(), seen.len());
    assert_eq!(run(1).1.now(), world.now());

    world.heal();
    let before = world.now();
    world.run_for(HOUR);
    let passed = world.now().wall.as_millis() - before.wall.as_millis();
    assert_eq!(u128::from(passed), HOUR.as_millis());
}

/// When each transaction was answered, its number, and whether it was done.
type Answers = Rc<RefCell<Vec<(Instant, u64, bool)>>>;

/// Writes one record after the other and tries again what has failed; tells what was confirmed, and each failure's time.
fn writer(first: u64, log: &Answers) -> impl Machine + use<> {
    let log = log.clone();
    Toy::new(move |now: Now, input: &Input<'_>, out| {
        let next = match input {
            Input::Start => first,
            Input::Stored { op, result } => {
                log.borrow_mut().push((now.mono, op.0, result.is_ok()));
                op.0 + u64::from(result.is_ok())
            }
            _ => return,
        };
        out.push(Output::Store {
            op: StoreId(next),
            changes: Arc::new(vec![StoreOp::Put {
                key: format!("{next:06}").into(),
                value: b"1".into(),
            }]),
        });
    })
}

#[test]
fn a_full_disk_stays_full_for_a_while_and_then_takes_everything() {
    let filling = Faults {
        full_disk_for: Span::millis(3000, 3000),
        disk_delay: Span::millis(50, 50),
        ..Faults::none().with(Fault::FullDisk, 2)
    };
    let log = Answers::default();
    let mut world = World::new(1, filling);
    world.host("writer", writer(0, &log));
    world.run_for(MINUTE);
    let failures: Vec<_> = log.take().into_iter().filter(|(.., ok)| !ok).collect();
    assert_eq!(failures.len() as u64, world.fired().count(Fault::FullDisk));
    // Three seconds of a transaction every 50 ms each time, or more where one time leads to the next.
    assert!(failures.len() >= 50, "{} failures", failures.len());
    world.run_until(|_| log.borrow().iter().any(|(.., ok)| !ok), HOUR);
    world.heal();
    log.take();
    world.run_for(MINUTE);
    assert!(log.borrow().len() > 100);
    assert!(
        log.borrow().iter().skip(1).all(|(.., ok)| *ok),
        "it has room again"
    );
}

#[test]
fn a_host_with_an_heir_dies_on_both_sides_of_a_transaction_and_comes_back() {
    for (fault, may_be_ahead) in [(Fault::CrashBeforeStore, 0), (Fault::CrashAfterStore, 1)] {
        let faults = Faults {
            heir_after: Span::millis(1000, 5000),
            ..Faults::none().with(fault, 10)
        };
        let run = |seed| {
            let log = Answers::default();
            let seeds = Rc::new(RefCell::new(Vec::new()));
            let mut world = World::new(seed, faults.clone());
            world.host("writer", writer(0, &log));
            let (heard, drawn) = (log.clone(), seeds.clone());
            world.set_heir("writer", move |seed| {
                drawn.borrow_mut().push(*seed.as_bytes());
                let next = heard.borrow().last().map_or(0, |(_, op, _)| op + 1);
                Resident::from(writer(next, &heard))
            });
            world.run_for(MINUTE);
            let confirmed = log.borrow().len();
            let stored = world.store("writer").len();
            assert!(stored == confirmed || stored == confirmed + may_be_ahead);
            world.heal();
            world.run_for(MINUTE);
            assert!(world.is_up("writer"), "its last heir has come");
            (world.fired(), seeds.take(), world.trace_hash())
        };
        let (fired, mut seeds, hash) = run(1);
        assert!(fired.count(fault) > 3, "{fired:?}");
        assert_eq!(fired.count(fault), seeds.len() as u64);
        assert_eq!(run(1), (fired, seeds.clone(), hash));
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(fired.count(fault), seeds.len() as u64, "each has its own");
    }
}

#[test]
fn a_host_that_a_test_kills_after_its_death_gets_no_heir() {
    let faults = Faults {
        heir_after: Span::millis(60_000, 60_000),
        ..Faults::none().with(Fault::CrashAfterStore, 100)
    };
    let log = Answers::default();
    let mut world = World::new(1, faults);
    world.host("writer", writer(0, &log));
    world.set_heir("writer", |_| panic!("nobody is to come"));
    world.run_for(SECOND);
    assert!(!world.is_up("writer"));
    world.kill("writer");
    world.run_for(HOUR);
    assert!(!world.is_up("writer"));
    world.heal();
    world.restart("writer", writer(1, &log));
    world.run_for(SECOND);
    assert!(world.is_up("writer"));
}

#[test]
fn a_host_without_an_heir_does_not_die_by_chance() {
    let log = Answers::default();
    let faults = Faults::none()
        .with(Fault::CrashAfterStore, 100)
        .with(Fault::CrashBeforeStore, 100);
    let mut world = World::new(1, faults);
    world.host("writer", writer(0, &log));
    world.run_for(MINUTE);
    assert!(world.is_up("writer") && log.borrow().len() > 100);
}

/// A person before a server that answers everything, in a world where clients stop reading.
fn with_slow_reader(seed: u64) -> (World, Person) {
    let slow = Faults {
        slow_for: Span::millis(5000, 9000),
        ..Faults::none().with(Fault::SlowReader, 100)
    };
    let kind = WireKind::SkypeProxy;
    let mut world = world_with_server(seed, slow, parrot_on(kind, None));
    let alice = world.join("alice", Person::new(kind, None, "server", 80));
    world.run_for(SECOND);
    (world, alice)
}

#[test]
fn a_slow_reader_hears_everything_a_while_later() {
    let (mut world, alice) = with_slow_reader(1);
    for number in 0..5 {
        alice.say(&format!("line {number}"));
        world.run_for(SECOND);
    }
    world.run_for(MINUTE);
    let lines: Vec<_> = (0..5).map(|n| format!("you said line {n}")).collect();
    assert_eq!(alice.replies(), lines);
    let first = alice.everything()[0].at;
    assert!(first >= Instant::ZERO + SECOND * 5, "{first:?}");
    assert!(world.fired().count(Fault::SlowReader) > 0);
    world.heal();
    world.run_for(SECOND * 10);
    alice.say("quick");
    world.expect("alice", "you said quick", SECOND);
}

#[test]
fn a_client_that_a_test_has_stopped_does_not_read_on_by_itself() {
    for_each_seed(|seed| {
        let (mut world, alice) = with_slow_reader(seed);
        alice.say("one");
        world.run_until(|_| alice.heard("you said one"), MINUTE);
        alice.stop_reading();
        alice.say("two");
        world.run_for(HOUR);
        assert!(!alice.heard("you said two"));
        alice.read_on();
        world.expect("alice", "you said two", MINUTE);
    });
}
