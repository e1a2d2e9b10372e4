//! TLS configurations for both roles, and the seed of all randomness.
//! Never switches verification off, and offers nothing older than TLS 1.2.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use imo2sproxy_core::rng::Seed;
use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// A file that cannot be used for TLS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlsError {
    /// Which file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub fault: TlsFault,
}

/// What is wrong with a file that TLS needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TlsFault {
    /// The system does not let us read it.
    Unreadable(io::ErrorKind),
    /// It is not PEM, or is cut off.
    NotPem,
    /// There is no certificate in it.
    NoCertificate,
    /// A certificate in it cannot be read.
    BadCertificate,
    /// There is no private key in it.
    NoKey,
    /// The private key in it is of a kind we do not speak.
    BadKey,
    /// The private key in it belongs to another certificate.
    WrongKey,
}

impl TlsFault {
    /// The fault in words, with what to do about it.
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::Unreadable(io::ErrorKind::NotFound) => "there is no such file",
            Self::Unreadable(io::ErrorKind::PermissionDenied) => {
                "this user may not read it; mend its owner or mode"
            }
            Self::Unreadable(_) => "it cannot be read",
            Self::NotPem => "it is not a whole PEM file",
            Self::NoCertificate => "there is no certificate in it (BEGIN CERTIFICATE)",
            Self::BadCertificate => "a certificate in it is damaged",
            Self::NoKey => "there is no private key in it (BEGIN PRIVATE KEY)",
            Self::BadKey => "its private key is damaged or neither RSA, ECDSA nor Ed25519",
            Self::WrongKey => "its private key does not belong to the certificate",
        }
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot use {} for TLS: {}",
            self.file.display(),
            self.fault.explain()
        )
    }
}

impl std::error::Error for TlsError {}

/// The configuration for connections to a service: the well-known authorities, and those of `ca_file` beside them.
///
/// # Errors
/// If `ca_file` cannot be read or holds no usable certificate.
pub fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(file) = ca_file {
        for certificate in certificates(file)? {
            roots
                .add(certificate)
                .map_err(|_| fault(file, TlsFault::BadCertificate))?;
        }
    }
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("the ring provider speaks TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// The configuration for listeners: a certificate chain and its key, both PEM.
///
/// # Errors
/// If a file cannot be read, holds nothing usable, or the two do not belong together.
pub fn server_config(cert: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = certificates(cert)?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| pem_fault(key, &error))?;
    serve(chain, private).map_err(|error| rejected(cert, key, &error))
}

/// The same from text that holds both, which faults call `name`.
///
/// # Errors
/// If there is nothing usable in it.
pub fn server_config_of_pem(pem: &[u8], name: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| pem_fault(name, &error))?;
    let private = PrivateKeyDer::from_pem_slice(pem).map_err(|error| pem_fault(name, &error))?;
    serve(chain, private).map_err(|error| rejected(name, name, &error))
}

fn serve(
    chain: Vec<CertificateDer<'static>>,
    private: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, rustls::Error> {
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("the ring provider speaks TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(chain, private)?;
    Ok(Arc::new(config))
}

/// Thirty-two fresh bytes from the system.
///
/// # Panics
/// If the system has no randomness to give: no session would be safe then. Called once, at start.
#[must_use]
pub fn random_seed() -> Seed {
    let mut bytes = [0; 32];
    provider()
        .secure_random
        .fill(&mut bytes)
        .expect("the operating system gives random bytes");
    Seed::from_bytes(bytes)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|error| pem_fault(file, &error))?;
    if chain.is_empty() {
        return Err(fault(file, TlsFault::NoCertificate));
    }
    Ok(chain)
}

fn fault(file: &Path, fault: TlsFault) -> TlsError {
    TlsError {
        file: file.into(),
        fault,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all other errors of the PEM reader mean the same to a user"
)]
fn pem_fault(file: &Path, error: &pem::Error) -> TlsError {
    match error {
        // An empty list of certificates is no error to the reader, a missing key is.
        pem::Error::NoItemsFound => fault(file, TlsFault::NoKey),
        pem::Error::Io(error) => fault(file, TlsFault::Unreadable(error.kind())),
        _ => fault(file, TlsFault::NotPem),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is neither about the certificate nor about the pair is about the key"
)]
fn rejected(cert: &Path, key: &Path, error: &rustls::Error) -> TlsError {
    match error {
        rustls::Error::InconsistentKeys(_) => fault(key, TlsFault::WrongKey),
        rustls::Error::InvalidCertificate(_) => fault(cert, TlsFault::BadCertificate),
        _ => fault(key, TlsFault::BadKey),
    }
}

#[cfg(test)]
mod tests;
