//! What the operator asks for, done by the event loop.
//! Never reads or writes the control socket: the desk does.

use std::fmt::Write as _;
use std::time::Duration;

use imo2sproxy_core::event::{Event, EventKind};
use imo2sproxy_core::io::{Control, Input, Machine, Snapshot, UserOp};

use super::EventLoop;
use super::desk::{Asker, DESK};
use super::report::Report;
use crate::control::Request;

impl<M: Machine> EventLoop<M> {
    /// Something has happened at the desk: at its door, or with a caller.
    pub(super) fn note_desk(&mut self, token: usize) {
        let reactor = &mut self.hosted.reactor;
        let now = reactor.now.mono;
        let Some(key) = token.checked_sub(DESK + 1) else {
            return reactor.desk.admit(now, &reactor.registry);
        };
        let text = match reactor.desk.ready(key) {
            None => return,
            Some(Err(why)) => format!("error {why}\n"),
            Some(Ok(Request::Users(op))) => return self.users(op, Asker::Caller(key)),
            Some(Ok(Request::Reload)) => return self.begin_renewal(Some(key)),
            Some(Ok(Request::Status)) => self.status(),
            Some(Ok(Request::Lift(account))) => self.lift(account),
            Some(Ok(Request::Drain)) => {
                self.drain();
                "ok\n".into()
            }
            Some(Ok(Request::RecordOn(path))) => outcome(self.record(path)),
            Some(Ok(Request::RecordOff)) => outcome(self.stop_recording()),
        };
        let now = self.hosted.reactor.now.mono;
        self.hosted.reactor.desk.answer(now, key, text);
    }

    /// Lets the machine do something about accounts.
    pub(super) fn users(&mut self, op: UserOp, asker: Asker) {
        let ask = self.hosted.reactor.desk.expect(asker);
        let control = Control::Users { ask, op };
        self.hosted.feed(Input::Control(control));
    }

    /// Lets in again who is locked out of an account.
    fn lift(&mut self, account: String) -> String {
        self.hosted.reactor.desk.lifted = 0;
        let name = account.clone();
        self.hosted.feed(Input::Control(Control::Lift { account }));
        let reactor = &mut self.hosted.reactor;
        let lifted = reactor.desk.lifted;
        let detail = format!("the operator lets in again who was locked out; addresses: {lifted}");
        reactor.tell(&Event::account(EventKind::LockoutLifted, &name, detail));
        format!("ok\naddresses let in again {lifted}\n")
    }

    pub(super) fn stop_recording(&mut self) -> Result<(), String> {
        if self.hosted.stop_recording() {
            Ok(())
        } else {
            Err("nothing is being recorded".into())
        }
    }

    /// How things stand.
    pub(super) fn report(&mut self) -> Report {
        self.hosted.feed(Input::Control(Control::Status));
        let recording = self.hosted.is_recording();
        let reactor = &mut self.hosted.reactor;
        let now = reactor.now.mono;
        let tally = &reactor.tally;
        Report {
            up: Duration::from_micros(now.as_micros()),
            draining: self.draining,
            recording,
            machines: std::mem::take(&mut reactor.desk.snapshots),
            store_trouble: tally.store_trouble(now),
            events: tally.events.clone(),
            bytes: tally.bytes,
        }
    }

    /// The same for people.
    fn status(&mut self) -> String {
        let report = self.report();
        let mut text = format!(
            "ok\nversion {}\npid {}\nup {}\n",
            env!("CARGO_PKG_VERSION"),
            std::process::id(),
            humantime::format_duration(Duration::from_secs(report.up.as_secs())),
        );
        for snapshot in &report.machines {
            // Writing to a String cannot fail.
            let _ = write_snapshot(&mut text, snapshot);
        }
        if let Some(trouble) = report.store_trouble {
            text.push_str(trouble);
            text.push('\n');
        }
        if report.draining {
            text.push_str("draining\n");
        }
        if report.recording {
            text.push_str("recording\n");
        }
        text
    }
}

fn outcome(result: Result<(), String>) -> String {
    match result {
        Ok(()) => "ok\n".into(),
        Err(why) => format!("error {}\n", why.replace(['\n', '\r'], " ")),
    }
}

fn write_snapshot(text: &mut String, snapshot: &Snapshot) -> std::fmt::Result {
    match snapshot {
        Snapshot::Proxy {
            strangers,
            accounts,
        } => {
            for account in accounts {
                writeln!(
                    text,
                    "account {} {}, clients {}, unsent {}",
                    account.name, account.link, account.clients, account.unsent
                )?;
            }
            writeln!(text, "clients not logged in {strangers}")
        }
        Snapshot::Service {
            connections,
            sessions,
            strangers,
        } => writeln!(
            text,
            "service sessions {sessions}, without account {strangers}, connections {connections}"
        ),
    }
}
