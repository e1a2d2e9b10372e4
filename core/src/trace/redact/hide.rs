//! Hides secrets in what a machine is told and asks for beside the bytes of connections.
//! Never looks at bytes that come in pieces.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use super::Redactor;
use super::herald::Herald;
use super::rules::HASH;
use super::stream::{Rules, Stream};
use super::view::View;
use crate::trace::bytes::Bytes;
use crate::trace::header::MachineKind;
use crate::trace::input::In;
use crate::trace::operator::Asked;
use crate::trace::output::Out;
use crate::trace::stored::{Asks, Change};

impl Redactor {
    pub(super) fn hide_in(&mut self, input: &mut In) {
        match input {
            In::Hashed { hash, .. } => {
                self.secrets.learn(hash.as_bytes());
                self.hide_text(hash);
            }
            In::Loaded { records, .. } => {
                for record in records.iter_mut().flatten() {
                    self.hide_text(&mut record.key);
                    self.hide_record(&mut record.value);
                }
            }
            In::Control(asked) => {
                // Those of a configuration are as good as those that were there from the start.
                if let Asked::Reload { config } = asked {
                    for secret in config.secrets() {
                        self.keep(secret);
                    }
                } else if let Some(secret) = asked.secret() {
                    self.learn_text(secret);
                }
            }
            In::FileRead { bytes, .. } => {
                if let Some(bytes) = bytes {
                    self.hide_bytes(bytes, &[]);
                }
            }
            In::Start
            | In::Accepted { .. }
            | In::Connected { .. }
            | In::Received { .. }
            | In::Sent { .. }
            | In::Closed { .. }
            | In::Stored { .. }
            | In::Verified { .. }
            | In::FileWritten { .. }
            | In::Tick => {}
        }
    }

    pub(super) fn hide_out(&mut self, output: &mut Out) {
        match output {
            Out::Hash { secret, .. } => self.learn_text(secret),
            Out::Verify { secret, hash, .. } => {
                if self.machine == MachineKind::Service {
                    self.learn_text(secret);
                } else {
                    // Whoever guesses does not decide what is hidden everywhere.
                    self.place_text(secret);
                }
                self.learn_text(hash);
            }
            Out::Store { changes, .. } => {
                for change in changes {
                    match change {
                        Change::Put { put, value } => {
                            self.hide_text(put);
                            self.hide_record(value);
                        }
                        Change::Remove { remove: key } | Change::RemoveAll { remove_all: key } => {
                            self.hide_text(key)
                        }
                    }
                }
            }
            Out::Load { queries, .. } => {
                for query in queries {
                    match query {
                        Asks::Get { get: key }
                        | Asks::Range { range: key, .. }
                        | Asks::Count { count: key } => self.hide_text(key),
                    }
                }
            }
            Out::WriteFile { name, bytes, .. } => {
                self.hide_text(name);
                self.hide_bytes(bytes, &[]);
            }
            Out::ReadFile { name, .. } => self.hide_text(name),
            Out::RunCallHandler { peer, .. } => self.hide_text(peer),
            Out::Event { detail, .. } => self.hide_text(detail),
            Out::Connect { .. }
            | Out::Send { .. }
            | Out::Reading { .. }
            | Out::Close { .. }
            | Out::Status(_)
            | Out::Users(_)
            | Out::Probed { .. }
            | Out::Lifted { .. }
            | Out::Reloaded { .. }
            | Out::Stopped => {}
        }
    }

    fn learn_text(&mut self, text: &mut String) {
        self.secrets.learn(text.as_bytes());
        self.place_text(text);
    }

    /// Hides a secret that is the whole of `text`.
    fn place_text(&mut self, text: &mut String) {
        let stand_in = self.placed(text.as_bytes());
        *text = String::from_utf8_lossy(&stand_in).into_owned();
    }

    /// What stands in the place of a secret.
    pub(super) fn placed(&mut self, text: &[u8]) -> Vec<u8> {
        let (stand_in, is_own) = self.secrets.place(text);
        self.is_blurred |= !is_own;
        stand_in
    }

    fn hide_record(&mut self, value: &mut Bytes) {
        self.hide_bytes(value, &[HASH]);
    }

    pub(super) fn hide_text(&mut self, text: &mut String) {
        let mut bytes = Bytes(mem::take(text).into_bytes());
        self.hide_bytes(&mut bytes, &[]);
        *text = String::from_utf8_lossy(&bytes.0).into_owned();
    }

    /// Hides what is known, and what `heralds` announce, in bytes that stand for themselves.
    fn hide_bytes(&mut self, bytes: &mut Bytes, heralds: &'static [Herald]) {
        let view = View::default();
        let mut stream = Stream::new(Rules {
            view,
            heralds,
            ..Rules::default()
        });
        let end = stream.push(&bytes.0, &mut self.secrets);
        stream.finish(&mut self.secrets);
        *bytes = Bytes(stream.take(0..end));
    }
}
