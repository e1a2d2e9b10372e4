//! One session of a client with the service: what it has sent, what it is owed, and what it waits for.
//! Never does anything by itself: the service moves it on.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use compact_str::CompactString;
use serde_json::value::RawValue;

use super::house::Effect;
use crate::imo::arrivals::Arrivals;
use crate::imo::dialect::Dialect;
use crate::imo::envelope::Outbox;
use crate::imo::notice::Notice;
use crate::io::{ConnId, LoadId};
use crate::journal::Ticket;
use crate::lobby::Network;
use crate::time::Instant;

/// As how many bytes a notice counts that somebody without an account is told: more than any of them has.
const NOTICE_BYTES: usize = 1024;

/// A session.
#[derive(Debug)]
pub(super) struct Session {
    /// Its id on the wire.
    pub(super) ssid: CompactString,
    /// Where it came from; `None` for the embedded pipe.
    pub(super) network: Option<Network>,
    /// The account that is signed on, if one is.
    pub(super) account: Option<String>,
    /// The account that was to be signed on last, whether it was or not.
    pub(super) tried: Option<String>,
    /// It has not polled since that account was signed on.
    pub(super) fresh: bool,
    /// The client's messages.
    pub(super) arrivals: Arrivals,
    /// What the last answer to a request acknowledged: all of that is durable.
    pub(super) confirmed: u64,
    /// Our messages that the client has not acknowledged.
    pub(super) outbox: Outbox<Sent>,
    /// It takes over from one that is forgotten, and how far the client has counted is known only from a poll.
    pub(super) resumes: bool,
    /// The poll that is held, and until when.
    pub(super) parked: Option<(ConnId, Instant)>,
    /// When it ends, if nothing is heard.
    pub(super) expires: Instant,
    /// Requests that are not answered, in the order in which they came.
    pub(super) requests: VecDeque<Request>,
    /// The first of them is done and waits to be durable.
    pub(super) answering: bool,
    /// How far a login has got.
    pub(super) login: Login,
    /// How far the account's mail has been passed on.
    pub(super) mail: Mail,
    /// What is to be told a moment later.
    pub(super) late: VecDeque<(Instant, Notice)>,
    /// It ends when its present request has been answered.
    pub(super) ending: bool,
    /// The last change that must be durable before its present request is answered.
    pub(super) needs: Ticket,
}

/// A message of ours that waits for its acknowledgement.
#[derive(Debug)]
pub(super) struct Sent {
    /// The part of the service it comes from.
    pub(super) system: &'static str,
    /// Its JSON.
    pub(super) data: Box<RawValue>,
    /// The number of the mail it carries.
    pub(super) mail: Option<u64>,
}

/// A request that carries messages.
#[derive(Debug)]
pub(super) struct Request {
    /// The connection that wants the answer.
    pub(super) conn: ConnId,
    /// What is left to do of it: number, system and JSON of each message.
    pub(super) messages: VecDeque<(u64, CompactString, Box<RawValue>)>,
    /// How many bytes these had when they came.
    pub(super) bytes: usize,
    /// Bytes of changes that it has made so far.
    pub(super) changes: u64,
    /// What is to happen after the answer.
    pub(super) effects: Vec<Effect>,
    /// Whether the store failed it.
    pub(super) failed: bool,
}

/// How far a login has got.
#[derive(Debug, Default)]
pub(super) enum Login {
    /// None is under way.
    #[default]
    Idle,
    /// A password is being hashed or checked.
    Working,
    /// The password has been checked.
    Checked {
        /// Whether it is right.
        ok: bool,
    },
    /// The password of a new account has been hashed.
    Made {
        /// The hash.
        hash: String,
    },
}

/// How far an account's mail has been passed on to a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mail {
    /// The client has not asked for it.
    Unwanted,
    /// Everything up to number `cursor` has; what comes is passed on at once.
    Live {
        /// The last number passed on.
        cursor: u64,
    },
    /// More waits in the store.
    Behind {
        /// The last number passed on.
        cursor: u64,
        /// Whether it has been asked for.
        asked: Asked,
    },
}

/// Whether the store has been asked for mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asked {
    /// No.
    No,
    /// Yes.
    For {
        /// The load that answers.
        load: LoadId,
        /// The last number that was durable when it was asked for.
        newest: u64,
    },
    /// It could not be read, and is left alone for a while.
    Failed {
        /// Until then.
        until: Instant,
    },
}

impl Mail {
    /// Everything up to number `cursor` has been passed on, and nobody has asked the store for more.
    pub(super) const fn behind(cursor: u64) -> Self {
        Self::Behind {
            cursor,
            asked: Asked::No,
        }
    }
}

impl Session {
    pub(super) fn new(
        ssid: CompactString,
        dialect: &Dialect,
        network: Option<Network>,
        expires: Instant,
    ) -> Self {
        Self {
            ssid,
            network,
            account: None,
            tried: None,
            fresh: false,
            arrivals: Arrivals::starting_at(0, dialect),
            confirmed: 0,
            outbox: Outbox::default(),
            resumes: false,
            parked: None,
            expires,
            requests: VecDeque::new(),
            answering: false,
            login: Login::Idle,
            mail: Mail::Unwanted,
            late: VecDeque::new(),
            ending: false,
            needs: Ticket::default(),
        }
    }

    /// Whom its notices are for: also who was refused is told so by name.
    pub(super) fn uid(&self) -> &str {
        let name = self.account.as_deref().or(self.tried.as_deref());
        name.unwrap_or_default()
    }

    /// About how many bytes it holds of what its client has asked and is owed; more rather than less.
    pub(super) fn held(&self) -> usize {
        let asked = self.requests.iter();
        let asked = asked.map(|one| one.bytes + one.effects.len() * NOTICE_BYTES);
        let owed = self.outbox.len() + self.late.len();
        asked.sum::<usize>() + owed * NOTICE_BYTES
    }

    /// When it wants to be looked at.
    pub(super) fn deadline(&self) -> Instant {
        let held = self.parked.map(|(_, until)| until);
        let late = self.late.front().map(|(at, _)| *at);
        let rested = match self.mail {
            Mail::Behind {
                asked: Asked::Failed { until },
                ..
            } => Some(until),
            Mail::Unwanted | Mail::Live { .. } | Mail::Behind { .. } => None,
        };
        [held, late, rested]
            .into_iter()
            .flatten()
            .fold(self.expires, Instant::min)
    }
}
