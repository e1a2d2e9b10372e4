//! The login of one client, followed beside the machine: which of its bytes hold a password.
//! Never says anything to a client, and never decides whether a password is right: it sees what the machine does.

use alloc::boxed::Box;
use alloc::string::ToString as _;
use alloc::vec::Vec;
use core::ops::Range;

use zeroize::Zeroizing;

use super::doors::{Doors, Given, Part};
use crate::buf::RecvBuf;
use crate::config::{Limits, WireKind};
use crate::wire::{FromClient, Wire, WireError, told_kind};

/// How messages begin that are part of a login, on transports of text.
const WORDS: [&[u8]; 3] = [b"LOGIN ", b"USERNAME ", b"PASSWORD "];
/// Bytes of the length in front of a frame of SkypeProxy.
const LENGTH_BYTES: usize = 4;
/// The command of SkypeProxy that has an operand.
const WITH_OPERAND: u8 = 3;
/// What is less than this is no letter of a password, but may end a message.
const FIRST_PRINTABLE: u8 = b' ';

/// Bytes of the stream that must not be seen.
pub(super) struct Cover {
    pub(super) range: Range<u64>,
    pub(super) by: By,
}

/// What stands in their place.
pub(super) enum By {
    /// The stand-in of this secret.
    Password(Zeroizing<Vec<u8>>),
    /// Something in which messages end where they did.
    Veil(Vec<u8>),
}

/// How far a client has come.
enum State {
    /// It has not given a password.
    Asking,
    /// It has given one; the machine has not shown whether it was right.
    Checking(Given),
    /// It was refused, or is being closed: nothing that it says means anything.
    Refused,
    /// It has been let in.
    In,
}

/// One client at the door.
pub(super) struct Shadow {
    kind: WireKind,
    /// A password is wanted; the client means somebody though it names nobody.
    login: bool,
    host: bool,
    wire: Option<Box<dyn Wire + Send>>,
    rx: RecvBuf,
    /// Up to here it is known what the bytes mean.
    at: u64,
    /// How many bytes the transport has answered, without the result of a login, and how many the machine has sent.
    owed: usize,
    sent: usize,
    state: State,
}

impl Shadow {
    pub(super) fn new(kind: WireKind, (login, host): (bool, bool)) -> Self {
        Self {
            kind,
            login,
            host,
            wire: None,
            rx: RecvBuf::new(),
            at: 0,
            owed: 0,
            sent: 0,
            state: State::Asking,
        }
    }

    /// Up to here it is known what the bytes mean; `None` if that is so for all that may come.
    pub(super) const fn known(&self) -> Option<u64> {
        match self.state {
            State::Asking | State::Checking(_) => Some(self.at),
            State::Refused | State::In => None,
        }
    }

    /// True if the client has been let in.
    pub(super) const fn is_in(&self) -> bool {
        matches!(self.state, State::In)
    }

    /// Takes bytes; gives those that must not be seen.
    pub(super) fn take(&mut self, bytes: &[u8], doors: &Doors) -> Vec<Cover> {
        self.rx.push(bytes);
        let mut covers = Vec::new();
        while matches!(self.state, State::Asking) && self.step(doors, &mut covers) {}
        if matches!(self.state, State::Refused) {
            covers.extend(self.veil());
            let rest = self.rx.len();
            self.consume(rest);
        }
        covers
    }

    /// Hears the next thing that the client says. False if that is not complete.
    fn step(&mut self, doors: &Doors, covers: &mut Vec<Cover>) -> bool {
        if !self.tell(doors.limits()) {
            return false;
        }
        let Some(wire) = &mut self.wire else {
            return false;
        };
        let before = Zeroizing::new(self.rx.as_slice().to_vec());
        let mut answers = Vec::new();
        let said = wire.decode(&mut self.rx, &mut answers);
        self.owed += answers.len();
        let taken = before.len() - self.rx.len();
        let start = self.at;
        self.at += taken as u64;
        let taken = &before[..taken];
        if self.kind == WireKind::SkypeProxy {
            covers.extend(frames(taken, start));
        }
        match said {
            Ok(Some(FromClient::Login { name, password })) => {
                // The last of them is the one that counts.
                if self.kind == WireKind::SkypeProxy {
                    covers.pop();
                }
                let parts = doors.parts(name.as_deref(), self.host, password.reveal());
                self.given(taken, start, (password.reveal(), &parts), covers);
                let named = password.reveal().split_once(':');
                let name = name.or_else(|| named.map(|(name, _)| name.to_string()));
                let whole = password.reveal();
                let checked = parts.iter().find_map(|part| match part {
                    Part::Password(range) => whole.get(range.clone()),
                    Part::Unknown(_) => None,
                });
                let password = checked.unwrap_or_default().into();
                self.state = State::Checking(Given { name, password });
                true
            }
            Ok(Some(_)) => {
                self.state = State::In;
                true
            }
            Ok(None) => false,
            Err(
                WireError::FrameTooLong { .. } | WireError::Unexpected { .. } | WireError::NoLogin,
            ) => {
                covers.push(veiled(self.kind, taken, start));
                self.state = State::Refused;
                false
            }
            Err(WireError::Tls | WireError::Unknown) => {
                self.state = State::Refused;
                false
            }
        }
    }

