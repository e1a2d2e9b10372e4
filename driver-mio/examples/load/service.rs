//! A service of its own, reached over TLS: started with a certificate of an authority made for it.
//! Never outlives the run.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::TempDir;

use crate::daemon::Upstream;

/// A running service, on which everybody gets an account who logs in.
pub(crate) struct Service {
    child: Child,
    pub(crate) upstream: Upstream,
    _home: TempDir,
}

impl Service {
    /// Starts it, and waits until it listens.
    pub(crate) fn start(program: &Path) -> io::Result<Self> {
        let home = tempfile::tempdir()?;
        make_certificates(home.path()).map_err(io::Error::other)?;
        let mut child = Command::new(program)
            .args(["service", "--listen", "127.0.0.1:0", "--open-registration"])
            .args(["--tls-cert", "cert.pem", "--tls-key", "key.pem"])
            .args(["--data-dir", "data"])
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let port = line.trim().rsplit_once(':').map(|(_, port)| port);
        let port = port.ok_or_else(|| io::Error::other("the service does not start"))?;
        let upstream = Upstream {
            url: format!("https://localhost:{port}/"),
            ca_file: home.path().join("ca.pem"),
        };
        Ok(Self {
            child,
            upstream,
            _home: home,
        })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn make_certificates(folder: &Path) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // An issuer of the same name as the host would make its certificate look signed by itself.
    let name = &mut authority.distinguished_name;
    name.push(DnType::CommonName, "the authority of the load");
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let host = CertificateParams::new(["localhost".into()])?.signed_by(&key, &authority)?;
    fs::write(folder.join("ca.pem"), authority.pem())?;
    fs::write(folder.join("cert.pem"), host.pem())?;
    fs::write(folder.join("key.pem"), key.serialize_pem())?;
    Ok(())
}
