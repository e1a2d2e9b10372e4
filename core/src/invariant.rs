//! What all checks of machines on themselves have in common: how they say which limit is broken.
//! Never mends anything, and never runs where users are served.

/// Of `what` there may be `max`, by the field of that name in [`Limits`](crate::config::Limits).
///
/// # Panics
/// If there are more.
#[track_caller]
pub(crate) fn at_most(count: usize, (limit, max): (&str, usize), what: &str) {
    assert!(
        count <= max,
        "there are {count} {what}, and Limits::{limit} allows {max}"
    );
}
