//! What a machine may be told at a moment: a book about its connections and its questions.
//! Never compares anything: it only keeps a trace from telling what no driver would.

use alloc::collections::{BTreeMap, BTreeSet};

use crate::io::{ConnId, Input, Output};

/// A question that waits for its answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Question {
    Load(u64),
    Store(u64),
    Hash(u64),
    Verify(u64),
    Write(u64),
    Read(u64),
}

/// A connection that is there.
#[derive(Default, Debug)]
struct Open {
    /// It is up.
    is_up: bool,
    /// Bytes that the machine has sent and not been told of.
    unsent: usize,
}

/// What a driver would know.
#[derive(Default, Debug)]
pub(super) struct Book {
    started: bool,
    conns: BTreeMap<ConnId, Open>,
    used: BTreeSet<ConnId>,
    questions: BTreeSet<Question>,
}

impl Book {
    /// Enters what the machine is told.
    pub(super) fn told(&mut self, input: &Input<'_>) -> Result<(), &'static str> {
        if self.started == matches!(input, Input::Start) {
            return Err("\"start\" comes first, and once");
        }
        match input {
            Input::Start => self.started = true,
            Input::Accepted { conn, .. } => {
                if matches!(conn, ConnId::Upstream(_)) || !self.used.insert(*conn) {
                    return Err("somebody comes under a name that is not free");
                }
                let open = Open {
                    is_up: true,
                    unsent: 0,
                };
                self.conns.insert(*conn, open);
            }
            Input::Connected { conn } => {
                let open = self.conn(*conn)?;
                if core::mem::replace(&mut open.is_up, true) {
                    return Err("the connection is up already");
                }
            }
            Input::Received { conn, bytes } => {
                if !self.conn(*conn)?.is_up || bytes.is_empty() {
                    return Err("nothing can have been received");
                }
            }
            Input::Sent { conn, count } => {
                let open = self.conn(*conn)?;
                if !open.is_up || *count == 0 || *count > open.unsent {
                    return Err("so much was not there to be sent");
                }
                open.unsent -= count;
            }
            Input::Closed { conn, .. } => {
                self.conn(*conn)?;
                self.conns.remove(conn);
            }
            Input::Loaded { load, .. } => self.answered(Question::Load(load.0))?,
            Input::Stored { op, .. } => self.answered(Question::Store(op.0))?,
            Input::Hashed { job, .. } => self.answered(Question::Hash(job.0))?,
            Input::Verified { job, .. } => self.answered(Question::Verify(job.0))?,
            Input::FileWritten { job, .. } => self.answered(Question::Write(job.0))?,
            Input::FileRead { job, .. } => self.answered(Question::Read(job.0))?,
            Input::Control(_) | Input::Tick => {}
        }
        Ok(())
    }

    /// Enters what the machine asks for.
    pub(super) fn asked(&mut self, output: &Output) {
        match output {
            Output::Connect { conn, .. } => {
                self.used.insert(*conn);
                self.conns.insert(*conn, Open::default());
            }
            Output::Send { conn, bytes } => {
                if let Some(open) = self.conns.get_mut(conn) {
                    open.unsent += bytes.len();
                }
            }
            Output::Load { load, .. } => self.ask(Question::Load(load.0)),
            Output::Store { op, .. } => self.ask(Question::Store(op.0)),
            Output::Hash { job, .. } => self.ask(Question::Hash(job.0)),
            Output::Verify { job, .. } => self.ask(Question::Verify(job.0)),
            Output::WriteFile { job, .. } => self.ask(Question::Write(job.0)),
            Output::ReadFile { job, .. } => self.ask(Question::Read(job.0)),
            Output::Reading { .. }
            | Output::Close { .. }
            | Output::RunCallHandler { .. }
            | Output::Stopped
            | Output::Status(_)
            | Output::Users { .. }
            | Output::Probed { .. }
            | Output::Lifted { .. }
            | Output::Reloaded(_)
            | Output::Event(_) => {}
        }
    }

    fn conn(&mut self, conn: ConnId) -> Result<&mut Open, &'static str> {
        let open = self.conns.get_mut(&conn);
        open.ok_or("there is no such connection")
    }

    fn ask(&mut self, question: Question) {
        self.questions.insert(question);
    }

    fn answered(&mut self, question: Question) -> Result<(), &'static str> {
        if self.questions.remove(&question) {
            Ok(())
        } else {
            Err("the machine has not asked for that")
        }
    }
}
