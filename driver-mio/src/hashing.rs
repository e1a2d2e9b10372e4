//! Password hashes: argon2id on a small pool of threads, since one hash takes as long as thousands of messages.
//! Never runs on the event loop, and never says by its duration whether a hash was readable.

use std::cell::RefCell;
use std::sync::Arc;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{self, PasswordHasher};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use imo2sproxy_core::io::{Input, JobId};
use imo2sproxy_core::secret::Secret;

use crate::jobs::{self, Answer, Answers, Jobs};

/// Memory of one hash, in KiB.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over that memory.
const PASSES: u32 = 2;
/// Threads of the pool.
const THREADS_MAX: usize = 2;
/// Most memory that a stored hash may ask for, in KiB; beyond it the hash counts as unreadable.
const STORED_MEMORY_KIB_MAX: u32 = 1024 * 1024;
/// Most passes that a stored hash may ask for; beyond it the hash counts as unreadable.
const STORED_PASSES_MAX: u32 = 64;

/// The hash of a password with a fresh salt, as a PHC string; `None` if the system has no randomness to give.
/// Takes about 15 ms.
#[must_use]
pub fn hash(secret: &Secret) -> Option<String> {
    let hash = Own.hash_password(secret.reveal().as_bytes()).ok()?;
    Some(hash.to_string())
}

/// Whether a text is a hash that passwords can be checked against.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    readable(text).is_some()
}

/// Whether a password belongs to a hash. An unreadable hash costs the time of a hash and gives `false`.
#[must_use]
pub fn verify(secret: &Secret, hash: &str) -> bool {
    let password = secret.reveal().as_bytes();
    if let Some(hash) = readable(hash) {
        return is_of(password, &hash).unwrap_or(false);
    }
    let mut unused = [0; 32];
    let _ = fill(&hasher(), password, b"nobody's salt", &mut unused);
    std::hint::black_box(unused);
    false
}

/// Whether a hash is that of a password; compared in constant time. `None` if it cannot be computed.
fn is_of(password: &[u8], hash: &PasswordHash) -> Option<bool> {
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = hash
        .version
        .map_or(Ok(Version::default()), Version::try_from);
    let params = Params::try_from(hash).ok()?;
    let (salt, expected) = (hash.salt.as_ref()?, hash.hash.as_ref()?);
    let mut buffer = [0; Output::MAX_LENGTH];
    let out = buffer.get_mut(..expected.len())?;
    let argon = Argon2::new(algorithm, version.ok()?, params);
    fill(&argon, password, salt, out).ok()?;
    Some(Output::new(out).ok()? == *expected)
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).unwrap_or(Params::DEFAULT);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

thread_local! {
    /// What this thread hashes in. To ask the allocator for it each time leaves holes in its heap that the next hash does not
    /// fit into, and the process grows by hundreds of MiB.
    static BLOCKS: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// Computes a hash in the memory of this thread, which keeps as much of it as our own hashes need.
fn fill(argon: &Argon2<'_>, password: &[u8], salt: &[u8], out: &mut [u8]) -> argon2::Result<()> {
    let own = hasher().params().block_count();
    let needed = argon.params().block_count();
    BLOCKS.with_borrow_mut(|blocks| {
        if blocks.len() < needed {
            blocks.reserve_exact(needed - blocks.len());
            blocks.resize(needed, Block::new());
        }
        let done = argon.hash_password_into_with_memory(password, salt, out, &mut blocks[..needed]);
        // What was computed from a password does not stay.
        blocks[..needed].fill(Block::new());
        if blocks.len() > own {
            blocks.truncate(own);
            blocks.shrink_to_fit();
        }
        done
    })
}

/// Hashes with our own parameters.
struct Own;

impl PasswordHasher<PasswordHash> for Own {
    fn hash_password_with_salt(
        &self,
        password: &[u8],
        salt: &[u8],
    ) -> password_hash::Result<PasswordHash> {
        let argon = hasher();
        let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
        fill(&argon, password, salt, &mut out)?;
        Ok(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(argon.params())?,
            salt: Some(Salt::new(salt)?),
            hash: Some(Output::new(&out)?),
        })
    }
}

fn readable(hash: &str) -> Option<PasswordHash> {
    let hash = PasswordHash::new(hash).ok()?;
    Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let affordable =
        params.m_cost() <= STORED_MEMORY_KIB_MAX && params.t_cost() <= STORED_PASSES_MAX;
    (affordable && hash.salt.is_some() && hash.hash.is_some()).then_some(hash)
}

/// One thing to do.
#[derive(Debug)]
pub(crate) enum Job {
    /// Answered by [`Input::Hashed`].
    Hash { job: JobId, secret: Secret },
    /// Answered by [`Input::Verified`].
    Verify {
        job: JobId,
        secret: Secret,
        hash: String,
    },
}

