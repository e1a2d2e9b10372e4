//! The dialects of the protocol, as facts in one table.
//! Never knows a host, and never acts: whoever writes, reads or acts asks for the fact that matters.
//!
//! See `core/docs/imo-protocol.md`, "Dialects".

use crate::config::DialectKind;

/// What is different between the dialects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dialect {
    /// Which one it is.
    pub kind: DialectKind,
    /// The method that opens a session.
    pub open_method: &'static str,
    /// The part of the service that takes it.
    pub open_system: &'static str,
    /// Whether that call tells the kind and the version of the client.
    pub open_tells_version: bool,
    /// Whether an envelope carries an id that the client has drawn before the service has given one. If not, it
    /// carries the number 0.
    pub own_ssid: bool,
    /// Whether `cookie_login` comes before the password.
    pub cookie_login: bool,
    /// Whether `get_alpha_for_user` is asked after the login.
    pub asks_alpha: bool,
    /// Whether calls carry a `request_id`, so that their results are told. If not, a call is done as soon as the
    /// service has acknowledged it.
    pub request_ids: bool,
    /// Whether both connections of a client count its messages together. Of the older dialect there are clients
    /// that count on each for itself.
    pub one_count: bool,
}

/// The dialect of 2010 to 2012, in its last form.
pub const V0: Dialect = Dialect {
    kind: DialectKind::V0,
    open_method: "get_ssid",
    open_system: "ssid",
    open_tells_version: false,
    own_ssid: false,
    cookie_login: true,
    asks_alpha: false,
    request_ids: false,
    one_count: false,
};

/// The dialect of 2012 and later.
pub const V1: Dialect = Dialect {
    kind: DialectKind::V1,
    open_method: "get_cookie_and_ssid",
    open_system: "session",
    open_tells_version: true,
    own_ssid: true,
    cookie_login: false,
    asks_alpha: true,
    request_ids: true,
    one_count: true,
};

impl Dialect {
    /// All of them.
    pub const ALL: [&'static Self; 2] = [&V0, &V1];

    /// The dialect of that kind.
    #[must_use]
    pub const fn of(kind: DialectKind) -> &'static Self {
        match kind {
            DialectKind::V0 => &V0,
            DialectKind::V1 => &V1,
        }
    }

    /// The dialect in which a call of this name to this part of the service opens a session.
    #[must_use]
    pub fn opened_by(system: &str, method: &str) -> Option<&'static Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|dialect| dialect.open_system == system && dialect.open_method == method)
    }
}
