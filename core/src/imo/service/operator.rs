//! What the operator does about accounts: one operation at a time goes through the house like a session's call.
//! Never answers before what was done is durable.
//!
//! See `core/docs/imo-protocol.md`, "Accounts".

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use compact_str::CompactString;

use super::house::{Effect, Wait};
use super::web::Doing;
use super::{Finished, Service, SessionId, Wake, deliver};
use crate::event::{Event, EventKind};
use crate::handle::{ECHO, canonical, is_handle};
use crate::imo::notice::Notice;
use crate::io::{
    AskId, CloseHow, ConnId, Control, JobId, Output, Outputs, ProbeFault, Reloaded, Snapshot,
    UserError, UserOp, UserPage,
};
use crate::probe::{self, Probe};
use crate::secret::Secret;
use crate::store::StoreError;
use crate::time::Now;

/// How many operations may be under way; further ones are refused.
const OPERATIONS_MAX: usize = 64;
/// Where the record of a probe stands.
const PROBE_KEY: &str = "probe/service";
/// Longest password, in bytes; a longer one is refused.
pub(super) const PASSWORD_MAX: usize = 1024;

/// An operation under way. In the house it waits under a session id that no session has.
#[derive(Debug)]
pub(super) struct Operation {
    ask: AskId,
    op: UserOp,
    hashing: Hashing,
}

/// How far the password of an operation is.
#[derive(Debug, PartialEq, Eq)]
enum Hashing {
    No,
    Working,
    Done(String),
}

/// What came of looking at an operation once more.
enum Step {
    /// It waits for the store or for a hash.
    Wait,
    /// It is done, and this follows from it.
    Done(Vec<Effect>),
    /// It is not done, for this reason.
    Refused(UserError),
}

impl From<Wait> for Step {
    fn from(Wait: Wait) -> Self {
        Self::Wait
    }
}

impl Service {
    /// Panics if more is under way than may be, or an operation has no question to wait for.
    pub(super) fn check_operations(&self) {
        assert!(
            self.operations.len() <= OPERATIONS_MAX,
            "further operations are refused"
        );
        assert!(
            self.settled
                .keys()
                .all(|id| !self.operations.contains_key(id)),
            "an operation is under way or done"
        );
        for (id, operation) in &self.operations {
            let hashes = self.jobs.values().any(|asker| asker == id);
            assert_eq!(
                operation.hashing == Hashing::Working,
                hashes,
                "an operation waits for the hash that it has asked for"
            );
        }
    }

    /// Does what the operator wants.
    pub(super) fn control(&mut self, now: Now, control: Control, out: &mut Outputs) {
        match control {
            Control::Status => out.push(Output::Status(self.snapshot())),
            Control::Users { ask, op } => self.ask(now, ask, op, out),
            Control::Probe { ask } => self.begin_probe(now, ask, out),
            Control::Lift { account } => self.lift(now, &account, out),
            // That is for daemons; nothing of it is about a service.
            Control::Reload(_) => out.push(Output::Reloaded(Reloaded::default())),
            Control::Drain => {
                self.draining = true;
                self.own_timers
                    .set(Wake::Drain, Some(now.mono + self.config.limits.drain_wait));
                self.ripe.extend(self.sessions.keys());
                let mut idle: Vec<ConnId> = self
                    .conns
                    .iter()
                    .filter(|(_, conn)| conn.doing == Doing::Nothing)
                    .map(|(id, _)| *id)
                    .collect();
                idle.sort_unstable();
                for conn in idle {
                    out.push(Output::Close {
                        conn,
                        how: CloseHow::AfterFlush,
                    });
                    self.closed(conn);
                }
            }
        }
    }

    /// Finds out whether what is written becomes durable.
    fn begin_probe(&mut self, now: Now, ask: AskId, out: &mut Outputs) {
        if self.draining {
            return probe::answer(ask, Err(ProbeFault::Ending), out);
        }
        if let Some(probe) = &mut self.probe {
            return probe.join(ask, out);
        }
        let probe = Probe::begin(now, ask, PROBE_KEY, &mut self.house.journal);
        self.own_timers.set(Wake::Probe, Some(probe.until()));
        self.probe = Some(probe);
    }

