//! A talk between both ends of a transport, with lines both ways and files that are pushed in between.
//! Never cuts what a client says while a file is on its way: there a bare byte can be taken for an answer.

use std::collections::VecDeque;
use std::mem;

use imo2sproxy_core::config::WireKind;
use imo2sproxy_core::wire::ToClient;

use super::{
    End, GENEROUS, Heard, LINE_BYTES_MAX, PASSWORD, Role, asks_always, kind, means_nothing_else,
};
use crate::fuzzing::cuts::pieces;

/// What is done next: the lower bits of a byte of the script; the others say how much.
const CLIENT_SAYS: u8 = 0;
const SERVER_SAYS: u8 = 1;
const SERVER_PUSHES: u8 = 2;
const TO_CLIENT: u8 = 3;
const TO_SERVER: u8 = 4;
/// How often the bytes of a file are repeated that is to be long: then it takes several parts.
const LONG_FILE: usize = 1_100;

/// Plays `script` with a client and a server that let each other in, and compares what they hear with what was said.
///
/// # Panics
/// If anything is lost, doubled, changed or out of order.
pub(super) fn talk(options: u8, script: &[u8]) {
    // The one-byte length has no words for a password.
    let mute = kind(options) == WireKind::Len8;
    let password = if mute { 0 } else { options & PASSWORD };
    let mut stage = Stage::new((options & !PASSWORD) | password | GENEROUS);
    stage.carry_all();
    stage.check_ready();
    // What ends a message is never part of one.
    let unsaid: &[char] = if asks_always(options) {
        &['\0', '\n', '\u{17}']
    } else {
        &['\0']
    };
    let mut rest = script;
    while let Some((step, behind)) = rest.split_first() {
        let (argument, later) = behind.split_at(behind.len().min(usize::from(step >> 3)));
        rest = later;
        let line = String::from_utf8_lossy(argument).replace(unsaid, "");
        match step & 7 {
            CLIENT_SAYS => stage.client_says(&line),
            SERVER_SAYS => stage.server_says(&line),
            SERVER_PUSHES => {
                let long = argument.first() == Some(&u8::MAX);
                let bytes = argument.repeat(if long { LONG_FILE } else { 1 });
                stage.push(&line, &bytes);
            }
            TO_CLIENT => stage.carry_to_client(argument.len()),
            TO_SERVER => stage.carry_to_server(),
            // Long lines, which no step of the script has room for.
            repeat => {
                let line = line.repeat(usize::from(repeat));
                stage.client_says(&line);
                stage.server_says(&line);
            }
        }
        stage.compare();
    }
    stage.carry_all();
    stage.compare();
    stage.check_nothing_is_left();
}

struct Stage {
    options: u8,
    client: End,
    server: End,
    /// What each end has to hear yet, in order.
    client_hears: VecDeque<Heard>,
    server_hears: VecDeque<Heard>,
    /// What is under way to the client.
    pipe: VecDeque<u8>,
    /// The file that is on its way, and the lines that wait behind it.
    pushed: Option<Heard>,
    held: VecDeque<Heard>,
}

impl Stage {
    fn new(options: u8) -> Self {
        Self {
            options,
            client: End::client(options),
            server: End::server(options, true),
            client_hears: VecDeque::new(),
            server_hears: VecDeque::new(),
            pipe: VecDeque::new(),
            pushed: None,
            held: VecDeque::new(),
        }
    }

    /// Both have heard that they may speak; where there is no handshake the server hears it with the first line.
    fn check_ready(&mut self) {
        assert_eq!(mem::take(&mut self.client.heard), [Heard::Ready]);
        let server = mem::take(&mut self.server.heard);
        if server.last() != Some(&Heard::Ready) {
            self.client.say("PING");
            self.carry_to_server();
            let heard = mem::take(&mut self.server.heard);
            assert_eq!(heard, [Heard::Ready, Heard::Line("PING".into())]);
        }
    }

    fn client_says(&mut self, line: &str) {
        // A tag in front, as clients put it: frames of a byte or two look like answers about files.
        let line = format!("#7 {line}");
        if line.len() > LINE_BYTES_MAX {
            return;
        }
        self.client.say(&line);
        self.server_hears.push_back(Heard::Line(line));
    }

    fn server_says(&mut self, line: &str) {
        if line.len() > LINE_BYTES_MAX || !means_nothing_else(self.options, line, true) {
            return;
        }
        self.server.say(line);
        let heard = Heard::Line(line.to_owned());
        if self.pushed.is_some() {
            self.held.push_back(heard);
        } else {
            self.client_hears.push_back(heard);
        }
    }

    fn push(&mut self, name: &str, bytes: &[u8]) {
        let Role::Server(wire) = &mut self.server.role else {
            return;
        };
        if !wire.takes_files() || self.pushed.is_some() || name.is_empty() {
            return;
        }
        wire.encode(ToClient::File { name, bytes }, &mut self.server.tx);
        self.pushed = Some(Heard::File(name.to_owned(), bytes.to_owned()));
    }

    /// Carries `count` bytes to the client, in the pieces that they ask for themselves.
    fn carry_to_client(&mut self, count: usize) {
        self.pipe.extend(self.server.tx.drain(..));
        let count = count.min(self.pipe.len());
        let bytes: Vec<u8> = self.pipe.drain(..count).collect();
        pieces(&bytes, 0).for_each(|piece| self.client.receive(piece));
    }

    fn carry_to_server(&mut self) {
        let bytes = mem::take(&mut self.client.tx);
        self.server.receive(&bytes);
    }

    /// Carries bytes both ways until none are left.
    fn carry_all(&mut self) {
        while !(self.client.tx.is_empty() && self.server.tx.is_empty() && self.pipe.is_empty()) {
            self.carry_to_server();
            self.carry_to_client(usize::MAX);
        }
    }

    /// Takes what was heard off what was to be heard.
    fn compare(&mut self) {
        for heard in self.server.heard.drain(..) {
            if let Heard::FileTaken(taken) = heard {
                assert!(taken, "nobody refuses a file here");
                let file = self.pushed.take();
                self.client_hears.extend(file);
                self.client_hears.append(&mut self.held);
            } else {
                assert_eq!(self.server_hears.pop_front().as_ref(), Some(&heard));
            }
        }
        for heard in self.client.heard.drain(..) {
            assert_eq!(self.client_hears.pop_front().as_ref(), Some(&heard));
        }
        assert_eq!((self.client.error, self.server.error), (None, None));
    }

    fn check_nothing_is_left(&self) {
        assert!(self.client_hears.is_empty(), "not all came to the client");
        assert!(self.server_hears.is_empty(), "not all came to the server");
        assert!(self.pushed.is_none(), "a file got stuck");
        assert!(self.client.rx.is_empty() && self.server.rx.is_empty());
    }
}
