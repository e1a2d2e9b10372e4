//! What a proxy on the way to a service did wrong, in words for a log.
//! Never says which proxy: whoever has configured it knows, and its URL may hold a password.

/// Why a proxy did not open the way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProxyFault {
    /// The proxy itself cannot be reached.
    Unreachable,
    /// It wants a user name and a password, or others than those it got.
    Credentials,
    /// It does not allow the way.
    Refused,
    /// It allows the way, but found nobody at its end.
    NoWay,
    /// It ended the connection before the way was open.
    Closed,
    /// It said something that is not of its protocol, or too much.
    Garbled,
    /// It was not done in time.
    TimedOut,
}

impl ProxyFault {
    /// The fault in words that fit behind "cannot reach HOST: ".
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::Unreachable => "the proxy cannot be reached (check --proxy or HTTPS_PROXY)",
            Self::Credentials => {
                "the proxy wants a user name and a password, or others than its URL has"
            }
            Self::Refused => "the proxy refuses to connect to the service",
            Self::NoWay => "the proxy cannot reach the service",
            Self::Closed => "the proxy closed the connection",
            Self::Garbled => {
                "the proxy does not speak the protocol of its URL (http:// or socks5://)"
            }
            Self::TimedOut => "the proxy does not answer in time",
        }
    }
}
