//! Plays a scenario: builds its world, lets everybody do their deeds, and holds what happens to the model.
//! Never decides what is right: the model does, and `ending` for what is true when all is over.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::io::Control;
use imo2sproxy_core::time::Instant;

use crate::World;
use crate::faults::Fired;
use crate::model::{Mark, Model, ROOM, SERVICE};
use crate::scenario::{Act, Deed, Place, Scenario};

mod absence;
mod ending;
mod operation;
mod setting;
mod terms;

use terms::Terms;

/// How long a drained machine is waited for between two looks at it.
const DRAIN_LOOK: Duration = Duration::from_secs(1);

/// What a run has come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// How many inputs all machines had.
    pub inputs: u64,
    /// How much time has passed in the world.
    pub simulated: Duration,
    /// Stands for everything that happened: the same for two runs of one scenario.
    pub hash: u64,
    /// How often each fault has happened.
    pub fired: Fired,
}

/// Plays a scenario to its end.
///
/// # Panics
/// If something is not as it must be. Unless `quiet`, the world reports then what has happened.
#[must_use]
pub fn play(scenario: &Scenario, quiet: bool) -> Outcome {
    let mut play = Play::new(scenario, quiet);
    play.set_the_scene();
    for deed in &scenario.deeds {
        play.pass(deed.pause);
        play.perform(deed);
    }
    play.end();
    Outcome {
        inputs: play.world.inputs(),
        simulated: play.world.now().mono.since(Instant::ZERO),
        hash: play.world.trace_hash(),
        fired: play.world.fired(),
    }
}

/// Something that comes back after a while.
#[derive(Clone, Debug)]
enum Return {
    Client(usize),
    Cable(String),
    Machine(String),
    /// A machine that was drained in that life of it.
    Drained(String, u32),
    /// An account, by the place of its owner and the host of its daemon.
    Account(usize, String),
}

/// A scenario under way.
struct Play<'a> {
    scenario: &'a Scenario,
    world: World,
    model: RefCell<Model>,
    /// What the daemons are told at present.
    terms: Rc<RefCell<Terms>>,
    /// Those who have tried wrong passwords.
    thieves: Vec<String>,
    /// The room, if all are in one.
    room: Option<String>,
    /// What comes back, and when.
    returns: Vec<(Instant, Return)>,
    /// How many questions were asked apart from the deeds.
    asked: usize,
    /// How many machines were started again.
    started: usize,
}

impl<'a> Play<'a> {
    fn new(scenario: &'a Scenario, quiet: bool) -> Self {
        let mut world = World::new(scenario.seed, crate::Faults::none());
        world.set_quiet(quiet);
        Self {
            scenario,
            world,
            model: RefCell::new(Model::new(scenario)),
            terms: Rc::default(),
            thieves: Vec::new(),
            room: None,
            returns: Vec::new(),
            asked: 0,
            started: 0,
        }
    }

    /// Lets time pass under the eyes of the model, with what comes back meanwhile.
    fn pass(&mut self, time: Duration) {
        let until = self.world.now().mono + time;
        loop {
            self.returns.sort_by_key(|(at, _)| *at);
            let next = self
                .returns
                .first()
                .map(|(at, _)| *at)
                .filter(|at| *at <= until);
            let at = next.unwrap_or(until);
            let left = at.since(self.world.now().mono);
            let model = &self.model;
            let watch = |world: &World| {
                model.borrow_mut().observe(world);
                false
            };
            self.world.reaches(watch, left);
            if next.is_none() {
                return;
            }
            let (_, what) = self.returns.remove(0);
            self.bring_back(what);
        }
    }

    fn bring_back(&mut self, what: Return) {
        match what {
            Return::Client(seat) => self.world.person(&Model::client(seat)).connect(),
            Return::Cable(name) => self.world.plug(&name),
            Return::Machine(name) => self.start_again(&name),
            Return::Account(person, host) => self.take_in(person, &host),
            Return::Drained(name, life) => {
                if self.world.is_up(&name) {
                    // It is still busy with its goodbyes, unless it has died of something else and is back already.
                    if self.world.ends(&name) == life {
                        self.comes_back(DRAIN_LOOK, Return::Drained(name, life));
                    }
                } else if self.world.stopped(&name).is_some() {
                    self.model.borrow_mut().drained(&name);
                    self.start_again(&name);
                }
            }
        }
    }

    fn comes_back(&mut self, after: Duration, what: Return) {
        let at = self.world.now().mono + after;
        self.returns.push((at, what));
    }

