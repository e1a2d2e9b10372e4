//! A new configuration, certificates included: read on a thread of its own, taken on between two turns.
//! Never takes on a part of one: what is wrong with it changes nothing.

use std::io;
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use imo2sproxy_core::config::Config;
use imo2sproxy_core::event::{Event, EventKind};
use imo2sproxy_core::io::{Control, Input, ListenerId, Machine, Reloaded};
use imo2sproxy_core::trace::{Secrecy, can_hide};

use super::EventLoop;
use super::accept::Door;
use super::parts::{Bound, Renew};
use super::reactor::Reactor;
use crate::jobs::Answer;
use crate::via::Ways;

/// Where the socket of a listener comes from.
#[derive(Debug)]
pub enum Seat {
    /// It is that of this listener, which is open.
    Of(ListenerId),
    /// It is new.
    New(TcpListener),
}

/// What holds from now on.
#[derive(Debug)]
pub struct Renewal {
    /// What the machine is told; `None`: nothing new.
    pub config: Option<Config>,
    /// All listeners that are to be open.
    pub listeners: Vec<Bound<Seat>>,
    /// How connections of ours speak TLS that are made from now on; `None` if none does.
    pub client_tls: Option<Arc<rustls::ClientConfig>>,
    /// Which of them lead through a proxy.
    pub ways: Ways,
    /// What is to be said about it to people, line by line.
    pub lines: Vec<String>,
}

/// Reads the configuration again, one time after the other.
pub(super) struct Source(Arc<Mutex<Renew>>);

impl Source {
    pub(super) fn new(renew: Renew) -> Self {
        Self(Arc::new(Mutex::new(renew)))
    }
}

impl<M: Machine> EventLoop<M> {
    /// Begins to read the configuration again; the caller at the desk, if there is one, hears what comes of it.
    pub(super) fn begin_renewal(&mut self, caller: Option<usize>) {
        let Some(Source(source)) = &self.hosted.reactor.renewal else {
            return self.renewal_over(caller, Err("it has nothing to read again".into()));
        };
        let (source, answers) = (Arc::clone(source), Arc::clone(&self.answers));
        let read = move || {
            let mut renew = source.lock().unwrap_or_else(PoisonError::into_inner);
            let read = catch_unwind(AssertUnwindSafe(&mut *renew));
            let read = read.unwrap_or_else(|_| Err("internal error: reading it failed".into()));
            // Under the lock, so that what was read later comes later.
            answers.push(Answer::Renewed(caller, read.map(Box::new)));
        };
        let thread = thread::Builder::new().name("configuration".into());
        if thread.spawn(read).is_err() {
            self.renewal_over(caller, Err("the system has no thread to give".into()));
        }
    }

    /// Takes on what was read.
    pub(super) fn renew(&mut self, caller: Option<usize>, read: Result<Box<Renewal>, String>) {
        let result = match read {
            _ if self.draining => Err("the process is about to end".into()),
            Err(why) => Err(why),
            Ok(renewal) => Ok(self.take_on(*renewal)),
        };
        self.renewal_over(caller, result);
    }

    fn take_on(&mut self, renewal: Renewal) -> Vec<String> {
        let mut lines = renewal.lines;
        if let Some(config) = renewal.config {
            self.hide_from_recording(&config);
            if let Some(recordable) = &mut self.recordable {
                recordable.plan.set_config(config.clone());
            }
            self.hosted.reactor.reloaded = None;
            let reload = Control::Reload(Box::new(config));
            self.hosted.feed(Input::Control(reload));
            let told = self.hosted.reactor.reloaded.take();
            lines.extend(told.map(accounts));
        }
        let reactor = &mut self.hosted.reactor;
        reactor.client_tls = renewal.client_tls;
        reactor.ways = renewal.ways;
        lines.extend(reactor.renew_doors(renewal.listeners));
        lines
    }

    /// A recording that would show a new password ends before it comes.
    fn hide_from_recording(&mut self, config: &Config) {
        let hides = self.recordable.as_ref();
        let hides = hides.is_some_and(|recordable| recordable.secrecy == Secrecy::Hidden);
        if self.hosted.is_recording()
            && hides
            && let Err(refusal) = can_hide(config)
        {
            let event = Event::process(EventKind::RecordingFailed, refusal.to_string());
            self.hosted.reactor.tell(&event);
            self.hosted.stop_recording();
        }
    }

    fn renewal_over(&mut self, caller: Option<usize>, result: Result<Vec<String>, String>) {
        let (event, text) = match &result {
            Ok(lines) => {
                let detail = format!("the configuration was read again: {}", lines.join("; "));
                let event = Event::process(EventKind::Reloaded, detail);
                (event, format!("ok\n{}\n", lines.join("\n")))
            }
            Err(why) => {
                let why = why.replace(['\n', '\r'], " ");
                let detail = format!("nothing has changed: {why}");
                let event = Event::process(EventKind::ReloadFailed, detail);
                (event, format!("error nothing has changed: {why}\n"))
            }
        };
        let reactor = &mut self.hosted.reactor;
        reactor.tell(&event);
        if let Some(key) = caller {
            reactor.desk.answer(reactor.now.mono, key, text);
        }
    }
}

impl Reactor {
    /// Opens the listeners that are new, and closes those that are no more. Gives complaints.
    fn renew_doors(&mut self, wanted: Vec<Bound<Seat>>) -> Vec<String> {
        let mut before = std::mem::take(&mut self.doors);
        let mut complaints = Vec::new();
        for bound in wanted {
            let id = bound.listener;
            let door = match bound.part() {
                (Seat::New(socket), bound) => Door::open(bound.at(socket), &self.registry),
                (Seat::Of(seat), bound) => match before.iter().position(|door| door.is(seat)) {
                    Some(place) => before.swap_remove(place).change(bound, &self.registry),
                    None => Err(io::Error::other("its socket is gone")),
                },
            };
            match door {
                Ok(door) => self.doors.push(door),
                Err(error) => complaints.push(format!("listener {} is closed: {error}", id.0)),
            }
        }
        complaints
    }
}

fn accounts(done: Reloaded) -> String {
    let Reloaded {
        added,
        changed,
        removed,
        untouched,
    } = done;
    format!("accounts added {added}, changed {changed}, removed {removed}, untouched {untouched}")
}
