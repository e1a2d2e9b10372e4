//! Randomness from one seed: every draw of the core is a function of it.
//! Never asks the system for entropy: the driver does that once, at start.

use core::fmt;
use core::time::Duration;

use compact_str::CompactString;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng};

/// Thirty-two bytes from which a machine draws everything random. Secret, since session ids come from it.
#[derive(Clone)]
pub struct Seed([u8; 32]);

impl Seed {
    /// A seed of exactly these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes, for a recording that is to be replayed; whoever sees them knows every draw.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A seed for tests and simulations: the number in the first eight bytes, the rest zero.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        Self(bytes)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(***)")
    }
}

/// A generator of its own, derived from a [`Seed`] and a label.
///
/// Deriving by label means that a new draw in one place does not shift the draws of any other.
#[derive(Clone)]
pub struct Rng {
    seed: Seed,
    stream: ChaCha20Rng,
}

impl Rng {
    /// The root generator of a machine.
    #[must_use]
    pub fn new(seed: Seed) -> Self {
        let stream = ChaCha20Rng::from_seed(seed.0);
        Self { seed, stream }
    }

    /// A generator that depends on the seed and the label only, not on what was drawn before.
    #[must_use]
    pub fn derive(&self, label: &str) -> Self {
        let mut source = ChaCha20Rng::from_seed(self.seed.0);
        source.set_stream(fnv1a(label.as_bytes()));
        let mut bytes = [0; 32];
        source.fill_bytes(&mut bytes);
        Self::new(Seed(bytes))
    }

    /// A number below `bound`; zero if `bound` is zero. The bias is below 2^-32 for bounds below 2^32.
    pub fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.stream.next_u64()) * u128::from(bound);
        u64::try_from(wide >> 64).expect("a product of two u64 shifted right by 64 fits u64")
    }

    /// A number of `low..=high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// True in `percent` of a hundred draws.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A duration of at most `max`, each microsecond as likely as the next ("full jitter").
    pub fn jitter(&mut self, max: Duration) -> Duration {
        let micros = u64::try_from(max.as_micros()).unwrap_or(u64::MAX - 1);
        Duration::from_micros(self.below(micros.saturating_add(1)))
    }

    /// `length` characters of `[A-Za-z0-9]`, each drawn evenly.
    pub fn alphanumeric(&mut self, length: usize) -> CompactString {
        const ALPHABET: &[u8; 62] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..length)
            .map(|_| {
                let index = usize::try_from(self.below(62)).expect("below 62");
                char::from(ALPHABET[index])
            })
            .collect()
    }
}

impl fmt::Debug for Rng {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rng(***)")
    }
}

/// The 64-bit FNV-1a hash: spreads labels and names, protects nothing.
#[must_use]
pub fn fnv1a<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_generators_depend_on_the_label_and_not_on_earlier_draws() {
        let mut root = Rng::new(Seed::from_number(7));
        let before = root.derive("link").alphanumeric(16);
        root.below(1000);
        assert_eq!(root.derive("link").alphanumeric(16), before);
        assert_ne!(root.derive("lane").alphanumeric(16), before);
        assert_ne!(
            Rng::new(Seed::from_number(8))
                .derive("link")
                .alphanumeric(16),
            before
        );
    }

    #[test]
    fn draws_stay_in_their_bounds() {
        let mut rng = Rng::new(Seed::from_number(1));
        for _ in 0..1000 {
            assert!(rng.below(3) < 3);
            assert!((5..=6).contains(&rng.between(5, 6)));
            assert!(rng.jitter(Duration::from_millis(1)) <= Duration::from_millis(1));
        }
        assert_eq!(rng.below(0), 0);
        assert!(
            rng.alphanumeric(17)
                .bytes()
                .all(|b| b.is_ascii_alphanumeric())
        );
    }
}