    fn perform(&mut self, deed: &Deed) {
        let number = deed.number;
        match deed.act {
            Act::Text { seat, to, padding } => {
                let to = self.scenario.name_at(to);
                let text = self.text(number, seat, to, padding);
                self.say(seat, &format!("#d{number} MESSAGE {to} {text}"));
            }
            Act::RoomText { seat, padding } => {
                let text = self.text(number, seat, ROOM, padding);
                self.say_of_room(seat, |room| format!("#d{number} CHATMESSAGE {room} {text}"));
            }
            Act::Topic { seat } => self.say_of_room(seat, |room| {
                format!("#d{number} ALTER CHAT {room} SETTOPIC topic {number}")
            }),
            Act::Status { seat, word } => {
                self.say(seat, &format!("#d{number} SET USERSTATUS {word}"));
            }
            Act::Mood { seat } => {
                self.say(
                    seat,
                    &format!("#d{number} SET PROFILE MOOD_TEXT mood {number}"),
                );
            }
            Act::Ask {
                seat,
                question,
                about,
            } => {
                let question =
                    question.replace(" U", &format!(" {}", self.scenario.name_at(about)));
                self.say(seat, &format!("#d{number} {question}"));
            }
            Act::Ping { seat } => self.say(seat, "PING"),
            Act::Seen { seat } => {
                let latest = self.model.borrow().latest(seat);
                if let Some(latest) = latest {
                    self.say(seat, &format!("#d{number} SET CHATMESSAGE {latest} SEEN"));
                }
            }
            Act::HangUp { seat, away } => {
                self.world.person(&Model::client(seat)).hang_up();
                self.comes_back(away, Return::Client(seat));
            }
            Act::Unplug { seat, away } => {
                let client = Model::client(seat);
                self.world.unplug(&client);
                self.comes_back(away, Return::Cable(client));
            }
            Act::Break { seat } => {
                let daemon = self.scenario.daemon_of(seat);
                self.world.reset_connections(&daemon);
            }
            Act::Kill { seat, away } => self.take_down(self.scenario.daemon_of(seat), false, away),
            Act::Drain { seat, away } => self.take_down(self.scenario.daemon_of(seat), true, away),
            Act::Restart { orderly, away } => {
                if self.scenario.place == Place::Town {
                    self.take_down(SERVICE.into(), orderly, away);
                }
            }
            Act::Look { seat } => {
                let daemon = self.scenario.daemon_of(seat);
                self.world.control(&daemon, Control::Status);
            }
            Act::Reload { seat, change } => self.change(seat, change),
            Act::Probe { seat } => self.probe(seat),
            Act::Lift { seat } => {
                let daemon = self.scenario.daemon_of(seat);
                let account = self.scenario.name_of(seat).into();
                self.world.control(&daemon, Control::Lift { account });
            }
            Act::Guess { seat, wire, times } => self.guess(number, seat, (wire, times)),
        }
    }

    fn take_down(&mut self, name: String, orderly: bool, away: Duration) {
        if !self.world.is_up(&name) {
            return;
        }
        if orderly {
            self.model.borrow_mut().drains(&name, &self.world);
            self.world.control(&name, Control::Drain);
            let life = self.world.ends(&name);
            self.comes_back(away, Return::Drained(name, life));
        } else {
            self.world.kill(&name);
            self.comes_back(away, Return::Machine(name));
        }
    }

    fn text(&self, number: usize, seat: usize, to: &str, padding: usize) -> String {
        let mark = Mark {
            number,
            from: self.scenario.name_of(seat).into(),
            to: to.into(),
        };
        // On this transport a client cannot say more than one line.
        let is_flat = self.scenario.seats[seat].wire == WireKind::Skyped;
        let break_ = if is_flat { ' ' } else { '\n' };
        format!("{} \u{1F600}{break_}{}", mark.text(), "x".repeat(padding))
    }

    fn say(&self, seat: usize, line: &str) {
        self.world.person(&Model::client(seat)).say(line);
    }

    fn say_of_room(&self, seat: usize, line: impl FnOnce(&str) -> String) {
        if let Some(room) = &self.room {
            self.say(seat, &line(room));
        }
    }

    /// Asks something beside the deeds, and waits for the reply.
    fn ask(&mut self, seat: usize, question: &str, within: Duration) -> String {
        self.asked += 1;
        let tag = format!("#a{}", self.asked);
        self.say(seat, &format!("{tag} {question}"));
        let client = Model::client(seat);
        let reply = self.world.expect(&client, &format!("{tag} *"), within);
        self.model.borrow_mut().observe(&self.world);
        reply[tag.len() + 1..].to_owned()
    }
}
