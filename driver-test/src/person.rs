//! A scripted user: a Skype API client in front of any transport, as a machine of its own.
//! Never understands what it hears; tests say which lines they want.

use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::io::{CloseCause, Input, Machine, Origin, Outputs};
use imo2sproxy_core::rng::Rng;
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::time::{Instant, Now};
use imo2sproxy_core::wire::ClientWire;

use crate::faults::Conditions;
use crate::pattern::fits;

mod pace;
mod talk;

use pace::Pace;
use talk::{State, Talk, Wish};

/// One line that a person has heard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heard {
    /// When.
    pub at: Instant,
    /// On which of the person's connections, counted from zero.
    pub visit: u32,
    /// What.
    pub line: String,
}

/// One line that a person has said: it has gone into a connection, which may lose it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// When.
    pub at: Instant,
    /// On which of the person's connections, counted from zero.
    pub visit: u32,
    /// What.
    pub line: String,
}

/// One thing that a person does by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Says a line, once it is heard.
    Say(String),
    /// Waits for a line that fits the pattern, and panics if it does not come in time.
    Hear(String, Duration),
    /// Does nothing for a while.
    Pause(Duration),
    /// Hangs up.
    Leave,
    /// Connects, if it is not connected.
    Connect,
}

/// A user with a client program. A clone is the same person.
///
/// Tests make it speak with [`Person::say`] and ask what it [`Person::heard`] while they let the
/// [`World`](crate::World) run. Lines that cannot be said yet wait until the handshake is over.
#[derive(Clone)]
pub struct Person {
    talk: Rc<RefCell<Talk>>,
}

impl Person {
    /// Somebody whose client speaks `kind` to `host` and `port`, and gives `password` if it is asked.
    #[must_use]
    pub fn new(kind: WireKind, password: Option<&str>, host: &str, port: u16) -> Self {
        let password = password.map(str::to_owned);
        Self::with_wire(network_origin(host, port), move || {
            kind.connect(password.as_deref().map(Secret::from))
        })
    }

    /// Like [`Person::new`], with a client that takes files where the transport can carry them.
    #[must_use]
    pub fn taking_files(kind: WireKind, password: Option<&str>, host: &str, port: u16) -> Self {
        let password = password.map(str::to_owned);
        Self::with_wire(network_origin(host, port), move || {
            kind.connect_for_files(password.as_deref().map(Secret::from))
        })
    }

