//! The client programs that people really use, each with its own order of commands, waits and weak spots.
//! Never answers anything itself, and never forgives a gateway what the real program would not.
//!
//! A [`Client`] is a machine like a [`Person`]; what its user does is said with its methods, what its user sees
//! is its [`Screen`]. Where the real program would hang, crash or lose something, the test fails with a
//! [`Fault`]. Each program's own module says how it goes about it.

use std::cell::{Cell, Ref, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::io::{Input, Machine, Outputs};
use imo2sproxy_core::time::Instant;
use imo2sproxy_core::time::Now;

use crate::person::{Person, network_origin};

mod bitlbee;
mod deed;
mod fault;
mod miranda;
mod pidgin;
mod screen;
mod shell;
mod skype4py;

pub use deed::Deed;
pub use fault::{Fault, FaultKind};
pub use screen::{Contact, Outcome, Picture, Room, Screen, Text, Written};

use shell::{Shell, Threads};

/// The password that is given by programs that always give one.
const PASSWORD: &str = "secret";
/// How long the one that waits for an answer to its login does so.
const KNOCK_WAIT: Duration = seconds(10);
/// The network hands over so many bytes at once.
const PIECE_BYTES: usize = 16 * 1024;

/// A client program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Program {
    /// The Skype plugin of Miranda, over its own socket protocol.
    MirandaProxy,
    /// The Skype plugin of Miranda, over a link within Miranda.
    MirandaLink,
    /// The Skype plugin of Pidgin, in its build for the network.
    Pidgin,
    /// An application written with the Skype4Py library.
    Skype4Py,
    /// BitlBee, which takes the daemon for its go-between that talks to Skype.
    BitlBee,
}

impl Program {
    /// All programs.
    pub const ALL: [Self; 5] = [
        Self::MirandaProxy,
        Self::MirandaLink,
        Self::Pidgin,
        Self::Skype4Py,
        Self::BitlBee,
    ];

    /// The protocol versions that it can ask for.
    pub fn versions(self) -> impl Iterator<Item = u8> {
        match self {
            Self::MirandaProxy | Self::MirandaLink => 1..=7,
            Self::Pidgin => 7..=7,
            Self::Skype4Py => 1..=8,
            Self::BitlBee => 5..=5,
        }
    }

    /// Whether its user can write `text`.
    #[must_use]
    pub fn can_write(self, text: &str) -> bool {
        match self {
            Self::MirandaProxy | Self::MirandaLink | Self::Skype4Py => true,
            // It looks for these words in the wrong place.
            Self::Pidgin => text != "RECEIVED" && text != "SENT",
            // What is written there is one line.
            Self::BitlBee => !text.contains(['\n', '\r']),
        }
    }

    /// Whether it can show `text`, which for some is a matter of luck.
    #[must_use]
    pub fn can_show(self, text: &str) -> bool {
        match self {
            // The first it takes for the summary of a call, a line with the second it throws away.
            Self::MirandaProxy | Self::MirandaLink => {
                !text.starts_with("<partlist ") && !text.contains("AUTOAWAY")
            }
            // It looks for these words in the wrong place.
            Self::Pidgin => text != "RECEIVED" && text != "SENT",
            Self::Skype4Py | Self::BitlBee => true,
        }
    }

    /// The port that it connects to, by custom.
    #[must_use]
    pub const fn port(self) -> u16 {
        match self {
            Self::MirandaProxy | Self::MirandaLink | Self::Skype4Py => 1401,
            Self::Pidgin => 5000,
            Self::BitlBee => 2727,
        }
    }

    /// Somebody called `name` at its transport.
    fn person(self, name: &str, host: &str, port: u16) -> Person {
        let (origin, name) = (network_origin(host, port), name.to_owned());
        match self {
            Self::MirandaProxy | Self::MirandaLink | Self::Skype4Py => {
                Person::new(WireKind::SkypeProxy, None, host, port)
            }
            Self::Pidgin => Person::with_wire(origin, move || {
                Box::new(pidgin::NetworkWire::new(&name, PASSWORD))
            }),
            Self::BitlBee => Person::with_wire(origin, move || {
                Box::new(bitlbee::RecordWire::new(&name, PASSWORD))
            }),
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::MirandaProxy => "Miranda over its socket",
            Self::MirandaLink => "Miranda over its link",
            Self::Pidgin => "Pidgin",
            Self::Skype4Py => "Skype4Py",
            Self::BitlBee => "BitlBee",
        }
    }
}

/// What a client program does; it does it in the threads of its shell.
trait ClientProgram {
    /// The connection is there.
    fn attached(self: Rc<Self>);
    /// A line has come.
    fn heard(self: Rc<Self>, line: &str);
    /// The user wants something.
    fn wanted(self: Rc<Self>, deed: Deed);
    /// The connection is gone, and with it all threads.
    fn detached(&self);
}

/// Somebody at one of the programs. A clone is the same.
#[derive(Clone)]
pub struct Client {
    program: Program,
    machine: Rc<RefCell<Body>>,
    shell: Shell,
    deeds: Rc<RefCell<VecDeque<Deed>>>,
    ready: Rc<Cell<bool>>,
    /// Since when it waits to be let in.
    knocks_since: Rc<Cell<Option<Instant>>>,
}

struct Body {
    program: Rc<dyn ClientProgram>,
    threads: Threads,
    heard: usize,
}

