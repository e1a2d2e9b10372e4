//! People of a town, each with a program of their own.
//! Never tests anything itself.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use imo2sproxy_core::handle::ECHO;
use imo2sproxy_core::rng::fnv1a;
use imo2sproxy_core::store::{Store as _, StoreOp};
use imo2sproxy_sim::clients::{Client, Deed, Program, Screen};
use imo2sproxy_sim::{Faults, World};

use crate::town::{self, host};

/// A program and the protocol version that it asks for.
pub(crate) type Kind = (Program, u8);

/// Every program in every version that it can ask for.
pub(crate) fn every_kind() -> Vec<Kind> {
    let kinds = |program: Program| program.versions().map(move |version| (program, version));
    Program::ALL.into_iter().flat_map(kinds).collect()
}

/// Those that can chat: the library's texts are objects that the oldest versions do not have.
pub(crate) fn chatting_kinds() -> Vec<Kind> {
    let mut kinds = every_kind();
    kinds.retain(|(program, version)| *program != Program::Skype4Py || *version >= 3);
    kinds
}

/// Each program in the version that its users have.
pub(crate) fn usual_kinds() -> Vec<Kind> {
    Program::ALL.map(usual).into()
}

/// A program in the version that its users have.
pub(crate) fn usual(program: Program) -> Kind {
    let version = match program {
        Program::MirandaProxy | Program::MirandaLink | Program::Pidgin => 7,
        Program::Skype4Py | Program::BitlBee => 5,
    };
    (program, version)
}

/// Runs `scene` for each of `kinds`, each time with another program for the other people in it.
pub(crate) fn with_each(kinds: Vec<Kind>, scene: impl Fn(Kind, Kind)) {
    for (index, kind) in kinds.into_iter().enumerate() {
        let other = usual(Program::ALL[index % Program::ALL.len()]);
        let _told = Told(format!("{kind:?} with {other:?}"));
        scene(kind, other);
    }
}

/// Says which scene it was when a test fails in it.
struct Told(String);

impl Drop for Told {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("this was the scene of {}", self.0);
        }
    }
}

/// How long signing on may take.
const SIGN_ON: Duration = Duration::from_secs(400);
/// How long anything else may take.
pub(crate) const SOON: Duration = Duration::from_secs(100);

/// A world with its people.
pub(crate) struct Street {
    pub(crate) world: World,
    clients: BTreeMap<String, Client>,
}

impl Street {
    /// A street where everybody has a daemon and an account, and nobody knows anybody. Nobody is at a program.
    pub(crate) fn new(names: &[&str]) -> Self {
        let mut street = Self {
            world: town::town(1, Faults::none(), names),
            clients: BTreeMap::new(),
        };
        for name in names {
            street.register(name);
        }
        street
    }

    /// A street where all are contacts of each other and sit at their programs.
    pub(crate) fn of_friends(people: &[(&str, Kind)]) -> Self {
        let names: Vec<&str> = people.iter().map(|(name, _)| *name).collect();
        let mut street = Self::new(&names);
        for one in &names {
            for other in names.iter().filter(|other| *other != one) {
                street.befriend(one, other, "");
            }
        }
        street.seat_all(people);
        for one in &names {
            for other in names.iter().filter(|other| *other != one) {
                street.sees(one, |screen| screen.presence(other) == "ONLINE");
            }
        }
        street
    }

    /// A street where all sit at their programs and nobody knows anybody but the service's own contact.
    pub(crate) fn of_strangers(people: &[(&str, Kind)]) -> Self {
        let names: Vec<&str> = people.iter().map(|(name, _)| *name).collect();
        let mut street = Self::new(&names);
        for name in names {
            street.befriend(name, ECHO, "");
        }
        street.seat_all(people);
        street
    }

    fn seat_all(&mut self, people: &[(&str, Kind)]) {
        for (name, kind) in people {
            self.seat(name, *kind);
        }
        for (name, _) in people {
            self.await_online(name);
        }
    }

    /// Puts an account into the service's store.
    pub(crate) fn register(&mut self, name: &str) {
        let hash = format!("sim${:016x}", fnv1a(b"secret"));
        self.store(format!("s/a/{name}"), format!("{{\"hash\":\"{hash}\"}}"));
    }

    /// Puts `other` on the contact list of `one`, under a name.
    pub(crate) fn befriend(&mut self, one: &str, other: &str, alias: &str) {
        let alias = alias.replace('\\', "\\\\").replace('"', "\\\"");
        let alias = alias.replace('\n', "\\n");
        let record =
            format!(r#"{{"listed":true,"granted":true,"sees_me":true,"alias":"{alias}"}}"#);
        self.store(format!("s/r/{one}/{other}"), record);
    }

    fn store(&mut self, key: String, value: String) {
        let value = value.into_bytes();
        let change = StoreOp::Put {
            key: key.into(),
            value,
        };
        let stored = self.world.store_mut("imo").apply(&[change]);
        stored.expect("a store in memory takes everything");
    }

    /// Somebody sits down at a program, which begins to sign on.
    pub(crate) fn seat(&mut self, name: &str, kind: Kind) -> Client {
        self.seat_again(name, name, kind)
    }

    /// Somebody sits down at one more program, which is known as `seat`.
    pub(crate) fn seat_again(&mut self, seat: &str, name: &str, kind: Kind) -> Client {
        let (program, version) = kind;
        let client = Client::new(program, version, name, &host(name), program.port());
        self.world.host(seat, client.clone());
        self.clients.insert(seat.to_owned(), client.clone());
        client
    }

    /// The program of `name`.
    pub(crate) fn client(&self, name: &str) -> Client {
        self.clients[name].clone()
    }

    /// What `name` sees.
    pub(crate) fn screen(&self, name: &str) -> Screen {
        self.clients[name].screen().clone()
    }

    /// The user of `name` does something.
    pub(crate) fn act(&self, name: &str, deed: Deed) {
        self.clients[name].act(deed);
    }

    /// `name` writes to `to`.
    pub(crate) fn write(&self, name: &str, to: &str, text: &str) {
        let (to, text) = (to.to_owned(), text.to_owned());
        self.act(name, Deed::Write { to, text });
    }

    /// Lets time pass until what `name` sees is as wanted.
    #[track_caller]
    pub(crate) fn sees(&mut self, name: &str, wanted: impl Fn(&Screen) -> bool) {
        self.sees_within(name, SOON, wanted);
    }

    #[track_caller]
    fn sees_within(&mut self, name: &str, limit: Duration, wanted: impl Fn(&Screen) -> bool) {
        let client = self.client(name);
        if !self.world.reaches(|_| wanted(&client.screen()), limit) {
            panic!(
                "{name} at {:?} does not see it in {limit:?}: {:#?}\nthe last lines: {:#?}",
                client.program(),
                client.screen(),
                client.last_lines(12)
            );
        }
    }

    /// Lets time pass until the program of `name` shows itself as connected.
    #[track_caller]
    pub(crate) fn await_online(&mut self, name: &str) {
        self.sees_within(name, SIGN_ON, |screen| screen.online);
    }

    /// Checks that `name` sees exactly these texts of `from`, in this order, once there are so many.
    #[track_caller]
    pub(crate) fn reads(&mut self, name: &str, from: &str, texts: &[&str]) {
        self.sees(name, |screen| screen.texts_from(from).len() >= texts.len());
        assert_eq!(self.screen(name).texts_from(from), texts);
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, seconds: u64) {
        self.world.run_for(Duration::from_secs(seconds));
    }
}
