//! Each connection between a daemon and its service breaks at each byte, and nobody notices for long.
//! Never leaves out a place: each is tried, in one of the ways, which take turns.
//!
//! `EVERY_BYTE=all` tries each way at each place, in every scene instead of the shortest (`cargo xtask sim --every-byte`),
//! `EVERY_BYTE=NAME,…` in those; `BREAK` plays one break alone, as a failure names it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use imo2sproxy_sim::world::{Break, BreakKind};

use crate::scenes::{self, Scene};

/// How many places are played at the same time.
const PLAYERS: usize = 2;
/// How long a stalled connection says nothing: longer than anybody waits for it.
const STALL: Duration = Duration::from_secs(95);
/// Every way to break, with whether the sender of the bytes learns of it first.
const WAYS: [(BreakKind, bool); 5] = [
    (BreakKind::Cut, true),
    (BreakKind::Cut, false),
    (BreakKind::Reset, true),
    (BreakKind::Reset, false),
    (BreakKind::Stall(STALL), true),
];

/// Every break of a scene: each connection, each direction, each byte, each way.
fn breaks(scene: Scene) -> Vec<Break> {
    let stage = (scene.play)(None);
    let mut all = Vec::new();
    for (connection, traffic) in stage.world.traffic().iter().enumerate() {
        for (bytes, outgoing) in traffic.iter().zip([true, false]) {
            for byte in 0..*bytes {
                for (kind, sender_first) in WAYS {
                    all.push(Break {
                        connection,
                        outgoing,
                        byte,
                        kind,
                        sender_first,
                    });
                }
            }
        }
    }
    stage.check();
    all
}

/// The words by which a break can be asked for again.
fn words(plan: &Break) -> String {
    let way = WAYS
        .iter()
        .position(|way| *way == (plan.kind, plan.sender_first));
    let (connection, byte) = (plan.connection, plan.byte);
    let direction = if plan.outgoing { "out" } else { "in" };
    format!(
        "{connection},{direction},{byte},{}",
        way.unwrap_or_default()
    )
}

fn plan(words: &str) -> Option<Break> {
    let mut parts = words.split(',');
    let mut number = || parts.next()?.parse().ok();
    let connection = number()?;
    let outgoing = words.split(',').nth(1)? == "out";
    let mut later = words.split(',').skip(2);
    let byte = later.next()?.parse().ok()?;
    let way: usize = later.next()?.parse().ok()?;
    let (kind, sender_first) = *WAYS.get(way)?;
    Some(Break {
        connection,
        outgoing,
        byte,
        kind,
        sender_first,
    })
}

/// Plays a scene with a break; it must happen and must not matter.
fn play(scene: Scene, plan: Break) {
    let stage = (scene.play)(Some(plan));
    assert!(stage.world.has_broken(), "it did not come to the break");
    stage.check();
}

/// What came of all the breaks of a scene.
#[derive(Default)]
struct Report {
    played: BTreeMap<&'static str, usize>,
    failed: Vec<String>,
}

const fn name(kind: BreakKind) -> &'static str {
    match kind {
        BreakKind::Cut => "cut",
        BreakKind::Stall(_) => "stalled",
        BreakKind::Reset => "reset",
    }
}

fn play_all(scene: Scene, each_way: bool) -> Report {
    let mut all = breaks(scene);
    if !each_way {
        // The next place in the next way.
        let places = all.chunks(WAYS.len()).enumerate();
        all = places
            .map(|(place, ways)| ways[place % ways.len()])
            .collect();
    }
    let (next, begin) = (AtomicUsize::new(0), Instant::now());
    let report = Mutex::new(Report::default());
    let player = || {
        while let Some(plan) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = catch_unwind(AssertUnwindSafe(|| play(scene, *plan)));
            let mut report = report.lock().unwrap();
            let played: usize = report.played.values().sum();
            if played > 0 && played.is_multiple_of(20_000) {
                let seconds = begin.elapsed().as_secs();
                eprintln!("{}: {played} of {} in {seconds} s", scene.name, all.len());
            }
            *report.played.entry(name(plan.kind)).or_default() += 1;
            if outcome.is_err() {
                report.failed.push(words(plan));
            }
            if report.failed.len() >= 10 {
                return;
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..PLAYERS {
            scope.spawn(player);
        }
    });
    report.into_inner().unwrap()
}

#[test]
fn wherever_a_connection_breaks_every_text_arrives_once_and_every_command_is_answered() {
    let wish = std::env::var("EVERY_BYTE");
    let each_way = wish.is_ok();
    let wish = wish.unwrap_or_else(|_| "short".into());
    let wanted = |scene: &&Scene| {
        scene.may_break && (wish == "all" || wish.split(',').any(|name| name == scene.name))
    };
    let wanted: Vec<Scene> = scenes::ALL.iter().filter(wanted).copied().collect();
    assert!(
        !wanted.is_empty(),
        "there is no scene {wish} in which anything can break"
    );
    for scene in wanted {
        if let Ok(words) = std::env::var("BREAK") {
            play(scene, plan(&words).expect("CONNECTION,in|out,BYTE,WAY"));
            continue;
        }
        let begin = Instant::now();
        let Report { played, failed } = play_all(scene, each_way);
        let (name, seconds) = (scene.name, begin.elapsed().as_secs_f32());
        println!("{name}: {played:?} in {seconds:.1} s");
        assert!(
            failed.is_empty(),
            "{name} fails with {failed:?}; see one alone with EVERY_BYTE={name} BREAK={}",
            failed[0]
        );
    }
}

#[test]
fn a_break_is_what_its_words_say() {
    for plan_of in breaks(scenes::ALL[0]).iter().step_by(97) {
        assert_eq!(plan(&words(plan_of)), Some(*plan_of));
    }
}
