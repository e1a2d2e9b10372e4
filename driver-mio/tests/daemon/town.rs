//! A place where a service runs and people have daemons: folders, passwords, certificates.
//! Never shares anything between two tests.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::TempDir;

use crate::client::{Client, PATIENCE};
use crate::program::program;
use crate::running::Running;

/// The password of everybody.
pub(crate) const PASSWORD: &str = "secret-1";

/// A home, and what people there need to know of each other.
pub(crate) struct Town {
    home: TempDir,
    /// The port of the service.
    pub(crate) port: u16,
}

/// A daemon, and the port where its clients come in.
pub(crate) struct Daemon {
    pub(crate) process: Running,
    pub(crate) port: u16,
}

impl Town {
    /// A town with a service that speaks TLS.
    pub(crate) fn with_service() -> (Self, Running) {
        let mut town = Self::new();
        town.make_certificates();
        let mut service = town.start_service(0);
        town.port = service.port("service");
        (town, service)
    }

    /// A town without a service, and with a port where none is.
    pub(crate) fn new() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        Self {
            home: tempfile::tempdir().unwrap(),
            port: free.local_addr().unwrap().port(),
        }
    }

    /// Where everything of it lies.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// A path below its home.
    pub(crate) fn path(&self, name: &str) -> String {
        let path: PathBuf = self.home.path().join(name);
        path.to_str().unwrap().into()
    }

    pub(crate) fn make_certificates(&self) {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // An issuer of the same name as the host would make its certificate look signed by itself.
        let name = &mut authority.distinguished_name;
        name.push(DnType::CommonName, "the town's authority");
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap());
        let authority = authority.unwrap();
        let key = KeyPair::generate().unwrap();
        let host = CertificateParams::new(["localhost".into()]).unwrap();
        let host = host.signed_by(&key, &authority).unwrap();
        fs::write(self.path("ca.pem"), authority.pem()).unwrap();
        fs::write(self.path("cert.pem"), host.pem()).unwrap();
        fs::write(self.path("key.pem"), key.serialize_pem()).unwrap();
    }

    /// The service on its port, again after it has ended.
    pub(crate) fn service_again(&self) -> Running {
        let mut service = self.start_service(self.port);
        assert_eq!(service.port("service"), self.port);
        service
    }

    fn start_service(&self, port: u16) -> Running {
        self.start_service_with(port, &[])
    }

    /// A town whose service records itself into `name`.
    pub(crate) fn with_recorded_service(name: &str) -> (Self, Running) {
        let mut town = Self::new();
        town.make_certificates();
        let mut service = town.start_service_with(0, &["--record", &town.path(name)]);
        town.port = service.port("service");
        (town, service)
    }

    fn start_service_with(&self, port: u16, more: &[&str]) -> Running {
        let args = [
            "service",
            "--listen",
            &format!("127.0.0.1:{port}"),
            "--tls-cert",
            &self.path("cert.pem"),
            "--tls-key",
            &self.path("key.pem"),
            "--data-dir",
            &self.path("service"),
            "--open-registration",
            "--poll-hold",
            "2",
        ];
        Running::start(program(self.home.path(), &[&args[..], more].concat()))
    }

    /// The program with these arguments, for as long as it runs.
    pub(crate) fn start(&self, args: &[&str]) -> Running {
        Running::start(program(self.home.path(), args))
    }

    /// The daemon of somebody, on the town's service.
    pub(crate) fn daemon(&self, name: &str) -> Daemon {
        self.daemon_here(name, &[])
    }

    /// The same with some more options.
    pub(crate) fn daemon_here(&self, name: &str, more: &[&str]) -> Daemon {
        let server = format!("https://localhost:{}/", self.port);
        let ca = self.path("ca.pem");
        let own = ["--server", &server, "--ca-file", &ca];
        self.daemon_with(name, &[&own[..], more].concat())
    }

    /// The daemon of somebody, with some more options.
    pub(crate) fn daemon_with(&self, name: &str, more: &[&str]) -> Daemon {
        self.daemon_of(name, PASSWORD, more)
    }

    /// The same with another password.
    pub(crate) fn daemon_of(&self, name: &str, password: &str, more: &[&str]) -> Daemon {
        self.daemon_in(name, more, &[("IMO2SPROXY_PASSWORD", password)])
    }

    /// The daemon of somebody in an environment that holds these too, the password among them.
    pub(crate) fn daemon_in(
        &self,
        name: &str,
        more: &[&str],
        environment: &[(&str, &str)],
    ) -> Daemon {
        let data = self.path(name);
        let own = ["--data-dir", &data];
        let folder = if more.contains(&own[0]) {
            &[][..]
        } else {
            &own
        };
        let args = ["-p", "0", name];
        let mut command = program(self.home.path(), &[&args[..], folder, more].concat());
        command.envs(environment.iter().copied());
        let mut process = Running::start(command);
        let port = process.port("skypeproxy");
        assert!(process.line().starts_with("upstream "));
        Daemon { process, port }
    }
}

impl Daemon {
    pub(crate) fn client(&self) -> Client {
        Client::online(self.port)
    }

    /// Ends it as a power failure would.
    pub(crate) fn kill(mut self) {
        self.process.child.kill().unwrap();
        self.process.child.wait().unwrap();
    }

    /// Stops it, and gives its log.
    pub(crate) fn stop(mut self) -> String {
        let begin = std::time::Instant::now();
        let (code, said) = self.process.stop();
        assert_eq!(code, Some(0), "{said}");
        assert!(begin.elapsed() < PATIENCE);
        said
    }
}

/// Makes two people contacts of each other.
pub(crate) fn acquaint(alice: &mut Client, bob: &mut Client) {
    acquaint_with(("alice", alice), ("bob", bob));
}

/// The same for people of any names; the first one asks.
pub(crate) fn acquaint_with(
    (asker, one): (&str, &mut Client),
    (asked, other): (&str, &mut Client),
) {
    let reply = one.ask(&format!("SET USER {asked} BUDDYSTATUS 2 It is me."));
    assert_eq!(reply, format!("USER {asked} BUDDYSTATUS 2"));
    one.hear(&format!("USER {asked} BUDDYSTATUS 2"));
    other.hear(&format!("USER {asker} RECEIVEDAUTHREQUEST It is me."));
    let reply = other.ask(&format!("SET USER {asker} ISAUTHORIZED TRUE"));
    assert_eq!(reply, format!("USER {asker} ISAUTHORIZED TRUE"));
    other.hear(&format!("USER {asker} BUDDYSTATUS 3"));
    one.hear(&format!("USER {asked} BUDDYSTATUS 3"));
    for (client, handle) in [(one, asked), (other, asker)] {
        let status = format!("USER {handle} ONLINESTATUS");
        client.await_answer(&format!("GET {status}"), &format!("{status} ONLINE"));
    }
}
