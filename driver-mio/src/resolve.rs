//! Host names to addresses, on one thread of their own that starts with the first question.
//! Never asks twice for a name while an answer to it is on its way, and never keeps an answer.

use std::collections::BTreeMap;
use std::io;
use std::net::ToSocketAddrs;
use std::sync::Arc;

use imo2sproxy_core::io::ConnId;

use crate::jobs::{self, Answer, Answers, Jobs};

/// How many names may be looked up at a time; beyond it a connection attempt fails at once.
const NAMES_MAX: usize = 1024;

/// Who waits for the addresses of which name.
#[derive(Debug)]
pub(crate) struct Resolver {
    jobs: Arc<Jobs<(String, u16)>>,
    waiting: BTreeMap<(String, u16), Vec<ConnId>>,
    answers: Arc<Answers>,
    started: bool,
}

impl Resolver {
    /// A resolver that answers to `answers`.
    pub(crate) fn new(answers: Arc<Answers>) -> Self {
        Self {
            jobs: Arc::new(Jobs::new()),
            waiting: BTreeMap::new(),
            answers,
            started: false,
        }
    }

    /// Asks for the addresses of `host`; the answer is an [`Answer::Resolved`].
    ///
    /// # Errors
    /// If too many names wait, or the thread cannot be started.
    pub(crate) fn ask(&mut self, host: &str, port: u16, conn: ConnId) -> io::Result<()> {
        let name = (host.to_owned(), port);
        if let Some(waiting) = self.waiting.get_mut(&name) {
            waiting.push(conn);
            return Ok(());
        }
        if self.waiting.len() >= NAMES_MAX {
            return Err(io::Error::other("too many names to look up"));
        }
        if !self.started {
            let jobs = Arc::clone(&self.jobs);
            jobs::spawn("resolver", Arc::clone(&self.answers), move |answers| {
                while let Some((host, port)) = jobs.take() {
                    answers.push(resolve(host, port));
                }
            })?;
            self.started = true;
        }
        self.waiting.insert(name.clone(), vec![conn]);
        self.jobs.push(name);
        Ok(())
    }

    /// Who has asked for this name; they are forgotten.
    pub(crate) fn answered(&mut self, host: &str, port: u16) -> Vec<ConnId> {
        self.waiting
            .remove(&(host.to_owned(), port))
            .unwrap_or_default()
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        // The thread is not waited for: a name server may take half a minute to say nothing.
        self.jobs.abandon();
    }
}

fn resolve(host: String, port: u16) -> Answer {
    let addresses = (host.as_str(), port)
        .to_socket_addrs()
        .map(Iterator::collect)
        .unwrap_or_default();
    Answer::Resolved {
        host,
        port,
        addresses,
    }
}
