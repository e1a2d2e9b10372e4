//! Both ends of every client transport: against bytes of any kind, and against each other.
//! Never names a byte of a transport: what holds here holds for all of them.

use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::config::{Limits, WireKind};
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::wire::{ClientWire, FromClient, FromServer, ToClient, Wire, WireError};

use super::cuts::pieces;

mod talk;

/// Bits of the first byte: which transport.
const LEN8: u8 = 1;
const SKYPENET: u8 = 32;
const SKYPED: u8 = 64;
const AUTO: u8 = SKYPENET | SKYPED;
/// Bit of the first byte: the end under test is the client's.
const CLIENT: u8 = 2;
/// Bit of the first byte: a server wants a password, a client gives one.
const PASSWORD: u8 = 4;
/// Bit of the first byte: whatever password comes is the right one; a client takes files.
const GENEROUS: u8 = 8;
/// Bit of the first byte: both ends talk with each other, and the bytes say about what.
const TALK: u8 = 16;
/// Longest frame before a login in this target, in bytes: short, so that short inputs reach it.
const FRAME_BYTES_BEFORE_LOGIN: usize = 64;
/// Longest frame after a login in this target, in bytes.
const FRAME_BYTES: usize = 512;
/// What may stand in front of an incomplete frame, in bytes.
const HEAD_BYTES_MAX: usize = 5;
/// How many of the lines that were heard are said again: an input may be made of hundreds.
const LINES_SAID_AGAIN: usize = 8;
/// Longest line that every transport carries, in bytes.
const LINE_BYTES_MAX: usize = 255;

/// One end of a client transport, or a talk between both. The first byte says which; the others are what the peer
/// sends, or what the two talk about.
///
/// # Panics
/// If what is heard, answered or refused depends on how the bytes are cut; if a server holds more than one frame; if
/// a line holds a NUL, or is longer than its bytes allow; if a line comes before its listener is ready; if a line that
/// was heard is not heard the same when it is said again; if of a talk anything is lost, doubled, changed or
/// out of order.
pub fn wires(data: &[u8]) {
    let Some((options, stream)) = data.split_first() else {
        return;
    };
    if options & TALK != 0 {
        return talk::talk(*options, stream);
    }
    let mut whole = End::new(*options);
    whole.receive(stream);
    for size in [0, 1] {
        let mut split = End::new(*options);
        pieces(stream, size).for_each(|piece| split.receive(piece));
        assert_eq!(whole.heard, split.heard, "heard depends on the cuts");
        assert_eq!(whole.tx, split.tx, "answered depends on the cuts");
        assert_eq!(whole.error, split.error, "refused depends on the cuts");
    }
    whole.check_heard(*options, stream);
}

/// The transport that the first byte names.
const fn kind(options: u8) -> WireKind {
    match options & AUTO {
        SKYPENET => WireKind::Skypenet,
        SKYPED => WireKind::Skyped,
        AUTO => WireKind::Auto,
        _ if options & LEN8 != 0 => WireKind::Len8,
        _ => WireKind::SkypeProxy,
    }
}

/// True for transports on which nobody comes in without name and password.
const fn asks_always(options: u8) -> bool {
    matches!(kind(options), WireKind::Skypenet | WireKind::Skyped)
}

fn limits() -> Limits {
    Limits {
        frame_bytes_before_login: FRAME_BYTES_BEFORE_LOGIN,
        frame_bytes: FRAME_BYTES,
        ..Limits::default()
    }
}

/// What an end heard, whichever it is.
#[derive(Clone, PartialEq, Debug)]
enum Heard {
    Login,
    Ready,
    Refused,
    Line(String),
    FileTaken(bool),
    Quit,
    File(String, Vec<u8>),
}

impl From<FromClient> for Heard {
    fn from(message: FromClient) -> Self {
        match message {
            FromClient::Login { .. } => Self::Login,
            FromClient::Ready => Self::Ready,
            FromClient::Line(line) => Self::Line(line),
            FromClient::FileTaken(taken) => Self::FileTaken(taken),
            FromClient::Quit => Self::Quit,
        }
    }
}

