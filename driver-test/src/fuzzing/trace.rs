//! Traces of any content: read, written, replayed, and recorded again with other secrets.
//! Never looks at long ones: what a trace costs must follow from its length.

use imo2sproxy_core::config::{Access, Config};
use imo2sproxy_core::replay::{Mode, Verdict, replay};
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::time::{Instant, Now, UnixTime};
use imo2sproxy_core::trace::{Line, Plan, Recorder, Secrecy, Trace, TraceError};

use super::bench::Bench;

/// Longest text that is looked at, in bytes.
const TEXT_MAX: usize = 128 * 1024;
/// Most lines of a trace that is replayed.
const LINES_MAX: usize = 600;
/// Most accounts of a machine that is replayed.
const ACCOUNTS_MAX: usize = 16;
/// The passwords that are put in place of those of a trace.
const CANARY: &str = "Canary77Password";

/// A file of traces.
///
/// # Panics
/// If reading or replaying panics; if an error names a line that is not there; if what was read and written again is
/// read as something else; or if a recording of the same with another password shows that.
pub fn trace(data: &[u8]) {
    if data.len() > TEXT_MAX {
        return;
    }
    let text = String::from_utf8_lossy(data);
    let all = match Trace::all(&text) {
        Ok(all) => all,
        Err(error) => {
            let count = text.split_inclusive('\n').count().max(1);
            let is_there = (1..=count).contains(&error.line);
            assert!(is_there, "line {} of {count}: {}", error.line, error.why);
            return;
        }
    };
    for trace in &all {
        check_forms(trace);
        let plan = trace.header.plan();
        let is_small = plan.as_ref().is_ok_and(is_small);
        if !is_small || trace.lines.len() > LINES_MAX {
            continue;
        }
        for mode in [Mode::Strict, Mode::Calls] {
            check_verdict(trace, replay(trace, mode), text.lines().count());
        }
        if let Ok(plan) = plan
            && !text.contains("Canary")
            && !text.contains("43616e617279")
        {
            check_secrecy(trace, plan);
        }
    }
}

/// What was read, and is written, is read as the same.
fn check_forms(trace: &Trace) {
    let text = trace.text();
    let again = Trace::parse(&text).expect("what was written can be read");
    assert!(again.header == trace.header, "the header comes back");
    assert_eq!(again.lines, trace.lines, "the lines come back");
    assert!(!again.is_cut);
    assert_eq!(again.text(), text);
}

fn is_small(plan: &Plan) -> bool {
    match plan {
        Plan::Proxy(config, _) | Plan::Pair(config, ..) => {
            config.accounts.len().max(config.listeners.len()) <= ACCOUNTS_MAX
        }
        Plan::Service(..) => true,
    }
}

fn check_verdict(trace: &Trace, verdict: Result<Verdict, TraceError>, lines: usize) {
    match verdict {
        Ok(Verdict::Same { compared }) => assert!(compared <= trace.lines.len()),
        Ok(Verdict::SameUpTo { line }) => assert!(line <= lines),
        Ok(Verdict::Partial) => assert!(trace.header.is_partial()),
        Ok(Verdict::Different(difference)) => assert!(difference.line <= lines + 1),
        Err(error) => assert!(error.line <= lines, "line {}: {}", error.line, error.why),
    }
}

/// Records the machine with other passwords, told all of the trace that a driver may tell it: they are not seen.
fn check_secrecy(trace: &Trace, plan: Plan) {
    let plan = match plan {
        Plan::Proxy(config, seed) => Plan::Proxy(with_canaries(config), seed),
        Plan::Pair(config, seed, service, service_seed) => {
            Plan::Pair(with_canaries(config), seed, service, service_seed)
        }
        Plan::Service(..) => return,
    };
    let mut text = String::new();
    let begun = Recorder::begin(&plan, Now::default(), false, Secrecy::Hidden, &mut text);
    let Ok(mut recorder) = begun else {
        return;
    };
    let mut bench = Bench::new(plan.build());
    for line in &trace.lines {
        if let Line::In(time, form) = line {
            let now = Now {
                mono: Instant::from_micros(*time),
                wall: UnixTime::default(),
            };
            let input = form.input().expect("it was read");
            if !bench.enter(now.mono, &input) {
                continue;
            }
            recorder.input(now, &input, &mut text);
            for output in &bench.tell(input) {
                recorder.output(now, output, &mut text);
            }
            if bench.is_stopped() {
                break;
            }
        }
    }
    recorder.end(bench.now(), &mut text);
    let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    for shape in [CANARY, &hex] {
        assert!(!text.contains(shape), "a password is seen in\n{text}");
    }
}

fn with_canaries(mut config: Config) -> Config {
    for account in &mut config.accounts {
        account.password = Secret::from(CANARY);
        account.access = account.access.as_ref().map(|_| Access::from(CANARY));
    }
    config
}
