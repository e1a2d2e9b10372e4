//! Clients of all transports at one daemon, who write to each other.
//! Never tests a transport by itself: what its bytes mean is tested in the core.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;

use crate::client::PATIENCE;
use crate::program::program;
use crate::running::Running;

/// The kinds of listeners, and how their clients end a line; `None`: its length stands before it.
const KINDS: [(&str, Option<u8>); 5] = [
    ("skypeproxy", None),
    ("skypenet", Some(0x17)),
    ("skyped-plain", Some(b'\n')),
    ("auto", Some(0x17)),
    ("auto", None),
];

/// A client that says and hears lines in the way of its transport.
struct Talker {
    name: String,
    stream: TcpStream,
    end: Option<u8>,
    bytes: Vec<u8>,
}

impl Talker {
    fn log_in(name: &str, port: u16, (kind, end): (&str, Option<u8>)) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut talker = Self {
            name: name.into(),
            stream,
            end,
            bytes: Vec::new(),
        };
        match end {
            None => {
                talker.handshake(&[0, 0, 0, 0, 1], 1);
                let password = format!("{name}:secret-of-{name}");
                let length = u32::try_from(password.len()).unwrap().to_le_bytes();
                talker.handshake(&[&length[..], password.as_bytes()].concat(), 1);
                talker.handshake(&[0, 0, 0, 0, 2], 1);
            }
            Some(0x17) => {
                talker.say(&format!("LOGIN {name} secret-of-{name}"));
                assert_eq!(talker.hear(), "LOGIN", "{kind}");
            }
            Some(_) => {
                talker.say(&format!("USERNAME {name}"));
                talker.say(&format!("PASSWORD secret-of-{name}"));
                assert_eq!(talker.hear(), "PASSWORD OK", "{kind}");
            }
        }
        talker.say("PROTOCOL 7");
        talker.hear_that(|line| line == "CONNSTATUS ONLINE");
        talker
    }

    /// Says bytes, and expects one in return.
    fn handshake(&mut self, bytes: &[u8], expected: u8) {
        self.stream.write_all(bytes).unwrap();
        let mut answer = [0xff];
        self.stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer[0], expected);
    }

    fn say(&mut self, line: &str) {
        let bytes = match self.end {
            Some(end) => [line.as_bytes(), &[end]].concat(),
            None => crate::client::frame(line),
        };
        self.stream.write_all(&bytes).unwrap();
    }

    fn hear(&mut self) -> String {
        loop {
            let (start, end, next) = match self.end {
                Some(end) => {
                    let at = self.bytes.iter().position(|byte| *byte == end);
                    at.map_or((0, usize::MAX, 0), |at| (0, at, at + 1))
                }
                None => match self.bytes.first_chunk::<4>() {
                    Some(length) => {
                        let end = 4 + usize::try_from(u32::from_le_bytes(*length)).unwrap();
                        (4, end, end)
                    }
                    None => (0, usize::MAX, 0),
                },
            };
            if let Some(line) = self.bytes.get(start..end) {
                let line = String::from_utf8(line.to_vec()).unwrap();
                self.bytes.drain(..next);
                return line;
            }
            let mut some = [0; 4096];
            let count = self.stream.read(&mut some).unwrap();
            assert!(count > 0, "{} was left", self.name);
            self.bytes.extend_from_slice(&some[..count]);
        }
    }

    /// The next line of that kind; those before it are done with.
    fn hear_that(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        loop {
            let line = self.hear();
            if wanted(&line) {
                return line;
            }
        }
    }
}

fn befriend(one: &mut Talker, other: &mut Talker) {
    one.say(&format!("SET USER {} BUDDYSTATUS 2 hello", other.name));
    let asked = format!("USER {} RECEIVEDAUTHREQUEST", one.name);
    other.hear_that(|line| line.starts_with(&asked));
    other.say(&format!("SET USER {} ISAUTHORIZED TRUE", one.name));
    let agreed = format!("USER {} BUDDYSTATUS 3", other.name);
    one.hear_that(|line| line == agreed);
}

#[test]
fn clients_of_all_transports_write_to_each_other() {
    let home = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..KINDS.len()).map(|at| format!("user{at}")).collect();
    let mut config = String::from("data_dir = 'data'\n");
    for kind in ["skypeproxy", "skypenet", "skyped-plain", "auto"] {
        config += &format!("[[listen]]\nkind = '{kind}'\naddr = '127.0.0.1:0'\n");
    }
    for name in &names {
        config += &format!("[[account]]\nname = '{name}'\npassword = 'secret-of-{name}'\n");
    }
    let file = home.path().join("a.toml");
    fs::write(&file, config).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let args = ["--config", file.to_str().unwrap()];
    let mut daemon = Running::start(program(home.path(), &args));
    let ports: Vec<u16> = ["skypeproxy", "skypenet", "skyped-plain", "auto"]
        .iter()
        .map(|kind| daemon.port(kind))
        .collect();
    assert_eq!(daemon.line(), "upstream embedded");
    let talkers = names.iter().zip(KINDS).enumerate();
    let mut talkers: Vec<Talker> = talkers
        .map(|(at, (name, kind))| Talker::log_in(name, ports[at.min(3)], kind))
        .collect();

    for at in 1..talkers.len() {
        let [one, other] = &mut talkers[at - 1..=at] else {
            panic!("there are two of them");
        };
        befriend(one, other);
        for (from, to) in [(0, 1), (1, 0)] {
            for number in 0..10 {
                let text = format!(
                    "{number} from {} to {}",
                    names[at - 1 + from],
                    names[at - 1 + to]
                );
                let handle = names[at - 1 + to].clone();
                talkers[at - 1 + from].say(&format!("MESSAGE {handle} {text}"));
                let reader = &mut talkers[at - 1 + to];
                let come = reader.hear_that(|line| line.ends_with(" STATUS RECEIVED"));
                let message = come.strip_suffix(" STATUS RECEIVED").unwrap();
                reader.say(&format!("GET {message} BODY"));
                let body = reader.hear_that(|line| line.starts_with(&format!("{message} BODY")));
                assert_eq!(body, format!("{message} BODY {text}"));
            }
        }
    }
    drop(talkers);
    assert_eq!(daemon.stop().0, Some(0));
}
