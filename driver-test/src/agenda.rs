//! What is going to happen and when, in one order that depends on nothing but the seed.
//! Never knows what the jobs mean.

use std::collections::BTreeMap;

use imo2sproxy_core::time::Instant;

/// Jobs by time; those of one moment by `tie`, then in the order in which they were added.
#[derive(Debug)]
pub(crate) struct Agenda<J> {
    jobs: BTreeMap<(Instant, u64, u64), J>,
    added: u64,
}

impl<J> Agenda<J> {
    pub(crate) const fn new() -> Self {
        Self {
            jobs: BTreeMap::new(),
            added: 0,
        }
    }

    /// Adds a job. `tie` goes before the order of adding: zero for all keeps that order, a draw shuffles.
    pub(crate) fn add(&mut self, at: Instant, tie: u64, job: J) {
        self.jobs.insert((at, tie, self.added), job);
        self.added += 1;
    }

    /// When the next job is due.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.jobs.first_key_value().map(|((at, ..), _)| *at)
    }

    /// Takes out the next job; says whether the one behind it, of the same moment, had been added before it.
    pub(crate) fn pop(&mut self) -> Option<(J, bool)> {
        let ((at, _, number), job) = self.jobs.pop_first()?;
        let behind = self.jobs.first_key_value();
        let is_before_its_turn =
            behind.is_some_and(|((then, _, other), _)| *then == at && *other < number);
        Some((job, is_before_its_turn))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_come_by_time_and_then_in_the_order_they_were_added() {
        let at = Instant::from_micros;
        let mut agenda = Agenda::new();
        agenda.add(at(2), 0, "late");
        agenda.add(at(1), 0, "first");
        agenda.add(at(1), 0, "second");
        assert_eq!(agenda.next(), Some(at(1)));
        let order: Vec<_> = std::iter::from_fn(|| agenda.pop()).collect();
        assert_eq!(
            order,
            [("first", false), ("second", false), ("late", false)]
        );
    }

    #[test]
    fn a_job_that_a_draw_puts_before_an_older_one_of_the_same_moment_says_so() {
        let at = Instant::from_micros;
        let mut agenda = Agenda::new();
        agenda.add(at(1), 9, "older");
        agenda.add(at(1), 3, "younger");
        agenda.add(at(2), 0, "later");
        let order: Vec<_> = std::iter::from_fn(|| agenda.pop()).collect();
        assert_eq!(
            order,
            [("younger", true), ("older", false), ("later", false)]
        );
    }
}
