//! The ways to services: straight, or through an HTTP or SOCKS5 proxy, and which one a connection takes.
//! Never opens a connection, and never shows a password.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use imo2sproxy_core::io::ProxyFault;
use imo2sproxy_core::secret::Secret;

mod connect;
mod exceptions;
mod socks5;

use connect::Connect;
pub use exceptions::Exceptions;
use socks5::Socks5;

/// How long a proxy may take for all that it has to do: to be reached, and to open the way. It is less than the machine's
/// patience with a request, so that a silent proxy is told as such and the service is not blamed.
const PATIENCE: Duration = Duration::from_secs(20);
/// Most bytes a proxy may say before the way is open; beyond it the connection is given up.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// Longest user name and password for a proxy, in bytes: SOCKS5 has one byte for each length.
const CREDENTIAL_BYTES_MAX: usize = 255;

/// What a proxy speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProxyKind {
    /// HTTP, and in it the method CONNECT, also where the service itself speaks plain HTTP.
    Http,
    /// SOCKS version 5 (RFC 1928). Names are looked up by the proxy.
    Socks5,
}

/// Who one is to a proxy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Credentials {
    user: String,
    password: Secret,
}

impl Credentials {
    /// Takes a user name and a password; `None` if a proxy of this kind cannot be told them: both may have 255 bytes, SOCKS5
    /// wants a user name, and HTTP has no way to write a colon in one.
    #[must_use]
    pub fn new(kind: ProxyKind, user: String, password: Secret) -> Option<Self> {
        let fits = |text: &str| text.len() <= CREDENTIAL_BYTES_MAX;
        let sayable = match kind {
            ProxyKind::Http => !user.contains(':'),
            ProxyKind::Socks5 => !user.is_empty(),
        };
        (sayable && fits(&user) && fits(password.reveal())).then_some(Self { user, password })
    }
}

/// A proxy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProxyServer {
    /// What it speaks.
    pub kind: ProxyKind,
    /// Its name or address, without brackets.
    pub host: String,
    /// Its TCP port.
    pub port: u16,
    /// Who we are to it, if it is to be told.
    pub credentials: Option<Credentials>,
}

impl fmt::Display for ProxyServer {
    /// Kind and place, and nobody's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.kind {
            ProxyKind::Http => "http",
            ProxyKind::Socks5 => "socks5",
        };
        if self.host.contains(':') {
            write!(f, "{scheme}://[{}]:{}/", self.host, self.port)
        } else {
            write!(f, "{scheme}://{}:{}/", self.host, self.port)
        }
    }
}

/// Which way each connection of ours takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ways {
    /// The proxy for services that speak TLS.
    pub secure: Option<Arc<ProxyServer>>,
    /// The proxy for services that do not.
    pub plain: Option<Arc<ProxyServer>>,
    /// Where no proxy is used.
    pub exceptions: Exceptions,
    /// How long a proxy may take for all that it has to do.
    pub patience: Duration,
}

impl Default for Ways {
    fn default() -> Self {
        Self::straight()
    }
}

impl Ways {
    /// No proxy for anything.
    #[must_use]
    pub const fn straight() -> Self {
        Self {
            secure: None,
            plain: None,
            exceptions: Exceptions::none(),
            patience: PATIENCE,
        }
    }

    /// One proxy for everything.
    #[must_use]
    pub fn all_through(proxy: ProxyServer) -> Self {
        let proxy = Arc::new(proxy);
        Self {
            secure: Some(Arc::clone(&proxy)),
            plain: Some(proxy),
            ..Self::straight()
        }
    }

    /// The proxy on the way to `host`, in lower case and without brackets; `None`: the way is straight.
    #[must_use]
    pub fn to(&self, host: &str, port: u16, tls: bool) -> Option<Arc<ProxyServer>> {
        let proxy = if tls { &self.secure } else { &self.plain };
        proxy
            .as_ref()
            .filter(|_| !self.exceptions.cover(host, port))
            .map(Arc::clone)
    }
}

/// The talk with a proxy, from the first byte until the way is open.
#[derive(Debug)]
pub(crate) struct Passage {
    talk: Talk,
    /// How much it has said.
    heard: usize,
}

#[derive(Debug)]
enum Talk {
    Http(Connect),
    Socks5(Socks5),
}

impl Passage {
    /// Begins to talk to `proxy` about a way to `host` and `port`. What is to be sent first is appended to `tx`.
    pub(crate) fn begin(proxy: &ProxyServer, host: &str, port: u16, tx: &mut Vec<u8>) -> Self {
        let credentials = proxy.credentials.as_ref();
        let talk = match proxy.kind {
            ProxyKind::Http => Talk::Http(Connect::begin(credentials, host, port, tx)),
            ProxyKind::Socks5 => Talk::Socks5(Socks5::begin(credentials, host, port, tx)),
        };
        Self { talk, heard: 0 }
    }

    /// Takes bytes of the proxy, appends what is to be said to them to `tx`, and gives true once the way is open.
    ///
    /// # Errors
    /// If the proxy does not open the way. Whatever follows its last word is an error too: at the far end of the way somebody
    /// waits for us to speak.
    pub(crate) fn hear(&mut self, bytes: &[u8], tx: &mut Vec<u8>) -> Result<bool, ProxyFault> {
        self.heard = self.heard.saturating_add(bytes.len());
        let open = match &mut self.talk {
            Talk::Http(talk) => talk.hear(bytes)?,
            Talk::Socks5(talk) => talk.hear(bytes, tx)?,
        };
        if !open && self.heard > ANSWER_BYTES_MAX {
            return Err(ProxyFault::Garbled);
        }
        Ok(open)
    }
}

#[cfg(test)]
mod tests;
