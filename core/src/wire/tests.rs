//! What holds for every transport and for both of its ends.
//! Never names bytes of a transport: those are in the tests beside it.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{ClientWire, FromClient, FromServer, ToClient, Wire, WireError};
use crate::buf::RecvBuf;
use crate::config::Limits;
use crate::config::WireKind::{self, Auto, Len8, SkypeProxy, Skyped, Skypenet};
use crate::secret::Secret;

/// Small, so that random lengths fall on both sides.
const LIMIT_BEFORE_LOGIN: usize = 40;
const LIMIT_AFTER_LOGIN: usize = 300;
/// The longest frame a client takes, in bytes.
const CLIENT_LIMIT: usize = 16 * 1024 * 1024;
/// The longest thing that stands in front of a frame, in bytes.
const HEAD_BYTES_MAX: usize = 5;

fn limits() -> Limits {
    Limits {
        frame_bytes_before_login: LIMIT_BEFORE_LOGIN,
        frame_bytes: LIMIT_AFTER_LOGIN,
        ..Limits::default()
    }
}

/// One end of a connection, whichever role it has.
enum Role {
    Server(Box<dyn Wire + Send>),
    Client(Box<dyn ClientWire + Send>),
}

/// What an end heard, whichever role it has.
#[derive(Clone, PartialEq, Debug)]
enum Heard {
    Login,
    Ready,
    Refused,
    Line(String),
    Quit,
}

impl From<FromClient> for Heard {
    fn from(message: FromClient) -> Self {
        match message {
            FromClient::Login { .. } => Self::Login,
            FromClient::Ready => Self::Ready,
            FromClient::Line(line) => Self::Line(line),
            FromClient::Quit => Self::Quit,
            FromClient::FileTaken(_) => panic!("no file was pushed"),
        }
    }
}

impl From<FromServer> for Heard {
    fn from(message: FromServer) -> Self {
        match message {
            FromServer::Ready => Self::Ready,
            FromServer::Refused => Self::Refused,
            FromServer::Line(line) => Self::Line(line),
            FromServer::File { .. } => panic!("no file was wanted"),
        }
    }
}

/// One end with all that came of it.
struct End {
    role: Role,
    rx: RecvBuf,
    tx: Vec<u8>,
    heard: Vec<Heard>,
    error: Option<WireError>,
    /// The longest frame it may take now, in bytes.
    limit: usize,
}

impl End {
    fn new(role: Role, limit: usize) -> Self {
        let mut end = Self {
            role,
            rx: RecvBuf::new(),
            tx: Vec::new(),
            heard: Vec::new(),
            error: None,
            limit,
        };
        if let Role::Client(wire) = &mut end.role {
            wire.start(&mut end.tx);
        }
        end.receive(&[]);
        end
    }

    fn server(kind: WireKind, login: bool) -> Self {
        let limit = if login || asks_always(kind) {
            LIMIT_BEFORE_LOGIN
        } else {
            LIMIT_AFTER_LOGIN
        };
        Self::new(Role::Server(kind.start(login, true, &limits())), limit)
    }

    fn client(kind: WireKind, password: Option<&str>) -> Self {
        let wire = kind.connect_as("al", password.map(Secret::from));
        Self::new(Role::Client(wire), CLIENT_LIMIT)
    }

    fn next(&mut self) -> Result<Option<Heard>, WireError> {
        match &mut self.role {
            Role::Server(wire) => {
                let message = wire.decode(&mut self.rx, &mut self.tx)?;
                if let Some(FromClient::Login {
                    name,
                    password: given,
                }) = &message
                {
                    let known = name.as_deref().is_none_or(|name| name == "al");
                    let right = known && given.matches(b"pw1");
                    wire.encode(ToClient::LoginResult(right), &mut self.tx);
                    if right {
                        self.limit = LIMIT_AFTER_LOGIN;
                    }
                }
                Ok(message.map(Heard::from))
            }
            Role::Client(wire) => {
                let message = wire.decode(&mut self.rx, &mut self.tx)?;
                Ok(message.map(Heard::from))
            }
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
        assert!(self.rx.len() < HEAD_BYTES_MAX + self.limit);
    }

    fn receive_split(&mut self, bytes: &[u8], cuts: &[Index]) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.push(bytes.len());
        cuts.sort_unstable();
        let mut from = 0;
        for to in cuts {
            self.receive(&bytes[from..to]);
            from = to;
        }
    }

