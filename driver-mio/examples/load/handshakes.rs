//! The floor of what a TLS connection costs: clients of rustls alone, each after a handshake with a server in memory.
//! Never uses a socket.

use std::io;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};

use crate::process;

/// How many are made before it is measured, for what is made only once.
const WARM_UP: usize = 50;

/// What one client keeps, in KiB, on average of so many.
pub(crate) fn kib_each(count: usize) -> io::Result<f64> {
    let (client, server) = configurations().map_err(io::Error::other)?;
    let mut kept = Vec::with_capacity(count + WARM_UP);
    for _ in 0..WARM_UP {
        kept.push(after_handshake(&client, &server).map_err(io::Error::other)?);
    }
    let before = process::resident_kib(std::process::id())?;
    for _ in 0..count {
        kept.push(after_handshake(&client, &server).map_err(io::Error::other)?);
    }
    let after = process::resident_kib(std::process::id())?;
    if kept.iter().any(|client| client.is_handshaking()) {
        return Err(io::Error::other("a handshake without an end"));
    }
    Ok(after.saturating_sub(before) as f64 / count as f64)
}

type Trouble = Box<dyn std::error::Error + Send + Sync>;

fn configurations() -> Result<(Arc<ClientConfig>, Arc<ServerConfig>), Trouble> {
    let made = rcgen::generate_simple_self_signed(["localhost".into()])?;
    let certificate = CertificateDer::from_pem_slice(made.cert.pem().as_bytes())?;
    let key = PrivateKeyDer::from_pem_slice(made.signing_key.serialize_pem().as_bytes())?;
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    Ok((Arc::new(client), Arc::new(server)))
}

fn after_handshake(
    client: &Arc<ClientConfig>,
    server: &Arc<ServerConfig>,
) -> Result<ClientConnection, Trouble> {
    let name = ServerName::try_from("localhost")?;
    let mut client = ClientConnection::new(Arc::clone(client), name)?;
    let mut server = ServerConnection::new(Arc::clone(server))?;
    let mut pipe = Vec::new();
    while client.wants_write() || server.wants_write() {
        pipe.clear();
        while client.wants_write() {
            client.write_tls(&mut pipe)?;
        }
        let mut bytes = pipe.as_slice();
        while !bytes.is_empty() {
            server.read_tls(&mut bytes)?;
            server.process_new_packets()?;
        }
        pipe.clear();
        while server.wants_write() {
            server.write_tls(&mut pipe)?;
        }
        let mut bytes = pipe.as_slice();
        while !bytes.is_empty() {
            client.read_tls(&mut bytes)?;
            client.process_new_packets()?;
        }
    }
    Ok(client)
}
