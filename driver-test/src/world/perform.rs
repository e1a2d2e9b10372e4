//! Outputs of machines become plans of the world; what breaks the contract becomes a failure.
//! Never calls a machine: every consequence comes as a later job.

use std::time::Duration;

use imo2sproxy_core::io::{CloseCause, CloseHow, ConnId, Origin, Output};
use imo2sproxy_core::rng::Rng;

use super::disk::Work;
use super::ending::Ending;
use super::network::{CLOSE_WAIT, CONNECT_WAIT};
use super::{Door, Job, World};
use crate::faults::Fault;
use crate::host::{DiskRequest, Entry, FileRequest, HandledCall, Life, Question};
use crate::net::{ConnKey, Connection, Doom, End, NetJob, Phase, Side};

impl World {
    pub(super) fn perform(&mut self, life: Life, output: Output) {
        // A machine that has stopped within this list may have last words, but no wishes.
        if !self.lives(life) && !matches!(output, Output::Event(_)) {
            self.fail("a machine asks for something after it has stopped");
        }
        match output {
            Output::Connect { conn, origin } => self.connect(life, conn, origin),
            Output::Send { conn, bytes } => self.send(life, conn, bytes),
            Output::Reading { conn, on } => self.set_reading(life, conn, on),
            Output::Close { conn, how } => self.close(life, conn, how),
            Output::Load { load, queries } => {
                self.ask(life, Question::Load(load));
                self.ask_disk(life, DiskRequest::Load(load, queries));
            }
            Output::Store { op, changes } => {
                self.ask(life, Question::Store(op));
                self.ask_disk(life, DiskRequest::Store(op, changes));
            }
            Output::Hash { job, secret } => {
                self.ask(life, Question::Job(job));
                self.ask_worker(life, job, &secret, Work::Hash);
            }
            Output::Verify { job, secret, hash } => {
                self.ask(life, Question::Job(job));
                self.hosts[life.host].checks += 1;
                self.ask_worker(life, job, &secret, Work::Verify(hash));
            }
            Output::WriteFile { job, name, bytes } => {
                self.ask(life, Question::Job(job));
                self.ask_file(life, FileRequest::Write(job, name, bytes));
            }
            Output::ReadFile { job, name, max } => {
                self.ask(life, Question::Job(job));
                self.ask_file(life, FileRequest::Read(job, name, max));
            }
            Output::RunCallHandler {
                peer,
                call,
                incoming,
            } => {
                let handled = HandledCall {
                    peer,
                    call,
                    incoming,
                };
                self.hosts[life.host].handled_calls.push(handled);
            }
            Output::Stopped => {
                self.hosts[life.host].stopped = Some(self.now);
                self.shut(life.host, Ending::InOrder);
            }
            Output::Status(_)
            | Output::Users { .. }
            | Output::Probed { .. }
            | Output::Lifted { .. }
            | Output::Reloaded(_) => {
                self.hosts[life.host].operator.push(output);
            }
            Output::Event(event) => self.hosts[life.host].events.push((self.now, event)),
        }
    }

    fn connect(&mut self, life: Life, conn: ConnId, origin: Origin) {
        let key = ConnKey(self.connections_made);
        self.connections_made += 1;
        self.watch_opened(life.host, key);
        let is_new = self.hosts[life.host].open(conn, key, Side::Opener);
        if !is_new || matches!(conn, ConnId::Client(_)) {
            let name = &self.hosts[life.host].name;
            self.fail(&format!("{name} opens {conn}, a name that is not free"));
        }
        let Origin::Net { host, port, tls } = origin else {
            self.fail("an embedded origin has to be answered by the pair, not by its driver");
        };
        let door = self.doors.get(&(host, port)).copied();
        let mut rng = self.root.derive(&format!("connection:{}", key.0));
        let (wait, job) = self.attempt(life, door, tls, &mut rng);
        let faults = &self.faults;
        let doom = rng.chance(faults.reset).then(|| match rng.below(3) {
            0 => Doom::AfterBytes(Side::Opener, rng.below(faults.reset_bytes)),
            1 => Doom::AfterBytes(Side::Acceptor, rng.below(faults.reset_bytes)),
            _ => Doom::Timed,
        });
        let breaks_at = self.now + rng.jitter(faults.reset_after);
        let mut fade_rng = rng.derive("fade");
        let fade = Self::draw_fade(faults, &mut fade_rng);
        let fades_at = self.now + fade_rng.jitter(faults.half_open_after);
        let window = rng.between(faults.window.0, faults.window.1);
        let connection = Connection {
            opener: Some(End::new(life, conn, Phase::Opening, self.now)),
            acceptor: None,
            target: door.map(|door| (door.host, door.listener)),
            window: usize::try_from(window).unwrap_or(usize::MAX).max(1),
            doom,
            fade,
            swallows: &[],
            rng,
        };
        self.connections.insert(key, connection);
        self.schedule(self.now + wait, Job::Net(key, job));
        if doom == Some(Doom::Timed) {
            self.schedule(breaks_at, Job::Net(key, NetJob::Break));
        }
        if fade.is_some() {
            self.schedule(fades_at, Job::Net(key, NetJob::Fade));
        }
    }