    fn say(&mut self, line: &str) {
        match &mut self.role {
            Role::Server(wire) => wire.encode(ToClient::Line(line), &mut self.tx),
            Role::Client(wire) => wire.encode(line, &mut self.tx),
        }
    }
}

/// Carries bytes both ways until none are left.
fn shake_hands(client: &mut End, server: &mut End) {
    while !(client.tx.is_empty() && server.tx.is_empty()) {
        server.receive(&core::mem::take(&mut client.tx));
        client.receive(&core::mem::take(&mut server.tx));
    }
}

fn heard_lines(lines: &[String]) -> Vec<Heard> {
    lines.iter().cloned().map(Heard::Line).collect()
}

/// True where nobody comes in without name and password.
fn asks_always(kind: WireKind) -> bool {
    matches!(kind, Skypenet | Skyped)
}

/// Every transport with every way to log in that it knows: that of the server, and that of the client.
fn logins() -> impl Strategy<Value = (WireKind, WireKind, bool)> {
    let logins = [
        (SkypeProxy, SkypeProxy, false),
        (SkypeProxy, SkypeProxy, true),
        (Len8, Len8, false),
        (Skypenet, Skypenet, true),
        (Skyped, Skyped, true),
        (Auto, SkypeProxy, false),
        (Auto, SkypeProxy, true),
        (Auto, Skypenet, true),
        (Auto, Skyped, true),
    ];
    select(logins.to_vec())
}

fn kinds() -> impl Strategy<Value = WireKind> {
    select(&[SkypeProxy, Len8, Skypenet, Skyped, Auto][..])
}

/// True for a line that arrives on that transport as it was said.
fn carries(kind: WireKind, line: &str) -> bool {
    match kind {
        SkypeProxy | Len8 | Auto => true,
        Skypenet => !line.is_empty() && !line.contains('\u{17}') && line != "QUIT",
        Skyped => !line.is_empty() && !line.contains('\n'),
    }
}

/// Lines that every transport can carry, the empty one among them.
fn lines() -> impl Strategy<Value = Vec<String>> {
    vec("[^\u{0}]{0,60}", 0..8)
}

/// What means something on one transport or another.
const WORDS: [&[u8]; 6] = [
    b"LOGIN al pw1\x17",
    b"USERNAME al\nPASSWORD pw1\n",
    b"LOGIN\x17",
    b"PASSWORD OK\n",
    b"\x17QUIT\x17",
    b"\nPONG\nPING\n",
];