impl Client {
    /// Somebody called `name` whose program asks for protocol `version` at `host` and `port`. Programs that give a
    /// name and a password give this name and `secret`.
    #[must_use]
    pub fn new(program: Program, version: u8, name: &str, host: &str, port: u16) -> Self {
        let person = program.person(name, host, port);
        let title = format!("{} with protocol {version}", program.title());
        let shell = Shell::new(title, person);
        name.clone_into(&mut shell.screen_mut().handle);
        let own = shell.clone();
        let inside: Rc<dyn ClientProgram> = match program {
            Program::MirandaProxy => Rc::new(miranda::Miranda::over_socket(own, version)),
            Program::MirandaLink => Rc::new(miranda::Miranda::over_link(own, version)),
            Program::Pidgin => Rc::new(pidgin::Pidgin::new(own, version)),
            Program::Skype4Py => Rc::new(skype4py::Application::new(own, version)),
            Program::BitlBee => Rc::new(bitlbee::BitlBee::new(own)),
        };
        let body = Body {
            program: inside,
            threads: Vec::new(),
            heard: 0,
        };
        Self {
            program,
            machine: Rc::new(RefCell::new(body)),
            shell,
            deeds: Rc::default(),
            ready: Rc::default(),
            knocks_since: Rc::default(),
        }
    }

    /// Lets faults be looked at with [`Client::faults`] instead of ending the test; the program ends all the
    /// same with the first one.
    #[must_use]
    pub fn forgiving(self) -> Self {
        self.shell.forgive();
        self
    }

    /// The faults noted so far.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.shell.faults()
    }

    /// Which program it is.
    #[must_use]
    pub const fn program(&self) -> Program {
        self.program
    }

    /// What the user sees now.
    #[must_use]
    pub fn screen(&self) -> Ref<'_, Screen> {
        self.shell.screen()
    }

    /// The user does something, as soon as the program is connected.
    pub fn act(&self, deed: Deed) {
        self.deeds.borrow_mut().push_back(deed);
    }

    /// Connects again after [`Client::hang_up`], a log-out that ended the program, or a loss.
    pub fn connect(&self) {
        self.shell.person().connect();
    }

    /// Breaks the connection off, as a program that is closed.
    pub fn hang_up(&self) {
        self.shell.person().leave();
    }

    /// True while the program is connected to the gateway.
    #[must_use]
    pub fn is_attached(&self) -> bool {
        self.ready.get()
    }

    /// The last lines that came, for messages of tests.
    #[must_use]
    pub fn last_lines(&self, count: usize) -> Vec<String> {
        self.shell.person().last_lines(count)
    }

    /// The lines it heard, all of them.
    #[must_use]
    pub fn lines(&self) -> &Person {
        self.shell.person()
    }

    /// Whoever waits for an answer to its login does not do so for ever.
    fn knock(&self) {
        let person = self.shell.person();
        let knocks = self.program == Program::Pidgin
            && person.visit().is_some()
            && !(person.is_ready() || person.is_refused());
        let since = knocks.then(|| self.knocks_since.get().unwrap_or(self.shell.now()));
        self.knocks_since.set(since);
        if since.is_some_and(|since| since + KNOCK_WAIT <= self.shell.now()) {
            self.knocks_since.set(None);
            person.hang_up();
            let story = "forgets its connection: no answer to LOGIN in ten seconds";
            self.shell.fault(Fault::hangs(story));
        }
    }

    fn go_on(&self) {
        self.knock();
        let mut body = self.machine.borrow_mut();
        let body = &mut *body;
        let ready = self.shell.person().is_ready();
        let heard = self.shell.person().heard_since(body.heard);
        if ready && !self.ready.replace(ready) {
            Rc::clone(&body.program).attached();
        }
        body.heard += heard.len();
        for line in heard {
            if self.shell.is_over() {
                break;
            }
            self.shell.run(&mut body.threads);
            Rc::clone(&body.program).heard(&line);
            self.shell.stir();
        }
        if !ready && self.ready.replace(ready) {
            body.threads.clear();
            self.shell.screen_mut().online = false;
            body.program.detached();
        }
        while ready && let Some(deed) = self.next_deed() {
            Rc::clone(&body.program).wanted(deed);
        }
        self.shell.run(&mut body.threads);
    }

    fn next_deed(&self) -> Option<Deed> {
        self.deeds.borrow_mut().pop_front()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({:?})", self.program)
    }
}

impl Machine for Client {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        self.shell.set_now(now.mono);
        let mut person = self.shell.person().clone();
        person.handle(now, input, out);
        self.go_on();
        // What has been said meanwhile goes out now.
        person.handle(now, Input::Tick, out);
    }

    fn deadline(&self) -> Option<Instant> {
        let deed = self.ready.get() && !self.deeds.borrow().is_empty();
        let deadlines = [
            self.shell.person().deadline(),
            self.shell.deadline().filter(|_| self.ready.get()),
            deed.then_some(Instant::ZERO),
            self.knocks_since.get().map(|since| since + KNOCK_WAIT),
        ];
        deadlines.into_iter().flatten().min()
    }
}

/// A span of whole seconds.
const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// The first word of `text` and what comes behind the space after it.
fn cut(text: &str) -> (&str, &str) {
    text.split_once(' ').unwrap_or((text, ""))
}

/// The items of a list with commas.
fn items(list: &str) -> Vec<String> {
    let items = list.split(", ").filter(|item| !item.is_empty());
    items.map(str::to_owned).collect()
}

/// The items of a list with spaces.
fn words(list: &str) -> Vec<String> {
    list.split_whitespace().map(str::to_owned).collect()
}
