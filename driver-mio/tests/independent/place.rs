//! A place where the independent service runs and people have daemons.
//! Never ends well if the service has anything to blame a daemon for.

use std::io::Write as _;

use crate::client::Client;
use crate::python::python;
use crate::running::Running;
use crate::town::{Daemon, PASSWORD, Town};

/// Where below its host the service is: the base URL of a service may have a path.
const BASE: &str = "/some/where/";

/// The service, and the town around it.
pub(crate) struct Place {
    pub(crate) town: Town,
    service: Running,
    /// What it was started with, but for the port.
    args: Vec<String>,
    dialect: String,
}

impl Place {
    /// A service with alice, bob and carol, of whom alice and bob know each other and alice has carol on her list,
    /// and with dave, who knows nobody. All but dave have pictures.
    pub(crate) fn new(dialect: &str, more: &[&str]) -> Self {
        let town = Town::new();
        town.make_certificates();
        let people = [
            "alice:bob,carol:Al1ce",
            "bob:alice:b-o_b.png",
            "carol:alice:",
            "dave::",
        ];
        let mut args: Vec<String> = Vec::new();
        for person in people {
            let (name, rest) = person.split_once(':').unwrap();
            args.extend(["--account".into(), format!("{name}:{PASSWORD}:{rest}")]);
        }
        let (cert, key) = (town.path("cert.pem"), town.path("key.pem"));
        let fixed = [
            "--cert",
            &cert,
            "--key",
            &key,
            "--base",
            BASE,
            "--dialect",
            dialect,
        ];
        args.extend([&fixed[..], more].concat().into_iter().map(String::from));
        let service = start(&args, 0);
        let mut place = Self {
            town,
            service,
            args,
            dialect: dialect.into(),
        };
        place.town.port = place.service.port("service");
        place
    }

    /// The daemon of somebody.
    pub(crate) fn daemon(&self, name: &str) -> Daemon {
        self.daemon_with(name, PASSWORD, &[])
    }

    /// The same, with a folder of its own.
    pub(crate) fn daemon_in(&self, name: &str, folder: &str) -> Daemon {
        self.daemon_with(name, PASSWORD, &["--data-dir", &self.town.path(folder)])
    }

    /// The same with another password.
    pub(crate) fn daemon_of(&self, name: &str, password: &str) -> Daemon {
        self.daemon_with(name, password, &[])
    }

    fn daemon_with(&self, name: &str, password: &str, more: &[&str]) -> Daemon {
        let server = format!("https://localhost:{}{BASE}", self.town.port);
        let (ca, pictures) = (self.town.path("ca.pem"), self.town.path(""));
        let own = [
            "--server",
            &server,
            "--dialect",
            &self.dialect,
            "--ca-file",
            &ca,
            "--avatar-dir",
            &pictures,
        ];
        self.town
            .daemon_of(name, password, &[&own[..], more].concat())
    }

    /// Tells the service to do something, and gives its answer when it is done.
    pub(crate) fn tell(&mut self, line: &str) -> String {
        let stdin = self.service.child.stdin.as_mut().unwrap();
        writeln!(stdin, "{line}").unwrap();
        self.service.line()
    }

    /// The service ends and starts again on its port. It has forgotten everything but what it was started with.
    pub(crate) fn start_again(&mut self) {
        self.end_service();
        self.service = start(&self.args, self.town.port);
        assert_eq!(self.service.port("service"), self.town.port);
    }

    /// Stops the daemons, and then the service, which must have nothing to blame anybody for.
    pub(crate) fn end(mut self, daemons: impl IntoIterator<Item = Daemon>) {
        for daemon in daemons {
            daemon.stop();
        }
        self.end_service();
    }

    fn end_service(&mut self) {
        drop(self.service.child.stdin.take());
        let (code, said) = self.service.end();
        assert_eq!(
            (code, &*said),
            (Some(0), ""),
            "the service blames the daemons"
        );
    }
}

impl Drop for Place {
    /// Of a test that has failed, the service may know why.
    fn drop(&mut self) {
        if std::thread::panicking() && self.service.child.stdin.take().is_some() {
            let _ = self.service.child.kill();
            eprintln!("the service says:\n{}", self.service.end().1);
        }
    }
}

fn start(args: &[String], port: u16) -> Running {
    let port = port.to_string();
    let mut all = vec!["--port", &port];
    all.extend(args.iter().map(String::as_str));
    Running::start(python("service.py", &all))
}

/// A client of alice and one of bob, with their daemons.
pub(crate) fn two(place: &Place) -> ([Daemon; 2], [Client; 2]) {
    let daemons = ["alice", "bob"].map(|name| place.daemon(name));
    let [mut alice, mut bob] = [daemons[0].client(), daemons[1].client()];
    see(&mut alice, "bob", "ONLINE");
    see(&mut bob, "alice", "ONLINE");
    (daemons, [alice, bob])
}

/// Waits until somebody is seen so.
pub(crate) fn see(client: &mut Client, handle: &str, status: &str) {
    let what = format!("USER {handle} ONLINESTATUS");
    client.await_answer(&format!("GET {what}"), &format!("{what} {status}"));
}
