//! What is kept of a password that was right once, so that it is known again without the cost of a password hash.
//! Never outlives the process, and never tells the password to whoever reads its memory without the key.

use core::fmt;

use blake2::Blake2sMac256;
use blake2::digest::{KeyInit, Mac};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::rng::Rng;
use crate::secret::Secret;

/// The key that passwords of one life of the process are marked with.
pub(crate) struct MarkKey([u8; 32]);

/// The mark of a password under a [`MarkKey`].
#[derive(Clone)]
pub(crate) struct Mark([u8; 32]);

impl MarkKey {
    /// A new key.
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let mut key = [0; 32];
        for byte in &mut key {
            *byte = u8::try_from(rng.below(256)).unwrap_or_default();
        }
        Self(key)
    }

    /// The mark of `secret`.
    pub(crate) fn mark(&self, secret: &Secret) -> Mark {
        let mut mac = Blake2sMac256::new(&self.0.into());
        mac.update(secret.reveal().as_bytes());
        Mark(mac.finalize().into_bytes().into())
    }
}

impl Mark {
    /// Whether both are marks of the same password; in constant time.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Drop for MarkKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for MarkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MarkKey(*)")
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mark(*)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Seed;

    #[test]
    fn a_password_is_known_again_under_the_same_key_only() {
        let mut rng = Rng::new(Seed::from_number(1));
        let (key, other) = (MarkKey::new(&mut rng), MarkKey::new(&mut rng));
        let mark = key.mark(&"secret".into());
        assert!(mark.is(&key.mark(&"secret".into())));
        assert!(!mark.is(&key.mark(&"Secret".into())));
        assert!(!mark.is(&other.mark(&"secret".into())));
    }
}
