//! What the program is to reach, and how far the figures of a run are from it.
//! Never holds a figure that was measured.

use serde::Serialize;

use crate::all::Results;
use crate::latency::Latency;
use crate::relay::Relay;

/// A goal, and what was measured for it.
#[derive(Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) measured: f64,
    pub(crate) goal: f64,
    pub(crate) is: Bound,
    pub(crate) reached: bool,
    /// What is used up of what the goal allows: at most 1 if it is reached.
    pub(crate) part: f64,
}

/// On which side of a goal the figure has to be.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Bound {
    AtLeast,
    AtMost,
}

use Bound::{AtLeast, AtMost};

/// How many accounts one daemon is to carry.
const ALL: usize = 10_000;

/// One row.
fn row(what: &'static str, unit: &'static str, measured: f64, is: Bound, goal: f64) -> Row {
    let part = match is {
        AtMost => measured / goal,
        AtLeast => goal / measured,
    };
    Row {
        what,
        unit,
        measured,
        goal,
        is,
        reached: part <= 1.0,
        part,
    }
}

/// All goals, with the figures of a run.
pub(crate) fn rows(results: &Results) -> Vec<Row> {
    let mut rows = Vec::new();
    let local = &results.local;
    let percent = local.percent_of_echo;
    rows.push(row(
        "local commands, pipelined",
        "% of an echo",
        percent,
        AtLeast,
        50.0,
    ));
    let reply = local.reply.p50_us;
    rows.push(row("local reply, p50", "us", reply, AtMost, 50.0));
    for relay in &results.relay {
        rows.push(of_relay(relay));
    }
    for latency in &results.latency {
        rows.extend(of_latency(latency));
    }
    rows.extend(of_memory(results));
    let start = &results.start;
    let listening = start.listening_ms / 1e3;
    rows.push(row("start with all accounts", "s", listening, AtMost, 0.5));
    let size = start.program_bytes as f64 / f64::from(1 << 20);
    rows.push(row("program without symbols", "MiB", size, AtMost, 8.0));
    rows
}

fn of_relay(relay: &Relay) -> Row {
    let texts = relay.texts_per_second;
    match relay.durable {
        false => row("relay, in memory", "texts/s", texts, AtLeast, 40_000.0),
        true => row("relay, durable", "texts/s", texts, AtLeast, 20_000.0),
    }
}

fn of_latency(latency: &Latency) -> Vec<Row> {
    let spread = &latency.at_rate.spread;
    let (p50, p99) = (spread.p50_us / 1e3, spread.p99_us / 1e3);
    match &latency.disk {
        None => vec![
            row("latency in memory, p50", "ms", p50, AtMost, 0.3),
            row("latency in memory, p99", "ms", p99, AtMost, 3.0),
        ],
        // Two transactions are in the way of a text, and each needs the disk once.
        Some(disk) => {
            let goal = 2.0 * disk.p50_us / 1e3 + 1.0;
            vec![row("latency durable, p50", "ms", p50, AtMost, goal)]
        }
    }
}

fn of_memory(results: &Results) -> Vec<Row> {
    let memory = &results.memory;
    let account = memory.per_account_kib + memory.per_client_kib;
    let remote = memory.per_remote_account_kib;
    let left = memory.left_by_visits_percent;
    // A quick run has fewer: the others would cost as much as those.
    let lacking = ALL as f64 - memory.many as f64;
    let resident = memory.many_resident_kib as f64 + lacking * memory.per_account_kib;
    let idle = memory.idle_percent;
    vec![
        row("account with one client", "KiB", account, AtMost, 16.0),
        row(
            "account over two TLS connections",
            "KiB",
            remote,
            AtMost,
            40.0,
        ),
        row(
            "resident with 10,000 accounts",
            "MiB",
            resident / 1024.0,
            AtMost,
            200.0,
        ),
        row("idle with all accounts", "% of a core", idle, AtMost, 1.0),
        row("left by clients who went", "% more", left, AtMost, 10.0),
    ]
}

/// The table for people.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<34} {:>12} {:>14}  {:<13} result\n",
        "what", "measured", "goal", "unit"
    );
    for row in rows {
        let side = match row.is {
            AtLeast => ">=",
            AtMost => "<=",
        };
        let result = match (row.reached, row.is) {
            (true, _) => "reached".into(),
            (false, AtMost) => format!("missed: {:.2} times the goal", row.part),
            (false, AtLeast) => format!("missed: {:.0} % of the goal", 100.0 / row.part),
        };
        let (measured, goal) = (figure(row.measured), figure(row.goal));
        text += &format!(
            "{:<34} {measured:>12} {side:>4} {goal:>9}  {:<13} {result}\n",
            row.what, row.unit
        );
    }
    text
}

/// Three digits of small figures, and all of great ones.
pub(crate) fn figure(value: f64) -> String {
    match value.abs() {
        great if great >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
