//! The words that stand in a trace for connections, causes, errors and kinds of events.
//! Never changes a word: files hold them.

use alloc::format;
use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::event::EventKind;
use crate::io::{CloseCause, CloseHow, ConnId, FileError, ProbeFault, ProxyFault, UserError};
use crate::store::StoreError;

/// A newtype that is written as one of a closed list of words.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident($of:ident) { $($variant:ident $(($inner:path))? = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct $name(pub $of);

        impl $name {
            #[cfg(test)]
            pub(super) const ALL: &'static [Self] = &[$(Self($of::$variant $(($inner))?)),+];

            const fn word(self) -> &'static str {
                match self.0 {
                    $($of::$variant $(($inner))? => $word,)+
                }
            }

            fn of_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self($of::$variant $(($inner))?)),)+
                    _ => None,
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = Word { what: stringify!($of), read: Self::of_word };
                deserializer.deserialize_str(word)
            }
        }
    };
}

names! {
    /// Why a connection is no more.
    Cause(CloseCause) {
        Local = "local",
        Peer = "peer",
        Reset = "reset",
        Refused = "refused",
        Unreachable = "unreachable",
        TimedOut = "timed-out",
        NoSuchHost = "no-such-host",
        Untrusted = "untrusted",
        Tls = "tls",
        Proxy(ProxyFault::Unreachable) = "proxy-unreachable",
        Proxy(ProxyFault::Credentials) = "proxy-credentials",
        Proxy(ProxyFault::Refused) = "proxy-refused",
        Proxy(ProxyFault::NoWay) = "proxy-no-way",
        Proxy(ProxyFault::Closed) = "proxy-closed",
        Proxy(ProxyFault::Garbled) = "proxy-garbled",
        Proxy(ProxyFault::TimedOut) = "proxy-timed-out",
        Exhausted = "exhausted",
    }
}

names! {
    /// How a connection is to be closed.
    How(CloseHow) {
        AfterFlush = "after-flush",
        Abort = "abort",
    }
}

names! {
    /// Why a store could not do something.
    StoreFault(StoreError) {
        Full = "full",
        Io = "io",
        Damaged = "damaged",
    }
}

names! {
    /// Why nothing was done about accounts.
    UserFault(UserError) {
        NoService = "no-service",
        BadName = "bad-name",
        BadPassword = "bad-password",
        Exists = "exists",
        Unknown = "unknown",
        Busy = "busy",
        Store = "store",
    }
}

names! {
    /// Why a message would not get through.
    Obstacle(ProbeFault) {
        Store = "store",
        Service = "service",
        Ending = "ending",
        Busy = "busy",
    }
}

names! {
    /// Why a file was not written or read.
    FileFault(FileError) {
        NoFolder = "no-folder",
        Outside = "outside",
        Missing = "missing",
        Exists = "exists",
        TooLarge = "too-large",
        Failed = "failed",
    }
}

names! {
    /// What kind of thing happened.
    Kind(EventKind) {
        ClientAttached = "client-attached",
        ClientLeft = "client-left",
        ClientRefused = "client-refused",
        ClientFault = "client-fault",
        Command = "command",
        Reply = "reply",
        LinkOnline = "link-online",
        LinkDown = "link-down",
        LoginRefused = "login-refused",
        CallRefused = "call-refused",
        UpstreamFault = "upstream-fault",
        StoreFailed = "store-failed",
        StoreRecovered = "store-recovered",
        AccountCreated = "account-created",
        AccountChanged = "account-changed",
        AccountRemoved = "account-removed",
        LockoutLifted = "lockout-lifted",
        SessionOpened = "session-opened",
        SessionEnded = "session-ended",
        SessionRefused = "session-refused",
        RequestFault = "request-fault",
        Call = "call",
        CallHandlerFailed = "call-handler-failed",
        Reloaded = "reloaded",
        ReloadFailed = "reload-failed",
        Recording = "recording",
        RecordingFailed = "recording-failed",
        Exhausted = "exhausted",
        Misuse = "misuse",
    }
}

/// The word for a kind of event, in traces and metrics.
#[must_use]
pub const fn word_of(kind: EventKind) -> &'static str {
    Kind(kind).word()
}

/// A connection, as `c7` or `u3`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Conn(pub ConnId);

impl Conn {
    fn of_word(word: &str) -> Option<Self> {
        let number = |digits: &str| digits.parse().ok();
        let conn = match (word.strip_prefix('c'), word.strip_prefix('u')) {
            (Some(digits), _) => ConnId::Client(number(digits)?),
            (None, Some(digits)) => ConnId::Upstream(number(digits)?),
            (None, None) => return None,
        };
        Some(Self(conn))
    }
}

impl Serialize for Conn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Conn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = Word {
            what: "connection",
            read: Self::of_word,
        };
        deserializer.deserialize_str(word)
    }
}

/// Reads one word.
struct Word<T> {
    what: &'static str,
    read: fn(&str) -> Option<T>,
}

impl<T> Visitor<'_> for Word<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name of a {}", self.what)
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<T, E> {
        (self.read)(word).ok_or_else(|| {
            let shown: alloc::string::String = word.chars().take(40).collect();
            E::custom(format!("no {} is called {shown:?}", self.what))
        })
    }
}
