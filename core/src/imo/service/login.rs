//! Logins: passwords hashed and checked, accounts made by their first login.
//! Never says which of name and password was wrong, and takes the same time for both.
//!
//! See `core/docs/imo-protocol.md`, "Logging in".

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::house::{Effect, Stop};
use super::operator::PASSWORD_MAX;
use super::session::{Login, Mail};
use super::{Service, SessionId};
use crate::config::Registration;
use crate::event::{Event, EventKind};
use crate::handle::{ECHO, canonical, is_handle};
use crate::imo::notice::{Notice, Outcome};
use crate::io::{JobId, Output, Outputs};
use crate::secret::Secret;
use crate::time::Now;

/// What a daemon is told whose user or password is wrong; it does not try again by itself.
const WRONG: &str = "uidpassword";
/// What one is told that comes from where too many logins have failed; it tries again later.
const LOCKED_OUT: &str = "too many failed logins from this address";

/// Tells a session that it is not signed on.
fn signed_off(session: SessionId, reason: &str) -> Effect {
    let reason = reason.to_string();
    Effect::TellSession {
        session,
        notice: Notice::Disconnected { reason },
        late: false,
    }
}

impl Service {
    /// The process vouches for these users, since it owns both halves: through the embedded pipe they log in with these
    /// passwords without a hash, and are registered when they do so for the first time.
    pub(crate) fn vouch_for(&mut self, users: impl Iterator<Item = (String, Secret)>) {
        let users = users.map(|(name, password)| (canonical(&name).into_owned(), password));
        self.vouched = users.collect();
    }

    /// Changes who may become an account by logging in.
    pub(crate) const fn let_register(&mut self, registration: Registration) {
        self.config.registration = registration;
    }

    /// Moves a login on; called again after each wait.
    pub(super) fn login(
        &mut self,
        now: Now,
        id: SessionId,
        uid: &str,
        password: &Secret,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) -> Result<Outcome, Stop> {
        let name = canonical(uid);
        let valid = is_handle(&name) && name != ECHO && password.reveal().len() <= PASSWORD_MAX;
        let exists = valid && self.house.find(&name, id, out)?;
        let Some(session) = self.sessions.get_mut(&id) else {
            return Ok(Outcome::default());
        };
        let network = session.network;
        let is_embedded = network.is_none();
        let is_vouched = is_embedded && self.vouched.get(&*name) == Some(password);
        // Names that are none count as one.
        let tried = if exists { &*name } else { "" };
        let may_register = match self.config.registration {
            Registration::Closed => is_vouched,
            Registration::Embedded => is_embedded,
            Registration::Open => true,
        } && !self.house.is_withheld(&name);
        session.tried = valid.then(|| name.clone().into_owned());
        let mut login = core::mem::take(&mut session.login);
        if is_vouched && exists && matches!(login, Login::Idle) {
            login = Login::Checked { ok: true };
        }
        match login {
            Login::Idle if !is_embedded && self.lockouts.is_locked(now.mono, tried, network) => {
                effects.push(signed_off(id, LOCKED_OUT));
                return Ok(Outcome::at(now.wall.as_seconds()));
            }
            Login::Idle if valid && !exists && may_register && !password.is_empty() => {
                self.start_job(
                    id,
                    |job| Output::Hash {
                        job,
                        secret: password.clone(),
                    },
                    out,
                );
                return Err(Stop::Wait);
            }
            Login::Idle => {
                // No account has the empty hash; checking against it costs what any wrong password costs.
                let hash = self.house.hash(&name).filter(|_| valid).unwrap_or_default();
                let hash = String::from(hash);
                let secret = password.clone();
                self.start_job(id, |job| Output::Verify { job, secret, hash }, out);
                return Err(Stop::Wait);
            }
            Login::Working => {
                session.login = Login::Working;
                return Err(Stop::Wait);
            }
            Login::Made { .. } if exists => {
                // Somebody else made the account in the meantime: the password has to be checked after all.
                return self.login(now, id, uid, password, effects, out);
            }
            // The name may have been given out and taken away meanwhile.
            Login::Made { hash } if may_register => {
                self.house.create(&name, hash);
                out.event(Event::account(
                    EventKind::AccountCreated,
                    &name,
                    "account made",
                ));
            }
            Login::Checked { ok } if ok && exists => {
                if let Err(wait) = self.house.gather(&name, id, out) {
                    session.login = Login::Checked { ok };
                    return Err(wait.into());
                }
            }
            Login::Checked { .. } | Login::Made { .. } => {
                // In one process with its daemon the service leaves it to that one to tell.
                if !is_embedded {
                    let locks = self.lockouts.failed(now.mono, tried, network);
                    let what = if locks {
                        "wrong user or password, once too often: its address is locked out for a while"
                    } else {
                        "wrong user or password"
                    };
                    let who = if valid { &name } else { "?" };
                    out.event(Event::account(EventKind::SessionRefused, who, what));
                }
                effects.push(signed_off(id, WRONG));
                return Ok(Outcome::at(now.wall.as_seconds()));
            }
        }
        self.lockouts.succeeded(&name, network);
        self.sign_on(now, id, &name, effects, out);
        Ok(Outcome::at(now.wall.as_seconds()))
    }

    fn start_job(
        &mut self,
        id: SessionId,
        output: impl FnOnce(JobId) -> Output,
        out: &mut Outputs,
    ) {
        let job = JobId(self.next_job);
        self.next_job += 1;
        self.jobs.insert(job, id);
        if let Some(session) = self.sessions.get_mut(&id) {
            session.login = Login::Working;
        }
        out.push(output(job));
    }

    /// A password has been hashed or checked.
    pub(super) fn login_moves(&mut self, now: Now, job: JobId, login: Login, out: &mut Outputs) {
        let Some(id) = self.jobs.remove(&job) else {
            return;
        };
        if let Login::Made { hash } = &login
            && self.operation_hashed(now, id, hash, out)
        {
            return;
        }
        if let Some(session) = self.sessions.get_mut(&id) {
            session.login = login;
            self.advance(now, id, out);
        }
    }

    fn sign_on(
        &mut self,
        now: Now,
        id: SessionId,
        name: &str,
        effects: &mut Vec<Effect>,
        out: &mut Outputs,
    ) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        self.strangers.sessions.remove(&id);
        let conns = session.requests.iter().map(|request| request.conn);
        for conn in conns.chain(session.parked.map(|(conn, _)| conn)) {
            self.strangers.leave(conn);
        }
        session.fresh = true;
        let before = session.account.replace(name.into());
        if before.as_deref() != Some(name) {
            // What is on its way is another account's mail: it is not this one's to acknowledge.
            session.mail = Mail::Unwanted;
            for sent in session.outbox.iter_mut() {
                sent.mail = None;
            }
        }
        // First on, then off: whoever nobody uses may leave memory when somebody signs off.
        self.house.sign_on(name, id, effects);
        if let Some(before) = before.filter(|before| before != name) {
            self.house.sign_off(&before, id, effects);
        }
        out.event(Event::account(EventKind::SessionOpened, name, "signed on"));
        let too_many = self.house.sessions(name).len() > self.config.limits.sessions;
        let oldest = self.house.sessions(name).first().copied();
        if let Some(oldest) = oldest.filter(|_| too_many) {
            self.end_session(now, oldest, "the account has too many sessions", out);
        }
    }
}