impl From<FromServer> for Heard {
    fn from(message: FromServer) -> Self {
        match message {
            FromServer::Ready => Self::Ready,
            FromServer::Refused => Self::Refused,
            FromServer::Line(line) => Self::Line(line),
            FromServer::File { name, bytes } => Self::File(name, bytes),
        }
    }
}

enum Role {
    Server(Box<dyn Wire + Send>),
    Client(Box<dyn ClientWire + Send>),
}

/// One end with all that came of it.
struct End {
    role: Role,
    /// A transport may turn out to be one that asks for a password though none is wanted.
    may_ask: bool,
    password_right: bool,
    logged_in: bool,
    rx: RecvBuf,
    tx: Vec<u8>,
    heard: Vec<Heard>,
    error: Option<WireError>,
}

impl End {
    /// The end that the first byte describes, after its first words.
    fn new(options: u8) -> Self {
        if options & CLIENT != 0 {
            Self::client(options)
        } else {
            Self::server(options, false)
        }
    }

    fn server(options: u8, files: bool) -> Self {
        let login = options & PASSWORD != 0;
        let wire = kind(options).start(login, files, &limits());
        let logged_in = !login && !asks_always(options);
        let mut end = Self::with(Role::Server(wire), logged_in, options & GENEROUS != 0);
        end.may_ask = kind(options) == WireKind::Auto;
        end
    }

    fn client(options: u8) -> Self {
        let password = (options & PASSWORD != 0).then(|| Secret::from("pw1"));
        let mut wire = if options & GENEROUS != 0 {
            kind(options).connect_for_files(password)
        } else {
            kind(options).connect_as("al", password)
        };
        let mut tx = Vec::new();
        wire.start(&mut tx);
        let mut end = Self::with(Role::Client(wire), true, false);
        end.tx = tx;
        end.receive(&[]);
        end
    }

    const fn with(role: Role, logged_in: bool, password_right: bool) -> Self {
        Self {
            role,
            may_ask: false,
            password_right,
            logged_in,
            rx: RecvBuf::new(),
            tx: Vec::new(),
            heard: Vec::new(),
            error: None,
        }
    }

    /// Takes bytes in and hears all there is to hear; deaf after an error, as a closed connection is.
    fn receive(&mut self, bytes: &[u8]) {
        if self.error.is_some() {
            return;
        }
        self.rx.push(bytes);
        loop {
            match self.next() {
                Ok(Some(heard)) => self.heard.push(heard),
                Ok(None) => break,
                Err(error) => {
                    self.error = Some(error);
                    return;
                }
            }
        }
        // A client takes frames of 16 MiB: more than any input has.
        if let Role::Server(_) = self.role {
            let limit = if self.logged_in {
                FRAME_BYTES
            } else {
                FRAME_BYTES_BEFORE_LOGIN
            };
            assert!(self.rx.len() < HEAD_BYTES_MAX + limit, "held too much");
        }
    }

    fn next(&mut self) -> Result<Option<Heard>, WireError> {
        match &mut self.role {
            Role::Client(wire) => {
                let message = wire.decode(&mut self.rx, &mut self.tx)?;
                Ok(message.map(Heard::from))
            }
            Role::Server(wire) => {
                let message = wire.decode(&mut self.rx, &mut self.tx)?;
                if let Some(FromClient::Login { .. }) = &message {
                    let asked = !self.logged_in || self.may_ask;
                    assert!(asked, "a password nobody asked for");
                    self.logged_in = self.password_right;
                    wire.encode(ToClient::LoginResult(self.password_right), &mut self.tx);
                }
                Ok(message.map(Heard::from))
            }
        }
    }

