//! A scripted user: a Skype API client in front of any transport, as a machine of its own.
//! Never understands what it hears; tests say which lines they want.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::io::{CloseCause, CloseHow, ConnId, Input, Machine, Origin, Output, Outputs};
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::time::{Instant, Now};
use imo2sproxy_core::wire::{ClientWire, FromServer};

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

type NewWire = Box<dyn Fn() -> Box<dyn ClientWire + Send>>;

/// What is still to be done on the connection, in order.
#[derive(Debug)]
enum Wish {
    Say(String),
    Leave,
    Reading(bool),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Away,
    Connecting,
    Ready,
    Refused,
    Leaving,
}

struct Talk {
    origin: Origin,
    new_wire: NewWire,
    returns_after: Option<Duration>,
    script: VecDeque<Step>,
    step_until: Option<Instant>,
    state: State,
    wire: Box<dyn ClientWire + Send>,
    rx: RecvBuf,
    conn: Option<ConnId>,
    visits: u32,
    connect_at: Option<Instant>,
    wishes: VecDeque<Wish>,
    gone: Option<CloseCause>,
    heard: Vec<Heard>,
    heard_out: usize,
}

impl Person {
    /// Somebody whose client speaks `kind` to `host` and `port`, and gives `password` if it is asked.
    #[must_use]
    pub fn new(kind: WireKind, password: Option<&str>, host: &str, port: u16) -> Self {
        let password = password.map(str::to_owned);
        let origin = Origin::Net {
            host: host.to_owned(),
            port,
            tls: false,
        };
        Self::with_wire(origin, move || {
            kind.connect(password.as_deref().map(Secret::from))
        })
    }

