//! How the network build of Pidgin's plugin reads: 3095 bytes at once, and less than that counts as whole messages.
//! Never puts together what a gateway has cut: half a message is shown as one, and its rest as another.

use std::collections::VecDeque;

use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::wire::{ClientWire, FromServer, WireError};

use super::super::PIECE_BYTES;

/// So many bytes are read at once; if there are as many, they wait for the next ones.
const READ_BYTES: usize = 3095;
/// What ends a message.
const END: char = '\u{17}';

/// The transport as the plugin uses it.
pub(in super::super) struct NetworkWire {
    talk: Box<dyn ClientWire + Send>,
    /// Full reads that wait for one that is not.
    stored: Vec<u8>,
    heard: VecDeque<FromServer>,
    let_in: bool,
}

impl NetworkWire {
    pub(in super::super) fn new(name: &str, password: &str) -> Self {
        Self {
            talk: WireKind::Skypenet.connect_as(name, Some(Secret::from(password))),
            stored: Vec::new(),
            heard: VecDeque::new(),
            let_in: false,
        }
    }

    /// Takes what has been read apart, after white space at both ends is gone.
    fn take_apart(&mut self) {
        let read = std::mem::take(&mut self.stored);
        let text = String::from_utf8_lossy(&read);
        for message in text.trim_ascii().split(END) {
            let heard = match message {
                "" => continue,
                "LOGIN" if !self.let_in => {
                    self.let_in = true;
                    FromServer::Ready
                }
                "CONNSTATUS LOGGEDOUT" if !self.let_in => FromServer::Refused,
                line => FromServer::Line(line.to_owned()),
            };
            self.heard.push_back(heard);
        }
    }
}

impl ClientWire for NetworkWire {
    fn start(&mut self, tx: &mut Vec<u8>) {
        self.talk.start(tx);
    }

    fn decode(
        &mut self,
        rx: &mut RecvBuf,
        _tx: &mut Vec<u8>,
    ) -> Result<Option<FromServer>, WireError> {
        // What the network hands over in pieces is in the socket of the real one as a whole.
        while !rx.is_empty() && !rx.len().is_multiple_of(PIECE_BYTES) {
            let count = rx.len().min(READ_BYTES);
            self.stored.extend_from_slice(&rx.as_slice()[..count]);
            rx.consume(count);
            if count < READ_BYTES {
                self.take_apart();
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

    fn heard(pieces: &[&[u8]]) -> Vec<FromServer> {
        let mut wire = NetworkWire::new("nora", "pw");
        let (mut rx, mut tx) = (RecvBuf::new(), Vec::new());
        let mut heard = Vec::new();
        for piece in [b"LOGIN\x17"]
            .iter()
            .map(|login| &login[..])
            .chain(pieces.iter().copied())
        {
            rx.push(piece);
            while let Some(said) = wire.decode(&mut rx, &mut tx).expect("it takes everything") {
                heard.push(said);
            }
        }
        heard.remove(0);
        heard
    }

    fn line(text: &str) -> FromServer {
        FromServer::Line(text.to_owned())
    }

    #[test]
    fn half_a_message_is_taken_for_one() {
        assert_eq!(
            heard(&[b"USER bob ", b"FULLNAME Bob \x17PONG\x17"]),
            [line("USER bob"), line("FULLNAME Bob "), line("PONG")]
        );
    }

    #[test]
    fn a_full_read_waits_for_the_next() {
        let full = [b'x'; READ_BYTES];
        assert_eq!(heard(&[&full]), []);
        let text = format!("{}y", "x".repeat(READ_BYTES));
        assert_eq!(heard(&[&full, b"y\x17"]), [line(&text)]);
    }
}
