//! Text that must not be seen: passwords, access passwords, cookies.
//! Never prints itself and never compares in a time that depends on where two texts differ.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// A secret text. Its memory is zeroed when it is dropped; `Debug` shows stars.
#[derive(Clone, Default)]
pub struct Secret(String);

impl Secret {
    /// Takes over `text`; the caller should keep no copy.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for whoever must send or hash it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// True if there is no text at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares in a time that depends on the lengths only.
    #[must_use]
    pub fn matches(&self, other: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(other).into()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.matches(other.0.as_bytes())
    }
}

impl Eq for Secret {}

impl Drop for Secret {
    fn drop(&mut self) {
        wipe(core::mem::take(&mut self.0).into_bytes());
    }
}

/// Zeroes bytes that are or hold a secret.
pub(crate) fn wipe(mut bytes: Vec<u8>) {
    // What is filled is zeroed byte by byte, what is free all at once.
    bytes.clear();
    bytes.zeroize();
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn a_secret_matches_itself_and_shows_stars() {
        let secret = Secret::from("pw1");
        assert!(secret.matches(b"pw1"));
        assert!(!secret.matches(b"pw2"));
        assert!(!secret.matches(b"pw1\0"));
        assert_eq!(format!("{secret:?}"), "***");
    }
}