    /// Somebody with a transport of the test's own; `new_wire` makes it anew for each connection.
    #[must_use]
    pub fn with_wire(
        origin: Origin,
        new_wire: impl Fn() -> Box<dyn ClientWire + Send> + 'static,
    ) -> Self {
        let talk = Talk {
            origin,
            wire: new_wire(),
            new_wire: Box::new(new_wire),
            returns_after: None,
            script: VecDeque::new(),
            step_until: None,
            state: State::Away,
            rx: RecvBuf::new(),
            conn: None,
            visits: 0,
            connect_at: Some(Instant::ZERO),
            wishes: VecDeque::new(),
            gone: None,
            heard: Vec::new(),
            heard_out: 0,
        };
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

    /// Stops reading what comes in, as a client that hangs.
    pub fn stop_reading(&self) {
        self.wish(Wish::Reading(false));
    }

    /// Reads again.
    pub fn read_on(&self) {
        self.wish(Wish::Reading(true));
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
        let mut talk = self.talk_mut();
        let rest = &talk.heard[talk.heard_out..];
        let found = rest.iter().position(|heard| fits(&heard.line, pattern))?;
        let line = rest[found].line.clone();
        talk.heard_out += found + 1;
        Some(line)
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

    /// All that was heard, with times.
    #[must_use]
    pub fn everything(&self) -> Vec<Heard> {
        self.talk().heard.clone()
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
        let talk = self.talk();
        let connect_at = talk.connect_at.filter(|_| talk.conn.is_none());
        let wish_at = talk.can_fulfil().then_some(Instant::ZERO);
        let step_at = match talk.script.front() {
            Some(Step::Hear(..) | Step::Pause(_)) => talk.step_until.or(Some(Instant::ZERO)),
            Some(Step::Say(_) | Step::Leave | Step::Connect) => Some(Instant::ZERO),
            None => None,
        };
        [connect_at, wish_at, step_at].into_iter().flatten().min()
    }
}

impl Talk {
    fn take_input(&mut self, now: Instant, input: Input<'_>, out: &mut Outputs) {
        match input {
            Input::Connected { conn } => {
                let mut bytes = out.buffer();
                self.wire.start(&mut bytes);
                send(conn, bytes, out);
            }
            Input::Received { conn, bytes } => {
                self.rx.push(bytes);
                self.listen(now, conn, out);
            }
            Input::Closed { cause, .. } => {
                self.conn = None;
                self.gone = Some(cause);
                match self.state {
                    State::Refused => {}
                    State::Leaving => self.state = State::Away,
                    State::Away | State::Connecting | State::Ready => {
                        self.state = State::Away;
                        self.connect_at = self.returns_after.map(|pause| now + pause);
                    }
                }
            }
            Input::Start | Input::Tick | Input::Sent { .. } | Input::Control(_) => {}
            Input::Accepted { .. }
            | Input::Loaded { .. }
            | Input::Stored { .. }
            | Input::Hashed { .. }
            | Input::Verified { .. } => panic!("a person did not ask for {input:?}"),
        }
    }

    /// Takes apart what has come in.
    fn listen(&mut self, now: Instant, conn: ConnId, out: &mut Outputs) {
        let mut bytes = out.buffer();
        loop {
            match self.wire.decode(&mut self.rx, &mut bytes) {
                Ok(Some(FromServer::Ready)) => self.state = State::Ready,
                Ok(Some(FromServer::Refused)) => self.state = State::Refused,
                Ok(Some(FromServer::Line(line))) => self.heard.push(Heard {
                    at: now,
                    visit: self.visits - 1,
                    line,
                }),
                Ok(None) => break,
                Err(error) => panic!("the server broke the framing: {error:?}"),
            }
        }
        send(conn, bytes, out);
    }

    /// Follows the script as far as it goes.
    fn go_on(&mut self, now: Instant) {
        while let Some(step) = self.script.pop_front() {
            match &step {
                Step::Say(line) => self.wishes.push_back(Wish::Say(line.clone())),
                Step::Leave => self.wishes.push_back(Wish::Leave),
                Step::Connect => self.connect_at = Some(now),
                Step::Hear(pattern, within) => {
                    let until = *self.step_until.get_or_insert(now + *within);
                    let rest = &self.heard[self.heard_out..];
                    if let Some(found) = rest.iter().position(|h| fits(&h.line, pattern)) {
                        self.heard_out += found + 1;
                    } else {
                        assert!(now < until, "{pattern:?} was not heard in {within:?}");
                        self.script.push_front(step);
                        return;
                    }
                }
                Step::Pause(time) => {
                    if now < *self.step_until.get_or_insert(now + *time) {
                        self.script.push_front(step);
                        return;
                    }
                }
            }
            self.step_until = None;
        }
    }

    /// Does what is wished, as far as the connection allows.
    fn fulfil(&mut self, now: Instant, out: &mut Outputs) {
        if self.conn.is_none() && self.connect_at.is_some_and(|at| at <= now) {
            let conn = ConnId::Upstream(self.visits);
            self.visits += 1;
            self.conn = Some(conn);
            self.connect_at = None;
            self.state = State::Connecting;
            self.wire = (self.new_wire)();
            self.rx = RecvBuf::new();
            out.push(Output::Connect {
                conn,
                origin: self.origin.clone(),
            });
        }
        while self.can_fulfil() {
            let (Some(wish), Some(conn)) = (self.wishes.pop_front(), self.conn) else {
                return;
            };
            match wish {
                Wish::Say(line) => {
                    let mut bytes = out.buffer();
                    self.wire.encode(&line, &mut bytes);
                    send(conn, bytes, out);
                }
                Wish::Reading(on) => out.push(Output::Reading { conn, on }),
                Wish::Leave => {
                    self.state = State::Leaving;
                    let how = CloseHow::AfterFlush;
                    out.push(Output::Close { conn, how });
                }
            }
        }
    }

    fn can_fulfil(&self) -> bool {
        self.conn.is_some()
            && match self.wishes.front() {
                Some(Wish::Say(_)) => self.state == State::Ready,
                Some(Wish::Leave | Wish::Reading(_)) => self.state != State::Leaving,
                None => false,
            }
    }
}

fn send(conn: ConnId, bytes: Vec<u8>, out: &mut Outputs) {
    if bytes.is_empty() {
        out.give_back(bytes);
    } else {
        out.push(Output::Send { conn, bytes });
    }
}

/// True if `line` is `pattern`, in which `*` stands for any text.
fn fits(line: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return line == pattern;
    };
    let Some(mut line) = line.strip_prefix(start) else {
        return false;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some(at) = line.find(part) else {
            return false;
        };
        line = &line[at + part.len()..];
    }
    line.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_all_else_for_itself() {
        for (line, pattern, expected) in [
            ("PONG", "PONG", true),
            ("PONG", "PON", false),
            ("PONG", "*", true),
            ("", "*", true),
            ("MESSAGE 41 STATUS SENT", "MESSAGE * STATUS SENT", true),
            ("MESSAGE 41 STATUS SENDING", "MESSAGE * STATUS SENT", false),
            ("aba", "ab*ba", false),
            ("abba", "ab*ba", true),
            ("a1b2c", "a*b*c", true),
            ("a1c2b", "a*b*c", false),
            ("one two three", "*two*", true),
            ("one 2 three", "*two*", false),
        ] {
            assert_eq!(fits(line, pattern), expected, "{line:?} and {pattern:?}");
        }
    }
}
