//! Who has failed to log in too often, and has to wait before trying again.
//! Never keeps out whoever comes from another address: the owner of an account gets in while somebody guesses.

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::time::Duration;

use crate::config::Limits;
use crate::invariant::at_most;
use crate::lobby::Network;
use crate::time::{Instant, Timers};

/// An account, empty for every name that is none, and where somebody tries it from. Who has no address is one.
type Key = (String, Option<Network>);

/// The failed logins of one account from one address.
#[derive(Debug)]
struct Failures {
    /// How many since `since`.
    count: usize,
    since: Instant,
    until: Option<Instant>,
    /// How long the next lockout is.
    wait: Duration,
}

/// Counts failed logins. After `Limits::login_failures` of them within `Limits::login_window` further ones are refused
/// unseen for `Limits::lockout_first`, doubling up to `Limits::lockout_last`; a login that succeeds clears it.
#[derive(Debug)]
pub struct Lockouts {
    entries: BTreeMap<Key, Failures>,
    /// When each is forgotten.
    ends: Timers<Key>,
    failures_max: usize,
    window: Duration,
    first: Duration,
    last: Duration,
    entries_max: usize,
}

impl Lockouts {
    /// Nobody has failed yet.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            entries: BTreeMap::new(),
            ends: Timers::new(),
            failures_max: limits.login_failures,
            window: limits.login_window,
            first: limits.lockout_first,
            last: limits.lockout_last,
            entries_max: limits.lockouts,
        }
    }

    /// Whether a login is to be refused without a look at its password.
    pub fn is_locked(&mut self, now: Instant, account: &str, network: Option<Network>) -> bool {
        while let Some(key) = self.ends.pop_due(now) {
            self.entries.remove(&key);
        }
        let key = (String::from(account), network);
        let entry = self.entries.get(&key);
        entry.is_some_and(|entry| entry.until.is_some_and(|until| now < until))
    }

    /// A login has failed. True if that was one too many, and a lockout begins.
    pub fn failed(&mut self, now: Instant, account: &str, network: Option<Network>) -> bool {
        let key = (String::from(account), network);
        if self.entries.len() >= self.entries_max
            && !self.entries.contains_key(&key)
            && let Some(oldest) = self.ends.pop_first()
        {
            self.entries.remove(&oldest);
        }
        let entry = self.entries.entry(key.clone()).or_insert(Failures {
            count: 0,
            since: now,
            until: None,
            wait: self.first,
        });
        if now.since(entry.since) > self.window {
            entry.count = 0;
            entry.since = now;
        }
        entry.count += 1;
        let locks = entry.count >= self.failures_max;
        if locks {
            entry.until = Some(now + entry.wait);
            entry.wait = (entry.wait * 2).min(self.last);
            entry.count = 0;
            entry.since = now;
        }
        // Whoever has kept still for as long as the longest lockout begins anew.
        self.ends
            .set(key, Some(entry.until.unwrap_or(now).max(now) + self.last));
        locks
    }

    /// A login has succeeded.
    pub fn succeeded(&mut self, account: &str, network: Option<Network>) {
        let key = (String::from(account), network);
        self.entries.remove(&key);
        self.ends.set(key, None);
    }

    /// Forgets all failures of an account, from wherever; gives how many addresses were locked out.
    pub fn lift(&mut self, now: Instant, account: &str) -> usize {
        let first = (String::from(account), None);
        let own = self.entries.range(first..);
        let own = own.take_while(|((name, _), _)| name == account);
        let keys: alloc::vec::Vec<Key> = own.map(|(key, _)| key.clone()).collect();
        let mut locked = 0;
        for key in keys {
            let until = self.entries.remove(&key).and_then(|entry| entry.until);
            locked += usize::from(until.is_some_and(|until| now < until));
            self.ends.set(key, None);
        }
        locked
    }

    /// Panics if it remembers more than it may, or something that it will never forget.
    pub(crate) fn check_invariants(&self) {
        self.ends.check_invariants();
        let max = ("lockouts", self.entries_max);
        at_most(
            self.entries.len(),
            max,
            "addresses that have failed to log in",
        );
        let forgotten = |key| self.ends.get(key).is_some();
        assert!(
            self.entries.keys().all(forgotten) && self.ends.iter().count() == self.entries.len(),
            "each failure is forgotten some day"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn from(address: &str) -> Option<Network> {
        Some(Network::of(address.parse().unwrap()))
    }

    fn at(seconds: u64) -> Instant {
        Instant::ZERO + SECOND * u32::try_from(seconds).unwrap()
    }

    #[test]
    fn five_failures_within_half_a_minute_lock_out_for_ever_longer() {
        let mut lockouts = Lockouts::new(&Limits::default());
        let (thief, owner) = (from("192.0.2.1"), from("192.0.2.2"));
        let mut now = 0;
        for wait in [30, 60, 120, 240, 480, 960, 1920, 3600, 3600] {
            for attempt in 0..5 {
                assert!(!lockouts.is_locked(at(now), "alice", thief), "at {now}");
                assert_eq!(lockouts.failed(at(now), "alice", thief), attempt == 4);
                lockouts.check_invariants();
            }
            assert!(lockouts.is_locked(at(now + wait - 1), "alice", thief));
            assert!(!lockouts.is_locked(at(now), "alice", owner));
            assert!(!lockouts.is_locked(at(now), "bob", thief));
            now += wait;
        }
        lockouts.failed(at(now - 1), "alice", owner);
        assert_eq!(lockouts.lift(at(now - 1), "bob"), 0);
        assert_eq!(lockouts.lift(at(now - 1), "alice"), 1);
        assert!(!lockouts.is_locked(at(now - 1), "alice", thief));
        for attempt in 0..5 {
            let locks = lockouts.failed(at(now - 1), "alice", owner);
            assert_eq!(locks, attempt == 4, "what failed before counts no more");
        }
        assert_eq!(lockouts.lift(at(now + 60), "alice"), 0, "it was over");
        lockouts.check_invariants();
    }

    #[test]
    fn failures_that_are_far_apart_do_not_lock_out() {
        let mut lockouts = Lockouts::new(&Limits::default());
        for attempt in 0..100 {
            assert!(!lockouts.failed(at(attempt * 8), "alice", from("192.0.2.1")));
        }
    }

    #[test]
    fn a_login_that_succeeds_clears_what_failed_before() {
        let mut lockouts = Lockouts::new(&Limits::default());
        for _ in 0..20 {
            for _ in 0..4 {
                assert!(!lockouts.failed(at(0), "alice", from("192.0.2.1")));
            }
            lockouts.succeeded("alice", from("192.0.2.1"));
            lockouts.check_invariants();
        }
    }

    #[test]
    fn no_crowd_of_addresses_makes_it_grow_without_end() {
        let limits = Limits {
            lockouts: 3,
            ..Limits::default()
        };
        let mut lockouts = Lockouts::new(&limits);
        for host in 0..200_u8 {
            let network = Some(Network::of([192, 0, 2, host].into()));
            lockouts.failed(at(host.into()), "alice", network);
            lockouts.check_invariants();
        }
    }
}
