//! The hash of a password, for `access` in a configuration.
//! Never shows the password.

use imo2sproxy::hashing;

use crate::failure::Failure;
use crate::{password, run};

/// Asks for a password and prints its hash.
///
/// # Errors
/// If there is no password, or it cannot be hashed.
pub(crate) fn command() -> Result<(), Failure> {
    let password = password::of_new("clients")?;
    let hash = hashing::hash(&password)
        .ok_or_else(|| Failure::trouble("the system has no randomness to give; try again later"))?;
    run::announce(&[hash]);
    Ok(())
}