    /// The files that have come through the transport: names as this side had spelled them, and contents.
    #[must_use]
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        self.talk().files.clone()
    }

    /// Somebody with a transport of the test's own; `new_wire` makes it anew for each connection.
    #[must_use]
    pub fn with_wire(
        origin: Origin,
        new_wire: impl Fn() -> Box<dyn ClientWire + Send> + 'static,
    ) -> Self {
        let talk = Talk::new(origin, Box::new(new_wire));
        Self {
            talk: Rc::new(RefCell::new(talk)),
        }
    }

    /// Lets the person connect again whenever it was cut off, after `pause`.
    #[must_use]
    pub fn returning(self, pause: Duration) -> Self {
        self.talk_mut().returns_after = Some(pause);
        self
    }

    /// Lets the person come again also where it was not let in.
    #[must_use]
    pub fn persistent(self) -> Self {
        self.talk_mut().persists = true;
        self
    }

    /// Lets the person say `line` first on each connection, after what it is to say first already.
    #[must_use]
    pub fn greeting(self, line: &str) -> Self {
        self.talk_mut().greeting.push(line.to_owned());
        self
    }

    /// Gives the person things to do by itself, after those it already has.
    #[must_use]
    pub fn with_script(self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.talk_mut().script.extend(steps);
        self
    }

    /// True if nothing is left of the script.
    #[must_use]
    pub fn has_finished(&self) -> bool {
        self.talk().script.is_empty()
    }

    /// Says a line as soon as it can be said.
    pub fn say(&self, line: &str) {
        self.wish(Wish::Say(line.to_owned()));
    }

    /// Hangs up, after what is still to be said.
    pub fn leave(&self) {
        self.wish(Wish::Leave);
    }

    /// Hangs up at once: what could not be said yet is not said, and a connection that is not there yet is not made.
    pub fn hang_up(&self) {
        let mut talk = self.talk_mut();
        talk.wishes.clear();
        talk.connect_at = None;
        if talk.conn.is_some() {
            talk.wishes.push_back(Wish::Leave);
        }
    }

    /// Stops reading what comes in, as a client that hangs.
    pub fn stop_reading(&self) {
        self.wish(Wish::Reading(false));
    }

    /// Reads again.
    pub fn read_on(&self) {
        self.wish(Wish::Reading(true));
    }

    /// Lets the person read as evenly as the faults of a world allow.
    pub(crate) fn take_part(&self, conditions: Conditions, rng: Rng) {
        self.talk_mut().pace = Some(Pace::new(conditions, rng));
    }

    fn wish(&self, wish: Wish) {
        self.talk_mut().wishes.push_back(wish);
    }

    /// Connects, if the person is not connected.
    pub fn connect(&self) {
        self.talk_mut().connect_at = Some(Instant::ZERO);
    }

    /// True once the handshake is over and lines can be said.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.talk().state == State::Ready
    }

    /// True if the server did not accept the password.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.talk().state == State::Refused
    }

    /// How often the server did not accept its password.
    #[must_use]
    pub fn refusals(&self) -> u32 {
        self.talk().refusals
    }

    /// How the last connection ended, if there is none now.
    #[must_use]
    pub fn gone(&self) -> Option<CloseCause> {
        let talk = self.talk();
        talk.gone.filter(|_| talk.conn.is_none())
    }

    /// True if a line that fits `pattern` was heard, ever. In a pattern `*` stands for any text, also none;
    /// all else for itself.
    #[must_use]
    pub fn heard(&self, pattern: &str) -> bool {
        self.count(pattern) > 0
    }

    /// How many of the lines heard fit `pattern`.
    #[must_use]
    pub fn count(&self, pattern: &str) -> usize {
        let talk = self.talk();
        talk.heard.iter().filter(|h| fits(&h.line, pattern)).count()
    }

    /// The first line that fits `pattern` and comes after those heard out so far. All up to it count as
    /// heard out then.
    #[must_use]
    pub fn take(&self, pattern: &str) -> Option<String> {
        self.talk_mut().hear_out(pattern)
    }

    /// All lines heard so far, in order.
    #[must_use]
    pub fn replies(&self) -> Vec<String> {
        self.last_lines(usize::MAX)
    }

    /// The last `count` lines heard.
    #[must_use]
    pub fn last_lines(&self, count: usize) -> Vec<String> {
        let talk = self.talk();
        let skipped = talk.heard.len().saturating_sub(count);
        let last = talk.heard[skipped..].iter();
        last.map(|heard| heard.line.clone()).collect()
    }

    /// The lines heard after the first `count`.
    pub(crate) fn heard_since(&self, count: usize) -> Vec<String> {
        let talk = self.talk();
        let late = talk.heard.iter().skip(count);
        late.map(|heard| heard.line.clone()).collect()
    }

    /// All that was heard, with times.
    #[must_use]
    pub fn everything(&self) -> Vec<Heard> {
        self.talk().heard.clone()
    }

    /// All that was heard, in order, without a copy. Nothing may be asked of the person while this is held.
    #[must_use]
    pub fn hearing(&self) -> Ref<'_, [Heard]> {
        Ref::map(self.talk(), |talk| talk.heard.as_slice())
    }

    /// All that was said, in order, without a copy. Nothing may be asked of the person while this is held.
    #[must_use]
    pub fn saying(&self) -> Ref<'_, [Said]> {
        Ref::map(self.talk(), |talk| talk.said.as_slice())
    }

    /// The number of the connection that the person has now, if there is one.
    #[must_use]
    pub fn visit(&self) -> Option<u32> {
        let talk = self.talk();
        talk.conn.map(|_| talk.visits - 1)
    }

    fn talk(&self) -> Ref<'_, Talk> {
        self.talk.borrow()
    }

    fn talk_mut(&self) -> RefMut<'_, Talk> {
        self.talk.borrow_mut()
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let talk = self.talk();
        write!(
            f,
            "Person({:?}, {} lines heard)",
            talk.state,
            talk.heard.len()
        )
    }
}

impl Machine for Person {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        let mut talk = self.talk_mut();
        talk.take_input(now.mono, input, out);
        talk.go_on(now.mono);
        talk.fulfil(now.mono, out);
    }

    fn deadline(&self) -> Option<Instant> {
        self.talk().deadline()
    }
}

pub(crate) fn network_origin(host: &str, port: u16) -> Origin {
    Origin::Net {
        host: host.to_owned(),
        port,
        tls: false,
    }
}
