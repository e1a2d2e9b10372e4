//! A folder with a configuration file, and clients of the daemon that is started there.
//! Never tests anything itself.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tempfile::TempDir;

use crate::client::PATIENCE;
use crate::program::program;

/// A configuration for accounts of these names, each with a listener of its own.
pub(crate) fn config(names: &[&str], further: &str) -> String {
    let mut text = format!("data_dir = 'data'\n{further}\n");
    for name in names {
        write!(
            text,
            "
            [[listen]]
            kind = 'skypeproxy'
            addr = '127.0.0.1:0'
            account = '{name}'

            [[account]]
            name = '{name}'
            password = 'secret-{name}'
            "
        )
        .unwrap();
    }
    text
}

/// A folder with a configuration and the password of alice.
pub(crate) fn home(config: &str) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    put(home.path(), "a.toml", config);
    put(home.path(), "alice.pw", "secret-1\n");
    home
}

pub(crate) fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

pub(crate) fn command(home: &TempDir, further: &[&str]) -> std::process::Command {
    let file = home.path().join("a.toml");
    let args = [&["--config", file.to_str().unwrap()], further].concat();
    program(home.path(), &args)
}

/// A connection with TLS that trusts the certificate of a file.
pub(crate) fn secured(port: u16, pem: &Path) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(pem).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let tls = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    StreamOwned::new(tls, stream)
}

/// The first answer of a listener of the usual kind.
pub(crate) fn flags(stream: &mut (impl std::io::Read + std::io::Write)) -> u8 {
    stream.write_all(&[0, 0, 0, 0, 2]).unwrap();
    stream.flush().unwrap();
    let mut flags = [0xff];
    stream.read_exact(&mut flags).unwrap();
    flags[0]
}

/// Makes a certificate for this machine and puts it into two files.
pub(crate) fn certificate(folder: &Path) {
    let made = rcgen::generate_simple_self_signed(["localhost".into()]).unwrap();
    put(folder, "cert.pem", &made.cert.pem());
    put(folder, "key.pem", &made.signing_key.serialize_pem());
}

/// One account, whose clients speak TLS and are shown that certificate.
pub(crate) const WITH_CERTIFICATE: &str = "
    data_dir = 'data'

    [[listen]]
    kind = 'skypeproxy'
    addr = '127.0.0.1:0'
    account = 'alice'
    tls = { cert = 'cert.pem', key = 'key.pem' }

    [[account]]
    name = 'alice'
    password_file = 'alice.pw'
";
