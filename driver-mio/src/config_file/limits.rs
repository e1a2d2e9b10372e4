//! The limits of a configuration file, by the names that they have in the program.
//! Never takes one that would bring the daemon to a halt: none may be nothing, and those that go together must agree.

use std::time::Duration;

use imo2sproxy_core::config::Limits;

use super::section::Section;
use crate::failure::Failure;

/// Longest wait.
const WAIT_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// Limits that may be nothing.
const MAY_BE_ZERO: &[&str] = &["redirects"];
/// Waits that have a least.
const LEAST: &[(&str, Duration)] = &[("activity_every", Duration::from_secs(1))];
/// Limits of which the first may not be above the second.
const NOT_ABOVE: &[(&str, &str)] = &[
    ("frame_bytes_before_login", "frame_bytes"),
    ("unsent_bytes_soft", "unsent_bytes"),
    ("backoff_first", "backoff_last"),
];

/// Changes those limits that a table names.
pub(super) fn read(section: Section<'_>, limits: &mut Limits) -> Result<(), Failure> {
    let section = section.knowing(&[Limits::NUMBERS, Limits::WAITS].concat())?;
    for (name, entry) in section.entries() {
        if let Some(wait) = limits.wait_mut(name) {
            *wait = entry.wait()?;
            let least = LEAST.iter().find(|(own, _)| *own == name);
            let least = least.map_or(Duration::from_millis(1), |(_, least)| *least);
            if !(least..=WAIT_MAX).contains(wait) {
                let least = humantime::format_duration(least);
                return Err(entry.wrong(format!("write a time from {least} to 365 days")));
            }
            continue;
        }
        let value = entry.number()?;
        if value == 0 && !MAY_BE_ZERO.contains(&name) {
            return Err(entry.wrong("0 would stop everything; write at least 1"));
        }
        if !limits.set_number(name, value) {
            return Err(entry.wrong("too large for this machine; write less"));
        }
    }
    for (low, high) in NOT_ABOVE {
        if size(limits, low) > size(limits, high) {
            let named = section.find(low).or_else(|| section.find(high));
            let what = format!("{low} may not be above {high}; change one of them");
            return Err(match named {
                Some(entry) => entry.wrong(what),
                None => section.wrong(low, what),
            });
        }
    }
    Ok(())
}

/// A limit, to be compared with another of its kind.
fn size(limits: &mut Limits, name: &str) -> Option<u128> {
    match limits.wait_mut(name) {
        Some(wait) => Some(wait.as_millis()),
        None => limits.number(name).map(u128::from),
    }
}