    /// Gives the verdict if the record of the probe is durable.
    pub(super) fn look_at_probe(&mut self, out: &mut Outputs) {
        let journal = &self.house.journal;
        let kept = self.probe.as_ref().map(|probe| probe.is_kept(journal));
        if kept == Some(true) {
            self.end_probe(Ok(()), out);
        }
    }

    /// Gives the verdict.
    pub(super) fn end_probe(&mut self, result: Result<(), ProbeFault>, out: &mut Outputs) {
        self.own_timers.set(Wake::Probe, None);
        if let Some(probe) = self.probe.take() {
            probe.end(result, out);
        }
    }

    /// How things stand here.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot::Service {
            connections: self.conns.len(),
            sessions: self.sessions.len(),
            strangers: self.strangers.sessions.len(),
        }
    }

    /// Forgets the failed logins of an account.
    pub(super) fn lift(&mut self, now: Now, account: &str, out: &mut Outputs) {
        // Under the empty name stand those who have tried names that are none.
        let addresses = if account.is_empty() {
            0
        } else {
            self.lockouts.lift(now.mono, &canonical(account))
        };
        out.push(Output::Lifted { addresses });
    }

    /// Begins an operation.
    pub(super) fn ask(&mut self, now: Now, ask: AskId, op: UserOp, out: &mut Outputs) {
        if self.operations.len() >= OPERATIONS_MAX {
            return answer(ask, Err(UserError::Busy), out);
        }
        if let Some(error) = fault(&op) {
            return answer(ask, Err(error), out);
        }
        let id = SessionId(self.next_session);
        self.next_session += 1;
        if let UserOp::List { after } = &op {
            self.house.ask_handles(&canonical(after), id, out);
        }
        let hashing = Hashing::No;
        self.operations.insert(id, Operation { ask, op, hashing });
        self.operate(now, id, out);
    }

    /// Goes on with an operation, if `id` is one; false if not.
    pub(super) fn operate(&mut self, now: Now, id: SessionId, out: &mut Outputs) -> bool {
        let Some(mut operation) = self.operations.remove(&id) else {
            return false;
        };
        match self.step(now, id, &mut operation, out) {
            Step::Wait => {
                self.operations.insert(id, operation);
            }
            Step::Refused(error) => {
                self.house.done(id);
                answer(operation.ask, Err(error), out);
            }
            Step::Done(effects) => {
                self.house.done(id);
                let finished = Finished {
                    session: id,
                    ssid: CompactString::default(),
                    conn: None,
                    failed: false,
                    effects,
                };
                self.held
                    .entry(self.house.latest())
                    .or_default()
                    .push(finished);
                self.settled.insert(id, operation.ask);
            }
        }
        true
    }

    /// What an operation has done is durable, if `id` is one.
    pub(super) fn operation_is_durable(&mut self, id: SessionId, out: &mut Outputs) {
        if let Some(ask) = self.settled.remove(&id) {
            answer(ask, Ok(UserPage::default()), out);
        }
    }

    /// The store could not be read for an operation, if `id` is one; false if not.
    pub(super) fn operation_failed(&mut self, id: SessionId, out: &mut Outputs) -> bool {
        let Some(operation) = self.operations.remove(&id) else {
            return false;
        };
        self.house.done(id);
        self.jobs.retain(|_, waiting| *waiting != id);
        answer(operation.ask, Err(UserError::Store), out);
        true
    }

    /// Handles have been read for an operation.
    pub(super) fn listed(
        &mut self,
        id: SessionId,
        page: Result<UserPage, StoreError>,
        out: &mut Outputs,
    ) {
        if let Some(operation) = self.operations.remove(&id) {
            answer(operation.ask, page.map_err(|_| UserError::Store), out);
        }
    }

    /// A password has been hashed for an operation, if `id` is one; false if not.
    pub(super) fn operation_hashed(
        &mut self,
        now: Now,
        id: SessionId,
        hash: &str,
        out: &mut Outputs,
    ) -> bool {
        if let Some(operation) = self.operations.get_mut(&id) {
            operation.hashing = Hashing::Done(hash.to_string());
        }
        self.operate(now, id, out)
    }

    fn step(
        &mut self,
        now: Now,
        id: SessionId,
        operation: &mut Operation,
        out: &mut Outputs,
    ) -> Step {
        let Operation { op, hashing, .. } = operation;
        let (name, secret, is_new) = match op {
            UserOp::List { .. } => return Step::Wait,
            UserOp::Remove { name } => return self.remove(now, id, &canonical(name), out),
            UserOp::Add { name, password } => (canonical(name), password, true),
            UserOp::SetPassword { name, password } => (canonical(name), password, false),
        };
        match self.house.find(&name, id, out) {
            Err(wait) => return wait.into(),
            Ok(true) if is_new => return Step::Refused(UserError::Exists),
            Ok(false) if !is_new => return Step::Refused(UserError::Unknown),
            Ok(_) => {}
        }
        match core::mem::replace(hashing, Hashing::Working) {
            Hashing::Working => Step::Wait,
            Hashing::No => {
                self.hash(id, secret, out);
                Step::Wait
            }
            Hashing::Done(hash) if is_new => {
                self.house.create(&name, hash);
                self.house.leave(&name);
                out.event(Event::account(
                    EventKind::AccountCreated,
                    &name,
                    "account made by the operator",
                ));
                Step::Done(Vec::new())
            }
            Hashing::Done(hash) => {
                self.house.set_hash(&name, hash);
                out.event(Event::account(
                    EventKind::AccountChanged,
                    &name,
                    "password changed by the operator",
                ));
                Step::Done(Vec::new())
            }
        }
    }

    fn hash(&mut self, id: SessionId, secret: &Secret, out: &mut Outputs) {
        let job = JobId(self.next_job);
        self.next_job += 1;
        self.jobs.insert(job, id);
        let secret = secret.clone();
        out.push(Output::Hash { job, secret });
    }

    /// Ends the sessions of an account and takes it away.
    fn remove(&mut self, now: Now, id: SessionId, name: &str, out: &mut Outputs) -> Step {
        match self.house.find(name, id, out) {
            Err(wait) => return wait.into(),
            Ok(false) => return Step::Refused(UserError::Unknown),
            Ok(true) => {}
        }
        if let Err(wait) = self.house.gather_removal(name, id, out) {
            return wait.into();
        }
        let notice = Notice::Disconnected {
            reason: "the account was removed".into(),
        };
        for session_id in self.house.sessions(name).to_vec() {
            if let Some(session) = self.sessions.get_mut(&session_id) {
                let limits = &self.config.limits;
                deliver::tell(session, &notice, limits, session_id, &mut self.stuck);
            }
            self.end_session(now, session_id, "its account was removed", out);
        }
        let mut effects = Vec::new();
        self.house.remove(name, &mut effects);
        out.event(Event::account(
            EventKind::AccountRemoved,
            name,
            "account removed by the operator",
        ));
        Step::Done(effects)
    }
}

/// Why an operation cannot be done whatever accounts there are.
fn fault(op: &UserOp) -> Option<UserError> {
    let (name, password) = match op {
        UserOp::List { .. } => return None,
        UserOp::Remove { name } => (name, None),
        UserOp::Add { name, password } | UserOp::SetPassword { name, password } => {
            (name, Some(password))
        }
    };
    let name = canonical(name);
    if !is_handle(&name) || name == ECHO {
        return Some(UserError::BadName);
    }
    let fits = |password: &Secret| (1..=PASSWORD_MAX).contains(&password.reveal().len());
    password
        .is_some_and(|password| !fits(password))
        .then_some(UserError::BadPassword)
}

fn answer(ask: AskId, result: Result<UserPage, UserError>, out: &mut Outputs) {
    out.push(Output::Users { ask, result });
}