    /// Finds out which transport it is. False if that is not clear.
    fn tell(&mut self, limits: &Limits) -> bool {
        if self.wire.is_some() {
            return true;
        }
        match told_kind(self.kind, self.rx.as_slice()) {
            Ok(None) => {}
            Ok(Some(kind)) => {
                self.kind = kind;
                self.wire = Some(kind.start(self.login, false, limits));
            }
            // Whatever that is, it is no login.
            Err(_) => {
                let rest = self.rx.len();
                self.consume(rest);
                self.state = State::Refused;
            }
        }
        self.wire.is_some()
    }

    /// Finds a password at the end of `taken`.
    fn given(
        &self,
        taken: &[u8],
        start: u64,
        (given, parts): (&str, &[Part]),
        covers: &mut Vec<Cover>,
    ) {
        let Some(place) = memchr::memmem::rfind(taken, given.as_bytes()) else {
            // It has bytes that are none of a text.
            covers.push(veiled(self.kind, taken, start));
            return;
        };
        for part in parts {
            let (range, is_password) = match part {
                Part::Password(range) => (range, true),
                Part::Unknown(range) => (range, false),
            };
            let text = given.as_bytes()[range.clone()].to_vec();
            let from = start + (place + range.start) as u64;
            covers.push(Cover {
                range: from..from + text.len() as u64,
                by: if is_password {
                    By::Password(Zeroizing::new(text))
                } else {
                    By::Veil(alloc::vec![b'x'; text.len()])
                },
            });
        }
    }

    fn consume(&mut self, count: usize) {
        self.rx.wipe(count);
        self.at += count as u64;
    }

    /// Hides all of which it is not known what it means; it is not going to be.
    pub(super) fn veil(&self) -> Option<Cover> {
        // So few bytes that not even the transport is clear hold no password.
        let is_told = self.wire.is_some() || matches!(self.state, State::Refused);
        let rest = self.rx.as_slice();
        (is_told && !rest.is_empty()).then(|| veiled(self.kind, rest, self.at))
    }

    /// The machine has sent so many bytes; gives what the client gave, if that shows that it was right.
    pub(super) fn heard(&mut self, count: usize) -> Option<Given> {
        self.sent += count;
        if self.sent <= self.owed {
            return None;
        }
        self.let_in()
    }

    /// The machine has let the client in; gives what it gave, if it gave a password.
    pub(super) fn let_in(&mut self) -> Option<Given> {
        if !matches!(self.state, State::Checking(_)) {
            return None;
        }
        match core::mem::replace(&mut self.state, State::In) {
            State::Checking(given) => Some(given),
            State::Asking | State::Refused | State::In => None,
        }
    }

    /// The machine has refused the client, or closes it; gives what must not be seen.
    pub(super) fn refused(&mut self) -> Option<Cover> {
        let cover = self.veil();
        self.state = State::Refused;
        let rest = self.rx.len();
        self.consume(rest);
        cover
    }
}

/// The texts in frames that were taken before anybody has logged in: none of them counts.
fn frames(taken: &[u8], start: u64) -> Vec<Cover> {
    let mut covers = Vec::new();
    let mut at = 0;
    while let Some((length, rest)) = taken
        .get(at..)
        .and_then(|rest| rest.split_first_chunk::<LENGTH_BYTES>())
    {
        let length = u32::from_le_bytes(*length) as usize;
        at += LENGTH_BYTES;
        if length == 0 {
            at += 1 + usize::from(rest.first() == Some(&WITH_OPERAND));
            continue;
        }
        let text = &rest[..length.min(rest.len())];
        covers.push(Cover {
            range: start + at as u64..start + (at + text.len()) as u64,
            by: By::Veil(veil_of(text)),
        });
        at += length;
    }
    covers
}

/// The whole of `bytes`, which begin at a message.
fn veiled(kind: WireKind, bytes: &[u8], start: u64) -> Cover {
    let word = WORDS.iter().find(|word| bytes.starts_with(word));
    let kept = match kind {
        WireKind::SkypeProxy => LENGTH_BYTES.min(bytes.len()),
        WireKind::Len8 => 1.min(bytes.len()),
        WireKind::Skypenet | WireKind::Skyped | WireKind::Auto => word.map_or(0, |word| word.len()),
    };
    Cover {
        range: start + kept as u64..start + bytes.len() as u64,
        by: By::Veil(veil_of(&bytes[kept..])),
    }
}

/// As many bytes, in which messages end where they did.
fn veil_of(bytes: &[u8]) -> Vec<u8> {
    let veiled = bytes.iter().map(|byte| match *byte {
        FIRST_PRINTABLE.. => b'x',
        control => control,
    });
    veiled.collect()
}

/// Hides what is said by a client of which nothing is known.
pub(super) fn veil_all(bytes: &[u8], start: u64) -> Cover {
    veiled(WireKind::Auto, bytes, start)
}
