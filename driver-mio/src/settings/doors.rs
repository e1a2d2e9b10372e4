//! The listeners of a daemon: which kinds there are, how `--listen` writes them, and which may stand open.
//! Never opens one: `daemon` does.

use std::net::SocketAddr;
use std::path::PathBuf;

use imo2sproxy::networks::Networks;
use imo2sproxy::tls;
use imo2sproxy_core::config::WireKind;

use crate::address;
use crate::failure::Failure;

/// How TLS goes with a kind of listener.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wrapping {
    /// Its clients do not speak it.
    Plain,
    /// All of them speak it.
    Tls,
    /// They may, and their first byte tells.
    Either,
}

/// The kinds of listeners, by their names in options, files and start-up lines.
const KINDS: &[(&str, WireKind, Wrapping)] = &[
    ("skypeproxy", WireKind::SkypeProxy, Wrapping::Plain),
    ("len8", WireKind::Len8, Wrapping::Plain),
    ("skypenet", WireKind::Skypenet, Wrapping::Plain),
    ("skyped", WireKind::Skyped, Wrapping::Tls),
    ("skyped-plain", WireKind::Skyped, Wrapping::Plain),
    ("auto", WireKind::Auto, Wrapping::Either),
];

/// What stands behind the name of a kind if its clients speak TLS.
const TLS_SUFFIX: &str = "+tls";

/// The kind of a name, `+tls` behind it included.
pub(crate) fn kind_named(name: &str) -> Option<(WireKind, Wrapping)> {
    let bare = name.strip_suffix(TLS_SUFFIX);
    let (_, wire, wrapping) = KINDS
        .iter()
        .find(|(own, ..)| *own == bare.unwrap_or(name))?;
    Some((
        *wire,
        if bare.is_some() {
            Wrapping::Tls
        } else {
            *wrapping
        },
    ))
}

/// The names of all kinds, for whoever has written another.
pub(crate) fn kind_names() -> String {
    let names: Vec<&str> = KINDS.iter().map(|(name, ..)| *name).collect();
    names.join(", ")
}

/// What a listener with TLS shows to its clients.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Certificate {
    /// A chain and its key from these files.
    Files(PathBuf, PathBuf),
    /// A self-signed one of our own.
    Own,
}

/// One listener, as far as the machine does not see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Door {
    /// The name of its kind, as it was written.
    pub(crate) kind: String,
    /// What its clients speak.
    pub(crate) wire: WireKind,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// How its clients speak TLS, if they do.
    pub(crate) tls: Option<Certificate>,
    /// Whether they may do without, where they do.
    pub(crate) plain_too: bool,
    /// Who may say for whom he speaks.
    pub(crate) heralds: Networks,
}

impl Door {
    /// A listener of the usual kind.
    pub(crate) fn usual(address: SocketAddr) -> Self {
        let wire = WireKind::SkypeProxy;
        Self::new(wire.name(), (wire, Wrapping::Plain), address, None)
    }

    /// A listener of a kind; where there is TLS and no certificate, with one of our own.
    pub(crate) fn new(
        kind: &str,
        (wire, wrapping): (WireKind, Wrapping),
        address: SocketAddr,
        certificate: Option<(PathBuf, PathBuf)>,
    ) -> Self {
        let certificate = match certificate {
            Some((cert, key)) => Certificate::Files(cert, key),
            None => Certificate::Own,
        };
        Self {
            kind: kind.into(),
            wire,
            address,
            tls: (wrapping != Wrapping::Plain).then_some(certificate),
            plain_too: wrapping == Wrapping::Either,
            heralds: Networks::default(),
        }
    }
}

/// The listeners of `--listen`, those with TLS with the certificate of `--tls-cert`.
///
/// # Errors
/// If one is written in another way, or the certificate cannot be used, or nobody uses it.
pub(crate) fn of_options(
    listen: &[String],
    certificate: Option<(PathBuf, PathBuf)>,
) -> Result<Vec<Door>, Failure> {
    let mut doors = Vec::with_capacity(listen.len());
    for text in listen {
        let wrong = |what: String| Failure::usage(format!("--listen {text}: {what}"));
        let split = text.split_once('=');
        let (kind, place) = split
            .ok_or_else(|| wrong("write KIND=ADDR:PORT, as in skypeproxy=127.0.0.1:1401".into()))?;
        let named = kind_named(kind).ok_or_else(|| {
            wrong(format!(
                "there is no kind '{kind}'; give one of {}, perhaps with {TLS_SUFFIX} behind it",
                kind_names()
            ))
        })?;
        let address = address::parse_socket(place).ok_or_else(|| {
            wrong("write ADDR:PORT behind the =, as in 127.0.0.1:1401 or [::1]:1401".into())
        })?;
        doors.push(Door::new(kind, named, address, certificate.clone()));
    }
    if let Some((cert, key)) = certificate {
        if doors.iter().all(|door| door.tls.is_none()) {
            return Err(Failure::usage(format!(
                "--tls-cert: no listener speaks TLS; give one with --listen KIND{TLS_SUFFIX}=ADDR:PORT"
            )));
        }
        tls::server_config(&cert, &key)
            .map_err(|error| Failure::usage(format!("--tls-cert, --tls-key: {error}")))?;
    }
    Ok(doors)
}

/// The second of two listeners at one place, if there are such. Port 0 is another place each time.
pub(crate) fn doubled(doors: &[Door]) -> Option<usize> {
    (1..doors.len()).find(|&at| {
        let address = doors[at].address;
        address.port() != 0 && doors[..at].iter().any(|door| door.address == address)
    })
}