/// Bytes that often, but not always, look like those of a transport.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        2 => vec(any::<u8>(), 0..40),
        2 => Just(b"\0\0\0\0\x01\x03\0\0\0pw1".to_vec()),
        2 => (0_u8..6).prop_map(|command| [0, 0, 0, 0, command].to_vec()),
        3 => vec(any::<u8>(), 1..60).prop_map(|text| {
            let length = u32::try_from(text.len()).unwrap().to_le_bytes();
            [&length, text.as_slice()].concat()
        }),
        5 => select(&WORDS[..]).prop_map(<[u8]>::to_vec),
        3 => vec(any::<u8>(), 1..60).prop_map(|text| {
            [&[u8::try_from(text.len()).unwrap()], text.as_slice()].concat()
        }),
        1 => (250_u32..400).prop_map(|length| length.to_le_bytes().to_vec()),
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn lines_arrive_as_they_were_said_however_the_bytes_are_cut(
        (kind, spoken, login) in logins(),
        commands in lines(),
        replies in lines(),
        cuts in vec(any::<Index>(), 0..20),
    ) {
        let mut server = End::server(kind, login);
        let mut client = End::client(spoken, login.then_some("pw1"));
        let [commands, replies] = [commands, replies].map(|mut lines| {
            lines.retain(|line| carries(spoken, line));
            lines
        });
        shake_hands(&mut client, &mut server);
        prop_assert_eq!(&client.heard, &[Heard::Ready]);
        server.heard.clear();
        client.heard.clear();

        for line in &commands {
            client.say(line);
        }
        for line in &replies {
            server.say(line);
        }
        server.receive_split(&client.tx, &cuts);
        client.receive_split(&server.tx, &cuts);
        server.heard.retain(|heard| *heard != Heard::Ready);
        prop_assert_eq!(server.heard, heard_lines(&commands));
        prop_assert_eq!(client.heard, heard_lines(&replies));
        prop_assert!(server.rx.is_empty() && client.rx.is_empty());
    }

    #[test]
    fn a_server_hears_and_answers_the_same_however_the_bytes_are_cut(
        kind in kinds(),
        login: bool,
        stream in streams(),
        cuts in vec(any::<Index>(), 0..40),
    ) {
        let mut whole = End::server(kind, login);
        let mut split = End::server(kind, login);
        whole.receive(&stream);
        split.receive_split(&stream, &cuts);
        prop_assert_eq!(&whole.heard, &split.heard);
        prop_assert_eq!(&whole.tx, &split.tx);
        prop_assert_eq!(whole.error, split.error);
    }

    #[test]
    fn a_client_hears_and_answers_the_same_however_the_bytes_are_cut(
        kind in kinds(),
        password: bool,
        stream in streams(),
        cuts in vec(any::<Index>(), 0..40),
    ) {
        let mut whole = End::client(kind, password.then_some("pw1"));
        let mut split = End::client(kind, password.then_some("pw1"));
        whole.receive(&stream);
        split.receive_split(&stream, &cuts);
        prop_assert_eq!(&whole.heard, &split.heard);
        prop_assert_eq!(&whole.tx, &split.tx);
        prop_assert_eq!(whole.error, split.error);
    }

    #[test]
    fn ready_comes_once_before_every_line_and_never_without_the_password(
        kind in kinds(),
        login: bool,
        stream in streams(),
    ) {
        let mut server = End::server(kind, login);
        server.receive(&stream);
        let ready = server.heard.iter().position(|heard| *heard == Heard::Ready);
        let line = server.heard.iter().position(|heard| matches!(heard, Heard::Line(_)));
        let count = server.heard.iter().filter(|heard| **heard == Heard::Ready).count();
        prop_assert!(count <= 1);
        if let Some(line) = line {
            prop_assert!(ready.is_some_and(|ready| ready < line));
        }
        if (login || asks_always(kind)) && server.limit == LIMIT_BEFORE_LOGIN {
            prop_assert!(server.heard.iter().all(|heard| *heard == Heard::Login));
        }
    }

    #[test]
    fn what_is_heard_never_holds_a_nul(kind in kinds(), stream in streams()) {
        let mut server = End::server(kind, false);
        server.receive(&stream);
        let nul = |heard: &Heard| matches!(heard, Heard::Line(line) if line.contains('\0'));
        prop_assert!(!server.heard.iter().any(nul));
    }
}

#[test]
fn a_wrong_password_is_refused_on_both_ends() {
    for kind in [SkypeProxy, Skypenet, Skyped] {
        for server_kind in [kind, Auto] {
            let mut server = End::server(server_kind, true);
            let mut client = End::client(kind, Some("pw2"));
            shake_hands(&mut client, &mut server);
            assert_eq!(server.heard, [Heard::Login], "{kind:?}");
            assert_eq!(client.heard, [Heard::Refused], "{kind:?}");
        }
    }
}

#[test]
fn where_files_cannot_be_pushed_none_is_and_no_line_waits_for_one() {
    let mut wire = Len8.start(false, true, &limits());
    let (mut rx, mut tx) = (RecvBuf::new(), Vec::new());
    rx.push(b"\x04PING");
    assert_eq!(wire.decode(&mut rx, &mut tx), Ok(Some(FromClient::Ready)));
    wire.encode(ToClient::Line("PONG"), &mut tx);
    assert_eq!((wire.takes_files(), wire.held()), (false, 0));
    assert_eq!(tx, b"\x04PONG");
}

#[test]
fn an_empty_password_is_none() {
    let mut server = End::server(SkypeProxy, false);
    let mut client = End::client(SkypeProxy, Some(""));
    shake_hands(&mut client, &mut server);
    assert_eq!(server.heard, [Heard::Ready]);
    assert_eq!(client.heard, [Heard::Ready]);
}

#[test]
fn every_error_says_what_to_do() {
    for error in [
        WireError::FrameTooLong {
            announced: 2,
            limit: 1,
        },
        WireError::Unexpected { byte: 7 },
        WireError::NoLogin,
        WireError::Tls,
        WireError::Unknown,
    ] {
        assert!(error.explain().contains("check"), "{error:?}");
    }
}
