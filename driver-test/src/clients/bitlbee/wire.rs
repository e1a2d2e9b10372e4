//! How BitlBee reads: each record for itself, line by line, and no line goes on in the next record.
//! Never waits for its login: the first commands follow the password at once.

use std::collections::VecDeque;

use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::wire::{ClientWire, FromServer, WireError};

use super::super::PIECE_BYTES;

/// Longest record that it reads, in bytes; with a longer one the account ends.
const RECORD_BYTES_MAX: usize = 16_382;
/// What it says behind its password.
const EARLY: [&str; 3] = [
    "SEARCH GROUPS CUSTOM",
    "SEARCH FRIENDS",
    "SET USERSTATUS ONLINE",
];

/// The transport as BitlBee uses it.
pub(in super::super) struct RecordWire {
    talk: Box<dyn ClientWire + Send>,
    heard: VecDeque<FromServer>,
}

impl RecordWire {
    pub(in super::super) fn new(name: &str, password: &str) -> Self {
        Self {
            talk: WireKind::Skyped.connect_as(name, Some(Secret::from(password))),
            heard: VecDeque::new(),
        }
    }

    /// Takes one line of a record.
    fn take(&mut self, line: &[u8], tx: &mut Vec<u8>) -> Result<(), WireError> {
        let announced = line.len() + 1;
        let limit = RECORD_BYTES_MAX;
        if announced > limit {
            return Err(WireError::FrameTooLong { announced, limit });
        }
        match line {
            // Whatever stands behind an empty line is not looked at.
            b"" => return Err(WireError::Unexpected { byte: b'\n' }),
            b"PING" => self.talk.encode("PONG", tx),
            b"PASSWORD OK" => self.heard.push_back(FromServer::Ready),
            b"PASSWORD KO" => self.heard.push_back(FromServer::Refused),
            line => {
                let line = String::from_utf8_lossy(line).into_owned();
                self.heard.push_back(FromServer::Line(line));
            }
        }
        Ok(())
    }
}

impl ClientWire for RecordWire {
    fn start(&mut self, tx: &mut Vec<u8>) {
        self.talk.start(tx);
        for line in EARLY {
            self.talk.encode(line, tx);
        }
    }

    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        tx: &mut Vec<u8>,
    ) -> Result<Option<FromServer>, WireError> {
        // A network without records may hand over several of them at once, and then not all of the last.
        if !rx.is_empty() && !rx.len().is_multiple_of(PIECE_BYTES) {
            let bytes = rx.as_slice().to_vec();
            rx.consume(bytes.len());
            let Some(lines) = bytes.strip_suffix(b"\n") else {
                let byte = bytes.last().copied().unwrap_or_default();
                return Err(WireError::Unexpected { byte });
            };
            for line in lines.split(|byte| *byte == b'\n') {
                self.take(line, tx)?;
            }
        }
        Ok(self.heard.pop_front())
    }

    fn encode(&mut self, line: &str, tx: &mut Vec<u8>) {
        self.talk.encode(line, tx);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(record: &[u8]) -> Result<Vec<FromServer>, WireError> {
        let mut wire = RecordWire::new("nora", "pw");
        let (mut rx, mut tx) = (RecvBuf::new(), Vec::new());
        let mut heard = Vec::new();
        rx.push(record);
        while let Some(said) = wire.decode(&mut rx, &mut tx)? {
            heard.push(said);
        }
        Ok(heard)
    }

    #[test]
    fn a_record_is_whole_lines() {
        let line = FromServer::Line("USERS bob".to_owned());
        let heard = hear(b"PASSWORD OK\nPING\nUSERS bob\n");
        assert_eq!(heard, Ok(vec![FromServer::Ready, line]));
        assert_eq!(hear(b"PASSWORD KO\n"), Ok(vec![FromServer::Refused]));
        for record in [&b"USERS bob\nUSER b"[..], b"USERS bob\n\nPONG\n", b"\n"] {
            assert!(hear(record).is_err(), "{record:?}");
        }
        assert!(hear(&[[b'x'; RECORD_BYTES_MAX].as_slice(), b"\n"].concat()).is_err());
    }
}
