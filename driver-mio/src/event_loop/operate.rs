//! What the operator asks for, done by the event loop.
//! Never reads or writes the control socket: the desk does.

use std::fmt::Write as _;

use imo2sproxy_core::io::{Control, Input, Machine, Snapshot, UserOp};

use super::EventLoop;
use super::desk::{Asker, DESK};
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
            Some(Ok(Request::Status)) => self.status(),
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

    pub(super) fn stop_recording(&mut self) -> Result<(), String> {
        if self.hosted.stop_recording() {
            Ok(())
        } else {
            Err("nothing is being recorded".into())
        }
    }

    /// How things stand, for people.
    fn status(&mut self) -> String {
        self.hosted.feed(Input::Control(Control::Status));
        let reactor = &mut self.hosted.reactor;
        let mut text = format!(
            "ok\nversion {}\npid {}\nup {}\n",
            env!("CARGO_PKG_VERSION"),
            std::process::id(),
            humantime::format_duration(std::time::Duration::from_secs(
                reactor.now.mono.as_micros() / 1_000_000
            )),
        );
        for snapshot in reactor.desk.snapshots.drain(..) {
            // Writing to a String cannot fail.
            let _ = write_snapshot(&mut text, &snapshot);
        }
        if self.draining {
            text.push_str("draining\n");
        }
        if self.hosted.is_recording() {
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
