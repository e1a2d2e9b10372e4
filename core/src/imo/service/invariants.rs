//! What the service promises about itself between inputs: who holds what, who is owed an answer.
//! Never changes anything, and never runs where users are served.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::session::{Asked, Login, Mail, Session};
use super::web::Doing;
use super::{Service, SessionId, Wake};
use crate::config::Limits;
use crate::invariant::at_most;
use crate::io::ConnId;
use crate::probe::Probe;

impl Service {
    /// Panics if it has broken a promise about itself. To be called between inputs.
    pub(super) fn check(&self) {
        self.house.check_invariants();
        if let Some(probe) = &self.probe {
            probe.check_invariants();
        }
        self.check_operations();
        self.check_sessions();
        self.check_accounts();
        self.check_conns();
        self.check_timers();
        let left_over = !self.stuck.is_empty()
            || !self.ripe.is_empty()
            || !self.curious.is_empty()
            || !self.unread.is_empty();
        assert!(!left_over, "what an input makes necessary is done with it");
        assert!(
            self.held
                .keys()
                .all(|ticket| !self.house.journal.is_durable(*ticket)),
            "what is durable is not held back"
        );
    }

    fn check_sessions(&self) {
        let limits = &self.config.limits;
        assert_eq!(
            self.sessions.len(),
            self.by_ssid.len(),
            "each session has an id of its own"
        );
        for (id, session) in &self.sessions {
            session.check_invariants(limits);
            assert_eq!(
                self.by_ssid.get(&session.ssid),
                Some(id),
                "a session is found by its id"
            );
            let is_stranger = session.network.is_some() && session.account.is_none();
            assert_eq!(
                self.strangers.sessions.contains(id),
                is_stranger,
                "a session is a stranger until somebody signs on"
            );
            if matches!(session.login, Login::Working) {
                assert!(
                    self.jobs.values().any(|asker| asker == id),
                    "a login waits for the job that it has begun"
                );
            }
        }
        self.lockouts.check_invariants();
        self.check_strangers();
        let is_known = |id: &SessionId| self.sessions.contains_key(id);
        let errands = self.house.askers();
        assert!(
            errands
                .into_iter()
                .all(|id| is_known(id) || self.operations.contains_key(id)),
            "only who is there waits for the store"
        );
    }

    /// Face and house agree about who is signed on.
    fn check_accounts(&self) {
        let mut signed_on: BTreeMap<&str, BTreeSet<SessionId>> = BTreeMap::new();
        for (id, session) in &self.sessions {
            if let Some(account) = &session.account {
                signed_on.entry(account).or_default().insert(*id);
            }
        }
        let known = self.house.signed_on();
        let known: BTreeMap<&str, BTreeSet<SessionId>> = known
            .map(|(name, sessions)| (name, sessions.iter().copied().collect()))
            .collect();
        assert_eq!(
            signed_on, known,
            "an account knows the sessions that have signed it on"
        );
    }

    /// A request that has come has somebody who answers it.
    fn check_conns(&self) {
        let mut working: BTreeMap<ConnId, usize> = BTreeMap::new();
        let requests = self.sessions.values().flat_map(|one| &one.requests);
        let finished = self.held.values().flatten().filter_map(|one| one.conn);
        let pictures = self.house.pictures();
        let owed = requests.map(|request| request.conn);
        for conn in owed.chain(finished).chain(pictures) {
            *working.entry(conn).or_default() += 1;
        }
        for (conn, state) in &self.conns {
            state.http.check_invariants();
            let answers = working.get(conn).copied().unwrap_or_default();
            let expected = usize::from(state.doing == Doing::Working);
            assert_eq!(
                answers, expected,
                "{conn}: a request has one answer on its way"
            );
            if let Doing::Holding(id) = state.doing {
                let parked = self.sessions.get(&id).and_then(|session| session.parked);
                assert_eq!(
                    parked.map(|(holder, _)| holder),
                    Some(*conn),
                    "a poll is held for a session that knows it"
                );
            }
        }
        for (id, session) in &self.sessions {
            if let Some((conn, _)) = session.parked {
                let doing = self.conns.get(&conn).map(|state| &state.doing);
                assert_eq!(
                    doing,
                    Some(&Doing::Holding(*id)),
                    "the poll of a session is held on a connection"
                );
            }
        }
    }

    fn check_timers(&self) {
        self.timers.check_invariants();
        self.own_timers.check_invariants();
        for (id, session) in &self.sessions {
            let at = self.timers.get(&Wake::Session(*id));
            assert!(
                at.is_some_and(|at| at <= session.deadline()),
                "a session is woken when it wants to be, or before"
            );
        }
        for (wake, _) in self.timers.iter() {
            match wake {
                Wake::Session(id) => {
                    assert!(
                        self.sessions.contains_key(id),
                        "only what is there is woken"
                    );
                }
                Wake::Conn(conn) => {
                    assert!(self.conns.contains_key(conn), "only what is there is woken");
                }
                Wake::Ring | Wake::Store | Wake::Probe | Wake::Drain => {
                    panic!("{wake:?} is none of a session or connection")
                }
            }
        }
        let deadlines = [
            (Wake::Ring, self.house.ring_deadline()),
            (Wake::Store, self.house.journal.deadline()),
            (Wake::Probe, self.probe.as_ref().map(Probe::until)),
        ];
        for (wake, at) in deadlines {
            assert_eq!(
                self.own_timers.get(&wake),
                at,
                "what is due is woken in time"
            );
        }
        let ends = self.own_timers.get(&Wake::Drain).is_some();
        assert!(self.draining || !ends, "only a drain has an end");
    }
}

impl Session {
    /// Panics if it holds more than `limits` allow.
    fn check_invariants(&self, limits: &Limits) {
        self.outbox.check_invariants();
        let max = ("session_requests", limits.session_requests);
        at_most(self.requests.len(), max, "requests of a session");
        for request in &self.requests {
            let max = ("request_calls", limits.request_calls);
            at_most(request.messages.len(), max, "calls of a request");
        }
        // Rosters are long and come at once; a page of mail may have been asked for before they came.
        let events_max = limits.session_events * 4 + limits.contacts + limits.messages_cached;
        let max = ("session_events", events_max);
        at_most(self.outbox.len(), max, "events of a session");
        let mails = self.outbox.iter().filter_map(|(_, sent)| sent.mail);
        let mails: Vec<u64> = mails.collect();
        let mails_max = limits.session_events + limits.messages_cached;
        let max = ("session_events", mails_max);
        at_most(mails.len(), max, "mails of a session");
        assert!(
            mails.is_sorted_by(|one, next| one < next),
            "mail goes out in its order, each once"
        );
        if let Mail::Behind {
            cursor,
            asked: Asked::For { newest, .. },
        } = self.mail
        {
            assert!(cursor <= newest || newest == 0, "mail is read forwards");
        }
        let late = self.late.iter().map(|(at, _)| at);
        assert!(late.is_sorted(), "what is told later is told in order");
        assert!(
            self.account.is_some() || !self.fresh,
            "only who has signed on is yet to be seen"
        );
    }
}
