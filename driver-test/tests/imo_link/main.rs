//! Tests of the link against services of every kind, answer by answer.
//! Never tests what an account makes of it.

#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks for one kind of output among all"
)]

mod answers;
mod bench;
mod dialect;
mod fetch;
mod login;
mod loss;
mod spoiled;
mod status;
