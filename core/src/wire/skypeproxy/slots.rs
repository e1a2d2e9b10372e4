//! File slots of SkypeProxy, both roles: how a server pushes one file at a time to a client.
//! Never decides which file goes to whom, and never writes one anywhere.
//!
//! Byte by byte in `core/docs/client-transports.md`.

use alloc::string::String;
use alloc::vec::Vec;

use super::{LENGTH_BYTES, NO, SERVER_FRAME_BYTES_MAX, WireError, YES, line_of, put_command};
use crate::buf::RecvBuf;

/// Command of the server: it wants to push a file of this name.
const OPEN_SLOT: u8 = 4;
/// Command of the server: a part of the file.
const DATA_SLOT: u8 = 5;
/// Command of the server: that was all of it.
const CLOSE_SLOT: u8 = 6;
/// Flag of either side: it knows the three commands.
pub(super) const USE_SLOTS: u8 = 2;
/// The one slot there is; naming it is the answer that lets a file come.
const SLOT: u8 = 1;
/// The answer of a client that has no slot left.
const NO_SLOT: u8 = 0xFF;
/// Longest name with the NUL behind it, in bytes: known clients have no more room, and do not look.
const NAME_BYTES_MAX: usize = 260;
/// Longest part of a file in one command, in bytes.
const PART_BYTES_MAX: usize = 32_768;
/// Bytes of a length and a command.
const HEAD_BYTES: usize = LENGTH_BYTES + 1;

/// What begins the bytes of a client that was asked for a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum First {
    /// A frame or a command, or nothing yet.
    Item,
    /// The answer.
    Answer(u8),
    /// Either; a few bytes more will tell.
    Unclear,
}

/// How far the push of a file has come.
#[derive(Debug, Default)]
enum Push {
    /// There is none.
    #[default]
    None,
    /// The client was asked for a slot.
    Asked {
        /// All commands that carry the file.
        file: Vec<u8>,
        /// Frames that have to wait: the client would take them for parts of the file.
        behind: Vec<u8>,
    },
    /// It is over; whoever wanted it has not heard so.
    Over {
        /// Whether the client took it.
        taken: bool,
    },
}

/// The server's side of slots.
#[derive(Debug, Default)]
pub(super) struct Slots {
    offered: bool,
    agreed: bool,
    push: Push,
}

impl Slots {
    /// Slots of a new connection, offered to the client or not.
    pub(super) const fn new(offered: bool) -> Self {
        Self {
            offered,
            agreed: false,
            push: Push::None,
        }
    }

    /// What they add to the flags of the server.
    pub(super) const fn flag(&self) -> u8 {
        if self.offered { USE_SLOTS } else { 0 }
    }

    /// Takes the flags of the client.
    pub(super) const fn agree(&mut self, flags: u8) {
        self.agreed = self.offered && flags & USE_SLOTS != 0;
    }

    /// True if files can be pushed.
    pub(super) const fn is_agreed(&self) -> bool {
        self.agreed
    }

    /// Asks the client for a slot. Where that is no use, the push is over at once.
    pub(super) fn push(&mut self, name: &str, bytes: &[u8], tx: &mut Vec<u8>) {
        if let Push::Asked { .. } = self.push {
            debug_assert!(false, "one file at a time");
            return;
        }
        let length = u16::try_from(name.len() + 1).ok();
        let length = length.filter(|length| usize::from(*length) <= NAME_BYTES_MAX);
        let sound = self.agreed && !name.is_empty() && !name.contains('\0');
        let Some(length) = length.filter(|_| sound) else {
            self.push = Push::Over { taken: false };
            return;
        };
        put_command(OPEN_SLOT, tx);
        tx.extend_from_slice(&length.to_le_bytes());
        tx.extend_from_slice(name.as_bytes());
        tx.push(0);
        self.push = Push::Asked {
            file: commands_of(bytes),
            behind: Vec::new(),
        };
    }

    /// Where frames go now: to `tx`, or to those that wait.
    pub(super) const fn queue<'a>(&'a mut self, tx: &'a mut Vec<u8>) -> &'a mut Vec<u8> {
        match &mut self.push {
            Push::Asked { behind, .. } => behind,
            Push::None | Push::Over { .. } => tx,
        }
    }

    /// How many bytes of frames wait.
    pub(super) const fn held(&self) -> usize {
        match &self.push {
            Push::Asked { behind, .. } => behind.len(),
            Push::None | Push::Over { .. } => 0,
        }
    }

    /// Whether the push that has come to its end has brought the file to the client; told once.
    pub(super) fn outcome(&mut self) -> Option<bool> {
        let Push::Over { taken } = self.push else {
            return None;
        };
        self.push = Push::None;
        Some(taken)
    }