impl Job {
    fn run(self) -> Answer {
        match self {
            Self::Hash { job, secret } => match hash(&secret) {
                Some(hash) => Answer::Input(Input::Hashed { job, hash }),
                None => Answer::Broken("hashing (the system has no randomness to give)"),
            },
            Self::Verify { job, secret, hash } => {
                let ok = verify(&secret, &hash);
                Answer::Input(Input::Verified { job, ok })
            }
        }
    }
}

/// The threads that hash; each starts when a job comes and there are not enough of them yet.
#[derive(Debug)]
pub(crate) struct HashPool {
    jobs: Arc<Jobs<Job>>,
    answers: Arc<Answers>,
    threads: usize,
}

impl HashPool {
    /// A pool that answers to `answers`.
    pub(crate) fn new(answers: Arc<Answers>) -> Self {
        Self {
            jobs: Arc::new(Jobs::new()),
            answers,
            threads: 0,
        }
    }

    /// Hands over a job.
    pub(crate) fn push(&mut self, job: Job) {
        if self.threads < THREADS_MAX {
            let jobs = Arc::clone(&self.jobs);
            let started = jobs::spawn("hashing", Arc::clone(&self.answers), move |answers| {
                while let Some(job) = jobs.take() {
                    answers.push(job.run());
                }
            });
            match started {
                Ok(_) => self.threads += 1,
                // Better late than never: without a single thread the loop itself has to do it.
                Err(_) if self.threads == 0 => return self.answers.push(job.run()),
                Err(_) => {}
            }
        }
        self.jobs.push(job);
    }

    /// How many jobs wait for a thread.
    pub(crate) fn waiting(&self) -> usize {
        self.jobs.len()
    }
}

impl Drop for HashPool {
    fn drop(&mut self) {
        self.jobs.abandon();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use rustix::time::{ClockId, clock_gettime};

    #[test]
    fn a_hash_is_argon2id_with_the_promised_parameters_and_a_fresh_salt() {
        let secret = Secret::from("open sesame");
        let first = hash(&secret).unwrap();
        assert!(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_ne!(hash(&secret).unwrap(), first);
        assert!(verify(&secret, &first));
        assert!(!verify(&Secret::from("open barley"), &first));
    }

    #[test]
    fn a_hash_with_weaker_parameters_is_still_verified() {
        let weak = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(64, 1, 1, None).unwrap(),
        );
        let stored = weak.hash_password(b"pw").unwrap().to_string();
        assert!(verify(&Secret::from("pw"), &stored));
        assert!(!verify(&Secret::from("no"), &stored));
    }

    #[test]
    fn what_was_hashed_before_in_the_same_memory_makes_no_difference() {
        let dear = Params::new(MEMORY_KIB + 512, 1, 1, None).unwrap();
        let dear = Argon2::new(Algorithm::Argon2id, Version::V0x13, dear);
        let others = dear.hash_password(b"pw").unwrap().to_string();
        let own = hasher().hash_password(b"pw").unwrap().to_string();
        let secret = Secret::from("pw");
        for _ in 0..2 {
            for stored in [&others, &own, &hash(&secret).unwrap()] {
                assert!(verify(&secret, stored));
                assert!(!verify(&Secret::from("wp"), stored));
            }
        }
        assert!(hasher_of_the_library_takes(&hash(&secret).unwrap()));
    }

    fn hasher_of_the_library_takes(stored: &str) -> bool {
        use argon2::password_hash::PasswordVerifier as _;
        hasher().verify_password(b"pw", stored).is_ok()
    }

    #[test]
    fn an_unreadable_hash_is_refused_and_costs_as_much_as_a_wrong_password() {
        let secret = Secret::from("pw");
        let stored = hash(&secret).unwrap();
        // What this thread costs, so that others who are busy make no difference.
        let now = || clock_gettime(ClockId::ThreadCPUTime);
        let time = |hash: &str| {
            let start = now();
            assert!(!verify(&Secret::from("other"), hash));
            let taken = now() - start;
            Duration::try_from(taken).unwrap()
        };
        let wrong = (0..3).map(|_| time(&stored)).min().unwrap();
        assert!(is_hash(&stored));
        for unreadable in [
            "",
            "plain text",
            "$argon2id$v=19$m=19456,t=2,p=1",
            "$scrypt$ln=1$c2FsdHNhbHQ$aGFzaGhhc2g",
            "$argon2id$v=19$m=4294967295,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo",
        ] {
            assert!(!is_hash(unreadable));
            let cost = (0..3).map(|_| time(unreadable)).min().unwrap();
            assert!(cost * 3 > wrong, "{unreadable}: {cost:?} against {wrong:?}");
        }
    }
}
