//! One session of a client with the service: what it has sent, what it is owed, and what it waits for.
//! Never does anything by itself: the service moves it on.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::value::RawValue;

use super::house::Effect;
use crate::imo::envelope::{Arrivals, Outbox};
use crate::imo::notice::Notice;
use crate::io::ConnId;
use crate::time::Instant;

/// A session.
#[derive(Debug)]
pub(super) struct Session {
    /// Its id on the wire.
    pub(super) ssid: String,
    /// Whether it came through the embedded pipe.
    pub(super) embedded: bool,
    /// The account that is signed on, if one is.
    pub(super) account: Option<String>,
    /// It has not polled since that account was signed on.
    pub(super) fresh: bool,
    /// The client's messages.
    pub(super) arrivals: Arrivals,
    /// Our messages that the client has not acknowledged.
    pub(super) outbox: Outbox<Sent>,
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
    /// When mail is to be asked for again, after the store could not be read.
    pub(super) mail_retry: Option<Instant>,
    /// What is to be told a moment later.
    pub(super) late: VecDeque<(Instant, Notice)>,
    /// It ends when its present request has been answered.
    pub(super) ending: bool,
    /// Its present request has changed something that must become durable first.
    pub(super) changed: bool,
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
    pub(super) messages: VecDeque<(u64, String, Box<RawValue>)>,
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
        /// The last number that was durable when a load was asked for; `None` if none is under way.
        asked: Option<u64>,
    },
}

impl Session {
    pub(super) fn new(ssid: String, embedded: bool, expires: Instant) -> Self {
        Self {
            ssid,
            embedded,
            account: None,
            fresh: false,
            arrivals: Arrivals::default(),
            outbox: Outbox::default(),
            parked: None,
            expires,
            requests: VecDeque::new(),
            answering: false,
            login: Login::Idle,
            mail: Mail::Unwanted,
            mail_retry: None,
            late: VecDeque::new(),
            ending: false,
            changed: false,
        }
    }

    /// When it wants to be looked at.
    pub(super) fn deadline(&self) -> Instant {
        let held = self.parked.map(|(_, until)| until);
        let late = self.late.front().map(|(at, _)| *at);
        [held, late, self.mail_retry]
            .into_iter()
            .flatten()
            .fold(self.expires, Instant::min)
    }
}