    /// What begins `bytes`, which the client has sent.
    ///
    /// An answer is one bare byte among frames. The byte of an answer may begin the length of a frame too; then those
    /// behind it tell, and whoever has sent one of them will send all five that are needed. Only where there is
    /// nothing behind it is nothing waited for, because a client may wait in its turn.
    pub(super) fn first(&self, bytes: &[u8]) -> First {
        let (Push::Asked { .. }, [answer @ (NO | SLOT | NO_SLOT), rest @ ..]) = (&self.push, bytes)
        else {
            return First::Item;
        };
        match rest {
            [] => First::Answer(*answer),
            [high, 0, 0, text, ..] => {
                let is_length = *high > 0 || *answer == NO_SLOT;
                let is_frame = is_length && *text >= b' ';
                let is_command = *answer == NO && *high == 0 && *text != 0;
                if is_frame || is_command {
                    First::Item
                } else {
                    First::Answer(*answer)
                }
            }
            [_, _, _, _, ..] => First::Answer(*answer),
            _ => First::Unclear,
        }
    }

    /// Takes the answer: appends the file if it is wanted, and then what had to wait.
    pub(super) fn answered(&mut self, answer: u8, tx: &mut Vec<u8>) {
        let taken = answer == SLOT;
        let over = Push::Over { taken };
        let Push::Asked { file, behind } = core::mem::replace(&mut self.push, over) else {
            debug_assert!(false, "an answer to no question");
            return;
        };
        if taken {
            tx.extend_from_slice(&file);
        }
        tx.extend_from_slice(&behind);
    }
}

/// The commands that carry a file through an open slot and close it.
fn commands_of(bytes: &[u8]) -> Vec<u8> {
    let parts = bytes.len().div_ceil(PART_BYTES_MAX) + 1;
    let mut commands = Vec::with_capacity(bytes.len() + parts * (HEAD_BYTES + 5));
    for part in bytes.chunks(PART_BYTES_MAX) {
        put_command(DATA_SLOT, &mut commands);
        commands.push(SLOT);
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        commands.extend_from_slice(&length.to_le_bytes());
        commands.extend_from_slice(part);
    }
    put_command(CLOSE_SLOT, &mut commands);
    commands.push(SLOT);
    commands
}

/// What a command of the server has come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Heard {
    /// It is not complete.
    More,
    /// It was obeyed, and there is nothing to tell.
    Obeyed,
    /// A file is complete: its name, and what is in it.
    File(String, Vec<u8>),
}

/// The client's side of slots.
#[derive(Debug, Default)]
pub(super) struct ClientSlots {
    /// The server knows that there are slots.
    pub(super) agreed: bool,
    open: Option<(String, Vec<u8>)>,
}

impl ClientSlots {
    /// Takes a command of the server out of `rx` and obeys it.
    pub(super) fn obey(
        &mut self,
        command: u8,
        rx: &mut RecvBuf,
        tx: &mut Vec<u8>,
    ) -> Result<Heard, WireError> {
        let operands = rx.as_slice().get(HEAD_BYTES..).unwrap_or_default();
        match (command, operands) {
            (OPEN_SLOT, [low, high, rest @ ..]) => {
                let length = usize::from(u16::from_le_bytes([*low, *high]));
                within(length, NAME_BYTES_MAX)?;
                let Some(name) = rest.get(..length) else {
                    return Ok(Heard::More);
                };
                if self.open.is_some() {
                    tx.push(NO_SLOT);
                } else {
                    self.open = Some((line_of(name), Vec::new()));
                    tx.push(YES);
                }
                rx.consume(HEAD_BYTES + 2 + length);
                Ok(Heard::Obeyed)
            }
            (DATA_SLOT, [slot, a, b, c, d, rest @ ..]) => {
                let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
                let Some((_, bytes)) = self.open.as_mut().filter(|_| *slot == SLOT) else {
                    return Err(WireError::Unexpected { byte: *slot });
                };
                within(length.saturating_add(bytes.len()), SERVER_FRAME_BYTES_MAX)?;
                let Some(part) = rest.get(..length) else {
                    return Ok(Heard::More);
                };
                bytes.extend_from_slice(part);
                rx.consume(HEAD_BYTES + 5 + length);
                Ok(Heard::Obeyed)
            }
            (CLOSE_SLOT, [slot, ..]) => {
                let Some((name, bytes)) = self.open.take().filter(|_| *slot == SLOT) else {
                    return Err(WireError::Unexpected { byte: *slot });
                };
                rx.consume(HEAD_BYTES + 1);
                Ok(Heard::File(name, bytes))
            }
            (OPEN_SLOT | DATA_SLOT | CLOSE_SLOT, _) => Ok(Heard::More),
            (byte, _) => Err(WireError::Unexpected { byte }),
        }
    }
}

const fn within(announced: usize, limit: usize) -> Result<(), WireError> {
    if announced > limit {
        return Err(WireError::FrameTooLong { announced, limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