    /// What becomes of a connection attempt, and after how long.
    fn attempt(
        &self,
        life: Life,
        door: Option<Door>,
        tls: bool,
        rng: &mut Rng,
    ) -> (Duration, NetJob) {
        let faults = &self.faults;
        let latency = faults.latency.draw(rng);
        if !self.hosts[life.host].plugged || rng.chance(faults.hanging) {
            self.count(Fault::Hanging);
            return (CONNECT_WAIT, NetJob::Fail(CloseCause::TimedOut));
        }
        let job = match door {
            None => NetJob::Fail(CloseCause::NoSuchHost),
            Some(_) if rng.chance(faults.refused) => NetJob::Fail(CloseCause::Refused),
            Some(_) if rng.chance(faults.unreachable) => NetJob::Fail(CloseCause::Unreachable),
            Some(_) if rng.chance(faults.no_such_host) => NetJob::Fail(CloseCause::NoSuchHost),
            Some(_) if rng.chance(faults.tls_fails) => NetJob::Fail(CloseCause::Tls),
            Some(door) if door.tls != tls => NetJob::Fail(CloseCause::Tls),
            Some(_) => NetJob::Accept,
        };
        (latency, job)
    }

    /// The book's entry for a connection that a machine speaks of, and may speak of.
    fn entry(&mut self, life: Life, conn: ConnId, what: &str) -> (Entry, &mut End) {
        let host = &self.hosts[life.host];
        let Some(entry) = host.conns.get(&conn).copied() else {
            self.fail(&format!(
                "{} {what} {conn}, which does not exist",
                host.name
            ));
        };
        if entry.closed_by_us {
            self.fail(&format!("{} {what} {conn} after closing it", host.name));
        }
        let end = self.connections.get_mut(&entry.key);
        let end = end.and_then(|connection| connection.end(entry.side).as_mut());
        (entry, end.expect("a connection in the book has an end"))
    }

    fn send(&mut self, life: Life, conn: ConnId, bytes: Vec<u8>) {
        let (entry, end) = self.entry(life, conn, "sends on");
        end.unsent.extend(&bytes);
        self.outputs.give_back(bytes);
        self.schedule(self.now, Job::Net(entry.key, NetJob::Flush(entry.side)));
    }

    fn set_reading(&mut self, life: Life, conn: ConnId, on: bool) {
        let (entry, end) = self.entry(life, conn, "changes the reading of");
        end.reading = on;
        if on {
            self.schedule(self.now, Job::Net(entry.key, NetJob::Deliver(entry.side)));
        }
    }

    fn close(&mut self, life: Life, conn: ConnId, how: CloseHow) {
        let (entry, end) = self.entry(life, conn, "closes");
        let (key, side) = (entry.key, entry.side);
        // What was to be sent on a connection that is not up yet goes nowhere.
        if how == CloseHow::AfterFlush && end.phase == Phase::Open {
            end.phase = Phase::Closing;
            self.schedule(self.now, Job::Net(key, NetJob::Flush(side)));
            self.schedule(self.now, Job::Net(key, NetJob::Deliver(side)));
            self.schedule(self.now + CLOSE_WAIT, Job::Net(key, NetJob::GiveUp(side)));
        } else {
            self.abort(key, side);
        }
        if let Some(entry) = self.hosts[life.host].conns.get_mut(&conn) {
            entry.closed_by_us = true;
        }
    }
}