    fn say(&mut self, line: &str) {
        match &mut self.role {
            Role::Server(wire) => wire.encode(ToClient::Line(line), &mut self.tx),
            Role::Client(wire) => wire.encode(line, &mut self.tx),
        }
    }

    /// What holds for all that an end of these options has heard out of `stream`.
    fn check_heard(&self, options: u8, stream: &[u8]) {
        let mut ready = false;
        let (mut text, mut lines) = (0, 0);
        for heard in &self.heard {
            match heard {
                Heard::Ready => {
                    assert!(self.logged_in, "ready before the login");
                    assert!(!ready, "ready twice");
                    ready = true;
                }
                Heard::Line(line) => {
                    assert!(ready, "a line before the end was ready");
                    assert!(!line.contains('\0'), "a NUL in a line");
                    text += line.len();
                    lines += 1;
                    if lines <= LINES_SAID_AGAIN {
                        check_said_again(options, line);
                    }
                }
                Heard::File(name, bytes) => {
                    assert!(options & GENEROUS != 0, "a file that nobody wants");
                    text += name.len() + bytes.len();
                }
                Heard::Login => assert!(!ready, "a password of one who is in"),
                Heard::Refused => assert!(!ready, "refused and let in"),
                Heard::FileTaken(_) => panic!("no file was pushed"),
                Heard::Quit => {}
            }
        }
        assert!(text <= 3 * stream.len(), "more text than bytes");
        let locked = options & PASSWORD != 0 || asks_always(options);
        if locked && options & (GENEROUS | CLIENT) == 0 {
            let harmless = |heard: &Heard| *heard == Heard::Login;
            assert!(self.heard.iter().all(harmless), "in without the password");
        }
    }
}

/// A line that an end has heard comes to its like as the same when the other end says it.
fn check_said_again(options: u8, line: &str) {
    // Replaced bytes grow: the line may be too long to be said.
    if line.len() > LINE_BYTES_MAX || kind(options) == WireKind::Auto {
        return;
    }
    if asks_always(options) {
        return check_said_again_inside(options, line);
    }
    let open = options & !(PASSWORD | GENEROUS);
    let mut speaker = End::new(open ^ CLIENT);
    speaker.tx.clear();
    speaker.say(line);
    let mut listener = End::new(open);
    if open & CLIENT != 0 {
        // The answer to its question, if the transport has one, comes first.
        let mut server = End::new(open ^ CLIENT);
        server.receive(&listener.tx);
        listener.receive(&server.tx);
    }
    listener.receive(&speaker.tx);
    assert_eq!(
        listener.heard,
        [Heard::Ready, Heard::Line(line.to_owned())],
        "said again"
    );
    assert!(listener.rx.is_empty(), "one line, one frame");
}

/// The same on a transport where both ends have to know each other first.
fn check_said_again_inside(options: u8, line: &str) {
    let to_client = options & CLIENT != 0;
    if !means_nothing_else(options, line, to_client) {
        return;
    }
    let mut client = End::client(options & !GENEROUS);
    let mut server = End::server(options | GENEROUS, false);
    server.receive(&client.tx);
    client.receive(&server.tx);
    let (speaker, listener) = if to_client {
        (&mut server, &mut client)
    } else {
        (&mut client, &mut server)
    };
    speaker.tx.clear();
    speaker.say(line);
    listener.receive(&speaker.tx);
    let last = listener.heard.last();
    assert_eq!(last, Some(&Heard::Line(line.to_owned())), "said again");
    assert!(listener.rx.is_empty(), "one line, one message");
}

/// True for a line that arrives on the transport of `options` as that line.
fn means_nothing_else(options: u8, line: &str, to_client: bool) -> bool {
    match kind(options) {
        WireKind::Skypenet => !line.is_empty() && (to_client || line != "QUIT"),
        WireKind::Skyped => !line.is_empty() && line != if to_client { "PING" } else { "PONG" },
        WireKind::SkypeProxy | WireKind::Len8 | WireKind::Auto => true,
    }
}
